"""Renewing time stamps: a further one beside each sealed file, before the last one loses its worth.

The sealed file itself never changes (decision 0007): what is added stands beside it, as `verify_evidence.py` reads it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from exports.budget import TooCostly
from exports.opc import BadXml, NotReadable, read_package
from exports.verify_docx import Broken, read_signature
from exports.verify_evidence import LIST, STAMP, SUFFIX, block, blocks, judge_evidence, stamps_of, to_be_stamped
from exports.verify_signer import doubt_about_stamp, worth_until
from exports.verify_stamp import NotUnderstood, TimeStamp, read_time_stamp
from exports.verify_trust import Trust, at_length
from meetings.store import Store

RENEW_WITHIN = timedelta(days=365)
"""How long before its end a time stamp is renewed, unless another time is said: a year in which to notice."""


class NotRenewed(Exception):
    """A file cannot be given a further time stamp; the sentence says why."""


@dataclass(frozen=True)
class Renewal:
    """What became of one file: the evidence to keep beside it, if there is more of it now, and a sentence."""

    added: bytes
    """What is to be added at the end of the evidence; nothing if the last stamp is still good."""
    says: str
    is_late: bool = False
    """Whether the last stamp had lost its worth before: what it showed is shown no more."""


def renew(
    content: bytes,
    evidence: bytes,
    trust: Trust,
    stamp: Callable[[bytes], bytes],
    now: datetime,
    within: timedelta = RENEW_WITHIN,
) -> Renewal:
    """Return a further time stamp over a file and the evidence beside it, if the last one ends within a time.

    Raises NotRenewed, and what `stamp` raises.
    """
    try:
        beside = stamps_of(content, evidence)
    except (NotUnderstood, TooCostly) as problem:
        raise NotRenewed(f"the time stamps beside it do not belong to it, or cannot be read: {problem}") from None
    last = beside[-1] if beside else _inside(content)
    if last is not None and worth_until(last) - now > within:
        return Renewal(b"", f"its time stamp is good until {at_length(worth_until(last))}")
    doubt = _doubt(content, evidence, last, trust, now) if last is not None else ""
    # Lists come before the stamp, which then covers them too.
    added = b"".join(block(LIST, der) for der in _lists(trust, evidence, last))
    token = stamp(to_be_stamped(content, evidence + added))
    made = read_time_stamp(token)
    until = f"good until {at_length(worth_until(made))}"
    if unknown := doubt_about_stamp(made, trust, now):
        until += f"; it is not trusted here: {unknown}"
    if doubt:
        return Renewal(
            added + block(STAMP, token), f"stamped, {until}; the time stamp before it is not trusted: {doubt}", True
        )
    how = "renewed" if last is not None else "stamped for the first time"
    return Renewal(added + block(STAMP, token), f"{how}, {until}")


def _inside(content: bytes) -> TimeStamp | None:
    """Return the time stamp inside a Word file that ends first; nothing if there is none, or it is no Word file."""
    if not content.startswith(b"PK"):
        return None
    try:
        package = read_package(content)
        found = [read_signature(package, name).stamp for name in package.signatures]
    except (NotReadable, Broken, BadXml) as problem:
        raise NotRenewed(f"its seal does not hold: {problem}") from None
    stamps = [one for one in found if one is not None]
    return min(stamps, key=worth_until) if len(stamps) == len(found) and stamps else None


def _doubt(content: bytes, evidence: bytes, last: TimeStamp, trust: Trust, now: datetime) -> str:
    if evidence:
        return judge_evidence(content, evidence, trust, now).stamps[-1].reason
    return doubt_about_stamp(last, trust, now)


def _lists(trust: Trust, evidence: bytes, last: TimeStamp | None) -> list[bytes]:
    """Return the lists that are known here about the authority of the last stamp, and are not in the evidence yet."""
    held = {der for _, der in blocks(evidence)}
    issuers = {one.issuer for one in last.certificates} if last is not None else set()
    known = [one.public_bytes(Encoding.DER) for one in trust.lists if one.issuer in issuers]
    return [one for one in known if one not in held]


# ── Where the files are ──────────────────────────────────────────────────────────────────────────────────────────

_SEALED = (".docx", ".jws")
"""What bears a seal: a Word file, and the signature beside a data file."""

Keep = Callable[[bytes], bool]
"""Adds to the evidence beside a file; says whether nobody else did so first."""


@dataclass(frozen=True)
class Kept:
    """The files that an installation gave out and keeps."""

    store: Store
    now: datetime

    def files(self) -> Iterator[tuple[str, bytes, bytes, Keep]]:
        """Yield each sealed file with its name, its evidence, and what adds to that."""
        for one in self.store.shelved():
            content = self.store.on_the_shelf(one) if one.name.endswith(_SEALED) else None
            if content is not None:
                before = self.store.evidence_of(one)
                keep = partial(self.store.add_evidence, one, len(before), at=self.now)
                yield f"{one.reference} v{one.version} {one.reader} {one.name}", content, b"".join(before), keep


@dataclass(frozen=True)
class Beside:
    """Files in folders, with their evidence beside them. A data file stands for the signature beside it."""

    paths: Sequence[Path]

    def files(self) -> Iterator[tuple[str, bytes, bytes, Keep]]:
        """Yield each file with its name, its evidence, and what adds to that. One that cannot be read yields nothing.

        Raises OSError.
        """
        for path in self.paths:
            jws = path.with_name(f"{path.name}.jws")
            sealed = jws if path.suffix == ".json" and jws.exists() else path
            stamps = sealed.with_name(f"{sealed.name}{SUFFIX}")
            before = stamps.read_bytes() if stamps.exists() else b""
            yield str(sealed), sealed.read_bytes(), before, partial(_write, stamps, before)


def _write(path: Path, before: bytes, added: bytes) -> bool:
    """Write evidence anew, whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_bytes(before + added)
    draft.replace(path)
    return True
