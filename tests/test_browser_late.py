"""Recorded late, in a real browser: written up afterwards with when and why; a call at night completed by day."""

from __future__ import annotations

import pytest

from tests.windows import wait_until

pytestmark = pytest.mark.browser


def test_a_record_written_up_later_is_asked_when_and_why_and_says_so(window, kept):
    mine = window()
    page = mine.open("/steps/open")
    page.locator('[name="provenance:live"][value="yes"]').focus()
    page.keyboard.press("n")
    page.get_by_text("Written up later: the time and the reason are part of the record.").wait_for()
    reason = page.locator('[name="provenance:reason"]')
    assert reason.is_visible()
    page.locator('[name="provenance:recorded_at"]').fill("3/2/2027 18:20")
    page.keyboard.press("Tab")
    reason.fill("The laptop failed during the conference")
    page.keyboard.press("Tab")
    mine.saved()
    wait_until(lambda: kept()["provenance"].get("reason") == "The laptop failed during the conference")
    written = kept()["provenance"]
    assert written["live"] is False
    assert written["recorded_at"] == "2027-02-03T18:20:00+00:00"
    page.goto(f"{mine.server.address}/records/{mine.reference}/text")
    assert "The laptop failed during the conference" in page.inner_text("main")


def test_a_call_at_night_is_recorded_on_one_page_and_completed_by_day(window, kept):
    mine = window()
    page = mine.open("/steps/open")
    page.locator('[name="meeting:type"]').select_option("out_of_hours")
    mine.saved()
    wait_until(lambda: kept()["meeting"]["type"] == "out_of_hours")
    page.goto(f"{mine.server.address}/records/{mine.reference}")
    first = page.locator(".govuk-task-list a").first
    assert first.inner_text() == "Out of hours: what cannot wait"

    page = mine.open("/steps/tonight")
    page.locator('button[value="add:actions"]').focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Ring the ward at midnight")
    page.locator('button[value="add:information/lines"]').focus()
    page.keyboard.press("Enter")
    page.keyboard.press("h")
    mine.saved()
    wait_until(lambda: kept()["information"]["lines"][-1].get("agency") == "health")
    row = page.locator('section[aria-labelledby="list:information/lines"] details[open]')
    row.locator('[name$=":text"]').fill("Seen on the ward, asleep")
    page.keyboard.press("Tab")
    wait_until(lambda: kept()["information"]["lines"][-1].get("text") == "Seen on the ward, asleep")

    # By day the other steps hold what was typed at night, and ask for the rest.
    page = mine.open("/steps/actions")
    night = page.locator("details.accord-row", has_text="Ring the ward at midnight").first
    if night.get_attribute("open") is None:
        night.locator("summary").first.click()
    night.locator('[name$=":deadline/due_at"]').fill("4/2/2027 00:30")
    page.keyboard.press("Tab")
    mine.saved()
    page = mine.open("/steps/information")
    assert page.locator("details.accord-row", has_text="Seen on the ward, asleep").count() >= 1
    page = mine.open("/steps/tonight")
    assert "4/2/2027 00:30" in [one.input_value() for one in page.locator('[name$=":deadline/due_at"]').all()]
    assert kept()["actions"][-1]["deadline"] == {"due_at": "2027-02-04T00:30:00+00:00"}
    assert page.locator(".accord-needs a", has_text="owner").count() >= 1
