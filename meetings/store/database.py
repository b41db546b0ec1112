"""Opening a database, lending connections, and bringing its tables to their newest form."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine


class NoSuchMeeting(Exception):
    """A record was asked for by a reference or version that is not here."""

    def __init__(self, reference: str) -> None:
        """Carry the reference."""
        super().__init__(f"There is no record ‘{reference}’ here.")
        self.reference = reference


class Database:
    """The one door to the database."""

    def __init__(self, url: str) -> None:
        """Open the database at an SQLAlchemy address; nothing is read or made yet."""
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        in_memory = self.is_sqlite and (":memory:" in url or url == "sqlite://")
        options: dict[str, Any] = {"poolclass": sa.StaticPool} if in_memory else {}
        if self.is_sqlite:
            options["connect_args"] = {"check_same_thread": False, "timeout": 5}
        else:
            options["pool_pre_ping"] = True
        self.engine: Engine = sa.create_engine(url, **options)
        if self.is_sqlite:
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
        # One writer at a time in this process: without it SQLite's slowest saves take a second (busy retries).
        self._writer: Any = threading.RLock() if self.is_sqlite else _NoLock()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Lend a connection whose changes are kept if all goes well."""
        with self._writer, self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a connection for reading."""
        with self.engine.connect() as connection:
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


class _NoLock:
    """PostgreSQL locks rows itself."""

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(self, *_: object) -> None:
        """Do nothing."""


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # A commit that was answered must survive a power cut; NORMAL can lose it.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.close()


MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"


def migrate(store: Database) -> None:
    """Bring the database to the newest form of its tables, if it is not there yet."""
    from alembic import command  # slow to import; needed once
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    newest = ScriptDirectory.from_config(config).get_current_head()
    with store.reading() as connection:
        if MigrationContext.configure(connection).get_current_revision() == newest:
            return
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
