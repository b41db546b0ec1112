"""Rules about the referral, and about when the discussion was held and what follows it."""

from __future__ import annotations

from meetings.facts import ENQUIRY_ENDS, held_on, limit_after, missing_groups, received_on
from meetings.folding import is_filled
from meetings.rules.machinery import Case, Gate, Level, Places, rule
from meetings.vocabulary import SECTION_47_NOT_REQUIRED, Decision, MeetingMode, MeetingType

NOTHING_FOLLOWS = frozenset({Decision.S47_NOT_REQUIRED_NFA, Decision.S47_CONCLUDE_NOT_SUBSTANTIATED})
"""Decisions after which there is no plan that could fail."""


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
    "SD-012",
    "/meeting/started_at",
    "Correct the dates: this discussion starts before its referral came in.",
    source="CIN 2889",
)
def the_discussion_is_not_before_its_referral(case: Case) -> Places:
    held, received = held_on(case.document), received_on(case.document)
    if held is not None and received is not None and held < received:
        yield "/meeting/started_at"


def _referral_led_to_an_earlier_discussion(case: Case) -> bool:
    """Whether the days since the referral are no delay: it was discussed before, or nobody can tell here."""
    if case.document.previous is None:
        return False
    if not case.earlier:
        return True
    received, earlier = case.document.referral.received_at, case.earlier[-1].meeting.started_at
    return received is not None and earlier is not None and received <= earlier


@rule(
    "SD-013",
    "/meeting/started_at",
    "Say why the discussion was held later than the local limit.",
    level=Level.WARN,
    source="Tees 24 h; Blackburn 24 h; Bexley 3 days; Guernsey 3 working days (all local practice)",
    parameters=("discussion_after_referral_working_days", "bank_holidays"),
    needs=("history:earlier_meetings",),
)
def the_discussion_was_held_in_time(case: Case) -> Places:
    held, received = held_on(case.document), received_on(case.document)
    if held is None or received is None or _referral_led_to_an_earlier_discussion(case):
        return
    first_late_day = limit_after(received, case.profile["discussion_after_referral_working_days"] + 1, case.profile)
    if held >= first_late_day:
        yield "/meeting/started_at"


def _is_only_a_start(case: Case) -> bool:
    """Whether this was a telephone call without everybody, or out of hours: a meeting is to follow."""
    meeting = case.document.meeting
    if meeting.type is MeetingType.OUT_OF_HOURS:
        return True
    is_call = meeting.mode is MeetingMode.TELEPHONE
    return is_call and bool(missing_groups(case.document, case.profile["quorum_agencies"]))


@rule(
    "SD-014",
    "/review/next_at",
    "Set the date of the full follow-up meeting: next working day if you can, within "
    "{follow_up_max_working_days} working days at the latest.",
    source="Lewisham (5 working days); Tees 3.3 (full meeting required as follow-up); Lanarkshire IRD "
    "(next working day)",
    parameters=("follow_up_expected_working_days", "follow_up_max_working_days", "quorum_agencies", "bank_holidays"),
)
def a_call_is_followed_by_a_meeting(case: Case) -> Places:
    review, ended_at = case.document.review, case.document.meeting.ended_at
    is_over = case.every_decision(SECTION_47_NOT_REQUIRED | ENQUIRY_ENDS) and review.reason is not None
    if not _is_only_a_start(case) or is_over:
        return
    if review.next_at is None or (
        ended_at is not None and review.next_at.date() > case.last_day("follow_up_max_working_days", ended_at)
    ):
        yield "/review/next_at"


@rule(
    "SD-054",
    "/review/next_at",
    "Set the date and time to reconvene.",
    hard=True,
    source="HMIC West Mercia 2013; West Yorks ('no child is left for too long without a decision')",
)
def an_adjourned_discussion_has_a_date(case: Case) -> Places:
    if case.document.review.next_at is None and case.any_decision({Decision.ADJOURN}):
        yield "/review/next_at"


@rule(
    "SD-075",
    "/contingencies",
    "Write what happens if the plan fails.",
    source="Walsall pre-birth; NE sub-region conference tasks ('put in place a contingency p...'); IOPC IOPC 2020 "
    "(Child A)",
)
def there_is_a_plan_for_when_the_plan_fails(case: Case) -> Places:
    is_written = any(is_filled(text) for text in case.document.contingencies or ())
    if not is_written and not case.every_decision(NOTHING_FOLLOWS):
        yield "/contingencies"


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
    "SD-094",
    "/referral/received_at",
    "Note the day the assessment must be finished.",
    level=Level.INFO,
    gate=Gate.TRACK,
    source="CIN 8670Q; Lewisham",
    parameters=("assessment_working_days", "bank_holidays"),
)
def no_assessment_is_due(case: Case) -> Places:
    if case.document.referral.received_at is not None:
        yield "/referral/received_at"
