"""The blueprint of the guided form, how its pages spell a time, and how they reach the desk. No page is here."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from flask import Blueprint, current_app, g, request, session, url_for

from forms.entry import current_person
from forms.fields import WHY_LEFT_OUT, spell_left_out
from forms.reading import clean, show_duration
from meetings.calendar import local
from meetings.desk import Desk, NoSuchPart
from meetings.documents import DISCUSSION
from meetings.issuing import Issuing
from meetings.officers import Pages
from meetings.post import Post
from meetings.record import Record
from meetings.signing import Signing
from meetings.versions import Versions

bp = Blueprint("forms", __name__)


@bp.app_template_filter("when")
def spell_instant(moment: datetime) -> str:
    """Return an instant as people read it, on a British clock: 26 November 2026, 11:00."""
    shown = local(moment)
    return f"{shown.day} {shown:%B %Y, %H:%M}"


@bp.app_template_filter("day")
def spell_day(day: date) -> str:
    """Return a day as people read it: Thursday 26 November 2026."""
    return f"{day:%A} {day.day} {day:%B %Y}"


@bp.app_template_filter("short_day")
@lru_cache(maxsize=512)
def spell_short_day(day: date) -> str:
    """Return a day as a narrow column holds it: Thu 26 Nov 2026."""
    return f"{day:%a} {day.day} {day:%b %Y}"


@bp.app_template_filter("short_instant")
def spell_short_instant(moment: datetime) -> str:
    """Return an instant as a telephone holds it: Tue 23 Sep 17:00."""
    shown = local(moment)
    return f"{shown:%a} {shown.day} {shown:%b %H:%M}"


@bp.app_template_filter("length_of_time")
def spell_length(duration: str) -> str:
    """Return an ISO 8601 duration in words."""
    return show_duration(duration)


@bp.app_template_filter("marking")
def spell_marking(record: Record) -> str:
    """Return the protective marking of a record as it stands on its pages."""
    marking = record.document.marking
    words = f"{marking.tier or 'OFFICIAL'}{'-SENSITIVE' if marking.sensitive else ''}"
    return f"{words} {marking.descriptor}" if marking.descriptor else words


def desk() -> Desk:
    """Return the desk of this app."""
    found: Desk = current_app.extensions["accord"]
    return found


def issuing() -> Issuing:
    """Return what is done with briefings, at the desk of this app."""
    return Issuing(desk())


def signing() -> Signing:
    """Return what is done under final texts, at the desk of this app."""
    return Signing(desk())


def versions() -> Versions:
    """Return what makes new versions, at the desk of this app."""
    return Versions(desk())


def post() -> Post:
    """Return what sends the letters of this app."""
    found: Post = current_app.extensions["accord-post"]
    return found


def look(reference: str, version: int | None = None) -> Record:
    """Return a record, or one version of it, for the person signed in."""
    return desk().look(reference, current_person(), version)


def look_at_discussion(reference: str) -> Record:
    """Return a strategy discussion for the person signed in. Raises NoSuchPart: a briefing has no such page."""
    found = look(reference)
    if found.kind is not DISCUSSION:
        raise NoSuchPart(f"{found.reference} is a briefing: it has no such page. A supervisor reads and approves it.")
    return found


def typed(name: str) -> str:
    """Return a text that was posted, as it is kept; what no record can hold is left out, and the next page says so."""
    cleaned = clean(request.form.get(name, ""))
    g.left_out = g.get("left_out", 0) + cleaned.left_out
    return cleaned.text


def say(words: str) -> None:
    """Let the next page say this, and what had to be left out of what was typed."""
    left_out = g.get("left_out", 0)
    session["said"] = words + (f" {spell_left_out(left_out)}: {WHY_LEFT_OUT}." if left_out else "")


def heard() -> str:
    """Return what the last page had to say, once."""
    return session.pop("said", "") if "said" in session else ""


@bp.app_context_processor
def _for_templates() -> dict[str, Any]:
    return {"heard": heard}


def address_of(endpoint: str, **values: str) -> str:
    """Return the address of a page as a letter names it: under the address that is set, or the one in use now."""
    site = current_app.config["ADDRESS"]
    return f"{site}{url_for(endpoint, **values)}" if site else url_for(endpoint, **values, _external=True)


def pages_of(reference: str) -> Pages:
    """Return the addresses that letters about a briefing lead to."""
    record = address_of("forms.record", reference=reference)
    return Pages(officer=address_of("forms.officer", reference=reference), record=record)
