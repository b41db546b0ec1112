"""What was done to a record: one line for each change, with its author, never rewritten, each chained to the last."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from meetings.seal import canonical

START = "0" * 64
"""What the first line of a record is chained to."""


@dataclass(frozen=True)
class Line:
    """One deed: when, by whom, what (`meeting:action:added`), at which part, and what a field held before and after."""

    number: int
    at: datetime
    account_id: str
    who: str
    what: str
    place: str
    detail: dict[str, Any]
    before: str

    @property
    def sha256(self) -> str:
        """Hash of this line and, through `before`, of all lines before it."""
        held = [
            self.number,
            self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            self.account_id,
            self.who,
            self.what,
            self.place,
            self.detail,
            self.before,
        ]
        return hashlib.sha256(canonical(held)).hexdigest()

    def columns(self) -> dict[str, Any]:
        """Return the line as it is kept, with its hash."""
        return {
            "number": self.number,
            "at": self.at,
            "account_id": self.account_id,
            "who": self.who,
            "what": self.what,
            "place": self.place,
            "detail": self.detail,
            "before": self.before,
            "sha256": self.sha256,
        }

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Line:
        """Return a line that was kept."""
        names = ("number", "at", "account_id", "who", "what", "place", "detail", "before")
        return cls(*(row[name] for name in names))


def is_unbroken(lines: Iterable[tuple[Line, str]]) -> bool:
    """Whether every line, given with the hash that was kept of it, follows the one before it unchanged."""
    before = START
    for expected, (line, kept) in enumerate(lines, start=1):
        if line.number != expected or line.before != before or line.sha256 != kept:
            return False
        before = kept
    return True
