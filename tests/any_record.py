"""Any record at all: whatever the contract lets through, made at random but the same every time."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from meetings import contract
from meetings.documents import Discussion
from meetings.questions import Field, Kind, fields
from tests.makers import Json, a_discussion

steady = settings(
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""The same examples every time, and no folder of examples beside the tests; a whole record is long."""

EXAMPLES: dict[Kind, Any] = {
    Kind.WORDS: "Words",
    Kind.TEXT: "Two\n\tlines, ‘O’Rourke’ and O'Rourke, 𝒵e\u0301",
    Kind.YES_NO: False,
    Kind.NUMBER: 2,
    Kind.DATE: "2028-02-29",
    Kind.INSTANT: "2026-10-25T01:30:00+01:00",
    Kind.DURATION: "P1DT2H",
    Kind.REFERENCE: "c1",
    Kind.LOCAL_ID: "c1",
    Kind.UUID: "urn:uuid:0b3c1a52-6f0e-4d1c-9a57-2f7a6f3f1c01",
    Kind.SHA256: "0f" * 32,
    Kind.SCHEMA: "urn:accord:strategy-discussion:1",
    Kind.RULE: "SD-021",
}


def example(one: Field) -> Any:
    return next(iter(contract.codes(one.type))) if one.kind is Kind.CODE else EXAMPLES[one.kind]


CHOICES: dict[Kind, list[Any]] = {
    Kind.YES_NO: [True, False],
    Kind.NUMBER: [1, 2, 2**53 - 1],
    Kind.DATE: ["2018-05-04", "2027-02-03", "2027-02-06", "0001-01-01", "9999-12-31"],
    Kind.INSTANT: [
        "2027-02-03T10:00:00+00:00",
        "2027-02-03T09:59:59-05:00",
        "2026-10-25T01:30:00+01:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
    ],
    Kind.REFERENCE: ["c1", "c2", "a1", "t1"],
    Kind.LOCAL_ID: ["c1", "c2", "a1", "t1"],
}
"""Values of which a random record takes one: some meet, some do not."""


def needed(shape: type) -> list[Field]:
    """Return the fields without which an object of this class cannot be made."""
    names = {one.name for one in dataclasses.fields(shape) if one.default is one.default_factory}
    return [one for one in fields(shape) if one.attribute in names]


def _answers(one: Field) -> st.SearchStrategy[Any]:
    value: st.SearchStrategy[Any]
    if one.kind is Kind.OBJECT:
        value = documents(one.type)
    elif one.kind is Kind.CODE:
        value = st.sampled_from(list(contract.codes(one.type)))
    elif one.kind in CHOICES:
        value = st.sampled_from(CHOICES[one.kind])
    elif one.kind in (Kind.WORDS, Kind.TEXT):
        value = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1)
        value = value.filter(str.strip) if not one.many else value
    else:
        value = st.just(EXAMPLES[one.kind])
    return st.lists(value, max_size=2, unique=one.question.unique) if one.many else value


@cache
def documents(shape: type) -> st.SearchStrategy[Json]:
    required = needed(shape)
    return st.fixed_dictionaries(
        {one.name: _answers(one) for one in required},
        optional={one.name: _answers(one) for one in fields(shape) if one not in required},
    )


@st.composite
def records(draw: st.DrawFn) -> Json:
    """Return the complete record with up to four of its sections replaced by anything."""
    replaced = draw(st.lists(st.sampled_from(SECTIONS), min_size=1, max_size=4, unique_by=lambda one: one.name))
    return a_discussion(**{one.name: draw(_answers(one)) for one in replaced})


SECTIONS = [one for one in fields(Discussion) if one not in needed(Discussion)]
