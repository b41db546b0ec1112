"""Sessions kept on the server: who is signed in, in which browser, and until when."""

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
    """A browser that signed in, or is about to."""

    account: Account | None
    data: Json
    seen_at: datetime


class Sessions:
    """Sessions kept on the server; the browser holds a token only."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        """Keep sessions in that store, by that clock."""
        self._store = store
        self._now = now

    def read(self, token: str) -> Session | None:
        """Return the session of a token, or None if there is none or it ended."""
        found = self._store.read_session(token, self._now() - SESSION_LASTS)
        return Session(*found) if found else None

    def write(self, token: str, account_id: str | None, data: Json) -> None:
        """Keep a session and note that it was used now."""
        self._store.write_session(token, account_id, data, self._now())

    def drop(self, token: str) -> None:
        """End a session."""
        self._store.drop_session(token, self._now() - SESSION_LASTS)
