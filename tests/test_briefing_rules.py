"""What breaks each rule about briefings and nothing else, and what only comes near: a row each."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from meetings.documents import BRIEFING
from meetings.rules import CATALOGUE, Level
from tests.makers import ABSENT, Json, changed
from tests.test_briefing_scenarios import OF_THE_LOG, judged, read

COMPLETE = "CLC-IIM-2031-0107"
"""A child on a plan, missing with the family; it breaks no rule."""
UNBORN = "NMP-IIM-2031-0042"
"""A mother past her due date, missing; the due date is warned about."""
CAST = {COMPLETE: "2031-03-11T13:00:00+00:00", UNBORN: "2031-09-16T17:25:00+01:00"}
REFUGE: Json = {
    "id": "L8",
    "label": "refuge",
    "text": "Flat 3, 18 Elder Walk, Sorrel House, Marshend, Wexcombe ZZ99 8QT (fictional)",
    "restricted": {"reason": "refuge", "audiences": ["full", "police"]},
}
RISK: Json = {"who": ["S1"], "threat": "t", "likelihood": 3, "impact": 4, "score": 12, "controls": "c",
              "control_owner": "p1", "residual_likelihood": 2, "residual_impact": 4, "residual_score": 8}  # fmt: skip
EPO: Json = {"kind": "court_order", "value": "FD31P00017", "text": "Emergency  protection order of 9 March"}
GIRL: Json = {"id": "S9", "kind": "born", "name": "Ivy VENNICK", "born_on": "2017-02-28", "voice": "Quiet.",
              "plan": {"status": "none"}, "markers": [], "last_seen_at": "2031-09-01T10:00:00+01:00"}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """Changes to an example; `also` names what the same gap breaks of necessity."""

    rule: str
    changes: Json
    also: tuple[str, ...] = ()
    of: str = COMPLETE
    now: str = ""


def fired(row: Row) -> dict[str, Level]:
    """Return the rules that the changes make fire, with their levels."""
    before = {one.rule for one in judged(read(row.of), CAST[row.of])}
    found = judged(changed(read(row.of), row.changes), row.now or CAST[row.of])
    return {one.rule: one.level for one in found if one.rule not in before}


BREAKS = [
    Row("IIM-HDR-01", {"/title": "  "}),
    Row("IIM-HDR-01", {"/provenance/recorded_by": "p99"}),
    Row("IIM-HDR-01", {"/provenance/recorded_at": ABSENT}),
    Row("IIM-HDR-01", {"/source": {}, "/links": [{"kind": "crime"}]}, also=("IIM-HDR-10", "IIM-HDR-11")),
    Row("IIM-HDR-02", {"/marking/tier": ABSENT}, also=()),
    Row("IIM-HDR-02", {"/marking/handling": [" "]}),
    Row(
        "IIM-HDR-03",
        {"/validity/review_at": "2031-03-11T12:30:00+00:00", "/validity/from": "2031-03-11T12:30:00+00:00"},
        also=("IIM-HDR-05", "IIM-HDR-09"),
    ),
    Row("IIM-HDR-03", {"/validity/from": ABSENT}, also=("IIM-INF-08",)),
    Row("IIM-HDR-04", {"/signoff": []}),
    Row("IIM-HDR-04", {"/professionals/1/grade": "PC"}),
    Row("IIM-HDR-04", {"/provenance/recorded_by": "p2"}),
    Row("IIM-HDR-05", {"/circulation": []}),
    Row("IIM-HDR-05", {"/circulation/0/acknowledge_by": ABSENT}),
    Row("IIM-HDR-06", {"/signoff/-": {"by": "p7", "as": "recipient", "at": "2031-03-18T13:00:01+00:00"}}),
    Row("IIM-HDR-07", {}, now="2031-03-11T18:00:01+00:00"),
    Row("IIM-HDR-08", {"/version": 2}),
    Row("IIM-HDR-08", {"/version": 2, "/supersedes": {"version": 1, "text": " "}}),
    Row("IIM-HDR-09", {"/validity/until": "2031-03-18T13:00:01+00:00", "/validity/from": "2031-03-11T13:00:00+00:00"}),
    Row("IIM-HDR-10", {"/links/0/value": ABSENT}),
    Row("IIM-INF-01", {"/information/summary": ABSENT}),
    Row("IIM-INF-02", {"/children": []}),
    Row("IIM-INF-03", {"/children/0/born_on": ABSENT, "/children/0/markers": []}),
    Row("IIM-INF-03", {"/children/0/due_on": ABSENT}, of=UNBORN),
    Row("IIM-INF-04", {"/children/0/mother": "S99"}, of=UNBORN),
    Row("IIM-INF-05", {"/children/0/plan": {"category": "NEG"}}),
    Row("IIM-INF-06", {"/children/0/voice": "\n"}),
    Row("IIM-INF-07", {"/places": ABSENT}),
    Row("IIM-INF-07", {"/information/associates": ABSENT}),
    Row("IIM-INF-08", {"/adults/0/markers": ABSENT}),
    Row("IIM-INF-08", {"/children/0/born_on": "2021-03-11"}),
    Row("IIM-INF-08", {"/children/0/born_on": ABSENT, "/children/0/born_on_text": "about two"}),
    Row("IIM-INF-08", {"/information/checks/done": [{"check": "pnd"}]}),
    Row(
        "IIM-INF-09", {"/information/lines/-": {"agency": "police", "kind": "intelligence", "text": "x", "grade": "2B"}}
    ),
    Row("IIM-INF-10", {"/missing/earlier_episodes": 3, "/missing/analysis": ABSENT}),
    Row("IIM-INF-11", {"/information/summary": "x" * 601}),
    Row("IIM-INF-13", {"/children/0/last_seen_at": ABSENT}),
    Row("IIM-INF-13", {"/adults/0/last_seen_at": ABSENT}, of=UNBORN),
    Row(
        "IIM-INF-13",
        {
            "/children/-": {**GIRL, "last_seen_at": "2031-09-01T10:00:00+01:00"},
            "/children/0/mother": "S9",
            "/missing/people": [],
            "/children/1/last_seen_at": ABSENT,
        },
        of=UNBORN,
    ),
    Row("IIM-INF-14", {"/officer_card": ["", "  "]}),
    Row("IIM-INF-14", {"/officer_card": ["one\ntwo\nthree\nfour\nfive\nsix\nseven\neight"]}),
    Row("IIM-INF-14", {"/officer_card": ["word " * 101]}),
    Row("IIM-INT-01", {"/intention/primary": "x" * 201}),
    Row("IIM-INT-02", {"/intention/objectives": list("abcdef")}),
    Row("IIM-MET-01", {"/method/lead": " "}),
    Row("IIM-MET-02", {"/actions": []}),
    Row("IIM-MET-03", {"/method/if_refused_entry": ABSENT}),
    Row("IIM-MET-04", {"/method/powers/1/usable_now": ABSENT}, of=UNBORN),
    Row("IIM-MET-05", {"/method/powers/2/limits": "Concern for welfare is NOT  enough."}, of=UNBORN),
    Row("IIM-MET-05", {"/method/powers/2/limits": ABSENT}, also=("IIM-MET-07",), of=UNBORN),
    Row("IIM-MET-05", {"/method/powers/2/provision": "S 17(1)(e) PACE", "/method/powers/2/limits": "x"}, of=UNBORN),
    Row("IIM-MET-06", {"/risk_assessment/text": "No Police  Protection\nOrder yet"}),
    Row("IIM-MET-06", {"/links/0/text": "police protection order sought"}),
    Row("IIM-MET-07", {"/method/powers/0/limits": ABSENT}),
    Row("IIM-MET-08", {"/links/-": EPO}),
    Row("IIM-MET-08", {"/links/-": {"kind": "court_order", "value": "x", "text": "see epo, 9 March"}}),
    Row("IIM-ADM-01", {"/administration/designated_officer": "p99"}),
    Row("IIM-ADM-02", {"/administration/officer_in_case": "p5", "/administration/designated_officer": "p5"}, also=()),
    Row("IIM-ADM-03", {"/administration/accommodation": " Police station, then foster carer"}),
    Row("IIM-ADM-04", {"/administration/gender_preference": ABSENT}),
    Row("IIM-RSK-01", {"/risk_assessment/next_at": ABSENT}),
    Row("IIM-RSK-02", {"/risk_assessment/risks": []}),
    Row("IIM-RSK-02", {"/risk_assessment/risks/0/who": []}),
    Row("IIM-RSK-02", {"/risk_assessment/risks/0": {**RISK, "likelihood": 0, "score": 0, "residual_score": 0}}),
    Row(
        "IIM-RSK-02",
        {"/risk_assessment/risks/0": {"who": ["S1"], "threat": "t", "controls": "c", "control_owner": "p1"}},
    ),
    Row("IIM-RSK-03", {"/risk_assessment/risks/0": {**RISK, "score": 13}}),
    Row("IIM-RSK-03", {"/risk_assessment/risks/0": {**RISK, "residual_score": 13}}),
    Row("IIM-RSK-04", {"/missing/reason": ABSENT}),
    Row("IIM-RSK-05", {"/risk_assessment/risks": [{**RISK, "residual_score": 12}]}),
    Row("IIM-RSK-06", {"/risk_assessment/officer_safety": ABSENT}),
    Row(
        "IIM-RSK-08",
        {
            "/missing/level": "high",
            "/risk_assessment/assessed_at": "2031-03-11T12:00:00+00:00",
            "/risk_assessment/next_at": "2031-03-12T00:00:01+00:00",
            "/human_rights/articles/-": {"article": "2", "whose": "S1", "text": "x"},
        },
    ),
    Row("IIM-RSK-09", {"/adults/0/markers": ["VIOLENT when drunk"], "/risk_assessment/risks": [RISK]}),
    Row("IIM-RSK-10", {"/missing": {"people": ["S2"], "now": True, "level": "low"}}, also=("IIM-RSK-04",), of=UNBORN),
    Row("IIM-COM-01", {"/communications/call_first/0/number": ABSENT}),
    Row("IIM-COM-01", {"/communications/call_first": [{"agency": "police", "who": "DS", "number": "01632 960100"}]}),
    Row("IIM-COM-01", {"/communications/call_first/-": {"agency": "health", "who": "Ward 4"}}),
    Row("IIM-COM-02", {"/communications/other_forces": [{"organisation": "Calderwick", "contact": "FIM"}]}),
    Row("IIM-COM-03", {"/communications/do_not_disclose": [" "]}),
    Row("IIM-COM-04", {"/communications/tell_family": ABSENT}),
    Row("IIM-HUM-01", {"/human_rights/articles/-": {"article": "6", "text": "x"}}),
    Row("IIM-HUM-03", {"/human_rights/legal": "   s47      "}),
    Row("IIM-HUM-04", {"/human_rights/less_intrusive": ABSENT}),
    Row("IIM-ACT-01", {"/actions/0/owner": ABSENT}),
    Row("IIM-ACT-01", {"/actions/0/owner": "p99"}),
    Row("IIM-ACT-01", {"/actions/0/owner": "p8", "/actions/0/agreed_by": ["police"]}, of=UNBORN),
    Row("IIM-ACT-02", {"/actions/0/deadline": {"event": "on birth"}}),
    Row("IIM-ACT-03", {"/actions/0/deadline/due_at": "2031-03-11T12:00:00+00:00"}),
    Row("IIM-ACT-04", {"/actions/0/evidence/needed": " "}),
    Row("IIM-ACT-05", {"/actions/0/legal_basis": []}, of=UNBORN),
    Row("IIM-ACT-06", {"/actions/0/text": "Visit, then Monitor."}),
    Row("IIM-ACT-06", {"/actions/0/text": "x" * 161}),
    Row("IIM-ACT-07", {"/actions/0/after": ["CLC-IIM-2031-0107-A01"]}),
    Row(
        "IIM-ACT-07",
        {
            "/actions/0/after": ["CLC-IIM-2031-0107-A02"],
            "/actions/1/after": ["CLC-IIM-2031-0107-A03"],
            "/actions/2/after": ["CLC-IIM-2031-0107-A01"],
            "/actions/0/deadline": {"event": "x", "within": "PT1H"},
        },
    ),
    Row("IIM-ACT-07", {"/actions/0/after": ["CLC-IIM-2031-0107-A77"]}),
    Row("IIM-ACT-09", {"/actions/0/status": "done", "/actions/0/evidence/provided": [{"text": "x", "by": "p3"}]}),
    Row(
        "IIM-ACT-11",
        {
            "/actions/0/deadline/due_at": "2031-03-18T13:00:01+00:00",
            "/actions/0/priority": "normal",
            "/actions/4/after": [],
        },
    ),
    Row("IIM-ACT-12", {"/marking/code": ABSENT, "/actions/0/marking": ABSENT}),
    Row("IIM-ACT-13", {"/actions/0/agreed_by": [], "/actions/0/accepted": {"by": "p3"}}),
    Row("IIM-DIS-03", {"/actions/0/marking/family_may_have": True}),
    Row("IIM-DIS-04", {"/actions/0/marking": {"tier": "OFFICIAL", "code": "C", "conditions": " "}}),
    Row("IIM-DIS-05", {"/actions/0/restricted": {"reason": "x", "audiences": ["full"]}}),
    Row("IIM-DIS-06", {"/places/-": REFUGE, "/contingencies": ["Taxi to SORREL\n HOUSE."]}, also=("IIM-DIS-05",)),
    Row("IIM-DIS-06", {"/places/-": REFUGE, "/contingencies": ["Try 18  elder walk"]}, also=("IIM-DIS-05",)),
    Row("IIM-DIS-06", {"/places/-": REFUGE, "/contingencies": ["sat-nav z z 9 9 8 q t"]}, also=("IIM-DIS-05",)),
    Row("IIM-DIS-06", {"/places/-": REFUGE, "/title": "Now at Flat 3"}, also=("IIM-DIS-05",)),
    Row(
        "IIM-DIS-06",
        {
            "/places/-": {**REFUGE, "text": "The Old Granary, Elm Vale, Wexcombe"},
            "/actions/0/text": "Do not go to the old granary",
        },
        also=("IIM-DIS-05",),
    ),
]

COMES_NEAR = [
    Row("IIM-HDR-01", {"/source": ABSENT}),
    Row(
        "IIM-HDR-03",
        {"/validity/until": "2031-03-12T09:00:00+00:00", "/validity/review_at": "2031-03-12T09:00:00+00:00"},
    ),
    Row("IIM-HDR-06", {"/signoff/-": {"by": "p7", "as": "recipient", "at": "2031-03-18T13:00:00+00:00"}}),
    Row("IIM-HDR-06", {}, now="2031-03-18T13:00:00+00:00"),
    Row("IIM-HDR-09", {"/validity/until": "2031-03-18T13:00:00+00:00", "/validity/from": "2031-03-11T13:00:00+00:00"}),
    Row("IIM-INF-03", {"/children/0/due_on": ABSENT, "/children/0/due_on_text": "this week"}, of=UNBORN),
    Row("IIM-INF-04", {"/children/-": GIRL, "/children/0/mother": "S9"}, of=UNBORN),
    Row("IIM-INF-07", {"/places": [], "/information/vehicles": [], "/information/phones": []}),
    Row("IIM-INF-08", {"/children/0/born_on": "2021-03-12"}),
    Row(
        "IIM-INF-08", {"/adults/0/markers": ABSENT, "/information/checks/outstanding/-": {"text": "custody log of S2"}}
    ),
    Row("IIM-INF-11", {"/information/summary": "x" * 600}),
    Row("IIM-INF-13", {"/missing/people": ["S1"]}, of=UNBORN),
    Row("IIM-INF-13", {"/missing/now": False, "/adults/0/last_seen_at": ABSENT}),
    Row("IIM-INF-14", {"/officer_card": [*"abcdefg", " "]}),
    Row("IIM-INT-01", {"/intention/primary": "x" * 200}),
    Row("IIM-MET-04", {"/method/powers/1/provision": "S46"}, of=UNBORN),
    Row("IIM-MET-05", {"/method/powers/2/limits": "Only SERIOUS  injury; worry is not\nenough"}, of=UNBORN),
    Row("IIM-MET-08", {"/links/-": {**EPO, "text": "Repossession"}}),
    Row("IIM-MET-08", {"/links/-": {**EPO, "kind": "crime"}}),
    Row("IIM-ADM-01", {"/method/powers": []}),
    Row("IIM-ADM-03", {"/administration/accommodation": "Foster carer, never a police station"}),
    Row("IIM-RSK-07", {"/children/0/due_on": "2031-10-01"}, of=UNBORN),
    Row(
        "IIM-RSK-08",
        {
            "/missing/level": "high",
            "/risk_assessment/assessed_at": "2031-03-11T12:00:00+00:00",
            "/risk_assessment/next_at": "2031-03-12T00:00:00+00:00",
        },
    ),
    Row("IIM-RSK-09", {"/adults/0/markers": ["violent"], "/risk_assessment/risks": [{**RISK, "who": ["officers"]}]}),
    Row("IIM-RSK-10", {"/missing/level": "low"}, of=UNBORN),
    Row(
        "IIM-COM-01",
        {
            "/communications/call_first": [
                {"agency": "police", "who": "DS", "number": "1"},
                {"agency": "emergency_duty_team", "who": "EDT", "number": "2"},
            ]
        },
    ),
    Row("IIM-COM-02", {"/communications/other_forces": []}),
    Row("IIM-ACT-06", {"/actions/0/text": "Read the monitoring log"}),
    Row("IIM-ACT-12", {"/actions/0/marking": ABSENT}),
    Row(
        "IIM-ACT-13",
        {"/actions/0/agreed_by": [], "/actions/0/accepted": {"by": "p3", "at": "2031-03-11T13:00:00+00:00"}},
    ),
    Row("IIM-DIS-06", {"/places/-": REFUGE, "/contingencies": ["An aunt in Marshend, Wexcombe"]}),
    Row("IIM-DIS-06", {"/places/-": REFUGE, "/communications/do_not_disclose": ["Sorrel House"]}),
    Row(
        "IIM-DIS-06",
        {
            "/places/-": REFUGE,
            "/actions/0/text": "Ring Sorrel House",
            "/actions/0/restricted": {"reason": "x", "audiences": ["full"]},
        },
    ),
]


@pytest.mark.parametrize("row", BREAKS, ids=[f"{one.rule}-{number}" for number, one in enumerate(BREAKS)])
def test_the_row_breaks_its_rule_and_nothing_else(row):
    found = fired(row)

    assert row.rule in found
    assert set(found) - {row.rule} == set(row.also)


@pytest.mark.parametrize("row", COMES_NEAR, ids=[f"{one.rule}-{number}" for number, one in enumerate(COMES_NEAR)])
def test_what_only_comes_near_breaks_nothing(row):
    found = judged(changed(read(row.of), row.changes), row.now or CAST[row.of])
    assert row.rule not in {one.rule for one in found}


def test_every_rule_about_briefings_has_a_row_here_or_among_the_changes():
    by_changes = {
        rule
        for name in ("CLC-IIM-2031-0107", "NMP-IIM-2031-0042")
        for change in read(name, ".mutations")
        for rule in change["expect"].get("fires", ())
    }
    rules = {one.id for one in CATALOGUE.values() if one.kind is BRIEFING}
    assert rules - by_changes - {row.rule for row in BREAKS} - OF_THE_LOG == set()


HURRY = {"/validity/urgent": {"reason": "Child at risk tonight", "complete_by": "2031-03-11T13:00:00+00:00"}}


@pytest.mark.parametrize("row", BREAKS, ids=[f"{one.rule}-{number}" for number, one in enumerate(BREAKS)])
def test_in_urgent_mode_every_block_but_the_hard_and_the_urgent_is_a_warning_until_the_moment_it_ends(row):
    if row.of != COMPLETE or row.now:
        pytest.skip("another day")
    rule = CATALOGUE[row.rule]
    waits = rule.level is Level.BLOCK and not (rule.hard or rule.urgent)

    assert fired(Row(row.rule, {**row.changes, **HURRY}))[row.rule] is (Level.WARN if waits else rule.level)
    later = {"/validity/urgent": {"reason": "x", "complete_by": "2031-03-11T13:59:59+01:00"}}
    assert fired(Row(row.rule, {**row.changes, **later}))[row.rule] is rule.level


def test_an_exception_by_a_manager_passes_over_what_is_not_hard_and_by_a_constable_only_a_warning():
    entry = {"rule": "", "reason": "Known to the supervisor", "grade": "x", "at": "2031-03-11T13:00:00+00:00"}
    for row in BREAKS:
        rule = CATALOGUE[row.rule]
        if row.of != COMPLETE:
            continue
        for by, is_manager in (("p2", "/professionals/1/grade" not in row.changes), ("p3", False)):
            entries = [{**entry, "rule": row.rule, "by": by}]
            found = judged(changed(read(row.of), {**row.changes, "/exceptions": entries}), row.now or CAST[row.of])
            level = next(one.level for one in found if one.rule == row.rule)
            passed = not rule.hard and rule.level is not Level.INFO and (is_manager or rule.level is Level.WARN)
            assert level is (Level.EXCEPTED if passed else rule.level), (row.rule, by)


def test_reasons_are_compared_with_other_briefings_and_never_with_an_earlier_version_of_this_one():
    document = changed(read(COMPLETE), {"/version": 2, "/supersedes": {"version": 1, "text": "Door code"}})
    found = judged(document, CAST[COMPLETE], [f"{COMPLETE}.json"])
    assert "IIM-HUM-06" not in {one.rule for one in found}
