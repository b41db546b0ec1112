"""What a posted page may and may not change: what is absent, stale, doubled, too late, or written by two people."""

from __future__ import annotations

import json

import pytest

from forms.demonstration import PEOPLE
from meetings.desk import Answer, administrator
from meetings.documents import DISCUSSION
from meetings.guides import GUIDES
from tests.makers import a_discussion, an_action, changed, let_in

STEPS = GUIDES[DISCUSSION]


@pytest.fixture
def desk(app):
    return app.extensions["accord"]


@pytest.fixture
def kept(desk):
    """Keep a document as a draft and return its reference."""

    def keep(document=None):
        made, _ = desk.import_document(json.dumps(document or a_discussion()).encode(), administrator())
        return let_in(desk, made, PEOPLE[1])

    return keep


@pytest.fixture
def reference(kept):
    return kept()


def _json(desk, reference):
    return desk.look(reference, administrator()).json


def _row(desk, reference, name, number=0):
    return desk.look(reference, administrator()).rows(name)[number]


# ── What did not come back is not touched ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("note", ["whole", "none", "damaged", "a list"])
def test_a_page_of_which_only_one_field_arrives_changes_that_field_only(desk, at_work, reference, note):
    before = _json(desk, reference)
    for step in STEPS[:7]:
        path = f"/records/{reference}/steps/{step.key}"
        notes = {name: value for name, value in at_work.get(path).fields().items() if name.startswith("was:")}
        damaged = {"whole": None, "none": [], "damaged": ["{"], "a list": ["[1]"]}[note]
        at_work.post(path, {name: value if damaged is None else damaged for name, value in notes.items()})
    assert _json(desk, reference) == before

    part = "referral"
    page = at_work.get(f"/records/{reference}/steps/referral")
    sent = {f"was:{part}": page.fields()[f"was:{part}"]} if note == "whole" else {f"was:{part}": "{"}
    if note == "none":
        sent = {}
    page = at_work.post(f"/records/{reference}/steps/referral", {**sent, f"{part}:referrer": "A neighbour"})

    assert page.status == 200
    assert _json(desk, reference) == changed(before, {"/referral/referrer": "A neighbour"})


def test_boxes_that_are_all_unticked_are_cleared_on_a_page_that_showed_them(desk, at_work, reference):
    row = _row(desk, reference, "adults")
    path = f"/records/{reference}/steps/adults"
    page = at_work.get(path)
    sent = page.fields()
    assert sent.pop(f"{row.id}:parent_of") == ["c1"]

    at_work.post(path, sent)
    assert "parent_of" not in _row(desk, reference, "adults").body

    sent = at_work.get(path).fields()
    at_work.post(path, {**sent, f"{row.id}:parent_of.none": "1"})
    assert _row(desk, reference, "adults").body["parent_of"] == []


def test_a_section_that_nobody_opened_before_can_be_typed_without_its_note(desk, at_work):
    reference = desk.start(administrator())
    at_work.get(f"/records/{reference}/steps/closing")
    at_work.post(f"/records/{reference}/steps/closing", {"review:reason": "Nothing more to decide"})
    assert _json(desk, reference)["review"] == {"reason": "Nothing more to decide"}


# ── Two people ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_shown_after_a_clash_holds_what_others_wrote_where_i_did_not_type(desk, at_work, reference, manager):
    path = f"/records/{reference}/steps/referral"
    part = "referral"
    sent = at_work.get(path).fields()
    hers = {"text": Answer("Her words"), "referrer": Answer("Her referrer"), "source": Answer("1A")}
    desk.answer(reference, part, hers, manager)

    page = at_work.post(path, {**sent, f"{part}:text": "My words"})

    assert page.status == 409
    assert "Imelda Fairbrother wrote: ‘Her words’." in page.words
    assert page.soup.title.text.startswith("Error:")
    assert page.by_id(f"{part}:text").text.strip() == "My words"
    assert page.by_id(f"{part}:referrer")["value"] == "Her referrer"
    assert _json(desk, reference)["referral"]["text"] == "Her words"

    assert at_work.post(path, page.fields()).status == 200
    referral = _json(desk, reference)["referral"]
    assert (referral["text"], referral["referrer"], referral["source"]) == ("My words", "Her referrer", "1A")


def test_somebody_who_emptied_a_field_is_named_too(desk, at_work, reference, manager):
    path = f"/records/{reference}/steps/closing"
    part = "review"
    sent = at_work.get(path).fields()
    desk.answer(reference, part, {"reason": Answer()}, manager)
    page = at_work.post(path, {**sent, f"{part}:reason": "Mine"})
    assert page.status == 409
    assert "Imelda Fairbrother emptied this." in page.words


def test_options_are_compared_in_words(desk, at_work, reference, manager):
    path = f"/records/{reference}/children/c1"
    part = "outcomes"
    sent = at_work.get(path).fields()
    desk.answer(
        reference,
        _row(desk, reference, "outcomes").id,
        {"decision/code": Answer("s47_single_csc"), "harm": Answer(["NEG", "EMO"])},
        manager,
    )
    page = at_work.post(path, {**sent, f"{part}:decision/code": "no_further_action", f"{part}:harm": ["SAB"]})
    assert page.status == 409
    assert "wrote: ‘Start section 47, social care only’." in page.words
    assert "wrote: ‘Neglect; Emotional abuse’." in page.words


def test_a_list_is_not_in_the_way_of_somebody_who_did_not_touch_it(desk, at_work, kept, manager):
    measures = [{"action": "family_care", "agreed_by": ["a2", "a1"]}, {"text": "Locks are changed"}]
    reference = kept(
        changed(a_discussion(), {"/outcomes/0/immediate_safety": measures, "/outcomes/0/harm": ["SAB", "PHY"]})
    )
    path = f"/records/{reference}/children/c1"
    part = "outcomes"
    sent = at_work.get(path).fields()
    desk.answer(
        reference,
        _row(desk, reference, "outcomes").id,
        {"harm": Answer(["NEG", "SAB"]), "immediate_safety": Answer(measures[1:])},
        manager,
    )

    page = at_work.post(path, {**sent, f"{part}:analysis": "Mine"})

    assert page.status == 200
    outcome = _json(desk, reference)["outcomes"][0]
    assert (outcome["harm"], outcome["immediate_safety"]) == (["NEG", "SAB"], measures[1:])
    assert outcome["analysis"] == "Mine"


def test_two_people_who_both_begin_a_childs_page_lose_nothing(desk, at_work, kept, manager):
    reference = kept(changed(a_discussion(), {"/outcomes": []}))
    path = f"/records/{reference}/children/c1"
    sent = at_work.get(path).fields()
    hers = desk.add_row(reference, "outcomes", manager, {"child": "c1"})
    desk.answer(reference, hers.id, {"analysis": Answer("Hers"), "protective": Answer("A kind aunt")}, manager)

    page = at_work.post(path, {**sent, "outcomes:analysis": "Mine", "outcomes:instead": "Early help"})

    assert page.status == 409
    assert "Imelda Fairbrother wrote: ‘Hers’." in page.words
    assert page.by_id("outcomes:analysis").text.strip() == "Mine"
    assert at_work.post(path, page.fields()).status == 200
    (outcome,) = _json(desk, reference)["outcomes"]
    assert outcome == {"child": "c1", "analysis": "Mine", "protective": "A kind aunt", "instead": "Early help"}


def test_a_childs_page_is_made_once_also_when_two_begin_at_the_same_moment(desk, at_work, kept, monkeypatch):
    reference = kept(changed(a_discussion(), {"/outcomes": []}))
    path = f"/records/{reference}/children/c1"
    sent = at_work.get(path).fields()
    add_row = desk.add_row

    def somebody_is_faster(*given, **more):
        add_row(*given, **more)
        return add_row(*given, **more)

    monkeypatch.setattr(desk, "add_row", somebody_is_faster)
    assert at_work.post(path, {**sent, "outcomes:analysis": "Mine"}).status == 200
    assert _json(desk, reference)["outcomes"] == [{"child": "c1", "analysis": "Mine"}]


def test_pressing_twice_is_pressing_once(desk, at_work, reference):
    path = f"/records/{reference}/steps/closing"
    part = "review"
    sent = at_work.get(path).fields()
    for _ in range(2):
        assert at_work.post(path, {**sent, f"{part}:reason": "Mine"}).status == 200

    place = _row(desk, reference, "places").id
    sent = at_work.get(f"/records/{reference}/steps/adults").fields()
    for _ in range(2):
        page = at_work.post(f"/records/{reference}/steps/adults", {**sent, "do": f"remove:{place}"})
        assert page.status == 200
        assert "Removed:" in page.words
    other = {**sent, "once": "another page", "do": f"remove:{place}"}
    page = at_work.post(f"/records/{reference}/steps/adults", other)
    assert page.status == 409  # another window had it open: the text of the removed row is shown again
    assert "7 Teal Row, Wexmere (fictional)" in page.words


def test_what_was_typed_when_the_record_became_final_is_shown_again(desk, at_work, reference, clock):
    clock.set("2027-02-03T12:00:00+00:00")
    at_work.sign_in("pclo")
    sent = at_work.get(f"/records/{reference}/steps/closing").fields()
    of_child = at_work.get(f"/records/{reference}/children/c1").fields()
    part = "review"
    desk.finalise(reference, administrator())

    page = at_work.post(f"/records/{reference}/steps/closing", {**sent, f"{part}:reason": "A last word"})
    assert page.status == 409
    assert "This record became final while you were writing" in page.words
    assert "Why then, or why there is none A last word" in page.words
    assert "Next discussion at" not in page.words

    page = at_work.post(f"/records/{reference}/children/c1", {**of_child, "outcomes:analysis": "A late thought"})
    assert page.status == 409
    assert "A late thought" in page.words


# ── Rows inside an answer ────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_typed_for_a_child_who_is_no_longer_a_subject_is_shown_again(desk, at_work, reference, manager):
    address = f"/records/{reference}/children/c1"
    sent = at_work.get(address).fields()
    desk.remove_row(reference, _row(desk, reference, "outcomes").id, manager)
    boy = next(one for one in desk.look(reference, manager).rows("children") if one.body["id"] == "c1")
    desk.answer(reference, boy.id, {"subject": Answer(value=False)}, manager)

    page = at_work.post(address, {**sent, "outcomes:analysis": "He hides when the door opens", "do": "save"})

    assert page.status == 404
    assert "Mark the child as a subject first." in page.words
    assert "None of it was saved. Copy what you still need." in page.words
    assert "Analysis: what the risk is now He hides when the door opens" in page.words


def test_a_page_with_very_many_fields_that_nobody_asked_for_is_answered_and_shows_them_again(desk, at_work, reference):
    address = f"/records/{reference}/steps/closing"
    sent = at_work.get(address).fields()
    page = at_work.post(address, {**sent, **{f"row{number}:text": f"text {number}" for number in range(20_000)}})
    assert page.status == 409
    assert "text 0" in page.words
    assert "text 19999" in page.words


@pytest.mark.parametrize(("body", "kind"), [(b"{}", "application/json"), (b"x=\xff\xfe", None), (b"", None)])
def test_what_is_no_form_is_refused_and_changes_nothing(desk, at_work, reference, body, kind):
    before = desk.look(reference, administrator()).counter
    kind = kind or "application/x-www-form-urlencoded"
    response = at_work.client.post(f"/records/{reference}/steps/closing", data=body, content_type=kind)
    assert response.status_code == 400
    assert "It was not what a page of this product sends. Nothing was changed." in response.text
    assert desk.look(reference, administrator()).counter == before


def test_a_row_inside_an_answer_is_added_and_taken_out_with_buttons(desk, at_work, reference):
    path = f"/records/{reference}/children/c1"
    part = "outcomes"
    name = f"{part}:immediate_safety"
    sent = at_work.get(path).fields()
    page = at_work.post(path, {**sent, f"{name}.1.text": "Locks are changed", "do": f"more:{name}"})
    assert page.by_id(f"{name}-new") is not None
    assert [one.get("text") for one in _json(desk, reference)["outcomes"][0]["immediate_safety"]] == [
        "Father stays with his brother until the next discussion",
        "Locks are changed",
    ]

    at_work.post(path, {**page.fields(), f"{name}.0.gone": "1"})
    assert _json(desk, reference)["outcomes"][0]["immediate_safety"] == [{"text": "Locks are changed"}]


def test_what_nobody_types_of_a_row_inside_an_answer_is_kept(desk, at_work, kept):
    proofs = [{"text": "Photograph", "sha256": "a" * 64}, {"sha256": "b" * 64}]
    reference = kept(a_discussion(actions=[an_action(1, evidence={"provided": proofs})]))
    path = f"/records/{reference}/steps/actions"
    name = f"{_row(desk, reference, 'actions').id}:evidence/provided"
    sent = at_work.get(path).fields()
    at_work.post(path, {**sent, f"{name}.0.at": "31/2/2027 9:00"})
    assert "evidence" not in _json(desk, reference)["actions"][0]

    page = at_work.get(path)
    assert "‘31/2/2027 9:00’ is not a date and time. Use 28/2/2027 9:00." in page.words
    at_work.post(path, {**page.fields(), f"{name}.0.at": "28/2/2027 9:00"})
    assert _json(desk, reference)["actions"][0]["evidence"]["provided"] == [
        {"text": "Photograph", "sha256": "a" * 64, "at": "2027-02-28T09:00:00+00:00"},
        {"sha256": "b" * 64},
    ]


def test_a_very_long_list_inside_an_answer_stays_whole(desk, at_work, kept):
    links = [{"kind": "other", "value": f"X{number}"} for number in range(505)]
    reference = kept(changed(a_discussion(), {"/children/0/links": links}))
    path = f"/records/{reference}/steps/children"
    name = f"{_row(desk, reference, 'children').id}:links"
    sent = at_work.get(path).fields()
    more = {f"{name}.505.value": "last", f"{name}.123456789012.value": "far", f"{name}.x.value": "odd"}
    at_work.post(path, {**sent, **more})
    values = [one.get("value") for one in _json(desk, reference)["children"][0]["links"]]
    assert values == [*(f"X{number}" for number in range(505)), "last", "far", "odd"]


# ── Buttons and posts that no page offers ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "do", ["add:outcomes", "add:exceptions", "add:signoff", "add:meeting", "more:", "more:x:y", "up:", ":"]
)
def test_a_button_that_no_page_has_adds_nothing(desk, at_work, reference, do):
    before = _json(desk, reference)
    for step in STEPS:
        at_work.get(f"/records/{reference}/steps/{step.key}")
        assert at_work.post(f"/records/{reference}/steps/{step.key}", {"do": do}).status == 200
    assert _json(desk, reference) == before
    assert at_work.get(f"/records/{reference}").status == 200


def test_a_row_is_removed_from_its_own_page_only(desk, at_work, reference):
    line = _row(desk, reference, "information/lines").id
    outcome = _row(desk, reference, "outcomes").id
    for target in (line, outcome):
        at_work.get(f"/records/{reference}/steps/adults")
        at_work.post(f"/records/{reference}/steps/adults", {"do": f"remove:{target}"})
        at_work.post(f"/records/{reference}/steps/decisions", {"do": f"remove:{target}"})
    assert _row(desk, reference, "information/lines").id == line
    assert _row(desk, reference, "outcomes").id == outcome


def test_a_person_who_is_named_stays_on_the_page_with_the_reason(desk, at_work, reference):
    path = f"/records/{reference}/steps/people"
    chair = _row(desk, reference, "professionals")
    sent = at_work.get(path).fields()
    page = at_work.post(path, {**sent, f"{chair.id}:team": "North", "do": f"remove:{chair.id}"})
    assert page.status == 409
    assert "Ada Finch is still named in this record" in page.words
    assert "Everything you typed is saved." in page.words
    assert _row(desk, reference, "professionals").body["team"] == "North"


# ── Signs beside a field ─────────────────────────────────────────────────────────────────────────────────────────


def test_left_out_characters_are_named_beside_their_field_also_in_a_section_saved_for_the_first_time(desk, at_work):
    reference = desk.start(administrator())
    path = f"/records/{reference}/steps/closing"
    sent = at_work.get(path).fields()
    page = at_work.post(path, {**sent, "review:reason": "one\x07two\x00"})
    field = page.by_id("review:reason")
    assert "2 invisible characters were left out." in field.find_parent(class_="govuk-form-group").text
    assert "left out" not in at_work.get(path).words


def test_a_decision_is_confirmed_with_a_button_of_its_own(desk, at_work, kept):
    reference = kept(changed(a_discussion(), {"/outcomes/0/decision/confirmed": False}))
    path = f"/records/{reference}/children/c1"
    page = at_work.get(path)
    assert "Confirm this decision for Robin Marsh" in page.words
    part = "outcomes"
    page = at_work.post(path, {**page.fields(), f"{part}:decision/reason": "A grip mark.", "do": "confirm"})
    decision = _json(desk, reference)["outcomes"][0]["decision"]
    assert (decision["reason"], decision["confirmed"]) == ("A grip mark.", True)
    assert "Confirm this decision for" not in page.words


# ── Decided for somebody who is no subject ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("change", [{"/children/0/subject": False}, {"/outcomes/0/child": "c9"}])
def test_what_was_decided_for_somebody_who_is_no_subject_can_be_seen_and_removed(desk, at_work, kept, change):
    reference = kept(changed(a_discussion(), change))
    page = at_work.get(f"/records/{reference}")
    for link in page.soup.select(".accord-needs a"):
        assert at_work.get(link["href"].partition("#")[0]).status == 200, link
    page = at_work.get(f"/records/{reference}/steps/decisions")
    assert "whom this discussion does not decide about" in page.words

    outcome = _row(desk, reference, "outcomes")
    assert at_work.get(f"/records/{reference}/children/{outcome.body['child']}").status == 200
    page = at_work.post(f"/records/{reference}/strays", {"outcome": outcome.id})
    assert page.status == 200
    assert "outcomes" not in _json(desk, reference)


def test_what_was_decided_for_a_subject_is_not_removed_as_a_stray(desk, at_work, reference):
    at_work.get(f"/records/{reference}")
    at_work.post(f"/records/{reference}/strays", {"outcome": _row(desk, reference, "outcomes").id})
    assert len(_json(desk, reference)["outcomes"]) == 1
