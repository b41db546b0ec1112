"""What people do with records: start, record, confirm, finalise, reconvene, import, take a copy.

The only caller of stages, people, history and store together. It decides nothing itself: what is true is asked of the
rules, who may of `people.py`, what may follow of `stages.py`. How an answer is put in a part stands in `answers.py`,
what is done with rows in `rows.py`, how a document comes in and leaves in `incoming.py` and `outgoing.py`, what is
kept of a final text in `freezing.py`.
"""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from meetings import contract, rows
from meetings.answers import Answer, Clash, Reading, Recorded, put_answers
from meetings.briefing_facts import mark_of_reasons
from meetings.calendar import local
from meetings.contract import Refused
from meetings.documents import DISCUSSION, Briefing, Discussion, Document, DocumentKind, Professional
from meetings.drafts import (
    NoSuchPart,
    Refusal,
    empty,
    find,
    numbers,
    parts_of,
    refresh,
    shown_in_lists,
)
from meetings.facts import is_manager
from meetings.freezing import freeze
from meetings.history import Line
from meetings.incoming import check_envelope, fill
from meetings.need_to_know import NEEDS, Asker, Reach, asker_of, team_among, team_in, team_of
from meetings.outgoing import Exportable, Handed, exportable, newest_version, state_of, version_for_readers
from meetings.parts import Json, Part
from meetings.passwords import hash_password, is_password
from meetings.people import Account, Deed, NotAllowed, Role, require, written_login
from meetings.post import link_letters
from meetings.profiles import DEFAULT_PROFILE, profile
from meetings.record import Confirmation, Record
from meetings.rules import Finding
from meetings.seal import content_sha256
from meetings.sessions import Sessions
from meetings.sign_offs import is_a_signature, sign_off
from meetings.signers import check_signer, is_self
from meetings.stages import FINALISE, take
from meetings.store import (
    TAKEN,
    Collision,
    Draft,
    Followed,
    Frozen,
    NoSuchMeeting,
    Shared,
    Store,
    StoredSignoff,
    Summary,
    Unavailable,
)
from meetings.vocabulary import (
    ACTION_ENDED,
    Agency,
    DocumentStatus,
    MeetingType,
    Presence,
    SignoffAs,
    SignoffMethod,
)

GONE_AFTER = timedelta(seconds=45)
"""A window that has not asked for so long is no longer in the record. Source: own; pages ask every few seconds."""
SEEN_AGAIN_AFTER = timedelta(seconds=15)
"""A window that asks again is noted again only after this long, so that looking costs no writing."""
CLOSED = "closed"
"""In a list: everything that is no draft."""

PREVIOUS = "previous"
"""The part of a discussion that names the one before it."""
TYPED_BY_TEAM = "typed_by_team"
"""In the origin of that part: the team of the recorder who typed it; empty for anybody else."""

_NEW_EACH_MEETING = ("presence", "attendance", "arrived_at", "left_at", "reason", "tried_at", "gave_information")
"""What a reconvened discussion asks again of every professional."""


ONLY_COPIES = (
    "You are given copies of this record and do not see the whole of it. "
    "If you need to, ask its recorder to enter you as somebody who took part."
)


class Withheld(NoSuchMeeting):
    """A record is not here, or is not this person's to know of: said alike, so that nobody can tell them apart."""

    def __init__(self, reference: str) -> None:
        """Carry the reference."""
        super().__init__(reference)
        self.args = (f"‘{reference}’ is none of the records that are open to you.",)


class TextChanged(Refusal):
    """The text was changed while somebody was about to confirm it."""

    def __init__(self, current: str) -> None:
        """Carry the content hash of the text as it stands now."""
        super().__init__("The text was changed since you read it. Read it again, then confirm.")
        self.current = current


Result = TypeVar("Result")


class Desk:
    """Everything people do, at one store and by one clock."""

    def __init__(self, store: Store, now: Callable[[], datetime], *, production: bool = False) -> None:
        """Work at that store, by that clock; in production no account of the demonstration counts."""
        self.store = store
        self._now = now
        self.production = production
        self.sessions = Sessions(store, now, production=production)

    def now(self) -> datetime:
        """Return the present moment, on a British clock, to the second."""
        return local(self._now()).replace(microsecond=0)

    # ── People ───────────────────────────────────────────────────────────────────────────────────────────────────

    def sign_in(self, login: str, password: str) -> Account | None:
        """Return the account if login and password belong together."""
        found = self.store.find_account(login=written_login(login))
        account, kept, _ = found or (None, None, False)
        return account if is_password(password, kept) else None

    def proves(self, person: Account, password: str) -> bool:
        """Whether this is that person's password: asked again at the moment of signing."""
        found = self.store.find_account(account_id=person.id)
        return is_password(password, found[1] if found else None)

    def account(self, account_id: str) -> Account | None:
        """Return the account of that id, or None."""
        found = self.store.find_account(account_id=account_id)
        return found[0] if found else None

    def account_of(self, login: str) -> Account:
        """Return the account of that login that work is done with. Raises Refusal, also for one that is disabled."""
        found = self.store.find_account(login=written_login(login))
        if found is None:
            raise Refusal(f"There is no account ‘{login}’ here.")
        account, _, demonstration = found
        if demonstration and self.production:
            raise Refusal(f"‘{login}’ is an account of the demonstration, which is refused in production.")
        if account.disabled_at is not None:
            raise Refusal(f"The account ‘{login}’ is disabled: nothing is done in its name.")
        return account

    def accounts_of(self, agencies: Collection[str]) -> list[Account]:
        """Return the accounts of these agencies that somebody can sign in with here."""
        return self.store.accounts_of(agencies, demonstration=not self.production)

    def keep_account(self, person: Account, password: str | None, *, demonstration: bool = False) -> None:
        """Keep an account with its password."""
        kept = hash_password(password) if password is not None else None
        self.store.keep_account(person, kept, demonstration=demonstration)

    # ── Who gets to what ─────────────────────────────────────────────────────────────────────────────────────────

    def reach(self, reference: str, by: Account) -> Reach:
        """Return how far somebody gets to a record; to one that is not here, nobody gets."""
        return self.store.reach(reference, asker_of(by))

    def admit(self, reference: str, by: Account, deed: Deed) -> Reach:
        """Return how far somebody gets to a record who may do that to it. Every deed asks here first.

        Raises NotAllowed for the role, and Withheld alike for a record that is not here and for one that is not this
        person's to know of: both cost one statement and read the same.
        """
        require(by, deed)
        found, needed = self.reach(reference, by), NEEDS.get(deed)
        if found is Reach.NONE or needed is None:
            raise NoSuchMeeting(reference) if by.role is Role.LOCAL else Withheld(reference)
        if found < needed:
            raise NotAllowed(ONLY_COPIES)
        return found

    # ── Looking ──────────────────────────────────────────────────────────────────────────────────────────────────

    def records(
        self,
        by: Account,
        kind: str | None = None,
        status: str | None = None,
        *,
        most: int | None = None,
        after: int = 0,
    ) -> list[Summary]:
        """Return a line for each record that somebody gets to, newest change first; `closed` is all but a draft.

        Who gets copies alone is told of no draft: while a correction is written, the record is as final as it was.
        """
        require(by, Deed.LIST)
        closed = [str(one) for one in DocumentStatus if one is not DocumentStatus.DRAFT]
        statuses = closed if status == CLOSED else [status] if status else []
        return self.store.summaries(asker_of(by), kind, statuses, most, after)

    def look(self, reference: str, by: Account, version: int | None = None) -> Record:
        """Return a record as it stands, or one final version of it. Raises NoSuchMeeting."""
        self.admit(reference, by, Deed.SEE)
        return self.record_of(self.store.read(reference), version, asker_of(by))

    def record_of(self, kept: Draft, version: int | None = None, asker: Asker | None = None) -> Record:
        """Return what the store keeps as people see it. Raises NoSuchMeeting for a version that is not here.

        Other records of the same day are those that the asker sees.
        """
        frozen = None
        if version is not None or kept.status is not DocumentStatus.DRAFT:
            wanted = version or kept.version
            is_draft = kept.status is DocumentStatus.DRAFT and wanted == kept.version
            frozen = None if is_draft else self.store.frozen_version(kept.id, wanted)
            if frozen is None and not is_draft:
                raise NoSuchMeeting(f"{kept.ref}, version {wanted}")
        record = self._shown(kept, frozen)
        record.earlier = self.earlier_of(record) + self._with_the_same_reasons(record)
        if kept.shares_a_day and asker is not None:
            record.same_day = [self._document(reference) for reference in self.store.of_the_same_day(kept.id, asker)]
        return record

    def standing(self, reference: str) -> Record:
        """Return what of a record is in force: its newest final version, else the draft. Raises NoSuchMeeting."""
        kept = self.store.read(reference)
        return self._shown(kept, self.store.latest_frozen(kept.id))

    def _shown(self, kept: Draft, frozen: Frozen | None) -> Record:
        if frozen is not None and frozen.version != kept.version:
            kept.signoffs = self.store.signoffs_of(kept.id, frozen.version)
        return Record(kept, (), frozen)

    def _document(self, reference: str) -> Document:
        found: Document = self.standing(reference).document
        return found

    def _with_the_same_reasons(self, record: Record) -> list[Document]:
        """Return another briefing that gives the same four reasons, if there is one."""
        mark = mark_of_reasons(record.document) if isinstance(record.document, Briefing) else None
        if mark is None:
            return []
        others = self.store.found_by([[mark]], record.kind.name, most=2)
        return [self._document(one) for one in others if one != record.reference][:1]

    def earlier_of(self, record: Record) -> list[Document]:
        """Return the earlier discussions of a case, oldest first, as far as whoever named each might see it.

        They are those of the same team, and those carried over here. A reference that somebody typed leads to nothing
        that this person does not see: whose record it is typed in says nothing of who typed it.
        """
        content, last = record.content, record.kept
        found: list[Document] = []
        seen = {content["id"]}
        previous = content.get("previous")
        while previous is not None:
            reference = previous.get("ref")
            if "id" in previous:
                reference = self.store.reference_of(previous["id"]) or reference
            if reference is None or not self.store.is_taken(reference):
                break
            step = self.standing(reference)
            if step.kept.id in seen or not self._leads_to(last, step.kept):
                break
            last = step.kept
            seen.add(step.kept.id)
            found.insert(0, step.document)
            previous = step.content.get("previous")
        return found

    def _leads_to(self, kept: Draft, earlier: Draft) -> bool:
        typed = next((one.origin for one in kept.parts.values() if one.name == PREVIOUS and one.origin), None)
        team = kept.team if typed is None else typed[TYPED_BY_TEAM]
        same_team = bool(team) and team == earlier.team
        return same_team or self.store.is_carried_over(kept.key, earlier.key)

    def findings(self, record: Record) -> list[Finding]:
        """Return everything that is still needed or worth knowing now."""
        return record.findings(self.now())

    def confirmations(self, record: Record) -> list[Confirmation]:
        """Return who confirmed the text of a record, valid or not."""
        return record.confirmations()

    def history(self, reference: str, by: Account, before: int | None = None, most: int | None = None) -> list[Line]:
        """Return what was done to a record, oldest first; with `most`, the last so many before that number."""
        self.admit(reference, by, Deed.SEE)
        return [line for line, _ in self.store.lines_of(reference, before, most)]

    def last_in(self, reference: str, part_id: str, path: str, by: Account) -> Line | None:
        """Return the last line of the history that changed a field of a part, or None."""
        self.admit(reference, by, Deed.SEE)
        lines = self.store.latest_lines(reference, part_id)
        return next((line for line in lines if path in line.detail.get("fields", ())), None)

    # ── Following what others do ─────────────────────────────────────────────────────────────────────────────────

    def follow(self, reference: str, by: Account, tab: str | None = None, place: str = "") -> Followed:
        """Return how a record moves, and the other windows it is open in; note that this one shows a place of it."""
        self.admit(reference, by, Deed.SEE)
        now = self.now()
        found = self.store.followed(reference, now - GONE_AFTER)
        if tab is not None:
            mine = next((one for one in found.here if one.tab == tab), None)
            if mine is None or mine.place != place or now - mine.seen_at >= SEEN_AGAIN_AFTER:
                with suppress(Unavailable):  # who is here can be missing for a while; what others wrote cannot
                    self.store.be_here(found.record_id, tab, by, place, now, now - GONE_AFTER)
        return replace(found, here=[one for one in found.here if one.tab != tab])

    def leave(self, reference: str, by: Account, tab: str) -> None:
        """Note that a window no longer shows a record."""
        self.admit(reference, by, Deed.SEE)
        self.store.be_gone(reference, tab)

    def versions(self, reference: str, by: Account) -> dict[str, int]:
        """Return the version of each part of a record."""
        self.admit(reference, by, Deed.SEE)
        return self.store.versions_of(reference)

    # ── Recording ────────────────────────────────────────────────────────────────────────────────────────────────

    def start(
        self,
        by: Account,
        profile_id: str = DEFAULT_PROFILE,
        kind: MeetingType | None = None,
        of: DocumentKind = DISCUSSION,
        record_id: str | None = None,
    ) -> str:
        """Start a document, a strategy discussion unless said otherwise, under a policy profile; return its reference.

        Asked for again under the same id (a UUID), it is the same record. Raises NoSuchProfile.
        """
        require(by, Deed.RECORD)
        if (there := self.begun(record_id)) is not None:
            return there
        draft = self.new_draft(by, profile(profile_id).id, of, record_id=record_id)
        top: Json = {"marking": {"tier": "OFFICIAL", "sensitive": True}}
        if kind is not None:
            top["meeting"] = {"type": str(kind)}
        draft.parts = parts_of(top, draft.layout)
        draft.note("meeting:record:started")
        return self.begin(draft, by)

    def begun(self, record_id: str | None) -> str | None:
        """Return the reference of the record of that id (a UUID), if it was begun before."""
        return None if record_id is None else self.store.reference_of(f"urn:uuid:{record_id}")

    def begin(self, draft: Draft, by: Account) -> str:
        """Keep a new record and return its reference; of one that was begun at the same moment, that one's."""
        try:
            self.store.add(draft, by, self.now())
        except Collision:
            there = self.store.reference_of(draft.id)
            if there is None:
                raise
            return there
        return draft.ref

    def new_draft(
        self,
        by: Account,
        profile_id: str | None,
        kind: DocumentKind = DISCUSSION,
        otherwise: str = "",
        record_id: str | None = None,
    ) -> Draft:
        """Return a new record with the next reference of its series; it is not kept yet.

        It is of the team of whoever begins it; `otherwise` is whose the record was that it is begun from.
        """
        ref = self.store.next_reference(f"{kind.series}-{self.now().year}")
        return Draft(
            id=f"urn:uuid:{record_id or uuid.uuid4()}",
            kind=kind.name,
            ref=ref,
            version=1,
            status=DocumentStatus.DRAFT,
            profile=profile_id,
            asked=set(),
            numbers={},
            counter=1,
            title="",
            held_at=None,
            recorder=by.name,
            parts={},
            signoffs=[],
            team=self._team(team_of(by), otherwise),
        )

    def _recorders(self) -> list[Account]:
        return self.store.accounts_in(Role.RECORDER, demonstration=not self.production)

    def _team(self, named: str, otherwise: str = "") -> str:
        """Return whose a new record is: of the team named, if that records here; see `team_among`."""
        return team_among(named, map(team_of, self._recorders()), otherwise)

    @contextmanager
    def opened(self, reference: str, by: Account, deed: Deed = Deed.RECORD) -> Iterator[Draft]:
        """Lend a draft to somebody who may change it so; what lists show is worked out anew at the end."""
        self.admit(reference, by, deed)
        with self.store.open(reference, by, self.now()) as draft:
            require(by, deed, draft.status)
            yield draft
            refresh(draft)

    def _in_part(self, reference: str, part: str, by: Account, deed: Callable[[Draft, Part], Result]) -> Result:
        """Let a deed change one part of a draft, and work out anew what lists show of it. Raises NoSuchPart."""
        self.admit(reference, by, Deed.RECORD)

        def do(draft: Draft) -> Result:
            require(by, Deed.RECORD, draft.status)
            one = find(draft, part)
            done = deed(draft, one)
            if one.name in shown_in_lists(draft.layout):
                refresh(draft)
            return done

        return self.store.change_part(reference, part, by, self.now(), do)

    def answer(
        self,
        reference: str,
        part: str,
        answers: Mapping[str, Answer],
        by: Account,
        was: Mapping[str, str] | None = None,
    ) -> list[Clash]:
        """Record answers in one part, named as `drafts.find` has it. Returns the fields that clash; see `record`."""
        return self.record(reference, part, lambda _draft, _one: (answers, was), by).clashes

    def record(self, reference: str, part: str, read: Reading, by: Account) -> Recorded:
        """Record in one part what was typed; `read` is given the part as it stands and returns the answers.

        It returns too, by path, the fingerprint of what the person saw. A field that now holds neither that nor the
        new answer is left as it is and comes back as a clash; the others are kept. Raises NoSuchPart, NotAllowed.
        """
        named = False

        def put(draft: Draft, one: Part) -> Recorded:
            nonlocal named
            before = _named_before(one)
            found = put_answers(draft, one, *read(draft, one), self.now())
            named = one.name == PREVIOUS and _named_before(one) != before
            if named:
                one.origin = {TYPED_BY_TEAM: asker_of(by).team}
            return found

        recorded = self._in_part(reference, part, by, put)
        if named:
            self._carry_over_named(reference, recorded.part, by)
        return recorded

    def _carry_over_named(self, reference: str, previous: Part, by: Account) -> None:
        """Let a record lead to the earlier one that was named in it, if whoever named it sees that one whole."""
        ref, record_id = _named_before(previous)
        earlier = (self.store.reference_of(record_id) if record_id else None) or ref
        if earlier and self.reach(earlier, by) is Reach.WHOLE:
            leads = self.store.carry_over(self.store.read(reference).key, self.store.read(earlier).key)
            with self.store.writing() as connection:
                leads(connection)

    def set_aside(self, reference: str, part: str, path: str, text: str, by: Account) -> None:
        """Keep in the history a text that somebody typed in a field and gave up for another's. Raises NoSuchPart."""

        def keep(draft: Draft, one: Part) -> None:
            if path not in draft.layout.answers_of(one.name):
                raise NoSuchPart(f"There is no question ‘{path}’ here.")
            draft.note(f"meeting:{one.name}:text set aside", one.id, path=path, text=text)

        self._in_part(reference, part, by, keep)

    def add_row(
        self, reference: str, name: str, by: Account, body: Json | None = None, row_id: str | None = None
    ) -> Part:
        """Add a row to a list; local ids and references of actions are given here.

        A page may name the row itself, by a UUID: asked for again, after a lost answer, it is the same row. Raises
        NoSuchPart, Refusal for an id that something else has.
        """
        with self.opened(reference, by) as draft:
            if name not in draft.layout.lists:
                raise NoSuchPart(f"There is no list ‘{name}’ in a record.")
            if row_id in draft.parts and draft.parts[row_id].name == name:
                return draft.parts[row_id]
            if row_id is not None and self.store.has_part(row_id):
                raise Refusal("The row could not be added, since its id belongs to another. Add it again.")
            return rows.add(draft, name, body or {}, row_id)

    def remove_row(self, reference: str, part_id: str, by: Account) -> None:
        """Remove a row. Raises StillNamed for a person who is named elsewhere, NoSuchPart."""
        with self.opened(reference, by) as draft:
            rows.remove(draft, part_id)

    def removed_row(self, reference: str, part_id: str, by: Account) -> Part | None:
        """Return a row that was removed as it was then, or None if it is there or never was."""
        self.admit(reference, by, Deed.SEE)
        found = rows.removed(self.store.read(reference), part_id, self.store.latest_lines(reference, part_id))
        return found[0] if found else None

    def put_back_row(self, reference: str, part_id: str, by: Account) -> Part:
        """Put a removed row back as it was. Raises NoSuchPart, Refusal where another stands in its place."""
        self.admit(reference, by, Deed.RECORD)
        lines = self.store.latest_lines(reference, part_id)
        with self.opened(reference, by) as draft:
            return rows.put_back(draft, part_id, lines)

    def move_row(self, reference: str, part_id: str, places: int, by: Account) -> None:
        """Move a row up (-1) or down (+1) in its list; at the end of the list nothing happens. Raises NoSuchPart."""
        with self.opened(reference, by) as draft:
            rows.move(draft, part_id, places)

    def ask_none(self, reference: str, name: str, none: bool, by: Account) -> None:
        """Record that a list was asked for and there is none, or take that back. Raises NoSuchPart."""
        with self.opened(reference, by) as draft:
            if name not in draft.layout.lists:
                raise NoSuchPart(f"There is no list ‘{name}’ in a record.")
            if none != (name in draft.asked):
                draft.asked = draft.asked | {name} if none else draft.asked - {name}
                draft.note(f"meeting:{name}:{'none' if none else 'unasked'}")

    # ── Confirming and finalising ────────────────────────────────────────────────────────────────────────────────

    def confirm(
        self, reference: str, as_: SignoffAs, professional: str, typed_name: str, seen_sha256: str, by: Account
    ) -> None:
        """Confirm the text as chair or for police, or ratify it as a manager, by one's own account.

        It is over the content hash that was shown. Raises TextChanged if the text is no longer that one, NotAllowed for
        somebody else's entry, Refusal if this person cannot confirm it so.
        """
        with self.opened(reference, by, Deed.CONFIRM) as draft:
            record, one = self._to_confirm(draft, as_, professional, seen_sha256)
            aloud = "" if as_ is SignoffAs.MANAGER else " Or record that it was confirmed aloud, in the meeting."
            check_signer(one, typed_name, by, record.signoffs, aloud)
            body = sign_off(as_, one.id, self.now(), seen_sha256, SignoffMethod.ACCOUNT)
            self._keep_confirmation(draft, body, by)

    def confirmed_aloud(self, reference: str, as_: SignoffAs, professional: str, seen_sha256: str, by: Account) -> None:
        """Write down that the chair or somebody of police confirmed the text aloud in the meeting; no signature.

        Raises TextChanged, Refusal.
        """
        with self.opened(reference, by, Deed.CONFIRM) as draft:
            _, one = self._to_confirm(draft, as_, professional, seen_sha256)
            if as_ is SignoffAs.MANAGER:
                raise Refusal(f"Whoever ratifies was not in the meeting. Ask {one.name} to sign in and ratify.")
            if is_self(by, one):
                raise Refusal("You are that person: sign with your own account.")
            if one.presence is not Presence.ATTENDED:
                raise Refusal(
                    f"{one.name} is not recorded as having attended, so nothing was said aloud in the meeting. "
                    f"Ask {one.name} to sign in and sign."
                )
            body = sign_off(as_, one.id, self.now(), seen_sha256, SignoffMethod.ALOUD, recorded_by=by.name)
            self._keep_confirmation(draft, body, by)

    def may_sign(self, record: Record, by: Account) -> list[tuple[Professional, SignoffAs]]:
        """Return who of a draft this person is, with everything as which they may sign it and have not yet."""
        signed = {_as_whom(one.body) for one in record.signoffs if not one.elsewhere and is_a_signature(one.body)}
        return [(one, as_) for one, as_ in _who_confirms(record) if is_self(by, one) and (as_, one.id) not in signed]

    def may_have_spoken(self, record: Record, by: Account) -> list[tuple[Professional, SignoffAs]]:
        """Return who was there and may have confirmed a draft aloud to this person, as what, and has not yet."""
        done = {_as_whom(one.body) for one in record.signoffs if not one.elsewhere}
        found = ((one, as_) for one, as_ in _who_confirms(record) if as_ is not SignoffAs.MANAGER)
        were_there = [(one, as_) for one, as_ in found if one.presence is Presence.ATTENDED and not is_self(by, one)]
        return [(one, as_) for one, as_ in were_there if (as_, one.id) not in done]

    def _to_confirm(
        self, draft: Draft, as_: SignoffAs, professional: str, seen_sha256: str
    ) -> tuple[Record, Professional]:
        """Return the record and who of it is to confirm. Raises TextChanged, Refusal."""
        record = Record(draft, ())
        if record.kind is not DISCUSSION:
            raise Refusal("A briefing is not confirmed by chair and police. A supervisor approves it.")
        if record.content_sha256 != seen_sha256:
            raise TextChanged(record.content_sha256)
        one: Professional | None = record.document.professional(professional)
        if one is None or one.name is None:
            raise Refusal("Choose who confirms from the people of this record.")
        if as_ is SignoffAs.CHAIR and record.document.meeting.chair != professional:
            raise Refusal("Only the chair of this discussion confirms as chair.")
        if as_ is SignoffAs.POLICE and one.agency is not Agency.POLICE:
            raise Refusal("Only somebody from police confirms for police.")
        if as_ is SignoffAs.MANAGER and not is_manager(one, record.profile):
            raise Refusal("Only a manager ratifies; for police, a sergeant or above.")
        if as_ not in (SignoffAs.CHAIR, SignoffAs.POLICE, SignoffAs.MANAGER):
            raise Refusal("A draft is confirmed by the chair and by police, or ratified by a manager.")
        return record, one

    def _keep_confirmation(self, draft: Draft, body: Json, by: Account) -> None:
        """Keep a confirmation in the place of the one that this person gave before; never one aloud for a signature."""
        before = [one for one in draft.signoffs if not one.elsewhere and _as_whom(one.body) == _as_whom(body)]
        is_aloud = body["method"] == SignoffMethod.ALOUD
        sha = body["content_sha256"]
        if is_aloud and any(is_a_signature(one.body) and one.body.get("content_sha256") == sha for one in before):
            raise Refusal("This person has signed this very text already. There is nothing to add.")
        draft.signoffs = [one for one in draft.signoffs if one not in before]
        draft.signoffs.append(StoredSignoff(body, elsewhere=False, account_id=by.id))
        how = {name: body[name] for name in ("method", "recorded_by", "content_sha256") if name in body}
        said = "confirmed aloud" if is_aloud else "confirmed"
        draft.note(f"meeting:text:{said} as {body['as']}", body["by"], **how)

    def finalise(self, reference: str, by: Account) -> str:
        """Freeze a draft and return its content hash. Raises NotReady with what stops it, NoSuchMove."""
        with self.opened(reference, by, Deed.FINALISE) as draft:
            record = Record(draft, ())
            record.earlier = self.earlier_of(record)
            now = self.now()
            draft.status = take(FINALISE, record.kind, draft.status, record.findings(now))
            freeze(draft, record, now)
            links = [one for one in self.store.invitations_to(reference) if one.is_open]
            asked = {one: who for agency in draft.asking or () for one, who in agency.people}
            letters = link_letters([one for one in links if one.professional in asked], by, now)
            draft.also.append(self.store.queue(draft.key, letters))
            draft.note("meeting:record:finalised", content_sha256=record.content_sha256, version=draft.version)
        return record.content_sha256

    def reconvene(self, reference: str, by: Account, record_id: str | None = None) -> str:
        """Start a reconvened discussion from an earlier one: people, places and open actions are carried over.

        Asked for again under the same id, it is the same record. Raises Refusal for what is no discussion.
        """
        self.admit(reference, by, Deed.RECORD)
        if (there := self.begun(record_id)) is not None:
            return there
        earlier = self.standing(reference)
        if earlier.kind is not DISCUSSION:
            raise Refusal("A briefing is not reconvened. Review it, or open a correction: both make its next version.")
        content = earlier.content
        carried: Json = {
            "meeting": {"type": str(MeetingType.REVIEW)},
            "previous": {
                "ref": content["ref"],
                "id": content["id"],
                "version": content["version"],
                "content_sha256": earlier.content_sha256,
            },
            **{name: content[name] for name in ("marking", "links", "children", "adults", "places") if name in content},
            "professionals": [
                {name: value for name, value in one.items() if name not in _NEW_EACH_MEETING}
                for one in content.get("professionals", ())
            ],
            "earlier_actions": [
                {"ref": one["ref"]}
                for one in content.get("actions", ())
                if "ref" in one and one.get("status") not in ACTION_ENDED
            ],
        }
        draft = self.new_draft(by, content.get("profile"), otherwise=earlier.kept.team, record_id=record_id)
        draft.parts = parts_of(carried, draft.layout)
        draft.numbers = numbers(draft)
        draft.note("meeting:record:reconvened", place="", previous=content["ref"])
        refresh(draft)
        draft.also.append(self.store.carry_over(draft.key, earlier.kept.key))
        return self.begin(draft, by)

    # ── Documents coming in and going out ────────────────────────────────────────────────────────────────────────

    def import_document(
        self, raw: bytes, by: Account, *, replace: bool = False, team: str | None = None
    ) -> tuple[str, str]:
        """Read a contract document into a record that is a draft; return its reference and what happened.

        What happened is created, unchanged or replaced. Without a team, a new record is that of the team of its
        recorder, if that team records here, or of the only team that does. Raises Refused with path and reason, or why
        it may not come in.
        """
        require(by, Deed.IMPORT)
        data = contract.read_json(raw)
        kind = contract.check(data)
        check_envelope(data)
        data = {name: value for name, value in data.items() if name not in ("ref", "profile") or value.strip()}
        present = self.store.reference_of(data["id"])
        if present is not None:
            return present, self._import_again(present, data, by, replace=replace)
        if "ref" in data and self.store.is_taken(data["ref"]):
            raise Refused(f"The reference {data['ref']} belongs to another record.")
        draft = self.new_draft(by, data.get("profile"), kind) if "ref" not in data else empty(data, kind)
        draft.id, draft.version, draft.recorder = data["id"], data["version"], by.name
        draft.team = self._team(team_in(data)) if team is None else team
        fill(draft, data)
        draft.note("meeting:record:imported", content_sha256=content_sha256(data))
        self.store.add(draft, by, self.now())
        return draft.ref, "created"

    def _import_again(self, reference: str, data: Json, by: Account, *, replace: bool) -> str:
        with self.store.open(reference, by, self.now()) as draft:
            record = self.record_of(draft)
            given_sha256 = content_sha256({**data, "ref": data.get("ref", draft.ref)})
            same_text = record.content_sha256 == given_sha256
            earlier = self.store.frozen_version(draft.id, data["version"]) if record.is_draft else None
            if earlier is not None and earlier.content_sha256 == given_sha256:
                return "unchanged"
            if earlier is not None:
                raise Refused(f"Version {earlier.version} of {reference} is final here with another text.")
            elsewhere = [one.body for one in draft.signoffs if one.elsewhere]
            if same_text and (not record.is_draft or elsewhere == data.get("signoff", [])):
                return "unchanged"
            if not record.is_draft:
                raise Refused(f"{reference} is final here and holds another text; a final record is not replaced.")
            if not replace:
                raise Refused(f"{reference} is here already with other content; use --replace to replace the draft.")
            if data.get("ref", reference) != reference:
                raise Refused(f"The record of this id is {reference} here, not {data['ref']}.")
            draft.version, draft.profile = data["version"], data.get("profile")
            fill(draft, data)
            draft.note("meeting:record:replaced", content_sha256=content_sha256(data))
        return "replaced"

    def export(self, reference: str, by: Account, version: int | None = None) -> Exportable:
        """Return what a copy is drawn from. Raises NotAllowed, NoSuchMeeting."""
        is_whole = self.admit(reference, by, Deed.EXPORT) is Reach.WHOLE
        kept = self.store.read(reference)
        if not is_whole:
            version = version_for_readers(self.store, kept, version)
        record = self.record_of(kept, version)
        return replace(exportable(record), state=self.state_of(record))

    def state_of(self, record: Record) -> str:
        """Return in capitals what has become of a version since it was final, for every page of its copies."""
        return state_of(self.store, record, self.now())

    def newest_of(self, record: Record) -> int:
        """Return the version of a record that takes the place of the others."""
        return newest_version(self.store, record.kept.id) or record.version

    # ── Who was shown what ───────────────────────────────────────────────────────────────────────────────────────

    def give_out(
        self,
        source: Exportable,
        audience: str,
        files: Mapping[str, bytes],
        by: Account,
        *,
        purpose: str = "",
        handed: Handed | None = None,
    ) -> None:
        """Register files before they leave: their hashes, the version, for whom, who took them and, if said, for what.

        `handed` says to whom a copy was given, under which number and how; without a file it was told or shown.
        Source: Data Protection Act 2018, section 62 (disclosure).
        """
        said: Json = {"version": source.document["version"], "status": source.document["status"]}
        said |= {"content_sha256": source.content_sha256, **({"purpose": purpose} if purpose else {})}
        said |= {"recipient": handed.recipient, "number": handed.number, "how": handed.how} if handed else {}
        shared = [
            Shared(TAKEN, audience, {**said, "file": name}, hashlib.sha256(content).hexdigest())
            for name, content in files.items()
        ]
        if handed is not None and not files:
            shared = [Shared("copy:told", audience, said)]
        self.store.note_sharing(source.document["ref"], by, self.now(), shared)

    def note_view(self, reference: str, by: Account, page: str, version: int) -> None:
        """Note that somebody looked at a record. Source: Data Protection Act 2018, section 62 (consultation).

        While the database takes no change, records can still be read, and the log says that a view was not noted.
        """
        try:
            self.store.note_sharing(reference, by, self.now(), [Shared("page:seen", page, {"version": version})])
        except Unavailable:
            logging.getLogger(__name__).exception("A view of a record could not be noted.")

    def sharing(self, reference: str, by: Account, before: int | None = None, most: int | None = None) -> list[Line]:
        """Return who was shown what of a record, oldest first; with `most`, the last so many before that number."""
        self.admit(reference, by, Deed.READ_LOG)
        return [line for line, _ in self.store.sharing_of(reference, before, most)]


def _who_confirms(record: Record) -> Iterator[tuple[Professional, SignoffAs]]:
    """Yield who may confirm a draft: the chair, anybody of police, and managers who were not there."""
    document: Discussion = record.document
    named = [one for one in document.professionals or () if one.name]
    yield from ((one, SignoffAs.CHAIR) for one in named if str(one.id) == document.meeting.chair)
    yield from ((one, SignoffAs.POLICE) for one in named if one.agency is Agency.POLICE)
    for one in named:
        if is_manager(one, record.profile) and one.presence is not Presence.ATTENDED:
            yield one, SignoffAs.MANAGER


def _named_before(one: Part) -> tuple[str, str]:
    """Return by what a part names the discussion before this one: reference and id."""
    return one.body.get("ref") or "", one.body.get("id") or ""


def _as_whom(body: Json) -> tuple[str | None, str | None]:
    return body.get("as"), body.get("by")


def administrator() -> Account:
    """Return the local administrator, in whose name the command line works. Nobody can sign in as it."""
    return Account(
        id="00000000-0000-4000-8000-000000000002",
        login="administrator",
        name="Local administrator",
        agency=Agency.OTHER,
        organisation="",
        grade="",
        role=Role.LOCAL,
    )
