"""Opening a database, lending connections, and bringing its tables to their newest form."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine

from meetings.store.committing import Together
from meetings.store.faults import Fault, Unavailable, as_json, watch

Found = TypeVar("Found")

SECONDS_FOR_A_LOCK = 5
"""How long a change waits for what another holds, or for a connection, before it is said that it cannot be kept."""

SECONDS_TO_WAIT = 3
"""How long somebody who only asks waits for a server that does not answer."""


class Unreachable(Exception):
    """The database cannot be asked: it is not there, or not in the form that this program knows."""


class Unusable(Exception):
    """The database is there, or is named, in a way that this program cannot work with; the sentence says what to do."""


class NoSuchMeeting(Exception):
    """A record was asked for by a reference or version that is not here."""

    def __init__(self, reference: str) -> None:
        """Carry the reference."""
        super().__init__(f"There is no record ‘{reference}’ here.")
        self.reference = reference


class Database:
    """The one door to the database."""

    def __init__(self, url: str) -> None:
        """Open the database at an SQLAlchemy address; nothing is read or made yet. Raises Unusable."""
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        in_memory = self.is_sqlite and (":memory:" in url or url == "sqlite://")
        options: dict[str, Any] = {"poolclass": sa.StaticPool} if in_memory else {}
        if self.is_sqlite:
            options["connect_args"] = {"check_same_thread": False, "timeout": SECONDS_FOR_A_LOCK}
        else:
            options["pool_timeout"] = SECONDS_FOR_A_LOCK
            if "connect_timeout=" not in url:
                options["connect_args"] = {"connect_timeout": SECONDS_FOR_A_LOCK}
        try:
            # Neither an error nor a log of the library says what was to be kept.
            self.engine: Engine = sa.create_engine(url, hide_parameters=True, json_serializer=as_json, **options)
        except (sa.exc.ArgumentError, ImportError, ValueError):
            raise Unusable(
                "ACCORD_DATABASE_URL is not an address that this program can use. "
                "Use one such as postgresql+psycopg://accord@localhost/accord."
            ) from None
        watch(self.engine)
        self._asked = self.engine
        if self.is_sqlite:
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
        else:
            sa.event.listen(self.engine, "connect", _prepare_postgres)
            sa.event.listen(self.engine, "checkin", _note_use)
            sa.event.listen(self.engine, "checkout", _try_if_idle)
            # Each statement sees what was last kept, with or without a transaction around it: without is two ways less.
            self._asked = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        # One writer at a time in this process: without it SQLite's slowest saves take a second (busy retries).
        self._writer: Any = _OneWriter() if self.is_sqlite else _NoLock()
        self._group = Together(self.writing)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Lend a connection whose changes are kept if all goes well. Raises Unavailable, NotStorable."""
        with _in_words(), self._writer, self.engine.begin() as connection:
            yield connection

    def together(self, change: Callable[[Connection], Found]) -> Found:
        """Do a change with others that wait; return what it returns once it is kept. It may be done again before that.

        For a database with one writer at a time. Where rows are locked, a group would wait as a whole for whoever
        holds one of its records.
        """
        return self._group.do(change)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a connection for reading. Raises Unavailable, NotStorable."""
        with _in_words(), self._asked.connect() as connection:
            yield connection

    def insert_or_leave(self, table: sa.Table) -> Any:
        """Return the statement that adds a row unless there is one with its key, which both databases spell alike."""
        dialect = sqlite if self.is_sqlite else postgresql
        return dialect.insert(table).on_conflict_do_nothing()

    def begin_in_this_process(self) -> None:
        """Leave a parent process its connections: two processes on one read each other's answers."""
        self.engine.dispose(close=False)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


class OnlyAsked(Database):
    """A database that is asked and nothing else: never made, never brought to another form, never written to."""

    def __init__(self, url: str) -> None:
        """Ask the database at an SQLAlchemy address; whether it is there shows when it is asked."""
        self.url = url
        self.is_sqlite = url.startswith("sqlite")

    @cached_property
    def engine(self) -> Engine:  # type: ignore[override]
        """What opens connections. Raises an error of SQLAlchemy for an address that is none."""
        if not self.is_sqlite:
            waiting = {"connect_timeout": SECONDS_TO_WAIT}
            return sa.create_engine(self.url, connect_args=waiting, poolclass=sa.NullPool, hide_parameters=True)
        file = Path(sa.make_url(self.url).database or "").absolute()
        # SQLite makes what it does not find, unless it is told to read only. It also makes a log beside a database
        # that nobody has open, unless it is told that nothing will change.
        nobody_writes = "" if file.with_name(f"{file.name}-wal").exists() else "&immutable=1"
        address = f"{file.as_uri()}?mode=ro{nobody_writes}"
        return sa.create_engine(
            "sqlite://",
            creator=partial(sqlite3.connect, address, uri=True),
            poolclass=sa.NullPool,
            hide_parameters=True,
        )

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Refuse: this one is only asked."""
        raise Unreachable("This database was opened for asking only.")
        yield  # a context manager has one, also where it is never reached

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a connection for reading. Raises Unreachable, also for tables of another form."""
        try:
            with self.engine.connect() as connection:
                yield connection
        except sa.exc.SQLAlchemyError as problem:
            raise Unreachable("The database cannot be asked.") from problem


@contextmanager
def _in_words() -> Iterator[None]:
    """Say what the matter is where the pool has no connection to lend, which is no error of a driver."""
    try:
        yield
    except sa.exc.TimeoutError as problem:
        raise Unavailable(Fault.BUSY) from problem


class _OneWriter:
    """One writer at a time, who does not wait for ever: whoever is before them may wait for another program."""

    def __init__(self) -> None:
        self._lock = threading.RLock()

    def __enter__(self) -> None:
        """Wait for the turn. Raises Unavailable."""
        if not self._lock.acquire(timeout=3 * SECONDS_FOR_A_LOCK):
            raise Unavailable(Fault.LOCKED)

    def __exit__(self, *_: object) -> None:
        """Let the next one in."""
        self._lock.release()


class _NoLock:
    """PostgreSQL locks rows itself."""

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(self, *_: object) -> None:
        """Do nothing."""


TRIED_AFTER = 10.0
"""Seconds of rest after which a connection is tried before it is used: the server may have ended it."""


def _note_use(_connection: Any, entry: Any) -> None:
    entry.info["used_at"] = time.monotonic()


def _try_if_idle(connection: Any, entry: Any, _proxy: Any) -> None:
    if time.monotonic() - entry.info.get("used_at", time.monotonic()) < TRIED_AFTER:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.rollback()
    except Exception as gone:
        raise sa.exc.DisconnectionError from gone  # the pool opens another


def _prepare_postgres(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{SECONDS_FOR_A_LOCK}s'")
    connection.commit()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # A commit that was answered must survive a power cut; NORMAL can lose it.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={SECONDS_FOR_A_LOCK}000")
    cursor.close()


MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"


def migrate(store: Database) -> None:
    """Bring the database to the newest form of its tables, if it is not there yet. Raises Unusable, Unavailable."""
    from alembic import command  # slow to import; needed once
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    known = ScriptDirectory.from_config(config)
    try:
        with store.reading() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
        if present == known.get_current_head():
            return
        if present is not None and present not in {one.revision for one in known.walk_revisions()}:
            raise Unusable(
                "The database was made by a newer version of Accord than this one. "
                "Start that version, or put a backup from before it in place."
            )
        with store.writing() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except sa.exc.SQLAlchemyError as problem:
        raise Unusable(
            "The tables of the database could not be brought to the form that this version of Accord works with. "
            "Name an empty database in ACCORD_DATABASE_URL, or put a backup in place."
        ) from problem
