"""The example records: each judges, and each is worked out, exactly as written beside it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonpatch
import pytest

from meetings import contract, seal
from meetings.documents import Discussion
from meetings.facts import facts
from meetings.profiles import DEFAULT_PROFILE, profile
from meetings.rules import Finding, Level, can_finalise, case_of, judge
from tests.makers import Json

HERE = Path(__file__).parent
SCENARIOS = sorted(path.parent for path in (HERE / "scenarios" / "strategy").glob("*/expected.json"))

OTHER_TESTS = frozenset(
    {"file", "now", "fires", "excepted", "can_finalise", "content_sha256", "copies", "actions_files"}
)
"""What is expected of a meeting and is no worked-out fact: judged below, or tested with the copies."""


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


MEETINGS = [
    pytest.param(folder, number, id=f"{folder.name}-{number}")
    for folder in SCENARIOS
    for number in range(1, len(_read(folder / "expected.json")["meetings"]) + 1)
]
MUTATIONS = [
    pytest.param(folder, mutation, id=f"{folder.name}-{mutation['meeting']}-{mutation['name']}")
    for folder in SCENARIOS
    for mutation in _read(folder / "mutations.json")
]


def _meeting(folder: Path, number: int) -> tuple[Json, Json, list[Discussion]]:
    """Return a meeting's document, what is expected of it, and the meetings before it."""
    expected = _read(folder / "expected.json")["meetings"]
    documents = [_read(folder / one["file"]) for one in expected[:number]]
    return documents[-1], expected[number - 1], [contract.read(one) for one in documents[:-1]]


def _judged(document: Json, now: str, history: list[Discussion]) -> list[Finding]:
    in_force = profile(document.get("profile", DEFAULT_PROFILE))
    return judge(case_of(contract.read(document), in_force, datetime.fromisoformat(now), history))


def _of(findings: list[Finding], level: Level) -> set[str]:
    return {finding.rule for finding in findings if finding.level is level}


def test_the_example_records_are_there() -> None:
    assert len(SCENARIOS) == 7
    assert len(MUTATIONS) > 300


@pytest.mark.parametrize(("folder", "number"), MEETINGS)
def test_a_meeting_is_judged_as_expected(folder: Path, number: int) -> None:
    document, expected, history = _meeting(folder, number)

    found = _judged(document, expected["now"], history)

    fires = expected["fires"]
    assert {str(level): _of(found, level) for level in Level} == {
        **{level: set(fires[level]) for level in ("block", "warn", "info")},
        "excepted": set(expected["excepted"]),
    }
    assert can_finalise(found) is expected["can_finalise"]


@pytest.mark.parametrize(("folder", "number"), MEETINGS)
def test_a_meeting_is_worked_out_as_expected(folder: Path, number: int) -> None:
    document, expected, history = _meeting(folder, number)

    worked_out = facts(contract.read(document), profile(document["profile"]), history)

    assert worked_out == {name: value for name, value in expected.items() if name not in OTHER_TESTS}
    assert seal.content_sha256(document) == expected["content_sha256"]


@pytest.mark.parametrize(("folder", "mutation"), MUTATIONS)
def test_a_changed_meeting_is_judged_as_expected(folder: Path, mutation: Json) -> None:
    document, original, history = _meeting(folder, mutation["meeting"])
    changed = jsonpatch.apply_patch(document, mutation["patch"])
    expected = mutation["expect"]
    if expected.get("refused"):
        with pytest.raises(contract.Refused):
            contract.read(changed)
        return

    found = _judged(changed, mutation.get("now", original["now"]), history)

    for level in (Level.BLOCK, Level.WARN, Level.EXCEPTED):
        assert _of(found, level) == set(expected.get(str(level), [])), level
    fired = {finding.rule for finding in found}
    assert set(expected["fires"]) <= fired
    assert fired.isdisjoint(expected["silent"])
    assert can_finalise(found) is expected["can_finalise"]
