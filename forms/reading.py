"""Reading what people type: dates, times, lengths of time, numbers, text. Nothing here knows a form or a record.

Each reader returns a value of the contract, or raises Unreadable with a sentence that shows what was given and an
example that can be read. Each `show_…` is the way back: what it returns reads as the same value again.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from meetings.calendar import later, local, parse_duration, readings_of
from meetings.contract import MAX_NUMBER, UNPRINTABLE

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_NUMBERS = re.compile(r"(\d{1,2})\s*[/.\-\s]\s*(\d{1,2})\s*[/.\-\s]\s*(\d{4}|\d{2})", re.ASCII)
_NAMED = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?\s*[\s\-/]\s*(?:of\s+)?([A-Za-z]{3,9})\.?,?\s*[\s\-/]\s*(\d{4}|\d{2})", re.ASCII
)
_NO_YEAR = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?\s*(?:[./\-]\s*(\d{1,2})|[\s\-]\s*(?:of\s+)?([A-Za-z]{3,9})\.?)", re.ASCII
)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_TIME = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2})(?::(?P<second>\d{2}))?|(?P<packed>\d{2}))?\s*(?P<half>am|pm)?",
    re.IGNORECASE | re.ASCII,
)
_ZONE = re.compile(r"\s*(?P<zone>BST|GMT|Z|[+-]\d{2}:\d{2})$", re.IGNORECASE)
_TIME_WORDS = r"(?P<time>\d{1,2}[:.]\d{2}(?::\d{2})?\s*(?:am|pm)?|\d{1,2}\s*(?:am|pm)|\d{4}|(?:12 )?(?:noon|midday))"
_BOTH_WAYS = (
    re.compile(rf"(?P<day>.*?\S)[\s,]+(?:at\s+)?{_TIME_WORDS}", re.IGNORECASE | re.ASCII),
    re.compile(rf"{_TIME_WORDS}[\s,]+(?:on\s+)?(?P<day>.*\S)", re.IGNORECASE | re.ASCII),
)
_UNITS = {
    **dict.fromkeys(("d", "day"), "D"),
    **dict.fromkeys(("h", "hr", "hour"), "H"),
    **dict.fromkeys(("m", "min", "minute"), "M"),
    **dict.fromkeys(("s", "sec", "second"), "S"),
}
_LENGTH = re.compile(r"(\d{1,6})\s*([A-Za-z]+)", re.ASCII)
_ISO_LENGTH = re.compile(r"P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_SPELLED = ("day", "hour", "minute", "second")
LONGEST = 80
"""Characters beyond which nothing is a date or a time."""

# Days in words. What is matched has no capitals.
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = (
    r"(?P<weekday>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nes(?:day)?)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:ur(?:day)?)?|"
    r"sun(?:day)?)\.?"
)
_COUNTS = {
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
_COUNT = rf"(?P<count>\d{{1,4}}|{'|'.join(_COUNTS)})"
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
_FROM_NOW = re.compile(r"(?:in|within) (?P<length>.+?)(?:['’]?s?['’]? time)?|(?P<from>.+) from now|(?P<ago>.+) ago")
_PARTS_OF_DAY = {"morning": (0, 12), "afternoon": (12, 19), "evening": (17, 24), "night": (17, 24)}
"""First hour of each part of a day, and the hour it ends at."""
_PART_OF_DAY = re.compile(r"(?:^|(?<=\s))(?P<part>morning|afternoon|evening|night)\b")
_HOUR_OF_PART = r"(?P<time>\d{1,2}(?:[:.]\d{2})?\s*(?:am|pm)?|\d{4}|(?:12 )?(?:noon|midday))"
_EITHER_WAY = (
    re.compile(rf"(?P<day>.*?\S)[\s,]+(?:at\s+)?{_HOUR_OF_PART}", re.ASCII),
    re.compile(rf"(?:at\s+)?{_HOUR_OF_PART}[\s,]+(?:on\s+)?(?P<day>.*\S)", re.ASCII),
)


class Unreadable(Exception):
    """What was typed is not an answer of this kind; the sentence says what can be read."""


class NoYear(Unreadable):
    """A day was typed without its year, where it may be one that is over as well as one to come."""

    def __init__(self, typed: str, day: date, time: str = "") -> None:
        """Carry the next such day."""
        super().__init__(f"‘{typed}’ has no year. Add one, such as {f'{show_date(day)} {time}'.strip()}.")
        self.day = day


class Ambiguous(Unreadable):
    """What was typed may mean more than one thing: each of `options` is one of them, as it may be typed instead."""

    def __init__(self, sentence: str, options: Sequence[str]) -> None:
        """Carry the sentence and what may be meant."""
        super().__init__(sentence)
        self.options = tuple(options)


@dataclass(frozen=True)
class Cleaned:
    """Text as it is kept, with the number of characters that no Word file can hold and that were left out."""

    text: str
    left_out: int


def clean(typed: str) -> Cleaned:
    r"""Return the text as it is kept: line and page breaks pasted from Word become newlines, nothing else is changed.

    Characters that no record can hold are left out and counted, never silently.

    >>> clean("one\r\ntwo\x0bthree\x07")
    Cleaned(text='one\ntwo\nthree', left_out=1)
    """
    text = re.sub("\r\n|[\r\x0b\x0c]", "\n", typed)
    kept, left_out = UNPRINTABLE.subn("", text)
    return Cleaned(kept, left_out)


# ── Dates ────────────────────────────────────────────────────────────────────────────────────────────────────────


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
    days = _days(typed, today, coming=coming)
    if len(days) > 1:
        raise _either(typed, [show_date(day) for day in days])
    return days[0]


def _days(typed: str, today: date, *, coming: bool) -> list[date]:
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
    return _COUNTS.get(word.casefold())


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


def _either(typed: str, options: Sequence[str]) -> Ambiguous:
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


# ── Instants ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _split(words: str) -> tuple[str, str] | None:
    """Return the day and the time in the words, whichever comes first."""
    if match := re.match(r"(\d{4}-\d{1,2}-\d{1,2})[T\s]+(.+)$", words):
        return match[1], match[2]
    for pattern in _BOTH_WAYS:
        if match := pattern.fullmatch(words):
            return match["day"].rstrip(","), match["time"]
    return None


def _time(words: str) -> tuple[int, int, int] | None:
    if words.strip().casefold().removeprefix("12 ") in ("noon", "midday"):
        return 12, 0, 0
    match = _TIME.fullmatch(words.strip())
    if match is None or not (match["minute"] or match["packed"] or match["half"]):
        return None
    hour, minute, second = int(match["hour"]), int(match["minute"] or match["packed"] or 0), int(match["second"] or 0)
    if half := (match["half"] or "").casefold():
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return (hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def read_time(typed: str) -> tuple[int, int, int]:
    """Read a time of day without a day: hour, minute, second. Raises Unreadable.

    >>> read_time("18:30"), read_time("9.15pm"), read_time("noon")
    ((18, 30, 0), (21, 15, 0), (12, 0, 0))
    """
    time = _time(typed) if len(typed) <= LONGEST else None
    if time is None:
        raise Unreadable(f"‘{typed[:LONGEST]}’ is not a time. Use one such as 14:10.")
    return time


def show_time(time: str | tuple[int, int, int]) -> str:
    """Return a time of day as it is typed; what was typed stays as it is."""
    return time if isinstance(time, str) else f"{time[0]:02}:{time[1]:02}" + (f":{time[2]:02}" if time[2] else "")


def _in_part_of_day(words: str) -> tuple[str, tuple[int, int, int] | None] | None:
    """Return the day and the time of “tonight 9” or “tomorrow morning at 10”, or None if no part of a day is named.

    The time is None where the words give none. Raises Unreadable if it does not lie in that part of the day.
    """
    said = re.sub(r"\bthis (morning|afternoon|evening)\b|\bto(night)\b", r"today \1\2", words.casefold())
    match = _PART_OF_DAY.search(said)
    if match is None:
        return None
    rest = " ".join(f"{said[: match.start()]} {said[match.end() :]}".split()).strip(", ")
    # "9 in the morning on 3/12/2026", "the evening of 3/12/2026"
    rest = " ".join(re.sub(r"\bin the(?= |$)|^(?:the|on the) of\b", " ", rest).split()).strip(", ")
    found = next((found for pattern in _EITHER_WAY if (found := pattern.fullmatch(rest))), None)
    if found is None:
        return rest, None
    start, end = _PARTS_OF_DAY[match["part"]]
    typed, day = found["time"], found["day"].rstrip(",")
    hour, minute, second = (
        _time(typed) or (_time(f"{typed}:00") if typed.isdigit() and len(typed) < 3 else None) or (24, 0, 0)
    )
    if hour < start and not typed.startswith("0") and "am" not in typed:  # a clock of twelve hours
        hour += 12
    if not start <= hour < end:
        raise Unreadable(
            f"‘{words}’: {typed} is not in the {match['part']}. Use a date and time such as 27/3/2026 14:10."
        )
    return day, (hour, minute, second)


def _from_now(words: str, now: datetime) -> datetime | None:
    """Return the moment of “now”, “in 4 hours” or “an hour ago”, to the minute, or None; days alone are no moment."""
    said = words.casefold()
    length = None
    if said in ("now", "right now"):
        length = timedelta(0)
    elif match := _FROM_NOW.fullmatch(said):
        typed = (match["length"] or match["from"] or match["ago"]).replace("half an hour", "30 minutes")
        typed = re.sub(rf"\b({'|'.join(_COUNTS)})\b", lambda found: str(_COUNTS[found[1]]), typed)
        try:
            duration = read_duration(typed)
        except Unreadable:
            return None
        length = parse_duration(duration) if "T" in duration and "at once" not in typed else None
        if length is not None and match["ago"]:
            length = -length
    if length is None:
        return None
    # In elapsed time, also where the clocks change; a deadline is never later than what was said.
    moment = local(later(now, length))
    return moment.replace(second=0, microsecond=0)


def read_instant(typed: str, now: datetime, *, coming: bool = False) -> datetime:
    """Read a day and a time on a British clock. Raises Unreadable; Ambiguous where it may be either of two.

    `coming` is as with dates: whether a day without a year is the next such day.

    >>> at = datetime.fromisoformat("2026-03-01T09:00:00+00:00")
    >>> [read_instant(words, at).isoformat() for words in ("27/3/2026 14:10", "1 July 2026, 2.10pm", "tomorrow 1700")]
    ['2026-03-27T14:10:00+00:00', '2026-07-01T14:10:00+01:00', '2026-03-02T17:00:00+00:00']
    >>> [read_instant(words, at).isoformat() for words in ("Fri 10:00", "next Tuesday noon", "in 4 hours", "tonight 9")]
    ['2026-03-06T10:00:00+00:00', '2026-03-03T12:00:00+00:00', '2026-03-01T13:00:00+00:00', '2026-03-01T21:00:00+00:00']
    """
    example = "Use a date and time such as 27/3/2026 14:10."
    words = " ".join(typed.split()).removeprefix("at ")
    if len(words) > LONGEST:
        raise Unreadable(f"‘{words[:LONGEST]}…’ is not a date and time. {example}")
    zone = ""
    if (match := _ZONE.search(words)) and match.start() > 0:
        zone, words = match["zone"].upper(), words[: match.start()]
    today = local(now).date()
    if (moment := _from_now(words, now)) is not None and not zone:
        return datetime.fromisoformat(moment.isoformat())
    if re.search(r"\bmidnight\b", words, re.IGNORECASE):
        raise Unreadable(f"‘{typed}’ may be the beginning or the end of the day. Use 00:00 or 23:59.")
    part = _in_part_of_day(words)
    parts = part or (None if is_day(words, today) else _split(words))
    if parts is None or parts[1] is None:
        raise _incomplete(typed, words if part is None else part[0], today, example)
    day, time = parts
    clock = _time(time) if isinstance(time, str) else time
    shown = "14:10" if clock is None else show_time(time)  # a time that there is not is never proposed
    try:
        days = _days(day, today, coming=coming)
    except NoYear as problem:
        raise NoYear(typed, problem.day, shown) from None
    except Unreadable as problem:
        if " does not fit: " in str(problem):
            raise
        better = str(problem).rpartition("Use ")[2].rstrip(".").replace("a date such", "a date and time such")
        raise Unreadable(f"‘{typed}’ is not a date and time. Use {better} {shown}.") from None
    if clock is None:
        raise Unreadable(f"‘{typed}’ is not a date and time. Use {show_date(days[0])} 14:10.")
    meant = [_moment(typed, one, clock, zone) for one in days]
    if len(meant) > 1 and days[0] == today:  # the weekday of today: if that time is over, in a week
        meant = [one for one in meant if one > now]
    if len(meant) > 1:
        raise _either(typed, [show_instant(one) for one in meant])
    return meant[0]


def is_day(words: str, today: date) -> bool:
    """Whether all of the words are a day, with or without its year."""
    try:
        _days(words, today, coming=True)
    except Unreadable:
        return False
    return True


def _incomplete(typed: str, words: str, today: date, example: str) -> Unreadable:
    """Return what to say of words that are not both a day and a time."""
    if _time(words) is not None:
        return Unreadable(f"‘{typed}’ has no day. Add one, such as today {words}.")
    if is_day(words, today):
        return Unreadable(f"‘{typed}’ has no time. Add one, such as {words} 14:10.")
    return Unreadable(f"‘{typed}’ is not a date and time. {example}")


def _moment(typed: str, day: date, time: tuple[int, int, int], zone: str) -> datetime:
    """Return the one instant at which a British clock shows that. Raises Unreadable, Ambiguous."""
    naive = datetime(day.year, day.month, day.day, *time)  # noqa: DTZ001  # the zone is found below
    if zone and zone not in ("BST", "GMT"):
        return datetime.fromisoformat(naive.isoformat() + zone.replace("Z", "+00:00"))
    meant = readings_of(naive)
    if zone:
        meant = [one for one in meant if one.tzname() == zone]
        if not meant:
            raise Unreadable(f"‘{typed}’ is not a time there was: {zone} is not in force then. Leave {zone} out.")
    if not meant:
        raise Unreadable(f"‘{typed}’ is not a time there was: the clocks go forward then. Use the time an hour later.")
    if len(meant) > 1:
        said = f"‘{typed}’ comes twice: the clocks go back then. Add BST (first) or GMT (second)."
        raise Ambiguous(said, [f"{show_date(day)} {naive:%H:%M} {one}" for one in ("BST", "GMT")])
    return datetime.fromisoformat(meant[0].isoformat())


def at_the_time(day: date, time: tuple[int, int, int]) -> datetime:
    """Return the instant at which a British clock shows that time of that day. Raises Unreadable, Ambiguous."""
    return _moment(f"{show_date(day)} {show_time(time)}", day, time, "")


def show_instant(moment: datetime) -> str:
    """Return an instant as it is typed: 27/3/2026 14:10, with seconds, BST or GMT, or the offset only where needed."""
    shown = f"{show_date(moment.date())} {moment:%H:%M}" + (f":{moment:%S}" if moment.second else "")
    meant = readings_of(moment.replace(tzinfo=None, microsecond=0))
    same = [one for one in meant if one.utcoffset() == moment.utcoffset()]
    if not same:
        return f"{shown} {moment.isoformat()[-6:]}"
    return shown if len(meant) == 1 else f"{shown} {same[0].tzname()}"


def say_instant(moment: datetime, now: datetime) -> str:
    """Return an instant as people say it: today 18:30, Friday 27 November 2026 10:00."""
    shown = show_instant(moment)
    day = show_date(moment.date())
    return shown.replace(day, say_date(moment.date(), local(now).date()), 1)


# ── Lengths of time, numbers ─────────────────────────────────────────────────────────────────────────────────────


def read_duration(typed: str) -> str:
    """Read a length of time and return it as ISO 8601. Raises Unreadable.

    >>> read_duration("4 hours"), read_duration("1 day 2 hours"), read_duration("at once"), read_duration("PT30M")
    ('PT4H', 'P1DT2H', 'PT0S', 'PT30M')
    """
    words = " ".join(typed.split()).casefold().replace(" and ", " ")
    if words == "at once":
        return "PT0S"
    if _ISO_LENGTH.fullmatch(words.upper()):
        return words.upper()
    found: dict[str, str] = {}
    for number, unit in _LENGTH.findall(words):
        letter = _UNITS.get(unit.removesuffix("s") if len(unit) > 1 else unit)
        if letter is None or letter in found:
            break
        found[letter] = number
    if not found or _LENGTH.sub("", words).strip(" ,") or list(found) != [one for one in "DHMS" if one in found]:
        raise Unreadable(f"‘{typed}’ is not a length of time. Use one such as 4 hours, or 2 days.")
    clock = "".join(f"{int(found[letter])}{letter}" for letter in "HMS" if letter in found)
    days = f"{int(found['D'])}D" if "D" in found else ""
    return f"P{days}" + (f"T{clock}" if clock else "")


def show_duration(duration: str) -> str:
    """Return a length of time in words that read as the same again.

    >>> show_duration("PT24H"), show_duration("P1DT2H"), show_duration("PT0S")
    ('24 hours', '1 day 2 hours', '0 seconds')
    """
    match = _ISO_LENGTH.fullmatch(duration)
    if match is None:
        return duration
    parts = [(number, unit) for number, unit in zip(match.groups(), _SPELLED, strict=True) if number is not None]
    return " ".join(f"{number} {unit}{'' if int(number) == 1 else 's'}" for number, unit in parts)


def read_number(typed: str) -> int:
    """Read a whole number. Raises Unreadable."""
    words = typed.strip()
    if not words.isascii() or not words.isdigit() or len(words) > 16 or int(words) > MAX_NUMBER:
        raise Unreadable(f"‘{typed}’ is not a whole number. Use a number such as 3.")
    return int(words)
