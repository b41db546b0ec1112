"""The words that records are found by."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table. A record kept before is found after its next change."""
    op.create_table(
        "search_term",
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_search_term_area")),
        sa.ForeignKeyConstraint(
            ["area_id", "record_id"], ["record.area_id", "record.id"], name=op.f("fk_search_term_record")
        ),
        sa.PrimaryKeyConstraint("area_id", "record_id", "kind", "term", name=op.f("pk_search_term")),
    )
    op.create_index("ix_search_term", "search_term", ["area_id", "kind", "term"])


def downgrade() -> None:
    """Remove the table."""
    op.drop_index("ix_search_term", table_name="search_term")
    op.drop_table("search_term")
