"""Certificates and signature algorithms: whether a signature fits a key, and whom a list of certificates trusts."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store, VerificationError

from exports.budget import LARGEST_EXPONENT, LARGEST_KEY, LONGEST_CERTIFICATE

LONGEST_CHAIN = 5

WEAK = {"sha1": "SHA-1"}
"""Digests below SHA-256 that are read in others' files, by the name under which they are reported."""

HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303  # only to judge what others signed, and named as weak
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


class NoCertificates(Exception):
    """A file that should hold certificates does not; the sentence says so."""


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
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion):
        return None


def _is_work(key: object) -> bool:
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    return key.key_size > LARGEST_KEY or key.public_numbers().e > LARGEST_EXPONENT


def read_pem(path: Path) -> list[x509.Certificate]:
    """Return the certificates of a PEM file. Raises NoCertificates."""
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError):
        raise NoCertificates(f"{path} holds no certificates in PEM form.") from None


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
    """Return whose certificate it is, in words: the common name, and the organisation if that is another."""
    organisation, name = organisation_of(certificate), short_name_of(certificate)
    if not organisation:
        return name
    return organisation if name in (organisation, name_of(certificate)) else f"{name} of {organisation}"


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


def _signs_documents(policy: object, certificate: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    if usage is not None and not (usage.digital_signature or usage.content_commitment):
        raise ValueError("not for signing")


_SIGNER = ExtensionPolicy.permit_all().may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _signs_documents)
_AUTHORITY = (
    ExtensionPolicy.permit_all()
    .require_present(x509.BasicConstraints, Criticality.AGNOSTIC, _issues_certificates)
    .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _signs_certificates)
)


def is_trusted(
    certificate: x509.Certificate, others: Iterable[x509.Certificate], trust: Sequence[x509.Certificate], at: datetime
) -> bool:
    """Whether a certificate leads to one that is trusted, or is one, and all were valid at a moment.

    A text may have been frozen before the certificate that seals it was made: then the first moment of the
    certificate counts. That makes nothing trusted which was not at some time.
    """
    moment = max(at.astimezone(UTC), certificate.not_valid_before_utc)
    if moment > certificate.not_valid_after_utc:
        return False
    if certificate in trust:
        return True
    if not trust:
        return False
    verifier = (
        PolicyBuilder()
        .store(Store(list(trust)))
        .time(moment)
        .max_chain_depth(LONGEST_CHAIN)
        .extension_policies(ee_policy=_SIGNER, ca_policy=_AUTHORITY)
        .build_client_verifier()
    )
    try:
        verifier.verify(certificate, list(others))
    except (VerificationError, ValueError, OverflowError, UnsupportedAlgorithm):
        return False
    return True
