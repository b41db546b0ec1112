"""The way out from a browser: minutes, actions and record of one version as files."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, g, render_template, request

from exports.commands import copy_of
from exports.copies import Copy
from exports.issued import Issue, NoSeal
from exports.timestamp import NoTimeStamp
from meetings.audience import file_name, reader
from meetings.people import Deed, NotAllowed, allowed, audiences
from meetings.vocabulary import Audience

bp = Blueprint("exports", __name__)

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
JOSE = "application/jose"


def _issue(reference: str) -> Issue:
    audience = request.args.get("audience") or ("full" if Audience.FULL in audiences(g.person) else "police")
    if reader(audience).audience not in audiences(g.person):
        raise NotAllowed(f"Your role may not take a copy for {reader(audience).audience.label.lower()}.")
    version = request.args.get("version", type=int)
    desk: Any = current_app.extensions["accord"]
    copy = copy_of(desk.export(reference, g.person, audience, version), audience)
    return Issue(copy, current_app.extensions["accord-seal"])


def _file(content: bytes, copy: Copy, extension: str, kind: str) -> Response:
    name = file_name(copy.document, copy.reader, extension)
    return Response(content, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@bp.get("/records/<path:reference>/minutes.docx")
@allowed(Deed.EXPORT)
def minutes(reference: str) -> Response:
    """Give the Word minutes, sealed once the record is final."""
    issue = _issue(reference)
    return _file(issue.minutes, issue.copy, "docx", WORD)


@bp.get("/records/<path:reference>/actions.json")
@allowed(Deed.EXPORT)
def actions(reference: str) -> Response:
    """Give the actions file."""
    issue = _issue(reference)
    return _file(issue.actions, issue.copy, "json", "application/json")


@bp.get("/records/<path:reference>/actions.json.jws")
@allowed(Deed.EXPORT)
def actions_signature(reference: str) -> Response:
    """Give the detached signature over the actions file."""
    issue = _issue(reference)
    return _file(issue.signature_over(issue.actions), issue.copy, "json.jws", JOSE)


@bp.get("/records/<path:reference>/record.json")
@allowed(Deed.EXPORT)
def record(reference: str) -> Response:
    """Give the record itself; only as the full copy."""
    issue = _issue(reference)
    return _file(issue.record, issue.copy, "json", "application/json")


@bp.get("/records/<path:reference>/record.json.jws")
@allowed(Deed.EXPORT)
def record_signature(reference: str) -> Response:
    """Give the detached signature over the record itself."""
    issue = _issue(reference)
    return _file(issue.signature_over(issue.record), issue.copy, "json.jws", JOSE)


@bp.errorhandler(NoSeal)
@bp.errorhandler(NoTimeStamp)
def nothing_is_sealed(problem: Exception) -> tuple[str, int]:
    """Say why a final copy cannot leave: it would leave unsealed."""
    said = {"title": "This copy cannot be sealed", "said": str(problem)}
    next_step = "Tell whoever looks after Accord. Nothing of the record is lost."
    return render_template("refusal.html", **said, next=next_step), 409
