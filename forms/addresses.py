"""The Flask app of this product: addresses worked out once, and faults noted without what was sent."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import quote

from flask import Flask, g, has_request_context, request

from forms.fault_log import note

MOST = 4_096
"""So many addresses are remembered."""
KEPT_IN_AN_ANCHOR = "%!#$&'()*+,/:;=?@"
"""Signs that stand in an anchor as they are, as Flask writes it."""


class Site(Flask):
    """A Flask app that remembers the addresses of its pages: a page holds dozens, and most were on the page before.

    Within the site an address follows from the name of the page, its values, all of them texts, and the prefix that
    the site is served under. Every other address is worked out by Flask each time.
    """

    def log_exception(self, exc_info: Any) -> None:
        """Note a fault without anything that was sent or kept; the page that tells of it shows its number."""
        endpoint = request.endpoint if has_request_context() else None
        number = note(self.logger, "A request failed.", exc_info[1], endpoint)
        if has_request_context():
            g.incident = number

    def url_for(
        self,
        /,
        endpoint: str,
        *,
        _anchor: str | None = None,
        _method: str | None = None,
        _scheme: str | None = None,
        _external: bool | None = None,
        **values: Any,
    ) -> str:
        """Return the address of a page, as Flask does."""
        is_within = not (_method or _scheme or _external or endpoint.startswith(".")) and has_request_context()
        if not is_within or not {str}.issuperset(map(type, values.values())):
            return super().url_for(
                endpoint, _anchor=_anchor, _method=_method, _scheme=_scheme, _external=_external, **values
            )
        address: str = self._known(request.environ.get("SCRIPT_NAME"), endpoint, *values.items())
        return address if _anchor is None else f"{address}#{_quoted(_anchor)}"

    @cached_property
    def _known(self) -> Any:
        work_out = super().url_for

        @lru_cache(maxsize=MOST)
        def known(_prefix: str | None, endpoint: str, *values: tuple[str, str]) -> str:
            return work_out(endpoint, **dict(values))

        return known


@lru_cache(maxsize=MOST)
def _quoted(anchor: str) -> str:
    return quote(anchor, safe=KEPT_IN_AN_ANCHOR)
