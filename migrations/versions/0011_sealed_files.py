"""What this installation sealed, by certificate and digest."""

import sqlalchemy as sa
from alembic import op

from meetings.store.tables import UTCDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; what left before is known by the hash of the whole file, as it was."""
    op.create_table(
        "own_certificate",
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_own_certificate_area")),
        sa.PrimaryKeyConstraint("area_id", "sha256", name=op.f("pk_own_certificate")),
    )
    op.create_table(
        "sealed_file",
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("certificate_sha256", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_sealed_file_area")),
        sa.ForeignKeyConstraint(
            ["area_id", "record_id"], ["record.area_id", "record.id"], name=op.f("fk_sealed_file_record")
        ),
        sa.ForeignKeyConstraint(
            ["area_id", "certificate_sha256"],
            ["own_certificate.area_id", "own_certificate.sha256"],
            name=op.f("fk_sealed_file_own_certificate"),
        ),
        sa.PrimaryKeyConstraint("area_id", "certificate_sha256", "digest", name=op.f("pk_sealed_file")),
    )
    op.create_index("ix_sealed_file_record", "sealed_file", ["area_id", "record_id"])


def downgrade() -> None:
    """Remove the tables."""
    op.drop_table("sealed_file")
    op.drop_table("own_certificate")
