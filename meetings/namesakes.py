"""What people of one record are called where they are shown: two who bear one name are told apart.

By the date of birth, by the date a baby is due, of a professional by the post; else by number, in the order in which
they stand. Whoever shows a name to somebody asks this for it. Only what the text holds is used: a copy that holds no
date of birth tells by number, and one that holds no second bearer of a name tells nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from meetings.documents import Adult, Child, Document, Professional
from meetings.spelling import spell_day
from meetings.vocabulary import Agency

Json = dict[str, Any]

PEOPLE = ("children", "adults", "professionals")
"""The lists that name people, in the order in which namesakes are counted."""


class Bearer(NamedTuple):
    """One person with a name, and what may tell this one from a namesake."""

    id: str
    name: str
    apart: str


def apart_by(born_on: date | None, due_on: date | None, post: str = "") -> str:
    """Return what tells somebody from a namesake, if it is known."""
    if born_on is not None:
        return f"born {spell_day(born_on)}"
    return f"due {spell_day(due_on)}" if due_on is not None else post


def same_name(name: str) -> str:
    r"""Return a name as it is compared with another of the same record: its letters alone.

    >>> same_name("Tia Smith\u2011Jones") == same_name("tia  smith jones"), same_name("Robin") == same_name("Robyn")
    (True, False)
    """
    folded = unicodedata.normalize("NFKD", name).casefold()
    return "".join(one for one in folded if one.isalnum()).replace("\u0131", "i")


def told_apart(bearers: Iterable[Bearer]) -> dict[str, str]:
    """Return by local id how each is called: the name, and of namesakes what tells them apart.

    >>> told_apart([Bearer("c1", "Ali Hassan", "born 4 May 2018"), Bearer("a1", "Ali Hassan", "born 1 May 1990")])
    {'c1': 'Ali Hassan (born 4 May 2018)', 'a1': 'Ali Hassan (born 1 May 1990)'}
    >>> told_apart([Bearer("c1", "Unborn baby Marsh", ""), Bearer("c2", "Unborn baby Marsh", "")])
    {'c1': 'Unborn baby Marsh (1 of 2)', 'c2': 'Unborn baby Marsh (2 of 2)'}
    """
    bearing: dict[str, list[Bearer]] = {}
    everybody = list(bearers)
    for one in everybody:
        bearing.setdefault(same_name(one.name), []).append(one)
    called = {one.id: one.name for one in everybody}
    for same in bearing.values():
        if len(same) > 1:
            for number, one in enumerate(same, start=1):
                called[one.id] = f"{one.name} ({_apart(one, same) or f'{number} of {len(same)}'})"
    return called


def _apart(one: Bearer, same: list[Bearer]) -> str:
    """Return what tells one of some namesakes from all the others, where each of them can be told so."""
    marks = {other.apart for other in same} - {""}
    return one.apart if len(marks) == len(same) else ""


def names_of(document: Document) -> Mapping[str, str]:
    """Return how everybody with a name is called, by local id. It is found out once for each document."""
    if (known := document.called) is None:
        known = document.called = told_apart(_bearer(one) for one in document.people().values() if one.name)
    return known


def called_as(names: Mapping[str, str], local_id: str, name: str) -> str:
    """Return how somebody of that id and name is called: of two who were given one id, each by the own name.

    >>> names = {"c1": "Ali Hassan (1 of 2)"}
    >>> called_as(names, "c1", "Ali Hassan"), called_as(names, "c1", "Lena Marsh")
    ('Ali Hassan (1 of 2)', 'Lena Marsh')
    """
    called = names.get(local_id, "")
    return called if called == name or called.startswith(f"{name} (") else name


def _bearer(one: Child | Adult | Professional) -> Bearer:
    if isinstance(one, Professional):
        return Bearer(one.id, one.name or "", one.role or one.grade or (one.agency.label if one.agency else ""))
    return Bearer(one.id, one.name or "", apart_by(one.born_on, one.due_on if isinstance(one, Child) else None))


def names_in(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the same of a document, or of the bodies of a draft by list, as data."""
    return told_apart(_as_data(one) for name in PEOPLE for one in document.get(name, ()) if one.get("name"))


def _as_data(one: Json) -> Bearer:
    born, due = (date.fromisoformat(one[name]) if one.get(name) else None for name in ("born_on", "due_on"))
    agency = Agency.of(one["agency"]).label if one.get("agency") else ""
    return Bearer(str(one["id"]), str(one["name"]), apart_by(born, due, one.get("role") or one.get("grade") or agency))
