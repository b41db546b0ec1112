"""What many tests start from: a clock, a store on each database, a desk, and people who sign in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from click.testing import CliRunner
from hypothesis import settings as trying

from app import commands, create_app, read_settings
from forms.demonstration import PASSWORD, PEOPLE
from meetings.desk import Desk, administrator
from meetings.people import Account
from meetings.store import Store, metadata, migrate
from tests.inspecting import Browser
from tests.servers import private_postgres
from tests.windows import at_browser, kept, reference, server, window  # noqa: F401  # fixtures of the browser tests

trying.register_profile("same", derandomize=True)
trying.load_profile("same")
"""The check tries the same cases at each run; `--hypothesis-profile=default` looks for others."""

SCENARIOS = Path(__file__).parent / "scenarios" / "strategy"


class Clock:
    """A clock that stands still until it is set: the one thing beside the outside world that tests replace."""

    def __init__(self) -> None:
        self.set("2026-11-26T12:30:00+00:00")

    def set(self, text: str) -> None:
        self.moment = datetime.fromisoformat(text)

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    with private_postgres() as address:
        yield address


def _with_people(store: Store) -> None:
    store.make_area("Test area")
    store.keep_account(administrator(), None, demonstration=False)
    for person in PEOPLE:
        store.keep_account(person, None, demonstration=True)


@pytest.fixture(scope="session")
def sqlite_image() -> bytes:
    """A migrated database in memory, made once."""
    store = Store("sqlite://")
    migrate(store)
    _with_people(store)
    image: bytes = store.engine.raw_connection().driver_connection.serialize()
    store.close()
    return image


@pytest.fixture(scope="session")
def postgres_tables(postgres_address: str) -> str:
    """The address of a migrated database of our own."""
    store = Store(postgres_address)
    migrate(store)
    store.close()
    return postgres_address


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A store with its tables and people: every test that keeps something runs on each database."""
    if request.param == "sqlite":
        store = Store("sqlite://")
        store.engine.raw_connection().driver_connection.deserialize(request.getfixturevalue("sqlite_image"))
    else:
        store = Store(request.getfixturevalue("postgres_tables"))
        with store.writing() as connection:
            tables = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
            connection.execute(sa.text(f"truncate {tables} restart identity"))
        _with_people(store)
    yield store
    store.close()


@pytest.fixture
def desk(store: Store, clock: Clock) -> Desk:
    return Desk(store, clock)


@pytest.fixture
def recorder() -> Account:
    return PEOPLE[0]


@pytest.fixture
def manager() -> Account:
    return PEOPLE[1]


@pytest.fixture
def officer() -> Account:
    return PEOPLE[2]


@pytest.fixture
def sergeant() -> Account:
    return PEOPLE[3]


@pytest.fixture
def app(store: Store, clock: Clock, tmp_path: Path, hashed: str) -> Any:
    """The whole app over a store in memory."""
    settings = read_settings({"ACCORD_INSTANCE": str(tmp_path)})
    for person in PEOPLE:
        store.keep_account(person, hashed, demonstration=True)
    app = create_app(settings, store, clock)
    app.config["TESTING"] = True
    return app


@pytest.fixture(scope="session")
def hashed() -> str:
    """The password of the demonstration people, hashed in a cheap way: hashing is slow on purpose."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@pytest.fixture
def browser(app: Any) -> Browser:
    """Somebody before the sign-in page."""
    return Browser(app.test_client())


@pytest.fixture
def at_work(browser: Browser) -> Browser:
    """The recorder, signed in."""
    browser.sign_in("pclo")
    return browser


@dataclass(frozen=True)
class Done:
    """What a command left: exit code, standard output, standard error."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def accord(tmp_path, monkeypatch):
    """Run a command in an empty folder with an instance of its own, in this process."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("ACCORD_")]:
        monkeypatch.delenv(name)

    def run(*arguments, given=None, **environ):
        settings = {"ACCORD_INSTANCE": str(tmp_path / "instance"), **environ}
        done = CliRunner().invoke(commands(), [str(one) for one in arguments], input=given, env=settings)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Done(done.exit_code, done.stdout, done.stderr)

    return run
