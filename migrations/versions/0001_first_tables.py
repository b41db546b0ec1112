"""The first tables: area, accounts, sessions, records with their parts, final versions, sign-offs, actions, history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "area",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
    )
    op.create_table(
        "account",
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_account_area")),
        sa.PrimaryKeyConstraint("area_id", "id", name=op.f("pk_account")),
        sa.UniqueConstraint("area_id", "login", name=op.f("uq_account_area_id_login")),
    )
    op.create_table(
        "record",
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=True),
        sa.Column("asked", JSON, nullable=False),
        sa.Column("numbers", JSON, nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorder", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_record_area")),
        sa.PrimaryKeyConstraint("area_id", "id", name=op.f("pk_record")),
        sa.UniqueConstraint("area_id", "ref", name=op.f("uq_record_area_id_ref")),
    )
    op.create_index(
        "ix_record_list", "record", ["area_id", "status", "changed_at"], unique=False
    )
    op.create_table(
        "series",
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_series_area")),
        sa.PrimaryKeyConstraint("area_id", "name", name=op.f("pk_series")),
    )
    op.create_table(
        "action",
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["area_id", "record_id"],
            ["record.area_id", "record.id"],
            name=op.f("fk_action_record"),
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_action_area")),
        sa.PrimaryKeyConstraint(
            "area_id", "record_id", "version", "id", name=op.f("pk_action")
        ),
    )
    op.create_index(
        "ix_action_due", "action", ["area_id", "status", "due_at"], unique=False
    )
    op.create_table(
        "frozen",
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("profile_sha256", sa.String(length=64), nullable=False),
        sa.Column("rules_sha256", sa.String(length=64), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_by", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["area_id", "record_id"],
            ["record.area_id", "record.id"],
            name=op.f("fk_frozen_record"),
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_frozen_area")),
        sa.PrimaryKeyConstraint(
            "area_id", "record_id", "version", name=op.f("pk_frozen")
        ),
    )
    op.create_table(
        "history",
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.Column("before", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["area_id", "record_id"],
            ["record.area_id", "record.id"],
            name=op.f("fk_history_record"),
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_history_area")),
        sa.PrimaryKeyConstraint(
            "area_id", "record_id", "number", name=op.f("pk_history")
        ),
    )
    op.create_table(
        "part",
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("once", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("unread", JSON, nullable=False),
        sa.Column("changed_by", sa.String(length=36), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["area_id", "record_id"],
            ["record.area_id", "record.id"],
            name=op.f("fk_part_record"),
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_part_area")),
        sa.PrimaryKeyConstraint("area_id", "id", name=op.f("pk_part")),
        sa.UniqueConstraint(
            "area_id", "record_id", "once", name=op.f("uq_part_area_id_record_id_once")
        ),
    )
    op.create_index(
        "ix_part_record",
        "part",
        ["area_id", "record_id", "name", "position"],
        unique=False,
    )
    op.create_table(
        "session",
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=True),
        sa.Column("data", JSON, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["area_id", "account_id"],
            ["account.area_id", "account.id"],
            name=op.f("fk_session_account"),
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_session_area")),
        sa.PrimaryKeyConstraint("area_id", "token_sha256", name=op.f("pk_session")),
    )
    op.create_index(op.f("ix_session_seen_at"), "session", ["seen_at"], unique=False)
    op.create_table(
        "signoff",
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("elsewhere", sa.Boolean(), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["area_id", "record_id"],
            ["record.area_id", "record.id"],
            name=op.f("fk_signoff_record"),
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_signoff_area")),
        sa.PrimaryKeyConstraint("area_id", "id", name=op.f("pk_signoff")),
    )
    op.create_index(
        "ix_signoff_record",
        "signoff",
        ["area_id", "record_id", "version", "position"],
        unique=False,
    )


def downgrade() -> None:
    """Remove the tables."""
    op.drop_index("ix_signoff_record", table_name="signoff")
    op.drop_table("signoff")
    op.drop_index(op.f("ix_session_seen_at"), table_name="session")
    op.drop_table("session")
    op.drop_index("ix_part_record", table_name="part")
    op.drop_table("part")
    op.drop_table("history")
    op.drop_table("frozen")
    op.drop_index("ix_action_due", table_name="action")
    op.drop_table("action")
    op.drop_table("series")
    op.drop_index("ix_record_list", table_name="record")
    op.drop_table("record")
    op.drop_table("account")
    op.drop_table("area")
