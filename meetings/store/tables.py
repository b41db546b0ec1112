"""The tables. `migrations/` makes them step by step; a test holds the two against each other."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

AREA = "00000000-0000-4000-8000-000000000001"
"""The safeguarding partnership that holds the records of this installation; every key starts with it."""


FIRST_MOMENT = datetime.min.replace(year=2, tzinfo=UTC)
LAST_MOMENT = datetime.max.replace(year=9998, microsecond=0, tzinfo=UTC)
"""The ends of what is kept of an instant that lists are sorted by: a typed year 1 or 9999 has no place in UTC."""


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
        return min(max(value, FIRST_MOMENT), LAST_MOMENT).astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Return the instant, aware."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class _LookedFor:
    """Text that is looked for as somebody typed it: what no database can hold is found nowhere, and breaks nothing."""

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        """Return the text without what no database can hold."""
        return None if value is None else value.encode("utf-8", "replace").decode().replace("\0", "?")


class Typed(_LookedFor, sa.TypeDecorator[str]):
    """Text of any length that is looked for."""

    impl = sa.Text
    cache_ok = True


InOrder = Typed().with_variant(Typed(collation="C"), "postgresql")
"""Such text in the order of its code points, whatever the language of the database; SQLite orders so by itself."""


class TypedId(_LookedFor, sa.TypeDecorator[str]):
    """An identifier that is looked for."""

    impl = sa.String
    cache_ok = True


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
    sa.Column("login", Typed, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("organisation", sa.Text, nullable=False),
    sa.Column("grade", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text),
    sa.Column("demonstration", sa.Boolean, nullable=False),
    sa.Column("email", sa.Text, nullable=False, server_default=""),
    sa.Column("made_at", UTCDateTime),
    # From then on nobody signs in with it.
    sa.Column("disabled_at", UTCDateTime),
    sa.UniqueConstraint("area_id", "login"),
)

account_link = sa.Table(
    "account_link",
    metadata,
    _area_id(),
    # The one open link of an account, by which its person chooses a password.
    sa.Column("account_id", ID, primary_key=True),
    sa.Column("token_sha256", sa.String(64), nullable=False),
    sa.Column("expires_at", UTCDateTime, nullable=False),
    sa.ForeignKeyConstraint(["area_id", "account_id"], ["account.area_id", "account.id"]),
    sa.UniqueConstraint("area_id", "token_sha256"),
)

account_history = sa.Table(
    "account_history",
    metadata,
    _area_id(),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("at", UTCDateTime, nullable=False),
    # Who did it, what, and to whose account.
    sa.Column("account_id", ID, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("detail", JSON, nullable=False),
    sa.Column("before", sa.String(64), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
)

sign_in_limit = sa.Table(
    "sign_in_limit",
    metadata,
    _area_id(),
    # A hash of what it counts for: an account, an address, both, a known device, or the whole service.
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("tries", sa.Float, nullable=False),
    sa.Column("last_at", UTCDateTime, nullable=False, index=True),
    sa.Column("until", UTCDateTime),
)

session = sa.Table(
    "session",
    metadata,
    _area_id(),
    sa.Column("token_sha256", sa.String(64), primary_key=True),
    sa.Column("account_id", ID, nullable=False, index=True),
    sa.Column("data", JSON, nullable=False),
    sa.Column("seen_at", UTCDateTime, nullable=False, index=True),
    # In which mode it began: no session of the demonstration goes on in production.
    sa.Column("production", sa.Boolean, nullable=False),
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
    sa.Column("ref", Typed, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("profile", sa.Text),
    sa.Column("asked", JSON, nullable=False),
    sa.Column("numbers", JSON, nullable=False),
    sa.Column("counter", sa.Integer, nullable=False),
    sa.Column("chain", sa.String(64), nullable=False),
    sa.Column("lines", sa.Integer, nullable=False),
    sa.Column("sharing_chain", sa.String(64), nullable=False),
    sa.Column("sharings", sa.Integer, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("held_at", UTCDateTime),
    sa.Column("recorder", sa.Text, nullable=False),
    # Whose it is: the team of whoever began it (`team_of` in need_to_know.py); nothing for nobody's.
    sa.Column("team", sa.Text, nullable=False, server_default=""),
    sa.Column("made_at", UTCDateTime, nullable=False),
    sa.Column("changed_at", UTCDateTime, nullable=False),
    sa.UniqueConstraint("area_id", "ref"),
    sa.Index("ix_record_list", "area_id", "status", "changed_at"),
    sa.Index("ix_record_team", "area_id", "team", "status", "changed_at"),
)


def _record_key() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["area_id", "record_id"], ["record.area_id", "record.id"])


entitled = sa.Table(
    "entitled",
    metadata,
    _area_id(),
    sa.Column("record_id", ID, primary_key=True),
    # What lets somebody in: the draft, the text in force, or a deed.
    sa.Column("says", sa.String(8), primary_key=True),
    # A hash of who it is: an account, a person of an agency, everybody of an agency and organisation.
    sa.Column("key", sa.String(64), primary_key=True),
    # To the whole, or to a copy of what is in force.
    sa.Column("way", sa.String(8), nullable=False),
    _record_key(),
    sa.Index("ix_entitled_key", "area_id", "key", "says", "record_id"),
)

part = sa.Table(
    "part",
    metadata,
    _area_id(),
    sa.Column("id", TypedId(36), primary_key=True),
    sa.Column("record_id", ID, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    # A section occurs once, and so does what is decided for one child; other rows have no key.
    sa.Column("once", Typed),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("body", JSON, nullable=False),
    sa.Column("unread", JSON, nullable=False),
    sa.Column("origin", sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")),
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

asking = sa.Table(
    "asking",
    metadata,
    _area_id(),
    sa.Column("record_id", ID, primary_key=True),
    # An agency that took part and is asked for its answer to the version in force.
    sa.Column("agency", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("people", JSON, nullable=False),
    # The answer that counts: the latest.
    sa.Column("answer", sa.Text),
    # Who has signed the text so far, and is told of a refusal.
    sa.Column("signers", JSON, nullable=False),
    _record_key(),
    sa.Index("ix_asking_agency", "area_id", "agency", "answer"),
    sa.Index("ix_asking_answer", "area_id", "answer"),
)

invitation = sa.Table(
    "invitation",
    metadata,
    _area_id(),
    sa.Column("id", ID, primary_key=True),
    sa.Column("record_id", ID, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("professional", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    # Told in the meeting and shown there again; worth nothing without the link, of which only a hash is kept.
    sa.Column("code", sa.String(6), nullable=False),
    sa.Column("token_sha256", sa.String(64)),
    sa.Column("page", sa.Text, nullable=False),
    sa.Column("made_by", ID, nullable=False),
    sa.Column("made_at", UTCDateTime, nullable=False),
    sa.Column("expires_at", UTCDateTime),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("ended_at", UTCDateTime),
    sa.Column("ended_how", sa.Text),
    _record_key(),
    sa.UniqueConstraint("area_id", "token_sha256"),
    sa.Index("ix_invitation_record", "area_id", "record_id", "made_at"),
)

letter = sa.Table(
    "letter",
    metadata,
    _area_id(),
    sa.Column("id", ID, primary_key=True),
    # It is about a record or about an account.
    sa.Column("record_id", ID),
    sa.Column("recipient_id", ID),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("invitation_id", ID),
    sa.Column("page", sa.Text, nullable=False),
    sa.Column("asked_by", sa.Text, nullable=False),
    sa.Column("queued_at", UTCDateTime, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    # When it is tried next; nothing once it was sent or given up.
    sa.Column("next_at", UTCDateTime),
    sa.Column("sent_at", UTCDateTime),
    sa.Column("problem", sa.Text, nullable=False),
    _record_key(),
    sa.ForeignKeyConstraint(["area_id", "recipient_id"], ["account.area_id", "account.id"]),
    sa.Index("ix_letter_due", "area_id", "next_at"),
    sa.Index("ix_letter_recipient", "area_id", "recipient_id", "queued_at"),
    sa.Index("ix_letter_record", "area_id", "record_id", "queued_at"),
)

challenge = sa.Table(
    "challenge",
    metadata,
    _area_id(),
    sa.Column("record_id", ID, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    # Where in that version: a JSON Pointer, the same in words, and the part of the draft that it lies in.
    sa.Column("pointer", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("part_id", ID),
    sa.Column("says", sa.Text, nullable=False),
    sa.Column("should_say", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("professional", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("raised_by", sa.Text, nullable=False),
    sa.Column("raised_at", UTCDateTime, nullable=False),
    sa.Column("accepted", sa.Boolean),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("answered_by", sa.Text, nullable=False),
    sa.Column("answered_at", UTCDateTime),
    # The version in which it was put right, or is being.
    sa.Column("taken_up", sa.Integer),
    _record_key(),
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

sharing = sa.Table(
    "sharing",
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
    # Of a file that was given out: what a verifier asks for.
    sa.Column("file_sha256", sa.String(64)),
    sa.Column("before", sa.String(64), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    _record_key(),
    sa.Index("ix_sharing_file", "area_id", "file_sha256"),
)

kept_file = sa.Table(
    "kept_file",
    metadata,
    _area_id(),
    sa.Column("record_id", ID, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("reader", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    # A hash of everything that the copy is drawn from: other sign-offs make another file.
    sa.Column("drawn_from", sa.String(64), primary_key=True),
    sa.Column("file_sha256", sa.String(64), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    _record_key(),
    sa.Index("ix_kept_file_file", "area_id", "record_id", "file_sha256"),
)

own_certificate = sa.Table(
    "own_certificate",
    metadata,
    _area_id(),
    # A certificate that this installation sealed with, now or ever; a file in a folder makes none its own.
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("used_at", UTCDateTime, nullable=False),
)

sealed_file = sa.Table(
    "sealed_file",
    metadata,
    _area_id(),
    sa.Column("certificate_sha256", TypedId(64), primary_key=True),
    # What the seal covers: of a Word file all but the list of who seals it, of a data file its bytes.
    sa.Column("digest", TypedId(64), primary_key=True),
    sa.Column("record_id", ID, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("reader", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    _record_key(),
    sa.ForeignKeyConstraint(["area_id", "certificate_sha256"], ["own_certificate.area_id", "own_certificate.sha256"]),
    sa.Index("ix_sealed_file_record", "area_id", "record_id"),
)

sealed_report = sa.Table(
    "sealed_report",
    metadata,
    _area_id(),
    sa.Column("certificate_sha256", TypedId(64), primary_key=True),
    sa.Column("digest", TypedId(64), primary_key=True),
    # A report on the check of files belongs to no record: of which files it speaks stands in it alone.
    sa.Column("file_sha256", sa.String(64), nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.ForeignKeyConstraint(["area_id", "certificate_sha256"], ["own_certificate.area_id", "own_certificate.sha256"]),
)

presence = sa.Table(
    "presence",
    metadata,
    _area_id(),
    sa.Column("record_id", ID, primary_key=True),
    # A window of a browser; one person may have several.
    sa.Column("tab", ID, primary_key=True),
    sa.Column("account_id", ID, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("seen_at", UTCDateTime, nullable=False),
    _record_key(),
)

search_term = sa.Table(
    "search_term",
    metadata,
    _area_id(),
    sa.Column("record_id", ID, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    # Words are found by how they begin; only the order of code points lets the index answer that.
    sa.Column("term", InOrder, primary_key=True),
    _record_key(),
    sa.Index("ix_search_term", "area_id", "kind", "term", "record_id"),
)

issued = sa.Table(
    "issued",
    metadata,
    _area_id(),
    sa.Column("record_id", ID, primary_key=True),
    # The version that officers see, and what a list shows of it without reading it.
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("until", UTCDateTime, nullable=False),
    sa.Column("withdrawn", sa.Boolean, nullable=False),
    sa.Column("owner_id", ID),
    sa.Column("approver_id", ID),
    _record_key(),
    sa.Index("ix_issued_live", "area_id", "withdrawn", "until"),
)

reader = sa.Table(
    "reader",
    metadata,
    _area_id(),
    sa.Column("record_id", ID, primary_key=True),
    sa.Column("local_id", sa.Text, primary_key=True),
    # As they are compared, not as they are written.
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("organisation", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("acknowledge_by", UTCDateTime),
    sa.Column("read_at", UTCDateTime),
    _record_key(),
    sa.Index("ix_reader_name", "area_id", "name", "read_at"),
    sa.Index("ix_reader_shift", "area_id", "organisation", "kind", "read_at"),
)

sighting = sa.Table(
    "sighting",
    metadata,
    _area_id(),
    sa.Column("id", ID, primary_key=True),
    sa.Column("record_id", ID, nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("taken_up_at", UTCDateTime),
    sa.Column("taken_up_by", sa.Text),
    _record_key(),
    sa.Index("ix_sighting_record", "area_id", "record_id", "at"),
    sa.Index("ix_sighting_open", "area_id", "taken_up_at", "at"),
)

posted = sa.Table(
    "posted",
    metadata,
    _area_id(),
    # A hash of a posted page: its mark, who sent it, where to, and all that was typed.
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("at", UTCDateTime, nullable=False),
    # What it was answered; nothing while it is worked on.
    sa.Column("status", sa.Integer),
    sa.Column("headers", JSON),
    sa.Column("content", sa.LargeBinary),
    sa.Index("ix_posted_at", "area_id", "at"),
)

acquaintance = sa.Table(
    "acquaintance",
    metadata,
    _area_id(),
    sa.Column("id", ID, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("organisation", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("grade", sa.Text, nullable=False),
    sa.Column("phone", sa.Text, nullable=False),
    sa.Column("out_of_hours", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("met_at", UTCDateTime, nullable=False),
)

acquaintance_prefix = sa.Table(
    "acquaintance_prefix",
    metadata,
    _area_id(),
    sa.Column("acquaintance_id", ID, primary_key=True),
    sa.Column("prefix", sa.Text, primary_key=True),
    sa.Column("named", sa.Boolean, nullable=False),
    sa.Column("met_at", UTCDateTime, nullable=False),
    sa.ForeignKeyConstraint(["area_id", "acquaintance_id"], ["acquaintance.area_id", "acquaintance.id"]),
    sa.Index("ix_acquaintance_prefix", "area_id", "prefix", "named", "met_at"),
)
