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
from click.testing import CliRunner

from app import commands, create_app, read_settings
from forms.demonstration import PASSWORD, PEOPLE
from meetings.desk import Desk, administrator
from meetings.passwords import hash_password
from meetings.people import Account
from meetings.store import Store, metadata, migrate
from tests.inspecting import Browser
from tests.servers import private_postgres

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


def _fresh(store: Store) -> Store:
    migrate(store)
    store.make_area("Test area")
    store.keep_account(administrator(), None, demonstration=False)
    for person in PEOPLE:
        store.keep_account(person, None, demonstration=True)
    return store


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A store with its tables and people: every test that keeps something runs on each database."""
    address = "sqlite://" if request.param == "sqlite" else request.getfixturevalue("postgres_address")
    store = Store(address)
    if request.param == "postgres":
        with store.writing() as connection:
            metadata.drop_all(connection)
            connection.execute(sa.text("drop table if exists alembic_version"))
    yield _fresh(store)
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
    """The password of the demonstration people, hashed once: hashing is slow on purpose."""
    return hash_password(PASSWORD)


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
