"""What a guided form is made of: steps, and the blocks of questions that stand on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from meetings.documents import DISCUSSION, Document, DocumentKind
from meetings.openings import Opening
from meetings.parts import layout_of


@dataclass(frozen=True)
class Block:
    """One section, one list of rows, or some questions of a part, as it stands on a step.

    `only` names the questions asked here; without it all of the part are. `opening` says when the whole block is
    called for, and `some` when some of its questions are: the key is the beginning of their paths.
    """

    part: str
    only: tuple[str, ...] = ()
    opening: Opening | None = None
    some: Mapping[tuple[str, ...], Opening] = field(default_factory=dict, hash=False)
    kind: DocumentKind = DISCUSSION

    @property
    def is_list(self) -> bool:
        """Whether the block is a list of rows."""
        return self.part in layout_of(self.kind).lists

    def paths(self) -> tuple[str, ...]:
        """Return the flat paths that are asked here."""
        return self._paths

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        known = layout_of(self.kind).answers_of(self.part)
        return tuple(path for path in (self.only or known) if path in known and known[path].asked)

    @cached_property
    def _waiting(self) -> dict[str, Opening]:
        """What calls for the questions that are not asked of everybody, by path."""
        waiting = ((path, self.opening_of(path)) for path in self.paths())
        return {path: opening for path, opening in waiting if opening is not None}

    def is_called(self, document: Document) -> bool:
        """Whether this discussion calls for the block."""
        return self.opening is None or self.opening.calls(document, document)

    def opening_of(self, path: str) -> Opening | None:
        """Return what calls for the question at a path, where it is not asked of everybody."""
        found = (opening for starts, opening in self.some.items() if path.startswith(starts))
        return next(found, None)

    def called(self, document: Document, row: Any) -> dict[str, tuple[Opening, bool]]:
        """Return, for each question that waits for something, what for, and whether that is so in this row."""
        verdicts = {id(opening): opening.calls(document, row) for opening in self.some.values()}
        return {path: (opening, verdicts[id(opening)]) for path, opening in self._waiting.items()}


@dataclass(frozen=True)
class Step:
    """One page of the guided form."""

    key: str
    title: str
    about: str
    blocks: tuple[Block, ...]
    opening: Opening | None = None

    def is_called(self, document: Document) -> bool:
        """Whether this discussion calls for anything that stands on the step."""
        return any(block.is_called(document) for block in self.blocks)
