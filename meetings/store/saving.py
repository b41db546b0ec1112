"""Saving one part of a record while people talk: a few statements, however long the record is."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from meetings.parts import Json, Part
from meetings.people import Account
from meetings.store.database import NoSuchMeeting
from meetings.store.faults import Fault, Unavailable
from meetings.store.lent import Draft, PartChanges, columns_of, draft_of, note_who_is_in_it, part_changes, part_of
from meetings.store.prepared import Prepared
from meetings.store.records import Records
from meetings.store.tables import AREA, history, part, record

Found = TypeVar("Found")

TRIES = 20
"""How often a save begins again because another process changed the record between its reading and its writing."""

# A column more is read, and made into Python, at each save: these are what a loan of one part needs.
_OF_RECORD = [record.c.id, record.c.kind, record.c.ref, record.c.version, record.c.status, record.c.profile]
_OF_RECORD += [record.c.asked, record.c.numbers, record.c.counter, record.c.title, record.c.held_at, record.c.recorder]
_OF_RECORD += [record.c.chain, record.c.lines, record.c.team]
_OF_PART = ["id", "name", "position", "version", "body", "unread", "origin"]
_WITH_PART = Prepared(
    sa.select(*_OF_RECORD, *(part.c[name].label(f"part_{name}") for name in _OF_PART))
    .select_from(
        record.outerjoin(
            part,
            sa.and_(
                part.c.area_id == record.c.area_id,
                part.c.record_id == record.c.id,
                sa.or_(part.c.id == sa.bindparam("key"), part.c.once == sa.bindparam("key")),
            ),
        )
    )
    .where(record.c.area_id == AREA, record.c.ref == sa.bindparam("reference"))
)
_LOCK = (
    sa.select(record.c.id).where(record.c.area_id == AREA, record.c.ref == sa.bindparam("reference")).with_for_update()
)
_NAMED = (
    sa.select(part)
    .where(
        part.c.area_id == AREA,
        part.c.record_id == sa.bindparam("id"),
        part.c.name.in_(sa.bindparam("names", expanding=True)),
    )
    .order_by(part.c.name, part.c.position)
)
_CHANGE_RECORD = sa.update(record).where(
    record.c.area_id == AREA, record.c.id == sa.bindparam("record_id"), record.c.counter == sa.bindparam("seen")
)


@dataclass(frozen=True)
class _Changes:
    """What is to be kept of a loan: columns of the record with `record_id` and the counter `seen`, parts and lines."""

    record: Json
    parts: PartChanges
    lines: list[Json]


@cache
def _changing_record(columns: tuple[str, ...]) -> Prepared:
    return Prepared(_CHANGE_RECORD, columns)


class Saving(Records):
    """Changes of one part, as a page makes them all the time."""

    def change_part(self, reference: str, key: str, by: Account, at: datetime, deed: Callable[[Draft], Found]) -> Found:
        """Lend a record with one part to a deed, and keep what it changed with its history lines.

        The part is named by its id, or by the key under which a record has it once; `Draft.fetch` lends more. Returns
        what the deed returns; the deed may be done again if another was faster, and in another thread. Raises
        NoSuchMeeting, Unavailable. Nothing is kept if no line was added to the history.
        """

        def change(connection: Connection) -> Found:
            for _ in range(TRIES):
                row, draft = _lent(connection, reference, key)
                found = deed(draft)
                if not draft.lines or self._keep_in_turn(connection, draft, self._changes(row, draft, by, at)):
                    return found
            raise Unavailable(Fault.BUSY)  # the record was changed by others all the time

        if self.is_sqlite:
            return self.together(change)
        with self.reading() as connection:
            row, draft = _lent(connection, reference, key)
            found = deed(draft)
            if not draft.lines or _keep_at_once(connection, draft, self._changes(row, draft, by, at)):
                return found
        with self.writing() as connection:  # more than a field was changed, or somebody was faster
            # Locked by itself: a statement that waits for a lock sees the locked row anew, but what it joins as it was.
            connection.execute(_LOCK, {"reference": reference})
            return change(connection)

    def _changes(self, row: Json, draft: Draft, by: Account, at: datetime) -> _Changes:
        note_who_is_in_it(draft)
        lines, kept = self.chained(draft, by, at, row["chain"], row["lines"])
        draft.counter = row["counter"] + 1
        after = {**columns_of(draft, at), **kept}
        values = {name: value for name, value in after.items() if name not in row or value != row[name]}
        return _Changes({**values, "record_id": row["id"], "seen": row["counter"]}, part_changes(draft, by, at), lines)

    def _keep_in_turn(self, connection: Connection, draft: Draft, changes: _Changes) -> bool:
        """Keep changes, unless the record is no longer as it was read; return whether they were kept."""
        # The counter goes first: SQLite locks the record here, and it tells whether another process was faster.
        if _changing_record(tuple(changes.record)).change(connection, changes.record) == 0:
            return False
        self.keep_parts(connection, changes.parts)
        self._keep_subjects(connection, draft)
        self._keep_entitled(connection, draft)
        self.keep_lines(connection, changes.lines)
        return True


def _lent(connection: Connection, reference: str, key: str) -> tuple[Json, Draft]:
    row = _WITH_PART.first(connection, {"reference": reference, "key": key})
    if row is None:
        raise NoSuchMeeting(reference)
    draft = draft_of(row, _part_in(row), [])
    draft.lend = _lender(connection, row["id"])
    return row, draft


def _keep_at_once(connection: Connection, draft: Draft, changes: _Changes) -> bool:
    """Keep what is usual in one statement, for each one more is a way there and back; return whether it was kept.

    What is usual is that one part was changed and one line is added. Nothing is kept of a record that is no longer as
    it was read.
    """
    parts, lines = changes.parts, changes.lines
    is_more = draft.subjects is not None or draft.in_draft is not None
    if parts.gone or parts.new or is_more or not len(parts.changed) == len(lines) == 1:
        return False
    sent = {f"record_{name}": value for name, value in changes.record.items()}
    sent |= {f"part_{name}": value for name, value in parts.changed[0].items()}
    sent |= {f"line_{name}": value for name, value in lines[0].items()}
    return _at_once(tuple(changes.record), tuple(parts.changed[0])).change(connection, sent) == 1


@cache
def _at_once(record_columns: tuple[str, ...], part_columns: tuple[str, ...]) -> Prepared:
    """Return the statement that changes a record and a part of it and adds a line, or does nothing of all that."""

    def named(table: sa.Table, columns: tuple[str, ...], prefix: str) -> dict[str, sa.BindParameter[Any]]:
        return {one: sa.bindparam(f"{prefix}_{one}", type_=table.c[one].type) for one in columns if one in table.c}

    moved = (
        sa.update(record)
        .where(
            record.c.area_id == AREA,
            record.c.id == sa.bindparam("record_record_id"),
            record.c.counter == sa.bindparam("record_seen"),
        )
        .values(named(record, record_columns, "record"))
        .returning(record.c.id)
        .cte("moved")
    )
    changed = (
        sa.update(part)
        .where(part.c.area_id == AREA, part.c.id == sa.bindparam("part_part_id"), sa.exists(sa.select(moved.c.id)))
        .values(named(part, part_columns, "part"))
        .returning(part.c.id)
        .cte("changed")
    )
    line = named(history, tuple(history.c.keys()), "line")
    added = sa.insert(history).from_select(list(line), sa.select(*line.values()).select_from(moved)).add_cte(changed)
    return Prepared(added)


def _part_in(row: Json) -> list[Part]:
    return [] if row["part_id"] is None else [part_of({name: row[f"part_{name}"] for name in _OF_PART})]


def _lender(connection: Connection, record_id: str) -> Callable[[Collection[str]], list[Part]]:
    def lend(names: Collection[str]) -> list[Part]:
        rows = connection.execute(_NAMED, {"id": record_id, "names": list(names)}).mappings()
        return [part_of(one) for one in rows]

    return lend
