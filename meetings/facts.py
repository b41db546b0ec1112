"""What can be worked out from a record: who took part, quorum, managers, and the dates of each child.

Nothing here is stored. Rules, pages, the Word minutes and the command line all read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from meetings.calendar import add_working_days, later, working_days_between
from meetings.documents import Child, Discussion, Document, DocumentRef, Outcome, Professional, Signoff, Telling
from meetings.profiles import Profile
from meetings.vocabulary import (
    SECTION_47_STARTS,
    Agency,
    Decision,
    Presence,
    ReferenceKind,
    ReturnInterview,
    SignoffAs,
    SignoffMethod,
    Tell,
    YesNoLater,
)

ENQUIRY_ENDS = frozenset(code for code in Decision if code.startswith("s47_conclude"))
"""Decisions that conclude section 47 enquiries; a later start for the same child is a new one."""


def agencies(document: Discussion) -> list[Agency]:
    """Return the agencies that took part, each once, in order of their codes."""
    return sorted({one.agency for one in document.attended() if one.agency is not None})


def answering(document: Document) -> dict[Agency, list[Professional]]:
    """Return the agencies that are asked for their answer to a final text, each with its people who can give it.

    Asked is every agency of which somebody took part or was consulted, in order of their codes.
    """
    found: dict[Agency, list[Professional]] = {}
    for one in document.professionals or ():
        if one.presence in (Presence.ATTENDED, Presence.CONSULTED) and one.agency is not None:
            found.setdefault(one.agency, []).append(one)
    return dict(sorted(found.items()))


def answers_that_count(signoffs: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return, of sign-offs as the contract writes them, the answer of each agency that counts: the latest.

    Whoever makes a link knows its code: what came by a link never takes the place of what an account answered.
    """
    found: dict[str, dict[str, Any]] = {}
    for one in signoffs:
        if one.get("as") == SignoffAs.AGENCY and "agency" in one and "answer" in one:
            before = found.get(one["agency"], {})
            if not (before.get("method") == SignoffMethod.ACCOUNT and one.get("method") == SignoffMethod.LINK):
                found[one["agency"]] = one
    return found


def is_by_hand(signoff: Signoff) -> bool:
    """Whether somebody signed in person, as far as a document says: neither by a link nor aloud."""
    return signoff.method not in (SignoffMethod.LINK, SignoffMethod.ALOUD)


def missing_groups(document: Discussion, groups: Iterable[Sequence[str]]) -> list[Sequence[str]]:
    """Return those groups of agencies of which nobody took part."""
    present = {one.agency for one in document.attended()}
    return [group for group in groups if present.isdisjoint(group)]


def is_quorate(document: Discussion, profile: Profile) -> bool:
    """Whether one agency of each quorum group took part."""
    return not missing_groups(document, profile["quorum_agencies"])


def is_manager(one: Professional | None, profile: Profile) -> bool:
    """Whether this person is a manager for their agency; for police the grade must be one that counts."""
    if one is None or not one.manager:
        return False
    return one.agency is not Agency.POLICE or (one.grade or "").strip().casefold() in profile.police_manager_grades


def managers(document: Discussion, profile: Profile) -> list[Professional]:
    """Return the managers who took part or who ratified afterwards with grade and time."""
    found = [one for one in document.attended() if is_manager(one, profile)]
    for signoff in document.signoff or ():
        if signoff.as_ is SignoffAs.MANAGER and signoff.at is not None and is_by_hand(signoff):
            one = document.professional(signoff.by)
            if one is not None and one.grade is not None and is_manager(one, profile) and one not in found:
                found.append(one)
    return found


def groups_without_manager(document: Discussion, profile: Profile) -> list[Sequence[str]]:
    """Return the groups that need a manager for a joint decision and have none."""
    present = {one.agency for one in managers(document, profile)}
    return [group for group in profile["joint_manager_agencies"] if present.isdisjoint(group)]


def owners_not_present(document: Discussion) -> list[str]:
    """Return the local ids of action owners who did not take part, each once, in order of the ids."""
    present = {one.id for one in document.attended()}
    return sorted({one.owner for one in document.actions or () if one.owner is not None} - present)


def held_on(document: Discussion) -> date | None:
    """Return the local day of the discussion, as written."""
    return document.meeting.started_at.date() if document.meeting.started_at else None


def received_on(document: Discussion) -> date | None:
    """Return the local day of the referral, as written."""
    return document.referral.received_at.date() if document.referral.received_at else None


def limit_after(start: date, working_days: int, profile: Profile) -> date:
    """Return the last day of a limit in working days; the day of the event is day 0."""
    return add_working_days(start, working_days, profile.holidays)


def circulate_by(document: Discussion, profile: Profile) -> date | None:
    """Return the last day on which the record is sent in time."""
    if document.meeting.ended_at is None:
        return None
    return limit_after(document.meeting.ended_at.date(), profile["record_circulation_working_days"], profile)


def corrections_until(document: Discussion, profile: Profile) -> date | None:
    """Return the last day on which readers are asked to say what is wrong; what is said later is answered too."""
    if document.meeting.ended_at is None:
        return None
    return limit_after(document.meeting.ended_at.date(), profile["accuracy_challenge_working_days"], profile)


def first_sent_at(document: Discussion) -> datetime | None:
    """Return when the record was first sent."""
    sent = [one.at for one in document.signoff or () if one.as_ is SignoffAs.SENDER and one.at is not None]
    return min(sent, default=None)


def names(reference: DocumentRef, document: Discussion) -> bool:
    """Whether this pointer leads to that document, by its identifier or by its reference."""
    return (reference.id is not None and reference.id == document.id) or (
        reference.ref is not None and reference.ref == document.ref
    )


def chain(document: Discussion, history: Iterable[Discussion]) -> list[Discussion]:
    """Return the earlier discussions of the same case, oldest first: those that `previous` leads to."""
    known = list(history)
    found: list[Discussion] = []
    previous = document.previous
    while previous is not None:
        new = (one for one in known if one is not document and all(one is not other for other in found))
        step = next((one for one in new if names(previous, one)), None)
        if step is None:
            break
        found.insert(0, step)
        previous = step.previous
    return found


def section_47_started_on(child: str, document: Discussion, history: Iterable[Discussion]) -> date | None:
    """Return the day of the discussion that started section 47 for this child.

    However many meetings follow, the clock runs from the first, until an enquiry was concluded.
    """
    started: date | None = None
    concluded = False
    for meeting in [*chain(document, history), document]:
        outcome = meeting.outcome_of(child)
        if outcome is None:
            continue
        if outcome.decision.code in SECTION_47_STARTS and (started is None or concluded):
            started, concluded = held_on(meeting), False
        elif outcome.decision.code in ENQUIRY_ENDS:
            concluded = True
    return started


def enquiry_is_open(child: str, earlier: Iterable[Discussion]) -> bool:
    """Whether the earlier discussions, oldest first, leave section 47 enquiries open for this child."""
    is_open = False
    for meeting in earlier:
        outcome = meeting.outcome_of(child)
        if outcome is None:
            continue
        if outcome.starts_section_47 or outcome.decision.code is Decision.S47_CONTINUE:
            is_open = True
        elif outcome.decision.code in ENQUIRY_ENDS:
            is_open = False
    return is_open


def conference_target(started: date, profile: Profile) -> date:
    """Return the last day for the initial conference after section 47 started."""
    calendar_days: int | None = profile.get("conference_calendar_days")
    if calendar_days is not None:
        return date.fromordinal(min(started.toordinal() + calendar_days, date.max.toordinal()))
    return limit_after(started, profile["conference_working_days"], profile)


@dataclass(frozen=True)
class ChildDates:
    """The clocks of one child: each a day, or None while it does not run."""

    child: Child
    outcome: Outcome | None
    s47_start_on: date | None
    conference_target_on: date | None
    conference_booked_on: date | None
    assessment_due_on: date | None

    @property
    def days(self) -> tuple[date | None, ...]:
        """The clocks themselves, in order."""
        return (self.s47_start_on, self.conference_target_on, self.conference_booked_on, self.assessment_due_on)

    @property
    def booked_in_time(self) -> bool | None:
        """Whether the conference is booked by its target; None if one of the two is not known."""
        if self.conference_booked_on is None or self.conference_target_on is None:
            return None
        return self.conference_booked_on <= self.conference_target_on

    def census(self) -> dict[str, Any]:
        """Return the values of the children in need census for section 47; empty if it was not started."""
        if self.s47_start_on is None or self.outcome is None:
            return {}
        values: dict[str, Any] = {"S47ActualStartDate": self.s47_start_on.isoformat()}
        if self.conference_target_on is not None:
            values["InitialCPCtarget"] = self.conference_target_on.isoformat()
        values["ICPCnotRequired"] = int(self.outcome.conference.needed is YesNoLater.NO)
        return values


def dates_of(child: Child, document: Discussion, profile: Profile, history: Iterable[Discussion]) -> ChildDates:
    """Work out the clocks of one subject child."""
    outcome = document.outcome_of(child.id)
    started = section_47_started_on(child.id, document, history)
    wanted = outcome is None or outcome.conference.needed is not YesNoLater.NO
    received = received_on(document)
    return ChildDates(
        child=child,
        outcome=outcome,
        s47_start_on=started,
        conference_target_on=conference_target(started, profile) if started and wanted else None,
        conference_booked_on=outcome.conference.booked_on if outcome else None,
        assessment_due_on=limit_after(received, profile["assessment_working_days"], profile) if received else None,
    )


def age_on(day: date, born_on: date) -> int:
    """Return how many years old somebody is on a day.

    >>> age_on(date(2027, 2, 28), date(2016, 2, 29)), age_on(date(2027, 3, 1), date(2016, 2, 29))
    (10, 11)
    """
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def contributed(document: Discussion) -> list[Professional]:
    """Return those who took part, were consulted or gave information."""
    return [
        one
        for one in document.professionals or ()
        if one.presence in (Presence.ATTENDED, Presence.CONSULTED) or one.gave_information
    ]


def approached(document: Discussion) -> list[Professional]:
    """Return those who took part, were consulted or were invited."""
    asked = (Presence.ATTENDED, Presence.CONSULTED, Presence.INVITED_ABSENT)
    return [one for one in document.professionals or () if one.presence in asked]


def has_link(document: Document, *kinds: ReferenceKind) -> bool:
    """Whether the record names the number of a record of one of these kinds."""
    return any(link.kind in kinds and link.value is not None for link in document.links or ())


def told_without_reason(document: Discussion) -> list[tuple[int, Telling]]:
    """Return the parents and carers who are told all or part with no reason beside it, each with its number."""
    lines = enumerate(document.telling or ())
    return [(number, line) for number, line in lines if line.tell in (Tell.ALL, Tell.PART) and line.reason is None]


def facts(document: Discussion, profile: Profile, history: Sequence[Discussion]) -> dict[str, Any]:
    """Return everything that is worked out about a record, under the names of the command line."""
    found: dict[str, Any] = {
        "agencies": [str(agency) for agency in agencies(document)],
        "attended": len(document.attended()),
        "quorate": is_quorate(document, profile),
        "owners_not_present": owners_not_present(document),
        "actions": len(document.actions or ()),
    }
    held, received = held_on(document), received_on(document)
    if held and received:
        found["working_days_since_referral"] = working_days_between(received, held, profile.holidays)
    by = circulate_by(document, profile)
    if by is not None:
        found["circulate_by"] = by.isoformat()
        sent = first_sent_at(document)
        if sent is not None:
            found["circulated_in_time"] = sent.date() <= by
    found["children"] = {
        child.id: _facts_of_child(dates_of(child, document, profile, history)) for child in document.subjects
    }
    return found


def _facts_of_child(dates: ChildDates) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if dates.outcome is not None and dates.outcome.decision.code is not None:
        found["decision"] = str(dates.outcome.decision.code)
    for name in ("s47_start_on", "conference_target_on", "conference_booked_on", "booked_in_time"):
        value = getattr(dates, name)
        if value is not None:
            found[name] = value.isoformat() if isinstance(value, date) else value
    if census := dates.census():
        found["cin"] = census
    if dates.assessment_due_on is not None:
        found["assessment_due_on"] = dates.assessment_due_on.isoformat()
    return found


# ── Clocks ───────────────────────────────────────────────────────────────────────────────────────────────────────


FGM_REPORT = "Report of FGM to police"


@dataclass(frozen=True)
class Clock:
    """Something that must happen by a moment or by the end of a day, and for which child, if it is for one."""

    what: str
    child: str | None
    due_at: datetime | None = None
    due_on: date | None = None

    def left(self, now: datetime) -> timedelta | None:
        """Return the time left until a moment, rounded down to the minute; None for a day. Less than nothing: over."""
        if self.due_at is None:
            return None
        minutes = (self.due_at - now) // timedelta(minutes=1)
        return timedelta(minutes=minutes)


def clocks(document: Discussion, profile: Profile) -> list[Clock]:
    """Return the clocks that run besides those of section 47: police protection, return interview, FGM report, sending.

    Hours are elapsed time: 72 hours is 72 hours across a change of the clocks.
    """
    found = [
        Clock(
            "Police protection runs out",
            one.child,
            due_at=later(one.exercised_at, timedelta(hours=profile["police_protection_hours"])),
        )
        for one in document.police_protection or ()
        if one.exercised_at is not None and one.released_at is None
    ]
    found += [
        Clock(
            "Return interview",
            one.person,
            due_at=later(one.ended_at, timedelta(hours=profile["return_interview_hours"])),
        )
        for one in document.missing.episodes or ()
        if one.ended_at is not None
        and one.return_interview.status in (None, ReturnInterview.NOT_OFFERED)
        and one.return_interview.on is None
    ]
    if document.fgm.disclosed_at is not None and document.fgm.reported_at is None:
        day = add_working_days(document.fgm.disclosed_at.date(), profile["fgm_report_working_days"], profile.holidays)
        found.append(Clock(FGM_REPORT, None, due_on=day))
    by = circulate_by(document, profile)
    if by is not None and first_sent_at(document) is None:
        found.append(Clock("Record sent to everybody", None, due_on=by))
    return found
