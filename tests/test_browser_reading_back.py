"""Reading back in a real browser: each agency answers aloud and is kept, others see it, and a changed text voids."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


def _read_back(one):
    page = one.page
    page.goto(f"{one.server.address}/records/{one.reference}/read-back")
    page.wait_for_load_state("load")
    return page


def _answer(page, agency):
    return page.evaluate(f"""document.querySelector('#assent-c1 [name="answer:{agency}"]:checked').value""")


def _press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_an_agency_that_does_not_agree_says_so_by_the_keyboard_and_a_second_browser_sees_it(window, kept):
    mine, hers = window(), window("manager")
    page = _read_back(mine)
    behind = _read_back(hers)
    assert {_answer(page, one) for one in ("social_care", "police", "health", "education")} == {"agrees"}

    page.locator('#assent-c1 [name="answer:health"]:checked').focus()
    _press(page, "ArrowDown", "Tab")
    assert page.evaluate("document.activeElement.name") == "reason:health"
    page.keyboard.type("The medical is not done")
    with page.expect_navigation():
        _press(page, "Enter")
    assert page.url.endswith("/read-back#assent-c1")
    page.wait_for_function("() => document.getElementById('assent-c1').contains(document.activeElement)")
    assert _answer(page, "health") == "dissents"
    assert "The medical is not done" in page.inner_text(".accord-aloud")
    record = kept()
    assert record["outcomes"][0]["decision"]["agreed_by"] == ["social_care", "police", "education"]
    assert record["dissent"]["entries"][-1]["text"] == "The medical is not done"

    # Her page is of before: what she ticks there overwrites nothing, and she is told.
    behind.locator('#assent-c1 [name="answer:education"][value=""]').check(force=True)
    behind.get_by_role("button", name="Keep these answers").click()
    behind.get_by_text("Somebody else kept other answers for this child meanwhile.").wait_for()
    assert kept()["outcomes"][0]["decision"]["agreed_by"] == ["social_care", "police", "education"]
    _read_back(hers)
    assert _answer(behind, "health") == "dissents"
    assert behind.input_value('#assent-c1 [name="reason:health"]') == "The medical is not done"


def test_a_dissent_without_a_reason_is_asked_for_and_what_was_ticked_stays(window):
    mine = window()
    page = _read_back(mine)
    page.locator('#assent-c1 [name="answer:police"][value="dissents"]').check(force=True)
    page.get_by_role("button", name="Keep these answers").click()
    page.get_by_text("Say why Police does not agree.").wait_for()
    assert page.title().startswith("Error: ")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    assert _answer(page, "police") == "dissents"


def test_a_confirmation_rests_on_the_text_and_is_void_once_it_is_changed(window):
    mine, hers = window(), window("manager")
    page = _read_back(mine)
    page.locator("#aloud-chair-t1").focus()
    _press(page, "Space", "Tab")
    with page.expect_navigation():
        _press(page, "Enter")

    def confirmed(page):
        mine = page.locator("p", has_text="Ada Finch").filter(has_text="Chair").filter(has_not_text="imported")
        return mine.last.inner_text()

    assert "void" not in confirmed(page)
    assert confirmed(_read_back(hers)) == confirmed(page)

    other = mine.open("/steps/closing")
    mine.field("reason").fill("Changed after it was confirmed")
    other.keyboard.press("Tab")
    mine.saved()
    assert "(void: the text was changed afterwards)" in confirmed(_read_back(hers))


@pytest.mark.parametrize("colours", ["none", "active"])
def test_what_is_read_aloud_is_large_and_sound_for_everybody(window, colours):
    from axe_playwright_python.sync_playwright import Axe

    mine = window(bypass_csp=True, forced_colors=colours)
    page = _read_back(mine)
    size = "one => parseFloat(getComputedStyle(one).fontSize)"
    for text in page.locator(".accord-aloud > p, .accord-aloud > .govuk-table td").all():
        assert text.evaluate(size) >= 24
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="Write down that it was confirmed aloud").click()
    page.get_by_text("Choose who confirms the text, and as what.").wait_for()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
