"""Whether a signer is trusted, and if not, why: certificate, authority, time and revocation taken together.

The rules, with their reasons, stand in `docs/decisions/0016-what-makes-a-signer-trusted.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from cryptography import x509
from cryptography.x509 import ocsp

from exports.budget import MOST_LISTS
from exports.verify_revoked import standing_of
from exports.verify_stamp import TimeStamp
from exports.verify_trust import (
    CLOCK_SKEW,
    UNREADABLE,
    Trust,
    at_length,
    called,
    chain_of,
    ends_soon,
    fault_of,
    forged_chain,
    issued,
    outside_of,
    weak_key,
    why_no_chain,
)


@dataclass(frozen=True)
class Signed:
    """What a signature brings along: certificates, the time it claims, its time stamp, what it says of revocation."""

    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...] = ()
    claimed: datetime | None = None
    stamp: TimeStamp | None = None
    lists: tuple[x509.CertificateRevocationList, ...] = ()
    answers: tuple[ocsp.OCSPResponse, ...] = ()
    shown: datetime | None = None
    """When trusted time stamps beside the file show that it stood."""


@dataclass(frozen=True)
class Judgement:
    """Whether a signer is trusted; if not, a clause that says why; and sentences that whoever trusts it should know."""

    reason: str = ""
    notes: tuple[str, ...] = ()
    stamp_reason: str = ""
    """Why its time stamp is not trusted; nothing if it is, or if there is none."""
    stamped: datetime | None = None
    """When a trusted time stamp shows that the signature stood."""
    is_checked: bool = False
    """Whether it could be found out that nobody revoked its certificate."""

    @property
    def trusted(self) -> bool:
        """Whether nothing stands against it."""
        return not self.reason


def doubt_about_stamp(stamp: TimeStamp, trust: Trust, now: datetime, renewed: datetime | None = None) -> str:
    """Return why a time stamp is not trusted, as a clause; nothing if it is.

    `renewed` is when a later stamp, itself trusted, was made over it: then it need hold no longer than until that.
    """
    if stamp.weak:
        return "it rests on SHA-1, which can be forged"
    if stamp.at > now + CLOCK_SKEW:
        return f"its time, {at_length(stamp.at)}, is still to come"
    if weak := weak_key(stamp.signer):
        return f"the key of its authority is {weak}"
    chain = chain_of(stamp.signer, stamp.certificates, trust.stamps, stamp.at)
    if not chain or not _may_sign(stamp.signer):
        return "no authority for time stamps that is trusted here stands behind it"
    held_at = min(renewed, now) if renewed else now
    until = min(one.not_valid_after_utc for one in chain)
    if held_at > until:
        return (
            f"it has lost its worth: the certificate of its authority ended on {at_length(until)},"
            " and it was not renewed before"
        )
    for one, issuer in _with_issuers(chain, (*stamp.certificates, *trust.stamps)):
        revoked = standing_of(one, issuer, trust, shown=stamp.at, now=now).revoked
        if revoked is not None and not revoked.spares_stamp(stamp.at, renewed):
            return f"the certificate of its authority was revoked {revoked.clause}"
    return ""


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    except UNREADABLE:
        return False
    return usage.digital_signature or usage.content_commitment


def worth_until(stamp: TimeStamp) -> datetime:
    """Return until when a time stamp is worth something: the end of the first certificate behind it to end."""
    way, last = [stamp.signer], stamp.signer
    while found := next((one for one in stamp.certificates if one not in way and one.subject == last.issuer), None):
        way.append(found)
        last = found
    return min(one.not_valid_after_utc for one in way)


def _with_issuers(
    chain: Sequence[x509.Certificate], pool: Sequence[x509.Certificate]
) -> list[tuple[x509.Certificate, x509.Certificate]]:
    """Return each certificate of a way, but a root at its end, with its issuer, where that is at hand."""
    found = list(pairwise(chain))
    last = chain[-1]
    if last.issuer != last.subject:
        named = [one for one in pool if one.subject == last.issuer][:MOST_LISTS]
        found += [(last, one) for one in named if issued(one, last)][:1]
    return found


def judge(signed: Signed, trust: Trust, now: datetime) -> Judgement:
    """Return whether a signer is trusted at a moment, and why not."""
    certificate = signed.certificate
    said = replace(
        trust,
        lists=(*trust.lists, *signed.lists[:MOST_LISTS]),
        answers=(*trust.answers, *signed.answers[:MOST_LISTS]),
    )
    stamp, stamp_reason = signed.stamp, ""
    if stamp is not None:
        stamp_reason = doubt_about_stamp(stamp, said, now, signed.shown)
    stamped = stamp.at if stamp is not None and not stamp_reason else None
    # Stamps beside the file are made later: one after the end of the certificate shows nothing, and is no lie either.
    beside = signed.shown if signed.shown and not outside_of(certificate, signed.shown) else None
    shown = min((one for one in (stamped, beside) if one), default=None)
    found = Judgement(stamp_reason=stamp_reason, stamped=shown)

    moment = shown or signed.claimed or now
    if wrong := _wrong_time(certificate, signed.claimed, shown, now):
        return replace(found, reason=wrong)
    if fault := fault_of(certificate):
        return replace(found, reason=fault)
    if certificate not in trust.signers and (forged := forged_chain(certificate, ())):
        return replace(found, reason=forged)
    chain = chain_of(certificate, signed.others, trust.signers, moment)
    if not chain:
        return replace(found, reason=why_no_chain(certificate, signed.others, trust.signers, moment))

    notes: list[str] = []
    known = []
    for one, issuer in _with_issuers(chain, (*signed.others, *trust.signers)):
        standing = standing_of(one, issuer, said, shown=shown, now=now)
        whose = "its certificate" if one == certificate else f"the certificate of its authority ‘{called(one)}’"
        if standing.revoked is not None:
            if not standing.revoked.spares(shown):
                return replace(found, reason=f"{whose} was revoked {standing.revoked.clause}")
            notes.append(
                f"{_begun(whose)} was revoked {standing.revoked.clause}; a time stamp shows that the seal stood before."
            )
        if standing.out_of_date:
            notes.append(standing.out_of_date)
        known.append(standing.is_known)
    if ending := ends_soon(certificate, now):
        notes.append(f"The certificate of {called(certificate)} {ending}.")
    if now > certificate.not_valid_after_utc and not shown:
        notes.append("Nothing but the signer’s word shows that it was sealed before.")
    return replace(found, notes=tuple(dict.fromkeys(notes)), is_checked=bool(known) and all(known))


def _begun(clause: str) -> str:
    return clause[0].upper() + clause[1:]


def _wrong_time(certificate: x509.Certificate, claimed: datetime | None, shown: datetime | None, now: datetime) -> str:
    """Return, as a clause, what is wrong with the time of a signature; nothing if it can be believed."""
    if claimed is not None and claimed > now + CLOCK_SKEW:
        return f"it says that it was sealed on {at_length(claimed)}, which is still to come"
    if shown is not None:
        outside = outside_of(certificate, shown)
        return f"a time stamp shows that it was sealed on {at_length(shown)}, but {outside}" if outside else ""
    if claimed is None:
        outside = outside_of(certificate, now)
        return f"{outside}, and nothing in the signature says when it was made" if outside else ""
    outside = outside_of(certificate, claimed)
    return f"it says that it was sealed on {at_length(claimed)}, but {outside}" if outside else ""
