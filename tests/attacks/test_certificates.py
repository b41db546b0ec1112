"""Attacks by certificate and by time: each was believed once. A signer is trusted for what, and as long as, it may.

A complete sealed file comes first; then one thing is wrong with its certificate, its time, or what became of its key.
"""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from exports.jws import detached_jws
from exports.keys import ORGANISATION, KeyFile
from exports.seal_docx import seal
from exports.verdicts import Verdict
from exports.verify import verify
from tests.sealing import COMMENT, DAY, FROZEN, Authority, a_list, parts_of, sealed_by, the_authority, unsealed
from tests.servers import needs

NOW = FROZEN + DAY


def judged(package, signer=None, now=NOW, **more):
    """Return the one signer of a file, as somebody sees it who trusts the authority that issued its certificate."""
    trust = (signer or the_authority()).certificate
    result = verify(package, more.pop("trust", [trust]), now=now, **more)
    assert result.verdict is Verdict.UNCHANGED
    (found,) = result.signers
    return found


def usage(**named):
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
    return x509.KeyUsage(**{name: named.get(name, False) for name in names})


def test_a_sound_certificate_is_trusted():
    found = judged(sealed_by(the_authority().signer()))
    assert (found.trusted, found.reason) == (True, "")


# ── What the certificate is for ──────────────────────────────────────────────────────────────────────────────────

WRONG_USE = (
    "its certificate is for something else: its extended key usage names neither document signing nor e-mail protection"
)


@pytest.mark.parametrize(
    "purposes",
    [
        [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH],
        [ExtendedKeyUsageOID.CODE_SIGNING],
        [ExtendedKeyUsageOID.TIME_STAMPING],
        [ExtendedKeyUsageOID.OCSP_SIGNING],
    ],
)
def test_the_certificate_of_a_web_server_seals_no_minutes(purposes):
    signer = the_authority().signer(extensions=[x509.ExtendedKeyUsage(purposes)])
    found = judged(sealed_by(signer))
    assert (found.trusted, found.reason) == (False, WRONG_USE)
    jws = detached_jws(b"{}", signer, FROZEN)
    assert judged(b"{}", jws=jws, certificates=[signer.certificate]).reason == WRONG_USE


@pytest.mark.parametrize(
    "purpose",
    [
        ExtendedKeyUsageOID.EMAIL_PROTECTION,
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
        x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"),
        x509.ObjectIdentifier("1.3.6.1.4.1.311.10.3.12"),
    ],
)
def test_what_a_document_may_be_signed_with_is_trusted(purpose):
    purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, purpose])
    assert judged(sealed_by(the_authority().signer(extensions=[purposes]))).trusted


def test_a_certificate_for_encryption_only_seals_nothing():
    found = judged(sealed_by(the_authority().signer(extensions=[usage(key_encipherment=True)])))
    assert not found.trusted
    assert found.reason == (
        "its certificate is not for signing: its key usage names neither digitalSignature nor nonRepudiation"
        " (contentCommitment)"
    )
    assert judged(sealed_by(the_authority().signer(extensions=[usage(content_commitment=True)]))).trusted


def test_an_authority_seals_nothing_itself():
    own = KeyFile(the_authority().certificate, (), ORGANISATION, the_authority().key)
    found = judged(sealed_by(own))
    assert not found.trusted
    assert found.reason == ("its certificate is that of an authority, which issues certificates and signs no documents")


def test_a_short_key_is_not_trusted_even_where_its_certificate_is():
    key = rsa.generate_private_key(65537, 1024)
    certificate = the_authority().issue("Marsh Council", key)
    package = sealed_by(KeyFile(certificate, (), ORGANISATION, key))
    for trust in ([certificate], [the_authority().certificate]):
        found = judged(package, trust=trust)
        assert (found.trusted, found.reason) == (False, "its key is RSA of 1024 bits, and 2048 are needed")


def test_a_chain_with_sha1_in_it_is_not_trusted_and_says_so(tmp_path):
    root = Authority("Root")
    root.certificate = (
        root._begun(root.name, root.key.public_key(), FROZEN - 365 * DAY, FROZEN + 3650 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
        .sign(root.key, hashes.SHA256())
    )
    between = Authority("Old issuer")
    between.certificate = _signed_with_sha1(between, root, tmp_path)
    # openssl dates what it signs from today on.
    until = datetime.now(UTC) + 300 * DAY
    package = seal(unsealed(), [between.signer(until=until)], at=datetime.now(UTC), comment=COMMENT)
    found = judged(package, root, now=datetime.now(UTC) + DAY)
    assert not found.trusted
    assert found.reason == "the certificate of its authority ‘Old issuer’ was signed with SHA-1, which can be forged"


def _signed_with_sha1(subject, issuer, folder):
    """Return the certificate of an authority as an old issuer would have signed it."""
    for name, one in (("subject", subject), ("issuer", issuer)):
        (folder / f"{name}.key").write_bytes(one.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "issuer.pem").write_bytes(issuer.certificate.public_bytes(Encoding.PEM))
    (folder / "more").write_text("basicConstraints=critical,CA:true,pathlen:0\n")
    request = ["req", "-new", "-key", "subject.key", "-subj", "/CN=Old issuer", "-out", "subject.csr"]
    sign = ["x509", "-req", "-sha1", "-in", "subject.csr", "-CA", "issuer.pem", "-CAkey", "issuer.key", "-set_serial"]
    sign += ["77", "-days", "3650", "-extfile", "more", "-outform", "DER", "-out", "subject.der"]
    for arguments in (request, sign):
        subprocess.run([needs("openssl"), *arguments], cwd=folder, check=True, capture_output=True)
    return x509.load_der_x509_certificate((folder / "subject.der").read_bytes())


# ── Time ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_seal_cannot_claim_a_time_before_its_certificate_began():
    """A stolen or a new key could give any age to a text: the claim lay before the certificate, and was believed."""
    signer = the_authority().signer(since=FROZEN + DAY, until=FROZEN + 9 * DAY)
    found = judged(sealed_by(signer), now=FROZEN + 2 * DAY)
    assert not found.trusted
    assert found.reason == (
        "it says that it was sealed on 26 November 2026 at 12:30 UTC, but its certificate is not valid before"
        " 27 November 2026 at 12:30 UTC"
    )


def test_a_seal_cannot_claim_a_time_after_its_certificate_ended():
    signer = the_authority().signer(until=FROZEN - DAY)
    found = judged(sealed_by(signer))
    assert not found.trusted
    assert found.reason == (
        "it says that it was sealed on 26 November 2026 at 12:30 UTC, but its certificate ended on"
        " 25 November 2026 at 12:30 UTC"
    )


def test_a_time_that_is_still_to_come_is_not_trusted():
    late = seal(unsealed(), [the_authority().signer()], at=FROZEN + 30 * DAY, comment=COMMENT)
    found = judged(late)
    assert not found.trusted
    assert found.reason == "it says that it was sealed on 26 December 2026 at 12:30 UTC, which is still to come"
    signer = the_authority().signer()
    jws = detached_jws(b"{}", signer, FROZEN + 30 * DAY)
    assert judged(b"{}", jws=jws, certificates=[signer.certificate]).reason == found.reason


def test_a_data_file_signed_after_the_end_of_its_certificate_is_not_trusted():
    """A JWS bore no time, and was judged at the first moment of its certificate: it was trusted for ever."""
    signer = the_authority().signer(until=FROZEN - DAY)
    jws = detached_jws(b"{}", signer, FROZEN)
    found = judged(b"{}", jws=jws, certificates=[signer.certificate])
    assert (found.trusted, found.at) == (False, "2026-11-26T12:30:00Z")
    assert "but its certificate ended on 25 November 2026 at 12:30 UTC" in found.reason


def test_a_signature_without_any_time_is_judged_by_the_moment_of_the_check():
    signer = the_authority().signer()
    old = _without_a_time(signer)
    assert judged(b"{}", jws=old, certificates=[signer.certificate]).trusted
    found = judged(b"{}", jws=old, certificates=[signer.certificate], now=FROZEN + 301 * DAY)
    assert not found.trusted
    assert found.reason == (
        "its certificate ended on 22 September 2027 at 12:30 UTC, and nothing in the signature says when it was made"
    )


def _without_a_time(signer):
    import base64

    protected = detached_jws(b"{}", signer, FROZEN).split(b".")[0]
    header = json.loads(base64.urlsafe_b64decode(protected + b"=="))
    del header["iat"]
    made = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=")
    return made + b".." + base64.urlsafe_b64encode(signer.sign(made + b"." + b"{}")).rstrip(b"=")


# ── Whom ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_is_trusted_for_seals_gives_no_time_stamps(tmp_path):
    """An issuer of seals, or one of its customers, could give itself any age."""
    from functools import partial

    from exports.timestamp import time_stamp
    from exports.verify_trust import Trust
    from tests.sealing import time_stamp_authority

    with time_stamp_authority(tmp_path, the_authority()) as url:
        today = datetime.now(UTC)
        package = sealed_by(the_authority().signer(), stamp=partial(time_stamp, url))
    own = (the_authority().certificate,)
    found = judged(package, trust=Trust(signers=own), now=today + DAY)
    assert (found.stamp_trusted, found.stamp_reason) == (
        False, "no authority for time stamps that is trusted here stands behind it",
    )  # fmt: skip
    assert judged(package, trust=Trust(signers=own, stamps=own), now=today + DAY).stamp_trusted
    stranger = Authority("Stranger").certificate
    assert not judged(package, trust=Trust(signers=(stranger,), stamps=own), now=today + DAY).trusted


# ── A key that was lost, on the command line ─────────────────────────────────────────────────────────────────────


def test_a_seal_by_a_key_that_was_revoked_is_not_trusted(accord, tmp_path):
    signer = the_authority().signer()
    trust = tmp_path / "trust"
    for name in ("signers", "stamps", "revoked"):
        (trust / name).mkdir(parents=True)
    (trust / "signers" / "ours.pem").write_bytes(the_authority().certificate.public_bytes(Encoding.PEM))
    (tmp_path / "minutes.docx").write_bytes(sealed_by(signer))
    settings = {"ACCORD_TRUST": str(trust), "ACCORD_NOW": NOW.isoformat()}
    assert accord("verify", "minutes.docx", **settings).returncode == 0
    stolen = a_list(the_authority(), (signer.certificate, FROZEN, x509.ReasonFlags.key_compromise))
    (trust / "revoked" / "ours.crl").write_bytes(stolen.public_bytes(Encoding.DER))
    done = accord("verify", "minutes.docx", **settings)
    assert done.returncode == 3
    (line,) = json.loads(done.stdout)["signers"]
    assert line["reason"] == (
        "Its certificate was revoked on 26 November 2026 at 12:30 UTC, because its key was in other hands."
    )


# ── No exception leaves the check ────────────────────────────────────────────────────────────────────────────────


def test_a_signature_full_of_broken_certificates_lists_answers_and_stamps_is_answered():
    import base64
    import random

    signer = the_authority().signer()
    good = [
        signer.certificate.public_bytes(Encoding.DER),
        a_list(the_authority(), (signer.certificate, FROZEN, None)).public_bytes(Encoding.DER),
    ]
    from exports.opc import zipped
    from tests.sealing import an_answer

    good.append(an_answer(the_authority(), signer.certificate).public_bytes(Encoding.DER))
    parts, name, chance = parts_of(sealed_by(signer)), "_xmlsignatures/sig1.xml", random.Random(16)
    mark = b"</xd:UnsignedSignatureProperties>"
    for _ in range(300):
        broken = bytearray(chance.choice(good))
        for _ in range(chance.choice((0, 1, 2, 8))):
            broken[chance.randrange(len(broken))] = chance.choice((0, 0x30, 0x80, 0xFF, chance.randrange(256)))
        value = base64.b64encode(broken).decode()
        added = (
            f"<xd:RevocationValues><xd:CRLValues><xd:EncapsulatedCRLValue>{value}</xd:EncapsulatedCRLValue>"
            f"</xd:CRLValues><xd:OCSPValues><xd:EncapsulatedOCSPValue>{value}</xd:EncapsulatedOCSPValue>"
            "</xd:OCSPValues></xd:RevocationValues>"
            f"<xd:CertificateValues><xd:EncapsulatedX509Certificate>{value}</xd:EncapsulatedX509Certificate>"
            "</xd:CertificateValues>"
        ).encode()
        result = verify(
            zipped({**parts, name: parts[name].replace(mark, added + mark)}), [the_authority().certificate], now=NOW
        )
        assert result.sentence
