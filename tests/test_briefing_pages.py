"""The pages of a briefing: every step, approving, the officer's page, search; looked at without JavaScript."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from forms.demonstration import PEOPLE
from forms.demonstration.issued import issue_briefing
from meetings.briefing_facts import issued_as
from meetings.desk import administrator
from meetings.documents import BRIEFING
from meetings.guides import GUIDES
from meetings.history import is_unbroken
from meetings.issuing import Issuing
from meetings.parts import layout_of
from meetings.vocabulary import Agency
from tests.accounts import signed_up
from tests.conftest import SCENARIOS
from tests.makers import given_to, let_in, recipient_of
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
    recipient_of(desk, read(name))
    return let_in(desk, reference, PEOPLE[3])


@pytest.fixture
def issue(desk, clock):
    """Issue a document that stands as an example does, changed."""

    def issue(name, **changes):
        clock.set(read(name, ".expected")["now"])
        reference, _ = desk.import_document(json.dumps({**read(name), **changes}).encode(), administrator())
        desk.finalise(reference, administrator())
        Issuing(desk).issue(reference, administrator())
        recipient_of(desk, read(name))
        return reference

    return issue


STYLE = (Path(__file__).parent.parent / "static" / "officer.css").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_an_officer_finds_and_reads_it_in_two_taps_in_less_than_fifty_kilobytes(browser, issue, name):
    issue(name)
    browser.sign_in("officer")
    surname = next(one for one in read(name)["title"].split() if one.isupper() and len(one) > 4)
    page = browser.get(f"/find?q={surname.lower()}")
    link = page.soup.select_one("a.found")["href"]
    response = browser.client.get(link)
    assert response.status_code == 200
    assert len(response.data) + len(STYLE) < 50_000
    assert "script" not in response.text
    page = browser.get(link)
    card = [one.get_text() for one in page.soup.select("ol.card li")]
    assert card == read(name)["officer_card"]
    for one in read(name)["communications"]["call_first"]:
        assert page.soup.select_one(f"a.call[href='tel:{one['number'].replace(' ', '')}']") is not None
    assert "Tell the owner now" in page.words


def test_medical_calls_and_what_not_to_do_come_before_all_that_is_folded_away(browser, issue):
    browser.sign_in("pclo")  # signs in by the clock of the tests
    reference = issue("NMP-IIM-2031-0042")
    browser.sign_in("officer")
    page = browser.get(f"/briefings/{reference}")
    words = page.words
    order = [
        "HIGH · MISSING · v1",
        "9 days past due",
        "See HER, alone",
        "999",
        "I have seen them",
        "Do not tell anybody",
        "Hazards",
        "If you meet them",
        "Powers and their limits",
        "My actions",
        "Everything",
    ]
    assert [words.index(one) for one in order] == sorted(words.index(one) for one in order)
    assert page.soup.select_one("li.pressing") is not None
    assert "Not born yet: section 46 cannot be used until birth" in words
    assert "s46, Children Act 1989 – NOT NOW" in words
    assert "female officer to see mother alone" in words


def test_an_officer_sees_what_that_reader_may_have_and_nothing_else(browser, issue, desk, app):
    """Restricted lines, places and actions of other readers are not in the page at all; code and conditions are."""
    document = read("NMP-IIM-2031-0066")
    closed = {"reason": "Informant", "audiences": ["full", "social_care"], "people": ["p1"]}
    lines = [
        {"agency": "health", "kind": "fact", "text": "SECRET-LINE", "restricted": closed},
        {"agency": "police", "kind": "intelligence", "text": "MINE", "grade": "2B", "code": "C",
         "restricted": {"reason": "Tactics", "audiences": ["full", "police"]}},
    ]  # fmt: skip
    places = [{"id": "L90", "label": "SECRET-LABEL", "text": "SECRET-PLACE, Elm Vale", "restricted": closed}]
    action = {**document["actions"][0], "text": "SECRET-DEED", "restricted": closed}
    nurse = replace(PEOPLE[2], id="00000000-0000-4000-8000-00000000d0ff", login="nurse", agency=Agency.HEALTH)
    listed = given_to(document, nurse)
    reference = issue(
        "NMP-IIM-2031-0066",
        professionals=listed["professionals"],
        circulation=listed["circulation"],
        information={**document["information"], "lines": [*document["information"]["lines"], *lines]},
        places=[*document["places"], *places],
        actions=[*document["actions"], {**action, "id": document["id"][:-4] + "abcd", "ref": "X-A99"}],
        marking={**document["marking"], "code": "C", "conditions": "Ask the originator first"},
    )
    browser.sign_in("officer")
    page = browser.client.get(f"/briefings/{reference}").text
    assert "SECRET" not in page
    assert "MINE" in page
    assert "[2B, C]" in page
    assert "RESTRICTED: Tactics" in page
    assert "Ask the originator first" in page
    assert "Nothing found." in browser.get("/find?q=SECRET-PLACE").words

    desk.store.keep_account(nurse, desk.store.find_account(login="officer")[1], demonstration=True)
    browser.post("/sign-out", {})
    browser.sign_in("nurse")
    page = browser.client.get(f"/briefings/{reference}").text
    assert "SECRET" not in page
    assert "MINE" not in page
    assert "Ask the originator first" not in page, "the open version has no handling conditions"
    for words in document["communications"]["do_not_disclose"]:
        assert words not in page
    assert browser.client.get(f"/records/{reference}/minutes.docx?audience=police").status_code == 403


def test_my_actions_come_first_by_name(browser, issue):
    document = read(NAMES[0])
    people = [{**one, "name": "Tamsin  OKONJO"} if one["id"] == "p3" else one for one in document["professionals"]]
    reference = issue(NAMES[0], professionals=people)
    browser.sign_in("officer")
    page = browser.get(f"/briefings/{reference}")
    mine = [one["text"] for one in document["actions"] if one["owner"] == "p3" and one["kind"] == "task"]
    assert mine
    assert f"My actions ({len(mine)})" in page.words
    assert page.words.index(mine[0]) < page.words.index("Of others")


def test_what_was_typed_is_shown_again_when_it_is_refused(browser, issued):
    browser.sign_in("officer")
    browser.get(f"/briefings/{issued}")
    page = browser.post(f"/briefings/{issued}/read", {"professional": "p7", "content_sha256": ""})
    assert page.status in (409, 422)
    page = browser.post(f"/briefings/{issued}/seen", {"text": " ", "place": "The park"})
    assert page.status == 422
    assert page.soup.select_one("#seen.open #place")["value"] == "The park"


def test_a_sighting_waits_on_the_first_page_of_whoever_must_act_until_it_is_taken_up(browser, issued):
    browser.sign_in("officer")
    browser.get(f"/briefings/{issued}")
    page = browser.post(f"/briefings/{issued}/seen", {"text": "Kit asleep in the car", "place": "A1"})
    assert "Sighting noted at" in page.words
    browser.post("/sign-out", {})
    browser.sign_in("sergeant")
    assert "Kit asleep in the car" in browser.get("/").words
    page = browser.get(f"/records/{issued}")
    button = page.soup.find("button", attrs={"name": "sighting"})
    page = browser.post(f"/records/{issued}/sightings", {"sighting": button["value"]})
    assert "Taken up by Cormac Adeyemi" in page.words
    assert "Kit asleep in the car" not in browser.get("/").words


def test_a_character_that_no_database_keeps_is_left_out_of_what_an_officer_types(browser, desk, issued):
    browser.sign_in("sergeant")
    browser.get(f"/briefings/{issued}")
    page = browser.post(f"/briefings/{issued}/seen", {"text": "Kit\0 in the car\x1b", "place": "A1\0"})
    assert page.status == 200
    (seen,) = Issuing(desk).sightings(issued)
    assert (seen.text, seen.place) == ("Kit in the car", "A1")


def test_a_supervisor_says_for_the_shift_that_it_was_read_and_types_no_name(browser, app, desk, issued, store, hashed):
    document = desk.look(issued, administrator()).document
    group = next(one for one in document.professionals if one.kind == "group")
    supervisor = signed_up(store, document, group.id, name="Ida Brandt", password=hashed)
    browser.sign_in(supervisor.login)
    page = browser.get(f"/briefings/{issued}")
    form = page.soup.select_one("#read form")
    assert "typed_name" not in page.fields(form)
    assert f"For {group.name}, as its supervisor. It is kept with your name, Ida Brandt." in page.words
    others = [document.professional(one.to).name for one in document.circulation if one.to != group.id]
    assert all(one in page.words.partition("Not read yet by")[2] for one in others)
    page = browser.post(f"/briefings/{issued}/read", page.fields(form))
    assert page.status == 200
    assert "Read and understood by Ida Brandt at" in page.words
    assert page.soup.select_one("#read") is None
    sent = {"professional": group.id, "content_sha256": desk.look(issued, administrator()).content_sha256}
    page = browser.post(f"/briefings/{issued}/read", sent)
    assert "It was already noted as read. Nothing is changed." in page.words
    browser.sign_in("sergeant")
    page = browser.get(f"/records/{issued}")
    assert f"Read and understood: {group.name}" in page.words
    assert "By Ida Brandt, with their own account" in page.words


def test_a_recipient_who_is_rung_is_written_down_as_having_said_it_aloud(browser, desk, issued):
    browser.sign_in("sergeant")
    page = browser.get(f"/records/{issued}")
    form = page.soup.find("form", action=f"/records/{issued}/rung")
    assert "Whoever has an account here says so on the briefing itself." in page.words
    sent = {**page.fields(form), "professional": form.find("option")["value"]}
    name = desk.look(issued, administrator()).document.professional(sent["professional"]).name
    page = browser.post(f"/records/{issued}/rung", sent)
    assert f"Write who spoke for {name}." in page.words
    page = browser.post(f"/records/{issued}/rung", {**sent, "said_by": "Ada Lund, on duty"})
    assert "It is written down, with your name." in page.words
    assert f"Read and understood: {name}" in page.words
    assert "(Said by Ada Lund, on duty)" in page.words
    assert "Said aloud, recorded by Cormac Adeyemi" in page.words
    page = browser.post(f"/records/{issued}/rung", {**sent, "said_by": "Ada Lund"})
    assert "It was already noted as read. Nothing is changed." in page.words


def test_issuing_and_reporting_write_letters_that_lead_to_the_pages(browser, desk, issued, store, app):
    store.keep_account(replace(PEOPLE[3], email="adeyemi@force.example"), None, demonstration=False)
    with desk.store.open(issued, PEOPLE[3], desk.now()) as kept:
        kept.issued = replace(kept.issued or issued_as(desk.record_of(kept).document), owner_id=PEOPLE[3].id)
        kept.note("meeting:record:issued")
    app.config["ADDRESS"] = "https://accord.example"
    browser.sign_in("officer")
    browser.get(f"/briefings/{issued}")
    browser.post(f"/briefings/{issued}/seen", {"text": "Kit asleep in the car", "place": "A1"})
    (letter,) = store.letters_about(issued)
    assert (letter.address, letter.page) == ("adeyemi@force.example", f"https://accord.example/records/{issued}")


def test_an_expired_briefing_says_so_in_capitals_and_takes_no_acknowledgement(browser, issued, clock):
    clock.set("2032-01-01T00:00:00+00:00")
    browser.sign_in("officer")
    page = browser.get(f"/briefings/{issued}")
    assert "THIS BRIEFING IS EXPIRED" in page.words
    assert page.soup.select_one("form") is None
    page = browser.post(f"/briefings/{issued}/read", {"professional": "p3"})
    assert page.status in (400, 422)


def test_no_page_fails_whatever_is_asked_of_a_briefing(browser, app, briefings):
    """A briefing has no chair, no decisions for a child and no extract: it says so, in words."""
    token = browser.sign_in("sergeant").soup.find("input", attrs={"name": "csrf_token"})["value"]
    asked = 0
    for rule in app.url_map.iter_rules():
        if "reference" not in rule.arguments:
            continue
        named = {"reference": briefings[0], "key": STEPS[0].key, "child": "S1", "number": 1}
        with app.test_request_context():
            path = app.url_map.bind("").build(rule.endpoint, {one: named.get(one, "x") for one in rule.arguments})
        for method in rule.methods & {"GET", "POST"}:
            data = {"csrf_token": token, "who": "chair:t1"} if method == "POST" else None
            assert browser.client.open(path, method=method, data=data).status_code < 500, (method, path)
            asked += 1
    assert asked > 25


def test_the_last_step_leads_to_reading_and_approving(browser, briefings):
    browser.sign_in("pclo")
    page = browser.type(f"/records/{briefings[0]}/steps/{STEPS[-1].key}", {}, "next")
    assert "Read and approve" in page.words


def test_what_a_search_showed_is_in_the_log_of_each_briefing_and_what_was_searched_for_is_not(browser, issue, desk):
    references = [issue(name) for name in NAMES[:2]]
    browser.sign_in("officer")
    assert len(browser.get(f"/find?q={references[0]}").soup.select("a.found")) == 1
    browser.get("/find?q=nobody+of+this+name")
    lines = {one: desk.sharing(one, administrator()) for one in references}
    assert [(one.what, one.who) for one in lines[references[0]]] == [("search:shown", "Tamsin Okonjo")]
    assert lines[references[1]] == [], "only of what was shown"
    assert is_unbroken(desk.store.sharing_of(references[0]))
    assert references[0] not in json.dumps(lines[references[0]][0].detail)
    browser.sign_in("pclo")
    assert "Found it by a search, version 1" in browser.get(f"/records/{references[0]}/who-saw-it").words


def test_where_an_area_asks_for_the_reason_a_search_is_made_with_one(browser, issue, desk, monkeypatch):
    reference = issue(NAMES[0])
    monkeypatch.setattr(Issuing, "asks_what_for", True)
    browser.sign_in("officer")
    page = browser.get(f"/find?q={reference}")
    assert "Say what you need it for: the log of each briefing that is found keeps it." in page.words
    assert page.soup.select("a.found") == []
    assert len(browser.get(f"/find?q={reference}&purpose=Stopped+the+car").soup.select("a.found")) == 1
    assert desk.sharing(reference, administrator())[0].detail["purpose"] == "Stopped the car"


def test_a_newcomer_who_signs_in_as_the_officer_finds_a_briefing_to_read(browser, desk, clock):
    assert issue_briefing(desk).endswith(" issued")
    home = browser.sign_in("officer")
    link = home.soup.find("a", string=lambda words: words and "Read briefing" in words)
    page = browser.get(link["href"])
    assert page.status == 200
    assert "Any sign of labour, blood or a newborn: 999 first." in page.words
    assert "1 found" in browser.get("/find?q=qi00zzt").words
    assert issue_briefing(desk).endswith(" in force")
    clock.moment += timedelta(days=8)
    assert issue_briefing(desk).endswith(" issued"), "one that has run out is of no use to a newcomer"


def test_the_steps_of_a_briefing_speak_of_a_briefing_and_lead_on_to_its_approval(browser, briefings):
    browser.sign_in("pclo")
    for step in STEPS:
        page = browser.get(f"/records/{briefings[0]}/steps/{step.key}")
        assert "Not asked for this discussion" not in page.words
        for link in page.soup.select("nav.accord-steps a, section[aria-labelledby=not-asked] a"):
            assert browser.get(link["href"]).status == 200, link
    assert link.get_text() == "Read and approve →"


def test_what_is_left_of_a_time_is_told_to_the_minute(browser, briefings, clock):
    clock.moment += timedelta(seconds=17)
    browser.sign_in("pclo")
    clocks = browser.get(f"/records/{briefings[0]}").soup.select_one("section[aria-labelledby=clocks-title]")
    assert "left" in clocks.get_text()
    assert "second" not in clocks.get_text()


def test_the_page_of_approval_counts_what_is_still_needed_once(browser, desk):
    reference = Issuing(desk).start_alone(PEOPLE[0], "england-default")
    browser.sign_in("pclo")
    words = browser.get(f"/records/{reference}/approve").words
    counted = re.findall(r"(?:Still needed: |before it can be final \()(\d+)", words)
    assert len(counted) == 2
    assert len(set(counted)) == 1


def test_what_was_searched_for_stands_before_what_waits(browser, desk, issue):
    reference = issue(NAMES[0])
    issue_briefing(desk)
    browser.sign_in("officer")
    found = browser.get(f"/find?q={reference}").soup.select("a.found")
    assert [reference in one["href"] for one in found] == [True, False]
