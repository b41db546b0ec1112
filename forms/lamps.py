"""How a record stands, at a glance: the state of each step, the clocks, and the lamps of the side panel."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import url_for

from forms.asking import called, name_of
from forms.blueprint import desk, spell_instant, spell_short_day
from forms.needed import CHILDREN_STEP, Need, needs_of
from meetings.calendar import spell_duration
from meetings.documents import Briefing, Discussion
from meetings.facts import ChildDates, clocks, dates_of, is_quorate, managers, missing_groups
from meetings.guides import Block, Step, steps_for
from meetings.record import Record
from meetings.rules import Level
from meetings.rules.briefing.known import size_of_card
from meetings.rules.information import silent_agencies
from meetings.vocabulary import Agency

NOT_ASKED = "Not asked for this discussion"


def states_of(record: Record, needs: list[Need]) -> dict[str, str]:
    """Return the state of each step in words."""
    states = {}
    for step in steps_for(record.document):
        still = sum(1 for need in needs if need.step is step and need.finding.level is Level.BLOCK)
        begun = any(is_begun(record, block) for block in step.blocks)
        if still and begun:
            states[step.key] = f"{still} still needed"
        elif begun:
            states[step.key] = "Complete"
        else:
            states[step.key] = "Not started" if step.is_called(record.document) else NOT_ASKED
    return states


def is_begun(record: Record, block: Block) -> bool:
    """Whether anything is recorded in a block."""
    if block.is_list:
        return bool(record.rows(block.part)) or block.part in record.asked
    part = record.section(block.part)
    return part is not None and any(
        path.split("/")[0] in part.body or path in part.unread for path in block.paths() if path != "tier"
    )


def clocks_of(record: Record) -> list[tuple[list[str], ChildDates]]:
    """Return the dates of the children whom the discussion decides about; children whose dates are the same, together.

    Each with the names of the children.
    """
    document = record.document
    if not isinstance(document, Discussion):
        return []
    found: dict[tuple[Any, ...], tuple[list[str], ChildDates]] = {}
    for child in document.subjects:
        dates = dates_of(child, document, record.profile, record.discussions)
        names, _ = found.setdefault(dates.days, ([], dates))
        names.append(called(child, document))
    return list(found.values())


def running(record: Record) -> list[tuple[str, str, str]]:
    """Return the clocks that run besides those of each child: what, whose, and how long is left."""
    now = desk().now()
    if isinstance(record.document, Briefing):
        validity = record.document.validity
        named = (
            ("Complete the rest", validity.urgent.complete_by),
            ("Assess the risk again", record.document.risk_assessment.next_at),
            ("Review", validity.review_at),
            ("In force until", validity.until),
        )
        return [(what, "", _time_left(at, at - now)) for what, at in named if at is not None]
    found = []
    for clock in clocks(record.document, record.profile):
        left = clock.left(now)
        if clock.due_at is None or left is None:
            how = f"by {spell_short_day(clock.due_on)}" if clock.due_on else ""
        else:
            how = _time_left(clock.due_at, left)
        found.append((clock.what, name_of(record.document, clock.child), how))
    return found


def _time_left(at: datetime, left: timedelta) -> str:
    if left < timedelta(0):
        return f"over since {spell_instant(at)}"
    # Time left is rounded down to the minute. Source: contract, text, time, numbers.
    minutes = timedelta(minutes=left // timedelta(minutes=1))
    return f"{spell_instant(at)}: {f'{spell_duration(minutes)} left' if minutes else 'now'}"


# ── The side panel ───────────────────────────────────────────────────────────────────────────────────────────────


def panel_of_page(record: Record, step: Step) -> dict[str, Any]:
    """Return what the side panel of a page shows: what is still needed, this step first; the lamps; the clocks."""
    needs = needs_of(record, desk().findings(record))
    return {
        "record": record,
        "step": step,
        "needs": needs,
        "panel": panel_of(record, needs),
        "dates": clocks_of(record),
        "running": running(record),
    }


def panel_of(record: Record, needs: list[Need]) -> list[tuple[str, str, str]]:
    """Return the lamps at the side: what, how it stands, and where it is put right."""
    document = record.document
    if isinstance(document, Briefing):
        return _panel_of_briefing(record, document)
    people_step = url_for("forms.step", reference=record.reference, key="people", _anchor="list:professionals")
    attended = document.attended()
    undecided = [
        one for one in document.subjects if (out := document.outcome_of(one.id)) is None or not out.decision.confirmed
    ]
    lacking = [
        row
        for row, one in zip(record.rows("actions"), document.actions or (), strict=True)
        if one.owner is None or not (one.deadline.due_at or one.deadline.event)
    ]
    groups = missing_groups(document, record.profile["quorum_agencies"])
    quorum = (
        "yes" if is_quorate(document, record.profile) else "no: " + ", ".join(Agency.of(one[0]).label for one in groups)
    )
    names = ", ".join(sorted({one.agency.label for one in managers(document, record.profile) if one.agency}))
    agencies = len({one.agency for one in attended})
    where = {"reference": record.reference}
    first = {}
    if lacking:
        asked = "deadline/due_at" if lacking[0].body.get("owner") else "owner"
        first = {"open": lacking[0].id, "_anchor": f"{lacking[0].id}:{asked}"}
    to_decide = url_for("forms.step", **where, key=CHILDREN_STEP)
    if undecided:
        to_decide = url_for("forms.child", **where, child=undecided[0].id, _anchor="outcomes:decision/code")
    return [
        ("Here", f"{len(attended)} people, {agencies} agencies", people_step),
        ("Quorum", quorum, people_step),
        ("Managers", names or "none", people_step),
        (
            "Children undecided",
            f"{len(undecided)} of {len(document.subjects)}",
            to_decide,
        ),
        ("Actions lacking owner or time", str(len(lacking)), url_for("forms.step", **where, key="actions", **first)),
        (
            "Agencies silent",
            ", ".join(sorted(one.label for one in silent_agencies(document))) or "none",
            url_for("forms.step", **where, key="information", _anchor="list:information/lines"),
        ),
        (
            "Dissent",
            "asked" if document.dissent.asked_of_all else "not asked yet",
            url_for("forms.step", **where, key="closing", _anchor="dissent:asked_of_all"),
        ),
    ]


def _panel_of_briefing(record: Record, document: Briefing) -> list[tuple[str, str, str]]:
    def at(key: str) -> str:
        return url_for("forms.step", reference=record.reference, key=key)

    lines, words = size_of_card(document.officer_card)
    most = record.profile
    lacking = [
        one for one in document.actions or () if one.owner is None or not (one.deadline.due_at or one.deadline.event)
    ]
    no_marker = [one for one in [*(document.children or ()), *(document.adults or ())] if one.markers is None]
    return [
        (
            "Officer card",
            f"{lines} of {most['officer_card_lines']} lines, {words} of {most['officer_card_words']} words",
            at("intention"),
        ),
        ("Markers not asked", str(len(no_marker)), at("people")),
        ("Actions lacking owner or time", str(len(lacking)), at("method")),
        ("Numbers to call first", str(len(document.communications.call_first or ())), at("communications")),
        ("Recipients", str(len(document.circulation or ())), at("recipients")),
    ]
