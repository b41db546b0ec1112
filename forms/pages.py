"""The guided form: home, a record's task list, a page for each step and each child, read-back, finalising, history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for

from forms.asking import WAS, PartForm, name_of, room_of
from forms.entry import current_person
from forms.fields import Room
from forms.reading import show_duration
from meetings.calendar import local
from meetings.desk import Answer, Desk, NoSuchPart, Refusal
from meetings.facts import dates_of, is_quorate, managers, missing_groups
from meetings.guides import STEPS, Block, Step, step_of
from meetings.parts import Part, answers_of, lists, question_of_list, sections
from meetings.people import Deed, allowed, audiences, may
from meetings.record import Record
from meetings.rules import CATALOGUE, Finding, Level
from meetings.stages import NotReady
from meetings.store import NoSuchMeeting
from meetings.vocabulary import Agency, SignoffAs

bp = Blueprint("forms", __name__)

CHILDREN_STEP = "decisions"
"""The step that has a page for each child."""
OPEN_UP_TO = 3
"""Rows of a list that stand open without being asked to."""


@bp.app_template_filter("when")
def spell_instant(moment: datetime) -> str:
    """Return an instant as people read it, on a British clock: 26 November 2026, 11:00."""
    shown = local(moment)
    return f"{shown.day} {shown:%B %Y, %H:%M}"


@bp.app_template_filter("day")
def spell_day(day: date) -> str:
    """Return a day as people read it: Thursday 26 November 2026."""
    return f"{day:%A} {day.day} {day:%B %Y}"


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
    """Return the one line that stands for a closed row."""
    body = row.body
    if row.name == "actions":
        owner = name_of(record.document, body.get("owner"))
        words = body.get("text") or "no words yet"
        return f"{body.get('ref', '').rpartition('-')[2]} {words}{f' ({owner})' if owner else ''}"
    if row.name == "information/lines":
        agency = Agency.of(body["agency"]).label if body.get("agency") else "No agency yet"
        return f"{agency}: {body.get('text') or 'records checked' if body.get('kind') else 'no words yet'}"
    for name in ("name", "label", "ref", "value", "rule", "text"):
        if body.get(name):
            return str(body[name])
    for name in ("by", "adult", "to", "child", "person"):
        if body.get(name):
            return name_of(record.document, body[name])
    return "New, nothing recorded yet"


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
        may_see=may(current_person(), Deed.SEE),
    )


@bp.post("/records")
@allowed(Deed.RECORD)
def start() -> Any:
    """Start a strategy discussion."""
    reference = desk().start(current_person())
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
        audiences=sorted(audiences(current_person())),
        told=[one for one in found.document.telling or () if one.tell in ("all", "part")],
        name_of=name_of,
        confirmations=found.confirmations(),
    )


def _clocks(record: Record) -> list[Any]:
    return [
        dates_of(child, record.document, record.profile, record.earlier) for child in record.document.subjects
    ]


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


@dataclass
class Posted:
    """What became of a posted page: clashes by part and path, and rows that are no longer there."""

    clashes: dict[tuple[str, str], Answer] = field(default_factory=dict)
    lost: list[dict[str, list[str]]] = field(default_factory=list)
    left_out: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether everything typed was kept."""
        return not self.clashes and not self.lost


def show_blocks(record: Record, blocks: Iterable[Block], room: Room, formdata: Any = None, posted: Posted | None = None) -> list[ShownBlock]:
    """Return the blocks of a page as it is shown; after a clash, with what was typed."""
    shown = []
    opened = set(request.args.getlist("open"))
    for block in blocks:
        asked = question_of_list(block.part) if block.is_list else None
        label = asked.question.label if asked else _label_of(block)
        one = ShownBlock(block, label)
        if asked is not None:
            rows = record.rows(block.part)
            one.none, one.said_none = asked.question.none, block.part in record.asked
            for row in rows:
                form = PartForm(row.name, row, block.paths(), room, formdata if formdata and WAS + row.id in formdata else None)
                _dress(form, posted)
                is_open = len(rows) <= OPEN_UP_TO or row.id in opened or form.has_problem
                one.rows.append(ShownRow(row, row_title(record, row), form, is_open))
        else:
            part = record.section(block.part)
            key = part.id if part else block.part
            keyed = next((key for key in (key, block.part) if formdata and WAS + key in formdata), None)
            one.form = PartForm(block.part, part, block.paths(), room, formdata if keyed else None, key=keyed)
            _dress(one.form, posted)
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


def _dress(form: PartForm, posted: Posted | None) -> None:
    form.look()
    for one in form:
        theirs = posted.clashes.get((form.key, one.path)) if posted else None
        if theirs is not None:
            one.theirs = "; ".join(one.show(theirs)) if one.control != "rows" else "other rows"


def keep(record: Record, blocks: Iterable[Block], room: Room) -> Posted:
    """Keep everything that was typed on a posted page."""
    posted = Posted()
    formdata = request.form
    present: dict[str, tuple[str, tuple[str, ...]]] = {}
    for block in blocks:
        if block.is_list:
            present.update({row.id: (block.part, block.paths()) for row in record.rows(block.part)})
            if f"asked:{block.part}" in formdata and not record.rows(block.part):
                desk().ask_none(record.reference, block.part, f"none:{block.part}" in formdata, current_person())
        else:
            part = record.section(block.part)
            for key in {part.id if part else block.part, block.part}:
                present[key] = (block.part, block.paths())
    # The same section may stand in two blocks of a page; its questions are read together.
    for key in [name[len(WAS) :] for name in formdata if name.startswith(WAS)]:
        if key not in present:
            texts = {name: formdata.getlist(name) for name in formdata if name.startswith(f"{key}:")}
            if any(text.strip() for values in texts.values() for text in values):
                posted.lost.append({name.partition(":")[2]: values for name, values in texts.items()})
            continue
        name, _ = present[key]
        paths = tuple(path for block in blocks if block.part == name for path in block.paths())
        part = record.part(key)
        form = PartForm(name, part, dict.fromkeys(paths), room, formdata, key=key)
        posted.left_out += sum(one.left_out for one in form)
        answers = form.answers()
        if answers:
            clashes = desk().answer(record.reference, key, answers, current_person(), was=form.shown)
            posted.clashes.update({(key, clash.path): clash.theirs for clash in clashes})
    return posted


def _note_saved(posted: Posted) -> None:
    words = f"Saved at {local(desk().now()):%H:%M:%S}"
    if posted.left_out:
        many = "1 invisible character was" if posted.left_out == 1 else f"{posted.left_out} invisible characters were"
        words += f". {many} left out: no Word file can hold them"
    session["saved"] = words


def _do(reference: str, blocks: Iterable[Block]) -> str | None:
    """Do what the pressed button says to the rows of a page; return the row to open next, if any."""
    deed, _, target = request.form.get("do", "").partition(":")
    names = {block.part for block in blocks if block.is_list}
    if deed == "add" and target in names:
        return desk().add_row(reference, target, current_person()).id
    if deed == "remove":
        desk().remove_row(reference, target, current_person())
    elif deed in ("up", "down"):
        desk().move_row(reference, target, -1 if deed == "up" else 1, current_person())
        return target
    return None


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


def _step_page(found: Record, step: Step, posted: Posted | None = None, status: int = 200) -> Any:
    room = room_of(found, desk().now())
    blocks = [] if step.key == CHILDREN_STEP else step.blocks
    shown = show_blocks(found, blocks, room, request.form if posted else None, posted)
    return _form_page("step.html", found, step, shown, posted, status)


def _form_page(template: str, found: Record, step: Step, shown: list[ShownBlock], posted: Posted | None, status: int, **more: Any) -> Any:
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
        name_of=name_of,
        **more,
    ), status


@bp.post("/records/<path:reference>/steps/<key>")
@allowed(Deed.RECORD)
def save_step(reference: str, key: str) -> Any:
    """Keep what was typed on a step, then do what the button says."""
    step = _find_step(key)
    found = look(reference)
    posted = keep(found, step.blocks, room_of(found, desk().now()))
    if not posted.is_clean:
        return _step_page(look(reference), step, posted, 409)
    _note_saved(posted)
    opened = _do(reference, step.blocks)
    if request.form.get("do") == "next":
        return redirect(_next_page(reference, step), 303)
    anchor = f"row:{opened}" if opened else None
    return redirect(url_for("forms.step", reference=reference, key=key, open=opened, _anchor=anchor), 303)


def _next_page(reference: str, step: Step) -> str:
    number = STEPS.index(step) + 1
    if number == len(STEPS):
        return url_for("forms.read_back", reference=reference)
    return url_for("forms.step", reference=reference, key=STEPS[number].key)


# ── One child ────────────────────────────────────────────────────────────────────────────────────────────────────


def _outcome(record: Record, child: str) -> Part | None:
    return next((one for one in record.rows("outcomes") if one.body.get("child") == child), None)


def _subject(record: Record, child: str) -> Any:
    found = next((one for one in record.document.subjects if one.id == child), None)
    if found is None:
        raise NoSuchPart("This discussion does not decide about that child. Mark the child as a subject first.")
    return found


def _child_page(found: Record, child: str, posted: Posted | None = None, status: int = 200) -> Any:
    subject = _subject(found, child)
    room = room_of(found, desk().now())
    outcome = _outcome(found, child)
    paths = Block("outcomes").paths()
    key = outcome.id if outcome else "outcomes"
    form = PartForm("outcomes", outcome, paths, room, request.form if posted else None, key=key)
    _dress(form, posted)
    dates = dates_of(subject, found.document, found.profile, found.earlier)
    shown = [ShownBlock(Block("outcomes"), "", form=form)]
    subjects = found.document.subjects
    place = [one.id for one in subjects].index(child)
    following = subjects[place + 1] if place + 1 < len(subjects) else None
    step = _find_step(CHILDREN_STEP)
    return _form_page("child.html", found, step, shown, posted, status, child=subject, clocks=dates, following=following)


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
    _subject(found, child)
    outcome = _outcome(found, child)
    room = room_of(found, desk().now())
    key = next((name[len(WAS) :] for name in request.form if name.startswith(WAS)), "outcomes")
    form = PartForm("outcomes", outcome, Block("outcomes").paths(), room, request.form, key=key)
    posted = Posted(left_out=sum(one.left_out for one in form))
    if outcome is None and form.answers():
        outcome = desk().add_row(reference, "outcomes", current_person(), {"child": child})
    if outcome is not None and (answers := form.answers()):
        clashes = desk().answer(reference, outcome.id, answers, current_person(), was=form.shown)
        posted.clashes = {(outcome.id, clash.path): clash.theirs for clash in clashes}
    if not posted.is_clean:
        return _child_page(look(reference), child, posted, 409)
    _note_saved(posted)
    if request.form.get("do") == "next":
        subjects = [one.id for one in found.document.subjects]
        place = subjects.index(child) + 1
        if place < len(subjects):
            return redirect(url_for("forms.child", reference=reference, child=subjects[place]), 303)
        return redirect(_next_page(reference, _find_step(CHILDREN_STEP)), 303)
    return redirect(url_for("forms.child", reference=reference, child=child), 303)


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
    quorum = "yes" if is_quorate(document, record.profile) else "no: " + ", ".join(Agency.of(one[0]).label for one in groups)
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
