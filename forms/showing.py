"""What a page of the guided form shows of its step: its blocks, their rows, and what is said beside each field.

What is still needed, with links, is in `needed.py`; the side panel in `lamps.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request, session

from forms.asking import PartForm
from forms.keeping import NEVER_ADDED, Posted, keys_of
from forms.lamps import is_begun
from forms.needed import NEW_ROW, row_title
from forms.room import Room
from meetings.contract import build
from meetings.drafts import NoSuchPart, new_row
from meetings.guides import Block, Step
from meetings.guides import step as step_of_key
from meetings.openings import Opening
from meetings.parts import Part
from meetings.record import Record

OPEN_UP_TO = 1
"""Rows of a list that stand open without being asked to."""
LONG_LIST = 20
"""A list of more rows comes as a line for each row; the fields come with those that are opened."""
BLANK = "blank-row"
"""Stands for the id of a row that a page holds ready."""


@dataclass
class ShownRow:
    """One row of a list on a page."""

    part: Part
    title: str
    form: PartForm
    open: bool

    @property
    def is_line(self) -> bool:
        """Whether the row comes without its fields: nothing of it is posted with the page, so nothing is touched."""
        return not self.form.fields


@dataclass
class ShownBlock:
    """One block of a step on a page: a form, or rows with a form each."""

    block: Block
    label: str
    form: PartForm | None = None
    rows: list[ShownRow] = field(default_factory=list)
    none: str = ""
    said_none: bool = False
    opening: Opening | None = None
    closed: bool = False

    @property
    def add_label(self) -> str:
        """Words of the button that adds a row."""
        return ADD_WORDS.get(self.block.part, "Add another")


ADD_WORDS = {
    "children": "Add a child",
    "adults": "Add an adult",
    "professionals": "Add a person",
    "places": "Add a place",
    "links": "Add a reference",
    "conflicts/entries": "Add a conflict of interest",
    "information/lines": "Add a line",
    "missing/episodes": "Add an episode",
    "police_protection": "Add a use of police protection",
    "telling": "Add a parent or carer",
    "earlier_actions": "Add an earlier action",
    "actions": "Add an action",
    "dissent/entries": "Add a dissent",
    "information/vehicles": "Add a vehicle",
    "information/phones": "Add a telephone",
    "information/chronology": "Add an event",
    "method/powers": "Add a power",
    "risk_assessment/risks": "Add a risk",
    "communications/call_first": "Add a number",
    "communications/other_forces": "Add a force",
    "human_rights/articles": "Add an article",
    "circulation": "Add a reader",
    "exceptions": "Pass over a rule",
}


def show_blocks(record: Record, blocks: Iterable[Block], room: Room, posted: Posted | None = None) -> list[ShownBlock]:
    """Return the blocks of a page as it is shown; after a clash, with what was typed.

    A block that this discussion does not call for is closed, unless something is recorded in it or it was asked for.
    """
    opened, also = set(request.args.getlist("open")), set(request.args.getlist("also"))
    formdata = request.form if posted and not posted.is_kept else None
    keys = keys_of(formdata or ())
    in_hand = opened.union(keys_of(request.form))
    left_out = posted.left_out if posted else session.pop("left_out", {}) if "left_out" in session else {}
    shown = []
    for block in blocks:
        called = block.is_called(record.document)
        one = ShownBlock(block, record.layout.label_of(block.part))
        one.opening = block.opening if called else None
        typed = any(key == block.part or _part_name(record, key) == block.part for key in keys)
        one.closed = not (called or is_begun(record, block) or block.part in also or typed)
        shown.append(one)
        if one.closed:
            continue
        if block.is_list:
            one.none, one.said_none = (
                record.layout.question_of_list(block.part).question.none,
                block.part in record.asked,
            )
            rows = record.rows(block.part)
            is_long = len(rows) > LONG_LIST
            for row, held in zip(rows, objects_of(record, block.part), strict=True):
                if is_long and row.id not in in_hand and not row.unread:
                    one.rows.append(
                        ShownRow(row, row_title(record, row), PartForm(row.name, row, (), room), open=False)
                    )
                    continue
                form = PartForm(row.name, row, block.paths(), room, formdata=formdata if row.id in keys else None)
                dress(form, posted, left_out, block.called(record.document, held))
                is_open = len(rows) <= OPEN_UP_TO or row.id in (in_hand if is_long else opened) or form.has_problem
                one.rows.append(ShownRow(row, row_title(record, row), form, is_open))
        else:
            part = record.section(block.part)
            given = formdata if block.part in keys else None
            one.form = PartForm(block.part, part, block.paths(), room, formdata=given)
            held = record.document if block.part == record.layout.top else getattr(record.document, block.part)
            called_here = block.called(record.document, held) if held is not None else {}
            dress(one.form, posted, left_out, called_here)
    return shown


def _part_name(record: Record, key: str) -> str | None:
    part = record.part(key)
    return part.name if part else None


def open_rows(record: Record, keys: Iterable[str]) -> dict[str, list[str]]:
    """Return which rows of long lists, of those that came with a posted page, stand open on the next one."""
    rows = [part for key in keys if (part := record.part(key)) is not None and part.name in record.layout.lists]
    found = [row.id for row in rows if len(record.rows(row.name)) > LONG_LIST][:LONG_LIST]  # an address has an end
    return {"open": found} if found else {}


def objects_of(record: Record, part: str) -> list[Any]:
    """Return the rows of a list as objects of the document, in order."""
    found: Any = record.document
    for name in part.split("/"):
        found = getattr(found, name)
    return found or []


def dress(
    form: PartForm, posted: Posted | None, left_out: Mapping[str, int], called: Mapping[str, tuple[Opening, bool]]
) -> None:
    """Put beside each field what has to be said of it."""
    for one in form.every_field() if left_out else ():
        one.left_out = left_out.get(one.name, 0)
    form.look()
    for one in form:
        if one.path in called:
            one.opening, one.is_called = called[one.path]
        theirs = posted.clashes.get((form.key, one.path)) if posted else None
        if theirs is not None:
            words = one.spell(theirs.answer)
            one.theirs = f"{theirs.who} wrote: ‘{words}’." if words else f"{theirs.who} emptied this."


def blank_row(record: Record, step: Step, part: str, room: Room) -> ShownRow:
    """Return a new row of a list as a step shows it, which is not kept yet. Raises NoSuchPart."""
    block = next((one for one in step.blocks if one.part == part and one.is_list), None)
    if block is None or part in NEVER_ADDED:
        raise NoSuchPart("No row is added to that here.")
    row = new_row(record.kept, part, {})
    row.id = BLANK
    form = PartForm(part, row, block.paths(), room)
    dress(form, None, {}, block.called(record.document, build(record.layout.shape_of(part), row.body)))
    return ShownRow(row, NEW_ROW, form, open=True)


def step_named(record: Record, key: str) -> Step:
    """Return the step of that key. Raises NoSuchPart."""
    try:
        return step_of_key(record.kind, key)
    except KeyError:
        raise NoSuchPart(f"There is no step ‘{key}’.") from None
