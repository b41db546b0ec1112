"""What a database cannot do, in words: what it cannot hold, and why it does not answer. No value is ever in them.

Every statement passes the two doors here on its way to the driver and back, on both databases: what one of them would
refuse, the other refuses too.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

_MOST = 2**63 - 1
_HALF = re.compile("[\ud800-\udfff]")
_ESCAPED = re.compile(r"\\u(?:0000|d[89a-f])")


class NotStorable(sa.exc.DontWrapMixin, Exception):
    """A value came that no database here can hold: NUL, half a character, or a number beyond every column."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("What was sent holds a character or a number that cannot be kept here.")


class Fault(Enum):
    """Why a database does not answer: a sentence, and what whoever looks after Accord can do."""

    FULL = "The disk of the database is full.", "Make room on it."
    LOCKED = "The database is held by another program.", "End what holds it, such as a backup."
    READ_ONLY = "The database can only be read at the moment.", "Let the program write to its file or server."
    UNREACHABLE = "The database cannot be reached.", "Start it, or correct ACCORD_DATABASE_URL."
    BUSY = "Too many are using the database at once.", "Allow it more connections."
    DAMAGED = "The file of the database is damaged, or is no database.", "Put a backup in its place."
    UNREADABLE = "The disk of the database fails.", "Look at the disk."

    @property
    def sentence(self) -> str:
        """What is the matter."""
        return self.value[0]

    @property
    def remedy(self) -> str:
        """What whoever looks after Accord can do."""
        return self.value[1]


class Unavailable(Exception):
    """The database does not do what was asked of it now; the same may work later. Nothing of the change was kept."""

    def __init__(self, fault: Fault) -> None:
        """Carry why."""
        super().__init__(fault.sentence)
        self.fault = fault


_OF_SQLITE = {
    sqlite3.SQLITE_FULL: Fault.FULL,
    sqlite3.SQLITE_BUSY: Fault.LOCKED,
    sqlite3.SQLITE_LOCKED: Fault.LOCKED,
    sqlite3.SQLITE_READONLY: Fault.READ_ONLY,
    sqlite3.SQLITE_PERM: Fault.READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: Fault.UNREACHABLE,
    sqlite3.SQLITE_CORRUPT: Fault.DAMAGED,
    sqlite3.SQLITE_NOTADB: Fault.DAMAGED,
    sqlite3.SQLITE_IOERR: Fault.UNREADABLE,
}
"""By the primary result code. Source: sqlite.org/rescode.html."""

_OF_POSTGRES = {
    "53100": Fault.FULL,
    "53200": Fault.BUSY,
    "53300": Fault.BUSY,
    "55P03": Fault.LOCKED,
    "40P01": Fault.LOCKED,
    "40001": Fault.LOCKED,
    "57014": Fault.LOCKED,
    "25006": Fault.READ_ONLY,
    "42501": Fault.READ_ONLY,
    "XX001": Fault.DAMAGED,
    "XX002": Fault.DAMAGED,
}
"""By SQLSTATE; of classes see below. Source: PostgreSQL documentation, appendix A."""

_CLASSES_OF_POSTGRES = {
    "08": Fault.UNREACHABLE,
    "28": Fault.UNREACHABLE,
    "3D": Fault.UNREACHABLE,
    "57": Fault.UNREACHABLE,
    "58": Fault.UNREADABLE,
    "53": Fault.BUSY,
}


def what_happened(problem: BaseException, *, is_gone: bool = False) -> NotStorable | Unavailable | None:
    """Return what an error of a driver means, or None for one that is no affair of the database's state."""
    if isinstance(problem, sa.exc.TimeoutError):
        return Unavailable(Fault.BUSY)
    if isinstance(problem, UnicodeEncodeError | OverflowError):
        return NotStorable()
    if isinstance(problem, sqlite3.Error):
        fault = _OF_SQLITE.get(getattr(problem, "sqlite_errorcode", 0) & 0xFF)
        return None if fault is None else Unavailable(fault)
    kinds = {one.__name__ for one in type(problem).__mro__}
    state = getattr(problem, "sqlstate", None)
    if "DataError" in kinds:
        return NotStorable()
    if state is not None:
        found = _OF_POSTGRES.get(state) or _CLASSES_OF_POSTGRES.get(state[:2])
        return None if found is None else Unavailable(found)
    # Without a state it is the driver that speaks: there was nobody to answer.
    return Unavailable(Fault.UNREACHABLE) if is_gone or "OperationalError" in kinds else None


def refuse_unstorable(values: Any) -> None:
    """Look at what a statement takes to the database. Raises NotStorable."""
    for one in values.values() if isinstance(values, Mapping) else values:
        kind = type(one)
        if kind is str:
            if "\x00" in one:
                raise NotStorable
        elif kind is int:
            if not -_MOST <= one <= _MOST:
                raise NotStorable
        elif kind in (dict, list, tuple):
            refuse_unstorable(one)


def as_json(value: Any) -> str:
    """Return a value as a column of JSON holds it. Raises NotStorable.

    >>> as_json({"a": "b"})
    '{"a": "b"}'
    """
    text = json.dumps(value)
    # The sign of an escape may stand in a text that somebody typed: only then each text is looked at.
    if _ESCAPED.search(text) and any("\x00" in one or _HALF.search(one) for one in _texts(value)):
        raise NotStorable
    return text


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from (*_texts(name), *_texts(one))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def watch(engine: Engine) -> None:
    """Let an engine refuse what cannot be kept, and say what the matter is where it does not answer."""
    sa.event.listen(engine, "before_cursor_execute", _look_at_values)
    sa.event.listen(engine, "handle_error", _say)


def _look_at_values(_connection: Any, _cursor: Any, _statement: str, values: Any, _context: Any, _many: bool) -> None:
    if values:
        refuse_unstorable(values)


def _say(context: Any) -> None:
    known = what_happened(context.original_exception, is_gone=context.is_disconnect)
    if known is not None:
        raise known from context.original_exception
