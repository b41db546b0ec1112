"""Lines about numbers of other records, and what only a briefing has: events, vehicles, telephones.

Each reader takes a line and returns how it was understood, or raises MustAsk.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

from forms.days import NoYear, read_date, say_date, show_date
from forms.reading import Unreadable
from forms.understanding import (
    SEPARATOR,
    Change,
    Completion,
    Line,
    MustAsk,
    Understanding,
    ask_about,
    quoted,
    who_begins,
)
from meetings.calendar import local
from meetings.questions import Tense
from meetings.vocabulary import ReferenceKind

NUMBER_WORDS: dict[ReferenceKind, tuple[str, ...]] = {
    ReferenceKind.NON_CRIME: ("non crime", "non-crime", "noncrime"),
    ReferenceKind.CRIME: ("crime", "crime ref", "cris", "crime number"),
    ReferenceKind.MISSING_PERSON: ("missing", "missing person", "misper"),
    ReferenceKind.POLICE_RECORD: ("police record", "police ref", "merlin"),
    ReferenceKind.SOCIAL_CARE_RECORD: ("social care record", "social care"),
    ReferenceKind.CHILD_PROTECTION_PLAN: ("child protection plan", "plan", "cp plan"),
    ReferenceKind.CP_IS: ("cp-is", "cpis", "cp is"),
    ReferenceKind.COURT_ORDER: ("court order", "order"),
    ReferenceKind.MARAC: ("marac",),
    ReferenceKind.RECORD_OF_OTHER_AGENCY: ("other agency", "other record"),
    ReferenceKind.OTHER: ("other",),
}
"""What people call the number of another record."""

_NUMBER_WORDS = sorted(
    ((word, kind) for kind, names in NUMBER_WORDS.items() for word in names), key=lambda one: len(one[0]), reverse=True
)


def read_number_of(line: Line) -> Understanding:
    """Read a number of another record: its kind, the number, and after a comma who holds it. Raises MustAsk."""
    text = line.rest.strip()
    found = next(((kind, match) for word, kind in _NUMBER_WORDS if (match := _begins_with(word, text))), None)
    if found is None:
        kinds = ", ".join(names[0] for names in NUMBER_WORDS.values())
        offers = [Completion(one.label, f"{line.verb}{names[0]} {text}") for one, names in NUMBER_WORDS.items()]
        asked = f"The number of which record? Begin with one of: {kinds}."
        raise MustAsk(asked, offers if text else (), unused=text)
    kind, match = found
    value, _, organisation = (part.strip() for part in text[match.end() :].partition(","))
    if not value:
        raise MustAsk(f"{kind.label}: which number?")
    answers: dict[str, Any] = {"kind": str(kind), "value": value}
    if organisation:
        answers["organisation"] = organisation
    held = f", held by {organisation}" if organisation else ""
    return Understanding(f"{kind.label} {quoted(value)}{held}.", (Change("links", answers),))


def _begins_with(word: str, text: str) -> re.Match[str] | None:
    return re.match(rf"{re.escape(word)}(?:\s*:\s*|\s+|$)", text, re.IGNORECASE)


def read_event(line: Line) -> Understanding:
    """Read an event of the chronology: the day, a colon, what happened. Raises MustAsk."""
    colon = SEPARATOR.search(line.text, line.start)
    when = line.text[line.start : colon.start()].strip() if colon else ""
    text = line.text[colon.end() :].strip() if colon else ""
    if not when or not text:
        raise MustAsk("When, a colon, and what happened: e 3/12/2026: seen by the midwife.", unused=line.rest.strip())
    today = local(line.now).date()
    at = line.text.index(when, line.start)
    try:
        day = read_date(when, today, tense=Tense.PAST)
    except NoYear as problem:
        years = [problem.day.replace(year=problem.day.year - back) for back in (1, 0) if _there_was(problem.day, back)]
        offers = [Completion(show_date(one), line.instead(at, at + len(when), show_date(one))) for one in years]
        raise MustAsk(str(problem), offers, unused=when) from None
    except Unreadable as problem:
        ask_about(problem, line, at, at + len(when))
    said = f"{say_date(day, today)}: {quoted(text)}"
    over = " That day is still to come." if day > today else ""
    says = f"Event of {said}.{over}"
    return Understanding(says, (Change("information/chronology", {"on": day.isoformat(), "text": text}),))


def _there_was(day: date, years: int) -> bool:
    try:
        day.replace(year=day.year - years)
    except ValueError:
        return False
    return True


_PLATE = re.compile(
    r"(?P<plate>[A-Z]{1,3}\d{1,4} ?[A-Z]{0,3}|\d{1,4} ?[A-Z]{1,3})(?=[\s,:]|$)", re.IGNORECASE | re.ASCII
)
_KEEPER = re.compile(r"(?:^|(?<=[\s,]))(?:keeper|of)\s+(?P<who>.+)$", re.IGNORECASE)


def read_vehicle(line: Line) -> Understanding:
    """Read a vehicle: its registration, then make, model and colour, and whose it is. Raises MustAsk."""
    text = line.rest.strip()
    match = _PLATE.match(text)
    if match is None:
        raise MustAsk("Which registration? Such as v AB12 CDE, blue Ford Focus, keeper Jo Marsh.", unused=text)
    answers: dict[str, Any] = {"registration": match["plate"]}
    rest, keeper = text[match.end() :].strip(" ,:"), ""
    if (owner := _KEEPER.search(rest)) and (found := line.people.find(owner["who"], line.people.family).one):
        answers["keeper"], keeper, rest = found.id, f", kept by {found.name}", rest[: owner.start()].strip(" ,")
    if rest:
        answers["text"] = rest
    said = f", {quoted(rest)}" if rest else ""
    return Understanding(
        f"Vehicle {answers['registration']}{said}{keeper}.", (Change("information/vehicles", answers),)
    )


_ONE_NUMBER = r"(?:\+|\(\+?|[Oo](?=\d))?\d(?:[\d ().\u00a0\u2010-\u2015-]|[Oo](?=[\dOo])){4,}\d"
_NUMBER = re.compile(
    rf"{_ONE_NUMBER}(?:\s*(?:ext(?:n|ension)?\.?|x|#)\s*\d+)?(?:\s*(?:/|\bor\b)\s*{_ONE_NUMBER})*|\b(?:999|112|101|111)\b",
    re.IGNORECASE,
)
"""One number as people write it, or several of one person."""


def read_telephone(line: Line) -> Understanding:
    """Read a telephone: whose it is, the number, a note. Raises MustAsk."""
    match = _NUMBER.search(line.text, line.start)
    if match is None:
        raise MustAsk("Whose telephone, and which number? Such as t Lena: 07700 900123.", unused=line.rest.strip())
    answers: dict[str, Any] = {"number": match[0]}
    whose = ""
    before = line.text[line.start : match.start()].strip(" ,:")
    if before:
        end = line.start + line.text[line.start : match.start()].index(before) + len(before)
        head = replace(line, text=f"{line.text[:end]}:")
        try:
            who = who_begins(head, (*line.people.family, *line.people.professionals), "the people recorded")
        except MustAsk as asked:
            tail = line.text[end:]
            completions = [
                Completion(one.shows, one.line.removesuffix(":") + tail) for one in asked.question.completions
            ]
            raise MustAsk(asked.question.says, completions, unused=before) from None
        if who.known is not None:
            answers["of"], whose = who.known.id, f" of {who.known.name}"
    note = line.text[match.end() :].strip(" ,:;")
    if note:
        answers["text"] = note
    said = f": {quoted(note)}" if note else ""
    return Understanding(f"Telephone{whose} {match[0]}{said}.", (Change("information/phones", answers),))
