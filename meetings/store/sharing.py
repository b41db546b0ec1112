"""Keeping who was shown what: views, and every file that was given out, with the file itself once it is final.

Append-only; the log is chained for each record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from meetings.history import Line
from meetings.parts import Json
from meetings.people import Account
from meetings.store.database import NoSuchMeeting
from meetings.store.sealing import Made, Sealings
from meetings.store.tables import AREA, kept_file, record, sharing
from meetings.vocabulary import DocumentStatus


@dataclass(frozen=True)
class Shared:
    """One thing that was shown or given out: what was done, to or for whom, and of a file its hash."""

    what: str
    place: str
    detail: Json
    file_sha256: str | None = None


FOUND = "search:shown"
"""What the log calls it that a search showed somebody a record."""
TAKEN = "copy:taken"
"""What the log calls it that a file was given out."""


EVIDENCE = ".tst/"
"""What stands, with a number, after the name of a kept file in the name of a time stamp that was added beside it."""


@dataclass(frozen=True)
class RegisteredFile:
    """A file that this installation gave out."""

    reference: str
    version: int
    status: DocumentStatus
    audience: str
    name: str
    sha256: str
    at: datetime
    who: str
    purpose: str = ""

    @property
    def is_draft(self) -> bool:
        """Whether its text could still change."""
        return self.status is DocumentStatus.DRAFT


@dataclass(frozen=True)
class Shelved:
    """Which file of which copy: all that tells it from other files of the same record."""

    reference: str
    version: int
    reader: str
    name: str
    drawn_from: str


def _registered(row: RowMapping) -> RegisteredFile:
    detail = row["detail"]
    return RegisteredFile(
        reference=row["ref"],
        version=detail["version"],
        status=DocumentStatus.of(detail["status"]),
        audience=row["place"],
        name=detail["file"],
        sha256=row["file_sha256"],
        at=row["at"],
        who=row["who"],
        purpose=detail.get("purpose", ""),
    )


_WITH_RECORD = sa.and_(record.c.area_id == sharing.c.area_id, record.c.id == sharing.c.record_id)
_FILES = (sa.select(sharing, record.c.ref).join(record, _WITH_RECORD).where(sharing.c.area_id == AREA)).where(
    sharing.c.what == TAKEN
)


class Sharing(Sealings):
    """Who was shown what."""

    def note_sharing(self, reference: str, by: Account, at: datetime, shared: Iterable[Shared]) -> None:
        """Keep what was shown to, or taken by, somebody. An unknown reference keeps nothing."""
        self.note_shown(by, at, {reference: shared})

    def note_shown(self, by: Account, at: datetime, shown: Mapping[str, Iterable[Shared]]) -> None:
        """Keep what somebody was shown of several records at once, by reference; it costs as much as of one."""
        if not shown:
            return
        # As with the history, the first statement locks the records, so that no chain has forks; always in one order,
        # so that two searches never wait for each other.
        wanted = sa.select(record.c.id).where(record.c.area_id == AREA, record.c.ref.in_(list(shown)))
        locked = (
            sa.update(record)
            .where(record.c.area_id == AREA, record.c.id.in_(wanted.order_by(record.c.id).with_for_update()))
            .values(sharings=record.c.sharings)
            .returning(record.c.id, record.c.ref, record.c.sharing_chain, record.c.sharings)
        )
        with self.writing() as connection:
            rows: list[dict[str, Any]] = []
            ends: list[dict[str, Any]] = []
            for row in connection.execute(locked).mappings().all():
                number, before = row["sharings"], row["sharing_chain"]
                for one in shown[row["ref"]]:
                    number += 1
                    line = Line(number, at, by.id, by.name, one.what, one.place, one.detail, before)
                    kept = {"record_id": row["id"], "area_id": AREA, "file_sha256": one.file_sha256}
                    rows.append(line.columns() | kept)
                    before = line.sha256
                if number > row["sharings"]:
                    ends.append({"its_id": row["id"], "its_chain": before, "its_sharings": number})
            if rows:
                connection.execute(sa.insert(sharing), rows)
                connection.execute(
                    sa.update(record)
                    .where(record.c.area_id == AREA, record.c.id == sa.bindparam("its_id"))
                    .values(sharing_chain=sa.bindparam("its_chain"), sharings=sa.bindparam("its_sharings")),
                    ends,
                )

    def sharing_of(self, reference: str, before: int | None = None, most: int | None = None) -> list[tuple[Line, str]]:
        """Return what was shown of a record, oldest first, each line with the hash that was kept of it.

        With `most`, only so many, the last of those before that number.
        """
        wanted = (
            sa.select(sharing)
            .join(record, sa.and_(record.c.area_id == sharing.c.area_id, record.c.id == sharing.c.record_id))
            .where(record.c.area_id == AREA, record.c.ref == reference)
            .order_by(sharing.c.number.desc())
            .limit(most)
        )
        if before is not None:
            wanted = wanted.where(sharing.c.number < before)
        with self.reading() as connection:
            rows = connection.execute(wanted).mappings().all()
        return [(Line.of(row), row["sha256"]) for row in reversed(rows)]

    def registered(self, file_sha256: str) -> RegisteredFile | None:
        """Return the file of that hash, as it was first given out here, or None."""
        wanted = _FILES.where(sharing.c.file_sha256 == file_sha256).order_by(sharing.c.at, sharing.c.number).limit(1)
        with self.reading() as connection:
            row = connection.execute(wanted).mappings().first()
        return _registered(row) if row else None

    def files_of(self, reference: str, latest: int = 1_000) -> list[RegisteredFile]:
        """Return every file that was given out of a record, newest first."""
        wanted = _FILES.where(record.c.ref == reference).order_by(sharing.c.number.desc()).limit(latest)
        with self.reading() as connection:
            return [_registered(row) for row in connection.execute(wanted).mappings()]

    # ── The files themselves ─────────────────────────────────────────────────────────────────────────────────────

    def on_the_shelf(self, one: Shelved) -> bytes | None:
        """Return a file as it was first given out, or None if it never was."""
        wanted = (
            sa.select(kept_file.c.content)
            .join(record, sa.and_(record.c.area_id == kept_file.c.area_id, record.c.id == kept_file.c.record_id))
            .where(record.c.area_id == AREA, record.c.ref == one.reference, *_which(one))
        )
        with self.reading() as connection:
            found = connection.execute(wanted).scalar()
        return None if found is None else bytes(found)

    def put_on_the_shelf(self, one: Shelved, made: Made, at: datetime) -> bytes:
        """Keep a file as it is given out, and return what is kept: of two at once, the first. Raises NoSuchMeeting.

        What it was sealed with is noted in the same transaction: nothing leaves sealed that is not known by its seal.
        """
        with self.writing() as connection:
            # As with the history, the first statement locks the record: of two who draw at once, one comes second.
            record_id = connection.execute(
                sa.update(record)
                .where(record.c.area_id == AREA, record.c.ref == one.reference)
                .values(sharings=record.c.sharings)
                .returning(record.c.id)
            ).scalar()
            if record_id is None:
                raise NoSuchMeeting(one.reference)
            wanted = sa.select(kept_file.c.content).where(
                kept_file.c.area_id == AREA, kept_file.c.record_id == record_id, *_which(one)
            )
            found = connection.execute(wanted).scalar()
            if found is not None:
                return bytes(found)
            connection.execute(
                sa.insert(kept_file).values(
                    area_id=AREA,
                    record_id=record_id,
                    version=one.version,
                    reader=one.reader,
                    name=one.name,
                    drawn_from=one.drawn_from,
                    file_sha256=hashlib.sha256(made.content).hexdigest(),
                    content=made.content,
                    at=at,
                )
            )
            if made.sealing is not None:
                of = {"record_id": record_id, "version": one.version, "reader": one.reader, "name": one.name}
                self._note_sealing(connection, made.sealing, of, at)
        return made.content

    def shelved(self) -> list[Shelved]:
        """Return which files are kept, of all records: those that were given out, and what was added beside them."""
        wanted = (
            sa.select(kept_file, record.c.ref)
            .join(record, sa.and_(record.c.area_id == kept_file.c.area_id, record.c.id == kept_file.c.record_id))
            .where(record.c.area_id == AREA)
            .order_by(record.c.ref, kept_file.c.version, kept_file.c.reader, kept_file.c.name, kept_file.c.drawn_from)
            .with_only_columns(
                record.c.ref, kept_file.c.version, kept_file.c.reader, kept_file.c.name, kept_file.c.drawn_from
            )
        )
        with self.reading() as connection:
            return [Shelved(*row) for row in connection.execute(wanted)]

    def evidence_of(self, one: Shelved) -> list[bytes]:
        """Return the time stamps that were added beside a kept file, in the order in which they were made."""
        wanted = (
            sa.select(kept_file.c.content)
            .join(record, sa.and_(record.c.area_id == kept_file.c.area_id, record.c.id == kept_file.c.record_id))
            .where(
                record.c.area_id == AREA,
                record.c.ref == one.reference,
                kept_file.c.version == one.version,
                kept_file.c.reader == one.reader,
                kept_file.c.drawn_from == one.drawn_from,
                kept_file.c.name.startswith(f"{one.name}{EVIDENCE}", autoescape=True),
            )
            .order_by(kept_file.c.name)
        )
        with self.reading() as connection:
            return [bytes(found) for found in connection.execute(wanted).scalars()]

    def add_evidence(self, one: Shelved, before: int, content: bytes, at: datetime) -> bool:
        """Keep a further time stamp beside a kept file; whether nobody else did so first. Raises NoSuchMeeting."""
        added = replace(one, name=f"{one.name}{EVIDENCE}{before + 1:06}")
        return self.put_on_the_shelf(added, Made(content), at) == content

    def kept_by_hash(self, reference: str, file_sha256: str) -> bytes | None:
        """Return the file of that hash as it was given out of a record, or None if it is not kept."""
        wanted = (
            sa.select(kept_file.c.content)
            .join(record, sa.and_(record.c.area_id == kept_file.c.area_id, record.c.id == kept_file.c.record_id))
            .where(record.c.area_id == AREA, record.c.ref == reference, kept_file.c.file_sha256 == file_sha256)
            .limit(1)
        )
        with self.reading() as connection:
            found = connection.execute(wanted).scalar()
        return None if found is None else bytes(found)

    def kept_hashes(self, reference: str) -> set[str]:
        """Return the hashes of the files of a record that are kept."""
        wanted = (
            sa.select(kept_file.c.file_sha256)
            .join(record, sa.and_(record.c.area_id == kept_file.c.area_id, record.c.id == kept_file.c.record_id))
            .where(record.c.area_id == AREA, record.c.ref == reference)
        )
        with self.reading() as connection:
            return set(connection.execute(wanted).scalars())


def _which(one: Shelved) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        kept_file.c.version == one.version,
        kept_file.c.reader == one.reader,
        kept_file.c.name == one.name,
        kept_file.c.drawn_from == one.drawn_from,
    )
