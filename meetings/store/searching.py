"""Keeping the words that records are found by, and looking them up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from meetings.finding import Term, TermKind
from meetings.store.database import Database
from meetings.store.tables import AREA, record, search_term

BY_BEGINNING = frozenset({TermKind.NAME, TermKind.ADDRESS, TermKind.REFERENCE, TermKind.VEHICLE})
"""What is found by how it begins; sounds and telephones are found whole."""


LAST = "\U0010ffff"
"""Comes after every character: what begins with some words lies between these and these with it."""


LONGEST_TERM = 200
"""Signs of a word by which it is kept and looked for: an index holds no longer ones, and nobody types them."""


def _answers(term: Term) -> sa.ColumnElement[bool]:
    kind, words, wanted = search_term.c.kind == str(term.kind), search_term.c.term, term.words[:LONGEST_TERM]
    if term.kind in BY_BEGINNING:
        return sa.and_(kind, words >= wanted, words < wanted + LAST)
    return sa.and_(kind, words == wanted)


def answering(wanted: Sequence[Sequence[Term]]) -> Iterator[sa.ColumnElement[bool]]:
    """Yield a condition for each thing that is wanted: records that one of its words leads to.

    A statement for each word: joined by “or”, the index would be read from end to end.
    """
    mine = sa.select(search_term.c.record_id).where(search_term.c.area_id == AREA)
    for terms in wanted:
        yield record.c.id.in_(sa.union_all(*(mine.where(_answers(one)) for one in terms)))


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
        query = sa.select(record.c.ref).where(record.c.area_id == AREA, record.c.kind == kind, *answering(wanted))
        query = query.order_by(record.c.changed_at.desc(), record.c.ref).limit(most)
        with self.reading() as connection:
            return list(connection.execute(query).scalars())
