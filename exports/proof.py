"""The order in which the rows of a record stand on paper, and the proof that every recorded text is in a Word file.

How an answer stands in words is in `spelling.py`; how it is drawn, in `tables.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exports.word import read_text
from meetings.folding import in_order, is_filled
from meetings.guides import Block
from meetings.parts import Layout, value_at
from meetings.questions import Kind, flat_fields
from meetings.spelling import spell_value
from meetings.vocabulary import ActionStatus, Presence

Json = dict[str, Any]
Sections = tuple[tuple[str, tuple[Block, ...]], ...]
"""A paper from first to last: each section with the parts of the document that stand in it."""

_PRESENCES = (Presence.ATTENDED, Presence.CONSULTED, Presence.INVITED_ABSENT, Presence.NAMED)


class PaperIncomplete(Exception):
    """A recorded text is not in the Word file that was drawn; `missing` names where it stands in the record."""

    def __init__(self, missing: list[str]) -> None:
        """Carry the places of the record whose text is missing."""
        super().__init__(f"The Word file was not given out: it lacks what is recorded at {', '.join(missing)}.")
        self.missing = missing


# ── The order in which rows stand ────────────────────────────────────────────────────────────────────────────────


def rows_in_order(name: str, rows: list[tuple[str, Json]]) -> list[tuple[str, Json]]:
    """Return the rows of a list, each with its place, as they stand in the minutes."""
    if name == "information/lines":
        first: dict[str | None, int] = {}
        for number, (_, one) in enumerate(rows):
            first.setdefault(one.get("agency"), number)
        return sorted(rows, key=lambda pair: first[pair[1].get("agency")])
    if name == "earlier_actions":
        return sorted(rows, key=lambda pair: BECAME.index(became(pair[1])))
    if name == "professionals":
        return sorted(rows, key=lambda pair: _PRESENCES.index(Presence.of(pair[1].get("presence", "named"))))
    return rows


BECAME = ("Done", "Not possible because circumstances changed", "Not done, or still running")
"""What became of an action of the earlier discussion. Source: domain actions, two kinds of undone are kept apart."""


def became(body: Json) -> str:
    """Return what became of an action of the earlier discussion."""
    ended = {str(ActionStatus.DONE): BECAME[0], str(ActionStatus.CANCELLED): BECAME[1]}
    return ended.get(body.get("status", ""), BECAME[2])


def bodies(layout: Layout, document: Json, block: Block) -> list[tuple[str, Json]]:
    """Return the part or the rows of a block, in the order of the minutes, each with its JSON Pointer."""
    return rows_in_order(block.part, layout.bodies(document, block.part, block.only))


# ── The proof ────────────────────────────────────────────────────────────────────────────────────────────────────

_PROVED = (Kind.WORDS, Kind.TEXT, Kind.DATE, Kind.INSTANT)


def _texts(shape: type, body: Json, pointer: str) -> Iterator[tuple[str, str]]:
    for path, one in flat_fields(shape).items():
        value = value_at(body, path)
        if value is None or not one.asked:
            continue
        if one.kind is Kind.OBJECT:
            for number, inner in enumerate(value):
                yield from _texts(one.type, inner, f"{pointer}/{path}/{number}")
        elif one.kind in _PROVED:
            for item in value if one.many else [value]:
                if is_filled(str(item)):
                    yield f"{pointer}/{path}", in_order(spell_value(one, item, str))


def recorded_texts(layout: Layout, sections: Sections, document: Json) -> list[list[tuple[str, str]]]:
    """Return every recorded text and date of a document, part by part in the order of the minutes, with its place."""
    found = []
    for _, blocks in sections:
        for block in blocks:
            for pointer, body in bodies(layout, document, block):
                own = {
                    name: value for name, value in body.items() if layout.inside(block.part, name) not in layout.lists
                }
                found.append(list(_texts(layout.shape_of(block.part), own, pointer)))
    return found


def prove(package: bytes, layout: Layout, sections: Sections, document: Json) -> None:
    """Open a Word file and look for every recorded text, part after part. Raises PaperIncomplete."""
    text = read_text(package)
    start = 0
    missing = []
    for texts in recorded_texts(layout, sections, document):
        end = start
        for place, words in texts:
            found = text.find(words, start)
            if found < 0:
                missing.append(place)
            else:
                end = max(end, found + len(words))
        start = end if len(texts) > 1 else max(start, end)
    if missing:
        raise PaperIncomplete(missing)
