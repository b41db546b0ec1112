"""One commit for all who save at the same moment. What they save is no concern of this module."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import copy_context
from typing import Any, TypeVar

from sqlalchemy.engine import Connection

from meetings.store.faults import Unavailable

Found = TypeVar("Found")


class _Waiting:
    """A change that somebody waits for, and how it ended."""

    def __init__(self, change: Callable[[Connection], Any]) -> None:
        self._change = change
        self._context = copy_context()
        self._told = threading.Lock()  # held until there is something to tell: half the work of an Event
        self._told.acquire()
        self._problem: BaseException | None = None
        self._found: Any = None
        self.has_ended = False

    def do(self, connection: Connection) -> None:
        """Do it as the thread that asked for it would: what Flask holds for a request is held for it."""
        self._found = self._context.run(self._change, connection)

    def end(self, problem: BaseException | None = None) -> None:
        self._problem = problem
        self.has_ended = True
        self._told.release()

    def go_first(self) -> None:
        self._told.release()

    def wait(self) -> None:
        self._told.acquire()

    def found(self) -> Any:
        if self._problem is not None:
            raise self._problem
        return self._found


class Together:
    """Does changes that wait for each other anyway in one transaction, in the order in which they came.

    A database with one writer at a time keeps each change when the disk has it, and the disk takes longer than the
    change. While one thread commits, others come; the first of them then does the changes of all of them and commits
    once. Nobody is answered before the commit that holds their change, and nobody waits for more than two commits.
    """

    def __init__(self, begin: Callable[[], AbstractContextManager[Connection]]) -> None:
        """Lend to each group of changes a connection whose changes are kept if all goes well."""
        self._begin = begin
        self._mutex = threading.Lock()
        self._waiting: list[_Waiting] = []
        self._is_led = False

    def do(self, change: Callable[[Connection], Found]) -> Found:
        """Do a change and return what it returns, or raise what it raises, once it is kept.

        It may be done more than once, and in another thread: if one of a group fails, none of it is kept, and each is
        done again by itself.
        """
        mine = _Waiting(change)
        with self._mutex:
            self._waiting.append(mine)
            leads, self._is_led = not self._is_led, True
        if not leads:
            mine.wait()
        if not mine.has_ended:
            self._lead()
        return mine.found()  # type: ignore[no-any-return]

    def _lead(self) -> None:
        """Do the changes of all who wait, then let the first of those who came meanwhile go on."""
        group: list[_Waiting] = []
        try:
            with self._begin() as connection:
                with self._mutex:
                    group, self._waiting = self._waiting, []
                for one in group:
                    one.do(connection)
        except BaseException as problem:  # noqa: BLE001  # whatever it was: nobody may wait for ever
            self._do_singly(group or self._take_all(), problem)
        else:
            for one in group:
                one.end()
        finally:
            with self._mutex:
                self._is_led = bool(self._waiting)
                if self._waiting:
                    self._waiting[0].go_first()

    def _take_all(self) -> list[_Waiting]:
        with self._mutex:
            group, self._waiting = self._waiting, []
        return group

    def _do_singly(self, group: list[_Waiting], problem: BaseException) -> None:
        """Do each change of a group that failed by itself; a group of one, or one broken off, has failed.

        Where the database does not answer, nobody tries again: each would wait as long as the group did.
        """
        if len(group) == 1 or not isinstance(problem, Exception) or isinstance(problem, Unavailable):
            for one in group:
                one.end(problem)
            return
        for one in group:
            try:
                with self._begin() as connection:
                    one.do(connection)
            except BaseException as its_own:  # noqa: BLE001  # as above
                one.end(its_own)
            else:
                one.end()
