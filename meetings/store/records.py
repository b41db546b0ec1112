"""Keeping records: their parts while they are drafts, and what lists show of them.

History, final versions and sign-offs are kept in `lasting.py`; what a record in hand is, is in `lent.py`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from meetings.documents import BRIEFING
from meetings.history import START
from meetings.need_to_know import Asker, Says, account_key
from meetings.parts import Json, Part
from meetings.people import Account, Role
from meetings.store.acquaintances import Acquaintances
from meetings.store.asking import Asking
from meetings.store.briefings import Briefings
from meetings.store.database import NoSuchMeeting
from meetings.store.entitling import Entitling, is_reached, rows_of
from meetings.store.lasting import Lasting
from meetings.store.lent import (
    Draft,
    PartChanges,
    columns_of,
    draft_of,
    note_who_is_in_it,
    part_changes,
    parts_read,
    unprefixed,
)
from meetings.store.prepared import Prepared
from meetings.store.searching import Searching
from meetings.store.tables import AREA, entitled, frozen, issued, part, record, series, signoff, subject
from meetings.titles import title_of
from meetings.vocabulary import DocumentStatus


class Collision(Exception):
    """Somebody else kept a part, or a record, of the same id at the same moment; nothing of this change was kept."""


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
    is_whole: bool = True
    """Whether the reader of the list sees the whole record, or a copy of what is in force."""


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


@cache
def _changing_part(columns: tuple[str, ...]) -> Prepared:
    return Prepared(_CHANGE_PART, columns)


class Records(Lasting, Searching, Briefings, Acquaintances, Asking, Entitling):
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
            try:
                with connection.begin_nested():
                    connection.execute(sa.insert(series).values(area_id=AREA, name=name, last=1))
            except sa.exc.IntegrityError:  # somebody else began the series at the same moment
                return self.next_number(connection, name)
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
        """Keep a new record with its parts, sign-offs and history. Raises Collision if its id or reference is taken."""
        try:
            with self.writing() as connection:
                self.add_within(connection, draft, by, at)
        except sa.exc.IntegrityError as twice:
            raise Collision("A record of that id was kept by somebody else at the same moment.") from twice

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
        note_who_is_in_it(draft)
        self._keep_entitled(connection, draft)
        if by.role is not Role.LOCAL:
            self.let_in(draft.key, account_key(by.id))(connection)
        for within in draft.also:
            within(connection)
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
            note_who_is_in_it(draft)
            self._keep_entitled(connection, draft)
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
        return parts_read(_PARTS.rows(connection, {"id": row["id"]}))

    def _keep_subjects(self, connection: Connection, draft: Draft) -> None:
        if draft.subjects is None:
            return
        key = {"area_id": AREA, "record_id": unprefixed(draft.id)}
        connection.execute(sa.delete(subject).where(subject.c.area_id == AREA, subject.c.record_id == key["record_id"]))
        rows = [{**key, "number": number, "held_on": draft.held_on} for number in sorted(draft.subjects)]
        if rows:
            connection.execute(sa.insert(subject), rows)

    def _keep_entitled(self, connection: Connection, draft: Draft) -> None:
        """Keep who gets to a record by its draft, where that has changed, and by the text that comes in force."""
        if draft.in_draft is not None:
            self.keep_entitled(connection, draft.key, Says.DRAFT, draft.in_draft)
        if draft.in_force is not None:
            self.keep_entitled(connection, draft.key, Says.FINAL, draft.in_force)

    def of_the_same_day(self, record_id: str, asker: Asker) -> list[str]:
        """Return the references of other records that decide about one of the same children on the same day.

        Only those that this asker sees whole: of the others nobody learns that they are there.
        """
        wanted = _OF_THE_SAME_DAY.where(is_reached(asker, whole=True))
        with self.reading() as connection:
            return list(connection.execute(wanted, {"id": unprefixed(record_id)}).scalars())

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

    def summaries(
        self,
        asker: Asker,
        kind: str | None = None,
        statuses: Collection[str] = (),
        limit: int | None = None,
        after: int = 0,
    ) -> list[Summary]:
        """Return a line for each record that somebody gets to, newest change first.

        With statuses, only those that are so now. Of a record of which only copies are given, the line says what is in
        force: it is as final as it was while the next version is written.
        """
        mine = (frozen.c.area_id == record.c.area_id, frozen.c.record_id == record.c.id)
        newest = sa.select(sa.func.max(frozen.c.version)).where(*mine).scalar_subquery()
        whole = is_reached(asker, whole=True).label("is_whole")
        wanted = sa.select(record, newest.label("final_version"), whole).where(record.c.area_id == AREA)
        most = None if limit is None else limit + after
        if asker.everything:
            wanted = wanted.where(*_which(kind, statuses, record.c.status))
        else:
            wanted = wanted.where(record.c.id.in_(_reached(asker, kind, statuses, most)))
        wanted = wanted.order_by(record.c.changed_at.desc(), record.c.ref).limit(limit).offset(after)
        with self.reading() as connection:
            rows = connection.execute(wanted).mappings().all()
            return _as_in_force(connection, rows, [_summary(row) for row in rows])


_IN_FORCE = sa.case(
    (record.c.status == str(DocumentStatus.DRAFT), str(DocumentStatus.FINAL)), else_=record.c.status
).label("in_force")
"""The status of what is in force of a record of which a version is final."""


def _which(kind: str | None, statuses: Collection[str], status: Any) -> list[sa.ColumnElement[bool]]:
    kinds = [record.c.kind == kind] if kind is not None else []
    return [record.c.area_id == AREA, *kinds, *([status.in_(statuses)] if statuses else [])]


def _reached(
    asker: Asker, kind: str | None, statuses: Collection[str], most: int | None
) -> sa.CompoundSelect[tuple[str]]:
    """Return the ids of the newest records that somebody gets to: by the team, by being in it, and of copies.

    Each is read off an index of its own, so that it costs by what is this person's and not by what is kept.
    """

    def newest(wanted: sa.Select[tuple[str]]) -> sa.Select[tuple[str]]:
        chosen = wanted.order_by(record.c.changed_at.desc(), record.c.ref).limit(most).subquery()
        return sa.select(chosen.c.id)

    def by_row(*, whole: bool) -> sa.ColumnElement[bool]:
        return record.c.id.in_(sa.select(entitled.c.record_id).where(rows_of(asker, whole=whole)))

    ids = sa.select(record.c.id)
    now, in_force = _which(kind, statuses, record.c.status), _which(kind, statuses, _IN_FORCE)
    ways = [newest(ids.where(by_row(whole=True), *now))] if asker.sees else []
    if asker.team:
        ways.append(newest(ids.where(record.c.team == asker.team, *now)))
    copies = ids.where(by_row(whole=False), sa.not_(is_reached(asker, whole=True)), *in_force)
    return sa.union_all(*ways, newest(copies))


def _as_in_force(connection: Connection, rows: Sequence[RowMapping], lines: list[Summary]) -> list[Summary]:
    """Return lines of which those of copies say what is in force, where the record's own row says what is written now.

    That is so of a record whose next version is a draft, and of a briefing whose next version is not issued yet.
    """
    moved = {
        row["id"]
        for row, line in zip(rows, lines, strict=True)
        if not line.is_whole and (row["status"] == DocumentStatus.DRAFT or row["kind"] == BRIEFING.name)
    }
    if not moved:
        return lines
    mine = sa.and_(issued.c.area_id == frozen.c.area_id, issued.c.record_id == frozen.c.record_id)
    last = frozen.alias("last")
    newest = sa.select(sa.func.max(last.c.version)).where(
        last.c.area_id == frozen.c.area_id, last.c.record_id == frozen.c.record_id
    )
    wanted = (
        sa.select(frozen.c.record_id, frozen.c.version, frozen.c.body)
        .select_from(frozen.outerjoin(issued, mine))
        .where(
            frozen.c.area_id == AREA,
            frozen.c.record_id.in_(moved),
            frozen.c.version == sa.func.coalesce(issued.c.version, newest.scalar_subquery()),
        )
    )
    held = {row.record_id: (row.version, json.loads(row.body)) for row in connection.execute(wanted)}
    return [
        _in_force(line, *held[row["id"]]) if row["id"] in held else line for row, line in zip(rows, lines, strict=True)
    ]


def _in_force(line: Summary, version: int, content: Json) -> Summary:
    started = content.get("meeting", {}).get("started_at")
    return replace(
        line,
        status=DocumentStatus.of(content["status"]),
        version=version,
        final_version=version,
        title=title_of(content, content.get("children", ())),
        held_at=datetime.fromisoformat(started) if started else None,
    )


def _summary(row: RowMapping) -> Summary:
    status, is_whole = DocumentStatus.of(row["status"]), bool(row["is_whole"])
    if not is_whole and status is DocumentStatus.DRAFT:
        status = DocumentStatus.FINAL
    return Summary(
        reference=row["ref"],
        kind=row["kind"],
        status=status,
        version=row["version"],
        title=row["title"],
        held_at=row["held_at"],
        changed_at=row["changed_at"],
        recorder=row["recorder"],
        final_version=row["final_version"],
        is_whole=is_whole,
    )
