"""Working days, local dates and times, and lengths of time. Which days are holidays stands in the profile."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
"""Local time of every United Kingdom authority."""

SATURDAY = 5

AT_ONCE = "at once"
"""No time at all, in words."""

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def is_working_day(day: date, holidays: frozenset[date]) -> bool:
    """Return whether `day` is Monday to Friday and none of the `holidays`."""
    return day.weekday() < SATURDAY and day not in holidays


@lru_cache(maxsize=4096)
def add_working_days(start: date, count: int, holidays: frozenset[date]) -> date:
    """Return the working day `count` working days after `start`; the day of the event is day 0.

    >>> add_working_days(date(2026, 12, 17), 15, frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)}))
    datetime.date(2027, 1, 12)
    """
    day = start
    while count > 0 and day < date.max:  # a typed year 9999 ends there
        day += timedelta(days=1)
        if is_working_day(day, holidays):
            count -= 1
    return day


def working_days_between(start: date, end: date, holidays: frozenset[date]) -> int:
    """Count the working days after `start` up to and including `end`; 0 if `end` is not later."""
    if end <= start:
        return 0
    weeks, rest = divmod((end - start).days, 7)
    last_days = (end - timedelta(days=number) for number in range(rest))
    weekdays = weeks * 5 + sum(day.weekday() < SATURDAY for day in last_days)
    return weekdays - sum(start < day <= end and day.weekday() < SATURDAY for day in holidays)


def local(moment: datetime) -> datetime:
    """Return `moment` as the clock on a wall in the United Kingdom shows it; as it stands at the ends of time."""
    try:
        return moment.astimezone(LONDON)
    except OverflowError:  # the first and the last day there is
        return moment


def later(moment: datetime, length: timedelta) -> datetime:
    """Return the moment that much elapsed time later, in UTC; the last moment there is, if it lies beyond."""
    try:
        return moment.astimezone(UTC) + length
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC, microsecond=0)


def readings_of(naive: datetime) -> list[datetime]:
    """Return the instants that a British wall clock may have meant by `naive`.

    One, as a rule; none in the hour that is skipped in March; two in the hour that comes twice in October.

    >>> [len(readings_of(datetime(2026, *rest))) for rest in [(3, 29, 1, 30), (10, 25, 1, 30), (6, 1, 9, 0)]]
    [0, 2, 1]
    """
    found: list[datetime] = []
    for fold in (0, 1):
        moment = naive.replace(tzinfo=LONDON, fold=fold)
        back = local(moment.astimezone(UTC)) if 1 < naive.year < date.max.year else moment
        if back.replace(tzinfo=None) == naive and all(moment.utcoffset() != other.utcoffset() for other in found):
            found.append(moment)
    return found


def had_double_summer_time(year: int) -> bool:
    """Whether British clocks were two hours ahead of Greenwich in the summer of that year: 1941 to 1945, and 1947.

    >>> [year for year in range(1900, 2050) if had_double_summer_time(year)]
    [1941, 1942, 1943, 1944, 1945, 1947]
    """
    return datetime(year, 6, 1, tzinfo=LONDON).utcoffset() == timedelta(hours=2)


def parse_duration(text: str) -> timedelta | None:
    """Return the length of an ISO 8601 duration of days, hours, minutes and seconds, or None.

    >>> parse_duration("P1DT2H") == timedelta(days=1, hours=2), parse_duration("P"), parse_duration("soon")
    (True, None, None)
    """
    match = _DURATION.fullmatch(text)
    if match is None or text.endswith(("P", "T")):
        return None
    days, hours, minutes, seconds = (int(group or 0) for group in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def spell_duration(length: timedelta) -> str:
    """Return a length of time in words, down to the second.

    >>> spell_duration(timedelta(days=1, hours=2)), spell_duration(timedelta(0)), spell_duration(timedelta(hours=1))
    ('1 day 2 hours', 'at once', '1 hour')
    """
    seconds = int(length.total_seconds())
    parts = []
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}")
    return " ".join(parts) or AT_ONCE
