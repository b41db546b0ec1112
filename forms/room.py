"""What fields need to know of the record they stand in: the clock, and who is named there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from markupsafe import escape

from meetings.documents import DISCUSSION
from meetings.namesakes import PEOPLE, called_as, names_in
from meetings.parts import Layout, Part, layout_of
from meetings.questions import AdultId, ChildId, PersonId, PersonOrGroup, ProfessionalId
from meetings.vocabulary import Agency, FamilyKeyword


@dataclass
class Room:
    """What fields need to know of the record they stand in: the clock, and who is named there.

    `parts` gives the parts of the record once a field asks for people; most that is saved does not.
    """

    now: datetime
    layout: Layout = field(default_factory=lambda: layout_of(DISCUSSION))
    parts: Callable[[], Iterable[Part]] = tuple
    _words: dict[Any, list[str]] = field(default_factory=dict)

    @cached_property
    def _rows(self) -> dict[str, list[Part]]:
        found: dict[str, list[Part]] = {name: [] for name in PEOPLE}
        for one in sorted(self.parts(), key=lambda one: one.position):
            if one.name in found:
                found[one.name].append(one)
        return found

    @cached_property
    def people(self) -> Mapping[Any, Mapping[str, str]]:
        """The people of the record, by kind of reference: local id and the words that stand for the person."""
        names = names_in({name: [row.body for row in self._rows[name]] for name in PEOPLE})
        children, adults, professionals = ({_id(row): _name(row, names) for row in self._rows[name]} for name in PEOPLE)
        everybody = {**children, **adults, **professionals}
        return {
            ChildId: children,
            AdultId: adults,
            ProfessionalId: professionals,
            PersonId: everybody,
            PersonOrGroup: {**everybody, **{str(one): one.label for one in FamilyKeyword}},
        }

    @cached_property
    def near(self) -> Mapping[Any, frozenset[str]]:
        """Of some long lists, the options that this record has to do with: they are offered first."""
        return {Agency: frozenset(row.body["agency"] for row in self._rows["professionals"] if "agency" in row.body)}

    def words_of(self, kind: Any) -> Sequence[str]:
        """Return the people of a kind as HTML: of each the local id, then the words."""
        found = self._words.get(kind)
        if found is None:
            options = self.people.get(kind, {}).items()
            found = self._words[kind] = [str(escape(one)) for option in options for one in option]
        return found


def _id(row: Part) -> str:
    return str(row.body["id"])


def _name(row: Part, names: Mapping[str, str]) -> str:
    role = row.body.get("role") or row.body.get("relation")
    known = row.body.get("name")
    name = called_as(names, _id(row), known) if known else f"({_id(row)}, no name yet)"
    return f"{name}, {role}" if role and role != name and f"({role})" not in name else name
