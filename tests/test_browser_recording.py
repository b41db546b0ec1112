"""A whole discussion typed in a real browser, from sign-in to the downloaded minutes; the pages looked at by axe."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from exports.word import read_text
from forms.demonstration import PASSWORD
from tests.accounts import signed_up_there
from tests.conftest import SCENARIOS
from tests.servers import needs
from tests.typing_in import STEPS, Recorder, follow, in_order_of_appearance

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parent.parent


@contextmanager
def served(folder: Path, now: str, **more: str) -> Iterator[str]:
    """Serve the product at a fixed moment, as it is served by default, and yield its address."""
    needs("chromium")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ACCORD_")}
    settings = {"ACCORD_INSTANCE": str(folder / "instance"), "ACCORD_PORT": str(port), "ACCORD_NOW": now, **more}
    with (folder / "log").open("w") as log:
        running = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py")], stdout=log, stderr=log, env={**kept, **settings}
        )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(150):
            try:
                urllib.request.urlopen(f"{address}/sign-in", timeout=2).close()
                break
            except OSError:
                time.sleep(0.1)
        else:
            pytest.fail((folder / "log").read_text())
        yield address
    finally:
        running.terminate()
        running.wait(10)


@pytest.fixture
def serving(tmp_path):
    """Serve the product at a moment that the test chooses; yield a function that gives its address."""
    with ExitStack() as serving_on:
        yield lambda now, **more: serving_on.enter_context(served(tmp_path, now, **more))


@pytest.mark.parametrize("scenario", ["O2", "O3", "O7"])
def test_a_discussion_is_typed_without_javascript_from_sign_in_to_the_downloaded_minutes(
    serving, at_browser, scenario, tmp_path
):
    expected = json.loads((SCENARIOS / scenario / "expected.json").read_text())["meetings"][0]
    document = json.loads((SCENARIOS / scenario / "meeting-1.json").read_text())
    context = at_browser.new_context(java_script_enabled=False, accept_downloads=True)
    recorder = Recorder(context.new_page(), serving(expected["now"]), document)

    recorder.sign_in("pclo", PASSWORD)
    recorder.start()
    recorder.type_everything()
    recorder.pass_over()
    for one in document["signoff"]:
        if one["as"] in ("chair", "police"):
            recorder.confirm(one["as"], one["by"])
        elif one["as"] == "manager":
            account = signed_up_there(tmp_path / "instance", document, one["by"])
            ratifying = Recorder(
                at_browser.new_context(java_script_enabled=False).new_page(), recorder.address, document
            )
            ratifying.sign_in(account.login, PASSWORD)
            ratifying.reference = recorder.reference
            ratifying.sign(account.name, PASSWORD)
    recorder.finalise()

    assert recorder.page.get_by_text("This record is final.").count() == 1, recorder.page.inner_text("main")
    with recorder.page.expect_download() as download:
        recorder.page.locator('a[href*="minutes.docx?audience=full"]').click()
    text = read_text(Path(download.value.path()).read_bytes())
    for words in expected["copies"]["full"]["must_contain"]:
        assert words in text
    with recorder.page.expect_download() as download:
        recorder.page.get_by_role("link", name="Record as data").click()
    typed = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert typed["status"] == "final"
    assert in_order_of_appearance(typed) == in_order_of_appearance(document)
    context.close()


class _InTwoHalves(BaseHTTPRequestHandler):
    """A page whose second half is late."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><form method=post><button>Add</button></form><p>One" + b" " * 5000)
        self.wfile.flush()
        time.sleep(0.5)
        self.wfile.write(b"<p>Two")

    do_POST = do_GET  # noqa: N815

    def log_message(self, *said):
        """Say nothing."""


def test_a_recorder_waits_for_the_whole_of_the_next_page(at_browser):
    server = ThreadingHTTPServer(("127.0.0.1", 0), _InTwoHalves)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    context = at_browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{server.server_port}/")
    for _ in range(2):
        follow(page.get_by_role("button", name="Add"))
        assert page.locator("p").count() == 2
    context.close()
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("colours", ["none", "active"])
def test_axe_finds_nothing_on_any_page_of_a_discussion_in_either_colours(serving, at_browser, colours):
    from axe_playwright_python.sync_playwright import Axe

    # The pages' own policy lets no script in that is not theirs: axe has to come around it.
    context = at_browser.new_context(bypass_csp=True, forced_colors=colours)
    recorder = Recorder(context.new_page(), serving("2026-11-24T12:00:00+00:00"), {})
    axe = Axe()

    def look() -> None:
        found = axe.run(recorder.page)
        assert found.violations_count == 0, f"{recorder.page.url}: {found.generate_report()}"

    recorder.page.goto(recorder.address)
    look()
    recorder.sign_in("pclo", PASSWORD)
    look()
    recorder.reference = "SD-2026-9001"
    for path in ("", *(f"/steps/{step.key}" for step in STEPS), "/children/c1", "/read-back", "/quick", "/history"):
        recorder.open(path)
        look()
    recorder.reference = "SD-2026-9002"
    for path in ("", "/text", "/read-back", "/links", "/children/c1"):
        recorder.open(path)
        look()
    context.close()


def test_on_a_phone_nothing_is_wider_than_the_screen_and_the_keyboard_reaches_the_form(serving, at_browser):
    context = at_browser.new_context(viewport={"width": 320, "height": 640})
    recorder = Recorder(context.new_page(), serving("2026-11-24T12:00:00+00:00"), {})
    recorder.sign_in("pclo", PASSWORD)
    recorder.reference = "SD-2026-9002"
    for path in ("", "/steps/people", "/steps/information", "/children/c1", "/read-back"):
        recorder.open(path)
        assert recorder.page.evaluate("document.documentElement.scrollWidth") <= 320, path
    recorder.open("/steps/closing")
    recorder.page.keyboard.press("Tab")
    assert recorder.page.evaluate("document.activeElement.textContent") == "Skip to main content"
    recorder.page.keyboard.press("Enter")
    for _ in range(40):
        recorder.page.keyboard.press("Tab")
        if recorder.page.evaluate("document.activeElement.matches('main form[data-warns] textarea')"):
            break
    else:
        pytest.fail("The keyboard never reached the form.")
    context.close()


def test_a_link_from_what_is_needed_leads_to_the_field_itself(serving, at_browser):
    context = at_browser.new_context()
    recorder = Recorder(context.new_page(), serving("2026-11-24T12:00:00+00:00"), {})
    recorder.sign_in("pclo", PASSWORD)
    recorder.reference = "SD-2026-9002"
    recorder.open("")
    follow(recorder.page.get_by_role("link", name="Give this action words, one named owner").first)
    # Without a script the browser only scrolls to the field; the script, once loaded, puts the cursor there.
    recorder.page.wait_for_selector("[name$=':deadline/due_at']:focus", timeout=5000)
    context.close()
