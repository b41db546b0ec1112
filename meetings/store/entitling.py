"""Keeping who gets to which record, and asking it: of one record, and inside the statement of every list.

A row says by which key somebody gets there, how far, and what says so (`meetings/need_to_know.py`). Rows are kept in
the transaction of what they follow from.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from meetings.need_to_know import Asker, Reach, Says, Way, record_key
from meetings.store.database import Database
from meetings.store.inviting import Within
from meetings.store.prepared import Prepared
from meetings.store.tables import AREA, entitled, record

_MINE = sa.or_(*(entitled.c.key == sa.bindparam(f"key{number}") for number in range(3)))
_REACH = Prepared(
    sa.select(record.c.team, entitled.c.way, entitled.c.says)
    .select_from(
        record.outerjoin(
            entitled, sa.and_(entitled.c.area_id == record.c.area_id, entitled.c.record_id == record.c.id, _MINE)
        )
    )
    .where(record.c.area_id == AREA, record.c.ref == sa.bindparam("reference"))
)


def rows_of(asker: Asker, *, whole: bool | None = None) -> sa.ColumnElement[bool]:
    """Return the condition that a row of the table lets somebody in: to the whole record, to a copy, or to either."""
    sees_whole = sa.and_(entitled.c.way == str(Way.WHOLE), sa.true() if asker.sees else sa.false())
    in_force = entitled.c.says == str(Says.FINAL)
    wanted = {True: sees_whole, False: in_force, None: sa.or_(sees_whole, in_force)}[whole]
    return sa.and_(entitled.c.area_id == AREA, entitled.c.key.in_(sorted({*asker.keys})), wanted)


def is_reached(asker: Asker, *, whole: bool | None = None) -> sa.ColumnElement[bool]:
    """Return the condition that somebody gets to the record at hand: it is looked up for each row that is found."""
    if asker.everything:
        return sa.true()
    mine = sa.exists().where(entitled.c.record_id == record.c.id, rows_of(asker, whole=whole)).correlate(record)
    return sa.or_(mine, record.c.team == asker.team) if asker.team and whole is not False else mine


class Entitling(Database):
    """Who gets to which record."""

    def keep_entitled(self, connection: Connection, record_id: str, says: Says, ways: Mapping[str, Way]) -> None:
        """Keep whom a text lets in, in the place of whom it let in before; what is the same stays untouched."""
        mine = (entitled.c.area_id == AREA, entitled.c.record_id == record_id, entitled.c.says == str(says))
        found = connection.execute(sa.select(entitled.c.key, entitled.c.way).where(*mine))
        before = {row.key: row.way for row in found}
        if gone := [key for key, way in before.items() if ways.get(key) != way]:
            connection.execute(sa.delete(entitled).where(*mine, entitled.c.key.in_(gone)))
        key = {"area_id": AREA, "record_id": record_id, "says": str(says)}
        new = [{**key, "key": one, "way": str(way)} for one, way in ways.items() if before.get(one) != way]
        if new:
            connection.execute(sa.insert(entitled), new)

    def let_in(self, record_id: str, key: str) -> Within:
        """Let somebody see the whole of a record for what that person did in it, whatever its next text says."""

        def keep(connection: Connection) -> None:
            row = {"area_id": AREA, "record_id": record_id, "says": str(Says.DEED), "key": key}
            mine = (entitled.c[name] == value for name, value in row.items())
            if connection.execute(sa.select(entitled.c.way).where(*mine)).first() is None:
                connection.execute(sa.insert(entitled).values(**row, way=str(Way.WHOLE)))

        return keep

    def carry_over(self, record_id: str, earlier_id: str) -> Within:
        """Let a record lead to an earlier one: somebody who sees that one began it there."""
        return self.let_in(earlier_id, record_key(record_id))

    def is_carried_over(self, record_id: str, earlier_id: str) -> bool:
        """Whether a record was begun from an earlier one."""
        mine = (entitled.c.area_id == AREA, entitled.c.record_id == earlier_id, entitled.c.key == record_key(record_id))
        with self.reading() as connection:
            return connection.execute(sa.select(entitled.c.way).where(*mine)).first() is not None

    def reach(self, reference: str, asker: Asker) -> Reach:
        """Return how far somebody gets to a record; to one that is not here nobody gets, by the same statement."""
        values = {"reference": reference, **{f"key{number}": key for number, key in enumerate(asker.keys)}}
        with self.reading() as connection:
            rows = _REACH.rows(connection, values)
        if not rows:
            return Reach.NONE
        return asker.reach(rows[0]["team"], ((row["way"], row["says"]) for row in rows if row["way"] is not None))
