"""The extract for one child: only this child in it, with the census values as expected."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

import pytest

from exports.extracts import child_document, children_of
from exports.papers import word_file
from exports.word import read_text
from meetings.audience import CopyRefused
from tests.copying import NAMES, SCENARIOS, a_copy
from tests.makers import a_child, a_discussion, a_place, an_action, an_outcome


@pytest.mark.parametrize(("name", "document", "meeting", "history"), SCENARIOS, ids=NAMES)
def test_each_child_has_an_extract_with_the_expected_dates_and_census_values(name, document, meeting, history):
    copy = a_copy(document, "full", history)
    assert children_of(copy) == list(meeting["children"])
    for child, expected in meeting["children"].items():
        data = child_document(copy, child)
        assert {key: data[key] for key in expected} == expected
        assert ("cin" in data) is ("cin" in expected)
        if "cin" in expected:
            (assessment,) = data["api"]["section_47_assessments"]
            assert assessment["start_date"] == expected["cin"]["S47ActualStartDate"]
            assert assessment["icpc_required_flag"] is (expected["cin"]["ICPCnotRequired"] == 0)
        given = next(one for one in document["children"] if one["id"] == child)
        birth = [name for name in ("PersonBirthDate", "ExpectedPersonBirthDate") if name in data["census"]]
        assert birth == (["PersonBirthDate"] if "born_on" in given else ["ExpectedPersonBirthDate"])


@pytest.mark.parametrize(("name", "document", "meeting", "history"), SCENARIOS, ids=NAMES)
def test_no_other_child_is_in_an_extract(name, document, meeting, history):
    copy = a_copy(document, "full", history)
    for child in children_of(copy):
        others = [one for one in document["children"] if one["id"] != child]
        data, text = (
            json.dumps(child_document(copy, child)["record"], ensure_ascii=False),
            read_text(word_file(replace(copy, child=child))),
        )
        own = next(one for one in document["children"] if one["id"] == child)
        assert own["name"] in text
        for other in others:
            assert f'"{other["id"]}"' not in data, other["id"]
            assert f'"name": "{other["name"]}"' not in data
            reasons = {one["child"]: one["decision"]["reason"] for one in document["outcomes"]}
            if reasons.get(other["id"], reasons[child]) != reasons[child]:
                assert reasons[other["id"]] not in text


def test_a_restricted_line_stays_out_of_an_extract_for_a_reader_who_may_not_see_it():
    _, document, _, history = next(one for one in SCENARIOS if one[0].startswith("O2"))
    document = {**document, "places": [{**one, "restricted": {"audiences": ["police"]}} for one in document["places"]]}
    for audience, held in (("full", False), ("police", True), ("legal", False)):
        text = read_text(word_file(replace(a_copy(document, audience, history), child="c1")))
        assert ("Saltmarsh House" in text) is held
    for audience in ("partner", "decisions", "parent:a1"):
        with pytest.raises(CopyRefused, match="An extract for each child is made of these copies alone: full, social"):
            word_file(replace(a_copy(document, audience, history), child="c1"))


def test_a_child_who_is_no_subject_has_no_extract():
    _, document, _, history = next(one for one in SCENARIOS if one[0].startswith("O1"))
    for child in ("c2", "c9"):
        with pytest.raises(CopyRefused, match="This record does not decide about a child"):
            word_file(replace(a_copy(document, "full", history), child=child))


def test_a_reason_that_is_not_about_this_child_alone_stays_out_of_its_extract():
    document = a_discussion(status="final", children=[a_child(), a_child(id="c3", name="Wren Marsh", links=[])])
    document["outcomes"].append(an_outcome(child="c3"))
    agency = {"as": "agency", "at": "2027-02-03T12:00:00+00:00", "answer": "approve_with_dissent"}
    document["signoff"] += [
        {**agency, "by": "t3", "agency": "health", "about": ["c1"], "reason": "Seen too late"},
        {**agency, "by": "t4", "agency": "education", "about": ["c1", "c3"], "reason": "Wren was not asked"},
        {**agency, "by": "t2", "agency": "police", "answer": "do_not_approve", "reason": "Wren is left out"},
    ]
    document["supersedes"] = {"version": 1, "text": "Corrected: Wren Marsh: Decision"}
    copy = a_copy(document)
    mine = read_text(word_file(replace(copy, child="c1")))
    assert "Seen too late" in mine
    assert "Wren" not in mine
    assert "Do not approve" in mine


def test_the_mandatory_report_about_a_girl_is_not_in_the_extract_of_her_brother():
    _, document, _, history = next(one for one in SCENARIOS if one[0].startswith("O7"))
    copy = a_copy(document, "full", history)
    held = {child: "fgm" in child_document(copy, child)["record"] for child in children_of(copy)}
    assert held == {"c1": True, "c2": True, "c3": False}
    assert document["fgm"]["ref"] not in read_text(word_file(replace(copy, child="c3")))
    assert document["fgm"]["ref"] in read_text(word_file(replace(copy, child="c1")))


def test_what_is_recorded_about_another_child_is_not_called_nothing_in_an_extract():
    document = a_discussion(status="final", children=[a_child(), a_child(id="c3", name="Wren Marsh", links=[])])
    document["outcomes"].append(an_outcome(child="c3"))
    document["adults"][0] |= {"parent_of": ["c3"], "parental_responsibility_for": ["c1", "c3"]}
    document["dissent"] = {"asked_of_all": True, "entries": [{"by": "t2", "children": ["c3"], "text": "Too early"}]}
    document["places"] = [a_place(of=["c3"])]
    document["actions"] = [an_action(about=["c3"])]
    document["signoff"].append(
        {"as": "agency", "by": "t3", "agency": "health", "answer": "approve_with_dissent", "about": ["c3"]}
    )
    text = read_text(word_file(replace(a_copy(document), child="c1")))
    for words in ("Nobody disagrees", "No address recorded", "No action is needed", "Parent of nobody here"):
        assert words not in text, words
    assert "Approve, with dissent recorded\nAbout another child" in text
    mine = child_document(a_copy(document), "c1")["record"]
    assert "entries" not in mine["dissent"]
    assert not {"places", "actions"} & set(mine)


def test_an_extract_says_on_every_page_that_it_is_one_and_once_what_it_leaves_out():
    package = word_file(replace(a_copy(a_discussion()), child="c1"))
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        assert "Full record: extract for one child" in opened.read("word/footer1.xml").decode()
    assert "without the information by agency. What was written about the whole family" in read_text(package)
    assert "extract" not in read_text(word_file(a_copy(a_discussion())))
