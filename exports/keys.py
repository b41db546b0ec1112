"""The keys this installation seals with: read from a PKCS#12 file, or a demonstration authority made on first run.

Only the sealing modules import this one; who checks a seal needs certificates alone.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PublicFormat, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from exports.verdicts import DEMONSTRATION_ORGANISATION, NOT_PERSONAL
from exports.verify_trust import (
    DOCUMENT_SIGNING,
    SMALLEST_RSA,
    Trust,
    called,
    ends_soon,
    fault_of,
    forged_chain,
    issued,
    outside_of,
)
from meetings.vocabulary import Agency

ORGANISATION = f"Organisation seal – {NOT_PERSONAL}"
DEMONSTRATION = "demo certificate – not trusted by Word until your IT installs the authority"

TEN_YEARS = timedelta(days=3652)
"""How long the demonstration authority and its seal last. In training the clock may be set years ahead."""

DEMONSTRATION_BEGINS = datetime(2020, 1, 1, tzinfo=UTC)
"""When the demonstration certificates begin: before any time at which a record is kept here, or the clock is set to."""


class NoSeal(Exception):
    """Nothing can be sealed here; the sentence says what to do."""


class Signer(Protocol):
    """Something that signs: a key and the certificate that names it.

    A file is one way (`KeyFile`). Hardware (PKCS#11) or a vault is another: hold a handle instead of the key, and let
    `sign` pass the bytes on. For the same bytes to give the same seal it must sign deterministically: RSA PKCS#1 v1.5,
    or ECDSA after RFC 6979.
    """

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate of the key."""

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """The certificates of its issuers, nearest first."""

    @property
    def role(self) -> str:
        """In what role it seals, in words that stand in the signature."""

    @property
    def algorithm(self) -> str:
        """`rsa-sha256`, or `ecdsa-sha256` on the curve P-256."""

    def sign(self, signed: bytes) -> bytes:
        """Return the signature over SHA-256 of some bytes; for ECDSA, r and s one after the other."""


@dataclass(frozen=True)
class KeyFile:
    """A key that was read from a file and is held in memory."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    role: str
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = field(repr=False)

    @property
    def algorithm(self) -> str:
        """`rsa-sha256` or `ecdsa-sha256`, by the kind of key."""
        return "rsa-sha256" if isinstance(self.key, rsa.RSAPrivateKey) else "ecdsa-sha256"

    def sign(self, signed: bytes) -> bytes:
        """Return the signature over some bytes: always the same one for the same bytes."""
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        # RFC 6979: no chance in it.
        made = self.key.sign(signed, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        r, s = utils.decode_dss_signature(made)
        return r.to_bytes(32) + s.to_bytes(32)


@dataclass(frozen=True)
class Seal:
    """What a final export is sealed with: the organisation's key, those of agencies, and a time stamp if asked for."""

    organisation: Signer
    agencies: Mapping[Agency, Signer] = field(default_factory=dict)
    tsa_url: str | None = None
    revocation: Trust = field(default_factory=Trust)
    """What is known of revoked certificates: with a time stamp, it goes into the seal (XAdES-LT)."""

    def check(self, now: datetime) -> None:
        """Check that every key may seal at a moment: a certificate can end while a server runs. Raises NoSeal."""
        again = "Set a key with another certificate; docs/sealing.md says how."
        if self.is_demonstration:
            again = "Remove the folder keys/ of the instance: another one is made."
        for one in (self.organisation, *self.agencies.values()):
            if fault := fault_for_sealing(one, now):
                raise NoSeal(f"Nothing can be sealed with ‘{called(one.certificate)}’: {fault}. {again}")

    def warnings(self, now: datetime) -> tuple[str, ...]:
        """Return a sentence for each certificate, or authority of one, that ends soon or has ended."""
        every = [each for one in (self.organisation, *self.agencies.values()) for each in (one.certificate, *one.chain)]
        return tuple(
            f"The certificate ‘{called(each)}’, by which seals are made, {ending}. After its end nothing can be sealed:"
            " get a new one in time."
            for each in dict.fromkeys(every)
            if (ending := ends_soon(each, now))
        )

    def signers(self, approving: Collection[Agency]) -> tuple[Signer, ...]:
        """Return who seals a text: the organisation first, then each agency that stands for it and has its own key."""
        return (self.organisation, *(key for agency, key in self.agencies.items() if agency in approving))

    @property
    def is_demonstration(self) -> bool:
        """Whether it proves nothing to anybody outside."""
        return DEMONSTRATION in self.organisation.role


@dataclass(frozen=True)
class AgencyKey:
    """Where the key of an agency lies."""

    agency: Agency
    p12: Path
    passphrase: str | None = field(repr=False)


def fault_for_sealing(signer: Signer, now: datetime) -> str:
    """Return why a key may not seal at a moment, as a clause; nothing if it may."""
    certificate = signer.certificate
    fault = fault_of(certificate) or forged_chain(certificate, signer.chain) or outside_of(certificate, now)
    if fault:
        return fault
    for one in signer.chain:
        if outside := outside_of(one, now):
            return outside.replace("its certificate", f"the certificate of its authority ‘{called(one)}’")
    return ""


def sealing_time(frozen_at: datetime, signers: Iterable[Signer]) -> datetime:
    """Return the time that a seal claims: when the text was frozen, or when the youngest of the certificates began.

    No certificate can have sealed before it began; and the same text and keys give the same time, whenever it is asked.
    """
    return max(frozen_at, *(one.certificate.not_valid_before_utc for one in signers))


def pem_of(signer: Signer) -> bytes:
    """Return the certificate of a signer with its issuers, in PEM form: what is published."""
    return b"".join(one.public_bytes(Encoding.PEM) for one in (signer.certificate, *signer.chain))


def in_order(certificate: x509.Certificate, others: Iterable[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """Return the issuers of a certificate, nearest first."""
    left, chain, last = list(others), [], certificate
    while found := next((one for one in left if one != last and issued(one, last)), None):
        left.remove(found)
        chain.append(found)
        last = found
    return tuple(chain)


def unusable_key(public: object) -> str:
    """Return, as a clause, that a key is of no kind that seals are made with; nothing if it is."""
    if isinstance(public, rsa.RSAPublicKey) and public.key_size >= SMALLEST_RSA:
        return ""
    if isinstance(public, ec.EllipticCurvePublicKey) and isinstance(public.curve, ec.SECP256R1):
        return ""
    return f"a seal needs RSA of at least {SMALLEST_RSA} bits, or P-256"


def read_p12(
    path: Path, passphrase: str | None, role: str = ORGANISATION, setting: str = "ACCORD_SEAL_PASSPHRASE"
) -> KeyFile:
    """Read key, certificate and chain from a PKCS#12 file. Raises NoSeal; `setting` names where its passphrase is."""
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(
            path.read_bytes(), passphrase.encode() if passphrase else None
        )
    except OSError as problem:
        raise NoSeal(f"The seal's key file {path} cannot be read: {problem.strerror}.") from None
    except (ValueError, UnsupportedAlgorithm):
        raise NoSeal(f"The seal's key file {path} is not a PKCS#12 file, or {setting} does not open it.") from None
    if key is None or certificate is None:
        raise NoSeal(f"The seal's key file {path} does not hold both a key and its certificate.")
    unusable = unusable_key(key.public_key())
    if unusable or not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise NoSeal(f"The key in {path} cannot be used: {unusable}.")
    return KeyFile(certificate, in_order(certificate, others), role, key)


# ── The demonstration authority ──────────────────────────────────────────────────────────────────────────────────


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "GB"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, DEMONSTRATION_ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _usage(**said: bool) -> x509.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: said.get(name, False) for name in names})


def _certificate(subject: x509.Name, issuer: x509.Name, key: Any, now: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(DEMONSTRATION_BEGINS, now - timedelta(days=1)))
        .not_valid_after(now + TEN_YEARS)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _make_authority(folder: Path, now: datetime) -> None:
    """Write a demonstration authority and a seal that it issued. The authority's own key is not kept."""
    authority_key = rsa.generate_private_key(65537, 3072)
    seal_key = rsa.generate_private_key(65537, 2048)
    authority_name = _name("Accord demonstration authority")
    authority = (
        _certificate(authority_name, authority_name, authority_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    seal = (
        _certificate(_name("Accord demonstration seal"), authority_name, seal_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION, DOCUMENT_SIGNING]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    _write(folder / "authority.pem", authority.public_bytes(Encoding.PEM))
    _write(
        folder / "seal.p12",
        pkcs12.serialize_key_and_certificates(b"seal", seal_key, seal, [authority], NoEncryption()),
    )


def _write(file: Path, content: bytes) -> None:
    file.touch(mode=0o600)
    file.write_bytes(content)


def demonstration_seal(instance: Path, now: datetime) -> KeyFile:
    """Return the demonstration seal of an installation, making its authority on first run. Raises NoSeal."""
    folder = instance / "keys"
    if not (folder / "seal.p12").exists():
        try:
            instance.mkdir(parents=True, exist_ok=True, mode=0o700)
            made = Path(tempfile.mkdtemp(prefix="keys-", dir=instance))
            try:
                _make_authority(made, now)
                # Whole or not at all: another process may be doing the same.
                made.rename(folder)
            except OSError:
                if not (folder / "seal.p12").exists():
                    raise
            finally:
                shutil.rmtree(made, ignore_errors=True)
        except OSError as problem:
            raise NoSeal(f"The demonstration key cannot be written to {folder}: {problem.strerror}.") from None
    return read_p12(folder / "seal.p12", None, f"{ORGANISATION}; {DEMONSTRATION}")


def find_seal(
    instance: Path,
    *,
    p12: Path | None,
    passphrase: str | None,
    tsa_url: str | None,
    production: bool,
    agencies: Sequence[AgencyKey] = (),
    now: datetime | None = None,
    token: Callable[[], Signer] | None = None,
    revocation: Trust | None = None,
) -> Seal:
    """Return what this installation seals with, and publish its certificates under `certificates/`. Raises NoSeal.

    `token` opens a key that is held in hardware. Every certificate must be good for sealing at this moment.
    """
    moment = now or datetime.now(UTC)
    signer: Signer
    if token is not None:
        signer = token()
    elif p12 is not None:
        signer = read_p12(p12, passphrase)
    elif production:
        raise NoSeal(
            "Nothing final leaves unsealed, and there is no key to seal with: set ACCORD_SEAL_P12 and"
            " ACCORD_SEAL_PASSPHRASE. The demonstration authority is refused in production."
        )
    else:
        signer = demonstration_seal(instance, moment)
    own = {one.agency: _key_of(one) for one in agencies}
    every: tuple[Signer, ...] = (signer, *own.values())
    written = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if len({one.certificate.public_key().public_bytes(*written) for one in every}) < len(every):
        raise NoSeal("Two of the keys to seal with are the same: an agency's seal needs a key of its own.")
    seal = Seal(signer, own, tsa_url or None, revocation or Trust())
    seal.check(moment)
    for one in every:
        _publish(one, instance / "certificates")
    return seal


def _key_of(one: AgencyKey) -> KeyFile:
    role = f"Agency seal of {one.agency.label} – {NOT_PERSONAL}"
    return read_p12(one.p12, one.passphrase, role, f"ACCORD_SEAL_PASSPHRASE_{one.agency.upper()}")


def _publish(signer: Signer, folder: Path) -> None:
    file = folder / f"{signer.certificate.fingerprint(hashes.SHA256()).hex()}.pem"
    if not file.exists():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            draft = file.with_suffix(f".{os.getpid()}")
            draft.write_bytes(pem_of(signer))
            draft.replace(file)
        except OSError as problem:
            raise NoSeal(f"The seal's certificate cannot be written to {folder}: {problem.strerror}.") from None
