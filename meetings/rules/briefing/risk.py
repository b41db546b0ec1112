"""Rules about administration and risk: who decides on police protection, what could happen, and what stops it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from meetings.documents import Risk
from meetings.rules.machinery import BriefingCase, Gate, Level, Places, rule
from meetings.vocabulary import FamilyKeyword, MissingLevel, PlanStatus

BELOW_MEDIUM = frozenset({MissingLevel.LOW, MissingLevel.VERY_LOW, MissingLevel.NO_APPARENT_RISK})


def risks(case: BriefingCase) -> Iterator[tuple[str, Risk]]:
    """Yield each risk with its place."""
    for number, one in enumerate(case.document.risk_assessment.risks or ()):
        yield f"/risk_assessment/risks/{number}", one


@rule(
    "IIM-ADM-01",
    "/administration/designated_officer",
    "Name the designated officer and a number answered at night.",
    gate=Gate.ISSUE,
    source="Children Act 1989 s46(3)(e); Laming recommendations (MPA 2004) rec 96",
    nations=("England", "Wales"),
)
def the_designated_officer_answers_at_night(case: BriefingCase) -> Places:
    officer = case.professionals.get(case.document.administration.designated_officer or "")
    reachable = officer is not None and (officer.contact.phone or officer.contact.out_of_hours)
    if case.usable("s46") and not reachable:
        yield "/administration/designated_officer"


@rule(
    "IIM-ADM-02",
    "/administration/designated_officer",
    "Choose a designated officer who is not the author or the officer in the case.",
    gate=Gate.ISSUE,
    source="Home Office Circular 17/2008 (policeprofessional.com summary); Laming recommendations (MPA 2004) rec 96",
)
def the_designated_officer_is_independent(case: BriefingCase) -> Places:
    administration = case.document.administration
    officer = administration.designated_officer
    if officer is not None and officer in (case.author, administration.officer_in_case):
        yield "/administration/designated_officer"


@rule(
    "IIM-ADM-03",
    "/administration/accommodation",
    "Say where the child would go; a police station will not do.",
    gate=Gate.ISSUE,
    source="Home Office Circular 17/2008 (policeprofessional.com summary)",
    nations=("England", "Wales"),
)
def there_is_somewhere_for_a_child_to_go(case: BriefingCase) -> Places:
    where = case.document.administration.accommodation
    if case.usable("s46") and (where is None or where.strip().casefold().startswith("police station")):
        yield "/administration/accommodation"


@rule(
    "IIM-ADM-04",
    "/administration/interpreting",
    "Say whether an interpreter or a male or female officer is needed, even if not.",
    level=Level.WARN,
    gate=Gate.ISSUE,
    source="design choice (confirm locally)",
)
def what_people_need_of_the_officers_was_asked(case: BriefingCase) -> Places:
    administration = case.document.administration
    if administration.interpreting.needed is None:
        yield "/administration/interpreting/needed"
    if administration.gender_preference is None:
        yield "/administration/gender_preference"


@rule(
    "IIM-RSK-01",
    "/risk_assessment",
    "Name the model, who assessed, when, and when next.",
    gate=Gate.ISSUE,
    source="IOPC 2020 (Child A); APP Missing persons: risk identification",
)
def the_risk_was_assessed_by_somebody_and_will_be_again(case: BriefingCase) -> Places:
    for name in ("model", "assessed_by", "assessed_at", "next_at"):
        if getattr(case.document.risk_assessment, name) is None:
            yield f"/risk_assessment/{name}"


@rule(
    "IIM-RSK-02",
    "/risk_assessment/risks",
    "Complete at least one risk: who, threat, likelihood and impact from 1 to {likelihood_impact_max}, "
    "control and its owner.",
    gate=Gate.ISSUE,
    source="APP National decision model; design choice (confirm locally)",
    parameters=("likelihood_impact_max",),
)
def each_risk_has_a_control_with_an_owner(case: BriefingCase) -> Places:
    if not case.document.risk_assessment.risks:
        yield "/risk_assessment/risks"
    scale = range(1, case.profile["likelihood_impact_max"] + 1)
    for place, risk in risks(case):
        for name in ("who", "threat", "controls", "control_owner"):
            if not getattr(risk, name):
                yield f"{place}/{name}"
        for name in ("likelihood", "impact"):
            if getattr(risk, name) not in scale:
                yield f"{place}/{name}"


@rule(
    "IIM-RSK-03",
    "/risk_assessment/risks",
    "Correct the score: likelihood times impact, and no higher after the control than before.",
    gate=Gate.ISSUE,
    source="design choice (confirm locally)",
)
def the_scores_add_up(case: BriefingCase) -> Places:
    for place, risk in risks(case):
        if risk.likelihood is not None and risk.impact is not None and risk.score != risk.likelihood * risk.impact:
            yield f"{place}/score"
        if risk.residual_score is not None and risk.score is not None and risk.residual_score > risk.score:
            yield f"{place}/residual_score"


@rule(
    "IIM-RSK-04",
    "/missing/level",
    "Choose one of the force's missing levels and give the reason.",
    gate=Gate.ISSUE,
    source="APP Missing persons: risk identification",
    parameters=("missing_levels",),
)
def the_missing_level_is_one_of_the_force_and_has_a_reason(case: BriefingCase) -> Places:
    missing = case.document.missing
    if missing.level is None:
        return
    if missing.level not in case.profile["missing_levels"]:
        yield "/missing/level"
    if missing.reason is None:
        yield "/missing/reason"


@rule(
    "IIM-RSK-05",
    "/risk_assessment/risks",
    "Check the controls: none of them lowers a risk.",
    level=Level.INFO,
    gate=Gate.ISSUE,
    source="design choice (confirm locally)",
)
def some_control_lowers_a_risk(case: BriefingCase) -> Places:
    scores = [(risk.score, risk.residual_score) for _, risk in risks(case)]
    if scores and all(score is not None and score == residual for score, residual in scores):
        yield "/risk_assessment/risks"


@rule(
    "IIM-RSK-06",
    "/risk_assessment/officer_safety",
    "Write the officer safety line, even if no markers were found.",
    gate=Gate.ISSUE,
    source="College of Policing APP Operations: briefing and debriefing",
    urgent=True,
)
def officers_know_how_to_stay_safe(case: BriefingCase) -> Places:
    if case.document.risk_assessment.officer_safety is None:
        yield "/risk_assessment/officer_safety"


@rule(
    "IIM-RSK-07",
    "/children/*/due_on",
    "Shorten the review: the due date is near or past.",
    level=Level.WARN,
    gate=Gate.ISSUE,
    source="IX/3841/20 (met.police.uk)",
    parameters=("due_date_banner_days",),
)
def no_birth_is_due(case: BriefingCase) -> Places:
    start = case.document.validity.from_
    for place, child in case.unborn():
        if start is None or child.due_on is None:
            continue
        if (child.due_on - start.date()).days <= case.profile["due_date_banner_days"]:
            yield f"{place}/due_on"


@rule(
    "IIM-RSK-08",
    "/risk_assessment/next_at",
    "Bring the next assessment forward: {reassess_high_hours} hours when high, {reassess_medium_hours} when medium.",
    gate=Gate.ISSUE,
    source="design choice (confirm locally)",
    parameters=("reassess_high_hours", "reassess_medium_hours"),
)
def the_risk_is_assessed_again_in_time(case: BriefingCase) -> Places:
    names = {MissingLevel.HIGH: "reassess_high_hours", MissingLevel.MEDIUM: "reassess_medium_hours"}
    assessment, level = case.document.risk_assessment, case.document.missing.level
    if level not in names or assessment.assessed_at is None or assessment.next_at is None:
        return
    if assessment.next_at - assessment.assessed_at > timedelta(hours=case.profile[names[level]]):
        yield "/risk_assessment/next_at"


@rule(
    "IIM-RSK-09",
    "/risk_assessment/risks",
    "Add a risk row for the attending officers.",
    gate=Gate.ISSUE,
    source="College of Policing APP Operations: briefing and debriefing",
    parameters=("violence_words",),
)
def a_marker_for_violence_has_a_risk_row_for_officers(case: BriefingCase) -> Places:
    words = [word.casefold() for word in case.profile["violence_words"]]
    people = [*(case.document.children or ()), *(case.document.adults or ())]
    markers = [marker.casefold() for person in people for marker in person.markers or ()]
    is_marked = any(word in marker for marker in markers for word in words)
    if is_marked and not any(FamilyKeyword.OFFICERS in (risk.who or ()) for _, risk in risks(case)):
        yield "/risk_assessment/risks"


@rule(
    "IIM-RSK-10",
    "/missing/level",
    "Give an inspector's reason for grading this below medium.",
    level=Level.WARN,
    gate=Gate.ISSUE,
    source="College of Policing APP, Missing persons (confirm locally)",
)
def a_low_level_has_an_inspectors_reason(case: BriefingCase) -> Places:
    missing = case.document.missing
    if not missing.now or missing.level not in BELOW_MEDIUM or missing.reason is not None:
        return
    mothers = {child.mother for _, child in case.unborn()}
    on_a_plan = {child.id for child in case.document.children or () if child.plan.status is PlanStatus.CURRENT}
    if not (mothers | on_a_plan).isdisjoint(missing.people or ()):
        yield "/missing/reason"
