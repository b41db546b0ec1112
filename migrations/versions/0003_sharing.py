"""Who was shown what, and every file that was given out: a log of its own, chained for each record."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from meetings.history import START
from meetings.store.tables import UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the log."""
    op.add_column("record", sa.Column("sharing_chain", sa.String(length=64), nullable=False, server_default=START))
    op.add_column("record", sa.Column("sharings", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "sharing",
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("before", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_sharing_area")),
        sa.ForeignKeyConstraint(
            ["area_id", "record_id"], ["record.area_id", "record.id"], name=op.f("fk_sharing_record")
        ),
        sa.PrimaryKeyConstraint("area_id", "record_id", "number", name=op.f("pk_sharing")),
    )
    op.create_index("ix_sharing_file", "sharing", ["area_id", "file_sha256"])


def downgrade() -> None:
    """Remove the log."""
    op.drop_index("ix_sharing_file", table_name="sharing")
    op.drop_table("sharing")
    op.drop_column("record", "sharings")
    op.drop_column("record", "sharing_chain")
