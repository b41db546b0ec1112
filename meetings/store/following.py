"""Following a record that others write in: its counter, the versions of its parts, and who is in it now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from meetings.people import Account
from meetings.store.database import Database, NoSuchMeeting
from meetings.store.tables import AREA, part, presence, record
from meetings.vocabulary import DocumentStatus


@dataclass(frozen=True)
class Here:
    """Somebody who has a record open in a window: who, which step it shows, and when it last asked."""

    tab: str
    account_id: str
    who: str
    place: str
    seen_at: datetime


@dataclass(frozen=True)
class Followed:
    """A record as it moves: its kind, its counter, whether it is a draft, and every window that it is open in."""

    record_id: str
    kind: str
    counter: int
    is_draft: bool
    here: Sequence[Here]


class Following(Database):
    """What a page asks again and again while it is open; nothing here reads a part's body."""

    def followed(self, reference: str, since: datetime) -> Followed:
        """Return how a record stands, with the windows that asked since then. Raises NoSuchMeeting."""
        with self.reading() as connection:
            row = connection.execute(
                sa.select(record.c.id, record.c.kind, record.c.counter, record.c.status).where(
                    record.c.area_id == AREA, record.c.ref == reference
                )
            ).first()
            if row is None:
                raise NoSuchMeeting(reference)
            windows = connection.execute(
                sa.select(presence)
                .where(presence.c.area_id == AREA, presence.c.record_id == row.id, presence.c.seen_at >= since)
                .order_by(presence.c.who, presence.c.tab)
            )
            here = [Here(one.tab, one.account_id, one.who, one.place, one.seen_at) for one in windows]
        return Followed(row.id, row.kind, row.counter, row.status == DocumentStatus.DRAFT, here)

    def be_here(self, record_id: str, tab: str, by: Account, place: str, at: datetime, gone: datetime) -> None:
        """Note that a window shows a place of a record; forget the windows that last asked before `gone`."""
        values = {"account_id": by.id, "who": by.name, "place": place, "seen_at": at}
        mine = (presence.c.area_id == AREA, presence.c.record_id == record_id)
        with self.writing() as connection:
            connection.execute(sa.delete(presence).where(*mine, presence.c.seen_at < gone))
            changed = connection.execute(sa.update(presence).where(*mine, presence.c.tab == tab).values(**values))
            if changed.rowcount == 0:
                connection.execute(sa.insert(presence).values(area_id=AREA, record_id=record_id, tab=tab, **values))

    def be_gone(self, reference: str, tab: str) -> None:
        """Note that a window no longer shows a record."""
        mine = sa.select(record.c.id).where(record.c.area_id == AREA, record.c.ref == reference).scalar_subquery()
        with self.writing() as connection:
            connection.execute(
                sa.delete(presence).where(
                    presence.c.area_id == AREA, presence.c.record_id == mine, presence.c.tab == tab
                )
            )

    def versions_of(self, reference: str) -> dict[str, int]:
        """Return, for each part of a record, its version: by id, and of what a record has once, by that key too."""
        with self.reading() as connection:
            rows = connection.execute(
                sa.select(part.c.id, part.c.once, part.c.version)
                .join(record, sa.and_(record.c.area_id == part.c.area_id, record.c.id == part.c.record_id))
                .where(record.c.area_id == AREA, record.c.ref == reference)
            )
            return {key: row.version for row in rows for key in (row.id, row.once) if key}
