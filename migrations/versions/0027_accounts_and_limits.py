"""Accounts that are given out, disabled and looked after; limits of signing in; sessions that know their mode."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from meetings.store.tables import UTCDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
ID = sa.String(length=36)


def _area(table: str) -> sa.Constraint:
    return sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f(f"fk_{table}_area"))


def _account(table: str, column: str) -> sa.Constraint:
    return sa.ForeignKeyConstraint(
        ["area_id", column], ["account.area_id", "account.id"], name=op.f(f"fk_{table}_account")
    )


def _session(*mode: sa.Column, owner_is_known: bool) -> None:
    """Make the table of sessions anew; everybody signs in again."""
    op.create_table(
        "session",
        sa.Column("area_id", ID, nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("account_id", ID, nullable=not owner_is_known),
        sa.Column("data", JSON, nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        *mode,
        _area("session"),
        _account("session", "account_id"),
        sa.PrimaryKeyConstraint("area_id", "token_sha256", name=op.f("pk_session")),
    )
    op.create_index("ix_session_seen_at", "session", ["seen_at"])


def upgrade() -> None:
    """Make the tables. The account of the command line gets a role of its own: an administrator is a person now."""
    op.add_column("account", sa.Column("made_at", UTCDateTime(), nullable=True))
    op.add_column("account", sa.Column("disabled_at", UTCDateTime(), nullable=True))
    op.execute("update account set role = 'local' where role = 'administrator'")
    op.drop_table("session")
    _session(sa.Column("production", sa.Boolean(), nullable=False), owner_is_known=True)
    op.create_index("ix_session_account_id", "session", ["account_id"])
    op.create_table(
        "account_link",
        sa.Column("area_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        _area("account_link"),
        _account("account_link", "account_id"),
        sa.PrimaryKeyConstraint("area_id", "account_id", name=op.f("pk_account_link")),
        sa.UniqueConstraint("area_id", "token_sha256", name=op.f("uq_account_link_area_id_token_sha256")),
    )
    op.create_table(
        "account_history",
        sa.Column("area_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.Column("before", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        _area("account_history"),
        sa.PrimaryKeyConstraint("area_id", "number", name=op.f("pk_account_history")),
    )
    op.create_table(
        "sign_in_limit",
        sa.Column("area_id", ID, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Float(), nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=True),
        _area("sign_in_limit"),
        sa.PrimaryKeyConstraint("area_id", "key", name=op.f("pk_sign_in_limit")),
    )
    op.create_index("ix_sign_in_limit_last_at", "sign_in_limit", ["last_at"])
    with op.batch_alter_table("letter") as letter:
        letter.alter_column("record_id", existing_type=ID, nullable=True)
        letter.add_column(sa.Column("recipient_id", ID, nullable=True))
        letter.create_foreign_key(
            op.f("fk_letter_account"), "account", ["area_id", "recipient_id"], ["area_id", "id"]
        )
    op.create_index("ix_letter_recipient", "letter", ["area_id", "recipient_id", "queued_at"])


def downgrade() -> None:
    """Remove the tables."""
    op.execute("delete from letter where record_id is null")
    op.drop_index("ix_letter_recipient", "letter")
    with op.batch_alter_table("letter") as letter:
        letter.drop_constraint(op.f("fk_letter_account"), type_="foreignkey")
        letter.drop_column("recipient_id")
        letter.alter_column("record_id", existing_type=ID, nullable=False)
    op.drop_table("sign_in_limit")
    op.drop_table("account_history")
    op.drop_table("account_link")
    op.drop_table("session")
    _session(owner_is_known=False)
    op.execute("update account set role = 'administrator' where role = 'local'")
    with op.batch_alter_table("account") as account:
        account.drop_column("disabled_at")
        account.drop_column("made_at")
