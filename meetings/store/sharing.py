"""Keeping who was shown what: views, and every file that was given out. Append-only, chained for each record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from meetings.history import Line
from meetings.parts import Json
from meetings.people import Account
from meetings.store.database import Database
from meetings.store.tables import AREA, record, sharing


@dataclass(frozen=True)
class Shared:
    """One thing that was shown or given out: what was done, to or for whom, and of a file its hash."""

    what: str
    place: str
    detail: Json
    file_sha256: str | None = None


@dataclass(frozen=True)
class RegisteredFile:
    """A file that this installation gave out."""

    reference: str
    version: int
    audience: str
    name: str
    at: datetime
    who: str


class Sharing(Database):
    """Who was shown what."""

    def note_sharing(self, reference: str, by: Account, at: datetime, shared: Iterable[Shared]) -> None:
        """Keep what was shown to, or taken by, somebody. An unknown reference keeps nothing."""
        with self.writing() as connection:
            # As with the history, the first statement locks the record, so that its chain has no forks.
            row = (
                connection.execute(
                    sa.update(record)
                    .where(record.c.area_id == AREA, record.c.ref == reference)
                    .values(sharings=record.c.sharings)
                    .returning(record.c.id, record.c.sharing_chain, record.c.sharings)
                )
                .mappings()
                .first()
            )
            if row is None:
                return
            number, before = row["sharings"], row["sharing_chain"]
            rows: list[dict[str, Any]] = []
            for one in shared:
                number += 1
                line = Line(number, at, by.id, by.name, one.what, one.place, one.detail, before)
                rows.append(line.columns() | {"record_id": row["id"], "area_id": AREA, "file_sha256": one.file_sha256})
                before = line.sha256
            if rows:
                connection.execute(sa.insert(sharing), rows)
                connection.execute(
                    sa.update(record)
                    .where(record.c.area_id == AREA, record.c.id == row["id"])
                    .values(sharing_chain=before, sharings=number)
                )

    def sharing_of(self, reference: str, before: int | None = None, most: int | None = None) -> list[tuple[Line, str]]:
        """Return what was shown of a record, oldest first, each line with the hash that was kept of it.

        With `most`, only so many, the last of those before that number.
        """
        wanted = (
            sa.select(sharing)
            .join(record, sa.and_(record.c.area_id == sharing.c.area_id, record.c.id == sharing.c.record_id))
            .where(record.c.area_id == AREA, record.c.ref == reference)
            .order_by(sharing.c.number.desc())
            .limit(most)
        )
        if before is not None:
            wanted = wanted.where(sharing.c.number < before)
        with self.reading() as connection:
            rows = connection.execute(wanted).mappings().all()
        return [(Line.of(row), row["sha256"]) for row in reversed(rows)]

    def registered(self, file_sha256: str) -> RegisteredFile | None:
        """Return the file of that hash, as it was first given out here, or None."""
        wanted = (
            sa.select(sharing, record.c.ref)
            .join(record, sa.and_(record.c.area_id == sharing.c.area_id, record.c.id == sharing.c.record_id))
            .where(sharing.c.area_id == AREA, sharing.c.file_sha256 == file_sha256)
            .order_by(sharing.c.at, sharing.c.number)
            .limit(1)
        )
        with self.reading() as connection:
            row = connection.execute(wanted).mappings().first()
        if row is None:
            return None
        detail = row["detail"]
        return RegisteredFile(row["ref"], detail["version"], row["place"], detail["file"], row["at"], row["who"])
