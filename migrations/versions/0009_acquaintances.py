"""Professionals met before, to be offered again."""

import sqlalchemy as sa
from alembic import op

from meetings.store.tables import UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables. Whoever took part in a record kept before is offered once they are met again."""
    op.create_table(
        "acquaintance",
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("out_of_hours", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("met_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_acquaintance_area")),
        sa.PrimaryKeyConstraint("area_id", "id", name=op.f("pk_acquaintance")),
    )
    op.create_table(
        "acquaintance_prefix",
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("acquaintance_id", sa.String(length=36), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("met_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_acquaintance_prefix_area")),
        sa.ForeignKeyConstraint(
            ["area_id", "acquaintance_id"],
            ["acquaintance.area_id", "acquaintance.id"],
            name=op.f("fk_acquaintance_prefix_acquaintance"),
        ),
        sa.PrimaryKeyConstraint("area_id", "acquaintance_id", "prefix", name=op.f("pk_acquaintance_prefix")),
    )
    op.create_index("ix_acquaintance_prefix", "acquaintance_prefix", ["area_id", "prefix", "named", "met_at"])


def downgrade() -> None:
    """Remove the tables."""
    op.drop_index("ix_acquaintance_prefix", table_name="acquaintance_prefix")
    op.drop_table("acquaintance_prefix")
    op.drop_table("acquaintance")
