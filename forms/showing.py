"""What a page of the guided form shows: its blocks, what is still needed with links, the lamps and the clocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from flask import request, session, url_for

from forms.asking import PartForm, name_of
from forms.blueprint import bp, desk, spell_instant, spell_short_day
from forms.fields import Room
from forms.keeping import NEVER_ADDED, TOP_OF_CHILD, Posted, keys_of
from meetings.briefing_facts import band
from meetings.calendar import spell_duration
from meetings.contract import build, codes
from meetings.documents import BRIEFING, Briefing, Discussion, DocumentKind
from meetings.drafts import NoSuchPart, new_row
from meetings.facts import ChildDates, clocks, dates_of, is_quorate, managers, missing_groups
from meetings.guides import GUIDES, Block, Step, step_of, steps_for
from meetings.guides import step as step_of_key
from meetings.openings import Opening
from meetings.parts import Layout, Part
from meetings.record import Record
from meetings.rules import CATALOGUE, Finding, Level
from meetings.rules.briefing.known import size_of_card
from meetings.rules.information import silent_agencies
from meetings.vocabulary import Agency, Article, Audience, Code, LineKind, Presence, ReferenceKind, Tell

CHILDREN_STEP = "decisions"
"""The step that has a page for each child."""
OPEN_UP_TO = 1
"""Rows of a list that stand open without being asked to."""
LONG_LIST = 20
"""A list of more rows comes as a line for each row; the fields come with those that are opened."""


# ── What is still needed, with links ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Need:
    """A finding as a page shows it: with the step it is on and links to its places."""

    finding: Finding
    step: Step
    links: list[tuple[str, str]]

    @property
    def address(self) -> str:
        """Where the first place is."""
        return self.links[0][1]


LEVELS = (
    (Level.BLOCK, "Still needed before it can be final"),
    (Level.WARN, "To think about"),
    (Level.EXCEPTED, "Passed over by a manager"),
    (Level.INFO, "Good to know"),
)
"""The levels of what is still needed, in the order and the words in which pages show them."""


@bp.app_template_global()
def by_level(needs: Iterable[Need], first: Step | None = None) -> list[tuple[str, str, list[Need]]]:
    """Return what is needed, level by level with the words for each; what is on that step comes first."""
    mine: dict[Level, tuple[list[Need], list[Need]]] = {level: ([], []) for level, _ in LEVELS}
    for need in needs:
        here, elsewhere = mine[need.finding.level]
        (here if need.step is first else elsewhere).append(need)
    return [(str(level), words, [*mine[level][0], *mine[level][1]]) for level, words in LEVELS if any(mine[level])]


@bp.app_template_filter("blocks")
def blocks(needs: Iterable[Need]) -> int:
    """Return how many of the needs stop a record."""
    return sum(one.finding.level is Level.BLOCK for one in needs)


def needs_of(record: Record, findings: Iterable[Finding]) -> list[Need]:
    """Return the findings of a record with links to their fields."""
    found = []
    for finding in findings:
        links = [link_to(record, pointer) for pointer in finding.places]
        found.append(Need(finding, _step_of(record, finding.places[0]), links))
    return found


def _step_of(record: Record, pointer: str) -> Step:
    if pointer.strip("/").split("/")[0] == "signoff":
        return GUIDES[record.kind][-1]
    address = record.address_of(pointer)
    return step_of(record.kind, address.part, address.path)


@lru_cache(maxsize=1024)
def _first_path(layout: Layout, part: str, path: str) -> str:
    known = [one for one, asked in layout.answers_of(part).items() if asked.asked]
    if path in known:
        return path
    return next((one for one in known if one.startswith(f"{path}/") or not path), "")


@cache
def _block_of(kind: DocumentKind, part: str) -> Block | None:
    return next((one for step in GUIDES[kind] for one in step.blocks if one.part == part), None)


def _also(record: Record, part: str) -> dict[str, str]:
    """Return what a link says so that a block is shown that this discussion does not call for."""
    block = _block_of(record.kind, part)
    return {"also": part} if block is not None and block.opening and not block.is_called(record.document) else {}


def link_to(record: Record, pointer: str) -> tuple[str, str]:
    """Return words for a place of the record, and where its field is."""
    if pointer.strip("/").split("/")[0] == "signoff":
        if record.kind is BRIEFING:
            return "Read and approve", url_for("forms.approval", reference=record.reference)
        return "Read back and confirm", url_for("forms.read_back", reference=record.reference)
    address = record.address_of(pointer)
    step = step_of(record.kind, address.part, address.path)
    where: dict[str, Any] = {"reference": record.reference, "key": step.key, **_also(record, address.part)}
    if address.part in record.layout.lists:
        list_label = record.layout.question_of_list(address.part).question.label
        row = record.part(address.part_id) if address.part_id else None
        if address.part == "outcomes":
            return _link_to_child(record, row, address.path)
        if row is None:
            return list_label, url_for("forms.step", **where, _anchor=f"list:{address.part}")
        path = _first_path(record.layout, address.part, address.path)
        label = record.layout.answers_of(address.part)[path].question.label if path else list_label
        anchor = f"{row.id}:{path}"
        return f"{row_title(record, row)}: {label}", url_for("forms.step", **where, open=row.id, _anchor=anchor)
    path = _first_path(record.layout, address.part, address.path)
    key = address.part
    label = record.layout.answers_of(address.part)[path].question.label if path else step.title
    return label, url_for("forms.step", **where, _anchor=f"{key}:{path}")


def _link_to_child(record: Record, row: Part | None, path: str) -> tuple[str, str]:
    if row is None:
        decided = {one.body.get("child") for one in record.rows("outcomes")}
        child = next((one for one in record.document.subjects if one.id not in decided), None)
        if child is None:
            return "Each child", url_for("forms.step", reference=record.reference, key=CHILDREN_STEP)
        where = url_for("forms.child", reference=record.reference, child=child.id)
        return f"{child.name or child.id}: nothing recorded yet", where
    child_id = row.body["child"]
    known = _first_path(record.layout, "outcomes", path)
    label = record.layout.answers_of("outcomes")[known].question.label if known else "Decision"
    anchor = f"{TOP_OF_CHILD}:{known}"
    where = url_for("forms.child", reference=record.reference, child=child_id, _anchor=anchor)
    return f"{name_of(record.document, child_id)}: {label}", where


def row_title(record: Record, row: Part) -> str:
    """Return the one line that stands for a closed row: enough to find it among many without opening it."""
    body = row.body
    match row.name:
        case "actions":
            owner = name_of(record.document, body.get("owner"))
            number = body.get("ref", "").rpartition("-")[2]
            return " ".join(filter(None, [number, body.get("text", ""), f"({owner})" if owner else ""])) or NEW_ROW
        case "information/lines":
            said = body.get("text") or (LineKind.of(body["kind"]).label if body.get("kind") else "")
            return ": ".join(filter(None, [_label(Agency, body.get("agency")), said])) or NEW_ROW
        case "professionals":
            who = ", ".join(dict.fromkeys(filter(None, [body.get("name", ""), body.get("role", "")])))
            took = _label(Presence, body.get("presence"))
            return " · ".join(filter(None, [who, _label(Agency, body.get("agency")), took])) or NEW_ROW
        case "adults":
            return ", ".join(filter(None, [body.get("name", ""), body.get("relation", "")])) or NEW_ROW
        case "telling":
            told = _label(Tell, body.get("tell"))
            return ": ".join(filter(None, [name_of(record.document, body.get("adult")), told])) or NEW_ROW
        case "circulation":
            copy = _label(Audience, body.get("audience"))
            return ": ".join(filter(None, [name_of(record.document, body.get("to")), copy])) or NEW_ROW
        case "links":
            kind = _label(ReferenceKind, body.get("kind"))
            return ": ".join(filter(None, [kind, body.get("value", "")])) or NEW_ROW
        case "information/vehicles":
            return " ".join(filter(None, (body.get("registration", ""), body.get("text", "")))) or NEW_ROW
        case "information/phones":
            return (
                ": ".join(filter(None, (name_of(record.document, body.get("of")), body.get("number", "")))) or NEW_ROW
            )
        case "method/powers":
            return ", ".join(filter(None, (body.get("provision", ""), body.get("instrument", "")))) or NEW_ROW
        case "risk_assessment/risks":
            return " · ".join(filter(None, (body.get("threat", ""), _score_words(body)))) or NEW_ROW
        case "communications/call_first":
            return ": ".join(filter(None, (body.get("who", ""), body.get("number", "")))) or NEW_ROW
        case "communications/other_forces":
            return body.get("organisation") or NEW_ROW
        case "human_rights/articles":
            return ": ".join(filter(None, (_label(Article, body.get("article")), body.get("whose", "")))) or NEW_ROW
        case "exceptions":
            rule = CATALOGUE.get(body["rule"])
            return f"{body['rule']}{f': {rule.says}' if rule else ''}"
    for name in ("name", "label", "ref", "text"):
        if body.get(name):
            return str(body[name])
    named = next((body[name] for name in ("by", "child", "person") if body.get(name)), None)
    return name_of(record.document, named) or NEW_ROW


def _score_words(body: dict[str, Any]) -> str:
    score = body.get("score")
    return f"{score} {band(score)}" if score else ""


NEW_ROW = "New, nothing recorded yet"
BLANK = "blank-row"
"""Stands for the id of a row that a page holds ready."""


def _label(vocabulary: type[Code], code: str | None) -> str:
    """Return what people call a code, or nothing where none is chosen."""
    return codes(vocabulary)[code].label if code in codes(vocabulary) else ""


# ── The state of a record ────────────────────────────────────────────────────────────────────────────────────────


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
        names.append(child.name or child.id)
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


# ── The blocks of a page ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class ShownRow:
    """One row of a list on a page."""

    part: Part
    title: str
    form: PartForm
    open: bool

    @property
    def is_line(self) -> bool:
        """Whether the row comes without its fields: nothing of it is posted with the page, so nothing is touched."""
        return not self.form.fields


@dataclass
class ShownBlock:
    """One block of a step on a page: a form, or rows with a form each."""

    block: Block
    label: str
    form: PartForm | None = None
    rows: list[ShownRow] = field(default_factory=list)
    none: str = ""
    said_none: bool = False
    opening: Opening | None = None
    closed: bool = False

    @property
    def add_label(self) -> str:
        """Words of the button that adds a row."""
        return ADD_WORDS.get(self.block.part, "Add another")


ADD_WORDS = {
    "children": "Add a child",
    "adults": "Add an adult",
    "professionals": "Add a person",
    "places": "Add a place",
    "links": "Add a reference",
    "conflicts/entries": "Add a conflict of interest",
    "information/lines": "Add a line",
    "missing/episodes": "Add an episode",
    "police_protection": "Add a use of police protection",
    "telling": "Add a parent or carer",
    "earlier_actions": "Add an earlier action",
    "actions": "Add an action",
    "dissent/entries": "Add a dissent",
    "information/vehicles": "Add a vehicle",
    "information/phones": "Add a telephone",
    "information/chronology": "Add an event",
    "method/powers": "Add a power",
    "risk_assessment/risks": "Add a risk",
    "communications/call_first": "Add a number",
    "communications/other_forces": "Add a force",
    "human_rights/articles": "Add an article",
    "circulation": "Add a reader",
    "exceptions": "Pass over a rule",
}


def show_blocks(record: Record, blocks: Iterable[Block], room: Room, posted: Posted | None = None) -> list[ShownBlock]:
    """Return the blocks of a page as it is shown; after a clash, with what was typed.

    A block that this discussion does not call for is closed, unless something is recorded in it or it was asked for.
    """
    opened, also = set(request.args.getlist("open")), set(request.args.getlist("also"))
    formdata = request.form if posted and not posted.is_kept else None
    keys = keys_of(formdata or ())
    in_hand = opened.union(keys_of(request.form))
    left_out = posted.left_out if posted else session.pop("left_out", {}) if "left_out" in session else {}
    shown = []
    for block in blocks:
        called = block.is_called(record.document)
        one = ShownBlock(block, record.layout.label_of(block.part))
        one.opening = block.opening if called else None
        typed = any(key == block.part or _part_name(record, key) == block.part for key in keys)
        one.closed = not (called or is_begun(record, block) or block.part in also or typed)
        shown.append(one)
        if one.closed:
            continue
        if block.is_list:
            one.none, one.said_none = (
                record.layout.question_of_list(block.part).question.none,
                block.part in record.asked,
            )
            rows = record.rows(block.part)
            is_long = len(rows) > LONG_LIST
            for row, held in zip(rows, objects_of(record, block.part), strict=True):
                if is_long and row.id not in in_hand and not row.unread:
                    one.rows.append(
                        ShownRow(row, row_title(record, row), PartForm(row.name, row, (), room), open=False)
                    )
                    continue
                form = PartForm(row.name, row, block.paths(), room, formdata=formdata if row.id in keys else None)
                dress(form, posted, left_out, block.called(record.document, held))
                is_open = len(rows) <= OPEN_UP_TO or row.id in (in_hand if is_long else opened) or form.has_problem
                one.rows.append(ShownRow(row, row_title(record, row), form, is_open))
        else:
            part = record.section(block.part)
            given = formdata if block.part in keys else None
            one.form = PartForm(block.part, part, block.paths(), room, formdata=given)
            held = record.document if block.part == record.layout.top else getattr(record.document, block.part)
            called_here = block.called(record.document, held) if held is not None else {}
            dress(one.form, posted, left_out, called_here)
    return shown


def _part_name(record: Record, key: str) -> str | None:
    part = record.part(key)
    return part.name if part else None


def open_rows(record: Record, keys: Iterable[str]) -> dict[str, list[str]]:
    """Return which rows of long lists, of those that came with a posted page, stand open on the next one."""
    rows = [part for key in keys if (part := record.part(key)) is not None and part.name in record.layout.lists]
    found = [row.id for row in rows if len(record.rows(row.name)) > LONG_LIST][:LONG_LIST]  # an address has an end
    return {"open": found} if found else {}


def objects_of(record: Record, part: str) -> list[Any]:
    """Return the rows of a list as objects of the document, in order."""
    found: Any = record.document
    for name in part.split("/"):
        found = getattr(found, name)
    return found or []


def dress(
    form: PartForm, posted: Posted | None, left_out: Mapping[str, int], called: Mapping[str, tuple[Opening, bool]]
) -> None:
    """Put beside each field what has to be said of it."""
    for one in form.every_field() if left_out else ():
        one.left_out = left_out.get(one.name, 0)
    form.look()
    for one in form:
        if one.path in called:
            one.opening, one.is_called = called[one.path]
        theirs = posted.clashes.get((form.key, one.path)) if posted else None
        if theirs is not None:
            words = one.spell(theirs.answer)
            one.theirs = f"{theirs.who} wrote: ‘{words}’." if words else f"{theirs.who} emptied this."


def blank_row(record: Record, step: Step, part: str, room: Room) -> ShownRow:
    """Return a new row of a list as a step shows it, which is not kept yet. Raises NoSuchPart."""
    block = next((one for one in step.blocks if one.part == part and one.is_list), None)
    if block is None or part in NEVER_ADDED:
        raise NoSuchPart("No row is added to that here.")
    row = new_row(record.kept, part, {})
    row.id = BLANK
    form = PartForm(part, row, block.paths(), room)
    dress(form, None, {}, block.called(record.document, build(record.layout.shape_of(part), row.body)))
    return ShownRow(row, NEW_ROW, form, open=True)


# ── The side panel ───────────────────────────────────────────────────────────────────────────────────────────────


def step_named(record: Record, key: str) -> Step:
    """Return the step of that key. Raises NoSuchPart."""
    try:
        return step_of_key(record.kind, key)
    except KeyError:
        raise NoSuchPart(f"There is no step ‘{key}’.") from None


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
