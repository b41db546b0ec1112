"""A draft as parts: which parts a document is made of, taking it apart, putting it together, and who is named where.

A part is one object of the document: a section that occurs once (`meeting`, `review`) or one row of a list (`children`,
`information/lines`). What stands at the top and is neither is the one part `discussion`. Nothing here opens a database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from meetings.documents import Adult, Child, Discussion, Place, Professional
from meetings.questions import Field, Kind, fields, flat_fields
from meetings.seal import canonical

Json = dict[str, Any]

TOP = "discussion"
"""Name of the part that holds what stands at the top of the document and is neither section nor list of objects."""

KEPT_BY_THE_RECORD = frozenset({"schema", "id", "ref", "version", "status", "profile", "signoff", "integrity"})
"""Names at the top that are no part: the record itself keeps them, sign-offs have their own table."""

LOCAL_ID_LETTER: dict[type, str] = {Child: "c", Adult: "a", Professional: "p", Place: "l"}
"""Letter with which the local ids of these rows begin."""


@dataclass
class Part:
    """One part of a draft. `unread` holds, by path, exactly what was typed and could not be read."""

    id: str
    name: str
    position: int
    version: int = 1
    body: Json = field(default_factory=dict)
    unread: Json = field(default_factory=dict)


@lru_cache(maxsize=1)
def sections() -> dict[str, type]:
    """Return the sections that occur once, by name; the part `discussion` comes first."""
    found: dict[str, type] = {TOP: Discussion}
    for one in fields(Discussion):
        if one.kind is Kind.OBJECT and not one.many and one.name not in KEPT_BY_THE_RECORD:
            found[one.name] = one.type
    return found


@lru_cache(maxsize=1)
def lists() -> dict[str, type]:
    """Return the lists of rows, by path (`children`, `information/lines`)."""
    found: dict[str, type] = {}
    for name, shape in sections().items():
        for one in fields(shape):
            if one.kind is Kind.OBJECT and one.many and one.name not in KEPT_BY_THE_RECORD:
                found[one.name if name == TOP else f"{name}/{one.name}"] = one.type
    return found


@cache
def shape_of(name: str) -> type:
    """Return the class of the document that a part is an object of."""
    return sections()[name] if name in sections() else lists()[name]


@cache
def answers_of(name: str) -> dict[str, Field]:
    """Return the fields of a part that are answered one by one, by path; lists of rows are parts of their own."""
    shape = shape_of(name)
    if name == TOP:
        return {
            one.name: one for one in fields(shape) if one.kind is not Kind.OBJECT and one.name not in KEPT_BY_THE_RECORD
        }
    return {path: one for path, one in flat_fields(shape).items() if f"{name}/{path}" not in lists()}


def question_of_list(path: str) -> Field:
    """Return the field that a list of rows is."""
    section, _, name = path.rpartition("/")
    return next(one for one in fields(sections()[section or TOP]) if one.name == name)


def label_of(name: str) -> str:
    """Return what people call a part: a section or a list of rows."""
    if name in lists():
        return question_of_list(name).question.label
    return next(one.question.label for one in fields(Discussion) if one.name == name)


# ── Values inside a part ─────────────────────────────────────────────────────────────────────────────────────────


def value_at(body: Json, path: str) -> Any:
    """Return the value at a flat path (`medical/needed`), or None."""
    value: Any = body
    for name in path.split("/"):
        if not isinstance(value, dict) or name not in value:
            return None
        value = value[name]
    return value


def with_value(body: Json, path: str, value: Any) -> Json:
    """Return the body with a value at a flat path; None takes it away, and the objects that it leaves empty."""
    name, _, rest = path.partition("/")
    new = dict(body)
    if rest:
        value = with_value(body.get(name) or {}, rest, value) or None
    if value is None:
        new.pop(name, None)
    else:
        new[name] = value
    return new


def mark_of(value: Any, unread: Any) -> str:
    """Return a short mark of an answer: its value, and what was typed and not read."""
    return hashlib.sha256(canonical([value, unread])).hexdigest()[:16]


def fingerprint(part: Part | None, path: str) -> str:
    """Return a short mark of what a field holds now."""
    return mark_of(value_at(part.body, path), part.unread.get(path)) if part else mark_of(None, None)


# ── Taking apart and putting together ────────────────────────────────────────────────────────────────────────────


def take_apart(document: Json) -> tuple[list[tuple[str, Json]], set[str]]:
    """Return the parts of a document as pairs of name and body, in order, and the lists asked for with no rows."""
    parts: list[tuple[str, Json]] = []
    asked: set[str] = set()
    top: Json = {}
    for name, value in document.items():
        if name in KEPT_BY_THE_RECORD:
            continue
        if name in lists():
            parts.extend((name, row) for row in value)
            if not value:
                asked.add(name)
        elif name in sections():
            body = dict(value)
            for inner in [inner for inner in body if f"{name}/{inner}" in lists()]:
                rows = body.pop(inner)
                parts.extend((f"{name}/{inner}", row) for row in rows)
                if not rows:
                    asked.add(f"{name}/{inner}")
            parts.append((name, body))
        else:
            top[name] = value
    if top:
        parts.append((TOP, top))
    return parts, asked


def put_together(envelope: Json, parts: Iterable[Part], asked: Iterable[str]) -> Json:
    """Return the document: the envelope that the record keeps, and its parts in their places.

    A section that was only made to hold a list is left out where the list is absent too.
    """
    document: Json = dict(envelope)
    rows: dict[str, list[Json]] = {name: [] for name in asked}
    for part in sorted(parts, key=lambda part: (part.name, part.position)):
        if part.name in lists():
            rows.setdefault(part.name, []).append(part.body)
        elif part.name == TOP:
            document.update(part.body)
        else:
            document[part.name] = dict(part.body)
    for path, bodies in rows.items():
        section, _, name = path.rpartition("/")
        if section:
            document.setdefault(section, {})[name] = bodies
        else:
            document[name] = bodies
    return document


# ── Who is named where ───────────────────────────────────────────────────────────────────────────────────────────


def _references(shape: type, body: Json, path: str = "") -> Iterator[tuple[str, str]]:
    for one in fields(shape):
        value = body.get(one.name)
        if value is None:
            continue
        here = f"{path}/{one.name}".lstrip("/")
        if one.kind is Kind.REFERENCE:
            for local_id in value if one.many else [value]:
                yield here, local_id
        elif one.kind is Kind.OBJECT:
            for inner in value if one.many else [value]:
                yield from _references(one.type, inner, here)


def named_in(parts: Iterable[Part], local_id: str) -> list[tuple[Part, str]]:
    """Return every part that names this person, with the path of the field that does."""
    return [
        (part, path)
        for part in parts
        for path, who in _references(Discussion if part.name == TOP else shape_of(part.name), part.body)
        if who == local_id
    ]
