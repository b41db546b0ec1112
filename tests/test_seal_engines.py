"""Sealed files before engines that this project did not write: xmlsec1 and LibreOffice; time stamps from openssl."""

from __future__ import annotations

import contextlib
import random
from datetime import UTC, datetime
from functools import partial

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from exports.keys import ORGANISATION
from exports.opc import zipped
from exports.seal_docx import seal
from exports.timestamp import NoTimeStamp, time_stamp
from exports.verdicts import Verdict
from exports.verify import verify
from exports.verify_stamp import NotUnderstood, read_time_stamp
from exports.verify_trust import Trust
from tests.sealing import (
    COMMENT,
    DAY,
    Authority,
    a_list,
    an_answer,
    parts_of,
    sealed_by,
    the_authority,
    time_stamp_authority,
    unsealed,
)
from tests.servers import office_verdicts, xmlsec_verdict

KINDS = [(count, kind, stamped) for count in (1, 2, 4) for kind in ("rsa", "ecdsa") for stamped in (False, True)]
ROLES = (ORGANISATION, *(f"Agency seal of {name} – not a personal signature" for name in ("Brook", "Fell", "Marsh")))


@pytest.fixture(scope="module")
def tsa(tmp_path_factory):
    with time_stamp_authority(tmp_path_factory.mktemp("tsa"), the_authority()) as url:
        yield url


@pytest.fixture(scope="module")
def files(tmp_path_factory, tsa):
    """A folder with a sealed file for each number of signers, each kind of key, stamped and not."""
    folder = tmp_path_factory.mktemp("sealed")
    for count, kind, stamped in KINDS:
        signers = [the_authority().signer(f"Signer {role}", kind, role) for role in ROLES[:count]]
        # With a stamp, what is known of revoked certificates goes in too (XAdES-LT).
        said = Trust(
            stamps=(the_authority().certificate,),
            lists=(a_list(the_authority()),),
            answers=tuple(an_answer(the_authority(), one.certificate) for one in signers),
        )
        package = sealed_by(*signers, stamp=partial(time_stamp, tsa) if stamped else None, revocation=said)
        (folder / _name(count, kind, stamped)).write_bytes(package)
    return folder


def _name(count, kind, stamped):
    return f"{count}-{kind}-{'stamped' if stamped else 'plain'}.docx"


def _unpacked(package, folder):
    for name, content in parts_of(package).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize(("count", "kind", "stamped"), KINDS)
def test_our_own_check_calls_it_unchanged(files, count, kind, stamped):
    own = (the_authority().certificate,)
    result = verify((files / _name(count, kind, stamped)).read_bytes(), Trust(own, own))
    assert (result.verdict, result.exit_code, len(result.signers)) == (Verdict.UNCHANGED, 0, count)
    assert all(bool(one.stamped_at) is stamped for one in result.signers)
    assert all(one.is_checked is stamped for one in result.signers), "the lists inside were fresh when it was stamped"
    signature = parts_of((files / _name(count, kind, stamped)).read_bytes())["_xmlsignatures/sig1.xml"]
    assert (b"<xd:EncapsulatedCRLValue>" in signature and b"<xd:EncapsulatedOCSPValue>" in signature) is stamped


@pytest.mark.parametrize(("count", "kind", "stamped"), KINDS)
def test_xmlsec1_calls_it_valid_and_counts_every_part(files, tmp_path, count, kind, stamped):
    package = (files / _name(count, kind, stamped)).read_bytes()
    folder = _unpacked(package, tmp_path)
    for number in range(1, count + 1):
        name = f"_xmlsignatures/sig{number}.xml"
        parts = parts_of(package)[name].count(b'URI="/')
        assert parts > 10
        assert xmlsec_verdict(folder, name) == (0, True, [(3, 3), (parts, parts)])


def test_xmlsec1_counts_a_changed_part_though_it_says_ok(files, tmp_path):
    folder = _unpacked((files / _name(1, "rsa", False)).read_bytes(), tmp_path)
    (folder / "word" / "styles.xml").write_bytes(b"<changed/>")
    code, ok, (inside, listed) = xmlsec_verdict(folder, "_xmlsignatures/sig1.xml")
    assert (code, ok, inside, listed[1] - listed[0]) == (0, True, (3, 3), 1)


@pytest.mark.office
def test_libreoffice_calls_every_signature_valid(files):
    changed = files / "changed.docx"
    package = (files / _name(2, "rsa", False)).read_bytes()

    changed.write_bytes(zipped({**parts_of(package), "word/styles.xml": b"<changed/>"}))
    found = office_verdicts(files)
    assert found.pop("changed.docx") == [False, False]
    assert found == {_name(*kind): [True] * kind[0] for kind in KINDS}


# ── Time stamps ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_a_time_stamp_of_either_kind_of_key_is_read(tmp_path, kind):
    with time_stamp_authority(tmp_path, Authority(), kind) as url:
        package = sealed_by(the_authority().signer(), stamp=partial(time_stamp, url))
    (signer,) = verify(package, [the_authority().certificate]).signers
    assert signer.trusted
    assert signer.stamped_at is not None


def test_a_trusted_time_stamp_says_when_and_an_unknown_one_does_not(tsa, tmp_path):
    """The seal claims a moment before its certificate began; the stamp shows that it was sealed within its days."""
    today = datetime.now(UTC)
    short = the_authority().signer(since=today - DAY, until=today + DAY)
    late = {"at": today - 2 * DAY, "comment": COMMENT}
    with time_stamp_authority(tmp_path, Authority()) as unknown:
        doubtful = seal(unsealed(), [short], **late, stamp=partial(time_stamp, unknown))
    stamped = seal(unsealed(), [short], **late, stamp=partial(time_stamp, tsa))
    own = (the_authority().certificate,)
    trust = Trust(signers=own, stamps=own)
    assert not verify(seal(unsealed(), [short], **late), trust).is_trusted
    assert not verify(doubtful, trust).is_trusted
    assert verify(stamped, trust).is_trusted
    assert not verify(stamped, Trust(signers=own)).is_trusted, "an authority of signers is none of time stamps"


def test_a_time_stamp_of_another_seal_is_a_change(tsa):
    first, second = (
        parts_of(sealed_by(the_authority().signer(name), stamp=partial(time_stamp, tsa))) for name in ("One", "Two")
    )
    name, mark, end = "_xmlsignatures/sig1.xml", b"<xd:EncapsulatedTimeStamp>", b"</xd:EncapsulatedTimeStamp>"
    own, other = (parts[name].partition(mark)[2].partition(end)[0] for parts in (first, second))
    exchanged = zipped({**first, name: first[name].replace(own, other)})
    assert verify(exchanged, []).verdict is Verdict.CHANGED


def test_without_an_answer_nothing_is_sealed():
    with pytest.raises(NoTimeStamp, match="does not answer"):
        time_stamp("http://127.0.0.1:9/", b"x")


def test_an_answer_that_is_no_time_stamp_is_refused(monkeypatch):
    import io
    import urllib.request

    for answer in (b"", b"<html>", b"\x30\x03\x02\x01\x00", b"\x30\x05\x30\x03\x02\x01\x02", b"\x30\x80" * 50):
        monkeypatch.setattr(urllib.request, "urlopen", lambda *_, answer=answer, **__: io.BytesIO(answer))
        with pytest.raises(NoTimeStamp, match=r"is no time stamp|refused"):
            time_stamp("http://127.0.0.1:9/", b"x")


def test_a_time_stamp_in_which_anything_was_changed_never_holds_for_other_bytes(tsa):
    token, chance = time_stamp(tsa, b"sealed"), random.Random(3161)
    assert read_time_stamp(token).is_over(b"sealed")
    assert not read_time_stamp(token).is_over(b"other")
    for _ in range(3000):
        changed = bytearray(token)
        for _ in range(chance.choice((1, 2, 5))):
            changed[chance.randrange(len(changed))] = chance.choice((0, 0x80, 0x30, 0xFF, chance.randrange(256)))
        with contextlib.suppress(NotUnderstood):
            assert not read_time_stamp(bytes(changed)).is_over(b"other")


def test_a_time_stamp_holds_with_the_certificate_that_it_names_and_no_other_of_the_same_key(tmp_path):
    """The same name, number and key, for longer: only the signed attribute tells them apart (RFC 3161, 2.4.2)."""
    authority = Authority()
    with time_stamp_authority(tmp_path, authority) as url:
        token = time_stamp(url, b"text")
    own = x509.load_pem_x509_certificate((tmp_path / "tsa.pem").read_bytes())
    der = own.public_bytes(Encoding.DER)
    longer = x509.CertificateBuilder(own.issuer, own.subject, own.public_key(), own.serial_number)
    longer = longer.not_valid_before(own.not_valid_before_utc).not_valid_after(own.not_valid_after_utc + DAY)
    for one in own.extensions:
        longer = longer.add_extension(one.value, one.critical)
    other = b""
    while len(other) != len(der):  # a signature by an elliptic curve is now and then a byte shorter
        other = longer.sign(authority.key, hashes.SHA256()).public_bytes(Encoding.DER)
    assert der in token
    assert read_time_stamp(token).is_over(b"text")
    assert not read_time_stamp(token.replace(der, other)).is_over(b"text")
