"""The way out from a browser: minutes, actions and record of one version as files."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, current_app, g, request

from exports.actions import actions_json, record_json
from exports.commands import copy_of
from exports.copies import Copy
from exports.extracts import child_docx, child_json, children_of
from exports.papers import word_file
from meetings.audience import CopyRefused, file_name, reader
from meetings.desk import Desk
from meetings.drafts import NoSuchPart
from meetings.people import Deed, NotAllowed, allowed, audiences
from meetings.vocabulary import Audience

bp = Blueprint("exports", __name__)

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def desk() -> Desk:
    """Return the desk of this app."""
    found: Desk = current_app.extensions["accord"]
    return found


def _copy(reference: str) -> Copy:
    audience = request.args.get("audience") or ("full" if Audience.FULL in audiences(g.person) else "police")
    if reader(audience).audience not in audiences(g.person):
        raise NotAllowed(f"Your role may not take a copy for {reader(audience).audience.label.lower()}.")
    version = request.args.get("version", type=int)
    g.source = desk().export(reference, g.person, version)
    return copy_of(g.source, audience)


def _file(content: bytes, copy: Copy, extension: str, kind: str, child: str = "") -> Response:
    name = file_name(copy.document, f"child-{child}" if child else copy.reader, extension)
    desk().give_out(g.source, str(copy.reader), {name: content}, g.person)
    return Response(content, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@bp.get("/records/<path:reference>/minutes.docx")
@allowed(Deed.EXPORT)
def minutes(reference: str) -> Response:
    """Give the Word minutes."""
    copy = _copy(reference)
    return _file(word_file(copy), copy, "docx", WORD)


@bp.get("/records/<path:reference>/actions.json")
@allowed(Deed.EXPORT)
def actions(reference: str) -> Response:
    """Give the actions file."""
    copy = _copy(reference)
    digest = hashlib.sha256(word_file(copy)).hexdigest()
    content = actions_json(copy, digest, file_name(copy.document, copy.reader, "docx"))
    return _file(content, copy, "json", "application/json")


@bp.get("/records/<path:reference>/record.json")
@allowed(Deed.EXPORT)
def record(reference: str) -> Response:
    """Give the record itself; only as the full copy."""
    copy = _copy(reference)
    if copy.reader.audience is not Audience.FULL:
        raise CopyRefused("The record itself is only for the full copy.")
    return _file(record_json(copy), copy, "json", "application/json")


def _child_copy(reference: str, child: str) -> Copy:
    copy = _copy(reference)
    if copy.reader.audience is not Audience.FULL:
        raise CopyRefused("An extract of one child is drawn from the full copy only.")
    if child not in children_of(copy):
        raise NoSuchPart("This discussion does not decide about that child.")
    return copy


@bp.get("/records/<path:reference>/children/<child>/extract.docx")
@allowed(Deed.EXPORT)
def child_extract(reference: str, child: str) -> Response:
    """Give one child's part of the minutes."""
    copy = _child_copy(reference, child)
    return _file(child_docx(copy, child), copy, "docx", WORD, child)


@bp.get("/records/<path:reference>/children/<child>/extract.json")
@allowed(Deed.EXPORT)
def child_data(reference: str, child: str) -> Response:
    """Give one child's part as data, with the values that the census wants."""
    copy = _child_copy(reference, child)
    return _file(child_json(copy, child), copy, "json", "application/json", child)
