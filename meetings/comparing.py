"""What differs between two versions of a document, part by part, in the words of its questions.

Rows are matched by what they are about (a person, a child, an action), else by what they hold; their order is not a
difference. Which version replaces which, and why, is not compared either: it is said above the comparison.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from typing import Any

from meetings.documents import DocumentKind
from meetings.outline import Entry, outline
from meetings.parts import Json, value_at
from meetings.seal import canonical

NOT_COMPARED = frozenset({"supersedes"})
"""What differs in every two versions."""

IDENTITY = ("id", "child", "rule", "ref", "adult", "person", "to")
"""What tells one row from the others of its list, where it has one."""


class What(Enum):
    """What became of a part."""

    CHANGED = "Changed"
    ADDED = "Added"
    REMOVED = "Removed"


@dataclass(frozen=True)
class Change:
    """One answer that differs: the question, and what stood there before and stands there after."""

    label: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """One part that differs: on which step of the form, what it is called, what became of it, and its answers."""

    chapter: str
    heading: str
    what: What
    changes: tuple[Change, ...]


def compare(before: Json, after: Json, kind: DocumentKind) -> list[Difference]:
    """Return what differs, in the order of the form."""
    old, new = _by_part(before, kind), _by_part(after, kind)
    found = []
    for chapter in dict.fromkeys(chapter for chapter, _ in (*new, *old)):
        for part in dict.fromkeys(part for where, part in (*new, *old) if where == chapter):
            for was, now in _matched(old.get((chapter, part), []), new.get((chapter, part), [])):
                if (difference := _difference(chapter, was, now)) is not None:
                    found.append(difference)
    return found


def _by_part(document: Json, kind: DocumentKind) -> dict[tuple[str, str], list[Entry]]:
    found: dict[tuple[str, str], list[Entry]] = {}
    for chapter in outline(document, kind):
        for entry in chapter.entries:
            if entry.part not in NOT_COMPARED:
                found.setdefault((chapter.title, entry.part), []).append(entry)
    return found


def _keys(entries: list[Entry]) -> list[Any]:
    """Return what each entry is told apart by: what it is about and how many of those came before, or None."""
    seen: Counter[str] = Counter()
    keys: list[Any] = []
    for one in entries:
        name = next((name for name in IDENTITY if isinstance(one.body.get(name), str)), None)
        if name is None and one.pointer.rpartition("/")[2].isdigit():
            keys.append(None)
            continue
        key = f"{name}:{one.body[name]}" if name else one.part
        keys.append((key, seen[key]))
        seen[key] += 1
    return keys


def _matched(before: list[Entry], after: list[Entry]) -> Iterator[tuple[Entry | None, Entry | None]]:
    old_keys, new_keys = _keys(before), _keys(after)
    old = {key: one for key, one in zip(old_keys, before, strict=True) if key is not None}
    for key, one in zip(new_keys, after, strict=True):
        if key is not None:
            yield old.pop(key, None), one
    yield from ((one, None) for one in old.values())
    yield from _matched_by_text(
        [one for key, one in zip(old_keys, before, strict=True) if key is None],
        [one for key, one in zip(new_keys, after, strict=True) if key is None],
    )


def _matched_by_text(before: list[Entry], after: list[Entry]) -> Iterator[tuple[Entry | None, Entry | None]]:
    matcher = SequenceMatcher(
        None, [canonical(one.body) for one in before], [canonical(one.body) for one in after], autojunk=False
    )
    gone: list[Entry] = []
    new: list[Entry] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "replace":
            both = min(b - a, d - c)
            yield from zip(before[a : a + both], after[c : c + both], strict=True)
            a, c = a + both, c + both  # noqa: PLW2901  # what is left over was removed, or added
        if tag != "equal":
            gone += before[a:b]
            new += after[c:d]
    for one in list(new):  # moved, not changed
        same = next((other for other in gone if other.body == one.body), None)
        if same is not None:
            gone.remove(same)
            new.remove(one)
    yield from ((one, None) for one in gone)
    yield from ((None, one) for one in new)


def _difference(chapter: str, was: Entry | None, now: Entry | None) -> Difference | None:
    shown = now or was
    assert shown is not None  # noqa: S101  # one of the two is always there
    old = {one.path: one for one in was.said} if was else {}
    new = {one.path: one for one in now.said} if now else {}
    labels = {path: one.label for path, one in {**old, **new}.items()}
    changes = [
        Change(label, old[path].lines if path in old else (), new[path].lines if path in new else ())
        for path, label in labels.items()
        if not (path in old and path in new and _same(was, now, path, old[path].lines == new[path].lines))
    ]
    if was is not None and now is not None:
        return Difference(chapter, shown.heading, What.CHANGED, tuple(changes)) if changes else None
    return Difference(chapter, shown.heading, What.ADDED if was is None else What.REMOVED, tuple(changes))


def _same(was: Entry | None, now: Entry | None, path: str, same_lines: bool) -> bool:
    """Whether an answer is the same: by its value, so that a corrected name is one difference and not twenty."""
    if was is None or now is None or not path:
        return same_lines
    return bool(value_at(was.body, path) == value_at(now.body, path))
