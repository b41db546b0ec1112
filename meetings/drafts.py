"""Working on a draft in hand: its parts, new rows with their local ids, and what lists show of it.

Who may do it, and keeping it, is the desk's affair. Nothing here opens a database.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from meetings.documents import BRIEFING, Action, Document, DocumentKind, Outcome, Risk
from meetings.parts import LOCAL_ID_LETTER, OUTCOME_OF, Json, Layout, Part
from meetings.store import Draft
from meetings.titles import title_of
from meetings.vocabulary import ActionKind, ActionStatus, BirthKind, DocumentStatus, ReferenceKind, Seen

LONGEST_NUMBER = 200
"""Signs of a child's number by which records of the same child are found; the record keeps it whole."""


class Refusal(Exception):
    """Something asked for cannot be done; the sentence says why and what to do next."""


class NoSuchPart(Refusal):
    """A part or field was named that this record does not have."""


def empty(data: Json, kind: DocumentKind) -> Draft:
    """Return a record of that kind with the envelope of a document and nothing in it."""
    return Draft(
        id=data["id"],
        kind=kind.name,
        ref=data["ref"],
        version=data["version"],
        status=DocumentStatus.DRAFT,
        profile=data.get("profile"),
        asked=set(),
        numbers={},
        counter=1,
        title="",
        held_at=None,
        recorder="",
        parts={},
        signoffs=[],
    )


def parts(pairs: Sequence[tuple[str, Json]]) -> dict[str, Part]:
    """Return new parts from pairs of name and body, in their order."""
    found = [Part(str(uuid.uuid4()), name, position, 1, body) for position, (name, body) in enumerate(pairs)]
    return {one.id: one for one in found}


def parts_of(document: Json, layout: Layout) -> dict[str, Part]:
    """Return new parts with what stands in a document."""
    pairs, _ = layout.take_apart(document)
    return parts(pairs)


def parts_again(draft: Draft, document: Json) -> dict[str, Part]:
    """Return the parts of a draft as they stand in a document: each that is there already keeps its id and origin."""
    pairs, _ = draft.layout.take_apart(document)
    left = sorted(draft.parts.values(), key=lambda one: one.position)
    found: dict[str, Part] = {}
    for position, (name, body) in enumerate(pairs):
        mine = [one for one in left if one.name == name]
        same = next((one for one in mine if _is_the_same(draft.layout, one, body)), None)
        if same is None:
            same = Part(str(uuid.uuid4()), name, position)
        else:
            left.remove(same)
        found[same.id] = Part(same.id, name, position, same.version, body, origin=same.origin)
    return found


def _is_the_same(layout: Layout, one: Part, body: Json) -> bool:
    named = next((name for name in ("id", "child", "rule", "ref") if name in body), None)
    if one.name in layout.sections or named is None:
        return one.name in layout.sections or one.body == body
    return bool(one.body.get(named) == body[named])


def numbers(draft: Draft) -> dict[str, int]:
    """Return, by letter, the highest number that a local id or an action reference has used."""
    numbers: dict[str, int] = {}
    for one in draft.parts.values():
        if one.name not in draft.layout.lists:
            continue
        shape = draft.layout.lists[one.name]
        if (letter := LOCAL_ID_LETTER.get(shape)) is not None:
            match = re.fullmatch(rf"{letter}(\d{{1,9}})", one.body.get("id", ""))
        elif shape is Action:
            letter, match = "A", re.fullmatch(rf"{re.escape(draft.ref)}-A(\d{{1,9}})", one.body.get("ref", ""))
        else:
            continue
        if match:
            numbers[letter] = max(numbers.get(letter, 0), int(match[1]))
    return numbers


def find(draft: Draft, part: str) -> Part:
    """Return a part by its id, a section by its name, or what is decided for a child by `outcomes:c1`.

    A section, or an outcome of a child whom the record decides about, is new if nothing was recorded in it. Raises
    NoSuchPart.
    """
    if part in draft.parts:
        return draft.parts[part]
    if part in draft.layout.sections:
        found = next((one for one in draft.parts.values() if one.name == part), None)
        return found or Part(str(uuid.uuid4()), part, 0, version=0)
    child = part.removeprefix(OUTCOME_OF)
    if child != part and "outcomes" in draft.layout.lists:
        return _outcome_of(draft, child)
    raise NoSuchPart("That row is no longer in this record; somebody may have removed it.")


def _outcome_of(draft: Draft, child: str) -> Part:
    for one in draft.parts.values():
        if one.name == "outcomes" and one.body.get("child") == child:
            return one
    draft.fetch(("children", "outcomes"))
    if not any(one.name == "children" and is_subject(one.body, child) for one in draft.parts.values()):
        raise NoSuchPart("This discussion does not decide about that child. Mark the child as a subject first.")
    return replace(new_row(draft, "outcomes", {"child": child}), version=0)


def is_subject(row: Json, child: str) -> bool:
    """Whether a row of the children is that child and the discussion decides about it."""
    return row.get("id") == child and bool(row.get("subject"))


def row_of(draft: Draft, part_id: str) -> Part:
    """Return a row by its id. Raises NoSuchPart."""
    row = draft.parts.get(part_id)
    if row is None or row.name not in draft.layout.lists:
        raise NoSuchPart("That row is no longer in this record; somebody may have removed it.")
    return row


def new_row(draft: Draft, name: str, body: Json) -> Part:
    """Return a new row of a list; local ids and references of actions are given here."""
    shape = draft.layout.lists[name]
    given: Json = {}
    if shape in LOCAL_ID_LETTER:
        taken = {one.body.get("id") for one in draft.parts.values()}
        while not given or given["id"] in taken:
            given = {"id": f"{LOCAL_ID_LETTER[shape]}{_next(draft, LOCAL_ID_LETTER[shape])}"}
    elif shape is Action:
        given = {
            "id": f"urn:uuid:{uuid.uuid4()}",
            "ref": f"{draft.ref}-A{_next(draft, 'A'):02}",
            "kind": str(ActionKind.TASK),
            "status": str(ActionStatus.OPEN),
        }
    elif shape is Outcome:
        given = new_outcome(draft, body.get("child", ""))
    last = max((one.position for one in draft.parts.values() if one.name == name), default=-1)
    return Part(str(uuid.uuid4()), name, last + 1, 1, {**body, **given})


def new_outcome(draft: Draft, child: str) -> Json:
    """Return an outcome as it begins; nobody is asked whether a child was seen who is not born yet."""
    begun: Json = {"child": child}
    rows = (one.body for one in draft.parts.values() if one.name == "children")
    if any(row.get("id") == child and row.get("kind") == BirthKind.UNBORN for row in rows):
        begun["voice"] = {"seen": str(Seen.NOT_APPLICABLE)}
    return begun


def _next(draft: Draft, letter: str) -> int:
    draft.numbers = {**draft.numbers, letter: draft.numbers.get(letter, 0) + 1}
    return draft.numbers[letter]


def words_for(layout: Layout, part: Part, path: str) -> str:
    """Return what people call a place of the record: `Actions SD-2026-0001-A02: Owner`."""
    if part.name in layout.lists:
        question = layout.question_of_list(part.name).question.label
        name = part.body.get("ref") or part.body.get("name") or part.body.get("child") or ""
        where = f"{question} {name}".strip()
    else:
        where = ""
    names = path.split("/")
    label = ""
    known = layout.answers_of(part.name)
    while names and not label:
        field = known.get("/".join(names))
        label = field.question.label if field else ""
        names.pop()
    return f"{where}: {label}" if where and label else where or label or part.name


def action_row(action: Action, document: Document) -> Json:
    """Return what is kept of an action across records."""
    owner = document.professional(action.owner)
    return {
        "id": action.id.removeprefix("urn:uuid:"),
        "ref": action.ref or "",
        "owner": (owner.name if owner else None) or "",
        "agency": str(owner.agency) if owner and owner.agency else "",
        "due_at": action.deadline.due_at,
        "status": str(action.status or ActionStatus.OPEN),
    }


SCORES = (("likelihood", "impact", "score"), ("residual_likelihood", "residual_impact", "residual_score"))
"""Of a risk: two answers, and the one that is their product."""


COMPLETED_AFTER = timedelta(hours=4)
"""How long after a reason for issuing in a hurry is given the rest is owed, unless somebody says otherwise."""


def work_out(layout: Layout, part: Part, now: datetime) -> None:
    """Work out in a part what follows from its answers: the score of a risk; by when the rest is owed in a hurry."""
    if part.name == "validity" and layout.kind is BRIEFING:
        urgent = part.body.get("urgent", {})
        if urgent.get("reason") and "complete_by" not in urgent and "urgent/complete_by" not in part.unread:
            due = (now + COMPLETED_AFTER).isoformat(timespec="seconds")
            part.body = {**part.body, "urgent": {**urgent, "complete_by": due}}
    if part.name not in layout.lists or layout.lists[part.name] is not Risk:
        return
    for likelihood, impact, score in SCORES:
        if score not in part.unread and likelihood in part.body and impact in part.body:
            part.body = {**part.body, score: part.body[likelihood] * part.body[impact]}


def shown_in_lists(layout: Layout) -> frozenset[str]:
    """Return the parts from which `refresh` works out what lists of records show."""
    return frozenset({"children", "meeting", layout.top})


def refresh(draft: Draft) -> None:
    """Work out what lists of records show: title, time, and the children that are decided about."""
    draft.fetch(shown_in_lists(draft.layout))
    children = sorted((one for one in draft.parts.values() if one.name == "children"), key=lambda one: one.position)
    top = next((one.body for one in draft.parts.values() if one.name == draft.layout.top), {})
    meeting = next((one.body for one in draft.parts.values() if one.name == "meeting"), {})
    draft.title = title_of(top, (one.body for one in children))
    draft.subjects = {
        link["value"][:LONGEST_NUMBER]
        for one in children
        if one.body.get("subject")
        for link in one.body.get("links", ())
        if link.get("kind") == ReferenceKind.LA_CHILD_ID and link.get("value")
    }
    started = meeting.get("started_at")
    draft.held_on = started[:10] if started else None
    draft.held_at = datetime.fromisoformat(started) if started else None
