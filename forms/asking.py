"""Turns the questions of a part into a WTForms form. The only place that knows both WTForms and the kinds of answer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from wtforms.form import BaseForm

from forms.choosing import CodeField, PersonField, SeveralChosenField, YesNoField
from forms.fields import (
    NOTHING,
    Asked,
    DateField,
    DurationField,
    EmailField,
    InstantField,
    NumberField,
    SeveralInstantsField,
    SeveralTextsField,
    SeveralWordsField,
    TextField,
    WordsField,
)
from forms.inner_rows import RowsField
from forms.room import Room
from meetings.desk import Answer
from meetings.documents import Document
from meetings.namesakes import called_as, names_of
from meetings.parts import Layout, Part, mark_of, value_at
from meetings.questions import Email, Field, Kind
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


def _fields_of(questions: Mapping[str, Field]) -> dict[str, Asked]:
    """Let WTForms make a field for each question; a page asks them `again`, under names of its own."""
    unbound = {
        path: RowsField(asked, path, make=_fields_of)
        if asked.kind is Kind.OBJECT
        else (EmailField if asked.type is Email else (_SEVERAL if asked.many else _ONE)[asked.kind])(asked, path)
        for path, asked in questions.items()
    }
    made: dict[str, Asked] = dict(BaseForm(unbound)._fields)  # paths are no identifiers
    for one in made.values():
        one.process(None, NOTHING)
    return made


@cache
def _asked_of(layout: Layout, name: str) -> dict[str, Asked]:
    return _fields_of({path: one for path, one in layout.answers_of(name).items() if one.asked})


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
        asked = _asked_of(room.layout, name)
        self.fields = {path: asked[path].again(f"{self.key}:{path}", room) for path in paths}
        for path, field in self.fields.items():
            held = _held(part, path)
            if formdata is not None or held is not NOTHING or field.control == "rows":
                field.process(formdata, held)
        self.shown = _shown(formdata, self.key)
        for field in self if formdata is not None else ():
            if self.is_as_shown(field):
                field.process(None, field.held)

    def __iter__(self) -> Iterator[Asked]:
        """Go through the fields in the order in which they are asked."""
        return iter(self.fields.values())

    def __getitem__(self, path: str) -> Asked:
        """Return the field at a path."""
        return self.fields[path]

    def was(self) -> str:
        """Return what the page shows, as fingerprints by path, for the hidden input."""
        shown = {path: _mark_of(field.held) for path, field in self.fields.items()}
        return json.dumps(shown, separators=(",", ":"))

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


MARK_OF_NOTHING = mark_of(None, None)


def _mark_of(held: Answer) -> str:
    return MARK_OF_NOTHING if held is NOTHING else mark_of(held.value, held.unread)


def _held(part: Part | None, path: str) -> Answer:
    if part is None:
        return NOTHING
    value, unread = value_at(part.body, path), part.unread.get(path)
    return NOTHING if value is None and unread is None else Answer(value, unread)


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
    """Return how a person of the record is called, or what stands in the place of the name."""
    if local_id is None:
        return ""
    return names_of(document).get(local_id) or f"‘{local_id}’"


def called(person: Any, document: Document) -> str:
    """Return how somebody is called among the people of a record: the name, and what tells namesakes apart."""
    return called_as(names_of(document), person.id, person.name) if person.name else str(person.id)


def with_role(person: Any, document: Document) -> str:
    """Return the same with the role after it, unless it is the role that tells namesakes apart."""
    name = called(person, document) if person.name else ""
    role = person.role if person.role and f"({person.role})" not in name else ""
    return ", ".join(filter(None, (name, role))) or str(person.id)
