"""Reading a moment on a British clock: a day and a time, a part of the day, a time from now; and a time of day alone.

What a day is, is read in `days.py`.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from forms.days import COUNTS, LONGEST, NoYear, days_meant, either, is_day, say_date, show_date
from forms.reading import Ambiguous, Unreadable, read_duration
from meetings.calendar import later, local, parse_duration, readings_of

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
# Moments in words. What is matched has no capitals.
_FROM_NOW = re.compile(r"(?:in|within) (?P<length>.+?)(?:['’]?s?['’]? time)?|(?P<from>.+) from now|(?P<ago>.+) ago")
_PARTS_OF_DAY = {"morning": (0, 12), "afternoon": (12, 19), "evening": (17, 24), "night": (17, 24)}
"""First hour of each part of a day, and the hour it ends at."""
_PART_OF_DAY = re.compile(r"(?:^|(?<=\s))(?P<part>morning|afternoon|evening|night)\b")
_HOUR_OF_PART = r"(?P<time>\d{1,2}(?:[:.]\d{2})?\s*(?:am|pm)?|\d{4}|(?:12 )?(?:noon|midday))"
_EITHER_WAY = (
    re.compile(rf"(?P<day>.*?\S)[\s,]+(?:at\s+)?{_HOUR_OF_PART}", re.ASCII),
    re.compile(rf"(?:at\s+)?{_HOUR_OF_PART}[\s,]+(?:on\s+)?(?P<day>.*\S)", re.ASCII),
)


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
        typed = re.sub(rf"\b({'|'.join(COUNTS)})\b", lambda found: str(COUNTS[found[1]]), typed)
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
        days = days_meant(day, today, coming=coming)
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
        raise either(typed, [show_instant(one) for one in meant])
    return meant[0]


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
