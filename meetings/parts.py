"""A draft as parts: which parts a document is made of, taking it apart, putting it together, and who is named where.

A part is one object of the document: a section that occurs once (`meeting`, `review`) or one row of a list (`children`,
`information/lines`). What stands at the top and is neither is one part, named after the kind of document. Nothing here
opens a database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from meetings.documents import Adult, Child, DocumentKind, Place, Professional, Risk
from meetings.questions import Field, Kind, fields, flat_fields
from meetings.seal import canonical

Json = dict[str, Any]

KEPT_BY_THE_RECORD = frozenset({"schema", "id", "ref", "version", "status", "profile", "signoff", "integrity"})
"""Names at the top that are no part: the record itself keeps them, sign-offs have their own table."""

LOCAL_ID_LETTER: dict[type, str] = {Child: "c", Adult: "a", Professional: "p", Place: "l", Risk: "r"}
"""Letter with which the local ids of these rows begin."""


OUTCOME_OF = "outcomes:"
"""Before the local id of a child: the key of what is decided for that child, which a record has once."""


@dataclass
class Part:
    """One part of a draft.

    `unread` holds, by path, exactly what was typed and could not be read. `origin` says of what was carried over from
    another record where it stood there; it is no part of any document.
    """

    id: str
    name: str
    position: int
    version: int = 1
    body: Json = field(default_factory=dict)
    unread: Json = field(default_factory=dict)
    origin: Json | None = None


class Layout:
    """Which parts a document of one kind is made of. The part `top` is what stands at its top and is nothing else."""

    def __init__(self, kind: DocumentKind) -> None:
        """Read the parts off the class of the document."""
        self.kind = kind
        self.top = kind.top
        own = [one for one in fields(kind.shape) if one.kind is Kind.OBJECT and one.name not in KEPT_BY_THE_RECORD]
        self.sections: dict[str, type] = {kind.top: kind.shape, **{one.name: one.type for one in own if not one.many}}
        self.lists: dict[str, type] = {}
        for name, shape in self.sections.items():
            for one in fields(shape):
                if one.kind is Kind.OBJECT and one.many and one.name not in KEPT_BY_THE_RECORD:
                    self.lists[self.inside(name, one.name)] = one.type
        self._answers: dict[str, dict[str, Field]] = {}

    def inside(self, part: str, name: str) -> str:
        """Return the path of what stands in a part: `lines` of `information` is `information/lines`."""
        return name if part == self.top else f"{part}/{name}"

    def names(self) -> list[str]:
        """Return every name a part can have."""
        return [*self.sections, *self.lists]

    def shape_of(self, name: str) -> type:
        """Return the class of the document that a part is an object of."""
        return self.sections[name] if name in self.sections else self.lists[name]

    def answers_of(self, name: str) -> dict[str, Field]:
        """Return the fields of a part that are answered one by one, by path; lists of rows are parts of their own."""
        if name not in self._answers:
            self._answers[name] = self._read_answers(name)
        return self._answers[name]

    def _read_answers(self, name: str) -> dict[str, Field]:
        shape = self.shape_of(name)
        if name == self.top:
            known = (one for one in fields(shape) if one.kind is not Kind.OBJECT)
            return {one.name: one for one in known if one.name not in KEPT_BY_THE_RECORD}
        return {path: one for path, one in flat_fields(shape).items() if f"{name}/{path}" not in self.lists}

    def question_of_list(self, path: str) -> Field:
        """Return the field that a list of rows is."""
        section, _, name = path.rpartition("/")
        return next(one for one in fields(self.sections[section or self.top]) if one.name == name)

    def label_of(self, name: str) -> str:
        """Return what people call a part: a section or a list of rows; the top has no name of its own."""
        if name in self.lists:
            return self.question_of_list(name).question.label
        if name == self.top:
            return ""
        return next(one.question.label for one in fields(self.kind.shape) if one.name == name)

    # ── Taking apart and putting together ────────────────────────────────────────────────────────────────────────

    def take_apart(self, document: Json) -> tuple[list[tuple[str, Json]], set[str]]:
        """Return the parts of a document as pairs of name and body, in order, and the lists asked for with no rows."""
        parts: list[tuple[str, Json]] = []
        asked: set[str] = set()
        top: Json = {}
        for name, value in document.items():
            if name in KEPT_BY_THE_RECORD:
                continue
            if name in self.lists:
                parts.extend((name, row) for row in value)
                if not value:
                    asked.add(name)
            elif name in self.sections:
                body = dict(value)
                for inner in [inner for inner in body if f"{name}/{inner}" in self.lists]:
                    rows = body.pop(inner)
                    parts.extend((f"{name}/{inner}", row) for row in rows)
                    if not rows:
                        asked.add(f"{name}/{inner}")
                parts.append((name, body))
            else:
                top[name] = value
        if top:
            parts.append((self.top, top))
        return parts, asked

    def bodies(self, document: Json, name: str, only: tuple[str, ...] = ()) -> list[tuple[str, Json]]:
        """Return a section, or the rows of a list, as they stand in a document, each with its JSON Pointer.

        Of what stands at the top only the questions named in `only` are meant.
        """
        if name == self.top:
            return [("", {one: document[one] for one in only if one in document})]
        if name in self.sections:
            return [(f"/{name}", document.get(name) or {})]
        section, _, last = name.rpartition("/")
        rows = (document.get(section, {}) if section else document).get(last) or []
        return [(f"/{name}/{number}", one) for number, one in enumerate(rows)]

    def put_together(self, envelope: Json, parts: Iterable[Part], asked: Iterable[str]) -> Json:
        """Return the document: the envelope that the record keeps, and its parts in their places.

        A section that was only made to hold a list is left out where the list is absent too.
        """
        document: Json = dict(envelope)
        rows: dict[str, list[Json]] = {name: [] for name in asked}
        for part in sorted(parts, key=lambda part: (part.name, part.position)):
            if part.name in self.lists:
                rows.setdefault(part.name, []).append(part.body)
            elif part.name == self.top:
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

    def named_in(self, parts: Iterable[Part], local_id: str) -> list[tuple[Part, str]]:
        """Return every part that names this person, with the path of the field that does."""
        return [
            (part, path)
            for part in parts
            for path, who in _references(self.shape_of(part.name), part.body)
            if who == local_id
        ]


@cache
def layout_of(kind: DocumentKind) -> Layout:
    """Return the parts that documents of a kind are made of."""
    return Layout(kind)


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
