"""Reading a day as people in Britain write or say it: in figures, with its month in words, by weekday, from today.

Reading a day together with a time is in `moments.py`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta

from forms.reading import COUNTS, Ambiguous, Unreadable, as_plain, count_of, either_of
from meetings.questions import Tense

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LONGEST = 80
"""Characters beyond which nothing is a date or a time."""

_YEAR = r"(?P<year>\d{4}|'?\d{2})"
_MONTH = r"(?P<month>[A-Za-z]{3,9})\.?"
_ORDINAL = r"(?:st|nd|rd|th)?"
_NUMBERS = re.compile(rf"(?P<day>\d{{1,2}})\s*[/.\-\s\\]\s*(?P<month>\d{{1,2}})\s*[/.\-\s\\]\s*{_YEAR}", re.ASCII)
_NAMED = re.compile(
    rf"(?:the\s+)?(?P<day>\d{{1,2}}){_ORDINAL}\s*[\s\-/,]?\s*(?:of\s+)?{_MONTH},?\s*[\s\-/]?\s*{_YEAR}",
    re.ASCII | re.IGNORECASE,
)
_MONTH_FIRST = re.compile(rf"{_MONTH}\s*(?P<day>\d{{1,2}}){_ORDINAL}(?:,\s*|\s+){_YEAR}", re.ASCII | re.IGNORECASE)
_NO_YEAR = re.compile(
    rf"(?:the\s+)?(?P<day>\d{{1,2}}){_ORDINAL}\s*(?:[./\-]\s*(?P<number>\d{{1,2}})|[\s\-]?\s*(?:of\s+)?{_MONTH})",
    re.ASCII | re.IGNORECASE,
)
_ISO = re.compile(r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})", re.ASCII)
_TWO_DAYS = re.compile(
    rf"(?P<first>\d{{1,2}}){_ORDINAL}\s*(?P<word>-|to|and|or|&)\s*(?P<last>\d{{1,2}}{_ORDINAL}(?P<rest>[\s/.].+))",
    re.ASCII | re.IGNORECASE,
)
"""Two days of one month: 27-28 March 2026."""
_BETWEEN = re.compile(r"\s+(?:-|to|until|till|or)\s+|(?<=\d{4})-(?=\d)", re.IGNORECASE)

# Days in words. What is matched has no capitals.
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = (
    r"(?P<weekday>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nes(?:day)?)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:ur(?:day)?)?|"
    r"sun(?:day)?)\.?"
)
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
_WITH_WEEKDAY = (
    re.compile(rf"(?:on )?{_WEEKDAY},? ?(?:the )?(?P<rest>\d.*|[a-z]{{3,9}}\.? \d.*)", re.IGNORECASE),
    re.compile(rf"(?P<rest>.*\d.*?)[,\s]*[\s,(]{_WEEKDAY}\)?", re.IGNORECASE),
)


class NoYear(Unreadable):
    """A day was typed without its year, where it may be one that is over as well as one to come."""

    def __init__(self, typed: str, day: date, time: str = "") -> None:
        """Carry such a day: the next, or the last where what is over is asked for."""
        super().__init__(f"‘{typed}’ has no year. Add one, such as {f'{show_date(day)} {time}'.strip()}.")
        self.day = day


def _year(text: str, today: date, tense: Tense, month: int, day: int) -> int:
    """Return the year that is meant by four figures or two."""
    year = int(text.lstrip("'"))
    if len(text) == 4:
        return year
    year += today.year - today.year % 100
    if tense is Tense.COMING:  # twenty years behind us, for what is overdue, and eighty to come
        return year if year >= today.year - _BEHIND else year + 100
    if tense.is_over:  # the last such day that is over
        return year - 100 if (year, month, day) > (today.year, today.month, today.day) else year
    return year if year <= today.year + _AHEAD_OF_US else year - 100


_BEHIND = _AHEAD_OF_US = 20
"""Years within which two figures mean a day on the other side of today than most are. Source: own."""
_A_CENTURY = timedelta(days=99 * 365)
"""What was seen, told or done so long ago is more likely a slip of the pen: it is asked about. Source: own."""


def read_date(typed: str, today: date, *, tense: Tense = Tense.EITHER) -> date:
    """Read a day as people in Britain write or say it. Raises Unreadable; Ambiguous where it may be either of two.

    `tense` is that of the question. A weekday is the next one, or the last one where what is over is asked for, unless
    it is said: last Friday. A day without its year is read only where it is to come: many questions ask what is long
    over. Two figures of a year are never a day to come where what is over is asked for.

    >>> thursday = date(2026, 11, 26)
    >>> [read_date(words, thursday).isoformat() for words in ("27/3/26", "27 March 2026", "tomorrow", "in 2 weeks")]
    ['2026-03-27', '2026-03-27', '2026-11-27', '2026-12-10']
    >>> [read_date(words, thursday, tense=Tense.COMING).isoformat() for words in ("Mon", "last Friday", "3 Dec")]
    ['2026-11-30', '2026-11-20', '2026-12-03']
    >>> [read_date("3/2/45", thursday, tense=one).year for one in (Tense.BIRTH, Tense.COMING)]
    [1945, 2045]
    """
    days = days_meant(typed, today, tense=tense)
    if len(days) > 1:
        raise either(typed, [show_date(day) for day in days])
    return days[0]


def days_meant(typed: str, today: date, *, tense: Tense) -> list[date]:
    """Return the days that the words may mean: one, as a rule. Raises Unreadable; Ambiguous for a range of days."""
    words = as_plain(typed)
    if len(words) > LONGEST:
        raise Unreadable(f"‘{words[:LONGEST]}…’ is not a date. Use a date such as 27/3/2026.")
    if (days := _one_day(typed, words, today, tense)) is not None:
        return days
    if (two := _two_days(typed, words, today, tense)) is not None:
        raise two
    raise Unreadable(f"‘{typed}’ is not a date. Use a date such as 27/3/2026.")


def _one_day(typed: str, words: str, today: date, tense: Tense) -> list[date] | None:
    """Return the days that may be meant by words that say one day, or None for other words. Raises Unreadable."""
    try:
        days = _days_in_words(words.casefold(), today, tense)
    except OverflowError:
        raise Unreadable(f"‘{typed}’ is too far away. Use a date such as 27/3/2026.") from None
    if days:
        return days
    if (match := _written(words)) is not None:
        return _on(typed, match, today, tense)
    if (match := _NO_YEAR.fullmatch(words)) and (match["number"] or _month(match["month"])):
        return [_without_year(typed, int(match["day"]), _month_of(match), today, tense=tense)]
    if match := next((found for pattern in _WITH_WEEKDAY if (found := pattern.fullmatch(words))), None):
        return _on_that_weekday(typed, match, today, tense)
    return None


def _month(name: str) -> int:
    """Return the number of a month by its name or how that begins, or 0."""
    return MONTHS.index(name[:3].casefold()) + 1 if name[:3].casefold() in MONTHS else 0


def _month_of(match: re.Match[str]) -> int:
    number = match.groupdict().get("number") or match["month"]
    return int(number) if number.isdigit() else _month(number)


def _written(words: str) -> re.Match[str] | None:
    """Return day, month and year of a day in figures, or with its month in words."""
    for pattern in (_NUMBERS, _ISO, _NAMED, _MONTH_FIRST):
        if (match := pattern.fullmatch(words)) and (match["month"].isdigit() or _month(match["month"])):
            return match
    return None


def _on(typed: str, match: re.Match[str], today: date, tense: Tense) -> list[date]:
    """Return the day of figures; two, where two figures of a year may be those of a day that is just ahead of us."""
    day, month = int(match["day"]), _month_of(match)
    year = _year(match["year"], today, tense, month, day)
    try:
        found = date(year, month, day)
    except ValueError:
        raise Unreadable(f"‘{typed}’ is not a date. Use {_nearest(day, month, year)}.") from None
    if tense is Tense.PAST and len(match["year"]) < 4 and found <= today - _A_CENTURY:
        with suppress(ValueError):  # the 29th of February is not in every century
            return [found, found.replace(year=year + 100)]
    return [found]


def _two_days(typed: str, words: str, today: date, tense: Tense) -> Ambiguous | None:
    """Return the question which of two days is meant: 27-28 March 2026, 27/3/2026 to 2/4/2026."""
    halves: list[tuple[str, str]] = []
    if match := _TWO_DAYS.fullmatch(words):
        halves.append((f"{match['first']}{match['rest']}", match["last"]))
    halves += [(words[: one.start()], words[one.end() :]) for one in _BETWEEN.finditer(words)]
    for first, last in halves:
        try:
            meant = [_one_day(one, one, today, tense) for one in (first, last)]
        except Unreadable:
            continue
        options = [show_date(days[0]) for days in meant if days]
        if len(options) > 1:
            return either_of(typed, "days", options[0], options[1], options)
    return None


def _count(text: str) -> int:
    return count_of(text) or 0


def _days_in_words(said: str, today: date, tense: Tense) -> list[date]:
    if said in _NEAR:
        return [today + timedelta(days=_NEAR[said])]
    for pattern, way in ((_AHEAD, 1), (_AGO, -1)):
        if match := pattern.fullmatch(said):
            return [today + way * timedelta(days=_count(match["count"]) * _DAY_UNITS[match["unit"]])]
    if match := _FROM.fullmatch(said):
        start = today + timedelta(days=_NEAR[match["from"]]) if match["from"] in _NEAR else _next(match, today)
        return [start + timedelta(days=_count(match["count"]) * _DAY_UNITS[match["unit"]])]
    if match := _WEEK_FIRST.fullmatch(said) or _ON_WEEKDAY.fullmatch(said):
        return _weekdays(match, today, tense)
    return []


def _number_of(match: re.Match[str]) -> int:
    return next(number for number, name in enumerate(_WEEKDAYS) if name.startswith(match["weekday"][:3].casefold()))


def _next(match: re.Match[str], today: date) -> date:
    """Return the next day of that name, today if it is one."""
    return today + timedelta(days=(_number_of(match) - today.weekday()) % 7)


def _weekdays(match: re.Match[str], today: date, tense: Tense) -> list[date]:
    """Return the days that a weekday may mean, soonest first. Weeks begin on Monday."""
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
    if tense.is_over:
        return [today - week, today] if coming == today else [coming - week]
    return [coming, coming + week] if coming == today else [coming]


def _on_that_weekday(typed: str, match: re.Match[str], today: date, tense: Tense) -> list[date] | None:
    """Return a date with its weekday beside it, if the two agree; None if there is no date beside it."""
    try:
        days = _one_day(match["rest"], match["rest"], today, tense) or []
    except NoYear as problem:
        near = _near(problem.day, match, today, tense)
        if not near:
            raise NoYear(typed, problem.day) from None
        return near
    if days and not any(day.weekday() == _number_of(match) for day in days):
        shown = show_date(days[0])
        raise Unreadable(f"‘{typed}’ does not fit: {shown} is a {days[0]:%A}. Use {shown} if you mean it.")
    return days or None


def _near(day: date, match: re.Match[str], today: date, tense: Tense) -> list[date]:
    """Return the day of that name and date that lies within a year of today: there is one, or none."""
    if tense is Tense.BIRTH:
        return []
    found = []
    for year in range(max(today.year - 1, 1), min(today.year + 1, date.max.year) + 1):
        with suppress(ValueError):
            found.append(day.replace(year=year))
    latest = today if tense.is_over else today + timedelta(days=366)
    first = today - timedelta(days=366)
    return [one for one in found if first <= one <= latest and one.weekday() == _number_of(match)]


def _without_year(typed: str, day: int, month: int, today: date, *, tense: Tense) -> date:
    if not 1 <= month <= 12 or not 1 <= day <= (29 if month == 2 else monthrange(2000, month)[1]):
        raise Unreadable(f"‘{typed}’ is not a date. Use a date such as 27/3/2026.")
    years = range(today.year, min(today.year + 9, date.max.year + 1))
    found = [date(year, month, day) for year in years if day <= monthrange(year, month)[1]]
    following = next((one for one in found if one >= today), date.max)
    if tense is Tense.COMING:
        return following
    if tense.is_over and following > today:
        years = range(today.year, max(today.year - 9, 0), -1)
        found = [date(year, month, day) for year in years if day <= monthrange(year, month)[1]]
        following = next((one for one in found if one <= today), following)
    raise NoYear(typed, following)


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
        days_meant(words, today, tense=Tense.COMING)
    except Unreadable:
        return False
    return True
