"""WTForms fields of our own: they keep exactly what was typed, never raise, and say whether it could be read.

Fields that offer options are in `choosing.py`; a field of rows with fields of their own is in `inner_rows.py`. How
words are read is in `reading.py`, `days.py` and `moments.py`; which field a question gets is in `asking.py`.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Self

import wtforms
from markupsafe import escape

from forms.days import read_date, show_date
from forms.moments import on_a_british_clock, read_instant, show_instant
from forms.reading import Unreadable, clean, read_duration, read_number, show_duration
from forms.room import Room
from meetings.briefing_facts import say_age
from meetings.calendar import local
from meetings.desk import Answer
from meetings.folding import is_filled
from meetings.openings import Opening
from meetings.post import no_address, read_address
from meetings.questions import Field, Tense

NONE = ".none"
"""Added to a field's name: the box “asked: none” of a list."""
SHOWN = ".shown"
"""Added to a field's name: a hidden input that says the list was on the page, and what the page had chosen in it.

A browser sends nothing of boxes that are not ticked, so only this tells “none is ticked” from “was not asked here”.
"""
SPARE_INPUTS = 1
"""Empty inputs offered after those of a list of words."""
LONG_LINE = 120
NOTHING = Answer()
"""What a field holds that nobody answered."""


WHY_LEFT_OUT = "such characters show nothing, or words in another order"
"""What the page says of characters that were left out; see `clean`."""


def spell_left_out(count: int) -> str:
    """Return in words how many characters were left out of what was typed.

    >>> spell_left_out(1), spell_left_out(2)
    ('1 invisible character was left out', '2 invisible characters were left out')
    """
    return f"{count} invisible character{' was' if count == 1 else 's were'} left out"


class Asked(wtforms.Field):
    """One question of a part. `typed` is what the page shows; `answer()` is what is kept."""

    control = "text"
    lines = 0
    """Height of a large box; 0 where the box is of one line."""
    said_none = False
    """Whether it was asked for and there is none; only a list can say so."""
    is_noted = False
    """Whether a note comes beside it as it is typed; the page keeps a place for it, so that it is said aloud."""

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
        self.theirs = ""
        self.opening: Opening | None = None
        self.is_called = False
        self.drawn: dict[Hashable, Any] = {}
        """How this question looked before, by `face`; shared by all copies of the field (see `drawing.py`)."""

    def again(self, name: str, room: Room) -> Self:
        """Return this question as it is asked once more, under another name, in another room; nothing is typed yet.

        WTForms makes a field once for each question: to make it anew for every page costs more than to draw it.
        """
        one = object.__new__(type(self))
        one.__dict__.update(self.__dict__)
        one.name, one.room, one.typed = name, room, []
        return one

    @property
    def words(self) -> Sequence[str]:
        """What the page shows in this field of the record, as HTML: no drawing that is remembered holds it."""
        return (str(escape(self.text)),)

    def marked(self, name: str, marks: Sequence[str]) -> Self:
        """Return this field under a name, with a mark in the place of each of its words."""
        one = self.again(name, self.room)
        one.held, one.typed = NOTHING, [*marks]
        return one

    # WTForms calls this; nothing in it can fail.
    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Take what was posted, or what the record holds."""
        self.held = data if isinstance(data, Answer) else Answer()
        self.typed = self.shown(self.held)
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

    def shown(self, held: Answer) -> list[str]:
        """Return the texts with which the page shows an answer, as they would come back from it."""
        return [clean(one).text for one in self.show(held)]

    def show_value(self, value: Any) -> str:
        """Return one value as text."""
        return str(value)

    def spell(self, held: Answer) -> str:
        """Return an answer in words, for somebody who reads it beside the field."""
        return "; ".join(self.show(held))

    def read_value(self, typed: str) -> Any:
        """Return one value of the contract. Raises Unreadable."""
        return typed

    @property
    def read_as(self) -> str:
        """What words such as “Fri 10:00” were read as, where they would mean something else on another day."""
        return ""

    @property
    def note(self) -> str:
        """What stands beside an answer of this kind, whoever gave it and when: somebody's age, on a date of birth."""
        return ""

    def is_untouched(self) -> bool:
        """Whether what is typed is exactly what the record shows."""
        return self.typed == self.shown(self.held)

    def answer(self) -> Answer:
        """Return what was typed as it is to be kept: read, or as typed; never raises."""
        if not self.posted or self.is_untouched():
            return self.held
        given = self.given
        if not given:
            return Answer()
        if len(given) > 1:  # a doubled field: neither text is dropped
            return Answer(unread=given)
        try:
            return Answer(value=self.read_value(given[0]))
        except Unreadable:
            return Answer(unread=given[0])

    @property
    def given(self) -> list[str]:
        """The texts that say something, each once."""
        return list(dict.fromkeys(one for one in self.typed if is_filled(one)))

    def look(self) -> None:
        """Find out what the page should say beside this field."""
        if self.left_out:
            self.problem = f"{spell_left_out(self.left_out)}."
        if self.answer().unread is not None:
            self.problem = self.why_unread()

    def why_unread(self) -> str:
        """Return the sentence that says why what was typed cannot be read."""
        given = self.given
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
        return self.answer() != NOTHING

    @property
    def is_folded(self) -> bool:
        """Whether the page keeps it folded: not called for, and nothing stands here that has to be looked at."""
        if self.problem or self.theirs or self.is_called:
            return False
        if self.opening is not None and self.opening.folds:
            return not self.is_answered
        return bool(self.question.seldom)

    @property
    def why_now(self) -> Opening | None:
        """What called for the question, where there is something to be said of it."""
        return self.opening if self.is_called and self.opening is not None and self.opening.says else None

    @property
    def anchor(self) -> str:
        """Id of the first input of this field: where links lead."""
        return self.name

    @property
    def face(self) -> Hashable | None:
        """Everything that the page's drawing of this field depends on, besides its question, its name and its words.

        None where the field is drawn anew each time, as is all that was just posted or that the page speaks of. Whoever
        lets a macro show something else adds it here; a test compares every page drawn from memory with one drawn anew.
        """
        return None if self.is_spoken_of or len(self.typed) > 1 else (self.control, self.lines)

    @property
    def is_spoken_of(self) -> bool:
        """Whether it came with the page, or the page says something of it."""
        return bool(self.posted or self.problem or self.theirs or self.note)


class WordsField(Asked):
    """Text of one line; shown in a larger box where it holds more."""

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Take what was posted, or what the record holds; offer one line, unless the text has more."""
        super().process(formdata, data, extra_filters)
        is_long = "\n" in self.text or len(self.text) > LONG_LINE
        self.control = "area" if is_long else "text"
        self.lines = _lines_for(self.text) if is_long else 0


class EmailField(WordsField):
    """An e-mail address; of one that was pasted with a name or a scheme, the address."""

    def read_value(self, typed: str) -> Any:
        """Read an address. Raises Unreadable."""
        if (address := read_address(typed)) is None:
            raise Unreadable(no_address(typed))
        return address


class TextField(Asked):
    """Text of any number of lines."""

    control = "area"

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Take what was posted, or what the record holds; make the box as high as the text needs."""
        super().process(formdata, data, extra_filters)
        self.lines = _lines_for(self.text)


def _lines_for(text: str) -> int:
    return max(2, min(12, len(text) // 70 + text.count("\n") + 2))


class MomentField(Asked):
    """A day, or a day and a time: what is typed in words is said again in figures."""

    control = "short"

    def read_at(self, typed: str, now: datetime) -> Any:
        """Return what is read of the words at that moment. Raises Unreadable."""
        raise NotImplementedError

    @property
    def tense(self) -> Tense:
        """Whether the question asks for what is over or for what is to come."""
        tense: Tense = self.question.tense
        return tense

    def read_value(self, typed: str) -> Any:
        """Return what is read of the words now."""
        return self.read_at(typed, self.room.now)

    @property
    def read_as(self) -> str:
        """What was read, if it depends on the day on which it is read."""
        value = None if self.is_untouched() else self.answer().value
        if value is None:
            return ""
        try:
            if self.read_at(self.given[0], self.room.now + timedelta(days=400)) == value:
                return ""
        except Unreadable:
            pass
        return f"Read as {datetime.fromisoformat(value):%A} {self.show_value(value)}."


class DateField(MomentField):
    """A day."""

    example = "For example, 27/3/2026"

    def show_value(self, value: Any) -> str:
        """Return the day as it is typed."""
        return show_date(datetime.fromisoformat(value).date())

    def read_at(self, typed: str, now: datetime) -> Any:
        """Read a day."""
        return read_date(typed, local(now).date(), tense=self.tense).isoformat()

    @property
    def is_noted(self) -> bool:  # type: ignore[override]
        """Whether somebody's age stands beside it."""
        return self.tense is Tense.BIRTH

    @property
    def note(self) -> str:
        """How old somebody is who was born on that day."""
        value = self.answer().value if self.is_noted else None
        if value is None:
            return ""
        age = say_age(datetime.fromisoformat(value).date(), local(self.room.now).date())
        return f"{age[0].upper()}{age[1:]}"


class InstantField(MomentField):
    """A day and a time on a British clock."""

    example = "For example, 27/3/2026 14:10"

    def show_value(self, value: Any) -> str:
        """Return the instant as it is typed."""
        return _shown_instant(value)

    def read_at(self, typed: str, now: datetime) -> Any:
        """Read a day and a time."""
        return read_instant(typed, now, tense=self.tense).isoformat(timespec="seconds")

    @property
    def note(self) -> str:
        """What a British clock showed, where the offset of the instant was not in force then."""
        value = self.answer().value
        british = _british(value) if value is not None else ""
        return f"On a British clock: {british}" if british else ""


@lru_cache(maxsize=1024)
def _british(value: str) -> str:
    return on_a_british_clock(datetime.fromisoformat(value))


@lru_cache(maxsize=1024)
def _shown_instant(value: str) -> str:
    return show_instant(datetime.fromisoformat(value))


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


class SeveralField(Asked):
    """A list that is one answer: several words, codes or people. It may be asked with the answer none."""

    words = ()

    @property
    def none_name(self) -> str:
        """Name of the box “asked: none”."""
        return self.name + NONE

    @property
    def shown_name(self) -> str:
        """Name of the hidden input that says the list was on the page."""
        return self.name + SHOWN

    def take(self, formdata: Any) -> None:
        """Take what was posted; on a page that showed this list, nothing posted means nothing chosen."""
        names = (self.name, self.shown_name, *([self.none_name] if self.question.none else []))
        self.posted = any(name in formdata for name in names)
        if not self.posted:
            return
        # Where the page offers no such box, “asked: none” came with an imported record and stays as it is.
        self.said_none = bool(formdata.getlist(self.none_name)) if self.question.none else self.held.value == []
        self.typed = [one for one in self.cleaned([str(one) for one in formdata.getlist(self.name)]) if one.strip()]

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
        return same_none and self.typed == [one for one in self.shown(self.held) if one.strip()]

    def answer(self) -> Answer:
        """Return the list; one item that cannot be read keeps it all as typed."""
        if not self.posted or self.is_untouched():
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

    @property
    def face(self) -> Hashable | None:
        """As of every field; a list that holds something is drawn anew."""
        return None if self.is_spoken_of or self.typed else self.said_none


class SeveralTextsField(SeveralWordsField):
    """Several texts of any number of lines."""

    control = "several areas"


class SeveralInstantsField(SeveralWordsField):
    """Several instants."""

    show_value = InstantField.show_value

    def read_value(self, typed: str) -> Any:
        """Read a day and a time; one that the record holds stays as it is, with the offset it came with."""
        held = next((one for one in self.held.value or () if self.show_value(one) == typed), None)
        if held is not None:
            return held
        tense: Tense = self.question.tense
        return read_instant(typed, self.room.now, tense=tense).isoformat(timespec="seconds")
