"""What the quick line does to a record: a row with all its answers, or answers in what occurs once, in one transaction.

What is to be added is decided under the record's lock by whoever asks, so that it is what was shown or nothing at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from meetings.desk import Desk
from meetings.drafts import NoSuchPart, Refusal, find, new_row
from meetings.parts import Json, Part, value_at, with_value
from meetings.people import Account
from meetings.record import Record
from meetings.store import Collision, Draft

ROW_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
"""The id of a row, where the page that adds it makes one: then adding it twice adds it once."""


@dataclass(frozen=True)
class Wanted:
    """One thing to be added: a row of a list; or answers in a section, or in the outcome of one child."""

    part: str
    answers: Mapping[str, Any]
    child: str = ""
    is_row: bool = True


@dataclass(frozen=True)
class Added:
    """Where it went: the part by its name and its id, and the child whose outcome it is."""

    part: str
    id: str
    child: str = ""


class Adding:
    """Adding to records at one desk."""

    def __init__(self, desk: Desk) -> None:
        """Work at that desk."""
        self.desk = desk

    def already(self, record: Record, row_id: str | None) -> Added | None:
        """Return the row of that id, if it was added to the record before."""
        part = record.part(row_id) if row_id else None
        return Added(part.name, part.id, part.body.get("child", "")) if part else None

    def add(
        self,
        reference: str,
        by: Account,
        decide: Callable[[Record], Sequence[Wanted]],
        row_id: str | None = None,
    ) -> Added:
        """Add what `decide` returns for the record as it stands under its lock; the first of it is where it went.

        What `decide` raises is passed on, and nothing is kept. Raises NotAllowed, NoSuchPart, NoSuchMeeting, Refusal.
        """
        try:
            return self._add(reference, by, decide, row_id)
        except Collision:  # the id was given to a row of another record a moment ago: now that is seen
            return self._add(reference, by, decide, row_id)

    def _add(
        self, reference: str, by: Account, decide: Callable[[Record], Sequence[Wanted]], row_id: str | None
    ) -> Added:
        if row_id is not None and self.desk.store.is_of_another(row_id, reference):
            raise Refusal("The id of this row belongs to another record. Type the line again.")
        with self.desk.opened(reference, by) as draft:
            if row_id is not None and row_id in draft.parts:
                there = draft.parts[row_id]
                return Added(there.name, there.id, there.body.get("child", ""))
            wanted = decide(Record(draft, ()))
            added = [_add(draft, one, row_id if number == 0 else None) for number, one in enumerate(wanted)]
        if not added:
            raise NoSuchPart("There was nothing to add.")
        return added[0]


def _add(draft: Draft, wanted: Wanted, row_id: str | None) -> Added:
    if wanted.is_row and wanted.part not in draft.layout.lists:
        raise NoSuchPart(f"There is no list ‘{wanted.part}’ in this record.")
    if wanted.is_row:
        return _add_row(draft, wanted.part, _body(wanted.answers), row_id)
    outcome = next(
        (one for one in draft.parts.values() if wanted.child and one.body.get("child") == wanted.child), None
    )
    if wanted.child and outcome is None:
        return _add_row(draft, wanted.part, {"child": wanted.child, **_body(wanted.answers)}, None, wanted.child)
    return _answer(draft, outcome or find(draft, wanted.part), wanted)


def _body(answers: Mapping[str, Any]) -> Json:
    body: Json = {}
    for path, value in answers.items():
        body = with_value(body, path, value)
    return body


def _add_row(draft: Draft, name: str, body: Json, row_id: str | None, child: str = "") -> Added:
    row = new_row(draft, name, body)
    # What a new row is given must not take away what was said of it: an outcome begins with the child not seen.
    row.body = _merged(row.body, body)
    row.id = row_id or row.id
    draft.parts[row.id] = row
    draft.asked.discard(name)
    draft.note(f"meeting:{name}:added", row.id, row=row.body)
    return Added(name, row.id, child)


def _merged(given: Json, said: Json) -> Json:
    merged = dict(given)
    for name, value in said.items():
        inner = given.get(name)
        merged[name] = (
            _merged(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else given.get(name, value)
        )
    return merged


def _answer(draft: Draft, part: Part, wanted: Wanted) -> Added:
    noted: Json = {}
    for path, value in wanted.answers.items():
        held, unread = value_at(part.body, path), part.unread.get(path)
        if held == value and unread is None:
            continue
        noted[path] = [held, unread, value, None]
        part.body = with_value(part.body, path, value)
        part.unread = {name: typed for name, typed in part.unread.items() if name != path}
    if noted:
        draft.parts[part.id] = part
        draft.note(f"meeting:{part.name}:recorded", part.id, fields=noted)
    return Added(part.name, part.id, wanted.child)
