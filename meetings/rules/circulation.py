"""Rules about agreeing the text and sending it: dissent, confirmations, copies, duplicates."""

from __future__ import annotations

from meetings.calendar import local
from meetings.documents import Discussion
from meetings.facts import circulate_by, corrections_until, first_sent_at, held_on, names
from meetings.rules.machinery import Case, Gate, Level, Places, rule
from meetings.vocabulary import Agency, DocumentStatus, Presence, ReferenceKind, SignoffAs, SignoffMethod


@rule(
    "SD-080",
    "/dissent",
    "Ask everybody whether they disagree, and record reason, answer and next step for each who does.",
    source="Sussex 'Professional Difference Statement'; Croydon; S. Ayrshire and Wales minutes content (dissent must "
    "be noted)",
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
        if signoff.method is SignoffMethod.LINK:
            continue  # whoever makes a link knows its code
        if signoff.as_ is SignoffAs.CHAIR and signoff.at is not None and signoff.by is not None:
            chaired = chaired or signoff.by == case.document.meeting.chair
        if signoff.as_ is SignoffAs.POLICE:
            one = case.professionals.get(signoff.by or "")
            police = police or (one is not None and one.agency is Agency.POLICE)
    police_there = any(one.agency is Agency.POLICE for one in case.document.attended())
    if not chaired or (police_there and not police):
        yield "/signoff"


@rule(
    "SD-082",
    "/signoff",
    "Send the record now: the local limit has passed.",
    level=Level.WARN,
    gate=Gate.CIRCULATE,
    source="practice standards (unnamed authority) 1.8 (within one working day wherever possible); Argyll & Bute form "
    "(same working day). Local practice",
    parameters=("record_circulation_working_days", "bank_holidays"),
    needs=("clock",),
)
def the_record_was_sent_in_time(case: Case) -> Places:
    limit = circulate_by(case.document, case.profile)
    sent_at = first_sent_at(case.document)
    day = sent_at.date() if sent_at is not None else local(case.now).date()
    if limit is not None and day > limit:
        yield "/signoff"


@rule(
    "SD-083",
    "/circulation",
    "Add everybody present, every action owner and everybody invited, or record why not.",
    level=Level.WARN,
    gate=Gate.CIRCULATE,
    source="Brighton reminder ('ensure you get a copy'); practice standards (unnamed authority) 1.8-1.9",
)
def everybody_concerned_gets_a_copy(case: Case) -> Places:
    document = case.document
    owners: set[str | None] = {action.owner for action in document.actions or ()}
    listed: set[str | None] = {entry.to for entry in document.circulation or ()}
    conflicted: set[str | None] = {entry.by for entry in document.conflicts.entries or ()}
    readers: list[str] = [*(document.fii.restricted_to or ())]
    for one in document.professionals or ():
        if one.presence not in (Presence.ATTENDED, Presence.INVITED_ABSENT) and one.id not in owners:
            continue
        is_outside = bool(readers) and one.id not in readers
        if one.id not in listed and one.id not in conflicted and not is_outside:
            yield "/circulation"
            return


@rule(
    "SD-084",
    "/signoff",
    "Tell readers the last day for corrections; a correction makes a new version.",
    level=Level.INFO,
    gate=Gate.TRACK,
    source="Safeguarding Wales post-conference (10 working days)",
    parameters=("accuracy_challenge_working_days", "bank_holidays"),
    needs=("clock",),
)
def corrections_are_no_longer_taken(case: Case) -> Places:
    until = corrections_until(case.document, case.profile)
    if case.document.status is DocumentStatus.FINAL and until is not None and local(case.now).date() <= until:
        yield "/signoff"


def _numbers_of_subjects(document: Discussion) -> set[str]:
    return {
        link.value
        for child in document.subjects
        for link in child.links or ()
        if link.kind is ReferenceKind.LA_CHILD_ID and link.value is not None
    }


@rule(
    "SD-085",
    "/previous",
    "Link the other record of the same day for these children, or say why there are two.",
    level=Level.WARN,
    gate=Gate.ENTRY,
    source="HMIC West Mercia 2013 (duplicate records)",
    needs=("history:earlier_meetings",),
)
def there_is_one_record_of_one_day(case: Case) -> Places:
    document = case.document
    held, children = held_on(document), _numbers_of_subjects(document)
    linked = {link.value for link in document.links or ()}
    for other in case.discussions:
        if other.id == document.id or held is None or held_on(other) != held:
            continue
        is_known = (document.previous is not None and names(document.previous, other)) or not linked.isdisjoint(
            {other.id, other.ref} - {None}
        )
        if not is_known and not children.isdisjoint(_numbers_of_subjects(other)):
            yield "/previous"
            return
