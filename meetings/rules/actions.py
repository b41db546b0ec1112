"""Rules about actions: words, one owner, a time, and what became of earlier ones."""

from __future__ import annotations

from datetime import date

from meetings.calendar import is_working_day
from meetings.documents import Action, Discussion
from meetings.facts import dates_of
from meetings.folding import plain
from meetings.rules.machinery import Case, Level, Places, rule
from meetings.vocabulary import (
    ACTION_ENDED,
    SECTION_47_STARTS,
    SOCIAL_CARE_AGENCIES,
    Agency,
    Decision,
    Presence,
    ProfessionalKind,
)

NO_NAME = frozenset(
    {
        "all",
        "all agencies",
        "all professionals",
        "tbc",
        "tba",
        "tbd",
        "t.b.c",
        "team",
        "everybody",
        "everyone",
        "anybody",
        "anyone",
        "somebody",
        "someone",
        "nobody",
        "no one",
        "none",
        "to be confirmed",
        "to be agreed",
        "to be decided",
        "to be allocated",
        "n/a",
        "not known",
        "unknown",
        "-",
        "–",
        "?",
    }
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
    words = plain(name or "").strip(".").casefold().removeprefix("the ")
    return bool(words) and words not in NO_NAME and words not in AGENCY_WORDS


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
    "SD-071",
    "/actions/*/accepted",
    "Ring the owner, who was not in the meeting, and record the acceptance.",
    level=Level.WARN,
    source="Own requirement (from HMICFRS 2017: communication between officers poor)",
)
def an_owner_who_was_not_there_accepted(case: Case) -> Places:
    for number, action in enumerate(case.document.actions or ()):
        owner = case.professionals.get(action.owner or "")
        if owner is None or owner.kind is ProfessionalKind.GROUP or owner.presence is Presence.ATTENDED:
            continue  # a group is no owner: SD-070 says so
        for name in ("by", "at"):
            if getattr(action.accepted, name) is None:
                yield f"/actions/{number}/accepted/{name}"


@rule(
    "SD-072",
    "/actions",
    "Add the action social care, and police if joint, will take to start the enquiry.",
    source="practice standards (unnamed authority) 1.6 (record must include planning of the s47)",
)
def an_enquiry_has_an_action_of_each_agency(case: Case) -> Places:
    owners = [case.professionals.get(action.owner or "") for action in case.document.actions or ()]
    owning = {owner.agency for owner in owners if owner is not None}
    is_started = case.any_decision(SECTION_47_STARTS)
    is_joint = case.any_decision({Decision.S47_JOINT})
    if (is_started and owning.isdisjoint(SOCIAL_CARE_AGENCIES)) or (is_joint and Agency.POLICE not in owning):
        yield "/actions"


def _booked_for(case: Case) -> dict[str, date]:
    outcomes = [outcome for _, outcome in case.decided()]
    return {one.child: one.conference.booked_on for one in outcomes if one.conference.booked_on is not None}


@rule(
    "SD-073",
    "/actions/*/deadline",
    "Move this action before the booked conference of the child it is about.",
    level=Level.WARN,
    source="Own requirement",
)
def work_is_done_before_the_conference(case: Case) -> Places:
    booked_for = _booked_for(case)
    for number, action in enumerate(case.document.actions or ()):
        due_at = action.deadline.due_at
        conferences = [booked_for[child] for child in action.about or () if child in booked_for]
        if due_at is not None and any(due_at.date() > day for day in conferences):
            yield f"/actions/{number}/deadline/due_at"


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
    forgotten = set(open_actions(case.earlier[-1])) - answered
    for number, entry in enumerate(entries):
        if entry.ref in forgotten:
            yield f"/earlier_actions/{number}/status"
    if not forgotten <= {entry.ref for entry in entries}:
        yield "/earlier_actions"


def _targets(case: Case) -> dict[str, date]:
    """Return the conference target of each child, except where no conference is needed."""
    found = {}
    for child in case.document.children or ():
        target = dates_of(child, case.document, case.profile, case.discussions).conference_target_on
        if target is not None:
            found[str(child.id)] = target
    return found


@rule(
    "SD-132",
    "/actions/*/deadline",
    "Check the due time: it is after the next review, after the conference target or on a day this agency does "
    "not work.",
    level=Level.INFO,
    source="Own requirement (split from SD-073)",
    parameters=("round_the_clock_agencies", "conference_working_days", "bank_holidays"),
    needs=("history:earlier_meetings",),
)
def each_action_is_due_at_a_useful_time(case: Case) -> Places:
    targets = _targets(case)
    next_at = case.document.review.next_at
    always_working = case.profile["round_the_clock_agencies"]
    for number, action in enumerate(case.document.actions or ()):
        due_at = action.deadline.due_at
        if due_at is None:
            continue
        owner = case.professionals.get(action.owner or "")
        rests = owner is not None and owner.agency is not None and owner.agency not in always_working
        if (
            (next_at is not None and due_at > next_at)
            or any(due_at.date() > targets[child] for child in action.about or () if child in targets)
            or (rests and not is_working_day(due_at.date(), case.profile.holidays))
        ):
            yield f"/actions/{number}/deadline/due_at"
