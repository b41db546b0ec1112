"""Certificates that were revoked: by a list in a folder, or an answer inside the seal; and what a time stamp saves."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from exports.seal_docx import seal
from exports.timestamp import time_stamp
from exports.verify import trusted_here, verify
from exports.verify_revoked import Revoked, load_answer, load_list
from exports.verify_trust import NoCertificates, Trust
from tests.sealing import (
    COMMENT,
    DAY,
    FROZEN,
    Authority,
    a_key,
    a_list,
    an_answer,
    parts_of,
    sealed_by,
    the_authority,
    time_stamp_authority,
    unsealed,
)

NOW = FROZEN + 10 * DAY
LOST, REPLACED = x509.ReasonFlags.key_compromise, x509.ReasonFlags.superseded


@pytest.fixture
def signer():
    return the_authority().signer()


def judged(package, *lists, answers=(), now=NOW, **more):
    own = (the_authority().certificate,)
    trust = Trust(signers=own, lists=lists, answers=tuple(answers), **more)
    (found,) = verify(package, trust, now=now).signers
    return found


def test_a_list_that_does_not_name_the_certificate_says_that_it_is_sound(signer):
    found = judged(sealed_by(signer), a_list(the_authority()))
    assert (found.trusted, found.is_checked, found.notes) == (True, True, ())
    assert found.as_line()["revocation"] == "checked"
    assert judged(sealed_by(signer)).as_line()["revocation"] == "not checked"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (LOST, "because its key was in other hands"),
        (REPLACED, "because it was replaced"),
        (x509.ReasonFlags.certificate_hold, "because it is on hold"),
        (None, "and no reason is said"),
    ],
)
def test_a_revoked_certificate_is_not_trusted_and_the_reason_is_told(signer, reason, words):
    found = judged(sealed_by(signer), a_list(the_authority(), (signer.certificate, FROZEN + DAY, reason)))
    assert not found.trusted
    assert found.reason == f"its certificate was revoked on 27 November 2026 at 12:30 UTC, {words}"


def test_a_list_by_somebody_else_in_the_name_of_the_authority_counts_for_nothing(signer):
    forged = a_list(the_authority(), (signer.certificate, FROZEN, LOST), key=Authority().key)
    found = judged(sealed_by(signer), forged)
    assert (found.trusted, found.is_checked) == (True, False)
    assert judged(sealed_by(signer), a_list(Authority("Another"), (signer.certificate, FROZEN, LOST))).trusted


def test_a_list_that_is_out_of_date_is_said_to_be_and_what_it_revoked_stays_revoked(signer):
    old = a_list(the_authority(), until=FROZEN + 5 * DAY)
    found = judged(sealed_by(signer), old)
    assert (found.trusted, found.is_checked) == (True, False)
    assert found.notes == (
        "What is kept here of revoked certificates of ‘Test authority’ is out of date: a newer list was due on"
        " 1 December 2026 at 12:30 UTC.",
    )
    newer = a_list(the_authority(), since=FROZEN + 4 * DAY)
    assert judged(sealed_by(signer), old, newer).notes == ()
    revoked = a_list(the_authority(), (signer.certificate, FROZEN, LOST), until=FROZEN + 5 * DAY)
    assert not judged(sealed_by(signer), revoked, newer).trusted


def test_a_hold_that_was_taken_back_is_no_hold_any_more(signer):
    held = a_list(the_authority(), (signer.certificate, FROZEN, x509.ReasonFlags.certificate_hold))
    assert not judged(sealed_by(signer), held).trusted
    assert judged(sealed_by(signer), held, a_list(the_authority(), since=FROZEN + DAY)).trusted


def test_a_list_from_the_future_is_not_looked_at(signer):
    assert judged(
        sealed_by(signer), a_list(the_authority(), (signer.certificate, NOW + DAY, LOST), since=NOW + DAY)
    ).trusted


# ── What a time stamp saves ──────────────────────────────────────────────────────────────────────────────────────


def test_a_stamp_from_before_the_revocation_saves_what_was_sealed_unless_the_key_may_have_been_lost_then():
    for reason, lost_since, saved in (
        (REPLACED, None, True),
        (x509.ReasonFlags.cessation_of_operation, None, True),
        (LOST, None, False),
        (None, None, False),
        (x509.ReasonFlags.unspecified, None, False),
        (LOST, FROZEN + 3 * DAY, True),
        (LOST, FROZEN + DAY, False),
    ):
        revoked = Revoked(FROZEN + 4 * DAY, reason, lost_since)
        assert revoked.spares(FROZEN + 2 * DAY) is saved, (reason, lost_since)
        assert not revoked.spares(FROZEN + 5 * DAY), "stamped after the revocation"
        assert not revoked.spares(None), "not stamped at all"


@pytest.fixture(scope="module")
def stamped(tmp_path_factory):
    """A seal with a time stamp, its certificate, and when it was stamped."""
    signer = the_authority().signer()
    with time_stamp_authority(tmp_path_factory.mktemp("tsa"), the_authority()) as url:
        package = sealed_by(signer, stamp=partial(time_stamp, url))
    (found,) = verify(package, []).signers
    return package, signer.certificate, found.stamped_at


def test_a_stamped_seal_outlives_a_key_that_was_replaced_but_not_one_that_was_lost(stamped):
    package, certificate, at = stamped
    own = (the_authority().certificate,)
    replaced, lost = (
        a_list(the_authority(), (certificate, at + DAY, reason), since=at + 2 * DAY) for reason in (REPLACED, LOST)
    )
    found = judged(package, replaced, stamps=own, now=at + 3 * DAY)
    assert found.trusted
    assert "because it was replaced; a time stamp shows that the seal stood before." in found.notes[0]
    assert not judged(package, lost, stamps=own, now=at + 3 * DAY).trusted
    assert not judged(package, replaced, now=at + 3 * DAY).trusted, "nobody here trusts the authority of the stamp"
    known = a_list(the_authority(), (certificate, at + DAY, LOST), since=at + 2 * DAY, lost_since=at + DAY / 2)
    assert judged(package, known, stamps=own, now=at + 3 * DAY).trusted


# ── Answers of a responder (OCSP) ────────────────────────────────────────────────────────────────────────────────


def _responder(*purposes):
    key = a_key("ecdsa")
    return the_authority().issue("Responder", key, extensions=[x509.ExtendedKeyUsage(purposes)]), key


def test_an_answer_is_believed_if_the_issuer_signed_it_or_named_who_may(signer):
    package = sealed_by(signer)
    for answer in (
        an_answer(the_authority(), signer.certificate, revoked=FROZEN),
        an_answer(
            the_authority(), signer.certificate, revoked=FROZEN, responder=_responder(ExtendedKeyUsageOID.OCSP_SIGNING)
        ),
    ):
        assert not judged(package, answers=[answer]).trusted
    others = the_authority().signer("Another")
    for answer in (
        an_answer(
            the_authority(), signer.certificate, revoked=FROZEN, responder=_responder(ExtendedKeyUsageOID.CODE_SIGNING)
        ),
        an_answer(the_authority(), others.certificate, revoked=FROZEN),
        an_answer(Authority(), signer.certificate, revoked=FROZEN),
        an_answer(the_authority(), signer.certificate, revoked=FROZEN, at=NOW + DAY),
    ):
        found = judged(package, answers=[answer])
        assert (found.trusted, found.is_checked) == (True, False)
    good = an_answer(the_authority(), signer.certificate, at=NOW - DAY)
    assert judged(package, answers=[good]).is_checked
    old = an_answer(the_authority(), signer.certificate, at=NOW - 8 * DAY)
    assert "is out of date" in judged(package, answers=[old]).notes[0]


def test_an_answer_inside_the_seal_counts_like_one_in_the_folder(tmp_path, signer):
    own = (the_authority().certificate,)
    said = Trust(
        lists=(a_list(the_authority()),), answers=(an_answer(the_authority(), signer.certificate, revoked=FROZEN),)
    )
    with time_stamp_authority(tmp_path, the_authority()) as url:
        package = seal(
            unsealed(), [signer], at=FROZEN, comment=COMMENT, stamp=partial(time_stamp, url), revocation=said
        )
    text = parts_of(package)["_xmlsignatures/sig1.xml"].decode()
    order = [text.index(f"<xd:{name}>") for name in ("SignatureTimeStamp", "CertificateValues", "RevocationValues")]
    assert order == sorted(order)
    (found,) = verify(package, own, now=NOW).signers
    assert found.reason.startswith("its certificate was revoked on 26 November 2026 at 12:30 UTC")


# ── The folder ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_folder_tells_signers_stamps_and_lists_apart(tmp_path, signer):
    for name in ("signers", "stamps", "revoked"):
        (tmp_path / "trust" / name).mkdir(parents=True)
    ours, stamps, old = Authority("Ours"), Authority("Stamps"), Authority("Where they lay before")
    for place, authority in (("signers/a.pem", ours), ("stamps/b.pem", stamps), ("c.pem", old)):
        (tmp_path / "trust" / place).write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    (tmp_path / "trust" / "revoked" / "a.crl").write_bytes(a_list(ours).public_bytes(Encoding.DER))
    (tmp_path / "trust" / "revoked" / "b.pem").write_bytes(a_list(stamps).public_bytes(Encoding.PEM))
    answer = an_answer(the_authority(), signer.certificate)
    (tmp_path / "trust" / "revoked" / "c.ocsp").write_bytes(answer.public_bytes(Encoding.DER))
    found = trusted_here(tmp_path, production=True)
    assert set(found.signers) == {ours.certificate, old.certificate}
    assert found.stamps == (stamps.certificate,)
    assert (len(found.lists), len(found.answers)) == (2, 1)
    elsewhere = trusted_here(tmp_path / "none", production=True, folder=tmp_path / "trust")
    assert replace(elsewhere, answers=()) == replace(found, answers=())

    (tmp_path / "trust" / "revoked" / "d.crl").write_text("words")
    with pytest.raises(NoCertificates) as refused:
        trusted_here(tmp_path, production=True)
    assert str(refused.value) == (
        f"{tmp_path}/trust/revoked/d.crl is neither a list of revoked certificates (CRL, in PEM or DER form)"
        " nor an OCSP answer."
    )


@pytest.mark.parametrize(
    "content", [b"", b"words", b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n", b"\x30\x80"]
)
def test_what_is_no_list_or_answer_is_none(content):
    assert load_list(content) is None
    assert load_answer(content) is None
