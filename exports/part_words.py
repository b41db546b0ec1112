"""What the parts of a file are called in words, so that an answer can name what changed."""

from __future__ import annotations

import re

from exports.custom_xml import ACTIONS_PART, LIST_PART, properties_of
from exports.opc import CONTENT_TYPES, is_relationships_file, relationships_of

_MADE_OF = "the list of what the file is made of"
_ACTIONS = "the actions that lie in the file as data"
_LIST = "the list of who sealed it"

OF_ANY_FILE = (
    (r"_xmlsignatures/(origin\.sigs|sig[0-9]+\.xml)", "the seal itself"),
    (r"word/(header|footer)[0-9]*\.xml", "the head and foot of the pages"),
    (r"word/(styles|stylesWithEffects|fontTable|numbering)\.xml|word/theme/theme[0-9]*\.xml", "how the text looks"),
    (r"word/(settings|webSettings)\.xml", "the settings of the file"),
    (r"word/media/image[0-9]+\.[a-z]+", "a picture"),
    (r"word/(footnotes|endnotes)\.xml", "the notes to the text"),
    (r"word/comments\.xml", "comments on the text"),
    (r"docProps/(core|app|custom)\.xml", "the document properties"),
)
"""Patterns of the names of parts, and what such a part is called."""

OF_OUR_FILES = {
    ACTIONS_PART: _ACTIONS,
    properties_of(ACTIONS_PART): _ACTIONS,
    relationships_of(ACTIONS_PART): _ACTIONS,
    LIST_PART: _LIST,
    properties_of(LIST_PART): _LIST,
    relationships_of(LIST_PART): _LIST,
}
"""Parts that mean this in a file that lists who sealed it; in another they may be anything."""

PAPERS = {"Minutes": "the minutes", "Briefing": "the briefing", "Report": "the report"}


def in_words(name: str, paper: str | None = None) -> str:
    """Return what a part is called; a name that is not known is given as it is.

    `paper` is what a file with a list of who seals it says that it is: `Minutes`, `Briefing`, `Report` or nothing that
    is known; it is None for a file without such a list.

    >>> in_words("word/document.xml", "Minutes"), in_words("word/document.xml"), in_words("word/Document.xml")
    ('the text of the minutes', 'the text of the document', 'word/Document.xml')
    """
    if name == "word/document.xml":
        return f"the text of {PAPERS.get(paper or '', 'the document')}"
    if paper is not None and name in OF_OUR_FILES:
        return OF_OUR_FILES[name]
    if name == CONTENT_TYPES or (is_relationships_file(name) and name.isascii() and name.isprintable()):
        return _MADE_OF
    return next((words for pattern, words in OF_ANY_FILE if re.fullmatch(pattern, name)), name)
