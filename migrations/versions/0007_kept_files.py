"""Every final file that was given out, as it was given out."""

import sqlalchemy as sa
from alembic import op

from meetings.store.tables import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; files given out before have their hash in the log and are not kept."""
    op.create_table(
        "kept_file",
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("drawn_from", sa.String(length=64), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_kept_file_area")),
        sa.ForeignKeyConstraint(
            ["area_id", "record_id"], ["record.area_id", "record.id"], name=op.f("fk_kept_file_record")
        ),
        sa.PrimaryKeyConstraint(
            "area_id", "record_id", "version", "reader", "name", "drawn_from", name=op.f("pk_kept_file")
        ),
    )
    op.create_index("ix_kept_file_file", "kept_file", ["area_id", "record_id", "file_sha256"])


def downgrade() -> None:
    """Remove the table."""
    op.drop_index("ix_kept_file_file", table_name="kept_file")
    op.drop_table("kept_file")
