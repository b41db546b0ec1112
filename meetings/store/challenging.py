"""Keeping what people say is wrong in a final record, and what was answered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from meetings.store.database import Database
from meetings.store.inviting import Within
from meetings.store.tables import AREA, challenge, record
from meetings.vocabulary import Agency


@dataclass(frozen=True)
class Challenge:
    """Somebody says that one line of a final version is wrong, and what it should say.

    `pointer` leads to it in that version and `place` says the same in words; `part_id` is the part of the draft that
    it lies in. `accepted` is None until the chair has answered; `taken_up` is the version that puts it right.
    """

    number: int
    version: int
    pointer: str
    place: str
    part_id: str | None
    says: str
    should_say: str
    reason: str
    professional: str
    name: str
    agency: Agency | None
    raised_by: str
    raised_at: datetime
    accepted: bool | None = None
    answer: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None
    taken_up: int | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether it was accepted and stands in no version yet."""
        return bool(self.accepted) and self.taken_up is None


class Challenging(Database):
    """Accuracy challenges."""

    def keep_challenge(self, record_id: str, one: Challenge) -> Within:
        """Return what keeps a new challenge."""

        def within(connection: Connection) -> None:
            connection.execute(
                sa.insert(challenge).values(
                    area_id=AREA,
                    record_id=record_id,
                    number=one.number,
                    version=one.version,
                    pointer=one.pointer,
                    place=one.place,
                    part_id=one.part_id,
                    says=one.says,
                    should_say=one.should_say,
                    reason=one.reason,
                    professional=one.professional,
                    name=one.name,
                    agency=str(one.agency) if one.agency else "",
                    raised_by=one.raised_by,
                    raised_at=one.raised_at,
                    answer="",
                    answered_by="",
                )
            )

        return within

    def answer_challenge(
        self, record_id: str, number: int, *, accepted: bool, answer: str, answered_by: str, at: datetime
    ) -> Within:
        """Return what keeps the answer to a challenge."""
        values = {"accepted": accepted, "answer": answer, "answered_by": answered_by, "answered_at": at}

        def within(connection: Connection) -> None:
            mine = (*_of(record_id), challenge.c.number == number)
            connection.execute(sa.update(challenge).where(*mine).values(**values))

        return within

    def note_taken_up(self, record_id: str, numbers: Collection[int], version: int | None) -> Within:
        """Return what notes the version that puts challenges right; None takes that back."""

        def within(connection: Connection) -> None:
            mine = (*_of(record_id), challenge.c.number.in_(numbers))
            connection.execute(sa.update(challenge).where(*mine).values(taken_up=version))

        return within

    def challenges_of(self, reference: str) -> list[Challenge]:
        """Return the challenges to a record, oldest first."""
        found = (
            sa.select(challenge)
            .join(record, sa.and_(record.c.area_id == challenge.c.area_id, record.c.id == challenge.c.record_id))
            .where(challenge.c.area_id == AREA, record.c.ref == reference)
            .order_by(challenge.c.number)
        )
        with self.reading() as connection:
            return [_challenge(row) for row in connection.execute(found).mappings()]


def _of(record_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return challenge.c.area_id == AREA, challenge.c.record_id == record_id


def _challenge(row: RowMapping) -> Challenge:
    return Challenge(
        number=row["number"],
        version=row["version"],
        pointer=row["pointer"],
        place=row["place"],
        part_id=row["part_id"],
        says=row["says"],
        should_say=row["should_say"],
        reason=row["reason"],
        professional=row["professional"],
        name=row["name"],
        agency=Agency.of(row["agency"]) if row["agency"] else None,
        raised_by=row["raised_by"],
        raised_at=row["raised_at"],
        accepted=row["accepted"],
        answer=row["answer"],
        answered_by=row["answered_by"],
        answered_at=row["answered_at"],
        taken_up=row["taken_up"],
    )
