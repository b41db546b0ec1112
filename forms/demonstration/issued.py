"""The briefing of the demonstration: written, approved and issued by the moves that people make, at the present time.

What it says stands beside this as a document, with times as they would be had it been written at its `recorded_at`.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

from forms.demonstration import PEOPLE
from meetings.answers import Answer
from meetings.calendar import local
from meetings.desk import Desk, administrator
from meetings.documents import BRIEFING
from meetings.finding import wanted
from meetings.issuing import Issuing
from meetings.need_to_know import asker_of
from meetings.parts import Json, layout_of, value_at
from meetings.people import Account
from meetings.profiles import DEFAULT_PROFILE

TEXT = Path(__file__).parent / "briefing.json"
AUTHOR, APPROVER = "pclo", "sergeant"
KNOWN_BY = "NM-MP-9003"
"""The missing person report it is about: by this it is found again."""
APPROVED_BY = "p2"
"""Local id of the approver in its text."""

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_STANDS = frozenset({"born_on"})
"""Days that do not move with the clock."""
_PUT_AT_THE_START = frozenset({"provenance"})


def moved(value: Any, written_at: datetime, now: datetime, name: str = "") -> Any:
    """Return a value of the document as if it were written now: times and days are as far from now as they were.

    >>> evening, noon = (datetime.fromisoformat(f"2026-11-{at}:00+00:00") for at in ("25T21:30", "26T12:00"))
    >>> moved({"on": "2026-11-24", "at": "2026-11-25T21:00:00+00:00", "born_on": "2023-05-30"}, evening, noon)
    {'on': '2026-11-25', 'at': '2026-11-26T11:30:00+00:00', 'born_on': '2023-05-30'}
    """
    if isinstance(value, dict):
        return {inner: moved(one, written_at, now, inner) for inner, one in value.items()}
    if isinstance(value, list):
        return [moved(one, written_at, now, name) for one in value]
    if not isinstance(value, str) or name in _STANDS:
        return value
    if _INSTANT.fullmatch(value):
        return local(datetime.fromisoformat(value) + (now - written_at)).isoformat(timespec="seconds")
    if _DAY.fullmatch(value):
        return (date.fromisoformat(value) + (now.date() - written_at.date())).isoformat()
    return value


def issue_briefing(desk: Desk) -> str:
    """Let there be a briefing that officers find: write, approve and issue it, unless one is in force; say which."""
    listed = desk.store.find_issued(wanted(KNOWN_BY), desk.now(), asker_of(administrator()))
    live = [one for one in listed if not one.withdrawn and one.until >= desk.now()]
    if live:
        return f"{live[0].reference} in force"
    author, approver = (next(one for one in PEOPLE if one.login == login) for login in (AUTHOR, APPROVER))
    issuing = Issuing(desk)
    reference = issuing.start_alone(author, DEFAULT_PROFILE)
    document = json.loads(TEXT.read_text(encoding="utf-8"))
    written_at = datetime.fromisoformat(document["provenance"]["recorded_at"])
    _write(desk, reference, moved(document, written_at, desk.now()), author)
    record = desk.look(reference, approver)
    name = record.document.professional(APPROVED_BY).name
    issuing.approve(reference, APPROVED_BY, name, record.content_sha256, approver, open_version_read=True)
    issuing.issue(reference, author)
    return f"{reference} issued"


def _write(desk: Desk, reference: str, document: Json, author: Account) -> None:
    """Put what the document says in the record, part by part; the author is in it already."""
    layout = layout_of(BRIEFING)
    pairs, asked = layout.take_apart(document)
    mine = next(one for one in desk.look(reference, author).rows("professionals"))
    for name, body in pairs:
        if name in _PUT_AT_THE_START:
            continue
        part = name
        if name in layout.lists:
            is_mine = name == "professionals" and body["name"] == mine.body["name"]
            part = mine.id if is_mine else desk.add_row(reference, name, author).id
        known = layout.answers_of(name)
        answers = {path: Answer(value_at(body, path)) for path in known if value_at(body, path) is not None}
        desk.answer(reference, part, answers, author)
    for name in asked:
        desk.ask_none(reference, name, none=True, by=author)
