"""Lists and logs that are long: a line for each row, fields for those that are opened, and no row is ever lost."""

from __future__ import annotations

import json

import pytest

from meetings.desk import Answer, administrator
from tests.makers import ABSENT, a_discussion, a_line, a_professional, an_action, changed, let_in


@pytest.fixture
def keep(desk):
    return lambda document: desk.import_document(json.dumps(document).encode(), administrator())[0]


PLACES = pytest.mark.parametrize(("name", "step"), [("actions", "actions"), ("information/lines", "information")])


@pytest.fixture
def a_long_list(keep):
    """A record of 25 lines of information."""
    return keep(
        changed(a_discussion(), {"/information/lines": [a_line(text=f"Line {number}") for number in range(25)]})
    )


def _lines(desk, reference):
    return [one["text"] for one in desk.look(reference, administrator()).json["information"]["lines"]]


def _with_fields(page):
    return [one["id"] for one in page.soup.select("details.accord-row") if one.select_one("[data-part]")]


def test_of_a_long_list_only_what_is_opened_comes_with_its_fields(desk, at_work, a_long_list):
    path = f"/records/{a_long_list}/steps/information"
    rows = desk.look(a_long_list, administrator()).rows("information/lines")
    page = at_work.get(path)
    assert len(page.soup.select("details.accord-row")) == 25
    assert _with_fields(page) == []
    page = at_work.get(f"{path}?open={rows[7].id}")
    assert _with_fields(page) == [f"row:{rows[7].id}"]
    assert page.by_id(f"row:{rows[7].id}").get("open") is not None


def test_a_list_of_twenty_still_comes_whole(desk, at_work, keep):
    reference = keep(changed(a_discussion(), {"/information/lines": [a_line(text=f"{one}") for one in range(20)]}))
    assert len(_with_fields(at_work.get(f"/records/{reference}/steps/information"))) == 20


def test_a_page_that_holds_one_row_of_a_long_list_changes_no_other(desk, at_work, a_long_list):
    path = f"/records/{a_long_list}/steps/information"
    rows = desk.look(a_long_list, administrator()).rows("information/lines")
    before = desk.look(a_long_list, administrator()).json
    at_work.post(path, {**at_work.get(f"{path}?open={rows[3].id}").fields(), "do": "save"})
    assert desk.look(a_long_list, administrator()).json == before

    sent = at_work.get(f"{path}?open={rows[3].id}").fields()
    page = at_work.post(path, {**sent, f"{rows[3].id}:text": "Mine", "do": "save"})
    assert _lines(desk, a_long_list) == [f"Line {one}" if one != 3 else "Mine" for one in range(25)]
    assert _with_fields(page) == [f"row:{rows[3].id}"], "what was in hand stays open"


def test_every_row_of_a_long_list_is_typed_by_opening_one_after_the_other(desk, at_work, a_long_list):
    path = f"/records/{a_long_list}/steps/information"
    page = at_work.get(path)
    for number, row in enumerate(desk.look(a_long_list, administrator()).rows("information/lines")):
        assert page.soup.find("button", attrs={"value": f"open:{row.id}"}) is not None
        page = at_work.post(path, {**page.fields(), "do": f"open:{row.id}"})
        assert page.by_id(f"row:{row.id}").get("open") is not None
        page = at_work.post(path, {**page.fields(), f"{row.id}:text": f"Typed {number}", "do": "save"})
    assert _lines(desk, a_long_list) == [f"Typed {number}" for number in range(25)]


def test_opening_a_row_keeps_what_was_typed_in_another(desk, at_work, a_long_list):
    path = f"/records/{a_long_list}/steps/information"
    rows = desk.look(a_long_list, administrator()).rows("information/lines")
    sent = at_work.get(f"{path}?open={rows[0].id}").fields()
    page = at_work.post(path, {**sent, f"{rows[0].id}:text": "Half a sentence", "do": f"open:{rows[9].id}"})
    assert _lines(desk, a_long_list)[0] == "Half a sentence"
    assert _with_fields(page) == [f"row:{rows[9].id}"]


def test_rows_of_a_long_list_are_added_moved_and_removed(desk, at_work, a_long_list):
    path = f"/records/{a_long_list}/steps/information"
    page = at_work.post(path, {**at_work.get(path).fields(), "do": "add:information/lines"})
    new = desk.look(a_long_list, administrator()).rows("information/lines")[-1]
    assert _with_fields(page) == [f"row:{new.id}"]
    page = at_work.post(path, {**page.fields(), f"{new.id}:text": "New", "do": f"up:{new.id}"})
    assert _lines(desk, a_long_list)[-2:] == ["New", "Line 24"]
    assert _with_fields(page) == [f"row:{new.id}"]
    at_work.post(path, {**page.fields(), "do": f"remove:{new.id}"})
    assert _lines(desk, a_long_list) == [f"Line {number}" for number in range(25)]


def test_a_row_that_cannot_be_read_stands_open_in_a_long_list(desk, at_work, a_long_list):
    path = f"/records/{a_long_list}/steps/information"
    row = desk.look(a_long_list, administrator()).rows("information/lines")[4]
    sent = at_work.get(f"{path}?open={row.id}").fields()
    at_work.post(path, {**sent, f"{row.id}:at": "30/2/2027 9:00", "do": "save"})
    page = at_work.get(path)
    assert _with_fields(page) == [f"row:{row.id}"]
    assert "‘30/2/2027 9:00’ is not a date and time. Use 28/2/2027 9:00." in page.words


def test_a_clash_in_a_long_list_shows_both_texts(desk, at_work, a_long_list, manager):
    let_in(desk, a_long_list, manager)
    path = f"/records/{a_long_list}/steps/information"
    row = desk.look(a_long_list, administrator()).rows("information/lines")[4]
    sent = at_work.get(f"{path}?open={row.id}").fields()
    desk.answer(a_long_list, row.id, {"text": Answer("Hers")}, manager)
    page = at_work.post(path, {**sent, f"{row.id}:text": "Mine", "do": "save"})
    assert page.status == 409
    assert "wrote: ‘Hers’." in page.words
    assert page.by_id(f"{row.id}:text").text.strip() == "Mine"


def test_a_link_of_what_is_needed_leads_to_an_open_row_of_a_long_list(desk, at_work, keep):
    actions = [an_action(number) for number in range(1, 25)]
    reference = keep(changed(a_discussion(), {"/actions": [*actions, an_action(25, owner=ABSENT)]}))
    row = desk.look(reference, administrator()).rows("actions")[24]
    page = at_work.get(f"/records/{reference}")
    link = next(one["href"] for one in page.soup.select(".accord-needs a") if row.id in one["href"])
    address, _, anchor = link.partition("#")
    assert at_work.get(address).by_id(anchor) is not None


def test_a_button_that_opens_a_row_of_another_page_opens_nothing(desk, at_work, a_long_list):
    row = desk.look(a_long_list, administrator()).rows("information/lines")[0]
    at_work.get(f"/records/{a_long_list}/steps/closing")
    page = at_work.post(f"/records/{a_long_list}/steps/closing", {"do": f"open:{row.id}"})
    assert (page.status, page.response.request.query_string) == (200, b"")


def test_a_long_list_of_people_offers_each_of_them_elsewhere(desk, at_work, keep):
    more = [a_professional(id=f"x{number}", name=f"Person {number}") for number in range(25)]
    document = a_discussion()
    reference = keep(changed(document, {"/professionals": [*document["professionals"], *more]}))
    page = at_work.get(f"/records/{reference}/children/c1")
    assert "Person 24, Team manager" in page.text


@PLACES
def test_a_post_without_the_fields_of_a_row_leaves_the_row_as_it_is(desk, at_work, keep, name, step):
    rows = {
        "actions": [an_action(one) for one in range(1, 31)],
        "information/lines": [a_line(text=f"{one}") for one in range(30)],
    }
    reference = keep(changed(a_discussion(), {f"/{name}": rows[name]}))
    path = f"/records/{reference}/steps/{step}"
    before = desk.look(reference, administrator()).json
    bare = at_work.get(path).fields()
    assert not [one for one in bare if one.partition(":")[0] in desk.look(reference, administrator()).kept.parts]
    for do in ("save", "next", f"open:{desk.look(reference, administrator()).rows(name)[29].id}"):
        at_work.post(path, {**bare, "do": do})
        at_work.post(path, {"csrf_token": bare["csrf_token"], "do": do})
    assert desk.look(reference, administrator()).json == before


def test_a_list_that_grows_long_under_an_open_page_keeps_what_is_typed_on_it(desk, at_work, keep, manager):
    reference = keep(changed(a_discussion(), {"/information/lines": [a_line(text=f"Line {one}") for one in range(20)]}))
    path = f"/records/{reference}/steps/information"
    sent = at_work.get(path).fields()
    rows = desk.look(reference, administrator()).rows("information/lines")
    let_in(desk, reference, manager)
    added = desk.add_row(reference, "information/lines", manager)
    desk.answer(reference, added.id, {"text": Answer("Hers")}, manager)
    desk.remove_row(reference, rows[2].id, manager)
    desk.add_row(reference, "information/lines", manager)
    typed = {f"{row.id}:text": f"Typed {number}" for number, row in enumerate(rows) if number != 2}
    page = at_work.post(path, {**sent, **typed, "do": "save"})
    texts = [f"Typed {number}" for number in range(20) if number != 2]
    kept = desk.look(reference, administrator()).rows("information/lines")
    assert [one.body.get("text") for one in kept] == [*texts, "Hers", None]
    assert page.status == 409, "what stood in the row that somebody removed is shown again"
    assert "Line 2" in page.words


def test_a_row_of_a_long_list_that_is_saved_live_changes_no_other_and_tells_who_follows(desk, at_work, a_long_list):
    rows = desk.look(a_long_list, administrator()).rows("information/lines")
    page = at_work.get(f"/records/{a_long_list}/steps/information")
    headers = {"X-CSRFToken": page.fields()["csrf_token"], "If-Match": f'"{rows[5].version}"'}
    changes = f"/records/{a_long_list}/changes"
    seen = at_work.client.get(changes)
    door = f"/records/{a_long_list}/parts/{rows[5].id}"
    answer = at_work.client.patch(door, json={"set": {"text": "Live"}}, headers=headers)
    assert answer.status_code == 200
    assert _lines(desk, a_long_list) == [f"Line {one}" if one != 5 else "Live" for one in range(25)]
    moved = at_work.client.get(changes, headers={"If-None-Match": seen.headers["ETag"]})
    assert moved.json["parts"][rows[5].id] == answer.json["version"]
    assert "Live" in at_work.get(f"/records/{a_long_list}/steps/information").words


# ── Long logs ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_long_history_and_a_long_log_come_a_page_at_a_time(desk, at_work, keep, monkeypatch):
    monkeypatch.setattr("forms.agreeing.LINES_ON_A_PAGE", 3)
    reference = keep(a_discussion())
    for number in range(7):
        desk.answer(reference, "review", {"reason": Answer(f"Reason {number}")}, administrator())
        desk.note_view(reference, administrator(), "record", 1)
    for door, lines in (("history", 8), ("who-saw-it", 7)):
        page, seen = at_work.get(f"/records/{reference}/{door}"), []
        while True:
            seen += [row.text for row in page.soup.select("tbody tr")]
            earlier = page.soup.find("a", string="Earlier")
            if earlier is None:
                break
            page = at_work.get(earlier["href"])
            assert page.soup.find("a", string="Newest") is not None
        assert len(seen) == lines
    assert at_work.get(f"/records/{reference}/history?before=1").status == 200
    assert at_work.get(f"/records/{reference}/history?before=99999999999999999999").status == 200
