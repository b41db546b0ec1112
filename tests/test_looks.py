"""What pages say to whoever looks at them: each thing once, in words, and nothing that is not so."""

from __future__ import annotations

import json

import pytest

from meetings.desk import administrator
from tests.makers import ABSENT, NOW, a_discussion, a_line, a_professional, changed
from tests.test_briefing_scenarios import read

BRIEFING_WITH_CLOSED_TEXTS = "CLC-IIM-2031-0133"


@pytest.fixture
def keep(desk, clock):
    clock.moment = NOW
    return lambda changes: desk.import_document(json.dumps(changed(a_discussion(), changes)).encode(), administrator())[
        0
    ]


@pytest.fixture
def at_work(browser, keep):
    browser.sign_in("pclo")
    return browser


def test_a_page_without_a_field_does_not_speak_of_saving_what_is_typed(at_work, keep):
    reference = keep({})
    spoken = "Nothing typed here is saved"
    assert spoken in at_work.get(f"/records/{reference}/steps/actions").words
    assert spoken in at_work.get(f"/records/{reference}/children/c1").words
    assert spoken not in at_work.get(f"/records/{reference}/steps/decisions").words


def test_the_number_of_a_rule_stands_behind_a_word(at_work, keep):
    page = at_work.get(f"/records/{keep({'/meeting/ended_at': ABSENT})}")
    said = [one.text for one in page.soup.select(".accord-needs details > summary")]
    assert said
    assert all(one.startswith("Why (SD-") for one in said)


def test_a_line_of_information_has_its_agency_in_bold_and_not_its_words(at_work, keep):
    reference = keep({"/information/lines": [a_line(agency="health", text="Booked late: at 30 weeks")]})
    title = at_work.get(f"/records/{reference}/steps/information").soup.select_one(".accord-row__title")
    assert title.text.strip() == "1. Health: Booked late: at 30 weeks"
    assert title.strong.text == "Health"


def test_somebody_who_is_known_by_a_post_alone_is_named_once(at_work, keep):
    reference = keep({"/professionals/-": a_professional(id="p9", name="Head teacher", role="Head teacher")})
    options = [one.text for one in at_work.get(f"/records/{reference}/steps/open").soup.select("option")]
    assert "Head teacher" in options
    assert "Head teacher, Head teacher" not in options
    page = at_work.get(f"/records/{reference}/steps/people")
    assert "Head teacher, Head teacher" not in page.words


def test_whoever_only_receives_copies_is_told_of_no_correction_that_is_being_written(browser, desk, keep):
    okonjo = {"id": "t9", "name": "Tamsin Okonjo", "agency": "police", "presence": "named"}
    reference = keep({"/professionals/-": okonjo, "/circulation/-": {"to": "t9", "audience": "police"}})
    desk.finalise(reference, administrator())
    browser.sign_in("pclo")
    page = browser.get(f"/records/{reference}")
    form = page.soup.find("form", action=f"/records/{reference}/moves/reopen")
    browser.post(f"/records/{reference}/moves/reopen", {**page.fields(form), "reason": "Wrong end"})
    assert "corrects version 1, which stands" in browser.get("/").words
    browser.sign_in("officer")
    words = browser.get("/").words
    assert reference in words
    assert "Draft" not in words
    assert "corrects version" not in words


def test_the_page_of_approval_names_each_closed_text_once_and_speaks_of_no_line_that_is_not_there(browser, desk, clock):
    found = read(BRIEFING_WITH_CLOSED_TEXTS)
    clock.set(read(BRIEFING_WITH_CLOSED_TEXTS, ".expected")["now"])
    reference, _ = desk.import_document(json.dumps({**found, "status": "draft"}).encode(), administrator())
    browser.sign_in("pclo")
    page = browser.get(f"/records/{reference}/approve")
    closed = [one.text for one in page.by_id("open-version").find_next("ul").find_all("li")]
    assert len(closed) == len(set(closed)) > 1
    assert f"without these {len(closed)} closed texts" in page.words
    assert "Lines with handling code C" not in page.words


def test_no_two_lines_of_a_text_have_the_same_heading(at_work, desk, keep):
    lines = a_discussion()["information"]["lines"]
    lines += [{**lines[0], "text": text} for text in ("No warrants.", "One call.")]
    reference = keep({"/information/lines": lines})
    desk.finalise(reference, administrator())
    page = at_work.get(f"/records/{reference}/text")
    said = [one.text.strip() for one in page.soup.select("#chapter-information h3")]
    assert len(said) == len(set(said)) == len(lines)
    assert [one[-3:] for one in said[-2:]] == ["(2)", "(3)"]
    told = [one.text for one in page.soup.select("#chapter-information .accord-wrong a")]
    assert len(told) == len(set(told))
