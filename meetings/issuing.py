"""What people do with a briefing: start it from a discussion, approve, issue, acknowledge, report what was seen.

Recording in it is the desk's affair; renewing it and standing it down are moves like those of a discussion, and are
made in `versions.py`.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from meetings.birth import BORN, at_birth
from meetings.briefing_facts import BECOMES, REVIEWED_UNCHANGED, Stage, compared, stage_of, unread_by
from meetings.calendar import local
from meetings.carrying import (
    Carried,
    Changed,
    Choice,
    carry,
    changed_since,
    choices,
    known_rows,
    known_with,
    mark_afresh,
    origin_of,
    value_of,
)
from meetings.contract import build_document
from meetings.desk import Desk, TextChanged
from meetings.documents import BRIEFING, DISCUSSION, Briefing
from meetings.drafts import Refusal, find, new_row, numbers, refresh
from meetings.facts import is_manager
from meetings.finding import wanted
from meetings.freezing import freeze, show_issued
from meetings.history import is_unbroken
from meetings.links import LetterAbout
from meetings.logs import logged
from meetings.outgoing import Exportable, Handed
from meetings.parts import Json, Part
from meetings.people import Account, Deed, Role, may, require
from meetings.post import is_address
from meetings.profiles import DEFAULT_PROFILE, Profile, profile
from meetings.record import Record
from meetings.rules import CATALOGUE, BriefingCase, Finding, Level, judge
from meetings.rules.briefing.sharing import has_closed_text
from meetings.stages import APPROVE, REVIEW, take
from meetings.store import FOUND, Draft, Letter, Listed, NoSuchMeeting, Shared, Sighting, StoredSignoff
from meetings.versions import Versions
from meetings.vocabulary import Agency, Audience, BirthKind, MissingLevel, ProfessionalKind, SignoffAs, copy_of_agency

LASTS_LONGER = "IIM-HDR-09"
"""The rule that asks for the approver's reason."""
REVIEWED_AFTER = timedelta(hours=24)
"""How long after the start a briefing is first reviewed, unless somebody says otherwise. Source: own."""

SHIFTS = (ProfessionalKind.GROUP, ProfessionalKind.POST)
"""Recipients that are not one named person; for a group only a supervisor says, at handover, that it was read."""


@dataclass(frozen=True)
class Pages:
    """The addresses that letters about a briefing lead to: what an officer sees, and the record."""

    officer: str
    record: str


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

    def choices(self, reference: str, by: Account) -> list[Choice]:
        """Return what of a discussion crosses only if somebody chooses it."""
        return choices(self.desk.look(reference, by).content)

    def start(self, reference: str, by: Account, chosen: Collection[str] = ()) -> str:
        """Start a briefing about a discussion, with what is known there, and return its reference. Raises Refusal."""
        require(by, Deed.RECORD)
        source = self.desk.look(reference, by)
        if source.kind is not DISCUSSION:
            raise Refusal("A briefing starts from a strategy discussion.")
        draft = self.desk.new_draft(by, source.content.get("profile"), BRIEFING)
        found = carry(source.content, source.content_sha256, chosen)
        for position, one in enumerate(found):
            part = Part(str(uuid.uuid4()), one.name, position, 1, dict(one.body))
            part.origin = origin_of(one, source.content)
            draft.parts[part.id] = part
        draft.asked = {name for name in ("adults", "places", "missing/episodes") if name in source.asked}
        _number(draft, source.content)
        self._put_times(draft, by)
        draft.note("meeting:record:started", "", source=source.reference)
        refresh(draft)
        self.desk.store.add(draft, by, self.desk.now())
        return draft.ref

    def start_alone(self, by: Account, profile_id: str) -> str:
        """Start a briefing that no discussion was held for yet, such as from a missing report; return its reference.

        Raises NoSuchProfile.
        """
        require(by, Deed.RECORD)
        draft = self.desk.new_draft(by, profile(profile_id).id, BRIEFING)
        self._put(draft, "marking", {"tier": "OFFICIAL", "sensitive": True, "family_may_have": False})
        self._put_times(draft, by)
        draft.note("meeting:record:started")
        self.desk.store.add(draft, by, self.desk.now())
        return draft.ref

    def _put_times(self, draft: Draft, by: Account) -> None:
        """Let a new briefing be in force as long as the profile says, and written now by whoever starts it."""
        now = self.desk.now()
        days = profile(draft.profile or DEFAULT_PROFILE)["briefing_validity_days"]
        validity = {"from": now, "review_at": now + REVIEWED_AFTER, "until": now + timedelta(days=days)}
        self._put(draft, "validity", {name: at.isoformat(timespec="seconds") for name, at in validity.items()})
        self._put(draft, "provenance", {"recorded_at": now.isoformat(timespec="seconds"), "live": True})
        if by.organisation:
            self._put_recorder(draft, by)

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
        """Return the lines of the discussion that have changed since this version of a briefing took them over."""
        source = self._source_of(record.kept)
        return changed_since(record.parts, source.content, record.version) if source is not None else []

    def source_record(self, record: Record) -> Record | None:
        """Return the discussion that a briefing took its lines from, as it stands now."""
        return self._source_of(record.kept)

    def _source_of(self, draft: Draft) -> Record | None:
        """Return the discussion as it was last final, or as it stands while it never was; None if it is not here."""
        ref = next((one.origin["ref"] for one in draft.parts.values() if one.origin), None)
        if ref is None or not self.desk.store.is_taken(ref):
            return None
        return self.desk.standing(ref)

    def take_over(self, reference: str, part_id: str, pointer: str, by: Account) -> None:
        """Bring a changed or new line of the discussion into a draft of the briefing. Raises Refusal, NotAllowed."""
        with self.desk.opened(reference, by) as draft:
            source = self._changing(draft)
            kept = draft.parts.get(part_id)
            for one in carry(source.content, source.content_sha256, {pointer}):
                is_meant = any(f"{place}/".startswith(f"{pointer}/") for place in one.pointers)
                if kept is not None and one.name == kept.name and is_meant:
                    _bring_in(kept, one, source.content)
                elif kept is None and is_meant:
                    self._add(draft, one, source.content)
            if kept is None:
                self._know(draft, pointer, source.content)
            else:
                kept.origin = {**(kept.origin or {}), "taken_in": draft.version}
            draft.note("meeting:record:taken over", part_id, source=source.reference, pointer=pointer)

    def leave(self, reference: str, part_id: str, pointer: str, by: Account) -> None:
        """Say that a change of the discussion was looked at and changes nothing here. Raises Refusal."""
        require(by, Deed.RECORD)
        with self.desk.store.open(reference, by, self.desk.now()) as draft:
            source = self._changing(draft)
            kept = draft.parts.get(part_id)
            if kept is None:
                self._know(draft, pointer, source.content)
            else:
                known = known_rows(draft.parts.values())
                kept.origin = mark_afresh(kept.origin or {}, source.content, known, draft.version)
            draft.note("meeting:record:change looked at", part_id, source=source.reference, pointer=pointer)

    def _changing(self, draft: Draft) -> Record:
        source = self._source_of(draft)
        if source is None:
            raise Refusal("The discussion that this comes from is not kept here.")
        return source

    def _add(self, draft: Draft, one: Carried, content: Json) -> None:
        """Add a part that the discussion has now; what occurs once gains what it lacks."""
        known = next((part for part in draft.parts.values() if part.name == one.name), None)
        if one.name in draft.layout.sections and known is not None:
            _bring_in(known, one, content)
            known.origin = {**(known.origin or {}), "taken_in": draft.version}
            return
        part = new_row(draft, one.name, {}) if one.name in draft.layout.lists else find(draft, one.name)
        part.body = {**part.body, **{name: value for name, value in one.body.items() if name != "after"}}
        part.origin = {**origin_of(one, content), "taken_in": draft.version}
        draft.parts[part.id] = part
        draft.asked.discard(one.name)

    def _know(self, draft: Draft, pointer: str, content: Json) -> None:
        for part in draft.parts.values():
            if part.name == "source" and part.origin:
                part.origin = known_with(part.origin, pointer, content)

    # ── Approving and issuing ────────────────────────────────────────────────────────────────────────────────────

    def approve(
        self,
        reference: str,
        professional: str,
        typed_name: str,
        seen_sha256: str,
        by: Account,
        *,
        longer: str = "",
        open_version_read: bool = False,
    ) -> str:
        """Approve a draft as a supervisor who did not write it, and freeze it. Returns the content hash.

        `longer` is the approver's reason for being in force longer than usual. Where something is closed to some
        readers, the approver has read the open version. Raises TextChanged, Refusal, or NotReady with what still stops
        it; the rule that asks for the approval does not.
        """
        with self.desk.opened(reference, by, Deed.APPROVE) as draft:
            record = Record(draft, ())
            if record.content_sha256 != seen_sha256:
                raise TextChanged(record.content_sha256)
            self._check_supervisor(record, professional, typed_name, by)
            now = self.desk.now()
            if not record.document.validity.urgent.reason and record.document.validity.urgent.complete_by:
                raise Refusal("Say why it cannot wait: it is issued urgently without a reason.")
            if LASTS_LONGER in {one.rule for one in record.findings(now) if one.level is not Level.EXCEPTED}:
                self._let_it_last(draft, record, professional, longer, now)
            if has_closed_text(record.document) and not open_version_read:
                raise Refusal("Read the open version first: nothing in it may give away what is closed. Then tick it.")
            sha = Record(draft, ()).content_sha256
            draft.signoffs = [one for one in draft.signoffs if one.body.get("as") != SignoffAs.APPROVER]
            draft.signoffs.append(_signoff(professional, SignoffAs.APPROVER, now, sha, by))
            record = Record(draft, ())
            draft.status = take(APPROVE, record.kind, draft.status, record.findings(now))
            freeze(draft, record, now)
            read = {"open_version_read": True} if open_version_read else {}
            draft.note("meeting:record:approved", professional, content_sha256=sha, version=draft.version, **read)
        return sha

    def _check_supervisor(self, record: Record, professional: str, typed_name: str, by: Account) -> None:
        """Refuse whoever is not a supervisor, or wrote the briefing."""
        one = record.document.professional(professional)
        _check_name(one, typed_name)
        author = record.document.provenance.recorded_by
        if professional == author or self._started_by(record.reference) == by.id:
            raise Refusal("Whoever wrote a briefing does not approve it. Ask a supervisor who did not.")
        if not is_manager(one, record.profile):
            raise Refusal("Only a supervisor approves: a sergeant or above, marked as manager.")
        if not _is_supervisor(by, record.profile):
            raise Refusal("A supervisor approves from an account of a supervisor. Let the supervisor sign in.")

    def _let_it_last(self, draft: Draft, record: Record, professional: str, reason: str, now: datetime) -> None:
        """Record the approver's reason for a briefing that is in force longer than usual. Raises Refusal."""
        if not reason.strip():
            days = record.profile["briefing_validity_days"]
            raise Refusal(f"It is in force for longer than {days} days: the approver says why, or it is shortened.")
        one = record.document.professional(professional)
        row = new_row(draft, "exceptions", {"rule": LASTS_LONGER, "reason": reason.strip(), "by": professional})
        row.body |= {"grade": (one.grade or one.role or "Manager") if one else "", "at": _written(now)}
        draft.parts[row.id] = row

    def issue(self, reference: str, by: Account, pages: Pages | None = None) -> None:
        """Issue an approved briefing to its recipients, and let each know by e-mail where an address is known.

        Raises Refusal.
        """
        require(by, Deed.ISSUE)
        with self.desk.store.open(reference, by, self.desk.now()) as draft:
            record, stage = self._now(draft)
            _check_move(stage, Stage.ISSUED, "issued")
            sender = self._professional(record, by) or record.document.provenance.recorded_by
            draft.signoffs.append(_signoff(sender, SignoffAs.SENDER, self.desk.now(), record.content_sha256, by))
            record = self.desk.record_of(draft)
            show_issued(draft, record, self._started_by(reference))
            self._let_know(draft, record, by, pages)
            draft.note("meeting:record:issued", str(sender or ""), version=draft.version)

    def acknowledge(self, reference: str, professional: str, typed_name: str, seen_sha256: str, by: Account) -> bool:
        """Say that a recipient read and understood it; not so if that was said before. Raises Refusal, TextChanged.

        For a group only a supervisor says so, at handover, by the supervisor's own name.
        """
        require(by, Deed.READ_BRIEFING)
        with self.desk.store.open(reference, by, self.desk.now()) as draft:
            record = self._seen_by_officers(draft) or self.desk.record_of(draft)
            stage = self.stage(record)
            if not stage.is_live:
                raise Refusal(f"This briefing is {stage.value.upper()}. Nobody acknowledges it any more.")
            if record.content_sha256 != seen_sha256:
                raise TextChanged(record.content_sha256)
            if professional not in {entry.to for entry in record.document.circulation or ()}:
                raise Refusal("Choose who acknowledges from the recipients of this briefing.")
            if professional not in unread_by(record.document):
                return False
            one = record.document.professional(professional)
            words = " ".join(typed_name.split())
            if not words:
                raise Refusal("Type your full name.")
            is_group = one is not None and one.kind in SHIFTS
            if not is_group:
                _check_name(one, typed_name)
            elif one is not None and one.kind is ProfessionalKind.GROUP and not _is_supervisor(by, record.profile):
                raise Refusal("For a group, a supervisor says at handover that it was read.")
            signed = _signoff(professional, SignoffAs.RECIPIENT, self.desk.now(), seen_sha256, by)
            signed.body["text"] = f"Read and understood: {words}" if is_group else "Read and understood"
            draft.later_signoffs.append((record.version, signed))
            record.kept.signoffs = [*record.kept.signoffs, signed]
            show_issued(draft, Record(record.kept, (), record.frozen))
            draft.note("meeting:record:acknowledged", professional, name=words, version=record.version)
            return True

    def born(self, reference: str, child: str, born_on: date, by: Account, name: str = "") -> None:
        """Close an unborn subject and open the child, in a new version where this one is final. Raises Refusal."""
        record = self.desk.look(reference, by)
        unborn = {one.id for one in record.document.children or () if one.kind is BirthKind.UNBORN}
        if child not in unborn:
            raise Refusal("There is no unborn child of that name in this briefing.")
        if born_on > self.desk.now().date():
            raise Refusal("That day has not come yet. Give the day of the birth.")
        if not record.is_draft:
            Versions(self.desk).reopen(reference, BORN, by)
        with self.desk.opened(reference, by) as draft:
            part = next(one for one in draft.parts.values() if one.name == "children" and one.body.get("id") == child)
            at_birth(draft, part, born_on.isoformat(), " ".join(name.split()), record.profile.nation)
            draft.note("meeting:children:born", part.id, born_on=born_on.isoformat())

    def review(
        self,
        reference: str,
        professional: str,
        typed_name: str,
        review_at: datetime,
        by: Account,
        until: datetime | None = None,
        pages: Pages | None = None,
    ) -> None:
        """Say in one step that a supervisor looked at a live briefing and nothing but its times changes.

        A new version with the new review time, approved by the reviewer and issued to the same recipients, who read it
        by then. Raises Refusal, or NotReady with what stops it.
        """
        require(by, Deed.APPROVE)
        now = self.desk.now()
        with self.desk.store.open(reference, by, now) as draft:
            record, stage = self._now(draft)
            _check_move(stage, Stage.REVIEWED, "reviewed")
            self._check_supervisor(record, professional, typed_name, by)
            if review_at <= now:
                raise Refusal("Give a time in the future for the next review.")
            Versions(self.desk).next_version(draft, record, REVIEWED_UNCHANGED)
            for part in draft.parts.values():
                if part.name == "validity":
                    part.body = {**part.body, "review_at": _written(review_at)}
                    if until is not None or review_at > (record.document.validity.until or review_at):
                        part.body["until"] = _written(until or review_at)
                elif part.name == "circulation":
                    part.body = {**part.body, "acknowledge_by": _written(review_at)}
            sha = Record(draft, ()).content_sha256
            draft.signoffs = [_signoff(professional, SignoffAs.APPROVER, now, sha, by)]
            reviewed = Record(draft, ())
            draft.status = take(REVIEW, record.kind, draft.status, reviewed.findings(now))
            freeze(draft, reviewed, now)
            draft.signoffs.append(_signoff(professional, SignoffAs.SENDER, now, sha, by))
            issued = Record(draft, ())
            show_issued(draft, issued)
            self._let_know(draft, issued, by, pages)
            draft.note("meeting:record:reviewed", professional, version=draft.version, review_at=_written(review_at))

    def _let_know(self, draft: Draft, record: Record, by: Account, pages: Pages | None) -> None:
        """Queue a letter to each recipient, and, for the time by which each reads it, one to whoever must ring then."""
        if pages is None:
            return
        document, now = record.document, self.desk.now()
        new = partial(_letter, record.reference, by=by, queued_at=now)
        letters: list[Letter] = []
        for entry in document.circulation or ():
            one = document.professional(entry.to)
            address = (one.contact.email or "").strip() if one else ""
            if one is not None and is_address(address):
                letters.append(new(LetterAbout.TO_READ, address, pages.officer, now, agency=one.agency))
        watching = {one.email for one in (self._owner(record.reference), by) if one is not None}
        watching |= {one.email for one in self._approvers(record) if one is not None}
        due = {entry.acknowledge_by for entry in document.circulation or () if entry.acknowledge_by is not None}
        letters += [
            new(LetterAbout.NOT_READ, address, pages.record, at)
            for address in sorted(filter(is_address, watching))
            for at in sorted(due)
        ]
        draft.also.append(self.desk.store.queue(draft.key, letters))

    def _owner(self, reference: str) -> Account | None:
        return self.desk.account(self._started_by(reference) or "")

    def _approvers(self, record: Record) -> list[Account | None]:
        approvals = [one for one in record.signoffs if one.body.get("as") == SignoffAs.APPROVER]
        return [self.desk.account(one.account_id or "") for one in approvals]

    # ── Finding and reporting ────────────────────────────────────────────────────────────────────────────────────

    def live_version(self, reference: str, by: Account) -> Record:
        """Return the version of a briefing that officers see. Raises NoSuchMeeting.

        Whoever may see the whole record is shown one that was approved and not issued yet.
        """
        require(by, Deed.READ_BRIEFING)
        kept = self.desk.store.read(reference)
        if kept.kind != BRIEFING.name:
            raise NoSuchMeeting(reference)
        record = self._seen_by_officers(kept)
        if record is None and may(by, Deed.SEE):
            latest = self.desk.store.latest_frozen(kept.id)
            record = self._version(kept, latest.version) if latest else None
        if record is None:
            raise NoSuchMeeting(reference)
        return record

    def _seen_by_officers(self, kept: Draft) -> Record | None:
        version = self.desk.store.issued_version(kept.id)
        return self._version(kept, version) if version is not None else None

    def _version(self, kept: Draft, version: int) -> Record:
        """Return one final version alone: an officer's page judges nothing and needs no other record."""
        frozen = self.desk.store.frozen_version(kept.id, version)
        if frozen is None:
            raise NoSuchMeeting(f"{kept.ref}, version {version}")
        mine = replace(kept, signoffs=self.desk.store.signoffs_of(kept.id, version))
        return Record(mine, (), frozen)

    def stage(self, record: Record) -> Stage:
        """Return the stage of a briefing as it is shown."""
        document: Briefing = record.document
        return stage_of(document, self.desk.now(), is_latest=self.desk.newest_of(record) <= record.version)

    @property
    def asks_what_for(self) -> bool:
        """Whether whoever searches says for what."""
        return bool(profile(DEFAULT_PROFILE)["ask_reason_for_reading"])

    def find(self, query: str, by: Account, purpose: str = "") -> list[Found]:
        """Return the issued briefings that a name, an address, a vehicle or a telephone leads to; never a draft.

        The log of each says who was shown it and, if asked, for what; the words that were searched for, which may be
        about anybody, are not kept. Raises Refusal. Source: Data Protection Act 2018, section 62 (consultation).
        """
        require(by, Deed.READ_BRIEFING)
        if self.asks_what_for and not purpose.strip():
            raise Refusal("Say what you need it for: the log of each briefing that is found keeps it.")
        now = self.desk.now()
        listed = self.desk.store.find_issued(wanted(query), now)
        said = {"purpose": purpose.strip()} if purpose.strip() else {}
        shown = {one.reference: [Shared(FOUND, "search", {"version": one.version, **said})] for one in listed}
        self.desk.store.note_shown(by, now, shown)
        return [_found(one, now) for one in listed]

    def to_read(self, by: Account) -> list[Found]:
        """Return the briefings that wait for this person, or for the shift this person leads, to say they were read."""
        require(by, Deed.READ_BRIEFING)
        now = self.desk.now()
        kinds = [str(one) for one in SHIFTS] if _is_supervisor(by, profile(DEFAULT_PROFILE)) else []
        listed = self.desk.store.to_read(compared(by.name), compared(by.organisation), kinds, now)
        return [_found(one, now) for one in listed]

    def not_read_in_time(self, by: Account) -> list[Found]:
        """Return the live briefings, wrote or approved by this person, that a recipient has not read in time."""
        require(by, Deed.READ_BRIEFING)
        now = self.desk.now()
        late = self.desk.store.late(by, now, may_approve=may(by, Deed.APPROVE))
        return [_found(one, now) for one in late]

    def reported(self, by: Account) -> list[Sighting]:
        """Return the sightings that nobody has taken up yet, on what this person wrote or approved, newest first."""
        require(by, Deed.READ_BRIEFING)
        return self.desk.store.open_sightings(by, may_approve=may(by, Deed.APPROVE))

    def report_sighting(self, reference: str, text: str, place: str, by: Account, pages: Pages | None = None) -> None:
        """Note that somebody was seen; whoever wrote and approved the briefing is told. Raises Refusal."""
        require(by, Deed.READ_BRIEFING)
        if not text.strip():
            raise Refusal("Say whom you saw, when, and in what state.")
        self.live_version(reference, by)
        with self.desk.store.open(reference, by, self.desk.now()) as draft:
            draft.sightings.append((text.strip(), place.strip()))
            if pages is not None:
                now, told = self.desk.now(), filter(is_address, self.desk.store.watching(reference))
                new = partial(_letter, reference, LetterAbout.SEEN, page=pages.record, by=by, queued_at=now)
                letters = [new(address=one, at=now) for one in told]
                draft.also.append(self.desk.store.queue(draft.key, letters))
            draft.note("meeting:sighting:reported", place.strip(), text=text.strip())

    def take_up(self, reference: str, sighting: str, by: Account) -> None:
        """Say that this sighting is known and acted on, so that it no longer waits on anybody's first page."""
        require(by, Deed.RECORD)
        with self.desk.store.open(reference, by, self.desk.now()) as draft:
            draft.taken_up.append(sighting)
            draft.note("meeting:sighting:taken up", "", sighting=sighting)

    def sightings(self, reference: str) -> list[Sighting]:
        """Return the sightings that were reported, newest first."""
        return self.desk.store.sightings_of(reference)

    # ── Copies for recipients, and the log ───────────────────────────────────────────────────────────────────────

    def for_recipients(self, reference: str, by: Account) -> Exportable:
        """Return what copies for recipients are drawn from: the version in force, or the last final one.

        Raises Refusal: of a draft, or of anything but a briefing, copies are taken otherwise.
        """
        kept = self.desk.store.read(reference)
        version = self.desk.store.issued_version(kept.id)
        latest = self.desk.store.latest_frozen(kept.id)
        if kept.kind != BRIEFING.name or latest is None:
            raise Refusal("Copies for recipients are made of a briefing that is approved.")
        return self.desk.export(reference, by, version if version is not None else latest.version)

    def handed_to(self, source: Exportable, recipient: str, purpose: str, how: str) -> tuple[Audience, Handed]:
        """Return which copy a listed recipient gets, with a number of its own. Raises Refusal."""
        document = build_document(source.document)
        listed = {entry.to for entry in document.circulation or ()}
        if not isinstance(document, Briefing) or recipient not in listed:
            raise Refusal(CATALOGUE["IIM-DIS-01"].says)
        if source.profile["ask_reason_for_sharing"] and not purpose.strip():
            raise Refusal(CATALOGUE["IIM-LOG-02"].says)
        number = uuid.uuid4().hex[:12].upper()
        return copy_for(document, recipient), Handed(recipient, "-".join(re.findall("....", number)), how)

    def log_findings(self, reference: str, by: Account) -> list[Finding]:
        """Return what is wrong with the log of a briefing, or with the copies that were given out."""
        require(by, Deed.READ_LOG)
        record = self._seen_by_officers(self.desk.store.read(reference))
        if record is None or not isinstance(record.document, Briefing):
            return []
        history, shared = self.desk.store.lines_of(reference), self.desk.store.sharing_of(reference)
        is_whole = is_unbroken(history) and is_unbroken(shared)
        log, copies = logged([line for line, _ in history], [line for line, _ in shared], is_whole=is_whole)
        case = BriefingCase(record.document, record.profile, self.desk.now(), log=log, exports=copies)
        return [one for one in judge(case) if {"history:access_log", "history:exports"} & {*CATALOGUE[one.rule].needs}]

    # ── Inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _now(self, draft: Draft) -> tuple[Record, Stage]:
        record = self.desk.record_of(draft)
        return record, self.stage(record)

    def _started_by(self, reference: str) -> str | None:
        lines = self.desk.store.lines_of(reference)
        return next((line.account_id for line, _ in lines if line.what == "meeting:record:started"), None)

    def _professional(self, record: Record, by: Account) -> str | None:
        return next((one.id for one in record.document.professionals or () if one.name == by.name), None)


def _letter(
    reference: str,
    about: LetterAbout,
    address: str,
    page: str,
    at: datetime,
    *,
    by: Account,
    queued_at: datetime,
    agency: Agency | None = None,
) -> Letter:
    """Return a letter that is sent at a moment."""
    sent_by = agency or by.agency
    return Letter(str(uuid.uuid4()), reference, about, address, sent_by, page, by.name, queued_at, next_at=at)


def _check_move(stage: Stage, to: Stage, words: str) -> None:
    """Refuse a stage that does not follow the present one."""
    if to not in BECOMES[stage]:
        raise Refusal(f"A briefing that is {stage.value.lower()} cannot be {words}.")


def _written(moment: datetime) -> str:
    return local(moment).isoformat(timespec="seconds")


def _is_supervisor(by: Account, policy: Profile) -> bool:
    """Whether this person says at handover, for a shift or a duty post, that a briefing was read."""
    return by.grade.strip().casefold() in policy.police_manager_grades or by.role in (
        Role.REVIEWER,
        Role.ADMINISTRATOR,
    )


def _found(one: Listed, now: datetime) -> Found:
    stage = Stage.STOOD_DOWN if one.withdrawn else Stage.EXPIRED if one.until < now else Stage.ISSUED
    level = MissingLevel.of(one.level).label if one.level else ""
    return Found(one.reference, one.title, stage, level)


def _number(draft: Draft, content: Json) -> None:
    """Give the actions and risks of a new briefing their own names, and let actions wait for each other by these."""
    rows = [one for one in draft.parts.values() if one.name in ("actions", "risk_assessment/risks")]
    refs: dict[str, str] = {}
    for part in rows:
        part.body = {**new_row(draft, part.name, {}).body, **part.body}
        if part.name == "actions" and part.origin:
            refs[value_of(content, part.origin["pointer"]).get("ref", "")] = part.body["ref"]
    for part in rows:
        if "after" in part.body:
            after = [refs[one] for one in part.body.pop("after") if one in refs]
            part.body |= {"after": after} if after else {}
    draft.numbers = {**numbers(draft), **draft.numbers}


def _bring_in(part: Part, one: Carried, content: Json) -> None:
    """Let a part say what the discussion says now, in the answers that are other than when it was carried over."""
    before, origin = (part.origin or {}).get("carried", {}), origin_of(one, content)
    changed = {name for name in {*before, *one.body} if before.get(name) != origin["carried"].get(name)} - {"after"}
    kept = {name: value for name, value in part.body.items() if name not in changed}
    part.body = {**kept, **{name: one.body[name] for name in one.body if name in changed}}
    part.origin = origin


def copy_for(document: Briefing, local_id: str) -> Audience:
    """Return which copy a listed recipient gets: the one named there, or the one for that agency."""
    named = (entry.audience for entry in document.circulation or () if entry.to == local_id)
    one = document.professional(local_id)
    return next(filter(None, named), None) or copy_of_agency(one.agency if one else None)


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
