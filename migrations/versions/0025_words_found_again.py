"""Find again by the words, numbers and beginnings of today what was kept by those of an earlier edition.

So are those let in who are in a record: the keys by which they are known are made of names as they are compared.
"""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from meetings.acquaintances import Acquaintance
from meetings.briefing_facts import compared, terms_of
from meetings.contract import build_document
from meetings.desk import PREVIOUS, TYPED_BY_TEAM
from meetings.documents import BRIEFING, Briefing, kind_named
from meetings.need_to_know import PARTS_THAT_NAME, Says, entitled_by, in_it, team_named
from meetings.parts import Part, layout_of
from meetings.store.searching import LONGEST_TERM
from meetings.store.tables import (
    acquaintance,
    acquaintance_prefix,
    entitled,
    frozen,
    issued,
    part,
    reader,
    record,
    search_term,
)

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TOGETHER = 100
"""Rows that are read and written at once: an area may hold many."""


def upgrade() -> None:
    """Write anew what briefings and people met before are found by, who is to read, and who gets to which record."""
    connection = op.get_bind()
    _briefings(connection)
    _readers(connection)
    _acquaintances(connection)
    _teams(connection)
    _entitled(connection)


def _in_parts(connection: sa.Connection, query: sa.Select[Any]) -> Iterator[list[sa.RowMapping]]:
    rows = connection.execute(query).mappings().all()
    for start in range(0, len(rows), TOGETHER):
        yield rows[start : start + TOGETHER]


def _briefings(connection: sa.Connection) -> None:
    for found in _in_parts(connection, sa.select(issued.c.area_id, issued.c.record_id, issued.c.version)):
        for one in found:
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
    for found in _in_parts(connection, sa.select(reader)):
        for one in found:
            new = {name: compared(one[name]) for name in ("name", "organisation")}
            if any(one[name] != new[name] for name in new):
                mine = [reader.c[name] == one[name] for name in ("area_id", "record_id", "local_id")]
                connection.execute(sa.update(reader).where(*mine).values(**new))


def _acquaintances(connection: sa.Connection) -> None:
    """Remember each person once, as last met, by the key and the beginnings of today."""
    columns = ("name", "agency", "organisation", "role", "grade", "phone", "out_of_hours", "email")
    newest: dict[tuple[str, str], tuple[Acquaintance, Any]] = {}
    for found in _in_parts(connection, sa.select(acquaintance).order_by(acquaintance.c.met_at)):
        for one in found:
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


def _teams(connection: sa.Connection) -> None:
    """Write anew whose each record is, and for whom somebody named an earlier one."""
    for found in _in_parts(connection, sa.select(record.c.area_id, record.c.id, record.c.team)):
        for one in found:
            if (team := _team(one["team"])) != one["team"]:
                mine = [record.c[name] == one[name] for name in ("area_id", "id")]
                connection.execute(sa.update(record).where(*mine).values(team=team))
    named = sa.select(part.c.area_id, part.c.id, part.c.origin).where(part.c.name == PREVIOUS)
    for found in _in_parts(connection, named):
        for one in found:
            before = (one["origin"] or {}).get(TYPED_BY_TEAM, "")
            if (team := _team(before)) != before:
                mine = [part.c[name] == one[name] for name in ("area_id", "id")]
                origin = {**one["origin"], TYPED_BY_TEAM: team}
                connection.execute(sa.update(part).where(*mine).values(origin=origin))


def _team(kept: str) -> str:
    agency, _, organisation = kept.partition(": ")
    return team_named(agency, organisation)


def _entitled(connection: sa.Connection) -> None:
    """Let in again whom each draft and each text in force name; what somebody did there stays as it is."""
    for records in _in_parts(connection, sa.select(record.c.area_id, record.c.id, record.c.kind)):
        for one in records:
            mine = {"area_id": one["area_id"], "record_id": one["id"]}
            named = {Says.DRAFT: in_it(_draft(connection, one)), Says.FINAL: entitled_by(_in_force(connection, one))}
            for says, ways in named.items():
                where = [entitled.c[name] == value for name, value in {**mine, "says": str(says)}.items()]
                connection.execute(sa.delete(entitled).where(*where))
                rows = [{**mine, "says": str(says), "key": key, "way": str(way)} for key, way in ways.items()]
                if rows:
                    connection.execute(sa.insert(entitled), rows)


def _draft(connection: sa.Connection, one: sa.RowMapping) -> dict[str, Any]:
    layout = layout_of(kind_named(one["kind"]))
    columns = [part.c[name] for name in ("id", "name", "position", "body")]
    wanted = sa.select(*columns).where(
        part.c.area_id == one["area_id"], part.c.record_id == one["id"], part.c.name.in_(PARTS_THAT_NAME)
    )
    parts = [Part(it.id, it.name, it.position, 1, it.body) for it in connection.execute(wanted)]
    return layout.put_together({"schema": layout.kind.schema}, parts, ())


def _in_force(connection: sa.Connection, one: sa.RowMapping) -> dict[str, Any]:
    """Return the text in force: of a briefing what was issued, of a discussion its newest final version."""

    def mine(table: sa.Table) -> list[sa.ColumnElement[bool]]:
        return [table.c.area_id == one["area_id"], table.c.record_id == one["id"]]

    number = sa.select(sa.func.max(frozen.c.version)).where(*mine(frozen))
    if one["kind"] == BRIEFING.name:
        number = sa.select(issued.c.version).where(*mine(issued))
    wanted = sa.select(frozen.c.body).where(*mine(frozen), frozen.c.version == number.scalar_subquery())
    body = connection.execute(wanted).scalar()
    return {} if body is None else dict(json.loads(body))


def downgrade() -> None:
    """Leave the words as they are: an earlier edition finds by them too."""
