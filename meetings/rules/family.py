"""Rules about the children the discussion is about, and about the referral and the meeting itself."""

from __future__ import annotations

from meetings.facts import section_47_started_on
from meetings.rules.machinery import Case, Level, Places, rule
from meetings.vocabulary import BirthKind, Sex

UNBORN_NAME = "Unborn baby "
"""How the name of an unborn child begins, followed by the mother's surname."""


@rule(
    "SD-001",
    "/children",
    "Add at least one child as the subject, and say why each other child you listed is not a subject.",
    hard=True,
    source="Leeds SCP tips (all children in household discussed; non-resident parents considered); Laming; ICS exemplar "
    "(one record per child)",
)
def every_child_is_a_subject_or_has_a_reason(case: Case) -> Places:
    children = case.document.children or []
    if not any(child.subject for child in children):
        yield "/children"
    for number, child in enumerate(children):
        if not child.subject and child.reason is None:
            yield f"/children/{number}/reason"


@rule(
    "SD-002",
    "/children/*/born_on",
    "Give each subject child a date of birth or an expected date of birth, never both; if neither is known, say so in "
    "words.",
    hard=True,
    source="CIN rule 8525Q (data-to-insight validator)",
)
def each_subject_child_has_one_date_of_birth(case: Case) -> Places:
    for place, child in case.subjects():
        dates = (child.born_on, child.due_on)
        if all(dates) or not any((*dates, child.born_on_text, child.due_on_text)):
            yield f"{place}/{'due_on' if child.kind is BirthKind.UNBORN else 'born_on'}"


@rule(
    "SD-003",
    "/children/*",
    "For an unborn baby choose sex U, name it 'Unborn baby' and the mother's surname, link the mother and give the due "
    "date.",
    source="CIN 8750 (2024/25 set); Hull childcare procedures (unborn recorded with mother's surname)",
)
def an_unborn_baby_is_found_under_the_mother(case: Case) -> Places:
    for place, child in case.subjects():
        if child.kind is not BirthKind.UNBORN:
            continue
        if child.sex is not Sex.U:
            yield f"{place}/sex"
        if not (child.name or "").startswith(UNBORN_NAME):
            yield f"{place}/name"
        if child.mother not in case.people:
            yield f"{place}/mother"
        if child.due_on is None:
            yield f"{place}/due_on"


@rule(
    "SD-010",
    "/referral",
    "Fill in when the referral came, its source code and the referrer's own words.",
    hard=True,
    source="CIN 8866; Scotland IRD form fields",
)
def the_referral_has_time_source_and_words(case: Case) -> Places:
    referral = case.document.referral
    for name in ("received_at", "source", "text"):
        if getattr(referral, name) is None:
            yield f"/referral/{name}"


@rule(
    "SD-011",
    "/meeting",
    "Fill in type, mode, start and end; the end must be after the start and not in the future.",
    hard=True,
    source="Scotland Nat. Guidance 3.19 (time and reason must be recorded)",
    needs=("clock",),
)
def the_discussion_has_type_mode_start_and_end(case: Case) -> Places:
    meeting = case.document.meeting
    for name in ("type", "mode", "started_at", "ended_at"):
        if getattr(meeting, name) is None:
            yield f"/meeting/{name}"
    if meeting.ended_at is not None:
        ends_before_start = meeting.started_at is not None and meeting.ended_at < meeting.started_at
        if ends_before_start or meeting.ended_at > case.now:
            yield "/meeting/ended_at"


@rule(
    "SD-076",
    "/review",
    "Set the next discussion or say why there is none.",
    source="Sussex 6.6; West Yorks",
)
def the_next_discussion_is_set_or_there_is_a_reason(case: Case) -> Places:
    review = case.document.review
    if review.next_at is None and review.reason is None:
        yield "/review/next_at"


@rule(
    "SD-090",
    "/outcomes/*/conference",
    "Note the conference target: {conference_working_days} working days from the discussion that started section 47 for "
    "this child.",
    level=Level.INFO,
    source="SSD icpc_icpc_target_date; CIN InitialCPCtarget; WT via Bexley/West Yorks/Brighton/ERSCP",
    parameters=("conference_working_days", "bank_holidays"),
    needs=("history:earlier_meetings",),
)
def the_conference_clock_runs_for_this_child(case: Case) -> Places:
    for place, child, _ in case.outcomes():
        if section_47_started_on(child.id, case.document, case.history) is not None:
            yield f"{place}/conference"
