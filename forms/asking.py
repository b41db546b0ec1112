"""Turns the questions of a part into a WTForms form. The only place that knows both WTForms and the kinds of answer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from wtforms.form import BaseForm

from forms.fields import (
    Asked,
    CodeField,
    DateField,
    DurationField,
    InstantField,
    NumberField,
    PersonField,
    Room,
    RowsField,
    SeveralChosenField,
    SeveralInstantsField,
    SeveralTextsField,
    SeveralWordsField,
    TextField,
    WordsField,
    YesNoField,
)
from meetings.desk import Answer
from meetings.documents import Document
from meetings.parts import Layout, Part, fingerprint, mark_of, value_at
from meetings.questions import Field, Kind
from meetings.record import Record

WAS = "was:"
"""Before the name of a part: the hidden input that says what the page showed."""

_ONE: dict[Kind, type[Asked]] = {
    Kind.WORDS: WordsField,
    Kind.TEXT: TextField,
    Kind.YES_NO: YesNoField,
    Kind.NUMBER: NumberField,
    Kind.DATE: DateField,
    Kind.INSTANT: InstantField,
    Kind.DURATION: DurationField,
    Kind.CODE: CodeField,
    Kind.REFERENCE: PersonField,
}
_SEVERAL: dict[Kind, type[Asked]] = {
    Kind.WORDS: SeveralWordsField,
    Kind.TEXT: SeveralTextsField,
    Kind.INSTANT: SeveralInstantsField,
    Kind.CODE: SeveralChosenField,
    Kind.REFERENCE: SeveralChosenField,
}


class _NoMeta:
    """WTForms asks a field for its form's settings; ours needs none."""

    def bind_field(self, form: Any, unbound: Any, options: Mapping[str, Any]) -> Any:
        """Make the field."""
        return unbound.bind(form=form, **options)

    def render_field(self, field: Any, render_kw: Any) -> str:
        """Pages draw fields with their own macros."""
        raise NotImplementedError


def _bound(asked: Field, path: str, name: str) -> Asked:
    """Make a field outside a form, for a row inside an answer."""
    return _unbound(asked, path).bind(form=None, name=name, prefix="", _meta=_NoMeta(), translations=None)  # type: ignore[no-any-return]


def _unbound(asked: Field, path: str) -> Any:
    if asked.kind is Kind.OBJECT:
        return RowsField(asked, path, make=_bound)
    return (_SEVERAL if asked.many else _ONE)[asked.kind](asked, path)


@cache
def _questions(layout: Layout, name: str, paths: tuple[str, ...]) -> dict[str, Any]:
    known = layout.answers_of(name)
    return {path: _unbound(known[path], path) for path in paths}


class PartForm:
    """The questions of one part on a page, with what was typed and what the record holds."""

    def __init__(
        self,
        name: str,
        part: Part | None,
        paths: Iterable[str],
        room: Room,
        *,
        formdata: Any = None,
        key: str | None = None,
    ) -> None:
        """Ask those questions of that part; with what was posted, if anything was."""
        self.name = name
        self.part = part
        # A section has one name on every page, also before anything is kept in it; a row is named by its id.
        self.key = key or (part.id if part and name not in room.layout.sections else name)
        self.form = BaseForm(_questions(room.layout, name, tuple(paths)), prefix=f"{self.key}:")
        for field in self:
            field.room = room
        held = {path: _held(part, path) for path in self.form._fields}  # paths are no identifiers
        self.form.process(formdata, data=held)
        self.shown = _shown(formdata, self.key)
        for field in self:
            if self.is_as_shown(field):
                field.process(None, field.held)

    def __iter__(self) -> Any:
        """Go through the fields in the order in which they are asked."""
        return iter(self.form._fields.values())

    def __getitem__(self, path: str) -> Asked:
        """Return the field at a path."""
        return self.form._fields[path]  # type: ignore[no-any-return]

    def was(self) -> str:
        """Return what the page shows, as fingerprints by path, for the hidden input."""
        return json.dumps({field.path: fingerprint(self.part, field.path) for field in self}, separators=(",", ":"))

    def is_as_shown(self, field: Asked) -> bool:
        """Whether what came back is what the page showed, so that this person did not touch it.

        Somebody else may have changed it since: then theirs stands, also on the page that is shown next.
        """
        if not field.posted:
            return False
        answer = field.answer()
        return answer != field.held and self.shown.get(field.path) == mark_of(answer.value, answer.unread)

    def answers(self) -> dict[str, Answer]:
        """Return the answers that this person changed. What did not come back with the page is not touched."""
        answers = {field.path: (field, field.answer()) for field in self if field.posted}
        return {path: answer for path, (field, answer) in answers.items() if answer != field.held}

    def every_field(self) -> Iterator[Asked]:
        """Go through all fields, also those of rows inside an answer."""
        for field in self:
            yield field
            for row in getattr(field, "rows", ()):
                yield from row.values()

    def look(self) -> None:
        """Find out what the page should say beside each field."""
        for field in self:
            field.look()

    @property
    def has_problem(self) -> bool:
        """Whether something typed here cannot be read, or somebody else changed it."""
        return any(field.problem or field.theirs for field in self.every_field())


def _held(part: Part | None, path: str) -> Answer:
    return Answer(value_at(part.body, path), part.unread.get(path)) if part else Answer()


def _shown(formdata: Any, key: str) -> dict[str, str]:
    """Return what the posted page said it showed; a damaged note counts as none, and then nothing is cleared by it."""
    if formdata is None:
        return {}
    try:
        read = json.loads(formdata.get(WAS + key, "{}"))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(read, dict):
        return {}
    return {path: mark for path, mark in read.items() if isinstance(path, str) and isinstance(mark, str)}


def room_of(record: Record, now: Any) -> Room:
    """Return what the fields of a record's pages need to know of it."""
    return Room(now, record.layout, lambda: record.parts)


def name_of(document: Document, local_id: str | None) -> str:
    """Return the name of a person of the record, or what stands in its place."""
    if local_id is None:
        return ""
    person = document.people().get(local_id)
    return (person.name if person else None) or f"‘{local_id}’"
