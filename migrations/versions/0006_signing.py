"""What follows a final text: who is asked for an answer, links for people without an account, letters, challenges."""

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from meetings.store.tables import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
ID = sa.String(length=36)


def _key(table: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f(f"fk_{table}_area")),
        sa.ForeignKeyConstraint(
            ["area_id", "record_id"], ["record.area_id", "record.id"], name=op.f(f"fk_{table}_record")
        ),
    ]


def upgrade() -> None:
    """Make the tables; records that are final already ask their agencies too."""
    op.add_column("account", sa.Column("email", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "asking",
        sa.Column("area_id", ID, nullable=False),
        sa.Column("record_id", ID, nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("people", JSON, nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("signers", JSON, nullable=False),
        *_key("asking"),
        sa.PrimaryKeyConstraint("area_id", "record_id", "agency", name=op.f("pk_asking")),
    )
    op.create_index("ix_asking_agency", "asking", ["area_id", "agency", "answer"])
    op.create_index("ix_asking_answer", "asking", ["area_id", "answer"])
    op.create_table(
        "invitation",
        sa.Column("area_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("record_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("professional", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=True),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("ended_how", sa.Text(), nullable=True),
        *_key("invitation"),
        sa.PrimaryKeyConstraint("area_id", "id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("area_id", "token_sha256", name=op.f("uq_invitation_area_id_token_sha256")),
    )
    op.create_index("ix_invitation_record", "invitation", ["area_id", "record_id", "made_at"])
    op.create_table(
        "letter",
        sa.Column("area_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("record_id", ID, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("invitation_id", ID, nullable=True),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("queued_at", UTCDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", UTCDateTime(), nullable=True),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        *_key("letter"),
        sa.PrimaryKeyConstraint("area_id", "id", name=op.f("pk_letter")),
    )
    op.create_index("ix_letter_due", "letter", ["area_id", "next_at"])
    op.create_index("ix_letter_record", "letter", ["area_id", "record_id", "queued_at"])
    op.create_table(
        "challenge",
        sa.Column("area_id", ID, nullable=False),
        sa.Column("record_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("pointer", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("part_id", ID, nullable=True),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("should_say", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("professional", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("raised_by", sa.Text(), nullable=False),
        sa.Column("raised_at", UTCDateTime(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("taken_up", sa.Integer(), nullable=True),
        *_key("challenge"),
        sa.PrimaryKeyConstraint("area_id", "record_id", "number", name=op.f("pk_challenge")),
    )
    _ask_of_what_is_final()


def _ask_of_what_is_final() -> None:
    """Ask the agencies of every discussion that was made final before there was anything to answer."""
    record = sa.table("record", *(sa.column(name) for name in ("area_id", "id", "version", "status")))
    frozen = sa.table("frozen", *(sa.column(name) for name in ("area_id", "record_id", "version", "body")))
    asking = sa.table(
        "asking",
        *(sa.column(name) for name in ("area_id", "record_id", "agency", "version")),
        sa.column("people", JSON),
        sa.column("signers", JSON),
    )
    connection = op.get_bind()
    same = sa.and_(
        frozen.c.area_id == record.c.area_id,
        frozen.c.record_id == record.c.id,
        frozen.c.version == record.c.version,
    )
    wanted = (
        sa.select(record.c.area_id, record.c.id, record.c.version, frozen.c.body)
        .join(frozen, same)
        .where(record.c.status == "final")
    )
    for area_id, record_id, version, body in connection.execute(wanted).all():
        people: dict[str, list[dict[str, str]]] = {}
        for one in json.loads(bytes(body)).get("professionals", ()):
            if one.get("presence") in ("attended", "consulted") and "agency" in one:
                people.setdefault(one["agency"], []).append({"id": one["id"], "name": one.get("name", "")})
        rows = [
            {"area_id": area_id, "record_id": record_id, "agency": agency, "version": version, "people": named, "signers": []}
            for agency, named in people.items()
        ]
        if rows:
            connection.execute(sa.insert(asking), rows)


def downgrade() -> None:
    """Remove the tables."""
    op.drop_table("challenge")
    op.drop_index("ix_letter_record", table_name="letter")
    op.drop_index("ix_letter_due", table_name="letter")
    op.drop_table("letter")
    op.drop_index("ix_invitation_record", table_name="invitation")
    op.drop_table("invitation")
    op.drop_index("ix_asking_answer", table_name="asking")
    op.drop_index("ix_asking_agency", table_name="asking")
    op.drop_table("asking")
    op.drop_column("account", "email")
