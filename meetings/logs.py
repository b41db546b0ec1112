"""What was done with a briefing as the rules about its log read it: each change, each look, each copy that left."""

from __future__ import annotations

from collections.abc import Iterable

from meetings.history import Line
from meetings.rules.machinery import ExportedCopy, LogEntry, Operation
from meetings.vocabulary import Audience, DocumentStatus

_IN_HISTORY = {
    "meeting:record:imported": Operation.COLLECTION,
    "meeting:record:started": Operation.COMBINATION,
    "meeting:record:taken over": Operation.COMBINATION,
}
"""What a line of the history is, where it is no alteration. Source: Data Protection Act 2018, section 62.

A row that is taken out of a draft is an alteration: the history is what the work was, and keeps what was typed.
"""


def logged(
    history: Iterable[Line], shared: Iterable[Line], *, is_whole: bool
) -> tuple[list[LogEntry], list[ExportedCopy]]:
    """Return the log of a briefing and the copies of it that were given to somebody.

    `is_whole` says whether no line was changed or taken out. Files that nobody in particular received, those of a draft
    and those that the command line wrote, are no disclosure yet: they are in the log as taken by whoever took them.
    """
    entries = [
        LogEntry(
            operation=_IN_HISTORY.get(line.what, Operation.ALTERATION),
            record=line.what,
            who=line.who,
            at=line.at,
            is_unchanged=is_whole,
        )
        for line in history
    ]
    copies = []
    for line in shared:
        recipient = line.detail.get("recipient")
        was_given = line.what.startswith("copy:") and recipient is not None
        entries.append(
            LogEntry(
                operation=Operation.DISCLOSURE if was_given else Operation.CONSULTATION,
                record=line.what,
                who=line.who,
                at=line.at,
                recipient=recipient,
                reason=line.detail.get("purpose", ""),
                is_unchanged=is_whole,
            )
        )
        if was_given and line.what == "copy:taken" and line.detail.get("status") != DocumentStatus.DRAFT:
            copies.append(
                ExportedCopy(
                    audience=Audience.of(line.place.partition(":")[0]),
                    text="",
                    id=line.detail.get("number", ""),
                    recipient=str(recipient),
                    at=line.at,
                    content_sha256=line.detail.get("content_sha256", ""),
                )
            )
    return entries, copies
