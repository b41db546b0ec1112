"""What is asked across briefings: which version officers see, who has yet to read it, and what was seen."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

RECORD = (["area_id", "record_id"], ["record.area_id", "record.id"])


def _keys(table: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f(f"fk_{table}_area")),
        sa.ForeignKeyConstraint(*RECORD, name=op.f(f"fk_{table}_record")),
    ]


def upgrade() -> None:
    """Make the tables. A briefing that was issued before is in them after it is next issued or read."""
    op.create_table(
        "issued",
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=True),
        sa.Column("approver_id", sa.String(length=36), nullable=True),
        *_keys("issued"),
        sa.PrimaryKeyConstraint("area_id", "record_id", name=op.f("pk_issued")),
    )
    op.create_index("ix_issued_live", "issued", ["area_id", "withdrawn", "until"])
    op.create_table(
        "reader",
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("local_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("acknowledge_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        *_keys("reader"),
        sa.PrimaryKeyConstraint("area_id", "record_id", "local_id", name=op.f("pk_reader")),
    )
    op.create_index("ix_reader_name", "reader", ["area_id", "name", "read_at"])
    op.create_index("ix_reader_shift", "reader", ["area_id", "organisation", "kind", "read_at"])
    op.create_table(
        "sighting",
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("taken_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_up_by", sa.Text(), nullable=True),
        *_keys("sighting"),
        sa.PrimaryKeyConstraint("area_id", "id", name=op.f("pk_sighting")),
    )
    op.create_index("ix_sighting_record", "sighting", ["area_id", "record_id", "at"])
    op.create_index("ix_sighting_open", "sighting", ["area_id", "taken_up_at", "at"])
    op.drop_index("ix_search_term", table_name="search_term")
    # Words are found by how they begin; only this order lets the index answer that.
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("search_term", "term", type_=sa.Text(collation="C"))
    op.create_index("ix_search_term", "search_term", ["area_id", "kind", "term", "record_id"])


def downgrade() -> None:
    """Remove the tables."""
    op.drop_index("ix_search_term", table_name="search_term")
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("search_term", "term", type_=sa.Text())
    op.create_index("ix_search_term", "search_term", ["area_id", "kind", "term"])
    for table, indexes in (
        ("sighting", ("ix_sighting_open", "ix_sighting_record")),
        ("reader", ("ix_reader_shift", "ix_reader_name")),
        ("issued", ("ix_issued_live",)),
    ):
        for index in indexes:
            op.drop_index(index, table_name=table)
        op.drop_table(table)
