"""What is logged of a fault: its kind, its place, the page and a number. Never a text, a value or an address.

A message of an error may hold what somebody typed, and so may the arguments of a log line and the source of a
traceback's frames. None of them is written, whoever logs them: of a library, not even its words.
"""

from __future__ import annotations

import logging
import secrets
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).parent.parent
OWN = ("app", "forms", "exports", "meetings")
"""Whose log lines are written in words: each is a constant, which a test holds."""

A_MINUTE = 60.0
MOST_PLACES = 12
MOST_CAUSES = 6


def describe(problem: BaseException | None) -> str:
    """Return the kinds and places of an error and of those it came from.

    >>> try:
    ...     int("a child's name")
    ... except ValueError as problem:
    ...     "child" in describe(problem), describe(problem).partition(" ")[0]
    (False, 'ValueError')
    """
    return "; from ".join(f"{_kind(one)} at {_places(one.__traceback__)}" for one in _causes(problem))


def _causes(problem: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while problem is not None and id(problem) not in seen and len(seen) < MOST_CAUSES:
        seen.add(id(problem))
        yield problem
        problem = problem.__cause__ or (None if problem.__suppress_context__ else problem.__context__)


def _kind(problem: BaseException) -> str:
    kind = type(problem)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    codes = (getattr(problem, one, None) for one in ("sqlstate", "sqlite_errorname", "errno"))
    code = next((str(one) for one in codes if isinstance(one, int) or (isinstance(one, str) and one.isascii())), "")
    return f"{name}({code})" if code and code.replace("_", "").isalnum() else name


def _places(found: TracebackType | None) -> str:
    places = []
    while found is not None:
        file, is_last = found.tb_frame.f_code.co_filename, found.tb_next is None
        if is_last or (Path(file).is_relative_to(ROOT) and "site-packages" not in file):
            places.append(_place(file, found.tb_lineno))
        found = found.tb_next
    return " > ".join(places[-MOST_PLACES:]) or "no place"


def _place(file: str, line: int) -> str:
    """Return where something is, without the folders that say on whose machine."""
    path = Path(file)
    _, library, below = file.replace("\\", "/").rpartition("site-packages/")
    if library:
        return f"{below}:{line}"
    return f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name}:{line}"


class FaultLog(logging.Handler):
    """Writes each fault in one line to standard error; one that comes again within a minute is counted.

    It puts on each record, as `incident`, the number under which the fault stands in the log in this minute.
    """

    def __init__(self) -> None:
        """Write what is a warning or worse."""
        super().__init__(logging.WARNING)
        self.now = time.monotonic
        self._seen: dict[tuple[str, ...], _Seen] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, or count it."""
        key = _key(record)
        seen, now = self._seen.get(key), self.now()
        if seen is not None and now < seen.until:
            seen.more += 1
            record.incident = seen.number
            if seen.more == 1:
                timer = threading.Timer(seen.until - now, self.flush_old)
                timer.daemon = True
                timer.start()
            return
        self.flush_old()
        seen = self._seen[key] = _Seen(secrets.token_hex(4), now + A_MINUTE)
        record.incident = seen.number
        _write(" ".join((record.levelname, seen.number, *(one for one in key if one))))

    def flush_old(self, *, everything: bool = False) -> None:
        """Write how often the faults of a minute that is over came again."""
        with self.lock:  # type: ignore[union-attr]  # a handler has one
            now = self.now()
            for key, seen in list(self._seen.items()):
                if everything or now >= seen.until:
                    del self._seen[key]
                    if seen.more:
                        _write(f"AGAIN {seen.number} {seen.more} more within a minute")

    def close(self) -> None:
        """Write every count that is left."""
        self.flush_old(everything=True)
        super().close()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # the library's name
        """Write nothing: the library would write the record itself."""


class _Seen:
    """A fault in this minute: its number, until when it is counted, and how often it came again."""

    def __init__(self, number: str, until: float) -> None:
        self.number, self.until, self.more = number, until, 0


def _key(record: logging.LogRecord) -> tuple[str, ...]:
    """Return all that is written of a record besides its number."""
    is_own = record.name.partition(".")[0] in OWN
    words = str(record.msg) if is_own else f"at {_place(record.pathname, record.lineno)}"
    exc_info = record.exc_info if isinstance(record.exc_info, tuple) else (None, None, None)
    return (record.name, str(getattr(record, "endpoint", "") or ""), words, describe(exc_info[1]))


def _write(line: str) -> None:
    try:
        sys.stderr.write(f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')} {line}\n")
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):  # nobody reads it any more
        return


LOG = FaultLog()
"""The one of this process."""


def note(logger: logging.Logger, words: str, problem: BaseException, endpoint: str | None = None) -> str:
    """Log an error, and return the number under which it stands in the log."""
    exc_info = (type(problem), problem, problem.__traceback__)
    place = (__file__, 0)
    record = logger.makeRecord(logger.name, logging.ERROR, *place, words, (), exc_info, extra={"endpoint": endpoint})
    logger.handle(record)
    return str(getattr(record, "incident", ""))


def use_for_own() -> None:
    """Let what this product logs be written here and nowhere else, whatever serves it."""
    for name in OWN:
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [LOG], False


def begin() -> None:
    """Let everything that is logged in this process, and every error that nobody took up, be written here."""
    root = logging.getLogger()
    root.handlers = [LOG]
    logging.raiseExceptions = False
    warnings.showwarning = _warn
    sys.excepthook = _end
    threading.excepthook = lambda told: _note_lost("A thread ended.", told.exc_value)
    sys.unraisablehook = lambda told: _note_lost("Something could not be tidied up.", told.exc_value)


def _note_lost(words: str, problem: BaseException | None) -> str:
    return "" if problem is None else note(logging.getLogger("app"), words, problem)


def _end(kind: type[BaseException], problem: BaseException, _place_of_it: Any) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    number = _note_lost("A command ended.", problem)
    sys.stderr.write(f"Something went wrong here; the line above says where. Its number is {number}.\n")


def _warn(_message: Any, category: type[Warning], file: str, line: int, *_: Any) -> None:
    record = logging.LogRecord(category.__name__, logging.WARNING, file, line, "", (), None)
    LOG.handle(record)
