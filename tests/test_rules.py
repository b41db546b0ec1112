"""The rulebook: what breaks each rule and what keeps it, who may pass it over, and that it is the contract's."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from meetings import contract
from meetings.documents import Discussion
from meetings.profiles import profile
from meetings.questions import Kind, fields
from meetings.rules import CATALOGUE, Case, Finding, Gate, Level, can_finalise, judge
from meetings.rules.machinery import rule
from tests.makers import (
    ABSENT,
    NOW,
    Json,
    a_child,
    a_discussion,
    a_professional,
    an_action,
    an_exception,
    an_id,
    an_outcome,
    an_unborn_baby,
    changed,
)

CONTRACT = json.loads((Path(__file__).parent / "contract" / "rules.json").read_text(encoding="utf-8"))
WRITTEN = {one["id"]: one for one in CONTRACT["rules"] if one["kind"] == "discussion"}


def findings(document: Json, *, earlier: tuple[Json, ...] = (), under: str = "england-default") -> list[Finding]:
    """Judge a record at the time of these tests."""
    history = [contract.read(one) for one in earlier]
    return judge(Case(contract.read(document), profile(under), NOW, history))


def fired(document: Json, **circumstances: Any) -> set[str]:
    """Return the rules that fire, passed over or not."""
    return {finding.rule for finding in findings(document, **circumstances)}


ALWAYS = fired(a_discussion())
"""What fires for the complete record: rules that only tell."""


# ── What breaks each rule ────────────────────────────────────────────────────────────────────────────────────────

UNBORN: Json = {
    "/children/-": an_unborn_baby(subject=True, reason=ABSENT),
    "/outcomes/-": an_outcome(
        child="c2",
        harm=["EMO"],
        voice={"seen": "not_applicable"},
        medical={"needed": "no", "reason": "Unborn"},
        interview={"decision": "not_applicable"},
    ),
    "/professionals/2/profession": "midwife",
    "/outcomes/0/harm": ["EMO"],
    "/outcomes/0/medical": {"needed": "no", "reason": "Nothing to examine"},
}
"""The baby is decided about too, and everything that this asks for is there."""

TURNED_DOWN: Json = {
    "/outcomes/0/threshold": "not_met",
    "/outcomes/0/decision/code": "s47_not_required_assess",
    "/outcomes/0/instead": "Child in need assessment",
    "/referral/agency": "voluntary",
    "/professionals/-": a_professional(id="t6", name="Noor Vale", agency="voluntary", presence="consulted"),
    "/outcomes/0/feedback": {"by": "t1", "to": "t6", "due_at": "2027-02-04T17:00:00+00:00", "text": "What we do"},
}
"""Section 47 is not required, and the referrer, who was not there, gets an answer."""

EARLIER = a_discussion(
    id=an_id(2),
    ref="SD-2027-0290",
    meeting={
        "type": "initial",
        "mode": "video",
        "started_at": "2027-01-27T10:00:00+00:00",
        "ended_at": "2027-01-27T10:40:00+00:00",
        "chair": "t1",
    },
    actions=[an_action(1, ref="SD-2027-0290-A01"), an_action(2, ref="SD-2027-0290-A02", owner="t2")],
)
"""A discussion a week before about the same boy."""

RECONVENED: Json = {
    "/previous": {"ref": "SD-2027-0290"},
    "/meeting/type": "review",
    "/outcomes/0/decision/code": "s47_continue",
    "/referral/received_at": "2027-01-26T15:10:00+00:00",
    "/earlier_actions": [
        {"ref": "SD-2027-0290-A01", "status": "done"},
        {"ref": "SD-2027-0290-A02", "status": "in_progress"},
    ],
}
"""The boy is discussed again; every action of the earlier discussion has its status."""

STILL_COMPLETE: dict[str, tuple[Json, tuple[Json, ...]]] = {
    "nothing is changed": ({}, ()),
    "an unborn baby is a subject too": (UNBORN, ()),
    "section 47 is turned down": (TURNED_DOWN, ()),
    "the discussion is reconvened": (RECONVENED, (EARLIER,)),
}


@dataclass(frozen=True)
class Row:
    """What breaks one rule; `also` names the rules that the same gap breaks of necessity."""

    rule: str
    changes: Json
    also: tuple[str, ...] = ()
    earlier: tuple[Json, ...] = ()


ROWS = [
    Row("SD-001", {"/children/-": a_child(id="c3", subject=False)}),
    Row("SD-001", {"/children/0/subject": False, "/children/0/reason": "Only heard of"}),
    Row("SD-002", {"/children/0/born_on": ABSENT}),
    Row("SD-002", {"/children/0/due_on": "2027-07-12"}),
    Row("SD-003", {**UNBORN, "/children/1/sex": "F"}),
    Row("SD-003", {**UNBORN, "/children/1/name": "Baby Marsh"}),
    Row("SD-003", {**UNBORN, "/children/1/mother": "a9"}),
    Row("SD-010", {"/referral/text": "  "}),
    Row("SD-011", {"/meeting/mode": ABSENT}),
    Row("SD-011", {"/meeting/ended_at": "2027-02-03T09:59:59+00:00"}),
    Row("SD-011", {"/meeting/ended_at": "2027-02-03T12:00:01+00:00"}),
    Row("SD-020", {"/professionals/2/manager": ABSENT}),
    Row("SD-021", {"/professionals/2/presence": "consulted"}),
    Row("SD-022", {"/professionals/1/grade": "DC"}),
    Row("SD-022", {"/professionals/0/manager": False}, also=("SD-023",)),
    Row("SD-040", {"/information/lines/0/text": ABSENT}),
    Row("SD-040", {"/information/lines/1/at": ABSENT}),
    Row("SD-043", {"/outcomes/0/analysis": ABSENT}),
    Row("SD-043", {"/outcomes/0/harm": []}),
    Row("SD-044", {"/outcomes/0/voice": {"seen": "no", "plan": "Tomorrow"}}),
    Row("SD-044", {"/outcomes/0/voice/by": ABSENT}),
    Row("SD-046", {"/outcomes/0/medical": {}}),
    Row("SD-046", {"/outcomes/0/medical": {"needed": "no"}}),
    Row("SD-050", {"/outcomes/0/decision/confirmed": False}),
    Row("SD-050", {"/outcomes/0/decision/agreed_by": []}),
    Row("SD-051", {"/outcomes/0/lead_social_worker": ABSENT}),
    Row("SD-051", {"/outcomes/0/police_lead": ABSENT}),
    Row("SD-052", {**TURNED_DOWN, "/outcomes/0/instead": ABSENT}),
    Row("SD-052", {**TURNED_DOWN, "/outcomes/0/feedback": {"by": "t1", "to": "t6"}}),
    Row("SD-053", {"/outcomes/0/immediate_safety": []}),
    Row("SD-053", {"/outcomes/0/immediate_safety/0/text": ABSENT}),
    Row("SD-060", {"/telling": []}, also=("SD-119",)),
    Row("SD-060", {"/telling/1/reason": ABSENT}, also=("SD-127",)),
    Row("SD-060", {"/telling/0": {"adult": "a1", "tell": "not_yet", "reason": "Not alone", "decided_by": "t1"}}),
    Row("SD-070", {"/actions/0/owner": ABSENT}, also=("SD-072",)),
    Row("SD-070", {"/professionals/3/name": "The Team", "/actions/1/owner": "t4"}, also=("SD-072",)),
    Row("SD-070", {"/actions/0/deadline": {"event": "When he is found"}}),
    Row("SD-070", {"/actions/0/about": ["c9"]}),
    Row("SD-072", {"/actions/1/owner": "t4"}),
    Row("SD-074", {**RECONVENED, "/earlier_actions/1": ABSENT}, earlier=(EARLIER,)),
    Row("SD-074", {**RECONVENED, "/earlier_actions/1/status": ABSENT}, earlier=(EARLIER,)),
    Row("SD-074", {**RECONVENED, "/earlier_actions": ABSENT}),
    Row("SD-076", {"/review": {}}),
    Row("SD-080", {"/dissent/asked_of_all": False}),
    Row("SD-080", {"/dissent/entries/-": {"by": "t4", "about": "Decision", "text": "Too slow", "resolved": True}}),
    Row("SD-081", {"/signoff/0/by": "t2"}),
    Row("SD-081", {"/signoff/1/by": "t4"}),
    Row("SD-090", {}),
    Row("SD-131", {"/professionals/3/organisation": ABSENT}),
    Row("SD-131", {"/professionals/4/grade": ABSENT}),
]


def the_record(row: Row) -> Json:
    """Return the complete record with what this row changes."""
    return changed(a_discussion(), row.changes)


every_row = pytest.mark.parametrize("row", ROWS, ids=[f"{row.rule}-{number}" for number, row in enumerate(ROWS)])


@pytest.mark.parametrize("variant", STILL_COMPLETE)
def test_a_complete_record_breaks_no_rule(variant: str) -> None:
    changes, earlier = STILL_COMPLETE[variant]

    found = findings(changed(a_discussion(), changes), earlier=earlier)

    assert [(one.rule, one.places) for one in found if one.level is not Level.INFO] == []
    assert can_finalise(found)


def test_every_rule_has_a_row() -> None:
    assert sorted(CATALOGUE.keys() - {row.rule for row in ROWS}) == []


@every_row
def test_the_row_breaks_its_rule_and_nothing_else(row: Row) -> None:
    found = fired(the_record(row), earlier=row.earlier)

    assert row.rule in found
    assert found - ALWAYS - {row.rule} == set(row.also) & CATALOGUE.keys()


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


@every_row
@pytest.mark.parametrize("under", ["england-default", "wales", "scotland"])
def test_a_rule_is_silent_where_it_is_not_the_law(row: Row, under: str) -> None:
    if not CATALOGUE[row.rule].holds_in(profile(under).nation):
        assert row.rule not in fired(the_record(row), earlier=row.earlier, under=under)


def test_findings_come_in_the_order_of_the_rules() -> None:
    found = [one.rule for one in findings({**a_discussion(), "outcomes": [], "actions": [], "review": {}})]

    assert len(found) > 3
    assert found == sorted(found)


def test_an_empty_record_can_be_judged() -> None:
    bare = {name: a_discussion()[name] for name in ("schema", "id", "version", "status")}

    assert not can_finalise(findings(bare))


def test_no_id_is_used_twice() -> None:
    with pytest.raises(ValueError, match="SD-001 is declared twice"):
        rule("SD-001", "/children", "Again.", source="nobody")(CATALOGUE["SD-001"].check)


# ── The contract's catalogue ─────────────────────────────────────────────────────────────────────────────────────


def test_what_is_to_be_built_first_is_built() -> None:
    assert sorted({one["id"] for one in WRITTEN.values() if one["build_first"]} - CATALOGUE.keys()) == []


def test_no_rule_is_our_invention() -> None:
    assert sorted(CATALOGUE.keys() - WRITTEN.keys()) == []


@pytest.mark.parametrize("rule_id", sorted(CATALOGUE.keys() & WRITTEN.keys()))
def test_the_rule_is_the_contracts(rule_id: str) -> None:
    built, written = CATALOGUE[rule_id], WRITTEN[rule_id]
    implied = {"document"} | ({"profile"} if built.parameters else set())

    assert {
        "level": str(built.level),
        "hard": built.hard,
        "stage": str(built.gate),
        "about": built.about,
        "says": built.says,
        "source": built.source,
        "profile_parameters": list(built.parameters),
        "nations": list(built.nations),
        "needs": implied | set(built.needs),
    } == {
        "level": written["level"],
        "hard": written["hard"],
        "stage": written["stage"],
        "about": written["about"],
        "says": written["says"],
        "source": written["source"],
        "profile_parameters": written.get("profile_parameters", []),
        "nations": written.get("nations", []),
        "needs": set(written["needs"]),
    }


def test_each_rule_says_in_words_of_its_own_what_it_keeps() -> None:
    kept = [one.keeps for one in CATALOGUE.values()]

    assert len(set(kept)) == len(kept)
