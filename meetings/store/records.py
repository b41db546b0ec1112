"""Keeping records: drafts as parts, final versions as bytes, and the history of both."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from meetings.acquaintances import Acquaintance
from meetings.briefing_facts import Issued
from meetings.documents import kind_named
from meetings.finding import Term
from meetings.history import START, Line
from meetings.parts import OUTCOME_OF, Json, Layout, Part, layout_of
from meetings.people import Account
from meetings.store.acquaintances import Acquaintances
from meetings.store.asking import AskedAgency, Asking
from meetings.store.briefings import Briefings
from meetings.store.database import NoSuchMeeting
from meetings.store.inviting import Within
from meetings.store.prepared import Prepared
from meetings.store.searching import Searching
from meetings.store.tables import AREA, action, frozen, history, part, record, series, signoff, subject
from meetings.vocabulary import DocumentStatus

BEYOND_ANY_VERSION = 2**31
"""What an address may ask for and no column holds."""


class Collision(Exception):
    """Somebody else kept a part of the same id at the same moment; nothing of this change was kept."""


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


@dataclass(frozen=True)
class Summary:
    """One line of a list of records; `final_version` is the newest that is final here, if one is."""

    reference: str
    kind: str
    status: DocumentStatus
    version: int
    title: str
    held_at: datetime | None
    changed_at: datetime
    recorder: str
    final_version: int | None


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


def _parts(rows: Sequence[Json]) -> list[Part]:
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


def part_of(row: Mapping[Any, Any]) -> Part:
    """Return a part that was kept."""
    return Part(row["id"], row["name"], row["position"], row["version"], row["body"], row["unread"], row["origin"])


def unprefixed(urn: str) -> str:
    """Return the UUID of a `urn:uuid:`."""
    return urn.removeprefix("urn:uuid:")


_MINE, _OTHER = subject.alias("mine"), subject.alias("other")
_SAME_DAY = sa.and_(
    _OTHER.c.area_id == _MINE.c.area_id,
    _OTHER.c.number == _MINE.c.number,
    _OTHER.c.held_on == _MINE.c.held_on,
    _OTHER.c.record_id != _MINE.c.record_id,
)
# A statement is put together once: to do so again for every page costs more than to run it.
# What few records have is asked for with the record itself, so that the others need no second question.
_IS_SIGNED = (
    sa.exists()
    .where(signoff.c.area_id == AREA, signoff.c.record_id == record.c.id, signoff.c.version == record.c.version)
    .label("is_signed")
)
_SHARES_A_DAY = (  # one inside the other, so that no database begins with every child of the area
    sa.exists()
    .where(_MINE.c.area_id == AREA, _MINE.c.record_id == record.c.id, sa.exists().where(_SAME_DAY).correlate(_MINE))
    .label("shares_a_day")
)
_OF_REFERENCE = Prepared(
    sa.select(record, _IS_SIGNED, _SHARES_A_DAY).where(
        record.c.area_id == AREA, record.c.ref == sa.bindparam("reference")
    )
)
_PARTS = Prepared(
    sa.select(
        part.c.id,
        part.c.name,
        part.c.position,
        part.c.version,
        *(sa.cast(one, sa.Text).label(one.key) for one in (part.c.body, part.c.unread, part.c.origin)),
    )
    .where(part.c.area_id == AREA, part.c.record_id == sa.bindparam("id"))
    .order_by(part.c.name, part.c.position)
)
_SIGNOFFS = (
    sa.select(signoff.c.body, signoff.c.elsewhere, signoff.c.account_id, signoff.c.id)
    .where(
        signoff.c.area_id == AREA,
        signoff.c.record_id == sa.bindparam("id"),
        signoff.c.version == sa.bindparam("of_version"),
    )
    .order_by(signoff.c.position)
)
_OF_THE_SAME_DAY = (
    sa.select(record.c.ref)
    .distinct()
    .select_from(_MINE)
    .join(_OTHER, _SAME_DAY)
    .join(record, sa.and_(record.c.area_id == _OTHER.c.area_id, record.c.id == _OTHER.c.record_id))
    .where(_MINE.c.area_id == AREA, _MINE.c.record_id == sa.bindparam("id"))
    .order_by(record.c.ref)
)
_CHANGE_PART = sa.update(part).where(part.c.area_id == AREA, part.c.id == sa.bindparam("part_id"))
_ADD_LINE = Prepared(sa.insert(history), history.c.keys())


@cache
def _changing_part(columns: tuple[str, ...]) -> Prepared:
    return Prepared(_CHANGE_PART, columns)


class Records(Searching, Briefings, Acquaintances, Asking):
    """Records and what was done to them."""

    def next_number(self, connection: Connection, name: str) -> int:
        """Return the next number of a series (`SD-2026`), never the same twice."""
        found = connection.execute(
            sa.update(series)
            .where(series.c.area_id == AREA, series.c.name == name)
            .values(last=series.c.last + 1)
            .returning(series.c.last)
        ).scalar()
        if found is None:
            connection.execute(sa.insert(series).values(area_id=AREA, name=name, last=1))
            return 1
        return int(found)

    def next_reference(self, name: str) -> str:
        """Return the next reference of a series that no record has (`SD-2026-0042`)."""
        with self.writing() as connection:
            while True:
                ref = f"{name}-{self.next_number(connection, name):04}"
                taken = sa.select(record.c.id).where(record.c.area_id == AREA, record.c.ref == ref)
                if connection.execute(taken).first() is None:
                    return ref

    def reference_of(self, record_id: str) -> str | None:
        """Return the reference of the record of that `urn:uuid:` id, or None."""
        with self.reading() as connection:
            return connection.execute(
                sa.select(record.c.ref).where(record.c.area_id == AREA, record.c.id == unprefixed(record_id))
            ).scalar()

    def is_taken(self, ref: str) -> bool:
        """Whether a record has that reference."""
        with self.reading() as connection:
            found = connection.execute(
                sa.select(record.c.id).where(record.c.area_id == AREA, record.c.ref == ref)
            ).scalar()
        return found is not None

    def has_part(self, part_id: str) -> bool:
        """Whether a part of any record has that id."""
        with self.reading() as connection:
            mine = sa.select(part.c.id).where(part.c.area_id == AREA, part.c.id == part_id)
            return connection.execute(mine).first() is not None

    def add(self, draft: Draft, by: Account, at: datetime) -> None:
        """Keep a new record with its parts, sign-offs and history."""
        with self.writing() as connection:
            self.add_within(connection, draft, by, at)

    def add_within(self, connection: Connection, draft: Draft, by: Account, at: datetime) -> None:
        """Keep a new record inside a transaction that is under way."""
        connection.execute(
            sa.insert(record).values(
                area_id=AREA,
                id=unprefixed(draft.id),
                made_at=at,
                chain=START,
                lines=0,
                sharing_chain=START,
                sharings=0,
                **columns_of(draft, at),
            )
        )
        self.keep_parts(connection, part_changes(draft, by, at))
        self._keep_subjects(connection, draft)
        self._keep_signoffs(connection, draft)
        self._keep_met(connection, draft, at)
        lines, kept = self.chained(draft, by, at, START, 0)
        self.keep_lines(connection, lines)
        connection.execute(
            sa.update(record).where(record.c.area_id == AREA, record.c.id == unprefixed(draft.id)).values(**kept)
        )

    @contextmanager
    def open(self, reference: str, by: Account, at: datetime) -> Iterator[Draft]:
        """Lend a record for a change. What was changed is kept, with its history lines, if all goes well.

        Raises NoSuchMeeting. Nothing is kept if no line was added to the history.
        """
        with self.writing() as connection:
            # The counter is the first statement: it takes the record's lock on both databases, so that the chain, the
            # versions and the references read after it cannot move until the end.
            row = (
                connection.execute(
                    sa.update(record)
                    .where(record.c.area_id == AREA, record.c.ref == reference)
                    .values(counter=record.c.counter + 1)
                    .returning(*record.c)
                )
                .mappings()
                .first()
            )
            if row is None:
                raise NoSuchMeeting(reference)
            draft = self._load(connection, row)
            yield draft
            if not draft.lines:
                connection.rollback()
                return
            self.keep_parts(connection, part_changes(draft, by, at))
            self._keep_subjects(connection, draft)
            if draft.signoffs != draft.lent_signoffs or draft.version != draft.lent_version:
                self._keep_signoffs(connection, draft)
            if draft.frozen is not None:
                self._keep_frozen(connection, draft, by)
            if draft.terms is not None:
                self.keep_terms(connection, row["id"], draft.terms)
            if draft.asking is not None:
                self.keep_asking(connection, row["id"], draft.version, draft.asking)
            for within in draft.also:
                within(connection)
            for version, signed in draft.later_signoffs:
                self._keep_signoff(connection, row["id"], version, signed)
            if draft.issued is not None:
                self.keep_issued(connection, row["id"], draft.issued)
            for text, place in draft.sightings:
                self.keep_sighting(connection, row["id"], by.name, at, text, place)
            for sighting_id in draft.taken_up:
                self.take_up(connection, row["id"], sighting_id, by.name, at)
            self._keep_met(connection, draft, at)
            lines, kept = self.chained(draft, by, at, row["chain"], row["lines"])
            self.keep_lines(connection, lines)
            connection.execute(
                sa.update(record)
                .where(record.c.area_id == AREA, record.c.id == row["id"])
                .values(**columns_of(draft, at), **kept)
            )

    def read(self, reference: str) -> Draft:
        """Return a record as it stands. Raises NoSuchMeeting."""
        with self.reading() as connection:
            row = _OF_REFERENCE.first(connection, {"reference": reference})
            if row is None:
                raise NoSuchMeeting(reference)
            parts = self._parts_of(connection, row)
            signoffs = self._signoffs_of(connection, row) if row["is_signed"] else []
        draft = draft_of(row, parts, signoffs, is_lent=False)
        draft.shares_a_day = row["shares_a_day"]
        return draft

    def _load(self, connection: Connection, row: RowMapping) -> Draft:
        return draft_of(row, self._parts_of(connection, row), self._signoffs_of(connection, row))

    def _parts_of(self, connection: Connection, row: Mapping[Any, Any]) -> list[Part]:
        return _parts(_PARTS.rows(connection, {"id": row["id"]}))

    def _signoffs_of(self, connection: Connection, row: Mapping[Any, Any]) -> list[StoredSignoff]:
        found = connection.execute(_SIGNOFFS, {"id": row["id"], "of_version": row["version"]})
        return [StoredSignoff(*one) for one in found]

    def _keep_subjects(self, connection: Connection, draft: Draft) -> None:
        if draft.subjects is None:
            return
        key = {"area_id": AREA, "record_id": unprefixed(draft.id)}
        connection.execute(sa.delete(subject).where(subject.c.area_id == AREA, subject.c.record_id == key["record_id"]))
        rows = [{**key, "number": number, "held_on": draft.held_on} for number in sorted(draft.subjects)]
        if rows:
            connection.execute(sa.insert(subject), rows)

    def of_the_same_day(self, record_id: str) -> list[str]:
        """Return the references of other records that decide about one of the same children on the same day."""
        with self.reading() as connection:
            return list(connection.execute(_OF_THE_SAME_DAY, {"id": unprefixed(record_id)}).scalars())

    def keep_parts(self, connection: Connection, changes: PartChanges) -> None:
        """Keep what became of the parts of a draft."""
        if changes.gone:
            connection.execute(sa.delete(part).where(part.c.area_id == AREA, part.c.id.in_(changes.gone)))
        for one in changes.changed:
            _changing_part(tuple(one)).change(connection, one)
        if changes.new:
            try:
                connection.execute(sa.insert(part), changes.new)
            except sa.exc.IntegrityError as twice:
                raise Collision("A part of that id was kept by somebody else at the same moment.") from twice

    def _keep_met(self, connection: Connection, draft: Draft, at: datetime) -> None:
        """Remember who took part, as of the day it was held; a day still to come would hold back every later one."""
        held_at = draft.held_at if draft.held_at is not None and draft.held_at <= at else at
        self.keep_met(connection, draft.met, held_at)

    def _keep_signoffs(self, connection: Connection, draft: Draft) -> None:
        """Keep the sign-offs of a version. Those of a final one are only ever added to."""
        if draft.version < draft.lent_version and draft.status is not DocumentStatus.DRAFT:
            return  # an earlier version stands again, with what stands under it
        lent = draft.lent_signoffs if draft.version == draft.lent_version else []
        first = len(lent)
        if draft.signoffs[:first] != lent or draft.version != draft.lent_version:
            if draft.version == draft.lent_version and draft.lent_status is not DocumentStatus.DRAFT:
                raise RuntimeError("A sign-off of a final version is never changed or taken away.")
            first = 0
            mine = (signoff.c.record_id == draft.key, signoff.c.version == draft.version)
            connection.execute(sa.delete(signoff).where(signoff.c.area_id == AREA, *mine))
        rows = [
            {
                "area_id": AREA,
                "id": one.id,
                "record_id": draft.key,
                "version": draft.version,
                "position": number,
                "body": one.body,
                "elsewhere": one.elsewhere,
                "account_id": one.account_id,
            }
            for number, one in enumerate(draft.signoffs)
        ][first:]
        if rows:
            connection.execute(sa.insert(signoff), rows)

    def _keep_signoff(self, connection: Connection, record_id: str, version: int, one: StoredSignoff) -> None:
        """Add one sign-off to those of a version."""
        mine = (signoff.c.area_id == AREA, signoff.c.record_id == record_id, signoff.c.version == version)
        last = connection.execute(sa.select(sa.func.max(signoff.c.position)).where(*mine)).scalar()
        connection.execute(
            sa.insert(signoff).values(
                area_id=AREA,
                id=one.id,
                record_id=record_id,
                version=version,
                position=0 if last is None else last + 1,
                body=one.body,
                elsewhere=one.elsewhere,
                account_id=one.account_id,
            )
        )

    def _keep_frozen(self, connection: Connection, draft: Draft, by: Account) -> None:
        version = draft.frozen
        assert version is not None  # noqa: S101  # the caller asked
        key = {"area_id": AREA, "record_id": unprefixed(draft.id), "version": version.version}
        connection.execute(
            sa.insert(frozen).values(
                **key,
                body=version.body,
                content_sha256=version.content_sha256,
                profile_sha256=version.profile_sha256,
                rules_sha256=version.rules_sha256,
                frozen_at=version.frozen_at,
                frozen_by=by.id,
            )
        )
        if draft.actions:
            connection.execute(sa.insert(action), [{**key, **one} for one in draft.actions])

    def chained(self, draft: Draft, by: Account, at: datetime, before: str, number: int) -> tuple[list[Json], Json]:
        """Return the new lines of a record's history, and what its own row must say of them."""
        rows = []
        for what, place, detail in draft.lines:
            number += 1
            line = Line(number, at, by.id, by.name, what, place, detail, before)
            rows.append(line.columns() | {"area_id": AREA, "record_id": unprefixed(draft.id)})
            before = rows[-1]["sha256"]
        return rows, {"chain": before, "lines": number}

    def keep_lines(self, connection: Connection, lines: list[Json]) -> None:
        """Add lines to a history."""
        for one in lines:
            _ADD_LINE.change(connection, one)

    def frozen_version(self, record_id: str, version: int) -> Frozen | None:
        """Return a final version of the record of that id, or None."""
        if not 0 < version < BEYOND_ANY_VERSION:
            return None
        return next(iter(self._frozen(record_id, frozen.c.version == version)), None)

    def frozen_versions(self, record_id: str) -> list[Frozen]:
        """Return every final version of the record of that id, oldest first."""
        return self._frozen(record_id)

    def _frozen(self, record_id: str, *wanted: sa.ColumnElement[bool]) -> list[Frozen]:
        mine = (frozen.c.area_id == AREA, frozen.c.record_id == unprefixed(record_id), *wanted)
        with self.reading() as connection:
            rows = connection.execute(sa.select(frozen).where(*mine).order_by(frozen.c.version)).mappings()
            return [
                Frozen(
                    version=row["version"],
                    body=row["body"],
                    content_sha256=row["content_sha256"],
                    profile_sha256=row["profile_sha256"],
                    rules_sha256=row["rules_sha256"],
                    frozen_at=row["frozen_at"],
                )
                for row in rows
            ]

    def latest_frozen(self, record_id: str) -> Frozen | None:
        """Return the newest final version of the record of that id, or None."""
        with self.reading() as connection:
            version = connection.execute(
                sa.select(sa.func.max(frozen.c.version)).where(
                    frozen.c.area_id == AREA, frozen.c.record_id == unprefixed(record_id)
                )
            ).scalar()
        return self.frozen_version(record_id, version) if version is not None else None

    def signoffs_of(self, record_id: str, version: int) -> list[StoredSignoff]:
        """Return the sign-offs of one version of a record, in order."""
        of_version = {"id": unprefixed(record_id), "of_version": version}
        with self.reading() as connection:
            return [StoredSignoff(*found) for found in connection.execute(_SIGNOFFS, of_version)]

    def lines_of(self, reference: str, before: int | None = None, most: int | None = None) -> list[tuple[Line, str]]:
        """Return the history of a record, oldest first, each line with the hash that was kept of it.

        With `most`, only so many, the last of those before that number.
        """
        wanted = (
            sa.select(history)
            .join(record, sa.and_(record.c.area_id == history.c.area_id, record.c.id == history.c.record_id))
            .where(record.c.area_id == AREA, record.c.ref == reference)
            .order_by(history.c.number.desc())
            .limit(most)
        )
        if before is not None:
            wanted = wanted.where(history.c.number < before)
        with self.reading() as connection:
            rows = connection.execute(wanted).mappings().all()
        return [(Line.of(row), row["sha256"]) for row in reversed(rows)]

    def latest_lines(self, reference: str, place: str, most: int = 500) -> list[Line]:
        """Return the last lines of the history of a record that are about one part, newest first."""
        with self.reading() as connection:
            rows = connection.execute(
                sa.select(history)
                .join(record, sa.and_(record.c.area_id == history.c.area_id, record.c.id == history.c.record_id))
                .where(record.c.area_id == AREA, record.c.ref == reference, history.c.place == place)
                .order_by(history.c.number.desc())
                .limit(most)
            ).mappings()
            return [Line.of(row) for row in rows]

    def summaries(
        self,
        kind: str | None = None,
        statuses: Collection[str] = (),
        limit: int | None = None,
        after: int = 0,
        *,
        ever_final: bool = False,
    ) -> list[Summary]:
        """Return a line for each record, newest change first; of those with these statuses, if any are named.

        `ever_final` asks for those of which a version is final, also while the next one is written.
        """
        mine = (frozen.c.area_id == record.c.area_id, frozen.c.record_id == record.c.id)
        newest = sa.select(sa.func.max(frozen.c.version)).where(*mine).scalar_subquery()
        wanted = sa.select(record, newest.label("final_version")).where(record.c.area_id == AREA)
        if ever_final:
            wanted = wanted.where(newest.is_not(None))
        if kind is not None:
            wanted = wanted.where(record.c.kind == kind)
        if statuses:
            wanted = wanted.where(record.c.status.in_(statuses))
        wanted = wanted.order_by(record.c.changed_at.desc(), record.c.ref).limit(limit).offset(after)
        with self.reading() as connection:
            return [
                Summary(
                    reference=row["ref"],
                    kind=row["kind"],
                    status=DocumentStatus.of(row["status"]),
                    version=row["version"],
                    title=row["title"],
                    held_at=row["held_at"],
                    changed_at=row["changed_at"],
                    recorder=row["recorder"],
                    final_version=row["final_version"],
                )
                for row in connection.execute(wanted).mappings()
            ]


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
        "changed_at": at,
    }
