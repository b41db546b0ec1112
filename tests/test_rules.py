"""The rulebook: what breaks each rule and what keeps it, who may pass it over, and that it is the contract's."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetings import contract
from meetings.documents import DISCUSSION, Discussion
from meetings.profiles import profile
from meetings.questions import Kind, fields
from meetings.rules import CATALOGUE, Finding, Gate, Level, can_finalise, case_of, judge
from meetings.rules.machinery import rule
from tests.any_record import records, steady
from tests.makers import (
    ABSENT,
    NOW,
    Json,
    a_discussion,
    a_professional,
    an_exception,
    changed,
)
from tests.rule_rows import CONFERENCE, KEPT, ROWS, SAFE_ADDRESS, STILL_COMPLETE, Row, the_record

CONTRACT = json.loads((Path(__file__).parent / "contract" / "rules.json").read_text(encoding="utf-8"))
WRITTEN = {one["id"]: one for one in CONTRACT["rules"]}


def findings(
    document: Json, *, earlier: tuple[Json, ...] = (), under: str = "england-default", now: datetime = NOW
) -> list[Finding]:
    """Judge a record, at the time of these tests unless another is given."""
    history = [contract.read(one) for one in earlier]
    return judge(case_of(contract.read(document), profile(under), now, history))


def fired(document: Json, **circumstances: Any) -> set[str]:
    """Return the rules that fire, passed over or not."""
    return {finding.rule for finding in findings(document, **circumstances)}


ALWAYS = fired(a_discussion())
"""What fires for the complete record: rules that only tell."""


# ── What breaks each rule ────────────────────────────────────────────────────────────────────────────────────────


every_row = pytest.mark.parametrize("row", ROWS, ids=[f"{row.rule}-{number}" for number, row in enumerate(ROWS)])


@pytest.mark.parametrize("variant", STILL_COMPLETE)
def test_a_complete_record_breaks_no_rule(variant: str) -> None:
    changes, earlier = STILL_COMPLETE[variant]

    found = findings(changed(a_discussion(), changes), earlier=earlier)

    assert [(one.rule, one.places) for one in found if one.level is not Level.INFO] == []
    assert can_finalise(found)


def test_every_rule_has_a_row() -> None:
    of_discussions = {one for one, rule in CATALOGUE.items() if rule.kind is DISCUSSION}
    assert sorted(of_discussions - {row.rule for row in ROWS}) == []


@every_row
def test_the_row_breaks_its_rule_and_nothing_else(row: Row) -> None:
    found = fired(the_record(row), earlier=row.earlier)

    assert row.rule in found
    assert found - ALWAYS - {row.rule} == set(row.also)


@pytest.mark.parametrize("row", KEPT, ids=[f"{row.rule}-{number}" for number, row in enumerate(KEPT)])
def test_what_only_comes_near_breaks_nothing(row: Row) -> None:
    assert row.rule not in fired(the_record(row), earlier=row.earlier)


@every_row
def test_the_places_lead_into_the_record(row: Row) -> None:
    document = the_record(row)
    for finding in findings(document, earlier=row.earlier):
        for place in finding.places:
            assert _leads_into(document, place), f"{finding.rule}: {place}"


def _leads_into(document: Json, pointer: str) -> bool:
    """Whether each name of the pointer is one of the contract's, and each index that of a row that is there."""
    shape: Any = Discussion
    here: Any = document
    many = False
    for step in pointer.removeprefix("/").split("/"):
        if many:
            if not (isinstance(here, list) and step.isdecimal() and int(step) < len(here)):
                return False
            here, many = here[int(step)], False
            continue
        one = next((one for one in fields(shape) if one.name == step), None) if shape else None
        if one is None:
            return False
        here = here.get(step) if isinstance(here, dict) else None
        shape, many = (one.type if one.kind is Kind.OBJECT else None), one.many
    return True


@every_row
def test_the_words_are_filled_in(row: Row) -> None:
    (finding,) = (one for one in findings(the_record(row), earlier=row.earlier) if one.rule == row.rule)

    assert "{" not in finding.says
    for name in re.findall(r"\{(\w+)\}", CATALOGUE[row.rule].says):
        assert str(profile("england-default")[name]) in finding.says


# ── Exceptions ───────────────────────────────────────────────────────────────────────────────────────────────────

A_MANAGER = a_professional(id="t9", name="Omar Whitlock", role="Service manager", presence="named")
A_CONSTABLE = a_professional(id="t9", name="PC Nia Birch", agency="police", grade="PC", presence="named")
A_PRACTITIONER = a_professional(id="t9", name="Eve Larch", grade="Social Worker", manager=False, presence="named")


def _passed_over(row: Row, who: Json = A_MANAGER, **changes: Any) -> Level:
    """Return how the rule of this row is reported once somebody passed it over."""
    entry = an_exception(**{"rule": row.rule, "by": "t9", **changes})
    excused = {"/professionals/-": who, "/exceptions": [entry]}
    found = findings(changed(the_record(row), excused), earlier=row.earlier)
    return next(one.level for one in found if one.rule == row.rule)


@every_row
def test_a_manager_may_pass_over_what_is_not_hard(row: Row) -> None:
    written = CATALOGUE[row.rule]
    takes_none = written.hard or written.level is Level.INFO

    assert _passed_over(row) is (written.level if takes_none else Level.EXCEPTED)


@every_row
@pytest.mark.parametrize("who", [A_CONSTABLE, A_PRACTITIONER], ids=["a constable", "a practitioner"])
def test_only_a_manager_passes_over_a_block_but_anybody_a_warning(row: Row, who: Json) -> None:
    level = CATALOGUE[row.rule].level

    assert _passed_over(row, who) is (Level.EXCEPTED if level is Level.WARN else level)


A_BLOCK = next(row for row in ROWS if row.rule == "SD-076")


@pytest.mark.parametrize("lacking", ["reason", "by", "grade", "at"])
def test_an_exception_needs_all_its_answers(lacking: str) -> None:
    assert _passed_over(A_BLOCK, **{lacking: ABSENT}) is Level.BLOCK


@pytest.mark.parametrize("changes", [{"reason": " "}, {"by": "t8"}, {"rule": "SD-075"}])
def test_an_exception_with_blank_reason_of_nobody_or_for_another_rule_counts_for_nothing(changes: Json) -> None:
    assert _passed_over(A_BLOCK, **changes) is Level.BLOCK


def test_what_was_passed_over_stops_nothing() -> None:
    record = changed(the_record(A_BLOCK), {"/exceptions": [an_exception(rule="SD-076")]})

    assert not can_finalise(findings(the_record(A_BLOCK)))
    assert can_finalise(findings(record))


# ── Gates, nations, order ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("level", "gate", "may"),
    [
        (Level.BLOCK, Gate.ENTRY, False),
        (Level.BLOCK, Gate.FINALISE, False),
        (Level.BLOCK, Gate.CIRCULATE, True),
        (Level.BLOCK, Gate.TRACK, True),
        (Level.WARN, Gate.FINALISE, True),
        (Level.INFO, Gate.ENTRY, True),
        (Level.EXCEPTED, Gate.FINALISE, True),
    ],
)
def test_only_a_block_before_or_at_finalising_stops_it(level: Level, gate: Gate, may: bool) -> None:
    assert can_finalise([Finding("SD-000", level, ("/review",), "", gate=gate)]) is may


ABROAD = [
    pytest.param(row, under, id=f"{row.rule}-{number}-{under}")
    for number, row in enumerate(ROWS)
    for under in ("england-default", "wales", "scotland")
    if not CATALOGUE[row.rule].holds_in(profile(under).nation)
]


@pytest.mark.parametrize(("row", "under"), ABROAD)
def test_a_rule_is_silent_where_it_is_not_the_law(row: Row, under: str) -> None:
    assert row.rule not in fired(the_record(row), earlier=row.earlier, under=under)


@pytest.mark.parametrize(
    ("now", "late"),
    [
        ("2027-02-04T23:59:59+00:00", False),
        ("2027-02-05T00:00:00+00:00", True),
    ],
)
def test_a_record_that_nobody_sent_is_late_the_day_after_the_limit(now: str, late: bool) -> None:
    assert ("SD-082" in fired(a_discussion(), now=datetime.fromisoformat(now))) is late


@pytest.mark.parametrize(("now", "open_"), [("2027-02-17T23:59:59+00:00", True), ("2027-02-18T00:00:00+00:00", False)])
def test_corrections_are_taken_for_ten_working_days(now: str, open_: bool) -> None:
    assert ("SD-084" in fired(a_discussion(status="final"), now=datetime.fromisoformat(now))) is open_


@pytest.mark.parametrize(("booked_on", "late"), [("2027-03-03", False), ("2027-03-04", True)])
def test_the_conference_of_a_scottish_profile_counts_calendar_days(booked_on: str, late: bool) -> None:
    record = changed(a_discussion(), {**CONFERENCE, "/outcomes/0/conference/booked_on": booked_on})

    assert ("SD-091" in fired(record, under="scotland")) is late


def test_each_outcome_of_a_child_is_judged() -> None:
    record = changed(a_discussion(), {"/outcomes/-": {"child": "c1"}})

    (decision,) = (one for one in findings(record) if one.rule == "SD-050")
    assert decision.places[0] == "/outcomes/1/decision/code"


def test_an_address_is_found_at_every_place_where_it_stands() -> None:
    leaks = {"/contingencies/-": "Sorrel House, if need be", "/actions/0/detail": "Flat 3 is on the second floor"}
    record = changed(a_discussion(), {**SAFE_ADDRESS, **leaks})

    (finding,) = (one for one in findings(record) if one.rule == "SD-116")
    assert finding.places == ("/contingencies/1", "/actions/0/detail")


def test_findings_come_in_the_order_of_the_rules() -> None:
    found = [one.rule for one in findings({**a_discussion(), "outcomes": [], "actions": [], "review": {}})]

    assert len(found) > 3
    assert found == sorted(found)


def test_an_empty_record_can_be_judged() -> None:
    bare = {name: a_discussion()[name] for name in ("schema", "id", "version", "status")}

    assert not can_finalise(findings(bare))


@settings(steady, max_examples=300)
@given(records(), st.lists(records(), max_size=1), st.sampled_from(["england-default", "wales", "scotland"]))
def test_whatever_can_be_read_can_be_judged(record: Json, earlier: list[Json], under: str) -> None:
    for finding in findings(record, earlier=tuple(earlier), under=under):
        assert finding.places
        assert all(_leads_into(record, place) for place in finding.places), finding


def test_no_id_is_used_twice() -> None:
    with pytest.raises(ValueError, match="SD-001 is declared twice"):
        rule("SD-001", "/children", "Again.", source="nobody")(CATALOGUE["SD-001"].check)


# ── The contract's catalogue ─────────────────────────────────────────────────────────────────────────────────────


def test_every_rule_of_the_contract_is_built_and_no_other() -> None:
    assert sorted(CATALOGUE) == sorted(WRITTEN)


@pytest.mark.parametrize("rule_id", sorted(WRITTEN))
def test_the_rule_is_the_contracts(rule_id: str) -> None:
    built, written = CATALOGUE[rule_id], WRITTEN[rule_id]

    assert {
        "level": str(built.level),
        "hard": built.hard,
        "urgent": built.urgent,
        "stage": str(built.gate),
        "about": built.about,
        "says": built.says,
        "source": built.source,
        "profile_parameters": list(built.parameters),
        "nations": list(built.nations),
        "needs": set(built.needs),
    } == {
        "level": written["level"],
        "hard": written["hard"],
        "urgent": written.get("urgent", False),
        "stage": written["stage"],
        "about": written["about"],
        "says": written["says"],
        "source": written["source"],
        "profile_parameters": written.get("profile_parameters", []),
        "nations": written.get("nations", []),
        "needs": set(written["needs"]) - {"document", "profile"},
    }


def test_each_rule_says_in_words_of_its_own_what_it_keeps() -> None:
    kept = [one.keeps for one in CATALOGUE.values()]

    assert len(set(kept)) == len(kept)
