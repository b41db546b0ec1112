"""The life of a record: which stage follows which. What each needs is asked of the rules by the desk."""

from __future__ import annotations

from collections.abc import Sequence

from meetings.rules import Finding
from meetings.vocabulary import DocumentStatus

MOVES: dict[DocumentStatus, frozenset[DocumentStatus]] = {
    DocumentStatus.DRAFT: frozenset({DocumentStatus.FINAL}),
    DocumentStatus.FINAL: frozenset({DocumentStatus.DRAFT, DocumentStatus.WITHDRAWN}),
    DocumentStatus.WITHDRAWN: frozenset(),
}
"""From each stage, the stages that may follow. A frozen version is never edited: a new draft version follows it."""


class NotReady(Exception):
    """A record was to be finalised while something still stops it; `findings` say what."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Carry the findings that stop it."""
        super().__init__(f"{len(findings)} things are still needed before this record can be final.")
        self.findings = list(findings)


class NoSuchMove(Exception):
    """A stage was asked for that does not follow the present one."""


def move(status: DocumentStatus, to: DocumentStatus, findings: Sequence[Finding]) -> DocumentStatus:
    """Return the new stage. Raises NoSuchMove, or NotReady while a finding stops it."""
    if to not in MOVES[status]:
        raise NoSuchMove(f"A record that is {status.label.lower()} cannot become {to.label.lower()}.")
    stopping = [finding for finding in findings if finding.stops_finalising]
    if stopping:
        raise NotReady(stopping)
    return to
