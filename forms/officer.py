"""What an officer sees on a telephone: search, the briefing on one screen, “read and understood”, and “seen”."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, session, url_for

from forms.asking import name_of
from forms.blueprint import bp, desk, heard, issuing, pages_of, typed
from forms.entry import current_person
from meetings.access import own_reader
from meetings.audience import cut
from meetings.briefing_facts import (
    band,
    compared,
    owed,
    police_protection_for,
    title_of,
    unchecked,
    unread_by,
    who_it_is,
)
from meetings.contract import build_document
from meetings.desk import Refusal
from meetings.officers import reads_for
from meetings.people import Deed, allowed
from meetings.telephones import Read, read
from meetings.vocabulary import ACTION_ENDED, ActionKind


def _page(reference: str, problem: str = "", status: int = 200) -> Any:
    person, now = current_person(), desk().now()
    found = issuing().live_version(reference, person)
    desk().note_view(reference, person, "officer", found.version)
    # What this reader may not have is cut before anything is drawn.
    document = build_document(cut(found.json, own_reader(person, found.document)))
    unread = set(unread_by(found.document))
    mine = {one.id for one in document.professionals or () if compared(one.name) == compared(person.name)}
    waiting = [one for one in document.professionals or () if one.id in unread]
    speaks_for = {one.id for one in found.document.professionals or () if reads_for(person, one, found.profile)}
    running = [one for one in document.actions or () if one.status not in ACTION_ENDED]
    tasks = [one for one in running if one.kind is not ActionKind.STANDING_INSTRUCTION]
    return render_template(
        "officer.html",
        record=found,
        title=title_of(document),
        document=document,
        stage=issuing().stage(found),
        who=who_it_is(document, now.date(), found.profile),
        powers=police_protection_for(document, now.date(), found.profile.nation),
        unchecked=unchecked(document),
        owed=owed(found.document, found.profile),
        people=[*(document.children or ()), *(document.adults or ())],
        mine_to_read=[one for one in waiting if one.id in speaks_for],
        others_to_read=[one for one in waiting if one.id not in speaks_for],
        standing=[one for one in running if one.kind is ActionKind.STANDING_INSTRUCTION],
        mine=[one for one in tasks if one.owner in mine],
        others=[one for one in tasks if one.owner not in mine],
        designated=document.professional(document.administration.designated_officer),
        changed=issuing().changed_since(found),
        band=band,
        name_of=name_of,
        problem=problem,
        problem_of=request.endpoint or "",
        said=heard(),
    ), status


@bp.app_template_filter("telephones")
def telephones(number: str) -> Read:
    """Return the numbers that a telephone dials, and what is written like one and cannot be dialled."""
    return read(number)


@bp.get("/briefings/<path:reference>")
@allowed(Deed.READ_BRIEFING)
def officer(reference: str) -> Any:
    """Show the newest final version of a briefing on one screen."""
    return _page(reference)


@bp.post("/briefings/<path:reference>/read")
@allowed(Deed.READ_BRIEFING)
def acknowledge(reference: str) -> Any:
    """Note that a recipient read and understood it."""
    form = request.form
    try:
        is_new = issuing().acknowledge(
            reference,
            form.get("professional", ""),
            form.get("content_sha256", ""),
            current_person(),
        )
    except Refusal as refused:
        return _page(reference, str(refused), 422)
    noted = f"Read and understood by {current_person().name} at {desk().now():%H:%M}."
    session["said"] = noted if is_new else "It was already noted as read. Nothing is changed."
    return redirect(url_for("forms.officer", reference=reference), 303)


@bp.post("/briefings/<path:reference>/seen")
@allowed(Deed.READ_BRIEFING)
def seen(reference: str) -> Any:
    """Note a sighting and show it to the owner."""
    try:
        text, place = typed("text"), typed("place")
        issuing().report_sighting(reference, text, place, current_person(), pages_of(reference))
    except Refusal as refused:
        return _page(reference, str(refused), 422)
    session["said"] = (
        f"Sighting noted at {desk().now():%H:%M}; whoever wrote and approved the briefing is told. "
        "Ring the numbers above."
    )
    return redirect(url_for("forms.officer", reference=reference), 303)


@bp.get("/find")
@allowed(Deed.READ_BRIEFING)
def find() -> str:
    """Find a briefing by what an officer has: a name, an address, a vehicle, a telephone."""
    query, purpose = (request.args.get(name, "").strip()[:200] for name in ("q", "purpose"))
    found, problem = [], ""
    try:
        found = issuing().find(query, current_person(), purpose) if query else []
    except Refusal as refused:
        problem = str(refused)
    return render_template(
        "find.html",
        query=query,
        purpose=purpose,
        asks_what_for=issuing().asks_what_for,
        problem=problem,
        found=found,
        to_read=issuing().to_read(current_person()),
    )
