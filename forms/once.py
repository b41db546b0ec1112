"""A page that is sent twice is worked on once: a double click without script, a press on “reload”, two sent at a time.

Each form has a mark of its own, drawn anew with each page. What is posted with it is noted under a hash of the mark, of
who sent it, where to and of every text in it, before it is worked on; sent again, the answer is given again. Whatever a
mark begins (a record, a row) has an id that follows from the mark: it is made once also if this process dies between
making it and answering.
"""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from contextlib import suppress
from typing import Any

from flask import Flask, Response, current_app, g, render_template, request

from meetings.store import Answered, Unavailable

MARK = "once"
"""Name of the hidden input that holds the mark of a form."""
_NAMESPACE = uuid.UUID("6d8b3d0e-2f0a-5c0e-9a53-0d6c1f0f4a11")
_ANEW = frozenset({MARK, "csrf_token", "password"})
"""What of a form says nothing of what is wanted."""
KEPT = ("Location", "Content-Type", "Content-Disposition")
"""What of the head of an answer is given again."""
LONGEST_WAIT = 10.0
"""Seconds that a page which was sent twice waits for the answer to the first."""
SEES_TO_IT_ITSELF = frozenset(
    {
        *("entry.enter", "entry.sign_out", "forms.quick", "forms.give_code", "checking.answer"),
        *("forms.add_account", "forms.account_link", "forms.change_password", "forms.choose_password"),
        "forms.forgotten",
    }
)
"""Doors that make nothing: signing in and out, a code, the check of a file; the quick line, whose row has an id; and
accounts and passwords, whose answers may hold a link that is shown once and kept nowhere."""


def new_mark() -> str:
    """Return a mark for one form of one page."""
    return str(uuid.uuid4())


def id_for(deed: str) -> str | None:
    """Return the id of what this press of a button begins, the same if it is sent again; None if no mark came.

    It follows from who sent the mark, so that nobody comes by another's record or row with it.
    """
    mark = request.form.get(MARK, "")
    if not mark:
        return None
    return str(uuid.uuid5(_NAMESPACE, json.dumps([_who(), request.path, deed, mark])))


def _who() -> str:
    person = g.get("person")
    return "" if person is None else str(person.id)


def _sha256() -> str | None:
    """Return what a posted page is noted under, or None if it comes without a mark or needs none."""
    if request.method != "POST" or request.endpoint in SEES_TO_IT_ITSELF or request.is_json:
        return None
    mark = request.form.get(MARK, "")
    if not mark:
        return None
    sent = sorted((name, texts) for name, texts in request.form.lists() if name not in _ANEW)
    whole = json.dumps([_who(), request.path, request.query_string.decode("latin-1"), mark, sent])
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def _take_up() -> Any:
    """Let a posted page in if it was not sent before; else answer as it was answered then."""
    sha256 = _sha256()
    if sha256 is None:
        return None
    desk = current_app.extensions["accord"]
    waited = time.monotonic()
    while not desk.store.receive_once(sha256, desk.now()):
        known, answered = desk.store.answer_kept(sha256)
        if answered is not None:
            return Response(answered.content, answered.status, answered.headers)
        if known and time.monotonic() - waited > LONGEST_WAIT:
            return render_template(
                "refusal.html",
                title="This was sent twice",
                said="The first is still being worked on. Nothing was done twice.",
                next="Open the page again in a moment, and see what became of it.",
            ), 409
        time.sleep(0.05)
    g.taken_up = sha256
    return None


def _answer(response: Response) -> Response:
    """Keep what a posted page was answered, if something came of it."""
    sha256 = g.pop("taken_up", None)
    if sha256 is None:
        return response
    store = current_app.extensions["accord"].store
    with suppress(Unavailable):  # then it may be sent again once nobody can be at work on it any more
        if response.status_code >= 400:
            store.forget_posted(sha256)
        else:
            headers = {name: response.headers[name] for name in KEPT if name in response.headers}
            store.keep_answer(sha256, Answered(response.status_code, headers, response.get_data()))
    return response


def _put_down(_problem: BaseException | None) -> None:
    """Note that nothing came of a posted page that was never answered."""
    sha256 = g.pop("taken_up", None)
    if sha256 is not None:
        with suppress(Unavailable):
            current_app.extensions["accord"].store.forget_posted(sha256)


def register(app: Flask) -> None:
    """Put it behind the door, which says first who it is and that the page is ours."""
    app.jinja_env.globals["new_mark"] = new_mark
    app.before_request(_take_up)
    app.after_request(_answer)
    app.teardown_request(_put_down)
