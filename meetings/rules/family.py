"""Rules about the children the discussion is about and the people around them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from meetings.documents import Child, Person, Professional
from meetings.facts import held_on, received_on
from meetings.rules.machinery import Case, Gate, Level, Places, rule
from meetings.vocabulary import BirthKind, Disability, Ethnicity, ReferenceKind, Sex

UNBORN_NAME = "Unborn baby "
"""How the name of an unborn child begins, followed by the mother's surname."""


@rule(
    "SD-001",
    "/children",
    "Add at least one child as the subject, and say why each other child you listed is not a subject.",
    hard=True,
    source="Leeds SCP tips (all children in household discussed; non-resident parents considered); Laming; ICS "
    "exemplar (one record per child)",
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
    "Give each subject child a date of birth or an expected date of birth, never both; if neither is known, say "
    "so in words.",
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
    "For an unborn baby choose sex U, name it 'Unborn baby' and the mother's surname, link the mother and give "
    "the due date.",
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
    "SD-004",
    "/referral/received_at",
    "Check the referral date: it is more than {referral_before_birth_days} days before the birth.",
    level=Level.INFO,
    source="CIN 8606",
    parameters=("referral_before_birth_days",),
    nations=("England",),
)
def the_referral_is_not_long_before_the_birth(case: Case) -> Places:
    received = received_on(case.document)
    most = case.profile["referral_before_birth_days"]
    dates = [day for _, child in case.subjects() for day in (child.born_on, child.due_on) if day is not None]
    if received is not None and any((day - received).days > most for day in dates):
        yield "/referral/received_at"


@rule(
    "SD-005",
    "/children/*/links",
    "Shorten the authority's child number to {la_child_id_max_length} letters and digits.",
    level=Level.INFO,
    source="CIN 1570, 1580; SSD pers_person_id guidance",
    parameters=("la_child_id_max_length",),
    nations=("England",),
)
def the_number_of_each_child_fits_the_census(case: Case) -> Places:
    fits = re.compile(rf"[A-Za-z0-9]{{1,{case.profile['la_child_id_max_length']}}}")
    for place, child in case.subjects():
        for number, link in enumerate(child.links or ()):
            if link.kind is ReferenceKind.LA_CHILD_ID and not fits.fullmatch(link.value or ""):
                yield f"{place}/links/{number}/value"


def _gaps_in_identity(child: Child) -> list[str]:
    gaps = []
    if child.ethnicity in (None, Ethnicity.NOBT):
        gaps.append("ethnicity")
    if not child.disabilities or (Disability.NONE in child.disabilities and len(child.disabilities) > 1):
        gaps.append("disabilities")
    if child.languages is None and child.kind is not BirthKind.UNBORN:
        gaps.append("languages")
    return gaps


@rule(
    "SD-006",
    "/children/*",
    "Ask about ethnicity, disability, first language and whether an interpreter is needed, and fill the gaps.",
    level=Level.WARN,
    source="CIN 8540/8790/ethnicity table; Sussex 1.9.4 (establish communication needs at referral)",
)
def the_needs_of_each_child_were_asked_about(case: Case) -> Places:
    for place, child in case.subjects():
        for gap in _gaps_in_identity(child):
            yield f"{place}/{gap}"
    if case.document.interpreting.needed is None:
        yield "/interpreting/needed"


def _everybody(case: Case) -> Iterator[tuple[str, Person | Professional]]:
    for name in ("children", "adults", "professionals"):
        for number, one in enumerate(getattr(case.document, name) or ()):
            yield f"/{name}/{number}", one


@rule(
    "SD-007",
    "/children/*/name",
    "Nothing to do: this name is kept and printed exactly as typed.",
    level=Level.INFO,
    gate=Gate.ENTRY,
    source="Own requirement; names in the example data",
)
def every_name_is_plain_ascii(case: Case) -> Places:
    for place, person in _everybody(case):
        if person.name is not None and not person.name.isascii():
            yield f"{place}/name"
        if not isinstance(person, Professional) and person.other_script is not None:
            yield f"{place}/other_script"


@rule(
    "SD-101",
    "/children/*/pregnancy",
    "Fill in gestation and maternity alert; near the due date also place of birth and birth plan, or an action "
    "to make them.",
    source="Walsall; Cambridgeshire; IOPC 2020 (Child A)",
    parameters=("birth_plan_within_days",),
)
def the_birth_is_prepared_for(case: Case) -> Places:
    held = held_on(case.document)
    someone_plans = any("birth" in (action.text or "").casefold() for action in case.document.actions or ())
    for place, child in case.subjects():
        if child.kind is not BirthKind.UNBORN:
            continue
        needed = ["gestation", "maternity_alert"]
        if held is not None and child.due_on is not None and not someone_plans:
            is_near = (child.due_on - held).days <= case.profile["birth_plan_within_days"]
            needed += ["place_of_birth", "birth_plan"] if is_near else []
        for name in needed:
            if getattr(child.pregnancy, name) is None:
                yield f"{place}/pregnancy/{name}"
