"""Reading a time stamp of RFC 3161 and checking its own signature: only what that needs of ASN.1 and CMS (RFC 5652)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from exports.budget import Budget, Cost
from exports.verdicts import as_moment
from exports.verify_trust import UNREADABLE, fits, load_certificate

_DIGESTS = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
_SIGNED_DATA = "1.2.840.113549.1.7.2"
_TIME_STAMP = "1.2.840.113549.1.9.16.1.4"
_MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE = {"1.2.840.113549.1.9.16.2.12": "sha1", "1.2.840.113549.1.9.16.2.47": "sha256"}
"""The attribute that names the signer's certificate, and its digest where it says none. Source: RFC 2634, RFC 5035."""

INTEGER, OCTETS, OID, SEQUENCE, _SET, _GENERALIZED_TIME = 0x02, 0x04, 0x06, 0x30, 0x31, 0x18
_DEEPEST = 20
_LONGEST_OID = 40
LONGEST_TOKEN = 200_000


class NotUnderstood(Exception):
    """A time stamp that cannot be read here."""


@dataclass(frozen=True)
class TimeStamp:
    """What a time stamp says, and the certificates that came with it."""

    at: datetime
    digest: str
    imprint: bytes
    signer: x509.Certificate
    certificates: tuple[x509.Certificate, ...]
    holds: bool
    weak: bool = False
    """Whether it rests on SHA-1."""

    def is_over(self, stamped: bytes) -> bool:
        """Whether it holds, and was made over these bytes."""
        return self.holds and hashlib.new(self.digest, stamped).digest() == self.imprint


# ── ASN.1 ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Value:
    """One value of ASN.1: its tag, its content, all its bytes, and the values inside it."""

    tag: int
    content: bytes
    whole: bytes
    children: tuple[Value, ...] = ()

    def octets(self) -> bytes:
        """Return the bytes of an octet string, also of one in pieces."""
        return b"".join(one.octets() for one in self.children) if self.children else self.content

    def oid(self) -> str:
        """Return an object identifier in dotted form."""
        if self.tag != OID or not 0 < len(self.content) <= _LONGEST_OID:
            raise NotUnderstood("an identifier is missing")
        numbers, value = [], 0
        for byte in self.content:
            value = value << 7 | byte & 0x7F
            if not byte & 0x80:
                numbers.append(value)
                value = 0
        first = min(numbers[0] // 40, 2)
        return ".".join(str(one) for one in (first, numbers[0] - 40 * first, *numbers[1:]))


def read_value(
    given: bytes, start: int = 0, depth: int = 0, limit: int | None = None, budget: Budget | None = None
) -> tuple[Value, int]:
    """Read one value, also in the indefinite form that some authorities use; return it and where it ends.

    It ends at `limit` at the latest, or at the end of what is given.
    """
    limit = len(given) if limit is None else limit
    budget = budget or Budget()
    budget.spend(Cost.VALUES)
    try:
        tag, length = given[start], given[start + 1]
        at = start + 2
        if depth > _DEEPEST or tag & 0x1F == 0x1F:
            raise NotUnderstood("it is nested too deep or oddly marked")
        if length == 0x80:
            if not tag & 0x20:
                raise NotUnderstood("a plain value has no length")
            children, end = [], at
            while given[end : end + 2] != b"\0\0":
                child, end = read_value(given, end, depth + 1, limit, budget)
                children.append(child)
            if end + 2 > limit:
                raise NotUnderstood("it ends too soon")
            return Value(tag, given[at:end], given[start : end + 2], tuple(children)), end + 2
        if length & 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(given[at : at + size]), at + size
    except IndexError:
        raise NotUnderstood("it ends too soon") from None
    end = at + length
    if end > limit:
        raise NotUnderstood("it ends too soon")
    found, inner = [], at
    while tag & 0x20 and inner < end:
        child, inner = read_value(given, inner, depth + 1, end, budget)
        found.append(child)
    return Value(tag, given[at:end], given[start:end], tuple(found)), end


def write_value(tag: int, content: bytes) -> bytes:
    """Return one value in DER."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(length))) + length + content


def child_of(value: Value, number: int, tag: int | None = None) -> Value:
    """Return one of the values inside another, of that tag if one is given. Raises NotUnderstood."""
    if len(value.children) <= number or tag not in (None, value.children[number].tag):
        raise NotUnderstood("a part of it is missing")
    return value.children[number]


def _tagged(value: Value, tag: int) -> Iterator[Value]:
    return (one for one in value.children if one.tag == tag)


# ── Reading a time stamp ─────────────────────────────────────────────────────────────────────────────────────────


def read_time_stamp(token: bytes, budget: Budget | None = None) -> TimeStamp:
    """Read a time stamp and check its own signature. Raises NotUnderstood; TooCostly, if it asks for too much."""
    budget = budget or Budget()
    budget.spend(Cost.STAMPS)
    if len(token) > LONGEST_TOKEN:
        raise NotUnderstood("it is longer than a time stamp is")
    try:
        return _read_token(token, budget)
    except (StopIteration, *UNREADABLE) as problem:  # certificates are read late
        raise NotUnderstood(str(problem)) from None


def _read_token(token: bytes, budget: Budget) -> TimeStamp:
    root, _ = read_value(token, budget=budget)
    if child_of(root, 0).oid() != _SIGNED_DATA:
        raise NotUnderstood("it is no signed data")
    signed = child_of(child_of(root, 1, 0xA0), 0, SEQUENCE)
    inside = child_of(signed, 2, SEQUENCE)
    if child_of(inside, 0).oid() != _TIME_STAMP:
        raise NotUnderstood("it is no time stamp")
    said = child_of(child_of(inside, 1, 0xA0), 0).octets()
    info, _ = read_value(said, budget=budget)
    imprint = child_of(info, 2, SEQUENCE)
    digest = _DIGESTS.get(child_of(child_of(imprint, 0), 0).oid(), "")
    listed = [one for part in _tagged(signed, 0xA0) for one in part.children]
    budget.spend(Cost.CERTIFICATES, len(listed))
    certificates = [found for one in listed if (found := load_certificate(one.whole))]
    signer_info = child_of(signed.children[-1], 0, SEQUENCE)
    signer = _signer(signer_info, certificates)
    if signer is None or not digest:
        raise NotUnderstood("its certificate or its digest is not known")
    return TimeStamp(
        at=_moment(next(_tagged(info, _GENERALIZED_TIME)).content),
        digest=digest,
        imprint=child_of(imprint, 1, OCTETS).octets(),
        signer=signer,
        certificates=tuple(certificates),
        holds=_is_for_time_stamps(signer) and _is_signed(signer_info, signer, said),
        weak="sha1" in (digest, _DIGESTS.get(child_of(child_of(signer_info, 2), 0).oid())),
    )


def _moment(content: bytes) -> datetime:
    text = content.decode("ascii", "replace").removesuffix("Z").partition(".")[0]
    try:
        found = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        raise NotUnderstood("its time cannot be read") from None
    if as_moment(found.isoformat()) is None:
        raise NotUnderstood("its time is none that a clock shows")
    return found


def _signer(signer_info: Value, certificates: list[x509.Certificate]) -> x509.Certificate | None:
    named = child_of(signer_info, 1)
    for one in certificates:
        if named.tag == SEQUENCE and named.children:
            serial = int.from_bytes(child_of(named, 1, INTEGER).content, signed=True)
            if one.serial_number == serial and one.issuer.public_bytes() == named.children[0].whole:
                return one
        elif named.tag == 0x80:
            try:
                if one.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest == named.content:
                    return one
            except (x509.ExtensionNotFound, *UNREADABLE):
                continue
    return None


def _is_for_time_stamps(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, *UNREADABLE):
        return False
    return ExtendedKeyUsageOID.TIME_STAMPING in usage


def _is_signed(signer_info: Value, signer: x509.Certificate, said: bytes) -> bool:
    digest = _DIGESTS.get(child_of(child_of(signer_info, 2), 0).oid())
    attributes = next(_tagged(signer_info, 0xA0), None)
    if digest is None or attributes is None:
        return False
    stated = [
        child_of(child_of(one, 1, _SET), 0).octets()
        for one in attributes.children
        if child_of(one, 0).oid() == _MESSAGE_DIGEST
    ]
    if stated != [hashlib.new(digest, said).digest()] or not _is_named(attributes, signer):
        return False
    value = next(_tagged(signer_info, OCTETS)).content
    algorithm = "rsa"
    if isinstance(key := signer.public_key(), ec.EllipticCurvePublicKey):
        algorithm, half = "ecdsa", (key.curve.key_size + 7) // 8
        try:
            r, s = utils.decode_dss_signature(value)
            value = r.to_bytes(half) + s.to_bytes(half)
        except (ValueError, OverflowError):
            return False
    return fits(signer, algorithm, digest, value, write_value(_SET, attributes.content))


def _is_named(attributes: Value, signer: x509.Certificate) -> bool:
    """Whether the signed attributes name this certificate and no other as the signer's. Source: RFC 3161 2.4.2."""
    named = []
    for one in attributes.children:
        digest = _SIGNING_CERTIFICATE.get(child_of(one, 0).oid())
        if digest is None:
            continue
        first = child_of(child_of(child_of(child_of(one, 1, _SET), 0, SEQUENCE), 0, SEQUENCE), 0, SEQUENCE)
        said = child_of(first, 0)
        if said.tag == SEQUENCE:
            digest, said = _DIGESTS.get(child_of(said, 0).oid(), ""), child_of(first, 1)
        named.append(bool(digest) and said.octets() == hashlib.new(digest, signer.public_bytes(Encoding.DER)).digest())
    return bool(named) and all(named)
