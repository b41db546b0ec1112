"""What is remembered between pages: how a field looked, an address, a record as it stands. It never shows."""

from __future__ import annotations

import json
import re

import pytest
from flask import url_for

from forms import addresses, fields
from forms.asking import PartForm, room_of
from forms.drawing import NotInFace, drawn
from meetings.desk import Answer, administrator
from meetings.documents import BRIEFING, DISCUSSION
from meetings.guides import GUIDES
from tests.conftest import SCENARIOS
from tests.makers import ABSENT, a_child, a_discussion, a_line, a_professional, an_action, an_id, changed

NASTY = "<b>&amp;'\" {{ 7*7 }} \\0 Zoë \u202eabc"
KINDS = (
    fields.Asked,
    fields.ChoiceField,
    fields.SeveralWordsField,
    fields.SeveralChosenField,
)
"""Each says for itself what its face is."""


def _pages(desk, reference):
    record = desk.look(reference, administrator())
    kind = BRIEFING if record.kind is BRIEFING else DISCUSSION
    yield from (f"/records/{reference}/steps/{step.key}" for step in GUIDES[kind])
    if kind is DISCUSSION:
        yield from (f"/records/{reference}/children/{child.id}" for child in record.document.subjects)


def _text(at_work, path):
    return re.sub(r'nonce="[^"]*"', "", at_work.client.get(path).text)


@pytest.fixture
def keep(desk):
    return lambda document: desk.import_document(json.dumps(document).encode(), administrator())[0]


def _documents():
    yield from (json.loads((SCENARIOS / one / "meeting-1.json").read_bytes()) for one in ("O1", "O2", "O5"))
    yield json.loads((SCENARIOS.parent / "briefings" / "NMP-IIM-2031-0042.json").read_bytes())
    yield changed(
        a_discussion(),
        {
            "/professionals/0/name": NASTY,
            "/children/0/name": NASTY,
            "/review/reason": NASTY * 9,
            "/outcomes/0/analysis": NASTY + "\n" + NASTY,
        },
    )


def test_every_page_drawn_from_memory_looks_as_one_drawn_anew(desk, at_work, keep, monkeypatch):
    paths = [path for document in _documents() for path in _pages(desk, keep(document))]
    for path in paths:
        at_work.client.get(path)
    remembered = {path: _text(at_work, path) for path in paths}
    for kind in KINDS:
        monkeypatch.setattr(kind, "face", None)
    for path in paths:
        assert _text(at_work, path) == remembered[path], path


def test_a_field_that_could_not_be_read_is_drawn_with_its_problem_also_after_others_without(desk, at_work, keep):
    reference = keep(a_discussion())
    path = f"/records/{reference}/steps/closing"
    at_work.get(path)
    page = at_work.type(path, {"next_at": "31/2/2027 10:00"})
    assert "‘31/2/2027 10:00’ is not a date and time. Use 28/2/2027 10:00." in page.words
    page = at_work.type(path, {"next_at": "28/2/2027 10:00"})
    assert "is not a date and time" not in page.words


def test_words_of_one_record_never_stand_on_a_page_of_another(desk, at_work, keep):
    secret = "Only of the first record"
    first = keep(changed(a_discussion(), {"/review/reason": secret, "/outcomes/0/analysis": secret}))
    second = desk.start(administrator())
    for path in _pages(desk, first):
        at_work.get(path)
    for path in _pages(desk, second):
        assert secret not in at_work.get(path).text, path


def test_people_who_are_named_alike_elsewhere_are_not_offered_here(desk, at_work, keep):
    first = keep(a_discussion())
    second = keep(a_discussion(id=an_id(9), ref="SD-2027-0009"))
    at_work.get(f"/records/{first}/children/c1")
    desk.answer(second, _row(desk, second, "professionals").id, {"name": Answer("Somebody New")}, administrator())
    page = at_work.get(f"/records/{second}/children/c1")
    assert "Somebody New, Team manager" in page.text
    assert "Ada Finch, Team manager" not in page.text
    assert "Somebody New" not in at_work.get(f"/records/{first}/children/c1").text


def _row(desk, reference, name, number=0):
    return desk.look(reference, administrator()).rows(name)[number]


def test_a_drawing_that_shows_more_than_a_face_tells_is_refused(app, desk, keep):
    record = desk.look(keep(a_discussion()), administrator())
    form = PartForm("review", record.section("review"), ["reason"], room_of(record, desk.now()))
    form["reason"].drawn.clear()
    with pytest.raises(NotInFace, match="Let `Asked.face` depend on ‘room’, or return None where it says something"):
        drawn(form, lambda field: f"<p>{field.room}</p>")


# ── Addresses ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "values",
    [
        {"reference": "SD-2027-0311", "key": "people"},
        {"reference": "SD-2027-0311/2", "key": "people", "open": "a b&c", "_anchor": "x:y/z ü"},
        {"reference": "SD-2027-0311", "key": "people", "open": ["one", "two"], "_anchor": ""},
        {"reference": "SD-2027-0311", "key": "people", "open": None},
        {"reference": "SD-2027-0311", "key": "people", "_external": True},
        {"reference": "SD-2027-0311", "key": "people", "_external": True, "_scheme": "https", "_anchor": "x"},
    ],
)
def test_a_remembered_address_is_the_one_that_flask_writes(app, values):
    for prefix in ("", "/accord"):
        with app.test_request_context("/", base_url=f"http://accord.example{prefix}/"):
            asked = {"_anchor": None, "_method": None, "_scheme": None, "_external": None, **values}
            flasks = type(app).url_for(app, "forms.step", **asked)
            assert [url_for("forms.step", **values), url_for("forms.step", **values)] == [flasks, flasks]


def test_only_so_many_addresses_are_remembered(app, monkeypatch):
    monkeypatch.setattr(addresses, "MOST", 2)
    with app.test_request_context("/"):
        for _ in range(2):
            found = [url_for("forms.record", reference=f"SD-{number}") for number in range(5)]
            assert found == [f"/records/SD-{number}" for number in range(5)]


# ── Records as they stand ────────────────────────────────────────────────────────────────────────────────────────


def test_a_record_that_was_looked_at_shows_what_was_done_since(desk, at_work, keep, clock):
    clock.set("2027-02-03T12:00:00+00:00")
    reference = keep(a_discussion())
    assert not [one for one in desk.findings(desk.look(reference, administrator())) if one.stops_finalising]
    desk.answer(reference, "review", {"reason": Answer("Another reason")}, administrator())
    desk.answer(reference, "meeting", {"chair": Answer()}, administrator())
    record = desk.look(reference, administrator())
    assert record.json["review"]["reason"] == "Another reason"
    assert [one.rule for one in desk.findings(record) if one.stops_finalising] != []
    another = keep(a_discussion(id=an_id(9), ref="SD-2027-0009", children=[a_child(links=[])]))
    assert desk.look(another, administrator()).is_draft
    desk.finalise(another, administrator())
    assert not desk.look(another, administrator()).is_draft


def test_what_one_person_does_with_a_record_in_hand_does_not_reach_the_next(desk, keep):
    reference = keep(a_discussion())
    before = desk.look(reference, administrator())
    before.kept.parts.clear()
    before.kept.signoffs.clear()
    before.kept.numbers = {"c": 99}
    before.earlier.append(before.document)
    after = desk.look(reference, administrator())
    assert len(after.parts) > 20
    assert after.kept.numbers != {"c": 99}
    assert (after.earlier, len(after.kept.signoffs)) == ([], 2)


def test_a_finding_that_hangs_on_the_clock_comes_and_goes_with_it(desk, keep, clock):
    reference = keep(a_discussion())
    fired = {}
    for moment in ("2027-02-03T12:00:00+00:00", "2027-02-03T10:20:00+00:00", "2027-02-03T12:00:00+00:00"):
        clock.set(moment)
        fired.setdefault(moment, []).append({one.rule for one in desk.findings(desk.look(reference, administrator()))})
    (now, again), (before_it_ended,) = fired.values()
    assert now == again
    assert before_it_ended != now


def test_a_record_beside_another_is_read_again_once_it_changed(desk, keep):
    first, second = a_discussion(), a_discussion(id=an_id(9), ref="SD-2027-0009")
    reference, other = keep(first), keep(second)
    assert [one.ref for one in desk.look(reference, administrator()).same_day] == [other]
    desk.answer(other, "meeting", {"started_at": Answer("2027-02-01T10:00:00+00:00")}, administrator())
    assert desk.look(reference, administrator()).same_day == []
    desk.answer(other, "meeting", {"started_at": Answer("2027-02-03T11:00:00+00:00")}, administrator())
    (beside,) = desk.look(reference, administrator()).same_day
    assert beside.meeting.started_at.hour == 11


def test_more_records_than_are_remembered_are_shown_all_the_same(desk, keep, monkeypatch):
    monkeypatch.setattr("meetings.desk.MOST_REMEMBERED", 2)
    documents = [
        a_discussion(id=an_id(10 + number), ref=f"SD-2027-{number:04}", children=[a_child(links=[])])
        for number in range(5)
    ]
    references = [keep(one) for one in documents]
    for reference in [*references, *references]:
        assert desk.look(reference, administrator()).reference == reference


# ── Long lists ───────────────────────────────────────────────────────────────────────────────────────────────────


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
