"""Rows of a draft in hand: added, removed, put back and moved.

Who may do it, and keeping it, is the desk's affair. Nothing here opens a database.
"""

from __future__ import annotations

from collections.abc import Iterable

from meetings.drafts import NoSuchPart, Refusal, new_outcome, new_row, row_of, words_for
from meetings.history import Line
from meetings.parts import LOCAL_ID_LETTER, Json, Part
from meetings.store import Draft

_ONCE = {"outcomes": "child", "exceptions": "rule"}
"""By list, what no two of its rows have in common; elsewhere it is the id."""


class StillNamed(Refusal):
    """A person who is named elsewhere in the record was to be removed."""

    def __init__(self, name: str, places: list[str]) -> None:
        """Carry where the person is named."""
        super().__init__(
            f"{name} is still named in this record: {'; '.join(places)}. Choose somebody else there first."
        )
        self.places = places


def add(draft: Draft, name: str, body: Json, row_id: str | None = None) -> Part:
    """Add a row to a list, under an id given to it or a new one. Raises NoSuchPart."""
    row = new_row(draft, name, body)
    row.id = row_id or row.id
    draft.parts[row.id] = row
    draft.asked.discard(name)
    draft.note(_deed(row, "added"), row.id, row=row.body)
    return row


def remove(draft: Draft, part_id: str) -> None:
    """Remove a row; its history holds it whole. Raises StillNamed for a person who is named elsewhere, NoSuchPart."""
    row = row_of(draft, part_id)
    local_id = row.body.get("id")
    if draft.layout.shape_of(row.name) in LOCAL_ID_LETTER and local_id:
        for outcome in [one for one in draft.parts.values() if one.name == "outcomes"]:
            if outcome.body == new_outcome(draft, local_id) and not outcome.unread:
                del draft.parts[outcome.id]
        others = [one for one in draft.parts.values() if one.id != part_id]
        if places := [words_for(draft.layout, one, path) for one, path in draft.layout.named_in(others, local_id)]:
            raise StillNamed(row.body.get("name") or "This person", sorted(set(places)))
    del draft.parts[part_id]
    place = sum(one.name == row.name and one.position < row.position for one in draft.parts.values())
    whole = {"row": row.body, "unread": row.unread, "origin": row.origin, "index": place, "version": row.version}
    draft.note(_deed(row, "removed"), part_id, **whole)


def removed(draft: Draft, part_id: str, lines: Iterable[Line]) -> tuple[Part, int] | None:
    """Return a row that was removed, with its place in its list, or None if it is there or never was.

    `lines` are those of the history that are about it, newest first.
    """
    line = next((one for one in lines if one.what.endswith(":removed") and "row" in one.detail), None)
    name = line.what.split(":", 2)[1] if line is not None else ""
    if line is None or part_id in draft.parts or name not in draft.layout.lists:
        return None
    kept = line.detail
    row = Part(part_id, name, 0, kept.get("version", 1), kept["row"], kept.get("unread") or {}, kept.get("origin"))
    return row, kept.get("index", len(draft.parts))


def put_back(draft: Draft, part_id: str, lines: Iterable[Line]) -> Part:
    """Put a removed row back where it stood, with all that stood in it, its local id and its reference.

    A row that is there stays as it is. Raises NoSuchPart for one that was never removed, Refusal where another stands
    in its place. For `lines` see `removed`.
    """
    if part_id in draft.parts:
        return row_of(draft, part_id)
    if (found := removed(draft, part_id, lines)) is None:
        raise NoSuchPart("There is no row of that kind that was removed from this record.")
    row, place = found
    rows = _rows_like(draft, row)
    key = _ONCE.get(row.name, "id")
    if key in row.body and any(one.body.get(key) == row.body[key] for one in rows):
        raise Refusal("It was not put back, since another row has taken its place. The history shows what it held.")
    row.version += 1
    rows.insert(place, row)
    _number(rows)
    draft.parts[row.id] = row
    draft.asked.discard(row.name)
    draft.note(_deed(row, "put back"), row.id, row=row.body)
    return row


def move(draft: Draft, part_id: str, places: int) -> None:
    """Move a row up (-1) or down (+1) in its list; at the end of the list nothing happens. Raises NoSuchPart."""
    row = row_of(draft, part_id)
    rows = _rows_like(draft, row)
    before = [one.id for one in rows]
    rows.remove(row)
    rows.insert(max(0, before.index(part_id) + places), row)
    if [one.id for one in rows] != before:
        _number(rows)
        draft.note(_deed(row, "moved"), part_id, places=places)


def _rows_like(draft: Draft, row: Part) -> list[Part]:
    return sorted((one for one in draft.parts.values() if one.name == row.name), key=lambda one: one.position)


def _number(rows: Iterable[Part]) -> None:
    for position, one in enumerate(rows):
        one.position = position


def _deed(row: Part, deed: str) -> str:
    return f"meeting:{row.name}:{deed}"
