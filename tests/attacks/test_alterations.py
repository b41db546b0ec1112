"""Two thousand alterations of the example records' sealed minutes: none is unchanged but those of the properties."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from exports.budget import NotReadable
from exports.papers import word_file
from exports.standalone import standalone_verifier
from exports.verdicts import Verdict
from exports.verify import verify
from tests.attacks.alterations import alterations
from tests.copying import SCENARIOS, a_copy
from tests.sealing import sealed_by, the_authority

COUNT = 2_000


@pytest.fixture(scope="module")
def sealed_minutes():
    """The minutes of each meeting of O1 to O7, sealed; every second also by an agency."""
    made = {}
    for number, (name, document, _, history) in enumerate(SCENARIOS):
        signers = [the_authority().signer()]
        if number % 2:
            signers.append(the_authority().signer("Fell Hospital", "ecdsa", "Agency seal – not a personal signature"))
        made[name] = sealed_by(*signers, content=word_file(a_copy(document, "full", history)))
    return made


def test_the_same_seed_gives_the_same_alterations(sealed_minutes):
    twice = [[(one.scenario, one.what) for one in alterations(sealed_minutes, 40, 7)] for _ in range(2)]
    assert twice[0] == twice[1]
    assert {name for name, _ in twice[0]} == set(sealed_minutes)


def test_both_checks_agree_on_two_thousand_alterations_and_call_none_unchanged(sealed_minutes, tmp_path):
    trust = [the_authority().certificate]
    (tmp_path / "trust.pem").write_bytes(trust[0].public_bytes(Encoding.PEM))
    (tmp_path / "check.py").write_text(standalone_verifier(), encoding="utf-8")
    made = list(alterations(sealed_minutes, COUNT))
    names = [f"{number}.docx" for number in range(COUNT)]
    for name, one in zip(names, made, strict=True):
        (tmp_path / name).write_bytes(one.content)
    with (tmp_path / "out").open("wb") as out, (tmp_path / "err").open("wb") as err:
        alone = subprocess.Popen(
            [sys.executable, "-I", "check.py", "--trust", "trust.pem", *names], cwd=tmp_path, stdout=out, stderr=err
        )
    ours, refused = {}, {}
    for name, one in zip(names, made, strict=True):
        try:
            ours[name] = verify(one.content, trust)
        except NotReadable as problem:
            refused[name] = str(problem)
    assert alone.wait() == 2

    said = [json.loads(line) for line in (tmp_path / "out").read_text(encoding="utf-8").splitlines()]
    assert said == [result.as_line(name) for name, result in ours.items()]
    told = (tmp_path / "err").read_text(encoding="utf-8").splitlines()
    assert told == [f"{name}: {refused.get(name) or ours[name].sentence}" for name in names]

    unchanged = {name for name, result in ours.items() if result.verdict is Verdict.UNCHANGED}
    wrong = [(one.scenario, one.what) for name, one in zip(names, made, strict=True)
             if (name in unchanged) is not one.only_properties]  # fmt: skip
    assert wrong == []
    found = Counter(result.verdict.value for result in ours.values())
    print({**found, "not readable": len(refused)}, len({one.what for one in made}), "kinds")
    assert min(found.values()) > 5
    assert len({one.what for one in made}) > 150
