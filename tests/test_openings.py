"""Questions that are asked only when called for: what opens them, what the recorder is told, and the short form."""

from __future__ import annotations

import json
from types import MappingProxyType

import pytest

from meetings import contract
from meetings.desk import administrator
from meetings.documents import DISCUSSION
from meetings.guides import GUIDES, SHORT_FORM
from meetings.openings import Opening
from meetings.parts import layout_of
from tests.makers import a_child, a_discussion, a_telling, an_action, an_unborn_baby, changed

STEPS = GUIDES[DISCUSSION]

CAUSES = MappingProxyType(
    {
        "missing": {"/concerns": ["missing"]},
        "missing/episodes": {"/links/-": {"kind": "missing_person", "value": "MP/2027/12"}},
        "police_protection": {"/outcomes/0/immediate_safety/-": {"action": "s46_police_protection"}},
        "custody": {"/concerns": ["custody"]},
        "fgm": {"/concerns": ["fgm"]},
        "fii": {"/concerns": ["fii"]},
        "exploitation": {"/concerns": ["exploitation"]},
        "position_of_trust": {"/adults/0/position_of_trust": True},
        "risk_to_children": {"/concerns": ["risk_to_children"]},
        "responsibility": {"/meeting/type": "transfer"},
        "previous": {"/meeting/type": "review"},
        "earlier_actions": {"/meeting/type": "review"},
        "supersedes": {"/version": 2},
    }
)
"""For each block that waits to be called for, an answer that calls for it."""

IN_A_ROW = MappingProxyType(
    {
        ("provenance", "reason"): ({"/provenance/live": True}, {"/provenance/live": False}),
        ("professionals", "tried_at"): ({}, {"/professionals/0/presence": "invited_absent"}),
        ("children", "due_on"): ({}, {"/children/0": an_unborn_baby()}),
        ("children", "born_on"): ({"/children/0": an_unborn_baby()}, {"/children/0": a_child()}),
        ("children", "reason"): ({}, {"/children/0/subject": False}),
        ("children", "plan/category"): ({}, {"/children/0/plan/status": "current"}),
        ("children", "last_seen_at"): ({}, {"/concerns": ["missing"]}),
        ("adults", "last_seen_at"): (
            {"/concerns": ["missing"], "/missing/people": ["c1"]},
            {"/concerns": ["missing"], "/missing/people": ["a1"]},
        ),
        ("places", "restricted/reason"): ({}, {"/concerns": ["domestic_abuse"]}),
        ("sharing", "reason"): ({"/sharing/consent_sought": True}, {"/sharing/consent_sought": False}),
        ("interpreting", "language"): ({"/interpreting/needed": False}, {"/adults/0/interpreter": "Yoruba"}),
        ("information/lines", "grade"): ({}, {"/information/lines/0/kind": "intelligence"}),
        ("outcomes", "impact_of_domestic_abuse"): ({}, {"/concerns": ["domestic_abuse"]}),
        ("outcomes", "voice/alone"): ({"/outcomes/0/voice/seen": "not_applicable"}, {"/outcomes/0/voice/seen": "yes"}),
        ("outcomes", "medical/needed"): ({}, {"/concerns": ["non_mobile_injury"]}),
        ("outcomes", "instead"): ({}, {"/outcomes/0/decision/code": "s47_not_required_nfa"}),
        ("telling", "reason"): ({}, {"/telling/0": a_telling(tell="not_yet")}),
        ("actions", "trigger"): ({}, {"/actions/0": an_action(kind="standing_instruction")}),
        ("dissent/entries", "escalation/to"): (
            {"/dissent/entries": [{"by": "p1", "resolved": True}]},
            {"/dissent/entries": [{"by": "p1", "resolved": False}]},
        ),
    }
)
"""For each question that waits inside a row: changes that do not call for it, and changes that do."""

BLOCKS = {block.part: block for step in STEPS for block in step.blocks if block.opening}
ROWS = {(block.part, opening): block for step in STEPS for block in step.blocks for opening in block.some.values()}


def _read(changes):
    return contract.read(changed(a_discussion(), changes))


def _first(document, part):
    found = document
    for name in part.split("/"):
        found = getattr(found, name)
    return found[0] if isinstance(found, list) else found


def test_every_opening_has_a_row_here():
    assert set(CAUSES) == set(BLOCKS)
    tried = {(part, BLOCKS_OF[part].opening_of(path)) for part, path in IN_A_ROW}
    assert tried == set(ROWS)


BLOCKS_OF = {part: block for (part, _), block in ROWS.items()}


@pytest.mark.parametrize("part", CAUSES)
def test_a_block_is_called_for_by_its_cause_and_not_before(part):
    assert not BLOCKS[part].is_called(_read({}))
    assert BLOCKS[part].is_called(_read(CAUSES[part]))


@pytest.mark.parametrize(("part", "path"), IN_A_ROW)
def test_a_question_of_a_row_is_called_for_by_its_cause_and_not_before(part, path):
    for changes, expected in zip(IN_A_ROW[part, path], (False, True), strict=True):
        document = _read(changes)
        assert BLOCKS_OF[part].called(document, _first(document, part))[path][1] is expected


def test_every_question_named_with_an_opening_exists():
    for block in BLOCKS_OF.values():
        for starts in block.some:
            for start in starts:
                assert any(path.startswith(start) for path in layout_of(block.kind).answers_of(block.part)), (
                    block.part,
                    start,
                )


def test_each_opening_says_why_in_one_sentence_with_its_source():
    from meetings import openings

    for opening in vars(openings).values():
        if isinstance(opening, Opening) and opening.says:
            assert opening.says[0].isupper()
            assert opening.says.endswith(".")
            assert str(opening.source)


def _import(app, changes):
    raw = json.dumps(changed(a_discussion(), changes)).encode()
    return app.extensions["accord"].import_document(raw, administrator(), replace=True)[0]


def test_the_step_that_opens_tells_the_recorder_why(app, at_work):
    reference = _import(app, {})
    page = at_work.get(f"/records/{reference}/steps/concerns")
    assert page.by_id("list:fgm") is None
    assert page.soup.find("button", value="ask:fgm") is not None

    at_work.type(f"/records/{reference}/steps/referral", {"concerns": ["fgm"]})
    page = at_work.get(f"/records/{reference}/steps/concerns")
    assert page.by_id("list:fgm") is not None
    assert "whoever was told, or saw signs, reports it to police in person." in page.words
    assert "Female Genital Mutilation Act 2003" in page.words
    assert page.soup.find("button", value="ask:fgm") is None


def test_a_step_that_nothing_calls_for_says_so_on_the_task_list(app, at_work):
    reference = _import(app, {})
    assert "Not asked for this discussion" in at_work.get(f"/records/{reference}").words


def test_what_is_not_called_for_can_be_asked_anyway_and_nothing_typed_beside_it_is_lost(app, at_work):
    reference = _import(app, {"/concerns": ["fgm"]})
    page = at_work.type(f"/records/{reference}/steps/concerns", {"ref": "NMP 4471"}, button="ask:custody")
    assert page.by_id("list:custody") is not None
    record = app.extensions["accord"].look(reference, administrator())
    assert record.json["fgm"]["ref"] == "NMP 4471"
    assert "custody" not in record.json

    at_work.type(f"/records/{reference}/steps/concerns?also=custody", {"place": "Northmere Central"})
    page = at_work.get(f"/records/{reference}/steps/concerns")
    assert page.by_id("list:custody") is not None, "what is recorded stays in sight though nothing calls for it"


def test_out_of_hours_begins_with_the_short_form_and_goes_on_with_each_child(app, at_work):
    page = at_work.get("/")
    at_work.post("/records", {**page.fields(page.soup.find("form", action="/records")), "type": "out_of_hours"})
    assert SHORT_FORM.title in at_work.page.words
    assert "completed when the offices open" in at_work.page.words
    path = at_work.page.response.request.path
    fields = at_work.page.fields()
    at_work.post(path, {**fields, "referral:text": "Neighbour rang at 23:10", "do": "next"})
    assert "Each child: analysis and decision" in at_work.page.words
    reference = path.split("/records/")[1].split("/steps/")[0]
    assert "Neighbour rang at 23:10" in at_work.get(f"/records/{reference}/steps/referral").text


def test_the_short_form_asks_nothing_that_no_step_asks():
    asked = {(block.part, path) for step in STEPS for block in step.blocks for path in block.paths()}
    short = {(block.part, path) for block in SHORT_FORM.blocks for path in block.paths()}
    assert short < asked
    for block in SHORT_FORM.blocks:
        assert set(block.only) <= set(layout_of(block.kind).answers_of(block.part)), block.part


def test_nobody_is_asked_whether_a_child_was_seen_who_is_not_born(app, at_work):
    reference = _import(app, {"/children/-": an_unborn_baby(subject=True)})
    at_work.type(f"/records/{reference}/children/c2", {"analysis": "At risk from birth"})
    record = app.extensions["accord"].look(reference, administrator())
    assert record.document.outcome_of("c2").voice.seen == "not_applicable"


def test_what_restricts_an_item_is_folded_until_something_does_and_then_stands_open(app, at_work):
    reference = _import(app, {})
    path = f"/records/{reference}/steps/referral"
    fold = at_work.get(path).soup.select_one("details.accord-more--restricts")
    assert fold.summary.text == "Restrict this"
    assert fold.get("open") is None
    assert fold.find("textarea", attrs={"name": "referral:restricted/reason"}) is not None

    page = at_work.type(path, {"restricted/reason": "The neighbour fears him"})
    fold = page.soup.select_one("details.accord-more--restricts")
    assert fold.summary.text == "Restricted"
    assert fold.get("open") is not None


def test_an_action_is_marked_under_the_line_under_which_it_is_restricted(app, at_work):
    path = f"/records/{_import(app, {'/actions': [an_action()]})}/steps/actions"
    fold = at_work.get(path).soup.select_one("details.accord-row details.accord-more--restricts")
    assert fold.summary.text == "Mark or restrict this"
    assert fold.get("open") is None

    page = at_work.type(path, {"marking/descriptor": "PERSONAL DATA"})
    fold = page.soup.select_one("details.accord-row details.accord-more--restricts")
    assert fold.summary.text == "Marked or restricted"
    assert fold.get("open") is not None


def test_a_confidential_address_is_restricted_in_sight_where_somebody_may_be_looking_for_the_family(app, at_work):
    place = {"id": "l1", "label": "Refuge", "text": "7 Teal Row"}
    for concerns, folds in ((["fgm"], 1), (["domestic_abuse"], 0)):
        reference = _import(app, {"/places": [place], "/concerns": concerns})
        page = at_work.get(f"/records/{reference}/steps/adults")
        assert len(page.soup.select("details.accord-row details.accord-more--restricts")) == folds
