"""The kinds of document there are: what tells them apart, each said once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from meetings.documents.briefing import BRIEFING_SCHEMA, Briefing
from meetings.documents.discussion import DISCUSSION_SCHEMA, Discussion
from meetings.documents.shared import Document
from meetings.questions import SchemaId


@dataclass(frozen=True)
class DocumentKind:
    """One kind of document.

    `name` is its name in lists and on the command line; `top` the part that holds what stands at the top of the
    document; `series` begins its references; `paper` is the Word file, and `stem` the name of that file.
    """

    name: str
    label: str
    schema: SchemaId
    shape: Any
    top: str
    series: str
    paper: str
    stem: str


DISCUSSION = DocumentKind(
    name="strategy_discussion",
    label="Strategy discussion",
    schema=DISCUSSION_SCHEMA,
    shape=Discussion,
    top="discussion",
    series="SD",
    paper="Minutes",
    stem="minutes",
)
BRIEFING = DocumentKind(
    name="briefing",
    label="IIMARCH briefing",
    schema=BRIEFING_SCHEMA,
    shape=Briefing,
    top="briefing",
    series="IIM",
    paper="Briefing",
    stem="briefing",
)
KINDS = (DISCUSSION, BRIEFING)


def kind_named(name: str) -> DocumentKind:
    """Return the kind of that name. Raises KeyError."""
    return {one.name: one for one in KINDS}[name]


def kind_of_schema(schema: object) -> DocumentKind | None:
    """Return the kind of document that follows that contract, or None."""
    return next((one for one in KINDS if one.schema == schema), None)


def kind_of(document: Document) -> DocumentKind:
    """Return the kind that a document is."""
    return next(one for one in KINDS if type(document) is one.shape)
