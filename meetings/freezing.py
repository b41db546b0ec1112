"""What is kept of a text that is final: its bytes, its actions, who is asked about it, and what lists show of it."""

from __future__ import annotations

import hashlib
from datetime import datetime

from meetings.acquaintances import met_in
from meetings.briefing_facts import is_issued, issued_as, terms_of
from meetings.contract import build_document
from meetings.documents import Briefing
from meetings.drafts import action_row
from meetings.facts import answering, answers_that_count
from meetings.need_to_know import entitled_by
from meetings.record import Record
from meetings.rules import CATALOGUE
from meetings.seal import canonical
from meetings.store import AskedAgency, Draft, Frozen
from meetings.vocabulary import DocumentStatus, SignoffAnswer, SignoffAs


def rulebook_sha256() -> str:
    """Return the edition of the rulebook: a hash of every rule's words, level, stage and numbers."""
    held = [
        [one.id, str(one.level), one.hard, str(one.gate), one.says, one.source, list(one.parameters), list(one.nations)]
        for one in sorted(CATALOGUE.values(), key=lambda one: one.id)
    ]
    return hashlib.sha256(canonical(held)).hexdigest()


def freeze(draft: Draft, record: Record, now: datetime) -> None:
    """Make the bytes of a version that has reached its last stage, and the rows of its actions."""
    draft.frozen = Frozen(
        version=draft.version,
        body=canonical({**record.content, "status": str(draft.status)}),
        content_sha256=record.content_sha256,
        profile_sha256=record.profile.sha256,
        rules_sha256=rulebook_sha256(),
        frozen_at=now,
    )
    draft.actions = [action_row(action, record.document) for action in record.document.actions or ()]
    draft.signoffs = list(record.signoffs)
    draft.asking = asked_about(draft, record)
    draft.met = met_in(record.document)
    if not isinstance(record.document, Briefing):
        draft.in_force = entitled_by(record.content)
    show_issued(draft, record)


def show_issued(draft: Draft, record: Record, owner_id: str | None = None) -> None:
    """Let searches and lists show a version of a briefing once it is issued or stood down."""
    if not isinstance(record.document, Briefing):
        return
    document = build_document({**record.json, "status": str(draft.status)})
    assert isinstance(document, Briefing)  # noqa: S101  # of the same kind
    if not is_issued(document) and document.status is not DocumentStatus.WITHDRAWN:
        return
    approvals = (one.account_id for one in record.signoffs if one.body.get("as") == SignoffAs.APPROVER)
    draft.issued = issued_as(document, owner_id, next(approvals, None))
    draft.terms = terms_of(document)
    if is_issued(document):
        draft.in_force = entitled_by(record.json)


def asked_about(draft: Draft, record: Record) -> list[AskedAgency]:
    """Return the agencies that are asked about a text that is final, each with the answer that counts so far."""
    if draft.status is not DocumentStatus.FINAL:
        return []
    given = answers_that_count(one.body for one in draft.signoffs)
    people = record.document.people()
    signed = [one for one in draft.signoffs if one.body.get("answer") != SignoffAnswer.DO_NOT_APPROVE]
    signers = tuple(
        (one.account_id or "", (people[one.body["by"]].name if one.body.get("by") in people else None) or "")
        for one in signed
    )
    return [
        AskedAgency(
            agency,
            tuple((one.id, one.name or one.id) for one in mine),
            SignoffAnswer.of(given[agency]["answer"]) if agency in given else None,
            signers,
        )
        for agency, mine in answering(record.document).items()
    ]
