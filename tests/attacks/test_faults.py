"""Attacks by circumstance: a disk that is full, a database that is held, gone or read only, an instance that is broken.

Nobody loses a word that was typed, everybody is told which it is, and what can still be read is still read.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from app import create_app, read_settings
from forms.demonstration import PEOPLE
from meetings.desk import administrator
from meetings.store import Fault, Store, Unavailable, database, faults, migrate
from meetings.store.committing import Together
from tests.inspecting import Browser, Page, fields_of, inspect
from tests.makers import a_discussion
from tests.servers import fresh_database

REFERENCE = a_discussion()["ref"]
STEP = f"/records/{REFERENCE}/steps/closing"
WORDS = "If she leaves the ward, ring the emergency duty team at once. " * 400
SENTENCES = {
    Fault.FULL: "The disk of the database is full.",
    Fault.LOCKED: "The database is held by another program.",
    Fault.READ_ONLY: "The database can only be read at the moment.",
    Fault.UNREACHABLE: "The database cannot be reached.",
    Fault.BUSY: "Too many are using the database at once.",
    Fault.DAMAGED: "The file of the database is damaged, or is no database.",
    Fault.UNREADABLE: "The disk of the database fails.",
}
REMEDIES = {
    Fault.FULL: "Make room on it.",
    Fault.LOCKED: "End what holds it, such as a backup.",
    Fault.READ_ONLY: "Let the program write to its file or server.",
    Fault.UNREACHABLE: "Start it, or correct ACCORD_DATABASE_URL.",
    Fault.BUSY: "Allow it more connections.",
    Fault.DAMAGED: "Put a backup in its place.",
    Fault.UNREADABLE: "Look at the disk.",
}


def test_each_fault_of_a_database_has_its_sentence_and_what_can_be_done():
    assert {one: one.sentence for one in Fault} == SENTENCES
    assert {one: one.remedy for one in Fault} == REMEDIES


# ── While it serves ──────────────────────────────────────────────────────────────────────────────────────────────


ON_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
"""PostgreSQL is asked below: it cannot be made full or read only for one connection."""


class Served:
    """The app over a store, with a draft in it and the recorder before an open page."""

    def __init__(self, store, tmp_path, clock, hashed):
        store.make_area("Test area")
        store.keep_account(administrator(), None, demonstration=False)
        for person in PEOPLE:
            store.keep_account(person, hashed, demonstration=True)
        self.store = store
        self.app = create_app(read_settings({"ACCORD_INSTANCE": str(tmp_path)}), store, clock)
        self.app.config["TESTING"] = True
        self.desk = self.app.extensions["accord"]
        self.desk.import_document(json.dumps(a_discussion()).encode(), administrator())
        browser = Browser(self.app.test_client())
        browser.sign_in("pclo")
        self.client = browser.client
        self.sent = browser.get(STEP).fields()
        self.field = "discussion:contingencies"
        self.token = self.sent["csrf_token"][0]

    def save(self, sent=None):
        """Send the page as a browser without scripts does, with words typed into it."""
        return self.client.post(STEP, data=sent or {**self.sent, self.field: WORDS, "do": "save"})

    def change_live(self):
        """Send one field as the page does while somebody types."""
        headers = {"X-CSRFToken": self.token, "If-Match": '"1"', "Accept": "application/json"}
        part, _, path = self.field.partition(":")
        return self.client.patch(f"/records/{REFERENCE}/parts/{part}", json={"set": {path: WORDS}}, headers=headers)


def is_told(answer, fault):
    """Hold that a post was answered by a page that says which fault it is, shows every word, and can be sent again."""
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "20"
    page = Page(answer)
    inspect(page)
    assert page.soup.h1.text == "This was not saved"
    for sentence in (
        SENTENCES[fault],
        "Nothing of what you sent was kept, and nothing of it is lost: it stands in this page. "
        "Leave the page open, and send it again in a minute.",
        "If it stays so, tell whoever looks after Accord what stands here, and its number: ",
        WORDS.strip(),
    ):
        assert sentence in page.words
    form = next(one for one in page.soup.find_all("form") if one.button.text == "Send it again")
    assert form["action"] == STEP
    return fields_of(form)


@pytest.fixture
def served(store, tmp_path, clock, hashed):
    return Served(store, tmp_path, clock, hashed)


def say_to(store, *pragmas):
    with store.engine.connect() as connection:
        for one in pragmas:
            connection.exec_driver_sql(f"PRAGMA {one}")


FULL = (Fault.FULL, "max_page_count=1", "max_page_count=1000000000")
READ_ONLY = (Fault.READ_ONLY, "query_only=ON", "query_only=OFF")


@ON_SQLITE
@pytest.mark.parametrize(("fault", "broken", "mended"), [FULL, READ_ONLY], ids=["full", "read only"])
def test_what_was_typed_on_a_plain_page_is_shown_again_and_sent_again(served, fault, broken, mended):
    say_to(served.store, broken)
    again = is_told(served.save(), fault)
    say_to(served.store, mended)
    assert served.save(again).status_code == 303
    page = Page(served.client.get(STEP))
    assert page.soup.find(attrs={"name": served.field}).text.strip() == WORDS.strip()


@ON_SQLITE
@pytest.mark.parametrize(("fault", "broken", "mended"), [FULL, READ_ONLY], ids=["full", "read only"])
def test_a_page_that_saves_while_somebody_types_is_told_which_and_saves_later(served, fault, broken, mended):
    say_to(served.store, broken)
    answer = served.change_live()
    assert (answer.status_code, answer.json["says"]) == (503, SENTENCES[fault])
    say_to(served.store, mended)
    assert served.change_live().status_code == 200


@ON_SQLITE
def test_everything_is_still_read_while_nothing_can_be_written(served, clock):
    say_to(served.store, "query_only=ON")
    clock.set("2026-11-26T12:50:00+00:00")  # so that the session would be noted as used again
    tab = "00000000-0000-4000-8000-000000000000"
    for path in (
        "",
        "/text",
        "/steps/closing",
        "/history",
        "/findings?at=closing",
        f"/changes?tab={tab}",
        "/read-back",
    ):
        assert served.client.get(f"/records/{REFERENCE}{path}").status_code == 200, path
    for path in ("/", "/records"):
        assert served.client.get(path).status_code == 200, path


@ON_SQLITE
def test_no_file_leaves_while_it_cannot_be_noted_that_it_left(served):
    say_to(served.store, "query_only=ON")
    answer = served.client.get(f"/records/{REFERENCE}/actions.json")
    assert answer.status_code == 503
    assert Page(answer).soup.h1.text == "This cannot be shown now"
    assert "What was saved before is kept. Try again in a minute." in Page(answer).words


@ON_SQLITE
def test_who_cannot_be_signed_in_now_is_told_so(served):
    client = served.app.test_client()
    browser = Browser(client)
    browser.get("/sign-in")
    token = browser.page.soup.find("input", attrs={"name": "csrf_token"})["value"]
    say_to(served.store, "query_only=ON")
    answer = client.post("/sign-in", data={"csrf_token": token, "login": "pclo", "password": "demonstration"})
    assert answer.status_code == 503
    assert SENTENCES[Fault.READ_ONLY] in answer.text
    assert "demonstration" not in answer.text
    assert "Your password, once more" in answer.text
    assert client.get("/").status_code == 303


def test_a_database_that_another_program_holds_says_so_in_seconds(tmp_path, clock, hashed, monkeypatch):
    monkeypatch.setattr(database, "SECONDS_FOR_A_LOCK", 1)
    store = Store(f"sqlite:///{tmp_path / 'accord.db'}")
    migrate(store)
    served = Served(store, tmp_path, clock, hashed)
    other = sqlite3.connect(tmp_path / "accord.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    again = is_told(served.save(), Fault.LOCKED)
    assert served.client.get(STEP).status_code == 200
    other.execute("ROLLBACK")
    other.close()
    assert served.save(again).status_code == 303
    store.close()


@contextmanager
def _of_its_own(postgres_address, tmp_path, clock, hashed):
    with fresh_database(postgres_address) as address:
        store = Store(address)
        migrate(store)
        yield address, Served(store, tmp_path, clock, hashed)
        store.close()


def _as_server(address, sentence):
    """Say something to the server that a database is on, from outside it."""
    url = sa.make_url(address)
    engine = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(sentence.format(name=url.database))
    engine.dispose()


@pytest.mark.postgres
def test_a_server_that_only_reads_is_read_and_says_so(postgres_address, tmp_path, clock, hashed):
    with _of_its_own(postgres_address, tmp_path, clock, hashed) as (address, served):
        _as_server(address, "alter database {name} set default_transaction_read_only = on")
        served.store.engine.dispose()
        again = is_told(served.save(), Fault.READ_ONLY)
        assert served.client.get(f"/records/{REFERENCE}").status_code == 200
        _as_server(address, "alter database {name} set default_transaction_read_only = off")
        served.store.engine.dispose()
        assert served.save(again).status_code == 303


@pytest.mark.postgres
def test_while_the_server_is_gone_words_stay_in_the_page_and_are_kept_when_it_is_back(
    postgres_address, tmp_path, clock, hashed
):
    with _of_its_own(postgres_address, tmp_path, clock, hashed) as (address, served):
        _as_server(address, "alter database {name} with allow_connections false")
        served.store.engine.dispose()
        again = is_told(served.save(), Fault.UNREACHABLE)
        live = served.change_live()
        assert (live.status_code, live.json["says"]) == (503, SENTENCES[Fault.UNREACHABLE])
        assert served.client.get("/").status_code == 503
        _as_server(address, "alter database {name} with allow_connections true")
        assert served.save(again).status_code == 303


@pytest.mark.postgres
def test_a_record_that_another_program_holds_is_not_waited_for_for_ever(
    postgres_address, tmp_path, clock, hashed, monkeypatch
):
    monkeypatch.setattr(database, "SECONDS_FOR_A_LOCK", 1)
    with _of_its_own(postgres_address, tmp_path, clock, hashed) as (address, served):
        other = sa.create_engine(address, poolclass=sa.NullPool)
        with other.begin() as connection:
            connection.exec_driver_sql("lock table part in exclusive mode")
            again = is_told(served.save(), Fault.LOCKED)
        assert served.save(again).status_code == 303
        other.dispose()


@pytest.mark.postgres
def test_without_a_connection_left_it_says_that_there_are_too_many(
    postgres_address, tmp_path, clock, hashed, monkeypatch
):
    monkeypatch.setattr(database, "SECONDS_FOR_A_LOCK", 1)
    with _of_its_own(postgres_address, tmp_path, clock, hashed) as (_, served):
        pool = served.store.engine.pool
        taken = [served.store.engine.connect() for _ in range(pool.size() + pool._max_overflow)]  # the library's name
        again = is_told(served.save(), Fault.BUSY)
        for one in taken:
            one.close()
        assert served.save(again).status_code == 303


def test_those_who_save_together_are_told_at_once_and_not_one_after_the_other():
    begun = []

    @contextmanager
    def begin():
        begun.append(1)
        yield None
        if len(begun) > 1:
            raise Unavailable(Fault.FULL)
        while len(together._waiting) < 2:  # until two more have come
            time.sleep(0.01)

    together, told = Together(begin), []

    def save():
        try:
            together.do(lambda _: None)
        except Unavailable as problem:
            told.append(problem.fault)

    savers = [threading.Thread(target=save) for _ in range(3)]
    for one in savers:
        one.start()
    for one in savers:
        one.join(30)
    assert told == [Fault.FULL, Fault.FULL]
    assert len(begun) == 2


@pytest.mark.parametrize(
    ("state", "fault"),
    [("53100", Fault.FULL), ("55P03", Fault.LOCKED), ("57P01", Fault.UNREACHABLE), ("58030", Fault.UNREADABLE)],
)
def test_what_a_server_answers_is_known_by_its_code(state, fault):
    said = type("OperationalError", (Exception,), {"sqlstate": state})("Mum was told")
    found = faults.what_happened(said)
    assert found.fault is fault
    assert "Mum" not in str(found)


# ── At the start ─────────────────────────────────────────────────────────────────────────────────────────────────


def ends_with(done, sentence):
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{sentence}\n")


COMMANDS = [("serve",), ("list",), ("export", REFERENCE), ("finalise", REFERENCE), ("demo",), ("import", "no-file")]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one[0])
def test_a_damaged_database_ends_every_command_with_a_sentence(accord, tmp_path, command):
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance" / "accord.db").write_bytes(b"This was a database once." * 400)
    sentence = "The file of the database is damaged, or is no database. Put a backup in its place."
    ends_with(accord(*command), sentence)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one[0])
def test_a_database_that_is_not_there_ends_every_command_with_a_sentence(accord, command):
    address = "postgresql+psycopg://accord:secret@127.0.0.1:9/accord"
    sentence = "The database cannot be reached. Start it, or correct ACCORD_DATABASE_URL."
    ends_with(accord(*command, ACCORD_DATABASE_URL=address), sentence)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one[0])
def test_an_instance_that_is_no_folder_ends_every_command_with_a_sentence(accord, tmp_path, command):
    (tmp_path / "instance").write_text("a file", encoding="utf-8")
    folder = tmp_path / "instance"
    sentence = f"The folder {folder} cannot be used: it is no folder. Mend that, or name another in ACCORD_INSTANCE."
    ends_with(accord(*command), sentence)


@pytest.mark.parametrize("address", ["postgresql+none://a@b/c", "postgresql+psycopg://a@b:port/c"])
def test_an_address_of_no_database_is_refused_without_the_password_in_it(accord, address):
    sentence = "ACCORD_DATABASE_URL is not an address that this program can use. "
    sentence += "Use one such as postgresql+psycopg://accord@localhost/accord."
    ends_with(accord("list", ACCORD_DATABASE_URL=address), sentence)


def test_a_newer_database_is_left_alone(accord, tmp_path):
    assert accord("list").returncode == 0
    file = tmp_path / "instance" / "accord.db"
    with sqlite3.connect(file) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    connection.close()
    sentence = "The database was made by a newer version of Accord than this one. "
    sentence += "Start that version, or put a backup from before it in place."
    ends_with(accord("list"), sentence)


def test_the_database_of_another_program_is_left_alone(accord, tmp_path):
    (tmp_path / "instance").mkdir()
    connection = sqlite3.connect(tmp_path / "instance" / "accord.db")
    connection.execute("create table record (words text)")
    connection.commit()
    connection.close()
    sentence = "The tables of the database could not be brought to the form that this version of Accord works with. "
    sentence += "Name an empty database in ACCORD_DATABASE_URL, or put a backup in place."
    ends_with(accord("list"), sentence)


@pytest.mark.parametrize(
    "kept", [b"", b"short", b"\xff\xfe" * 40, b"\x00" * 64], ids=["none", "short", "no text", "NUL"]
)
def test_a_damaged_session_key_ends_the_start_with_a_sentence(accord, tmp_path, kept):
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance" / "secret_key").write_bytes(kept)
    sentence = f"{tmp_path / 'instance' / 'secret_key'} holds no session key. "
    sentence += "Remove it: another is made at the next start, and everybody signs in anew."
    ends_with(accord("serve"), sentence)


def test_a_session_key_that_cannot_be_read_ends_the_start_with_a_sentence(accord, tmp_path):
    (tmp_path / "instance" / "secret_key").mkdir(parents=True)
    ends_with(accord("serve"), f"{tmp_path / 'instance' / 'secret_key'} cannot be read or written: Is a directory.")
