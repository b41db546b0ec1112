"""The door: signing in and out, sessions kept on the server, protection against forged posts, headers of every page."""

from __future__ import annotations

import secrets
import time
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, g, redirect, render_template, request, session, url_for
from flask.sessions import SessionInterface, SessionMixin
from flask_wtf.csrf import CSRFError, CSRFProtect

from forms.demonstration import PASSWORD, PEOPLE
from meetings.people import Account, NotAllowed, may, open_to_everybody

bp = Blueprint("entry", __name__)

COOKIE = "accord"
TRIES = 5
"""Wrong passwords for one login before the next has to wait."""
WAIT = 60.0
"""Seconds to wait after that many."""
SEEN_EVERY = 300
"""Seconds after which a session that is used is noted as used again, so that not every page writes."""


class KeptSession(dict[str, Any], SessionMixin):
    """What the server keeps for one browser; the browser holds a token only."""

    def __init__(self, token: str, account_id: str | None, data: MutableMapping[str, Any], *, stale: bool) -> None:
        """Hold what was kept under a token."""
        super().__init__(data)
        self.token = token
        self.account_id = account_id
        self.before = dict(data)
        self.stale = stale
        self.renewed = False

    @property
    def is_changed(self) -> bool:
        """Whether it has to be kept again."""
        return self.stale or self.renewed or dict(self) != self.before


class ServerSessions(SessionInterface):
    """Sessions in the store of the desk."""

    def open_session(self, app: Flask, request: Any) -> KeptSession:
        """Return the session of the browser's token, or a new one."""
        desk = app.extensions["accord"]
        token = request.cookies.get(COOKIE, "")
        kept = desk.sessions.read(token) if token else None
        if kept is None:
            return KeptSession(secrets.token_urlsafe(32), None, {}, stale=False)
        stale = (desk.now() - kept.seen_at).total_seconds() > SEEN_EVERY
        return KeptSession(token, kept.account_id, kept.data, stale=stale)

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Keep the session if it changed, and give the browser its token."""
        if not session.is_changed:
            return
        app.extensions["accord"].sessions.write(session.token, session.account_id, dict(session))
        response.set_cookie(
            COOKIE, session.token, httponly=True, samesite="Lax", secure=app.config["PRODUCTION"], path="/"
        )


def renew(account_id: str | None) -> None:
    """Give this browser a new token for that person, so that a token seen before sign-in is worth nothing after it."""
    current_app.extensions["accord"].sessions.drop(session.token)
    session.clear()
    session.token = secrets.token_urlsafe(32)
    session.account_id = account_id
    session.renewed = True


_tries: dict[str, tuple[int, float]] = {}


def _must_wait(login: str) -> bool:
    count, last = _tries.get(login, (0, 0.0))
    return count >= TRIES and time.monotonic() - last < WAIT


def _note_try(login: str, *, right: bool) -> None:
    if right:
        _tries.pop(login, None)
        return
    if len(_tries) > 10_000:
        _tries.clear()
    _tries[login] = (_tries.get(login, (0, 0.0))[0] + 1, time.monotonic())


def _way_back(target: str) -> str:
    """Return where to go after signing in: a page of this site only."""
    parts = urlsplit(target)
    inside = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return target if inside else url_for("forms.home")


@bp.get("/sign-in")
@open_to_everybody
def sign_in() -> Any:
    """Ask who it is."""
    return _sign_in_page("")


def _sign_in_page(problem: str, status: int = 200) -> Any:
    people = () if current_app.config["PRODUCTION"] else PEOPLE
    return render_template(
        "sign_in.html",
        problem=problem,
        login=request.form.get("login", ""),
        way_back=request.values.get("next", ""),
        people=people,
        password=PASSWORD,
    ), status


@bp.post("/sign-in")
@open_to_everybody
def enter() -> Any:
    """Let somebody in who knows the password."""
    login, password = request.form.get("login", "").strip(), request.form.get("password", "")
    if _must_wait(login):
        return _sign_in_page("Too many wrong passwords. Wait a minute, then try again.", 429)
    desk = current_app.extensions["accord"]
    found = desk.store.find_account(login=login)
    if current_app.config["PRODUCTION"] and found is not None and found[2]:
        return _sign_in_page("Demonstration accounts are refused here. Use your own account.", 403)
    person = desk.sign_in(login, password)
    _note_try(login, right=person is not None)
    if person is None:
        return _sign_in_page("That name and password do not belong together. Check both and try again.", 422)
    renew(person.id)
    return redirect(_way_back(request.form.get("next", "")), 303)


@bp.post("/sign-out")
@open_to_everybody
def sign_out() -> Any:
    """Let somebody out."""
    renew(None)
    return redirect(url_for("entry.sign_in"), 303)


def current_person() -> Account:
    """Return who is signed in. Raises NotAllowed if nobody is."""
    person: Account | None = g.get("person")
    if person is None:
        raise NotAllowed("You are not signed in. Sign in first.")
    return person


def _check_door() -> Any:
    """Let a request in only to doors that are open to this person; every route says to whom it is open."""
    if request.endpoint in (None, "static"):
        return None
    view = current_app.view_functions[request.endpoint]
    deed = view.deed  # type: ignore[attr-defined]  # declared for every route; a test looks
    desk = current_app.extensions["accord"]
    g.person = desk.account(session.account_id) if session.account_id else None
    if deed is None:
        return None
    if g.person is None:
        way_back = request.full_path.rstrip("?") if request.method == "GET" else ""
        return redirect(url_for("entry.sign_in", next=way_back or None), 303)
    if not may(g.person, deed):
        raise NotAllowed(f"Your role, {g.person.role.label}, may not {deed.value}. Ask a recorder to do it.")
    return None


def _make_nonce() -> None:
    g.nonce = secrets.token_urlsafe(16)


def _headers(response: Response) -> Response:
    nonce = g.get("nonce", "")
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self'; script-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    if request.endpoint == "static":
        response.headers["Cache-Control"] = "public, max-age=3600"
    else:
        response.headers["Cache-Control"] = "no-store"
    return response


def register(app: Flask) -> None:
    """Put the door into the app."""
    app.session_interface = ServerSessions()
    app.before_request(_make_nonce)  # before the check for forged posts, whose refusal is a page too
    app.before_request(_check_door)
    CSRFProtect(app)
    app.after_request(_headers)
    app.register_blueprint(bp)

    def forged(refused: CSRFError) -> Any:
        return render_template(
            "refusal.html",
            title="Your session had ended",
            said="What you sent was not kept, because it did not come from a page of your present session.",
            next="Sign in, go back with your browser (your text is still in the page), and save again.",
        ), 400

    app.register_error_handler(CSRFError, forged)
