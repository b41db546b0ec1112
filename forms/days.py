"""Reading a day as people in Britain write or say it: in figures, with its month in words, by weekday, from today.

Reading a day together with a time is in `moments.py`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from forms.reading import Ambiguous, Unreadable

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LONGEST = 80
"""Characters beyond which nothing is a date or a time."""

_NUMBERS = re.compile(r"(\d{1,2})\s*[/.\-\s]\s*(\d{1,2})\s*[/.\-\s]\s*(\d{4}|\d{2})", re.ASCII)
_NAMED = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?\s*[\s\-/]\s*(?:of\s+)?([A-Za-z]{3,9})\.?,?\s*[\s\-/]\s*(\d{4}|\d{2})", re.ASCII
)
_NO_YEAR = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?\s*(?:[./\-]\s*(\d{1,2})|[\s\-]\s*(?:of\s+)?([A-Za-z]{3,9})\.?)", re.ASCII
)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)

# Days in words. What is matched has no capitals.
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = (
    r"(?P<weekday>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nes(?:day)?)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:ur(?:day)?)?|"
    r"sun(?:day)?)\.?"
)
COUNTS = {
    **dict.fromkeys(("a", "an", "one"), 1),
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_COUNT = rf"(?P<count>\d{{1,4}}|{'|'.join(COUNTS)})"
_DAY_UNITS = {"day": 1, "week": 7, "fortnight": 14}
_DAY_UNIT = r"(?P<unit>day|week|fortnight)s?"
_NEAR = {
    "yesterday": -1,
    "today": 0,
    "tomorrow": 1,
    **dict.fromkeys(("day before yesterday", "the day before yesterday"), -2),
    **dict.fromkeys(("day after tomorrow", "the day after tomorrow"), 2),
}
_AHEAD = re.compile(rf"in {_COUNT} {_DAY_UNIT}(?:'s|’s)?(?: time)?")
_AGO = re.compile(rf"{_COUNT} {_DAY_UNIT} ago")
_FROM = re.compile(rf"{_COUNT} {_DAY_UNIT} (?:from |on )?(?P<from>today|tomorrow|{_WEEKDAY})")
_ON_WEEKDAY = re.compile(rf"(?:on )?(?:(?P<which>this|next|last) )?{_WEEKDAY}(?: (?P<then>week|this week|next week))?")
_WEEK_FIRST = re.compile(rf"(?P<then>this week|next week),? (?:on )?{_WEEKDAY}")
_WITH_WEEKDAY = re.compile(rf"{_WEEKDAY},?(?: the)? (?P<rest>\d.*)", re.IGNORECASE)


class NoYear(Unreadable):
    """A day was typed without its year, where it may be one that is over as well as one to come."""

    def __init__(self, typed: str, day: date, time: str = "") -> None:
        """Carry the next such day."""
        super().__init__(f"‘{typed}’ has no year. Add one, such as {f'{show_date(day)} {time}'.strip()}.")
        self.day = day


def _year(text: str, today: date) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    # Two figures mean the coming twenty years or the eighty behind us: children are born, reviews are planned.
    century = today.year - today.year % 100
    return century + year if century + year <= today.year + 20 else century - 100 + year


def read_date(typed: str, today: date, *, coming: bool = False) -> date:
    """Read a day as people in Britain write or say it. Raises Unreadable; Ambiguous where it may be either of two.

    A weekday is the next one, never one that is over, unless it is said: last Friday. If days without a year are
    `coming`, such a day is the next one there is; else they are not read, for many questions ask what is long over.

    >>> thursday = date(2026, 11, 26)
    >>> [read_date(words, thursday).isoformat() for words in ("27/3/26", "27 March 2026", "tomorrow", "in 2 weeks")]
    ['2026-03-27', '2026-03-27', '2026-11-27', '2026-12-10']
    >>> [read_date(words, thursday, coming=True).isoformat() for words in ("Mon", "last Friday", "3 Dec")]
    ['2026-11-30', '2026-11-20', '2026-12-03']
    """
    days = days_meant(typed, today, coming=coming)
    if len(days) > 1:
        raise either(typed, [show_date(day) for day in days])
    return days[0]


def days_meant(typed: str, today: date, *, coming: bool) -> list[date]:
    """Return the days that the words may mean, soonest first: one, as a rule. Raises Unreadable."""
    words = " ".join(typed.split())
    if len(words) > LONGEST:
        raise Unreadable(f"‘{words[:LONGEST]}…’ is not a date. Use a date such as 27/3/2026.")
    try:
        days = _days_in_words(words.casefold(), today)
    except OverflowError:
        raise Unreadable(f"‘{typed}’ is too far away. Use a date such as 27/3/2026.") from None
    if days:
        return days
    if match := _NUMBERS.fullmatch(words):
        day, month, year = int(match[1]), int(match[2]), _year(match[3], today)
    elif match := _ISO.fullmatch(words):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif (match := _NAMED.fullmatch(words)) and match[2][:3].casefold() in MONTHS:
        day, month, year = int(match[1]), MONTHS.index(match[2][:3].casefold()) + 1, _year(match[3], today)
    elif match := _WITH_WEEKDAY.fullmatch(words):
        return [_on_that_weekday(typed, match, today, coming=coming)]
    elif (match := _NO_YEAR.fullmatch(words)) and (match[2] or match[3][:3].casefold() in MONTHS):
        month = int(match[2]) if match[2] else MONTHS.index(match[3][:3].casefold()) + 1
        return [_without_year(typed, int(match[1]), month, today, coming=coming)]
    else:
        raise Unreadable(f"‘{typed}’ is not a date. Use a date such as 27/3/2026.")
    try:
        return [date(year, month, day)]
    except ValueError:
        raise Unreadable(f"‘{typed}’ is not a date. Use {_nearest(day, month, year)}.") from None


def count_of(word: str) -> int | None:
    """Return the number that a word is, in figures or spelled to ten, or None.

    >>> count_of("2"), count_of("Two"), count_of("a"), count_of("some")
    (2, 2, 1, None)
    """
    if word.isascii() and word.isdigit() and len(word) <= 6:
        return int(word)
    return COUNTS.get(word.casefold())


def _count(text: str) -> int:
    return count_of(text) or 0


def _days_in_words(said: str, today: date) -> list[date]:
    if said in _NEAR:
        return [today + timedelta(days=_NEAR[said])]
    for pattern, way in ((_AHEAD, 1), (_AGO, -1)):
        if match := pattern.fullmatch(said):
            return [today + way * timedelta(days=_count(match["count"]) * _DAY_UNITS[match["unit"]])]
    if match := _FROM.fullmatch(said):
        start = today + timedelta(days=_NEAR[match["from"]]) if match["from"] in _NEAR else _next(match, today)
        return [start + timedelta(days=_count(match["count"]) * _DAY_UNITS[match["unit"]])]
    if match := _WEEK_FIRST.fullmatch(said) or _ON_WEEKDAY.fullmatch(said):
        return _weekdays(match, today)
    return []


def _number_of(match: re.Match[str]) -> int:
    return next(number for number, name in enumerate(_WEEKDAYS) if name.startswith(match["weekday"][:3].casefold()))


def _next(match: re.Match[str], today: date) -> date:
    """Return the next day of that name, today if it is one."""
    return today + timedelta(days=(_number_of(match) - today.weekday()) % 7)


def _weekdays(match: re.Match[str], today: date) -> list[date]:
    """Return the days that a weekday may mean. Weeks begin on Monday."""
    week = timedelta(days=7)
    coming = _next(match, today)
    in_this_week = today + timedelta(days=_number_of(match) - today.weekday())
    which, then = match.groupdict().get("which"), match["then"]
    if then in ("this week", "next week"):
        return [] if which else [in_this_week + (week if then == "next week" else timedelta(0))]
    if then == "week":
        return [] if which else [coming + week]
    if which == "this":
        return [in_this_week] if in_this_week >= today else [in_this_week, in_this_week + week]
    if which == "next":  # on a Thursday, next Friday is tomorrow for some and in eight days for others
        return [in_this_week, in_this_week + week] if in_this_week > today else [in_this_week + week]
    if which == "last":
        before = in_this_week if in_this_week < today else in_this_week - week
        return [before - week, before] if in_this_week < today else [before]
    return [coming, coming + week] if coming == today else [coming]


def _on_that_weekday(typed: str, match: re.Match[str], today: date, *, coming: bool) -> date:
    """Return a date with its weekday before it, if the two agree."""
    day = read_date(match["rest"], today, coming=coming)
    if day.weekday() != _number_of(match):
        raise Unreadable(
            f"‘{typed}’ does not fit: {show_date(day)} is a {day:%A}. Use {show_date(day)} if you mean it."
        )
    return day


def _without_year(typed: str, day: int, month: int, today: date, *, coming: bool) -> date:
    if not 1 <= month <= 12 or not 1 <= day <= (29 if month == 2 else monthrange(2000, month)[1]):
        raise Unreadable(f"‘{typed}’ is not a date. Use a date such as 27/3/2026.")
    years = range(today.year, min(today.year + 9, date.max.year + 1))
    found = [date(year, month, day) for year in years if day <= monthrange(year, month)[1]]
    following = next((one for one in found if one >= today), date.max)
    if not coming:
        raise NoYear(typed, following)
    return following


def either(typed: str, options: Sequence[str]) -> Ambiguous:
    """Return what asks which of these is meant."""
    return Ambiguous(f"‘{typed}’ may be {' or '.join(options)}. Use the one you mean.", options)


def _nearest(day: int, month: int, year: int) -> str:
    if 1 <= month <= 12 and 1 <= year <= 9999 and day > 28:
        return f"{monthrange(year, month)[1]}/{month}/{year}"
    return "a date such as 27/3/2026"


def show_date(day: date) -> str:
    """Return a day as it is typed: 27/3/2026."""
    return f"{day.day}/{day.month}/{day.year:04}"


def say_date(day: date, today: date) -> str:
    """Return a day as people say it: today, tomorrow, Friday 27 November 2026."""
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}.get((day - today).days)
    return near or f"{day:%A} {day.day} {day:%B} {day.year:04}"


def is_day(words: str, today: date) -> bool:
    """Whether all of the words are a day, with or without its year."""
    try:
        days_meant(words, today, coming=True)
    except Unreadable:
        return False
    return True
