"""What people do with a briefing: start it from a discussion, approve, issue, acknowledge, report what was seen.

Recording in it is the desk's affair; renewing it and standing it down are moves like those of a discussion, and are
made in `versions.py`.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from meetings.briefing_facts import Stage, late_readers, stage_of
from meetings.carrying import Changed, Restricted, carry, changed_since, mark, restricted_items, value_of
from meetings.desk import Desk, TextChanged, freeze
from meetings.documents import BRIEFING, DISCUSSION, Briefing
from meetings.drafts import Refusal, new_row, numbers, refresh
from meetings.facts import is_manager
from meetings.finding import wanted
from meetings.parts import Json, Part, with_value
from meetings.people import Account, Deed, may, require
from meetings.profiles import profile
from meetings.record import Record
from meetings.stages import APPROVE, take
from meetings.store import Draft, NoSuchMeeting, StoredSignoff
from meetings.versions import Versions
from meetings.vocabulary import DocumentStatus, ProfessionalKind, SignoffAs

REVIEWED_AFTER = timedelta(hours=24)
"""How long after the start a briefing is first reviewed, unless somebody says otherwise. Source: own."""


@dataclass(frozen=True)
class Found:
    """One briefing that a search found."""

    reference: str
    title: str
    stage: Stage
    level: str


class Issuing:
    """Everything that is done with briefings, at one desk."""

    def __init__(self, desk: Desk) -> None:
        """Work at that desk."""
        self.desk = desk

    # ── From the discussion ──────────────────────────────────────────────────────────────────────────────────────

    def restricted(self, reference: str, by: Account) -> list[Restricted]:
        """Return the restricted items of a discussion, from which somebody chooses what crosses."""
        return restricted_items(self.desk.look(reference, by).content)

    def start(self, reference: str, by: Account, chosen: Collection[str] = ()) -> str:
        """Start a briefing about a discussion, with what is known there, and return its reference. Raises Refusal."""
        require(by, Deed.RECORD)
        source = self.desk.look(reference, by)
        if source.kind is not DISCUSSION:
            raise Refusal("A briefing starts from a strategy discussion.")
        draft = self.desk.new_draft(by, source.content.get("profile"), BRIEFING)
        found = carry(source.content, source.content_sha256, chosen)
        for position, one in enumerate(found):
            origin = {"ref": source.reference, "version": source.version, "pointer": one.pointer}
            origin["mark"] = mark(value_of(source.content, one.pointer)) if one.pointer else ""
            part = Part(str(uuid.uuid4()), one.name, position, 1, dict(one.body), origin=origin)
            draft.parts[part.id] = part
        for part in draft.parts.values():
            if part.name in ("actions", "risk_assessment/risks"):
                part.body = {**part.body, **_given(draft, part.name)}
        draft.numbers = numbers(draft)
        now, days = self.desk.now(), profile(draft.profile or source.profile.id)["briefing_validity_days"]
        validity = {"from": now, "review_at": now + REVIEWED_AFTER, "until": now + timedelta(days=days)}
        self._put(draft, "validity", {name: at.isoformat(timespec="seconds") for name, at in validity.items()})
        self._put(draft, "provenance", {"recorded_at": now.isoformat(timespec="seconds"), "live": True})
        if by.organisation:
            self._put_recorder(draft, by)
        draft.note("meeting:record:started", "", source=source.reference)
        refresh(draft)
        self.desk.store.add(draft, by, now)
        return draft.ref

    def _put(self, draft: Draft, name: str, body: Json) -> None:
        part = Part(str(uuid.uuid4()), name, len(draft.parts), 1, body)
        draft.parts[part.id] = part

    def _put_recorder(self, draft: Draft, by: Account) -> None:
        """Let the author be who started it, if the discussion knows that person."""
        people = [one for one in draft.parts.values() if one.name == "professionals"]
        me = next((one.body["id"] for one in people if one.body.get("name") == by.name), None)
        if me is None:
            row = new_row(draft, "professionals", {"name": by.name, "agency": str(by.agency), "grade": by.grade})
            row.body["organisation"] = by.organisation
            draft.parts[row.id] = row
            me = row.body["id"]
        for one in draft.parts.values():
            if one.name == "provenance":
                one.body["recorded_by"] = me

    def source_is_here(self, record: Record) -> bool:
        """Whether the discussion that a briefing comes from is kept here."""
        source = record.document.source
        return source is not None and source.ref is not None and self.desk.store.is_taken(source.ref)

    def changed_since(self, record: Record) -> list[Changed]:
        """Return the lines of the discussion that have changed since this briefing took them over."""
        parts = [one for one in record.parts if one.origin]
        if not parts or not self.desk.store.is_taken(parts[0].origin["ref"] if parts[0].origin else ""):
            return []
        origin: Json = parts[0].origin or {}
        source = self.desk.record_of(self.desk.store.read(origin["ref"]))
        return changed_since(parts, source.content)

    # ── Approving and issuing ────────────────────────────────────────────────────────────────────────────────────

    def approve(self, reference: str, professional: str, typed_name: str, seen_sha256: str, by: Account) -> str:
        """Approve a draft as a supervisor who did not write it, and freeze it. Returns the content hash.

        Raises TextChanged, Refusal, or NotReady with what still stops it; the rule that asks for the approval does not.
        """
        with self.desk.opened(reference, by, Deed.APPROVE) as draft:
            record = Record(draft, ())
            if record.content_sha256 != seen_sha256:
                raise TextChanged(record.content_sha256)
            one = record.document.professional(professional)
            _check_name(one, typed_name)
            author = record.document.provenance.recorded_by
            if professional == author or self._started_by(reference) == by.id:
                raise Refusal("Whoever wrote a briefing does not approve it. Ask a supervisor who did not.")
            if not is_manager(one, record.profile):
                raise Refusal("Only a supervisor approves: a sergeant or above, marked as manager.")
            now = self.desk.now()
            draft.signoffs = [one for one in draft.signoffs if one.body.get("as") != SignoffAs.APPROVER]
            draft.signoffs.append(_signoff(professional, SignoffAs.APPROVER, now, seen_sha256, by))
            record = Record(draft, ())
            draft.status = take(APPROVE, record.kind, draft.status, record.findings(now))
            freeze(draft, record, now)
            draft.note("meeting:record:approved", professional, content_sha256=seen_sha256, version=draft.version)
        return seen_sha256

    def issue(self, reference: str, by: Account) -> None:
        """Issue an approved briefing to its recipients. Raises Refusal."""
        require(by, Deed.ISSUE)
        with self.desk.store.open(reference, by, self.desk.now()) as draft:
            record, stage = self._now(draft)
            if stage is not Stage.APPROVED:
                raise Refusal(f"A briefing that is {stage.value.lower()} cannot be issued.")
            sender = self._professional(record, by) or record.document.provenance.recorded_by
            draft.signoffs.append(_signoff(sender, SignoffAs.SENDER, self.desk.now(), record.content_sha256, by))
            draft.note("meeting:record:issued", str(sender or ""), version=draft.version)

    def acknowledge(self, reference: str, professional: str, typed_name: str, seen_sha256: str, by: Account) -> None:
        """Say that a recipient read and understood it. Raises Refusal, TextChanged.

        For a group only a supervisor says so, at handover, by the supervisor's own name.
        """
        require(by, Deed.READ_BRIEFING)
        with self.desk.store.open(reference, by, self.desk.now()) as draft:
            record, stage = self._now(draft)
            if not stage.is_live:
                raise Refusal(f"This briefing is {stage.value.upper()}. Nobody acknowledges it any more.")
            if record.content_sha256 != seen_sha256:
                raise TextChanged(record.content_sha256)
            if professional not in {entry.to for entry in record.document.circulation or ()}:
                raise Refusal("Choose who acknowledges from the recipients of this briefing.")
            one = record.document.professional(professional)
            words = " ".join(typed_name.split())
            if not words:
                raise Refusal("Type your full name.")
            is_group = one is not None and one.kind in (ProfessionalKind.GROUP, ProfessionalKind.POST)
            if not is_group:
                _check_name(one, typed_name)
            elif one is not None and one.kind is ProfessionalKind.GROUP and not self._is_supervisor(record, by):
                raise Refusal("For a group, a supervisor says at handover that it was read.")
            signed = _signoff(professional, SignoffAs.RECIPIENT, self.desk.now(), seen_sha256, by)
            signed.body["text"] = f"Read and understood: {words}" if is_group else "Read and understood"
            draft.signoffs.append(signed)
            draft.note("meeting:record:acknowledged", professional, name=words, version=draft.version)

    def born(self, reference: str, child: str, born_on: str, by: Account) -> None:
        """Close an unborn subject and open the child in a new version, with the powers that come with birth."""
        record = self.desk.look(reference, by)
        if not record.is_draft:
            Versions(self.desk).reopen(reference, "Born: the unborn subject is now a child.", by)
        with self.desk.opened(reference, by) as draft:
            part = next(
                (one for one in draft.parts.values() if one.name == "children" and one.body.get("id") == child), None
            )
            if part is None:
                raise Refusal("There is no such child in this briefing.")
            body = {name: value for name, value in part.body.items() if name not in ("due_on", "due_on_text")}
            part.body = with_value({**body, "kind": "born"}, "born_on", born_on)
            draft.note("meeting:children:born", part.id, born_on=born_on)

    # ── Finding and reporting ────────────────────────────────────────────────────────────────────────────────────

    def live_version(self, reference: str, by: Account) -> Record:
        """Return the newest final version of a briefing, for an officer. Raises NoSuchMeeting."""
        require(by, Deed.READ_BRIEFING)
        kept = self.desk.store.read(reference)
        if kept.kind != BRIEFING.name:
            raise NoSuchMeeting(reference)
        frozen = self.desk.store.latest_frozen(kept.id)
        if frozen is None:
            raise NoSuchMeeting(reference)
        return self.desk.record_of(kept, frozen.version)

    def stage(self, record: Record) -> Stage:
        """Return the stage of a briefing as it is shown."""
        document: Briefing = record.document
        newest = self.desk.store.latest_frozen(record.kept.id)
        is_latest = newest is None or record.version >= newest.version
        return stage_of(document, self.desk.now(), is_latest=is_latest)

    def find(self, query: str, by: Account) -> list[Found]:
        """Return the live briefings that a name, an address, a vehicle or a telephone leads to."""
        require(by, Deed.READ_BRIEFING)
        found = []
        for reference in self.desk.store.found_by(wanted(query), BRIEFING.name):
            try:
                record = self.live_version(reference, by)
            except NoSuchMeeting:
                continue
            found.append(self._found(record))
        return found

    def to_read(self, by: Account) -> list[Found]:
        """Return the briefings that wait for this person to say that they were read."""
        require(by, Deed.READ_BRIEFING)
        found = []
        for one in self.desk.store.summaries(BRIEFING.name, str(DocumentStatus.FINAL)):
            record = self.live_version(one.reference, by)
            mine = {person.id for person in record.document.professionals or () if person.name == by.name}
            read = {one.by for one in record.document.signoff or () if one.as_ is SignoffAs.RECIPIENT}
            listed = {entry.to for entry in record.document.circulation or ()}
            if mine & listed - read and self.stage(record).is_live:
                found.append(self._found(record))
        return found

    def not_read_in_time(self, by: Account) -> list[Found]:
        """Return the live briefings that a recipient has not read in time: it goes to whoever approves."""
        require(by, Deed.APPROVE)
        found = []
        for one in self.desk.store.summaries(BRIEFING.name, str(DocumentStatus.FINAL)):
            record = self.live_version(one.reference, by)
            if self.stage(record).is_live and late_readers(record.document, self.desk.now()):
                found.append(self._found(record))
        return found

    def reported(self, by: Account) -> list[tuple[Found, Any]]:
        """Return the sightings reported on live briefings that this person wrote or may approve, newest first."""
        require(by, Deed.READ_BRIEFING)
        found = []
        for one in self.desk.store.summaries(BRIEFING.name):
            if one.recorder == by.name or may(by, Deed.APPROVE):
                lines = self.sightings(one.reference)
                if lines and self.stage(record := self.live_version(one.reference, by)).is_live:
                    found += [(self._found(record), line) for line in lines]
        return sorted(found, key=lambda pair: pair[1].at, reverse=True)

    def _found(self, record: Record) -> Found:
        level = record.document.missing.level
        return Found(record.reference, record.title, self.stage(record), level.label if level else "")

    def report_sighting(self, reference: str, text: str, place: str, by: Account) -> None:
        """Note that somebody was seen; the owner of the briefing is told on the next page. Raises Refusal."""
        require(by, Deed.READ_BRIEFING)
        if not text.strip():
            raise Refusal("Say whom you saw, when, and in what state.")
        with self.desk.store.open(reference, by, self.desk.now()) as draft:
            draft.note("meeting:sighting:reported", place.strip(), text=text.strip())

    def sightings(self, reference: str) -> list[Any]:
        """Return the sightings that were reported, newest first."""
        lines = (line for line, _ in self.desk.store.lines_of(reference))
        return [line for line in lines if line.what == "meeting:sighting:reported"][::-1]

    # ── Inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _now(self, draft: Draft) -> tuple[Record, Stage]:
        record = self.desk.record_of(draft)
        return record, self.stage(record)

    def _started_by(self, reference: str) -> str | None:
        lines = self.desk.store.lines_of(reference)
        return next((line.account_id for line, _ in lines if line.what == "meeting:record:started"), None)

    def _professional(self, record: Record, by: Account) -> str | None:
        return next((one.id for one in record.document.professionals or () if one.name == by.name), None)

    def _is_supervisor(self, record: Record, by: Account) -> bool:
        grade = by.grade.strip().casefold()
        return grade in record.profile.police_manager_grades or by.role.value in ("reviewer", "administrator")


def _given(draft: Draft, name: str) -> Json:
    made = new_row(draft, name, {})
    return {key: value for key, value in made.body.items() if key in ("id", "ref", "kind", "status")}


def _check_name(one: Any, typed_name: str) -> None:
    if one is None or one.name is None:
        raise Refusal("Choose who it is from the people of this briefing.")
    if " ".join(typed_name.split()).casefold() != " ".join(one.name.split()).casefold():
        raise Refusal(f"Type the name as it stands in the briefing: {one.name}.")


def _signoff(professional: str | None, as_: SignoffAs, at: datetime, content_sha256: str, by: Account) -> StoredSignoff:
    body = {"as": str(as_), "at": at.isoformat(timespec="seconds"), "content_sha256": content_sha256}
    if professional is not None:
        body["by"] = professional
    return StoredSignoff(body, elsewhere=False, account_id=by.id)
