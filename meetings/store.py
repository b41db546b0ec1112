"""Where records are kept: tables, opening the database, keeping what changed. The only module that knows SQLAlchemy.

Drafts are kept as parts, final versions as bytes; what is asked across records stands in ordinary columns. SQLite by
default, PostgreSQL by setting; nothing here rests on what only one of them can do.
"""

from __future__ import annotations

import hashlib
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Engine, RowMapping

from meetings.history import START, Line
from meetings.parts import TOP, Json, Part, lists, sections
from meetings.people import Account, Role
from meetings.vocabulary import Agency, DocumentStatus

AREA = "00000000-0000-4000-8000-000000000001"
"""The safeguarding partnership that holds the records of this installation; every key starts with it."""


class UTCDateTime(sa.TypeDecorator[datetime]):
    """An instant: refused without an offset, kept in UTC, returned aware."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Return the instant in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without an offset is not kept")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Return the instant, aware."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


JSON = sa.JSON().with_variant(JSONB(), "postgresql")
ID = sa.String(36)

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

area = sa.Table("area", metadata, sa.Column("id", ID, primary_key=True), sa.Column("name", sa.Text, nullable=False))


def _area_id() -> sa.Column[Any]:
    return sa.Column("area_id", ID, sa.ForeignKey("area.id"), primary_key=True)


account = sa.Table(
    "account",
    metadata,
    _area_id(),
    sa.Column("id", ID, primary_key=True),
    sa.Column("login", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("organisation", sa.Text, nullable=False),
    sa.Column("grade", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text),
    sa.Column("demonstration", sa.Boolean, nullable=False),
    sa.UniqueConstraint("area_id", "login"),
)

session = sa.Table(
    "session",
    metadata,
    _area_id(),
    sa.Column("token_sha256", sa.String(64), primary_key=True),
    sa.Column("account_id", ID),
    sa.Column("data", JSON, nullable=False),
    sa.Column("seen_at", UTCDateTime, nullable=False, index=True),
    sa.ForeignKeyConstraint(["area_id", "account_id"], ["account.area_id", "account.id"]),
)

series = sa.Table(
    "series",
    metadata,
    _area_id(),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("last", sa.Integer, nullable=False),
)

record = sa.Table(
    "record",
    metadata,
    _area_id(),
    sa.Column("id", ID, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("ref", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("profile", sa.Text),
    sa.Column("asked", JSON, nullable=False),
    sa.Column("numbers", JSON, nullable=False),
    sa.Column("counter", sa.Integer, nullable=False),
    sa.Column("chain", sa.String(64), nullable=False),
    sa.Column("lines", sa.Integer, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("held_at", UTCDateTime),
    sa.Column("recorder", sa.Text, nullable=False),
    sa.Column("made_at", UTCDateTime, nullable=False),
    sa.Column("changed_at", UTCDateTime, nullable=False),
    sa.UniqueConstraint("area_id", "ref"),
    sa.Index("ix_record_list", "area_id", "status", "changed_at"),
)


def _record_key() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["area_id", "record_id"], ["record.area_id", "record.id"])


part = sa.Table(
    "part",
    metadata,
    _area_id(),
    sa.Column("id", ID, primary_key=True),
    sa.Column("record_id", ID, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    # A section occurs once, and so does what is decided for one child; other rows have no key.
    sa.Column("once", sa.Text),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("body", JSON, nullable=False),
    sa.Column("unread", JSON, nullable=False),
    sa.Column("changed_by", ID, nullable=False),
    sa.Column("changed_at", UTCDateTime, nullable=False),
    _record_key(),
    sa.UniqueConstraint("area_id", "record_id", "once"),
    sa.Index("ix_part_record", "area_id", "record_id", "name", "position"),
)

frozen = sa.Table(
    "frozen",
    metadata,
    _area_id(),
    sa.Column("record_id", ID, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("content_sha256", sa.String(64), nullable=False),
    sa.Column("profile_sha256", sa.String(64), nullable=False),
    sa.Column("rules_sha256", sa.String(64), nullable=False),
    sa.Column("frozen_at", UTCDateTime, nullable=False),
    sa.Column("frozen_by", ID, nullable=False),
    _record_key(),
)

signoff = sa.Table(
    "signoff",
    metadata,
    _area_id(),
    sa.Column("id", ID, primary_key=True),
    sa.Column("record_id", ID, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("body", JSON, nullable=False),
    sa.Column("elsewhere", sa.Boolean, nullable=False),
    sa.Column("account_id", ID),
    _record_key(),
    sa.Index("ix_signoff_record", "area_id", "record_id", "version", "position"),
)

action = sa.Table(
    "action",
    metadata,
    _area_id(),
    sa.Column("record_id", ID, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("id", ID, primary_key=True),
    sa.Column("ref", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("due_at", UTCDateTime),
    sa.Column("status", sa.Text, nullable=False),
    _record_key(),
    sa.Index("ix_action_due", "area_id", "status", "due_at"),
)

subject = sa.Table(
    "subject",
    metadata,
    _area_id(),
    sa.Column("record_id", ID, primary_key=True),
    # The local authority's number of a child whom the record decides about: the same child has it in every record.
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("held_on", sa.Text),
    _record_key(),
    sa.Index("ix_subject_number", "area_id", "number", "held_on"),
)

history = sa.Table(
    "history",
    metadata,
    _area_id(),
    sa.Column("record_id", ID, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("account_id", ID, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("detail", JSON, nullable=False),
    sa.Column("before", sa.String(64), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    _record_key(),
)


class NoSuchMeeting(Exception):
    """A record was asked for by a reference or version that is not here."""

    def __init__(self, reference: str) -> None:
        """Carry the reference."""
        super().__init__(f"There is no record ‘{reference}’ here.")
        self.reference = reference


@dataclass
class StoredSignoff:
    """What a person did to the text, as the contract writes it; made elsewhere if it came with an imported record."""

    body: Json
    elsewhere: bool
    account_id: str | None = None


@dataclass(frozen=True)
class Frozen:
    """A final version: its canonical bytes, and which rulebook and profile were in force."""

    version: int
    body: bytes
    content_sha256: str
    profile_sha256: str
    rules_sha256: str
    frozen_at: datetime


@dataclass(frozen=True)
class Summary:
    """One line of a list of records."""

    reference: str
    kind: str
    status: DocumentStatus
    version: int
    title: str
    held_at: datetime | None
    changed_at: datetime
    recorder: str


@dataclass
class Draft:
    """A record that the store has lent: what is changed here is kept when the loan ends well, or forgotten."""

    id: str
    kind: str
    ref: str
    version: int
    status: DocumentStatus
    profile: str | None
    asked: set[str]
    numbers: dict[str, int]
    counter: int
    title: str
    held_at: datetime | None
    recorder: str
    parts: dict[str, Part]
    signoffs: list[StoredSignoff]
    subjects: set[str] | None = None
    held_on: str | None = None
    lines: list[tuple[str, str, Json]] = field(default_factory=list)
    frozen: Frozen | None = None
    actions: list[Json] = field(default_factory=list)
    lent: dict[str, Part] = field(default_factory=dict)
    lent_signoffs: list[StoredSignoff] = field(default_factory=list)

    def note(self, what: str, place: str = "", **detail: Any) -> None:
        """Add a line to the history; without one nothing is kept."""
        self.lines.append((what, place, detail))


def _once(one: Part) -> str | None:
    if one.name in sections():
        return one.name
    return f"outcomes:{one.body['child']}" if one.name == "outcomes" else None


def _part(row: RowMapping) -> Part:
    return Part(row["id"], row["name"], row["position"], row["version"], row["body"], row["unread"])


def _unprefixed(urn: str) -> str:
    return urn.removeprefix("urn:uuid:")


class Store:
    """The one door to the database."""

    def __init__(self, url: str) -> None:
        """Open the database at an SQLAlchemy address; nothing is read or made yet."""
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        in_memory = self.is_sqlite and (":memory:" in url or url == "sqlite://")
        options: dict[str, Any] = {"poolclass": sa.StaticPool} if in_memory else {}
        if self.is_sqlite:
            options["connect_args"] = {"check_same_thread": False, "timeout": 5}
        else:
            options["pool_pre_ping"] = True
        self.engine: Engine = sa.create_engine(url, **options)
        if self.is_sqlite:
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
        # One writer at a time in this process: without it SQLite's slowest saves take a second (busy retries).
        self._writer: Any = threading.RLock() if self.is_sqlite else _NoLock()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Lend a connection whose changes are kept if all goes well."""
        with self._writer, self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a connection for reading."""
        with self.engine.connect() as connection:
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    # ── Records ──────────────────────────────────────────────────────────────────────────────────────────────────

    def next_number(self, connection: Connection, name: str) -> int:
        """Return the next number of a series (`SD-2026`), never the same twice."""
        found = connection.execute(
            sa.update(series)
            .where(series.c.area_id == AREA, series.c.name == name)
            .values(last=series.c.last + 1)
            .returning(series.c.last)
        ).scalar()
        if found is None:
            connection.execute(sa.insert(series).values(area_id=AREA, name=name, last=1))
            return 1
        return int(found)

    def reference_of(self, record_id: str) -> str | None:
        """Return the reference of the record of that `urn:uuid:` id, or None."""
        with self.reading() as connection:
            return connection.execute(
                sa.select(record.c.ref).where(record.c.area_id == AREA, record.c.id == _unprefixed(record_id))
            ).scalar()

    def is_taken(self, ref: str) -> bool:
        """Whether a record has that reference."""
        with self.reading() as connection:
            found = connection.execute(
                sa.select(record.c.id).where(record.c.area_id == AREA, record.c.ref == ref)
            ).scalar()
        return found is not None

    def add(self, draft: Draft, by: Account, at: datetime) -> None:
        """Keep a new record with its parts, sign-offs and history."""
        with self.writing() as connection:
            self.add_within(connection, draft, by, at)

    def add_within(self, connection: Connection, draft: Draft, by: Account, at: datetime) -> None:
        """Keep a new record inside a transaction that is under way."""
        connection.execute(
            sa.insert(record).values(
                area_id=AREA, id=_unprefixed(draft.id), made_at=at, chain=START, lines=0, **_columns(draft, at)
            )
        )
        self._keep_parts(connection, draft, by, at)
        self._keep_subjects(connection, draft)
        self._keep_signoffs(connection, draft)
        self._keep_lines(connection, draft, by, at, START, 0)

    @contextmanager
    def open(self, reference: str, by: Account, at: datetime) -> Iterator[Draft]:
        """Lend a record for a change. What was changed is kept, with its history lines, if all goes well.

        Raises NoSuchMeeting. Nothing is kept if no line was added to the history.
        """
        with self.writing() as connection:
            # The counter is the first statement: it takes the record's lock on both databases, so that the chain, the
            # versions and the references read after it cannot move until the end.
            row = (
                connection.execute(
                    sa.update(record)
                    .where(record.c.area_id == AREA, record.c.ref == reference)
                    .values(counter=record.c.counter + 1)
                    .returning(*record.c)
                )
                .mappings()
                .first()
            )
            if row is None:
                raise NoSuchMeeting(reference)
            draft = self._load(connection, row)
            yield draft
            if not draft.lines:
                connection.rollback()
                return
            connection.execute(
                sa.update(record)
                .where(record.c.area_id == AREA, record.c.id == row["id"])
                .values(**_columns(draft, at))
            )
            self._keep_parts(connection, draft, by, at)
            self._keep_subjects(connection, draft)
            if draft.signoffs != draft.lent_signoffs:
                self._keep_signoffs(connection, draft)
            if draft.frozen is not None:
                self._keep_frozen(connection, draft, by)
            self._keep_lines(connection, draft, by, at, row["chain"], row["lines"])

    def read(self, reference: str) -> Draft:
        """Return a record as it stands. Raises NoSuchMeeting."""
        with self.reading() as connection:
            row = (
                connection.execute(sa.select(record).where(record.c.area_id == AREA, record.c.ref == reference))
                .mappings()
                .first()
            )
            if row is None:
                raise NoSuchMeeting(reference)
            return self._load(connection, row)

    def _load(self, connection: Connection, row: RowMapping) -> Draft:
        parts = [
            _part(found)
            for found in connection.execute(
                sa.select(part)
                .where(part.c.area_id == AREA, part.c.record_id == row["id"])
                .order_by(part.c.name, part.c.position)
            ).mappings()
        ]
        signoffs = [
            StoredSignoff(found["body"], found["elsewhere"], found["account_id"])
            for found in connection.execute(
                sa.select(signoff)
                .where(
                    signoff.c.area_id == AREA,
                    signoff.c.record_id == row["id"],
                    signoff.c.version == row["version"],
                )
                .order_by(signoff.c.position)
            ).mappings()
        ]
        return Draft(
            id=f"urn:uuid:{row['id']}",
            kind=row["kind"],
            ref=row["ref"],
            version=row["version"],
            status=DocumentStatus.of(row["status"]),
            profile=row["profile"],
            asked=set(row["asked"]),
            numbers=dict(row["numbers"]),
            counter=row["counter"],
            title=row["title"],
            held_at=row["held_at"],
            recorder=row["recorder"],
            parts={one.id: one for one in parts},
            signoffs=signoffs,
            lent={one.id: replace(one) for one in parts},
            lent_signoffs=list(signoffs),
        )

    def _keep_subjects(self, connection: Connection, draft: Draft) -> None:
        if draft.subjects is None:
            return
        key = {"area_id": AREA, "record_id": _unprefixed(draft.id)}
        connection.execute(sa.delete(subject).where(subject.c.area_id == AREA, subject.c.record_id == key["record_id"]))
        rows = [{**key, "number": number, "held_on": draft.held_on} for number in sorted(draft.subjects)]
        if rows:
            connection.execute(sa.insert(subject), rows)

    def of_the_same_day(self, record_id: str) -> list[str]:
        """Return the references of other records that decide about one of the same children on the same day."""
        mine, other = subject.alias("mine"), subject.alias("other")
        found = (
            sa.select(record.c.ref)
            .distinct()
            .select_from(mine)
            .join(
                other,
                sa.and_(
                    other.c.area_id == mine.c.area_id,
                    other.c.number == mine.c.number,
                    other.c.held_on == mine.c.held_on,
                    other.c.record_id != mine.c.record_id,
                ),
            )
            .join(record, sa.and_(record.c.area_id == other.c.area_id, record.c.id == other.c.record_id))
            .where(mine.c.area_id == AREA, mine.c.record_id == _unprefixed(record_id))
            .order_by(record.c.ref)
        )
        with self.reading() as connection:
            return list(connection.execute(found).scalars())

    def _keep_parts(self, connection: Connection, draft: Draft, by: Account, at: datetime) -> None:
        gone = [one for one in draft.lent if one not in draft.parts]
        if gone:
            connection.execute(sa.delete(part).where(part.c.area_id == AREA, part.c.id.in_(gone)))
        new = []
        for one in draft.parts.values():
            values = {
                "name": one.name,
                "once": _once(one),
                "position": one.position,
                "body": one.body,
                "unread": one.unread,
                "changed_by": by.id,
                "changed_at": at,
            }
            before = draft.lent.get(one.id)
            if before is None:
                new.append({"area_id": AREA, "id": one.id, "record_id": _unprefixed(draft.id), "version": 1, **values})
            elif before != one:
                connection.execute(
                    sa.update(part)
                    .where(part.c.area_id == AREA, part.c.id == one.id)
                    .values(version=one.version + 1, **values)
                )
        if new:
            connection.execute(sa.insert(part), new)

    def _keep_signoffs(self, connection: Connection, draft: Draft) -> None:
        mine = (
            signoff.c.area_id == AREA,
            signoff.c.record_id == _unprefixed(draft.id),
            signoff.c.version == draft.version,
        )
        connection.execute(sa.delete(signoff).where(*mine))
        if draft.signoffs:
            connection.execute(
                sa.insert(signoff),
                [
                    {
                        "area_id": AREA,
                        "id": str(uuid.uuid4()),
                        "record_id": _unprefixed(draft.id),
                        "version": draft.version,
                        "position": number,
                        "body": one.body,
                        "elsewhere": one.elsewhere,
                        "account_id": one.account_id,
                    }
                    for number, one in enumerate(draft.signoffs)
                ],
            )

    def _keep_frozen(self, connection: Connection, draft: Draft, by: Account) -> None:
        version = draft.frozen
        assert version is not None  # noqa: S101  # the caller asked
        key = {"area_id": AREA, "record_id": _unprefixed(draft.id), "version": version.version}
        connection.execute(
            sa.insert(frozen).values(
                **key,
                body=version.body,
                content_sha256=version.content_sha256,
                profile_sha256=version.profile_sha256,
                rules_sha256=version.rules_sha256,
                frozen_at=version.frozen_at,
                frozen_by=by.id,
            )
        )
        if draft.actions:
            connection.execute(sa.insert(action), [{**key, **one} for one in draft.actions])

    def _keep_lines(
        self, connection: Connection, draft: Draft, by: Account, at: datetime, before: str, number: int
    ) -> None:
        rows = []
        for what, place, detail in draft.lines:
            number += 1
            line = Line(number, at, by.id, by.name, what, place, detail, before)
            rows.append(
                {
                    "area_id": AREA,
                    "record_id": _unprefixed(draft.id),
                    "number": number,
                    "at": at,
                    "account_id": by.id,
                    "who": by.name,
                    "what": what,
                    "place": place,
                    "detail": detail,
                    "before": before,
                    "sha256": line.sha256,
                }
            )
            before = line.sha256
        connection.execute(sa.insert(history), rows)
        connection.execute(
            sa.update(record)
            .where(record.c.area_id == AREA, record.c.id == _unprefixed(draft.id))
            .values(chain=before, lines=number)
        )

    def frozen_version(self, record_id: str, version: int) -> Frozen | None:
        """Return a final version of the record of that id, or None."""
        with self.reading() as connection:
            row = (
                connection.execute(
                    sa.select(frozen).where(
                        frozen.c.area_id == AREA,
                        frozen.c.record_id == _unprefixed(record_id),
                        frozen.c.version == version,
                    )
                )
                .mappings()
                .first()
            )
        if row is None:
            return None
        return Frozen(
            version=row["version"],
            body=row["body"],
            content_sha256=row["content_sha256"],
            profile_sha256=row["profile_sha256"],
            rules_sha256=row["rules_sha256"],
            frozen_at=row["frozen_at"],
        )

    def signoffs_of(self, record_id: str, version: int) -> list[StoredSignoff]:
        """Return the sign-offs of one version of a record, in order."""
        with self.reading() as connection:
            rows = connection.execute(
                sa.select(signoff)
                .where(
                    signoff.c.area_id == AREA,
                    signoff.c.record_id == _unprefixed(record_id),
                    signoff.c.version == version,
                )
                .order_by(signoff.c.position)
            ).mappings()
            return [StoredSignoff(row["body"], row["elsewhere"], row["account_id"]) for row in rows]

    def lines_of(self, reference: str) -> list[tuple[Line, str]]:
        """Return the history of a record, oldest first, each line with the hash that was kept of it."""
        with self.reading() as connection:
            rows = connection.execute(
                sa.select(history)
                .join(record, sa.and_(record.c.area_id == history.c.area_id, record.c.id == history.c.record_id))
                .where(record.c.area_id == AREA, record.c.ref == reference)
                .order_by(history.c.number)
            ).mappings()
            return [
                (
                    Line(
                        row["number"],
                        row["at"],
                        row["account_id"],
                        row["who"],
                        row["what"],
                        row["place"],
                        row["detail"],
                        row["before"],
                    ),
                    row["sha256"],
                )
                for row in rows
            ]

    def summaries(self, kind: str | None = None, status: str | None = None, limit: int | None = None) -> list[Summary]:
        """Return a line for each record, newest change first."""
        wanted = sa.select(record).where(record.c.area_id == AREA)
        if kind is not None:
            wanted = wanted.where(record.c.kind == kind)
        if status is not None:
            wanted = wanted.where(record.c.status == status)
        wanted = wanted.order_by(record.c.changed_at.desc(), record.c.ref).limit(limit)
        with self.reading() as connection:
            return [
                Summary(
                    reference=row["ref"],
                    kind=row["kind"],
                    status=DocumentStatus.of(row["status"]),
                    version=row["version"],
                    title=row["title"],
                    held_at=row["held_at"],
                    changed_at=row["changed_at"],
                    recorder=row["recorder"],
                )
                for row in connection.execute(wanted).mappings()
            ]

    # ── Accounts and sessions ────────────────────────────────────────────────────────────────────────────────────

    def make_area(self, name: str) -> None:
        """Make the area that holds the records, if it is not there yet."""
        with self.writing() as connection:
            if connection.execute(sa.select(area.c.id).where(area.c.id == AREA)).first() is None:
                connection.execute(sa.insert(area).values(id=AREA, name=name))

    def keep_account(self, person: Account, password_hash: str | None, *, demonstration: bool) -> None:
        """Keep an account, new or changed."""
        values = {
            "login": person.login,
            "name": person.name,
            "agency": str(person.agency),
            "organisation": person.organisation,
            "grade": person.grade,
            "role": str(person.role),
            "password_hash": password_hash,
            "demonstration": demonstration,
        }
        with self.writing() as connection:
            changed = connection.execute(
                sa.update(account).where(account.c.area_id == AREA, account.c.id == person.id).values(**values)
            )
            if changed.rowcount == 0:
                connection.execute(sa.insert(account).values(area_id=AREA, id=person.id, **values))

    def find_account(
        self, *, login: str | None = None, account_id: str | None = None
    ) -> tuple[Account, str | None, bool] | None:
        """Return an account by login or id with its password hash and whether it is for demonstration, or None."""
        by = account.c.login == login if login is not None else account.c.id == account_id
        with self.reading() as connection:
            row = connection.execute(sa.select(account).where(account.c.area_id == AREA, by)).mappings().first()
        if row is None:
            return None
        person = Account(
            id=row["id"],
            login=row["login"],
            name=row["name"],
            agency=Agency.of(row["agency"]),
            organisation=row["organisation"],
            grade=row["grade"],
            role=Role(row["role"]),
        )
        return person, row["password_hash"], row["demonstration"]

    def read_session(self, token: str, not_before: datetime) -> tuple[str | None, Json, datetime] | None:
        """Return account, data and last use of a session that was used since `not_before`, or None."""
        with self.reading() as connection:
            row = (
                connection.execute(
                    sa.select(session).where(
                        session.c.area_id == AREA,
                        session.c.token_sha256 == _hashed(token),
                        session.c.seen_at >= not_before,
                    )
                )
                .mappings()
                .first()
            )
        return None if row is None else (row["account_id"], row["data"], row["seen_at"])

    def write_session(self, token: str, account_id: str | None, data: Json, at: datetime) -> None:
        """Keep a session, new or changed."""
        values = {"account_id": account_id, "data": data, "seen_at": at}
        with self.writing() as connection:
            changed = connection.execute(
                sa.update(session)
                .where(session.c.area_id == AREA, session.c.token_sha256 == _hashed(token))
                .values(**values)
            )
            if changed.rowcount == 0:
                connection.execute(sa.insert(session).values(area_id=AREA, token_sha256=_hashed(token), **values))

    def drop_session(self, token: str, not_before: datetime) -> None:
        """Forget a session, and all that were last used before `not_before`."""
        with self.writing() as connection:
            connection.execute(
                sa.delete(session).where(
                    session.c.area_id == AREA,
                    sa.or_(session.c.token_sha256 == _hashed(token), session.c.seen_at < not_before),
                )
            )


class _NoLock:
    """PostgreSQL locks rows itself."""

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(self, *_: object) -> None:
        """Do nothing."""


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # A commit that was answered must survive a power cut; NORMAL can lose it.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.close()


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _columns(draft: Draft, at: datetime) -> Json:
    return {
        "kind": draft.kind,
        "ref": draft.ref,
        "version": draft.version,
        "status": str(draft.status),
        "profile": draft.profile,
        "asked": sorted(draft.asked),
        "numbers": draft.numbers,
        "counter": draft.counter,
        "title": draft.title,
        "held_at": draft.held_at,
        "recorder": draft.recorder,
        "changed_at": at,
    }


def part_names() -> Sequence[str]:
    """Return every name a part can have."""
    return [TOP, *sections(), *lists()]


MIGRATIONS = Path(__file__).parent.parent / "migrations"


def migrate(store: Store) -> None:
    """Bring the database to the newest form of its tables, if it is not there yet."""
    from alembic import command  # slow to import; needed once
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    newest = ScriptDirectory.from_config(config).get_current_head()
    with store.reading() as connection:
        if MigrationContext.configure(connection).get_current_revision() == newest:
            return
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
