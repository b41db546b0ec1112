"""Somebody adds to what a stamped seal holds unsigned, or gains trust by a time or a list that says little."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from exports.jws import detached_jws
from exports.opc import zipped
from exports.renewing import renew
from exports.timestamp import time_stamp
from exports.verdicts import Verdict
from exports.verify import verify, verify_file
from exports.verify_apart import verify_apart
from exports.verify_signer import doubt_about_stamp
from exports.verify_stamp import read_time_stamp
from exports.verify_trust import Trust
from tests.sealing import (
    DAY,
    FROZEN,
    Authority,
    a_list,
    an_answer,
    parts_of,
    sealed_by,
    the_authority,
    time_stamp_authority,
)

SIG = "_xmlsignatures/sig1.xml"
NOW = FROZEN + 20 * DAY


@pytest.fixture(scope="module")
def stamps():
    return Authority("Authority of time stamps")


@pytest.fixture(scope="module")
def signer():
    return the_authority().signer()


@pytest.fixture(scope="module")
def url(tmp_path_factory, stamps):
    with time_stamp_authority(tmp_path_factory.mktemp("tsa"), stamps) as address:
        yield address


@pytest.fixture(scope="module")
def trust(signer, stamps):
    return Trust(
        signers=(the_authority().certificate,),
        stamps=(stamps.certificate,),
        lists=(a_list(the_authority()), a_list(stamps)),
        answers=(an_answer(the_authority(), signer.certificate),),
    )


@pytest.fixture(scope="module")
def stamped(signer, url, trust):
    """Minutes whose seal holds a time stamp, the certificates behind it, lists and an answer."""
    return sealed_by(signer, stamp=partial(time_stamp, url), revocation=trust)


def later():
    """Return a moment after the time stamps of this run, which bear the true time."""
    return max(NOW, datetime.now(UTC) + DAY)


def value(one):
    return base64.b64encode(one.public_bytes(Encoding.DER)).decode()


# ── What a stamped seal holds ────────────────────────────────────────────────────────────────────────────────────


def test_a_stamped_seal_with_all_that_it_takes_along_is_unchanged(stamped, trust):
    text = parts_of(stamped)[SIG].decode()
    assert text.count("<xd:EncapsulatedCRLValue>") == 2
    assert text.count("<xd:EncapsulatedOCSPValue>") == 1
    found = verify(stamped, trust, now=later())
    assert (found.verdict, found.exit_code, found.signers[0].stamp_trusted) == (Verdict.UNCHANGED, 0, True)


def test_what_is_known_of_others_stays_out_of_a_seal(signer, url, trust):
    """Another root bears the name of the authority of time stamps, and lists and answers are about somebody else."""
    namesake, other = Authority("Authority of time stamps"), Authority("Another authority")
    more = Trust(
        trust.signers,
        (*trust.stamps, namesake.certificate),
        (*trust.lists, a_list(other)),
        (*trust.answers, an_answer(other, other.signer().certificate)),
    )
    made = sealed_by(signer, stamp=partial(time_stamp, url), revocation=more)
    text = parts_of(made)[SIG].decode()
    assert value(namesake.certificate) not in text
    assert value(more.lists[-1]) not in text
    assert value(more.answers[-1]) not in text
    assert verify(made, more, now=later()).exit_code == 0


OTHER = Authority("Another authority")
REVOCATION = "<xd:RevocationValues>", "</xd:RevocationValues>"
ADDED = {
    "words in place of a list": ("</xd:CRLValues>", "<xd:EncapsulatedCRLValue>d29yZHM=</xd:EncapsulatedCRLValue>"),
    "words in place of an answer": (
        "</xd:OCSPValues>",
        "<xd:EncapsulatedOCSPValue>d29yZHM=</xd:EncapsulatedOCSPValue>",
    ),
    "a list of another authority": (
        "</xd:CRLValues>",
        f"<xd:EncapsulatedCRLValue>{value(a_list(OTHER))}</xd:EncapsulatedCRLValue>",
    ),
    "a list in PEM form, with words around it": (
        "</xd:CRLValues>",
        "<xd:EncapsulatedCRLValue>"
        + base64.b64encode(b"words\n" + a_list(the_authority()).public_bytes(Encoding.PEM)).decode()
        + "</xd:EncapsulatedCRLValue>",
    ),
    "an answer about somebody else": (
        "</xd:OCSPValues>",
        "<xd:EncapsulatedOCSPValue>"
        + value(an_answer(OTHER, OTHER.signer().certificate))
        + "</xd:EncapsulatedOCSPValue>",
    ),
    "more lists than are looked at": (
        "</xd:CRLValues>",
        f"<xd:EncapsulatedCRLValue>{value(a_list(the_authority()))}</xd:EncapsulatedCRLValue>" * 20,
    ),
    "another property": (
        "</xd:UnsignedSignatureProperties>",
        "<xd:CompleteCertificateRefs></xd:CompleteCertificateRefs>",
    ),
    "a second time": ("</xd:UnsignedSignatureProperties>", "<xd:RevocationValues></xd:RevocationValues>"),
}


@pytest.mark.parametrize("what", ADDED)
def test_what_is_added_to_a_stamped_seal_where_nobody_signs_is_not_covered(stamped, trust, what):
    before, added = ADDED[what]
    parts = parts_of(stamped)
    text = parts[SIG].decode()
    assert text.count(before) == 1
    found = verify(zipped({**parts, SIG: text.replace(before, added + before).encode()}), trust, now=later())
    assert (found.verdict, found.parts) == (Verdict.NOT_COVERED, (SIG,))


def test_the_properties_of_a_seal_in_another_order_are_not_covered(stamped, trust):
    parts = parts_of(stamped)
    text = parts[SIG].decode()
    begin, end = text.index(REVOCATION[0]), text.index(REVOCATION[1]) + len(REVOCATION[1])
    moved, place = text[begin:end], text.index("<xd:CertificateValues>")
    other = text[:place] + moved + text[place:begin] + text[end:]
    assert sorted(other) == sorted(text)
    found = verify(zipped({**parts, SIG: other.encode()}), trust, now=later())
    assert (found.verdict, found.parts) == (Verdict.NOT_COVERED, (SIG,))


# ── The check in a process of its own ────────────────────────────────────────────────────────────────────────────


def test_the_process_of_its_own_finds_the_same_with_the_same_trust_clock_and_evidence(stamped, trust, signer, url):
    revoked = a_list(the_authority(), (signer.certificate, FROZEN, x509.ReasonFlags.key_compromise))
    now = later()
    evidence = renew(
        stamped, b"", trust, partial(time_stamp, url), now - timedelta(hours=1), timedelta(days=99_999)
    ).added
    assert evidence
    for believed in (
        trust,
        Trust(trust.signers),
        Trust(stamps=trust.stamps),
        Trust(trust.signers, trust.stamps, (*trust.lists, revoked)),
        Trust(trust.signers, answers=(an_answer(the_authority(), signer.certificate, revoked=FROZEN),)),
    ):
        for moment in (FROZEN, NOW, now):
            for beside in (None, evidence):
                alone = verify_apart(stamped, believed, jws=None, certificates=(), now=moment, evidence=beside)
                assert alone == verify(stamped, believed, now=moment, evidence=beside)
    assert "is not trusted here" not in verify(stamped, trust, now=now).sentence


# ── Trust by a time that somebody claims ─────────────────────────────────────────────────────────────────────────


def test_whoever_stole_the_key_of_a_time_stamp_authority_gives_no_older_time_stamps(url, stamps):
    """The thief writes a time from before the theft into a stamp: nothing but that stamp says that it is so old."""
    stamp = read_time_stamp(time_stamp(url, b"minutes"))
    believed, now = Trust(stamps=(stamps.certificate,)), stamp.at + 90 * DAY
    assert doubt_about_stamp(stamp, believed, now) == ""
    stolen, noticed = stamp.at + 30 * DAY, stamp.at + 60 * DAY
    row = (stamp.signer, noticed, x509.ReasonFlags.key_compromise)
    lost = a_list(stamps, row, since=noticed, until=now, lost_since=stolen)
    told = Trust(stamps=believed.stamps, lists=(lost,))
    assert doubt_about_stamp(stamp, told, now).startswith("the certificate of its authority was revoked on ")
    renewed_in_time, too_late = stolen - DAY, stolen + DAY
    assert doubt_about_stamp(stamp, told, now, renewed_in_time) == ""
    assert "was revoked on" in doubt_about_stamp(stamp, told, now, too_late), "renewed when a thief had the key"
    replaced = a_list(stamps, (stamp.signer, noticed, x509.ReasonFlags.superseded), since=noticed, until=now)
    assert doubt_about_stamp(stamp, Trust(stamps=believed.stamps, lists=(replaced,)), now) == ""


# ── Lists that say less than all ─────────────────────────────────────────────────────────────────────────────────


def _scoped(authority, *revoked, since, **scope):
    """Return a list of revoked certificates that is about some of them only."""
    about = {
        "full_name": None, "relative_name": None, "only_contains_user_certs": False, "only_contains_ca_certs": False,
        "only_some_reasons": None, "indirect_crl": False, "only_contains_attribute_certs": False,
    } | scope  # fmt: skip
    whole = a_list(authority, *revoked, since=since)
    begun = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.name)
        .last_update(whole.last_update_utc)
        .next_update(whole.next_update_utc)
        .add_extension(x509.IssuingDistributionPoint(**about), critical=True)
    )
    for one in whole:
        begun = begun.add_revoked_certificate(one)
    return begun.sign(authority.key, hashes.SHA256())


ELSEWHERE = [x509.UniformResourceIdentifier("http://authority.example/other-part.crl")]
LITTLE = {
    "of authorities alone": {"only_contains_ca_certs": True},
    "of some reasons": {"only_some_reasons": frozenset({x509.ReasonFlags.superseded})},
    "of another part": {"full_name": ELSEWHERE},
}


@pytest.mark.parametrize("scope", LITTLE.values(), ids=LITTLE)
def test_a_list_that_would_not_name_the_signer_is_no_sign_that_nobody_revoked_it(signer, scope):
    package, hold = sealed_by(signer), x509.ReasonFlags.certificate_hold
    little = _scoped(the_authority(), since=FROZEN + 2 * DAY, **scope)
    (found,) = verify(package, Trust((the_authority().certificate,), lists=(little,)), now=NOW).signers
    assert (found.trusted, found.is_checked) == (True, False)
    on_hold = a_list(the_authority(), (signer.certificate, FROZEN, hold))
    (found,) = verify(package, Trust((the_authority().certificate,), lists=(on_hold, little)), now=NOW).signers
    assert "its certificate was revoked" in found.reason, "a newer list about others takes nothing back"
    named = _scoped(
        the_authority(), (signer.certificate, FROZEN, x509.ReasonFlags.key_compromise), since=FROZEN + DAY, **scope
    )
    (found,) = verify(package, Trust((the_authority().certificate,), lists=(named,)), now=NOW).signers
    assert "its certificate was revoked" in found.reason, "what it names is named"


# ── Certificates beside a data file ──────────────────────────────────────────────────────────────────────────────


def test_a_certificate_beside_a_data_file_whose_key_is_work_to_try_is_not_tried(tmp_path, signer):
    """Checking with an exponent of 2,000 bits takes a hundred times as long; the signature names that certificate."""
    numbers = signer.certificate.public_key().public_numbers()
    slow = rsa.RSAPublicNumbers(numbers.n - 2, numbers.n).public_key()
    certificate = (
        the_authority()
        ._begun(signer.certificate.subject, slow, FROZEN - DAY, FROZEN + DAY)
        .sign(the_authority().key, hashes.SHA256())
    )

    class Slow:
        chain, role, algorithm = signer.chain, signer.role, signer.algorithm
        sign = staticmethod(signer.sign)

    Slow.certificate = certificate
    (tmp_path / "actions.json").write_bytes(b"{}")
    (tmp_path / "actions.json.jws").write_bytes(detached_jws(b"{}", Slow, FROZEN))
    (tmp_path / "seal.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    with pytest.raises(Exception, match="The certificate that signed it is not at hand"):
        verify_file(tmp_path / "actions.json", Trust((the_authority().certificate,)), now=NOW)
