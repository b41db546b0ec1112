"""What can be worked out from a briefing: its stage, powers for each subject, risk bands, what it is found by.

Nothing here is stored. Rules, pages, the Word briefing and the command line all read it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any

from meetings.documents import Adult, Briefing, Child
from meetings.finding import Term, TermKind, fold, of_address, of_name, of_phone, of_reference, of_vehicle
from meetings.namesakes import names_of
from meetings.profiles import Profile
from meetings.rules import CATALOGUE, BriefingCase, Finding, judge
from meetings.rules.briefing.known import size_of_card
from meetings.rules.briefing.saying import REASONS
from meetings.seal import canonical
from meetings.vocabulary import BirthKind, Check, DocumentStatus, PlanStatus, ProfessionalKind, SignoffAs

GROWN_UP = 18
"""Age from which nobody is a child. Source: Children Act 1989, section 105."""


class Stage(Enum):
    """Where a briefing is in its life. Source: domain briefing, life cycle."""

    DRAFT = "Draft"
    APPROVED = "Approved"
    ISSUED = "Issued"
    ACKNOWLEDGED = "Acknowledged"
    REVIEWED = "Reviewed, unchanged"
    SUPERSEDED = "Superseded"
    STOOD_DOWN = "Stood down"
    EXPIRED = "Expired"

    @property
    def is_live(self) -> bool:
        """Whether officers may rely on it."""
        return self in (Stage.ISSUED, Stage.ACKNOWLEDGED, Stage.REVIEWED)

    @property
    def is_over(self) -> bool:
        """Whether it takes no acknowledgement any more; its actions stay live."""
        return self in (Stage.SUPERSEDED, Stage.STOOD_DOWN, Stage.EXPIRED)


BECOMES: dict[Stage, frozenset[Stage]] = {
    Stage.DRAFT: frozenset({Stage.APPROVED}),
    Stage.APPROVED: frozenset({Stage.ISSUED, Stage.DRAFT}),
    Stage.ISSUED: frozenset(
        {Stage.ACKNOWLEDGED, Stage.REVIEWED, Stage.SUPERSEDED, Stage.STOOD_DOWN, Stage.EXPIRED, Stage.DRAFT}
    ),
    Stage.ACKNOWLEDGED: frozenset({Stage.REVIEWED, Stage.SUPERSEDED, Stage.STOOD_DOWN, Stage.EXPIRED, Stage.DRAFT}),
    Stage.REVIEWED: frozenset({Stage.REVIEWED, Stage.SUPERSEDED, Stage.STOOD_DOWN, Stage.EXPIRED, Stage.DRAFT}),
    Stage.SUPERSEDED: frozenset(),
    Stage.STOOD_DOWN: frozenset(),
    Stage.EXPIRED: frozenset({Stage.DRAFT}),
}
"""The life of a briefing: what may follow each stage of a version. “Draft” is a new version beside the old one.

Source: domain briefing, life cycle.
"""

REVIEWED_UNCHANGED = "Reviewed, unchanged"
"""What a version says of itself that differs from the one before in its times alone."""

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The end of a briefing that was issued in a hurry without one."""


@dataclass(frozen=True)
class Reader:
    """Somebody who is to read a briefing; name and organisation as they are compared."""

    local_id: str
    name: str
    organisation: str
    kind: str
    acknowledge_by: datetime | None
    read_at: datetime | None


@dataclass(frozen=True)
class Issued:
    """What lists show, across briefings, of the version that officers see."""

    version: int
    title: str
    level: str
    until: datetime
    withdrawn: bool
    owner_id: str | None
    approver_id: str | None
    readers: tuple[Reader, ...]


def compared(words: str | None) -> str:
    """Return a name as it is compared with another: no case, no diacritics, nothing in brackets.

    >>> compared("Northmere Police (fictional)"), compared(" DS Wren  OTTERSHAW")
    ('northmere police', 'ds wren ottershaw')
    """
    return " ".join(fold(re.sub(r"\(.*?\)", " ", words or "")).split())


def title_of(document: Briefing) -> str:
    """Return what a version is called: its own title, or whom it is about."""
    names = [one.name for one in document.children or () if one.name]
    return document.title or ", ".join(names) or document.ref or ""


def issued_as(document: Briefing, owner_id: str | None = None, approver_id: str | None = None) -> Issued:
    """Return what lists show of a version that is issued or stood down."""
    read: dict[str | None, datetime | None] = {
        one.by: one.at for one in document.signoff or () if one.as_ is SignoffAs.RECIPIENT
    }
    readers = []
    due = {entry.to: entry.acknowledge_by for entry in document.circulation or () if entry.to}
    for local_id, acknowledge_by in due.items():
        one = document.professional(local_id)
        readers.append(
            Reader(
                local_id=local_id,
                name=compared(one.name if one else ""),
                organisation=compared(one.organisation if one else ""),
                kind=str(one.kind or ProfessionalKind.PERSON) if one else "",
                acknowledge_by=acknowledge_by,
                read_at=read.get(local_id),
            )
        )
    return Issued(
        version=document.version,
        title=title_of(document),
        level=str(document.missing.level or ""),
        until=document.validity.until or NEVER,
        withdrawn=document.status is DocumentStatus.WITHDRAWN,
        owner_id=owner_id,
        approver_id=approver_id,
        readers=tuple(readers),
    )


def is_issued(document: Briefing) -> bool:
    """Whether somebody sent a final version to its recipients."""
    is_final = document.status is DocumentStatus.FINAL
    return is_final and any(one.as_ is SignoffAs.SENDER for one in document.signoff or ())


def unread_by(document: Briefing) -> list[str]:
    """Return the local ids of the recipients who have not said that they read it."""
    read: set[str | None] = {one.by for one in document.signoff or () if one.as_ is SignoffAs.RECIPIENT}
    listed = (str(entry.to) for entry in document.circulation or () if entry.to is not None and entry.to not in read)
    return list(dict.fromkeys(listed))


def stage_of(document: Briefing, now: datetime, *, is_latest: bool = True) -> Stage:
    """Return the stage of one version at that moment; `is_latest` until a later version is issued or stood down."""
    if document.status is DocumentStatus.DRAFT:
        return Stage.DRAFT
    if document.status is DocumentStatus.WITHDRAWN:
        return Stage.STOOD_DOWN
    if not is_latest:
        return Stage.SUPERSEDED
    if document.validity.until is not None and now > document.validity.until:
        return Stage.EXPIRED
    if not any(one.as_ is SignoffAs.SENDER for one in document.signoff or ()):
        return Stage.APPROVED
    if document.supersedes is not None and (document.supersedes.text or "").startswith(REVIEWED_UNCHANGED):
        return Stage.REVIEWED
    return Stage.ISSUED if unread_by(document) else Stage.ACKNOWLEDGED


def late_readers(document: Briefing, now: datetime) -> list[str]:
    """Return the local ids of the recipients whose time to acknowledge it has passed."""
    waiting = set(unread_by(document))
    due = [entry for entry in document.circulation or () if entry.acknowledge_by is not None]
    return [
        str(entry.to) for entry in due if entry.to in waiting and entry.acknowledge_by and entry.acknowledge_by < now
    ]


def age_on(born_on: date | None, day: date | None) -> int | None:
    """Return somebody's age in whole years on a day, if both are known."""
    if born_on is None or day is None:
        return None
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def unchecked(document: Briefing) -> list[str]:
    """Return the records that are still to be asked, each in words; one that no list names, by what is said of it."""
    found = []
    for one in document.information.checks.outstanding or ():
        if one.check is not None and (one.check is not Check.OTHER or not one.text):
            found.append(f"{one.check.said} ({one.text})" if one.text else one.check.said)
        elif one.text:
            found.append(one.text)
    return found


def owed(document: Briefing, policy: Profile) -> list[Finding]:
    """Return what a briefing that was issued in a hurry lacks still: the blocks that urgent mode lets wait."""
    due = document.validity.urgent.complete_by
    if due is None:
        return []
    after = max(due, document.validity.from_ or due) + timedelta(seconds=1)
    found = judge(BriefingCase(document, policy, after))
    return [
        one
        for one in found
        if one.stops_finalising and not one.hard and not CATALOGUE[one.rule].urgent and one.rule not in _BY_THE_CLOCK
    ]


_BY_THE_CLOCK = frozenset(one.id for one in CATALOGUE.values() if "clock" in one.needs)
"""What a text cannot lack: only time makes these fire."""


@dataclass(frozen=True)
class SubjectPower:
    """Whether section 46 can protect one subject now, in words for the officer."""

    name: str
    usable: bool
    says: str


NATIONS_OF_S46 = ("England", "Wales")
"""Where section 46 of the Children Act 1989 is the law."""


def police_protection_for(document: Briefing, day: date | None, nation: str = "England") -> list[SubjectPower]:
    """Return, for each child and each parent who is a child too, whether section 46 can be used on a day.

    It speaks of a child: not before birth. A mother under 18 can be protected herself. Source: Children Act 1989, s46.
    """
    if nation not in NATIONS_OF_S46:
        return []
    found, names = [], names_of(document)
    for child in document.children or ():
        name, age = names.get(child.id, child.id), age_on(child.born_on, day)
        if child.kind is BirthKind.UNBORN:
            found.append(SubjectPower(name, False, "Not born yet: section 46 cannot be used until birth."))
        elif age is not None and age >= GROWN_UP:
            found.append(SubjectPower(name, False, f"{age} years old: section 46 protects nobody of 18 or over."))
        else:
            found.append(SubjectPower(name, True, "Section 46 can be used, for at most 72 hours; no power of entry."))
    for adult in document.adults or ():
        age = age_on(adult.born_on, day)
        if age is not None and 0 <= age < GROWN_UP:
            words = f"{age} years old: a child too, who can be protected under section 46."
            found.append(SubjectPower(names.get(adult.id, adult.id), True, words))
    return found


_BANDS = ((15, "severe"), (10, "high"), (5, "moderate"), (1, "low"))
"""Lowest score of each band, likelihood times impact. Source: own, domain briefing section 5."""


def band(score: int | None) -> str:
    """Return the word for a risk score: low, moderate, high or severe."""
    return next((word for least, word in _BANDS if score is not None and score >= least), "")


def due_soon(document: Briefing, day: date, policy: Profile) -> list[tuple[Child, int]]:
    """Return the unborn children whose expected date is near or past, with the days left: less than none once past."""
    unborn = [one for one in document.children or () if one.kind is BirthKind.UNBORN and one.due_on is not None]
    days = [(one, (one.due_on - day).days) for one in unborn if one.due_on is not None]
    return [(one, left) for one, left in days if left <= policy["due_date_banner_days"]]


@dataclass(frozen=True)
class Sought:
    """Somebody an officer looks for: the name, who that is in a few words, and whether a birth is near or overdue."""

    name: str
    says: str
    is_pressing: bool = False


def who_it_is(document: Briefing, day: date, policy: Profile) -> list[Sought]:
    """Return whom an officer looks for: those who are missing, each child, and the mother of an unborn child."""
    children: dict[str, Child] = {one.id: one for one in document.children or ()}
    adults: dict[str, Adult] = {one.id: one for one in document.adults or ()}
    mothers: list[str | None] = [one.mother for one in children.values() if one.kind is BirthKind.UNBORN]
    gone: list[str] = list(document.missing.people or ()) if document.missing.now else []
    pressing = {one.id for one, _ in due_soon(document, day, policy)}
    found, names = [], names_of(document)
    for local_id in dict.fromkeys([*gone, *filter(None, mothers), *children]):
        if (child := children.get(local_id)) is not None:
            says = ", ".join([*_age(child, day), *_plan(child)])
            found.append(Sought(names.get(child.id, child.id), says, child.id in pressing))
        elif (adult := adults.get(local_id)) is not None:
            says = ", ".join([*_age(adult, day), *(["pregnant"] if adult.id in mothers else [])])
            found.append(Sought(names.get(adult.id, adult.id), says))
    return found


def _age(person: Child | Adult, day: date) -> list[str]:
    if isinstance(person, Child) and person.kind is BirthKind.UNBORN:
        if person.due_on is None:
            return [f"due {person.due_on_text}" if person.due_on_text else "unborn"]
        left = (person.due_on - day).days
        near = f"{-left} days past due" if left < 0 else "due today" if left == 0 else f"due in {left} days"
        return [near.replace("1 days", "1 day") if abs(left) == 1 else near]
    age = _age_in_words(person.born_on, day)
    return [age] if age is not None else list(filter(None, [person.born_on_text]))


def _age_in_words(born_on: date | None, day: date) -> str | None:
    """Return an age as an officer would say it: of a baby in days, weeks or months, else in years.

    >>> [_age_in_words(date(2031, 4, 9), day) for day in (date(2031, 4, 11), date(2031, 5, 1), date(2031, 8, 14))]
    ['2 days', '3 weeks', '4 months']
    >>> _age_in_words(date(2029, 1, 17), date(2031, 3, 11))
    '2'
    """
    years = age_on(born_on, day)
    if born_on is None or years is None or not 0 <= years < SAID_IN_YEARS or born_on > day:
        return None if years is None else str(years)
    months = (day.year - born_on.year) * 12 + day.month - born_on.month - (day.day < born_on.day)
    days = (day - born_on).days
    count, unit = (months, "month") if months else (days // 7, "week") if days >= 7 * FEW else (days, "day")
    return f"{count} {unit}{'' if count == 1 else 's'}"


def say_age(born_on: date, day: date) -> str:
    """Return how old somebody is on a day, in words: 81 years old, 4 months old, born today.

    >>> [say_age(born, date(2026, 11, 26)) for born in (date(1945, 2, 3), date(2026, 7, 20), date(2026, 11, 26))]
    ['81 years old', '4 months old', 'born today']
    >>> say_age(date(2026, 11, 27), date(2026, 11, 26))
    'still to come'
    """
    if born_on >= day:
        return "born today" if born_on == day else "still to come"
    age = _age_in_words(born_on, day) or ""
    return f"{age} years old" if age.isdigit() else f"{age} old"


SAID_IN_YEARS = 2
"""Years from which an age is said in years. Source: own."""
FEW = 2
"""Weeks from which the age of a newborn is said in weeks. Source: own."""


def _plan(child: Child) -> list[str]:
    if child.plan.status is PlanStatus.CURRENT:
        kind = f" ({child.plan.category.label.lower()})" if child.plan.category else ""
        return [f"on a child protection plan{kind}"]
    return []


def facts_of_briefing(document: Briefing, now: datetime) -> dict[str, Any]:
    """Return everything that is worked out about a briefing, under the names of the command line."""
    lines, words = size_of_card(document.officer_card)
    agencies = {one.agency for one in document.professionals or () if one.agency is not None}
    return {
        "agencies": sorted(str(agency) for agency in agencies),
        "actions": len(document.actions or ()),
        "officer_card": {"lines": lines, "words": words},
        "stage": stage_of(document, now).value.casefold().replace(" ", "_"),
        "not_acknowledged": unread_by(document),
    }


def mark_of_reasons(document: Briefing) -> Term | None:
    """Return a mark of the four reasons, if all are written: the same words in another briefing have the same one."""
    reasons = [getattr(document.human_rights, name) for name in REASONS]
    return None if None in reasons else Term(TermKind.REASONS, hashlib.sha256(canonical(reasons)).hexdigest())


def terms_of(document: Briefing) -> list[Term]:
    """Return everything that a briefing is found by."""
    found = list(of_reference(document.ref or ""))
    if (reasons := mark_of_reasons(document)) is not None:
        found.append(reasons)
    for person in [*(document.children or ()), *(document.adults or ())]:
        for name in (person.name, person.other_script, *(person.known_as or ())):
            found += of_name(name or "")
    for place in document.places or ():
        if place.restricted is None:
            found += of_address(place.text or "")
    for vehicle in document.information.vehicles or ():
        found += of_vehicle(vehicle.registration or "")
    for phone in document.information.phones or ():
        found += of_phone(phone.number or "")
    for link in document.links or ():
        if link.value:
            found += of_reference(link.value)
    return found
