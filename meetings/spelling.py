"""How one answer stands on paper: dates, times, codes and names in words. Nothing here knows Word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from meetings.calendar import local, parse_duration, spell_duration
from meetings.contract import codes
from meetings.folding import is_filled
from meetings.parts import value_at
from meetings.questions import Field, Kind, flat_fields

Json = dict[str, Any]
Names = Callable[[str], str]


def spell_day(day: date) -> str:
    """Return a day in words.

    >>> spell_day(date(2026, 12, 2))
    '2 December 2026'
    """
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def spell_instant(moment: datetime) -> str:
    """Return a moment in words, as the clock showed it where it was written down.

    >>> spell_instant(datetime.fromisoformat("2026-12-02T14:10:00+00:00"))
    '2 December 2026, 14:10'
    """
    seconds = f":{moment:%S}" if moment.second else ""
    abroad = "" if local(moment).utcoffset() == moment.utcoffset() else f" ({moment.isoformat()[-6:]})"
    return f"{spell_day(moment.date())}, {moment:%H:%M}{seconds}{abroad}"


def spell_utc(moment: datetime) -> str:
    """Return a moment in words in universal time, in which moments written in different places can be compared.

    >>> spell_utc(datetime.fromisoformat("2026-07-02T14:10:30+01:00"))
    '2 July 2026, 13:10:30 UTC'
    """
    try:
        universal = moment.astimezone(UTC)
    except OverflowError:  # the first and the last day there is
        return moment.isoformat()
    return f"{spell_day(universal.date())}, {universal:%H:%M:%S} UTC"


def spell_value(one: Field, value: Any, names: Names) -> str:
    """Return one value of a field in words."""
    if one.kind is Kind.CODE:
        return str(codes(one.type)[value].said)
    if one.kind is Kind.REFERENCE:
        return names(value)
    if one.kind is Kind.INSTANT:
        return spell_instant(datetime.fromisoformat(value))
    if one.kind is Kind.DATE:
        return spell_day(date.fromisoformat(value))
    if one.kind is Kind.YES_NO:
        return "Yes" if value else "No"
    if one.kind is Kind.DURATION:
        length = parse_duration(value)
        return spell_duration(length) if length is not None else str(value)
    return str(value)


def spell(one: Field, value: Any, names: Names) -> list[str]:
    """Return the lines of one answer: one for each item of a list; rows inside an answer are a line each."""
    if one.kind is Kind.OBJECT:
        return [spell_row(one.type, row, names) for row in (value if one.many else [value])]
    if not one.many:
        return [spell_value(one, value, names)] if is_filled(str(value)) else []
    if not value:
        return [one.question.none or "None"]
    lines = [spell_value(one, item, names) for item in value if is_filled(str(item))]
    if one.kind is Kind.REFERENCE:
        return [", ".join(lines)]
    return ["; ".join(lines)] if one.kind is Kind.CODE else lines


def spell_row(shape: type, row: Json, names: Names) -> str:
    """Return a row inside an answer as one line, each answer after its label.

    What the row is, its first answer, speaks for itself; words that stand next to it follow after a colon.
    """
    fields = flat_fields(shape)
    spelled = {
        path: (one.question.label, "; ".join(lines))
        for path, one in fields.items()
        if (value := value_at(row, path)) is not None and (lines := spell(one, value, names))
    }
    first, second = list(fields)[:2]
    head = []
    if first in spelled:
        head = [spelled.pop(first)[1]]
        if second in spelled and fields[second].kind in (Kind.WORDS, Kind.TEXT):
            head = [f"{head[0]}: {spelled.pop(second)[1]}"]
    return ". ".join([*head, *(f"{label}: {words}" for label, words in spelled.values())])


def answers(
    shape: type, body: Json, names: Names, *, skip: tuple[str, ...] = ()
) -> Iterator[tuple[str, str, list[str]]]:
    """Yield path, label and lines of every answer in a part, in the order in which it is asked."""
    for path, one in flat_fields(shape).items():
        if path in skip or not one.asked:
            continue
        value = value_at(body, path)
        if value is not None and (lines := spell(one, value, names)):
            yield path, one.question.label, lines
