"""The way out from a browser: Word file, actions, record and extracts of one version, sealed once it is final."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for

from exports.commands import issue_of, whole_record_of
from exports.copies import Copy
from exports.extracts import children_of
from exports.issued import NO_COPY, Issue, NoSeal
from exports.timestamp import NoTimeStamp
from meetings.access import check_audience, given_reader
from meetings.audience import WHOLE_RECORD, CopyRefused, Reader, file_name
from meetings.contract import build_document
from meetings.desk import Desk
from meetings.documents import BRIEFING
from meetings.drafts import NoSuchPart
from meetings.people import Deed, allowed
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
    """Return the copy that was asked for; without saying for whom, the one that this person has."""
    asked = request.args.get("audience")
    kind = (asked or "").partition(":")[0]
    if kind in list(Audience):
        check_audience(g.person, Audience.of(kind))  # before anything of the record is read
    version = request.args.get("version", type=int)
    g.source = desk().export(reference, g.person, version)
    asked = asked or str(given_reader(g.person, g.reach, build_document(g.source.document)))
    issue = issue_of(desk(), g.source, asked, current_app.extensions["accord-seal"], by=g.person)
    if g.source.document["schema"] == BRIEFING.schema and g.source.document["status"] != DocumentStatus.DRAFT:
        raise ForRecipients(reference)
    return issue


def _file(content: bytes, copy: Copy, extension: str, kind: str, what: str = "", given_as: str = "") -> Response:
    """Register a file and give it out under the name that says what it is."""
    name = file_name(copy.document, what or copy.reader, extension)
    purpose = request.args.get("purpose", "").strip()[:500]
    desk().give_out(g.source, given_as or str(copy.reader), {name: content}, g.person, purpose=purpose)
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


def _whole_record(reference: str) -> Issue:
    if "audience" in request.args:
        raise CopyRefused(NO_COPY)
    g.source = desk().export(reference, g.person, request.args.get("version", type=int))
    return whole_record_of(desk(), g.source, current_app.extensions["accord-seal"], by=g.person)


@bp.get("/records/<path:reference>/record.json")
@allowed(Deed.SEE)
def record(reference: str) -> Response:
    """Give the whole record as data, to who has the right to all of it; it is part of no copy."""
    issue = _whole_record(reference)
    return _file(issue.record, issue.copy, "json", "application/json", WHOLE_RECORD, WHOLE_RECORD)


@bp.get("/records/<path:reference>/record.json.jws")
@allowed(Deed.SEE)
def record_signature(reference: str) -> Response:
    """Give the detached signature over the whole record."""
    issue = _whole_record(reference)
    signature = issue.signature_over("record.json", issue.record)
    return _file(signature, issue.copy, "json.jws", JOSE, WHOLE_RECORD, WHOLE_RECORD)


def _of_child(reference: str, child: str) -> Issue:
    issue = _issue(reference)
    issue.check_extracts()
    if child not in children_of(issue.copy):
        raise NoSuchPart("This discussion does not decide about that child.")
    return issue


def _of_one_child(copy: Copy, child: str) -> str:
    """Return what the name of an extract's file says it is: `child-c1`, or `police_child-c1`."""
    return f"child-{child}" if copy.reader == Reader(Audience.FULL) else f"{copy.reader}_child-{child}"


@bp.get("/records/<path:reference>/children/<child>/extract.docx")
@allowed(Deed.EXPORT)
def child_extract(reference: str, child: str) -> Response:
    """Give one child's part of the minutes."""
    issue = _of_child(reference, child)
    return _file(issue.extract(child), issue.copy, "docx", WORD, _of_one_child(issue.copy, child))


@bp.get("/records/<path:reference>/children/<child>/extract.json")
@allowed(Deed.EXPORT)
def child_data(reference: str, child: str) -> Response:
    """Give one child's part as data, with the values that the census wants."""
    issue = _of_child(reference, child)
    return _file(issue.child_data(child), issue.copy, "json", "application/json", _of_one_child(issue.copy, child))


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
