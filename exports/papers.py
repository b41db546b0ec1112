"""Which paper is drawn for which kind of document."""

from __future__ import annotations

from exports.briefing import BriefingPaper
from exports.copies import Copy
from exports.minutes import Minutes
from exports.paper import Paper, docx, draw
from meetings.documents import BRIEFING, DISCUSSION, DocumentKind, kind_of

PAPERS: dict[DocumentKind, type[Paper]] = {DISCUSSION: Minutes, BRIEFING: BriefingPaper}


def paper_of(copy: Copy) -> Paper:
    """Return the paper of a copy, of whichever kind its document is."""
    return PAPERS[kind_of(copy.whole)](copy)


def draw_docx(copy: Copy) -> bytes:
    """Return the Word file of a copy, without the proof. Raises CopyRefused."""
    return draw(paper_of(copy))


def word_file(copy: Copy) -> bytes:
    """Return the Word file of a copy, proved complete. Raises CopyRefused, PaperIncomplete."""
    return docx(paper_of(copy))
