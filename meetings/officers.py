"""What officers are shown of briefings: the one in force, what a search finds, what waits to be read. What they report.

Approving and issuing, and saying that one was read, are in `issuing.py`.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from meetings.briefing_facts import Stage, compared, stage_of
from meetings.desk import Desk
from meetings.documents import BRIEFING, Briefing, Professional
from meetings.drafts import NoSuchPart, Refusal
from meetings.finding import wanted
from meetings.links import LetterAbout
from meetings.need_to_know import Reach, asker_of
from meetings.people import Account, Deed, NotAllowed, Role, may, require
from meetings.post import is_address
from meetings.profiles import DEFAULT_PROFILE, Profile, profile
from meetings.record import Record
from meetings.signers import is_self
from meetings.store import FOUND, Draft, Letter, Listed, NoSuchMeeting, Shared, Sighting
from meetings.vocabulary import Agency, MissingLevel, ProfessionalKind

SHIFTS = (ProfessionalKind.GROUP, ProfessionalKind.POST)
"""Recipients that are not one named person: for them a supervisor says, at handover, that it was read."""


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


class ForOfficers:
    """What officers see and report, at one desk."""

    desk: Desk

    def live_version(self, reference: str, by: Account) -> Record:
        """Return the version of a briefing that officers see. Raises NoSuchMeeting.

        Whoever may see the whole record is shown one that was approved and not issued yet.
        """
        reach = self.desk.admit(reference, by, Deed.READ_BRIEFING)
        kept = self.desk.store.read(reference)
        if kept.kind != BRIEFING.name:
            raise NoSuchMeeting(reference)
        record = self._seen_by_officers(kept)
        if record is None and reach is Reach.WHOLE:
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

        Only those that go to this person, or to a shift, post or group of the person's organisation.

        The log of each says who was shown it and, if asked, for what; the words that were searched for, which may be
        about anybody, are not kept. Raises Refusal. Source: Data Protection Act 2018, section 62 (consultation).
        """
        require(by, Deed.READ_BRIEFING)
        if self.asks_what_for and not purpose.strip():
            raise Refusal("Say what you need it for: the log of each briefing that is found keeps it.")
        now = self.desk.now()
        listed = self.desk.store.find_issued(wanted(query), now, asker_of(by))
        said = {"purpose": purpose.strip()} if purpose.strip() else {}
        shown = {one.reference: [Shared(FOUND, "search", {"version": one.version, **said})] for one in listed}
        self.desk.store.note_shown(by, now, shown)
        return [_found(one, now) for one in listed]

    def to_read(self, by: Account) -> list[Found]:
        """Return the briefings that wait for this person, or for the shift this person leads, to say they were read."""
        require(by, Deed.READ_BRIEFING)
        now = self.desk.now()
        kinds = [str(one) for one in SHIFTS] if is_supervisor(by, profile(DEFAULT_PROFILE)) else []
        listed = self.desk.store.to_read(compared(by.name), compared(by.organisation), kinds, now, asker_of(by))
        return [_found(one, now) for one in listed]

    def not_read_in_time(self, by: Account) -> list[Found]:
        """Return the live briefings, wrote or approved by this person, that a recipient has not read in time."""
        require(by, Deed.READ_BRIEFING)
        now = self.desk.now()
        late = self.desk.store.late(by, now, asker_of(by), may_approve=may(by, Deed.APPROVE))
        return [_found(one, now) for one in late]

    def reported(self, by: Account) -> list[Sighting]:
        """Return the sightings that nobody has taken up yet, on what this person wrote or approved, newest first."""
        require(by, Deed.READ_BRIEFING)
        return self.desk.store.open_sightings(by, asker_of(by), may_approve=may(by, Deed.APPROVE))

    def report_sighting(self, reference: str, text: str, place: str, by: Account, pages: Pages | None = None) -> None:
        """Note that somebody was seen; whoever wrote and approved the briefing is told. Raises Refusal."""
        self.desk.admit(reference, by, Deed.READ_BRIEFING)
        if not text.strip():
            raise Refusal("Say whom you saw, when, and in what state.")
        self.live_version(reference, by)
        with self.desk.store.open(reference, by, self.desk.now()) as draft:
            draft.sightings.append((text.strip(), place.strip()))
            if pages is not None:
                now, told = self.desk.now(), filter(is_address, self.desk.store.watching(reference))
                new = partial(letter_at, reference, LetterAbout.SEEN, page=pages.record, by=by, queued_at=now)
                letters = [new(address=one, at=now) for one in told]
                draft.also.append(self.desk.store.queue(draft.key, letters))
            draft.note("meeting:sighting:reported", place.strip(), text=text.strip())

    def take_up(self, reference: str, sighting: str, by: Account) -> None:
        """Say that this sighting is known and acted on, so that it no longer waits on anybody's first page.

        Raises NoSuchPart where nobody reported it, as on a discussion.
        """
        self.desk.admit(reference, by, Deed.RECORD)
        if sighting not in {one.id for one in self.desk.store.sightings_of(reference, most=10_000)}:
            raise NoSuchPart("There is no such sighting here.")
        with self.desk.store.open(reference, by, self.desk.now()) as draft:
            draft.taken_up.append(sighting)
            draft.note("meeting:sighting:taken up", "", sighting=sighting)

    def sightings(self, reference: str) -> list[Sighting]:
        """Return the sightings that were reported, newest first."""
        return self.desk.store.sightings_of(reference)


def letter_at(
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


def reads_for(by: Account, one: Professional, policy: Profile) -> bool:
    """Whether this person says of a recipient that it was read: of oneself, or as supervisor of the shift or post."""
    if one.kind not in SHIFTS:
        return is_self(by, one)
    return is_supervisor(by, policy) and is_of(by, one)


def is_of(by: Account, one: Professional) -> bool:
    """Whether a shift or post is of this person's own agency, and of the own organisation where the record names it."""
    return one.agency is by.agency and compared(one.organisation) in ("", compared(by.organisation))


def check_reader(one: Professional, by: Account, policy: Profile) -> None:
    """Refuse to say for others that they read a briefing. Raises NotAllowed."""
    if reads_for(by, one, policy):
        return
    if one.kind not in SHIFTS:
        raise NotAllowed(
            f"{one.name} says so with their own account, and you are {by.name}, {by.agency.label}. "
            f"Ask {one.name} to sign in, or ring."
        )
    if not is_of(by, one):
        whose = one.organisation or (one.agency.label if one.agency else "an agency that is not named")
        raise NotAllowed(f"{one.name} is a post or shift of {whose}. A supervisor there says that it was read.")
    raise NotAllowed(f"For {one.name}, a supervisor says at handover that it was read, by an account of their own.")


def is_supervisor(by: Account, policy: Profile) -> bool:
    """Whether this person says at handover, for a shift or a duty post, that a briefing was read."""
    return by.grade.strip().casefold() in policy.police_manager_grades or by.role in (
        Role.REVIEWER,
        Role.LOCAL,
    )


def _found(one: Listed, now: datetime) -> Found:
    stage = Stage.STOOD_DOWN if one.withdrawn else Stage.EXPIRED if one.until < now else Stage.ISSUED
    level = MissingLevel.of(one.level).label if one.level else ""
    return Found(one.reference, one.title, stage, level)
