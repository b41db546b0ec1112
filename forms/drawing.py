"""Draws the fields of a page, and remembers how each looked: most look as they did on the page before.

What a field looks like stands in `templates/fields.html` alone. Of what people typed in words nothing is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from forms.blueprint import bp
from forms.fields import NOTHING, Asked
from meetings.openings import Opening

NAME, TEXT = "\x01", "\x02"
"""What stands for the name and the text of a field while its looks are drawn; no record holds these characters."""
MOST_FACES = 200
"""So many looks of one question are remembered."""
DRAWN = frozenset(
    {
        *("anchor", "name", "shown_name", "none_name"),
        *("control", "lines", "question", "example"),
        *("text", "typed", "choices", "shown_value", "inputs", "said_none"),
        *("problem", "theirs", "read_as"),
    }
)
"""What a drawing may depend on: each is the same for all fields of one `face`, or put in its place afterwards."""


class Model:
    """A field while its looks are drawn for all fields of one face."""

    def __init__(self, field: Asked) -> None:
        """Stand for that field; of words that were typed nothing is shown to the macro."""
        self._field = field.again(NAME, field.room)
        if field.holds_words:
            self._field.typed, self._field.held = [TEXT], NOTHING

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
    """Fields as a page folds them: those that stand open, and the rest, of which so many are answered.

    The open ones come in groups; before each stands what called for its questions, where that is to be said.
    """

    open: list[tuple[Opening | None, list[Asked]]]
    rest: list[Asked]

    @property
    def answered(self) -> int:
        """How many of the folded ones hold something."""
        return sum(one.is_answered for one in self.rest)


@bp.app_template_global()
def fold(asked: Iterable[Asked]) -> Fold:
    """Return the fields as a page folds them; what called for some is said once, before the first."""
    found = Fold([(None, [])], [])
    told: list[Opening] = []
    for one in asked:
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
        looks = Looks([piece.split(NAME) for piece in str(draw(Model(field))).split(TEXT)])
        field.drawn[face] = looks
    pieces = looks.named(field.name)
    return pieces[0] if len(pieces) == 1 else str(escape(field.text)).join(pieces)


class Looks:
    """How all fields of one face look: the pieces before and after the words, each cut where the name stands."""

    def __init__(self, pieces: list[list[str]]) -> None:
        """Look like that."""
        self._pieces = pieces
        self._last: tuple[str, list[str]] = ("", [])

    def named(self, name: str) -> list[str]:
        """Return the pieces under a name. A field of a section has one on every page, so the last one is kept."""
        last, pieces = self._last
        if last != name:
            escaped = str(escape(name))
            pieces = [escaped.join(piece) for piece in self._pieces]
            self._last = (name, pieces)
        return pieces
