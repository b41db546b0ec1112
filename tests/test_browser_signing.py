"""A final text signed in a real browser: two people of two agencies, one of whom dissents, and a third by a link."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from exports.word import read_text
from forms.demonstration import PASSWORD
from tests.post_office import a_post_office
from tests.test_browser_recording import serving  # noqa: F401  # fixture
from tests.typing_in import Recorder

pytestmark = pytest.mark.browser
NOW = "2026-11-18T09:00:00+00:00"
REFERENCE = "SD-2026-9001"


def _sign_in(browser, address, login, **context):
    person = Recorder(browser.new_context(accept_downloads=True, **context).new_page(), address, {})
    person.sign_in(login, PASSWORD)
    person.reference = REFERENCE
    return person


def _answer(page, answer, name, *, about="", reason="", password=""):
    page.locator(f'input[name="answer"][value="{answer}"]').check(force=True)
    if about:
        page.locator(f'input[name="about"][value="{about}"]').check(force=True)
    page.fill("#reason", reason)
    page.fill("#typed_name", name)
    page.locator("#declared").check(force=True)
    if password:
        page.fill("#password", password)
    page.get_by_role("button", name="Sign this answer" if password else "Send this answer").click()


def _make_a_code(recorder, name):
    """Make a code for somebody without an account, and return it as the page shows it."""
    recorder.open("/links")
    page = recorder.page
    label = page.locator("#professional option", has_text=name).first.inner_text()
    page.select_option("#professional", label=label)
    page.locator("form", has=page.locator("#professional")).get_by_role("button").click()
    return re.sub(r"\D", "", page.locator(".accord-code").first.inner_text())


def _link_in(letter):
    return re.search(r"http://\S+/answer/\S+", letter.get_content())[0]


def test_two_agencies_sign_one_dissents_a_third_answers_by_link_and_the_word_file_shows_all_three(
    serving,  # noqa: F811
    at_browser,
):
    with a_post_office() as office:
        address = serving(NOW, ACCORD_SMTP_URL=f"smtp://127.0.0.1:{office.port}?from=accord@northmere.example")
        recorder = _sign_in(at_browser, address, "pclo", java_script_enabled=False)
        code = _make_a_code(recorder, "Kwabena Lister")
        recorder.open("/read-back")
        assert code in re.sub(r"\s", "", recorder.page.inner_text("#codes"))
        recorder.page.get_by_role("button", name="Finalise").click()
        assert recorder.page.get_by_text("This record is final.").count() == 1

        manager = _sign_in(at_browser, address, "manager", java_script_enabled=False)
        manager.page.goto(address)
        manager.page.get_by_role("link", name=re.compile("Answer for Local authority")).click()
        _answer(manager.page, "approve", "Imelda Fairbrother", password=PASSWORD)
        assert "is kept." in manager.page.inner_text(".accord-news")

        detective = _sign_in(at_browser, address, "detective")
        detective.open("/answer")
        dissent = {"about": "c1", "reason": "The interview should come before the medical."}
        _answer(detective.page, "approve_with_dissent", "Bronagh Tierney", password=PASSWORD, **dissent)
        assert "is kept." in detective.page.inner_text(".accord-news")

        (letter,) = office.letters
        assert letter["To"] == "k.lister@school.example"
        assert code not in letter.as_string()
        guest = at_browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False).new_page()
        guest.goto(_link_in(letter))
        assert "Milo" not in guest.inner_text("main")
        guest.fill("#code", code)
        guest.get_by_role("button", name="Show me the text").click()
        assert "Milo Farraday" in guest.inner_text("main")
        assert guest.evaluate("document.documentElement.scrollWidth") <= 360
        _answer(guest, "approve", "Kwabena Lister")
        assert "Your answer is kept" in guest.inner_text("main")

        recorder.open("")
        assert recorder.page.locator("h2#answers + table tr", has_text="Not answered yet").count() == 1
        sha = recorder.page.locator(".accord-hash code").first.inner_text().strip()
        with recorder.page.expect_download() as download:
            recorder.page.locator('a[href*="minutes.docx?audience=full"]').click()
        text = read_text(Path(download.value.path()).read_bytes())
    table = text[text.rindex("Sign-off") :]
    for name, role, answer in (
        ("Imelda Fairbrother", "Team manager", "Approve\n"),
        ("Bronagh Tierney", "Detective Sergeant, child abuse investigation", "Approve, with dissent recorded"),
        ("Kwabena Lister", "Designated safeguarding lead", "Approve\n"),
    ):
        row = table[table.rindex(name) :][:400]
        assert role in row
        assert answer in row
        assert "18 November 2026, 09:00:00 UTC" in row
        assert f"Text {sha[:12]}" in row
    assert "About Milo Farraday" in table
    assert "Reason: The interview should come before the medical." in table
    assert "Answered by a link sent to k.lister@school.example, made by Wendell Ashgrove" in table
    assert table.count("Signed with their own account") == 2
    assert f"Content hash: {sha} (text {sha[:12]})" in table


def test_axe_finds_nothing_on_the_pages_of_signing_and_of_versions_and_nothing_is_wider_than_a_phone(
    serving,  # noqa: F811
    at_browser,
):
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()

    def look(page):
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
        page.set_viewport_size({"width": 1280, "height": 900})
        found = axe.run(page)
        assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"

    with a_post_office() as office:
        address = serving(NOW, ACCORD_SMTP_URL=f"smtp://127.0.0.1:{office.port}")
        recorder = _sign_in(at_browser, address, "pclo", bypass_csp=True)
        page = recorder.page
        code = _make_a_code(recorder, "Kwabena Lister")
        look(page)
        recorder.open("/read-back")
        look(page)
        page.get_by_role("button", name="Finalise").click()
        for path in ("", "/answer", "/links", "/text"):
            recorder.open(path)
            look(page)
        page.goto(address)
        look(page)
        recorder.open("/answer")
        page.get_by_role("button", name="Sign this answer").click()
        look(page)

        guest = at_browser.new_context(bypass_csp=True).new_page()
        guest.goto(_link_in(office.letters[0]))
        look(guest)
        guest.fill("#code", code)
        guest.get_by_role("button", name="Show me the text").click()
        look(guest)
        guest.goto(f"{address}/answer/unknown")
        look(guest)

    recorder.open("/challenge?at=/information/lines/0")
    look(page)
    page.locator("#path").check(force=True)
    page.fill("#should_say", "Health")
    page.get_by_role("button", name="Say that this is wrong").click()
    look(page)
    page.locator("summary", has_text="Answer for").click()
    page.locator("#accept-1").check(force=True)
    page.get_by_role("button", name="Answer this").click()
    look(page)
    page.fill("#why-1", "So it was")
    page.get_by_role("button", name="Answer this").click()
    page.get_by_role("button", name="Begin the version with the accepted corrections").click()
    look(page)
    for path in ("?version=1", "/text?version=1", "/compare"):
        recorder.open(path)
        look(page)
