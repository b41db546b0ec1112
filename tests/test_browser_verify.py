"""The check of a sealed file in a real browser, by somebody without an account and without JavaScript."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from exports.checking import TOO_LARGE
from forms.demonstration import PASSWORD
from tests.conftest import SCENARIOS
from tests.test_browser_recording import ROOT, serving  # noqa: F401  # fixture
from tests.typing_in import Recorder

pytestmark = pytest.mark.browser
NOW = "2026-11-27T09:15:00+00:00"
REFERENCE = "SD-2026-0902"


@pytest.fixture
def sealed(serving, tmp_path):  # noqa: F811  # the fixture
    """Serve a final record; return the address and the folder with its exported files."""
    address = serving(NOW)
    settings = {"ACCORD_INSTANCE": str(tmp_path / "instance"), "PATH": "/usr/bin:/bin"}
    for command in (
        ["import", "--now", NOW, str(SCENARIOS / "O2" / "meeting-1.json")],
        ["finalise", "--now", NOW, REFERENCE],
        ["export", "--now", NOW, "--to", str(tmp_path / "out"), REFERENCE],
        ["export", "--record", "--now", NOW, "--to", str(tmp_path / "out"), REFERENCE],
    ):
        subprocess.run([sys.executable, str(ROOT / "app.py"), *command], env=settings, check=True, capture_output=True)
    return address, tmp_path / "out"


def _send(page, address, file, signature=None):
    page.goto(f"{address}/verify")
    page.set_input_files("#file", file)
    if signature:
        page.locator("summary", has_text="It is a data file").click()
        page.set_input_files("#signature", signature)
    page.get_by_role("button", name="Check this file").click()
    return page


def test_somebody_without_an_account_checks_files_without_javascript(sealed, at_browser, tmp_path):
    address, out = sealed
    page = at_browser.new_context(java_script_enabled=False, accept_downloads=True).new_page()
    page.goto(f"{address}/sign-in")
    page.get_by_role("link", name="Check a sealed file").click()
    _send(page, address, out / "minutes.docx")
    assert (
        "This file has not changed since it was sealed by Accord demonstration seal of Accord demonstration."
        in page.inner_text("main")
    )
    assert "It is version 1 of SD-2026-0902, the latest." in page.inner_text("main")
    _send(page, address, out / "record.json", out / "record.json.jws")
    assert "has not changed since it was sealed" in page.inner_text("main")
    (tmp_path / "large.docx").write_bytes(os.urandom(14_000_000))
    _send(page, address, tmp_path / "large.docx")
    assert TOO_LARGE in page.inner_text("main"), "also of a file that the server does not read to its end"
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the same check as one file").click()
    assert "def verify_docx(" in Path(download.value.path()).read_text(encoding="utf-8")


def test_axe_finds_nothing_on_the_pages_of_the_check_and_nothing_is_wider_than_a_phone(sealed, at_browser):
    from axe_playwright_python.sync_playwright import Axe

    address, out = sealed
    axe = Axe()
    page = at_browser.new_context(bypass_csp=True, viewport={"width": 320, "height": 640}).new_page()

    def look():
        found = axe.run(page)
        assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url

    page.goto(f"{address}/verify")
    look()
    for file in ("minutes.docx", "record.json", "seal.pem"):
        _send(page, address, out / file)
        look()
    Recorder(page, address, {}).sign_in("pclo", PASSWORD)
    for path in (f"/records/{REFERENCE}/files", "/register", f"/register?sha256={'0' * 64}", "/register?sha256=x"):
        page.goto(f"{address}{path}")
        look()
