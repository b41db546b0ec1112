"""Rules about what parents and carers are told, and in which language."""

from __future__ import annotations

from meetings.documents import Telling
from meetings.facts import told_without_reason
from meetings.folding import folded_name
from meetings.rules.machinery import Case, Level, Places, rule
from meetings.vocabulary import Concern, Investigation, Tell


def _gaps_in_telling(line: Telling) -> list[str]:
    if line.tell is None:
        return ["tell"]
    if line.tell is Tell.NOT_YET:
        needed = ["reason", "decided_by", "review_at"]
    elif line.tell is Tell.NO:
        needed = ["reason"]
    else:
        needed = ["by", "text", *(["reason"] if line.tell is Tell.PART else [])]
    gaps = [name for name in needed if getattr(line, name) is None]
    if line.tell in (Tell.ALL, Tell.PART) and line.at is None and line.on is None:
        gaps.append("at")
    return gaps


@rule(
    "SD-060",
    "/telling",
    "Say who tells each parent what and when, or who decided not to yet, why, and when that is looked at again.",
    source="Doncaster text of WT2023; Sussex 4.6.5; FRG; Surrey 14",
)
def each_parent_is_told_or_there_is_a_reason(case: Case) -> Places:
    subjects: set[str] = {child.id for _, child in case.subjects()}
    has_parents = any(
        not subjects.isdisjoint([*(adult.parent_of or ()), *(adult.parental_responsibility_for or ())])
        for adult in case.document.adults or ()
    )
    if has_parents and not case.document.telling:
        yield "/telling"
    for number, line in enumerate(case.document.telling or ()):
        for name in _gaps_in_telling(line):
            yield f"/telling/{number}/{name}"


@rule(
    "SD-119",
    "/telling",
    "Add a line for each person with parental responsibility: told, told part, not yet, or not to be told.",
    level=Level.WARN,
    source="Leeds; NSCB s46 (everyone with PR)",
)
def nobody_with_parental_responsibility_is_forgotten(case: Case) -> Places:
    subjects: set[str] = {child.id for _, child in case.subjects()}
    thought_of: set[str | None] = {line.adult for line in case.document.telling or ()}
    for adult in case.document.adults or ():
        if adult.id not in thought_of and not subjects.isdisjoint(adult.parental_responsibility_for or ()):
            yield "/telling"
            return


@rule(
    "SD-126",
    "/telling",
    "Do not tell or approach family or community until police and social care agree it is safe.",
    source="HM Government multi-agency guidance on forced marriage and 'honour'-based abuse (confirm locally)",
)
def family_is_not_warned_of_honour_based_harm(case: Case) -> Places:
    if case.concerns(Concern.HONOUR_BASED_ABUSE, Concern.FORCED_MARRIAGE, Concern.FGM):
        for number, _ in told_without_reason(case.document):
            yield f"/telling/{number}/reason"


@rule(
    "SD-127",
    "/telling",
    "Ask the officer in the case before this adult is told, and record the answer.",
    level=Level.WARN,
    source="Working Together to Safeguard Children 2023; police practice (confirm locally)",
)
def a_suspect_is_told_only_with_the_officers_agreement(case: Case) -> Places:
    investigation = case.document.criminal_investigation
    if investigation.status not in (Investigation.OPEN, Investigation.NOT_YET):
        return
    for number, line in told_without_reason(case.document):
        adult = case.adults.get(line.adult or "")
        if line.adult in (investigation.suspects or ()) or (adult is not None and adult.of_concern):
            yield f"/telling/{number}/reason"


def _is_family(name: str | None, case: Case) -> bool:
    wanted = folded_name(name or "")
    family = [*(case.document.children or ()), *(case.document.adults or ())]
    names = [known for one in family for known in (one.name, one.other_script, *(one.known_as or ())) if known]
    return bool(wanted) and any(folded_name(known) == wanted for known in names)


@rule(
    "SD-117",
    "/interpreting",
    "Use a professional interpreter, never family, friends or a child.",
    source="Doncaster ('family members, children or friends must never be used')",
)
def the_interpreter_is_a_professional(case: Case) -> Places:
    interpreting = case.document.interpreting
    if interpreting.needed:
        for name in ("language", "mode", "arranged_by"):
            if getattr(interpreting, name) is None:
                yield f"/interpreting/{name}"
        if interpreting.family_or_friend is not False:
            yield "/interpreting/family_or_friend"
        if _is_family(interpreting.name, case):
            yield "/interpreting/name"
    elif interpreting.needed is False:
        family = [*(case.document.children or ()), *(case.document.adults or ())]
        if any(one.interpreter is not None for one in family):
            yield "/interpreting/needed"
