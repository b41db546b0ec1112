"""Rules about the child protection conference: its clock, its date, and who agreed to a late one."""

from __future__ import annotations

from datetime import timedelta

from meetings.calendar import is_working_day
from meetings.facts import conference_target, section_47_started_on
from meetings.rules.machinery import Case, Gate, Level, Places, rule
from meetings.vocabulary import BirthKind, YesNoLater

PREGNANCY = timedelta(days=280)
"""From the first day that weeks of pregnancy are counted from to the due date."""


@rule(
    "SD-090",
    "/outcomes/*/conference",
    "Note the conference target: {conference_working_days} working days from the discussion that started section "
    "47 for this child.",
    level=Level.INFO,
    source="SSD icpc_icpc_target_date; CIN InitialCPCtarget; WT via Bexley/West Yorks/Brighton/ERSCP",
    parameters=("conference_working_days", "bank_holidays"),
    needs=("history:earlier_meetings",),
)
def no_conference_clock_runs(case: Case) -> Places:
    for place, child, _ in case.outcomes():
        found = [one.outcome_of(child.id) for one in (*case.earlier, case.document)]
        if any(outcome is not None and outcome.starts_section_47 for outcome in found):
            yield f"{place}/conference" if place != "/outcomes" else place


@rule(
    "SD-091",
    "/outcomes/*/conference/booked_on",
    "Book an earlier conference, or record the reason and that the social care manager and conference chair agreed it.",
    source="Greater Manchester ('reasons must be agreed by the CSC manager and the conference chair and clearly "
    "recorded')",
    parameters=("conference_working_days", "bank_holidays"),
    needs=("history:earlier_meetings",),
)
def a_late_conference_was_agreed_by_two(case: Case) -> Places:
    for place, outcome in case.decided():
        started = section_47_started_on(outcome.child, case.document, case.discussions)
        booked_on = outcome.conference.booked_on
        if started is None or booked_on is None or booked_on <= conference_target(started, case.profile):
            continue
        if outcome.conference.reason is None or len(set(outcome.conference.agreed_by or ())) < 2:
            yield f"{place}/conference/booked_on"


@rule(
    "SD-092",
    "/outcomes/*/conference/booked_on",
    "Choose a working day for the conference.",
    level=Level.INFO,
    source="CIN 8870Q, 8875",
    parameters=("conference_working_days", "bank_holidays"),
    nations=("England",),
    needs=("history:earlier_meetings",),
)
def a_conference_is_on_a_working_day(case: Case) -> Places:
    for place, outcome in case.decided():
        booked_on = outcome.conference.booked_on
        if booked_on is not None and not is_working_day(booked_on, case.profile.holidays):
            yield f"{place}/conference/booked_on"


@rule(
    "SD-093",
    "/outcomes/*/conference/requested_at",
    "Ask the conference unit for a date today.",
    level=Level.WARN,
    gate=Gate.CIRCULATE,
    source="Bolton (local)",
    parameters=("conference_request_working_days", "bank_holidays"),
)
def the_conference_was_asked_for_at_once(case: Case) -> Places:
    held_at = case.document.meeting.ended_at or case.document.meeting.started_at
    for place, outcome in case.decided():
        if outcome.conference.needed is not YesNoLater.YES:
            continue
        asked_at = outcome.conference.requested_at
        if asked_at is None or (
            held_at is not None and asked_at.date() > case.last_day("conference_request_working_days", held_at)
        ):
            yield f"{place}/conference/requested_at"


@rule(
    "SD-102",
    "/outcomes/*/conference/booked_on",
    "Check the pre-birth conference against the local window of weeks.",
    level=Level.WARN,
    source="Sefton; Lincolnshire; Doncaster (local practice, conflict each other)",
    parameters=("prebirth_conference_earliest_weeks", "prebirth_conference_latest_weeks"),
)
def a_pre_birth_conference_is_in_the_local_weeks(case: Case) -> Places:
    first = timedelta(weeks=case.profile["prebirth_conference_earliest_weeks"])
    last = timedelta(weeks=case.profile["prebirth_conference_latest_weeks"])
    due_on = {str(one.id): one.due_on for one in case.document.children or () if one.kind is BirthKind.UNBORN}
    for place, outcome in case.decided():
        booked_on, due = outcome.conference.booked_on, due_on.get(outcome.child)
        if booked_on is not None and due is not None and not first <= PREGNANCY - (due - booked_on) <= last:
            yield f"{place}/conference/booked_on"
