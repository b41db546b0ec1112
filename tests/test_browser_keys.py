"""Recording by the keyboard alone: from question to question, options by their letters, from page to page."""

from __future__ import annotations

import pytest

from tests.windows import wait_until

pytestmark = pytest.mark.browser


def at(page):
    """Return the question that has the focus, without the part it belongs to."""
    return page.evaluate("(document.activeElement.name ?? '').split(':').at(-1)")


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_a_person_is_recorded_with_enter_and_the_first_letters_of_each_answer(window, kept):
    mine = window()
    page = mine.open("/steps/people")
    before = len(kept()["professionals"])
    press(page, "Alt+n")
    assert at(page) == "name"
    page.keyboard.type("Sorrel Vane")
    press(page, "Enter")
    assert at(page) == "agency"
    press(page, "h", "Enter")
    page.keyboard.type("Wexmere Hospital")
    press(page, "Enter")
    page.keyboard.type("Midwife")
    press(page, "Enter", "Enter")
    assert at(page) == "manager"
    press(page, "n", "Enter", "y", "Enter", "t", "Enter", "v")
    assert at(page) == "attendance"
    press(page, "Shift+Enter")
    assert at(page) == "presence"
    press(page, "Enter", "Enter")
    assert page.evaluate("document.activeElement.value") == "add:professionals"
    mine.saved()
    wait_until(lambda: kept()["professionals"][-1].get("attendance") == "video")
    row = kept()["professionals"][-1]
    assert len(kept()["professionals"]) == before + 1
    assert {name: row.get(name) for name in ("name", "agency", "role", "manager", "can_commit", "presence")} == {
        "name": "Sorrel Vane",
        "agency": "health",
        "role": "Midwife",
        "manager": False,
        "can_commit": True,
        "presence": "attended",
    }


def test_from_the_top_of_a_page_enter_goes_to_the_first_question_without_an_answer(window):
    mine = window()
    page = mine.open("/children/c1")
    open_question = page.evaluate(
        """() => [...document.querySelectorAll('[data-field]')].find((one) => one.checkVisibility()
             && ![...one.querySelectorAll('input:not([type=hidden]), textarea, select')].some(
                  (two) => ['radio', 'checkbox'].includes(two.type) ? two.checked : two.value)).dataset.field"""
    )
    press(page, "Enter")
    assert page.evaluate("document.activeElement.name.replace(/[.]none$/, '')") == open_question


def test_boxes_are_reached_by_their_letters_and_all_ticked_at_once(window, kept):
    mine = window()
    page = mine.open("/children/c1")
    box = page.locator('[name="outcomes:decision/agreed_by"]').first
    box.focus()
    press(page, "h")
    assert page.evaluate("document.activeElement.value") == "health"
    was = page.locator('[name="outcomes:decision/agreed_by"][value="health"]').is_checked()
    press(page, "Space")
    assert page.locator('[name="outcomes:decision/agreed_by"][value="health"]').is_checked() is not was
    press(page, "Alt+a")
    assert page.locator('[name="outcomes:decision/agreed_by"][value="health"]').is_checked()
    here = {one["agency"] for one in kept()["professionals"] if one["presence"] == "attended"}
    wait_until(lambda: set(kept()["outcomes"][0]["decision"]["agreed_by"]) >= here)
    press(page, "Alt+a")
    mine.saved()
    wait_until(lambda: not kept()["outcomes"][0]["decision"].get("agreed_by"))


def test_letters_choose_nothing_where_single_keys_are_turned_off(window, kept):
    mine = window()
    page = mine.open("/steps/open")
    page.evaluate("localStorage.setItem('accord-single-keys', 'off')")
    radio = page.locator('[name="meeting:mode"][value="video"]')
    radio.focus()
    press(page, "t")
    assert radio.is_checked()
    page.evaluate("localStorage.removeItem('accord-single-keys')")
    press(page, "t")
    assert page.locator('[name="meeting:mode"][value="telephone"]').is_checked()
    press(page, "v")
    # Chosen back before it was sent, there is nothing to save.
    page.wait_for_function("() => /^(Saved|Everything is saved)/.test(document.getElementById('saved').textContent)")
    wait_until(lambda: kept()["meeting"]["mode"] == "video")


def test_enter_makes_room_for_one_more_language_and_a_long_text_keeps_its_lines(window, kept):
    mine = window()
    page = mine.open("/steps/children")
    mine.field("languages").focus()
    press(page, "End", "Enter")
    page.keyboard.type("Polish")
    press(page, "Enter", "Enter")
    assert at(page) != "languages"
    wait_until(lambda: kept()["children"][0]["languages"] == ["English", "Polish"])
    page = mine.open("/steps/closing")
    reason = mine.field("reason")
    reason.fill("One")
    press(page, "Enter")
    page.keyboard.type("Two")
    press(page, "Control+Enter")
    assert at(page) == "asked_of_all"
    assert reason.input_value() == "One\nTwo"
    mine.saved()


def test_turning_the_page_saves_the_last_word_first_and_nobody_is_asked_whether_to_leave(window, kept):
    mine = window()
    page = mine.open("/steps/information")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    row = page.locator("details.accord-row").first
    row.locator("summary").first.focus()
    press(page, "Enter")
    mine.field("text").focus()
    press(page, "Control+End")
    page.keyboard.type(" and the last word")
    press(page, "Alt+PageDown")
    page.wait_for_url("**/steps/decisions")
    page.wait_for_selector("#keys dt", state="attached")
    press(page, "Alt+PageDown")
    page.wait_for_url("**/children/c1")
    page.wait_for_selector("html.accord-is-live")
    press(page, "Alt+PageUp")
    page.wait_for_url("**/steps/decisions")
    page.wait_for_selector("#keys dt", state="attached")
    press(page, "Alt+r")
    page.wait_for_url("**/read-back")
    assert asked == []
    assert any(one["text"].endswith("and the last word") for one in kept()["information"]["lines"])


def test_the_rows_inside_an_answer_keep_one_name_each_while_it_is_saved(window, kept):
    mine = window()
    page = mine.open("/children/c1")
    before = len(kept()["outcomes"][0].get("immediate_safety") or [])
    group = page.locator('[data-field="outcomes:immediate_safety"]')
    if group.locator("details.accord-inner--new").get_attribute("open") is None:
        group.locator("details.accord-inner--new > summary").click()
    fresh = f"outcomes:immediate_safety.{before}"
    page.locator(f'[name="{fresh}.action"]').focus()
    press(page, "s", "Enter")
    page.keyboard.type("Sleeps at her aunt's")
    page.locator('[name="outcomes:decision/reason"]').focus()
    mine.saved()
    page.wait_for_selector(f'[name="outcomes:immediate_safety.{before + 1}.action"]', state="attached")
    assert page.locator(f'select[name="{fresh}.action"]').count() == 1
    page.locator(f'[name="{fresh}.basis"][value="agreement"]').check(force=True)
    mine.saved()
    wait_until(lambda: kept()["outcomes"][0]["immediate_safety"][-1].get("basis") == "agreement")
    assert len(kept()["outcomes"][0]["immediate_safety"]) == before + 1


def test_tab_goes_through_the_page_in_the_order_in_which_it_is_read(window):
    mine = window()
    page = mine.open("/steps/closing")
    places = []
    for _ in range(90):
        press(page, "Tab")
        place = page.evaluate(
            """() => { const at = document.activeElement; if (at === document.body) return 'end';
                const places = [['.govuk-skip-link', 'skip'], ['header', 'header'], ['nav[aria-label=Back]', 'back'],
                    ['.govuk-inset-text', 'notice'],
                    ['.accord-live', 'state'], ['#quick', 'quick line'], ['form[data-live]', 'questions'],
                    ['.accord-steps', 'steps'], ['aside', 'still needed'], ['footer', 'footer']];
                return places.find(([where]) => at.closest(where))?.[1] ?? at.outerHTML.slice(0, 80); }"""
        )
        if place == "end":
            break
        if place != "notice" and (not places or places[-1] != place):
            places.append(place)
    order = ["skip", "header", "back", "state", "quick line", "questions", "steps", "still needed", "footer"]
    assert places[: len(order)] == order
    names = page.evaluate(
        "() => [...document.querySelectorAll('form[data-live] [data-field]')].map((one) => one.dataset.field)"
    )
    tops = page.evaluate(
        """names => names.map((name) => document.querySelector(`[data-field="${name}"]`))
             .filter((one) => one.checkVisibility()).map((one) => one.getBoundingClientRect().top)""",
        names,
    )
    assert tops == sorted(tops)
