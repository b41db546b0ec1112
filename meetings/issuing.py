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

from meetings.audience import FAMILY_HAS_NO_BRIEFING
from meetings.birth import BORN, at_birth
from meetings.briefing_facts import BECOMES, REVIEWED_UNCHANGED, Stage, unread_by
from meetings.calendar import local
from meetings.contract import build_document
from meetings.desk import Desk, TextChanged
from meetings.documents import BRIEFING, Briefing, Professional
from meetings.drafts import Refusal, new_row
from meetings.facts import is_manager
from meetings.freezing import freeze, show_issued
from meetings.history import is_unbroken
from meetings.links import LetterAbout
from meetings.logs import logged
from meetings.officers import SHIFTS, ForOfficers, Pages, check_reader, is_supervisor, letter_at
from meetings.outgoing import Exportable, Handed
from meetings.people import Account, Deed
from meetings.post import is_address, read_address
from meetings.record import Record
from meetings.rules import CATALOGUE, BriefingCase, Finding, Level, judge
from meetings.rules.briefing.sharing import has_closed_text
from meetings.sign_offs import sign_off
from meetings.signers import check_signer, is_self, own_entries
from meetings.stages import APPROVE, REVIEW, take
from meetings.store import Draft, Letter, StoredSignoff
from meetings.taking_over import TakingOver
from meetings.versions import Versions
from meetings.vocabulary import Audience, BirthKind, ProfessionalKind, SignoffAs, SignoffMethod, copy_of_agency

LASTS_LONGER = "IIM-HDR-09"
"""The rule that asks for the approver's reason."""


OPENS_A_VERSION = frozenset({"meeting:record:reopened", "meeting:record:correction begun"})
"""What the history calls it that somebody opened the next version to change it."""


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
        """Approve a draft as a supervisor who did not write it, by one's own account; freeze it. Returns its hash.

        `longer` is the approver's reason for being in force longer than usual. Where something is closed to some
        readers, the approver has read the open version. Raises TextChanged, Refusal, or NotReady with what still stops
        it; the rule that asks for the approval does not. Raises NotAllowed for somebody else's entry.
        """
        with self.desk.opened(reference, by, Deed.APPROVE) as draft:
            record = Record(draft, ())
            _check_briefing(record)
            if record.content_sha256 != seen_sha256:
                raise TextChanged(record.content_sha256)
            self._check_supervisor(record, professional, typed_name, by)
            if self._opened_by(reference, draft.version) == by.id:
                raise Refusal("Whoever opened this version to change it does not approve it. Ask another supervisor.")
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
        """Refuse whoever is not a supervisor, wrote the briefing, or is not the person named. Raises NotAllowed."""
        one = record.document.professional(professional)
        if one is None or one.name is None:
            raise Refusal("Choose who it is from the people of this briefing.")
        author = record.document.provenance.recorded_by
        wrote_it = professional == author or is_self(by, record.document.professional(author))
        if wrote_it or self._started_by(record.reference) == by.id:
            raise Refusal("Whoever wrote a briefing does not approve it. Ask a supervisor who did not.")
        if not is_manager(one, record.profile):
            raise Refusal("Only a supervisor approves: a sergeant or above, marked as manager.")
        if not is_supervisor(by, record.profile):
            raise Refusal("A supervisor approves from an account of a supervisor. Let the supervisor sign in.")
        check_signer(one, typed_name, by, record.signoffs)

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
        self.desk.admit(reference, by, Deed.ISSUE)
        with self.desk.store.open(reference, by, self.desk.now()) as draft:
            record, stage = self._now(draft)
            _check_move(stage, Stage.ISSUED, "issued")
            sender = next((one.id for one in own_entries(record.document, by)), None)
            draft.signoffs.append(_signoff(sender, SignoffAs.SENDER, self.desk.now(), record.content_sha256, by))
            record = self.desk.record_of(draft)
            show_issued(draft, record, self._started_by(reference))
            self._let_know(draft, record, by, pages)
            draft.note("meeting:record:issued", str(sender or ""), version=draft.version)

    def acknowledge(self, reference: str, professional: str, seen_sha256: str, by: Account) -> bool:
        """Say that one read and understood it, by one's account; not so if that was said before.

        Everybody says so for oneself; for a shift or a duty post of one's own organisation, a supervisor at handover,
        whose name stands beside it. Raises NotAllowed for anybody else's, Refusal, TextChanged.
        """
        self.desk.admit(reference, by, Deed.READ_BRIEFING)
        with self.desk.store.open(reference, by, self.desk.now()) as draft:
            record, one = self._to_read(draft, professional, seen_sha256)
            check_reader(one, by, record.profile)
            whose = by.name if one.kind in SHIFTS else ""
            return self._keep_read(draft, record, one, SignoffMethod.ACCOUNT, whose, by)

    def acknowledged_aloud(
        self, reference: str, professional: str, said_by: str, seen_sha256: str, by: Account
    ) -> bool:
        """Write down that a recipient who was rung said that it was read; not so if that was said before.

        `said_by` is who spoke for a duty post. For a shift only its supervisor says so. Raises Refusal, TextChanged.
        """
        self.desk.admit(reference, by, Deed.ISSUE)
        with self.desk.store.open(reference, by, self.desk.now()) as draft:
            record, one = self._to_read(draft, professional, seen_sha256)
            if one.kind is ProfessionalKind.GROUP:
                raise Refusal(f"For {one.name}, a supervisor says at handover that it was read, by their own account.")
            if is_self(by, one):
                raise Refusal("You are that person: say on the briefing itself that you have read it.")
            if one.kind is ProfessionalKind.POST and not said_by.strip():
                raise Refusal(f"Write who spoke for {one.name}.")
            return self._keep_read(draft, record, one, SignoffMethod.ALOUD, by.name, by, said_by.strip())

    def _to_read(self, draft: Draft, professional: str, seen_sha256: str) -> tuple[Record, Professional]:
        """Return the live version and the recipient of it. Raises Refusal, TextChanged."""
        record = self._seen_by_officers(draft) or self.desk.record_of(draft)
        _check_briefing(record)
        stage = self.stage(record)
        if not stage.is_live:
            raise Refusal(f"This briefing is {stage.value.upper()}. Nobody acknowledges it any more.")
        if record.content_sha256 != seen_sha256:
            raise TextChanged(record.content_sha256)
        one: Professional | None = record.document.professional(professional)
        if one is None or professional not in {entry.to for entry in record.document.circulation or ()}:
            raise Refusal("Choose who acknowledges from the recipients of this briefing.")
        return record, one

    def _keep_read(
        self,
        draft: Draft,
        record: Record,
        one: Professional,
        method: SignoffMethod,
        recorded_by: str,
        by: Account,
        said_by: str = "",
    ) -> bool:
        if one.id not in unread_by(record.document):
            return False
        now, sha = self.desk.now(), record.content_sha256
        signed = _signoff(one.id, SignoffAs.RECIPIENT, now, sha, by, method=method, recorded_by=recorded_by)
        signed.body |= {"text": f"Said by {said_by}"} if said_by else {}
        draft.later_signoffs.append((record.version, signed))
        record.kept.signoffs = [*record.kept.signoffs, signed]
        show_issued(draft, Record(record.kept, (), record.frozen))
        how = {
            "method": str(method),
            "name": recorded_by or one.name or "",
            **({"said_by": said_by} if said_by else {}),
        }
        draft.note("meeting:record:acknowledged", one.id, version=record.version, **how)
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
        self.desk.admit(reference, by, Deed.APPROVE)
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
        self.desk.admit(reference, by, Deed.EXPORT)
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
        if document.professional(recipient) is None or copy_for(document, recipient) is Audience.PARENT:
            raise Refusal(FAMILY_HAS_NO_BRIEFING)
        if source.profile["ask_reason_for_sharing"] and not purpose.strip():
            raise Refusal(CATALOGUE["IIM-LOG-02"].says)
        number = uuid.uuid4().hex[:12].upper()
        return copy_for(document, recipient), Handed(recipient, "-".join(re.findall("....", number)), how)

    def log_findings(self, reference: str, by: Account) -> list[Finding]:
        """Return what is wrong with the log of a briefing, or with the copies that were given out."""
        self.desk.admit(reference, by, Deed.READ_LOG)
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
        _check_briefing(record)
        return record, self.stage(record)

    def _started_by(self, reference: str) -> str | None:
        lines = self.desk.store.lines_of(reference)
        return next((line.account_id for line, _ in lines if line.what == "meeting:record:started"), None)

    def _opened_by(self, reference: str, version: int) -> str | None:
        """Return whose account opened a version of a briefing to change it; nobody's if it is the first."""
        lines = [line for line, _ in self.desk.store.lines_of(reference)]
        opened = (one for one in lines if one.what in OPENS_A_VERSION and one.detail.get("version") == version)
        return next((one.account_id for one in opened), None)


def _check_briefing(record: Record) -> None:
    """Refuse what only a briefing goes through."""
    if record.kind is not BRIEFING:
        raise Refusal("Only a briefing is approved, issued, acknowledged and reviewed; this is a discussion.")


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


def _signoff(
    professional: str | None,
    as_: SignoffAs,
    at: datetime,
    content_sha256: str,
    by: Account,
    *,
    method: SignoffMethod = SignoffMethod.ACCOUNT,
    recorded_by: str = "",
) -> StoredSignoff:
    whose = recorded_by or ("" if professional is not None else by.name)
    body = sign_off(as_, professional, at, content_sha256, method, recorded_by=whose)
    return StoredSignoff(body, elsewhere=False, account_id=by.id)
