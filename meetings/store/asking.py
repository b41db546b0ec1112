"""Keeping which agencies are asked for their answer to a final text, and by whom the records of each are awaited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from meetings.need_to_know import Asker
from meetings.store.database import Database
from meetings.store.entitling import is_reached
from meetings.store.tables import AREA, asking, record
from meetings.vocabulary import Agency, DocumentStatus, SignoffAnswer

MOST = 200
"""Lines of a list that nobody reads to its end."""


@dataclass(frozen=True)
class AskedAgency:
    """One agency that took part: who may answer for it, as pairs of local id and name, and the answer that counts.

    `signers` are those whose name stands under the text, whichever agency they are of, as pairs of account id and name.
    """

    agency: Agency
    people: tuple[tuple[str, str], ...]
    answer: SignoffAnswer | None = None
    signers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Awaited:
    """One agency's answer to one final record, as a list shows it."""

    reference: str
    title: str
    version: int
    asked: AskedAgency


class Asking(Database):
    """Whose answers are awaited."""

    def keep_asking(self, connection: Connection, record_id: str, version: int, asked: Iterable[AskedAgency]) -> None:
        """Keep who is asked about a version, in the place of who was asked before."""
        connection.execute(sa.delete(asking).where(asking.c.area_id == AREA, asking.c.record_id == record_id))
        rows = [
            {
                "area_id": AREA,
                "record_id": record_id,
                "agency": str(one.agency),
                "version": version,
                "people": [{"id": local_id, "name": name} for local_id, name in one.people],
                "answer": str(one.answer) if one.answer else None,
                "signers": [{"id": account_id, "name": name} for account_id, name in one.signers],
            }
            for one in asked
        ]
        if rows:
            connection.execute(sa.insert(asking), rows)

    def awaited(self, agency: Agency, asker: Asker) -> list[Awaited]:
        """Return the final records that somebody gets to and to which an agency has not answered, oldest first."""
        return self._final_ones(asker, asking.c.agency == str(agency), asking.c.answer.is_(None))

    def not_approved(self, asker: Asker) -> list[Awaited]:
        """Return the final records that somebody gets to and that an agency does not approve, with it, oldest first."""
        return self._final_ones(asker, asking.c.answer == str(SignoffAnswer.DO_NOT_APPROVE))

    def _final_ones(self, asker: Asker, *wanted: sa.ColumnElement[bool]) -> list[Awaited]:
        found = (
            sa.select(asking, record.c.ref, record.c.title)
            .join(record, sa.and_(record.c.area_id == asking.c.area_id, record.c.id == asking.c.record_id))
            .where(asking.c.area_id == AREA, record.c.status == str(DocumentStatus.FINAL), is_reached(asker), *wanted)
            .order_by(record.c.changed_at, record.c.ref, asking.c.agency)
            .limit(MOST)
        )
        with self.reading() as connection:
            rows = connection.execute(found).mappings().all()
        return [
            Awaited(
                row["ref"],
                row["title"],
                row["version"],
                AskedAgency(
                    Agency.of(row["agency"]),
                    tuple((one["id"], one["name"]) for one in row["people"]),
                    SignoffAnswer.of(row["answer"]) if row["answer"] else None,
                    tuple((one["id"], one["name"]) for one in row["signers"]),
                ),
            )
            for row in rows
        ]
