"""What comes in an address, before a page reads it: no page of this product makes one with a character of no text.

What people type is read in `reading.py`, where each character that is left out is counted and shown.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from flask import Flask, abort, request
from werkzeug.datastructures import ImmutableMultiDict

from forms.reading import clean
from meetings.contract import UNPRINTABLE


class _Cleaned:
    """Reads a query without what no record can hold."""

    @cached_property
    def args(self) -> ImmutableMultiDict[str, str]:
        """What stands after the question mark of the address."""
        given = super().args  # type: ignore[misc]  # the request that this is mixed into
        return ImmutableMultiDict((clean(name).text, clean(value).text) for name, value in given.items(multi=True))


def register(app: Flask) -> None:
    """Let an app read addresses so."""
    app.request_class = type("CleanedRequest", (_Cleaned, app.request_class), {})

    @app.before_request
    def refuse_what_is_no_address() -> Any:
        """Answer that there is no such page where a part of the address is no text."""
        values = (request.view_args or {}).values()
        if any(isinstance(one, str) and UNPRINTABLE.search(one) for one in values):
            abort(404)
