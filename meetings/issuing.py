"""What people do with a briefing: approve, issue, acknowledge, review, hand out copies, read its log.

Starting one, and what it takes over from a discussion later, is in `taking_over.py`; what officers are shown and report
in `officers.py`. Recording in it is the desk's affair; renewing it and standing it down are moves like those of a
discussion, and are made in `versions.py`.
"""

from __future__ import annotations

import re
import uuid
from datetime import date, datetime
from functools import partial
from typing import Any

from meetings.birth import BORN, at_birth
from meetings.briefing_facts import BECOMES, REVIEWED_UNCHANGED, Stage, unread_by
from meetings.calendar import local
from meetings.contract import build_document
from meetings.desk import Desk, TextChanged
from meetings.documents import BRIEFING, Briefing
from meetings.drafts import Refusal, new_row
from meetings.facts import is_manager
from meetings.folding import folded_name
from meetings.freezing import freeze, show_issued
from meetings.history import is_unbroken
from meetings.links import LetterAbout
from meetings.logs import logged
from meetings.officers import SHIFTS, ForOfficers, Pages, is_supervisor, letter_at
from meetings.outgoing import Exportable, Handed
from meetings.people import Account, Deed, require
from meetings.post import is_address, read_address
from meetings.record import Record
from meetings.rules import CATALOGUE, BriefingCase, Finding, Level, judge
from meetings.rules.briefing.sharing import has_closed_text
from meetings.stages import APPROVE, REVIEW, take
from meetings.store import Draft, Letter, StoredSignoff
from meetings.taking_over import TakingOver
from meetings.versions import Versions
from meetings.vocabulary import Audience, BirthKind, ProfessionalKind, SignoffAs, copy_of_agency

LASTS_LONGER = "IIM-HDR-09"
"""The rule that asks for the approver's reason."""


class Issuing(TakingOver, ForOfficers):
    """Everything that is done with briefings, at one desk."""

    def __init__(self, desk: Desk) -> None:
        """Work at that desk."""
        self.desk = desk

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
        if not is_supervisor(by, record.profile):
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
            elif one is not None and one.kind is ProfessionalKind.GROUP and not is_supervisor(by, record.profile):
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
        new = partial(letter_at, record.reference, by=by, queued_at=now)
        letters: list[Letter] = []
        for entry in document.circulation or ():
            one = document.professional(entry.to)
            address = read_address(one.contact.email or "") if one else None
            if one is not None and address is not None:
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


def _check_move(stage: Stage, to: Stage, words: str) -> None:
    """Refuse a stage that does not follow the present one."""
    if to not in BECOMES[stage]:
        raise Refusal(f"A briefing that is {stage.value.lower()} cannot be {words}.")


def _written(moment: datetime) -> str:
    return local(moment).isoformat(timespec="seconds")


def copy_for(document: Briefing, local_id: str) -> Audience:
    """Return which copy a listed recipient gets: the one named there, or the one for that agency."""
    named = (entry.audience for entry in document.circulation or () if entry.to == local_id)
    one = document.professional(local_id)
    return next(filter(None, named), None) or copy_of_agency(one.agency if one else None)


def _check_name(one: Any, typed_name: str) -> None:
    if one is None or one.name is None:
        raise Refusal("Choose who it is from the people of this briefing.")
    if folded_name(typed_name) != folded_name(one.name):
        raise Refusal(f"Type the name as it stands in the briefing: {one.name}.")


def _signoff(professional: str | None, as_: SignoffAs, at: datetime, content_sha256: str, by: Account) -> StoredSignoff:
    body = {"as": str(as_), "at": at.isoformat(timespec="seconds"), "content_sha256": content_sha256}
    if professional is not None:
        body["by"] = professional
    return StoredSignoff(body, elsewhere=False, account_id=by.id)
