"""Rules about what keeps each child safe from now, and about police protection."""

from __future__ import annotations

from datetime import timedelta

from meetings.documents import PoliceProtection, SafetyMeasure
from meetings.rules.machinery import Case, Level, Places, rule
from meetings.vocabulary import SECTION_47_NOT_REQUIRED, Decision, ImmediateAction, SafetyBasis

MUST_BIND_SOMEBODY = frozenset(
    {
        ImmediateAction.SAFETY_PLAN,
        ImmediateAction.SUSPECT_EXCLUDED,
        ImmediateAction.S20_ACCOMMODATION,
        ImmediateAction.HOSPITAL_HOLD,
    }
)
"""Measures that hold only if somebody agreed or was ordered."""

NO_ENQUIRY = {Decision.POLICE_ONLY, *SECTION_47_NOT_REQUIRED}
"""Decisions that a child in police protection cannot have: enquiries are a duty."""

POLICE_STATION = "police station"


@rule(
    "SD-053",
    "/outcomes/*/immediate_safety",
    "Say what keeps this child safe from now.",
    source="WT flow chart 'immediate protection'; Scotland 3.35; NSCB immediate strategy discussion",
)
def something_keeps_each_child_safe_from_now(case: Case) -> Places:
    if any(outcome is None for _, _, outcome in case.outcomes()):
        yield "/outcomes"
    for place, outcome in case.decided():
        if not outcome.immediate_safety:
            yield f"{place}/immediate_safety"
        for index, measure in enumerate(outcome.immediate_safety or ()):
            for name in ("action", "text"):
                if getattr(measure, name) is None:
                    yield f"{place}/immediate_safety/{index}/{name}"


def _gap_in_binding(measure: SafetyMeasure) -> str | None:
    if measure.action not in MUST_BIND_SOMEBODY:
        return None
    if measure.basis is None:
        return "basis"
    return "agreed_by" if measure.basis is SafetyBasis.AGREEMENT and not measure.agreed_by else None


@rule(
    "SD-128",
    "/outcomes/*/immediate_safety",
    "Say what holds this: whose agreement, bail until when, or which order. Parents may withdraw agreement.",
    source="Williams v London Borough of Hackney [2018] UKSC 37",
)
def what_keeps_a_child_safe_binds_somebody(case: Case) -> Places:
    for place, outcome in case.decided():
        for index, measure in enumerate(outcome.immediate_safety or ()):
            if gap := _gap_in_binding(measure):
                yield f"{place}/immediate_safety/{index}/{gap}"


# ── Police protection ────────────────────────────────────────────────────────────────────────────────────────────


def _planned_protection(case: Case) -> list[tuple[str, str]]:
    """Return child and place of each measure that relies on section 46."""
    return [
        (outcome.child, f"{place}/immediate_safety/{index}/action")
        for place, outcome in case.decided()
        for index, measure in enumerate(outcome.immediate_safety or ())
        if measure.action is ImmediateAction.S46_POLICE_PROTECTION
    ]


def _gaps_in_protection(block: PoliceProtection, case: Case) -> list[str]:
    gaps = [
        name
        for name in ("exercised_at", "by", "place", "designated_officer", "expires_at")
        if getattr(block, name) is None
    ]
    told = block.authorities_told or []
    if not told or any(one.organisation is None or one.at is None for one in told):
        gaps.append("authorities_told")
    if block.reason is None:
        excused = ("child_told", "wishes", "parents_told_at", "designated_officer_told_at", "child_seen_at")
        gaps += [name for name in excused if getattr(block, name) is None]
        if block.police_station or POLICE_STATION in (block.place or "").casefold():
            gaps.append("reason")
    return gaps + _faults_in_protection(block, case)


def _faults_in_protection(block: PoliceProtection, case: Case) -> list[str]:
    faults = []
    if block.designated_officer is not None:
        officer = case.professionals.get(block.designated_officer)
        grades = {grade.casefold() for grade in case.profile["designated_officer_grades"]}
        grade = officer.grade if officer else None
        if (grade or "").strip().casefold() not in grades or block.designated_officer == block.by:
            faults.append("designated_officer")
    if block.exercised_at is not None and block.expires_at is not None:
        length = timedelta(hours=case.profile["police_protection_hours"])
        if block.expires_at - block.exercised_at != length:
            faults.append("expires_at")
    return faults


@rule(
    "SD-111",
    "/police_protection",
    "Complete the police protection block: officer, designated inspector, place, who was told, the child's "
    "wishes and the end after {police_protection_hours} hours.",
    source="CA1989 s46; Laming 91 and 96 (Laming recommendations (MPA 2004)); HOC 17/2008 (roles must be different "
    "officers; not a police station; not a 'PPO')",
    parameters=("police_protection_hours", "designated_officer_grades"),
    nations=("England", "Wales"),
)
def police_protection_is_recorded_whole(case: Case) -> Places:
    blocks = case.document.police_protection or []
    held = {block.child for block in blocks}
    if any(child not in held for child, _ in _planned_protection(case)):
        yield "/police_protection"
    for number, block in enumerate(blocks):
        for gap in _gaps_in_protection(block, case):
            yield f"/police_protection/{number}/{gap}"


@rule(
    "SD-123",
    "/outcomes/*/decision",
    "Enquiries are a legal duty for a child in police protection: choose a section 47 decision.",
    source="Children Act 1989 s47(1)(a)(ii)",
    nations=("England", "Wales"),
)
def a_child_in_police_protection_has_an_enquiry(case: Case) -> Places:
    started_at = case.document.meeting.started_at
    protected = {
        block.child
        for block in case.document.police_protection or ()
        if block.released_at is None or started_at is None or block.released_at >= started_at
    }
    for place, outcome in case.decided():
        if outcome.child in protected and outcome.decision.code in NO_ENQUIRY:
            yield f"{place}/decision/code"


def _somebody_decides_before(block: PoliceProtection, case: Case) -> bool:
    moments = [case.document.review.next_at]
    moments += [action.deadline.due_at for action in case.document.actions or () if block.child in (action.about or ())]
    return any(moment < block.expires_at for moment in moments if moment is not None and block.expires_at is not None)


@rule(
    "SD-124",
    "/police_protection",
    "Say who decides, before police protection ends, where the child goes next.",
    source="Children Act 1989 s46(6)",
    nations=("England", "Wales"),
)
def somebody_decides_before_police_protection_ends(case: Case) -> Places:
    ended_at = case.document.meeting.ended_at
    for number, block in enumerate(case.document.police_protection or ()):
        if block.released_at is not None or block.expires_at is None or ended_at is None:
            continue
        if block.expires_at > ended_at and not _somebody_decides_before(block, case):
            yield f"/police_protection/{number}/expires_at"


@rule(
    "SD-125",
    "/police_protection",
    "Say why there is no time for a court order; only a constable at the scene can decide to use section 46.",
    level=Level.WARN,
    source="Langley v Liverpool City Council [2005] EWCA Civ 1173",
    nations=("England", "Wales"),
)
def police_protection_is_not_planned_in_a_meeting(case: Case) -> Places:
    if case.document.legal_advice.sought:
        return
    started_at = case.document.meeting.started_at
    before = {
        block.child
        for block in case.document.police_protection or ()
        if block.exercised_at is not None and started_at is not None and block.exercised_at < started_at
    }
    for child, place in _planned_protection(case):
        if child not in before:
            yield place
