"""Certificates and signature algorithms: whether a signature fits a key, what a key may seal, whom a list trusts."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store, VerificationError

from exports.budget import LARGEST_EXPONENT, LARGEST_KEY, LONGEST_CERTIFICATE
from exports.verdicts import plain

LONGEST_CHAIN = 5

SMALLEST_RSA = 2048
SMALLEST_CURVE = 256
"""Bits that the key of a signer needs at least (NIST SP 800-57 part 1: 112 bits of security)."""

CLOCK_SKEW = timedelta(minutes=5)
"""How far two clocks may differ before a time counts as one that is still to come."""

ENDS_SOON = timedelta(days=60)
"""How long before its end a certificate is warned of."""

DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
"""RFC 9336, id-kp-documentSigning."""

MICROSOFT_DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.4.1.311.10.3.12")
"""szOID_KP_DOCUMENT_SIGNING: what most document-signing certificates bore before RFC 9336."""

FOR_SEALS = frozenset(
    {
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
        ExtendedKeyUsageOID.EMAIL_PROTECTION,
        DOCUMENT_SIGNING,
        MICROSOFT_DOCUMENT_SIGNING,
    }
)
"""The extended key usages of which a signer's certificate has at least one, if it names any."""

WEAK = {"sha1": "SHA-1"}
"""Digests below SHA-256 that are read in others' files, by the name under which they are reported."""

HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303  # only to judge what others signed, and named as weak
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


_FORGED = {"md5": "MD5", "sha1": "SHA-1"}
"""Digests with which a certificate can be forged."""


UNREADABLE = (
    ValueError,
    TypeError,
    OverflowError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What `cryptography` raises for a certificate, list or answer that is badly made, also late."""


class NoCertificates(Exception):
    """A file that should hold certificates does not; the sentence says so."""


NOBODY = "no authority that is trusted here stands behind its certificate"
"""The clause for a signer whom nobody vouches for."""


@dataclass(frozen=True)
class Trust:
    """Whom a check believes: authorities of signers, authorities of time stamps, and what says who was revoked.

    The two kinds of authority are apart: who may say when something was sealed may not say by whom.
    """

    signers: tuple[x509.Certificate, ...] = ()
    stamps: tuple[x509.Certificate, ...] = ()
    lists: tuple[x509.CertificateRevocationList, ...] = ()
    answers: tuple[ocsp.OCSPResponse, ...] = ()

    @classmethod
    def of(cls, given: Trust | Sequence[x509.Certificate]) -> Trust:
        """Return what is given; bare certificates are those of signers."""
        return given if isinstance(given, Trust) else cls(signers=tuple(given))


def at_length(moment: datetime) -> str:
    """Return a moment as a sentence of the check says it.

    >>> at_length(datetime(2026, 11, 27, 9, 15, tzinfo=UTC))
    '27 November 2026 at 09:15 UTC'
    """
    shown = moment.astimezone(UTC)
    return f"{shown.day} {shown:%B %Y} at {shown:%H:%M} UTC"


def load_certificate(der: bytes) -> x509.Certificate | None:
    """Return a certificate, or nothing if it cannot be read or has no lawful serial number (RFC 5280).

    Nor is one read that is longer than any, or has a key so large that each try of it is work.
    """
    if len(der) > LONGEST_CERTIFICATE:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is odd in others' certificates is no news for our reader
            certificate = x509.load_der_x509_certificate(der)
            # They are read late, and may fail.
            (
                short_name_of(certificate),
                name_of(certificate),
                organisation_of(certificate),
                certificate.issuer.public_bytes(),
                certificate.public_key(),
                certificate.not_valid_before_utc,
                certificate.not_valid_after_utc,
            )
            is_lawful = certificate.serial_number > 0 and not _is_work(certificate.public_key())
            return certificate if is_lawful else None
    except UNREADABLE:
        return None


def _is_work(key: object) -> bool:
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    return key.key_size > LARGEST_KEY or key.public_numbers().e > LARGEST_EXPONENT


def read_pem(path: Path) -> list[x509.Certificate]:
    """Return the certificates of a PEM file that an installation trusts or publishes. Raises NoCertificates."""
    try:
        return in_pem(path.read_bytes())
    except (OSError, NoCertificates):
        raise NoCertificates(f"{path} holds no certificates in PEM form.") from None


def in_pem(content: bytes) -> list[x509.Certificate]:
    """Return the certificates that stand in PEM form. Raises NoCertificates."""
    try:
        return x509.load_pem_x509_certificates(content)
    except UNREADABLE:
        raise NoCertificates("There are no certificates in PEM form.") from None


def read_folder(folder: Path) -> list[x509.Certificate]:
    """Return the certificates of all PEM files of a folder, if there is one. Raises NoCertificates."""
    return [one for file in sorted(folder.glob("*.pem")) for one in read_pem(file)]


def name_of(certificate: x509.Certificate) -> str:
    """Return the subject of a certificate in one line."""
    return certificate.subject.rfc4514_string()


def short_name_of(certificate: x509.Certificate) -> str:
    """Return the common name of a certificate's subject, or the whole subject if it has none."""
    named = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(named[-1].value) if named else name_of(certificate)


def organisation_of(certificate: x509.Certificate) -> str:
    """Return the organisation in a certificate's subject; empty if it names none."""
    named = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return str(named[-1].value) if named else ""


def called(certificate: x509.Certificate) -> str:
    """Return whose certificate it is, in words: the common name, and the organisation if that is another.

    A sentence may repeat it as it is.
    """
    organisation, name = organisation_of(certificate), short_name_of(certificate)
    if not organisation:
        return plain(name)
    return plain(organisation if name in (organisation, name_of(certificate)) else f"{name} of {organisation}")


def fingerprint_of(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate, in hex: by it a certificate is known."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def fits(certificate: x509.Certificate, algorithm: str, digest: str, signature: bytes, signed: bytes) -> bool:
    """Whether a signature over some bytes was made with the key of a certificate.

    `algorithm` is `rsa` (PKCS#1 v1.5) or `ecdsa` (r and s, one after the other).
    """
    try:
        key, chosen = certificate.public_key(), HASHES[digest]
        if algorithm == "rsa" and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), chosen)
            return True
        if algorithm == "ecdsa" and isinstance(key, ec.EllipticCurvePublicKey):
            half = (key.curve.key_size + 7) // 8
            if len(signature) != 2 * half:
                return False
            r, s = int.from_bytes(signature[:half]), int.from_bytes(signature[half:])
            key.verify(utils.encode_dss_signature(r, s), signed, ec.ECDSA(chosen))
            return True
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return False


def _issues_certificates(
    policy: object, certificate: x509.Certificate, constraints: x509.BasicConstraints | None
) -> None:
    if constraints is None or not constraints.ca:
        raise ValueError("not an authority")


def _signs_certificates(policy: object, certificate: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    if usage is not None and not usage.key_cert_sign:
        raise ValueError("not for signing certificates")


_SIGNER = ExtensionPolicy.permit_all()  # what a signer's certificate may be for is said by `fault_of`, in words
_AUTHORITY = (
    ExtensionPolicy.permit_all()
    .require_present(x509.BasicConstraints, Criticality.AGNOSTIC, _issues_certificates)
    .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _signs_certificates)
)


# ── What a certificate is good for ───────────────────────────────────────────────────────────────────────────────


def _extension(certificate: x509.Certificate, kind: type[x509.ExtensionType]) -> x509.ExtensionType | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def forged_digest(certificate: x509.Certificate) -> str:
    """Return the name of the digest under a certificate's signature if it can be forged; else nothing."""
    try:
        digest = certificate.signature_hash_algorithm
    except UNREADABLE:
        return ""
    return _FORGED.get(digest.name, "") if digest is not None else ""


def weak_key(certificate: x509.Certificate) -> str:
    """Return what is wrong with the size of a certificate's key, as the end of a sentence; or nothing."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < SMALLEST_RSA:
        return f"RSA of {key.key_size} bits, and {SMALLEST_RSA} are needed"
    if isinstance(key, ec.EllipticCurvePublicKey) and key.key_size < SMALLEST_CURVE:
        return f"on a curve of {key.key_size} bits, and {SMALLEST_CURVE} are needed"
    return ""


def fault_of(certificate: x509.Certificate) -> str:
    """Return why a certificate cannot be that of a signer, as a clause; nothing if it can. Its days are no part of it.

    The clause begins with "its", so that it follows the name of a key file as well as that of a signer.
    """
    try:
        basic = _extension(certificate, x509.BasicConstraints)
        usage = _extension(certificate, x509.KeyUsage)
        extended = _extension(certificate, x509.ExtendedKeyUsage)
    except UNREADABLE:
        return "its certificate cannot be read in full"
    if isinstance(basic, x509.BasicConstraints) and basic.ca:
        return "its certificate is that of an authority, which issues certificates and signs no documents"
    if isinstance(usage, x509.KeyUsage) and not (usage.digital_signature or usage.content_commitment):
        return (
            "its certificate is not for signing: its key usage names neither digitalSignature nor nonRepudiation"
            " (contentCommitment)"
        )
    if isinstance(extended, x509.ExtendedKeyUsage) and not FOR_SEALS & set(extended):
        return (
            "its certificate is for something else: its extended key usage names neither document signing"
            " nor e-mail protection"
        )
    if weak := weak_key(certificate):
        return f"its key is {weak}"
    return ""


def outside_of(certificate: x509.Certificate, moment: datetime) -> str:
    """Return, as a clause, that a moment lies outside the days of a certificate; nothing if it lies within."""
    if moment < certificate.not_valid_before_utc:
        return f"its certificate is not valid before {at_length(certificate.not_valid_before_utc)}"
    if moment > certificate.not_valid_after_utc:
        return f"its certificate ended on {at_length(certificate.not_valid_after_utc)}"
    return ""


def forged_chain(certificate: x509.Certificate, chain: Iterable[x509.Certificate]) -> str:
    """Return, as a clause, that a certificate or one of its issuers below a root can be forged; else nothing."""
    if digest := forged_digest(certificate):
        return f"its certificate was signed with {digest}, which can be forged"
    for one in chain:
        if one.issuer != one.subject and (digest := forged_digest(one)):
            return f"the certificate of its authority ‘{called(one)}’ was signed with {digest}, which can be forged"
    return ""


def ends_soon(certificate: x509.Certificate, now: datetime) -> str:
    """Return, as a clause, that a certificate ends within sixty days, or has ended; nothing if neither is so."""
    end = certificate.not_valid_after_utc
    if now > end:
        return f"ended on {at_length(end)}"
    return f"ends on {at_length(end)}, in {(end - now).days} days" if end - now <= ENDS_SOON else ""


# ── Who stands behind it ─────────────────────────────────────────────────────────────────────────────────────────


def issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Whether a certificate bears the name and the signature of another."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, *UNREADABLE):
        return False
    return True


def chain_of(
    certificate: x509.Certificate, others: Iterable[x509.Certificate], trusted: Sequence[x509.Certificate], at: datetime
) -> tuple[x509.Certificate, ...]:
    """Return the way from a certificate to one that is trusted, all valid at a moment; nothing if there is none.

    SHA-1, MD5 and short keys lead nowhere. A certificate that is trusted itself is its own way.
    """
    moment = at.astimezone(UTC)
    if certificate in trusted:
        return () if outside_of(certificate, moment) else (certificate,)
    if not trusted:
        return ()
    try:
        verifier = (
            PolicyBuilder()
            .store(Store(list(trusted)))
            .time(moment)
            .max_chain_depth(LONGEST_CHAIN)
            .extension_policies(ee_policy=_SIGNER, ca_policy=_AUTHORITY)
            .build_client_verifier()
        )
        return tuple(verifier.verify(certificate, list(others)).chain)
    except (VerificationError, *UNREADABLE):
        return ()


def why_no_chain(
    certificate: x509.Certificate, others: Iterable[x509.Certificate], trusted: Sequence[x509.Certificate], at: datetime
) -> str:
    """Return, as a clause, why no way leads from a certificate to one that is trusted.

    One way is walked by names and signatures, and the first fault on it told; without one, nobody stands behind it.
    """
    pool, way, last = [*trusted, *others], [], certificate
    for _ in range(LONGEST_CHAIN):
        if last in trusted:
            break
        named = [one for one in pool if one.subject == last.issuer and one not in way][:LONGEST_CHAIN]
        # A signature with SHA-1 is not even looked at: the name is enough to tell what is wrong.
        found = next((one for one in named if issued(one, last) or forged_digest(last)), None)
        if found is None:
            return NOBODY
        way.append(found)
        last = found
    if last not in trusted:
        return NOBODY
    if forged := forged_chain(certificate, way[:-1]):
        return forged
    for one in way:
        name = called(one)
        if weak := weak_key(one):
            return f"the key of its authority ‘{name}’ is {weak}"
        if outside := outside_of(one, at):
            return f"{outside.replace('its certificate', f'the certificate of its authority ‘{name}’')}"
    return NOBODY
