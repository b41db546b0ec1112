"""Addresses of pages, worked out once: a page holds dozens, and most were on the page before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from flask import Flask, has_request_context, request

MOST = 20_000
"""So many addresses are remembered."""
KEPT_IN_AN_ANCHOR = "%!#$&'()*+,/:;=?@"
"""Signs that stand in an anchor as they are, as Flask writes it."""


def remember(app: Flask) -> None:
    """Let the app remember the addresses that it worked out.

    Within a site an address follows from the name of the page, its values and the prefix that the site is served
    under; where it leads on the page follows after.
    """
    work_out: Callable[..., str] = app.url_for
    known: dict[Any, str] = {}

    def url_for(
        endpoint: str,
        *,
        _anchor: str | None = None,
        _method: str | None = None,
        _scheme: str | None = None,
        _external: bool | None = None,
        **values: Any,
    ) -> str:
        """Return the address of a page, as Flask does."""
        if _method or _scheme or _external or not has_request_context():
            return work_out(endpoint, _anchor=_anchor, _method=_method, _scheme=_scheme, _external=_external, **values)
        several = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
        key = (request.environ.get("SCRIPT_NAME"), endpoint, *(values | several if several else values).items())
        address = known.get(key)
        if address is None:
            if len(known) >= MOST:
                known.clear()
            address = known[key] = work_out(endpoint, **values)
        return address if _anchor is None else f"{address}#{quote(_anchor, safe=KEPT_IN_AN_ANCHOR)}"

    app.url_for = url_for  # type: ignore[method-assign]
    app.jinja_env.globals["url_for"] = url_for
