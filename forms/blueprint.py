"""The blueprint of the guided form, how its pages spell a time, and how they reach the desk. No page is here."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from flask import Blueprint, current_app

from forms.entry import current_person
from forms.reading import show_duration
from meetings.calendar import local
from meetings.desk import Desk, NoSuchPart
from meetings.documents import DISCUSSION
from meetings.issuing import Issuing
from meetings.record import Record

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


def look(reference: str) -> Record:
    """Return a record for the person signed in."""
    return desk().look(reference, current_person())


def look_at_discussion(reference: str) -> Record:
    """Return a strategy discussion for the person signed in. Raises NoSuchPart: a briefing has no such page."""
    found = look(reference)
    if found.kind is not DISCUSSION:
        raise NoSuchPart(f"{found.reference} is a briefing: it has no such page. A supervisor reads and approves it.")
    return found
