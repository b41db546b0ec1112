"""Who is in a record now, and where."""

import sqlalchemy as sa
from alembic import op

from meetings.store.tables import UTCDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; it holds nothing that is not gone a minute later."""
    op.create_table(
        "presence",
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("tab", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_presence_area")),
        sa.ForeignKeyConstraint(
            ["area_id", "record_id"], ["record.area_id", "record.id"], name=op.f("fk_presence_record")
        ),
        sa.PrimaryKeyConstraint("area_id", "record_id", "tab", name=op.f("pk_presence")),
    )


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("presence")
