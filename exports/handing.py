"""Handing a briefing to a listed recipient from a browser: a copy with its slip, a page to print, or word of mouth.

Every one of them is logged with its recipient and purpose before it leaves.
"""

from __future__ import annotations

import io
import zipfile
from typing import Any

from flask import Response, current_app, g, redirect, render_template, request, url_for

from exports.briefing import BriefingPaper
from exports.commands import issue_of
from exports.copies import Copy, CopySlip
from exports.downloads import WORD, bp, desk
from exports.issued import Issue
from meetings.access import handed_reader, readers
from meetings.audience import file_name, marking_words
from meetings.contract import UNPRINTABLE, build_document
from meetings.drafts import Refusal
from meetings.issuing import Issuing, copy_for
from meetings.namesakes import names_of
from meetings.need_to_know import Reach
from meetings.outgoing import Exportable, Handed
from meetings.people import Deed, allowed
from meetings.vocabulary import Audience

HOW = {
    "word": "Word briefing",
    "files": "Word briefing with actions as data, in one archive",
    "print": "A page to print: card and seven letters",
    "told": "Nothing to take: it was read aloud or told",
}
"""How a copy is given, and the words that people choose it by."""
LONGEST_PURPOSE = 500
LINES_OF_THE_SLIP = 2
"""Lines of a printed page that its slip takes more than a Word page's foot."""


def issuing() -> Issuing:
    """Return what is done with briefings, at the desk of this app."""
    return Issuing(desk())


def _page(reference: str, problem: str = "", status: int = 200) -> Any:
    source = issuing().for_recipients(reference, g.person)
    document: Any = build_document(source.document)
    listed = dict.fromkeys(entry.to for entry in document.circulation or () if entry.to)
    mine, names = {one.audience for one in readers(g.person, g.reach, document)} - {Audience.PARENT}, names_of(document)
    recipients = [
        (one.id, names.get(one.id, one.id), copy.label)
        for one in (document.professional(local_id) for local_id in listed)
        if one is not None and (copy := copy_for(document, one.id)) in mine
    ]
    page: dict[str, Any] = {"source": source.document, "recipients": recipients, "ways": HOW, "state": source.state}
    page["may_see"] = g.reach is Reach.WHOLE
    return render_template("copies.html", reference=reference, problem=problem, **page), status


@bp.get("/records/<path:reference>/copies")
@allowed(Deed.EXPORT)
def copies(reference: str) -> Any:
    """Ask who gets a copy of a briefing, how, and for what purpose."""
    return _page(reference)


@bp.post("/records/<path:reference>/copies")
@allowed(Deed.EXPORT)
def hand_out(reference: str) -> Any:
    """Give a copy to a listed recipient, and log it."""
    source = issuing().for_recipients(reference, g.person)
    purpose = UNPRINTABLE.sub("", request.form.get("purpose", "")).strip()[:LONGEST_PURPOSE]
    recipient, how = request.form.get("recipient", ""), request.form.get("how", "")
    try:
        if how not in HOW:
            raise Refusal("Choose how it is given.")
        audience, handed = issuing().handed_to(source, recipient, purpose, how)
    except Refusal as refused:
        return _page(reference, str(refused), 422)
    document = build_document(source.document)
    who = handed_reader(g.person, g.reach, audience, recipient, document)
    named = document.professional(recipient)
    name = (named.name if named else None) or recipient
    slip = CopySlip(handed.number, name, desk().now(), purpose)
    issue = issue_of(desk(), source, str(who), current_app.extensions["accord-seal"], slip, by=g.person)
    copy = issue.copy
    if how == "told":
        _log(source, copy, handed, {})
        return redirect(url_for("exports.copies", reference=reference, _anchor="given"), 303)
    if how == "print":
        return _printed(source, copy, handed)
    return _files(source, issue, handed, with_data=how == "files")


def _log(source: Exportable, copy: Copy, handed: Handed, files: dict[str, bytes]) -> None:
    purpose = copy.slip.purpose if copy.slip else ""
    desk().give_out(source, str(copy.reader), files, g.person, purpose=purpose, handed=handed)


def _files(source: Exportable, issue: Issue, handed: Handed, *, with_data: bool) -> Response:
    """Register and return the Word file, or an archive of every file of the copy under its own name."""
    copy = issue.copy
    word = file_name(copy.document, copy.reader, "docx")
    files = {word: issue.paper}
    if with_data:
        actions = file_name(copy.document, copy.reader, "actions.json")
        files |= {actions: issue.actions, f"{actions}.jws": issue.signature_over("actions.json", issue.actions)}
    desk().give_out(
        source, str(copy.reader), files, g.person, purpose=copy.slip.purpose if copy.slip else "", handed=handed
    )
    if not with_data:
        return _answer(files[word], word, WORD)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return _answer(archive.getvalue(), file_name(copy.document, copy.reader, "zip"), "application/zip")


def _answer(content: bytes, name: str, kind: str) -> Response:
    return Response(content, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _printed(source: Exportable, copy: Copy, handed: Handed) -> str:
    """Return one page to print, logged as printed."""
    _log(source, copy, handed, {})
    paper = BriefingPaper(copy)
    return render_template(
        "printed.html",
        copy=copy,
        document=copy.objects,
        marking=" ".join(filter(None, (marking_words(copy.cut), copy.objects.marking.descriptor))),
        sought=paper.sought(),
        letters=paper.fitting(paper.lines_above() + LINES_OF_THE_SLIP),
    )
