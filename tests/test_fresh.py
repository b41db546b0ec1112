"""What a page shows is what is kept: by two servers, after a change that was not kept, to each person their own."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from app import create_app, read_settings
from forms.demonstration import PEOPLE
from meetings.desk import Answer, administrator
from meetings.store import Store
from tests.inspecting import Browser
from tests.makers import a_child, a_discussion, an_id, changed, let_in

REFERENCE = a_discussion()["ref"]
CLOSING = f"/records/{REFERENCE}/steps/closing"
CHILD = f"/records/{REFERENCE}/children/c1"


@pytest.fixture
def servers(store, sqlite_image, clock, tmp_path, hashed):
    """Two apps, each with connections of its own to one database, as two serving processes have them."""
    url = store.url
    if store.is_sqlite:  # two processes have no database in memory in common
        (tmp_path / "accord.db").write_bytes(sqlite_image)
        url = f"sqlite:///{tmp_path / 'accord.db'}"
    stores = [Store(url), Store(url)]
    for person in PEOPLE:
        stores[0].keep_account(person, hashed, demonstration=True)
    yield [create_app(read_settings({"ACCORD_INSTANCE": str(tmp_path)}), one, clock) for one in stores]
    for one in stores:
        one.close()


@pytest.fixture
def desks(servers):
    desks = [one.extensions["accord"] for one in servers]
    desks[0].import_document(json.dumps(a_discussion()).encode(), administrator())
    let_in(desks[0], REFERENCE, PEOPLE[1])
    return desks


def _signed_in(app, login):
    browser = Browser(app.test_client())
    browser.sign_in(login)
    return browser


@pytest.fixture
def two(servers, desks):
    """Two people, each at a server of their own."""
    return _signed_in(servers[0], "pclo"), _signed_in(servers[1], "manager")


def _give_reason(browser, text):
    return browser.post(CLOSING, {**browser.get(CLOSING).fields(), "review:reason": text, "do": "save"})


def test_what_is_kept_at_one_server_is_shown_by_the_other_at_once(two):
    for number in range(6):
        mine, hers = two if number % 2 else reversed(two)
        hers.get(CLOSING)
        _give_reason(mine, f"Reason {number}")
        for one in (hers, mine):
            assert one.get(CLOSING).by_id("review:reason").text.strip() == f"Reason {number}"


def test_what_is_still_needed_comes_and_goes_at_both_servers(two, desks):
    needed = [len(one.get(CHILD).soup.select(".accord-needs--block > li")) for one in two]
    assert needed == [needed[0]] * 2
    desks[0].answer(REFERENCE, "meeting", {"chair": Answer()}, administrator())
    assert all(len(one.get(CHILD).soup.select(".accord-needs--block > li")) > needed[0] for one in two)
    desks[1].answer(REFERENCE, "meeting", {"chair": Answer("t1")}, administrator())
    assert [len(one.get(CHILD).soup.select(".accord-needs--block > li")) for one in two] == needed


def test_who_follows_at_the_other_server_is_told_with_each_change(two):
    mine, hers = two
    changes, panel = f"/records/{REFERENCE}/changes", f"/records/{REFERENCE}/findings?at=closing"
    for number in range(3):
        tags = {door: hers.client.get(door).headers["ETag"] for door in (changes, panel)}
        assert [hers.client.get(door, headers={"If-None-Match": tag}).status_code for door, tag in tags.items()] == [
            304
        ] * 2
        _give_reason(mine, f"Reason {number}")
        assert [hers.client.get(door, headers={"If-None-Match": tag}).status_code for door, tag in tags.items()] == [
            200
        ] * 2


def test_two_texts_for_one_field_clash_between_two_servers(two):
    mine, hers = two
    seen = hers.get(CLOSING).fields()
    _give_reason(mine, "Mine")
    page = hers.post(CLOSING, {**seen, "review:reason": "Hers", "do": "save"})
    assert page.status == 409
    assert "wrote: ‘Mine’." in page.words
    assert mine.get(CLOSING).by_id("review:reason").text.strip() == "Mine"


class PowerCut(Exception):
    """Something that goes wrong while a record is lent."""


def _changed_but_not_kept(desk, text, clock):
    with desk.store.open(REFERENCE, administrator(), clock()) as draft:
        part = next(one for one in draft.parts.values() if one.name == "review")
        part.body = {**part.body, "reason": text}
        draft.note("meeting:review:changed", part.id, fields={"reason": [None, None]})
        raise PowerCut


def test_a_change_that_was_not_kept_is_shown_by_nobody(two, desks, clock):
    before = two[0].get(CLOSING).by_id("review:reason").text
    for desk in desks:
        with pytest.raises(PowerCut):
            _changed_but_not_kept(desk, "Never kept", clock)
        for one in two:
            assert one.get(CLOSING).by_id("review:reason").text == before
            assert "Never kept" not in one.get(f"/records/{REFERENCE}/read-back").text


def test_what_is_kept_after_a_change_that_was_not_is_shown_under_the_same_counter_and_time(two, desks, clock):
    counter = desks[0].look(REFERENCE, administrator()).counter
    with pytest.raises(PowerCut):
        _changed_but_not_kept(desks[0], "Never kept", clock)
    for one in two:
        one.get(CLOSING)
    desks[1].answer(REFERENCE, "review", {"reason": Answer("Kept")}, administrator())
    assert desks[0].look(REFERENCE, administrator()).counter == counter + 1
    for one in two:
        assert one.get(CLOSING).by_id("review:reason").text.strip() == "Kept"


def test_another_record_that_stands_beside_is_shown_as_it_is_now(two, desks):
    beside = a_discussion(id=an_id(9), ref="SD-2027-0009")
    desks[1].import_document(json.dumps(beside).encode(), administrator())
    assert [one.ref for one in desks[0].look(REFERENCE, administrator()).same_day] == ["SD-2027-0009"]
    desks[1].answer("SD-2027-0009", "meeting", {"started_at": Answer("2027-02-01T10:00:00+00:00")}, administrator())
    assert desks[0].look(REFERENCE, administrator()).same_day == []
    desks[1].answer("SD-2027-0009", "meeting", {"started_at": Answer("2027-02-03T11:00:00+00:00")}, administrator())
    (one,) = desks[0].look(REFERENCE, administrator()).same_day
    assert one.meeting.started_at.hour == 11


def test_what_one_person_does_with_a_record_in_hand_does_not_reach_the_next(desks):
    desk = desks[0]
    before = desk.look(REFERENCE, administrator())
    before.json["review"]["reason"] = "Overwritten"
    before.rows("actions").clear()
    before.kept.parts.clear()
    before.kept.signoffs.clear()
    after = desk.look(REFERENCE, administrator())
    assert after.json["review"]["reason"] != "Overwritten"
    assert (len(after.rows("actions")), len(after.kept.signoffs)) == (2, 2)


def test_a_final_record_is_shown_as_final_by_the_other_server(two, desks, clock):
    clock.set("2027-02-03T12:00:00+00:00")
    other = a_discussion(id=an_id(9), ref="SD-2027-0009", children=[a_child(links=[])])
    desks[0].import_document(json.dumps(other).encode(), administrator())
    assert all(one.look("SD-2027-0009", administrator()).is_draft for one in desks)
    desks[0].finalise("SD-2027-0009", administrator())
    assert not any(one.look("SD-2027-0009", administrator()).is_draft for one in desks)


# ── To each person their own ─────────────────────────────────────────────────────────────────────────────────────


def test_two_people_who_take_turns_at_one_server_each_see_their_own_page(servers, desks):
    people = {one.login: one.name for one in PEOPLE if one.login in {"pclo", "manager"}}
    browsers = {login: _signed_in(servers[0], login) for login in people}
    tokens = {}
    for _ in range(3):
        for login, browser in browsers.items():
            page = browser.get(CHILD)
            header = page.soup.select_one(".accord-header__person")
            assert people[login] in header.text
            secret = browser.client.get_cookie("accord").value
            tokens.setdefault(login, set()).add(secret)
            other = next(name for one, name in people.items() if one != login)
            assert other not in header.text
    assert tokens["pclo"].isdisjoint(tokens["manager"])
    forged = browsers["manager"].get(CLOSING).fields()["csrf_token"]
    sent = {**browsers["pclo"].get(CLOSING).fields(), "csrf_token": forged, "review:reason": "Forged", "do": "save"}
    browsers["pclo"].client.post(CLOSING, data=sent)
    assert "Forged" not in browsers["pclo"].get(CLOSING).text


def test_what_one_person_typed_and_what_was_said_of_it_stands_on_nobody_elses_page(servers, desks):
    mine, hers = _signed_in(servers[0], "pclo"), _signed_in(servers[0], "manager")
    seen = mine.get(CLOSING).fields()
    _give_reason(hers, "Hers")
    page = mine.post(CLOSING, {**seen, "review:reason": "Only mine", "do": "save"})
    assert page.by_id("review:reason").text.strip() == "Only mine"
    theirs = hers.get(CLOSING)
    assert "Only mine" not in theirs.text
    assert "govuk-error-message" not in str(theirs.by_id("review:reason").parent)
    assert mine.get(CLOSING).by_id("review:reason").text.strip() == "Hers"


def test_pages_asked_for_at_the_same_moment_show_each_its_own_record(servers, desks):
    names = [f"Child of record {number}" for number in range(6)]
    for number, name in enumerate(names):
        document = changed(
            a_discussion(id=an_id(20 + number), ref=f"SD-2027-{number:04}"),
            {"/children/0/name": name, "/review/reason": f"Reason of {name}"},
        )
        document["children"][0].pop("links", None)
        desks[0].import_document(json.dumps(document).encode(), administrator())
    cookie = _signed_in(servers[0], "pclo").client.get_cookie("accord").value

    def ask(number):
        client = servers[0].test_client()
        client.set_cookie("accord", cookie)
        paths = ("steps/closing", "children/c1", "steps/actions", "steps/people")
        return number % 6, [client.get(f"/records/SD-2027-{number % 6:04}/{path}").text for path in paths]

    with ThreadPoolExecutor(6) as pool:
        for number, pages in pool.map(ask, range(36)):
            for page in pages:
                assert names[number] in page
                assert not [name for name in names if name != names[number] and name in page]
            assert f"Reason of {names[number]}" in pages[0]
