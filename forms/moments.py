"""Reading a moment on a British clock: a day and a time, a part of the day, a time from now; and a time of day alone.

What a day is, is read in `days.py`.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from forms.days import LONGEST, NoYear, days_meant, either, is_day, say_date, show_date
from forms.reading import COUNTS, Ambiguous, Unreadable, as_plain, either_of, read_duration
from meetings.calendar import had_double_summer_time, later, local, parse_duration, readings_of
from meetings.questions import Tense

_HALF = r"[ap]\s?\.?\s?m\b\.?"
_HOURS = r"(?:\s*(?:hrs?|hours|h)\b\.?)?"
"""What people write after a time of twenty-four hours."""
_TIME = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.0+)?)?|(?P<packed>\d{2}))?"
    rf"(?:\s*(?P<half>{_HALF})|(?P<after>{_HOURS}))",
    re.IGNORECASE | re.ASCII,
)
_UK_ZONE = re.compile(
    r"(?:\s*(?P<zone>BST|GMT|UTC|Z|\+0[012]:?00)|(?:(?<=\d:\d{2}:\d{2})\s*|\s+)(?P<minus>-00:?00))$", re.IGNORECASE
)
"""What says which clock is meant: those of the United Kingdom alone, with UTC. “22:00-00:00” is a time to another."""
_OTHER_ZONE = re.compile(r"(?:(?<=\d:\d{2}:\d{2})(?:\.0+)?\s*(?P<minus>-\d{2}:?\d{2})|\s*(?P<plus>\+\d{2}:?\d{2}))$")
_CLOCK = r"(?:12 )?(?:noon|midday)"
_FULL_TIME = (
    rf"\d{{1,2}}[:.h]\d{{2}}(?::\d{{2}}(?:\.0+)?)?(?:\s*{_HALF}|{_HOURS})|\d{{1,2}}\s*{_HALF}|\d{{4}}{_HOURS}|{_CLOCK}"
)
_TIME_WORDS = rf"(?P<time>{_FULL_TIME})"
_AT = r"(?:\s+[-@]\s*|\s*@\s*|[\s,;]+(?:at\s+)?)"
"""What stands between a day and a time."""
_BOTH_WAYS = (
    re.compile(rf"(?P<day>.*?\S){_AT}{_TIME_WORDS}", re.IGNORECASE | re.ASCII),
    re.compile(rf"(?P<day>.*?\d{{4}}){_TIME_WORDS}", re.IGNORECASE | re.ASCII),
    re.compile(rf"{_TIME_WORDS}[\s,]+(?:on\s+)?(?P<day>.*\S)", re.IGNORECASE | re.ASCII),
)
_RANGE = re.compile(
    rf"(?P<before>(?:.*?[\s,;@])??)(?P<between>(?:from|between)\s+)?(?P<first>{_FULL_TIME}|\d{{1,2}})"
    rf"\s*(?P<word>[-/]|\bto\b|\buntil\b|\btill?\b|\band\b|\bor\b)\s*(?P<last>{_FULL_TIME}|\d{{1,2}})(?P<after>(?:[\s,;].*)?)",
    re.IGNORECASE | re.ASCII,
)
"""A time to another, or one or another, before or after a day or without one."""
# Moments in words. What is matched has no capitals.
_FROM_NOW = re.compile(r"(?:in|within) (?P<length>.+?)(?:['’]?s?['’]? time)?|(?P<from>.+) from now|(?P<ago>.+) ago")
_PARTS_OF_DAY = {"morning": (0, 12), "afternoon": (12, 19), "evening": (17, 24), "night": (17, 24)}
"""First hour of each part of a day, and the hour it ends at."""
_PART_OF_DAY = re.compile(r"(?:^|(?<=\s))(?P<part>morning|afternoon|evening|night)\b")
_HOUR_OF_PART = rf"(?P<time>\d{{1,2}}(?:[:.h]\d{{2}})?(?:\s*{_HALF}|{_HOURS})|\d{{4}}{_HOURS}|{_CLOCK})"
_EITHER_WAY = (
    re.compile(rf"(?P<day>.*?\S)[\s,]+(?:at\s+)?{_HOUR_OF_PART}", re.ASCII),
    re.compile(rf"(?:at\s+)?{_HOUR_OF_PART}[\s,]+(?:on\s+)?(?P<day>.*\S)", re.ASCII),
)


def _split(words: str, today: date) -> tuple[str, str] | None:
    """Return the day and the time in the words, whichever comes first."""
    found = [
        (match["day"].rstrip(","), match["time"])
        for pattern in _BOTH_WAYS
        if (match := pattern.fullmatch(words)) is not None
    ]
    # “14:10, 27 March 2026” ends in what may be a time.
    return next((one for one in found if is_day(one[0], today)), found[0] if found else None)


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
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    return (hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def read_time(typed: str) -> tuple[int, int, int]:
    """Read a time of day without a day: hour, minute, second. Raises Unreadable; Ambiguous for a range.

    >>> read_time("18:30"), read_time("9.15pm"), read_time("noon")
    ((18, 30, 0), (21, 15, 0), (12, 0, 0))
    """
    words = as_plain(typed)
    time = _time(words) if len(words) <= LONGEST else None
    if time is None:
        if two := two_times(typed):
            raise two
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
    if hour < start and not typed.startswith("0") and not re.search(_HALF, typed):  # a clock of twelve hours
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


def two_times(typed: str, day: str = "") -> Ambiguous | None:
    """Return the question which of two times is meant, where a time to another was typed; None for other words.

    >>> two_times("14:00-15:30").options, two_times("2-3.30pm", "Friday").options
    (('14:00', '15:30'), ('Friday 14:00', 'Friday 15:30'))
    """
    found = _range(as_plain(typed))
    if found is None or found[0]:
        return None
    first, last, word = found[1:]
    options = [f"{day} {show_time(one)}".strip() for one in (first, last)]
    return either_of(typed, "times", show_time(first), show_time(last), options, word)


def _range(words: str) -> tuple[str, tuple[int, int, int], tuple[int, int, int], str] | None:
    """Return the words beside a time to another, both times, and the word between them."""
    match = _RANGE.fullmatch(words)
    if match is None:
        return None
    first, last, word = match["first"], match["last"], match["word"].casefold()
    if re.fullmatch(r"(?:19|20)\d{2}", first) and not _is_packed_later(first, last):
        return None  # a year, then a time: 27 March 2026 - 14:10
    bare = [one for one in (first, last) if re.fullmatch(r"\d{1,2}", one, re.ASCII)]
    if len(bare) > 1 or (word == "and" and not match["between"]) or (word == "/" and bare):
        return None
    if first in bare and word != "-" and not match["between"]:  # “10 to 11am” may be ten minutes to eleven
        return None
    read = [_time(first), _time(last)]
    if first in bare:
        half = re.search(_HALF, last, re.IGNORECASE)
        tries = [_time(f"{first} {half[0]}"), _time(f"{first} am")] if half else [_time(f"{first}:00")]
        read[0] = next((one for one in tries if one and read[1] and one < read[1]), None)
    if last in bare:
        read[1] = _time(f"{last}:00")
    if read[0] is None or read[1] is None:
        return None
    beside = " ".join(f"{match['before']} {match['after']}".split())
    beside = re.sub(r"^on |^at |[\s,;@]+(?:at|on|-)?$|^[\s,;]+", "", beside, flags=re.IGNORECASE).strip(" ,;@")
    return beside.removeprefix("on "), read[0], read[1], "or" if word in ("or", "/") else "to"


def _is_packed_later(first: str, last: str) -> bool:
    return re.fullmatch(r"\d{4}", last) is not None and last > first


def _asked_which(typed: str, words: str, today: date, tense: Tense) -> Ambiguous | None:
    """Return the question which of two times is meant, or None for words that say no more than one."""
    found = _range(words)
    if found is None:
        return None
    beside, first, last, word = found
    if not beside:
        return two_times(typed)
    if not is_day(beside, today):
        return None
    named = [beside, beside]
    try:
        days = days_meant(beside, today, tense=tense)
    except Unreadable:
        days = []
    if len(days) == 1:
        night = timedelta(days=1) if last <= first and word == "to" and days[0] < date.max else timedelta(0)
        named = [show_date(days[0]), show_date(days[0] + night)]
    options = [f"{day} {show_time(time)}" for day, time in zip(named, (first, last), strict=True)]
    return either_of(typed, "times", show_time(first), show_time(last), options, word)


def read_instant(typed: str, now: datetime, *, tense: Tense = Tense.EITHER) -> datetime:
    """Read a day and a time on a British clock. Raises Unreadable; Ambiguous where it may be either of two.

    `tense` is that of the question, as with dates. An offset is read only if a British clock had it, or none; the
    moment is that of the offset, also where the clock on the wall showed another time then.

    >>> at = datetime.fromisoformat("2026-03-01T09:00:00+00:00")
    >>> [read_instant(words, at).isoformat() for words in ("27/3/2026 14:10", "1 July 2026, 2.10pm", "tomorrow 1700")]
    ['2026-03-27T14:10:00+00:00', '2026-07-01T14:10:00+01:00', '2026-03-02T17:00:00+00:00']
    >>> [read_instant(words, at).isoformat() for words in ("Fri 10:00", "next Tuesday noon", "in 4 hours", "tonight 9")]
    ['2026-03-06T10:00:00+00:00', '2026-03-03T12:00:00+00:00', '2026-03-01T13:00:00+00:00', '2026-03-01T21:00:00+00:00']
    """
    words = as_plain(typed)
    if len(words) > LONGEST:
        raise Unreadable(f"‘{words[:LONGEST]}…’ is not a date and time. {_EXAMPLE}")
    words = re.sub(r"^(?:at|on) (?=.*\d)", "", words, flags=re.IGNORECASE)
    words = re.sub(r"(?<=\d)T(?=\d)", " ", words, flags=re.IGNORECASE)
    today = local(now).date()
    zone, uk = "", _UK_ZONE.search(words)
    if uk and uk.start() > 0:
        zone, words = (uk["zone"] or uk["minus"]).upper(), words[: uk.start()]
    if not zone and (other := _OTHER_ZONE.search(words)) and other.start() > 0:
        raise _of_another_clock(typed, words[: other.start()], other["minus"] or other["plus"], now, tense)
    if which := _asked_which(typed, words, today, tense):
        raise which
    found = _halves(typed, words, now, tense) if not zone else None
    if found is not None:
        raise found
    return _instant(typed, words, zone, now, tense)


_EXAMPLE = "Use a date and time such as 27/3/2026 14:10."
_TO = re.compile(r"\s*(?:\s-\s|\bto\b|\buntil\b|\btill?\b|(?<=\d)-(?=\d))\s*", re.IGNORECASE)
"""What stands between two days with their times."""


def _halves(typed: str, words: str, now: datetime, tense: Tense) -> Ambiguous | None:
    """Return the question which is meant, where two days with their times were typed: 22:00 on one to 02:00 on another.

    Raises nothing: words that say no more than one moment are read elsewhere.
    """
    for match in _TO.finditer(words):
        try:
            both = [_instant(one, one, "", now, tense) for one in (words[: match.start()], words[match.end() :])]
        except Unreadable:
            continue
        options = [show_instant(one) for one in both]
        return either_of(typed, "times", options[0], options[1], options)
    return None


def _of_another_clock(typed: str, words: str, offset: str, now: datetime, tense: Tense) -> Unreadable:
    """Return what to say of a time with an offset that no British clock has had."""
    shown = f"{offset[:3]}:{offset[-2:]}"
    try:
        naive = _instant(words, words, "Z", now, tense).replace(tzinfo=None)
        meant = local(datetime.fromisoformat(f"{naive.isoformat()}{shown}"))
    except (Unreadable, ValueError, OverflowError):
        return Unreadable(f"‘{typed}’ is not a date and time. {_EXAMPLE}")
    return _not_british(typed, shown, meant)


def _not_british(typed: str, offset: str, meant: datetime) -> Unreadable:
    return Unreadable(
        f"‘{typed}’ has an offset, {offset}, that no British clock had then. "
        f"Use {show_instant(meant)} for that moment on a British clock."
    )


def _instant(typed: str, words: str, zone: str, now: datetime, tense: Tense) -> datetime:
    """Read words that say one moment. Raises Unreadable; Ambiguous where it may be either of two."""
    today = local(now).date()
    if (moment := _from_now(words, now)) is not None and not zone:
        return datetime.fromisoformat(moment.isoformat())
    if re.search(r"\bmidnight\b", words, re.IGNORECASE):
        raise Unreadable(f"‘{typed}’ may be the beginning or the end of the day. Use 00:00 or 23:59.")
    part = _in_part_of_day(words)
    parts = part or (None if is_day(words, today) else _split(words, today))
    if parts is None or parts[1] is None:
        raise _incomplete(typed, words if part is None else part[0], today)
    day, time = parts
    clock = _time(time) if isinstance(time, str) else time
    shown = "14:10" if clock is None else show_time(time)  # a time that there is not is never proposed
    try:
        days = days_meant(day, today, tense=tense)
    except NoYear as problem:
        raise NoYear(typed, problem.day, shown) from None
    except Ambiguous as problem:
        raise either(typed, [f"{one} {shown}" for one in problem.options]) from None
    except Unreadable as problem:
        if " does not fit: " in str(problem):
            raise
        better = str(problem).rpartition("Use ")[2].rstrip(".").replace("a date such", "a date and time such")
        raise Unreadable(f"‘{typed}’ is not a date and time. Use {better} {shown}.") from None
    if clock is None:
        raise Unreadable(f"‘{typed}’ is not a date and time. Use {show_date(days[0])} 14:10.")
    meant = [_moment(typed, one, clock, zone) for one in days]
    if len(meant) > 1 and tense.is_over and days[-1] == today:  # the weekday of today: if that is to come, a week ago
        meant = [one for one in meant if one <= now]
    elif len(meant) > 1 and days[0] == today:  # if that time is over, in a week
        meant = [one for one in meant if one > now]
    if len(meant) > 1:
        raise either(typed, [show_instant(one) for one in meant])
    return meant[0]


def _incomplete(typed: str, words: str, today: date) -> Unreadable:
    """Return what to say of words that are not both a day and a time."""
    if _time(words) is not None:
        return Unreadable(f"‘{typed}’ has no day. Add one, such as today {words}.")
    if is_day(words, today):
        return Unreadable(f"‘{typed}’ has no time. Add one, such as {words} 14:10.")
    return Unreadable(f"‘{typed}’ is not a date and time. {_EXAMPLE}")


def _moment(typed: str, day: date, time: tuple[int, int, int], zone: str) -> datetime:
    """Return the one instant at which a British clock shows that. Raises Unreadable, Ambiguous."""
    naive = datetime(day.year, day.month, day.day, *time)  # noqa: DTZ001  # the zone is found below
    if zone and zone not in ("BST", "GMT"):
        offset = "+00:00" if zone in ("Z", "UTC") or zone.startswith("-") else f"{zone[:3]}:{zone[-2:]}"
        moment = datetime.fromisoformat(naive.isoformat() + offset)
        if offset == "+02:00" and not had_double_summer_time(day.year):
            raise _not_british(typed, offset, local(moment))
        return moment
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


_BRITISH = (timedelta(0), timedelta(hours=1), timedelta(hours=2))


def show_instant(moment: datetime) -> str:
    """Return an instant as it is typed: 27/3/2026 14:10, with seconds, BST or GMT only where needed.

    One that came with an offset of the United Kingdom that was not in force then shows it; one from another clock is
    shown as a British clock had it.

    >>> [show_instant(datetime.fromisoformat(f"2026-12-01T10:00:00{one}")) for one in ("+00:00", "+01:00", "+05:30")]
    ['1/12/2026 10:00', '1/12/2026 10:00 +01:00', '1/12/2026 04:30']
    """
    shown = f"{show_date(moment.date())} {moment:%H:%M}" + (f":{moment:%S}" if moment.second else "")
    meant = readings_of(moment.replace(tzinfo=None, microsecond=0))
    same = [one for one in meant if one.utcoffset() == moment.utcoffset()]
    if same:
        return shown if len(meant) == 1 else f"{shown} {same[0].tzname()}"
    british = local(moment)
    is_ours = moment.utcoffset() in _BRITISH[: 3 if had_double_summer_time(moment.year) else 2]
    if is_ours or british.utcoffset() == moment.utcoffset():  # at the ends of time nothing is another clock's
        return f"{shown} {moment.isoformat()[-6:]}"
    return show_instant(british)


def on_a_british_clock(moment: datetime) -> str:
    """Return what a British clock showed at an instant whose offset was not in force then; else nothing."""
    british = local(moment)
    return "" if british.utcoffset() == moment.utcoffset() else show_instant(british)


def say_instant(moment: datetime, now: datetime) -> str:
    """Return an instant as people say it: today 18:30, Friday 27 November 2026 10:00."""
    shown = show_instant(moment)
    day = show_date(moment.date())
    return shown.replace(day, say_date(moment.date(), local(now).date()), 1)
