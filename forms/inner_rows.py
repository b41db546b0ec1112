"""A field that holds rows with fields of their own, inside one part, kept whole.

Single fields are in `fields.py` and `choosing.py`. Rows of a list of the record are no such rows: each of them is a
part, and a form of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from forms.fields import NOTHING, Asked
from meetings.desk import Answer
from meetings.parts import value_at, with_value
from meetings.questions import Field, flat_fields

GONE = ".gone"
"""Added to the name of a row inside an answer: the button that takes the row out."""


class InnerRow(dict[str, Asked]):
    """The fields of one row inside an answer, by path, with what of it nobody types."""

    def __init__(self, name: str, base: Mapping[str, Any], fields: Mapping[str, Asked]) -> None:
        """Hold a row that the page names so."""
        super().__init__(fields)
        self.name = name
        self.base = dict(base)

    @property
    def gone_name(self) -> str:
        """Name of the button that takes the row out."""
        return self.name + GONE

    @property
    def is_filled(self) -> bool:
        """Whether anything stands in it."""
        return bool(self.base) or any(one.is_answered for one in self.values())


class RowsField(Asked):
    """A list of objects inside a part, kept whole: safety measures, numbers in other systems."""

    control = "rows"

    face = None

    def __init__(self, asked: Field, path: str, make: Callable[[Mapping[str, Field]], Any], **more: Any) -> None:
        """Ask for rows whose questions become fields through `make`."""
        super().__init__(asked, path, **more)
        self.shape = {path: one for path, one in flat_fields(asked.type).items() if one.asked}
        self.asked_of_row: Mapping[str, Asked] = make(self.shape)
        self.rows: list[InnerRow] = []

    def _row(self, key: str, formdata: Any, base: Mapping[str, Any], answers: Mapping[str, Answer]) -> InnerRow:
        made = {}
        for path, asked in self.asked_of_row.items():
            made[path] = one = asked.again(f"{self.name}.{key}.{path}", self.room)
            one.process(formdata, answers.get(path, NOTHING))
        return InnerRow(f"{self.name}.{key}", base, made)

    def _held(self) -> list[tuple[dict[str, Any], dict[str, Answer]]]:
        """Return the rows of the record: what nobody types of each, and its answers by path."""
        if self.held.unread is not None:
            rows = [row for row in self.held.unread if isinstance(row, dict)]
            return [
                (row.get("", [{}])[0], {path: Answer(*both) for path, both in row.items() if path in self.shape})
                for row in rows
            ]
        return [
            (
                _without(row, self.shape),
                {path: Answer(value_at(row, path)) for path in self.shape if value_at(row, path) is not None},
            )
            for row in self.held.value or ()
        ]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Take the rows that were posted, or those of the record, and an empty one to add to."""
        self.held = data if isinstance(data, Answer) else Answer()
        held = {str(number): row for number, row in enumerate(self._held())}
        posted: list[str] = []
        if formdata is not None:
            start = len(self.name) + 1
            posted = [name[start:].split(".")[0] for name in formdata if name.startswith(f"{self.name}.")]
            self.posted = bool(posted)
        keys = [*held, *sorted({key for key in posted if key not in held}, key=_in_order)]
        rows = [self._row(key, formdata, *held.get(key, ({}, {}))) for key in keys]
        if formdata is not None:
            rows = [row for row in rows if row.gone_name not in formdata and row.is_filled]
        self.rows = rows
        self.spare = self._row(str(_next_after(keys)), None, {}, {})

    def spell(self, held: Answer) -> str:
        """Return the rows in words, one after the other."""
        self_now, self.held = self.held, held
        rows = [self._row("0", None, *row) for row in self._held()]
        self.held = self_now
        spelled = ([one.spell(one.held) for one in row.values() if one.held != Answer()] for row in rows)
        return "; ".join(", ".join(row) for row in spelled)

    def is_untouched(self) -> bool:
        """Whether every row is as the record has it."""
        held = [row for row in self._held() if row[0] or row[1]]
        rows = [row for row in self.rows if row.is_filled]
        return len(rows) == len(held) and all(one.is_untouched() for row in rows for one in row.values())

    def answer(self) -> Answer:
        """Return the rows; one field that cannot be read keeps them all as typed."""
        if not self.posted or self.is_untouched():
            return self.held
        rows = [(row.base, {path: one.answer() for path, one in row.items()}) for row in self.rows if row.is_filled]
        if any(one.unread is not None for _, answers in rows for one in answers.values()):
            return Answer(unread=[_as_typed(base, answers) for base, answers in rows])
        value = []
        for base, answers in rows:
            body = dict(base)
            for path, one in answers.items():
                if one.value is not None:
                    body = with_value(body, path, one.value)
            value.append(body)
        return Answer(value=value) if value else Answer()

    def look(self) -> None:
        """Find out what the page should say beside each field of each row."""
        for row in self.rows:
            for one in row.values():
                one.look()


def _without(row: Mapping[str, Any], shape: Mapping[str, Field]) -> dict[str, Any]:
    """Return what of a row nobody types: hashes, identifiers."""
    kept = dict(row)
    for path in shape:
        kept = with_value(kept, path, None)
    return kept


def _as_typed(base: Mapping[str, Any], answers: Mapping[str, Answer]) -> dict[str, Any]:
    """Return a row as it is kept while a field of it cannot be read."""
    typed: dict[str, Any] = {path: [one.value, one.unread] for path, one in answers.items() if one != Answer()}
    return {"": [dict(base), None], **typed} if base else typed


def _in_order(key: str) -> tuple[int, str]:
    """Rows go in the order of their numbers; a name that is no number comes last, and is kept like any other."""
    is_number = key.isascii() and key.isdigit() and len(key) < 10
    return (int(key), "") if is_number else (10**10, key)


def _next_after(keys: Sequence[str]) -> int:
    return max((_in_order(key)[0] + 1 for key in keys if _in_order(key)[0] < 10**10), default=0)
