"""What was posted from a page, and what it was answered: a page that is sent twice is worked on once."""

import sqlalchemy as sa
from alembic import op

from meetings.store.tables import JSON, UTCDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; what stands in it is gone a day later."""
    op.create_table(
        "posted",
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", JSON, nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_posted_area")),
        sa.PrimaryKeyConstraint("area_id", "sha256", name=op.f("pk_posted")),
    )
    op.create_index("ix_posted_at", "posted", ["area_id", "at"])


def downgrade() -> None:
    """Remove the table."""
    op.drop_index("ix_posted_at", table_name="posted")
    op.drop_table("posted")
