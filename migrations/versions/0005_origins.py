"""Where a part was carried over from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what was typed here came from nowhere else."""
    kind = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
    op.add_column("part", sa.Column("origin", kind, nullable=True))


def downgrade() -> None:
    """Remove the column."""
    op.drop_column("part", "origin")
