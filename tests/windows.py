"""Windows of a browser on the product as it is served: what browser tests of live recording share.

A test module takes the fixtures from here: a server that can be killed, a browser, a record of the test's own.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from pathlib import Path

import pytest

from forms.demonstration import PASSWORD, PEOPLE
from meetings.desk import Desk, administrator
from meetings.store import Store
from tests.makers import a_discussion, let_in
from tests.servers import browser as chromium
from tests.servers import needs

ROOT = Path(__file__).parent.parent


class Server:
    """The product as it is served by default, which can be killed and started again on the same port."""

    def __init__(self, instance: Path, **settings: str) -> None:
        self.instance = instance
        self.settings = settings
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ACCORD_")}
        settings = {"ACCORD_INSTANCE": str(self.instance), "ACCORD_PORT": str(self.port), **self.settings}
        self.log = (self.instance.parent / "log").open("a")
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py")],
            stdout=self.log,
            stderr=self.log,
            env={**kept, **settings},
            start_new_session=True,
        )
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{self.address}/sign-in", timeout=2).close()
                return
            except OSError:
                time.sleep(0.1)
        pytest.fail((self.instance.parent / "log").read_text())

    def kill(self) -> None:
        """End it as a power cut would: nothing is finished, nothing is said."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        self.log.close()

    def desk(self) -> Desk:
        from datetime import UTC, datetime

        return Desk(Store(f"sqlite:///{self.instance / 'accord.db'}"), lambda: datetime.now(UTC))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    needs("chromium")
    served = Server(tmp_path_factory.mktemp("live") / "instance")
    yield served
    served.kill()


@pytest.fixture(scope="module")
def at_browser():
    with chromium() as running:
        yield running


@pytest.fixture
def reference(server):
    """A record of this test alone."""
    document = {**a_discussion(), "id": f"urn:uuid:{uuid.uuid4()}", "ref": f"SD-2027-{uuid.uuid4().int % 10**9}"}
    found, _ = server.desk().import_document(json.dumps(document).encode(), administrator())
    return let_in(server.desk(), found, PEOPLE[1])


class Window:
    """A window of a browser, with a person signed in, on a page of a record."""

    def __init__(self, browser, server: Server, reference: str, login: str = "pclo", **options) -> None:
        self.server, self.reference = server, reference
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.page.goto(server.address)
        self.page.fill("#login", login)
        self.page.fill("#password", PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_role("button", name="Sign out").wait_for()

    def open(self, path: str):
        self.page.goto(f"{self.server.address}/records/{self.reference}{path}")
        self.page.wait_for_selector("html.accord-is-live")
        return self.page

    def field(self, ending: str):
        """Return the first field of that name, with whatever is folded around it opened as a person would."""
        control = self.page.locator(f'main form [name$=":{ending}"]').first
        control.evaluate(
            "one => { for (let d = one.closest('details'); d; d = d.parentElement.closest('details')) d.open = true; }"
        )
        return control

    def says(self, words: str, seconds: float = 12) -> None:
        """Wait until the line that tells the truth begins so."""
        self.page.wait_for_function(
            "words => document.getElementById('saved').textContent.startsWith(words)", arg=words, timeout=seconds * 1000
        )

    def saved(self, seconds: float = 12) -> None:
        self.says("Saved", seconds)


@pytest.fixture
def window(at_browser, server, reference):
    made = []

    def opened(login: str = "pclo", **options) -> Window:
        made.append(Window(at_browser, server, reference, login, **options))
        return made[-1]

    yield opened
    for one in made:
        assert one.faults == []
        one.context.close()


@pytest.fixture
def kept(server, reference):
    """What the record holds now, read from the database itself."""

    def look():
        return server.desk().look(reference, administrator()).json

    return look


def wait_until(holds, seconds: float = 10.0) -> None:
    last = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < last, "it never came"
        time.sleep(0.05)
