"""Reading what people type: dates, times, lengths of time, numbers, text. Nothing here knows a form or a record.

Each reader returns a value of the contract, or raises Unreadable with a sentence that shows what was given and an
example that can be read. Each `show_…` is the way back: what it returns reads as the same value again.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from meetings.calendar import local, readings_of
from meetings.contract import MAX_NUMBER, UNPRINTABLE

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_NUMBERS = re.compile(r"(\d{1,2})\s*[/.\-\s]\s*(\d{1,2})\s*[/.\-\s]\s*(\d{4}|\d{2})", re.ASCII)
_NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\s*[\s\-/]\s*([A-Za-z]{3,9})\.?,?\s*[\s\-/]\s*(\d{4}|\d{2})", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_TIME = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2})(?::(?P<second>\d{2}))?|(?P<packed>\d{2}))?\s*(?P<half>am|pm)?",
    re.IGNORECASE | re.ASCII,
)
_ZONE = re.compile(r"\s*(?P<zone>BST|GMT|Z|[+-]\d{2}:\d{2})$", re.IGNORECASE)
_TIME_WORDS = r"(?P<time>\d{1,2}[:.]\d{2}(?::\d{2})?\s*(?:am|pm)?|\d{1,2}\s*(?:am|pm)|\d{4})"
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


class Unreadable(Exception):
    """What was typed is not an answer of this kind; the sentence says what can be read."""


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


def read_date(typed: str, today: date) -> date:
    """Read a day as people in Britain write it. Raises Unreadable.

    >>> [read_date(words, date(2026, 3, 1)).isoformat() for words in ("27/3/26", "27 March 2026", "tomorrow")]
    ['2026-03-27', '2026-03-27', '2026-03-02']
    """
    words = " ".join(typed.split())
    if words.casefold() in ("today", "tomorrow", "yesterday"):
        return today + timedelta(days={"today": 0, "tomorrow": 1, "yesterday": -1}[words.casefold()])
    if match := _NUMBERS.fullmatch(words):
        day, month, year = int(match[1]), int(match[2]), _year(match[3], today)
    elif match := _ISO.fullmatch(words):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif (match := _NAMED.fullmatch(words)) and match[2][:3].casefold() in MONTHS:
        day, month, year = int(match[1]), MONTHS.index(match[2][:3].casefold()) + 1, _year(match[3], today)
    else:
        raise Unreadable(f"‘{typed}’ is not a date. Use a date such as 27/3/2026.")
    try:
        return date(year, month, day)
    except ValueError:
        raise Unreadable(f"‘{typed}’ is not a date. Use {_nearest(day, month, year)}.") from None


def _nearest(day: int, month: int, year: int) -> str:
    if 1 <= month <= 12 and 1 <= year <= 9999 and day > 28:
        return f"{monthrange(year, month)[1]}/{month}/{year}"
    return "a date such as 27/3/2026"


def show_date(day: date) -> str:
    """Return a day as it is typed: 27/3/2026."""
    return f"{day.day}/{day.month}/{day.year:04}"


# ── Instants ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _split(words: str) -> tuple[str, str] | None:
    """Return the day and the time in the words, whichever comes first."""
    if match := re.match(r"(\d{4}-\d{1,2}-\d{1,2})[T\s]+(.+)$", words):
        return match[1], match[2]
    for pattern in _BOTH_WAYS:
        match = pattern.fullmatch(words)
        # "27/3 2026" is a day without a time, not the 27th at 20:26.
        if match and not re.fullmatch(r"\d{1,2}[/.\-\s]\d{1,2}[/.\-]?", match["day"]):
            return match["day"].rstrip(","), match["time"]
    return None


def _time(words: str) -> tuple[int, int, int] | None:
    match = _TIME.fullmatch(words.strip())
    if match is None or not (match["minute"] or match["packed"] or match["half"]):
        return None
    hour, minute, second = int(match["hour"]), int(match["minute"] or match["packed"] or 0), int(match["second"] or 0)
    if half := (match["half"] or "").casefold():
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return (hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def read_instant(typed: str, now: datetime) -> datetime:
    """Read a day and a time on a British clock. Raises Unreadable.

    >>> at = datetime.fromisoformat("2026-03-01T09:00:00+00:00")
    >>> [read_instant(words, at).isoformat() for words in ("27/3/2026 14:10", "1 July 2026, 2.10pm", "tomorrow 1700")]
    ['2026-03-27T14:10:00+00:00', '2026-07-01T14:10:00+01:00', '2026-03-02T17:00:00+00:00']
    """
    example = "Use a date and time such as 27/3/2026 14:10."
    words = " ".join(typed.split())
    zone = ""
    if (match := _ZONE.search(words)) and match.start() > 0:
        zone, words = match["zone"].upper(), words[: match.start()]
    parts = _split(words)
    if parts is None:
        try:
            read_date(words, local(now).date())
        except Unreadable:
            raise Unreadable(f"‘{typed}’ is not a date and time. {example}") from None
        raise Unreadable(f"‘{typed}’ has no time. Add one, such as {words} 14:10.")
    try:
        day = read_date(parts[0], local(now).date())
    except Unreadable as problem:
        better = str(problem).rpartition("Use ")[2].rstrip(".").replace("a date such", "a date and time such")
        raise Unreadable(f"‘{typed}’ is not a date and time. Use {better} {parts[1]}.") from None
    time = _time(parts[1])
    if time is None:
        raise Unreadable(f"‘{typed}’ is not a date and time. Use {show_date(day)} 14:10.")
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
        raise Unreadable(f"‘{typed}’ comes twice: the clocks go back then. Add BST (first) or GMT (second).")
    return datetime.fromisoformat(meant[0].isoformat())


def show_instant(moment: datetime) -> str:
    """Return an instant as it is typed: 27/3/2026 14:10, with seconds, BST or GMT, or the offset only where needed."""
    shown = f"{show_date(moment.date())} {moment:%H:%M}" + (f":{moment:%S}" if moment.second else "")
    meant = readings_of(moment.replace(tzinfo=None, microsecond=0))
    same = [one for one in meant if one.utcoffset() == moment.utcoffset()]
    if not same:
        return f"{shown} {moment.isoformat()[-6:]}"
    return shown if len(meant) == 1 else f"{shown} {same[0].tzname()}"


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
