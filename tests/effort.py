"""Replays a scenario through the live page by the keyboard and counts what it takes beyond the recorded text itself.

Every key is pressed and every click made in a real browser; what is counted is what was done. A key that is held while
another is pressed counts too: Alt + N is two. Capitals and accents belong to the text. Nothing is chosen, ticked,
opened or scrolled to in any other way; only waiting, as a person waits to see what a page shows, is free.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from meetings.guides import Block, Step
from meetings.parts import value_at
from meetings.questions import Field, Kind, flat_fields
from tests.makers import Json
from tests.typing_in import LAYOUT, STEPS, TOP, Recorder, typed

NEAR = 8
"""Keys to a place after which a hand goes to the mouse instead."""
_LOOK = (Path(__file__).parent / "effort.js").read_text(encoding="utf-8")


class Hand(Recorder):
    """Somebody who types a record live, and the keys and clicks that were needed besides the words."""

    def __init__(self, page: Any, address: str, document: Json) -> None:
        super().__init__(page, address, document)
        self.text = 0
        self.keys = 0
        self.clicks = 0
        self.why: Counter[str] = Counter()
        self._recorded: set[tuple[str, str, str]] = set()
        page.add_init_script(_LOOK)

    @property
    def beyond(self) -> int:
        return self.keys + self.clicks

    # ── What a hand can do ───────────────────────────────────────────────────────────────────────────────────────

    def key(self, chord: str, why: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(chord)
            pressed = max(1, len(chord.split("+")))
            self.keys += pressed
            self.why[why] += pressed

    def words(self, name: str, text: str) -> None:
        """Type text that is recorded; what is typed a second time in the same place is beyond it."""
        for number, line in enumerate(text.split("\n")):
            if number:
                self.page.keyboard.press("Enter")
            self.page.keyboard.type(line)
        place = (self.page.url, name, text)
        if place in self._recorded:
            self.keys += len(text)
            self.why["typed again"] += len(text)
        else:
            self._recorded.add(place)
            self.text += len(text)

    def letters(self, text: str, why: str) -> None:
        """Type letters that are not recorded themselves: they choose something."""
        self.page.keyboard.type(text)
        self.keys += len(text)
        self.why[why] += len(text)

    def click(self, control: Any, why: str) -> None:
        control.click()
        self.clicks += 1
        self.why[f"{why}, by the mouse"] += 1

    def seen(self, name: str, *more: Any) -> Any:
        """Look at the page: what stands where, and where the focus is."""
        return self.page.evaluate(f"given => window.look.{name}(...given)", list(more))

    def settle(self) -> None:
        """Wait until the page shows what the last answer called for."""
        self.page.wait_for_function("() => window.look.isSettled()", timeout=20_000)

    # ── From page to page ────────────────────────────────────────────────────────────────────────────────────────

    def type_everything(self) -> None:
        """Type the whole record: people first, who are chosen everywhere else, then on from step to step."""
        self.page.wait_for_selector("html.accord-is-live")
        order = [one.key for one in STEPS if one.key != "circulation"]
        ahead = {step.key: step for step in STEPS}
        for key in ("people", "children", "adults", "children", "open"):
            self.turn_to(key)
            self.type_step(ahead[key])
        for key in order[order.index("adults") + 1 :]:
            self.turn_to(key)
            if key == "decisions":
                for outcome in self.document.get("outcomes", ()):
                    self.turn_to(self.names[outcome["child"]])
                    self.type_part_live("outcomes", "outcomes", outcome, LAYOUT.answers_of("outcomes"))
            else:
                self.type_step(ahead[key])
            self.settle()

    def turn_to(self, key: str) -> None:
        """Turn the pages until the one that is wanted is there."""
        wanted = [one.key for one in STEPS]
        while (here := self.page.url.partition("#")[0].rpartition("/")[2]) != key:
            back = key in wanted and here in wanted and wanted.index(key) < wanted.index(here)
            url = self.page.url
            self.key("Alt+PageUp" if back else "Alt+PageDown", "next page")
            self.page.wait_for_function("was => location.href !== was", arg=url)
            self.page.wait_for_load_state("load")
            if self.page.locator("form[data-live]").count():
                self.page.wait_for_selector("html.accord-is-live")

    # ── One step ─────────────────────────────────────────────────────────────────────────────────────────────────

    def type_step(self, step: Step, only: tuple[Block, ...] = ()) -> None:
        for block in only or step.blocks:
            self.type_whole_block(block)

    def type_whole_block(self, block: Block) -> None:
        asked = {path: one for path, one in LAYOUT.answers_of(block.part).items() if path in block.paths()}
        section, _, name = block.part.rpartition("/")
        holder = self.document.get(section, {}) if section else self.document
        if not block.is_list:
            body = self.document if block.part == TOP else self.document.get(block.part, {})
            if body:
                self.type_part_live(block.part, block.part, body, asked)
            return
        for number, body in enumerate(holder.get(name) or ()):
            keys = self.seen("rowsOf", block.part)
            if number >= len(keys):
                self.add_row(block)
                keys = self.seen("rowsOf", block.part)
            self.type_part_live(block.part, keys[number], body, asked)

    def add_row(self, block: Block) -> None:
        before = len(self.seen("rowsOf", block.part))
        if self.seen("adds") == block.part:
            self.key("Alt+n", "new row")
        elif not self.reach("adder", block.part):
            self.key("Enter", "new row")
        self.page.wait_for_function(
            "([part, before]) => window.look.rowsOf(part).length > before", arg=[block.part, before]
        )

    # ── One part ─────────────────────────────────────────────────────────────────────────────────────────────────

    def type_part_live(self, part: str, key: str, body: Json, asked: dict[str, Field]) -> None:
        """Answer what differs, in the order of the page, until nothing does."""
        last = -1
        for _ in range(400):
            shown = self.seen("questions")
            known = self.seen("people")
            wanted: dict[str, tuple[Field, list[str]]] = {}
            for path, one in asked.items():
                if one.asked and (value := value_at(body, path)) is not None:
                    wanted |= self._wanted(f"{key}:{path}", one, value, known)
            differing = [
                (number, one) for number, one in enumerate(shown)
                if one["name"] in wanted and sorted(one["values"]) != sorted(wanted[one["name"]][1])
            ]  # fmt: skip
            if not differing:
                self.settle()
                if self.seen("questions") == shown and self.seen("people") == known:
                    return
                continue
            after = [(number, one) for number, one in differing if number > last]
            last, question = (after or differing)[0]
            self.answer(question, *wanted[question["name"]])
        raise AssertionError(f"{key} never shows what was typed")

    def _wanted(self, name: str, one: Field, value: Any, known: list[str]) -> dict[str, tuple[Field, list[str]]]:
        if one.kind is Kind.OBJECT:
            found: dict[str, tuple[Field, list[str]]] = {}
            for number, row in enumerate(value):
                for path, inner in flat_fields(one.type).items():
                    if inner.asked and (held := value_at(row, path)) is not None:
                        found |= self._wanted(f"{name}.{number}.{path}", inner, held, known)
            return found
        values = value if one.many else [value]
        if one.kind is Kind.REFERENCE:
            values = [self.names[who] for who in values]
            if any(who not in known for who in values):
                return {}  # that person is named later
        texts = [typed(one, item) for item in values]
        return {name: (one, texts or [".none"])} if one.many else {name: (one, texts)}

    def answer(self, question: Json, one: Field, wanted: list[str]) -> None:
        name, kind = question["name"], question["kind"]
        self.reach("question", name)
        if kind == "radio":
            self.choose_option(name, wanted[0])
        elif kind == "checkbox" or wanted == [".none"]:
            self.tick_boxes(name, wanted)
        elif kind == "select-one":
            self.choose_from_list(name, wanted[0])
        else:
            self.type_texts(name, wanted)
        if kind not in ("text", "textarea"):
            self.settle()

    # ── Going there ──────────────────────────────────────────────────────────────────────────────────────────────

    def reach(self, what: str, name: str) -> bool:
        """Go to a question, or to the button that adds a row: by the fewest keys, or by a click if it is far.

        Return whether a click did it: that presses a button as well.
        """
        for _ in range(12):
            way = self.seen("way", what, name)
            if way["there"]:
                return False
            keys = min(way["ways"], key=lambda one: one[1] * one[2], default=None)
            if keys is None or keys[1] * keys[2] > NEAR:
                self.settle()  # a page that is brought up to date forgets what was looked for
                way = self.seen("way", what, name)
                self.click(self.page.locator(way["selector"]).first, "to the question")
                if way["folded"]:
                    self.page.wait_for_timeout(50)
                elif what == "adder" or self.seen("way", what, name)["there"]:
                    return True
            else:
                chord, times, _ = keys
                self.key(chord, f"to the question by {chord}", times)
                if way["folded"]:
                    self.key("Enter", "unfold")
        raise AssertionError(f"{name} is never reached: {self.seen('way', what, name)}")

    # ── Answering ────────────────────────────────────────────────────────────────────────────────────────────────

    def type_texts(self, name: str, wanted: list[str]) -> None:
        for number, text in enumerate(wanted):
            if number:
                self.key("Enter", "one more line")
            if self.seen("focusedText") not in ("", text):
                self.key("Control+a", "over what stands there")
            self.words(name, text)

    def choose_option(self, name: str, value: str) -> None:
        """Choose among radios by the first letters of the option."""
        for letter in self.seen("labelOf", name, value):
            if self.seen("checked", name) == [value]:
                return
            if letter == " ":
                break
            self.letters(letter, "option")
        while self.seen("checked", name) != [value]:
            self.key("ArrowDown", "option")

    def tick_boxes(self, name: str, wanted: list[str]) -> None:
        if wanted != [".none"] and len(wanted) > 1 and sorted(self.seen("offered", name)) == sorted(wanted):
            self.key("Alt+a", "boxes")
            return
        for value in wanted:
            if value in self.seen("checked", name):
                continue
            for letter in self.seen("labelOf", name, value).split(" ")[0]:
                if self.seen("isAt", name, value):
                    break
                self.letters(letter, "boxes")
            steps = 0
            while not self.seen("isAt", name, value):
                self.key("Tab", "boxes")
                steps += 1
                assert steps < 50, f"{name}: {value} is never reached"
            self.key("Space", "boxes")

    def choose_from_list(self, name: str, value: str) -> None:
        """Choose from a list by the first letters of the option, and the arrow."""
        label = self.seen("labelOf", name, value)
        for letter in label:
            away = self.seen("away", name, value)
            if 0 <= away <= 2 or letter == " ":
                break
            self.letters(letter, "list")
        while (away := self.seen("away", name, value)) != 0:
            self.key("ArrowDown" if away > 0 else "ArrowUp", "list")
