"""The example briefings and every change to them: judged exactly as expected, imported, and worked out."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonpatch
import pytest

from meetings import contract, seal
from meetings.documents import BRIEFING
from meetings.profiles import DEFAULT_PROFILE, profile
from meetings.rules import CATALOGUE, Finding, Level, can_finalise, case_of, judge
from tests.makers import Json

FOLDER = Path(__file__).parent / "scenarios" / "briefings"
NAMES = sorted(path.name.removesuffix(".expected.json") for path in FOLDER.glob("*.expected.json"))

OF_THE_LOG = {"IIM-DIS-01", "IIM-DIS-02", "IIM-LOG-01", "IIM-LOG-02", "IIM-LOG-03", "IIM-LOG-04"}
"""Rules that look at the log and at exported copies; no change to a document breaks them."""


def read(name: str, what: str = "") -> Any:
    return json.loads((FOLDER / f"{name}{what}.json").read_text(encoding="utf-8"))


def judged(document: Json, now: str, history: list[str] | None = None) -> list[Finding]:
    earlier = [contract.read(read(one.removesuffix(".json"))) for one in history or ()]
    in_force = profile(document.get("profile", DEFAULT_PROFILE))
    return judge(case_of(contract.read(document), in_force, datetime.fromisoformat(now), earlier))


def fired(findings: list[Finding], level: Level) -> set[str]:
    return {one.rule for one in findings if one.level is level}


CHANGES = [
    pytest.param(name, change, id=f"{name}-{change['name']}") for name in NAMES for change in read(name, ".mutations")
]


def test_the_examples_are_there():
    assert len(NAMES) == 6
    assert len(CHANGES) > 350


@pytest.mark.parametrize("name", NAMES)
def test_a_briefing_is_judged_as_expected(name):
    document, expected = read(name), read(name, ".expected")
    found = judged(document, expected["now"])
    assert {str(level): fired(found, level) for level in Level} == {
        **{level: set(expected["fires"][level]) for level in ("block", "warn", "info")},
        "excepted": set(expected["excepted"]),
    }
    assert can_finalise(found) is expected["can_finalise"]
    assert seal.content_sha256(document) == expected["content_sha256"]


@pytest.mark.parametrize(("name", "change"), CHANGES)
def test_a_changed_briefing_is_judged_as_expected(name, change):
    document = jsonpatch.apply_patch(read(name), change["patch"])
    expected = change["expect"]
    if expected.get("refused"):
        with pytest.raises(contract.Refused):
            contract.read(document)
        return
    found = judged(document, change.get("now", read(name, ".expected")["now"]), change.get("history"))
    for level in (Level.BLOCK, Level.WARN, Level.EXCEPTED):
        assert fired(found, level) == set(expected.get(str(level), [])), level
    everything = {one.rule for one in found if one.level is not Level.EXCEPTED}
    assert set(expected["fires"]) <= everything
    assert everything.isdisjoint(expected["silent"])
    assert can_finalise(found) is expected["can_finalise"]


def test_every_rule_about_briefings_is_broken_by_some_change():
    broken = {
        rule for name in NAMES for change in read(name, ".mutations") for rule in change["expect"].get("fires", ())
    }
    broken |= {rule for name in NAMES for level in read(name, ".expected")["fires"].values() for rule in level}
    rules = {one.id for one in CATALOGUE.values() if one.kind is BRIEFING}
    assert rules - broken - OF_THE_LOG == set()


def test_an_empty_briefing_can_be_judged():
    empty = {"schema": BRIEFING.schema, "id": read(NAMES[0])["id"], "version": 1, "status": "draft"}
    found = judged(empty, "2031-03-11T13:00:00+00:00")
    assert "IIM-INF-02" in fired(found, Level.BLOCK)
    assert not can_finalise(found)
