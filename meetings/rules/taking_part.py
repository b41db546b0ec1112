"""Rules about who takes part: completeness, quorum, managers, and whose view must not be missing."""

from __future__ import annotations

from collections.abc import Collection

from meetings.facts import age_on, approached, contributed, groups_without_manager, held_on, is_manager, missing_groups
from meetings.rules.machinery import Case, Level, Places, rule
from meetings.vocabulary import (
    SOCIAL_CARE_AGENCIES,
    Agency,
    BirthKind,
    Concern,
    Decision,
    Harm,
    LegalStatus,
    MedicalNeed,
    MeetingType,
    Presence,
    Profession,
)

LIVES_WITH_CARERS = frozenset(
    {LegalStatus.LOOKED_AFTER, LegalStatus.S20, LegalStatus.CARE_ORDER, LegalStatus.INTERIM_CARE_ORDER}
)
"""Legal status of a child whom a placement looks after."""


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
    "(Sergeant is 'the manager', supervisory rank); IOPC 2020 (Child A) (PCLOs are police staff supervised by "
    "DS); Knowsley (agreed by SC manager and DS/DI)",
    parameters=("joint_manager_agencies", "police_manager_grades"),
)
def a_joint_decision_has_a_manager_of_each_agency(case: Case) -> Places:
    if case.any_decision({Decision.S47_JOINT}) and groups_without_manager(case.document, case.profile):
        yield "/professionals"


@rule(
    "SD-023",
    "/meeting/chair",
    "Name the chair, and say so if the chair is not a social care manager.",
    level=Level.WARN,
    source="Solihull 2.2, Guernsey, West Yorks, practice standards (unnamed authority) 1.4 (local practice)",
    parameters=("chair_agencies",),
)
def a_social_care_manager_chairs(case: Case) -> Places:
    chair = case.professionals.get(case.document.meeting.chair or "")
    if chair is None or not is_manager(chair, case.profile) or chair.agency not in case.profile["chair_agencies"]:
        yield "/meeting/chair"


@rule(
    "SD-024",
    "/professionals/*/can_commit",
    "Ask who can commit that agency, and get that person's agreement.",
    level=Level.WARN,
    source="Safeguarding Wales; Guernsey; Isle of Man; Devon",
)
def everybody_there_can_commit_their_agency(case: Case) -> Places:
    for number, one in enumerate(case.document.professionals or ()):
        if one.presence is Presence.ATTENDED and one.can_commit is False:
            yield f"/professionals/{number}/can_commit"


@rule(
    "SD-025",
    "/referral/agency",
    "Invite the referring agency or list it as absent.",
    level=Level.WARN,
    source="WT2023 via West Yorks; Leeds",
)
def the_referring_agency_was_asked(case: Case) -> Places:
    agency = case.document.referral.agency
    if agency is not None and all(one.agency is not agency for one in approached(case.document)):
        yield "/referral/agency"


@rule(
    "SD-026",
    "/professionals",
    "Ask the absent agency for written information, or add an action to get it.",
    level=Level.WARN,
    source="practice standards (unnamed authority) 1.9; Guernsey agenda ('participants & reasons for apologies')",
)
def an_absent_agency_gives_its_information(case: Case) -> Places:
    heard = {one.agency for one in contributed(case.document)}
    chased: set[str] = {person for action in case.document.actions or () for person in action.about or ()}
    for number, one in enumerate(case.document.professionals or ()):
        if one.presence is Presence.INVITED_ABSENT and one.agency not in heard and one.id not in chased:
            yield f"/professionals/{number}/gave_information"


def _is_heard(case: Case, profession: Profession) -> bool:
    return any(one.profession is profession for one in contributed(case.document))


def _is_injured(case: Case) -> bool:
    examined: Collection[MedicalNeed | None] = (MedicalNeed.YES, MedicalNeed.DONE)
    return case.concerns(Concern.NON_MOBILE_INJURY) or any(
        Harm.PHY in (outcome.harm or ()) or outcome.medical.needed in examined
        for _, child, outcome in case.outcomes()
        if outcome is not None and child.kind is not BirthKind.UNBORN
    )


@rule(
    "SD-027",
    "/professionals",
    "Speak to a paediatrician before you settle the medical question.",
    level=Level.WARN,
    source="Surrey 8.7; LLR; Lincolnshire (must consider with paediatrician)",
)
def a_paediatrician_was_heard_about_an_injury(case: Case) -> Places:
    if _is_injured(case) and not _is_heard(case, Profession.PAEDIATRICIAN):
        yield "/professionals"


@rule(
    "SD-028",
    "/professionals",
    "Bring in a midwife or say how maternity will be told.",
    level=Level.WARN,
    source="Surrey 8.7 ('should involve the Midwifery Service'); Lincolnshire pre-birth (bare minimum police, "
    "children's health, safeguarding midwife); Gtr Manchester ('must be invited')",
)
def a_midwife_was_heard_about_an_unborn_baby(case: Case) -> Places:
    is_unborn = any(child.kind is BirthKind.UNBORN for _, child in case.subjects())
    if is_unborn and not _is_heard(case, Profession.MIDWIFE):
        yield "/professionals"


@rule(
    "SD-029",
    "/professionals",
    "Bring in the foster carer's service or the children's home.",
    level=Level.WARN,
    source="WT2023 via West Yorks/Tees",
)
def carers_were_heard_about_a_child_in_care(case: Case) -> Places:
    is_in_care = any(not LIVES_WITH_CARERS.isdisjoint(child.legal_status or ()) for _, child in case.subjects())
    if is_in_care and all(one.agency is not Agency.PLACEMENT for one in contributed(case.document)):
        yield "/professionals"


def _goes_to_school(case: Case) -> bool:
    held = held_on(case.document)
    first, last = case.profile["school_age_from"], case.profile["school_age_to"]
    return held is not None and any(
        child.born_on is not None and first <= age_on(held, child.born_on) <= last for _, child in case.subjects()
    )


@rule(
    "SD-030",
    "/professionals",
    "Bring in the school or say how it was asked.",
    level=Level.WARN,
    source="WT2023 via West Yorks (education named)",
    parameters=("school_age_from", "school_age_to"),
)
def the_school_was_heard_about_a_child_of_school_age(case: Case) -> Places:
    if case.document.meeting.type is MeetingType.OUT_OF_HOURS or not _goes_to_school(case):
        return
    if all(one.agency is not Agency.EDUCATION for one in contributed(case.document)):
        yield "/professionals"
