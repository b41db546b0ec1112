"""Keeping the accounts of people and the sessions of their browsers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from meetings.parts import Json
from meetings.people import Account, Role
from meetings.store.database import Database
from meetings.store.tables import AREA, account, area, session
from meetings.vocabulary import Agency

_PERSON = (
    account.c.id,
    account.c.login,
    account.c.name,
    account.c.agency,
    account.c.organisation,
    account.c.grade,
    account.c.role,
)
# As in `records.py`, what every page asks is put together once.
_SESSION = (
    sa.select(session.c.account_id, session.c.data, session.c.seen_at, *_PERSON)
    .select_from(
        session.outerjoin(
            account, sa.and_(account.c.area_id == session.c.area_id, account.c.id == session.c.account_id)
        )
    )
    .where(
        session.c.area_id == AREA,
        session.c.token_sha256 == sa.bindparam("token_sha256"),
        session.c.seen_at >= sa.bindparam("not_before"),
    )
)


def _person(row: Sequence[Any]) -> Account:
    id_, login, name, agency, organisation, grade, role = row
    return Account(id_, login, name, Agency.of(agency), organisation, grade, Role(role))


class People(Database):
    """Accounts and sessions."""

    def make_area(self, name: str) -> None:
        """Make the area that holds the records, if it is not there yet."""
        with self.writing() as connection:
            if connection.execute(sa.select(area.c.id).where(area.c.id == AREA)).first() is None:
                connection.execute(sa.insert(area).values(id=AREA, name=name))

    def keep_account(self, person: Account, password_hash: str | None, *, demonstration: bool) -> None:
        """Keep an account, new or changed."""
        values = {
            "login": person.login,
            "name": person.name,
            "agency": str(person.agency),
            "organisation": person.organisation,
            "grade": person.grade,
            "role": str(person.role),
            "password_hash": password_hash,
            "demonstration": demonstration,
        }
        with self.writing() as connection:
            changed = connection.execute(
                sa.update(account).where(account.c.area_id == AREA, account.c.id == person.id).values(**values)
            )
            if changed.rowcount == 0:
                connection.execute(sa.insert(account).values(area_id=AREA, id=person.id, **values))

    def find_account(
        self, *, login: str | None = None, account_id: str | None = None
    ) -> tuple[Account, str | None, bool] | None:
        """Return an account by login or id with its password hash and whether it is for demonstration, or None."""
        by = account.c.login == login if login is not None else account.c.id == account_id
        wanted = sa.select(*_PERSON, account.c.password_hash, account.c.demonstration)
        with self.reading() as connection:
            row = connection.execute(wanted.where(account.c.area_id == AREA, by)).first()
        return None if row is None else (_person(row[:-2]), row[-2], row[-1])

    def read_session(
        self, token: str, not_before: datetime
    ) -> tuple[str | None, Json, datetime, Account | None] | None:
        """Return account id, data, last use and account of a session that was used since `not_before`, or None."""
        wanted = {"token_sha256": _hashed(token), "not_before": not_before}
        with self.reading() as connection:
            row = connection.execute(_SESSION, wanted).first()
        if row is None:
            return None
        account_id, data, seen_at, *person = row
        return account_id, data, seen_at, None if person[0] is None else _person(person)

    def write_session(self, token: str, account_id: str | None, data: Json, at: datetime) -> None:
        """Keep a session, new or changed."""
        values = {"account_id": account_id, "data": data, "seen_at": at}
        with self.writing() as connection:
            changed = connection.execute(
                sa.update(session)
                .where(session.c.area_id == AREA, session.c.token_sha256 == _hashed(token))
                .values(**values)
            )
            if changed.rowcount == 0:
                connection.execute(sa.insert(session).values(area_id=AREA, token_sha256=_hashed(token), **values))

    def drop_session(self, token: str, not_before: datetime) -> None:
        """Forget a session, and all that were last used before `not_before`."""
        with self.writing() as connection:
            connection.execute(
                sa.delete(session).where(
                    session.c.area_id == AREA,
                    sa.or_(session.c.token_sha256 == _hashed(token), session.c.seen_at < not_before),
                )
            )


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
