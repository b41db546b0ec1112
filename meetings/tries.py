"""Trying a password within the limits: counted before it is looked at, given back if it was right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from meetings.limits import Counted, Level, after_a_try, after_the_right_one, waits
from meetings.store import Store

FORGETS_EVERY = timedelta(minutes=10)


class MustWait(Exception):
    """No further password may be tried yet; `seconds` says for how long."""

    def __init__(self, seconds: float) -> None:
        """Carry how long."""
        super().__init__(f"Wait {seconds:.0f} seconds.")
        self.seconds = seconds


class Tries:
    """The tries at passwords of one store. Its clock is that of the machine, which also moves in a training."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        """Count at that store, by that clock."""
        self._store = store
        self.clock = clock
        self._forgot_at: datetime | None = None

    def take(self, one: Counted, is_right: Callable[[], bool]) -> bool:
        """Whether a password is right, if one may be tried now. Raises MustWait without having looked at it."""
        now = self.clock()
        wait = self._store.change_limits(one.keys, lambda levels: self._counted(levels, one, now), now)
        if wait:
            raise MustWait(wait.total_seconds())
        found = is_right()
        if found:
            self.forgive(one)
        self._forget(now)
        return found

    def _counted(self, levels: Mapping[str, Level], one: Counted, now: datetime) -> tuple[dict[str, Level], timedelta]:
        wait = waits(levels.get(one.pair), now)
        return ({}, wait) if wait else (after_a_try(levels, one, now), wait)

    def forgive(self, one: Counted) -> None:
        """Give back the try of whoever knew the password."""
        now = self.clock()
        self._store.change_limits(one.keys, lambda levels: (after_the_right_one(levels, one, now), None), now)

    def _forget(self, now: datetime) -> None:
        if self._forgot_at is None or now - self._forgot_at > FORGETS_EVERY:
            self._forgot_at = now
            self._store.forget_limits(now)
