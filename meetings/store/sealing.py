"""Keeping what this installation sealed: with which certificates, and over what. Append-only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from meetings.store.database import Database, Unreachable
from meetings.store.tables import AREA, own_certificate, record, sealed_file, sealed_report


@dataclass(frozen=True)
class OwnCertificate:
    """A certificate that this installation seals with: its SHA-256, its subject, and in what role it seals."""

    sha256: str
    subject: str
    role: str


@dataclass(frozen=True)
class Sealing:
    """That a file was sealed: the digest of what the seals cover, and with which certificates they were made."""

    digest: str
    certificates: tuple[OwnCertificate, ...]


@dataclass(frozen=True)
class Made:
    """A file that was made to leave, and how it was sealed, if it was."""

    content: bytes
    sealing: Sealing | None = None


@dataclass(frozen=True)
class SealedFile:
    """What was sealed here with one certificate over one digest."""

    reference: str
    version: int
    reader: str
    name: str
    at: datetime


@dataclass(frozen=True)
class SealedReport:
    """A report on the check of files that was sealed here: the SHA-256 of the whole report, and when."""

    file_sha256: str
    at: datetime


class Sealings(Database):
    """What this installation sealed."""

    def _note_sealing(self, connection: Connection, sealing: Sealing, of: Mapping[str, Any], at: datetime) -> None:
        """Note that a file was sealed. What is noted already stays: the same copy may leave as another file."""
        self._note_seals(connection, sealed_file, sealing, of, at)

    def note_report(self, file_sha256: str, sealing: Sealing, at: datetime) -> None:
        """Note that a report on the check of files was sealed. Raises Unreachable if it cannot be written."""
        try:
            with self.writing() as connection:
                self._note_seals(connection, sealed_report, sealing, {"file_sha256": file_sha256}, at)
        except sa.exc.SQLAlchemyError as problem:
            raise Unreachable(str(problem)) from None

    def _note_seals(
        self, connection: Connection, table: sa.Table, sealing: Sealing, of: Mapping[str, Any], at: datetime
    ) -> None:
        for one in sealing.certificates:
            own = {"area_id": AREA, "sha256": one.sha256, "subject": one.subject, "role": one.role, "used_at": at}
            self._add_once(connection, own_certificate, own)
            row = {"area_id": AREA, "certificate_sha256": one.sha256, "digest": sealing.digest, **of, "at": at}
            self._add_once(connection, table, row)

    def _add_once(self, connection: Connection, table: sa.Table, row: Mapping[str, Any]) -> None:
        insert = sqlite.insert if self.is_sqlite else postgresql.insert
        connection.execute(insert(table).on_conflict_do_nothing(), row)

    def sealed_file(self, certificates: Sequence[str], digest: str) -> SealedFile | None:
        """Return what was sealed here with one of these certificates over that digest, or None."""
        wanted = (
            sa.select(record.c.ref, sealed_file.c.version, sealed_file.c.reader, sealed_file.c.name, sealed_file.c.at)
            .join(record, sa.and_(record.c.area_id == sealed_file.c.area_id, record.c.id == sealed_file.c.record_id))
            .where(
                sealed_file.c.area_id == AREA,
                sealed_file.c.certificate_sha256.in_(certificates),
                sealed_file.c.digest == digest,
            )
            .order_by(sealed_file.c.at)
            .limit(1)
        )
        with self.reading() as connection:
            found = connection.execute(wanted).first()
        return SealedFile(*found) if found else None

    def sealed_report(self, certificates: Sequence[str], digest: str) -> SealedReport | None:
        """Return the report that was sealed here with one of these certificates over that digest, or None."""
        wanted = (
            sa.select(sealed_report.c.file_sha256, sealed_report.c.at)
            .where(
                sealed_report.c.area_id == AREA,
                sealed_report.c.certificate_sha256.in_(certificates),
                sealed_report.c.digest == digest,
            )
            .limit(1)
        )
        with self.reading() as connection:
            found = connection.execute(wanted).first()
        return SealedReport(*found) if found else None

    def has_sealed_with(self, certificates: Sequence[str]) -> bool:
        """Whether this installation ever sealed with one of these certificates."""
        mine = (own_certificate.c.area_id == AREA, own_certificate.c.sha256.in_(certificates))
        with self.reading() as connection:
            return connection.execute(sa.select(sa.literal(1)).where(*mine).limit(1)).first() is not None
