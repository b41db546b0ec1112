"""Keeping what is asked across briefings: which version officers see, who has yet to read it, and what was seen.

Every list here is one statement, answered by an index: it costs the same however many briefings there are.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from meetings.briefing_facts import Issued
from meetings.finding import Term
from meetings.need_to_know import Asker
from meetings.people import Account
from meetings.store.database import Database
from meetings.store.entitling import is_reached
from meetings.store.searching import answering
from meetings.store.tables import AREA, account, issued, reader, record, sighting


@dataclass(frozen=True)
class Listed:
    """One issued briefing as a list shows it."""

    reference: str
    version: int
    title: str
    level: str
    until: datetime
    withdrawn: bool


@dataclass(frozen=True)
class Sighting:
    """What an officer reported: whom they saw, and where; taken up once somebody has said that they know."""

    id: str
    reference: str
    title: str
    at: datetime
    who: str
    text: str
    place: str
    taken_up_at: datetime | None = None
    taken_up_by: str | None = None


_LISTED = (record.c.ref, issued.c.version, issued.c.title, issued.c.level, issued.c.until, issued.c.withdrawn)
_ISSUED = issued.join(record, sa.and_(record.c.area_id == issued.c.area_id, record.c.id == issued.c.record_id))
_SIGHTED = sighting.join(record, sa.and_(record.c.area_id == sighting.c.area_id, record.c.id == sighting.c.record_id))
_READ_BY = _ISSUED.join(reader, sa.and_(reader.c.area_id == issued.c.area_id, reader.c.record_id == issued.c.record_id))


def _live(at: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(issued.c.area_id == AREA, issued.c.withdrawn.is_(False), issued.c.until >= at)


def _is_theirs(person: Account, *, may_approve: bool) -> sa.ColumnElement[bool]:
    """Whether somebody wrote or approved a briefing; one that nobody here approved is every supervisor's."""
    mine = sa.or_(issued.c.owner_id == person.id, issued.c.approver_id == person.id)
    return sa.or_(mine, issued.c.approver_id.is_(None)) if may_approve else mine


class Briefings(Database):
    """What is asked across briefings."""

    def keep_issued(self, connection: Connection, record_id: str, one: Issued) -> None:
        """Keep what officers see of a briefing. One that was never issued is not made so by being withdrawn."""
        key = {"area_id": AREA, "record_id": record_id}
        mine = (issued.c.area_id == AREA, issued.c.record_id == record_id)
        values = {name: getattr(one, name) for name in ("version", "title", "level", "until", "withdrawn")}
        owners = {"owner_id": one.owner_id, "approver_id": one.approver_id}
        known = {name: value for name, value in owners.items() if value is not None}
        changed = connection.execute(sa.update(issued).where(*mine).values(**values, **known))
        if changed.rowcount == 0:
            if one.withdrawn:
                return
            connection.execute(sa.insert(issued).values(**key, **values, **owners))
        connection.execute(sa.delete(reader).where(reader.c.area_id == AREA, reader.c.record_id == record_id))
        rows = [{**key, **vars(who)} for who in one.readers]
        if rows:
            connection.execute(sa.insert(reader), rows)

    def issued_version(self, record_id: str) -> int | None:
        """Return the version of a record that officers see, or None."""
        wanted = sa.select(issued.c.version).where(
            issued.c.area_id == AREA, issued.c.record_id == record_id.removeprefix("urn:uuid:")
        )
        with self.reading() as connection:
            return connection.execute(wanted).scalar()

    def watching(self, reference: str) -> list[str]:
        """Return the addresses of whoever wrote and approved a briefing."""
        mine = sa.and_(
            account.c.area_id == issued.c.area_id, account.c.id.in_([issued.c.owner_id, issued.c.approver_id])
        )
        query = (
            sa.select(account.c.email)
            .distinct()
            .select_from(_ISSUED.join(account, mine))
            .where(record.c.area_id == AREA, record.c.ref == reference, account.c.email != "")
        )
        with self.reading() as connection:
            return list(connection.execute(query.order_by(account.c.email)).scalars())

    def is_late(self, reference: str, at: datetime) -> bool:
        """Whether a briefing is in force and somebody has not read it whose time to do so has come."""
        query = (
            sa.select(reader.c.local_id)
            .select_from(_READ_BY)
            .where(record.c.ref == reference, _live(at), reader.c.read_at.is_(None), reader.c.acknowledge_by <= at)
        )
        with self.reading() as connection:
            return connection.execute(query).first() is not None

    def find_issued(self, wanted: Sequence[Sequence[Term]], at: datetime, asker: Asker, most: int = 20) -> list[Listed]:
        """Return the issued briefings that answer everything wanted and that somebody gets to: live ones first."""
        if not wanted:
            return []
        query = sa.select(*_LISTED).select_from(_ISSUED).where(issued.c.area_id == AREA, *answering(wanted))
        query = query.where(is_reached(asker))
        is_over = sa.case((_live(at), 0), else_=1)
        return self._listed(query.order_by(is_over, issued.c.until.desc(), record.c.ref).limit(most))

    def to_read(
        self, name: str, organisation: str, kinds: Collection[str], at: datetime, asker: Asker, most: int = 20
    ) -> list[Listed]:
        """Return the live briefings that somebody of that name, or a shift of that organisation, has yet to read."""
        unread = sa.select(reader.c.record_id).where(reader.c.area_id == AREA, reader.c.read_at.is_(None))
        asked = [unread.where(reader.c.name == name)]
        if kinds and organisation:
            asked.append(unread.where(reader.c.organisation == organisation, reader.c.kind.in_(kinds)))
        query = sa.select(*_LISTED).select_from(_ISSUED).where(_live(at), issued.c.record_id.in_(sa.union_all(*asked)))
        query = query.where(is_reached(asker))
        return self._listed(query.order_by(issued.c.until, record.c.ref).limit(most))

    def late(self, person: Account, at: datetime, asker: Asker, *, may_approve: bool, most: int = 20) -> list[Listed]:
        """Return the live briefings that somebody wrote or approved and that a recipient has not read in time."""
        query = (
            sa.select(*_LISTED)
            .distinct()
            .select_from(_READ_BY)
            .where(
                _live(at),
                is_reached(asker, whole=True),
                _is_theirs(person, may_approve=may_approve),
                reader.c.read_at.is_(None),
                reader.c.acknowledge_by < at,
            )
        )
        return self._listed(query.order_by(issued.c.until, record.c.ref).limit(most))

    def _listed(self, query: sa.Select[*tuple[Any, ...]]) -> list[Listed]:
        with self.reading() as connection:
            return [Listed(*tuple(row)) for row in connection.execute(query)]

    # ── Sightings ────────────────────────────────────────────────────────────────────────────────────────────────

    def keep_sighting(
        self, connection: Connection, record_id: str, who: str, at: datetime, text: str, place: str
    ) -> None:
        """Keep what somebody reported."""
        row = {"area_id": AREA, "id": str(uuid.uuid4()), "record_id": record_id, "at": at, "who": who}
        connection.execute(sa.insert(sighting).values(**row, text=text, place=place))

    def take_up(self, connection: Connection, record_id: str, sighting_id: str, who: str, at: datetime) -> bool:
        """Note that somebody knows of a sighting; return whether nobody had said so before."""
        changed = connection.execute(
            sa.update(sighting)
            .where(
                sighting.c.area_id == AREA,
                sighting.c.record_id == record_id,
                sighting.c.id == sighting_id,
                sighting.c.taken_up_at.is_(None),
            )
            .values(taken_up_at=at, taken_up_by=who)
        )
        return changed.rowcount > 0

    def sightings_of(self, reference: str, most: int = 50) -> list[Sighting]:
        """Return what was reported on one briefing, newest first."""
        query = (
            sa.select(sighting, record.c.ref, record.c.title)
            .select_from(_SIGHTED)
            .where(record.c.area_id == AREA, record.c.ref == reference)
            .order_by(sighting.c.at.desc())
            .limit(most)
        )
        return self._sightings(query)

    def open_sightings(self, person: Account, asker: Asker, *, may_approve: bool, most: int = 10) -> list[Sighting]:
        """Return what nobody has taken up yet, on briefings that somebody wrote or approved, newest first."""
        query = (
            sa.select(sighting, record.c.ref, issued.c.title)
            .select_from(
                _SIGHTED.join(
                    issued, sa.and_(issued.c.area_id == sighting.c.area_id, issued.c.record_id == sighting.c.record_id)
                )
            )
            .where(
                sighting.c.area_id == AREA,
                sighting.c.taken_up_at.is_(None),
                is_reached(asker, whole=True),
                _is_theirs(person, may_approve=may_approve),
            )
            .order_by(sighting.c.at.desc())
            .limit(most)
        )
        return self._sightings(query)

    def _sightings(self, query: sa.Select[*tuple[Any, ...]]) -> list[Sighting]:
        with self.reading() as connection:
            return [
                Sighting(
                    id=row["id"],
                    reference=row["ref"],
                    title=row["title"],
                    at=row["at"],
                    who=row["who"],
                    text=row["text"],
                    place=row["place"],
                    taken_up_at=row["taken_up_at"],
                    taken_up_by=row["taken_up_by"],
                )
                for row in connection.execute(query).mappings()
            ]
