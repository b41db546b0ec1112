"""Attacks by people with an account who need nothing of a record: each of them got to it before."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace

import pytest

from forms.demonstration import PEOPLE
from forms.demonstration.issued import issue_briefing
from meetings.desk import Answer, administrator
from meetings.people import Role
from meetings.versions import Versions
from tests.inspecting import Browser
from tests.makers import a_discussion

REFERENCE = a_discussion()["ref"]
EARLIER = "SD-2027-0299"
SECRET = "Ring the refuge at Alder Walk"
TAMSIN = PEOPLE[2]


def _signed_in(app, login):
    browser = Browser(app.test_client())
    browser.sign_in(login)
    return browser


def _account(app, hashed, number, **changes):
    """Somebody else with an account, like the officer of the demonstration but for what is said."""
    who = {"id": f"00000000-0000-4000-8000-0000000000{number}", "login": f"somebody{number}"}
    person = replace(TAMSIN, **{**who, **changes})
    app.extensions["accord"].store.keep_account(person, hashed, demonstration=True)
    return person


@pytest.fixture
def final(desk, clock):
    """A final discussion of which none of the people here but the team's recorder knows."""
    clock.set("2027-02-03T12:00:00+00:00")
    desk.import_document(json.dumps(a_discussion()).encode(), administrator())
    desk.finalise(REFERENCE, administrator())
    return REFERENCE


@pytest.fixture
def elsewhere(app, hashed):
    """A recorder of another force."""
    words = {"organisation": "Eastmere Police", "role": Role.RECORDER, "name": "Rhona Quill"}
    return _account(app, hashed, 41, **words)


@pytest.mark.parametrize("login", ["officer", "manager", "sergeant"])
@pytest.mark.parametrize("file", ["minutes.docx", "actions.json", "actions.json.jws", "record.json"])
def test_no_officer_and_no_reviewer_takes_a_file_of_a_discussion_of_others(app, final, login, file):
    browser = _signed_in(app, login)
    # The whole record is nothing for an officer, whichever record it is: that is said before any is looked for.
    refused = 403 if (login, file) == ("officer", "record.json") else 404
    for reference in (final, "SD-1999-0001"):
        assert browser.client.get(f"/records/{reference}/{file}").status_code == refused


def test_no_officer_reads_on_the_first_page_whom_discussions_of_others_are_about(app, final):
    browser = _signed_in(app, "officer")
    for page in ("/", "/records"):
        assert "Robin Marsh" not in browser.get(page).text
        assert final not in browser.page.text


def test_no_reviewer_watches_or_changes_a_draft_of_others(app, desk, clock):
    clock.set("2027-02-03T12:00:00+00:00")
    desk.import_document(json.dumps(a_discussion()).encode(), administrator())
    browser = _signed_in(app, "manager")
    token = browser.get("/").soup.find("input", attrs={"name": "csrf_token"})["value"]
    headers = {"X-CSRFToken": token, "Accept": "application/json"}
    for path in (
        "",
        "/changes",
        "/findings?at=closing",
        "/steps/closing",
        "/text",
        "/history",
        "/who-saw-it",
        "/files",
    ):
        assert browser.client.get(f"/records/{REFERENCE}{path}", headers=headers).status_code == 404, path
    change = {"set": {"reason": "Not needed"}, "was": {}}
    sent = browser.client.patch(f"/records/{REFERENCE}/parts/review", json=change, headers=headers)
    assert sent.status_code == 404
    assert desk.look(REFERENCE, administrator()).document.review.reason == "After medical and interview"


def test_a_reference_that_is_withheld_and_one_that_is_not_here_answer_alike(app, final):
    browser = _signed_in(app, "manager")
    for path in (
        "",
        "/text",
        "/minutes.docx",
        "/answer",
        "/steps/closing",
        "/challenge",
        "/links",
        "/files/" + "0" * 64,
    ):
        pages = []
        for reference in (final, "SD-2027-0312"):
            answer = browser.client.get(f"/records/{reference}{path}")
            pages.append((answer.status_code, answer.text.replace(reference, "…")))
        tokens = [(status, re.sub(r'(nonce|value)="[^"]*"', "", text)) for status, text in pages]
        assert tokens[0] == tokens[1], path
        assert pages[0][0] == 404


def test_nobody_learns_from_a_hash_which_record_of_others_a_file_was_of(app, final):
    taken = _signed_in(app, "pclo").client.get(f"/records/{final}/minutes.docx").data
    browser = _signed_in(app, "manager")
    found = browser.get(f"/register?sha256={hashlib.sha256(taken).hexdigest()}")
    assert final not in found.text.replace("sha256", "")


def test_no_officer_of_another_force_finds_or_reads_a_briefing_that_goes_to_this_one(app, desk, hashed):
    reference = issue_briefing(desk).split()[0]
    _account(app, hashed, 42, organisation="Eastmere Police", name="Odd Rook")
    browser = _signed_in(app, "somebody42")
    assert reference not in browser.get(f"/find?q={reference}").text.replace(f'value="{reference}"', "")
    assert browser.client.get(f"/briefings/{reference}").status_code == 404


def test_a_recorder_of_another_team_sees_nothing_of_this_one(app, final, elsewhere):
    browser = _signed_in(app, elsewhere.login)
    assert final not in browser.get("/").text
    assert browser.client.get(f"/records/{final}").status_code == 404
    assert browser.client.get(f"/records/{final}/minutes.docx").status_code == 404


def test_a_reference_typed_as_the_earlier_discussion_brings_no_words_of_another_team(app, desk, final, elsewhere):
    reference = desk.start(elsewhere)
    desk.answer(reference, "previous", {"ref": Answer(final)}, elsewhere)
    ref = a_discussion()["actions"][0]["ref"]
    desk.add_row(reference, "earlier_actions", elsewhere, {"ref": ref, "status": "done"})
    assert desk.look(reference, elsewhere).earlier == []


def test_nobody_is_told_of_another_record_of_the_child_on_the_same_day(app, desk, final, elsewhere):
    reference = desk.start(elsewhere)
    child = desk.add_row(reference, "children", elsewhere)
    links = [{"kind": "la_child_id", "value": "WXM0012345"}]
    answers = {"name": Answer("Robin Marsh"), "subject": Answer(value=True), "links": Answer(links)}
    desk.answer(reference, child.id, answers, elsewhere)
    desk.answer(reference, "meeting", {"started_at": Answer("2027-02-03T10:00:00+00:00")}, elsewhere)
    assert desk.store.read(reference).shares_a_day
    browser = _signed_in(app, elsewhere.login)
    assert final not in browser.get(f"/records/{reference}").text


def test_a_person_of_the_same_name_in_another_agency_is_somebody_else(app, final, hashed):
    _account(app, hashed, 43, name="Dr Mina Sorrel", organisation="Wexmere General")
    browser = _signed_in(app, "somebody43")
    assert browser.client.get(f"/records/{final}/minutes.docx").status_code == 404


def test_an_action_for_somebody_in_a_correction_gives_nothing_before_it_is_final(app, desk, final, hashed):
    person = _account(app, hashed, 44, name="Ines Vale")
    Versions(desk).reopen(final, "The owner was wrong.", administrator())
    row = desk.add_row(final, "professionals", administrator(), {"name": person.name, "agency": "police"})
    action = next(one for one in desk.look(final, administrator()).rows("actions"))
    desk.answer(final, action.id, {"owner": Answer(row.body["id"])}, administrator())
    browser = _signed_in(app, "somebody44")
    assert browser.client.get(f"/records/{final}/minutes.docx").status_code == 404
