"""Recording while people talk: each field saved as it is typed, rows, what others changed, what is still needed.

The doors here answer in JSON, or with a piece of a page. One part is read and saved at a time:

- `PATCH` takes `{"set": {path: as typed}, "was": {path: mark last seen}}` with the version in `If-Match`, and answers
  200, or 412 with both texts of each field that holds neither what was seen nor what is sent. The others are saved.
  A page that is being left says in `before` what it had sent and has no answer for: that is its own, and no clash.
- A row is made by `POST` with an id that the page gives: asked for again, it is the same row.
- `GET …/changes` and `GET …/findings` answer 304 until the record, or who is in it, has changed.

What is typed is read by the fields that `asking.py` makes, as on a posted page; what is saved and how is the desk's
affair.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, jsonify, make_response, render_template, request
from werkzeug.datastructures import MultiDict

from forms.asking import WAS, PartForm, room_of
from forms.blueprint import bp, desk, look
from forms.entry import current_person
from forms.fields import SHOWN, Asked
from forms.keeping import NEVER_ADDED, who_wrote
from forms.lamps import panel_of_page
from forms.room import PEOPLE, Room
from forms.showing import blank_row, step_named
from meetings.calendar import local
from meetings.desk import Answer, Clash, Draft
from meetings.documents import kind_named
from meetings.drafts import NoSuchPart
from meetings.guides import GUIDES
from meetings.parts import Part, fingerprint, value_at
from meetings.people import Deed, allowed

NAME = "field"
"""What the fields of one part are called while they are read here; no page shows the name."""
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class NotUnderstood(Exception):
    """What was sent is not what this door takes; the sentence says what it takes."""


def _sent() -> dict[str, Any]:
    """Return the JSON object that came with the request. Raises NotUnderstood."""
    try:
        read = json.loads(request.get_data())
    except (ValueError, RecursionError):
        raise NotUnderstood("This door takes a JSON object.") from None
    if not isinstance(read, dict):
        raise NotUnderstood("This door takes a JSON object.")
    return read


@bp.errorhandler(NotUnderstood)
def _not_understood(problem: NotUnderstood) -> Any:
    return jsonify(says=f"{problem} Nothing was changed."), 400


def _saved(**more: Any) -> dict[str, Any]:
    return {"saved_at": f"{local(desk().now()):%H:%M:%S}", **more}


# ── One part ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _typed(path: str, value: Any) -> list[tuple[str, list[str]]]:
    """Return what was typed at a path as a form sends it: names with texts. Raises NotUnderstood.

    A field of several inputs comes as an object: what is added to the field's name, with what stands there.
    """
    inputs = value if isinstance(value, dict) else {"": value}
    found = []
    for suffix, texts in inputs.items():
        several = [texts] if isinstance(texts, str) else texts
        if not isinstance(several, list) or not all(isinstance(one, str) for one in several):
            raise NotUnderstood(f"What was typed at ‘{path}’ is neither a text nor a list of texts.")
        found.append((f"{NAME}:{path}{suffix}", several))
    return found


def _form_data(typed: Mapping[str, Any], marks: Mapping[str, str]) -> MultiDict[str, str]:
    data: MultiDict[str, str] = MultiDict({WAS + NAME: json.dumps(marks)})
    for path, value in typed.items():
        for name, texts in _typed(path, value):
            data.setlist(name, texts)
        data.setdefault(f"{NAME}:{path}{SHOWN}", "")  # so that nothing chosen is told from nothing sent
    return data


def _seen_version() -> int | None:
    """Return the version that `If-Match` names, or None where there is none. Raises NotUnderstood."""
    given = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not given:
        return None
    if not given.isascii() or not given.isdigit() or len(given) > 9:
        raise NotUnderstood("If-Match holds the number of the version that was seen.")
    return int(given)


@bp.patch("/records/<path:reference>/parts/<part>")
@allowed(Deed.RECORD)
def save_part(reference: str, part: str) -> Any:
    """Save fields of one part, named as the page names it; what is decided for a child as `outcomes:c1`."""
    seen = _seen_version()
    if seen is None:
        return jsonify(says="Say in If-Match which version you saw. Nothing was changed."), 428
    body = _sent()
    typed, was, before = body.get("set"), body.get("was", {}), body.get("before", {})
    if not isinstance(typed, dict) or not isinstance(was, dict) or not isinstance(before, dict):
        raise NotUnderstood("This door takes {“set”: {path: as typed}, “was”: {path: mark}}.")
    forms: list[PartForm] = []

    def read(draft: Draft, one: Part) -> tuple[Mapping[str, Answer], Mapping[str, str]]:
        known = draft.layout.answers_of(one.name)
        if strange := [path for path in typed if path not in known or not known[path].asked]:
            raise NoSuchPart(f"There is no question ‘{strange[0]}’ here.")
        # Without a mark only the version says what was seen; after it moved, nothing is known to be as it was.
        marks = {path: was[path] if isinstance(was.get(path), str) else "" for path in typed}
        if seen == one.version:
            marks = {path: mark or fingerprint(one, path) for path, mark in marks.items()}
        room = Room(desk().now(), draft.layout, lambda: with_people(draft))
        if own := {path: value for path, value in before.items() if path in typed}:
            sent = PartForm(one.name, one, own, room, formdata=_form_data(own, {}), key=NAME)
            marks |= {path: fingerprint(one, path) for path in own if sent[path].answer() == sent[path].held}
        forms[:] = [PartForm(one.name, one, typed, room, formdata=_form_data(typed, marks), key=NAME)]
        return forms[0].answers(), marks

    recorded = desk().record(reference, part, read, current_person())
    clashing = {one.path: one for one in recorded.clashes}
    answer = _saved(
        version=recorded.version,
        fields={path: _said(forms[0][path], recorded.part) for path in typed if path not in clashing},
        clashes={path: _both(reference, forms[0][path], one) for path, one in clashing.items()},
    )
    return _tagged(answer, recorded.version), 412 if clashing else 200


def with_people(draft: Draft) -> Iterable[Part]:
    """Return the parts of a loan with those that name people."""
    draft.fetch(PEOPLE)
    return draft.parts.values()


def _tagged(answer: dict[str, Any], version: int) -> Response:
    response = jsonify(answer)
    response.set_etag(str(version))
    return response


def _said(field: Asked, part: Part) -> dict[str, Any]:
    """Return what is to be said of a field that was saved: its mark, how it reads, and what could not be read."""
    field.look()
    now = Answer(value_at(part.body, field.path), part.unread.get(field.path))
    return {
        "mark": fingerprint(part, field.path),
        "shown": field.shown(now),
        "problem": field.problem,
        "note": field.note,
    }


def _both(reference: str, field: Asked, clash: Clash) -> dict[str, Any]:
    """Return the text that stands in a field which two people wrote, beside whom and how it reads."""
    return {
        "who": who_wrote(reference, clash),
        "words": field.spell(clash.theirs),
        "shown": field.shown(clash.theirs),
        "mark": clash.mark,
    }


@bp.get("/records/<path:reference>/parts/<part>")
@allowed(Deed.SEE)
def read_part(reference: str, part: str) -> Any:
    """Return the fields of one part as a page shows them."""
    found = look(reference)
    one = found.part(part)
    if one is None and part in found.layout.sections:
        one = Part("", part, 0, version=0)  # nothing was recorded in it yet
    if one is None:
        raise NoSuchPart("That is no longer in this record; somebody may have removed it.")
    asked = [path for path, field in found.layout.answers_of(one.name).items() if field.asked]
    form = PartForm(one.name, one, asked, room_of(found, desk().now()))
    return _tagged({"fields": {field.path: _said(field, one) for field in form}}, one.version)


@bp.delete("/records/<path:reference>/parts/<part>")
@allowed(Deed.RECORD)
def remove_part(reference: str, part: str) -> Any:
    """Remove a row."""
    desk().remove_row(reference, part, current_person())
    return jsonify(_saved())


@bp.post("/records/<path:reference>/parts/<part>/back")
@allowed(Deed.RECORD)
def put_back(reference: str, part: str) -> Any:
    """Put a removed row back as it was."""
    row = desk().put_back_row(reference, part, current_person())
    return _tagged(_saved(version=row.version), row.version)


@bp.post("/records/<path:reference>/parts/<part>/move")
@allowed(Deed.RECORD)
def move_part(reference: str, part: str) -> Any:
    """Move a row up (-1) or down (1) in its list."""
    places = _sent().get("places")
    if places not in (-1, 1):
        raise NotUnderstood("A row moves by -1 or by 1.")
    desk().move_row(reference, part, places, current_person())
    return jsonify(_saved())


@bp.post("/records/<path:reference>/aside")
@allowed(Deed.RECORD)
def set_aside(reference: str) -> Any:
    """Keep in the history a text that somebody typed and gave up for another's."""
    sent = _sent()
    given = {name: sent.get(name) for name in ("part", "path", "text")}
    if not all(isinstance(one, str) for one in given.values()):
        raise NotUnderstood("This door takes {“part”, “path”, “text”}, each a text.")
    desk().set_aside(reference, given["part"], given["path"], given["text"], current_person())
    return jsonify(_saved())


# ── Rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@bp.post("/records/<path:reference>/lists/<path:name>")
@allowed(Deed.RECORD)
def add_to_list(reference: str, name: str) -> Any:
    """Add a row under the id that the page gave it; the same id again is the same row."""
    row_id = _sent().get("id")
    if not isinstance(row_id, str) or not _ID.fullmatch(row_id):
        raise NotUnderstood("A row comes with an id, a UUID in lower case.")
    if name in NEVER_ADDED:
        raise NoSuchPart("Rows of this list begin with something given; they are not added here.")
    was_there = row_id in look(reference).kept.parts
    row = desk().add_row(reference, name, current_person(), row_id=row_id)
    return _tagged(_saved(version=row.version), row.version), 200 if was_there else 201


@bp.get("/records/<path:reference>/blank/<path:name>")
@allowed(Deed.RECORD)
def blank(reference: str, name: str) -> Any:
    """Return an empty row of a list as the page of a step (`?at=`) draws it, for a page to hold ready."""
    found = look(reference)
    row = blank_row(found, step_named(found, request.args.get("at", "")), name, room_of(found, desk().now()))
    return render_template("blank.html", record=found, row=row)


@bp.put("/records/<path:reference>/asked/<path:name>")
@allowed(Deed.RECORD)
def asked_none(reference: str, name: str) -> Any:
    """Record that a list was asked for and there is none, or take that back."""
    none = _sent().get("none")
    if not isinstance(none, bool):
        raise NotUnderstood("This door takes {“none”: true} or {“none”: false}.")
    desk().ask_none(reference, name, none, current_person())
    return jsonify(_saved())


# ── What others do, and what is still needed ─────────────────────────────────────────────────────────────────────


@bp.get("/records/<path:reference>/changes")
@allowed(Deed.SEE)
def changes(reference: str) -> Any:
    """Return which parts there are, each with its version, and who else is in the record and where; 304 if as before.

    `?tab=` names the window that asks, by a UUID, and `?at=` the step it shows.
    """
    moved = desk().follow(reference, current_person(), _tab(), request.args.get("at", "")[:100])
    titles = {one.key: one.title for one in GUIDES[kind_named(moved.kind)]}
    here = [{"who": one.who, "at": titles.get(one.place, "")} for one in moved.here]
    tag = f"{moved.counter}-{zlib.crc32(json.dumps(here).encode()):08x}"
    if request.if_none_match.contains(tag):
        return _not_modified(tag)
    parts = desk().versions(reference, current_person())
    response = jsonify(counter=moved.counter, final=not moved.is_draft, here=here, parts=parts)
    response.set_etag(tag)
    return response


@bp.delete("/records/<path:reference>/changes")
@allowed(Deed.SEE)
def leave(reference: str) -> Any:
    """Note that a window (`?tab=`) no longer shows a record."""
    if (tab := _tab()) is not None:
        desk().leave(reference, current_person(), tab)
    return "", 204


def _tab() -> str | None:
    tab = request.args.get("tab", "")
    return tab if _ID.fullmatch(tab) else None


@bp.get("/records/<path:reference>/findings")
@allowed(Deed.SEE)
def findings(reference: str) -> Any:
    """Return the side panel as a page of a step (`?at=`) shows it; 304 if neither record nor minute has moved."""
    at = request.args.get("at", "")[:100]
    counter = desk().follow(reference, current_person()).counter
    tag = f"{counter}-{desk().now():%H%M}"
    if request.if_none_match.contains(tag):
        return _not_modified(tag)
    found = look(reference)
    response = make_response(render_template("panel.html", **panel_of_page(found, step_named(found, at))))
    response.set_etag(tag)
    return response


def _not_modified(tag: str) -> Response:
    response = Response(status=304)
    response.set_etag(tag)
    return response
