"""Keeping the professionals met in earlier records of the area, and offering them again by the beginning of a name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from meetings.acquaintances import MOST_OFFERED, Acquaintance, asked_for, columns, is_wanted
from meetings.store.database import Database
from meetings.store.tables import AREA, acquaintance, acquaintance_prefix

LOOKED_THROUGH = 200
"""Of those whose name begins so, the newest that are looked at for the other words of a query."""

_COLUMNS = ("name", "agency", "organisation", "role", "grade", "phone", "out_of_hours", "email")


class Acquaintances(Database):
    """Professionals and organisations met before."""

    def keep_met(self, connection: Connection, met: Iterable[Acquaintance], at: datetime) -> None:
        """Remember who was met at a time; what an older meeting said of somebody does not replace the newer."""
        insert = sqlite.insert if self.is_sqlite else postgresql.insert
        # In one order everywhere: two records kept at once that share people never wait for each other in a ring.
        people = {one.key: one for one in sorted(met, key=lambda one: one.key)}
        rows = [
            {"area_id": AREA, "id": key, "met_at": at, **dict(zip(_COLUMNS, columns(one), strict=True))}
            for key, one in people.items()
        ]
        beginnings = [
            {"area_id": AREA, "acquaintance_id": key, "prefix": prefix, "named": bool(one.name), "met_at": at}
            for key, one in people.items()
            for prefix in sorted(one.prefixes)
        ]
        for table, key, new in (
            (acquaintance, ("area_id", "id"), rows),
            (acquaintance_prefix, ("area_id", "acquaintance_id", "prefix"), beginnings),
        ):
            if new:
                adding = insert(table)
                said = {one.name: adding.excluded[one.name] for one in table.c if one.name not in key}
                newer = table.c.met_at <= adding.excluded.met_at
                connection.execute(adding.on_conflict_do_update(index_elements=key, set_=said, where=newer), new)

    def people_met(self, query: str) -> list[Acquaintance]:
        """Return at most ten professionals whose names begin as somebody typed, newest first."""
        return self._met(query, named=True)

    def organisations_met(self, query: str) -> list[Acquaintance]:
        """Return at most ten organisations whose names begin as somebody typed, newest first."""
        return self._met(query, named=False)

    def _met(self, query: str, *, named: bool) -> list[Acquaintance]:
        keys = asked_for(query)
        if not keys:
            return []
        # Each beginning of a word is a key, so that the newest ten are read off the index however many there are.
        prefix = acquaintance_prefix.c
        newest = (
            sa.select(prefix.acquaintance_id, prefix.met_at)
            .where(prefix.area_id == AREA, prefix.prefix.in_(keys), prefix.named == named)
            .order_by(prefix.met_at.desc(), prefix.acquaintance_id)
            .limit(LOOKED_THROUGH)
            .subquery()
        )
        found = (
            sa.select(acquaintance)
            .join(newest, newest.c.acquaintance_id == acquaintance.c.id)
            .where(acquaintance.c.area_id == AREA)
            .order_by(newest.c.met_at.desc(), acquaintance.c.id)
        )
        with self.reading() as connection:
            rows = connection.execute(found).mappings().all()
        people = dict.fromkeys(Acquaintance(**{name: row[name] for name in _COLUMNS}) for row in rows)
        return [one for one in people if is_wanted(one, query)][:MOST_OFFERED]
