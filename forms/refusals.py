"""What people read when something cannot be done: one handler for each kind of refusal, for every page."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from forms.agreeing import not_ready_page
from forms.entry import sent_now, wants_data
from forms.keeping import keys_of, typed_in
from meetings.audience import CopyRefused, NoSuchReader, UnknownAudience
from meetings.desk import NoSuchPart, Refusal, Withheld
from meetings.people import NotAllowed
from meetings.profiles import NoSuchProfile
from meetings.stages import NoSuchMove, NotReady
from meetings.store import NoSuchMeeting, NotStorable, Unavailable

_PLAIN: dict[int, tuple[str, str, str]] = {
    404: (
        "There is no such page",
        "The address may be mistyped, or the page is gone.",
        "Go back, or start from the list of records.",
    ),
    405: ("That cannot be done here", "The page does not take what was sent to it.", "Go back and try again."),
    413: (
        "That is too much at once",
        "What was sent is longer than 6 MB, or has more fields than a form here can have. Nothing of it was kept.",
        "Go back: your text is still in the page. Save it in smaller pieces.",
    ),
    500: (
        "Something went wrong here",
        "What you saved before is kept. The fault was written to the log, without any of your text.",
        "Go back and try again. If it happens again, tell whoever looks after Accord its number: {incident}.",
    ),
}


def page(status: int, title: str, said: str, next_step: str, **more: Any) -> Any:
    """Return the page of a refusal: what happened, and what to do next; for a script the same as JSON."""
    if wants_data():
        return jsonify(title=title, says=f"{said} {next_step}".strip()), status
    return render_template("refusal.html", title=title, said=said, next=next_step, **more), status


def page_with_what_was_typed(status: int, title: str, said: str, next_step: str) -> Any:
    """Return the page of a refusal that also shows again what was typed, of which nothing could be kept."""
    typed = typed_in(keys_of(request.form)) if request.method == "POST" else []
    return page(status, title, said, next_step, typed=[one for texts in typed for one in texts])


def _withheld(refused: Withheld) -> Any:
    """Say that a record is not open; to a script, which sends and reads JSON, in its own language."""
    said = f"{refused} The reference may be mistyped, or you are not on the list of those who need the record."
    asks = "If you need the record for your work, ask its recorder to put you on the circulation list."
    if request.is_json:
        return jsonify(says=f"{said} {asks}"), 404
    return page_with_what_was_typed(404, "That record is not open to you", said, f"Check the reference. {asks}")


RETRY_AFTER = 20
"""Seconds after which a program may ask again."""


def unavailable(problem: Unavailable) -> Any:
    """Return the page that says why the database does not do it now; what was typed stands in it, to be sent again."""
    _note(problem)
    if wants_data():
        answer = jsonify(title="The database does not answer as it should", says=str(problem))
    else:
        unsaved = sent_now() if request.method == "POST" else None
        answer = make_response(
            render_template(
                "unavailable.html",
                problem=problem,
                is_post=request.method == "POST",
                unsaved=unsaved,
                incident=g.get("incident", ""),
                token=request.form.get("csrf_token", ""),
                asks_password="password" in request.form,
            )
        )
    answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer, 503


def _note(problem: Exception) -> None:
    current_app.log_exception((type(problem), problem, problem.__traceback__))


def register(app: Flask) -> None:
    """Give the app its refusals."""
    app.register_error_handler(Unavailable, unavailable)
    app.register_error_handler(
        NoSuchMeeting,
        lambda refused: page_with_what_was_typed(
            404, "There is no such record", str(refused), "Look it up in the list."
        ),
    )
    app.register_error_handler(Withheld, _withheld)
    app.register_error_handler(
        NotAllowed,
        lambda refused: page_with_what_was_typed(403, "You may not do that", str(refused), "Nothing was changed."),
    )
    app.register_error_handler(
        NoSuchPart,
        lambda refused: page_with_what_was_typed(
            404, "That is no longer there", str(refused), "Go back and open the page again."
        ),
    )
    app.register_error_handler(
        Refusal, lambda refused: page(409, "That cannot be done yet", str(refused), "Everything you typed is kept.")
    )
    app.register_error_handler(
        NoSuchMove, lambda refused: page(409, "That cannot be done", str(refused), "Nothing was changed.")
    )
    app.register_error_handler(
        NoSuchProfile,
        lambda refused: page(409, "There is no such profile", str(refused), "Go back and choose another."),
    )
    for kind in (CopyRefused, UnknownAudience):
        app.register_error_handler(
            kind, lambda refused: page(409, "That copy cannot be made", str(refused), "Choose another kind of copy.")
        )

    app.register_error_handler(
        NoSuchReader,
        lambda refused: page(404, "There is no such reader", str(refused), "Choose somebody whom the record names."),
    )

    app.register_error_handler(
        NotStorable,
        lambda refused: page_with_what_was_typed(
            400, "That cannot be kept", str(refused), "Nothing was changed. Go back, type it anew and send it again."
        ),
    )

    def not_ready(refused: NotReady) -> Any:
        return not_ready_page(refused, (request.view_args or {})["reference"])

    app.register_error_handler(NotReady, not_ready)

    def plain(problem: HTTPException) -> Any:
        code = problem.code or 500
        if code < 400:  # redirects
            return problem
        title, said, next_step = _PLAIN.get(code, (problem.name, problem.description or "", "Go back and try again."))
        if code < 500:
            return page(code, title, said, next_step)
        next_step = next_step.replace("{incident}", g.get("incident", ""))
        try:
            return page_with_what_was_typed(code, title, said, next_step)
        except Exception:  # noqa: BLE001  # what was sent may be the very thing that cannot be read
            return page(code, title, said, next_step)

    app.register_error_handler(HTTPException, plain)
