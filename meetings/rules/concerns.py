"""Rules that one concern switches on: exploitation, FGM, illness, allegations, other authorities and the rest."""

from __future__ import annotations

from meetings.facts import approached, contributed, has_link, held_on, told_without_reason
from meetings.rules.machinery import Case, Gate, Level, Places, rule
from meetings.vocabulary import (
    Agency,
    Audience,
    Concern,
    PlanStatus,
    Presence,
    Profession,
    ReferenceKind,
)


@rule(
    "SD-106",
    "/exploitation",
    "Record whether an NRM referral and a MACE referral are made.",
    level=Level.WARN,
    source="Cambs (NRM); London CE protocol contents",
)
def the_exploitation_referrals_are_decided(case: Case) -> Places:
    if case.concerns(Concern.EXPLOITATION):
        for name in ("nrm", "mace"):
            if getattr(case.document.exploitation, name).decision is None:
                yield f"/exploitation/{name}/decision"


@rule(
    "SD-107",
    "/fgm",
    "If a girl under 18 said it or signs were seen, record who told police, when, and the number. If she is only "
    "at risk, say so and protect her now.",
    source="gov.uk FGM guidance (duty); CYPN (end of next working day)",
    parameters=("fgm_report_working_days", "fgm_report_latest_months", "bank_holidays"),
    nations=("England", "Wales"),
)
def fgm_is_reported_to_police(case: Case) -> Places:
    fgm = case.document.fgm
    if fgm.disclosed_at is None:
        if case.concerns(Concern.FGM) and fgm.text is None:
            yield "/fgm/disclosed_at"
        return
    for name in ("reported_by", "reported_at", "ref"):
        if getattr(fgm, name) is None:
            yield f"/fgm/{name}"
    if fgm.reported_at is None or fgm.text is not None:
        return
    if fgm.reported_at.date() > case.last_day("fgm_report_working_days", fgm.disclosed_at):
        yield "/fgm/text"


def _consultant_was_heard(case: Case) -> bool:
    doctors = (Profession.PAEDIATRICIAN, Profession.OTHER_DOCTOR)
    heard: set[str | None] = {one.id for one in contributed(case.document) if one.profession in doctors}
    return case.document.fii.consultant in heard


@rule(
    "SD-108",
    "/fii",
    "Agree what parents are told, by whom and when; tell them nothing if that could put the child at immediate "
    "risk. Keep the full copy to the named list.",
    source="Surrey 8.7 (consultant responsible should be involved); Liverpool and Northumberland FII chapters",
)
def nobody_is_warned_of_suspected_fabricated_illness(case: Case) -> Places:
    if not case.concerns(Concern.FII) and not case.opens("fii"):
        return
    for number, _ in told_without_reason(case.document):
        yield f"/telling/{number}/reason"
    readers: list[str] = [*(case.document.fii.restricted_to or ())]
    if not readers:
        yield "/fii/restricted_to"
    for number, entry in enumerate(case.document.circulation or ()):
        if entry.audience is Audience.FULL and entry.to not in readers:
            yield f"/circulation/{number}/to"
    if not _consultant_was_heard(case):
        yield "/fii/consultant"


# ── Allegations against people who work with children ────────────────────────────────────────────────────────────


def _is_allegation(case: Case) -> bool:
    return case.concerns(Concern.POSITION_OF_TRUST) or case.opens("position_of_trust")


def _colleagues_without_entry(case: Case) -> bool:
    """Whether somebody of the employer takes part in the matter and nobody recorded a conflict of interest."""
    document = case.document
    employer = (document.position_of_trust.employer or "").casefold().strip()
    if not employer:
        return False
    investigation = document.criminal_investigation
    closest: set[str | None] = {document.meeting.chair, document.provenance.recorded_by, investigation.officer_in_case}
    recorded: set[str | None] = {entry.by for entry in document.conflicts.entries or ()}
    return any(
        (one.organisation or "").casefold().strip().startswith(employer) and one.id not in recorded
        for one in document.professionals or ()
        if one.presence is Presence.ATTENDED or one.id in closest
    )


@rule(
    "SD-109",
    "/position_of_trust",
    "Tell the LADO within one working day, ask the LADO who from the employer may be told, and record conflicts.",
    source="Barking & Dagenham 24 h; Solihull (hold with PoT meeting); Cheshire East; conflict check is our own "
    "requirement",
    parameters=("lado_working_days", "bank_holidays"),
    nations=("England",),
)
def the_lado_was_told_at_once_and_no_colleague_decides(case: Case) -> Places:
    if not _is_allegation(case):
        return
    trust = case.document.position_of_trust
    for name in ("adult", "employer", "known_at", "lado_told_at"):
        if getattr(trust, name) is None:
            yield f"/position_of_trust/{name}"
    limit = case.last_day("lado_working_days", trust.known_at) if trust.known_at is not None else None
    if limit is not None and trust.lado_told_at is not None and trust.lado_told_at.date() > limit:
        yield "/position_of_trust/lado_told_at"
    if all(one.agency is not Agency.LADO for one in approached(case.document)):
        yield "/professionals"
    if _colleagues_without_entry(case):
        yield "/conflicts/entries"


@rule(
    "SD-121",
    "/conflicts/asked_of_all",
    "Ask everybody in the room about conflicts of interest.",
    hard=True,
    source="Own requirement (split from SD-109 so that only the question itself is absolute)",
    nations=("England", "Wales"),
)
def everybody_was_asked_about_conflicts_in_an_allegation(case: Case) -> Places:
    if _is_allegation(case) and not case.document.conflicts.asked_of_all:
        yield "/conflicts/asked_of_all"


@rule(
    "SD-110",
    "/risk_to_children",
    "Invite probation or the officer who manages this adult.",
    level=Level.WARN,
    source="Rotherham, Norfolk 9.1, MK (term discontinued)",
)
def who_manages_a_risky_adult_was_asked(case: Case) -> Places:
    if not case.concerns(Concern.RISK_TO_CHILDREN) and not case.opens("risk_to_children"):
        return
    was_asked = any(one.agency is Agency.PROBATION for one in approached(case.document))
    if case.document.risk_to_children.managed_by is None and not was_asked:
        yield "/risk_to_children/managed_by"


# ── More than one authority ──────────────────────────────────────────────────────────────────────────────────────


@rule(
    "SD-113",
    "/responsibility",
    "Get the acceptance in writing, or add the action that asks for it; until then the host keeps the emergency duty.",
    source="N. Yorks/Herts/BFG text; Lincolnshire",
)
def one_authority_accepted_in_writing(case: Case) -> Places:
    if not case.concerns(Concern.CROSS_BORDER) and not case.opens("responsibility"):
        return
    responsibility = case.document.responsibility
    for name in ("host", "home", "now"):
        if getattr(responsibility, name) is None:
            yield f"/responsibility/{name}"
    if not case.is_action(responsibility.acceptance_action):
        for name in ("in_writing", "accepted_by", "accepted_at"):
            if not getattr(responsibility, name):
                yield f"/responsibility/{name}"


@rule(
    "SD-114",
    "/responsibility",
    "Note that the plan stays with the old area until its transfer-in conference.",
    level=Level.INFO,
    gate=Gate.TRACK,
    source="Tees; Bolton; Wales",
)
def no_plan_moves_between_areas(case: Case) -> Places:
    has_plan = any(child.plan.status is PlanStatus.CURRENT for _, child in case.subjects())
    if has_plan and case.concerns(Concern.CROSS_BORDER):
        yield "/responsibility"


# ── Other concerns ───────────────────────────────────────────────────────────────────────────────────────────────


@rule(
    "SD-115",
    "/concerns",
    "Hold a separate discussion for the child alleged to have caused the harm, and link it.",
    level=Level.WARN,
    source="Solihull; Cambs",
)
def the_child_who_harmed_has_a_discussion_too(case: Case) -> Places:
    if case.concerns(Concern.CHILD_ON_CHILD) and not has_link(case.document, ReferenceKind.STRATEGY_DISCUSSION):
        yield "/links"


@rule(
    "SD-129",
    "/concerns",
    "Name who decides on the serious incident notification, within five working days.",
    level=Level.WARN,
    source="Children Act 2004 s16C; Working Together to Safeguard Children 2023",
    parameters=("incident_notification_working_days", "bank_holidays"),
    nations=("England",),
)
def somebody_decides_on_the_serious_incident_notification(case: Case) -> Places:
    held = held_on(case.document)
    if not case.concerns(Concern.DEATH_OR_SERIOUS_INJURY):
        return
    due = [
        action.deadline.due_at.date()
        for action in case.document.actions or ()
        if "notif" in (action.text or "").casefold() and action.deadline.due_at is not None
    ]
    if held is None or not any(day <= case.last_day("incident_notification_working_days", held) for day in due):
        yield "/actions"
