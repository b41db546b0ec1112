"""What each agency answers when a decision is read back: agreed, or not and why. Kept where the record holds both.

Sign-off over the whole text, after it is final, is another matter.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from meetings.desk import Desk
from meetings.documents import Discussion, Outcome
from meetings.drafts import Refusal, find, new_row
from meetings.parts import OUTCOME_OF, Part, fingerprint, value_at, with_value
from meetings.people import Account
from meetings.store import Draft
from meetings.vocabulary import Agency

AGREED = "decision/agreed_by"


def agencies_here(document: Discussion) -> list[Agency]:
    """Return the agencies that take part, in the order in which their people were recorded."""
    return list(dict.fromkeys(one.agency for one in document.attended() if one.agency is not None))


def dissent_of(document: Discussion, agency: Agency, child: str) -> str | None:
    """Return why an agency does not agree with the decision for a child, or None where no dissent is recorded."""
    for entry in document.dissent.entries or ():
        one = document.professional(entry.by)
        if one is not None and one.agency == agency and (not entry.children or child in entry.children):
            return str(entry.text or "")
    return None


def mark_of_assent(record_part: Part | None) -> str:
    """Return a short mark of who agreed with a decision, for a page that shows it."""
    return fingerprint(record_part, AGREED)


def hear(
    desk: Desk,
    reference: str,
    child: str,
    agreed: Collection[Agency],
    dissents: Mapping[Agency, str],
    seen: str,
    by: Account,
) -> None:
    """Keep, at once, which agencies agree with the decision for a child and which do not, with their reasons.

    `seen` is the mark of what the page showed. What was dissent stays in the record when an agency agrees in the end.
    Raises Refusal if somebody else kept other answers meanwhile, or if a dissent comes without a reason.
    """
    for agency, reason in dissents.items():
        if not reason.strip():
            raise Refusal(f"Say why {agency.label} does not agree. The other answers are not kept yet either.")
    with desk.opened(reference, by) as draft:
        outcome = find(draft, f"{OUTCOME_OF}{child}")
        if seen != fingerprint(outcome, AGREED):
            raise Refusal("Somebody else kept other answers for this child meanwhile. Look at them, then answer again.")
        before = value_at(outcome.body, AGREED) or []
        now = [one for one in before if Agency.of(one) not in dissents and Agency.of(one) in agreed]
        now += [str(one) for one in agreed if str(one) not in now and one not in dissents]
        if now != before:
            outcome.body = with_value(outcome.body, AGREED, now or None)
            draft.parts[outcome.id] = outcome
            draft.note("meeting:outcomes:recorded", outcome.id, fields={AGREED: [before, None, now, None]})
        for agency, reason in dissents.items():
            _keep_dissent(draft, agency, child, reason)


def _keep_dissent(draft: Draft, agency: Agency, child: str, reason: str) -> None:
    people = [one.body for one in draft.parts.values() if one.name == "professionals"]
    mine = [one["id"] for one in people if one.get("agency") == agency]
    for entry in (one for one in draft.parts.values() if one.name == "dissent/entries"):
        if entry.body.get("by") in mine and child in entry.body.get("children", [child]):
            if (before := entry.body.get("text")) != reason:
                changed = {"text": [before, None, reason, None]}
                draft.note("meeting:dissent/entries:recorded", entry.id, fields=changed)
                entry.body = {**entry.body, "text": reason}
            return
    if not mine:
        raise Refusal(f"Nobody of {agency.label} is in this record. Add who disagrees first.")
    row = new_row(draft, "dissent/entries", {"by": mine[0], "children": [child], "text": reason})
    draft.parts[row.id] = row
    draft.asked.discard("dissent/entries")
    draft.note("meeting:dissent/entries:added", row.id, row=row.body)


def answers_for(document: Discussion, outcome: Outcome | None, child: str) -> list[tuple[Agency, str, str]]:
    """Return, for each agency that takes part: its answer about a child (agrees, dissents or nothing) and why."""
    agreed = set(outcome.decision.agreed_by or ()) if outcome else set()
    found = []
    for agency in agencies_here(document):
        reason = dissent_of(document, agency, child)
        answer = "agrees" if agency in agreed else "dissents" if reason is not None else ""
        found.append((agency, answer, reason or ""))
    return found
