"""Find again by the words, numbers and beginnings of today what was kept by those of an earlier edition."""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from meetings.acquaintances import Acquaintance
from meetings.briefing_facts import compared, terms_of
from meetings.contract import build_document
from meetings.documents import Briefing
from meetings.store.searching import LONGEST_TERM
from meetings.store.tables import acquaintance, acquaintance_prefix, frozen, issued, reader, search_term

revision = "0022"
down_revision = "0010"
branch_labels = None
depends_on = None

TOGETHER = 100
"""Rows that are read and written at once: an area may hold many."""


def upgrade() -> None:
    """Write anew what issued briefings are found by, whose they are to read, and how people met before are found."""
    connection = op.get_bind()
    _briefings(connection)
    _readers(connection)
    _acquaintances(connection)


def _in_parts(connection: sa.Connection, query: sa.Select[Any]) -> Iterator[list[sa.RowMapping]]:
    rows = connection.execute(query).mappings().all()
    for start in range(0, len(rows), TOGETHER):
        yield rows[start : start + TOGETHER]


def _briefings(connection: sa.Connection) -> None:
    for part in _in_parts(connection, sa.select(issued.c.area_id, issued.c.record_id, issued.c.version)):
        for one in part:
            mine = [frozen.c[name] == one[name] for name in ("area_id", "record_id", "version")]
            body = connection.execute(sa.select(frozen.c.body).where(*mine)).scalar()
            document = build_document(json.loads(body)) if body is not None else None
            if not isinstance(document, Briefing):
                continue
            key = {name: one[name] for name in ("area_id", "record_id")}
            connection.execute(sa.delete(search_term).where(*(search_term.c[name] == key[name] for name in key)))
            terms = {(str(kind), words[:LONGEST_TERM]) for kind, words in terms_of(document)}
            rows = [{**key, "kind": kind, "term": words} for kind, words in sorted(terms)]
            if rows:
                connection.execute(sa.insert(search_term), rows)


def _readers(connection: sa.Connection) -> None:
    for part in _in_parts(connection, sa.select(reader)):
        for one in part:
            new = {name: compared(one[name]) for name in ("name", "organisation")}
            if any(one[name] != new[name] for name in new):
                mine = [reader.c[name] == one[name] for name in ("area_id", "record_id", "local_id")]
                connection.execute(sa.update(reader).where(*mine).values(**new))


def _acquaintances(connection: sa.Connection) -> None:
    """Remember each person once, as last met, by the key and the beginnings of today."""
    columns = ("name", "agency", "organisation", "role", "grade", "phone", "out_of_hours", "email")
    newest: dict[tuple[str, str], tuple[Acquaintance, Any]] = {}
    for part in _in_parts(connection, sa.select(acquaintance).order_by(acquaintance.c.met_at)):
        for one in part:
            met = Acquaintance(*(one[name] for name in columns))
            newest[one["area_id"], met.key] = met, one["met_at"]
    connection.execute(sa.delete(acquaintance_prefix))
    connection.execute(sa.delete(acquaintance))
    for (area_id, key), (met, at) in newest.items():
        known = {"area_id": area_id, "id": key, "met_at": at, **{name: getattr(met, name) for name in columns}}
        connection.execute(sa.insert(acquaintance).values(**known))
        named = {"area_id": area_id, "acquaintance_id": key, "named": bool(met.name), "met_at": at}
        beginnings = [{**named, "prefix": prefix} for prefix in sorted(met.prefixes)]
        if beginnings:
            connection.execute(sa.insert(acquaintance_prefix), beginnings)


def downgrade() -> None:
    """Leave the words as they are: an earlier edition finds by them too."""
