"""Keeping the links by which people without an account answer, and the letters that carry them and other news.

A link's token is kept as a hash only. A letter holds no text: it is written when it is sent, from what it is about.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from meetings.links import LetterAbout, LinkEnd
from meetings.store.database import Database
from meetings.store.tables import AREA, invitation, letter, record
from meetings.vocabulary import Agency

Within = Callable[[Connection], None]
"""Something that the store does inside the transaction of a record that it has lent."""


class LinkEnded(Exception):
    """A link was used that somebody had used, replaced or closed a moment before."""


@dataclass(frozen=True)
class Invitation:
    """A link, and a code, by which one person answers once for an agency without an account."""

    id: str
    reference: str
    version: int
    professional: str
    name: str
    agency: Agency
    address: str
    code: str
    page: str
    made_by: str
    made_at: datetime
    expires_at: datetime | None = None
    tries: int = 0
    ended_at: datetime | None = None
    ended_how: LinkEnd | None = None

    @property
    def is_open(self) -> bool:
        """Whether it was neither used nor closed."""
        return self.ended_at is None

    @property
    def was_sent(self) -> bool:
        """Whether a link was ever made for it."""
        return self.expires_at is not None


@dataclass(frozen=True)
class Letter:
    """One message that is to be sent, or was: what it is about and to which address."""

    id: str
    reference: str
    about: LetterAbout
    address: str
    agency: Agency
    page: str
    asked_by: str
    queued_at: datetime
    invitation: str | None = None
    tries: int = 0
    next_at: datetime | None = None
    sent_at: datetime | None = None
    problem: str = ""
    recipient: str | None = None
    """The account it is about; then it is about no record."""

    @property
    def is_given_up(self) -> bool:
        """Whether it was not sent and is not tried any more."""
        return self.sent_at is None and self.next_at is None


class Inviting(Database):
    """Links and letters."""

    # ── Links ────────────────────────────────────────────────────────────────────────────────────────────────────

    def invite(self, record_id: str, one: Invitation) -> Within:
        """Return what keeps a new link; an open one to the same person is replaced by it."""

        def within(connection: Connection) -> None:
            replaced = {"ended_at": one.made_at, "ended_how": str(LinkEnd.REPLACED)}
            mine = (*_open_links(record_id), invitation.c.professional == one.professional)
            connection.execute(sa.update(invitation).where(*mine).values(**replaced))
            connection.execute(
                sa.insert(invitation).values(
                    area_id=AREA,
                    id=one.id,
                    record_id=record_id,
                    version=one.version,
                    professional=one.professional,
                    name=one.name,
                    agency=str(one.agency),
                    address=one.address,
                    code=one.code,
                    page=one.page,
                    made_by=one.made_by,
                    made_at=one.made_at,
                    tries=0,
                )
            )

        return within

    def end_link(self, invitation_id: str, how: LinkEnd, at: datetime) -> Within:
        """Return what ends a link, once: it raises LinkEnded if it had ended already."""

        def within(connection: Connection) -> None:
            mine = (invitation.c.area_id == AREA, invitation.c.id == invitation_id, invitation.c.ended_at.is_(None))
            ended = connection.execute(sa.update(invitation).where(*mine).values(ended_at=at, ended_how=str(how)))
            if ended.rowcount == 0:
                raise LinkEnded

        return within

    def end_links(self, record_id: str, how: LinkEnd, at: datetime) -> Within:
        """Return what ends every open link to a record."""

        def within(connection: Connection) -> None:
            ended = sa.update(invitation).where(*_open_links(record_id)).values(ended_at=at, ended_how=str(how))
            connection.execute(ended)

        return within

    def renew_link(self, invitation_id: str, token: str, expires_at: datetime) -> bool:
        """Give an open link a new token, so that the one before it is worth nothing; return whether it was open."""
        mine = (invitation.c.area_id == AREA, invitation.c.id == invitation_id, invitation.c.ended_at.is_(None))
        values = {"token_sha256": _hashed(token), "expires_at": expires_at}
        with self.writing() as connection:
            return connection.execute(sa.update(invitation).where(*mine).values(**values)).rowcount == 1

    def take_try(self, invitation_id: str, most: int, at: datetime) -> bool:
        """Use up one of the tries at the code of a link; return whether there was one. With the last it is locked.

        A try is used up before the code is compared, so that many guesses at once are no more than the tries there are.
        """
        mine = (invitation.c.area_id == AREA, invitation.c.id == invitation_id, invitation.c.ended_at.is_(None))
        with self.writing() as connection:
            used = connection.execute(
                sa.update(invitation)
                .where(*mine, invitation.c.tries < most)
                .values(tries=invitation.c.tries + 1)
                .returning(invitation.c.tries)
            ).scalar()
            if used is None:
                locked = {"ended_at": at, "ended_how": str(LinkEnd.LOCKED)}
                connection.execute(sa.update(invitation).where(*mine).values(**locked))
        return used is not None

    def give_tries_back(self, invitation_id: str) -> None:
        """Note that the code was right: its tries begin anew."""
        with self.writing() as connection:
            connection.execute(
                sa.update(invitation)
                .where(invitation.c.area_id == AREA, invitation.c.id == invitation_id)
                .values(tries=0)
            )

    def invitation_by_token(self, token: str) -> Invitation | None:
        """Return the invitation of a link, or None for a token that is not known here."""
        return next(iter(self._invitations(invitation.c.token_sha256 == _hashed(token))), None)

    def invitation(self, invitation_id: str) -> Invitation | None:
        """Return an invitation by its id, or None."""
        return next(iter(self._invitations(invitation.c.id == invitation_id)), None)

    def invitations_to(self, reference: str) -> list[Invitation]:
        """Return the invitations to answer for a record, oldest first."""
        return self._invitations(record.c.ref == reference)

    def _invitations(self, wanted: sa.ColumnElement[bool]) -> list[Invitation]:
        found = (
            sa.select(invitation, record.c.ref)
            .join(record, sa.and_(record.c.area_id == invitation.c.area_id, record.c.id == invitation.c.record_id))
            .where(invitation.c.area_id == AREA, wanted)
            .order_by(invitation.c.made_at, invitation.c.id)
        )
        with self.reading() as connection:
            return [_invitation(row) for row in connection.execute(found).mappings()]

    # ── Letters ──────────────────────────────────────────────────────────────────────────────────────────────────

    def queue(self, record_id: str | None, letters: Iterable[Letter]) -> Within:
        """Return what keeps letters about a record or an account that are to be sent, at once unless they say when."""
        rows = [
            {
                "area_id": AREA,
                "id": one.id,
                "record_id": record_id,
                "recipient_id": one.recipient,
                "what": str(one.about),
                "address": one.address,
                "agency": str(one.agency),
                "invitation_id": one.invitation,
                "page": one.page,
                "asked_by": one.asked_by,
                "queued_at": one.queued_at,
                "tries": 0,
                "next_at": one.next_at or one.queued_at,
                "problem": "",
            }
            for one in letters
        ]

        def within(connection: Connection) -> None:
            if rows:
                connection.execute(sa.insert(letter), rows)

        return within

    def due_letters(self, at: datetime) -> list[Letter]:
        """Return the letters that are to be sent by now, oldest first."""
        return self._letters(letter.c.next_at <= at)

    def letters_about(self, reference: str) -> list[Letter]:
        """Return the letters about a record, oldest first."""
        return self._letters(record.c.ref == reference)

    def letters_to(self, account_id: str) -> list[Letter]:
        """Return the letters about an account, oldest first."""
        return self._letters(letter.c.recipient_id == account_id)

    def _letters(self, wanted: sa.ColumnElement[bool]) -> list[Letter]:
        found = (
            sa.select(letter, record.c.ref)
            .outerjoin(record, sa.and_(record.c.area_id == letter.c.area_id, record.c.id == letter.c.record_id))
            .where(letter.c.area_id == AREA, wanted)
            .order_by(letter.c.queued_at, letter.c.id)
        )
        with self.reading() as connection:
            return [_letter(row) for row in connection.execute(found).mappings()]

    def claim_letter(self, one: Letter, until: datetime) -> bool:
        """Take a letter to send it: of several senders one gets it, and nobody else tries it before `until`."""
        mine = (letter.c.area_id == AREA, letter.c.id == one.id, letter.c.tries == one.tries)
        values = {"tries": one.tries + 1, "next_at": until}
        with self.writing() as connection:
            return (
                connection.execute(
                    sa.update(letter).where(*mine, letter.c.next_at.is_not(None)).values(**values)
                ).rowcount
                == 1
            )

    def note_letter(self, letter_id: str, *, sent_at: datetime | None, next_at: datetime | None, problem: str) -> None:
        """Note what came of a letter: sent, or tried again at `next_at`, or given up."""
        values: dict[str, Any] = {"sent_at": sent_at, "next_at": next_at, "problem": problem}
        with self.writing() as connection:
            connection.execute(
                sa.update(letter).where(letter.c.area_id == AREA, letter.c.id == letter_id).values(**values)
            )


def _open_links(record_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        invitation.c.area_id == AREA,
        invitation.c.record_id == record_id,
        invitation.c.ended_at.is_(None),
    )


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _invitation(row: RowMapping) -> Invitation:
    return Invitation(
        id=row["id"],
        reference=row["ref"],
        version=row["version"],
        professional=row["professional"],
        name=row["name"],
        agency=Agency.of(row["agency"]),
        address=row["address"],
        code=row["code"],
        page=row["page"],
        made_by=row["made_by"],
        made_at=row["made_at"],
        expires_at=row["expires_at"],
        tries=row["tries"],
        ended_at=row["ended_at"],
        ended_how=LinkEnd.of(row["ended_how"]) if row["ended_how"] else None,
    )


def _letter(row: RowMapping) -> Letter:
    return Letter(
        id=row["id"],
        reference=row["ref"] or "",
        about=LetterAbout.of(row["what"]),
        address=row["address"],
        agency=Agency.of(row["agency"]),
        page=row["page"],
        asked_by=row["asked_by"],
        queued_at=row["queued_at"],
        invitation=row["invitation_id"],
        tries=row["tries"],
        next_at=row["next_at"],
        sent_at=row["sent_at"],
        problem=row["problem"],
        recipient=row["recipient_id"],
    )
