"""A text in words: every answer of a document after its question, section by section, as a page shows it.

The order is that of the guided form. How one answer is spelled is in `spelling.py`; the Word file has its own order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from meetings.documents import DocumentKind
from meetings.guides import GUIDES
from meetings.namesakes import called_as, names_in
from meetings.parts import Json, Layout, layout_of
from meetings.spelling import answers


@dataclass(frozen=True)
class Said:
    """One answer: the path of its question, the question, and the answer line by line."""

    path: str
    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """One section or row of a document in words; `pointer` is its place, `label` what its list is called."""

    part: str
    pointer: str
    label: str
    title: str
    body: Json
    said: tuple[Said, ...]
    is_restricted: bool

    @property
    def heading(self) -> str:
        """What stands above it: what it is, and whose."""
        return ": ".join(filter(None, (self.label, self.title)))


@dataclass(frozen=True)
class Chapter:
    """Everything that is asked on one step of the form and was answered."""

    key: str
    title: str
    entries: tuple[Entry, ...]


def _names_in(document: Json) -> Callable[[str], str]:
    known = names_in(document)
    return lambda local_id: known.get(local_id, local_id)


def outline(document: Json, kind: DocumentKind) -> list[Chapter]:
    """Return everything that is recorded in a document, in words; a document cut to its reader gives what is left."""
    layout, names = layout_of(kind), _names_in(document)
    chapters = []
    for step in GUIDES[kind]:
        entries = [
            entry for block in step.blocks for entry in _entries(document, layout, names, block.part, block.paths())
        ]
        if entries:
            chapters.append(Chapter(step.key, step.title, tuple(entries)))
    return chapters


def _entries(
    document: Json, layout: Layout, names: Callable[[str], str], part: str, paths: tuple[str, ...]
) -> Iterator[Entry]:
    tops = tuple(dict.fromkeys(path.split("/", maxsplit=1)[0] for path in paths))
    shape = layout.shape_of(part)
    for pointer, body in layout.bodies(document, part, tops):
        said = tuple(
            Said(path, label, tuple(lines)) for path, label, lines in answers(shape, body, names) if path in paths
        )
        if said or part in layout.lists:
            title = title_of(body, names) if part in layout.lists else ""
            yield Entry(part, pointer, layout.label_of(part), title, body, said, "restricted" in body)
    if part in layout.lists and not layout.bodies(document, part) and _was_asked(document, part):
        none = layout.question_of_list(part).question.none or "None"
        yield Entry(part, f"/{part}", layout.label_of(part), "", {}, (Said("", "", (none,)),), False)


def _was_asked(document: Json, part: str) -> bool:
    section, _, name = part.rpartition("/")
    return name in (document.get(section, {}) if section else document)


_CALLED = ("name", "label", "rule", "registration", "organisation")
_NAMES = ("child", "adult", "person", "to", "by")


def title_of(row: Json, names: Callable[[str], str]) -> str:
    """Return what one row is called: the name in it, its number, or whom it is about."""
    mine = str(row.get("id", ""))
    called = called_as({mine: names(mine)}, mine, str(row["name"])) if row.get("name") else ""
    called = called or next((str(row[name]) for name in _CALLED if row.get(name)), "")
    number = str(row.get("ref", "")).rpartition("-")[2]
    whose = next((names(row[name]) for name in _NAMES if isinstance(row.get(name), str)), "")
    return called or number or whose
