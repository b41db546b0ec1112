"""The life of a record: one table of moves for both kinds of document, and what each needs.

What stops a move is said by `rules/`, who may by `people.py`; making the new version is the affair of `versions.py`.
`docs/stages.md` is printed from this table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from meetings.documents import BRIEFING, DISCUSSION, KINDS, DocumentKind
from meetings.people import Deed
from meetings.rules import Finding
from meetings.vocabulary import DocumentStatus


@dataclass(frozen=True)
class Move:
    """One move of a record.

    `label` is the button, `needs` what must be so besides the right to do it, `then` what it leaves behind. `asks` is
    the question whose answer is the reason of the move; it is empty where none is asked. A `gated` move is stopped by
    every block. Some moves make the `next_version`.
    """

    name: str
    label: str
    leaves: DocumentStatus
    reaches: DocumentStatus
    deed: Deed
    needs: str
    then: str
    asks: str = ""
    gated: bool = False
    next_version: bool = False
    kinds: tuple[DocumentKind, ...] = KINDS


FINALISE = Move(
    "finalise",
    "Finalise",
    DocumentStatus.DRAFT,
    DocumentStatus.FINAL,
    Deed.FINALISE,
    needs="No block stands. The chair and police have confirmed this very text, each by their own account or aloud and "
    "written down; a briefing has its approval.",
    then="The text is frozen under its content hash. Each agency that took part is asked for its answer.",
    gated=True,
)
APPROVE = Move(
    "approve",
    "Approve this briefing",
    DocumentStatus.DRAFT,
    DocumentStatus.FINAL,
    Deed.APPROVE,
    needs="No block stands. A supervisor who did not write it signs with their own account over the content hash that "
    "is shown.",
    then="The text is frozen under its content hash, and can be issued.",
    gated=True,
    kinds=(BRIEFING,),
)
REOPEN = Move(
    "reopen",
    "Open a correction",
    DocumentStatus.FINAL,
    DocumentStatus.DRAFT,
    Deed.CORRECT,
    needs="A reason.",
    then="The next version begins as a draft with everything the last one holds. The last one stands, and stays as it "
    "is, until the new one is final. Its confirmations and answers count for it alone; all are asked for again.",
    asks="What is corrected, and why",
    next_version=True,
)
CORRECT = Move(
    "correct",
    "Begin the version with the accepted corrections",
    DocumentStatus.FINAL,
    DocumentStatus.DRAFT,
    Deed.CORRECT,
    needs="An accuracy challenge that was accepted and is in no version yet.",
    then="The next version begins as a draft; the accepted challenges are its reason, and each leads to its field. The "
    "last one stands until the new one is final, and all are asked again.",
    next_version=True,
)
DROP = Move(
    "drop",
    "Drop this correction",
    DocumentStatus.DRAFT,
    DocumentStatus.FINAL,
    Deed.CORRECT,
    needs="An earlier version that was made final here, and a reason.",
    then="The draft is gone, the history keeps what was typed; the earlier version stands as before, with its answers.",
    asks="Why the correction is dropped",
)
WITHDRAW = Move(
    "withdraw",
    "Withdraw this record",
    DocumentStatus.FINAL,
    DocumentStatus.WITHDRAWN,
    Deed.WITHDRAW,
    needs="A reason.",
    then="A last version says that the record is withdrawn, and why. Every version stays readable and says so.",
    asks="Why it is withdrawn",
    next_version=True,
    kinds=(DISCUSSION,),
)
STAND_DOWN = Move(
    "stand-down",
    "Stand this briefing down",
    DocumentStatus.FINAL,
    DocumentStatus.WITHDRAWN,
    Deed.APPROVE,
    needs="A reason.",
    then="A last version says that the briefing is stood down, and why. Every version stays readable and says so.",
    asks="Why it is stood down: found safe, plan ended",
    next_version=True,
    kinds=(BRIEFING,),
)

REVIEW = Move(
    "review",
    "Reviewed, unchanged",
    DocumentStatus.FINAL,
    DocumentStatus.FINAL,
    Deed.APPROVE,
    needs="No block stands. The briefing is live; a supervisor who did not write it signs with their own account, and "
    "gives the time of the next review.",
    then="The next version differs in its times alone. It is approved and issued at once, to the same recipients, who "
    "read it anew.",
    gated=True,
    next_version=True,
    kinds=(BRIEFING,),
)

MOVES: tuple[Move, ...] = (FINALISE, APPROVE, REOPEN, CORRECT, REVIEW, DROP, WITHDRAW, STAND_DOWN)
"""Every move there is. A frozen version is never edited: a new version follows it."""

STANDS: dict[DocumentStatus, str] = {
    DocumentStatus.DRAFT: "a draft",
    DocumentStatus.FINAL: "final",
    DocumentStatus.WITHDRAWN: "withdrawn or stood down",
}
"""How a stage is called in a sentence: “This record is …”."""


class NotReady(Exception):
    """A record was to be finalised while something still stops it; `findings` say what."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Carry the findings that stop it."""
        many = f"{len(findings)} things are" if len(findings) > 1 else "1 thing is"
        super().__init__(f"{many} still needed before this record can be final.")
        self.findings = list(findings)


class NoSuchMove(Exception):
    """A move was asked for that does not start from the present stage."""


def moves_from(kind: DocumentKind, status: DocumentStatus) -> list[Move]:
    """Return the moves that start from a stage."""
    return [one for one in MOVES if one.leaves is status and kind in one.kinds]


def move_named(kind: DocumentKind, name: str) -> Move:
    """Return the move of that name. Raises NoSuchMove."""
    found = next((one for one in MOVES if one.name == name and kind in one.kinds), None)
    if found is None:
        article = "An" if kind is BRIEFING else "A"
        raise NoSuchMove(f"{article} {kind.label if kind is BRIEFING else kind.label.lower()} knows no move ‘{name}’.")
    return found


def take(move: Move, kind: DocumentKind, status: DocumentStatus, findings: Sequence[Finding] = ()) -> DocumentStatus:
    """Return the stage that a move reaches. Raises NoSuchMove, or NotReady while a finding stops a gated move."""
    if move not in moves_from(kind, status):
        possible = "; ".join(one.label for one in moves_from(kind, status)) or "nothing any more"
        raise NoSuchMove(
            f"This record is {STANDS[status]}: ‘{move.label}’ is not possible. What can be done is: {possible}."
        )
    stopping = [finding for finding in findings if finding.stops_finalising]
    if move.gated and stopping:
        raise NotReady(stopping)
    return move.reaches
