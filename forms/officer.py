"""What an officer sees on a telephone: search, the briefing on one screen, “read and understood”, and “seen”."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, session, url_for

from forms.asking import name_of
from forms.blueprint import bp, desk, heard, issuing
from forms.entry import current_person
from meetings.briefing_facts import is_overdue, police_protection_for, unread_by
from meetings.desk import Refusal
from meetings.people import Deed, allowed
from meetings.vocabulary import ACTION_ENDED


def _page(reference: str, problem: str = "", status: int = 200) -> Any:
    person, now = current_person(), desk().now()
    found = issuing().live_version(reference, person)
    desk().note_view(reference, person, "officer", found.version)
    document = found.document
    unread = set(unread_by(document))
    return render_template(
        "officer.html",
        record=found,
        document=document,
        stage=issuing().stage(found),
        powers=police_protection_for(document, now.date()),
        overdue=[one for one in document.children or () if is_overdue(one, now.date())],
        people=[*(document.children or ()), *(document.adults or ())],
        waiting=[one for one in document.professionals or () if one.id in unread],
        actions=sorted(
            (one for one in document.actions or () if one.status not in ACTION_ENDED),
            key=lambda one: name_of(document, one.owner) != person.name,
        ),
        changed=issuing().changed_since(found),
        name_of=name_of,
        problem=problem,
        said=heard(),
    ), status


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
        issuing().acknowledge(
            reference,
            form.get("professional", ""),
            form.get("typed_name", ""),
            form.get("content_sha256", ""),
            current_person(),
        )
    except Refusal as refused:
        return _page(reference, str(refused), 422)
    session["said"] = f"Read and understood by {form.get('typed_name', '').strip()} at {desk().now():%H:%M}."
    return redirect(url_for("forms.officer", reference=reference), 303)


@bp.post("/briefings/<path:reference>/seen")
@allowed(Deed.READ_BRIEFING)
def seen(reference: str) -> Any:
    """Note a sighting and show it to the owner."""
    try:
        issuing().report_sighting(
            reference, request.form.get("text", ""), request.form.get("place", ""), current_person()
        )
    except Refusal as refused:
        return _page(reference, str(refused), 422)
    session["said"] = (
        f"Sighting noted at {desk().now():%H:%M}; the owner sees it on the briefing. Ring the numbers above."
    )
    return redirect(url_for("forms.officer", reference=reference), 303)


@bp.get("/find")
@allowed(Deed.READ_BRIEFING)
def find() -> str:
    """Find a briefing by what an officer has: a name, an address, a vehicle, a telephone."""
    query = request.args.get("q", "").strip()[:200]
    return render_template(
        "find.html",
        query=query,
        found=issuing().find(query, current_person()) if query else [],
        to_read=issuing().to_read(current_person()),
    )
