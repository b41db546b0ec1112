"""A page that is sent twice is worked on once, without a script and on both databases."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import redirect

from app import create_app, read_settings
from forms import once
from forms.commands import DEMONSTRATION
from forms.demonstration import PEOPLE
from meetings.desk import Desk, administrator
from meetings.documents import BRIEFING, DISCUSSION
from meetings.guides import GUIDES
from meetings.issuing import Issuing
from meetings.people import Deed
from meetings.signing import Signing
from meetings.store import Answered, Store, migrate
from meetings.store.tables import metadata, part, posted, record
from meetings.versions import Versions
from tests.inspecting import Browser
from tests.makers import let_in, recipient_of
from tests.test_briefing_scenarios import read

ISSUED = "CLC-IIM-2031-0133"


@pytest.fixture
def final(desk, clock):
    clock.set("2026-11-18T09:00:00+00:00")
    reference = desk.import_document((DEMONSTRATION / "SD-2026-9001.json").read_bytes(), administrator())[0]
    desk.finalise(reference, administrator())
    return reference


@pytest.fixture
def issued(desk, clock, manager):
    clock.set(read(ISSUED, ".expected")["now"])
    reference, _ = desk.import_document(json.dumps(read(ISSUED)).encode(), administrator())
    desk.finalise(reference, administrator())
    Issuing(desk).issue(reference, administrator())
    return reference


def count(store, table):
    with store.reading() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()


def form_to(page, ending):
    """The form of a page that leads to an address."""
    return next(one for one in page.soup.find_all("form") if one.get("action", "").endswith(ending))


def twice(browser, path, ending, **changes):
    """Send a form of a page twice, as a double click does; return both answers."""
    page = browser.get(path)
    form = form_to(page, ending)
    sent = {**page.fields(form), **changes}
    return [browser.client.post(form["action"], data=sent) for _ in range(2)]


# ── What people make ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_discussion_that_is_started_twice_is_one(at_work, store):
    for sent, records in (({"type": "initial"}, 1), ({"type": "initial"}, 2), ({"kind": "briefing"}, 3)):
        first, second = twice(at_work, "/", "/records", **sent)
        assert first.status_code == second.status_code == 303
        assert first.location == second.location
        assert count(store, record) == records


@pytest.mark.parametrize("kind", [DISCUSSION, BRIEFING])
def test_a_row_of_any_list_that_is_added_twice_is_one(at_work, desk, recorder, kind):
    reference = desk.start(recorder, of=kind)
    added = set()
    for path in (f"/records/{reference}/steps/{step.key}" for step in GUIDES[kind]):
        for button in at_work.get(path).soup.select('button[value^="add:"]'):
            name = button["value"].removeprefix("add:")
            first, second = twice(at_work, path, path, do=button["value"])
            assert first.location == second.location
            assert len(desk.look(reference, recorder).rows(name)) == 1
            added.add(name)
    assert {"children", "adults", "actions", "professionals"} <= added


def test_a_row_that_is_added_again_with_other_words_on_the_page_is_still_one(at_work, desk, recorder):
    reference = desk.start(recorder)
    path = f"/records/{reference}/steps/adults"
    sent = {**at_work.get(path).fields(), "do": "add:adults"}
    for more in ({}, {"x:y": "z"}):
        at_work.client.post(path, data={**sent, **more})
    assert len(desk.look(reference, recorder).rows("adults")) == 1


def test_a_row_that_is_moved_twice_by_one_press_moves_one_place(at_work, desk, recorder):
    reference = desk.start(recorder)
    rows = [desk.add_row(reference, "actions", recorder).id for _ in range(3)]
    step = next(
        path
        for path in (f"/records/{reference}/steps/{key}" for key in ("actions", "open"))
        if at_work.get(path).soup.select(f'button[value="up:{rows[2]}"]')
    )
    twice(at_work, step, step, do=f"up:{rows[2]}")
    assert [one.id for one in desk.look(reference, recorder).rows("actions")] == [rows[0], rows[2], rows[1]]


def test_a_discussion_that_is_reconvened_twice_is_one(at_work, store, final):
    first, second = twice(at_work, f"/records/{final}", "/reconvene")
    assert first.location == second.location != f"/records/{final}"
    assert count(store, record) == 2


def test_a_briefing_that_is_started_twice_from_a_discussion_is_one(at_work, store, final):
    first, second = twice(at_work, f"/records/{final}/briefing", "/briefing")
    assert first.location == second.location
    assert count(store, record) == 2


def test_a_correction_that_is_opened_twice_is_one_and_no_refusal(browser, desk, final):
    browser.sign_in("manager")
    first, second = twice(browser, f"/records/{final}", "/moves/reopen", reason="A name is wrong")
    assert (first.status_code, second.status_code) == (303, 303)
    assert desk.look(final, administrator()).kept.version == 2


def test_a_link_that_is_made_twice_is_one(at_work, desk, final):
    page = at_work.get(f"/records/{final}/links")
    form = form_to(page, "/links")
    who = form.find("option", value=True, string=True)["value"]
    twice(at_work, f"/records/{final}/links", "/links", professional=who, address="ada@force.example")
    assert len(Signing(desk).invitations(final)) == 1


def test_a_challenge_that_is_raised_twice_is_one(browser, desk, final):
    browser.sign_in("pclo")
    page = browser.get(f"/records/{final}/text")
    link = next(one["href"] for one in page.soup.select("a") if "/challenge?" in one.get("href", ""))
    me = desk.look(final, administrator()).document.professionals[0].id
    twice(browser, link, "/challenge", should_say="Seven", reason="It is on my note", professional=me)
    assert len(Versions(desk).challenges(final)) == 1


def test_a_sighting_that_is_reported_twice_is_one(browser, desk, issued):
    recipient_of(desk, read(ISSUED))
    browser.sign_in("officer")
    first, second = twice(browser, f"/briefings/{issued}", "/seen", text="By the bridge", place="Teal Row")
    assert first.status_code == second.status_code == 303
    assert len(Issuing(desk).sightings(issued)) == 1


def test_a_copy_that_is_taken_twice_is_one_in_the_log_and_the_same_file(browser, desk, issued):
    let_in(desk, issued, next(one for one in PEOPLE if one.login == "sergeant"))
    browser.sign_in("sergeant")
    to = browser.get(f"/records/{issued}/copies").soup.select_one('[name="recipient"]')
    to = to.find("option", value=lambda value: bool(value))["value"] if to.name == "select" else to["value"]
    lines = len(desk.sharing(issued, administrator()))
    first, second = twice(browser, f"/records/{issued}/copies", "/copies", recipient=to, how="word", purpose="Handover")
    assert first.status_code == second.status_code == 200
    assert first.data == second.data
    assert first.headers["Content-Disposition"] == second.headers["Content-Disposition"]
    numbers = [one.detail["number"] for one in desk.sharing(issued, administrator())[lines:] if "number" in one.detail]
    assert len(numbers) == 1


# ── Every door ───────────────────────────────────────────────────────────────────────────────────────────────────

FOR_SCRIPTS = {"forms.put_back", "forms.move_part", "forms.set_aside", "forms.add_to_list"}
"""Doors that take JSON: a script sends again what had no answer, under ids of its own."""


def _forms(app):
    return [rule for rule in app.url_map.iter_rules() if "POST" in rule.methods and rule.endpoint not in FOR_SCRIPTS]


def _address(rule, reference):
    values = {"number": 1, "reference": reference}
    return rule.build({one: values.get(one, "x") for one in rule.arguments})[1]


def test_every_door_that_takes_a_form_works_once_on_what_is_sent_twice(app, browser, desk, final, manager, monkeypatch):
    let_in(desk, final, manager)
    called: list[str] = []

    def door(endpoint, deed, status):
        def view(**_):
            called.append(endpoint)
            return redirect(f"/done/{len(called)}", 303) if status == 303 else ("No.", status)

        view.deed = deed
        return view

    browser.sign_in("manager")
    token = browser.get("/").soup.find("input", attrs={"name": "csrf_token"})["value"]
    closed = []
    for rule in _forms(app):
        if rule.endpoint in once.SEES_TO_IT_ITSELF:
            closed.append(rule.endpoint)
            continue
        for status, times in ((303, 1), (422, 2)):
            deed = app.view_functions[rule.endpoint].deed
            who = Deed.SEE if "reference" in rule.arguments else None
            monkeypatch.setitem(app.view_functions, rule.endpoint, door(rule.endpoint, who, status))
            mark = once.new_mark()
            answers = [
                browser.client.post(_address(rule, final), data={"csrf_token": token, "once": mark, "a": "b"})
                for _ in range(2)
            ]
            assert called.count(rule.endpoint) == times, rule.endpoint
            assert answers[0].status_code == answers[1].status_code == status
            assert answers[0].location == answers[1].location
            if status == 303:  # another mark is another press of the button, and so are other words
                for other in ({"once": once.new_mark(), "a": "b"}, {"once": mark, "a": "c"}):
                    browser.client.post(_address(rule, final), data={"csrf_token": token, **other})
                assert called.count(rule.endpoint) == 3
            called[:] = [one for one in called if one != rule.endpoint]
            monkeypatch.undo()
            assert app.view_functions[rule.endpoint].deed is deed
    assert set(closed) == once.SEES_TO_IT_ITSELF


def test_what_one_person_was_answered_is_given_to_nobody_else(app, store):
    mark, places = once.new_mark(), []
    for login in ("pclo", "manager"):
        browser = Browser(app.test_client())
        browser.sign_in(login)
        sent = {**browser.get("/").fields(form_to(browser.get("/"), "/records")), "type": "initial", "once": mark}
        token = browser.get("/").soup.find("input", attrs={"name": "csrf_token"})["value"]
        places.append(browser.client.post("/records", data={**sent, "csrf_token": token}).location)
    assert places[0] != places[1]
    assert count(store, record) == 2


def test_what_came_to_nothing_may_be_sent_again(app, at_work, store, monkeypatch):
    def fails(*_, **__):
        raise RuntimeError("no")

    sent = {**at_work.get("/").fields(form_to(at_work.get("/"), "/records")), "type": "initial"}
    with monkeypatch.context() as broken:
        broken.setattr(Desk, "start", fails)
        with pytest.raises(RuntimeError):
            at_work.client.post("/records", data=sent)
    assert count(store, posted) == 0
    assert at_work.client.post("/records", data=sent).status_code == 303
    assert count(store, record) == 1


def test_who_sends_a_page_again_while_it_is_worked_on_is_told_so(at_work, store, clock, monkeypatch):
    monkeypatch.setattr(once, "LONGEST_WAIT", 0.1)
    monkeypatch.setattr(Store, "receive_once", lambda *_: False)
    monkeypatch.setattr(Store, "answer_kept", lambda *_: (True, None))
    page = at_work.get("/")
    answer = at_work.post("/records", {**page.fields(form_to(page, "/records")), "type": "initial"})
    assert answer.status == 409
    assert "This was sent twice" in answer.words
    assert "The first is still being worked on. Nothing was done twice." in answer.words
    assert "Open the page again in a moment, and see what became of it." in answer.words
    assert count(store, record) == 0


def test_what_nobody_works_on_any_more_is_taken_up_again_and_an_answer_is_kept_for_a_day(store, clock):
    at = clock.moment
    assert store.receive_once("a" * 64, at)
    assert not store.receive_once("a" * 64, at + timedelta(seconds=59))
    assert store.answer_kept("a" * 64) == (True, None)
    assert store.receive_once("a" * 64, at + timedelta(seconds=61))
    store.keep_answer("a" * 64, Answered(303, {"Location": "/x"}, b""))
    assert not store.receive_once("a" * 64, at + timedelta(hours=23))
    assert store.answer_kept("a" * 64) == (True, Answered(303, {"Location": "/x"}, b""))
    assert store.receive_once("b" * 64, at + timedelta(hours=25))
    assert store.answer_kept("a" * 64) == (False, None)


def test_a_record_that_was_begun_before_the_program_died_is_not_begun_again(at_work, store):
    page = at_work.get("/")
    sent = {**page.fields(form_to(page, "/records")), "type": "initial"}
    first = at_work.client.post("/records", data=sent)
    with store.writing() as connection:
        connection.execute(sa.delete(posted))
    assert at_work.client.post("/records", data=sent).location == first.location
    assert count(store, record) == 1


# ── At one time ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def shared_app(request, tmp_path, clock, hashed) -> Iterator[object]:
    """The whole app over a database that many threads reach."""
    sqlite = f"sqlite:///{tmp_path / 'accord.db'}"
    store = Store(sqlite if request.param == "sqlite" else request.getfixturevalue("postgres_tables"))
    if request.param == "sqlite":
        migrate(store)
    else:
        with store.writing() as connection:
            tables = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
            connection.execute(sa.text(f"truncate {tables} restart identity"))
    store.make_area("Test area")
    store.keep_account(administrator(), None, demonstration=False)
    for person in PEOPLE:
        store.keep_account(person, hashed, demonstration=True)
    app = create_app(read_settings({"ACCORD_INSTANCE": str(tmp_path)}), store, clock)
    app.config["TESTING"] = True
    yield app
    store.close()


def _at_one_time(deeds):
    ready, answers = threading.Barrier(len(deeds)), [None] * len(deeds)

    def do(number, deed):
        ready.wait(30)
        answers[number] = deed()

    threads = [threading.Thread(target=do, args=one) for one in enumerate(deeds)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return answers


def test_pages_that_are_sent_at_one_time_make_one_record_and_one_row(shared_app):
    store = shared_app.extensions["accord"].store
    browser = Browser(shared_app.test_client())
    browser.sign_in("pclo")
    cookie = browser.client.get_cookie("accord").value

    def sending(path, sent):
        def send():
            client = shared_app.test_client()
            client.set_cookie("accord", cookie)
            return client.post(path, data=sent).location

        return send

    for number in range(1, 4):
        page = browser.get("/")
        sent = {**page.fields(form_to(page, "/records")), "type": "initial"}
        places = _at_one_time([sending("/records", sent)] * 6)
        assert len(set(places)) == 1
        assert None not in places
        assert count(store, record) == number
    step = places[0].rpartition("/")[0] + "/adults"
    for number in range(1, 4):
        page = browser.get(step)
        places = _at_one_time([sending(step, {**page.fields(), "do": "add:adults"})] * 6)
        assert len(set(places)) == 1
        with store.reading() as connection:
            rows = sa.select(sa.func.count()).select_from(part).where(part.c.name == "adults")
            assert connection.execute(rows).scalar() == number


def test_records_of_one_mark_are_one_even_if_nobody_kept_them_apart(shared_app, monkeypatch):
    desk = shared_app.extensions["accord"]
    mine = once.new_mark()
    before = desk.begun

    def slowly(record_id):
        found = before(record_id)
        time.sleep(0.2)  # both look before either keeps
        return found

    monkeypatch.setattr(desk, "begun", slowly)
    found = _at_one_time([lambda: desk.start(PEOPLE[0], record_id=mine)] * 4)
    assert len(set(found)) == 1
    assert count(desk.store, record) == 1


def test_the_first_records_of_a_year_that_are_started_at_one_time_are_all_kept(shared_app):
    desk = shared_app.extensions["accord"]
    found = _at_one_time([lambda: desk.start(PEOPLE[0])] * 6)
    assert sorted(found) == [f"SD-2026-000{number}" for number in range(1, 7)]
