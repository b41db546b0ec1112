"""Giving out accounts: making and disabling them, links to choose a password, and the history of who did it.

Each change and its line of the history are one transaction; lines are chained as those of a record are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from meetings.history import START, Line
from meetings.people import Account
from meetings.store.inviting import Inviting, Letter
from meetings.store.people import People
from meetings.store.tables import AREA, account, account_history, account_link, area, session

Check = Callable[[Sequence[Account]], None]
"""Is given every account there is, and raises what stands against a change."""


class Accounts(People, Inviting):
    """The accounts that are given out here."""

    def add_account(
        self, person: Account, by: Account, at: datetime, check: Callable[[Sequence[Account]], None]
    ) -> None:
        """Keep a new account, without a password; `check` is given all there are and raises what stands against it."""
        with self.writing() as connection:
            self._alone(connection)
            check(self.every_account(connection))
            connection.execute(
                sa.insert(account).values(
                    area_id=AREA,
                    id=person.id,
                    login=person.login,
                    name=person.name,
                    agency=str(person.agency),
                    organisation=person.organisation,
                    grade=person.grade,
                    role=str(person.role),
                    email=person.email,
                    demonstration=False,
                    made_at=at,
                )
            )
            detail = {"name": person.name, "agency": str(person.agency), "role": str(person.role)}
            self._note(connection, by, at, "account:added", person.login, **detail)

    def set_disabled(self, person: Account, by: Account, at: datetime, *, disabled: bool, check: Check) -> None:
        """Disable an account, which ends its sessions and its link, or enable it again; `check` as above."""
        with self.writing() as connection:
            self._alone(connection)
            check(self.every_account(connection))
            connection.execute(_of(person.id).values(disabled_at=at if disabled else None))
            if disabled:
                self._end(connection, person.id)
            self._note(connection, by, at, "account:disabled" if disabled else "account:enabled", person.login)

    def keep_account_link(self, account_id: str, token: str, expires_at: datetime) -> bool:
        """Give an account a link, so that the one before it is worth nothing; return whether the account is in use."""
        with self.writing() as connection:
            used = _of(account_id).where(account.c.disabled_at.is_(None)).values(made_at=account.c.made_at)
            if connection.execute(used).rowcount == 0:
                return False
            self._forget_link(connection, account_id)
            values = {"account_id": account_id, "token_sha256": _hashed(token), "expires_at": expires_at}
            connection.execute(sa.insert(account_link).values(area_id=AREA, **values))
        return True

    def account_by_link(self, token: str, at: datetime) -> Account | None:
        """Return whose a link is that can be used, or None."""
        with self.reading() as connection:
            found = connection.execute(_owner_of(token, at)).scalar()
        return self._in_use(found)

    def choose_password(self, token: str, password_hash: str, at: datetime) -> Account | None:
        """Keep the password that is chosen by a link, once; every session ends. Return whose it is, or None."""
        with self.writing() as connection:
            self._alone(connection)
            found = connection.execute(_owner_of(token, at)).scalar()
            person = next((one for one in self.every_account(connection) if one.id == found), None)
            if person is None or person.disabled_at is not None:
                return None
            connection.execute(_of(person.id).values(password_hash=password_hash))
            self._end(connection, person.id)
            self._note(connection, person, at, "account:password chosen by a link", person.login)
        return person

    def change_password(self, person: Account, password_hash: str, at: datetime, token: str) -> None:
        """Keep a new password of somebody who is signed in with that token; every other session and the link end."""
        with self.writing() as connection:
            self._alone(connection)
            connection.execute(_of(person.id).values(password_hash=password_hash))
            self._end(connection, person.id, but=token)
            self._note(connection, person, at, "account:password changed", person.login)

    def note_account(
        self, by: Account, at: datetime, what: str, login: str, letters: Sequence[Letter] = (), **detail: Any
    ) -> None:
        """Add a line to the history, and queue letters with it."""
        with self.writing() as connection:
            self._alone(connection)
            self.queue(None, letters)(connection)
            self._note(connection, by, at, what, login, **detail)

    def without_password(self) -> frozenset[str]:
        """Return the ids of the accounts whose people have not chosen a password yet."""
        wanted = sa.select(account.c.id).where(account.c.area_id == AREA, account.c.password_hash.is_(None))
        with self.reading() as connection:
            return frozenset(connection.execute(wanted).scalars())

    def account_lines(self, most: int | None = None) -> list[tuple[Line, str]]:
        """Return the history of accounts, oldest first, each line with its hash; with `most`, the last so many."""
        found = sa.select(account_history).where(account_history.c.area_id == AREA)
        found = found.order_by(account_history.c.number.desc()).limit(most)
        with self.reading() as connection:
            rows = list(connection.execute(found).mappings())
        return [(Line.of(row), row["sha256"]) for row in reversed(rows)]

    # ── Within a transaction ─────────────────────────────────────────────────────────────────────────────────────

    def _alone(self, connection: Connection) -> None:
        """Let one change of accounts wait for another: the first statement locks, on both databases."""
        connection.execute(sa.update(area).where(area.c.id == AREA).values(name=area.c.name))

    def _note(self, connection: Connection, by: Account, at: datetime, what: str, login: str, **detail: Any) -> None:
        last = connection.execute(
            sa.select(account_history.c.number, account_history.c.sha256)
            .where(account_history.c.area_id == AREA)
            .order_by(account_history.c.number.desc())
            .limit(1)
        ).first()
        number, before = (last.number + 1, last.sha256) if last else (1, START)
        line = Line(number, at, by.id, by.name, what, login, detail, before)
        connection.execute(sa.insert(account_history).values(area_id=AREA, **line.columns()))

    def _end(self, connection: Connection, account_id: str, but: str = "") -> None:
        """End the sessions of an account, save one, and its link."""
        self._forget_link(connection, account_id)
        mine = sa.delete(session).where(session.c.area_id == AREA, session.c.account_id == account_id)
        connection.execute(mine.where(session.c.token_sha256 != _hashed(but)))

    def _forget_link(self, connection: Connection, account_id: str) -> None:
        connection.execute(
            sa.delete(account_link).where(account_link.c.area_id == AREA, account_link.c.account_id == account_id)
        )

    def _in_use(self, account_id: str | None) -> Account | None:
        found = self.find_account(account_id=account_id) if account_id else None
        return found[0] if found and found[0].disabled_at is None else None


def _of(account_id: str) -> sa.Update:
    return sa.update(account).where(account.c.area_id == AREA, account.c.id == account_id)


def _owner_of(token: str, at: datetime) -> sa.Select[Any]:
    return sa.select(account_link.c.account_id).where(
        account_link.c.area_id == AREA,
        account_link.c.token_sha256 == _hashed(token),
        account_link.c.expires_at > at,
    )


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
