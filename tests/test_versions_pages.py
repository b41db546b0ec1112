"""Pages of the versions of a record: text, challenge, correction, comparison, withdrawing; and their copies."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest

from exports.word import read_text
from meetings.desk import administrator
from meetings.issuing import Issuing
from tests.conftest import SCENARIOS
from tests.makers import NOW, a_discussion, given_to, let_in
from tests.test_briefing_scenarios import read
from tests.test_signing import _confirm


@pytest.fixture
def desk(app, clock):
    clock.moment = NOW
    return app.extensions["accord"]


@pytest.fixture
def final(desk, officer):
    reference, _ = desk.import_document(json.dumps(given_to(a_discussion(), officer)).encode(), administrator())
    desk.finalise(reference, administrator())
    return reference


@pytest.fixture
def at_work(browser, desk):
    browser.sign_in("pclo")
    return browser


def _form(page, ending):
    return page.soup.find("form", action=re.compile(f"{ending}$"))


def _move(browser, reference, name, reason="Wrong end"):
    page = browser.get(f"/records/{reference}")
    sent = {**page.fields(_form(page, f"/moves/{name}")), "reason": reason}
    return browser.post(f"/records/{reference}/moves/{name}", sent)


def _second_version(browser, desk, final):
    _move(browser, final, "reopen")
    browser.type(f"/records/{final}/steps/open", {"ended_at": "3/2/2027 10:45"})
    _confirm(desk, final, administrator())
    browser.get(f"/records/{final}")
    return browser.post(f"/records/{final}/finalise", {})


def _headers(package):
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        return opened.read("word/header1.xml").decode()


def test_the_text_of_every_example_is_a_page_in_words(at_work, desk):
    for scenario in ("O1", "O2", "O3", "O5", "O7"):
        raw = (SCENARIOS / scenario / "meeting-1.json").read_bytes()
        reference, _ = desk.import_document(raw, administrator())
        page = at_work.get(f"/records/{reference}/text")
        assert page.status == 200
        for line in json.loads(raw)["information"]["lines"]:
            assert " ".join(line.get("text", "").split()) in page.words


def test_a_correction_is_opened_with_a_reason_and_the_earlier_version_stays_readable(at_work, desk, final):
    page = at_work.get(f"/records/{final}")
    assert "This record is final." in page.words
    page = _move(at_work, final, "reopen", " ")
    assert page.status == 422
    assert "Say what is corrected, and why." in page.words
    page = _second_version(at_work, desk, final)
    assert page.status == 200
    assert "version 2" in page.words

    old = at_work.get(f"/records/{final}?version=1")
    assert "Version 1 is superseded by version 2 of 3 February 2027, 12:00: Wrong end" in old.words
    assert _form(old, "/moves/reopen") is None
    assert _form(old, "/reconvene") is None
    for path in ("text", "compare"):
        assert at_work.get(f"/records/{final}/{path}?version=1&from=1&to=2").status == 200
    assert "superseded by version 2" in at_work.get(f"/records/{final}/text?version=1").words

    links = [one["href"] for one in old.soup.select("a[href*=minutes]")]
    assert links
    assert all("version=1" in one for one in links)
    sha = desk.look(final, administrator()).content_sha256
    first = at_work.client.get(f"/records/{final}/minutes.docx?version=1").data
    assert f"SUPERSEDED by version 2, text {sha[:12]}" in _headers(first)
    assert "10:00 to 10:40" in read_text(first)
    second = at_work.client.get(f"/records/{final}/minutes.docx").data
    assert "SUPERSEDED" not in _headers(second)
    assert "10:00 to 10:45" in read_text(second)
    assert at_work.client.get(f"/records/{final}/record.json?version=1").json["version"] == 1
    assert at_work.client.get(f"/records/{final}/record.json").json["supersedes"]["text"] == "Wrong end"
    for odd in ("7", "0", "-1", "x", "9" * 40):
        for page in ("", "/text", "/minutes.docx", "/record.json"):
            assert at_work.client.get(f"/records/{final}{page}?version={odd}").status_code < 500


def test_while_a_correction_is_written_the_version_before_it_stands_and_both_pages_say_so(at_work, desk, final):
    page = _move(at_work, final, "reopen")
    assert "Version 2 corrects version 1: Wrong end Version 1 stands until this one is final." in page.words
    old = at_work.get(f"/records/{final}?version=1")
    assert "This is version 1, which is in force. Version 2, a correction of it, is not in force yet." in old.words
    assert old.soup.select_one("ul.govuk-task-list") is None
    assert "SUPERSEDED" not in _headers(at_work.client.get(f"/records/{final}/minutes.docx?version=1").data)
    assert "DRAFT" in _headers(at_work.client.get(f"/records/{final}/minutes.docx").data)
    assert "corrects version 1, which stands" in at_work.get("/").words

    page = _move(at_work, final, "drop", "It was right")
    assert "This record is final." in page.words
    assert "version 1" in page.words


def test_an_officer_keeps_the_copy_in_force_while_a_correction_is_written(app, browser, desk, final):
    browser.sign_in("pclo")
    _move(browser, final, "reopen")
    browser.sign_in("officer")
    page = browser.get("/")
    link = page.soup.find("a", href=re.compile("minutes"))["href"]
    assert "version=1" in link
    for address in (link, f"/records/{final}/minutes.docx?audience=police"):
        assert "DRAFT" not in _headers(browser.client.get(address).data), address


def test_a_line_is_said_to_be_wrong_answered_and_put_right_in_the_next_version(at_work, desk, final):
    page = at_work.get(f"/records/{final}/text")
    assert "The last day to do so is Wednesday 17 February 2027; what is said later is answered too." in page.words
    link = next(one for one in page.soup.select(".accord-wrong a") if "brought: Dr Mina Sorrel" in one.text)
    page = at_work.get(link["href"])
    assert "The bruise fits a grip, not a fall." in page.words
    form = _form(page, "/challenge")
    sent = {**page.fields(form), "path": "text", "should_say": "", "reason": "She <b>rang</b>", "professional": "t3"}
    page = at_work.post(f"/records/{final}/challenge", sent)
    assert page.status == 422
    assert "Write what the line should say." in page.words
    assert page.by_id("reason").text.strip() == "She <b>rang</b>"
    page = at_work.post(f"/records/{final}/challenge", {**sent, "should_say": "It may fit a fall."})
    assert "Noted. It is answered here, with a reason." in page.words
    assert "Should say It may fit a fall." in page.words
    assert "Dr Mina Sorrel, Health" in page.words

    form = _form(page, "/challenges/1")
    page = at_work.post(form["action"], {**page.fields(form), "reason": "She is right"})
    assert page.status == 422
    assert "Choose whether the challenge is accepted or declined." in page.words
    form = _form(page, "/challenges/1")
    assert "She is right" in form.text
    page = at_work.post(form["action"], {**page.fields(form), "answer": "accept"})
    assert "Wendell Ashgrove, for the chair Ada Finch" in page.words
    page = at_work.post(f"/records/{final}/challenges/1", {"answer": "decline", "reason": "No"})
    assert "This challenge was accepted already" in page.words

    at_work.get(f"/records/{final}")
    page = at_work.post(f"/records/{final}/moves/correct", {})
    place = "What each agency brought: Dr Mina Sorrel: What was said"
    assert f"To be put right: {place} should say: It may fit a fall." in page.words
    link = page.soup.select_one(".govuk-inset-text li a")["href"]
    path, _, anchor = link.partition("#")
    page = at_work.get(path)
    assert page.by_id(anchor).get("open") is not None
    assert page.by_id(anchor).find("textarea").text.strip() == "The bruise fits a grip, not a fall."


def test_what_is_wrong_in_nothing_or_by_nobody_never_breaks_a_page(at_work, final):
    for at in ("", "/nowhere", "/information/lines/99", "x" * 5000, "/\x00", "/adults"):
        assert at_work.get(f"/records/{final}/challenge?at={at}").status < 500
    at_work.get(f"/records/{final}/text")
    for path in ("challenges/1", "challenges/99999999999999999999", "challenge", "moves/nonsense", "moves/finalise"):
        page = at_work.post(f"/records/{final}/{path}", {"answer": "accept", "reason": "x", "at": "/nowhere"})
        assert page.status < 500
        at_work.get(f"/records/{final}/text")


def test_two_versions_stand_side_by_side_in_the_words_of_the_questions(at_work, desk, final):
    _second_version(at_work, desk, final)
    page = at_work.get(f"/records/{final}/compare")
    assert "Version 1 beside version 2" in page.words
    assert "What changed and why: Wrong end" in page.words
    assert "Ended at Version 1 3 February 2027, 10:40 Version 2 3 February 2027, 10:45" in page.words
    assert "Every answer is the same in both versions." in at_work.get(f"/records/{final}/compare?from=2&to=2").words
    assert at_work.get(f"/records/{final}/compare?from=1&to=9").status == 404
    assert at_work.get(f"/records/{final}/compare?from=x&to=y").status == 200


def test_a_record_with_one_version_has_nothing_to_compare(at_work, final):
    page = at_work.get(f"/records/{final}/compare")
    assert page.status == 409
    assert "There is only one version of this record" in page.words


def test_a_withdrawn_record_says_so_on_its_page_and_on_every_page_of_its_copies(at_work, desk, final):
    page = _move(at_work, final, "withdraw", "Recorded for the wrong family")
    assert "This record is withdrawn: Recorded for the wrong family" in page.words
    assert "This record is final." not in page.words
    assert "WITHDRAWN" in _headers(at_work.client.get(f"/records/{final}/minutes.docx").data)
    first = at_work.client.get(f"/records/{final}/minutes.docx?version=1").data
    assert "WITHDRAWN by version 2" in _headers(first)
    assert "Version 1 is withdrawn by version 2" in at_work.get(f"/records/{final}?version=1").words
    page = at_work.post(f"/records/{final}/moves/reopen", {"reason": "Again"})
    assert page.status == 409
    assert "This record is withdrawn or stood down: ‘Open a correction’ is not possible." in page.words


def test_whoever_types_into_a_final_record_is_led_to_a_correction(at_work, desk, final):
    page = at_work.get(f"/records/{final}")
    page = at_work.post(f"/records/{final}/steps/closing", {"do": "save"})
    assert page.status == 409
    assert "Open a correction instead" in page.words
    page = at_work.post(f"/records/{final}/exceptions", {"rule": "SD-021"})
    assert page.status == 403
    assert "This record is final and can no longer be changed. Open a correction instead." in page.words


def test_a_briefing_is_renewed_and_stood_down_by_the_same_moves(browser, desk, manager, clock):
    clock.set(read("CLC-IIM-2031-0107", ".expected")["now"])
    reference, _ = desk.import_document(json.dumps(read("CLC-IIM-2031-0107")).encode(), administrator())
    desk.finalise(reference, administrator())
    Issuing(desk).issue(reference, administrator())
    let_in(desk, reference, manager)
    browser.sign_in("manager")
    page = _move(browser, reference, "reopen", "Seen at the hospital")
    assert "Version 2 corrects version 1: Seen at the hospital" in page.words
    assert browser.get(f"/records/{reference}?version=1").status == 200
    _move(browser, reference, "drop", "It was somebody else")
    page = browser.get(f"/records/{reference}/text")
    assert page.status == 200
    page = _move(browser, reference, "stand-down", "Found safe")
    assert "This briefing is stood down: Found safe" in page.words
    assert "Version 1 is stood down by version 2" in browser.get(f"/records/{reference}?version=1").words
    assert browser.get(f"/records/{reference}/compare").status == 200
