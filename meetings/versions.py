"""The versions of a record: what is said to be wrong in a final text, the chair's answer, and every later version.

One mechanism for discussions and briefings. Which moves there are stands in `stages.py`; what differs between two
versions is found by `comparing.py`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from meetings.comparing import Difference, compare
from meetings.desk import Desk
from meetings.documents import BRIEFING, Document, Professional
from meetings.drafts import Refusal, parts_again, refresh
from meetings.folding import folded_name
from meetings.freezing import asked_about, freeze
from meetings.links import LinkEnd
from meetings.need_to_know import account_key
from meetings.outline import Entry, outline
from meetings.parts import Json, Layout, Part
from meetings.people import Account, Deed, NotAllowed, may, require
from meetings.record import Record
from meetings.signers import is_self, own_entries
from meetings.stages import (
    APPROVE,
    CORRECT,
    DROP,
    FINALISE,
    REOPEN,
    REVIEW,
    STAND_DOWN,
    WITHDRAW,
    Move,
    NoSuchMove,
    move_named,
    moves_from,
    take,
)
from meetings.store import Challenge, Draft, Frozen
from meetings.vocabulary import DocumentStatus, SignoffAs

ON_THEIR_OWN_PAGES = frozenset({FINALISE, APPROVE, REVIEW})
"""Moves that are made where the text is read back, approved or reviewed."""
NAMED_BY_WORDS = frozenset({"places", "actions"})
"""Lists of what may be closed to some readers, each row of which is called by something that stands in it."""


@dataclass(frozen=True)
class Version:
    """One final version, as a list shows it: when it was frozen, over which hash, and why it was made."""

    version: int
    status: DocumentStatus
    at: datetime
    content_sha256: str
    text: str


class Versions:
    """Everything that makes, or leads to, another version, at one desk."""

    def __init__(self, desk: Desk) -> None:
        """Work at that desk."""
        self.desk = desk

    # ── Looking ──────────────────────────────────────────────────────────────────────────────────────────────────

    def all_of(self, record: Record) -> list[Version]:
        """Return the final versions of a record, oldest first."""
        found = []
        for one in self.desk.store.frozen_versions(record.kept.id):
            content: Json = json.loads(one.body)
            text = content.get("supersedes", {}).get("text", "")
            status = DocumentStatus.of(content["status"])
            found.append(Version(one.version, status, one.frozen_at, one.content_sha256, text))
        return found

    def differences(self, reference: str, before: int, after: int | None, by: Account) -> list[Difference]:
        """Return what differs between two versions; without a number the later one is what stands now.

        Raises NoSuchMeeting.
        """
        old, new = self.desk.look(reference, by, before), self.desk.look(reference, by, after)
        return compare(old.content, new.content, new.kind)

    def moves(self, record: Record, by: Account) -> list[Move]:
        """Return what this person can make of a record now, other than to finalise or approve it."""
        possible = [one for one in moves_from(record.kind, record.kept.status) if may(by, one.deed)]
        unmet = set(ON_THEIR_OWN_PAGES)
        if not self.waiting(record.reference):
            unmet.add(CORRECT)
        if self.desk.store.latest_frozen(record.kept.id) is None:
            unmet.add(DROP)
        return [one for one in possible if one not in unmet]

    # ── Moves ────────────────────────────────────────────────────────────────────────────────────────────────────

    def make(self, reference: str, name: str, reason: str, by: Account) -> None:
        """Make the move of that name. Raises NoSuchMove, Refusal, NotAllowed."""
        kind = self.desk.look(reference, by).kind
        move = move_named(kind, name)
        if move in (WITHDRAW, STAND_DOWN):
            self.withdraw(reference, reason, by)
        elif move is REOPEN:
            self.reopen(reference, reason, by)
        elif move is CORRECT:
            self.correct(reference, by)
        elif move is DROP:
            self.drop(reference, reason, by)
        else:
            raise NoSuchMove(f"‘{move.label}’ is done on its own page, where the text is read first.")

    def reopen(self, reference: str, reason: str, by: Account) -> None:
        """Open a correction: the next version begins as a draft, with what is corrected and why.

        Raises NoSuchMove, Refusal, NotAllowed.
        """
        self.desk.admit(reference, by, REOPEN.deed)
        text = _reason(REOPEN, reason)
        with self.desk.store.open(reference, by, self.desk.now()) as draft:
            record = self.desk.record_of(draft)
            self._begin(draft, record, REOPEN, text)
            draft.note("meeting:record:reopened", reason=text, version=draft.version)

    def correct(self, reference: str, by: Account) -> None:
        """Begin the version that puts right what was accepted. Raises NoSuchMove, Refusal, NotAllowed."""
        self.desk.admit(reference, by, CORRECT.deed)
        with self.desk.store.open(reference, by, self.desk.now()) as draft:
            record = self.desk.record_of(draft)
            accepted = self.waiting(reference)
            if not accepted:
                raise Refusal("No accepted challenge waits for a new version. Open a correction with a reason instead.")
            self._begin(draft, record, CORRECT, " ".join(_in_a_sentence(one, draft.layout) for one in accepted))
            self._take_up(draft, accepted)
            draft.note(
                "meeting:record:correction begun", version=draft.version, challenges=[one.number for one in accepted]
            )

    def withdraw(self, reference: str, reason: str, by: Account) -> None:
        """Withdraw a record, or stand a briefing down: a last version that says why.

        Raises NoSuchMove, Refusal, NotAllowed.
        """
        self.desk.admit(reference, by, WITHDRAW.deed)
        with self.desk.store.open(reference, by, self.desk.now()) as draft:
            record = self.desk.record_of(draft)
            move = STAND_DOWN if record.kind is BRIEFING else WITHDRAW
            require(by, move.deed)
            text = _reason(move, reason)
            self._begin(draft, record, move, text)
            freeze(draft, Record(draft, ()), self.desk.now())
            said = "stood down" if record.kind is BRIEFING else "withdrawn"
            draft.note(f"meeting:record:{said}", reason=text, version=draft.version)

    def drop(self, reference: str, reason: str, by: Account) -> None:
        """Drop a correction that is not final yet: the version before it stands again, with its answers.

        Raises NoSuchMove, Refusal, NotAllowed.
        """
        self.desk.admit(reference, by, DROP.deed)
        text = _reason(DROP, reason)
        store, now = self.desk.store, self.desk.now()
        with store.open(reference, by, now) as draft:
            frozen = store.latest_frozen(draft.id)
            draft.status = take(DROP, draft.layout.kind, draft.status)
            if frozen is None:
                raise Refusal("No version of this record is final yet, so there is none to go back to.")
            dropped, content = draft.version, json.loads(frozen.body)
            _, draft.asked = draft.layout.take_apart(content)
            draft.parts = parts_again(draft, content)
            draft.version, draft.profile = frozen.version, content.get("profile")
            draft.signoffs = store.signoffs_of(draft.id, frozen.version)
            draft.asking = asked_about(draft, Record(draft, (), frozen))
            taken = [one.number for one in store.challenges_of(reference) if one.taken_up == dropped]
            draft.also.append(store.note_taken_up(draft.key, taken, None))
            draft.also.append(store.end_links(draft.key, LinkEnd.SUPERSEDED, now))
            refresh(draft)
            draft.note("meeting:record:correction dropped", reason=text, version=dropped)

    def _begin(self, draft: Draft, record: Record, move: Move, text: str) -> None:
        draft.status = take(move, record.kind, draft.status)
        self.next_version(draft, record, text)

    def next_version(self, draft: Draft, record: Record, text: str) -> None:
        """Make the next version in hand: it names the one it replaces, by its hash; nobody has agreed to it yet."""
        body: Json = {"version": record.version, "content_sha256": record.content_sha256, "text": text}
        kept = next((one for one in draft.parts.values() if one.name == "supersedes"), None)
        if kept is None:
            part = Part(str(uuid.uuid4()), "supersedes", len(draft.parts), 1, body)
            draft.parts[part.id] = part
        else:
            kept.body, kept.unread = body, {}
        draft.version, draft.signoffs, draft.asking = record.version + 1, [], []
        draft.also.append(self.desk.store.end_links(draft.key, LinkEnd.SUPERSEDED, self.desk.now()))

    # ── Accuracy challenges ──────────────────────────────────────────────────────────────────────────────────────

    def challenges(self, reference: str) -> list[Challenge]:
        """Return what was said to be wrong in a record, oldest first."""
        return self.desk.store.challenges_of(reference)

    def waiting(self, reference: str) -> list[Challenge]:
        """Return the accepted challenges that no version takes up yet."""
        return [one for one in self.challenges(reference) if one.is_waiting]

    def standing(self, reference: str, by: Account) -> Record:
        """Return the version in force, in which something may be said to be wrong. Raises Refusal, NoSuchMeeting."""
        self.desk.admit(reference, by, Deed.CHALLENGE)
        record = self.desk.standing(reference)
        if record.is_draft:
            raise Refusal("This record is not final yet. Change it in the form.")
        return record

    def entry_at(self, record: Record, pointer: str) -> Entry:
        """Return what stands at a place of a text, in words. Raises Refusal where there is nothing."""
        entries = [entry for chapter in outline(record.content, record.kind) for entry in chapter.entries]
        if here := [one for one in entries if one.pointer == pointer]:
            # What stands at the top is asked on several steps.
            return replace(here[0], said=tuple(said for one in here for said in one.said))
        if (name := pointer.lstrip("/")) in record.layout.lists:  # a row is missing there
            return Entry(name, pointer, record.layout.label_of(name), "", {}, (), is_restricted=False)
        raise Refusal("There is no such line in this version. Open the text and choose the line there.")

    def challenge(
        self, reference: str, pointer: str, path: str, should_say: str, reason: str, professional: str, by: Account
    ) -> int:
        """Say that a line of the version in force is wrong, and what it should say; return the number of the challenge.

        `professional` is who says so, for somebody who is not signed in; empty for oneself. The same said twice is one
        challenge. Raises Refusal, NotAllowed.
        """
        self.desk.admit(reference, by, Deed.CHALLENGE)
        if not should_say.strip():
            raise Refusal("Write what the line should say.")
        store = self.desk.store
        with store.open(reference, by, self.desk.now()) as draft:
            record = Record(draft, (), self._in_force(draft))
            entry = self.entry_at(record, pointer)
            said = {one.path: one for one in entry.said}
            known = record.layout.answers_of(entry.part)
            if path and path not in said and not (path in known and known[path].asked):
                raise Refusal("There is no such question in this line. Choose it from the list.")
            label = said[path].label if path in said else known[path].question.label if path else ""
            who = _who_says_so(record.document, professional, by)
            new = Challenge(
                number=1,
                version=record.version,
                pointer=pointer,
                place=": ".join(filter(None, ("A restricted item" if entry.is_restricted else entry.heading, label))),
                part_id=_part_at(draft, entry, pointer),
                says="\n".join(said[path].lines) if path in said else "",
                should_say=should_say.strip(),
                reason=reason.strip(),
                professional=who.id if who else "",
                name=(who.name if who else None) or by.name,
                agency=who.agency if who else by.agency,
                raised_by=by.name,
                raised_at=self.desk.now(),
            )
            others = store.challenges_of(reference)
            for one in others:
                if one.accepted is None and _the_same(one, new):
                    return one.number
            number = max((one.number for one in others), default=0) + 1
            draft.also.append(store.keep_challenge(draft.key, replace(new, number=number)))
            draft.also.append(store.let_in(draft.key, account_key(by.id)))
            draft.note("meeting:challenge:raised", new.place, number=number, should_say=new.should_say, name=new.name)
        return number

    def decider(self, record: Record) -> Professional | None:
        """Return who answers a challenge: the chair of a discussion, the approver of a briefing."""
        document: Document = record.document
        if record.kind is BRIEFING:
            signed = (one.by for one in document.signoff or () if one.as_ is SignoffAs.APPROVER)
            return document.professional(next(signed, None))
        found: Professional | None = document.professional(record.document.meeting.chair)
        return found

    def may_answer(self, record: Record, by: Account) -> bool:
        """Whether this person answers a challenge: the chair, or somebody on the chair's behalf."""
        chair = self.decider(record)
        return may(by, Deed.FOR_THE_CHAIR) or is_self(by, chair)

    def answer_challenge(self, reference: str, number: int, accepted: bool, reason: str, by: Account) -> None:
        """Accept or decline a challenge, with a reason, as the chair or on the chair's behalf.

        What is accepted while a correction is being written is taken up there. Raises Refusal, NotAllowed.
        """
        self.desk.admit(reference, by, Deed.CHALLENGE)
        store, now = self.desk.store, self.desk.now()
        with store.open(reference, by, now) as draft:
            record = Record(draft, (), self._in_force(draft))
            chair = self.decider(record)
            called = "approver" if record.kind is BRIEFING else "chair"
            name = (chair.name if chair else None) or "who is not named in the record"
            if not self.may_answer(record, by):
                raise NotAllowed(
                    f"Only the {called}, {name}, or a recorder on the {called}’s behalf answers a challenge."
                )
            if not reason.strip():
                raise Refusal("Say why. The reason is printed with the next version.")
            one = next((one for one in store.challenges_of(reference) if one.number == number), None)
            if one is None:
                raise Refusal("There is no such challenge to this record.")
            if one.accepted is not None:
                word = "accepted" if one.accepted else "declined"
                raise Refusal(f"This challenge was {word} already, by {one.answered_by}: {one.answer}")
            is_chair = is_self(by, chair)
            answered_by = by.name if is_chair else f"{by.name}, for the {called} {name}"
            answer = {"accepted": accepted, "answer": reason.strip(), "answered_by": answered_by}
            draft.also.append(
                store.answer_challenge(
                    draft.key, number, accepted=accepted, answer=reason.strip(), answered_by=answered_by, at=now
                )
            )
            if accepted and draft.status is DocumentStatus.DRAFT:
                self._add_to_reason(draft, _in_a_sentence(replace(one, answer=reason.strip()), draft.layout))
                self._take_up(draft, [one])
            draft.note(
                f"meeting:challenge:{'accepted' if accepted else 'declined'}", one.place, number=number, **answer
            )

    def _in_force(self, draft: Draft) -> Frozen:
        frozen = self.desk.store.latest_frozen(draft.id)
        if frozen is None:
            raise Refusal("This record is not final yet. Change it in the form.")
        if draft.status is DocumentStatus.WITHDRAWN:
            raise Refusal("This record was withdrawn. Nothing in it is corrected any more.")
        return frozen

    def _take_up(self, draft: Draft, accepted: Sequence[Challenge]) -> None:
        numbers = [one.number for one in accepted]
        draft.also.append(self.desk.store.note_taken_up(draft.key, numbers, draft.version))

    def _add_to_reason(self, draft: Draft, text: str) -> None:
        part = next(one for one in draft.parts.values() if one.name == "supersedes")
        part.body = {**part.body, "text": " ".join(filter(None, (part.body.get("text", ""), text)))}


def _reason(move: Move, reason: str) -> str:
    if not reason.strip():
        raise Refusal(f"Say {move.asks[0].lower()}{move.asks[1:]}.")
    return reason.strip()


def _in_a_sentence(one: Challenge, layout: Layout) -> str:
    """Return what an accepted challenge adds to the reason of the next version.

    It names the place and the reason, never the words: the reason is printed in copies that may not hold them. Of what
    may be closed to some readers it names the list alone: often it is closed by this very correction.
    """
    agency = f", {one.agency.label}" if one.agency else ""
    end = "" if one.answer.rstrip().endswith((".", "!", "?")) else "."
    part = one.pointer.strip("/").rpartition("/")[0]
    place = layout.label_of(part) if part in NAMED_BY_WORDS else one.place
    by_whom = "" if folded_name(one.raised_by) == folded_name(one.name) else f", recorded by {one.raised_by}"
    return f"Corrected: {place} (challenged by {one.name}{agency}{by_whom}). {one.answer.rstrip()}{end}"


def _who_says_so(document: Document, professional: str, by: Account) -> Professional | None:
    if not professional:
        return next(iter(own_entries(document, by)), None)
    found = document.professional(professional)
    if found is None:
        raise Refusal("Choose who says so from the people of this record.")
    return found


def _part_at(draft: Draft, entry: Entry, pointer: str) -> str | None:
    """Return the part of the draft in which a line of a final version lies, if it is still there."""
    mine = [one for one in draft.parts.values() if one.name == entry.part]
    if not pointer.rpartition("/")[2].isdigit():
        return mine[0].id if mine and entry.part in draft.layout.sections else None
    named = next((name for name in ("id", "child", "rule") if name in entry.body), None)
    if named is not None:
        return next((one.id for one in mine if one.body.get(named) == entry.body[named]), None)
    return next((one.id for one in mine if one.body == entry.body), None)


def _the_same(one: Challenge, other: Challenge) -> bool:
    names = ("version", "place", "pointer", "should_say", "reason", "name")
    return all(getattr(one, name) == getattr(other, name) for name in names)
