"""Rules about what parents are told, and about actions: words, one owner, a time, and what became of earlier ones."""

from __future__ import annotations

from meetings.documents import Action, Discussion, Telling
from meetings.rules.machinery import Case, Places, rule
from meetings.vocabulary import (
    ACTION_ENDED,
    SOCIAL_CARE_AGENCIES,
    Agency,
    Decision,
    ProfessionalKind,
    Tell,
)

NO_NAME = frozenset(
    {"all", "tbc", "team", "everybody", "everyone", "to be confirmed", "to be allocated", "n/a", "unknown"}
)
"""What stands where a name should be and is none; so does the bare name of an agency."""

AGENCY_WORDS = frozenset(
    {
        "health",
        "police",
        "social care",
        "children's social care",
        "children’s social care",
        "education",
        "school",
        "housing",
        "probation",
        "legal",
    }
    | {str(agency).replace("_", " ") for agency in Agency}
    | {agency.label.casefold() for agency in Agency}
)


def is_a_name(name: str | None) -> bool:
    """Whether these words can be the name of a person or post: not an agency, a team or “TBC”.

    >>> [is_a_name(words) for words in ("Ada Finch", "Health", "TBC", "the team", "Duty Inspector", None)]
    [True, False, False, False, True, False]
    """
    words = (name or "").strip().strip(".").casefold().removeprefix("the ")
    return bool(words) and words not in NO_NAME and words not in AGENCY_WORDS


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
    subjects = {child.id for child in case.document.subjects}
    has_parents = any(
        not subjects.isdisjoint([*(adult.parent_of or ()), *(adult.parental_responsibility_for or ())])
        for adult in case.document.adults or ()
    )
    if has_parents and not case.document.telling:
        yield "/telling"
    for number, line in enumerate(case.document.telling or ()):
        for name in _gaps_in_telling(line):
            yield f"/telling/{number}/{name}"


def _gaps_in_action(action: Action, case: Case) -> list[str]:
    gaps = []
    if action.text is None:
        gaps.append("text")
    owner = case.professionals.get(action.owner or "")
    if owner is None or owner.kind is ProfessionalKind.GROUP or owner.agency is None or not is_a_name(owner.name):
        gaps.append("owner")
    deadline = action.deadline
    if deadline.due_at is None and (deadline.event is None or deadline.within is None):
        gaps.append("deadline/due_at")
    if not any(one in case.people for one in action.about or ()):
        gaps.append("about")
    return gaps


@rule(
    "SD-070",
    "/actions",
    "Give this action words, one named owner, a due time (or an event and how long after it) and the people it is for.",
    hard=True,
    source="Doncaster text of WT2023 ('who will do what by when'); HMIC West Mercia 2013; Laming",
)
def each_action_has_words_owner_time_and_people(case: Case) -> Places:
    for number, action in enumerate(case.document.actions or ()):
        for gap in _gaps_in_action(action, case):
            yield f"/actions/{number}/{gap}"


@rule(
    "SD-072",
    "/actions",
    "Add the action social care, and police if joint, will take to start the enquiry.",
    source="practice standards (unnamed authority) 1.6 (record must include planning of the s47)",
)
def an_enquiry_has_an_action_of_each_agency(case: Case) -> Places:
    outcomes = case.document.outcomes or []
    owners = [case.professionals.get(action.owner or "") for action in case.document.actions or ()]
    owning = {owner.agency for owner in owners if owner is not None}
    started = any(outcome.starts_section_47 for outcome in outcomes)
    joint = any(outcome.decision.code is Decision.S47_JOINT for outcome in outcomes)
    if (started and owning.isdisjoint(SOCIAL_CARE_AGENCIES)) or (joint and Agency.POLICE not in owning):
        yield "/actions"


def open_actions(earlier: Discussion) -> list[str]:
    """Return the references of the actions of an earlier discussion of which something is still expected."""
    return [action.ref or action.id for action in earlier.actions or () if action.status not in ACTION_ENDED]


@rule(
    "SD-074",
    "/earlier_actions",
    "Give every action of the earlier meeting its status before adding new ones.",
    source="Doncaster text of WT2023 ('follow up actions to make sure what was agreed gets done'); Sussex 6.6 (review "
    "strategy discussions progress outstanding actions)",
    needs=("history:earlier_meetings",),
)
def each_earlier_action_has_a_status(case: Case) -> Places:
    if case.document.previous is None:
        return
    entries = case.document.earlier_actions or []
    if not case.earlier:
        if not entries:
            yield "/earlier_actions"
        return
    answered = {entry.ref for entry in entries if entry.status is not None}
    for number, entry in enumerate(entries):
        if entry.status is None:
            yield f"/earlier_actions/{number}/status"
    if any(ref not in answered for ref in open_actions(case.earlier[-1])) and not any(
        entry.status is None for entry in entries
    ):
        yield "/earlier_actions"
