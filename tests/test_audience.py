"""Who may see what: every copy of every scenario, and what a cut leaves no trace of."""

from __future__ import annotations

import json

import pytest

from meetings.audience import CopyRefused, UnknownAudience, cut, file_name, reader
from meetings.seal import content_sha256
from tests.copying import NAMES, SCENARIOS, a_copy
from tests.makers import a_discussion, a_line, a_place, a_telling, an_action

SECRET = "Seen near the quay at night"


def _restricted(*audiences, people=()):
    return {"reason": "Source in danger", "audiences": list(audiences), "people": list(people)}


@pytest.mark.parametrize(("name", "document", "meeting", "history"), SCENARIOS, ids=NAMES)
def test_every_copy_of_a_scenario_is_made_or_refused_as_expected(name, document, meeting, history):
    for audience, expected in meeting["copies"].items():
        if expected.get("refused"):
            with pytest.raises(CopyRefused):
                cut(document, reader(audience))
            continue
        copy = json.dumps(cut(document, reader(audience)), ensure_ascii=False)
        for words in expected["must_not_contain"]:
            assert json.dumps(words, ensure_ascii=False)[1:-1] not in copy, (audience, words)
        if not audience.startswith("parent"):
            for words in expected["must_contain"]:
                assert json.dumps(words, ensure_ascii=False)[1:-1] in copy, (audience, words)


@pytest.mark.parametrize("audience", ["full", "social_care", "legal", "partner", "decisions"])
def test_a_restricted_item_leaves_no_trace_in_a_copy_that_may_not_hold_it(audience):
    hidden = {"restricted": _restricted("police"), "text": SECRET}
    document = a_discussion()
    document["information"]["lines"].append({**a_line(), **hidden})
    document["actions"].append({**an_action(9), **hidden})
    document["places"] = [{**a_place(), **hidden, "label": SECRET}]
    document["referral"]["restricted"] = _restricted("police")
    document["actions"][0]["after"] = [document["actions"][-1]["ref"]]
    for one in ("police", "full:t4"):
        document["information"]["lines"][-1]["restricted"]["people"] = ["t4"]
        assert SECRET in json.dumps(cut(document, reader(one)))
    copy = json.dumps(cut(document, reader(audience)))
    assert SECRET not in copy
    assert "Source in danger" not in copy
    assert document["referral"]["text"] not in copy
    assert document["actions"][-1]["ref"] not in copy


def test_legal_advice_is_in_the_legal_copy_alone_even_if_nobody_restricted_it():
    document = a_discussion(legal_advice={"sought": True, "text": SECRET})
    for audience in ("full", "police", "social_care", "partner", "decisions"):
        assert SECRET not in json.dumps(cut(document, reader(audience)))
    assert SECRET in json.dumps(cut(document, reader("legal")))


def test_the_open_version_says_nothing_of_what_must_not_be_disclosed():
    document = a_discussion()
    document["criminal_investigation"] = {"status": "open", "do_not_disclose": [SECRET]}
    document["marking"]["conditions"] = SECRET
    document["actions"][0]["marking"] = {"conditions": SECRET, "code": "C"}
    assert SECRET not in json.dumps(cut(document, reader("partner")))
    assert SECRET in json.dumps(cut(document, reader("police")))


def test_a_restricted_item_is_never_open_even_if_it_lists_the_open_version():
    document = a_discussion()
    document["information"]["lines"].append(a_line(text=SECRET, restricted=_restricted("partner", "parent")))
    assert SECRET not in json.dumps(cut(document, reader("partner")))


@pytest.mark.parametrize(("tell", "made"), [("all", True), ("part", True), ("not_yet", False), ("no", False)])
def test_a_parent_has_a_copy_only_if_told_all_or_part(tell, made):
    document = a_discussion()
    adult = document["adults"][0]["id"]
    document["telling"] = [a_telling(adult=adult, tell=tell, text="You are told this", withheld=SECRET)]
    if not made:
        with pytest.raises(CopyRefused, match="the record does not say that"):
            cut(document, reader(f"parent:{adult}"))
        return
    copy = cut(document, reader(f"parent:{adult}"))
    assert SECRET not in json.dumps(copy)
    assert "You are told this" in json.dumps(copy)
    assert ("outcomes" in copy) is (tell == "all")
    assert document["outcomes"][0]["decision"]["reason"] not in json.dumps(copy)


def test_a_parent_who_is_nobody_here_or_a_marking_that_forbids_it_is_refused():
    document = a_discussion()
    with pytest.raises(CopyRefused, match="There is no adult ‘a99’ in this record"):
        cut(document, reader("parent:a99"))
    adult = document["adults"][0]["id"]
    document["telling"] = [a_telling(adult=adult, tell="all", text="This")]
    document["marking"]["family_may_have"] = False
    with pytest.raises(CopyRefused, match="the marking of this record says they may not have it"):
        cut(document, reader(f"parent:{adult}"))


def test_cutting_changes_nothing_in_the_document_itself():
    for _, document, meeting, _ in SCENARIOS:
        before = content_sha256(document)
        for audience, expected in meeting["copies"].items():
            if not expected.get("refused"):
                cut(document, reader(audience))
        assert content_sha256(document) == before


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("king", "‘king’ is no audience."),
        ("parent", "A copy for a parent names the adult, such as parent:a1."),
        ("police:", "‘police:’ names nobody after the colon."),
        ("police:../x", "‘police:../x’ names nobody after the colon."),
    ],
)
def test_an_audience_that_is_none_is_refused(words, sentence):
    with pytest.raises(UnknownAudience) as refused:
        reader(words)
    assert str(refused.value).startswith(sentence)


def test_a_file_is_named_by_marking_reference_version_and_audience():
    document = a_discussion(ref="SD-2026-0951/2")
    assert file_name(document, reader("police"), "docx") == "OFFICIAL-SENSITIVE_SD-2026-0951-2_v1_police.docx"
    assert file_name(document, reader("parent:a1"), "json") == "OFFICIAL-SENSITIVE_SD-2026-0951-2_v1_parent-a1.json"


def test_what_is_worked_out_of_a_copy_speaks_of_the_whole_record():
    document = a_discussion()
    for one in document["professionals"]:
        if one["agency"] == "health":
            one["presence"] = "invited_absent"
    for audience in ("full", "decisions", "partner"):
        assert "INQUORATE: nobody took part from Health" in a_copy(document, audience).warnings


def test_why_a_record_was_corrected_is_not_in_the_copy_of_the_decisions():
    document = a_discussion(version=2, supersedes={"version": 1, "content_sha256": "ab" * 32, "text": SECRET})
    assert cut(document, reader("decisions"))["supersedes"] == {"version": 1, "content_sha256": "ab" * 32}
    assert SECRET in json.dumps(cut(document, reader("partner")))


def test_a_list_of_which_everything_is_withheld_is_left_out_and_not_called_empty():
    hidden = _restricted("police")
    document = a_discussion(places=[a_place(restricted=hidden)])
    document["information"]["lines"] = [a_line(restricted=hidden)]
    document["actions"] = [an_action(1, restricted=hidden), an_action(2, after=[an_action(1)["ref"]])]
    copy = cut(document, reader("partner"))
    assert "places" not in copy
    assert "lines" not in copy["information"]
    assert "after" not in copy["actions"][0]
    document["places"] = []
    assert cut(document, reader("partner"))["places"] == [], "asked: there were none"
