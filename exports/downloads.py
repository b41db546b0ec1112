"""The way out from a browser: Word file, actions, record and extracts of one version, sealed once it is final."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for

from exports.commands import issue_of
from exports.copies import Copy
from exports.extracts import children_of
from exports.issued import Issue, NoSeal
from exports.timestamp import NoTimeStamp
from meetings.audience import CopyRefused, file_name, reader
from meetings.desk import Desk
from meetings.documents import BRIEFING
from meetings.drafts import NoSuchPart
from meetings.people import Deed, NotAllowed, allowed, audiences, reads_as
from meetings.vocabulary import Audience, DocumentStatus

bp = Blueprint("exports", __name__)

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
JOSE = "application/jose"


def desk() -> Desk:
    """Return the desk of this app."""
    found: Desk = current_app.extensions["accord"]
    return found


class ForRecipients(Exception):
    """A copy of a briefing that is no draft was asked for without saying for whom."""


@bp.errorhandler(ForRecipients)
def ask_for_whom(asked: ForRecipients) -> Any:
    """Ask who gets the copy: each is numbered and logged."""
    return redirect(url_for("exports.copies", reference=str(asked)), 303)


def _issue(reference: str) -> Issue:
    audience = request.args.get("audience") or str(
        Audience.FULL if Audience.FULL in audiences(g.person) else reads_as(g.person)
    )
    if reader(audience).audience not in audiences(g.person):
        raise NotAllowed(f"Your role may not take a copy for {reader(audience).audience.label.lower()}.")
    version = request.args.get("version", type=int)
    g.source = desk().export(reference, g.person, version)
    if g.source.document["schema"] == BRIEFING.schema and g.source.document["status"] != DocumentStatus.DRAFT:
        raise ForRecipients(reference)
    return issue_of(desk(), g.source, audience, current_app.extensions["accord-seal"])


def _file(content: bytes, copy: Copy, extension: str, kind: str, what: str = "") -> Response:
    """Register a file and give it out under the name that says what it is."""
    name = file_name(copy.document, what or copy.reader, extension)
    purpose = request.args.get("purpose", "").strip()[:500]
    desk().give_out(g.source, str(copy.reader), {name: content}, g.person, purpose=purpose)
    return Response(content, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@bp.get("/records/<path:reference>/minutes.docx")
@allowed(Deed.EXPORT)
def minutes(reference: str) -> Response:
    """Give the Word file, sealed once the record is final."""
    issue = _issue(reference)
    return _file(issue.paper, issue.copy, "docx", WORD)


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
    return _file(issue.signature_over("actions.json", issue.actions), issue.copy, "json.jws", JOSE)


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
    return _file(issue.signature_over("record.json", issue.record), issue.copy, "json.jws", JOSE)


def _of_child(reference: str, child: str) -> Issue:
    issue = _issue(reference)
    if issue.copy.reader.audience is not Audience.FULL:
        raise CopyRefused("An extract of one child is drawn from the full copy only.")
    if child not in children_of(issue.copy):
        raise NoSuchPart("This discussion does not decide about that child.")
    return issue


@bp.get("/records/<path:reference>/children/<child>/extract.docx")
@allowed(Deed.EXPORT)
def child_extract(reference: str, child: str) -> Response:
    """Give one child's part of the minutes."""
    issue = _of_child(reference, child)
    return _file(issue.extract(child), issue.copy, "docx", WORD, f"child-{child}")


@bp.get("/records/<path:reference>/children/<child>/extract.json")
@allowed(Deed.EXPORT)
def child_data(reference: str, child: str) -> Response:
    """Give one child's part as data, with the values that the census wants."""
    issue = _of_child(reference, child)
    return _file(issue.child_data(child), issue.copy, "json", "application/json", f"child-{child}")


@bp.get("/records/<path:reference>/children/<child>/extract.json.jws")
@allowed(Deed.EXPORT)
def child_signature(reference: str, child: str) -> Response:
    """Give the detached signature over one child's part as data."""
    issue = _of_child(reference, child)
    signature = issue.signature_over(f"child-{child}.json", issue.child_data(child))
    return _file(signature, issue.copy, "json.jws", JOSE, f"child-{child}")


@bp.errorhandler(NoSeal)
@bp.errorhandler(NoTimeStamp)
def nothing_is_sealed(problem: Exception) -> tuple[str, int]:
    """Say why a final copy cannot leave: it would leave unsealed."""
    said = {"title": "This copy cannot be sealed", "said": str(problem)}
    next_step = "Tell whoever looks after Accord. Nothing of the record is lost."
    return render_template("refusal.html", **said, next=next_step), 409
