"""Answers that are put in a part of a draft: each field is kept unless somebody else changed it meanwhile.

Which texts are answers is read in `forms/`; how a part is lent and saved stands in the store.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from meetings.drafts import NoSuchPart, work_out
from meetings.parts import Json, Part, fingerprint, mark_of, value_at, with_value
from meetings.store import Draft


@dataclass(frozen=True)
class Answer:
    """What one field is to hold: a JSON value, or what was typed and could not be read; neither clears it."""

    value: Any = None
    unread: Any = None


@dataclass(frozen=True)
class Clash:
    """A field that somebody else changed meanwhile: it was not saved, and now holds `theirs`."""

    part_id: str
    path: str
    theirs: Answer
    mark: str = ""
    """Fingerprint of what it holds: whoever has seen this may write over it."""


@dataclass(frozen=True)
class Recorded:
    """A part after something was recorded in it, its version now, and the fields that clashed."""

    part: Part
    version: int
    clashes: list[Clash]


Reading = Callable[[Draft, Part], tuple[Mapping[str, Answer], Mapping[str, str] | None]]
"""Reads what was typed for a part: the answers by path and, by path, the fingerprint of what the person saw."""


def put_answers(
    draft: Draft, one: Part, answers: Mapping[str, Answer], was: Mapping[str, str] | None, now: datetime
) -> Recorded:
    """Put answers in a part of a draft, but for those where the field holds neither what was seen nor what is sent."""
    clashes: list[Clash] = []
    known = draft.layout.answers_of(one.name)
    noted: Json = {}
    for path, answer in answers.items():
        if path not in known or not known[path].asked:
            raise NoSuchPart(f"There is no question ‘{path}’ here.")
        before, after = fingerprint(one, path), mark_of(answer.value, answer.unread)
        if before == after:
            continue
        if was is not None and path in was and was[path] != before:
            clashes.append(Clash(one.id, path, Answer(value_at(one.body, path), one.unread.get(path)), before))
            continue
        noted[path] = [value_at(one.body, path), one.unread.get(path), answer.value, answer.unread]
        one.body = with_value(one.body, path, answer.value)
        unread = {name: typed for name, typed in one.unread.items() if name != path}
        one.unread = unread if answer.unread is None else {**unread, path: answer.unread}
    if noted:
        if not {path for path in noted if path.endswith("score")}:
            work_out(draft.layout, one, now)
        draft.parts[one.id] = one
        if one.name in draft.layout.sections and not one.body and not one.unread:
            del draft.parts[one.id]  # a section of which nothing is left was not asked
        draft.note(f"meeting:{one.name}:recorded", one.id, fields=noted)
    return Recorded(one, one.version + bool(noted) if one.id in draft.parts else 0, clashes)
