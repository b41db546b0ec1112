"""Who gets to which record: of which team it is, and whom its draft and the text in force let in."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.engine import Connection

from meetings.documents import BRIEFING, kind_named
from meetings.need_to_know import (
    PARTS_THAT_NAME,
    Says,
    Way,
    account_key,
    entitled_by,
    in_it,
    record_key,
    team_among,
    team_in,
    team_named,
)
from meetings.parts import Part, layout_of

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None

RECORD = (["area_id", "record_id"], ["record.area_id", "record.id"])


def _table(name: str, *columns: str) -> Any:
    return sa.table(name, *(sa.column(one) for one in ("area_id", *columns)))


account = _table("account", "id", "login", "agency", "organisation", "role")
record = _table("record", "id", "ref", "kind", "team")
entitled = _table("entitled", "record_id", "says", "key", "way")
part = sa.table(
    "part",
    *(sa.column(one) for one in ("area_id", "id", "record_id", "name", "position")),
    sa.column("body", sa.JSON),
)
frozen = _table("frozen", "record_id", "version", "body")
issued = _table("issued", "record_id", "version")
history = sa.table(
    "history",
    *(sa.column(one) for one in ("area_id", "record_id", "number", "account_id", "what")),
    sa.column("detail", sa.JSON),
)


def upgrade() -> None:
    """Make the table, and fill it from what is kept: nobody loses a record that is theirs."""
    op.add_column("record", sa.Column("team", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_record_team", "record", ["area_id", "team", "status", "changed_at"])
    op.create_table(
        "entitled",
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("says", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_entitled_area")),
        sa.ForeignKeyConstraint(*RECORD, name=op.f("fk_entitled_record")),
        sa.PrimaryKeyConstraint("area_id", "record_id", "says", "key", name=op.f("pk_entitled")),
    )
    op.create_index("ix_entitled_key", "entitled", ["area_id", "key", "says", "record_id"])
    fill(op.get_bind())


def fill(connection: Connection) -> None:
    """Work out for every record whose it is and whom it lets in, as each change does from now on."""
    accounts = connection.execute(sa.select(account)).all()
    teams = {one.id: team_named(one.agency, one.organisation) for one in accounts}
    recording = [teams[one.id] for one in accounts if one.role == "recorder"]
    nobody = {one.id for one in accounts if one.login == "administrator"}
    ids = {one.ref: one.id for one in connection.execute(sa.select(record.c.ref, record.c.id))}
    whose: dict[str, str] = {}
    # An earlier discussion comes first: one that follows it is its team's, if whoever began it records for none.
    for one in _in_order(connection, ids):
        mine = {"area_id": one.area_id, "record_id": one.id}
        draft = _draft(connection, one)
        begun = _begun(connection, one.id)
        author = begun.account_id if begun is not None and begun.account_id not in nobody else None
        earlier = ids.get(begun.detail.get("previous", "")) if begun is not None else None
        named = teams.get(author, "") if author else team_in(draft)
        whose[one.id] = team = team_among(named, recording, whose.get(earlier, ""))
        connection.execute(sa.update(record).where(*_is(record, one, "id")).values(team=team))
        rows = [(Says.DRAFT, key, way) for key, way in in_it(draft).items()]
        rows += [(Says.FINAL, key, way) for key, way in entitled_by(_in_force(connection, one)).items()]
        raised = connection.execute(
            sa.select(history.c.account_id)
            .distinct()
            .where(*_is(history, one), history.c.what == "meeting:challenge:raised")
        )
        deeds = {author, *raised.scalars()} - {None, *nobody}
        rows += [(Says.DEED, account_key(who), Way.WHOLE) for who in deeds]
        _add(connection, mine, rows)
        if earlier is not None:
            before = {"area_id": one.area_id, "record_id": earlier}
            _add(connection, before, [(Says.DEED, record_key(one.id), Way.WHOLE)])


def _in_order(connection: Connection, ids: Mapping[str, str]) -> list[Any]:
    """Return every record, each after the one that it follows."""
    records = {one.id: one for one in connection.execute(sa.select(record)).all()}
    found: dict[str, Any] = {}
    for one in records.values():
        chain, number = [], one.id
        while number in records and number not in found and number not in chain:
            chain.append(number)
            begun = _begun(connection, number)
            number = ids.get(begun.detail.get("previous", ""), "") if begun is not None else ""
        found |= {each: records[each] for each in reversed(chain)}
    return list(found.values())


def _is(table: Any, one: Any, name: str = "record_id") -> tuple[Any, Any]:
    return table.c.area_id == one.area_id, table.c[name] == one.id


def _add(connection: Connection, mine: Mapping[str, str], rows: Iterable[tuple[Says, str, Way]]) -> None:
    new = [{**mine, "says": str(says), "key": key, "way": str(way)} for says, key, way in rows]
    if new:
        connection.execute(sa.insert(entitled), new)


def _draft(connection: Connection, one: Any) -> dict[str, Any]:
    layout = layout_of(kind_named(one.kind))
    wanted = sa.select(part).where(*_is(part, one), part.c.name.in_(PARTS_THAT_NAME))
    parts = [Part(it.id, it.name, it.position, 1, it.body) for it in connection.execute(wanted)]
    return layout.put_together({"schema": layout.kind.schema}, parts, ())


def _begun(connection: Connection, record_id: str) -> Any:
    """Return the line of the history in which somebody began the record; one that came in was begun elsewhere."""
    began = ("meeting:record:started", "meeting:record:reconvened")
    wanted = sa.select(history).where(history.c.record_id == record_id, history.c.what.in_(began))
    return connection.execute(wanted.order_by(history.c.number).limit(1)).first()


def _in_force(connection: Connection, one: Any) -> dict[str, Any]:
    """Return the text in force: of a briefing what was issued, of a discussion its newest final version."""
    number = sa.select(sa.func.max(frozen.c.version)).where(*_is(frozen, one))
    if one.kind == BRIEFING.name:
        number = sa.select(issued.c.version).where(*_is(issued, one))
    wanted = sa.select(frozen.c.body).where(*_is(frozen, one), frozen.c.version == number.scalar_subquery())
    body = connection.execute(wanted).scalar()
    return {} if body is None else json.loads(bytes(body))


def downgrade() -> None:
    """Remove the table, and whose each record is."""
    op.drop_table("entitled")
    op.drop_index("ix_record_team", "record")
    op.drop_column("record", "team")
