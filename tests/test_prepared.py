"""Statements of every save, given straight to the driver: they say, hold and fail as the library's own do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from forms.demonstration import PEOPLE
from meetings.store import AREA, Fault, Store, Unavailable
from meetings.store.prepared import Prepared
from meetings.store.tables import part, session

WHEN = datetime(2026, 12, 2, 14, 10, 0, 5, tzinfo=UTC)
_ONE = session.c.token_sha256 == sa.bindparam("token")


def _kept(store, token, data):
    values = {"area_id": AREA, "token_sha256": token, "account_id": PEOPLE[0].id, "data": data, "seen_at": WHEN}
    values["production"] = False
    with store.writing() as connection:
        assert Prepared(sa.insert(session), session.c.keys()).change(connection, values) == 1
    return values


@pytest.mark.parametrize("data", [{}, {"name": "Ağca Ó Súilleabháin 🙂", "none": None, "list": [1, "’", "\\"]}])
def test_what_goes_in_comes_out_and_is_what_the_library_reads_too(store, data):
    values = _kept(store, "a" * 64, data)
    asked = sa.select(session).where(_ONE)
    with store.reading() as connection:
        assert Prepared(asked).first(connection, {"token": "a" * 64}) == values
        assert dict(connection.execute(asked, {"token": "a" * 64}).mappings().one()) == values
        assert Prepared(asked).first(connection, {"token": "b" * 64}) is None


def test_a_change_says_how_many_rows_it_met_and_is_forgotten_if_the_rest_fails(store):
    _kept(store, "a" * 64, {"before": True})
    change = Prepared(sa.update(session).where(_ONE), ["data", "token"])
    with pytest.raises(ZeroDivisionError), store.writing() as connection:
        assert change.change(connection, {"data": {"before": False}, "token": "a" * 64}) == 1
        assert change.change(connection, {"data": {}, "token": "c" * 64}) == 0
        raise ZeroDivisionError
    with store.reading() as connection:
        assert connection.execute(sa.select(session.c.data)).scalar_one() == {"before": True}


def test_what_the_database_refuses_is_the_librarys_error_and_does_not_show_what_was_sent(store):
    _kept(store, "a" * 64, {})
    with pytest.raises(sa.exc.IntegrityError) as refused:
        _kept(store, "a" * 64, {"said": "Something about a child"})
    assert "about a child" not in str(refused.value)
    assert _kept(store, "d" * 64, {})


def test_a_value_that_is_missing_is_never_taken_for_none(store):
    with pytest.raises(KeyError), store.writing() as connection:
        Prepared(sa.insert(part), part.c.keys()).change(connection, {"area_id": AREA, "id": "x"})


@pytest.mark.postgres
def test_after_the_server_ended_a_connection_one_request_fails_and_the_next_does_not(postgres_tables):
    store = Store(postgres_tables)
    asked = Prepared(sa.select(sa.func.pg_backend_pid().label("pid")))
    with store.reading() as connection:
        first = asked.first(connection, {})["pid"]
    other = Store(postgres_tables)
    with other.writing() as connection:
        connection.execute(sa.select(sa.func.pg_terminate_backend(first)))
    with pytest.raises(Unavailable, match=r"The database cannot be reached\.") as ended, store.reading() as connection:
        asked.first(connection, {})
    assert ended.value.fault is Fault.UNREACHABLE
    with store.reading() as connection:
        assert asked.first(connection, {})["pid"] != first
    store.close()
    other.close()
