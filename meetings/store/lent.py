"""A record that the store has lent: how it is in hand, how its tables say it, and what became of it since.

No statement is here; these are in `records.py`, `lasting.py` and `saving.py`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from meetings.acquaintances import Acquaintance
from meetings.briefing_facts import Issued
from meetings.documents import kind_named
from meetings.finding import Term
from meetings.need_to_know import PARTS_THAT_NAME, Way, in_it
from meetings.parts import OUTCOME_OF, Json, Layout, Part, layout_of
from meetings.people import Account
from meetings.store.asking import AskedAgency
from meetings.store.inviting import Within
from meetings.store.tables import AREA
from meetings.vocabulary import DocumentStatus


@dataclass
class StoredSignoff:
    """What a person did to the text, as the contract writes it; made elsewhere if it came with an imported record."""

    body: Json
    elsewhere: bool
    account_id: str | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(frozen=True)
class Frozen:
    """A final version: its canonical bytes, and which rulebook and profile were in force."""

    version: int
    body: bytes
    content_sha256: str
    profile_sha256: str
    rules_sha256: str
    frozen_at: datetime


@dataclass
class Draft:
    """A record that the store has lent: what is changed here is kept when the loan ends well, or forgotten.

    `asking` names anew who is asked for an answer; `also` is what else the store does in the same transaction.
    """

    id: str
    kind: str
    ref: str
    version: int
    status: DocumentStatus
    profile: str | None
    asked: set[str]
    numbers: dict[str, int]
    counter: int
    title: str
    held_at: datetime | None
    recorder: str
    parts: dict[str, Part]
    signoffs: list[StoredSignoff]
    team: str = ""
    subjects: set[str] | None = None
    held_on: str | None = None
    lines: list[tuple[str, str, Json]] = field(default_factory=list)
    frozen: Frozen | None = None
    actions: list[Json] = field(default_factory=list)
    terms: list[Term] | None = None
    shares_a_day: bool = True
    """Whether another record may decide about one of the same children on the same day: `of_the_same_day` tells."""
    asking: list[AskedAgency] | None = None
    also: list[Within] = field(default_factory=list)
    issued: Issued | None = None
    later_signoffs: list[tuple[int, StoredSignoff]] = field(default_factory=list)
    """Given to a version that may no longer be the newest: a briefing is read while its next version is written."""
    sightings: list[tuple[str, str]] = field(default_factory=list)
    taken_up: list[str] = field(default_factory=list)
    met: list[Acquaintance] = field(default_factory=list)
    in_force: Mapping[str, Way] | None = None
    """Whom the text that comes in force lets get to the record."""
    in_draft: Mapping[str, Way] | None = None
    """Who is in the draft now, if that has changed since it was lent."""
    lent: dict[str, Part] = field(default_factory=dict)
    lent_signoffs: list[StoredSignoff] = field(default_factory=list)
    lend: Callable[[Collection[str]], Iterable[Part]] | None = None
    """Of a loan of one part: lends, in the same transaction, the parts of these names too."""
    lent_version: int = 0
    lent_status: DocumentStatus = DocumentStatus.DRAFT

    @property
    def key(self) -> str:
        """The id as the tables hold it."""
        return unprefixed(self.id)

    @property
    def layout(self) -> Layout:
        """Which parts documents of this kind are made of."""
        return layout_of(kind_named(self.kind))

    def fetch(self, names: Collection[str]) -> None:
        """See to it that the parts of these names are in hand, also where only one part was lent."""
        for one in self.lend(names) if self.lend else ():
            if one.id not in self.lent:
                self.parts[one.id], self.lent[one.id] = one, replace(one)

    def note(self, what: str, place: str = "", **detail: Any) -> None:
        """Add a line to the history; without one nothing is kept."""
        self.lines.append((what, place, detail))


def _once(layout: Layout, one: Part) -> str | None:
    """Return the key of a part that a record has once: a section by its name, an outcome by its child."""
    if one.name in layout.sections:
        return one.name
    return f"{OUTCOME_OF}{one.body['child']}" if one.name == "outcomes" else None


def _read(text: str) -> Json:
    return json.loads(text) if text != "{}" else {}


def parts_read(rows: Sequence[Json]) -> list[Part]:
    """Return the parts of some rows; what stands in them is read all at once, which is faster than one by one."""
    bodies = json.loads(f"[{','.join([row['body'] for row in rows])}]")
    return [
        Part(
            row["id"],
            row["name"],
            row["position"],
            row["version"],
            body,
            _read(row["unread"]),
            row["origin"] and _read(row["origin"]),
        )
        for row, body in zip(rows, bodies, strict=True)
    ]


def _part_columns(layout: Layout, one: Part) -> Json:
    """Return what a part's own row says of it, besides which version it is and who changed it."""
    return {
        "name": one.name,
        "once": _once(layout, one),
        "position": one.position,
        "body": one.body,
        "unread": one.unread,
        "origin": one.origin,
    }


@dataclass(frozen=True)
class PartChanges:
    """What became of the parts of a draft: ids of those removed, and columns of those changed and of the new ones."""

    gone: list[str]
    changed: list[Json]
    new: list[Json]


def part_changes(draft: Draft, by: Account, at: datetime) -> PartChanges:
    """Return what became of the parts of a draft since it was lent; of a changed part, `part_id` and what changed."""
    author = {"changed_by": by.id, "changed_at": at}
    changed, new = [], []
    for one in draft.parts.values():
        columns, before = _part_columns(draft.layout, one), draft.lent.get(one.id)
        if before is None:
            key = {"area_id": AREA, "id": one.id, "record_id": draft.key, "version": max(1, one.version)}
            new.append({**key, **columns, **author})
        elif before != one:
            was = _part_columns(draft.layout, before)
            columns = {name: value for name, value in columns.items() if value != was[name]}
            changed.append({"part_id": one.id, "version": one.version + 1, **columns, **author})
    return PartChanges([one for one in draft.lent if one not in draft.parts], changed, new)


def note_who_is_in_it(draft: Draft) -> None:
    """Work out who is in a draft, if that has changed since it was lent. Of a loan of one part, lends what it takes."""
    held = {one.id: one for one in draft.parts.values() if one.name in PARTS_THAT_NAME}
    lent = {one.id: one for one in draft.lent.values() if one.name in PARTS_THAT_NAME}
    if {key: one.body for key, one in held.items()} == {key: one.body for key, one in lent.items()}:
        return
    if draft.lend is not None:
        draft.fetch(PARTS_THAT_NAME)
    now, before = _in(draft.layout, draft.parts.values()), _in(draft.layout, draft.lent.values())
    if now != before:
        draft.in_draft = now


def _in(layout: Layout, parts: Iterable[Part]) -> Mapping[str, Way]:
    naming = (one for one in parts if one.name in PARTS_THAT_NAME)
    return in_it(layout.put_together({"schema": layout.kind.schema}, naming, ()))


def part_of(row: Mapping[Any, Any]) -> Part:
    """Return a part that was kept."""
    return Part(row["id"], row["name"], row["position"], row["version"], row["body"], row["unread"], row["origin"])


def unprefixed(urn: str) -> str:
    """Return the UUID of a `urn:uuid:`."""
    return urn.removeprefix("urn:uuid:")


def draft_of(
    row: Mapping[Any, Any], parts: Sequence[Part], signoffs: Sequence[StoredSignoff], *, is_lent: bool = True
) -> Draft:
    """Return a record that was kept: as it is lent, with a note of how its parts were, or to be read only."""
    return Draft(
        id=f"urn:uuid:{row['id']}",
        kind=row["kind"],
        ref=row["ref"],
        version=row["version"],
        status=DocumentStatus.of(row["status"]),
        profile=row["profile"],
        asked=set(row["asked"]),
        numbers=dict(row["numbers"]),
        counter=row["counter"],
        title=row["title"],
        held_at=row["held_at"],
        recorder=row["recorder"],
        parts={one.id: one for one in parts},
        signoffs=list(signoffs),
        team=row["team"],
        lent={one.id: replace(one) for one in parts} if is_lent else {},
        lent_signoffs=list(signoffs),
        lent_version=row["version"],
        lent_status=DocumentStatus.of(row["status"]),
    )


def columns_of(draft: Draft, at: datetime) -> Json:
    """Return what a record's own row says of it, besides its chain."""
    return {
        "kind": draft.kind,
        "ref": draft.ref,
        "version": draft.version,
        "status": str(draft.status),
        "profile": draft.profile,
        "asked": sorted(draft.asked),
        "numbers": draft.numbers,
        "counter": draft.counter,
        "title": draft.title,
        "held_at": draft.held_at,
        "recorder": draft.recorder,
        "team": draft.team,
        "changed_at": at,
    }
