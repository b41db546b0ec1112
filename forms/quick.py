"""Taking a quick line: the JSON door and the page for it, and the people of earlier meetings who are offered.

How a line is understood is in `quick_line.py`; only what was shown can be taken, and all of a line in one transaction.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from flask import jsonify, redirect, render_template, request, session, url_for

from forms.blueprint import bp, desk, look
from forms.entry import current_person, wants_data
from forms.quick_line import LONGEST_LINE, TIMES, read_line, verbs_for
from forms.understanding import Understanding, nobody_met
from meetings.acquaintances import Acquaintance
from meetings.adding import ROW_ID, Added, Adding, Wanted
from meetings.contract import Refused, read_json
from meetings.desk import NoSuchPart, Refusal
from meetings.guides import GUIDES, step_of
from meetings.parts import Json
from meetings.people import Deed, NotAllowed, allowed, require
from meetings.record import Record
from meetings.seal import canonical
from meetings.store import NoSuchMeeting

LONGEST_REQUEST = 20_000
"""Bytes of a request with one line in it."""
SHOWN_FOR = timedelta(hours=1)
"""How long an understanding that was shown may be taken; after that the line is read anew."""


class NotAsShown(Exception):
    """A line is no longer understood as it was shown; nothing was kept."""

    def __init__(self, now_understood: Understanding) -> None:
        """Carry how it is understood now."""
        super().__init__(now_understood.says)
        self.understood = now_understood


class BadRequest(Exception):
    """What was sent is not what this door takes."""

    def __init__(self, status: int, says: str) -> None:
        """Carry the status and the sentence."""
        super().__init__(says)
        self.status = status


# ── Reading and taking ───────────────────────────────────────────────────────────────────────────────────────────


def people_met(query: str) -> Sequence[Acquaintance]:
    """Return the professionals of earlier meetings whose names begin so."""
    return desk().store.people_met(query)


def understand(line: str, record: Record, at: datetime, *, offer: bool = True) -> Understanding:
    """Return how a line is understood; under a record's lock nobody of earlier meetings is offered."""
    return read_line(line, record, at, people_met if offer else nobody_met, current_person().name)


def mark_of(understood: Understanding, at: datetime) -> str | None:
    """Return what names an understanding that was shown, with the moment at which it was read."""
    if not understood.is_ready:
        return None
    sha256 = hashlib.sha256(canonical(understood.as_json)).hexdigest()[:32]
    return f"{at.isoformat(timespec='seconds')} {sha256}"


def _moment_of(mark: str | None, now: datetime) -> datetime | None:
    """Return the moment at which a line was read that was shown with that mark, if it is not long ago."""
    try:
        at = datetime.fromisoformat((mark or "").partition(" ")[0])
        return at if abs(now - at) <= SHOWN_FOR else None
    except (TypeError, ValueError, OverflowError):
        return None


def take(reference: str, line: str, mark: str | None, row_id: str | None) -> Added:
    """Add what a line says, if it is still understood as it was shown with that mark.

    The line is read twice under the record's lock: as of now, so that nothing is taken that would be asked by now; and
    as of the moment at which it was shown, so that “in 4 hours” is the time that was read out. Raises NotAsShown.
    """
    now = desk().now()

    def decide(record: Record) -> list[Wanted]:
        anew = understand(line, record, now, offer=False)
        at = _moment_of(mark, now)
        shown = understand(line, record, at, offer=False) if at else anew
        if not anew.is_ready or at is None or mark_of(shown, at) != mark:
            raise NotAsShown(anew)
        return [Wanted(one.part, one.answers, one.child, is_row=one.is_row) for one in shown.changes]

    return Adding(desk()).add(reference, current_person(), decide, row_id)


def _draft(reference: str) -> Record:
    found = look(reference)
    require(current_person(), Deed.RECORD, found.status)
    return found


def place_of(record: Record, added: Added) -> str:
    """Return where on the pages it went."""
    where: Json = {"reference": record.reference}
    if added.part == "outcomes":
        return url_for("forms.child", **where, child=added.child)
    step = step_of(record.kind, added.part)
    if added.part in record.layout.lists:
        return url_for("forms.step", **where, key=step.key, open=added.id, _anchor=f"row:{added.id}")
    return url_for("forms.step", **where, key=step.key)


# ── The JSON door ────────────────────────────────────────────────────────────────────────────────────────────────


def _answer(record: Record, understood: Understanding, at: datetime, taken: Added | None = None) -> Json:
    answer: Json = {
        "says": understood.says,
        "asks": [asdict(one) for one in understood.asks],
        "offers": [asdict(one) for one in understood.offers],
        "unused": understood.unused,
        "mark": None if taken else mark_of(understood, at),
        "taken": {**asdict(taken), "url": place_of(record, taken)} if taken else None,
    }
    if understood.is_help:
        answer["help"] = [{"key": one.key, "adds": one.adds, "example": one.example} for one in verbs_for(record.kind)]
        answer["times"] = list(TIMES)
    return answer


def _refusal(says: str) -> Json:
    return {"says": says, "asks": [], "offers": [], "unused": "", "mark": None, "taken": None}


def _sent() -> Json:
    """Return what was sent, each value of its kind. Raises BadRequest."""
    if (request.content_length or 0) > LONGEST_REQUEST:
        raise BadRequest(413, f"A line has at most {LONGEST_LINE:,} characters. Type a longer text into its row.")
    try:
        sent = read_json(request.get_data())
    except Refused:
        raise BadRequest(400, "What was sent is not JSON that can be read.") from None
    if not isinstance(sent, dict) or not isinstance(sent.get("line"), str):
        raise BadRequest(400, "Send an object with the line, such as {“line”: “u Marsh”}.")
    for name, kind, words in (("take", bool, "true or false"), ("understood", str, "text"), ("id", str, "text")):
        if name in sent and sent[name] is not None and not isinstance(sent[name], kind):
            raise BadRequest(400, f"“{name}” must be {words}.")
    if sent.get("id") is not None and not ROW_ID.fullmatch(sent["id"]):
        raise BadRequest(400, "“id” must be a UUID in lower case.")
    return sent


@bp.post("/records/<path:reference>/quick")
@allowed(Deed.RECORD)
def quick(reference: str) -> Any:
    """Read one line, or take it: in JSON for the page's script, as a form without one."""
    if not wants_data() and not request.is_json:
        return _quick_form(reference)
    try:
        answer, status = _quick_json(reference)
    except BadRequest as bad:
        answer, status = _refusal(str(bad)), bad.status
    except NotAllowed as refused:
        answer, status = _refusal(refused.reason), 403
    except NoSuchMeeting as refused:
        answer, status = _refusal(str(refused)), 404
    except Refusal as refused:
        answer, status = _refusal(str(refused)), 409
    return jsonify(answer), status


def _quick_json(reference: str) -> tuple[Json, int]:
    sent = _sent()
    record = _draft(reference)
    now = desk().now()
    if not sent.get("take"):
        return _answer(record, understand(sent["line"], record, now), now), 200
    before = Adding(desk()).already(record, sent.get("id"))
    if before is not None:
        return _answer(record, Understanding("It was taken before."), now, before), 200
    try:
        added = take(reference, sent["line"], sent.get("understood"), sent.get("id"))
    except NotAsShown as moved:
        return _answer(record, moved.understood, now), 409
    said = understand(sent["line"], record, now, offer=False).says
    return _answer(look(reference), Understanding(said), now, added), 200


# ── The page, for those without a script ─────────────────────────────────────────────────────────────────────────


@bp.get("/records/<path:reference>/quick")
@allowed(Deed.RECORD)
def quick_help(reference: str) -> Any:
    """Show what a line may begin with, and a place to type one."""
    return _quick_page(_draft(reference), request.args.get("line", ""))


def _quick_page(record: Record, line: str, *, then: str = "", moved: bool = False, status: int = 200) -> Any:
    now = desk().now()
    understood = understand(line, record, now) if line.strip() else None
    return render_template(
        "quick.html",
        record=record,
        line=line,
        then=then,
        came_from=request.values.get("from", ""),
        understood=understood,
        moved=moved,
        mark=mark_of(understood, now) if understood else None,
        row_id=str(uuid.uuid4()),
        verbs=verbs_for(record.kind),
        times=TIMES,
    ), status


def _quick_form(reference: str) -> Any:
    record = _draft(reference)
    line, then = request.form.get("line", ""), request.form.get("then", "")
    if request.form.get("do") != "take":
        return _quick_page(record, line, then=then)
    row_id = request.form.get("id", "")
    if not ROW_ID.fullmatch(row_id):
        raise NoSuchPart("This page is damaged. Open the step again and type the line there.")
    added = Adding(desk()).already(record, row_id)
    if added is None:
        try:
            added = take(reference, line, request.form.get("understood"), row_id)
        except NotAsShown:
            return _quick_page(look(reference), line, then=then, moved=True, status=409)
    session["saved"] = f"Taken at {desk().now():%H:%M:%S}: {line.strip()}"
    record = look(reference)
    if then.strip():
        return _quick_page(record, then)
    return redirect(_way_back(record, added), 303)


def _way_back(record: Record, added: Added) -> str:
    """Return the row that was added, on its own step; or the step one came from, where that one shows it too."""
    came_from = request.form.get("from", "")
    step = next((one for one in GUIDES[record.kind] if one.key == came_from), None)
    if step is not None and added.part in record.layout.lists and any(one.part == added.part for one in step.blocks):
        where: Json = {"reference": record.reference, "key": step.key, "open": added.id}
        return url_for("forms.step", **where, _anchor=f"row:{added.id}")
    return place_of(record, added)


# ── People of earlier meetings ───────────────────────────────────────────────────────────────────────────────────


@bp.get("/people")
@allowed(Deed.RECORD)
def people() -> Any:
    """Offer the professionals and organisations of earlier meetings whose names begin as somebody typed."""
    query = request.args.get("q", "")[:LONGEST_LINE]
    store = desk().store
    return jsonify(
        {
            "people": [{**asdict(one), "agency_label": one.agency_label} for one in store.people_met(query)],
            "organisations": [
                {"organisation": one.organisation, "agency": one.agency, "agency_label": one.agency_label}
                for one in store.organisations_met(query)
            ],
        }
    )
