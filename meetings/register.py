"""The register of what was given out: asked with a file, it says which version that is and what became of it.

Anybody who holds a file may ask, so nothing is told but what the file's own reader may have. Who looks through the
register, or takes a file from it again, needs the right to read the log.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from meetings.access import check_audience, check_reader, require_whole_record
from meetings.audience import WHOLE_RECORD, CopyRefused, UnknownAudience, cut, reader
from meetings.desk import Desk
from meetings.documents import KINDS
from meetings.facts import answers_that_count
from meetings.need_to_know import Reach, asker_of
from meetings.outgoing import newest_version
from meetings.parts import Json
from meetings.people import Account, Deed, require
from meetings.record import Record
from meetings.sign_offs import how_given
from meetings.store import (
    TAKEN,
    Frozen,
    Made,
    NoSuchMeeting,
    RegisteredFile,
    SealedReport,
    Sealing,
    Shared,
    Shelved,
    Store,
    Unreachable,
)
from meetings.vocabulary import DocumentStatus, SignoffAs

APPROVALS = frozenset(SignoffAs) - {SignoffAs.SENDER, SignoffAs.RECIPIENT}
"""The sign-offs by which somebody stands for the text; sending and reading it are none."""
SENT = SignoffAs.SENDER
"""The sign-off by which a briefing is issued."""


class NotKept(Exception):
    """A file was asked for again that was never kept: a draft, or given out before files were kept."""


@dataclass(frozen=True)
class Approval:
    """Somebody stood for the text, or an agency gave its answer to it."""

    as_: SignoffAs
    name: str
    agency: str
    at: str
    answer: str
    elsewhere: bool
    method: str = ""
    recorded_by: str = ""
    sent_to: str = ""
    how: str = ""
    """How it was given, in words."""

    def as_json(self) -> Json:
        """Return it as other programs read it; what was not said is left out."""
        said = {"as": str(self.as_), "name": self.name, "agency": self.agency, "at": self.at, "answer": self.answer}
        said |= {"method": self.method, "recorded_by": self.recorded_by, "sent_to": self.sent_to}
        found: Json = {name: value for name, value in said.items() if value}
        return found | ({"made_elsewhere": True} if self.elsewhere else {})


@dataclass(frozen=True)
class Entry:
    """What the register knows of a file, or of what is sealed in it."""

    file: RegisteredFile | None = None
    version: int | None = None
    latest: bool | None = None
    superseded_by: int | None = None
    superseded_at: datetime | None = None
    withdrawn: bool | None = None
    approvals: tuple[Approval, ...] = ()
    sealed_here: bool | None = None
    """Whether the file bears a seal of this installation; nothing if no seal of it holds."""
    report: SealedReport | None = None
    """What is known of it if it is a report on a check that was sealed here."""
    is_known_report: bool = False
    """Whether it is such a report byte for byte, and not only by what is sealed in it."""

    def as_json(self) -> Json:
        """Return it as other programs read it (contract, commands, verify)."""
        return {
            "known": self.file is not None or self.is_known_report,
            "latest": self.latest,
            "superseded_by": self.superseded_by,
            "withdrawn": self.withdrawn,
            "approvals": [one.as_json() for one in self.approvals],
        }


class Register:
    """The register of one store."""

    def __init__(self, store: Store) -> None:
        """Ask that store."""
        self.store = store

    def entry(self, file_sha256: str, certificates: Sequence[str] = (), digest: str | None = None) -> Entry:
        """Return what is known of a file by its hash; else of what is sealed in it, if a seal was made here.

        `certificates` are those whose seals hold, by their SHA-256, and `digest` is what these seals cover. What a file
        says of itself leads nowhere: only a certificate that this installation sealed with, together with a digest
        that was sealed with it here. A file whose properties were changed, or that somebody signed once more, has
        another hash: of it only the version is told.
        """
        file = self.store.registered(file_sha256)
        if file is not None:
            return self._about(file.reference, file.version, file)
        if digest is None or not certificates:
            return Entry()
        sealed = self.store.sealed_file(certificates, digest)
        if sealed is not None:
            return replace(self._about(sealed.reference, sealed.version, None), sealed_here=True)
        report = self.store.sealed_report(certificates, digest)
        if report is not None:
            return Entry(sealed_here=True, report=report, is_known_report=report.file_sha256 == file_sha256)
        return Entry(sealed_here=self.store.has_sealed_with(certificates))

    def note_report(self, file_sha256: str, sealing: Sealing, at: datetime) -> bool:
        """Note a report that was sealed here; whether there is a register to note it in. Raises Unreachable.

        Nothing is made where there is no register, or one in a form that this program does not know.
        """
        try:
            self.store.sealed_report((), "")
        except Unreachable:
            return False
        store = Store(self.store.url)
        try:
            store.note_report(file_sha256, sealing, at)
        finally:
            store.close()
        return True

    def _about(self, reference: str, version: int, file: RegisteredFile | None) -> Entry:
        kept = self.store.read(reference)
        number = newest_version(self.store, kept.id)
        newest = self.store.frozen_version(kept.id, number) if number is not None else None
        is_draft = file is not None and file.is_draft
        is_newer = newest is not None and (newest.version > version or (is_draft and newest.version == version))
        last = Record(kept, (), newest).content if newest else {}
        frozen = None if is_draft else self.store.frozen_version(kept.id, version)
        approvals: tuple[Approval, ...] = ()
        if file is not None and frozen is not None:
            kept.signoffs = self.store.signoffs_of(kept.id, version)
            approvals = _approvals(Record(kept, (), frozen), file.audience)
        return Entry(
            file=file,
            version=version,
            latest=frozen is not None and not is_newer,
            superseded_by=newest.version if newest and is_newer else None,
            superseded_at=self._in_force_from(kept.id, newest) if newest and is_newer else None,
            withdrawn=last.get("status") == DocumentStatus.WITHDRAWN,
            approvals=approvals,
        )

    def _in_force_from(self, record_id: str, frozen: Frozen) -> datetime:
        """Return since when a version takes the place of the one before: since it was issued, or became final."""
        signed = self.store.signoffs_of(record_id, frozen.version)
        sent = [one.body["at"] for one in signed if one.body.get("as") == SENT]
        return datetime.fromisoformat(min(sent)) if sent and self.store.issued_version(record_id) else frozen.frozen_at

    # ── Looking through it ───────────────────────────────────────────────────────────────────────────────────────

    def files(self, reference: str, by: Account) -> list[tuple[RegisteredFile, bool]]:
        """Return every file that was given out of a record, newest first, each with whether it is kept."""
        self._check(reference, by)
        kept = self.store.kept_hashes(reference)
        return [(one, one.sha256 in kept) for one in self.store.files_of(reference)]

    def find(self, file_sha256: str, by: Account) -> RegisteredFile | None:
        """Return the file of a hash, as it was first given out here, if it is of a record that this person sees."""
        require(by, Deed.READ_LOG)
        file = self.store.registered(file_sha256.strip().lower())
        asker = asker_of(by)  # asked in any case, so that both answers take as long
        return file if self.store.reach(file.reference if file else "", asker) is Reach.WHOLE else None

    def _check(self, reference: str, by: Account) -> None:
        require(by, Deed.READ_LOG)
        if self.store.reach(reference, asker_of(by)) is not Reach.WHOLE:
            raise NoSuchMeeting(reference)

    def take_again(self, desk: Desk, reference: str, file_sha256: str, by: Account) -> tuple[RegisteredFile, bytes]:
        """Give out a file again just as it was, and register that too. Raises NotKept, NotAllowed."""
        self._check(reference, by)
        file = next((one for one in self.store.files_of(reference) if one.sha256 == file_sha256), None)
        content = self.store.kept_by_hash(reference, file_sha256)
        if file is None or content is None:
            raise NotKept("That file is not kept here: only what was given out of a final record is.")
        self._check_file(file, content, by)
        detail = {"version": file.version, "status": str(file.status), "file": file.name, "purpose": "Taken again"}
        again = Shared(TAKEN, file.audience, detail, file.sha256)
        self.store.note_sharing(reference, by, desk.now(), [again])
        return file, content

    def _check_file(self, file: RegisteredFile, content: bytes, by: Account) -> None:
        """Refuse an account a file that it might not take anew. Raises NotAllowed, CopyRefused."""
        if file.audience == WHOLE_RECORD or _is_whole_record(content):
            require_whole_record(by)
            return
        who = reader(file.audience)
        check_audience(by, who.audience)
        kept = self.store.read(file.reference)
        frozen = self.store.frozen_version(kept.id, file.version)
        if frozen is not None:
            reach = self.store.reach(file.reference, asker_of(by))
            check_reader(by, reach, who, Record(kept, (), frozen).document)


def _is_whole_record(content: bytes) -> bool:
    """Whether a file is the whole record as data: once it left beside the full copy, and was noted as that."""
    if not content.startswith(b"{"):
        return False
    try:
        held = json.loads(content)
    except ValueError:
        return False
    return held.get("schema") in {kind.schema for kind in KINDS}


def _approvals(record: Record, audience: str) -> tuple[Approval, ...]:
    """Return who stands for the text of a version, as far as the reader of a copy may know."""
    try:
        mine = record.json if audience == WHOLE_RECORD else cut(record.json, reader(audience))
    except (CopyRefused, UnknownAudience):
        return ()
    people = {one["id"]: one for one in mine.get("professionals", ())}
    elsewhere = [_which(one.body) for one in record.signoffs if one.elsewhere]
    found = []
    counting = {id(one) for one in answers_that_count(mine.get("signoff", ())).values()}
    for said in mine.get("signoff", ()):
        is_elsewhere = _which(said) in elsewhere
        if said.get("as") not in APPROVALS or (said["as"] == SignoffAs.AGENCY and id(said) not in counting):
            continue  # one that this reader may not know, or that the agency has changed since, is none to tell of
        person = people.get(said.get("by"), {})
        found.append(
            Approval(
                as_=SignoffAs.of(said["as"]),
                name=person.get("name", ""),
                agency=said.get("agency") or person.get("agency", ""),
                at=said.get("at", ""),
                answer=said.get("answer", ""),
                elsewhere=is_elsewhere,
                method=said.get("method", ""),
                recorded_by=said.get("recorded_by", ""),
                sent_to=said.get("sent_to", ""),
                how=how_given(said, elsewhere=is_elsewhere),
            )
        )
    return tuple(found)


def _which(signoff: Json) -> tuple[str | None, ...]:
    return (signoff.get("by"), signoff.get("as"), signoff.get("at"))


@dataclass(frozen=True)
class Shelf:
    """Keeps each file of a final copy as it was first given out, and gives that one out again.

    A time stamp, a renewed key or a newer program would make other bytes of the same copy.
    """

    store: Store
    now: Callable[[], datetime]
    copy: Shelved

    def kept(self, name: str, make: Callable[[], Made]) -> bytes:
        """Return a file of this copy as it is kept; make and keep it, with its seal, if it is not there yet."""
        one = replace(self.copy, name=name)
        found = self.store.on_the_shelf(one)
        return found if found is not None else self.store.put_on_the_shelf(one, make(), self.now())

    def evidence(self, name: str) -> bytes:
        """Return the time stamps that were added beside a file of this copy; nothing if there are none."""
        return b"".join(self.store.evidence_of(replace(self.copy, name=name)))
