"""Keeping what lasts of a record: its history, its final versions as bytes, and the sign-offs under them.

All of it is only ever added to; only the sign-offs of a draft are ever replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from meetings.history import Line
from meetings.parts import Json
from meetings.people import Account
from meetings.store.database import Database
from meetings.store.lent import Draft, Frozen, StoredSignoff, unprefixed
from meetings.store.prepared import Prepared
from meetings.store.tables import AREA, action, frozen, history, record, signoff
from meetings.vocabulary import DocumentStatus

BEYOND_ANY_VERSION = 2**31
"""What an address may ask for and no column holds."""

_SIGNOFFS = (
    sa.select(signoff.c.body, signoff.c.elsewhere, signoff.c.account_id, signoff.c.id)
    .where(
        signoff.c.area_id == AREA,
        signoff.c.record_id == sa.bindparam("id"),
        signoff.c.version == sa.bindparam("of_version"),
    )
    .order_by(signoff.c.position)
)
_ADD_LINE = Prepared(sa.insert(history), history.c.keys())


class Lasting(Database):
    """What lasts of a record."""

    def _signoffs_of(self, connection: Connection, row: Mapping[Any, Any]) -> list[StoredSignoff]:
        found = connection.execute(_SIGNOFFS, {"id": row["id"], "of_version": row["version"]})
        return [StoredSignoff(*one) for one in found]

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
