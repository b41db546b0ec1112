"""Reports on the check of files that this installation sealed, by certificate and digest."""

import sqlalchemy as sa
from alembic import op

from meetings.store.tables import UTCDateTime

revision = "0024"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "sealed_report",
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("certificate_sha256", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_sealed_report_area")),
        sa.ForeignKeyConstraint(
            ["area_id", "certificate_sha256"],
            ["own_certificate.area_id", "own_certificate.sha256"],
            name=op.f("fk_sealed_report_own_certificate"),
        ),
        sa.PrimaryKeyConstraint("area_id", "certificate_sha256", "digest", name=op.f("pk_sealed_report")),
    )


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("sealed_report")
