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
from meetings.parts import OUTCOME_OF, Json, value_at, with_value
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
        with self.desk.opened(reference, by) as draft:
            if row_id is not None and row_id in draft.parts:
                there = draft.parts[row_id]
                return Added(there.name, there.id, there.body.get("child", ""))
            if row_id is not None and self.desk.store.has_part(row_id):
                raise Refusal("The line could not be taken, since the id of its row belongs to another. Take it again.")
            wanted = decide(Record(draft, ()))
            added = [_add(draft, one, row_id if number == 0 else None) for number, one in enumerate(wanted)]
        if not added:
            raise NoSuchPart("There was nothing to add.")
        return added[0]


def _add(draft: Draft, wanted: Wanted, row_id: str | None) -> Added:
    if not wanted.is_row:
        return _answer(draft, wanted)
    if wanted.part not in draft.layout.lists:
        raise NoSuchPart(f"There is no list ‘{wanted.part}’ in this record.")
    body: Json = {}
    for path, value in wanted.answers.items():
        body = with_value(body, path, value)
    row = new_row(draft, wanted.part, body)
    row.id = row_id or row.id
    draft.parts[row.id] = row
    draft.asked.discard(wanted.part)
    draft.note(f"meeting:{wanted.part}:added", row.id, row=row.body)
    return Added(wanted.part, row.id)


def _answer(draft: Draft, wanted: Wanted) -> Added:
    one = find(draft, f"{OUTCOME_OF}{wanted.child}" if wanted.child else wanted.part)
    noted: Json = {}
    for path, value in wanted.answers.items():
        held, unread = value_at(one.body, path), one.unread.get(path)
        if held == value and unread is None:
            continue
        noted[path] = [held, unread, value, None]
        one.body = with_value(one.body, path, value)
        one.unread = {name: typed for name, typed in one.unread.items() if name != path}
    if noted:
        draft.parts[one.id] = one
        draft.note(f"meeting:{one.name}:recorded", one.id, fields=noted)
    return Added(one.name, one.id, wanted.child)
