"""How pages look in a real browser: nothing hides what is being typed, and nothing is wider than its column."""

from __future__ import annotations

import pytest

from tests.windows import at_browser, reference, server, window  # noqa: F401  # fixtures

pytestmark = pytest.mark.browser

DESK, LOW_DESK, PHONE = ({"width": 1280, "height": 860}, {"width": 1280, "height": 600}, {"width": 360, "height": 740})
HIDDEN = """() => {
  const all = [...document.querySelectorAll("main :is(input:not([type=hidden]), select, button, summary, a)")]
    .filter((one) => one.tabIndex >= 0 && one.checkVisibility({ contentVisibilityAuto: true })
      && !one.closest(".accord-live, .accord-panel, .accord-save"));
  const hidden = [];
  const look = (one) => {
    one.focus();
    const { left, right, top, bottom } = one.getBoundingClientRect();
    const seen = [top + 2, bottom - 2].some((y) => y >= 0 && y < innerHeight
      && !document.elementFromPoint((left + right) / 2, y)?.closest(".accord-live, .accord-on-top, .accord-save"));
    if (!seen) hidden.push(one.name || one.textContent.trim());
  };
  all.forEach(look);
  all.reverse().forEach(look);
  return [all.length, hidden];
}"""


@pytest.mark.parametrize("size", [DESK, LOW_DESK, PHONE], ids=["desk", "low desk", "telephone"])
@pytest.mark.parametrize("path", ["/children/c1", "/steps/information"])
def test_what_stays_at_the_top_and_the_bottom_never_hides_what_has_the_focus(window, size, path):  # noqa: F811
    page = window(viewport=size).open(path)
    count, hidden = page.evaluate(HIDDEN)
    assert count > 5
    assert hidden == []


def test_somebody_who_is_here_twice_is_named_once_and_the_line_hides_nothing_however_long_it_is(window):  # noqa: F811
    mine, theirs = window(viewport=PHONE), window("manager")
    theirs.open("/steps/actions")
    theirs.page = theirs.context.new_page()
    theirs.open("/steps/closing")
    page = mine.open("/steps/information")
    page.wait_for_function(
        "() => document.getElementById('here').textContent.split(' and ').length === 2", timeout=15_000
    )
    said = page.inner_text("#here")
    assert said.count("Imelda Fairbrother") == 1
    assert "Actions" in said and "Contingency, review, dissent" in said
    assert page.evaluate(HIDDEN)[1] == []


def test_the_line_over_the_buttons_is_as_wide_as_the_form_and_the_panel_stays_under_the_top_line(window):  # noqa: F811
    page = window(viewport=DESK).open("/children/c1")
    form, buttons = (page.locator(one).bounding_box() for one in ("form[data-live]", ".accord-save"))
    assert buttons["width"] == form["width"]
    page.evaluate("window.scrollTo(0, 1200)")
    page.wait_for_function("() => scrollY === 1200")
    top, name, panel = (page.locator(one).bounding_box() for one in (".accord-live", "h1", "aside.accord-panel"))
    assert top["y"] + top["height"] <= name["y"] + 2
    assert name["y"] + name["height"] <= panel["y"]


def test_the_list_of_keys_opens_at_its_beginning_on_a_telephone(window):  # noqa: F811
    page = window(viewport=PHONE).open("/steps/actions")
    page.locator("#show-keys").click()
    page.locator("#keys[open]").wait_for()
    assert page.evaluate("document.activeElement.id") == "keys-title"
    assert page.locator("#keys").evaluate("one => one.scrollTop") == 0


def test_on_a_telephone_buttons_are_of_one_width_and_who_is_signed_in_takes_two_lines(window, reference):  # noqa: F811
    mine = window(viewport=PHONE)
    page = mine.page
    page.goto(f"{mine.server.address}/records/{reference}")
    back, final = (
        page.locator(".govuk-button-group .govuk-button", has_text=one).bounding_box() for one in ("Read back", "Final")
    )
    assert back["width"] == final["width"]
    name, out = (page.locator(one).bounding_box() for one in (".accord-header__name", ".accord-header__out"))
    assert abs(name["y"] + name["height"] / 2 - out["y"] - out["height"] / 2) < 4
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_on_a_telephone_each_agency_is_read_back_over_its_whole_width(window, reference):  # noqa: F811
    mine = window(viewport=PHONE)
    mine.page.goto(f"{mine.server.address}/records/{reference}/read-back")
    widths = {one.bounding_box()["width"] for one in mine.page.locator(".accord-assent__table th[scope=row]").all()}
    assert len(widths) == 1
