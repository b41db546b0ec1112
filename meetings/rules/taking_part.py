"""Rules about who took part: completeness, quorum, managers, and what each agency said."""

from __future__ import annotations

from meetings.documents import Line
from meetings.facts import groups_without_manager, missing_groups
from meetings.rules.machinery import Case, Places, rule
from meetings.vocabulary import SOCIAL_CARE_AGENCIES, Agency, Decision, LineKind, Presence

BRINGS_NO_INFORMATION = frozenset({Agency.LEGAL, Agency.LADO, Agency.OTHER})
"""Agencies that advise; nobody waits for a line of theirs."""


@rule(
    "SD-020",
    "/professionals",
    "Complete the name, agency, attendance and manager answer of everybody who took part.",
    hard=True,
    source="Laming recommendations (MPA 2004) Laming 93; practice standard 1.4",
)
def everybody_who_took_part_is_named(case: Case) -> Places:
    if not case.document.attended():
        yield "/professionals"
    for number, one in enumerate(case.document.professionals or ()):
        if one.presence is Presence.ATTENDED:
            for name in ("name", "agency", "attendance", "manager"):
                if getattr(one, name) is None:
                    yield f"/professionals/{number}/{name}"


@rule(
    "SD-131",
    "/professionals",
    "Complete the organisation and role of everybody who took part, and the grade of police and social care.",
    source="Own requirement (split from SD-020 so that only what identifies a participant is absolute)",
)
def everybody_who_took_part_has_organisation_role_and_grade(case: Case) -> Places:
    for number, one in enumerate(case.document.professionals or ()):
        if one.presence is not Presence.ATTENDED:
            continue
        for name in ("organisation", "role"):
            if getattr(one, name) is None:
                yield f"/professionals/{number}/{name}"
        if one.grade is None and (one.agency is Agency.POLICE or one.agency in SOCIAL_CARE_AGENCIES):
            yield f"/professionals/{number}/grade"


@rule(
    "SD-021",
    "/professionals",
    "Get the missing agency on the line; if the child cannot wait, act now and record who was tried.",
    source="West Yorks/Tees text of Working Together 2023; Lincolnshire ('as a minimum', citing WT2023); Scotland 3.31 "
    "'all core agencies must participate'. Wales minimum is police + social services (profile)",
    parameters=("quorum_agencies",),
)
def each_agency_of_the_quorum_took_part(case: Case) -> Places:
    if missing_groups(case.document, case.profile["quorum_agencies"]):
        yield "/professionals"


@rule(
    "SD-022",
    "/professionals",
    "Get a manager from social care and a sergeant or above from police to take part or ratify.",
    source="Laming rec 93 (Laming recommendations (MPA 2004) para 9); MPS reply to the Police and Crime Committee "
    "(Sergeant is 'the manager', supervisory rank); IOPC 2020 (Child A) (PCLOs are police staff supervised by DS); "
    "Knowsley (agreed by SC manager and DS/DI)",
    parameters=("joint_manager_agencies", "police_manager_grades"),
)
def a_joint_decision_has_a_manager_of_each_agency(case: Case) -> Places:
    joint = any(one.decision.code is Decision.S47_JOINT for one in case.document.outcomes or ())
    if joint and groups_without_manager(case.document, case.profile):
        yield "/professionals"


def _tells_something(line: Line) -> bool:
    if line.kind is LineKind.NOTHING_HELD:
        return line.by is not None and (line.at is not None or line.on is not None)
    return line.text is not None


@rule(
    "SD-040",
    "/information/lines",
    "Record what this agency said, or that its records were checked and hold nothing.",
    source="Leeds; Wales ('any information shared'); HMIC West Mercia 2013 (unclear what was discussed)",
)
def each_agency_said_something_or_holds_nothing(case: Case) -> Places:
    told = {line.agency for line in case.document.information.lines or () if _tells_something(line)}
    silent = {
        one.agency
        for one in case.document.professionals or ()
        if (one.presence is Presence.ATTENDED or one.gave_information)
        and one.agency is not None
        and one.agency not in BRINGS_NO_INFORMATION
        and one.agency not in told
    }
    if silent:
        yield "/information/lines"


@rule(
    "SD-080",
    "/dissent",
    "Ask everybody whether they disagree, and record reason, answer and next step for each who does.",
    source="Sussex 'Professional Difference Statement'; Croydon; S. Ayrshire and Wales minutes content (dissent must be "
    "noted)",
)
def dissent_was_asked_for_and_each_has_an_answer(case: Case) -> Places:
    if not case.document.dissent.asked_of_all:
        yield "/dissent/asked_of_all"
    for number, entry in enumerate(case.document.dissent.entries or ()):
        place = f"/dissent/entries/{number}"
        for name in ("by", "about", "text", "response", "resolved"):
            if getattr(entry, name) is None:
                yield f"{place}/{name}"
        if entry.resolved is False:
            for name in ("text", "to", "due_at"):
                if getattr(entry.escalation, name) is None:
                    yield f"{place}/escalation/{name}"


@rule(
    "SD-081",
    "/signoff",
    "Get the chair and a police representative to confirm the text.",
    source="practice standards (unnamed authority); HMIC West Mercia 2013; this product (signed minutes)",
)
def chair_and_police_confirmed_the_text(case: Case) -> Places:
    chaired = police = False
    for signoff in case.document.signoff or ():
        if signoff.as_ == "chair" and signoff.at is not None and signoff.by is not None:
            chaired = chaired or signoff.by == case.document.meeting.chair
        if signoff.as_ == "police":
            one = case.professionals.get(signoff.by or "")
            police = police or (one is not None and one.agency is Agency.POLICE)
    police_there = any(one.agency is Agency.POLICE for one in case.document.attended())
    if not chaired or (police_there and not police):
        yield "/signoff"
