"""The guided forms: which parts stand on which step, under which heading, for each kind of document."""

from __future__ import annotations

from functools import lru_cache

from meetings.documents import BRIEFING, DISCUSSION, Document, DocumentKind, kind_of
from meetings.guides import briefing, discussion
from meetings.guides.blocks import Block, Step
from meetings.guides.discussion import CONCERNS, HEADINGS, OUTCOMES, SHORT_FORM

GUIDES: dict[DocumentKind, tuple[Step, ...]] = {DISCUSSION: discussion.STEPS, BRIEFING: briefing.STEPS}
"""The steps of each kind of document."""
_BY_KEY = {kind: {one.key: one for one in steps} for kind, steps in GUIDES.items()}
_BY_KEY[DISCUSSION][SHORT_FORM.key] = SHORT_FORM


def steps_for(document: Document) -> tuple[Step, ...]:
    """Return the steps that are offered for a document, the short form first where it was held out of hours."""
    kind = kind_of(document)
    short = SHORT_FORM.opening is not None and kind is DISCUSSION and SHORT_FORM.opening.calls(document, document)
    return (SHORT_FORM, *GUIDES[kind]) if short else GUIDES[kind]


def step(kind: DocumentKind, key: str) -> Step:
    """Return the step of that key. Raises KeyError."""
    return _BY_KEY[kind][key]


@lru_cache(maxsize=1024)
def step_of(kind: DocumentKind, part: str, path: str = "") -> Step:
    """Return the step on which a question of a part stands; the first step if it stands on none."""
    for one in GUIDES[kind]:
        for block in one.blocks:
            if block.part == part and (not block.only or not path or _is_among(path, block.only)):
                return one
    return GUIDES[kind][0]


def _is_among(path: str, only: tuple[str, ...]) -> bool:
    return path in only or path.split("/", maxsplit=1)[0] in only


__all__ = ["CONCERNS", "GUIDES", "HEADINGS", "OUTCOMES", "SHORT_FORM", "Block", "Step", "step", "step_of", "steps_for"]
