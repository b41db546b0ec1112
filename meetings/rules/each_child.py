"""Rules about what is thought of each child: analysis, voice, medical, interview."""

from __future__ import annotations

from meetings.documents import Child, Outcome
from meetings.questions import ChildId
from meetings.rules.machinery import Case, Level, Places, rule
from meetings.vocabulary import (
    BirthKind,
    Concern,
    Decision,
    Harm,
    InterviewDecision,
    MedicalNeed,
    Seen,
    Threshold,
)

MEDICAL_EXPECTED = frozenset({Harm.PHY, Harm.SAB, Harm.NEG})
"""Kinds of harm for which “no medical” needs a reason."""

MEDICAL_FOR_ONE = frozenset({MedicalNeed.YES, MedicalNeed.DONE, MedicalNeed.OFFERED})
"""Answers for one child that raise the question for the brothers and sisters."""


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
        return ["plan"] if voice.plan is None and voice.reason is None else []
    return ["seen"]


@rule(
    "SD-044",
    "/outcomes/*/voice",
    "Record when the child was seen, by whom and what the child said or did, or the plan to see the child.",
    source="CA1989 s47 / s46(3)(d); Doncaster text of WT2023 ('including through speaking to the child'); HMIC West "
    "Mercia 2013 (child's impact absent); ISCP ('child's view must be a standard heading')",
)
def each_child_was_heard_or_there_is_a_plan(case: Case) -> Places:
    for place, child, outcome in case.outcomes():
        for name in _gaps_in_voice(child, outcome or Outcome(child=ChildId(child.id))):
            yield f"{place}/voice/{name}" if outcome else place


@rule(
    "SD-045",
    "/outcomes/*/impact_of_domestic_abuse",
    "Write what the domestic abuse does to this child.",
    source="HMIC West Mercia 2013 (few referrals contained any indication of impact on the child)",
)
def the_impact_of_domestic_abuse_is_written_for_each_child(case: Case) -> Places:
    if case.concerns(Concern.DOMESTIC_ABUSE):
        for place, outcome in case.decided():
            if outcome.impact_of_domestic_abuse is None:
                yield f"{place}/impact_of_domestic_abuse"


@rule(
    "SD-046",
    "/outcomes/*/medical",
    "Answer the medical question, and say why if the answer is no.",
    source="Lincolnshire ('if not necessary, the rationale must be recorded'); LLR; Buckinghamshire",
)
def the_medical_question_is_answered(case: Case) -> Places:
    for place, _, outcome in case.outcomes():
        if outcome is None:
            yield place
        elif outcome.medical.needed is None:
            yield f"{place}/medical/needed"
        elif _says_no_without_reason(outcome) and not MEDICAL_EXPECTED.isdisjoint(outcome.harm or ()):
            yield f"{place}/medical/reason"


def _says_no_without_reason(outcome: Outcome) -> bool:
    return outcome.medical.needed is MedicalNeed.NO and outcome.medical.reason is None


@rule(
    "SD-047",
    "/outcomes/*/medical",
    "Answer the medical question for the brothers and sisters too.",
    level=Level.WARN,
    source="LLR; Leeds medical pathway",
)
def a_medical_for_one_child_is_thought_of_for_all(case: Case) -> Places:
    outcomes = list(case.outcomes())
    if not any(outcome is not None and outcome.medical.needed in MEDICAL_FOR_ONE for _, _, outcome in outcomes):
        return
    for place, child, outcome in outcomes:
        if outcome is not None and _says_no_without_reason(outcome):
            yield f"{place}/medical/reason"
        elif child.kind is not BirthKind.UNBORN and (outcome is None or outcome.medical.needed is None):
            yield f"{place}/medical/needed" if outcome else place


def _interview_is_to_be_decided(outcome: Outcome) -> bool:
    is_police_matter = outcome.decision.code in (Decision.S47_JOINT, Decision.POLICE_ONLY)
    return is_police_matter or not {Harm.PHY, Harm.SAB}.isdisjoint(outcome.harm or ())


@rule(
    "SD-057",
    "/outcomes/*/interview",
    "Decide the interview: yes, no or later, and who and where if yes.",
    level=Level.WARN,
    source="Durham chapter 9; Laming 99",
)
def the_interview_is_decided(case: Case) -> Places:
    for place, child, outcome in case.outcomes():
        if outcome is None or child.kind is BirthKind.UNBORN or not _interview_is_to_be_decided(outcome):
            continue
        if outcome.interview.decision is None:
            yield f"{place}/interview/decision"
        elif outcome.interview.decision is InterviewDecision.YES:
            for name in ("at", "by"):
                if not getattr(outcome.interview, name):
                    yield f"{place}/interview/{name}"
