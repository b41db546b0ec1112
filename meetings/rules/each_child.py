"""Rules about what is decided for each child: analysis, voice, medical, decision, leads, safety."""

from __future__ import annotations

from meetings.calendar import add_working_days
from meetings.documents import Child, Outcome
from meetings.questions import ChildId
from meetings.rules.machinery import Case, Places, rule
from meetings.vocabulary import (
    SOCIAL_CARE_AGENCIES,
    Agency,
    BirthKind,
    Decision,
    Harm,
    MedicalNeed,
    MeetingType,
    Presence,
    ReferralSource,
    Seen,
    Threshold,
)

MEDICAL_EXPECTED = frozenset({Harm.PHY, Harm.SAB, Harm.NEG})
"""Kinds of harm for which “no medical” needs a reason."""

FROM_THE_PUBLIC = frozenset({ReferralSource.R1A, ReferralSource.R1B, ReferralSource.R1C, ReferralSource.R1D})
NOBODY_TO_ANSWER = frozenset({ReferralSource.R9, ReferralSource.R10})
"""Anonymous and unknown referrers."""


@rule(
    "SD-043",
    "/outcomes/*/analysis",
    "Write what the risk is now for this child and tick the kinds of harm or 'threshold not met'.",
    source="practice standards (unnamed authority) 1.7; Leeds ('analysis of current risk'); Scotland IRD",
)
def each_child_has_an_analysis(case: Case) -> Places:
    for place, _, outcome in case.outcomes():
        if outcome is None:
            yield place
            continue
        if outcome.analysis is None:
            yield f"{place}/analysis"
        if not outcome.harm and outcome.threshold not in (Threshold.NOT_MET, Threshold.NOT_KNOWN):
            yield f"{place}/harm"


def _gaps_in_voice(child: Child, outcome: Outcome) -> list[str]:
    voice = outcome.voice
    if child.kind is BirthKind.UNBORN:
        return [] if voice.seen is Seen.NOT_APPLICABLE else ["seen"]
    if voice.seen is Seen.YES:
        return [name for name in ("alone", "at", "by", "text") if getattr(voice, name) is None]
    if voice.seen is Seen.NO:
        return [name for name in ("plan", "reason") if getattr(voice, name) is None]
    return ["seen"]


@rule(
    "SD-044",
    "/outcomes/*/voice",
    "Record when the child was seen, by whom and what the child said or did, or the plan to see the child.",
    source="CA1989 s47 / s46(3)(d); Doncaster text of WT2023 ('including through speaking to the child'); HMIC West Mercia "
    "2013 (child's impact absent); ISCP ('child's view must be a standard heading')",
)
def each_child_was_heard_or_there_is_a_plan(case: Case) -> Places:
    for place, child, outcome in case.outcomes():
        for name in _gaps_in_voice(child, outcome or Outcome(child=ChildId(child.id))):
            yield f"{place}/voice/{name}" if outcome else place


@rule(
    "SD-046",
    "/outcomes/*/medical",
    "Answer the medical question, and say why if the answer is no.",
    source="Lincolnshire ('if not necessary, the rationale must be recorded'); LLR; Buckinghamshire",
)
def the_medical_question_is_answered(case: Case) -> Places:
    for place, child, outcome in case.outcomes():
        answered = outcome or Outcome(child=ChildId(child.id))
        if answered.medical.needed is None:
            yield f"{place}/medical/needed" if outcome else place
        elif (
            answered.medical.needed is MedicalNeed.NO
            and answered.medical.reason is None
            and not MEDICAL_EXPECTED.isdisjoint(answered.harm or ())
        ):
            yield f"{place}/medical/reason"


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
    if meeting.type is not MeetingType.OUT_OF_HOURS or meeting.started_at is None:
        return False
    limit = add_working_days((meeting.ended_at or meeting.started_at).date(), 1, case.profile.holidays)
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
    for number, outcome in enumerate(case.document.outcomes or ()):
        if not outcome.starts_section_47:
            continue
        if outcome.lead_social_worker is None and not _allocation_is_due(case, police=False):
            yield f"/outcomes/{number}/lead_social_worker"
        joint = outcome.decision.code is Decision.S47_JOINT
        if joint and outcome.police_lead is None and not _allocation_is_due(case, police=True):
            yield f"/outcomes/{number}/police_lead"


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
    source="Tees 8 (other practitioners told when not proceeding); Scotland 3.35 (reasons when no further investigation); "
    "HMIC West Mercia 2013 (no feedback to force)",
)
def a_child_without_an_enquiry_has_something_instead(case: Case) -> Places:
    for number, outcome in enumerate(case.document.outcomes or ()):
        if not outcome.turns_section_47_down:
            continue
        if outcome.decision.reason is None:
            yield f"/outcomes/{number}/decision/reason"
        if outcome.instead is None:
            yield f"/outcomes/{number}/instead"
        if _referrer_needs_an_answer(case, outcome):
            for name in ("by", "to", "due_at"):
                if getattr(outcome.feedback, name) is None:
                    yield f"/outcomes/{number}/feedback/{name}"


@rule(
    "SD-053",
    "/outcomes/*/immediate_safety",
    "Say what keeps this child safe from now.",
    source="WT flow chart 'immediate protection'; Scotland 3.35; NSCB immediate strategy discussion",
)
def something_keeps_each_child_safe_from_now(case: Case) -> Places:
    decided: set[str] = {outcome.child for outcome in case.document.outcomes or ()}
    if any(child.id not in decided for _, child in case.subjects()):
        yield "/outcomes"
    for number, outcome in enumerate(case.document.outcomes or ()):
        if not outcome.immediate_safety:
            yield f"/outcomes/{number}/immediate_safety"
        for index, measure in enumerate(outcome.immediate_safety or ()):
            for name in ("action", "text"):
                if getattr(measure, name) is None:
                    yield f"/outcomes/{number}/immediate_safety/{index}/{name}"
