"""What a copy is drawn from, which version that is, and what has become of it since.

Who may have which copy stands in `access.py`, what it holds in `audience.py`; how it is drawn, in `exports/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from meetings.briefing_facts import stage_of
from meetings.documents import BRIEFING, Briefing, Document
from meetings.parts import Json
from meetings.people import NotAllowed
from meetings.profiles import Profile
from meetings.record import Record
from meetings.seal import SHORT_HASH
from meetings.store import Draft, NoSuchMeeting, Store
from meetings.vocabulary import DocumentStatus


@dataclass(frozen=True)
class Exportable:
    """What a copy is drawn from: a document, the profile in force, the earlier discussions and its content hash."""

    document: Json
    profile: Profile
    history: tuple[Document, ...]
    content_sha256: str
    made_elsewhere: frozenset[int]
    state: str = ""


@dataclass(frozen=True)
class Handed:
    """To whom a copy was given: the local id of a listed recipient, the number of the copy, and how it was given."""

    recipient: str
    number: str
    how: str


def exportable(record: Record) -> Exportable:
    """Return what a copy of a record is drawn from."""
    return Exportable(
        document=record.json,
        profile=record.profile,
        history=tuple(record.earlier),
        content_sha256=record.content_sha256,
        made_elsewhere=frozenset(number for number, one in enumerate(record.signoffs) if one.elsewhere),
    )


def newest_version(store: Store, record_id: str) -> int | None:
    """Return the version of a record that takes the place of the others: the one issued, else the last final.

    Officers rely on a version until the next one is issued, not until it is written.
    """
    issued = store.issued_version(record_id)
    if issued is not None:
        return issued
    latest = store.latest_frozen(record_id)
    return latest.version if latest else None


def version_for_readers(store: Store, kept: Draft, version: int | None = None) -> int:
    """Return the version that those who only receive copies receive: the one in force.

    A draft is no copy to give, nor is a briefing that was approved and not issued; and an earlier version may hold what
    was closed or put right since, or be of before this reader was in it. Raises NoSuchMeeting, NotAllowed.
    """
    is_briefing = kept.kind == BRIEFING.name
    newest = store.issued_version(kept.id) if is_briefing else newest_version(store, kept.id)
    if newest is None or (version is not None and version > newest):
        raise NoSuchMeeting(kept.ref)
    if version not in (None, newest):
        raise NotAllowed(f"You are given copies of the version in force, which is version {newest}.")
    return newest


def state_of(store: Store, record: Record, now: datetime) -> str:
    """Return in capitals what has become of a version since it was final, for every page of its copies."""
    if record.frozen is None:
        return ""
    newest = newest_version(store, record.kept.id)
    if newest is not None and newest > record.version:
        later = store.frozen_version(record.kept.id, newest)
        by_what = f"version {newest}{f', text {later.content_sha256[:SHORT_HASH]}' if later else ''}"
        if later is not None and Record(record.kept, (), later).status is DocumentStatus.WITHDRAWN:
            return f"{'STOOD DOWN' if record.kind is BRIEFING else 'WITHDRAWN'} by {by_what}"
        return f"SUPERSEDED by {by_what}"
    if isinstance(record.document, Briefing):
        stage = stage_of(record.document, now)
        return stage.value.upper() if stage.is_over else ""
    return ""
