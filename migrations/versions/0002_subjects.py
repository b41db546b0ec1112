"""The children that records decide about, by number, so that a second record of one day is noticed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table. Records kept before are in it after their next change."""
    op.create_table(
        "subject",
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_subject_area")),
        sa.ForeignKeyConstraint(
            ["area_id", "record_id"], ["record.area_id", "record.id"], name=op.f("fk_subject_record")
        ),
        sa.PrimaryKeyConstraint("area_id", "record_id", "number", name=op.f("pk_subject")),
    )
    op.create_index("ix_subject_number", "subject", ["area_id", "number", "held_on"])


def downgrade() -> None:
    """Remove the table."""
    op.drop_index("ix_subject_number", table_name="subject")
    op.drop_table("subject")
