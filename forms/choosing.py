"""Fields that are answered by choosing: yes or no, a code, a person of the record; one of them or several.

Fields into which words are typed are in `fields.py`.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

from forms.fields import Asked, SeveralField
from forms.reading import Unreadable
from forms.room import Room
from meetings.contract import codes
from meetings.desk import Answer
from meetings.questions import Field, Kind
from meetings.vocabulary import Code

FEW_OPTIONS = 6
"""Up to so many options are shown as radios; more as a list to choose from."""
YES_NO = {"yes": "Yes", "no": "No"}
NONE_NEAR: frozenset[str] = frozenset()
MANY_PEOPLE = 40
"""A choice from more people is drawn anew each time: how it looks would take much room to remember."""


@dataclass(frozen=True)
class Option:
    """One option of a choice."""

    value: str
    label: str
    chosen: bool
    near: bool = True


def _offered(known: Mapping[str, str], typed: Sequence[str], near: frozenset[str]) -> list[Option]:
    """Return options as the page shows them: the near and the chosen first; what was typed and is no option, last."""
    shown = [
        Option(value, label, value in typed, not near or value in near or value in typed)
        for value, label in known.items()
    ]
    strange = [Option(one, f"‘{one}’", chosen=True) for one in typed if one and one not in known]
    return sorted(shown, key=lambda one: not one.near) + strange


class Offering(Asked):
    """Offers options: codes, the same in every record, or people of this one."""

    def __init__(self, asked: Field, path: str, **more: Any) -> None:
        """Ask that question, at that path of its part."""
        super().__init__(asked, path, **more)
        self.offers_people = asked.kind is Kind.REFERENCE

    def options(self) -> Mapping[str, str]:
        """Return the labels of the options by value."""
        return self.room.people.get(self.asked.type, {}) if self.offers_people else _options_of(self.asked.type)

    def choices(self) -> list[Option]:
        """Return the options as the page shows them; what was typed and is none of them stands last."""
        return _offered(self.options(), self.typed, self.near)

    def spell(self, held: Answer) -> str:
        """Return the labels of what is chosen."""
        labels = self.options()
        return "; ".join(labels.get(one, one) for one in self.show(held))

    @property
    def near(self) -> frozenset[str]:
        """The options that are offered first; none where all are."""
        return self.room.near.get(self.asked.type, NONE_NEAR)

    @property
    def words(self) -> Sequence[str]:
        """The people who are offered; codes are the same in every record."""
        return self.room.words_of(self.asked.type) if self.offers_people else ()

    @property
    def face(self) -> Hashable | None:
        """Which options are chosen, and which come first; of people, how many there are and where the chosen stand."""
        options = self.options()
        if self.is_spoken_of or any(one not in options for one in self.typed):
            return None
        if not self.offers_people:
            return self.near, self.said_none, *self.typed
        if len(options) > MANY_PEOPLE:
            return None
        return len(options), self.said_none, *map([*options].index, self.typed)

    def marked(self, name: str, marks: Sequence[str]) -> Self:
        """Return this field under a name, with marks in the place of each person who is offered."""
        one = self.again(name, self.room)
        one.typed = self.typed
        if self.offers_people:
            of = dict(zip(self.options(), marks[::2], strict=True))
            one.room = Room(self.room.now)
            one.room.people = {self.asked.type: dict(zip(of.values(), marks[1::2], strict=True))}
            one.typed = [of[value] for value in self.typed]
        one.held = Answer(value=one.typed)
        return one


class ChoiceField(Offering):
    """One of some options: yes or no, a code, a person of this record."""

    def read_value(self, typed: str) -> Any:
        """Return the value of an option."""
        if typed not in self.options():
            raise Unreadable(f"‘{typed}’ is not one of the options. Choose one of them.")
        return typed

    @property
    def control(self) -> str:  # type: ignore[override]
        """Radios for few options, else a list to choose from."""
        return "radios" if len(self.options()) <= FEW_OPTIONS else "select"


class YesNoField(ChoiceField):
    """Yes, no, or not answered."""

    control = "radios"

    def options(self) -> Mapping[str, str]:
        """Return yes and no."""
        return YES_NO

    def show_value(self, value: Any) -> str:
        """Return yes or no."""
        return "yes" if value else "no"

    def read_value(self, typed: str) -> Any:
        """Return true or false."""
        return super().read_value(typed) == "yes"


class CodeField(ChoiceField):
    """One code of a closed list."""


class PersonField(ChoiceField):
    """One person of this record."""

    control = "select"


@cache
def _options_of(vocabulary: type[Code]) -> Mapping[str, str]:
    return {code: entry.label for code, entry in codes(vocabulary).items()}


class SeveralChosenField(Offering, SeveralField):
    """Several options, a box each. Those that were chosen before keep their order; new ones follow."""

    control = "boxes"

    def read_value(self, typed: str) -> Any:
        """Return an option."""
        if typed not in self.options():
            raise Unreadable(f"‘{typed}’ is not one of the options. Leave it out or choose another.")
        return typed

    def shown_value(self) -> str:
        """Return what the page shows as chosen, in the record's order, for the hidden input."""
        return " ".join(self.show(self.held))

    def take(self, formdata: Any) -> None:
        """Take what was ticked, each once, in the order that the page was shown in."""
        before = formdata.get(self.shown_name, self.shown_value()).split()
        super().take(formdata)
        if self.posted:
            ticked = list(dict.fromkeys(self.typed))
            self.typed = [one for one in before if one in ticked] + [one for one in ticked if one not in before]
