"""Types a whole scenario through the real pages, as a recorder would: opens, chooses, types, saves, looks again.

It reads what a page shows, does only what differs from the record it is to become, and stops when nothing differs.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from bs4 import BeautifulSoup

from forms.days import show_date
from forms.moments import show_instant
from forms.reading import show_duration
from meetings.documents import DISCUSSION
from meetings.guides import GUIDES, Block, Step
from meetings.parts import LOCAL_ID_LETTER, layout_of, value_at
from meetings.questions import Field, Kind, fields, flat_fields
from tests.inspecting import fields_of
from tests.makers import Json

LAYOUT = layout_of(DISCUSSION)
STEPS = GUIDES[DISCUSSION]
TOP = LAYOUT.top
MOST_PASSES = 8
PEOPLE_FIRST = ("people", "children", "adults", "children", "adults", "people")
"""People are named before anything can refer to them."""


def typed(one: Field, value: Any) -> str:
    """Return what a person types for one value."""
    if one.kind is Kind.DATE:
        return show_date(date.fromisoformat(value))
    if one.kind is Kind.INSTANT:
        return show_instant(datetime.fromisoformat(value))
    if one.kind is Kind.DURATION:
        return show_duration(value)
    if one.kind is Kind.YES_NO:
        return "yes" if value else "no"
    return str(value)


def in_order_of_appearance(document: Json) -> Json:
    """Return a document with its local ids renamed in order of appearance, and without what no two records share.

    Lists of codes and of people are sets: their order is that of the boxes on the page, and is left aside.
    """
    names: dict[str, str] = {}
    for name, shape in LAYOUT.lists.items():
        if shape in LOCAL_ID_LETTER:
            for number, row in enumerate(document.get(name, ()), start=1):
                names[row["id"]] = f"{LOCAL_ID_LETTER[shape]}{number}"
    return _renamed(LAYOUT.sections[TOP], document, names)


LEFT_ASIDE = frozenset({"id", "ref", "provenance", "signoff", "circulation", "integrity"})


def _renamed(shape: type, body: Json, names: dict[str, str]) -> Json:
    found: Json = {}
    for one in fields(shape):
        if one.name not in body or one.name in LEFT_ASIDE:
            continue
        value = body[one.name]
        if one.kind is Kind.OBJECT:
            rows = [_renamed(one.type, row, names) for row in (value if one.many else [value])]
            found[one.name] = rows if one.many else rows[0]
        elif one.kind is Kind.REFERENCE:
            found[one.name] = sorted(names.get(who, who) for who in value) if one.many else names.get(value, value)
        else:
            found[one.name] = sorted(value) if one.many and one.kind is Kind.CODE else value
    return found


def follow(control: Any) -> None:
    """Press what leads to another page, and wait until the whole of that page is there.

    A click alone returns when the next page begins to arrive: what is counted then is counted in half a page.
    """
    with control.page.expect_navigation():
        control.click()


class Recorder:
    """Somebody at a browser, with the record that is to be typed."""

    def __init__(self, page: Any, address: str, document: Json) -> None:
        self.page = page
        self.address = address
        self.document = document
        self.reference = ""
        self.names: dict[str, str] = {}
        for name, shape in LAYOUT.lists.items():
            if shape in LOCAL_ID_LETTER:
                for number, row in enumerate(document.get(name, ()), start=1):
                    self.names[row["id"]] = f"{LOCAL_ID_LETTER[shape]}{number}"

    # ── Where one is ─────────────────────────────────────────────────────────────────────────────────────────────

    def sign_in(self, login: str, password: str) -> None:
        self.page.goto(self.address)
        self.page.fill("#login", login)
        self.page.fill("#password", password)
        follow(self.page.get_by_role("button", name="Sign in"))

    def start(self) -> None:
        follow(self.page.get_by_role("button", name="Start a strategy discussion"))
        self.reference = self.page.url.split("/records/")[1].split("/steps/")[0]

    def open(self, path: str) -> None:
        self.page.goto(f"{self.address}/records/{self.reference}{path}")

    def press(self, value: str) -> None:
        follow(self.page.locator(f'main form button[name="do"][value="{value}"]').last)

    # ── Typing ───────────────────────────────────────────────────────────────────────────────────────────────────

    def type_everything(self) -> None:
        """Type the whole record, people first, then step by step."""
        done = {step.key: step for step in STEPS}
        for key in PEOPLE_FIRST:
            self.type_step(done[key])
        for step in STEPS:
            if step.key == "decisions":
                for outcome in self.document.get("outcomes", ()):
                    self.type_child(outcome)
            elif step.key != "circulation":
                self.type_step(step)

    def pass_over(self) -> None:
        """Let a manager pass over the rules that the record passes over."""
        for entry in self.document.get("exceptions", ()):
            self.open("/steps/circulation")
            button = self.page.locator(f'button[name="rule"][value="{entry["rule"]}"]')
            self.unfold(button)
            follow(button)
        step = next(one for one in STEPS if one.key == "circulation")
        self.type_step(step, tuple(block for block in step.blocks if block.part == "exceptions"))

    def type_step(self, step: Step, only: tuple[Block, ...] = ()) -> None:
        """Type one step, or only these blocks of it, until the page shows the record."""
        path = f"/steps/{step.key}"
        blocks = only or step.blocks
        self.open(path)
        for block in blocks:
            self.ask_for(block)
            if block.is_list and block.part != "exceptions":
                self.add_rows(block)
        for _ in range(MOST_PASSES):
            soup = BeautifulSoup(self.page.content(), "lxml")
            changed = False
            for block in blocks:
                if soup.find("button", attrs={"value": f"ask:{block.part}"}) is None:
                    changed |= self.type_block(block, soup)
            if not changed:
                return
            self.press("save")
        raise AssertionError(f"{step.title} never shows what was typed")

    def type_child(self, outcome: Json) -> None:
        """Type everything decided for one child."""
        self.open(f"/children/{self.names[outcome['child']]}")
        for _ in range(MOST_PASSES):
            soup = BeautifulSoup(self.page.content(), "lxml")
            key = _keys(soup)[0]
            if not self.type_part("outcomes", key, outcome, soup, LAYOUT.answers_of("outcomes")):
                return
            self.press("save")
        raise AssertionError("the page of a child never shows what was typed")

    def rows(self, block: Block) -> list[Json]:
        section, _, name = block.part.rpartition("/")
        rows = (self.document.get(section, {}) if section else self.document).get(name)
        return rows or []

    def ask_for(self, block: Block) -> None:
        """Press the button that opens a block which the discussion does not call for yet."""
        section, _, name = block.part.rpartition("/")
        holder = self.document.get(section, {}) if section else self.document
        button = self.page.locator(f'button[name="do"][value="ask:{block.part}"]')
        if holder.get(name) is not None and button.count():
            follow(button)

    def add_rows(self, block: Block) -> None:
        """Press the button that adds a row until there are enough."""
        there = self.page.locator(f'section[aria-labelledby="list:{block.part}"] details.accord-row').count()
        for _ in range(len(self.rows(block)) - there):
            self.press(f"add:{block.part}")

    def type_block(self, block: Block, soup: BeautifulSoup) -> bool:
        asked = {path: one for path, one in LAYOUT.answers_of(block.part).items() if path in block.paths()}
        if not block.is_list:
            body = self.document if block.part == TOP else self.document.get(block.part, {})
            key = next(one for one in _keys(soup) if _holds(soup, one, block))
            return self.type_part(block.part, key, body, soup, asked)
        rows = soup.select(f'section[aria-labelledby="list:{block.part}"] details.accord-row')
        changed = False
        for row, body in zip(rows, self.rows(block), strict=True):
            changed |= self.type_part(block.part, row["id"].removeprefix("row:"), body, soup, asked)
        section, _, name = block.part.rpartition("/")
        holder = self.document.get(section, {}) if section else self.document
        box = soup.find("input", attrs={"name": f"none:{block.part}"})
        if box is not None and holder.get(name) == [] and box.get("checked") is None:
            self.page.locator(f'[name="none:{block.part}"]').check()
            changed = True
        return changed

    def type_part(self, part: str, key: str, body: Json, soup: BeautifulSoup, asked: dict[str, Field]) -> bool:
        """Type what differs in one part; return whether anything did."""
        shown = fields_of(soup.find("form", attrs={"data-warns": True}))
        changed = False
        for path, one in asked.items():
            if one.asked and (value := value_at(body, path)) is not None:
                changed |= self.type_answer(f"{key}:{path}", one, value, shown)
        return changed

    def type_answer(self, name: str, one: Field, value: Any, shown: dict[str, list[str]]) -> bool:
        if one.kind is Kind.OBJECT:
            changed = False
            for number, row in enumerate(value):
                inner = {path: asked for path, asked in flat_fields(one.type).items() if asked.asked}
                if not any(f"{name}.{number}." in known for known in shown) and number:
                    return True  # the next empty row comes with the next page
                for path, asked in inner.items():
                    if (found := value_at(row, path)) is not None:
                        changed |= self.type_answer(f"{name}.{number}.{path}", asked, found, shown)
            return changed
        if one.kind is Kind.REFERENCE:
            known = set(self.names.values())
            value = [self.names[who] for who in value] if one.many else self.names[value]
            if not one.many and value not in known:
                return False
        wanted = [typed(one, item) for item in value] if one.many else [typed(one, value)]
        if one.many and one.kind in (Kind.CODE, Kind.REFERENCE):
            return self.tick(name, wanted, shown)
        if one.many:
            return self.type_several(name, wanted, shown)
        if shown.get(name, [""])[0].replace("\r\n", "\n") == wanted[0]:
            return False
        control = self.page.locator(f'[name="{name}"]').first
        self.unfold(control)
        if control.get_attribute("type") == "radio":
            choice = self.page.locator(f'[name="{name}"][value="{wanted[0]}"]')
            self.check(choice)
        elif one.kind in (Kind.CODE, Kind.REFERENCE):
            if control.locator(f'option[value="{wanted[0]}"]').count() == 0:
                return False  # that person is named later
            self.choose(control, wanted[0])
        else:
            self.fill(control, wanted[0])
        return True

    def tick(self, name: str, wanted: list[str], shown: dict[str, list[str]]) -> bool:
        if not wanted:
            box = self.page.locator(f'[name="{name}.none"]')
            if f"{name}.none" in shown or box.count() == 0:
                return False
            self.unfold(box)
            self.check(box)
            return True
        missing = [one for one in wanted if one not in shown.get(name, [])]
        for one in missing:
            box = self.page.locator(f'[name="{name}"][value="{one}"]')
            if box.count() == 0:
                return False
            self.unfold(box)
            self.check(box)
        return bool(missing)

    def type_several(self, name: str, wanted: list[str], shown: dict[str, list[str]]) -> bool:
        there = [one.replace("\r\n", "\n") for one in shown.get(name, []) if one]
        if there == wanted:
            return False
        if not wanted:
            return self.tick(name, [], shown)
        inputs = self.page.locator(f'[name="{name}"]')
        self.unfold(inputs.first)
        self.fill(inputs.nth(len(there)), wanted[len(there)])
        return True

    def fill(self, control: Any, text: str) -> None:
        control.fill(text)

    def check(self, control: Any) -> None:
        control.check(force=True)

    def choose(self, control: Any, value: str) -> None:
        control.select_option(value)

    def unfold(self, control: Any) -> None:
        """Open whatever is folded around a control, as a person would before typing in it."""
        folded = control.first.locator("xpath=ancestor::details[not(@open)]")
        while folded.count():
            folded.first.locator("xpath=./summary").click()

    # ── Ending ───────────────────────────────────────────────────────────────────────────────────────────────────

    def confirm(self, as_: str, local_id: str) -> None:
        """Write down on the read-back page that somebody confirmed the text aloud."""
        self.open("/read-back")
        self.page.locator(f"#aloud-{as_}-{self.names[local_id]}").check(force=True)
        follow(self.page.get_by_role("button", name="Write down that it was confirmed aloud"))

    def sign(self, name: str, password: str) -> None:
        """Sign the text on the read-back page as oneself, in the one way there is."""
        self.open("/read-back")
        self.page.fill("#typed_name", name)
        self.page.fill("#password", password)
        follow(self.page.get_by_role("button", name="Sign this text"))

    def finalise(self) -> None:
        self.open("/read-back")
        follow(self.page.get_by_role("button", name="Finalise"))


def _keys(soup: BeautifulSoup) -> list[str]:
    """Return the parts whose questions stand on a page."""
    found: Iterable[Any] = soup.select('form[data-warns] input[name^="was:"]')
    return [one["name"].removeprefix("was:") for one in found]


def _holds(soup: BeautifulSoup, key: str, block: Block) -> bool:
    box = soup.find("input", attrs={"name": f"was:{key}"})
    section = box.find_parent("section")
    if block.part == TOP:
        return section.get("aria-labelledby") is None
    return section.get("aria-labelledby") == f"list:{block.part}" and box.find_parent("details") is None
