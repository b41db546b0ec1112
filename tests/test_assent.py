"""What each agency answers while decisions are read back: kept for each child, nothing dropped, nothing overwritten."""

from __future__ import annotations

import json

import pytest

from meetings.assent import AGREED
from meetings.desk import Answer, administrator
from tests.makers import a_discussion, changed, let_in


@pytest.fixture
def desk(app):
    return app.extensions["accord"]


@pytest.fixture
def reference(desk):
    document = changed(a_discussion(), {"/outcomes/0/decision/agreed_by": ["police"]})
    return desk.import_document(json.dumps(document).encode(), administrator())[0]


def _json(desk, reference):
    return desk.look(reference, administrator()).json


def _answers(at_work, reference):
    page = at_work.get(f"/records/{reference}/read-back")
    return page.fields(page.by_id("assent-c1")), f"/records/{reference}/children/c1/assent"


def test_each_agency_here_can_answer_for_each_child_while_it_is_read_back(desk, at_work, reference):
    sent, path = _answers(at_work, reference)
    assert sent["answer:police"] == ["agrees"]
    assert "reason:social_care" in sent

    answers = {"answer:social_care": "agrees", "answer:health": "dissents", "reason:health": "The bruise is old"}
    page = at_work.post(path, {**sent, **answers})

    assert page.status == 200
    record = _json(desk, reference)
    assert record["outcomes"][0]["decision"]["agreed_by"] == ["police", "social_care"]
    (entry,) = [one for one in record["dissent"]["entries"] if one.get("text") == "The bruise is old"]
    people = {one["id"]: one["agency"] for one in record["professionals"]}
    assert (people[entry["by"]], entry["children"]) == ("health", ["c1"])
    assert "The bruise is old" in page.words

    sent, _ = _answers(at_work, reference)
    assert (sent["answer:health"], sent["reason:health"]) == (["dissents"], ["The bruise is old"])
    at_work.post(path, {**sent, "reason:health": "The bruise is two weeks old"})
    texts = [one.get("text") for one in _json(desk, reference)["dissent"]["entries"]]
    assert texts.count("The bruise is two weeks old") == 1
    assert "The bruise is old" not in texts


def test_a_dissent_needs_its_reason_and_nothing_typed_is_lost(desk, at_work, reference):
    before = _json(desk, reference)
    sent, path = _answers(at_work, reference)
    answers = {"answer:social_care": "agrees", "answer:health": "dissents", "reason:health": " "}
    page = at_work.post(path, {**sent, **answers})
    assert page.status == 422
    assert "Say why Health does not agree. The other answers are not kept yet either." in page.words
    shown = page.fields(page.by_id("assent-c1"))
    assert (shown["answer:social_care"], shown["answer:health"]) == (["agrees"], ["dissents"])
    assert _json(desk, reference) == before


def test_answers_that_somebody_else_kept_meanwhile_are_not_overwritten(desk, at_work, reference, manager):
    let_in(desk, reference, manager)
    sent, path = _answers(at_work, reference)
    desk.answer(reference, "outcomes:c1", {AGREED: Answer(["police", "health"])}, manager)
    page = at_work.post(path, {**sent, "answer:social_care": "agrees"})
    assert page.status == 422
    assert "Somebody else kept other answers for this child meanwhile." in page.words
    assert _json(desk, reference)["outcomes"][0]["decision"]["agreed_by"] == ["police", "health"]


def test_an_agency_that_agrees_in_the_end_leaves_its_dissent_in_the_record(desk, at_work, reference):
    sent, path = _answers(at_work, reference)
    at_work.post(path, {**sent, "answer:police": "dissents", "reason:police": "Not enough for joint"})
    assert "agreed_by" not in _json(desk, reference)["outcomes"][0]["decision"]
    sent, _ = _answers(at_work, reference)
    at_work.post(path, {**sent, "answer:police": "agrees"})
    record = _json(desk, reference)
    assert record["outcomes"][0]["decision"]["agreed_by"] == ["police"]
    assert [one["text"] for one in record["dissent"]["entries"]] == ["Not enough for joint"]


@pytest.mark.parametrize("sent", [{}, {"answer:police": "perhaps"}, {"answer:nobody": "agrees"}, {"seen": "x"}])
def test_whatever_is_posted_breaks_nothing(at_work, reference, sent):
    _, path = _answers(at_work, reference)
    assert at_work.post(path, sent).status == 422
    assert at_work.post(path.replace("c1", "c9"), sent).status in (404, 422)
