"""Keeping the accounts of people and the sessions of their browsers."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from meetings.parts import Json
from meetings.people import Account, Role
from meetings.store.database import Database
from meetings.store.prepared import Prepared
from meetings.store.tables import AREA, account, area, session
from meetings.vocabulary import Agency

# Every request asks it: it is put together once.
_COLUMNS = ["id", "login", "name", "agency", "organisation", "grade", "role", "email", "disabled_at"]
_OF_ACCOUNT = [account.c[name] for name in _COLUMNS]
_SESSION = Prepared(
    sa.select(session.c.data, session.c.seen_at, *_OF_ACCOUNT)
    .select_from(
        session.join(account, sa.and_(account.c.area_id == session.c.area_id, account.c.id == session.c.account_id))
    )
    .where(
        session.c.area_id == AREA,
        session.c.token_sha256 == sa.bindparam("token"),
        session.c.seen_at >= sa.bindparam("not_before"),
        session.c.production == sa.bindparam("production"),
        account.c.disabled_at.is_(None),
        # An account of the demonstration signs in to the demonstration alone.
        sa.or_(session.c.production.is_(sa.false()), account.c.demonstration.is_(sa.false())),
    )
)


def _account_in(row: Mapping[Any, Any]) -> Account:
    return Account(
        id=row["id"],
        login=row["login"],
        name=row["name"],
        agency=Agency.of(row["agency"]),
        organisation=row["organisation"],
        grade=row["grade"],
        role=Role(row["role"]),
        email=row["email"],
        disabled_at=row["disabled_at"],
    )


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
            "email": person.email,
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
        with self.reading() as connection:
            row = connection.execute(sa.select(account).where(account.c.area_id == AREA, by)).mappings().first()
        return None if row is None else (_account_in(row), row["password_hash"], row["demonstration"])

    def accounts_of(self, agencies: Collection[str], *, demonstration: bool = True) -> list[Account]:
        """Return the accounts of these agencies that somebody can sign in with; those of the demonstration if asked."""
        return self._accounts(account.c.agency.in_(agencies), *_in_use(demonstration=demonstration))

    def accounts_in(self, role: Role, *, demonstration: bool = True) -> list[Account]:
        """Return the accounts of a role that somebody can sign in with; those of the demonstration if asked."""
        return self._accounts(account.c.role == str(role), *_in_use(demonstration=demonstration))

    def accounts(self, *, demonstration: bool = True) -> list[Account]:
        """Return every account of a person, also disabled ones; those of the demonstration if asked."""
        wanted = [] if demonstration else [account.c.demonstration.is_(sa.false())]
        return self._accounts(account.c.role.not_in([str(Role.LOCAL), str(Role.GUEST)]), *wanted)

    def _accounts(self, *wanted: sa.ColumnElement[bool]) -> list[Account]:
        with self.reading() as connection:
            return self.every_account(connection, *wanted)

    def every_account(self, connection: Connection, *wanted: sa.ColumnElement[bool]) -> list[Account]:
        """Return every account, or those that are wanted, as a connection sees them."""
        found = sa.select(account).where(account.c.area_id == AREA, *wanted).order_by(account.c.login)
        return [_account_in(row) for row in connection.execute(found).mappings()]

    def read_session(
        self, token: str, not_before: datetime, *, production: bool = False
    ) -> tuple[Account, Json, datetime] | None:
        """Return who is signed in, data and last use of a session that was used since `not_before`, or None.

        A session of the other mode, or of an account that was disabled, is none.
        """
        asked = {"token": _hashed(token), "not_before": not_before, "production": production}
        with self.reading() as connection:
            row = _SESSION.first(connection, asked)
        return None if row is None else (_account_in(row), row["data"], row["seen_at"])

    def write_session(self, token: str, account_id: str, data: Json, at: datetime, *, production: bool = False) -> None:
        """Keep a session, new or changed."""
        values = {"account_id": account_id, "data": data, "seen_at": at, "production": production}
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

    def end_sessions_of_the_other_mode(self, *, production: bool) -> None:
        """Forget the sessions that began in the demonstration, or in production."""
        with self.writing() as connection:
            connection.execute(
                sa.delete(session).where(session.c.area_id == AREA, session.c.production.is_not(_truth(production)))
            )


def _truth(it: bool) -> Any:
    return sa.true() if it else sa.false()


def _in_use(*, demonstration: bool) -> list[sa.ColumnElement[bool]]:
    wanted: list[sa.ColumnElement[bool]] = [account.c.disabled_at.is_(None)]
    return wanted if demonstration else [*wanted, account.c.demonstration.is_(sa.false())]


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
