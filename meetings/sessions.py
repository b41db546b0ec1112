"""Sessions kept on the server: who is signed in, in which browser, and until when. Who is not signed in has none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from meetings.parts import Json
from meetings.people import Account
from meetings.store import Store

SESSION_LASTS = timedelta(hours=12)
"""A session ends when it was not used for this long; a conference lasts hours."""


@dataclass(frozen=True)
class Session:
    """A browser in which somebody is signed in."""

    account: Account
    data: Json
    seen_at: datetime


class Sessions:
    """Sessions kept on the server; the browser holds a token only."""

    def __init__(self, store: Store, now: Callable[[], datetime], *, production: bool = False) -> None:
        """Keep sessions in that store, by that clock; those of the demonstration and of production never mix."""
        self._store = store
        self._now = now
        self._production = production

    def read(self, token: str) -> Session | None:
        """Return the session of a token, or None if there is none or it ended."""
        found = self._store.read_session(token, self._now() - SESSION_LASTS, production=self._production)
        return Session(*found) if found else None

    def write(self, token: str, account_id: str, data: Json) -> None:
        """Keep a session and note that it was used now."""
        self._store.write_session(token, account_id, data, self._now(), production=self._production)

    def drop(self, token: str) -> None:
        """End a session."""
        self._store.drop_session(token, self._now() - SESSION_LASTS)
