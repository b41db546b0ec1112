"""Pages of accounts: who has one, for administrators; choosing, changing and asking for a password, for everybody."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask, current_app, redirect, render_template, request, session, url_for

from forms.blueprint import address_of, bp, desk, post, say
from forms.entry import current_person, know_device, proof
from meetings.accounts import LONGEST, Accounts, New, NoSuchAccountLink
from meetings.drafts import Refusal
from meetings.passwords import SHORTEST, WeakPassword
from meetings.people import GIVEN_OUT, Deed, allowed, open_to_everybody
from meetings.vocabulary import Agency

LINES = 200
"""Lines of the history that are shown, newest first."""
MOST_ASKED = 50
"""So many questions for a new password wait at most; more at once are left out."""


def accounts() -> Accounts:
    """Return what is done with accounts, at the desk of this app."""
    return Accounts(desk())


def register(app: Flask) -> None:
    """Give the app what works on questions for a new password, one after the other and beside the pages."""
    app.extensions["accord-asked"] = ThreadPoolExecutor(1, thread_name_prefix="asked")


def _page_of_links() -> str:
    return address_of("forms.choose_page", token="-").removesuffix("-")  # noqa: S106  # the token comes later


# ── Who has an account ───────────────────────────────────────────────────────────────────────────────────────────


def _accounts_page(problem: str = "", status: int = 200) -> Any:
    return render_template(
        "accounts.html",
        everybody=accounts().everybody(current_person()),
        roles=GIVEN_OUT,
        agencies=list(Agency),
        typed=request.form,
        me=current_person(),
        problem=problem,
    ), status


@bp.get("/accounts")
@allowed(Deed.GIVE_ACCOUNTS)
def accounts_page() -> Any:
    """Show who has an account, and ask for somebody new."""
    return _accounts_page()


@bp.post("/accounts")
@allowed(Deed.GIVE_ACCOUNTS)
def add_account() -> Any:
    """Add somebody, and show the link to choose a password, or send it."""
    form = request.form
    names = ("name", "login", "agency", "organisation", "role", "grade", "email")
    new = New(**{name: form.get(name, "") for name in names})
    by_mail = "mail" in form
    if by_mail and not new.email.strip():
        return _accounts_page("Give the e-mail address that the link is to be sent to, or let it be shown here.", 422)
    try:
        person = accounts().add(new, current_person())
    except Refusal as refused:
        return _accounts_page(str(refused), 422)
    return _give_link(person.login, by_mail=by_mail)


@bp.post("/accounts/<login>/link")
@allowed(Deed.GIVE_ACCOUNTS)
def account_link(login: str) -> Any:
    """Give somebody a new link to choose a password: shown once, or sent."""
    return _give_link(login, by_mail="mail" in request.form)


def _give_link(login: str, *, by_mail: bool) -> Any:
    try:
        if by_mail:
            person = accounts().mail_link(login, current_person(), _page_of_links())
            post().send()
            say(f"A link to choose a password is on its way to {person.email}.")
            return redirect(url_for("forms.accounts_page"), 303)
        link = accounts().give_link(login, current_person())
    except Refusal as refused:
        return _accounts_page(str(refused), 422)
    person = desk().account_of(login)
    return render_template("account_link.html", person=person, link=link, address=f"{_page_of_links()}{link.token}")


@bp.post("/accounts/<login>/disable")
@allowed(Deed.GIVE_ACCOUNTS)
def disable_account(login: str) -> Any:
    """Let nobody sign in with an account any more."""
    try:
        person = accounts().disable(login, current_person())
    except Refusal as refused:
        return _accounts_page(str(refused), 422)
    say(f"The account of {person.name} is disabled. Whoever was signed in with it is signed out.")
    return redirect(url_for("forms.accounts_page"), 303)


@bp.post("/accounts/<login>/enable")
@allowed(Deed.GIVE_ACCOUNTS)
def enable_account(login: str) -> Any:
    """Let somebody sign in again."""
    try:
        person = accounts().enable(login, current_person())
    except Refusal as refused:
        return _accounts_page(str(refused), 422)
    say(f"{person.name} can sign in again, with the password of before or by a new link.")
    return redirect(url_for("forms.accounts_page"), 303)


@bp.get("/accounts/history")
@allowed(Deed.GIVE_ACCOUNTS)
def accounts_history() -> Any:
    """Show who did what with accounts, newest first."""
    return render_template("accounts_history.html", lines=accounts().history(current_person(), LINES)[::-1])


# ── One's own password ───────────────────────────────────────────────────────────────────────────────────────────


def _password_page(problem: str = "", status: int = 200) -> Any:
    return render_template("password.html", problem=problem, shortest=SHORTEST), status


@bp.get("/password")
@allowed(Deed.KEEP_PASSWORD)
def password_page() -> Any:
    """Ask for the old and the new password."""
    return _password_page()


@bp.post("/password")
@allowed(Deed.KEEP_PASSWORD)
def change_password() -> Any:
    """Keep a new password; every other session of this person ends."""
    form, person = request.form, current_person()
    try:
        if not proof().is_right(person, form.get("password", ""), "Nothing was changed."):
            raise Refusal("The old password is not right. Nothing was changed.")
        accounts().change(person, form.get("new", ""), form.get("again", ""), session.token)  # type: ignore[attr-defined]
    except (Refusal, WeakPassword) as refused:
        return _password_page(str(refused), 422)
    say("Your password is changed. Where else you were signed in, you are signed out.")
    return redirect(url_for("forms.home"), 303)


def _choose_page(token: str, problem: str = "", status: int = 200) -> Any:
    person = accounts().by_link(token)
    return render_template(
        "choose_password.html", token=token, person=person, problem=problem, shortest=SHORTEST
    ), status


@bp.errorhandler(NoSuchAccountLink)
def no_such_link(_: NoSuchAccountLink) -> Any:
    """Say of a link that was used, replaced or has run out what to do."""
    return render_template("choose_over.html"), 404


@bp.get("/choose/<token>")
@open_to_everybody
def choose_page(token: str) -> Any:
    """Ask for a password; looking at the page does not use the link up."""
    return _choose_page(token)


@bp.post("/choose/<token>")
@open_to_everybody
def choose_password(token: str) -> Any:
    """Keep the password that somebody chooses; the link ends with it."""
    form = request.form
    try:
        person = accounts().choose(token, form.get("new", ""), form.get("again", ""))
    except (Refusal, WeakPassword) as refused:
        return _choose_page(token, str(refused), 422)
    know_device(person.id)
    say(f"Your password is chosen. Sign in with it as {person.login}.")
    return redirect(url_for("entry.sign_in"), 303)


def _choose_again(token: str) -> Any:
    try:
        return _choose_page(token, "This page had been open for too long. Nothing was kept: type it again.", 400)
    except NoSuchAccountLink as over:  # what a handler of errors raises, no other handles
        return no_such_link(over)


choose_password.ask_again = _choose_again  # type: ignore[attr-defined]  # the door calls it


def _look_for(known: Accounts, login: str, page: str) -> None:
    try:
        known.forgotten(login, page)
    except Exception:  # nobody waits for it whom it could be told
        logging.getLogger(__name__).exception("A new password was asked for, and no letter could be queued.")


@bp.get("/forgotten")
@open_to_everybody
def forgotten_page() -> Any:
    """Ask whose password was forgotten."""
    return render_template("forgotten.html", asked=False)


@bp.post("/forgotten")
@open_to_everybody
def forgotten() -> Any:
    """Send a link if there is such an account with an address; the answer, and the time it takes, are the same.

    Whether there is one is looked at beside the pages, and the letter leaves with the post of the next minute.
    """
    asked = current_app.extensions["accord-asked"]
    if asked._work_queue.qsize() < MOST_ASKED:  # noqa: SLF001  # the library says it nowhere else
        asked.submit(_look_for, accounts(), request.form.get("login", "")[:LONGEST], _page_of_links())
    return render_template("forgotten.html", asked=True)
