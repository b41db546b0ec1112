"""Professionals met before, to be offered again in the same area: who of a record is remembered, and by which words.

Nobody of the family is ever remembered, and nothing of a record that only some may read. Where they are kept is in
`store/acquaintances.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import astuple, dataclass

from meetings.documents import Adult, Child, Discussion, Document, Professional
from meetings.finding import fold, parted, run_together, words
from meetings.vocabulary import Agency, Concern, HandlingCode, ProfessionalKind

SHORTEST_QUERY = 2
"""Letters below which nobody is offered: too many names begin so."""
LONGEST_PREFIX = 16
"""Letters of a word by which somebody is found; what is typed beyond them only narrows."""
MOST_WORDS = 6
MOST_OFFERED = 10


@dataclass(frozen=True)
class Acquaintance:
    """A professional as last met, or an organisation: then it has no name."""

    name: str
    agency: str
    organisation: str
    role: str = ""
    grade: str = ""
    phone: str = ""
    out_of_hours: str = ""
    email: str = ""

    @property
    def key(self) -> str:
        """What stays the same from meeting to meeting: the name, folded, with agency and organisation."""
        same = "\n".join((_same(self.name), self.agency, _same(self.organisation)))
        return hashlib.sha256(same.encode()).hexdigest()[:32]

    @property
    def prefixes(self) -> set[str]:
        """The beginnings of words by which this one is found."""
        found = _beginnings(self.name or self.organisation)[:MOST_WORDS]
        return {word[:length] for word in found for length in range(SHORTEST_QUERY, LONGEST_PREFIX + 1)} - {""}

    @property
    def agency_label(self) -> str:
        """What people call the agency."""
        return Agency.of(self.agency).label if self.agency else ""


def _same(name: str) -> str:
    return " ".join(fold(name).split())


def _beginnings(text: str) -> list[str]:
    """Return the words by whose beginnings somebody is found, with those that others write as one."""
    return list(dict.fromkeys([*words(text), *run_together(parted(text))]))


def _names(one: Child | Adult) -> Iterator[str]:
    """Return every name by which somebody of the family may be known, as names are compared."""
    for name in (one.name, one.other_script, *(one.known_as or ())):
        if name:
            yield _same(name)


def is_open(document: Document) -> bool:
    """Whether who took part in a record may be remembered: not where only some may read it, or on conditions.

    Source: Surrey procedures (reader list of a fabricated illness); police handling code C (conditions).
    """
    marking = document.marking
    if marking.code is HandlingCode.C or marking.conditions:
        return False
    if isinstance(document, Discussion):
        return not document.fii.restricted_to and Concern.FII not in (document.concerns or ())
    return True


def met_in(document: Document) -> list[Acquaintance]:
    """Return the professionals of a record, and their organisations, as they are remembered."""
    if not is_open(document):
        return []
    family = {name for one in (*(document.children or ()), *(document.adults or ())) for name in _names(one)}
    found: dict[str, Acquaintance] = {}
    for one in document.professionals or ():
        for met in _remembered(one, family):
            found[met.key] = met
    return sorted(found.values(), key=lambda met: met.key)


def _remembered(one: Professional, family: set[str]) -> Iterator[Acquaintance]:
    agency, organisation = str(one.agency or ""), one.organisation or ""
    if organisation:
        yield Acquaintance("", agency, organisation)
    # A teacher who is also the child's aunt is family here, and family is not remembered.
    if one.name and one.kind is not ProfessionalKind.GROUP and _same(one.name) not in family:
        contact = one.contact
        yield Acquaintance(
            one.name,
            agency,
            organisation,
            one.role or "",
            one.grade or "",
            contact.phone or "",
            contact.out_of_hours or "",
            contact.email or "",
        )


def asked_for(query: str) -> list[str]:
    """Return the beginnings by which somebody is looked for: the longest word, and the words as if they were one.

    Nothing where too little was typed.
    """
    longest = max(words(query)[:MOST_WORDS], key=len, default="")
    if len(longest) < SHORTEST_QUERY:
        return []
    return list(dict.fromkeys((longest[:LONGEST_PREFIX], "".join(parted(query))[:LONGEST_PREFIX])))


def is_wanted(one: Acquaintance, query: str) -> bool:
    """Whether somebody answers every word of a query by the beginning of a word of theirs."""
    mine = _beginnings(one.name or one.organisation)
    together = "".join(parted(query))
    return all(
        any(word.startswith(typed) for word in mine)
        or (typed in together and any(word.startswith(together) for word in mine))
        for typed in words(query)
    )


def columns(one: Acquaintance) -> tuple[str, ...]:
    """Return the values in the order of the fields."""
    return astuple(one)
