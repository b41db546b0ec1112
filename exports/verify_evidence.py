"""Time stamps beside a sealed file, each made before the last one lost its worth: evidence of age for decades.

A file `minutes.docx.tst` holds, in PEM blocks in the order in which they were made, time stamps (PKCS7) and the lists
of revoked certificates that were known then (X509 CRL). Each time stamp is over the bytes of the file followed by those
of every block before it (in DER form), so that the first is over the file alone, and each later one renews all of it:
in the manner of the archive time stamp chains of RFC 4998.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509

from exports.budget import LONGEST_EVIDENCE, MOST_STAMPS, Budget, Cost
from exports.verify_revoked import load_list
from exports.verify_signer import doubt_about_stamp, worth_until
from exports.verify_stamp import NotUnderstood, TimeStamp, read_time_stamp
from exports.verify_trust import Trust, at_length

SUFFIX = ".tst"
"""What the name of a file with evidence ends in, after the whole name of the file it is beside."""

STAMP, LIST = "PKCS7", "X509 CRL"
"""What the blocks are called (RFC 7468)."""

_BLOCK = re.compile(rb"-----BEGIN (PKCS7|X509 CRL)-----\s([A-Za-z0-9+/=\s]*)-----END \1-----\s*")


@dataclass(frozen=True)
class Stamped:
    """One time stamp of the chain, and a clause that says why it is not trusted; nothing if it is."""

    at: datetime
    until: datetime
    reason: str


@dataclass(frozen=True)
class Evidence:
    """What the time stamps beside a file show."""

    stamps: tuple[Stamped, ...] = ()
    problem: str = ""
    """A sentence, if they are not those of this file or cannot be read."""

    @property
    def shown(self) -> datetime | None:
        """The first moment at which a trusted time stamp shows the file to have stood."""
        return min((one.at for one in self.stamps if not one.reason), default=None)

    def as_json(self) -> dict[str, Any]:
        """Return it as other programs read it."""
        lines = [
            {"at": one.at.isoformat(), "until": one.until.isoformat(), "trusted": not one.reason}
            | ({"reason": one.reason} if one.reason else {})
            for one in self.stamps
        ]
        return {"stamps": lines} | ({"problem": self.problem} if self.problem else {})

    @property
    def sentence(self) -> str:
        """What it shows, in words."""
        if self.problem:
            return self.problem
        if self.shown is None:
            return f"The time stamps beside it are not trusted: {self.stamps[-1].reason}."
        last = max(one.until for one in self.stamps if not one.reason)
        return (
            f"Time stamps beside it show that it stood on {at_length(self.shown)};"
            f" the last one is good until {at_length(last)}."
        )


def block(kind: str, der: bytes) -> bytes:
    """Return one block of evidence as it is written."""
    text = base64.b64encode(der).decode()
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    return f"-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----\n".encode()


def blocks(evidence: bytes) -> list[tuple[str, bytes]]:
    """Return the blocks of evidence, each with its kind, in order. Raises NotUnderstood."""
    if len(evidence) > LONGEST_EVIDENCE:
        raise NotUnderstood("it is longer than evidence is")
    found: list[tuple[str, bytes]] = []
    at = 0
    while at < len(evidence):
        match = _BLOCK.match(evidence, at)
        if match is None or len(found) > 20 * MOST_STAMPS:
            raise NotUnderstood("it holds something else than time stamps and lists")
        try:
            found.append((match[1].decode(), base64.b64decode(b"".join(match[2].split()), validate=True)))
        except (binascii.Error, ValueError):
            raise NotUnderstood("a block of it is not in base64") from None
        at = match.end()
    return found


def to_be_stamped(content: bytes, evidence: bytes) -> bytes:
    """Return what the next time stamp is made over: the file, and all the evidence so far. Raises NotUnderstood."""
    return content + b"".join(der for _, der in blocks(evidence))


def stamps_of(content: bytes, evidence: bytes, budget: Budget | None = None) -> list[TimeStamp]:
    """Return the time stamps of evidence, in order, each checked to be over what it must be.

    Raises NotUnderstood; TooCostly, if it asks for too much.
    """
    budget = budget or Budget()
    found: list[TimeStamp] = []
    pieces = [content]
    digests: dict[str, Any] = {}
    for kind, der in blocks(evidence):
        if kind == STAMP:
            if len(found) >= MOST_STAMPS:
                raise NotUnderstood("it holds more time stamps than anybody makes")
            stamp = read_time_stamp(der, budget)
            # What stands before is digested once for each kind of digest, and not again for each time stamp.
            so_far = digests.get(stamp.digest)
            if so_far is None:
                so_far = digests[stamp.digest] = hashlib.new(stamp.digest)
                for piece in pieces:
                    so_far.update(piece)
            if not stamp.holds or so_far.digest() != stamp.imprint:
                raise NotUnderstood("a time stamp in it was made over something else")
            found.append(stamp)
        pieces.append(der)
        for one in digests.values():
            one.update(der)
    return found


def _lists(evidence: bytes, budget: Budget) -> tuple[x509.CertificateRevocationList, ...]:
    listed = [der for kind, der in blocks(evidence) if kind == LIST]
    budget.spend(Cost.LISTS, len(listed))
    return tuple(one for der in listed if (one := load_list(der, is_der=True)) is not None)


def judge_evidence(
    content: bytes, evidence: bytes, trust: Trust, now: datetime, budget: Budget | None = None
) -> Evidence:
    """Return what the time stamps beside a file show at a moment. What cannot be read shows nothing, and is said.

    Raises TooCostly.
    """
    budget = budget or Budget()
    try:
        stamps = stamps_of(content, evidence, budget)
        lists = _lists(evidence, budget)
    except NotUnderstood as problem:
        return Evidence(problem=f"The time stamps beside it do not belong to this file, or cannot be read: {problem}.")
    if not stamps:
        return Evidence(problem="The file of time stamps beside it holds none.")
    said = Trust(trust.signers, trust.stamps, (*trust.lists, *lists), trust.answers)
    judged: list[Stamped] = []
    renewed: datetime | None = None
    for stamp in reversed(stamps):
        reason = doubt_about_stamp(stamp, said, now, renewed)
        if not reason and renewed is not None and stamp.at > renewed:
            reason = "it is younger than the one that renews it"
        judged.append(Stamped(stamp.at, worth_until(stamp), reason))
        renewed = stamp.at if not reason else None
    return Evidence(stamps=tuple(reversed(judged)))
