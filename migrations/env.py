"""Runs the migrations on the connection that the store lends. Nothing here decides what a table holds."""

from alembic import context

from meetings.store import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
    # SQLite changes a table by copying it.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
