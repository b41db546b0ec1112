"""Whether a certificate was revoked: by lists (CRL, RFC 5280) and by answers that were kept (OCSP, RFC 6960)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from exports.budget import MOST_LISTS
from exports.verify_trust import CLOCK_SKEW, UNREADABLE, NoCertificates, Trust, at_length, called, issued, outside_of

ANSWER_LASTS = timedelta(days=7)
"""How long an answer without a next one counts as fresh."""

_STRONG = frozenset({"sha256", "sha384", "sha512"})

_HARMLESS = frozenset(
    {
        x509.ReasonFlags.affiliation_changed,
        x509.ReasonFlags.superseded,
        x509.ReasonFlags.cessation_of_operation,
        x509.ReasonFlags.privilege_withdrawn,
        x509.ReasonFlags.certificate_hold,
    }
)
"""Reasons that say nothing against the key before the day of revocation (RFC 5280, 5.3.1; RFC 3161, 4)."""

_WORDS = {
    x509.ReasonFlags.key_compromise: "its key was in other hands",
    x509.ReasonFlags.ca_compromise: "the key of its authority was in other hands",
    x509.ReasonFlags.aa_compromise: "the key of its authority was in other hands",
    x509.ReasonFlags.affiliation_changed: "its holder changed",
    x509.ReasonFlags.superseded: "it was replaced",
    x509.ReasonFlags.cessation_of_operation: "it was no longer needed",
    x509.ReasonFlags.privilege_withdrawn: "its right was withdrawn",
    x509.ReasonFlags.certificate_hold: "it is on hold",
}


@dataclass(frozen=True)
class Revoked:
    """A certificate was revoked: since when, why, and since when its authority thinks that the key was lost."""

    since: datetime
    reason: x509.ReasonFlags | None = None
    lost_since: datetime | None = None

    def spares(self, shown: datetime | None) -> bool:
        """Whether what a trusted time stamp shows to have stood at a moment is untouched.

        Where the key itself may have been lost (key compromise, or no reason said), only a stamp from before the day
        that the authority names for the loss counts: a thief, too, gets true stamps until somebody notices.
        """
        if shown is None or shown >= self.since:
            return False
        if self.lost_since is not None:
            return shown < self.lost_since
        return self.reason in _HARMLESS

    def spares_stamp(self, at: datetime, renewed: datetime | None) -> bool:
        """Whether a time stamp by such an authority is untouched.

        Whoever has the key of an authority can write any time into a stamp (RFC 3161, 4): so what it says itself, `at`,
        counts only if nothing was said against the key. Else only a later stamp over it by another, `renewed`, helps.
        """
        if renewed is not None and self.spares(renewed):
            return True
        return self.lost_since is None and self.reason in _HARMLESS and at < self.since

    @property
    def clause(self) -> str:
        """Since when, and why, as the end of a sentence."""
        why = f", because {_WORDS[self.reason]}" if self.reason in _WORDS else ", and no reason is said"
        lost = f" (lost since {at_length(self.lost_since)})" if self.lost_since else ""
        return f"on {at_length(self.since)}{why}{lost}"


@dataclass(frozen=True)
class Standing:
    """What lists and answers say of one certificate."""

    revoked: Revoked | None = None
    is_known: bool = False
    """Whether a list or an answer that was fresh enough was there."""
    out_of_date: str = ""
    """A sentence, if all that there was is too old."""


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────


def load_list(content: bytes, *, is_der: bool = False) -> x509.CertificateRevocationList | None:
    """Return a list of revoked certificates, in DER form or, unless it must be that, PEM; nothing if it is none."""
    try:
        is_pem = not is_der and b"-----BEGIN" in content
        found = x509.load_pem_x509_crl(content) if is_pem else x509.load_der_x509_crl(content)
        # They are read late, and may fail.
        _ = (found.issuer.public_bytes(), found.last_update_utc, found.next_update_utc, list(found.extensions))
        return found
    except UNREADABLE:
        return None


def load_answer(content: bytes) -> ocsp.OCSPResponse | None:
    """Return an answer of an OCSP responder, in DER form; nothing if it is none, or says that it has no answer."""
    try:
        found = ocsp.load_der_ocsp_response(content)
        return found if found.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL else None
    except UNREADABLE:
        return None


def read_revoked(
    paths: Iterable[Path],
) -> tuple[tuple[x509.CertificateRevocationList, ...], tuple[ocsp.OCSPResponse, ...]]:
    """Return the lists (CRL) and answers (OCSP) that files hold. Raises NoCertificates."""
    lists, answers = [], []
    for path in paths:
        try:
            content = path.read_bytes()
        except OSError as problem:
            raise NoCertificates(f"{path} cannot be read: {problem.strerror}.") from None
        if (one := load_list(content)) is not None:
            lists.append(one)
        elif (answer := load_answer(content)) is not None:
            answers.append(answer)
        else:
            raise NoCertificates(
                f"{path} is neither a list of revoked certificates (CRL, in PEM or DER form) nor an OCSP answer."
            )
    return tuple(lists), tuple(answers)


def are_about(
    certificates: Sequence[x509.Certificate],
    lists: Iterable[x509.CertificateRevocationList],
    answers: Iterable[ocsp.OCSPResponse],
) -> bool:
    """Whether each list bears the name of an issuer of these certificates, and each answer the number of one."""
    issuers, numbers = {one.issuer for one in certificates}, {one.serial_number for one in certificates}
    try:
        return all(one.issuer in issuers for one in lists) and all(
            any(said.serial_number in numbers for said in one.responses) for one in answers
        )
    except UNREADABLE:
        return False


# ── What they say ────────────────────────────────────────────────────────────────────────────────────────────────


def standing_of(
    certificate: x509.Certificate, issuer: x509.Certificate, said: Trust, *, shown: datetime | None, now: datetime
) -> Standing:
    """Return what lists and answers say of a certificate that another issued.

    Only what the issuer signed counts (or a responder that it named). `shown` is when a trusted time stamp shows that
    the seal stood: what was fresh then is fresh enough. A list says nothing about days after it was due to be replaced,
    but what it says to be revoked stays so.
    """
    wanted = min(shown or now, certificate.not_valid_after_utc)
    revoked: list[Revoked] = []
    until: list[datetime] = []
    held: list[tuple[datetime, Revoked | None]] = []
    for one in said.lists:
        try:
            if one.issuer == issuer.subject and _is_by(one, issuer) and one.last_update_utc <= now + CLOCK_SKEW:
                entry, is_whole = _entry(one, certificate), _would_name(one, certificate)
                if entry is not None or is_whole:
                    held.append((one.last_update_utc, entry))
                if entry is not None and entry.reason is not x509.ReasonFlags.certificate_hold:
                    revoked.append(entry)
                if is_whole:
                    until.append(one.next_update_utc or one.last_update_utc + ANSWER_LASTS)
        except UNREADABLE:
            continue
    if held and (last := max(held, key=lambda each: each[0])[1]) is not None:
        revoked.append(last)  # what is on hold may be taken back: the newest list says
    for answer in said.answers:
        try:
            found = _answered(answer, certificate, issuer, now)
        except UNREADABLE:
            continue
        if found is not None:
            revoked += [found[0]] if found[0] else []
            until.append(found[1])
    first = min(revoked, key=lambda each: (each.lost_since or each.since, each.since), default=None)
    late = bool(until) and max(until) < wanted
    return Standing(
        revoked=first,
        is_known=bool(until) and not late,
        out_of_date=(
            f"What is kept here of revoked certificates of ‘{called(issuer)}’ is out of date: a newer list was"
            f" due on {at_length(max(until))}."
            if late
            else ""
        ),
    )


def _is_by(one: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    """Whether a list was signed by an issuer that may, and is about certificates of its own."""
    digest = one.signature_hash_algorithm
    if digest is not None and digest.name not in _STRONG:
        return False
    for extension in one.extensions:
        if isinstance(extension.value, x509.IssuingDistributionPoint):
            if extension.value.indirect_crl or extension.value.only_contains_attribute_certs:
                return False
        elif extension.critical and not isinstance(extension.value, x509.DeltaCRLIndicator):
            return False
    try:
        usage = issuer.extensions.get_extension_for_class(x509.KeyUsage).value
        if not usage.crl_sign:
            return False
    except x509.ExtensionNotFound:
        pass
    return one.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]  # another kind of key: TypeError


def _would_name(one: x509.CertificateRevocationList, certificate: x509.Certificate) -> bool:
    """Whether a list would name a certificate if it was revoked (RFC 5280, 5.2.4 and 5.2.5).

    A list of changes, of some reasons, of another kind of certificate or of another part of them says less.
    """
    for value in (extension.value for extension in one.extensions):
        if isinstance(value, x509.DeltaCRLIndicator):
            return False
        if isinstance(value, x509.IssuingDistributionPoint):
            is_about = not (
                value.only_contains_user_certs if _is_authority(certificate) else value.only_contains_ca_certs
            )
            if not is_about or value.only_some_reasons or value.relative_name:
                return False
            if value.full_name and not set(value.full_name) & _points_of(certificate):
                return False
    return True


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _points_of(certificate: x509.Certificate) -> set[x509.GeneralName]:
    """Return where a certificate says that its list is published."""
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return set()
    return {name for one in points for name in one.full_name or ()}


def _entry(one: x509.CertificateRevocationList, certificate: x509.Certificate) -> Revoked | None:
    entry = one.get_revoked_certificate_by_serial_number(certificate.serial_number)
    if entry is None:
        return None
    reason, lost = None, None
    for extension in entry.extensions:
        if isinstance(extension.value, x509.CRLReason):
            reason = extension.value.reason
        elif isinstance(extension.value, x509.InvalidityDate):
            lost = extension.value.invalidity_date_utc
    if reason is x509.ReasonFlags.remove_from_crl:
        return None
    return Revoked(entry.revocation_date_utc, reason, lost)


def _answered(
    answer: ocsp.OCSPResponse, certificate: x509.Certificate, issuer: x509.Certificate, now: datetime
) -> tuple[Revoked | None, datetime] | None:
    """Return what an answer says of a certificate, and until when it is fresh; nothing if it is not about it."""
    if not _is_answer_by(answer, issuer):
        return None
    for one in answer.responses:
        if not _is_about(one, certificate, issuer) or one.this_update_utc > now + CLOCK_SKEW:
            continue
        until = one.next_update_utc or one.this_update_utc + ANSWER_LASTS
        if one.certificate_status is ocsp.OCSPCertStatus.REVOKED and one.revocation_time_utc is not None:
            return Revoked(one.revocation_time_utc, one.revocation_reason), until
        if one.certificate_status is ocsp.OCSPCertStatus.GOOD:
            return None, until
    return None


def _is_about(one: ocsp.OCSPSingleResponse, certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether an answer names a certificate: by its number, and the name and key of its issuer (RFC 6960, 4.1.1)."""
    if one.serial_number != certificate.serial_number:
        return False
    key = issuer.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        held = key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        held = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    else:
        return False
    kind = one.hash_algorithm.name
    return (
        hashlib.new(kind, issuer.subject.public_bytes()).digest() == one.issuer_name_hash
        and hashlib.new(kind, held).digest() == one.issuer_key_hash
    )


def _is_answer_by(answer: ocsp.OCSPResponse, issuer: x509.Certificate) -> bool:
    """Whether the issuer signed an answer, or a responder whose certificate it issued for that (RFC 6960, 4.2.2.2)."""
    digest = answer.signature_hash_algorithm
    if digest is None or digest.name not in _STRONG:
        return False
    named: Sequence[x509.Certificate] = [
        one
        for one in answer.certificates[:MOST_LISTS]
        if _may_answer(one) and not outside_of(one, answer.produced_at_utc) and issued(issuer, one)
    ]
    for one in (issuer, *named):
        key = one.public_key()
        try:
            if isinstance(key, rsa.RSAPublicKey):
                key.verify(answer.signature, answer.tbs_response_bytes, padding.PKCS1v15(), digest)
                return True
            if isinstance(key, ec.EllipticCurvePublicKey):
                key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(digest))
                return True
        except InvalidSignature:
            continue
    return False


def _may_answer(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, *UNREADABLE):
        return False
    return ExtendedKeyUsageOID.OCSP_SIGNING in usage
