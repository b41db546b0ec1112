"""WTForms fields of our own: they keep exactly what was typed, never raise, and say whether it could be read.

How words are read is in `reading.py`; which field a question gets is in `asking.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import wtforms

from forms.reading import (
    Unreadable,
    clean,
    read_date,
    read_duration,
    read_instant,
    read_number,
    show_date,
    show_duration,
    show_instant,
)
from meetings.contract import codes
from meetings.desk import Answer
from meetings.parts import value_at, with_value
from meetings.questions import Field, Kind, flat_fields
from meetings.vocabulary import Code

NONE = ".none"
"""Added to a field's name: the box “asked: none” of a list."""
FEW_OPTIONS = 6
"""Up to so many options are shown as radios; more as a list to choose from."""
SPARE_INPUTS = 1
"""Empty inputs offered after those of a list of words."""
LONG_LINE = 120
MOST_ROWS = 500
"""Rows inside one answer that a form reads; nobody has so many, and a hostile post may claim any number."""


@dataclass
class Room:
    """What fields need to know of the record they stand in: the clock, and who is named there, by kind of reference."""

    now: datetime
    people: Mapping[Any, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Option:
    """One option of a choice."""

    value: str
    label: str
    chosen: bool


class Asked(wtforms.Field):
    """One question of a part. `typed` is what the page shows; `answer()` is what is kept."""

    control = "text"

    def __init__(self, asked: Field, path: str, **more: Any) -> None:
        """Ask that question, at that path of its part."""
        super().__init__(label=asked.question.label, **more)
        self.asked = asked
        self.path = path
        self.room = Room(datetime.min)  # noqa: DTZ901  # replaced when the form is bound
        self.held = Answer()
        self.typed: list[str] = []
        self.posted = False
        self.left_out = 0
        self.problem = ""
        self.theirs: str | None = None

    # WTForms calls this; nothing in it can fail.
    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Take what was posted, or what the record holds."""
        self.held = data if isinstance(data, Answer) else Answer()
        self.typed = self.show(self.held)
        if formdata is not None:
            self.take(formdata)

    def take(self, formdata: Any) -> None:
        """Take what was posted under this field's name."""
        values = [str(one) for one in formdata.getlist(self.name)]
        self.posted = bool(values)
        if values:
            self.typed = self.cleaned(values)

    def cleaned(self, values: Sequence[str]) -> list[str]:
        """Return posted texts as they are kept, counting what was left out."""
        kept = []
        for one in values:
            text = clean(one)
            self.left_out += text.left_out
            kept.append(text.text)
        return kept

    def show(self, held: Answer) -> list[str]:
        """Return the texts with which the page shows an answer."""
        if held.unread is not None:
            return [held.unread] if isinstance(held.unread, str) else [str(one) for one in held.unread]
        return [] if held.value is None else [self.show_value(held.value)]

    def show_value(self, value: Any) -> str:
        """Return one value as text."""
        return str(value)

    def read_value(self, typed: str) -> Any:
        """Return one value of the contract. Raises Unreadable."""
        return typed

    def is_untouched(self) -> bool:
        """Whether what is typed is exactly what the record shows."""
        return self.typed == self.show(self.held)

    def answer(self) -> Answer:
        """Return what was typed as it is to be kept: read, or as typed; never raises."""
        if self.is_untouched():
            return self.held
        given = [one for one in self.typed if one.strip()]
        if not given:
            return Answer()
        if len(given) > 1:  # a doubled field: neither text is dropped
            return Answer(unread=" ‖ ".join(given))
        try:
            return Answer(value=self.read_value(given[0]))
        except Unreadable:
            return Answer(unread=given[0])

    def look(self) -> None:
        """Find out what the page should say beside this field."""
        if self.left_out:
            characters = "character was" if self.left_out == 1 else "characters were"
            self.problem = f"{self.left_out} invisible {characters} left out."
        if self.answer().unread is not None:
            self.problem = self.why_unread()

    def why_unread(self) -> str:
        """Return the sentence that says why what was typed cannot be read."""
        given = [one for one in self.typed if one.strip()]
        if len(given) > 1:
            return "This came twice. Both texts are kept here; leave one."
        try:
            self.read_value(given[0] if given else "")
        except Unreadable as problem:
            return str(problem)
        return ""

    @property
    def question(self) -> Any:
        """The question: label, hint, why, source."""
        return self.asked.question

    @property
    def text(self) -> str:
        """The one text of this field, as the page shows it."""
        return self.typed[0] if self.typed else ""

    @property
    def is_answered(self) -> bool:
        """Whether anything stands in it."""
        return self.answer() != Answer()

    @property
    def is_folded(self) -> bool:
        """Whether the page keeps it folded: asked of few, and nothing stands here that has to be looked at."""
        return bool(self.question.seldom) and not self.problem and self.theirs is None

    @property
    def anchor(self) -> str:
        """Id of the first input of this field: where links lead."""
        return self.name


class WordsField(Asked):
    """Text of one line; shown in a larger box where it holds more."""

    @property
    def control(self) -> str:  # type: ignore[override]
        """One line, unless the text has more."""
        return "area" if "\n" in self.text or len(self.text) > LONG_LINE else "text"


class TextField(Asked):
    """Text of any number of lines."""

    control = "area"


class DateField(Asked):
    """A day."""

    control = "short"
    example = "For example, 27/3/2026"

    def show_value(self, value: Any) -> str:
        """Return the day as it is typed."""
        return show_date(datetime.fromisoformat(value).date())

    def read_value(self, typed: str) -> Any:
        """Read a day."""
        return read_date(typed, self.room.now.date()).isoformat()


class InstantField(Asked):
    """A day and a time on a British clock."""

    control = "short"
    example = "For example, 27/3/2026 14:10"

    def show_value(self, value: Any) -> str:
        """Return the instant as it is typed."""
        return show_instant(datetime.fromisoformat(value))

    def read_value(self, typed: str) -> Any:
        """Read a day and a time."""
        return read_instant(typed, self.room.now).isoformat(timespec="seconds")


class DurationField(Asked):
    """A length of time."""

    control = "short"

    def show_value(self, value: Any) -> str:
        """Return the length in words."""
        return show_duration(value)

    def read_value(self, typed: str) -> Any:
        """Read a length of time."""
        return read_duration(typed)


class NumberField(Asked):
    """A whole number."""

    control = "short"

    def read_value(self, typed: str) -> Any:
        """Read a whole number."""
        return read_number(typed)


class ChoiceField(Asked):
    """One of some options: yes or no, a code, a person of this record."""

    def options(self) -> list[tuple[str, str]]:
        """Return the options as pairs of value and label."""
        raise NotImplementedError

    def read_value(self, typed: str) -> Any:
        """Return the value of an option."""
        if typed not in dict(self.options()):
            raise Unreadable(f"‘{typed}’ is not one of the options. Choose one of them.")
        return typed

    @property
    def control(self) -> str:  # type: ignore[override]
        """Radios for few options, else a list to choose from."""
        return "radios" if len(self.options()) <= FEW_OPTIONS else "select"

    def choices(self) -> list[Option]:
        """Return the options as the page shows them; what was typed and is none of them stands last."""
        known = self.options()
        shown = [Option(value, label, value in self.typed) for value, label in known]
        return shown + [Option(one, f"‘{one}’", chosen=True) for one in self.typed if one and one not in dict(known)]


class YesNoField(ChoiceField):
    """Yes, no, or not answered."""

    control = "radios"

    def options(self) -> list[tuple[str, str]]:
        """Return yes and no."""
        return [("yes", "Yes"), ("no", "No")]

    def show_value(self, value: Any) -> str:
        """Return yes or no."""
        return "yes" if value else "no"

    def read_value(self, typed: str) -> Any:
        """Return true or false."""
        return super().read_value(typed) == "yes"


class CodeField(ChoiceField):
    """One code of a closed list."""

    def options(self) -> list[tuple[str, str]]:
        """Return the list."""
        return _options_of(self.asked.type)


class PersonField(ChoiceField):
    """One person of this record."""

    control = "select"

    def options(self) -> list[tuple[str, str]]:
        """Return the people of the kind asked for."""
        return list(self.room.people.get(self.asked.type, {}).items())


def _options_of(vocabulary: type[Code]) -> list[tuple[str, str]]:
    return [(code, entry.label) for code, entry in codes(vocabulary).items()]


class SeveralField(Asked):
    """A list that is one answer: several words, codes or people. It may be asked with the answer none."""

    said_none = False

    @property
    def none_name(self) -> str:
        """Name of the box “asked: none”."""
        return self.name + NONE

    def take(self, formdata: Any) -> None:
        """Take what was posted; on a page that showed this list, nothing posted means nothing chosen."""
        values = self.cleaned([str(one) for one in formdata.getlist(self.name)])
        self.posted = True
        # Where the page offers no such box, “asked: none” came with an imported record and stays as it is.
        self.said_none = bool(formdata.getlist(self.none_name)) if self.question.none else self.held.value == []
        self.typed = [one for one in values if one.strip()]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Take what was posted, or what the record holds."""
        self.said_none = isinstance(data, Answer) and data.value == []
        super().process(formdata, data, extra_filters)

    def show(self, held: Answer) -> list[str]:
        """Return the texts with which the page shows the list."""
        if held.unread is not None:
            return [str(one) for one in held.unread] if isinstance(held.unread, list) else [str(held.unread)]
        return [self.show_value(one) for one in held.value or ()]

    def is_untouched(self) -> bool:
        """Whether the same is chosen, in whatever order the page sent it."""
        same_none = self.said_none == (self.held.value == [] and not self.typed)
        return same_none and self.typed == [one for one in self.show(self.held) if one.strip()]

    def answer(self) -> Answer:
        """Return the list; one item that cannot be read keeps it all as typed."""
        if self.is_untouched():
            return self.held
        if not self.typed:
            return Answer(value=[]) if self.said_none else Answer()
        try:
            return Answer(value=[self.read_value(one) for one in self.typed])
        except Unreadable:
            return Answer(unread=list(self.typed))

    def why_unread(self) -> str:
        """Return the first sentence that says why an item cannot be read."""
        for one in self.typed:
            try:
                self.read_value(one)
            except Unreadable as problem:
                return str(problem)
        return ""


class SeveralWordsField(SeveralField):
    """Several texts, an input each."""

    control = "several"

    def inputs(self) -> list[str]:
        """Return the texts of the inputs, with an empty one to add to."""
        return self.typed + [""] * SPARE_INPUTS


class SeveralTextsField(SeveralWordsField):
    """Several texts of any number of lines."""

    control = "several areas"


class SeveralInstantsField(SeveralWordsField):
    """Several instants."""

    show_value = InstantField.show_value
    read_value = InstantField.read_value


class SeveralChosenField(SeveralField):
    """Several options, a box each. Those that were chosen before keep their order; new ones follow."""

    control = "boxes"

    def options(self) -> list[tuple[str, str]]:
        """Return the codes of the list, or the people of the kind asked for."""
        if self.asked.kind is Kind.CODE:
            return _options_of(self.asked.type)
        return list(self.room.people.get(self.asked.type, {}).items())

    def read_value(self, typed: str) -> Any:
        """Return an option."""
        if typed not in dict(self.options()):
            raise Unreadable(f"‘{typed}’ is not one of the options. Leave it out or choose another.")
        return typed

    def take(self, formdata: Any) -> None:
        """Take what was ticked, each once, in the order the record has it."""
        before = self.show(self.held)
        super().take(formdata)
        ticked = list(dict.fromkeys(self.typed))
        self.typed = [one for one in before if one in ticked] + [one for one in ticked if one not in before]

    def choices(self) -> list[Option]:
        """Return the options as the page shows them."""
        known = self.options()
        shown = [Option(value, label, value in self.typed) for value, label in known]
        return shown + [Option(one, f"‘{one}’", chosen=True) for one in self.typed if one not in dict(known)]


class RowsField(Asked):
    """A list of objects inside a part, kept whole: safety measures, numbers in other systems."""

    control = "rows"

    def __init__(self, asked: Field, path: str, make: Callable[..., Asked], **more: Any) -> None:
        """Ask for rows whose questions become fields through `make`."""
        super().__init__(asked, path, **more)
        self.make = make
        self.rows: list[dict[str, Asked]] = []
        self.offered = False

    @property
    def shape(self) -> dict[str, Field]:
        """The questions of one row, by path."""
        return {path: one for path, one in flat_fields(self.asked.type).items() if one.asked}

    def _row(self, number: int, formdata: Any, answers: Mapping[str, Answer]) -> dict[str, Asked]:
        made = {}
        for path, asked in self.shape.items():
            one = self.make(asked, path, name=f"{self.name}.{number}.{path}")
            one.room = self.room
            one.process(formdata, answers.get(path, Answer()))
            made[path] = one
        return made

    def _held(self) -> list[dict[str, Answer]]:
        if self.held.unread is not None:
            return [
                {path: Answer(*both) for path, both in row.items() if path in self.shape}
                for row in self.held.unread
                if isinstance(row, dict)
            ]
        return [
            {path: Answer(value_at(row, path)) for path in self.shape} for row in self.held.value or () if row is not None
        ]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Take the rows that were posted, or those of the record, and an empty one to add to."""
        self.held = data if isinstance(data, Answer) else Answer()
        held = self._held()
        if formdata is None:
            self.rows = [self._row(number, None, answers) for number, answers in enumerate(held)]
        else:
            self.posted = True
            numbers = {
                int(rest[0])
                for rest in (name[len(self.name) + 1 :].split(".") for name in formdata if name.startswith(f"{self.name}."))
                if rest[0].isdigit() and len(rest[0]) < 5
            }
            numbers |= set(range(len(held)))
            self.rows = [
                self._row(number, formdata, held[number] if number < len(held) else {})
                for number in sorted(numbers)[:MOST_ROWS]
            ]
        self.spare = self._row(len(self.rows), None, {})

    def filled(self) -> list[dict[str, Asked]]:
        """Return the rows in which something stands."""
        return [row for row in self.rows if any(one.answer() != Answer() for one in row.values())]

    def is_untouched(self) -> bool:
        """Whether every row is as the record has it."""
        return len(self.filled()) == len(self._held()) and all(
            one.is_untouched() for row in self.filled() for one in row.values()
        )

    def answer(self) -> Answer:
        """Return the rows; one field that cannot be read keeps them all as typed."""
        if self.is_untouched():
            return self.held
        answers = [{path: one.answer() for path, one in row.items()} for row in self.filled()]
        if any(one.unread is not None for row in answers for one in row.values()):
            kept = [
                {path: [one.value, one.unread] for path, one in row.items() if one != Answer()} for row in answers
            ]
            return Answer(unread=kept)
        value = []
        for row in answers:
            body: dict[str, Any] = {}
            for path, one in row.items():
                if one.value is not None:
                    body = with_value(body, path, one.value)
            value.append(body)
        return Answer(value=value) if value else Answer()

    def look(self) -> None:
        """Find out what the page should say beside each field of each row."""
        for row in self.rows:
            for one in row.values():
                one.look()
