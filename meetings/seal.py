"""Canonical form, content hash and freezing of a document. Signatures over files are made in `exports`."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

OUTSIDE_THE_HASH = ("status", "signoff", "integrity")
"""What confirming, freezing, signing and sending change; the content hash leaves it aside (contract, Versions 1)."""

SHORT_HASH = 12
"""Characters of a content hash that are enough to tell two texts apart by eye."""


_WRITTEN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
_IN_THE_GIVEN_ORDER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_SORTED_OTHERWISE = re.compile("[\ue000-\U0010ffff]")
"""Characters whose order RFC 8785 takes from UTF-16: only names that hold one are sorted otherwise by code point."""


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value, key=lambda name: name.encode("utf-16-be"))}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    return value


def canonical(value: Any) -> bytes:
    """Return the RFC 8785 (JCS) form of a JSON value that holds no fractions.

    >>> canonical({"b": 1, "a": ["ł"]}).decode()
    '{"a":["ł"],"b":1}'
    """
    text = _WRITTEN.encode(value)
    if _SORTED_OTHERWISE.search(text):
        text = _IN_THE_GIVEN_ORDER.encode(_sorted(value))
    return text.encode()


def content_sha256(document: dict[str, Any]) -> str:
    """Return the content hash of a document: SHA-256 of its canonical form without status, sign-offs and integrity."""
    content = {name: value for name, value in document.items() if name not in OUTSIDE_THE_HASH}
    return hashlib.sha256(canonical(content)).hexdigest()


def approval_id(signoff: dict[str, Any]) -> str:
    """Return what a sign-off is named by: the beginning of the SHA-256 of its canonical form.

    Whoever holds `record.json` can work it out again.
    """
    return hashlib.sha256(canonical(signoff)).hexdigest()[:SHORT_HASH]
