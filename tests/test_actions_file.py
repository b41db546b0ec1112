"""The actions as data: the contract's shape, bound to the text, with only the people they name."""

from __future__ import annotations

import hashlib
import json
import uuid
from pathlib import Path

import jsonschema
import pytest
from referencing import Registry, Resource

from exports.actions import actions_json, record_json
from exports.papers import word_file
from meetings.seal import canonical, content_sha256
from tests.copying import NAMES, SCENARIOS, a_copy
from tests.makers import a_discussion, an_action

CONTRACT = Path(__file__).parent / "contract"


@pytest.fixture(scope="session")
def schemas():
    read = [json.loads(file.read_text(encoding="utf-8")) for file in CONTRACT.glob("*.schema.json")]
    registry = Registry().with_resources([(one["$id"], Resource.from_contents(one)) for one in read])
    return {one["$id"]: jsonschema.Draft202012Validator(one, registry=registry) for one in read}


@pytest.mark.parametrize(("name", "document", "meeting", "history"), SCENARIOS, ids=NAMES)
def test_each_audience_has_the_actions_it_may_have_in_the_contracts_shape(name, document, meeting, history, schemas):
    for audience in ("full", "police", "social_care", "legal", "partner", "decisions"):
        file = json.loads(actions_json(a_copy(document, audience, history), "0" * 64, "x.docx"))
        schemas["urn:accord:actions:1"].validate(file)
        if audience in meeting["actions_files"]:
            assert [one["ref"] for one in file["actions"]] == meeting["actions_files"][audience]
        assert file["from"]["content_sha256"] == meeting["content_sha256"]


def test_only_people_whom_an_action_names_are_in_the_file():
    document = a_discussion()
    owner = document["actions"][0]["owner"]
    document["actions"] = [an_action(1, owner=owner, about=["c1"])]
    file = json.loads(actions_json(a_copy(document)))
    assert [one["id"] for one in file["professionals"]] == [owner]
    assert [one["id"] for one in file["children"]] == ["c1"]
    assert "adults" not in file


def test_the_id_of_the_file_follows_from_document_version_and_audience():
    copy = a_copy(a_discussion())
    first, second = json.loads(actions_json(copy))["id"], json.loads(actions_json(copy))["id"]
    other = json.loads(actions_json(a_copy(a_discussion(), "police")))["id"]
    assert first == second != other
    assert first == "urn:uuid:" + str(uuid.uuid5(uuid.UUID(copy.document["id"].removeprefix("urn:uuid:")), "1/full"))


def test_the_file_is_canonical_and_names_the_minutes():
    copy = a_copy(a_discussion())
    digest = hashlib.sha256(word_file(copy)).hexdigest()
    file = actions_json(copy, digest, "OFFICIAL-SENSITIVE_x.docx")
    read = json.loads(file)
    assert file == canonical(read)
    assert read["from"]["minutes_sha256"] == digest
    assert read["from"]["minutes_file"] == "OFFICIAL-SENSITIVE_x.docx"


def test_a_parent_gets_no_actions():
    document = a_discussion()
    told = next(one for one in document["telling"] if one["tell"] in ("all", "part"))
    file = json.loads(actions_json(a_copy(document, f"parent:{told['adult']}")))
    assert file["actions"] == []
    assert "professionals" not in file


def test_the_record_as_data_is_the_whole_document_and_keeps_its_hash(schemas):
    for _, document, meeting, history in SCENARIOS:
        file = record_json(a_copy(document, "full", history))
        read = json.loads(file)
        schemas["urn:accord:strategy-discussion:1"].validate(read)
        assert read == document
        assert content_sha256(read) == meeting["content_sha256"]
