"""Rules about the decision for each child: that there is one, what it rests on, who leads, and what else it asks."""

from __future__ import annotations

from meetings.documents import Outcome
from meetings.facts import enquiry_is_open, limit_after
from meetings.rules.machinery import Case, Level, Places, rule
from meetings.vocabulary import (
    SECTION_47_NOT_REQUIRED,
    SECTION_47_STARTS,
    SOCIAL_CARE_AGENCIES,
    Agency,
    Decision,
    MeetingType,
    PlanStatus,
    Presence,
    ReferralSource,
    Threshold,
    YesNoLater,
)

FROM_THE_PUBLIC = frozenset({ReferralSource.R1A, ReferralSource.R1B, ReferralSource.R1C, ReferralSource.R1D})
NOBODY_TO_ANSWER = frozenset({ReferralSource.R9, ReferralSource.R10})
"""Anonymous and unknown referrers."""

AGAINST_THRESHOLD = {
    Threshold.MET: {Decision.POLICE_ONLY, *SECTION_47_NOT_REQUIRED} - {Decision.S47_NOT_REQUIRED_EXISTING_PLAN},
    Threshold.NOT_MET: SECTION_47_STARTS,
}
"""Decisions that disagree with the threshold."""


@rule(
    "SD-050",
    "/outcomes/*/decision",
    "Choose and confirm a decision for this child, with reason, who decided and who agreed.",
    hard=True,
    source="HMIC West Mercia 2013; practice standards (unnamed authority) 1.5/1.7; Tees (different outcome per child "
    "possible, rationale recorded)",
)
def each_child_has_a_confirmed_decision(case: Case) -> Places:
    for place, _, outcome in case.outcomes():
        if outcome is None:
            yield place
            continue
        for name in ("code", "reason", "by", "agreed_by", "confirmed"):
            if not getattr(outcome.decision, name):
                yield f"{place}/decision/{name}"


def _allocation_is_due(case: Case, *, police: bool) -> bool:
    """Whether an out-of-hours record leaves an action to name the lead by the end of the next working day."""
    meeting = case.document.meeting
    held_at = meeting.ended_at or meeting.started_at
    if meeting.type is not MeetingType.OUT_OF_HOURS or held_at is None:
        return False
    limit = limit_after(held_at.date(), 1, case.profile)
    wanted = {Agency.POLICE} if police else SOCIAL_CARE_AGENCIES
    for action in case.document.actions or ():
        owner = case.professionals.get(action.owner or "")
        if (
            owner is not None
            and owner.agency in wanted
            and "allocat" in (action.text or "").casefold()
            and action.deadline.due_at is not None
            and action.deadline.due_at.date() <= limit
        ):
            return True
    return False


@rule(
    "SD-051",
    "/outcomes/*/lead_social_worker",
    "Name the lead social worker, and the police lead if the enquiry is joint.",
    source="FRG (who leads); Knowsley; Surrey 8-11",
    parameters=("bank_holidays",),
    nations=("England", "Wales"),
)
def an_enquiry_has_its_leads(case: Case) -> Places:
    for place, outcome in case.decided():
        if not outcome.starts_section_47:
            continue
        if outcome.lead_social_worker is None and not _allocation_is_due(case, police=False):
            yield f"{place}/lead_social_worker"
        joint = outcome.decision.code is Decision.S47_JOINT
        if joint and outcome.police_lead is None and not _allocation_is_due(case, police=True):
            yield f"{place}/police_lead"


def _referrer_needs_an_answer(case: Case, outcome: Outcome) -> bool:
    referral = case.document.referral
    if outcome.decision.code is Decision.S47_NOT_REQUIRED_EXISTING_PLAN or referral.source in NOBODY_TO_ANSWER:
        return False
    if any(
        one.agency is referral.agency and one.presence is Presence.ATTENDED
        for one in case.document.professionals or ()
        if referral.agency is not None
    ):
        return False
    return not (referral.source in FROM_THE_PUBLIC and outcome.feedback.text is not None)


@rule(
    "SD-052",
    "/outcomes/*/instead",
    "Say what happens instead and who tells the referrer by when.",
    source="Tees 8 (other practitioners told when not proceeding); Scotland 3.35 (reasons when no further "
    "investigation); HMIC West Mercia 2013 (no feedback to force)",
)
def a_child_without_an_enquiry_has_something_instead(case: Case) -> Places:
    for place, outcome in case.decided():
        if not outcome.turns_section_47_down:
            continue
        if outcome.decision.reason is None:
            yield f"{place}/decision/reason"
        if outcome.instead is None:
            yield f"{place}/instead"
        if _referrer_needs_an_answer(case, outcome):
            for name in ("by", "to", "due_at"):
                if getattr(outcome.feedback, name) is None:
                    yield f"{place}/feedback/{name}"


@rule(
    "SD-055",
    "/outcomes/*/decision",
    "Choose 'continue' if this child already has an enquiry open, and plan the review conference if already on a plan.",
    level=Level.WARN,
    source="CIN 8839, 8890; SSD",
    nations=("England", "Wales"),
    needs=("history:earlier_meetings",),
)
def one_child_has_one_enquiry_and_one_plan(case: Case) -> Places:
    on_a_plan: set[str] = {
        child.id for child in case.document.children or () if child.plan.status is PlanStatus.CURRENT
    }
    for place, outcome in case.decided():
        has_plan = outcome.child in on_a_plan
        if outcome.starts_section_47 and (has_plan or enquiry_is_open(outcome.child, case.earlier)):
            yield f"{place}/decision/code"
        if outcome.conference.needed is YesNoLater.YES and has_plan:
            yield f"{place}/conference/needed"


@rule(
    "SD-122",
    "/outcomes/*/decision",
    "The threshold and the decision disagree for this child: correct one of them.",
    source="Children Act 1989 s47(1)(b)",
    nations=("England", "Wales"),
)
def threshold_and_decision_agree(case: Case) -> Places:
    for place, outcome in case.decided():
        if outcome.threshold is not None and outcome.decision.code in AGAINST_THRESHOLD.get(outcome.threshold, ()):
            yield f"{place}/decision/code"
