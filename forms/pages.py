"""The guided form: home, a record's task list, a page for each step and each child."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, session, url_for

from forms.asking import PartForm, called, name_of, room_of, with_role
from forms.blueprint import bp, desk, issuing, look, look_at_discussion, signing
from forms.briefings import briefing_page
from forms.days import show_date
from forms.entry import current_person
from forms.keeping import (
    TOP_OF_CHILD,
    Posted,
    do_to_rows,
    keep,
    keep_part,
    keys_of,
    note_saved,
    typed_in,
    typed_too_late,
)
from forms.lamps import clocks_of, panel_of_page, running, states_of
from forms.needed import CHILDREN_STEP, needs_of, row_title
from forms.once import id_for
from forms.showing import ShownBlock, dress, open_rows, show_blocks, step_named
from forms.signing import answers_of
from forms.versions import versions_of
from meetings.access import made_for
from meetings.briefing_facts import say_age
from meetings.desk import CLOSED, Answer, NoSuchPart, Refusal
from meetings.documents import BRIEFING, Child, Outcome
from meetings.facts import dates_of
from meetings.guides import GUIDES, HEADINGS, OUTCOMES, SHORT_FORM, Block, Step, steps_for
from meetings.parts import OUTCOME_OF, Part, value_at
from meetings.people import Deed, NotAllowed, allowed, audiences, may
from meetings.profiles import DEFAULT_PROFILE, profile, profile_ids
from meetings.record import Record
from meetings.rules import Level
from meetings.vocabulary import Audience, MeetingType

ON_HOME = 30
"""Records of one stage on the first page; the others are a page further."""
ON_A_PAGE = 50
LAST_PAGE = 10_000

# ── Home and the task list ───────────────────────────────────────────────────────────────────────────────────────


bp.add_app_template_filter(called, "called")
bp.add_app_template_filter(with_role, "with_role")


@bp.get("/")
@allowed(Deed.LIST)
def home() -> str:
    """Show what can be started, what is being recorded, and what is final."""
    person = current_person()
    return render_template(
        "home.html",
        to_read=issuing().to_read(person),
        reported=issuing().reported(person),
        late=issuing().not_read_in_time(person),
        drafts=desk().records(person, status="draft", most=ON_HOME + 1),
        final=desk().records(person, status=CLOSED, most=ON_HOME + 1),
        most=ON_HOME,
        awaited=[(one, signing().can_answer(one, person)) for one in signing().awaited(person)],
        refused=signing().refused(person),
        may_record=may(person, Deed.RECORD),
        types=list(MeetingType),
        profiles=[profile(name) for name in profile_ids()],
        default_profile=DEFAULT_PROFILE,
        may_see=may(person, Deed.SEE),
    )


@bp.get("/records")
@allowed(Deed.LIST)
def records() -> str:
    """Show every record, a page at a time, newest change first."""
    person, number = current_person(), max(request.args.get("page", 1, type=int), 1)
    number = min(number, LAST_PAGE)
    found = desk().records(person, most=ON_A_PAGE + 1, after=(number - 1) * ON_A_PAGE)
    return render_template(
        "records.html",
        found=found[:ON_A_PAGE],
        number=number,
        is_last=len(found) <= ON_A_PAGE,
        may_see=may(person, Deed.SEE),
    )


@bp.post("/records")
@allowed(Deed.RECORD)
def start() -> Any:
    """Start a strategy discussion of the kind, and under the profile, that was chosen."""
    kind, policy = request.form.get("type", ""), request.form.get("profile") or DEFAULT_PROFILE
    if request.form.get("kind") == BRIEFING.name:
        reference = issuing().start_alone(current_person(), policy, id_for(f"briefing {policy}"))
        first = steps_for(look(reference).document)[0]
        return redirect(url_for("forms.step", reference=reference, key=first.key), 303)
    if kind and kind not in list(MeetingType):
        raise Refusal("Choose the type of the discussion from the list.")
    type_ = MeetingType.of(kind) if kind else None
    reference = desk().start(current_person(), policy, type_, record_id=id_for(f"{kind} {policy}"))
    first = steps_for(look(reference).document)[0]
    return redirect(url_for("forms.step", reference=reference, key=first.key), 303)


@bp.get("/records/<path:reference>")
@allowed(Deed.SEE)
def record(reference: str) -> str:
    """Show a record's task list, or what became of it once it is final; or an earlier version of it."""
    found = look(reference, request.args.get("version", type=int))
    desk().note_view(reference, current_person(), "record", found.version)
    if found.kind is BRIEFING:
        return briefing_page(found)
    findings = desk().findings(found)
    needs = needs_of(found, findings)
    return render_template(
        "record.html",
        record=found,
        needs=needs,
        blocks=[one for one in needs if one.finding.level is Level.BLOCK],
        states=states_of(found, needs),
        steps=steps_for(found.document),
        dates=clocks_of(found),
        running=running(found),
        audiences=[one for one in Audience if one in audiences(current_person())],
        made_for=made_for(found.document),
        told=[one for one in found.document.telling or () if one.tell in ("all", "part")],
        name_of=name_of,
        confirmations=found.confirmations(),
        **versions_of(found),
        **answers_of(found),
    )


# ── A step ───────────────────────────────────────────────────────────────────────────────────────────────────────


@bp.get("/records/<path:reference>/steps/<key>")
@allowed(Deed.SEE)
def step(reference: str, key: str) -> Any:
    """Show one step."""
    found = look(reference)
    if not found.is_draft:
        return redirect(url_for("forms.record", reference=reference))
    return _step_page(found, step_named(found, key))


def _blocks_of(step: Step) -> tuple[Block, ...]:
    """Return what is typed on a step itself; what is decided for a child is typed on the child's page."""
    return () if step.key == CHILDREN_STEP else step.blocks


def _step_page(found: Record, step: Step, posted: Posted | None = None, status: int = 200) -> Any:
    shown = show_blocks(found, _blocks_of(step), room_of(found, desk().now()), posted)
    stray = []
    if step.key == CHILDREN_STEP:
        subjects = {one.id for one in found.document.subjects}
        stray = [one for one in found.rows("outcomes") if one.body.get("child") not in subjects]
    removed = _removed_row(found) if "removed" in request.args else None
    more = {"stray": stray, "removed": removed}
    return _form_page("step.html", found, step, shown=shown, posted=posted, status=status, **more)


def _removed_row(found: Record) -> dict[str, str] | None:
    """Return the row that the address says was just removed (`?removed=`), for the page to offer it back."""
    row = desk().removed_row(found.reference, request.args["removed"], current_person())
    return None if row is None else {"id": row.id, "title": row_title(found, row)}


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
    steps = steps_for(found.document)
    number = steps.index(step) if step in steps else 0
    return render_template(
        template,
        number=number + 1,
        ways=_ways(found, step, more.get("child")),
        steps=steps,
        shown=shown,
        posted=posted,
        saved=session.pop("saved", "") if "saved" in session else "",
        name_of=name_of,
        **panel_of_page(found, step),
        **more,
    ), status


@dataclass(frozen=True)
class Way:
    """A link from one page of the form to another."""

    title: str
    address: str


def _ways(found: Record, step: Step, child: Child | None) -> dict[str, Way]:
    """Return where one goes from a page: to the page before, to the page after, and to the end.

    After the step that decides comes the page of each child, one after the other.
    """
    where: dict[str, Any] = {"reference": found.reference}
    ends = Way("Read and approve", url_for("forms.approval", **where))
    if found.kind is not BRIEFING:
        ends = Way("Read back", url_for("forms.read_back", **where))
    pages: list[tuple[Step, Child | None]] = []
    for one in steps_for(found.document):
        pages.append((one, None))
        if one.key == CHILDREN_STEP:
            pages += [(one, subject) for subject in found.document.subjects]

    def way(at: int) -> Way:
        one, subject = pages[at]
        if subject is None:
            return Way(one.title, url_for("forms.step", **where, key=one.key))
        return Way(called(subject, found.document), url_for("forms.child", **where, child=subject.id))

    mine = child.id if child else ""
    here = next((at for at, (one, who) in enumerate(pages) if one is step and mine == (who.id if who else "")), 0)
    ways = {"end": ends, "next": way(here + 1) if here + 1 < len(pages) else ends}
    return ways | ({"prev": way(here - 1)} if here else {})


@bp.post("/records/<path:reference>/steps/<key>")
@allowed(Deed.RECORD)
def save_step(reference: str, key: str) -> Any:
    """Keep what was typed on a step, then do what the button says."""
    found = look(reference)
    step = step_named(found, key)
    if not found.is_draft:
        return typed_too_late(found, _blocks_of(step))
    try:
        posted = keep(found, _blocks_of(step), room_of(found, desk().now()))
        go_to: dict[str, Any] = do_to_rows(found, step.blocks) if posted.is_kept else {}
    except NotAllowed:  # it became final between reading and writing
        return typed_too_late(look(reference), _blocks_of(step))
    except Refusal as refused:
        posted = Posted(refused=str(refused))
    if posted.refused or not posted.is_kept:
        return _step_page(look(reference), step, posted, 409)
    note_saved(posted)
    if request.form.get("do") == "next":
        return redirect(_next_page(found, step), 303)
    go_to = go_to or open_rows(found, keys_of(request.form))
    return redirect(url_for("forms.step", reference=reference, key=key, **go_to), 303)


def _next_page(found: Record, step: Step) -> str:
    reference, steps = found.reference, GUIDES[found.kind]
    if step is SHORT_FORM:  # what is decided for each child cannot wait either
        return url_for("forms.step", reference=reference, key=CHILDREN_STEP)
    number = steps.index(step) + 1
    if number == len(steps):
        return url_for("forms.approval" if found.kind is BRIEFING else "forms.read_back", reference=reference)
    return url_for("forms.step", reference=reference, key=steps[number].key)


# ── One child ────────────────────────────────────────────────────────────────────────────────────────────────────


_HEADED = [(title, [path for path in OUTCOMES.paths() if path.startswith(starts)]) for title, starts in HEADINGS]
"""The headings of a child's page, with the paths of the questions under each."""


def _outcome(record: Record, child: str) -> Part | None:
    return record.part(f"{OUTCOME_OF}{child}")


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
    room = room_of(found, desk().now())
    form = PartForm("outcomes", outcome, OUTCOMES.paths(), room, formdata=formdata, key=TOP_OF_CHILD)
    left_out = posted.left_out if posted else session.pop("left_out", {}) if "left_out" in session else {}
    held = found.document.outcome_of(child) or Outcome(child=child)
    dress(form, posted, left_out, OUTCOMES.called(found.document, held))
    step = step_named(found, CHILDREN_STEP)
    return _form_page(
        "child.html",
        found,
        step,
        shown=[ShownBlock(OUTCOMES, "", form=form)],
        headed=[(title, [form[path] for path in paths]) for title, paths in _HEADED],
        posted=posted,
        status=status,
        child=about,
        born=_born(about),
        clocks=dates_of(about, found.document, found.profile, found.earlier),
        following=_following(found, child),
        unconfirmed=outcome is not None and not value_at(outcome.body, "decision/confirmed"),
    )


def _born(child: Child) -> str:
    """Return when a child was born and how old it is, or nothing if that is not known."""
    if child.born_on is None:
        return ""
    return f"Born {show_date(child.born_on)}: {say_age(child.born_on, desk().now().date())}"


def _following(record: Record, child: str) -> Child | None:
    """Return the next child to decide about."""
    ids = [one.id for one in record.document.subjects]
    place = ids.index(child) + 1 if child in ids else len(ids)
    return record.document.subjects[place] if place < len(ids) else None


@bp.get("/records/<path:reference>/children/<child>")
@allowed(Deed.SEE)
def child(reference: str, child: str) -> Any:
    """Show everything that is decided for one child."""
    found = look_at_discussion(reference)
    if not found.is_draft:
        return redirect(url_for("forms.record", reference=reference))
    return _child_page(found, child)


@bp.post("/records/<path:reference>/children/<child>")
@allowed(Deed.RECORD)
def save_child(reference: str, child: str) -> Any:
    """Keep what was typed for one child."""
    found = look_at_discussion(reference)
    about = _child_of(found, child)
    if not found.is_draft:
        return typed_too_late(found, [OUTCOMES], _outcome(found, child))
    try:
        posted = _keep_child(found, child)
    except NotAllowed:  # it became final between reading and writing
        return typed_too_late(look(reference), [OUTCOMES], _outcome(found, child))
    if not posted.is_kept:
        return _child_page(look(reference), child, posted, 409)
    note_saved(posted)
    deed, _, target = request.form.get("do", "").partition(":")
    if deed == "next":
        following = _following(found, about.id)
        if following is not None:
            return redirect(url_for("forms.child", reference=reference, child=following.id), 303)
        return redirect(_next_page(found, step_named(found, CHILDREN_STEP)), 303)
    outcome = _outcome(look(reference), child)
    if deed == "confirm" and outcome is not None:
        desk().answer(reference, outcome.id, {"decision/confirmed": Answer(value=True)}, current_person())
    anchor = None
    if deed == "more" and outcome is not None:
        anchor = f"{TOP_OF_CHILD}:{target.partition(':')[2]}-new"
    return redirect(url_for("forms.child", reference=reference, child=child, _anchor=anchor), 303)


def _keep_child(found: Record, child: str) -> Posted:
    posted = Posted()
    outcome = _outcome(found, child)
    room = room_of(found, desk().now())
    keys = keys_of(request.form)
    if TOP_OF_CHILD in keys:
        form = PartForm("outcomes", outcome, OUTCOMES.paths(), room, formdata=request.form, key=TOP_OF_CHILD)
        keep_part(found.reference, form, f"{OUTCOME_OF}{child}", posted)
    posted.lost.extend(typed_in((key for key in keys if key != TOP_OF_CHILD), [OUTCOMES]))
    return posted


@bp.post("/records/<path:reference>/strays")
@allowed(Deed.RECORD)
def remove_stray(reference: str) -> Any:
    """Remove what was decided for somebody who is not, or no longer, a subject of the discussion."""
    found = look_at_discussion(reference)
    subjects = {one.id for one in found.document.subjects}
    target = request.form.get("outcome", "")
    if any(one.id == target and one.body.get("child") not in subjects for one in found.rows("outcomes")):
        desk().remove_row(reference, target, current_person())
    return redirect(url_for("forms.step", reference=reference, key=CHILDREN_STEP), 303)
