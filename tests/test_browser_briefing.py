"""A briefing in a real browser: from the discussion, without retyping a fact, to an officer's telephone and back."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from forms.demonstration import PASSWORD
from meetings.documents import BRIEFING
from meetings.guides import GUIDES
from tests.accounts import signed_up_there
from tests.conftest import SCENARIOS
from tests.test_briefing_scenarios import read
from tests.test_browser_recording import ROOT, serving  # noqa: F401  # fixture
from tests.typing_in import Recorder, follow

pytestmark = pytest.mark.browser
ONE_SCREEN = {"viewport": {"width": 360, "height": 740}}
PHONE = {"viewport": {"width": 360, "height": 740}, "java_script_enabled": False}


def _sign_in(browser, address, login, **context):
    page = browser.new_context(accept_downloads=True, **context).new_page()
    recorder = Recorder(page, address, {})
    recorder.sign_in(login, PASSWORD)
    return recorder


def test_a_briefing_goes_from_the_discussion_to_an_officers_phone(serving, at_browser, tmp_path):  # noqa: F811
    now = json.loads((SCENARIOS / "O1" / "expected.json").read_text())["meetings"][0]["now"]
    address = serving(now)
    document = json.loads((SCENARIOS / "O1" / "meeting-1.json").read_text())
    subprocess.run(
        [sys.executable, str(ROOT / "app.py"), "import", "--now", now, str(SCENARIOS / "O1" / "meeting-1.json")],
        env={"ACCORD_INSTANCE": str(tmp_path / "instance"), "PATH": "/usr/bin:/bin"},
        check=True,
        capture_output=True,
    )
    recorder = _sign_in(at_browser, address, "pclo", java_script_enabled=False)
    page = recorder.page
    page.goto(f"{address}/records/{document['ref']}")
    follow(page.get_by_role("link", name="Start a briefing from this discussion"))
    follow(page.get_by_role("button", name="Start the briefing"))
    recorder.reference = page.url.split("/records/")[1]

    # What the discussion knew is there; nobody types it again.
    recorder.open("/steps/people")
    for adult in document["adults"]:
        assert adult["name"] in page.content(), page.inner_text("main")

    complete(recorder)
    recorder.open("/approve")
    needed = page.locator("section[aria-labelledby=needed-title] li").all_inner_texts()
    page.screenshot(path=str(tmp_path / "approve.png"))

    sallow = next(one for one in document["professionals"] if one["name"] == "Marguerite Sallow")
    account = signed_up_there(tmp_path / "instance", document, sallow["id"])
    supervisor = _sign_in(at_browser, address, account.login, java_script_enabled=False)
    supervisor.reference = recorder.reference
    supervisor.open("/approve")
    supervisor.page.fill("#typed_name", "Marguerite Sallow")
    supervisor.page.fill("#password", PASSWORD)
    supervisor.page.check("#open_version_read", force=True)
    follow(supervisor.page.get_by_role("button", name="Approve this briefing"))
    assert "Issue to" in supervisor.page.content(), (needed, supervisor.page.inner_text("main"))
    follow(supervisor.page.get_by_role("button", name="Issue to"))
    assert supervisor.page.get_by_text("Issued", exact=True).count() == 1

    officer = _sign_in(at_browser, address, account.login, **PHONE)
    officer.page.goto(f"{address}/find")
    officer.page.fill("#q", "achterberg")
    follow(officer.page.get_by_role("button", name="Search"))
    follow(officer.page.locator("a.found").first)
    assert "See HER, alone, in person" in officer.page.content()
    assert officer.page.evaluate("document.documentElement.scrollWidth") <= 360
    officer.page.get_by_role("link", name="I have read and understood").click()
    follow(officer.page.get_by_role("button", name="I have read and understood"))
    assert f"Read and understood by {account.name}" in officer.page.content()
    officer.page.get_by_role("link", name="I have seen them").click()
    officer.page.fill("#text", "Rosalind seen alone at the caravan park, well, no baby yet")
    follow(officer.page.get_by_role("button", name="Tell the owner now"))
    recorder.open("")
    assert "Rosalind seen alone at the caravan park" in page.content()


def test_axe_finds_nothing_on_the_pages_of_a_briefing_and_nothing_is_wider_than_a_phone(serving, at_browser, tmp_path):  # noqa: F811
    from axe_playwright_python.sync_playwright import Axe

    name = "NMP-IIM-2031-0042"
    now = read(name, ".expected")["now"]
    address = serving(now)
    file = ROOT / "tests" / "scenarios" / "briefings" / f"{name}.json"
    run = [sys.executable, str(ROOT / "app.py")]
    settings = {"ACCORD_INSTANCE": str(tmp_path / "instance"), "PATH": "/usr/bin:/bin"}
    for command in (["import", "--now", now, str(file)], ["finalise", "--now", now, name]):
        subprocess.run([*run, *command], env=settings, check=True, capture_output=True)
    axe = Axe()
    recorder = _sign_in(at_browser, address, "pclo", bypass_csp=True)
    recorder.page.goto(f"{address}/records/{name}")
    follow(recorder.page.get_by_role("button", name="Issue to"))
    pages = (f"/records/{name}", f"/briefings/{name}", "/find?q=vennick", "/", f"/records/{name}/copies", "/records")
    for path in (*pages, f"/records/{name}/who-saw-it"):
        recorder.page.goto(f"{address}{path}")
        found = axe.run(recorder.page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
    recorder.page.goto(f"{address}/records/{name}/copies")
    recorder.page.select_option("#recipient", index=1)
    recorder.page.check("#how-print", force=True)
    recorder.page.fill("#purpose", "Handover to the night shift")
    recorder.page.get_by_role("button", name="Give the copy and log it").click()
    found = axe.run(recorder.page)
    assert found.violations_count == 0, f"printed: {found.generate_report()}"
    printed = recorder.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1, "card, letters and slip fill one sheet"
    recorder.page.goto(f"{address}/records/{name}")
    recorder.page.locator("summary", has_text="Open a correction").click()
    recorder.page.fill("#why-reopen", "Seen at the hospital")
    follow(recorder.page.get_by_role("button", name="Open a correction"))
    for step in GUIDES[BRIEFING]:
        recorder.page.goto(f"{address}/records/{name}/steps/{step.key}")
        found = axe.run(recorder.page)
        assert found.violations_count == 0, f"{step.key}: {found.generate_report()}"
    phone = _sign_in(at_browser, address, "officer", viewport={"width": 320, "height": 640})
    for path in (f"/briefings/{name}", "/find?q=vennick"):
        phone.page.goto(f"{address}{path}")
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= 320, path
        phone.page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= 320, f"{path}, text twice as large"
    for scheme in ("light", "dark"):
        night = _sign_in(at_browser, address, "officer", color_scheme=scheme, bypass_csp=True, **ONE_SCREEN)
        night.page.goto(f"{address}/briefings/{name}")
        box = night.page.locator("nav.do").bounding_box()
        assert box["y"] + box["height"] <= 740, "card, numbers and what one does stand on one screen"
        for one in night.page.locator("main > a.call, nav.do a, summary").all():
            assert one.bounding_box()["height"] >= 44, one.inner_text()
        for folded in night.page.locator("details").all():
            folded.evaluate("one => one.open = true")
        found = axe.run(night.page)
        assert found.violations_count == 0, f"{scheme}: {found.generate_report()}"


def test_the_officer_card_shows_its_lines_and_words_while_it_is_typed(serving, at_browser):  # noqa: F811
    recorder = _sign_in(at_browser, serving("2026-11-24T12:00:00+00:00"), "pclo")
    page = recorder.page
    follow(page.get_by_role("button", name="Start an IIMARCH briefing"))
    recorder.reference = page.url.split("/records/")[1].split("/steps/")[0]
    recorder.open("/steps/intention")
    page.locator('main form [name$=":officer_card"]').first.fill("See her, alone.")
    assert page.inner_text("#card-count") == "1 of 7 lines, 3 of 100 words"


def complete(recorder):
    """Answer what only a briefing asks, and nothing that the discussion knew."""
    page = recorder.page

    def fill(step, answers):
        recorder.open(f"/steps/{step}")
        for ending, value in answers.items():
            control = page.locator(f'main form [name$=":{ending}"]').first
            recorder.unfold(control)
            kind = control.evaluate("one => one.tagName === 'SELECT' ? 'select' : one.type")
            if kind == "select":
                control.select_option(label=value)
            elif kind in ("radio", "checkbox"):
                page.locator(f'main form [name$=":{ending}"][value="{value}"]').first.check(force=True)
            else:
                control.fill(value)
        recorder.press("save")

    def add(step, part, rows):
        for answers in rows:
            recorder.open(f"/steps/{step}")
            recorder.press(f"add:{part}")
            row = page.locator(f'section[aria-labelledby="list:{part}"] details.accord-row').last
            for ending, value in answers.items():
                control = row.locator(f'[name$=":{ending}"]').first
                recorder.unfold(control)
                kind = control.evaluate("one => one.tagName === 'SELECT' ? 'select' : one.type")
                if kind == "select":
                    control.select_option(label=value)
                elif kind in ("radio", "checkbox"):
                    row.locator(f'[name$=":{ending}"][value="{value}"]').first.check(force=True)
                else:
                    control.fill(value)
            recorder.press("save")

    sergeant = "Marguerite Sallow, Detective Sergeant, referrals"
    # In urgent mode only what cannot wait is needed; the rest is owed by the time that is set.
    fill("head", {"urgent/reason": "Overdue, nobody has seen her", "urgent/complete_by": "2/12/2026 20:00"})
    fill("intention", {"primary": "Find her and see that she and the baby are well tonight."})
    fill("intention", {"officer_card": "See HER, alone, in person. A telephone call is not a sighting."})
    add(
        "method",
        "method/powers",
        [{"instrument": "Children Act 1989", "provision": "s46", "limits": "Not before birth", "usable_now": "no"}],
    )
    add(
        "method",
        "actions",
        [{"kind": "standing_instruction", "text": "Stay with her and ring the duty sergeant", "trigger": "If met"}],
    )
    fill("risk", {"officer_safety": "No markers after checks"})
    add(
        "communications",
        "communications/call_first",
        [
            {"agency": "Police", "who": "Duty sergeant", "number": "01632 960100"},
            {"agency": "Social care out of hours (emergency duty team)", "who": "EDT", "number": "01632 960299"},
        ],
    )
    add("recipients", "circulation", [{"to": sergeant, "acknowledge_by": "2/12/2026 18:00"}])
