"""The side panel in a real browser: each lamp leads to its place, and on a narrow page it folds under the step."""

from __future__ import annotations

import pytest

from tests.typing_in import follow

pytestmark = pytest.mark.browser

LAMPS = (
    "Here",
    "Quorum",
    "Managers",
    "Children undecided",
    "Actions lacking owner or time",
    "Agencies silent",
    "Dissent",
)
PLACES = {
    "Quorum": ("/steps/people", "list:professionals"),
    "Managers": ("/steps/people", "list:professionals"),
    "Children undecided": ("/children/c1", "decision/code"),
    "Actions lacking owner or time": ("/steps/actions", ":owner"),
    "Agencies silent": ("/steps/information", "list:information/lines"),
    "Dissent": ("/steps/closing", "dissent:asked_of_all"),
}


def _lamp(page, name):
    return page.locator(f"aside.accord-panel dt:text-is('{name}') + dd a")


@pytest.fixture
def gaps(window, server, reference):
    """A record in which every lamp has something to say."""
    from meetings.desk import Answer, administrator

    desk = server.desk()
    found = desk.look(reference, administrator())
    desk.answer(reference, found.rows("actions")[1].id, {"owner": Answer(None)}, administrator())
    desk.answer(reference, "outcomes:c1", {"decision/confirmed": Answer(value=False)}, administrator())
    desk.answer(reference, "dissent", {"asked_of_all": Answer(value=False)}, administrator())
    for line in found.rows("information/lines"):
        if line.body.get("agency") == "education":
            desk.remove_row(reference, line.id, administrator())
    for person in found.rows("professionals"):
        if person.body.get("agency") == "health":
            desk.answer(reference, person.id, {"presence": Answer("invited_absent")}, administrator())


def test_every_lamp_says_how_it_stands_and_leads_to_its_place(window, gaps, reference):
    mine = window()
    page = mine.open("/steps/open")
    said = {name: _lamp(page, name).inner_text() for name in LAMPS}
    assert said["Quorum"] == "no: Health"
    assert said["Children undecided"] == "1 of 1"
    assert said["Actions lacking owner or time"] == "1"
    assert "Education" in said["Agencies silent"]
    assert said["Dissent"] == "not asked yet"
    assert "social care" in said["Managers"]
    assert page.get_by_role("link", name="Clocks").count() == 1
    assert page.inner_text("#panel-title").startswith("Still needed: ")
    assert page.inner_text("#needed-line") == page.inner_text("#panel-title")
    for name, (path, place) in PLACES.items():
        mine.open("/steps/open")
        follow(_lamp(page, name))
        assert path in page.url
        page.wait_for_function(
            "place => [document.activeElement.id, document.activeElement.name].some((one) => one?.endsWith(place))",
            arg=place,
            timeout=4000,
        )
    mine.open("/steps/open")
    follow(page.get_by_role("link", name="Clocks"))
    assert page.url.endswith("/steps/decisions")


def test_a_lamp_changes_while_somebody_types(window, gaps):
    mine = window()
    page = mine.open("/steps/closing")
    page.locator('[name="dissent:asked_of_all"][value="yes"]').check(force=True)
    page.wait_for_function(
        """() => [...document.querySelectorAll('aside dt')].find((one) => one.textContent === 'Dissent')
                .nextElementSibling.textContent === 'asked'""",
        timeout=8000,
    )
    mine.saved()


@pytest.mark.parametrize("size", [{"width": 320, "height": 256}, {"width": 390, "height": 844}])
def test_at_400_per_cent_and_on_a_phone_the_panel_is_one_line_under_the_step_until_it_is_opened(window, gaps, size):
    mine = window(viewport=size)
    page = mine.open("/steps/actions")
    form, panel = (page.locator(one).bounding_box() for one in ("form[data-live]", "aside.accord-panel"))
    assert panel["y"] >= form["y"] + form["height"]
    assert panel["height"] < 100
    assert page.locator("aside dl").first.is_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.locator("#needed-line").click()
    page.locator("aside dl").first.wait_for()
    assert all(_lamp(page, name).is_visible() for name in LAMPS)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    row = page.locator("details.accord-row").first
    row.evaluate("one => { one.open = true; }")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_beside_the_form_the_panel_stands_open(window):
    mine = window(viewport={"width": 1280, "height": 800})
    page = mine.open("/steps/actions")
    assert _lamp(page, "Quorum").is_visible()
    form, panel = (page.locator(one).bounding_box() for one in ("form[data-live]", "aside.accord-panel"))
    assert panel["x"] >= form["x"] + form["width"]
