"""Keeping what was posted: every text that came back, who else wrote meanwhile, and what the pressed button does."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import render_template, request, session

from forms.asking import WAS, PartForm, room_of
from forms.blueprint import desk
from forms.entry import current_person
from forms.fields import SHOWN, WHY_LEFT_OUT, spell_left_out
from forms.once import id_for
from forms.reading import clean
from forms.room import Room
from meetings.calendar import local
from meetings.desk import Answer, Clash, NoSuchPart
from meetings.documents import KINDS
from meetings.guides import Block
from meetings.parts import Part, layout_of
from meetings.record import Record

NEVER_ADDED = frozenset({"outcomes", "exceptions"})
"""Lists whose rows begin with something given: an outcome with its child, an exception with its rule."""
TOP_OF_CHILD = "outcomes"
"""What a child's page calls its part, also before anything was saved in it: each child has one."""


@dataclass(frozen=True)
class Theirs:
    """What a field holds now that two people wrote in it, and who wrote it."""

    answer: Answer
    who: str


@dataclass
class Posted:
    """What became of a posted page: clashes by part and path, and what was typed in rows that are no longer there."""

    clashes: dict[tuple[str, str], Theirs] = field(default_factory=dict)
    lost: list[list[tuple[str, str]]] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    refused: str = ""

    @property
    def is_kept(self) -> bool:
        """Whether everything typed was kept."""
        return not self.clashes and not self.lost


def keys_of(formdata: Any) -> list[str]:
    """Return the parts that a posted page speaks of: by id, or a section by its name.

    What was typed counts also where the hidden note of what the page showed is missing or damaged: then it is compared
    with what the record holds now, and saved. To drop it would lose a text; to refuse it would keep nobody safer.
    """
    keys: dict[str, None] = {}
    for name in formdata:
        before, colon, after = name.partition(":")
        if before == WAS.rstrip(":"):
            keys[after] = None
        elif colon and before not in ("asked", "none"):
            keys[before] = None
    return list(keys)


def keep(record: Record, blocks: Iterable[Block], room: Room) -> Posted:
    """Keep everything that was typed on a posted page."""
    posted = Posted()
    paths: dict[str, dict[str, None]] = {}  # one section may stand in two blocks of a page
    for block in blocks:
        paths.setdefault(block.part, {}).update(dict.fromkeys(block.paths()))
        if block.is_list and f"asked:{block.part}" in request.form and not record.rows(block.part):
            said_none = f"none:{block.part}" in request.form
            desk().ask_none(record.reference, block.part, said_none, current_person())
    strange: list[str] = []
    for key in keys_of(request.form):
        part = record.part(key)
        name = part.name if part else key
        if name not in paths or (part is None and name in record.layout.lists):
            strange.append(key)
            continue
        form = PartForm(name, part, paths[name], room, formdata=request.form, key=key)
        keep_part(record.reference, form, key, posted)
    posted.lost.extend(typed_in(strange, blocks))
    return posted


def keep_part(reference: str, form: PartForm, key: str, posted: Posted) -> None:
    """Keep what was typed in one part, named by its id or a section by its name."""
    posted.left_out.update({one.name: one.left_out for one in form.every_field() if one.left_out})
    answers = form.answers()
    if not answers:
        return
    try:
        clashes = desk().answer(reference, key, answers, current_person(), was=form.shown)
    except NoSuchPart:  # removed between reading the record and writing to it
        posted.lost.append([(form[path].question.label, form[path].spell(one)) for path, one in answers.items()])
        return
    for clash in clashes:
        posted.clashes[form.key, clash.path] = Theirs(clash.theirs, who_wrote(reference, clash))


def who_wrote(reference: str, clash: Clash) -> str:
    """Return whom a page names as the writer of what a field holds now."""
    line = desk().last_in(reference, clash.part_id, clash.path, current_person())
    if line is None:
        return "Somebody else"
    return "You, in another window," if line.account_id == current_person().id else line.who


def typed_in(keys: Iterable[str], blocks: Iterable[Block] = ()) -> list[list[tuple[str, str]]]:
    """Return what this request brought of parts that its page does not have, to be shown again: label and text."""
    texts: dict[str, list[tuple[str, str]]] = {key: [] for key in keys}
    labels = {
        path: one.question.label
        for block in blocks
        for path, one in layout_of(block.kind).answers_of(block.part).items()
    }
    for name in request.form:
        key, colon, path = name.partition(":")
        if not colon or key not in texts or path.endswith(SHOWN):
            continue
        label = labels.get(path) or _label(key, path)
        texts[key].extend((label, clean(one).text) for one in request.form.getlist(name) if one.strip())
    return [found for found in texts.values() if found]


def _label(part: str, path: str) -> str:
    """Return what pages call a question of a part; of a row that nobody knows, the last word of its path."""
    for layout in map(layout_of, KINDS):
        known = layout.answers_of(part) if part in layout.sections or part in layout.lists else {}
        if path in known:
            return known[path].question.label
    return re.split("[/.]", path)[-1].replace("_", " ")


def typed_too_late(found: Record, blocks: Iterable[Block], part: Part | None = None) -> Any:
    """Show again what was typed on a page of a record that became final meanwhile; nothing of it can be kept."""
    room = room_of(found, desk().now())
    texts = []
    for block in blocks:
        for key in keys_of(request.form):
            one = part if key == TOP_OF_CHILD else found.part(key)
            if block.part != (one.name if one else key):
                continue
            form = PartForm(block.part, one, block.paths(), room, formdata=request.form, key=key)
            texts += [(form[path].question.label, form[path].spell(answer)) for path, answer in form.answers().items()]
    return render_template("too_late.html", record=found, typed=texts), 409


def note_saved(posted: Posted) -> None:
    """Let the next page say when this was saved, and what had to be left out."""
    session["saved"] = f"Saved at {local(desk().now()):%H:%M:%S}"
    if posted.left_out:
        session["saved"] += f". {spell_left_out(sum(posted.left_out.values()))}: {WHY_LEFT_OUT}"
        session["left_out"] = posted.left_out


def do_to_rows(found: Record, blocks: Iterable[Block]) -> dict[str, str]:
    """Do what the pressed button says to the rows of a page; return what to open and where to go on it.

    Raises Refusal. A button for a row that is gone, or that this page does not have, does nothing.
    """
    reference = found.reference
    deed, _, target = request.form.get("do", "").partition(":")
    names = {block.part for block in blocks if block.is_list} - NEVER_ADDED
    row = found.part(target)
    mine = row is not None and row.name in names | {"exceptions"}
    if deed == "add" and target in names:
        added = desk().add_row(reference, target, current_person(), row_id=id_for(f"add:{target}"))
        return {"open": added.id, "_anchor": f"row:{added.id}"}
    if deed == "more":  # go on at the empty input that comes after those of a list inside a part
        key, _, path = target.partition(":")
        return {"open": key, "_anchor": f"{key}:{path}-new"}
    if deed == "ask" and target in {block.part for block in blocks}:
        return {"also": target, "_anchor": f"list:{target}"}
    if deed == "open" and mine:  # of a long list, a row that came without its fields
        return {"open": target, "_anchor": f"row:{target}"}
    try:
        if deed == "remove" and mine:
            desk().remove_row(reference, target, current_person())
            return {"removed": target, "_anchor": "removed"}
        if deed == "back":
            back = desk().put_back_row(reference, target, current_person())
            return {"open": back.id, "_anchor": f"row:{back.id}"}
        if deed in ("up", "down") and mine:
            desk().move_row(reference, target, -1 if deed == "up" else 1, current_person())
            return {"open": target, "_anchor": f"row:{target}"}
    except NoSuchPart:
        return {}
    return {}
