"""Keeping how many wrong passwords were tried: one row for each key, changed under a lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa

from meetings.limits import DRAINS_IN, FORGOTTEN_AFTER, Level
from meetings.store.database import Database
from meetings.store.tables import AREA, sign_in_limit

Said = TypeVar("Said")
KEPT_FOR = max(DRAINS_IN, FORGOTTEN_AFTER) + timedelta(minutes=1)
"""A row that was not changed for so long says nothing any more."""

Change = Callable[[Mapping[str, Level]], tuple[dict[str, Level], Said]]
"""Is given what is kept of some keys; returns what is kept of them from now on, and what it has to say."""


class Limiting(Database):
    """Counting of tries."""

    def change_limits(self, keys: Sequence[str], change: Change[Said], now: datetime) -> Said:
        """Change what is kept of some keys, one after the other with everybody who has one of them; forget the old."""
        table = sign_in_limit
        nothing = {"area_id": AREA, "tries": 0.0, "last_at": now}
        with self.writing() as connection:
            # The row is there before it is locked: two that come first at the same moment count one after the other.
            make = self.insert_or_leave(table)
            for key in sorted(keys):
                connection.execute(make, {**nothing, "key": key})
            rows = connection.execute(
                sa.select(table)
                .where(table.c.area_id == AREA, table.c.key.in_(keys))
                .order_by(table.c.key)
                .with_for_update()
            ).mappings()
            kept = {row["key"]: Level(row["tries"], row["last_at"], row["until"]) for row in rows}
            new, said = change(kept)
            for key, level in sorted(new.items()):
                connection.execute(
                    sa.update(table)
                    .where(table.c.area_id == AREA, table.c.key == key)
                    .values(tries=level.tries, last_at=level.last_at, until=level.until)
                )
        return said

    def forget_limits(self, now: datetime) -> None:
        """Forget what says nothing any more."""
        with self.writing() as connection:
            connection.execute(
                sa.delete(sign_in_limit).where(
                    sign_in_limit.c.area_id == AREA, sign_in_limit.c.last_at < now - KEPT_FOR
                )
            )
