"""An age appears beside a date of birth while it is typed, on a desk and on a telephone."""

from __future__ import annotations

import pytest

from tests.windows import wait_until

pytestmark = pytest.mark.browser


def _open_row(page, path):
    row = page.locator("details.accord-row").filter(has=page.locator(f'[name$=":{path}"]')).first
    if row.get_attribute("open") is None:
        row.locator("summary").first.click()
    return row.locator(f'[name$=":{path}"]').first


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("step", ["adults", "children"])
def test_an_age_appears_while_a_date_of_birth_is_typed(window, width, step):
    page = window().open(f"/steps/{step}")
    page.set_viewport_size({"width": width, "height": 900})
    field = _open_row(page, "born_on")
    field.fill("")
    field.press_sequentially("3/2/2019")
    note = page.locator(f'[id="{field.get_attribute("name")}-note"]')
    wait_until(lambda: page.wait_for_timeout(100) or "years old" in note.inner_text())
    assert field.evaluate("one => one === document.activeElement")
    assert field.input_value() == "3/2/2019"
    assert note.get_attribute("aria-live") == "polite"
    assert note.get_attribute("id") in field.get_attribute("aria-describedby").split()
    assert page.locator(f'[id="{note.get_attribute("id")}"]').count() == 1
    box, below = field.bounding_box(), note.bounding_box()
    assert box["y"] + box["height"] <= below["y"] < box["y"] + box["height"] + 12
    assert below["x"] + below["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    field.fill("tbc")
    wait_until(lambda: page.wait_for_timeout(100) or note.inner_text() == "")


def test_an_age_is_said_aloud_once_and_not_with_every_save(window):
    page = window().open("/steps/adults")
    field = _open_row(page, "born_on")
    note = page.locator(f'[id="{field.get_attribute("name")}-note"]')
    field.fill("3/2/1990")
    wait_until(lambda: page.wait_for_timeout(100) or "years old" in note.inner_text())
    note.evaluate(
        "one => { window.said = 0; new MutationObserver((found) => { window.said += found.length; })"
        ".observe(one, { childList: true, characterData: true, subtree: true }); }"
    )
    field.fill("03/02/1990")
    page.wait_for_timeout(2500)
    assert page.evaluate("window.said") == 0
    assert "years old" in note.inner_text()


def test_a_page_that_comes_back_by_the_back_button_has_new_marks(window):
    page = window().open("/steps/adults")
    marks = page.evaluate("[...document.querySelectorAll('input[name=once]')].map((one) => one.value)")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    again = page.evaluate("[...document.querySelectorAll('input[name=once]')].map((one) => one.value)")
    assert len(marks) == len(again) > 0
    assert not set(marks) & set(again)
