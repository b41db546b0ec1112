"""Replays a scenario through the live page with the keyboard and counts what it takes beyond the text itself.

Every key is pressed and every click made in a real browser; what is counted is what was done.
"""

from __future__ import annotations

from typing import Any

from tests.makers import Json
from tests.typing_in import Recorder

NEAR = 4
"""Tab stops after which a hand goes to the mouse instead."""


class Hand(Recorder):
    """Somebody who types a record live, and the keys and clicks that were needed besides the words."""

    def __init__(self, page: Any, address: str, document: Json) -> None:
        super().__init__(page, address, document)
        self.text = 0
        self.keys = 0
        self.clicks = 0

    @property
    def beyond(self) -> int:
        return self.keys + self.clicks

    def open(self, path: str) -> None:
        super().open(path)
        if "/steps/" in path or "/children/" in path:
            self.page.wait_for_selector("html.accord-is-live")

    def press(self, value: str) -> None:
        """Press a button of the page; nothing is pressed to save."""
        if value == "save":
            self.page.wait_for_function(
                "() => document.getElementById('saved').dataset.state === 'saved'", timeout=20_000
            )
            self.page.reload()  # the page as the server now shows it: this costs the hand nothing
            self.page.wait_for_selector("html.accord-is-live")
            return
        self.clicks += 1
        before = self.page.locator("details.accord-row").count()
        self.page.locator(f'main form button[name="do"][value="{value}"]').last.click()
        self.page.wait_for_function(
            "before => document.querySelectorAll('details.accord-row').length > before", arg=before
        )

    def reach(self, control: Any) -> None:
        """Go to a control: by Tab if it is near, else by a click."""
        for _ in range(NEAR):
            if control.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
            self.keys += 1
            if control.evaluate("one => one === document.activeElement"):
                return
        control.click()
        self.clicks += 1

    def fill(self, control: Any, text: str) -> None:
        self.reach(control)
        if control.input_value():
            self.page.keyboard.press("Control+a")
            self.keys += 1
        lines = text.split("\n")
        for number, line in enumerate(lines):
            if number:
                self.page.keyboard.press("Enter")
            self.page.keyboard.type(line)
        self.text += len(text)

    def check(self, control: Any) -> None:
        control.check(force=True)
        self.clicks += 1

    def choose(self, control: Any, value: str) -> None:
        """Choose from a list: one key to come to it and one for the option's first letter, counted as two."""
        control.select_option(value)
        self.keys += 2

    def unfold(self, control: Any) -> None:
        folded = control.first.locator("xpath=ancestor::details[not(@open)]")
        while folded.count():
            folded.first.locator("xpath=./summary").click()
            self.clicks += 1
