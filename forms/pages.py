"""The guided form: home, a record's task list, a page for each step and each child, read-back, finalising, history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for

from forms.asking import WAS, PartForm, name_of, room_of
from forms.entry import current_person
from forms.fields import SHOWN, Room, spell_left_out
from forms.reading import clean, show_duration
from meetings.calendar import local, spell_duration
from meetings.contract import codes
from meetings.desk import Answer, Desk, NoSuchPart, Refusal, StillNamed
from meetings.documents import Child
from meetings.facts import clocks, dates_of, is_quorate, managers, missing_groups
from meetings.guides import STEPS, Block, Step, step_of
from meetings.parts import Part, answers_of, lists, question_of_list, sections, value_at
from meetings.people import Deed, NotAllowed, allowed, audiences, may
from meetings.profiles import DEFAULT_PROFILE, profile, profile_ids
from meetings.record import Record
from meetings.rules import CATALOGUE, Finding, Level
from meetings.stages import NotReady
from meetings.store import NoSuchMeeting
from meetings.vocabulary import (
    Agency,
    Audience,
    Code,
    LineKind,
    MeetingType,
    Presence,
    ReferenceKind,
    SignoffAs,
    Tell,
)

bp = Blueprint("forms", __name__)

CHILDREN_STEP = "decisions"
"""The step that has a page for each child."""
OPEN_UP_TO = 1
"""Rows of a list that stand open without being asked to."""
NEVER_ADDED = frozenset({"outcomes", "exceptions"})
"""Lists whose rows begin with something given: an outcome with its child, an exception with its rule."""


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
def spell_short_day(day: date) -> str:
    """Return a day as a narrow column holds it: Thu 26 Nov 2026."""
    return f"{day:%a} {day.day} {day:%b %Y}"


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


def look(reference: str) -> Record:
    """Return a record for the person signed in."""
    return desk().look(reference, current_person())


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


def needs_of(record: Record, findings: Iterable[Finding]) -> list[Need]:
    """Return the findings of a record with links to their fields."""
    found = []
    for finding in findings:
        links = [_link(record, pointer) for pointer in finding.places]
        found.append(Need(finding, _step_of(record, finding.places[0]), links))
    return found


def _step_of(record: Record, pointer: str) -> Step:
    if pointer.strip("/").split("/")[0] == "signoff":
        return STEPS[-1]
    address = record.address_of(pointer)
    return step_of(address.part, address.path)


def _first_path(part: str, path: str) -> str:
    known = [one for one, asked in answers_of(part).items() if asked.asked]
    if path in known:
        return path
    return next((one for one in known if one.startswith(f"{path}/") or not path), "")


def _link(record: Record, pointer: str) -> tuple[str, str]:
    """Return words for a place of the record, and where its field is."""
    if pointer.strip("/").split("/")[0] == "signoff":
        return "Read back and confirm", url_for("forms.read_back", reference=record.reference)
    address = record.address_of(pointer)
    step = step_of(address.part, address.path)
    where: dict[str, Any] = {"reference": record.reference, "key": step.key}
    if address.part in lists():
        list_label = question_of_list(address.part).question.label
        row = record.part(address.part_id) if address.part_id else None
        if address.part == "outcomes":
            return _link_to_child(record, row, address.path)
        if row is None:
            return list_label, url_for("forms.step", **where, _anchor=f"list:{address.part}")
        path = _first_path(address.part, address.path)
        label = answers_of(address.part)[path].question.label if path else list_label
        anchor = f"{row.id}:{path}"
        return f"{row_title(record, row)}: {label}", url_for("forms.step", **where, open=row.id, _anchor=anchor)
    path = _first_path(address.part, address.path)
    key = address.part_id or address.part
    label = answers_of(address.part)[path].question.label if path else step.title
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
    known = _first_path("outcomes", path)
    label = answers_of("outcomes")[known].question.label if known else "Decision"
    anchor = f"{row.id}:{known}"
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
            who = ", ".join(filter(None, [body.get("name", ""), body.get("role", "")]))
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
        case "exceptions":
            rule = CATALOGUE.get(body["rule"])
            return f"{body['rule']}{f': {rule.says}' if rule else ''}"
    for name in ("name", "label", "ref", "text"):
        if body.get(name):
            return str(body[name])
    named = next((body[name] for name in ("by", "child", "person") if body.get(name)), None)
    return name_of(record.document, named) or NEW_ROW


NEW_ROW = "New, nothing recorded yet"


def _label(vocabulary: type[Code], code: str | None) -> str:
    """Return what people call a code, or nothing where none is chosen."""
    return codes(vocabulary)[code].label if code in codes(vocabulary) else ""


# ── Home and the task list ───────────────────────────────────────────────────────────────────────────────────────


@bp.get("/")
@allowed(Deed.LIST)
def home() -> str:
    """Show what can be started, what is being recorded, and what is final."""
    records = desk().records(current_person())
    return render_template(
        "home.html",
        drafts=[one for one in records if one.status == "draft"],
        final=[one for one in records if one.status != "draft"],
        may_record=may(current_person(), Deed.RECORD),
        types=list(MeetingType),
        profiles=[profile(name) for name in profile_ids()],
        default_profile=DEFAULT_PROFILE,
        may_see=may(current_person(), Deed.SEE),
    )


@bp.post("/records")
@allowed(Deed.RECORD)
def start() -> Any:
    """Start a strategy discussion of the kind, and under the profile, that was chosen."""
    kind, policy = request.form.get("type", ""), request.form.get("profile") or DEFAULT_PROFILE
    if kind and kind not in list(MeetingType):
        raise Refusal("Choose the type of the discussion from the list.")
    reference = desk().start(current_person(), policy, MeetingType.of(kind) if kind else None)
    return redirect(url_for("forms.step", reference=reference, key=STEPS[0].key), 303)


def states_of(record: Record, needs: list[Need]) -> dict[str, str]:
    """Return the state of each step in words."""
    states = {}
    for step in STEPS:
        still = sum(1 for need in needs if need.step is step and need.finding.level is Level.BLOCK)
        begun = any(_is_begun(record, block) for block in step.blocks)
        if still and begun:
            states[step.key] = f"{still} still needed"
        else:
            states[step.key] = "Complete" if begun and not still else "Not started"
    return states


def _is_begun(record: Record, block: Block) -> bool:
    if block.is_list:
        return bool(record.rows(block.part)) or block.part in record.asked
    part = record.section(block.part)
    return part is not None and any(
        path.split("/")[0] in part.body or path in part.unread for path in block.paths() if path != "tier"
    )


@bp.get("/records/<path:reference>")
@allowed(Deed.SEE)
def record(reference: str) -> str:
    """Show a record's task list, or what became of it once it is final."""
    found = look(reference)
    findings = desk().findings(found)
    needs = needs_of(found, findings)
    return render_template(
        "record.html",
        record=found,
        needs=needs,
        blocks=[one for one in needs if one.finding.level is Level.BLOCK],
        states=states_of(found, needs),
        steps=STEPS,
        dates=_clocks(found),
        running=running(found),
        audiences=sorted(audiences(current_person())),
        told=[one for one in found.document.telling or () if one.tell in ("all", "part")],
        name_of=name_of,
        confirmations=found.confirmations(),
    )


def _clocks(record: Record) -> list[Any]:
    return [dates_of(child, record.document, record.profile, record.earlier) for child in record.document.subjects]


def running(record: Record) -> list[tuple[str, str, str]]:
    """Return the clocks that run besides those of each child: what, whose, and how long is left."""
    found = []
    now = desk().now()
    for clock in clocks(record.document, record.profile):
        left = clock.left(now)
        if clock.due_at is None or left is None:
            how = f"by {spell_short_day(clock.due_on)}" if clock.due_on else ""
        elif left < timedelta(0):
            how = f"over since {spell_instant(clock.due_at)}"
        else:
            how = f"{spell_instant(clock.due_at)}: {spell_duration(left)} left"
        found.append((clock.what, name_of(record.document, clock.child), how))
    return found


# ── A step ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class ShownRow:
    """One row of a list on a page."""

    part: Part
    title: str
    form: PartForm
    open: bool


@dataclass
class ShownBlock:
    """One block of a step on a page: a form, or rows with a form each."""

    block: Block
    label: str
    about: str = ""
    form: PartForm | None = None
    rows: list[ShownRow] = field(default_factory=list)
    none: str = ""
    said_none: bool = False

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
    "circulation": "Add a reader",
    "exceptions": "Pass over a rule",
}


@dataclass(frozen=True)
class Theirs:
    """What a field holds now that two people wrote in it, and who wrote it."""

    answer: Answer
    who: str


@dataclass
class Posted:
    """What became of a posted page: clashes by part and path, and what was typed in rows that are no longer there."""

    clashes: dict[tuple[str, str], Theirs] = field(default_factory=dict)
    lost: list[list[tuple[str, str]]] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    refused: str = ""

    @property
    def is_kept(self) -> bool:
        """Whether everything typed was kept."""
        return not self.clashes and not self.lost


def keys_of(formdata: Any) -> list[str]:
    """Return the parts that a posted page speaks of: by id, or a section by its name.

    What was typed counts also where the hidden note of what the page showed is missing or damaged: then it is compared
    with what the record holds now, and saved. To drop it would lose a text; to refuse it would keep nobody safer.
    """
    keys: dict[str, None] = {}
    for name in formdata:
        before, colon, after = name.partition(":")
        if before == WAS.rstrip(":"):
            keys[after] = None
        elif colon and before not in ("asked", "none"):
            keys[before] = None
    return list(keys)


def show_blocks(record: Record, blocks: Iterable[Block], room: Room, posted: Posted | None = None) -> list[ShownBlock]:
    """Return the blocks of a page as it is shown; after a clash, with what was typed."""
    shown = []
    opened = set(request.args.getlist("open"))
    formdata = request.form if posted and not posted.is_kept else None
    keys = keys_of(formdata or ())
    left_out = posted.left_out if posted else session.pop("left_out", {}) if "left_out" in session else {}
    for block in blocks:
        asked = question_of_list(block.part) if block.is_list else None
        one = ShownBlock(block, asked.question.label if asked else _label_of(block))
        if asked is not None:
            rows = record.rows(block.part)
            one.none, one.said_none = asked.question.none, block.part in record.asked
            for row in rows:
                form = PartForm(row.name, row, block.paths(), room, formdata=formdata if row.id in keys else None)
                _dress(form, posted, left_out)
                is_open = len(rows) <= OPEN_UP_TO or row.id in opened or form.has_problem
                one.rows.append(ShownRow(row, row_title(record, row), form, is_open))
        else:
            part = record.section(block.part)
            known = (part.id if part else block.part, block.part)
            key = next((key for key in known if key in keys), None)
            one.form = PartForm(block.part, part, block.paths(), room, formdata=formdata if key else None, key=key)
            _dress(one.form, posted, left_out)
        shown.append(one)
    return shown


def _label_of(block: Block) -> str:
    if block.part == "discussion":
        return ""
    return next(one.question.label for name, one in _section_fields() if name == block.part)


def _section_fields() -> list[tuple[str, Any]]:
    from meetings.documents import Discussion
    from meetings.questions import fields

    return [(one.name, one) for one in fields(Discussion)]


def _dress(form: PartForm, posted: Posted | None, left_out: Mapping[str, int]) -> None:
    """Put beside each field what has to be said of it."""
    for one in form.every_field():
        # A section that this very save made is known by its name before and by its id after.
        before = f"{form.name}:{one.name.partition(':')[2]}"
        one.left_out = left_out.get(one.name, left_out.get(before, 0))
    form.look()
    for one in form:
        theirs = posted.clashes.get((form.key, one.path)) if posted else None
        if theirs is not None:
            words = one.spell(theirs.answer)
            one.theirs = f"{theirs.who} wrote: ‘{words}’." if words else f"{theirs.who} emptied this."


def keep(record: Record, blocks: Iterable[Block], room: Room) -> Posted:
    """Keep everything that was typed on a posted page."""
    posted = Posted()
    paths: dict[str, dict[str, None]] = {}  # one section may stand in two blocks of a page
    for block in blocks:
        paths.setdefault(block.part, {}).update(dict.fromkeys(block.paths()))
        if block.is_list and f"asked:{block.part}" in request.form and not record.rows(block.part):
            said_none = f"none:{block.part}" in request.form
            desk().ask_none(record.reference, block.part, said_none, current_person())
    for key in keys_of(request.form):
        part = record.part(key)
        name = part.name if part else key
        if name not in paths or (part is None and name in lists()):
            _lose(key, blocks, posted)
            continue
        form = PartForm(name, part, paths[name], room, formdata=request.form, key=key)
        keep_part(record.reference, form, key, posted)
    return posted


def keep_part(reference: str, form: PartForm, key: str, posted: Posted) -> None:
    """Keep what was typed in one part, named by its id or a section by its name."""
    posted.left_out.update({one.name: one.left_out for one in form.every_field() if one.left_out})
    answers = form.answers()
    if not answers:
        return
    try:
        clashes = desk().answer(reference, key, answers, current_person(), was=form.shown)
    except NoSuchPart:  # removed between reading the record and writing to it
        posted.lost.append([(form[path].question.label, form[path].spell(one)) for path, one in answers.items()])
        return
    for clash in clashes:
        posted.clashes[form.key, clash.path] = Theirs(clash.theirs, _who_wrote(reference, key, clash.path))


def _who_wrote(reference: str, key: str, path: str) -> str:
    part = look(reference).part(key)
    for line in reversed(desk().history(reference, current_person())):
        if part is not None and line.place == part.id and path in line.detail.get("fields", ()):
            return "You, in another window," if line.account_id == current_person().id else line.who
    return "Somebody else"


def _lose(key: str, blocks: Iterable[Block], posted: Posted) -> None:
    """Put aside, to be shown again, what was typed in a part that the page's record does not have."""
    labels = {path: one.question.label for block in blocks for path, one in answers_of(block.part).items()}
    texts = []
    for name in request.form:
        path = name.partition(":")[2]
        if not name.startswith(f"{key}:") or path.endswith(SHOWN):
            continue
        label = labels.get(path, path.rpartition("/")[2].replace("_", " "))
        texts.extend((label, clean(one).text) for one in request.form.getlist(name) if one.strip())
    if texts:
        posted.lost.append(texts)


def _typed_too_late(found: Record, blocks: Iterable[Block], part: Part | None = None) -> Any:
    """Show again what was typed on a page of a record that became final meanwhile; nothing of it can be kept."""
    room = room_of(found, desk().now())
    texts = []
    for block in blocks:
        for key in keys_of(request.form):
            one = part if key == TOP_OF_CHILD else found.part(key)
            if block.part != (one.name if one else key):
                continue
            form = PartForm(block.part, one, block.paths(), room, formdata=request.form, key=key)
            texts += [(form[path].question.label, form[path].spell(answer)) for path, answer in form.answers().items()]
    return render_template("too_late.html", record=found, typed=texts), 409


def _note_saved(posted: Posted) -> None:
    session["saved"] = f"Saved at {local(desk().now()):%H:%M:%S}"
    if posted.left_out:
        session["saved"] += f". {spell_left_out(sum(posted.left_out.values()))}: no Word file can hold them"
        session["left_out"] = posted.left_out


def _do(found: Record, blocks: Iterable[Block]) -> dict[str, str]:
    """Do what the pressed button says to the rows of a page; return what to open and where to go on it.

    Raises StillNamed. A button for a row that is gone, or that this page does not have, does nothing.
    """
    reference = found.reference
    deed, _, target = request.form.get("do", "").partition(":")
    names = {block.part for block in blocks if block.is_list} - NEVER_ADDED
    row = found.part(target)
    mine = row is not None and row.name in names | {"exceptions"}
    if deed == "add" and target in names:
        added = desk().add_row(reference, target, current_person())
        return {"open": added.id, "_anchor": f"row:{added.id}"}
    if deed == "more":
        return _more(reference, target)
    try:
        if deed == "remove" and mine:
            desk().remove_row(reference, target, current_person())
        elif deed in ("up", "down") and mine:
            desk().move_row(reference, target, -1 if deed == "up" else 1, current_person())
            return {"open": target, "_anchor": f"row:{target}"}
    except NoSuchPart:
        return {}
    return {}


def _more(reference: str, target: str) -> dict[str, str]:
    """Return where the empty input is that comes after those of a list inside a part."""
    key, _, path = target.partition(":")
    part = look(reference).part(key)
    key = part.id if part else key
    return {"open": key, "_anchor": f"{key}:{path}-new"}


def _find_step(key: str) -> Step:
    found = next((one for one in STEPS if one.key == key), None)
    if found is None:
        raise NoSuchPart(f"There is no step ‘{key}’.")
    return found


@bp.get("/records/<path:reference>/steps/<key>")
@allowed(Deed.SEE)
def step(reference: str, key: str) -> Any:
    """Show one step."""
    found = look(reference)
    if not found.is_draft:
        return redirect(url_for("forms.record", reference=reference))
    return _step_page(found, _find_step(key))


def _blocks_of(step: Step) -> tuple[Block, ...]:
    """Return what is typed on a step itself; what is decided for a child is typed on the child's page."""
    return () if step.key == CHILDREN_STEP else step.blocks


def _step_page(found: Record, step: Step, posted: Posted | None = None, status: int = 200) -> Any:
    shown = show_blocks(found, _blocks_of(step), room_of(found, desk().now()), posted)
    subjects = {one.id for one in found.document.subjects}
    stray = [one for one in found.rows("outcomes") if one.body.get("child") not in subjects]
    here = stray if step.key == CHILDREN_STEP else ()
    return _form_page("step.html", found, step, shown=shown, posted=posted, status=status, stray=here)


def _form_page(
    template: str,
    found: Record,
    step: Step,
    *,
    shown: list[ShownBlock],
    posted: Posted | None,
    status: int,
    **more: Any,
) -> Any:
    needs = needs_of(found, desk().findings(found))
    number = STEPS.index(step)
    return render_template(
        template,
        record=found,
        step=step,
        number=number + 1,
        steps=STEPS,
        before=STEPS[number - 1] if number else None,
        after=STEPS[number + 1] if number + 1 < len(STEPS) else None,
        shown=shown,
        needs=needs,
        panel=panel_of(found, needs),
        posted=posted,
        saved=session.pop("saved", "") if "saved" in session else "",
        dates=_clocks(found),
        running=running(found),
        name_of=name_of,
        **more,
    ), status


@bp.post("/records/<path:reference>/steps/<key>")
@allowed(Deed.RECORD)
def save_step(reference: str, key: str) -> Any:
    """Keep what was typed on a step, then do what the button says."""
    step = _find_step(key)
    found = look(reference)
    if not found.is_draft:
        return _typed_too_late(found, _blocks_of(step))
    try:
        posted = keep(found, _blocks_of(step), room_of(found, desk().now()))
        go_to = _do(found, step.blocks) if posted.is_kept else {}
    except NotAllowed:  # it became final between reading and writing
        return _typed_too_late(look(reference), _blocks_of(step))
    except StillNamed as named:
        posted = Posted(refused=str(named))
    if posted.refused or not posted.is_kept:
        return _step_page(look(reference), step, posted, 409)
    _note_saved(posted)
    if request.form.get("do") == "next":
        return redirect(_next_page(reference, step), 303)
    return redirect(url_for("forms.step", reference=reference, key=key, **go_to), 303)


def _next_page(reference: str, step: Step) -> str:
    number = STEPS.index(step) + 1
    if number == len(STEPS):
        return url_for("forms.read_back", reference=reference)
    return url_for("forms.step", reference=reference, key=STEPS[number].key)


# ── One child ────────────────────────────────────────────────────────────────────────────────────────────────────


TOP_OF_CHILD = "outcomes"
"""What a child's page calls its part before anything was saved in it."""


def _outcome(record: Record, child: str) -> Part | None:
    return next((one for one in record.rows("outcomes") if one.body.get("child") == child), None)


def _child_of(record: Record, child: str) -> Child:
    """Return the child that a page is about: a subject, or one for whom something was decided. Raises NoSuchPart."""
    found = next((one for one in record.document.children or () if one.id == child), None)
    if found is not None and found.subject:
        return found
    if _outcome(record, child) is None:
        raise NoSuchPart("This discussion does not decide about that child. Mark the child as a subject first.")
    return found or Child(id=child)


def _child_page(found: Record, child: str, posted: Posted | None = None, status: int = 200) -> Any:
    about = _child_of(found, child)
    outcome = _outcome(found, child)
    formdata = request.form if posted and not posted.is_kept else None
    known = (outcome.id if outcome else TOP_OF_CHILD, TOP_OF_CHILD)
    key = next((one for one in known if one in keys_of(formdata or ())), known[0])
    block = Block("outcomes")
    form = PartForm("outcomes", outcome, block.paths(), room_of(found, desk().now()), formdata=formdata, key=key)
    left_out = posted.left_out if posted else session.pop("left_out", {}) if "left_out" in session else {}
    _dress(form, posted, left_out)
    step = _find_step(CHILDREN_STEP)
    return _form_page(
        "child.html",
        found,
        step,
        shown=[ShownBlock(block, "", form=form)],
        posted=posted,
        status=status,
        child=about,
        clocks=dates_of(about, found.document, found.profile, found.earlier),
        following=_following(found, child),
        unconfirmed=outcome is not None and not value_at(outcome.body, "decision/confirmed"),
    )


def _following(record: Record, child: str) -> Child | None:
    """Return the next child to decide about."""
    ids = [one.id for one in record.document.subjects]
    place = ids.index(child) + 1 if child in ids else len(ids)
    return record.document.subjects[place] if place < len(ids) else None


@bp.get("/records/<path:reference>/children/<child>")
@allowed(Deed.SEE)
def child(reference: str, child: str) -> Any:
    """Show everything that is decided for one child."""
    found = look(reference)
    if not found.is_draft:
        return redirect(url_for("forms.record", reference=reference))
    return _child_page(found, child)


@bp.post("/records/<path:reference>/children/<child>")
@allowed(Deed.RECORD)
def save_child(reference: str, child: str) -> Any:
    """Keep what was typed for one child."""
    found = look(reference)
    about = _child_of(found, child)
    if not found.is_draft:
        return _typed_too_late(found, [Block("outcomes")], _outcome(found, child))
    try:
        posted = _keep_child(found, child)
    except NotAllowed:  # it became final between reading and writing
        return _typed_too_late(look(reference), [Block("outcomes")], _outcome(found, child))
    if not posted.is_kept:
        return _child_page(look(reference), child, posted, 409)
    _note_saved(posted)
    deed, _, target = request.form.get("do", "").partition(":")
    if deed == "next":
        following = _following(found, about.id)
        if following is not None:
            return redirect(url_for("forms.child", reference=reference, child=following.id), 303)
        return redirect(_next_page(reference, _find_step(CHILDREN_STEP)), 303)
    outcome = _outcome(look(reference), child)
    if deed == "confirm" and outcome is not None:
        desk().answer(reference, outcome.id, {"decision/confirmed": Answer(value=True)}, current_person())
    anchor = None
    if deed == "more" and outcome is not None:
        anchor = f"{outcome.id}:{target.partition(':')[2]}-new"
    return redirect(url_for("forms.child", reference=reference, child=child, _anchor=anchor), 303)


def _keep_child(found: Record, child: str) -> Posted:
    posted = Posted()
    outcome = _outcome(found, child)
    room = room_of(found, desk().now())
    block = Block("outcomes")
    for key in keys_of(request.form):
        if key not in (TOP_OF_CHILD, outcome.id if outcome else TOP_OF_CHILD):
            _lose(key, [block], posted)
            continue
        form = PartForm("outcomes", outcome, block.paths(), room, formdata=request.form, key=key)
        if outcome is None and form.answers():
            outcome = _begin_outcome(found.reference, child)
        if outcome is not None:
            keep_part(found.reference, form, outcome.id, posted)
    return posted


def _begin_outcome(reference: str, child: str) -> Part:
    """Make the outcome of a child, or return the one that somebody else made a moment ago: each child has one."""
    try:
        return desk().add_row(reference, "outcomes", current_person(), {"child": child})
    except NotAllowed:
        raise
    except Exception:
        made = _outcome(look(reference), child)
        if made is None:
            raise
        return made


@bp.post("/records/<path:reference>/strays")
@allowed(Deed.RECORD)
def remove_stray(reference: str) -> Any:
    """Remove what was decided for somebody who is not, or no longer, a subject of the discussion."""
    found = look(reference)
    subjects = {one.id for one in found.document.subjects}
    target = request.form.get("outcome", "")
    if any(one.id == target and one.body.get("child") not in subjects for one in found.rows("outcomes")):
        desk().remove_row(reference, target, current_person())
    return redirect(url_for("forms.step", reference=reference, key=CHILDREN_STEP), 303)


# ── The side panel ───────────────────────────────────────────────────────────────────────────────────────────────


def panel_of(record: Record, needs: list[Need]) -> list[tuple[str, str, str]]:
    """Return the lamps at the side: what, how it stands, and where it is put right."""
    document = record.document
    people_step = url_for("forms.step", reference=record.reference, key="people")
    attended = document.attended()
    undecided = [
        one for one in document.subjects if (out := document.outcome_of(one.id)) is None or not out.decision.confirmed
    ]
    lacking = [
        one for one in document.actions or () if one.owner is None or not (one.deadline.due_at or one.deadline.event)
    ]
    groups = missing_groups(document, record.profile["quorum_agencies"])
    quorum = (
        "yes" if is_quorate(document, record.profile) else "no: " + ", ".join(Agency.of(one[0]).label for one in groups)
    )
    names = ", ".join(sorted({one.agency.label for one in managers(document, record.profile) if one.agency}))
    agencies = len({one.agency for one in attended})
    where = {"reference": record.reference}
    return [
        ("Here", f"{len(attended)} people, {agencies} agencies", people_step),
        ("Quorum", quorum, people_step),
        ("Managers", names or "none", people_step),
        (
            "Children undecided",
            f"{len(undecided)} of {len(document.subjects)}",
            url_for("forms.step", **where, key=CHILDREN_STEP),
        ),
        ("Actions lacking owner or time", str(len(lacking)), url_for("forms.step", **where, key="actions")),
        (
            "Dissent",
            "asked" if document.dissent.asked_of_all else "not asked yet",
            url_for("forms.step", **where, key="closing"),
        ),
    ]


# ── Read-back, confirming, finalising ────────────────────────────────────────────────────────────────────────────


def _read_back_page(reference: str, problem: str = "", status: int = 200) -> Any:
    found = look(reference)
    needs = needs_of(found, desk().findings(found))
    document = found.document
    by_agency: dict[str, list[Any]] = {}
    for action in document.actions or ():
        owner = document.professional(action.owner)
        label = owner.agency.label if owner and owner.agency else "No owner yet"
        by_agency.setdefault(label, []).append(action)
    return render_template(
        "read_back.html",
        record=found,
        document=document,
        needs=needs,
        blocks=[one for one in needs if one.finding.level is Level.BLOCK],
        by_agency=by_agency,
        confirmations=found.confirmations(),
        police=[one for one in document.professionals or () if one.agency == "police" and one.name],
        chair=document.professional(document.meeting.chair),
        managers=[one for one in document.professionals or () if one.manager and one.name],
        name_of=name_of,
        problem=problem,
        typed=request.form.get("typed_name", ""),
    ), status


@bp.get("/records/<path:reference>/read-back")
@allowed(Deed.SEE)
def read_back(reference: str) -> Any:
    """Show decisions and actions before people leave, and let chair and police confirm the text."""
    return _read_back_page(reference)


@bp.post("/records/<path:reference>/confirm")
@allowed(Deed.CONFIRM)
def confirm(reference: str) -> Any:
    """Confirm the text that was shown."""
    as_ = request.form.get("as", "")
    try:
        if as_ not in list(SignoffAs):
            raise Refusal("Choose as what this person confirms.")
        desk().confirm(
            reference,
            SignoffAs.of(as_),
            request.form.get("professional", ""),
            request.form.get("typed_name", ""),
            request.form.get("content_sha256", ""),
            current_person(),
        )
    except NoSuchPart:
        raise
    except Refusal as refused:
        return _read_back_page(reference, str(refused), 422)
    return redirect(url_for("forms.read_back", reference=reference, _anchor="confirm"), 303)


@bp.post("/records/<path:reference>/finalise")
@allowed(Deed.FINALISE)
def finalise(reference: str) -> Any:
    """Close the record."""
    desk().finalise(reference, current_person())
    return redirect(url_for("forms.record", reference=reference), 303)


def not_ready_page(refused: NotReady, reference: str) -> Any:
    """Show what still stops a record from being final, each with a link to its field."""
    found = look(reference)
    return render_template("not_ready.html", record=found, needs=needs_of(found, refused.findings)), 409


@bp.post("/records/<path:reference>/exceptions")
@allowed(Deed.RECORD)
def pass_over(reference: str) -> Any:
    """Start an exception to a rule that fires: a manager gives the reason on the last step."""
    found = look(reference)
    rule = request.form.get("rule", "")
    rows = found.rows("exceptions")
    row = next((one for one in rows if one.body.get("rule") == rule), None)
    if row is None:
        if rule not in CATALOGUE or CATALOGUE[rule].hard or CATALOGUE[rule].level is Level.INFO:
            raise Refusal("That rule takes no exception. Put right what it asks for.")
        row = desk().add_row(reference, "exceptions", current_person(), {"rule": rule})
    where = {"reference": reference, "key": step_of("exceptions").key, "open": row.id, "_anchor": f"row:{row.id}"}
    return redirect(url_for("forms.step", **where), 303)


@bp.post("/records/<path:reference>/reconvene")
@allowed(Deed.RECORD)
def reconvene(reference: str) -> Any:
    """Start a reconvened discussion from this one."""
    new = desk().reconvene(reference, current_person())
    return redirect(url_for("forms.record", reference=new), 303)


@bp.get("/records/<path:reference>/history")
@allowed(Deed.SEE)
def history(reference: str) -> str:
    """Show what was done to a record."""
    found = look(reference)
    lines = desk().history(reference, current_person())
    if not lines:
        raise NoSuchMeeting(reference)
    return render_template("history.html", record=found, lines=[(line, _words(line.what)) for line in reversed(lines)])


def _words(what: str) -> str:
    _, name, deed = what.split(":", 2)
    if name in lists():
        return f"{question_of_list(name).question.label}: {deed}"
    if name in sections() and name != "discussion":
        label = next(one.question.label for known, one in _section_fields() if known == name)
        return f"{label}: {deed}"
    return f"{name.capitalize()} {deed}"
