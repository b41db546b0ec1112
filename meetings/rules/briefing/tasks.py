"""Rules about the actions of a briefing: owner, time, words, proof and order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

from meetings.documents import Action, Marking, Professional
from meetings.questions import Words
from meetings.rules.machinery import BriefingCase, Gate, Level, Places, rule
from meetings.vocabulary import ActionStatus, Agency, Priority, ProfessionalKind


def actions(case: BriefingCase) -> Iterator[tuple[str, Action]]:
    """Yield each action with its place."""
    for number, one in enumerate(case.document.actions or ()):
        yield f"/actions/{number}", one


def _is_reachable(owner: Professional) -> bool:
    contact = owner.contact
    return bool(owner.name and owner.agency and owner.role and (contact.phone or contact.out_of_hours or contact.email))


def _is_marked(marking: Marking) -> bool:
    return marking.tier is not None and marking.code is not None


def _leads_to(ref: Words | None, after: set[Words], waits: Mapping[Words, set[Words]]) -> bool:
    """Whether an action comes back to itself through those it waits for."""
    seen: set[Words] = set()
    waiting = list(after)
    while waiting:
        one = waiting.pop()
        if one == ref:
            return True
        if one not in seen:
            seen.add(one)
            waiting.extend(waits.get(one, ()))
    return False


@rule(
    "IIM-ACT-01",
    "/actions/*/owner",
    "Name the owner, a person or a duty post, with role, agency and a contact.",
    gate=Gate.ISSUE,
    source="HMIC West Mercia 2013 (actions agreed clearly outlined)",
)
def each_action_has_an_owner_who_can_be_reached(case: BriefingCase) -> Places:
    for place, action in actions(case):
        owner = case.professionals.get(action.owner or "")
        if owner is None or owner.kind is ProfessionalKind.GROUP or not _is_reachable(owner):
            yield f"{place}/owner"


@rule(
    "IIM-ACT-02",
    "/actions/*/deadline",
    "Give a due time, or an event and how long after it.",
    gate=Gate.ISSUE,
    source="HMIC West Mercia 2013",
)
def each_action_has_a_time(case: BriefingCase) -> Places:
    for place, action in actions(case):
        if action.deadline.due_at is None and (action.deadline.event is None or action.deadline.within is None):
            yield f"{place}/deadline"


@rule(
    "IIM-ACT-03",
    "/actions/*/deadline/due_at",
    "Correct the due time: it is before this was written.",
    gate=Gate.ISSUE,
    source="design choice (confirm locally)",
)
def no_action_was_due_before_it_was_written(case: BriefingCase) -> Places:
    written = case.document.provenance.recorded_at
    for place, action in actions(case):
        due = action.deadline.due_at
        if case.document.version == 1 and action.status is ActionStatus.OPEN and due and written and due <= written:
            yield f"{place}/deadline/due_at"


@rule(
    "IIM-ACT-04",
    "/actions/*/evidence",
    "Say what will prove it was done.",
    level=Level.WARN,
    gate=Gate.ISSUE,
    source="design choice (confirm locally)",
)
def what_will_prove_it_is_said(case: BriefingCase) -> Places:
    for place, action in actions(case):
        if action.evidence.needed is None:
            yield f"{place}/evidence/needed"


@rule(
    "IIM-ACT-05",
    "/actions/*/legal_basis",
    "Name the power or duty for this action.",
    level=Level.WARN,
    gate=Gate.ISSUE,
    source="College of Policing APP Operations: briefing and debriefing",
)
def police_act_on_a_power_or_duty(case: BriefingCase) -> Places:
    for place, action in actions(case):
        owner = case.professionals.get(action.owner or "")
        if owner is not None and owner.agency is Agency.POLICE and not action.legal_basis:
            yield f"{place}/legal_basis"


@rule(
    "IIM-ACT-06",
    "/actions/*/text",
    "Say exactly what to do, in {action_text_max} characters, without 'asap', 'tbc' or 'monitor'.",
    level=Level.WARN,
    gate=Gate.ISSUE,
    source="JESIP briefing (jesip.org.uk/briefing) (unambiguous language)",
    parameters=("action_text_max", "vague_words"),
)
def an_action_says_exactly_what_to_do(case: BriefingCase) -> Places:
    vague = re.compile("|".join(rf"(?<!\w){re.escape(word.casefold())}(?!\w)" for word in case.profile["vague_words"]))
    for place, action in actions(case):
        words = action.text or ""
        if len(words) > case.profile["action_text_max"] or vague.search(" ".join(words.casefold().split())):
            yield f"{place}/text"


@rule(
    "IIM-ACT-07",
    "/actions/*/after",
    "Mend the order: an action waits for one that is missing or for itself.",
    gate=Gate.ISSUE,
    source="design choice (confirm locally)",
)
def no_action_waits_for_what_never_comes(case: BriefingCase) -> Places:
    waits = {action.ref: set(action.after or ()) for _, action in actions(case) if action.ref is not None}
    for place, action in actions(case):
        after = set(action.after or ())
        if not after <= waits.keys() or _leads_to(action.ref, after, waits):
            yield f"{place}/after"


@rule(
    "IIM-ACT-08",
    "/actions/*/deadline",
    "Move the due time after the action it waits for.",
    level=Level.INFO,
    gate=Gate.ISSUE,
    source="design choice (confirm locally)",
)
def no_action_is_due_before_what_it_waits_for(case: BriefingCase) -> Places:
    due = {action.ref: action.deadline.due_at for _, action in actions(case)}
    for place, action in actions(case):
        mine = action.deadline.due_at
        others = [due.get(ref) for ref in action.after or ()]
        if mine is not None and any(other is not None and mine < other for other in others):
            yield f"{place}/deadline/due_at"


@rule(
    "IIM-ACT-09",
    "/actions/*/evidence/provided",
    "Add the proof, by whom and when, before marking it done.",
    gate=Gate.TRACK,
    source="HMIC West Mercia 2013",
)
def what_was_done_is_proved(case: BriefingCase) -> Places:
    for place, action in actions(case):
        proofs = action.evidence.provided or ()
        if action.status is ActionStatus.DONE and not any(one.text and one.by and one.at for one in proofs):
            yield f"{place}/evidence/provided"


@rule(
    "IIM-ACT-10",
    "/actions/*/priority",
    "Bring the due time within {immediate_action_hours} hours or lower the priority.",
    level=Level.INFO,
    gate=Gate.ISSUE,
    source="design choice (confirm locally)",
    parameters=("immediate_action_hours",),
)
def what_is_immediate_is_done_soon(case: BriefingCase) -> Places:
    written = case.document.provenance.recorded_at
    limit = timedelta(hours=case.profile["immediate_action_hours"])
    for place, action in actions(case):
        due = action.deadline.due_at
        if action.priority is Priority.IMMEDIATE and due is not None and written is not None and due - written > limit:
            yield f"{place}/deadline/due_at"


@rule(
    "IIM-ACT-11",
    "/actions/*/deadline",
    "Bring the action inside the life of the briefing.",
    level=Level.INFO,
    gate=Gate.ISSUE,
    source="design choice (confirm locally)",
)
def no_action_outlives_the_briefing(case: BriefingCase) -> Places:
    until = case.document.validity.until
    for place, action in actions(case):
        if until is not None and action.deadline.due_at is not None and action.deadline.due_at > until:
            yield f"{place}/deadline/due_at"


@rule(
    "IIM-ACT-12",
    "/actions/*/marking",
    "Give the briefing or the action a marking and handling code.",
    gate=Gate.ISSUE,
    source="Government Security Classifications Policy (gov.uk, upd. 5 Aug 2024)",
)
def each_action_can_be_handled(case: BriefingCase) -> Places:
    for place, action in actions(case):
        if not _is_marked(action.marking) and not _is_marked(case.document.marking):
            yield f"{place}/marking"


@rule(
    "IIM-ACT-13",
    "/actions/*/agreed_by",
    "Get the owner's agency to agree: it was not at the meeting.",
    level=Level.WARN,
    gate=Gate.ISSUE,
    source="HMIC West Mercia 2013",
)
def the_agency_of_the_owner_agreed(case: BriefingCase) -> Places:
    for place, action in actions(case):
        owner = case.professionals.get(action.owner or "")
        accepted = action.accepted.by is not None and action.accepted.at is not None
        if owner is not None and owner.agency not in (action.agreed_by or ()) and not accepted:
            yield f"{place}/agreed_by"
