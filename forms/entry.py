"""The door: signing in and out, sessions kept on the server, protection against forged posts, headers of every page."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    after_this_request,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.sessions import SessionInterface, SessionMixin
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from itsdangerous import BadData, URLSafeTimedSerializer

from forms.asking import WAS
from forms.demonstration import PASSWORD, PEOPLE
from forms.once import MARK
from meetings.drafts import Refusal
from meetings.limits import counted
from meetings.passwords import Busy, queue_of_strangers
from meetings.people import Account, Deed, NotAllowed, may, open_to_everybody, why_not, written_login
from meetings.sessions import SESSION_LASTS
from meetings.store import Unavailable
from meetings.tries import MustWait, Tries

bp = Blueprint("entry", __name__)

COOKIE = "accord"
SEEN_EVERY = 300
"""Seconds after which a session that is used is noted as used again, so that not every page writes."""
DEVICE_COOKIE = "accord-device"
DEVICE_KNOWN_FOR = 180 * 24 * 3600
"""Seconds for which a device is known to those who signed in on it."""
MOST_ON_A_DEVICE = 10
"""So many people are known on one device."""


# ── Sessions ─────────────────────────────────────────────────────────────────────────────────────────────────────


class KeptSession(dict[str, Any], SessionMixin):
    """What is kept for one browser: of somebody signed in by the server, else by the browser alone, with our mark."""

    def __init__(self, token: str, account: Account | None, data: MutableMapping[str, Any], *, stale: bool) -> None:
        """Hold what was kept under a token, and who is signed in."""
        super().__init__(data)
        self.token = token
        self.account = account
        self.account_id = account.id if account else None
        self.before = dict(data)
        self.stale = stale
        self.renewed = False
        self.fault: Unavailable | None = None
        """Why it could not be read; then nobody is signed in for this request, and no page but a refusal is made."""

    @property
    def is_changed(self) -> bool:
        """Whether it has to be kept again."""
        return self.stale or self.renewed or dict(self) != self.before


def _marked(purpose: str, app: Flask | None = None) -> URLSafeTimedSerializer:
    """Return what writes a value that the browser holds, so that it comes back as it was or not at all."""
    return URLSafeTimedSerializer((app or current_app).config["SECRET_KEY"], salt=f"accord {purpose}")


class ServerSessions(SessionInterface):
    """Sessions of those who are signed in, in the store of the desk; nothing is stored for anybody else.

    What a page needs before somebody signs in (the token of its forms, which link's code was right) is in the cookie,
    with the mark of this service.
    """

    def open_session(self, app: Flask, request: Any) -> KeptSession:
        """Return the session of the browser's token, or a new one."""
        desk = app.extensions["accord"]
        token = request.cookies.get(COOKIE, "")
        try:
            kept = desk.sessions.read(token) if token and "." not in token else None
        except Unavailable as problem:
            unread = KeptSession(token, None, {}, stale=False)
            unread.fault = problem
            return unread
        if kept is None:
            return KeptSession("", None, self._unsigned_in(app, token), stale=False)
        stale = (desk.now() - kept.seen_at).total_seconds() > SEEN_EVERY
        return KeptSession(token, kept.account, kept.data, stale=stale)

    def _unsigned_in(self, app: Flask, cookie: str) -> dict[str, Any]:
        if "." not in cookie:  # a token of the store has none
            return {}
        try:
            found = _marked("visit", app).loads(cookie, max_age=SESSION_LASTS.total_seconds())
        except BadData:
            return {}
        return found if isinstance(found, dict) else {}

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Keep the session if it changed, and give the browser its token.

        A page that was made is given out also while the database takes no change. Who signs in is told that it failed.
        """
        if not session.is_changed or session.fault is not None:
            return
        if session.account_id is not None:
            try:
                app.extensions["accord"].sessions.write(session.token, session.account_id, dict(session))
            except Unavailable as problem:
                app.log_exception((type(problem), problem, problem.__traceback__))
                if session.renewed:
                    refusal = app.make_response(app.handle_user_exception(problem))
                    response.data, response.status = refusal.get_data(), refusal.status
                    response.headers.pop("Location", None)
                    response.mimetype = refusal.mimetype
                return
            set_cookie(response, COOKIE, session.token)
        elif session:
            set_cookie(response, COOKIE, _marked("visit", app).dumps(dict(session)))
        else:
            response.delete_cookie(COOKIE, path="/")


def set_cookie(response: Response, name: str, value: str, seconds: int | None = None) -> None:
    """Give the browser something to send back: to pages of this service alone, and only as safely as it came."""
    is_safe = request.is_secure or current_app.config["SECURE"]
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="Lax", secure=is_safe, path="/")


def renew(account_id: str | None) -> None:
    """Give this browser a new token for that person, so that a token seen before sign-in is worth nothing after it."""
    if session.account_id is not None:
        current_app.extensions["accord"].sessions.drop(session.token)
    session.clear()
    session.token = secrets.token_urlsafe(32)
    session.account_id = account_id
    session.renewed = True


# ── Known devices, and tries ─────────────────────────────────────────────────────────────────────────────────────


def _devices() -> tuple[str, list[str]]:
    """Return the number of this device and whose accounts it is known to."""
    try:
        number, known = _marked("device").loads(request.cookies.get(DEVICE_COOKIE, ""), max_age=DEVICE_KNOWN_FOR)
        return str(number), [str(one) for one in known]
    except (BadData, TypeError, ValueError):
        return "", []


def know_device(account_id: str) -> None:
    """Let this device be known to somebody from now on: strangers' wrong passwords do not count against it."""
    number, known = _devices()
    kept = [account_id, *(one for one in known if one != account_id)][:MOST_ON_A_DEVICE]
    value = _marked("device").dumps([number or secrets.token_urlsafe(16), kept])

    @after_this_request
    def give(response: Response) -> Response:
        set_cookie(response, DEVICE_COOKIE, value, DEVICE_KNOWN_FOR)
        return response


def _is_right(login: str, try_it: Callable[[], bool], account_id: str | None = None) -> bool:
    """Whether a password is right, if another may be tried now. Raises MustWait, and Busy for a stranger."""
    number, known = _devices()
    device = number if account_id is not None and account_id in known else None
    one = counted(login, request.remote_addr or "", device)
    tries: Tries = current_app.extensions["accord-tries"]
    return tries.take(one, try_it)


def _is_inside(target: str) -> bool:
    """Whether an address is a page of this site."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    # The parser leaves out line ends, which in the header of an answer begin another header.
    return (
        target.isprintable()
        and target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and not parts.netloc
        and not parts.scheme
    )


def _way_back(target: str) -> str:
    """Return where to go after signing in: a page of this site only."""
    return target if _is_inside(target) else url_for("forms.home")


TOO_MANY = "Too many wrong passwords. Wait a minute, then try again."
MANY_AT_ONCE = "Many people are signing in at this moment. Wait a few seconds, then press Sign in again."


@bp.get("/sign-in")
@open_to_everybody
def sign_in() -> Any:
    """Ask who it is."""
    return _sign_in_page("")


def _sign_in_page(problem: str, status: int = 200, unsaved: Unsaved | None = None) -> Any:
    people = () if current_app.config["PRODUCTION"] else PEOPLE
    return render_template(
        "sign_in.html",
        problem=problem,
        login=request.form.get("login", ""),
        way_back=request.values.get("next", ""),
        people=people,
        password=PASSWORD,
        unsaved=unsaved,
    ), status


NEVER_CARRIED = frozenset({"csrf_token", "password"})
"""What no page hands on to the next."""


# ── What was typed when a session ended ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Unsaved:
    """What a page sent after its session had ended: where to, and every name with its text.

    It travels in the pages of signing in, from browser to browser, and is kept nowhere on the server.
    """

    target: str
    pairs: list[tuple[str, str]]

    @property
    def as_text(self) -> str:
        """How it stands in a hidden input while somebody signs in."""
        return json.dumps([self.target, self.pairs])

    @property
    def texts(self) -> list[str]:
        """What of it people can read."""
        hidden = (WAS, "content_sha256", "do", MARK)
        return [text for name, text in self.pairs if text.strip() and not name.startswith(hidden)]


def sent_now() -> Unsaved | None:
    """Return what this request brought, if it brought anything and came from a page of ours."""
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.host:
        return None
    pairs = [(name, text) for name, texts in request.form.lists() for text in texts if name not in NEVER_CARRIED]
    return Unsaved(request.path, pairs) if any(name not in ("do", MARK) for name, _ in pairs) else None


def _sent_before() -> Unsaved | None:
    """Return what was carried through the sign-in page, if it is sound."""
    try:
        target, pairs = json.loads(request.form.get("unsaved", "null"))
        pairs = [(name, text) for name, text in pairs if isinstance(name, str) and isinstance(text, str)]
    except (TypeError, ValueError, RecursionError):
        return None
    if not isinstance(target, str) or not _is_inside(target) or not pairs:
        return None
    return Unsaved(target, pairs)


def _ended() -> Any:
    """Answer a post whose session had ended: nothing is kept, and nothing of it is lost."""
    unsaved = sent_now()
    if g.get("person") is not None:
        if unsaved is not None:
            return render_template("send_again.html", unsaved=unsaved), 400
        if not request.form:
            return render_template(
                "refusal.html",
                title="What was sent could not be read",
                said="It was not what a page of this product sends. Nothing was changed.",
                next="Open the page again and press it there.",
            ), 400
        return render_template(
            "refusal.html",
            title="This page was too old",
            said="What you pressed did nothing, because the page was made before you last signed in.",
            next="Open the page again and press it there.",
        ), 400
    if unsaved is None:
        return redirect(url_for("entry.sign_in"), 303)
    return _sign_in_page("", 400, unsaved)


@bp.post("/sign-in")
@open_to_everybody
def enter() -> Any:
    """Let somebody in who knows the password."""
    login, password = written_login(request.form.get("login", "")), request.form.get("password", "")
    unsaved = _sent_before()
    desk = current_app.extensions["accord"]
    found = desk.store.find_account(login=login)
    if current_app.config["PRODUCTION"] and found is not None and found[2]:
        return _sign_in_page("Demonstration accounts are refused here. Use your own account.", 403, unsaved)
    try:
        with queue_of_strangers():
            is_right = _is_right(
                login, lambda: desk.sign_in(login, password) is not None, found[0].id if found else None
            )
    except MustWait:
        return _sign_in_page(TOO_MANY, 429, unsaved)
    except Busy:
        return _sign_in_page(MANY_AT_ONCE, 429, unsaved)
    if not is_right or found is None:
        return _sign_in_page("That name and password do not belong together. Check both and try again.", 422, unsaved)
    person = found[0]
    if person.disabled_at is not None:
        return _sign_in_page("This account was disabled. Ask whoever gives out accounts here.", 403, unsaved)
    renew(person.id)
    know_device(person.id)
    if unsaved is not None:
        g.person = person
        return render_template("send_again.html", unsaved=unsaved)
    return redirect(_way_back(request.form.get("next", "")), 303)


@bp.post("/sign-out")
@open_to_everybody
def sign_out() -> Any:
    """Let somebody out."""
    renew(None)
    return redirect(url_for("entry.sign_in"), 303)


# ── Proving once more who one is ─────────────────────────────────────────────────────────────────────────────────


class NotProved(Refusal):
    """Somebody who signs did not prove anew who it is; the sentence says what to do."""


class ByPassword:
    """The proof of a local account at the moment of signing: the password, typed again.

    Another way to sign in brings a proof of its own, with the same two names, as `app.extensions["accord-proof"]`.
    """

    asks = "by_password.html"
    """What a form shows to ask for it."""

    def check(self, person: Account) -> None:
        """Look at what the form brought. Raises NotProved."""
        password = request.form.get("password", "")
        if not password:
            raise NotProved("Type your password again: it shows that it is you who signs.")
        if not self.is_right(person, password):
            raise NotProved("That is not your password. Nothing was signed.")

    def is_right(self, person: Account, password: str, otherwise: str = "Nothing was signed.") -> bool:
        """Whether it is the password of somebody who is signed in. Raises NotProved where another try has to wait."""
        tries: Tries = current_app.extensions["accord-tries"]
        try:
            return tries.take(
                counted(person.login, "", "signed in"),
                lambda: bool(current_app.extensions["accord"].proves(person, password)),
            )
        except MustWait:
            raise NotProved(f"{TOO_MANY} {otherwise}") from None


def proof() -> Any:
    """Return how people of this app prove once more who they are."""
    return current_app.extensions["accord-proof"]


def wants_data() -> bool:
    """Whether a script asks, which reads JSON, and not a person, who reads a page."""
    return request.method not in ("GET", "HEAD", "POST") or request.accept_mimetypes.best == "application/json"


def current_person() -> Account:
    """Return who is signed in. Raises NotAllowed if nobody is."""
    person: Account | None = g.get("person")
    if person is None:
        raise NotAllowed("You are not signed in. Sign in first.")
    return person


def _check_door() -> Any:
    """Let a request in only to doors, and to records, that are open to this person; every route says to whom it is."""
    if request.endpoint in (None, "static"):
        return None
    if session.fault is not None:
        raise session.fault
    view = current_app.view_functions[request.endpoint]
    deed = view.deed  # type: ignore[attr-defined]  # declared for every route; a test looks
    g.person = session.account
    reference = (request.view_args or {}).get("reference")
    if deed is None:
        return None if reference is None else abort(404)  # what names a record is open to nobody undeclared
    if g.person is None:
        if wants_data():
            return jsonify(says="You are signed out. Sign in to go on; what you typed is in your page."), 401
        if request.method == "POST":
            return _ended()
        return redirect(url_for("entry.sign_in", next=request.full_path.rstrip("?")), 303)
    if not may(g.person, deed):
        if request.endpoint == "forms.home" and may(g.person, Deed.GIVE_ACCOUNTS):
            return redirect(url_for("forms.accounts_page"), 303)  # the first page of who sees no record
        raise NotAllowed(why_not(g.person, deed))
    if reference is not None:
        g.reach = current_app.extensions["accord"].admit(reference, g.person, deed)
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


_forgery = CSRFProtect()
_found_true: set[tuple[str, str, str]] = set()
"""Tokens that were found true, each with its secret and the session's own: they stay true, and each save sends one."""


def _refuse_forged() -> None:
    """Let nothing be changed without the token of a page of this session. Raises CSRFError."""
    held = session.get("csrf_token", "")
    sent = (request.headers.get("X-CSRFToken", ""), held, str(current_app.secret_key))
    if held and not request.is_secure and sent in _found_true:
        return
    _forgery.protect(apply_exemptions=True)
    if held and sent[0] and g.get("csrf_valid") and request.mimetype == "application/json":
        if len(_found_true) > 10_000:
            _found_true.clear()
        _found_true.add(sent)


class _LooksForForms:
    """Looks for no form where JSON came: every save of a field is such a request."""

    environ: dict[str, Any]

    @property
    def want_form_data_parsed(self) -> bool:
        """Whether what came may be a form."""
        sent = self.environ.get("CONTENT_TYPE", "")
        return bool(sent) and not sent.startswith("application/json")


def register(app: Flask) -> None:
    """Put the door into the app."""
    asked = app.request_class  # which may know already how uploads are read
    app.request_class = type("AskedRequest", (_LooksForForms, asked), {})
    app.session_interface = ServerSessions()
    app.extensions.setdefault("accord-proof", ByPassword())
    app.before_request(_make_nonce)  # before the check for forged posts, whose refusal is a page too
    app.before_request(_check_door)
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # it is asked here, where it is remembered what was found
    _forgery.init_app(app)
    app.before_request(_refuse_forged)
    app.after_request(_headers)
    app.register_blueprint(bp)

    def forged(refused: CSRFError) -> Any:
        if request.endpoint == "entry.enter":
            return _sign_in_page("This page had been open for too long. Sign in now.", 400, _sent_before())
        if request.endpoint == "entry.sign_out":
            return redirect(url_for("forms.home"), 303)
        ask_again = getattr(current_app.view_functions.get(request.endpoint or ""), "ask_again", None)
        if ask_again is not None:
            return ask_again(**(request.view_args or {}))
        if wants_data() and g.get("person") is not None:
            # The page was made in an earlier session of this browser: with a new token it can send again.
            return jsonify(says="Send it again.", token=generate_csrf(), person=g.person.id), 400
        return _ended()

    app.register_error_handler(CSRFError, forged)
