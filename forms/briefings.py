"""The pages of a briefing: its record, starting it from a discussion, approving and issuing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for

from forms.asking import PartForm, name_of, room_of
from forms.blueprint import bp, desk, issuing, look, pages_of, post, say, typed
from forms.days import read_date
from forms.entry import current_person, proof
from forms.lamps import running, states_of
from forms.moments import read_instant
from forms.needed import link_to, needs_of
from forms.once import id_for
from forms.reading import Unreadable
from forms.versions import versions_of
from meetings.birth import BORN
from meetings.briefing_facts import BECOMES, Stage, band, due_soon, late_readers, owed, police_protection_for, unread_by
from meetings.changed_since import Answered, Changed
from meetings.desk import Refusal
from meetings.documents import BRIEFING, HumanRights
from meetings.facts import is_manager
from meetings.guides import steps_for
from meetings.issuing import LASTS_LONGER
from meetings.need_to_know import Reach
from meetings.parts import Part, with_value
from meetings.people import Deed, allowed, may
from meetings.questions import Tense, fields
from meetings.record import Record
from meetings.rules import Level
from meetings.rules.briefing.saying import REASONS
from meetings.rules.briefing.sharing import closed_in_the_open, closed_texts
from meetings.signers import is_self
from meetings.vocabulary import Audience, BirthKind, FamilyKeyword, HandlingCode, ProfessionalKind

COPIES = (Audience.FULL, Audience.POLICE, Audience.PARTNER)
"""The closed and the open copies of a briefing; never one for the family."""


@dataclass(frozen=True)
class SourceChange:
    """A line of the discussion that has changed, in words: which line, and what it says now."""

    change: Changed
    line: str
    now: list[tuple[str, str]]


def changes_of(found: Record) -> list[SourceChange]:
    """Return what of the discussion has changed since a briefing took it over, for who sees the discussion too."""
    source = issuing().source_record(found)
    if source is None or desk().reach(source.reference, current_person()) is not Reach.WHOLE:
        return []
    return [
        SourceChange(
            one,
            ": ".join(filter(None, (one.label, one.named))),
            [(answer.question.question.label, _spell(answer, source)) for answer in one.answers],
        )
        for one in issuing().changed_since(found)
    ]


def _spell(answered: Answered, source: Record) -> str:
    """Return an answer of the discussion in words."""
    if answered.value is None:
        return "nothing any more"
    room = room_of(source, desk().now())
    held = Part("now", answered.part, 0, body=with_value({}, answered.path, answered.value))
    asked = PartForm(answered.part, held, (answered.path,), room)[answered.path]
    return asked.spell(asked.held)


def briefing_page(found: Record) -> str:
    """Show a briefing's task list, or what became of it once it is approved."""
    needs = needs_of(found, desk().findings(found))
    now, stage, day = desk().now(), issuing().stage(found), desk().now().date()
    return render_template(
        "briefing.html",
        record=found,
        stage=stage,
        may_become=BECOMES[stage],
        stages=Stage,
        now=now,
        needs=needs,
        blocks=[one for one in needs if one.finding.level is Level.BLOCK],
        states=states_of(found, needs),
        steps=steps_for(found.document),
        running=running(found),
        audiences=COPIES,
        has_final=not found.is_draft or found.version > 1,
        name_of=name_of,
        confirmations=found.confirmations(),
        changes=(shown := changes_of(found)),
        changed_unseen=not shown and bool(issuing().changed_since(found)),
        unread=unread_by(found.document),
        late=late_readers(found.document, now),
        sightings=issuing().sightings(found.reference),
        owed=needs_of(found, owed(found.document, found.profile)),
        managers=managers_of(found),
        me=approver_of(found),
        proof=proof().asks,
        by_telephone=_to_be_rung(found, stage),
        born_since=found.is_draft and BORN in str((found.json.get("supersedes") or {}).get("text", "")),
        due=due_soon(found.document, day, found.profile),
        powers=police_protection_for(found.document, day, found.profile.nation),
        unborn=[one for one in found.document.children or () if one.kind is BirthKind.UNBORN],
        source_is_here=issuing().source_is_here(found, current_person()),
        may_approve=may(current_person(), Deed.APPROVE),
        **versions_of(found),
    )


def managers_of(found: Record) -> list[Any]:
    """Return those of a briefing who may approve it: supervisors who did not write it."""
    author = found.document.provenance.recorded_by
    listed = (one for one in found.document.professionals or () if one.name and one.id != author)
    return [one for one in listed if is_manager(one, found.profile)]


def approver_of(found: Record) -> Any:
    """Return who of a briefing this person is, if that is somebody who may approve it; else None."""
    return next((one for one in managers_of(found) if is_self(current_person(), one)), None)


def _to_be_rung(found: Record, stage: Stage) -> list[Any]:
    """Return the recipients who can be rung, and say so themselves: no shift, and not whoever asks."""
    if not stage.is_live:
        return []
    unread, person = set(unread_by(found.document)), current_person()
    people = (one for one in found.document.professionals or () if one.id in unread and not is_self(person, one))
    return [one for one in people if one.kind is not ProfessionalKind.GROUP]


@bp.get("/records/<path:reference>/briefing")
@allowed(Deed.RECORD)
def choose(reference: str) -> str:
    """Ask what of a discussion crosses into a briefing that does not cross by itself."""
    return render_template("choose.html", record=look(reference), items=issuing().choices(reference, current_person()))


@bp.post("/records/<path:reference>/briefing")
@allowed(Deed.RECORD)
def start_briefing(reference: str) -> Any:
    """Start a briefing from a discussion."""
    made = issuing().start(reference, current_person(), set(request.form.getlist("cross")), id_for("start"))
    return redirect(url_for("forms.record", reference=made), 303)


@bp.post("/records/<path:reference>/source")
@allowed(Deed.RECORD)
def source_changed(reference: str) -> Any:
    """Take a change of the discussion over, or say that it was looked at and changes nothing here."""
    form = request.form
    deed = issuing().take_over if form.get("do") == "take" else issuing().leave
    deed(reference, form.get("part", ""), form.get("pointer", ""), current_person())
    return redirect(url_for("forms.record", reference=reference), 303)


def _approve_page(reference: str, problem: str = "", status: int = 200) -> Any:
    found = look(reference)
    if found.kind is not BRIEFING:
        raise Refusal("Only a briefing is approved; a discussion is confirmed on its read-back page.")
    # That it wants an approval is what this page is for.
    needs = [one for one in needs_of(found, desk().findings(found)) if one.finding.rule != "IIM-HDR-04"]
    return render_template(
        "approve.html",
        record=found,
        document=found.document,
        needs=needs,
        blocks=[one for one in needs if one.finding.level is Level.BLOCK],
        managers=managers_of(found),
        me=approver_of(found),
        proof=proof().asks,
        name_of=name_of,
        problem=problem,
        band=band,
        groups={str(one): one.label for one in FamilyKeyword},
        powers=police_protection_for(found.document, desk().now().date(), found.profile.nation),
        reasons=[
            (one.question.label, getattr(found.document.human_rights, one.attribute))
            for one in fields(HumanRights)
            if one.name in (*REASONS, "less_intrusive")
        ],
        lasts_longer=next((one.finding for one in needs if one.finding.rule == LASTS_LONGER), None),
        closed=list(dict.fromkeys(words for _, words in closed_texts(found.document) if words.strip())),
        given_away=[(words, link_to(found, place)) for place, words in closed_in_the_open(found.document)],
        conditional=[
            one for one in found.document.information.lines or () if one.code is HandlingCode.C and not one.restricted
        ],
    ), status


@bp.get("/records/<path:reference>/approve")
@allowed(Deed.SEE)
def approval(reference: str) -> Any:
    """Show what a supervisor approves."""
    return _approve_page(reference)


@bp.post("/records/<path:reference>/approve")
@allowed(Deed.APPROVE)
def approve(reference: str) -> Any:
    """Approve the text that was shown, by one's own account."""
    try:
        proof().check(current_person())
        issuing().approve(
            reference,
            request.form.get("professional", ""),
            typed("typed_name"),
            request.form.get("content_sha256", ""),
            current_person(),
            longer=typed("longer"),
            open_version_read="open_version_read" in request.form,
        )
    except Refusal as refused:
        return _approve_page(reference, str(refused), 422)
    return redirect(url_for("forms.record", reference=reference), 303)


@bp.post("/records/<path:reference>/issue")
@allowed(Deed.ISSUE)
def issue(reference: str) -> Any:
    """Issue an approved briefing."""
    issuing().issue(reference, current_person(), pages_of(reference))
    post().send()
    return redirect(url_for("forms.record", reference=reference), 303)


@bp.post("/records/<path:reference>/rung")
@allowed(Deed.ISSUE)
def rung(reference: str) -> Any:
    """Write down that a recipient who was rung has read the briefing."""
    form = request.form
    is_new = issuing().acknowledged_aloud(
        reference, form.get("professional", ""), typed("said_by"), form.get("content_sha256", ""), current_person()
    )
    say("It is written down, with your name." if is_new else "It was already noted as read. Nothing is changed.")
    return redirect(url_for("forms.record", reference=reference), 303)


@bp.post("/records/<path:reference>/sightings")
@allowed(Deed.RECORD)
def take_up(reference: str) -> Any:
    """Say that a sighting is known and acted on."""
    issuing().take_up(reference, request.form.get("sighting", ""), current_person())
    return redirect(url_for("forms.record", reference=reference), 303)


@bp.post("/records/<path:reference>/review")
@allowed(Deed.APPROVE)
def review(reference: str) -> Any:
    """Say that a live briefing was reviewed and nothing but its times changes."""
    proof().check(current_person())
    form, now = request.form, desk().now()
    try:
        review_at = read_instant(form.get("review_at", ""), now, tense=Tense.COMING)
        until = read_instant(form["until"], now, tense=Tense.COMING) if form.get("until", "").strip() else None
    except Unreadable as problem:
        raise Refusal(str(problem)) from None
    who, typed_name = form.get("professional", ""), typed("typed_name")
    issuing().review(reference, who, typed_name, review_at, current_person(), until, pages_of(reference))
    post().send()
    return redirect(url_for("forms.record", reference=reference), 303)


@bp.post("/records/<path:reference>/born")
@allowed(Deed.RECORD)
def born(reference: str) -> Any:
    """Note that an unborn subject was born."""
    form = request.form
    try:
        born_on = read_date(form.get("born_on", ""), desk().now().date(), tense=Tense.BIRTH)
    except Unreadable as problem:
        raise Refusal(str(problem)) from None
    issuing().born(reference, form.get("child", ""), born_on, current_person(), typed("name"))
    return redirect(url_for("forms.record", reference=reference), 303)
