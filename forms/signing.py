"""Pages of a final text that is answered: for one's agency, as a manager, for somebody who could not, and by a link."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from flask import current_app, g, redirect, render_template, request, session, url_for

from forms.asking import name_of
from forms.blueprint import address_of, bp, desk, look, post, say, signing, typed
from forms.entry import current_person, proof
from meetings.documents import DISCUSSION
from meetings.drafts import Refusal
from meetings.links import LinkEnd
from meetings.namesakes import names_of
from meetings.need_to_know import Reach, asker_of
from meetings.outline import outline
from meetings.people import Deed, NotAllowed, allowed, may, open_to_everybody
from meetings.record import Record
from meetings.signing import Given, LinkOver, NoSuchLink, Told, guest
from meetings.store import Invitation
from meetings.vocabulary import SignoffAnswer


def given() -> Given:
    """Return the answer that was typed."""
    form = request.form
    return Given(
        answer=form.get("answer", ""),
        professional=form.get("professional", ""),
        typed_name=form.get("typed_name", ""),
        seen_sha256=form.get("content_sha256", ""),
        reason=typed("reason"),
        about=form.getlist("about"),
        declared="declared" in form,
        changes="changes" in form,
    )


# ── Answering with an account ────────────────────────────────────────────────────────────────────────────────────


def _sign_page(reference: str, problem: str = "", status: int = 200) -> Any:
    person = current_person()
    found = look_signed(reference)
    desk().note_view(reference, person, "answer", found.version)
    me = signing().me(found, person)
    return render_template(
        "sign.html",
        record=found,
        document=found.document,
        me=me,
        agency=person.agency,
        asked=signing().asked(found),
        ratifies=signing().absent_manager(found, person),
        is_open=signing().is_open(found),
        chapters=outline(signing().text(found, signing().reader(found, person)), found.kind),
        answers=list(SignoffAnswer),
        typed=given(),
        confirmations=found.confirmations(),
        may_see=g.reach is Reach.WHOLE,
        proof=proof().asks,
        name_of=name_of,
        problem=problem,
    ), status


def look_signed(reference: str) -> Record:
    """Return a final record for somebody who may answer for an agency. Raises Refusal, NotAllowed."""
    person = current_person()
    found = desk().record_of(desk().store.read(reference), asker=asker_of(person))
    if found.kind is not DISCUSSION:
        raise Refusal("Agencies answer for the record of a discussion. A briefing is approved, and read.")
    if found.is_draft:
        raise Refusal("This record is not final. Its text is confirmed on the read-back page.")
    if g.reach is not Reach.WHOLE and not (signing().me(found, person) or signing().absent_manager(found, person)):
        raise NotAllowed("Only somebody of the record answers for an agency, and you are not named in it.")
    return found


@bp.get("/records/<path:reference>/answer")
@allowed(Deed.ANSWER)
def sign(reference: str) -> Any:
    """Show the final text, its hash and every answer so far, and ask for this agency's answer."""
    return _sign_page(reference)


@bp.post("/records/<path:reference>/answer")
@allowed(Deed.ANSWER)
def answer(reference: str) -> Any:
    """Keep the answer of this person's agency."""
    try:
        look_signed(reference)
        proof().check(current_person())
        told = signing().answer(reference, given(), current_person(), _page_of(reference))
    except Refusal as refused:
        return _sign_page(reference, str(refused), 422)
    post().send()
    say(f"Your answer for {current_person().agency.label} is kept.{_who_was_told(told)}")
    return redirect(url_for("forms.sign", reference=reference, _anchor="answers"), 303)


@bp.post("/records/<path:reference>/ratify")
@allowed(Deed.ANSWER)
def ratify(reference: str) -> Any:
    """Note that a manager who was absent ratifies the final text."""
    form = request.form
    try:
        look_signed(reference)
        proof().check(current_person())
        signing().ratify(
            reference,
            form.get("professional", ""),
            form.get("typed_name", ""),
            form.get("content_sha256", ""),
            current_person(),
        )
    except Refusal as refused:
        return _sign_page(reference, str(refused), 422)
    say("You have ratified this text.")
    return redirect(url_for("forms.sign", reference=reference, _anchor="answers"), 303)


def _page_of(reference: str) -> str:
    return address_of("forms.sign", reference=reference)


def _who_was_told(told: Told | None) -> str:
    if told is None:
        return ""
    said = ""
    if told.by_mail:
        said += f" Everybody who has signed is told by e-mail: {', '.join(told.by_mail)}."
    if told.not_reached:
        said += f" No address is known for {', '.join(told.not_reached)}: ring them."
    return said or " Nobody else has signed yet."


# ── What the recorder does for others ────────────────────────────────────────────────────────────────────────────


def answers_of(record: Record) -> dict[str, Any]:
    """Return what every page of a record shows of the agencies that are asked, and the codes that are told."""
    person = current_person()
    is_open = signing().is_open(record)
    invites = may(person, Deed.INVITE) and record.is_newest and record.kind is DISCUSSION
    return {
        "asked": signing().asked(record) if not record.is_draft else [],
        "me": signing().me(record, person) if is_open else None,
        "ratifies": signing().absent_manager(record, person) if is_open else None,
        "invites": invites,
        "codes": [one for one in _invited_to(record) if one.is_open] if invites else [],
    }


def _invited_to(record: Record) -> list[Invitation]:
    """Return the links of a record, each with the name by which its person is told from a namesake."""
    names = names_of(record.document)
    found = signing().invitations(record.reference)
    return [replace(one, name=names.get(one.professional, one.name)) for one in found]


def _links_page(reference: str, problem: str = "", status: int = 200) -> Any:
    found = look(reference)
    if found.kind is not DISCUSSION:
        raise Refusal("Agencies answer for the record of a discussion. A briefing is approved, and read.")
    letters: dict[str, Any] = {one.invitation: one for one in signing().letters(reference) if one.invitation}
    links = _invited_to(found)
    asked = signing().asked(found)
    return render_template(
        "links.html",
        record=found,
        asked=asked,
        silent=[one for one in asked if one.latest is None] if signing().is_open(found) else [],
        people=signing().can_be_invited(found),
        have_accounts=signing().have_accounts(found),
        links=[(one, state_of_link(one), letters.get(one.id)) for one in links],
        others=[one for one in signing().letters(reference) if one.invitation is None],
        has_mail_server=current_app.config["HAS_MAIL_SERVER"],
        proof=proof().asks,
        typed=request.form,
        problem=problem,
    ), status


def state_of_link(one: Invitation) -> str:
    """Return what has become of a link, in words."""
    if one.ended_how is not None:
        return one.ended_how.label
    if not one.was_sent:
        return "Waits until the record is final"
    return "Run out" if one.expires_at is not None and one.expires_at <= desk().now() else "Open"


@bp.get("/records/<path:reference>/links")
@allowed(Deed.INVITE)
def links(reference: str) -> Any:
    """Show who answers and how: links for people without an account, their codes, agencies that could not answer."""
    return _links_page(reference)


@bp.post("/records/<path:reference>/links")
@allowed(Deed.INVITE)
def invite(reference: str) -> Any:
    """Make a link and a code for somebody without an account."""
    form = request.form
    page = address_of("forms.by_link", token="-").removesuffix("-")  # noqa: S106  # the token comes when it is sent
    try:
        one = signing().invite(reference, form.get("professional", ""), form.get("address", ""), page, current_person())
    except Refusal as refused:
        return _links_page(reference, str(refused), 422)
    post().send()
    say(f"The code for {one.name} is {one.code}. Tell it in the meeting, or ring; it is never in the e-mail.")
    return redirect(url_for("forms.links", reference=reference), 303)


@bp.post("/records/<path:reference>/links/<link>")
@allowed(Deed.INVITE)
def send_again(reference: str, link: str) -> Any:
    """Send a link again."""
    try:
        signing().send_again(reference, link, current_person())
    except Refusal as refused:
        return _links_page(reference, str(refused), 409)
    post().send()
    say("The link was made anew and sent. One that was sent before works no more; the code is the same.")
    return redirect(url_for("forms.links", reference=reference), 303)


@bp.post("/records/<path:reference>/could-not-answer")
@allowed(Deed.INVITE)
def could_not_answer(reference: str) -> Any:
    """Record for an agency that it could not answer."""
    form = request.form
    try:
        proof().check(current_person())
        signing().could_not_answer(
            reference,
            form.get("agency", ""),
            typed("reason"),
            form.get("content_sha256", ""),
            current_person(),
        )
    except Refusal as refused:
        return _links_page(reference, str(refused), 422)
    say("It is recorded that the agency could not answer. It can still answer itself.")
    return redirect(url_for("forms.links", reference=reference), 303)


# ── By a link ────────────────────────────────────────────────────────────────────────────────────────────────────
#
# No link waits for what others tried: a token cannot be guessed, and the tries at the code are counted for each link.


def _mark(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _code_page(token: str, problem: str = "", status: int = 200) -> Any:
    """Ask for the code, and keep what was typed on the page before."""
    kept = [
        (name, text)
        for name in ("answer", "reason", "about", "typed_name", "declared", "changes")
        for text in request.form.getlist(name)
    ]
    return render_template("link_code.html", token=token, problem=problem, kept=kept), status


def _text_page(token: str, problem: str = "", status: int = 200) -> Any:
    one, found = signing().by_link(token)
    desk().note_view(one.reference, guest(one), "link", found.version)
    text = signing().text(found, signing().link_reader(one, found))
    return render_template(
        "link_text.html",
        token=token,
        record=found,
        document=found.document,
        link=one,
        agency=one.agency,
        me=found.document.professional(one.professional),
        asked=[it for it in signing().asked(found) if it.agency is one.agency],
        chapters=outline(text, found.kind),
        answers=list(SignoffAnswer),
        typed=given(),
        name_of=name_of,
        problem=problem,
    ), status


@bp.errorhandler(NoSuchLink)
@bp.errorhandler(LinkOver)
def over(refused: NoSuchLink | LinkOver) -> Any:
    """Say what became of a link, and what to do."""
    invitation = refused.invitation if isinstance(refused, LinkOver) else None
    return render_template("link_over.html", link=invitation, ends=LinkEnd), 410 if invitation else 404


@bp.get("/answer/<token>")
@open_to_everybody
def by_link(token: str) -> Any:
    """Ask for the code; then show the text and ask for the answer."""
    signing().by_link(token)
    return _text_page(token) if session.get("link") == _mark(token) else _code_page(token)


@bp.post("/answer/<token>/code")
@open_to_everybody
def give_code(token: str) -> Any:
    """Look at the code; if it is right, show the text."""
    try:
        signing().check_code(token, request.form.get("code", ""))
    except Refusal as refused:
        return _code_page(token, str(refused), 422)
    session["link"] = _mark(token)
    if "answer" in request.form or "typed_name" in request.form:
        return _text_page(token, "Nothing is sent yet: what you typed is below. Read it and send it.", 200)
    return redirect(url_for("forms.by_link", token=token), 303)


@bp.post("/answer/<token>")
@open_to_everybody
def answer_by_link(token: str) -> Any:
    """Keep the answer of somebody without an account; the link ends with it."""
    try:
        one, _ = signing().by_link(token)
        if session.get("link") != _mark(token):
            return _code_page(token, "Type the code again. What you typed is kept and not sent yet.", 422)
        told = signing().answer_by_link(token, given(), _page_of(one.reference))
    except Refusal as refused:
        return _text_page(token, str(refused), 422)
    session.pop("link", None)
    post().send()
    return render_template("link_thanks.html", reference=one.reference, agency=one.agency, told=told)


def _ask_again(token: str) -> Any:
    """Answer a page of a link that had been open for too long: nothing was sent, and nothing of it is lost."""
    try:
        signing().by_link(token)
    except (NoSuchLink, LinkOver) as refused:  # what a handler of errors raises, no other handles
        return over(refused)
    return _code_page(token, "This page had been open for too long. Nothing was sent: type the code again.", 400)


for view in (give_code, answer_by_link):
    view.ask_again = _ask_again  # type: ignore[attr-defined]  # the door calls it in the place of a sign-in page
