"""A briefing typed live in a real browser: saved by itself, two people in it, rows, keys, signed out."""

from __future__ import annotations

import pytest

from forms.demonstration import PASSWORD, PEOPLE
from tests.makers import let_in
from tests.windows import wait_until

pytestmark = pytest.mark.browser


@pytest.fixture
def reference(server):
    """A new briefing of this test alone, on which the recorder and the manager work."""
    from meetings.desk import administrator
    from meetings.documents import BRIEFING

    desk = server.desk()
    return let_in(desk, desk.start(administrator(), of=BRIEFING), PEOPLE[1])


def test_a_briefing_saves_itself_and_a_second_person_sees_it(window, kept):
    mine, hers = window(), window("manager")
    page = mine.open("/steps/intention")
    behind = hers.open("/steps/intention")
    mine.field("primary").fill("Find her and see that she is well")
    assert page.inner_text("#saved") == "Not saved yet"
    mine.saved(5)
    wait_until(lambda: kept().get("intention", {}).get("primary") == "Find her and see that she is well")
    behind.wait_for_function(
        "() => [...document.querySelectorAll('textarea')].some((one) => one.value.startsWith('Find her'))", timeout=8000
    )
    behind.wait_for_function("() => document.getElementById('here').textContent.startsWith('Also here: ')")


def test_two_texts_in_one_field_of_a_briefing_are_both_shown(window, kept):
    mine, hers = window(), window("manager")
    page = mine.open("/steps/intention")
    hers.open("/steps/intention")
    mine.field("primary").focus()
    page.keyboard.type("My words")
    hers.field("primary").fill("Her words")
    hers.page.keyboard.press("Tab")
    wait_until(lambda: page.locator(".accord-clash").count() + hers.page.locator(".accord-clash").count() == 1)
    late = mine if page.locator(".accord-clash").count() else hers
    late.page.get_by_role("button", name="Keep both").click()
    late.saved(5)
    wait_until(lambda: sorted(kept()["intention"]["primary"].split("\n")) == ["Her words", "My words"])


def test_rows_and_keys_work_on_a_briefing_too(window, kept):
    mine = window()
    page = mine.open("/steps/communications")
    page.keyboard.press("Alt+n")
    page.wait_for_function("() => document.getElementById('said').textContent === 'Row 1 added'")
    part = page.evaluate("document.activeElement.closest('section').getAttribute('aria-labelledby')")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('details.accord-row') !== null")
    mine.saved()
    row = page.locator(f'section[aria-labelledby="{part}"] details.accord-row').first
    row.get_by_role("button", name="Remove").click()
    page.wait_for_function("() => document.getElementById('said').textContent.startsWith('Removed: ')")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Alt+PageDown")
    page.wait_for_url("**/steps/rights")
    page.wait_for_selector("#keys dt", state="attached")
    page.keyboard.press("Alt+r")
    page.wait_for_url("**/approve")


def test_a_session_that_ended_loses_nothing_of_a_briefing(window, kept):
    mine = window()
    page = mine.open("/steps/risk")
    mine.context.clear_cookies()
    mine.field("officer_safety").fill("No markers after checks")
    page.keyboard.press("Tab")
    mine.says("Signed out", 5)
    page.fill("#door-password", PASSWORD)
    page.get_by_role("button", name="Sign in and save").click()
    mine.saved(6)
    wait_until(lambda: "No markers after checks" in str(kept()))
