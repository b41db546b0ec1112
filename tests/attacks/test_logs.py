"""Attacks by whoever reads the logs: a marked text is in everything that goes wrong, and in nothing that is logged."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from app import ROOT
from forms.fault_log import LOG, use_for_own
from meetings import post as posting
from meetings.desk import Desk, administrator
from meetings.store import AREA
from meetings.store.tables import account
from tests.inspecting import Browser, Page, inspect
from tests.makers import a_discussion

MARK = "zqRobinWasSeenAtAlderWalkzq"
REFERENCE = a_discussion()["ref"]
STEP = f"/records/{REFERENCE}/steps/closing"
FIELD = "discussion:contingencies"


@pytest.fixture(autouse=True)
def logged(monkeypatch):
    """The log as it is at the start of a minute."""
    monkeypatch.setattr(LOG, "_seen", {})
    monkeypatch.setattr(LOG, "now", lambda: 1000.0)


@pytest.fixture
def draft(app, desk):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    desk.import_document(json.dumps(a_discussion()).encode(), administrator())
    return REFERENCE


class Writing:
    """The recorder, who sends the marked text from an open page."""

    def __init__(self, app):
        browser = Browser(app.test_client())
        browser.sign_in("pclo")
        self.client, self.sent = browser.client, browser.get(STEP).fields()
        self.token = self.sent["csrf_token"][0]

    def save(self, **changes):
        return self.client.post(STEP, data={**self.sent, FIELD: MARK, "do": "save", **changes})


def raising(problem):
    def deed(*_, **__):
        raise problem.with_traceback(None)  # each time anew, as a fault is

    return deed


def twice_the_same(desk):
    """Return a deed that keeps an account twice, with the marked text in its row."""

    def deed(*_, **__):
        row = {"area_id": AREA, "id": "a", "login": MARK, "name": MARK, "agency": "police", "organisation": MARK}
        row |= {"grade": MARK, "role": "officer", "demonstration": False, "email": MARK}
        with desk.store.writing() as connection:
            connection.execute(sa.insert(account), [row])
            connection.execute(sa.insert(account), [row])

    return deed


def no_such_column(desk):
    def deed(*_, **__):
        with desk.store.reading() as connection:
            connection.execute(sa.text("select nothing from account where name = :name"), {"name": MARK})

    return deed


def broken_json(_desk):
    return lambda *_, **__: json.loads(f'{{"{MARK}": {MARK}}}')


def one_from_another(_desk):
    def deed(*_, **__):
        try:
            int(MARK)
        except ValueError as problem:
            raise RuntimeError(f"It was {MARK}") from problem

    return deed


FAULTS = {
    "an error of ours": (lambda _: raising(LookupError(MARK)), "LookupError"),
    "one error from another": (one_from_another, "RuntimeError"),
    "a row that is there already": (twice_the_same, "IntegrityError"),
    "a statement of another database": (no_such_column, "sqlalchemy.exc."),
    "a text that is no JSON": (broken_json, "JSONDecodeError"),
    "a time that ran out": (lambda _: raising(TimeoutError(MARK)), "TimeoutError"),
    "a file that is gone": (lambda _: raising(FileNotFoundError(2, MARK, MARK)), "FileNotFoundError(2)"),
    "a text in no encoding": (
        lambda _: raising(UnicodeDecodeError("utf-8", MARK.encode(), 0, 1, MARK)),
        "UnicodeDecode",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_logged_by_kind_and_place_and_shown_with_its_number(app, desk, draft, monkeypatch, capsys, fault):
    writing, (make, kind) = Writing(app), FAULTS[fault]
    monkeypatch.setattr(Desk, "answer", make(desk))
    answer = writing.save()
    lines = capsys.readouterr().err
    assert answer.status_code == 500
    assert MARK not in lines
    assert kind in lines
    assert "forms.save_step" in lines
    assert "forms/keeping.py:" in lines
    number = re.search(r" ERROR ([0-9a-f]{8}) app forms.save_step A request failed. ", lines)[1]
    page = Page(answer)
    inspect(page)
    assert "What you saved before is kept. The fault was written to the log, without any of your text." in page.words
    assert (
        f"Go back and try again. If it happens again, tell whoever looks after Accord its number: {number}."
        in page.words
    )
    assert MARK in page.words  # what was typed is shown again
    assert "None of it was saved. Copy what you still need." in page.words


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)  # a server is not made to read only for one test
def test_a_database_that_does_not_answer_is_logged_without_what_it_was_asked(app, desk, draft, capsys):
    writing = Writing(app)
    with desk.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=ON")
    answer, lines = writing.save(), capsys.readouterr().err
    assert answer.status_code == 503
    assert MARK not in lines
    assert "sqlite3.OperationalError(SQLITE_READONLY)" in lines
    assert re.search(r"ERROR ([0-9a-f]{8}) app forms.save_step ", lines)[1] in answer.text


def test_a_copy_that_cannot_be_sealed_is_logged_without_what_is_in_it(app, desk, draft, clock, capsys):
    clock.set("2027-02-03T12:00:00+00:00")
    desk.finalise(REFERENCE, administrator())
    app.extensions["accord-seal"] = raising(ZeroDivisionError(MARK))
    browser = Browser(app.test_client())
    browser.sign_in("pclo")
    answer, lines = browser.client.get(f"/records/{REFERENCE}/minutes.docx?purpose={MARK}"), capsys.readouterr().err
    assert answer.status_code == 500
    assert "ZeroDivisionError" in lines
    assert MARK not in lines


def test_post_that_cannot_be_sent_is_logged_without_what_is_in_it(store, capsys, monkeypatch):
    ours = posting.Post(store, lambda: datetime.now(UTC), raising(ValueError(MARK)))
    monkeypatch.setattr(posting.Post, "send", raising(ValueError(MARK)))
    naps = iter([None])
    monkeypatch.setattr(posting.time, "sleep", lambda _: next(naps))
    use_for_own()
    with pytest.raises(StopIteration):
        ours.keep_sending()
    lines = capsys.readouterr().err
    assert "meetings.post The post could not be sent this minute; it is tried again. ValueError at " in lines
    assert MARK not in lines


def test_what_is_refused_is_not_logged_at_all(app, draft, capsys):
    writing = Writing(app)
    capsys.readouterr()
    headers = {"X-CSRFToken": writing.token, "If-Match": '"1"', "Accept": "application/json"}
    refused = [
        writing.save(csrf_token=f"forged{MARK}"),
        writing.client.post(f"/records/{MARK}/sightings", data={"csrf_token": writing.token, "sighting": MARK}),
        writing.client.get(f"/nowhere/{MARK}?q={MARK}"),
        writing.client.patch(f"/records/{REFERENCE}/parts/review", data=f"{{{MARK}", headers=headers),
        writing.client.patch(f"/records/{REFERENCE}/parts/review", json={"set": {MARK: MARK}}, headers=headers),
        writing.client.post("/sign-in", data={"csrf_token": writing.token, "login": MARK, "password": MARK}),
    ]
    assert {400, 404} <= {one.status_code for one in refused}
    assert all(400 <= one.status_code < 500 for one in refused)
    assert capsys.readouterr().err == ""


def test_the_same_fault_is_logged_once_a_minute_and_counted(app, draft, monkeypatch, capsys):
    writing = Writing(app)
    monkeypatch.setattr(Desk, "answer", raising(LookupError(MARK)))
    pages = [writing.save().text for _ in range(5)]
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    number = re.search(r"ERROR ([0-9a-f]{8})", lines[0])[1]
    assert all(number in one for one in pages)
    monkeypatch.setattr(LOG, "now", lambda: 1061.0)
    writing.save()
    again, anew = capsys.readouterr().err.splitlines()
    assert again.endswith(f"AGAIN {number} 4 more within a minute")
    assert number not in anew
    assert "LookupError" in anew


PROCESS = f"""
import logging, threading, warnings
from forms.fault_log import begin
begin()
library = logging.getLogger("library.of.others")
library.error("It could not keep {MARK}")
library.warning("It could not keep %s", "{MARK}")
try:
    int("{MARK}")
except ValueError:
    library.exception("{MARK}")
library.error("%d", "{MARK}")
warnings.warn("{MARK}")
def work():
    raise ValueError("{MARK}")
thread = threading.Thread(target=work)
thread.start()
thread.join()
class Kept:
    def __del__(self):
        raise ValueError("{MARK}")
Kept()
raise KeyError("{MARK}")
"""


def test_a_process_writes_no_text_whoever_logs_it_and_however_it_ends():
    done = subprocess.run(
        [sys.executable, "-W", "default", "-c", PROCESS], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert MARK not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    for said in ("library.of.others at <string>:", "UserWarning", "A thread ended. ValueError", "KeyError at "):
        assert said in done.stderr
    assert re.search(r"Something went wrong here; the line above says where\. Its number is [0-9a-f]{8}\.", done.stderr)


def test_every_error_of_the_database_hides_what_it_was_given(store):
    assert store.engine.hide_parameters
    with pytest.raises(sa.exc.IntegrityError) as refused, store.writing() as connection:
        row = {"area_id": AREA, "id": "a", "login": MARK, "name": MARK, "agency": "police", "organisation": ""}
        row |= {"grade": "", "role": "officer", "demonstration": False, "email": ""}
        connection.execute(sa.insert(account), [row])
        connection.execute(sa.insert(account), [row])
    assert "[SQL parameters hidden due to hide_parameters=True]" in str(refused.value)


def test_what_the_product_logs_in_words_is_a_constant():
    """Its own lines are written in words: none is made of what somebody typed."""
    logging_calls = {"debug", "info", "warning", "error", "exception", "critical", "log", "note"}
    found = 0
    for folder in ("app.py", "forms", "exports", "meetings"):
        for file in [ROOT / folder] if folder.endswith(".py") else sorted((ROOT / folder).rglob("*.py")):
            for one in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if not isinstance(one, ast.Call) or not isinstance(one.func, ast.Attribute):
                    continue
                called = ast.unparse(one.func)
                if one.func.attr in logging_calls and ("getLogger" in called or "logger" in called):
                    found += 1
                    assert isinstance(one.args[0], ast.Constant), f"{file.name}:{one.lineno}"
                    assert len(one.args) == 1, f"{file.name}:{one.lineno}"
    assert found >= 2
