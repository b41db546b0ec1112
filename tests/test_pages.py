"""The guided form, typed without JavaScript: nothing is lost, everything still needed is named and linked."""

from __future__ import annotations

import json
import random
import re

import pytest
from werkzeug.routing import Rule

from meetings.desk import Answer, administrator
from meetings.documents import DISCUSSION
from meetings.guides import GUIDES
from meetings.parts import layout_of
from meetings.people import Deed
from tests.conftest import SCENARIOS
from tests.makers import a_child, a_discussion, an_id, an_outcome, given_to, let_in

NASTY = "<script>alert('x')</script> \"&amp;' Zoë İpek Ọ̀ṣun \u200dabc\u200e"

LAYOUT = layout_of(DISCUSSION)
STEPS = GUIDES[DISCUSSION]


@pytest.fixture
def a_draft(desk, app):
    """A complete record, as a draft."""
    return app.extensions["accord"].import_document(json.dumps(a_discussion()).encode(), administrator())[0]


def _desk(app):
    return app.extensions["accord"]


def _row(app, reference, name, number=0):
    return _desk(app).look(reference, administrator()).rows(name)[number]


def test_every_question_of_the_record_stands_on_one_step():
    shown = [(block.part, path) for step in STEPS for block in step.blocks for path in block.paths()]
    asked = {(part, path) for part in LAYOUT.names() for path, one in LAYOUT.answers_of(part).items() if one.asked}
    assert len(shown) == len(set(shown))
    assert set(shown) == asked


def test_every_route_says_who_may_use_it(app):
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            assert hasattr(app.view_functions[rule.endpoint], "deed"), f"{rule.endpoint} is open to nobody knows whom"


def _example(rule: Rule, reference: str) -> str:
    values = {"reference": reference, "key": "open", "child": "c1", "part": "review", "name": "actions"}
    values |= {"link": "x", "token": "x", "number": "1", "login": "x"}
    values["sha256"] = "0" * 64
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]], rule.rule)


def test_nobody_gets_in_without_signing_in(app, browser, a_draft):
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or app.view_functions[rule.endpoint].deed is None:
            continue
        browser.get("/sign-in")
        token = browser.page.soup.find("input", attrs={"name": "csrf_token"})["value"]
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            sent = {} if method == "GET" else {"data": {"csrf_token": token}}
            response = browser.client.open(_example(rule, a_draft), method=method, **sent)
            if method in ("GET", "POST"):
                assert response.status_code == 303, rule
                assert "/sign-in" in response.headers["Location"]
            else:
                assert response.status_code == 401, rule
                assert response.json["says"].startswith("You are signed out. Sign in to go on")


def test_an_officer_sees_no_record_and_records_nothing(app, browser, a_draft):
    browser.sign_in("officer")
    for rule in app.url_map.iter_rules():
        deed = getattr(app.view_functions.get(rule.endpoint), "deed", None)
        if deed in (Deed.SEE, Deed.RECORD, Deed.CONFIRM, Deed.FINALISE):
            token = browser.get("/").soup.find("input", attrs={"name": "csrf_token"})["value"]
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                sent = {} if method == "GET" else {"data": {"csrf_token": token}}
                assert browser.client.open(_example(rule, a_draft), method=method, **sent).status_code == 403, rule


def test_every_page_of_a_full_record_is_sound(app, at_work):
    for scenario in ("O1", "O2", "O3", "O5", "O7"):
        raw = (SCENARIOS / scenario / "meeting-1.json").read_bytes()
        reference, _ = _desk(app).import_document(raw, administrator())
        assert at_work.get(f"/records/{reference}").status == 200
        for step in STEPS:
            assert at_work.get(f"/records/{reference}/steps/{step.key}").status == 200
        for child in _desk(app).look(reference, administrator()).document.subjects:
            assert at_work.get(f"/records/{reference}/children/{child.id}").status == 200
        assert at_work.get(f"/records/{reference}/read-back").status == 200
        assert at_work.get(f"/records/{reference}/history").status == 200


def test_a_reference_with_a_slash_has_its_pages(app, at_work):
    for meeting in ("meeting-1.json", "meeting-2.json"):
        _desk(app).import_document((SCENARIOS / "O6" / meeting).read_bytes(), administrator())
    assert "SD-2026-0951/2" in at_work.get("/records/SD-2026-0951/2").words
    assert at_work.get("/records/SD-2026-0951/2/steps/actions").status == 200
    assert at_work.get("/records/SD-2026-0951/2/nowhere").status == 404


def test_a_page_saved_as_it_came_changes_nothing(app, at_work):
    for scenario in ("O2", "O4", "O5"):
        reference, _ = _desk(app).import_document(
            (SCENARIOS / scenario / "meeting-1.json").read_bytes(), administrator()
        )
        before = _desk(app).look(reference, administrator())
        pages = [f"/records/{reference}/steps/{step.key}" for step in STEPS if step.key != "decisions"]
        pages += [f"/records/{reference}/children/{child.id}" for child in before.document.subjects]
        for path in pages:
            at_work.type(path, {})
        after = _desk(app).look(reference, administrator())
        assert after.json == before.json
        assert after.counter == before.counter


def test_text_is_kept_code_point_for_code_point_and_never_becomes_markup(app, at_work, a_draft):
    at_work.type(f"/records/{a_draft}/steps/referral", {"text": NASTY})
    assert _desk(app).look(a_draft, administrator()).json["referral"]["text"] == NASTY
    row = _row(app, a_draft, "children")
    at_work.type(f"/records/{a_draft}/steps/children", {"name": NASTY})
    assert _row(app, a_draft, "children").body["name"] == NASTY
    assert row.id == _row(app, a_draft, "children").id
    for path in ("", "/steps/children", "/steps/decisions", "/children/c1", "/read-back", "/history"):
        page = at_work.get(f"/records/{a_draft}{path}")
        assert "<script>alert" not in page.text


def test_a_date_that_does_not_exist_is_kept_as_typed_and_shown_with_what_to_write(app, at_work, a_draft):
    page = at_work.type(f"/records/{a_draft}/steps/closing", {"next_at": "31/02/2027 9:00"})

    assert page.status == 200
    assert "‘31/02/2027 9:00’ is not a date and time. Use 28/2/2027 9:00." in page.words
    assert page.soup.find("input", attrs={"value": "31/02/2027 9:00"})
    record = _desk(app).look(a_draft, administrator())
    assert record.section("review").unread == {"next_at": "31/02/2027 9:00"}
    at_work.get(f"/records/{a_draft}/read-back")
    page = at_work.post(f"/records/{a_draft}/finalise", {})
    assert page.status == 409
    assert "‘31/02/2027 9:00’ could not be read as a date and time." in page.words


def test_invisible_characters_are_left_out_and_the_page_says_so(app, at_work, a_draft):
    page = at_work.type(f"/records/{a_draft}/steps/referral", {"text": "one\x07two\x0bthree\x00"})
    assert "2 invisible characters were left out: such characters show nothing, or words in another order" in page.words
    assert _desk(app).look(a_draft, administrator()).json["referral"]["text"] == "onetwo\nthree"


def test_rows_are_added_removed_and_moved_with_buttons_and_keep_what_was_typed(app, at_work):
    reference = _desk(app).start(administrator())
    path = f"/records/{reference}/steps/adults"

    at_work.type(path, {}, button="add:adults")
    at_work.type(path, {"name": "First"}, button="add:adults")
    record = _desk(app).look(reference, administrator())
    first, second = record.rows("adults")
    page = at_work.get(path)
    sent = page.fields()
    sent[f"{second.id}:name"] = ["Second"]
    at_work.post(path, {**sent, "do": f"up:{second.id}"})
    record = _desk(app).look(reference, administrator())
    assert [row.body.get("name") for row in record.rows("adults")] == ["Second", "First"]

    at_work.type(path, {}, button=f"remove:{first.id}")
    assert [row.body.get("name") for row in _desk(app).look(reference, administrator()).rows("adults")] == ["Second"]


def test_a_person_who_is_named_is_not_removed_and_the_page_says_where(app, at_work, a_draft):
    chair = _desk(app).look(a_draft, administrator()).json["meeting"]["chair"]
    row = next(
        one for one in _desk(app).look(a_draft, administrator()).rows("professionals") if one.body["id"] == chair
    )
    page = at_work.type(f"/records/{a_draft}/steps/people", {}, button=f"remove:{row.id}")
    assert page.status == 409
    assert "is still named in this record" in page.words
    assert "Choose somebody else there first." in page.words


def test_two_people_in_one_field_see_both_texts_and_nothing_is_dropped(app, at_work, a_draft, manager):
    let_in(_desk(app), a_draft, manager)
    page = at_work.get(f"/records/{a_draft}/steps/closing")
    sent = page.fields()
    name = next(one for one in sent if one.endswith(":next_at")).replace("next_at", "reason")
    other = next(one for one in sent if ":contingencies" in one)
    _desk(app).answer(a_draft, "review", {"reason": Answer("Hers")}, manager)

    sent[name], sent[other] = ["His"], ["A new contingency"]
    page = at_work.post(f"/records/{a_draft}/steps/closing", {**sent, "do": "save"})

    assert page.status == 409
    assert "Imelda Fairbrother wrote: ‘Hers’." in page.words
    assert page.soup.find(attrs={"name": name}).get("value", page.soup.find(attrs={"name": name}).text).strip() == "His"
    record = _desk(app).look(a_draft, administrator())
    assert record.json["review"]["reason"] == "Hers"
    assert record.json["contingencies"][0] == "A new contingency"

    at_work.post(f"/records/{a_draft}/steps/closing", {**page.fields(), "do": "save"})
    assert _desk(app).look(a_draft, administrator()).json["review"]["reason"] == "His"


def test_a_field_nobody_touched_is_not_taken_back_by_an_old_page(app, at_work, a_draft, manager):
    let_in(_desk(app), a_draft, manager)
    page = at_work.get(f"/records/{a_draft}/steps/closing")
    sent = page.fields()
    _desk(app).answer(a_draft, "review", {"reason": Answer("Hers")}, manager)

    page = at_work.post(f"/records/{a_draft}/steps/closing", {**sent, "do": "save"})

    assert page.status == 200
    assert _desk(app).look(a_draft, administrator()).json["review"]["reason"] == "Hers"


def test_what_was_typed_into_a_row_that_is_gone_is_shown_again(app, at_work, a_draft, recorder):
    page = at_work.get(f"/records/{a_draft}/steps/adults")
    sent = page.fields()
    row = _desk(app).add_row(a_draft, "places", recorder)
    page = at_work.get(f"/records/{a_draft}/steps/adults")
    sent = page.fields()
    _desk(app).remove_row(a_draft, row.id, recorder)
    sent[f"{row.id}:text"] = ["12 Long Lane"]
    page = at_work.post(f"/records/{a_draft}/steps/adults", {**sent, "do": "save"})
    assert page.status == 409
    assert "12 Long Lane" in page.words


def test_a_row_removed_by_mistake_is_offered_back_on_the_page(app, at_work, a_draft, recorder):
    row = _desk(app).add_row(a_draft, "places", recorder)
    page = at_work.get(f"/records/{a_draft}/steps/adults")
    sent = {**page.fields(), f"{row.id}:text": ["12 Long Lane"], "do": f"remove:{row.id}"}
    page = at_work.post(f"/records/{a_draft}/steps/adults", sent)
    assert row.id not in {one.id for one in _desk(app).look(a_draft, recorder).rows("places")}
    line = page.soup.select_one(".accord-removed")
    assert line["id"] == "removed"
    assert "12 Long Lane" in line.text
    button = line.select_one("button")
    assert " ".join(button.text.split()).startswith("Put it back:")

    page = at_work.post(f"/records/{a_draft}/steps/adults", {**page.fields(), "do": button["value"]})
    assert page.fields()[f"{row.id}:text"] == ["12 Long Lane"]
    assert not page.soup.select(".accord-removed")


def test_an_address_that_offers_back_what_was_never_removed_offers_nothing(app, at_work, a_draft):
    for asked in ("nonsense", "", "0" * 36):
        page = at_work.get(f"/records/{a_draft}/steps/adults?removed={asked}")
        assert page.status == 200
        assert not page.soup.select(".accord-removed")
    sent = {**page.fields(), "do": "back:nonsense"}
    assert at_work.post(f"/records/{a_draft}/steps/adults", sent).status == 200


def test_each_gap_is_named_and_its_link_leads_to_a_field_that_can_be_filled(app, at_work):
    reference = _desk(app).start(administrator())
    for add in ("children", "adults", "professionals", "actions", "telling"):
        row = _desk(app).add_row(reference, add, administrator())
        if add == "children":
            _desk(app).answer(reference, row.id, {"subject": Answer(True)}, administrator())
    page = at_work.get(f"/records/{reference}")
    links = page.soup.select(".accord-needs a")
    assert len(links) > 15
    for link in links:
        path, _, anchor = link["href"].partition("#")
        target = at_work.get(path)
        assert target.status == 200
        if anchor:
            found = target.by_id(anchor)
            assert found is not None, link["href"]


def test_a_meeting_is_typed_confirmed_and_finalised_page_by_page(app, at_work, clock):
    document = a_discussion()
    document.pop("signoff")
    clock.set("2027-02-03T12:00:00+00:00")
    at_work.sign_in("pclo")
    reference, _ = _desk(app).import_document(json.dumps(document).encode(), administrator())
    chair = document["meeting"]["chair"]
    officer = next(
        one for one in document["professionals"] if one["agency"] == "police" and one["presence"] == "attended"
    )

    page = at_work.get(f"/records/{reference}/read-back")
    assert document["actions"][0]["text"] in page.words
    for as_, who in (("chair", chair), ("police", officer["id"])):
        page = at_work.get(f"/records/{reference}/read-back")
        sent = {**page.fields(page.soup.select_one("#aloud-form")), "who": f"{as_}:{who}"}
        page = at_work.post(f"/records/{reference}/confirmed-aloud", sent)
        assert page.status == 200, page.words
    under = [one.get_text() for one in page.soup.select("span.accord-quiet")]
    assert under.count("Confirmed aloud, recorded by Wendell Ashgrove") == 2
    page = at_work.post(f"/records/{reference}/finalise", {})
    assert page.status == 200
    assert "This record is final." in page.words
    assert at_work.get(f"/records/{reference}/steps/open").response.request.path == f"/records/{reference}"

    page = at_work.post(f"/records/{reference}/reconvene", {})
    assert "Actions of the earlier discussion" in at_work.get(f"{page.response.request.path}/steps/actions").words


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"who": "king:t1"}, "Choose who confirms the text, and as what."),
        ({"who": "chair:t99"}, "Choose who confirms from the people of this record."),
        ({"content_sha256": "0" * 64}, "The text was changed since you read it. Read it again, then confirm."),
    ],
)
def test_a_confirmation_that_does_not_hold_is_refused_with_a_sentence(app, at_work, a_draft, changes, sentence):
    page = at_work.get(f"/records/{a_draft}/read-back")
    chair = _desk(app).look(a_draft, administrator()).document.meeting.chair
    sent = {**page.fields(page.soup.select_one("#aloud-form")), "who": f"chair:{chair}"}
    page = at_work.post(f"/records/{a_draft}/confirmed-aloud", {**sent, **changes})
    assert page.status == 422
    assert sentence in page.words


def test_a_rule_is_passed_over_from_the_list_with_its_row_open(app, at_work, a_draft):
    at_work.get(f"/records/{a_draft}")
    page = at_work.post(f"/records/{a_draft}/exceptions", {"rule": "SD-021"})
    assert page.status == 200
    assert _row(app, a_draft, "exceptions").body == {"rule": "SD-021"}
    page = at_work.post(f"/records/{a_draft}/exceptions", {"rule": "SD-070"})
    assert page.status == 409
    assert "That rule takes no exception." in page.words


def test_hostile_posts_never_break_a_page_nor_drop_a_row(app, at_work, a_draft):
    chance = random.Random(7)
    before = _desk(app).look(a_draft, administrator())
    counts = {name: len(before.rows(name)) for name in LAYOUT.lists}
    values = [
        "",
        "x",
        "\x00",
        "\u202e",
        "9" * 400,
        "[]",
        '{"a":1}',
        "<b>",
        "31/02/2026",
        "yes",
        "c1",
        "-1",
        "a" * 7_000,
    ]
    for step in STEPS:
        path = f"/records/{a_draft}/steps/{step.key}"
        page = at_work.get(path)
        sent = page.fields() if page.form() else {}
        token = page.soup.find("input", attrs={"name": "csrf_token"})["value"]
        for _ in range(4):
            hostile: dict[str, list[str]] = {}
            for name, given in sent.items():
                kind = chance.randrange(5)
                if kind == 0 and not name.startswith("csrf"):
                    continue
                hostile[name] = (
                    given if kind < 3 or name == "csrf_token" else [chance.choice(values) for _ in range(kind)]
                )
            hostile["surplus:field"] = ["x"]
            hostile["was:nonsense"] = [chance.choice(values)]
            hostile["do"] = [chance.choice(["save", "next", "remove:nothing", "up:", "add:meeting", "add:", "what"])]
            response = at_work.client.post(path, data={**hostile, "csrf_token": token})
            assert response.status_code < 500
        assert at_work.get(path).status == 200
    after = _desk(app).look(a_draft, administrator())
    assert {name: len(after.rows(name)) for name in LAYOUT.lists} == counts


def test_a_doubled_field_keeps_both_texts(app, at_work, a_draft):
    page = at_work.get(f"/records/{a_draft}/steps/referral")
    sent = page.fields()
    name = (
        next(one for one in sent if one.endswith(":referrer"))
        if any(one.endswith(":referrer") for one in sent)
        else None
    )
    at_work.post(f"/records/{a_draft}/steps/referral", {**sent, name: ["One", "Two"], "do": "save"})
    assert _desk(app).look(a_draft, administrator()).section("referral").unread["referrer"] == ["One", "Two"]


def test_a_page_that_is_not_there_says_so(at_work, a_draft):
    for path in (
        "/nowhere",
        "/records/SD-1999-0001",
        f"/records/{a_draft}/steps/nowhere",
        f"/records/{a_draft}/children/c99",
    ):
        page = at_work.get(path)
        assert page.status == 404
        assert "All records" in page.words


@pytest.mark.parametrize("odd", ["%00", "a%00b", "%ff", "%ed%a0%80", "..%2f..%2fx", "a" * 9_000, "%F0%9F%98%80", "%0a"])
def test_an_address_with_odd_signs_in_it_is_answered(app, at_work, a_draft, odd):
    for path in (f"/records/{odd}", f"/records/{odd}/steps/open", f"/records/{odd}/minutes.docx", f"/briefings/{odd}"):
        assert at_work.get(path).status == 404
    for path in (f"/records/{a_draft}/steps/{odd}", f"/records/{a_draft}/children/{odd}"):
        assert at_work.get(path).status == 404
    for path in (f"/?q={odd}&next={odd}", f"/find?q={odd}", f"/records/{a_draft}/steps/actions?open={odd}&also={odd}"):
        assert at_work.get(path).status == 200
    at_work.get("/")
    assert at_work.post(f"/records/{odd}/steps/open", {"do": "save"}).status == 404


def test_the_history_says_which_answers_were_recorded_and_whose_row_came_or_went(app, at_work, a_draft):
    at_work.type(f"/records/{a_draft}/steps/closing", {"next_at": "9/2/2027 10:00"})
    boy = _row(app, a_draft, "actions")
    _desk(app).remove_row(a_draft, boy.id, administrator())

    words = at_work.get(f"/records/{a_draft}/history").words

    assert "Next discussion: recorded (Next discussion at)" in words
    assert f"Actions: removed ({boy.body['ref']})" in words


def test_children_with_the_same_clocks_are_named_together(app, at_work, a_draft):
    sister = a_child(id="c3", name="Wren Marsh", born_on="2021-11-30")
    first = a_discussion(id=an_id(701), ref="SD-2027-0701")
    both = {**first, "children": [*first["children"], sister], "outcomes": [*first["outcomes"], an_outcome(child="c3")]}
    _desk(app).import_document(json.dumps(both).encode(), administrator())

    clocks = at_work.get("/records/SD-2027-0701").soup.select("section[aria-labelledby=clocks-title] dl")

    assert clocks[0].get_text(" ", strip=True).startswith("Robin Marsh Wren Marsh Section 47 started")
    assert sum("Section 47 started" in one.text for one in clocks) == 1


def test_copies_come_with_names_that_say_what_they_are(app, at_work, a_draft):
    response = at_work.client.get(f"/records/{a_draft}/minutes.docx?audience=police")
    assert response.status_code == 200
    assert f"_{a_draft}_v1_police.docx" in response.headers["Content-Disposition"]
    assert at_work.client.get(f"/records/{a_draft}/actions.json").json["from"]["ref"] == a_draft
    assert at_work.client.get(f"/records/{a_draft}/record.json").json["ref"] == a_draft
    assert at_work.get(f"/records/{a_draft}/minutes.docx?audience=king").status == 409
    assert at_work.get(f"/records/{a_draft}/record.json?audience=police").status == 409


def test_each_child_has_an_extract_in_word_and_as_data(at_work, a_draft):
    response = at_work.client.get(f"/records/{a_draft}/children/c1/extract.docx")
    assert response.status_code == 200
    assert f"_{a_draft}_v1_child-c1.docx" in response.headers["Content-Disposition"]
    assert at_work.client.get(f"/records/{a_draft}/children/c1/extract.json").json["child"] == "c1"
    assert at_work.get(f"/records/{a_draft}/children/c9/extract.docx").status == 404
    response = at_work.client.get(f"/records/{a_draft}/children/c1/extract.docx?audience=police")
    assert f"_{a_draft}_v1_police_child-c1.docx" in response.headers["Content-Disposition"]
    page = at_work.get(f"/records/{a_draft}/children/c1/extract.docx?audience=partner")
    assert page.status == 409
    assert "An extract for each child is made of these copies alone: full, social_care, police, legal." in page.words


def test_an_officer_takes_the_police_copy_of_what_is_final_and_no_other(app, browser, a_draft, officer, clock):
    clock.set("2027-02-03T12:00:00+00:00")
    listed = json.dumps(given_to(a_discussion(), officer)).encode()
    _desk(app).import_document(listed, administrator(), replace=True)
    browser.sign_in("officer")
    assert browser.get(f"/records/{a_draft}/minutes.docx").status == 404, "a draft is no copy to give"
    assert a_draft not in browser.get("/records").words, "nor is it named"
    _desk(app).finalise(a_draft, administrator())
    assert browser.client.get(f"/records/{a_draft}/minutes.docx").status_code == 200
    assert browser.get(f"/records/{a_draft}/minutes.docx?version=2").status == 404
    assert browser.get(f"/records/{a_draft}/minutes.docx?audience=full").status == 403
