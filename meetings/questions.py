"""What a question is, the kinds of answer there are, and reading the questions of a class of the document.

A question stands with the field it is about, in `documents.py`; forms, Word, JSON and the field guide read it here.
"""

from __future__ import annotations

import dataclasses
import types
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, auto
from functools import cache
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

from meetings.sources import Source
from meetings.vocabulary import Code

Words = NewType("Words", str)
"""Text of one line."""
Text = NewType("Text", str)
"""Text of any number of lines."""
Email = NewType("Email", str)
"""An e-mail address: text of one line that a form checks. A record holds whatever was written."""
Duration = NewType("Duration", str)
"""A length of time, ISO 8601 (`PT4H`)."""
Uuid = NewType("Uuid", str)
"""`urn:uuid:` and a UUID in lower case."""
Sha256 = NewType("Sha256", str)
"""64 hexadecimal digits in lower case."""
SchemaId = NewType("SchemaId", str)
"""Names the contract that a document follows."""
RuleId = NewType("RuleId", str)
"""`SD-001` or `IIM-ACT-01`."""
LocalId = NewType("LocalId", str)
"""Names one person, place or line inside its document."""
ChildId = NewType("ChildId", str)
"""Local id of a child."""
AdultId = NewType("AdultId", str)
"""Local id of an adult of the family."""
ProfessionalId = NewType("ProfessionalId", str)
"""Local id of a professional."""
PersonId = NewType("PersonId", str)
"""Local id of anybody: child, adult or professional."""

PersonOrGroup = NewType("PersonOrGroup", str)
"""Local id of anybody, or one of the keywords for attending officers, the public and others."""

REFERENCES = (ChildId, AdultId, ProfessionalId, PersonId, PersonOrGroup)


class Kind(Enum):
    """The kinds of answer. A field's kind follows from its type; no field repeats it."""

    WORDS = auto()
    TEXT = auto()
    YES_NO = auto()
    NUMBER = auto()
    DATE = auto()
    INSTANT = auto()
    DURATION = auto()
    CODE = auto()
    REFERENCE = auto()
    UUID = auto()
    SHA256 = auto()
    SCHEMA = auto()
    RULE = auto()
    LOCAL_ID = auto()
    OBJECT = auto()


class Tense(Enum):
    """When the day or the moment lies that a question asks for, so that what is typed short is read as it is meant."""

    EITHER = auto()
    """It may be over as well as to come."""
    PAST = auto()
    """It is over: somebody was seen, told, arrested."""
    BIRTH = auto()
    """The day on which somebody was born: it is over, often long ago, and the age is said beside it."""
    COMING = auto()
    """It is to come: something is due, is reviewed, runs out."""

    @property
    def is_over(self) -> bool:
        """Whether it asks for what is over."""
        return self in (Tense.PAST, Tense.BIRTH)


@dataclass(frozen=True)
class Question:
    """How one field is asked for.

    `none` is the label of the answer “asked: none” of a list; without it an empty list cannot be given by hand.
    `given` marks what the product gives and nobody types (ids, hashes, times of signing).
    `unique` marks a list that may hold each code once; `minimum` is the smallest number that can be read.
    `seldom` marks what is asked of few: a page keeps it folded until it is opened or answered.
    `tense` says of a day or a moment whether it is over or to come.
    """

    label: str
    hint: str = ""
    why: str = ""
    source: Source | None = None
    none: str = ""
    given: bool = False
    unique: bool = False
    minimum: int = 0
    seldom: bool = False
    tense: Tense = Tense.EITHER


@dataclass(frozen=True)
class Field:
    """One field of a class of the document, as its type and its question say."""

    name: str
    attribute: str
    kind: Kind
    many: bool
    optional: bool
    type: Any
    question: Question

    @property
    def asked(self) -> bool:
        """Whether people are asked for it."""
        return not self.question.given


def asks(
    label: str,
    *,
    hint: str = "",
    why: str = "",
    source: Source | None = None,
    none: str = "",
    unique: bool = False,
    seldom: bool = False,
    tense: Tense = Tense.EITHER,
) -> Any:
    """Declare a field together with its question; absent until answered."""
    question = Question(label, hint, why, source, none, unique=unique, seldom=seldom, tense=tense)
    return field(default=None, metadata={"question": question})


def given(label: str, *, required: bool = False, minimum: int = 0) -> Any:
    """Declare a field that the product fills in and nobody types."""
    question = {"question": Question(label, given=True, minimum=minimum)}
    return field(metadata=question) if required else field(default=None, metadata=question)


def part(shape: type, label: str, *, why: str = "", source: Source | None = None) -> Any:
    """Declare an object that is always there to be asked about; empty until answered."""
    return field(default_factory=shape, metadata={"question": Question(label, why=why, source=source)})


_SCALARS: dict[Any, Kind] = {
    Words: Kind.WORDS,
    Email: Kind.WORDS,
    Text: Kind.TEXT,
    bool: Kind.YES_NO,
    int: Kind.NUMBER,
    date: Kind.DATE,
    datetime: Kind.INSTANT,
    Duration: Kind.DURATION,
    Uuid: Kind.UUID,
    Sha256: Kind.SHA256,
    SchemaId: Kind.SCHEMA,
    RuleId: Kind.RULE,
    LocalId: Kind.LOCAL_ID,
    **dict.fromkeys(REFERENCES, Kind.REFERENCE),
}


def _kind_of(bare: Any) -> Kind:
    if bare in _SCALARS:
        return _SCALARS[bare]
    if isinstance(bare, type) and issubclass(bare, Code):
        return Kind.CODE
    if dataclasses.is_dataclass(bare):
        return Kind.OBJECT
    raise TypeError(f"{bare!r} is no kind of answer")


@cache
def fields(shape: type) -> tuple[Field, ...]:
    """Return the fields of a class of the document, in the order in which they are asked."""
    hints = get_type_hints(shape)
    found = []
    for declared in dataclasses.fields(shape):
        bare = hints[declared.name]
        optional = False
        if get_origin(bare) in (Union, types.UnionType):
            bare = next(choice for choice in get_args(bare) if choice is not type(None))
            optional = True
        many = get_origin(bare) is list
        if many:
            (bare,) = get_args(bare)
        found.append(
            Field(
                name=declared.name.rstrip("_"),
                attribute=declared.name,
                kind=_kind_of(bare),
                many=many,
                optional=optional,
                type=bare,
                question=declared.metadata["question"],
            )
        )
    return tuple(found)


@cache
def flat_fields(shape: type) -> dict[str, Field]:
    """Return the fields that are answered one by one, by path (`medical/needed`).

    Objects are opened; lists, also lists of objects, are one answer each.
    """
    found: dict[str, Field] = {}
    for one in fields(shape):
        if one.kind is Kind.OBJECT and not one.many:
            found.update({f"{one.name}/{path}": inner for path, inner in flat_fields(one.type).items()})
        else:
            found[one.name] = one
    return found
