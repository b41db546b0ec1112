"""The pages of a briefing: its record, starting it from a discussion, approving and issuing it."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for

from forms.asking import name_of
from forms.blueprint import bp, desk, issuing, look
from forms.entry import current_person
from forms.reading import Unreadable, read_date
from forms.showing import needs_of, running, states_of
from forms.versions import versions_of
from meetings.briefing_facts import late_readers, police_protection_for, unread_by
from meetings.desk import Refusal
from meetings.documents import BRIEFING
from meetings.guides import steps_for
from meetings.people import Deed, allowed
from meetings.record import Record
from meetings.rules import Level
from meetings.vocabulary import Audience, BirthKind

COPIES = (Audience.FULL, Audience.POLICE, Audience.PARTNER)
"""The closed and the open copies of a briefing; never one for the family."""


def briefing_page(found: Record) -> str:
    """Show a briefing's task list, or what became of it once it is approved."""
    needs = needs_of(found, desk().findings(found))
    now = desk().now()
    links = {one.id: one for one in found.parts}
    return render_template(
        "briefing.html",
        record=found,
        stage=issuing().stage(found),
        needs=needs,
        blocks=[one for one in needs if one.finding.level is Level.BLOCK],
        states=states_of(found, needs),
        steps=steps_for(found.document),
        running=running(found),
        audiences=COPIES,
        name_of=name_of,
        confirmations=found.confirmations(),
        changed=[(one, links[one.part_id]) for one in issuing().changed_since(found)],
        unread=unread_by(found.document),
        late=late_readers(found.document, now),
        sightings=issuing().sightings(found.reference),
        powers=police_protection_for(found.document, now.date()),
        unborn=[one for one in found.document.children or () if one.kind is BirthKind.UNBORN],
        source_is_here=issuing().source_is_here(found),
        **versions_of(found),
    )


@bp.get("/records/<path:reference>/briefing")
@allowed(Deed.RECORD)
def choose(reference: str) -> str:
    """Ask which restricted items of a discussion cross into a briefing; without a choice none does."""
    return render_template(
        "choose.html", record=look(reference), items=issuing().restricted(reference, current_person())
    )


@bp.post("/records/<path:reference>/briefing")
@allowed(Deed.RECORD)
def start_briefing(reference: str) -> Any:
    """Start a briefing from a discussion."""
    made = issuing().start(reference, current_person(), set(request.form.getlist("cross")))
    return redirect(url_for("forms.record", reference=made), 303)


def _approve_page(reference: str, problem: str = "", status: int = 200) -> Any:
    found = look(reference)
    if found.kind is not BRIEFING:
        raise Refusal("Only a briefing is approved; a discussion is confirmed on its read-back page.")
    needs = needs_of(found, desk().findings(found))
    return render_template(
        "approve.html",
        record=found,
        document=found.document,
        needs=needs,
        blocks=[one for one in needs if one.finding.level is Level.BLOCK and one.finding.rule != "IIM-HDR-04"],
        managers=[one for one in found.document.professionals or () if one.manager and one.name],
        name_of=name_of,
        problem=problem,
    ), status


@bp.get("/records/<path:reference>/approve")
@allowed(Deed.SEE)
def approval(reference: str) -> Any:
    """Show what a supervisor approves."""
    return _approve_page(reference)


@bp.post("/records/<path:reference>/approve")
@allowed(Deed.APPROVE)
def approve(reference: str) -> Any:
    """Approve the text that was shown."""
    try:
        issuing().approve(
            reference,
            request.form.get("professional", ""),
            request.form.get("typed_name", ""),
            request.form.get("content_sha256", ""),
            current_person(),
        )
    except Refusal as refused:
        return _approve_page(reference, str(refused), 422)
    return redirect(url_for("forms.record", reference=reference), 303)


@bp.post("/records/<path:reference>/issue")
@allowed(Deed.ISSUE)
def issue(reference: str) -> Any:
    """Issue an approved briefing."""
    issuing().issue(reference, current_person())
    return redirect(url_for("forms.record", reference=reference), 303)


@bp.post("/records/<path:reference>/born")
@allowed(Deed.RECORD)
def born(reference: str) -> Any:
    """Note that an unborn subject was born."""
    try:
        born_on: date = read_date(request.form.get("born_on", ""), desk().now().date())
    except Unreadable as problem:
        raise Refusal(str(problem)) from None
    issuing().born(reference, request.form.get("child", ""), born_on.isoformat(), current_person())
    return redirect(url_for("forms.record", reference=reference), 303)
