"""Statements of the way every save takes: put together once for a database, then given straight to its driver.

The library's own way looks each statement up, makes a result of it and describes its columns: for a statement that
runs thousands of times an hour that costs more than the database takes. What is said, and of which types, is said in
SQLAlchemy as everywhere; errors are the library's too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

from meetings.store.faults import NotStorable, refuse_unstorable, what_happened


class _Compiled:
    """A statement in the words of one database: its text, and how values go in and come out."""

    def __init__(self, statement: Any, columns: Sequence[str] | None, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        self.text = str(compiled)
        self.positions: list[str] | None = compiled.positiontup
        self.given = {name: one.effective_value for name, one in compiled.binds.items() if not one.required}
        inwards = {name: one.type.dialect_impl(dialect).bind_processor(dialect) for name, one in compiled.binds.items()}
        self.sent = {name: one for name, one in inwards.items() if one is not None}
        asked = statement.selected_columns if isinstance(statement, sa.Select) else ()
        self.names = [str(one.key) for one in asked]
        outwards = {str(one.key): one.type.dialect_impl(dialect).result_processor(dialect, None) for one in asked}
        self.read = {name: one for name, one in outwards.items() if one is not None}

    def values(self, values: Mapping[str, Any]) -> Any:
        """Return values as the driver takes them. Raises KeyError for one that is missing."""
        found = {**self.given, **values}
        for name, process in self.sent.items():
            found[name] = process(found[name])
        return found if self.positions is None else [found[name] for name in self.positions]

    def row(self, row: Sequence[Any]) -> dict[str, Any]:
        """Return a row of the driver's by the names of its columns."""
        found = dict(zip(self.names, row, strict=True))
        for name, process in self.read.items():
            found[name] = process(found[name])
        return found


class Prepared:
    """A statement without lists of values (`IN`); of an update or an insert, with the columns that are given."""

    def __init__(self, statement: Any, columns: Sequence[str] | None = None) -> None:
        """Prepare that statement; it is put together when it first runs."""
        self._statement = statement
        self._columns = columns
        self._compiled: dict[str, _Compiled] = {}

    def _run(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Any, _Compiled]:
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _Compiled(self._statement, self._columns, dialect)
        cursor = connection.connection.cursor()
        taken = compiled.values(values)
        refuse_unstorable(taken)
        try:
            cursor.execute(compiled.text, taken)
        except (UnicodeEncodeError, OverflowError) as problem:
            raise NotStorable from problem
        except dialect.loaded_dbapi.Error as problem:
            is_gone = dialect.is_disconnect(problem, connection.connection.dbapi_connection, cursor)
            if is_gone:
                connection.invalidate(problem)
            if (known := what_happened(problem, is_gone=is_gone)) is not None:
                raise known from problem
            raise sa.exc.DBAPIError.instance(
                compiled.text, None, problem, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect
            ) from problem
        return cursor, compiled

    def first(self, connection: Connection, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """Run a select and return its first row, or None."""
        cursor, compiled = self._run(connection, values)
        row = cursor.fetchone()
        cursor.close()
        return None if row is None else compiled.row(row)

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Run a select and return all its rows."""
        cursor, compiled = self._run(connection, values)
        found = [compiled.row(row) for row in cursor.fetchall()]
        cursor.close()
        return found

    def change(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Run a change and return how many rows it met."""
        cursor, _ = self._run(connection, values)
        met: int = cursor.rowcount
        cursor.close()
        return met
