"""What has changed in a discussion since a briefing took it over, and what the store remembers so that it is found.

A place of the discussion, and marks of what stood there, field by field. What crosses is in `carrying.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from meetings.carrying import Carried, crossing, each, value_of
from meetings.documents import DISCUSSION
from meetings.namesakes import called_as, names_in
from meetings.parts import Json, Part, layout_of
from meetings.questions import Field
from meetings.seal import canonical

SECTIONS = (
    "/contingencies",
    "/referral/text",
    "/missing",
    "/criminal_investigation/do_not_disclose",
    "/criminal_investigation/bail",
    "/criminal_investigation/officer_in_case",
    "/interpreting",
    "/equality",
    "/marking",
)
"""The places of a discussion, besides its lists, of which an answer that is given later belongs in the briefing too."""
LISTS = ("links", "children", "adults", "professionals", "places", "information/lines", "missing/episodes", "actions",
         "outcomes", "telling")  # fmt: skip
"""The lists of a discussion of which a row that is added later belongs in the briefing too."""


def mark(value: Any) -> str:
    """Return a short mark of a value, to see later whether it has changed."""
    return hashlib.sha256(canonical(value)).hexdigest()[:16]


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(inner, f"{path}/{name}".lstrip("/"))
    else:
        yield path, value


def _marks(value: Any) -> dict[str, str]:
    """Return a mark of each answer that stands at a place, by flat path; of what is gone, none."""
    return {} if value is None else {path: mark(inner) for path, inner in _flat(value)}


def _part_at(pointer: str) -> tuple[str, str]:
    """Return the part of a discussion that a place is in, and the path inside it."""
    layout = layout_of(DISCUSSION)
    names = pointer.strip("/").split("/")
    for length in (2, 1):
        if (name := "/".join(names[:length])) in layout.lists:
            return name, "/".join(names[length + 1 :])
    if names[0] in layout.sections:
        return names[0], "/".join(names[1:])
    return layout.top, "/".join(names)


# ── Where it came from ───────────────────────────────────────────────────────────────────────────────────────────


def origin_of(one: Carried, content: Json) -> Json:
    """Return what the store remembers of where a part comes from, and of what it was; of the source, also its rows."""
    origin: Json = {"ref": content["ref"], "version": content["version"], "pointer": one.pointer}
    origin["carried"] = {name: mark(value) for name, value in one.body.items()}
    origin["marks"] = {pointer: _marks(crossing(content, pointer)) for pointer in one.pointers}
    if one.name == "source":
        origin["marks"] = {pointer: _marks(crossing(content, pointer)) for pointer in SECTIONS}
        origin["known"] = [mark(crossing(content, place)) for path in LISTS for place, _ in each(content, path)]
    return origin


def known_rows(parts: Collection[Part]) -> set[str]:
    """Return the marks of the rows that the discussion had when the briefing was started, or that were looked at."""
    return {one for part in parts for one in (part.origin or {}).get("known", ())}


def mark_afresh(origin: Json, content: Json, known: Collection[str], version: int) -> Json:
    """Return an origin that remembers what has become by now of what was carried over.

    What a later version had taken in, and was dropped with it, is taken in no more.
    """
    marks = origin.get("marks", {})
    now = {pointer: _marks(_now_at(pointer, before, content, known)) for pointer, before in marks.items()}
    return {**origin, "marks": now, "taken_in": min(origin.get("taken_in", version), version)}


def known_with(origin: Json, pointer: str, content: Json) -> Json:
    """Return the origin of the source that knows of one more line, or of one more answer."""
    here = crossing(content, pointer)
    if pointer in origin.get("marks", {}):
        return {**origin, "marks": {**origin["marks"], pointer: _marks(here)}}
    return {**origin, "known": [*origin.get("known", ()), mark(here)]}


# ── What has changed since ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Answered:
    """One answer of the discussion that is no longer as it was: its question, and what it is now, if anything."""

    part: str
    path: str
    question: Field
    value: Any


@dataclass(frozen=True)
class Changed:
    """A line of the discussion that is no longer as it was when the briefing took it over, or that is new.

    `part_id` is the part of the briefing; empty where the line is new. `named` says which line, in its own words.
    """

    part_id: str
    part: str
    pointer: str
    label: str
    named: str
    gone: bool
    answers: tuple[Answered, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether the discussion did not have it when the briefing was started."""
        return not self.part_id

    def with_more(self, other: Changed) -> Changed:
        """Return the same line with the answers of another place of it."""
        return replace(self, gone=self.gone and other.gone, answers=(*self.answers, *other.answers))


def _line(pointer: str, content: Json) -> tuple[str, str]:
    """Return what people call the line that a place is in: the question or list, and which row of it."""
    layout = layout_of(DISCUSSION)
    name, inside = _part_at(pointer)
    if name not in layout.lists:
        asked = _asked(name, inside)
        return layout.label_of(name) or (asked[1].question.label if asked else ""), ""
    row = value_of(content, row_of(pointer, name)) or {}
    names = names_in(content)
    person = next((row[one] for one in ("child", "adult", "person") if row.get(one)), None)
    if person is not None:
        return layout.label_of(name), str(names.get(person) or person)
    if row.get("name") and row.get("id") in names:
        return layout.label_of(name), called_as(names, row["id"], row["name"])
    return layout.label_of(name), next((str(row[one]) for one in _SAYS_WHICH if row.get(one)), "")


_SAYS_WHICH = ("name", "label", "text", "value", "ref")
"""What of a row tells it from the others, the first that it has."""


def row_of(pointer: str, name: str) -> str:
    """Return the place of the row of a list that a place is in."""
    return "/".join(pointer.split("/")[: name.count("/") + 3])


def _asked(part: str, path: str) -> tuple[str, Field] | None:
    """Return the question that an answer is one to, with its flat path."""
    known = layout_of(DISCUSSION).answers_of(part)
    names = path.split("/")
    while names and "/".join(names) not in known:
        names.pop()
    return ("/".join(names), known["/".join(names)]) if names else None


def _changes(pointer: str, before: Mapping[str, str], content: Json) -> Iterator[Answered]:
    now = dict(_flat(crossing(content, pointer)))
    part, inside = _part_at(pointer)
    for path in dict.fromkeys([*before, *now]):
        if mark(now.get(path)) != before.get(path, mark(None)):
            asked = _asked(part, f"{inside}/{path}".strip("/"))
            if asked is not None:
                yield Answered(part, asked[0], asked[1], now.get(path))


def _now_at(pointer: str, before: Mapping[str, str], content: Json, known: Collection[str]) -> Any:
    """Return what has become of what stood at a place, or None where it is gone.

    A row that is known by its number alone is looked for by what it held; in its place may stand another by now.
    """
    here = crossing(content, pointer)
    path, _, number = pointer.strip("/").rpartition("/")
    if not number.isdigit() or _marks(here) == before:
        return here
    rows = (crossing(content, place) for place, _ in each(content, path))
    moved = next((row for row in rows if _marks(row) == before), None)
    return moved if moved is not None or mark(here) in known else here


def changed_since(parts: Collection[Part], content: Json, version: int) -> list[Changed]:
    """Return what of a version of a briefing comes from lines that have changed in the discussion since.

    A change that only a later version has taken in is still one for this version.
    """
    found: dict[tuple[str, str, str], Changed] = {}
    taken = {pointer for part in parts if part.name != "source" for pointer in (part.origin or {}).get("marks", {})}
    known = known_rows(parts)
    for part in parts:
        origin = part.origin or {}
        is_taken_in_later = origin.get("taken_in", version) > version
        for pointer, before in origin.get("marks", {}).items():
            is_watched = part.name == "source"
            now = _now_at(pointer, before, content, known)
            if (is_watched and pointer in taken) or (_marks(now) == before and not is_taken_in_later):
                continue
            label, named = _line(pointer, content)
            gone = now is None
            if gone:
                named = next((str(part.body[one]) for one in _SAYS_WHICH if part.body.get(one)), named)
            answers = () if gone else tuple(_changes(pointer, before, content))
            part_id = "" if is_watched else part.id
            one = Changed(part_id, part.name, pointer, label, named, gone, answers)
            earlier = found.get((part_id, label, named))
            found[part_id, label, named] = one if earlier is None else earlier.with_more(one)
    return [*found.values(), *_new_since(parts, content)]


def _new_since(parts: Collection[Part], content: Json) -> Iterator[Changed]:
    """Yield the rows of the discussion that were not there when the briefing was started."""
    source = next((part.origin for part in parts if part.name == "source" and part.origin), None)
    if source is None:
        return
    pointers = [pointer for part in parts for pointer in (part.origin or {}).get("marks", {})]
    taken = {row_of(pointer, path) for path in LISTS for pointer in pointers if pointer.startswith(f"/{path}/")}
    known = known_rows(parts)
    for path in LISTS:
        for place, _ in each(content, path):
            if place not in taken and mark(crossing(content, place)) not in known:
                yield Changed("", path, place, *_line(place, content), gone=False)
