"""Saving one part of a record while people talk: four statements, however long the record is."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from meetings.parts import Part
from meetings.people import Account
from meetings.store.database import NoSuchMeeting
from meetings.store.records import Draft, Records, columns_of, draft_of, part_of
from meetings.store.tables import AREA, part, record

Found = TypeVar("Found")

TRIES = 20
"""How often a save begins again because another process changed the record between its reading and its writing."""

_COLUMNS = [one.name for one in part.c]
_WITH_PART = (
    sa.select(record, *(part.c[name].label(f"part_{name}") for name in _COLUMNS))
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
    .with_for_update(of=record)
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


class Saving(Records):
    """Changes of one part, as a page makes them all the time."""

    def change_part(self, reference: str, key: str, by: Account, at: datetime, deed: Callable[[Draft], Found]) -> Found:
        """Lend a record with one part to a deed, and keep what it changed with its history lines.

        The part is named by its id, or by the key under which a record has it once; `Draft.fetch` lends more. Returns
        what the deed returns; the deed may be done again if another process was faster. Raises NoSuchMeeting. Nothing
        is kept if no line was added to the history.
        """
        for _ in range(TRIES):
            with self.writing() as connection:
                row = connection.execute(_WITH_PART, {"reference": reference, "key": key}).mappings().first()
                if row is None:
                    raise NoSuchMeeting(reference)
                draft = draft_of(row, _part_in(row), [])
                draft.lend = _lender(connection, row["id"])
                found = deed(draft)
                if not draft.lines or self._keep_change(connection, row, draft, by, at):
                    return found
                connection.rollback()
        raise TimeoutError(f"{reference} was changed by others all the time.")

    def _keep_change(self, connection: Connection, row: RowMapping, draft: Draft, by: Account, at: datetime) -> bool:
        """Keep a change, unless the record is no longer as it was read; return whether it was kept."""
        lines, kept = self.chained(draft, by, at, row["chain"], row["lines"])
        # The counter goes first. PostgreSQL has locked the record since it was read; SQLite locks it here.
        draft.counter = row["counter"] + 1
        values = {**columns_of(draft, at), **kept, "record_id": row["id"], "seen": row["counter"]}
        if connection.execute(_CHANGE_RECORD, values).rowcount == 0:
            return False
        self._keep_parts(connection, draft, by, at)
        self._keep_subjects(connection, draft)
        self.keep_lines(connection, lines)
        return True


def _part_in(row: RowMapping) -> list[Part]:
    return [] if row["part_id"] is None else [part_of({name: row[f"part_{name}"] for name in _COLUMNS})]


def _lender(connection: Connection, record_id: str) -> Callable[[Collection[str]], list[Part]]:
    def lend(names: Collection[str]) -> list[Part]:
        rows = connection.execute(_NAMED, {"id": record_id, "names": list(names)}).mappings()
        return [part_of(one) for one in rows]

    return lend
