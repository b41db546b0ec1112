"""From the typed text to a record that stands: read-back, confirming, finalising, passing a rule over, history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for

from forms.asking import name_of
from forms.blueprint import bp, desk, issuing, look, look_at_discussion, post
from forms.entry import current_person, proof
from forms.needed import needs_of
from forms.once import id_for
from forms.reading import clean
from forms.signing import answers_of
from meetings.assent import agencies_here, answers_for, hear, mark_of_assent
from meetings.contract import codes
from meetings.desk import NoSuchPart, Refusal
from meetings.documents import BRIEFING
from meetings.guides import step_of
from meetings.history import Line
from meetings.parts import OUTCOME_OF, Layout
from meetings.people import Deed, allowed
from meetings.record import Record
from meetings.rules import CATALOGUE, Level
from meetings.stages import NotReady
from meetings.store import NoSuchMeeting
from meetings.vocabulary import Agency, Audience, SignoffAs

_AS = {
    SignoffAs.CHAIR: "as chair",
    SignoffAs.POLICE: "for police",
    SignoffAs.MANAGER: "as a manager who ratifies",
}


def _read_back_page(reference: str, problem: str = "", status: int = 200, at: str = "confirm") -> Any:
    found = look_at_discussion(reference)
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
        signs=[(one, as_, _AS[as_]) for one, as_ in desk().may_sign(found, current_person())],
        spoke=[(one, as_, _AS[as_]) for one, as_ in desk().may_have_spoken(found, current_person())],
        proof=proof().asks,
        name_of=name_of,
        problem=problem,
        at=at,
        assent=_assent(found),
        typed=request.form.get("typed_name", ""),
        **answers_of(found),
    ), status


@bp.get("/records/<path:reference>/read-back")
@allowed(Deed.SEE)
def read_back(reference: str) -> Any:
    """Show decisions and actions before people leave, and let chair and police confirm the text."""
    return _read_back_page(reference)


@dataclass(frozen=True)
class Assent:
    """The answers about one child as the page shows them, with a mark of what it showed."""

    answers: list[tuple[Agency, str, str]]
    mark: str


def _assent(found: Record) -> dict[str, Assent]:
    """Return, by child, what each agency answered; after a refusal, what was typed."""
    document = found.document
    shown = {}
    for child in document.subjects:
        answers = answers_for(document, document.outcome_of(child.id), child.id)
        if request.method == "POST" and (request.view_args or {}).get("child") == child.id:
            answers = [
                (one, request.form.get(f"answer:{one}", answer), request.form.get(f"reason:{one}", reason))
                for one, answer, reason in answers
            ]
        shown[child.id] = Assent(answers, mark_of_assent(found.part(f"{OUTCOME_OF}{child.id}")))
    return shown


@bp.post("/records/<path:reference>/children/<child>/assent")
@allowed(Deed.RECORD)
def hear_assent(reference: str, child: str) -> Any:
    """Keep which agencies agree with the decision for a child, and why others do not."""
    found = look_at_discussion(reference)
    form = request.form
    said = {one: form.get(f"answer:{one}", "") for one in agencies_here(found.document)}
    try:
        hear(
            desk(),
            reference,
            child,
            [one for one, answer in said.items() if answer == "agrees"],
            {one: clean(form.get(f"reason:{one}", "")).text for one, answer in said.items() if answer == "dissents"},
            form.get("seen", ""),
            current_person(),
        )
    except NoSuchPart:
        raise
    except Refusal as refused:
        return _read_back_page(reference, str(refused), 422, at=f"assent-{child}")
    return redirect(url_for("forms.read_back", reference=reference, _anchor=f"assent-{child}"), 303)


@bp.post("/records/<path:reference>/confirm")
@allowed(Deed.CONFIRM)
def confirm(reference: str) -> Any:
    """Confirm the text that was shown, by one's own account."""
    look_at_discussion(reference)
    try:
        as_, professional = _who_as()
        proof().check(current_person())
        typed_name, seen = (request.form.get(name, "") for name in ("typed_name", "content_sha256"))
        desk().confirm(reference, as_, professional, typed_name, seen, current_person())
    except NoSuchPart:
        raise
    except Refusal as refused:
        return _read_back_page(reference, str(refused), 422)
    return redirect(url_for("forms.read_back", reference=reference, _anchor="confirm"), 303)


def _who_as() -> tuple[SignoffAs, str]:
    """Return as what a text is confirmed, and by whom. Raises Refusal."""
    as_, _, professional = request.form.get("who", "").partition(":")
    if as_ not in list(SignoffAs):
        raise Refusal("Choose who confirms the text, and as what.")
    return SignoffAs.of(as_), professional


@bp.post("/records/<path:reference>/confirmed-aloud")
@allowed(Deed.CONFIRM)
def confirmed_aloud(reference: str) -> Any:
    """Write down that somebody confirmed the text aloud."""
    look_at_discussion(reference)
    try:
        as_, professional = _who_as()
        seen = request.form.get("content_sha256", "")
        desk().confirmed_aloud(reference, as_, professional, seen, current_person())
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
    post().send()
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
        row = desk().add_row(reference, "exceptions", current_person(), {"rule": rule}, id_for(rule))
    where = {
        "reference": reference,
        "key": step_of(found.kind, "exceptions").key,
        "open": row.id,
        "_anchor": f"row:{row.id}",
    }
    return redirect(url_for("forms.step", **where), 303)


@bp.post("/records/<path:reference>/reconvene")
@allowed(Deed.RECORD)
def reconvene(reference: str) -> Any:
    """Start a reconvened discussion from this one."""
    new = desk().reconvene(reference, current_person(), id_for("reconvene"))
    return redirect(url_for("forms.record", reference=new), 303)


@bp.get("/records/<path:reference>/history")
@allowed(Deed.SEE)
def history(reference: str) -> str:
    """Show what was done to a record."""
    found, before = look(reference), _before()
    lines = desk().history(reference, current_person(), before, LINES_ON_A_PAGE)
    if not lines and before is None:
        raise NoSuchMeeting(reference)
    return render_template(
        "history.html",
        record=found,
        lines=[(line, _words(line, found.layout)) for line in reversed(lines)],
        before=before,
    )


LINES_ON_A_PAGE = 200
"""Lines of a log on one page, newest first; the earlier ones are a page further."""


def _before() -> int | None:
    """Return the number of the line before which a page of a log ends, or None for the newest."""
    asked = request.args.get("before", type=int)
    return None if asked is None else max(1, min(asked, 2**31 - 1))


@bp.get("/records/<path:reference>/who-saw-it")
@allowed(Deed.READ_LOG)
def sharing(reference: str) -> str:
    """Show who saw a record and which files were taken of it, for whom."""
    found, before = look(reference), _before()
    lines = list(reversed(desk().sharing(reference, current_person(), before, LINES_ON_A_PAGE)))
    return render_template(
        "sharing.html",
        record=found,
        lines=lines,
        audiences=codes(Audience),
        name_of=name_of,
        before=before,
        findings=issuing().log_findings(reference, current_person()) if found.kind is BRIEFING else [],
    )


def _words(line: Line, layout: Layout) -> str:
    """Return what was done in words: `Actions: recorded (Owner; Done by)`, `Children: added (Robin Marsh)`."""
    _, name, deed = line.what.split(":", 2)
    if name not in layout.names():
        return f"{name.capitalize()} {deed}"
    row = line.detail.get("row", {})
    known = layout.answers_of(name)
    things = [known[path].question.label for path in line.detail.get("fields", ()) if path in known]
    things += [row[path] for path in ("name", "ref") if path in row][:1]
    said = f"{layout.label_of(name) or 'Record'}: {deed}"
    return f"{said} ({'; '.join(things)})" if things else said
