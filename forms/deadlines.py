"""Deadlines as people say them at a table: by 18:30, by Friday, in 2 working days, within 4 hours of birth.

Nothing is guessed: a time that is over asks for the day, a bare hour for the half of the day, and a day without a time
is 17:00 and says so. Times and days themselves are read in `moments.py` and `days.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from forms.days import LONGEST, is_day, read_date, show_date
from forms.moments import at_the_time, read_instant, read_time, say_instant, show_time
from forms.reading import Ambiguous, Unreadable, as_plain, count_of, read_duration, show_duration
from meetings.calendar import add_working_days, local
from meetings.questions import Tense

END_OF_DAY = (17, 0, 0)
"""A day without a time ends then. Source: own."""

_CLOSE = re.compile(r"\b(?:the )?(?:end|close) of (?:the )?(?:day|play|business)\b|\b(?:eod|cop|cob)\b", re.IGNORECASE)
_WORKING_DAYS = re.compile(
    r"(?:in |within )?(?P<count>\d{1,3}|an?|[a-z]{3,5}) working days?(?:['’]? time)?", re.IGNORECASE
)
_AFTER = re.compile(
    r"(?P<at_once>at once|immediately) (?:on|at|after|upon) (?P<then>.+)|"
    r"(?:within )?(?P<length>(?:\d|an?\b|the hour\b|half an\b|one\b|two\b|three\b|four\b|five\b|six\b).*?) "
    r"(?:of|after|from) (?P<event>.+)",
    re.IGNORECASE,
)
_VAGUE = frozenset({"asap", "soon", "now", "tbc", "urgent", "urgently", "immediately", "at once", "straight away"})
_BEGINS = re.compile(
    r"(?:^|(?<=[\s,;]))(?P<word>by|before|no later than|within|in|at once|immediately)\s+(?=\S)", re.IGNORECASE
)
_LIKE_A_TIME = re.compile(
    r"\d|\b(?:mon|tues?|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)|\b(?:noon|midday|midnight|morning|"
    r"afternoon|evening|tonight|today|tomorrow|week|day|days|hours?|minutes?|asap|soon|tbc|now|eod|cob|cop)\b",
    re.IGNORECASE,
)
_LENGTH_ONLY = re.compile(
    r"(?:\d{1,4}|an?|half an|[a-z]{3,5}) (?:working )?(?:min(?:ute)?s?|h(?:ou)?rs?|days?|weeks?|fortnights?)"
    r"(?:['’]s? time| time)?",
    re.IGNORECASE,
)
NO_TIME = " (no time was given)"
"""Said after a deadline that has the end of the day for want of a time."""


@dataclass(frozen=True)
class Deadline:
    """When something is to be done: answers of a deadline, by path, and how a sentence says it."""

    answers: dict[str, Any]
    says: str


@dataclass(frozen=True)
class Clause:
    """The end of a text that says by when: where it begins, its words, and what was read or why it cannot be."""

    start: int
    at: int
    words: str
    deadline: Deadline | None = None
    problem: Unreadable | None = None


def _due(moment: datetime, now: datetime, note: str = "") -> Deadline:
    over = " (which has passed)" if moment <= now else ""
    said = f"by {say_instant(moment, now)}{note}{over}"
    return Deadline({"due_at": moment.isoformat(timespec="seconds")}, said)


def _end_of(day: date, typed: str, now: datetime, note: str) -> Deadline:
    moment = at_the_time(day, END_OF_DAY)
    if moment <= now and day == local(now).date():
        raise Unreadable(f"‘{typed}’ has no time, and 17:00 has passed. Add a time, such as {typed} 23:00.")
    return _due(moment, now, note)


def _today_at(typed: str, time: tuple[int, int, int], now: datetime) -> Deadline:
    """Return that time of today; one that is over is asked about, never moved."""
    today = local(now).date()
    moment = at_the_time(today, time)
    if moment > now:
        return _due(moment, now)
    options = [f"tomorrow {show_time(time)}"]
    later = (time[0] + 12, *time[1:])
    if time[0] < 12 and not re.search(r"a\s?\.?\s?m\b", typed, re.IGNORECASE) and at_the_time(today, later) > now:
        options.append(f"today {show_time(later)}")
    raise Ambiguous(f"‘{typed}’ has passed today. Do you mean {' or '.join(options)}?", options)


def _bare_hour(typed: str, day: str, now: datetime) -> Unreadable | None:
    """Return the question about an hour that does not say which half of the day it is in."""
    if not re.fullmatch(r"\d{1,2}", typed, re.ASCII) or not 1 <= int(typed) <= 12:
        return None
    halves = [f"{int(typed) % 12:02}:00", f"{int(typed) % 12 + 12}:00"]
    if day:
        options = [f"{day} {one}" for one in halves]
    else:
        today = local(now).date()
        over = [at_the_time(today, read_time(one)) <= now for one in halves]
        options = [f"{'tomorrow' if past else 'today'} {one}" for one, past in zip(halves, over, strict=True)]
    shown = f"{day} {typed}".strip()
    return Ambiguous(f"‘{shown}’ may be morning or afternoon. Do you mean {' or '.join(options)}?", options)


def read_deadline(typed: str, now: datetime, holidays: frozenset[date] = frozenset()) -> Deadline:
    """Read what follows “by”, or a clause that begins with “in” or “within”. Raises Unreadable, Ambiguous.

    >>> at = datetime.fromisoformat("2026-11-26T12:30:00+00:00")
    >>> [read_deadline(words, at).says for words in ("18:30", "tomorrow 5pm", "within 4 hours of birth")]
    ['by today 18:30', 'by tomorrow 17:00', 'within 4 hours of birth']
    >>> read_deadline("3 Dec", at).says
    'by Thursday 3 December 2026 17:00 (no time was given)'
    """
    words = as_plain(typed)
    if words.casefold() in _VAGUE:
        raise Unreadable(f"‘{typed}’ is not a time. Say when, such as by 18:30 or by Friday noon.")
    today = local(now).date()
    if len(words) > LONGEST:
        return _after_event(words, typed, today)
    if (match := _WORKING_DAYS.fullmatch(words)) and (count := count_of(match["count"])) is not None:
        day = add_working_days(today, count, holidays)
        return _end_of(day, words, now, NO_TIME)
    if _CLOSE.search(words):
        rest = " ".join(_CLOSE.sub(" ", words).split()).removeprefix("on ").strip(", ")
        day = read_date(rest, today, tense=Tense.COMING) if rest else today
        return _end_of(day, words, now, " (end of the day)")
    try:
        return _today_at(words, read_time(words.removeprefix("at ")), now)
    except Ambiguous:
        raise
    except Unreadable:
        pass
    return _instant_or_day(words, typed, now, today)


def _instant_or_day(words: str, typed: str, now: datetime, today: date) -> Deadline:
    counted = re.sub(r"^within (?:the|an) hour$", "in 1 hour", words, flags=re.IGNORECASE)
    counted = re.sub(r"^within\b", "in", counted, flags=re.IGNORECASE)
    try:
        moment = read_instant(counted, now, tense=Tense.COMING)
    except Ambiguous:
        raise
    except Unreadable as problem:
        unread = problem
    else:
        if moment <= now and moment.date() == today and re.match(r"today|this|tonight", words, re.IGNORECASE):
            return _today_at(words, (moment.hour, moment.minute, moment.second), now)
        return _due(moment, now)
    try:
        day = read_date(counted, today, tense=Tense.COMING)
    except Ambiguous:
        raise
    except Unreadable:
        if re.search(r" does not fit: | comes twice: | not a time there was: ", str(unread)):
            raise unread from None
    else:
        return _end_of(day, words, now, NO_TIME)
    before, _, hour = words.rpartition(" ")
    if bare := _bare_hour(hour, before, now):
        if before:
            read_date(before, today, tense=Tense.COMING)
        raise bare
    if _AFTER.fullmatch(words):
        return _after_event(words, typed, today)
    raise unread


def _after_event(words: str, typed: str, today: date) -> Deadline:
    """Read the time allowed after an event, or raise Unreadable."""
    # The event is a text: it is kept as it was typed.
    match = _AFTER.fullmatch(" ".join(typed.split())) or _AFTER.fullmatch(words)
    if match is None:
        raise Unreadable(f"‘{typed[:LONGEST]}’ is not a date and time. Use one such as 18:30 or Friday 10:00.")
    event = match["event"] or match["then"]
    if is_day(event, today):
        raise Unreadable(f"‘{typed}’: {event} is a day. Say the last day itself, such as by Friday 10:00.")
    length = "at once" if match["at_once"] else match["length"]
    length = re.sub(r"^(?:the|an?) hour$", "1 hour", length, flags=re.IGNORECASE)
    counted = [str(count_of(word) or word) for word in length.split()]
    try:
        within = read_duration(length if length == "at once" else " ".join(counted))
    except Ambiguous as problem:
        options = [f"within {one} of {event}" for one in problem.options]
        raise Ambiguous(f"{str(problem).rpartition(' Use ')[0]} Use {' or '.join(options)}.", options) from None
    said = f"at once after {event}" if within == "PT0S" else f"within {show_duration(within)} of {event}"
    return Deadline({"event": event, "within": within}, said)


# ── Where in a text it stands ────────────────────────────────────────────────────────────────────────────────────


def _beginnings(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where a clause may begin, where what is read begins, and the word it begins with."""
    for match in _BEGINS.finditer(text):
        word = match["word"].casefold()
        keeps = word in ("within", "in", "at once", "immediately")
        yield match.start(), match.start() if keeps else match.end(), word


def find_clause(text: str, now: datetime, holidays: frozenset[date] = frozenset()) -> Clause | None:
    """Return the clause at the end of a text that says by when, or None if the text has none.

    A clause that looks like a time and cannot be read comes back with its problem: it is asked about, not swallowed.
    """
    unread: Clause | None = None
    for start, at, word in _beginnings(text):
        words = text[at:].strip().rstrip(".;,")
        if word == "in" and not _LENGTH_ONLY.fullmatch(words[2:].strip()):
            continue
        if len(words) > LONGEST and not _AFTER.match(words):  # too long for a time; the event it follows may be long
            continue
        try:
            return Clause(start, at, words, read_deadline(words, now, holidays))
        except Ambiguous as problem:
            return Clause(start, at, words, problem=problem)
        except Unreadable as problem:
            if word in ("by", "before", "no later than") and _LIKE_A_TIME.search(words) and len(words) <= LONGEST:
                unread = Clause(start, at, words, problem=problem)
    return unread


def next_day_of(typed: str, now: datetime) -> tuple[datetime, str]:
    """Read the day and time of a coming meeting, and say it; a time alone is today's. Raises Unreadable, Ambiguous."""
    read = read_deadline(typed, now)
    if "due_at" not in read.answers:
        raise Unreadable(f"‘{typed}’ is not a date and time. Use one such as Friday 10:00.")
    if NO_TIME in read.says:
        day = datetime.fromisoformat(read.answers["due_at"]).date()
        raise Unreadable(f"‘{typed}’ has no time. Add one, such as {show_date(day)} 10:00.")
    return datetime.fromisoformat(read.answers["due_at"]), read.says.removeprefix("by ")
