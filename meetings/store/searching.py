"""Keeping the words that records are found by, and looking them up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from meetings.finding import Term, TermKind
from meetings.store.database import Database
from meetings.store.tables import AREA, record, search_term

BY_BEGINNING = frozenset({TermKind.NAME, TermKind.ADDRESS, TermKind.REFERENCE, TermKind.VEHICLE})
"""What is found by how it begins; sounds and telephones are found whole."""


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


LONGEST_TERM = 200
"""Signs of a word by which it is kept and looked for: an index holds no longer ones, and nobody types them."""


def _answers(term: Term) -> sa.ColumnElement[bool]:
    words = term.words[:LONGEST_TERM]
    if term.kind in BY_BEGINNING:
        return sa.and_(
            search_term.c.kind == str(term.kind), search_term.c.term.like(f"{_escaped(words)}%", escape="\\")
        )
    return sa.and_(search_term.c.kind == str(term.kind), search_term.c.term == words)


class Searching(Database):
    """Finding records by the people, places, vehicles and telephones in them."""

    def keep_terms(self, connection: Connection, record_id: str, terms: Iterable[Term]) -> None:
        """Keep the words that a record is found by, in the place of those it was found by before."""
        mine = (search_term.c.area_id == AREA, search_term.c.record_id == record_id)
        connection.execute(sa.delete(search_term).where(*mine))
        kept = {(str(kind), words[:LONGEST_TERM]) for kind, words in terms}
        rows = [{"area_id": AREA, "record_id": record_id, "kind": kind, "term": words} for kind, words in kept]
        if rows:
            connection.execute(sa.insert(search_term), rows)

    def found_by(self, wanted: Sequence[Sequence[Term]], kind: str, most: int = 20) -> list[str]:
        """Return the references of the records of a kind that answer everything that is wanted, newest change first."""
        if not wanted:
            return []
        query = sa.select(record.c.ref).where(record.c.area_id == AREA, record.c.kind == kind)
        for terms in wanted:
            answered = sa.select(search_term.c.record_id).where(
                search_term.c.area_id == AREA, sa.or_(*(_answers(one) for one in terms))
            )
            query = query.where(record.c.id.in_(answered))
        query = query.order_by(record.c.changed_at.desc(), record.c.ref).limit(most)
        with self.reading() as connection:
            return list(connection.execute(query).scalars())
