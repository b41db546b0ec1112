"""The pages of a briefing: every step, approving, the officer's page, search; looked at without JavaScript."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from meetings.desk import administrator
from meetings.documents import BRIEFING
from meetings.guides import GUIDES
from meetings.issuing import Issuing
from meetings.parts import layout_of
from tests.conftest import SCENARIOS
from tests.test_briefing_scenarios import NAMES, read

STEPS = GUIDES[BRIEFING]


@pytest.fixture
def briefings(desk, clock):
    """Each example as a draft."""
    clock.set(read(NAMES[0], ".expected")["now"])
    return [
        desk.import_document(json.dumps({**read(name), "status": "draft"}).encode(), administrator())[0]
        for name in NAMES
    ]


def test_every_page_of_every_example_is_sound_and_saved_as_it_came_changes_nothing(browser, desk, briefings):
    browser.sign_in("pclo")
    at_work = browser
    for reference in briefings:
        before = desk.look(reference, administrator())
        for path in ("", "/approve", "/history", "/who-saw-it"):
            assert at_work.get(f"/records/{reference}{path}").status == 200
        for step in STEPS:
            at_work.type(f"/records/{reference}/steps/{step.key}", {})
            assert at_work.page.status == 200
        after = desk.look(reference, administrator())
        assert after.json == before.json
        assert after.counter == before.counter


def test_every_question_of_a_briefing_is_asked_on_some_step():
    layout = layout_of(BRIEFING)
    shown = {(block.part, path) for step in STEPS for block in step.blocks for path in block.paths()}
    asked = {(part, path) for part in layout.names() for path, one in layout.answers_of(part).items() if one.asked}
    only_in_a_meeting = {"presence", "attendance", "arrived_at", "left_at", "reason", "tried_at", "gave_information",
                         "can_commit", "profession"}  # fmt: skip
    missing = {(part, path) for part, path in asked - shown if part not in ("children", "professionals")}
    assert missing == set()
    assert {path for part, path in asked - shown if part == "professionals"} == only_in_a_meeting


def test_a_briefing_is_started_from_home_and_from_a_discussion(browser, desk, clock):
    at_work = browser
    clock.set(json.loads((SCENARIOS / "O1" / "expected.json").read_text())["meetings"][0]["now"])
    discussion, _ = desk.import_document((SCENARIOS / "O1" / "meeting-1.json").read_bytes(), administrator())
    at_work.sign_in("pclo")
    page = at_work.get("/")
    at_work.post("/records", {"kind": "briefing"})
    assert STEPS[0].title in at_work.page.words
    page = at_work.get(f"/records/{discussion}/briefing")
    assert "Nothing restricted is taken over unless you tick it" in page.words
    page = at_work.post(f"/records/{discussion}/briefing", {})
    assert "Rosalind" in page.words or "Achterberg" in page.words
    reference = page.response.request.path.removeprefix("/records/")
    for step in STEPS:
        assert at_work.get(f"/records/{reference}/steps/{step.key}").status == 200


@pytest.fixture
def issued(desk, clock):
    name = NAMES[0]
    clock.set(read(name, ".expected")["now"])
    reference, _ = desk.import_document(json.dumps(read(name)).encode(), administrator())
    desk.finalise(reference, administrator())
    Issuing(desk).issue(reference, administrator())
    return reference


def test_an_officer_finds_and_reads_it_in_two_taps_in_less_than_fifty_kilobytes(browser, issued):
    browser.sign_in("officer")
    page = browser.get("/find?q=arransmore")
    link = page.soup.select_one("a.found")["href"]
    response = browser.client.get(link)
    assert response.status_code == 200
    style = (Path(__file__).parent.parent / "static" / "officer.css").read_bytes()
    assert len(response.data) + len(style) < 50_000
    page = browser.get(link)
    card = [one.get_text() for one in page.soup.select("ol.card li")]
    assert card == read(NAMES[0])["officer_card"]
    assert page.soup.select_one("a.call")["href"].startswith("tel:0")
    assert "Tell the owner now" in page.words


def test_an_expired_briefing_says_so_in_capitals_and_takes_no_acknowledgement(browser, issued, clock):
    clock.set("2032-01-01T00:00:00+00:00")
    browser.sign_in("officer")
    page = browser.get(f"/briefings/{issued}")
    assert "THIS BRIEFING IS EXPIRED" in page.words
    assert page.soup.select_one("form") is None
    page = browser.post(f"/briefings/{issued}/read", {"professional": "p3", "typed_name": "PC Anneliese Dray"})
    assert page.status in (400, 422)


def test_no_page_fails_whatever_is_asked_of_a_briefing(browser, app, briefings):
    """A briefing has no chair, no decisions for a child and no extract: it says so, in words."""
    token = browser.sign_in("sergeant").soup.find("input", attrs={"name": "csrf_token"})["value"]
    asked = 0
    for rule in app.url_map.iter_rules():
        if "reference" not in rule.arguments:
            continue
        named = {"reference": briefings[0], "key": STEPS[0].key, "child": "S1"}
        with app.test_request_context():
            path = app.url_map.bind("").build(rule.endpoint, {one: named.get(one, "x") for one in rule.arguments})
        for method in rule.methods & {"GET", "POST"}:
            data = {"csrf_token": token, "as": "chair"} if method == "POST" else None
            assert browser.client.open(path, method=method, data=data).status_code < 500, (method, path)
            asked += 1
    assert asked > 25


def test_the_last_step_leads_to_reading_and_approving(browser, briefings):
    browser.sign_in("pclo")
    page = browser.type(f"/records/{briefings[0]}/steps/{STEPS[-1].key}", {}, "next")
    assert "Read and approve" in page.words
