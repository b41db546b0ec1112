"""Draws the fields of a page, and remembers how each looked: most look as they did on the page before.

What a field looks like stands in `templates/fields.html` alone. Nothing of a record is remembered: its name, what was
typed in it and the people who are offered are put into the drawing afterwards, each time anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from forms.blueprint import bp
from forms.fields import Asked
from meetings.folding import in_order
from meetings.openings import Opening

NAME, WORD = "\x01", "\x02"
"""What stands in a drawing that is remembered for the name of a field, and around the number of each of its words.

No record holds these characters: `contract.py` refuses them, and `reading.py` leaves them out.
"""
MARKS, RESTRICTS = "marking/", "restricted/"
"""Where the questions stand that mark an item and keep it out of copies: asked of few, folded until one is answered."""
MOST_FACES = 50
"""So many looks of one question are remembered."""
DRAWN = frozenset(
    {
        *("anchor", "name", "shown_name", "none_name"),
        *("control", "lines", "question", "example"),
        *("text", "typed", "choices", "shown_value", "inputs", "said_none"),
        *("problem", "theirs", "read_as", "note", "is_noted"),
    }
)
"""What a drawing may depend on: each is the same for all fields of one `face`, or put in its place afterwards."""


def shown(value: Any) -> Any:
    """Return what a template is to write: text without marks that would show its letters in another order."""
    return in_order(value) if type(value) is str else value


class Model:
    """A field while its looks are drawn for all fields of one face: numbered marks stand in the place of its words."""

    def __init__(self, field: Asked) -> None:
        """Stand for that field."""
        self._field = field.marked(NAME, [f"{WORD}{number}{WORD}" for number in range(len(field.words))])

    def __getattr__(self, name: str) -> Any:
        """Return what a drawing may depend on. Raises NotInFace for anything else."""
        if name not in DRAWN:
            raise NotInFace(name)
        return getattr(self._field, name)


class NotInFace(Exception):
    """A macro shows something of a field that its face does not tell: one field would be shown as another looks."""

    def __init__(self, name: str) -> None:
        """Say what to do."""
        super().__init__(f"Let `Asked.face` depend on ‘{name}’, or return None where it says something; then add it.")


@dataclass(frozen=True)
class Fold:
    """Fields as a page folds them: those that stand open, those that mark or restrict it, and the rest.

    The open ones come in groups; before each stands what called for its questions, where that is to be said.
    """

    open: list[tuple[Opening | None, list[Asked]]]
    restricts: list[Asked]
    rest: list[Asked]

    @property
    def is_restricted(self) -> bool:
        """Whether something stands among the questions that restrict it, or has to be looked at there."""
        return any(one.is_answered or one.problem or one.theirs for one in self.restricts)

    @property
    def restricts_title(self) -> str:
        """What stands on the line under which they are folded."""
        if any(one.path.startswith(MARKS) for one in self.restricts):
            return "Marked or restricted" if self.is_restricted else "Mark or restrict this"
        return "Restricted" if self.is_restricted else "Restrict this"

    @property
    def answered(self) -> int:
        """How many of the folded ones hold something."""
        return sum(one.is_answered for one in self.rest)


@bp.app_template_global()
def fold(asked: Iterable[Asked]) -> Fold:
    """Return the fields as a page folds them; what called for some is said once, before the first."""
    found = Fold([(None, [])], [], [])
    told: list[Opening] = []
    for one in asked:
        if one.path.startswith((MARKS, RESTRICTS)) and not one.is_called:
            found.restricts.append(one)
            continue
        if one.is_folded:
            found.rest.append(one)
            continue
        why = one.why_now
        if why is not None and why not in told:
            told.append(why)
            found.open.append((why, []))
        found.open[-1][1].append(one)
    return found


@bp.app_template_global()
def drawn(fields: Iterable[Asked], draw: Callable[[Any], str]) -> Markup:
    """Return fields, one after the other, as the macro `draw` draws each."""
    return Markup("".join([_drawn(one, draw) for one in fields]))  # noqa: S704  # a macro escapes what it is given


def _drawn(field: Asked, draw: Callable[[Any], str]) -> str:
    face = field.face
    if face is None:
        return draw(field)
    looks = field.drawn.get(face)
    if looks is None:
        if len(field.drawn) >= MOST_FACES:
            field.drawn.clear()
        looks = field.drawn[face] = Looks(str(draw(Model(field))))
    return looks.with_words(str(escape(field.name)), field.words)


class Looks:
    """How all fields of one face look: what stands before, between and after their words.

    >>> Looks(f"<input name='{NAME}' value='{WORD}0{WORD}'>").with_words("a", ["1 &lt; 2"])
    "<input name='a' value='1 &lt; 2'>"
    """

    def __init__(self, drawing: str) -> None:
        """Look like a drawing with marks."""
        first, *rest = drawing.split(WORD)
        self.order = [int(number) for number in rest[::2]]
        self.between = [one.split(NAME) for one in (first, *rest[1::2])]

    def with_words(self, name: str, words: Sequence[str]) -> str:
        """Return the drawing of the field of that name, with its own words, as HTML, in their places."""
        drawn = [name.join(one) for one in self.between]
        for place, number in enumerate(self.order, start=1):
            drawn[place] = in_order(words[number]) + drawn[place]
        return "".join(drawn)
