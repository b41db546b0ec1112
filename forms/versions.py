"""Pages of the versions of a record: its text in words, what is wrong in it, what differs, and each move."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from forms.asking import name_of
from forms.blueprint import bp, desk, look, say, typed, versions
from forms.entry import current_person
from meetings.documents import DISCUSSION
from meetings.drafts import Refusal
from meetings.facts import corrections_until
from meetings.guides import step_of
from meetings.outline import outline
from meetings.people import Deed, allowed, may
from meetings.record import Record
from meetings.signers import own_entries
from meetings.store import Challenge
from meetings.vocabulary import DocumentStatus


def versions_of(record: Record) -> dict[str, Any]:
    """Return what every page of a record shows of its versions, its moves and what is said to be wrong in it."""
    person = current_person()
    known = versions().all_of(record)
    standing = desk().newest_of(record)
    newest = next((one for one in known if one.version == standing), None)
    challenges = versions().challenges(record.reference)
    return {
        "versions": known,
        "newest": newest,
        "moves": versions().moves(record, person) if record.is_newest else [],
        "challenges": challenges,
        "to_correct": [
            (one, _field_of(record, one)) for one in challenges if record.is_draft and one.taken_up == record.version
        ],
        "decider": versions().decider(record) if known else None,
        "may_answer": versions().may_answer(record, person) if known else False,
        "may_challenge": may(person, Deed.CHALLENGE) and newest is not None and newest.status is DocumentStatus.FINAL,
    }


def _field_of(record: Record, one: Challenge) -> str:
    """Return where the field is that a challenge asks to be corrected."""
    part = record.part(one.part_id) if one.part_id else None
    if part is None:
        name = record.address_of(one.pointer).part
        key = step_of(record.kind, name).key
        return url_for("forms.step", reference=record.reference, key=key, _anchor=f"list:{name}")
    if part.name == "outcomes":
        return url_for("forms.child", reference=record.reference, child=part.body.get("child"))
    key = step_of(record.kind, part.name).key
    return url_for("forms.step", reference=record.reference, key=key, open=part.id, _anchor=f"row:{part.id}")


def _wanted_version() -> int | None:
    return request.args.get("version", type=int)


@bp.get("/records/<path:reference>/text")
@allowed(Deed.SEE)
def text(reference: str) -> str:
    """Show the whole text of a record, or of one version of it, in words."""
    found = look(reference, _wanted_version())
    desk().note_view(reference, current_person(), "text", found.version)
    is_discussion = found.kind is DISCUSSION
    return render_template(
        "text.html",
        record=found,
        chapters=outline(found.content, found.kind),
        until=corrections_until(found.document, found.profile) if is_discussion else None,
        name_of=name_of,
        **versions_of(found),
    )


@bp.get("/records/<path:reference>/compare")
@allowed(Deed.SEE)
def compare(reference: str) -> Any:
    """Show two versions side by side: what changed, what was added, what was removed."""
    after = look(reference, request.args.get("to", type=int))
    wanted = request.args.get("from", type=int)
    known = versions().all_of(after)
    earlier = [one for one in known if one.version < after.version]
    if wanted is None and not earlier:
        raise Refusal("There is only one version of this record, so there is nothing to compare.")
    before = look(reference, wanted if wanted is not None else earlier[-1].version)
    return render_template(
        "compare.html",
        record=after,
        before=before,
        after=after,
        versions=known,
        newest_number=after.kept.version,
        differences=versions().differences(reference, before.version, after.version, current_person()),
    )


# ── What is wrong in a final text ────────────────────────────────────────────────────────────────────────────────


def _challenge_page(reference: str, problem: str = "", status: int = 200) -> Any:
    found = versions().standing(reference, current_person())
    entry = versions().entry_at(found, request.values.get("at", ""))
    known = found.layout.answers_of(entry.part)
    answered = {one.path for one in entry.said}
    others = [(path, known[path].question.label) for path in _asked_of(found, entry.part) if path not in answered]
    return render_template(
        "challenge.html",
        record=found,
        entry=entry,
        others=others,
        people=[one for one in found.document.professionals or () if one.name],
        me=next((one.id for one in own_entries(found.document, current_person())), ""),
        typed=request.form,
        problem=problem,
    ), status


def _asked_of(record: Record, part: str) -> list[str]:
    return [path for path, one in record.layout.answers_of(part).items() if one.asked and one.question.label]


@bp.get("/records/<path:reference>/challenge")
@allowed(Deed.CHALLENGE)
def challenge(reference: str) -> Any:
    """Ask what is wrong in a line of the version in force, and what it should say."""
    return _challenge_page(reference)


@bp.post("/records/<path:reference>/challenge")
@allowed(Deed.CHALLENGE)
def raise_challenge(reference: str) -> Any:
    """Keep what is said to be wrong."""
    form = request.form
    try:
        versions().challenge(
            reference,
            form.get("at", ""),
            form.get("path", ""),
            typed("should_say"),
            typed("reason"),
            form.get("professional", ""),
            current_person(),
        )
    except Refusal as refused:
        return _challenge_page(reference, str(refused), 422)
    say("Noted. It is answered here, with a reason.")
    return redirect(url_for("forms.record", reference=reference, _anchor="challenges"), 303)


@bp.post("/records/<path:reference>/challenges/<int:number>")
@allowed(Deed.CHALLENGE)
def answer_challenge(reference: str, number: int) -> Any:
    """Accept or decline what is said to be wrong."""
    form = request.form
    try:
        if form.get("answer") not in ("accept", "decline"):
            raise Refusal("Choose whether the challenge is accepted or declined.")
        versions().answer_challenge(reference, number, form["answer"] == "accept", typed("reason"), current_person())
    except Refusal as refused:
        found = look(reference)
        one = next((one for one in versions().challenges(reference) if one.number == number), None)
        page = render_template("answer_challenge.html", record=found, one=one, typed=form, problem=str(refused))
        return page, 422
    return redirect(url_for("forms.record", reference=reference, _anchor="challenges"), 303)


# ── Moves ────────────────────────────────────────────────────────────────────────────────────────────────────────


@bp.post("/records/<path:reference>/moves/<name>")
@allowed(Deed.SEE)
def make_move(reference: str, name: str) -> Any:
    """Open, begin or drop a correction; withdraw a record or stand a briefing down."""
    reason = typed("reason")
    try:
        versions().make(reference, name, reason, current_person())
    except Refusal as refused:
        found = look(reference)
        move = next((one for one in versions().moves(found, current_person()) if one.name == name), None)
        return render_template("move.html", record=found, move=move, typed=reason, problem=str(refused)), 422
    return redirect(url_for("forms.record", reference=reference), 303)
