"""Keeping the accounts of people and the sessions of their browsers."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from meetings.parts import Json
from meetings.people import Account, Role
from meetings.store.database import Database
from meetings.store.prepared import Prepared
from meetings.store.tables import AREA, account, area, session
from meetings.vocabulary import Agency

# Every request asks it: it is put together once.
_OF_ACCOUNT = [account.c[name] for name in ["id", "login", "name", "agency", "organisation", "grade", "role", "email"]]
_SESSION = Prepared(
    sa.select(session.c.data, session.c.seen_at, *_OF_ACCOUNT)
    .select_from(
        session.outerjoin(
            account, sa.and_(account.c.area_id == session.c.area_id, account.c.id == session.c.account_id)
        )
    )
    .where(
        session.c.area_id == AREA,
        session.c.token_sha256 == sa.bindparam("token"),
        session.c.seen_at >= sa.bindparam("not_before"),
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

    def accounts_of(self, agencies: Collection[str]) -> list[Account]:
        """Return the accounts of these agencies."""
        wanted = sa.select(account).where(account.c.area_id == AREA, account.c.agency.in_(agencies))
        with self.reading() as connection:
            return [_account_in(row) for row in connection.execute(wanted.order_by(account.c.login)).mappings()]

    def accounts_in(self, role: Role) -> list[Account]:
        """Return the accounts of a role."""
        wanted = sa.select(account).where(account.c.area_id == AREA, account.c.role == str(role))
        with self.reading() as connection:
            return [_account_in(row) for row in connection.execute(wanted.order_by(account.c.login)).mappings()]

    def read_session(self, token: str, not_before: datetime) -> tuple[Account | None, Json, datetime] | None:
        """Return who is signed in, data and last use of a session that was used since `not_before`, or None."""
        with self.reading() as connection:
            row = _SESSION.first(connection, {"token": _hashed(token), "not_before": not_before})
        return None if row is None else (_account_in(row) if row["id"] else None, row["data"], row["seen_at"])

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
