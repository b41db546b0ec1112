"""The quick line in a real browser, by the keyboard alone: shown before it is taken, kept if the network fails."""

from __future__ import annotations

import json
import re

import pytest

from forms.demonstration import PASSWORD
from forms.quick_line import VERBS
from tests.test_browser_recording import served  # fixture
from tests.typing_in import Recorder

pytestmark = pytest.mark.browser
NOW = "2026-11-24T12:00:00+00:00"
SAYS = "#quick-says"
LINE = "#quick-line"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """One server for all: each test has a record of its own."""
    with served(tmp_path_factory.mktemp("quick"), NOW) as found:
        yield found


class Hands:
    """Somebody who uses the keyboard only, at a step of a new record with the people of a demonstration record."""

    def __init__(self, browser, address, step="actions", reference="", **context):
        self.context = browser.new_context(bypass_csp=True, **context)  # axe has to come around the pages' own policy
        self.page = self.context.new_page()
        self.problems = []
        self.page.on("pageerror", lambda problem: self.problems.append(str(problem)))
        self.recorder = Recorder(self.page, address, {})
        self.recorder.sign_in("pclo", PASSWORD)
        self.recorder.reference = reference or self.reconvene("SD-2026-9002")
        self.open(f"/steps/{step}")

    def reconvene(self, reference):
        token = self.page.locator("input[name=csrf_token]").first.input_value()
        path = f"{self.recorder.address}/records/{reference}/reconvene"
        answer = self.context.request.post(path, form={"csrf_token": token})
        return answer.url.partition("/records/")[2].partition("/steps/")[0]

    def open(self, path):
        self.recorder.open(path)
        self.page.wait_for_selector("html.accord-has-quick")
        self.page.evaluate("window.told = []")
        self.page.evaluate("document.addEventListener('accord:taken', (event) => window.told.push(event.detail))")

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text):
        self.page.keyboard.type(text)

    def line(self, text):
        """Go to the quick line by its key, type, and wait until the page says how it is understood."""
        self.press("/")
        self.type(text)
        self.understood()

    def understood(self):
        self.page.wait_for_selector(f"{SAYS}[data-state=ready], {SAYS}[data-state=asks]", timeout=5000)
        return self.says

    def wait(self, words):
        self.page.wait_for_function(
            "(words) => document.getElementById('quick-says').textContent.includes(words)", arg=words, timeout=8000
        )

    @property
    def says(self):
        return " ".join(self.page.inner_text(SAYS).split())

    @property
    def typed(self):
        return self.page.input_value(LINE)

    @property
    def focused(self):
        return self.page.evaluate("document.activeElement.id || document.activeElement.name")

    @property
    def record(self):
        response = self.context.request.get(f"{self.recorder.address}/records/{self.recorder.reference}/record.json")
        return json.loads(response.text())

    @property
    def actions(self):
        return self.record.get("actions", [])

    @property
    def options(self):
        return self.page.locator("#quick [role=option]").all_inner_texts()

    def look(self):
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page)
        assert found.violations_count == 0, found.generate_report()


def test_a_line_is_shown_as_it_is_understood_and_then_taken_by_enter(address, at_browser):
    hands = Hands(at_browser, address)
    before = hands.actions
    hands.page.locator("#show-keys").focus()

    hands.line("a Tierney: circulate as missing by 18:30")
    assert hands.focused == "quick-line"
    assert hands.says == (
        "Action for Bronagh Tierney (police): ‘circulate as missing’, by today 18:30. "
        "For Unborn baby Quillfeather, the only child decided about. Enter takes it."
    )
    assert hands.page.get_attribute(SAYS, "role") == "status"
    assert hands.actions == before
    hands.look()

    hands.press("Enter")
    hands.wait("Taken. Action for Bronagh Tierney")
    assert hands.typed == ""
    assert hands.focused == "quick-line"
    (told,) = hands.page.evaluate("window.told")
    assert told["part"] == "actions"
    assert told["line"] == "a Tierney: circulate as missing by 18:30"
    added = hands.actions[len(before) :]
    assert [(one["text"], one["owner"], one["deadline"]) for one in added] == [
        ("circulate as missing", "p3", {"due_at": "2026-11-24T18:30:00+00:00"})
    ]
    hands.page.wait_for_selector(f'[id="row:{told["id"]}"]')  # the page has it without being loaded again
    hands.look()

    hands.press("Escape")
    assert hands.focused == "show-keys"
    assert hands.problems == []


def test_what_may_mean_two_is_chosen_with_the_arrows(address, at_browser):
    hands = Hands(at_browser, address)
    hands.line("a police: check PNC by 18:30")
    assert hands.says == (
        "Which police: Bronagh Tierney, Detective Sergeant, child abuse investigation, or Wendell Ashgrove, "
        "Police conference liaison officer? Arrow down to choose."
    )
    assert hands.page.get_attribute(LINE, "role") == "combobox"
    assert hands.page.get_attribute(LINE, "aria-expanded") == "true"
    assert hands.page.get_attribute(LINE, "aria-activedescendant") is None
    hands.press("Enter")  # nothing is taken that is still asked
    hands.page.wait_for_timeout(400)
    assert hands.typed == "a police: check PNC by 18:30"

    hands.press("ArrowDown", "ArrowDown")
    active = hands.page.get_attribute(LINE, "aria-activedescendant")
    assert hands.page.get_attribute(f"#{active}", "aria-selected") == "true"
    assert hands.page.locator(f"#{active}").inner_text() == "Wendell Ashgrove, Police conference liaison officer"
    hands.look()
    hands.press("Enter")
    hands.wait("Action for Wendell Ashgrove (police)")
    assert hands.typed == "a Wendell Ashgrove: check PNC by 18:30"
    assert hands.page.get_attribute(LINE, "aria-expanded") == "false"
    hands.press("Enter")
    hands.wait("Taken.")
    assert hands.actions[-1]["owner"] == "p4"


def test_enter_takes_nothing_that_was_not_shown(address, at_browser):
    hands = Hands(at_browser, address)
    before = len(hands.actions)
    hands.press("/")
    hands.type("a Tierney: visit by 18:30")
    hands.press("Enter")  # within a quarter of a second of the last key
    hands.wait("Enter takes it.")
    assert len(hands.actions) == before
    hands.type("5")  # what is shown is of another text now
    hands.press("Enter")
    hands.page.wait_for_timeout(600)
    assert len(hands.actions) == before
    assert hands.typed == "a Tierney: visit by 18:305"


def test_an_unborn_child_takes_two_keys_and_a_surname_and_a_decision_goes_to_its_child(address, at_browser):
    hands = Hands(at_browser, address, step="decisions")
    hands.line("u Quillfeather")
    assert "is recorded already. Is it another baby?" in hands.says
    hands.page.fill(LINE, "")
    hands.type("u Vane")
    hands.wait("Unborn baby Vane, not born yet")
    hands.press("Enter")
    hands.wait("Taken.")
    assert hands.record["children"][-1]["name"] == "Unborn baby Vane"

    hands.type("d Vane joint s47 because the risk is high")
    hands.wait("Decision for Unborn baby Vane: Start section 47, joint with police")
    hands.press("Enter")
    hands.wait("Taken.")
    outcome = next(one for one in hands.record["outcomes"] if one["child"] == hands.record["children"][-1]["id"])
    assert outcome["decision"] == {"code": "s47_joint", "reason": "the risk is high"}
    assert hands.page.get_attribute(f"{SAYS} a", "href").endswith(f"/children/{outcome['child']}")


def test_somebody_who_is_not_there_is_added_first_and_the_line_comes_back(address, at_browser):
    hands = Hands(at_browser, address)
    hands.line("a Nia Bell: book a bed by 18:30")
    assert hands.options == ["Add ‘Nia Bell’ to the participants first"]
    hands.press("ArrowDown", "Enter")
    hands.wait("Participant Nia Bell")
    assert hands.typed == "p Nia Bell, "
    hands.type("midwife, health")
    hands.wait("Participant Nia Bell, midwife (health)")
    hands.press("Enter")
    hands.wait("Action for Nia Bell (health): ‘book a bed’, by today 18:30.")
    assert hands.typed == "a Nia Bell: book a bed by 18:30"
    hands.press("Enter")
    hands.wait("Taken. Action for Nia Bell")
    record = hands.record
    assert record["professionals"][-1]["name"] == "Nia Bell"
    assert record["actions"][-1]["owner"] == record["professionals"][-1]["id"]


def test_when_the_network_fails_the_line_stays_and_is_taken_once(address, at_browser):
    hands = Hands(at_browser, address)
    before = len(hands.actions)
    hands.line("a Tierney: visit by 18:30")
    hands.context.set_offline(True)
    hands.press("Enter")
    hands.wait("The server cannot be reached. Your line is still here: Enter tries again.")
    assert hands.typed == "a Tierney: visit by 18:30"
    hands.context.set_offline(False)

    # The server takes the line, and the answer is lost on its way.
    def lose(route):
        if json.loads(route.request.post_data).get("take"):
            route.fetch()
            route.abort()
        else:
            route.continue_()

    hands.page.route("**/quick", lose)
    hands.press("Enter")
    hands.page.wait_for_timeout(600)
    assert hands.typed == "a Tierney: visit by 18:30"
    assert len(hands.actions) == before + 1
    hands.page.unroute("**/quick")
    hands.press("Enter")
    hands.wait("Taken.")
    assert len(hands.actions) == before + 1
    assert hands.problems == []


def test_a_line_typed_without_a_network_is_read_once_it_is_back(address, at_browser):
    hands = Hands(at_browser, address)
    hands.context.set_offline(True)
    hands.press("/")
    hands.type("a Tierney: visit by 18:30")
    hands.wait("The server cannot be reached. Your line is still here, and is read as soon as it can be.")
    hands.context.set_offline(False)
    hands.wait("Enter takes it.")
    assert hands.typed == "a Tierney: visit by 18:30"


def test_when_the_session_ends_the_line_stays(address, at_browser):
    hands = Hands(at_browser, address)
    hands.line("a Tierney: visit by 18:30")
    hands.context.clear_cookies()
    hands.press("Enter")
    hands.wait("Signed out: sign in to go on, your line is still here.")
    assert hands.typed == "a Tierney: visit by 18:30"
    hands.page.locator("#door-password").focus()
    hands.type(PASSWORD)
    hands.press("Enter")
    hands.page.wait_for_selector("#door", state="hidden")
    hands.page.locator(LINE).focus()
    hands.press("Enter")
    hands.wait("Taken.")
    assert hands.actions[-1]["text"] == "visit"


def test_what_somebody_else_changed_meanwhile_is_shown_before_anything_is_taken(address, at_browser):
    hands = Hands(at_browser, address)
    other = Hands(at_browser, address, step="people", reference=hands.recorder.reference)
    hands.line("a Tierney: visit by 18:30")
    other.line("p Bryn Tierney, nurse, health")
    other.press("Enter")
    other.wait("Taken.")
    before = len(hands.actions)
    hands.press("Enter")
    hands.wait("Not taken, for it is understood differently now. Which Tierney: Bronagh Tierney")
    assert len(hands.actions) == before
    assert hands.typed == "a Tierney: visit by 18:30"


def test_the_key_types_itself_in_a_field_and_can_be_turned_off(address, at_browser):
    hands = Hands(at_browser, address)
    field = hands.page.locator('form[data-live] textarea:visible, form[data-live] input[type="text"]:visible').first
    field.focus()
    before = field.input_value()
    hands.press("End", "/")
    assert field.input_value().count("/") == before.count("/") + 1
    hands.press("Backspace")

    hands.page.locator("#show-keys").focus()
    hands.page.evaluate("localStorage.setItem('accord-single-keys', 'off')")
    hands.press("/")
    assert hands.focused == "show-keys"
    hands.page.evaluate("localStorage.removeItem('accord-single-keys')")
    hands.press("/")
    assert hands.focused == "quick-line"
    hands.press("Escape")
    assert hands.focused == "show-keys"


def test_nothing_that_was_typed_is_kept_in_the_browser(address, at_browser):
    hands = Hands(at_browser, address)
    hands.line("a Tierney: a very private matter by 18:30")
    kept = hands.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert "private" not in kept


def test_a_question_mark_lists_what_a_line_may_begin_with(address, at_browser):
    hands = Hands(at_browser, address)
    hands.press("/")
    hands.type("?")
    hands.page.wait_for_selector("#quick-help tbody tr")
    shown = hands.page.inner_text("#quick-help")
    for verb in VERBS[:12]:
        assert verb.adds in shown
        assert verb.example in shown
    assert "within 4 hours of birth" in shown
    hands.look()
    hands.page.fill(LINE, "")
    assert hands.page.locator("#quick-help").is_hidden()


@pytest.mark.parametrize("context", [{"forced_colors": "active"}, {"viewport": {"width": 320, "height": 640}}])
def test_the_quick_line_is_sound_in_forced_colours_and_on_a_phone(address, at_browser, context):
    hands = Hands(at_browser, address, **context)
    hands.look()
    hands.line("a police: check PNC")
    hands.press("ArrowDown")
    hands.look()
    assert hands.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for option in hands.page.locator("#quick [role=option]").all():
        assert option.bounding_box()["height"] >= 44
    hands.recorder.open("/quick?line=a+police:+check+PNC")
    hands.look()
    assert hands.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_on_a_phone_the_button_takes_what_was_shown(address, at_browser):
    hands = Hands(at_browser, address, viewport={"width": 360, "height": 740}, has_touch=True)
    hands.page.tap(LINE)
    hands.type("a Tierney: visit by 18:30")
    hands.wait("Enter takes it.")
    hands.page.get_by_role("button", name="Take it").tap()
    hands.wait("Taken.")
    assert hands.actions[-1]["text"] == "visit"


def test_people_of_earlier_meetings_fill_what_is_still_empty(address, at_browser):
    hands = Hands(at_browser, address, step="people")
    hands.page.locator('button[value="add:professionals"]').focus()
    hands.press("Enter")
    name = hands.page.locator("details.accord-row[open] input[name$=':name']")
    name.wait_for()
    name.focus()
    row = hands.page.locator("details.accord-row[open]")
    row.locator("[name$=':role']").fill("Duty sergeant")
    name.focus()
    hands.type("tier")
    option = row.get_by_role("option", name="Bronagh Tierney")
    option.wait_for()
    assert name.get_attribute("aria-expanded") == "true"
    hands.look()
    hands.press("ArrowDown", "Enter")
    assert name.input_value() == "Bronagh Tierney"
    assert row.locator("[name$=':agency']").input_value() == "police"
    assert row.locator("[name$=':organisation']").input_value() == "Northmere Police (fictional)"
    assert row.locator("[name$=':role']").input_value() == "Duty sergeant"  # what was typed is not replaced
    said = row.get_by_text(re.compile("Filled in from an earlier meeting: agency, organisation"))
    said.wait_for()
    assert said.get_attribute("role") == "status"
    hands.page.wait_for_function("document.getElementById('saved').textContent.startsWith('Saved')", timeout=8000)
    hands.page.wait_for_timeout(2500)
    saved = hands.record["professionals"][-1]
    assert (saved["name"], saved["agency"], saved["role"]) == ("Bronagh Tierney", "police", "Duty sergeant")
    assert saved["organisation"] == "Northmere Police (fictional)"
    assert hands.problems == []


def test_organisations_are_offered_and_escape_keeps_the_row_open(address, at_browser):
    hands = Hands(at_browser, address, step="people")
    hands.page.locator('button[value="add:professionals"]').focus()
    hands.press("Enter")
    place = hands.page.locator("details.accord-row[open] input[name$=':organisation']")
    place.wait_for()
    place.focus()
    hands.type("fern")
    row = hands.page.locator("details.accord-row[open]")
    row.get_by_role("option", name="Fernlea Primary (fictional)").wait_for()
    hands.press("Escape")
    assert row.locator("[role=option]").count() == 0
    assert place.is_visible()
    hands.type("l")
    row.get_by_role("option", name="Fernlea Primary (fictional)").wait_for()
    hands.press("ArrowDown", "Enter")
    assert place.input_value() == "Fernlea Primary (fictional)"
    assert row.locator("[name$=':agency']").input_value() == "education"
