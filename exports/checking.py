"""Pages about sealed files: the check that anybody may use, and the register of what was given out.

What is uploaded is read in memory and forgotten: not a byte of it is kept, on disk or in the store.
"""

from __future__ import annotations

import io
import threading
import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Blueprint, Flask, Request, Response, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import RequestEntityTooLarge

from exports.commands import entry_of
from exports.court_words import MEANINGS, PROVES_NOT, court_words
from exports.issued import NoSeal
from exports.standalone import standalone_verifier
from exports.unzip import NotReadable
from exports.verdicts import Result, plain
from exports.verify import trusted_here
from exports.verify_apart import verify_apart
from exports.verify_json import LONGEST_JWS
from exports.verify_trust import NoCertificates, name_of, read_folder
from meetings.desk import Desk
from meetings.people import Deed, allowed, may, open_to_everybody
from meetings.register import NotKept, Register
from meetings.vocabulary import Agency, Audience, SignoffAnswer

bp = Blueprint("checking", __name__)

LARGEST_UPLOAD = 10 * 1024 * 1024
_ROOM_BESIDE = 100_000
"""Bytes that a form takes beside the file: its token, a signature, the marks between them."""

AT_ONCE = 2
MOST_WAITING = 8
SECONDS_TO_WAIT = 10
CHECKS_A_MINUTE = 60
"""Checks at once in one process, how many others wait for a turn, how long, and how many one account or, of those who
are not signed in, one address has a minute."""

TOO_LARGE = "That file is larger than 10 MB, the largest that is checked here. Nothing of it was kept."
TOO_OLD = "This page had been open for too long, or the browser keeps no cookies. Choose the file again."
TOO_BUSY = "Too many files are being checked just now. Wait a minute, then choose the file again."
NO_FILE = "Choose the file to check."


class ReadInMemory(Request):
    """A request whose uploads never touch a disk."""

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        return io.BytesIO()


class Turns:
    """Who may check now: so many at once, and so many a minute from one address."""

    def __init__(self, a_minute: int = CHECKS_A_MINUTE) -> None:
        """Let everybody in who was not here too often."""
        self.a_minute = a_minute
        self._here = threading.BoundedSemaphore(AT_ONCE)
        self._waiting = threading.BoundedSemaphore(AT_ONCE + MOST_WAITING)
        self._seen: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def may_enter(self, who: str) -> bool:
        """Whether somebody, by account or else by address, has a check left in this minute."""
        now = time.monotonic()
        with self._lock:
            if len(self._seen) > 10_000:
                self._seen.clear()
            seen = self._seen.setdefault(who, deque())
            while seen and now - seen[0] > 60:
                seen.popleft()
            if len(seen) >= self.a_minute:
                return False
            seen.append(now)
        return True

    def take(self) -> bool:
        """Wait for a turn, unless too many wait already; whether there was one."""
        if not self._waiting.acquire(blocking=False):
            return False
        if self._here.acquire(timeout=SECONDS_TO_WAIT):
            return True
        self._waiting.release()
        return False

    def give_back(self) -> None:
        """Let the next one in."""
        self._here.release()
        self._waiting.release()


def register(app: Flask) -> None:
    """Put the pages into an app, before anything reads a form: here a form may be larger than elsewhere."""
    app.request_class = ReadInMemory
    app.extensions["accord-turns"] = Turns()

    @app.before_request
    def make_room() -> None:
        if request.endpoint == "checking.answer":
            request.max_content_length = LARGEST_UPLOAD + _ROOM_BESIDE

    app.register_blueprint(bp)


def desk() -> Desk:
    """Return the desk of this app."""
    found: Desk = current_app.extensions["accord"]
    return found


def _instance() -> Path:
    return Path(current_app.config["INSTANCE"])


def published() -> list[x509.Certificate]:
    """Return the certificates that this installation sealed with, each with its issuers. Raises NoCertificates."""
    return read_folder(_instance() / "certificates")


# ── The check ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Shown:
    """A certificate as the page names it."""

    subject: str
    sha256: str


def _page(problem: str = "", status: int = 200, **found: Any) -> tuple[str, int]:
    try:
        own = [Shown(name_of(one), one.fingerprint(hashes.SHA256()).hex()) for one in published()]
    except NoCertificates:
        own = []
    reads_log = g.get("person") is not None and may(g.person, Deed.READ_LOG)
    always = {"certificates": own, "proves_not": PROVES_NOT, "meanings": MEANINGS, "reads_log": reads_log}
    return render_template("verify.html", problem=problem, **always, **found), status


@bp.get("/verify")
@open_to_everybody
def verify_page() -> Any:
    """Ask for a file to check."""
    return _page()


@bp.post("/verify")
@open_to_everybody
def answer() -> Any:
    """Say of a file whether it is as it was sealed; keep nothing of it."""
    turns: Turns = current_app.extensions["accord-turns"]
    if not turns.may_enter(g.person.id if g.get("person") else request.remote_addr or ""):
        return _page(TOO_BUSY, 429)
    given = request.files.get("file")
    content = given.read() if given is not None else b""
    if given is None or not content:
        return _page(NO_FILE if given is None or not given.filename else "That file is empty.", 422)
    if len(content) > LARGEST_UPLOAD:
        return _page(TOO_LARGE, 413)
    signature = request.files.get("signature")
    jws = signature.read() if signature is not None and signature.filename else None
    if not turns.take():
        return _page(TOO_BUSY, 429)
    try:
        result = _checked(content, jws)
    except NotReadable as problem:
        return _page(str(problem), 422)
    except NoCertificates as problem:
        return _page(f"{problem} Nothing can be checked until whoever looks after Accord mends that.", 409)
    finally:
        turns.give_back()
    return _answered(given.filename or "", result)


def _checked(content: bytes, jws: bytes | None) -> Result:
    if jws is None and len(content) <= LONGEST_JWS and content.count(b".") == 2 and b".." in content:
        raise NotReadable("That is a signature. Choose the data file first, and this one as its signature.")
    config = current_app.config
    folder = Path(config["TRUST"]) if config["TRUST"] else None
    trust = trusted_here(_instance(), production=config["PRODUCTION"], folder=folder)
    return verify_apart(content, trust, jws=jws, certificates=published(), now=desk().now())


def _answered(name: str, result: Result) -> Any:
    entry = entry_of(Register(desk().store), result)
    signers = [
        (one, plain(one.called or one.name), plain(one.subject), datetime.fromisoformat(one.at) if one.at else None)
        for one in result.signers
    ]
    approvals = [
        (one, Agency.of(one.agency).label if one.agency else "", datetime.fromisoformat(one.at) if one.at else None,
         SignoffAnswer.of(one.answer).label if one.answer else "")
        for one in entry.approvals
    ]  # fmt: skip
    said = court_words(result, entry)
    ref, reader = plain(result.ref or ""), _label(result.audience)
    page: dict[str, Any] = {"result": result, "said": said, "entry": entry, "signers": signers, "approvals": approvals}
    return _page(name=plain(name), ref=ref, reader=reader, **page)


def _label(audience: str | None) -> str:
    """Return for whom a copy is, as the file says, in words; what is no reader's code is nothing."""
    return next((one.label for one in Audience if one == audience), "")


@bp.errorhandler(RequestEntityTooLarge)
def too_large(_: RequestEntityTooLarge) -> Any:
    """Say how large a file may be."""
    return _page(TOO_LARGE, 413)


@bp.errorhandler(CSRFError)
def too_old(_: CSRFError) -> Any:
    """Ask for the file again: the page it was chosen on is worth nothing any more."""
    return _page(TOO_OLD, 400)


@bp.get("/verify/certificates.pem")
@open_to_everybody
def certificates() -> Response:
    """Publish the certificates that this installation sealed with."""
    text = b"".join(one.public_bytes(Encoding.PEM) for one in dict.fromkeys(published()))
    return _attached(text, "certificates.pem", "application/x-pem-file")


@bp.get("/verify/accord-verify.py")
@open_to_everybody
def verifier() -> Response:
    """Give the check as one file, for those who want to run it themselves."""
    return _attached(standalone_verifier().encode(), "accord-verify.py", "text/x-python")


def _attached(content: bytes, name: str, kind: str) -> Response:
    return Response(content, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@bp.errorhandler(NoCertificates)
def unreadable_certificates(problem: NoCertificates) -> Any:
    """Say that a certificate of this installation cannot be read."""
    return _refused("The certificates cannot be read", str(problem), "Tell whoever looks after Accord.", 409)


# ── The register ─────────────────────────────────────────────────────────────────────────────────────────────────


def _refused(title: str, said: str, next_step: str, status: int) -> tuple[str, int]:
    return render_template("refusal.html", title=title, said=said, next=next_step), status


def warnings() -> tuple[str, ...]:
    """Return what whoever looks after the installation should know of its keys: a certificate that ends soon."""
    if not current_app.config["HAS_KEY"]:
        return ()
    try:
        found: tuple[str, ...] = current_app.extensions["accord-seal"]().warnings(desk().now())
    except NoSeal as problem:
        return (str(problem),)
    return found


@bp.get("/records/<path:reference>/files")
@allowed(Deed.READ_LOG)
def files(reference: str) -> Any:
    """Show every file that was given out of a record."""
    found = desk().look(reference, g.person)
    listed = Register(desk().store).files(reference, g.person)
    people = found.document.people()
    return render_template(
        "files.html", record=found, files=listed, people=people, audiences=Audience, warnings=warnings()
    )


@bp.get("/records/<path:reference>/files/<sha256>")
@allowed(Deed.READ_LOG)
def file_again(reference: str, sha256: str) -> Any:
    """Give a file out again just as it was."""
    file, content = Register(desk().store).take_again(desk(), reference, sha256, g.person)
    return _attached(content, file.name, "application/octet-stream")


@bp.get("/register")
@allowed(Deed.READ_LOG)
def find() -> Any:
    """Find a file that was given out by its hash."""
    asked = "".join(request.args.get("sha256", "").split()).lower()
    found = Register(desk().store).find(asked, g.person) if asked else None
    is_hash = len(asked) == 64 and set(asked) <= set("0123456789abcdef")
    return render_template(
        "register.html", asked=asked, found=found, is_hash=is_hash, audiences=Audience, warnings=warnings()
    )


@bp.errorhandler(NotKept)
def not_kept(problem: NotKept) -> Any:
    """Say that a file cannot be given out again."""
    return _refused("That file is not kept", str(problem), "Take a new copy from the record.", 404)
