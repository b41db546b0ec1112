"""From the discussion to the briefing: what crosses, from where, what only by choice, and what changes there later."""

from __future__ import annotations

import json
import re

import pytest

from meetings.carrying import carry
from meetings.desk import Answer, administrator
from meetings.documents import BRIEFING
from meetings.freezing import freeze
from meetings.issuing import Issuing
from meetings.parts import layout_of
from meetings.record import Record
from meetings.versions import Versions
from meetings.vocabulary import DocumentStatus
from tests.conftest import SCENARIOS

CASES = ("O1", "O2", "O5", "O7")


def meeting(case):
    return json.loads((SCENARIOS / case / "meeting-1.json").read_text(encoding="utf-8"))


@pytest.fixture
def issuing(desk):
    return Issuing(desk)


@pytest.fixture
def kept(desk, clock):
    """Keep the first meeting of a case as a draft."""

    def keep(case):
        clock.set(json.loads((SCENARIOS / case / "expected.json").read_text())["meetings"][0]["now"])
        return desk.import_document(json.dumps(meeting(case)).encode(), administrator())[0]

    return keep


@pytest.fixture
def started(desk, issuing, kept, recorder):
    def start(case, chosen=()):
        return desk.look(issuing.start(kept(case), recorder, chosen), recorder)

    return start


def texts(value):
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts(inner)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("case", CASES)
def test_what_the_discussion_knows_is_there_and_nobody_types_it_again(started, case):
    source, document = meeting(case), started(case).json
    subjects = [one for one in source["children"] if one.get("subject")]
    people = {one["id"] for name in ("children", "adults", "professionals") for one in document[name]}

    assert [one["id"] for one in document["children"]] == [one["id"] for one in subjects]
    assert [one["name"] for one in document["adults"]] == [one["name"] for one in source["adults"]]
    assert {one["id"] for one in document["professionals"]} >= {one["id"] for one in source["professionals"]}
    open_places = [one["text"] for one in source.get("places", ()) if "restricted" not in one]
    assert [one["text"] for one in document.get("places", ())] == open_places
    open_lines = [one for one in source["information"]["lines"] if "restricted" not in one]
    assert document["information"]["lines"][: len(open_lines)] == open_lines
    assert [one["threat"] for one in document["risk_assessment"]["risks"]] == [
        one["analysis"] for one in source["outcomes"] if "analysis" in one
    ]
    assert len(document["information"]["chronology"]) == len(source["outcomes"])
    open_actions = [one["text"] for one in source["actions"] if "restricted" not in one]
    assert [one["text"] for one in document["actions"]] == open_actions
    assert document["information"]["why_now"] == source["referral"]["text"]
    assert document["administration"]["officer_in_case"] == source["criminal_investigation"]["officer_in_case"]
    assert set(source["criminal_investigation"]["do_not_disclose"]) <= set(
        document["communications"]["do_not_disclose"]
    )
    assert document["human_rights"]["equality"] == source["equality"]
    assert document["contingencies"] == source["contingencies"]
    named = {who for part in started(case).parts for _, who in _references(part)}
    assert named <= people | {"officers", "public", "others"}, "nobody is named who did not cross"


def _references(part):
    from meetings.parts import _references as walk  # the one walk over who is named where

    return walk(layout_of(BRIEFING).shape_of(part.name), part.body)


def test_a_missing_person_crosses_with_the_report_the_level_and_when_last_seen(started):
    document = started("O1").document
    assert (document.missing.now, str(document.missing.level), document.missing.people) == (True, "high", ["a1", "a2"])
    assert {"missing_person", "strategy_discussion"} <= {str(one.kind) for one in document.links}
    assert "briefing" not in {str(one.kind) for one in document.links}, "it does not link to itself"
    assert document.adults[0].last_seen_at.isoformat() == "2026-11-27T16:00:00+00:00"
    assert document.adults[0].last_contact_at.isoformat() == "2026-11-29T11:05:00+00:00"
    assert len(started("O5").document.missing.episodes) == 4


def test_what_each_parent_is_told_and_what_is_held_back_is_for_the_officer_at_the_door(started):
    communications = started("O1").document.communications
    assert communications.tell_family.splitlines()[1] == "Corin Vane (not yet)"
    assert "To Corin Vane: Where police are looking; legal plans" in communications.do_not_disclose
    assert "Nothing until order served" in started("O7").document.communications.tell_family


def test_a_childs_own_words_and_the_last_sighting_cross_from_what_was_decided(started):
    source, document = meeting("O2"), started("O2").document
    for child, outcome in zip(document.children, source["outcomes"], strict=True):
        if outcome["voice"].get("text"):
            assert child.voice == outcome["voice"]["text"]
        if outcome["voice"].get("seen") == "yes" and outcome["voice"].get("at"):
            assert child.last_seen_at.isoformat() == outcome["voice"]["at"]
    assert any("conditional bail" in one.text for one in document.information.lines)


def test_actions_are_numbered_afresh_keep_their_kind_and_state_and_wait_for_each_other_as_before(
    desk, issuing, kept, recorder, started
):
    document = started("O1").document
    assert [one.ref for one in document.actions] == [
        f"{document.ref}-A{n:02}" for n in range(1, len(document.actions) + 1)
    ]
    assert [str(agency) for agency in document.actions[0].agreed_by] == ["police"], "its owner was in the meeting"

    source = meeting("O5")
    first, second = source["actions"][0], source["actions"][1]
    first |= {"kind": "standing_instruction", "trigger": "If she is found", "status": "accepted"}
    second["after"] = [first["ref"]]
    source |= {"id": "urn:uuid:0b3c1a52-6f0e-4d1c-9a57-2f7a6f3f9999", "ref": "SD-2026-9870"}
    source.pop("integrity", None)
    reference, _ = desk.import_document(json.dumps(source).encode(), administrator())
    one, two, *_ = desk.look(issuing.start(reference, recorder), recorder).document.actions
    assert (str(one.kind), str(one.status), one.trigger) == ("standing_instruction", "accepted", "If she is found")
    assert two.after == [one.ref]


@pytest.mark.parametrize("case", CASES)
def test_each_part_remembers_in_the_store_which_part_of_which_version_it_came_from(started, case):
    record = started(case)
    source = meeting(case)
    for part in record.parts:
        if part.name in ("validity", "provenance") or part.body.get("name") == "Wendell Ashgrove":
            assert part.origin is None, "said anew"
            continue
        assert (part.origin["ref"], part.origin["version"]) == (source["ref"], source["version"]), part.name
        is_new = part.name == "source" or part.body.get("kind") == "strategy_discussion"
        assert bool(part.origin["pointer"]) is not is_new, part.name
    child = record.rows("children")[0]
    assert child.origin["pointer"] == "/children/c1"
    assert "origin" not in json.dumps(record.json), "it is no part of the document"


@pytest.mark.parametrize("case", CASES)
def test_nothing_restricted_crosses_unless_it_is_chosen(desk, issuing, kept, recorder, case):
    reference = kept(case)
    items = [one for one in issuing.choices(reference, recorder) if one.is_restricted]
    assert items
    without = json.dumps(desk.look(issuing.start(reference, recorder), recorder).json, ensure_ascii=False)
    for item in items:
        assert item.words not in without
        with_it = desk.look(issuing.start(reference, recorder, {item.pointer}), recorder).json
        holder = next(one for one in _objects(with_it) if item.words in (one.get("text"), one.get("label")))
        assert holder["restricted"]["reason"] == item.reason, "it stays restricted"
        others = json.dumps(with_it, ensure_ascii=False)
        assert [one.words for one in items if one.words in others] == [item.words]


def _objects(value):
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner)


def test_a_restricted_referral_crosses_only_by_choice_and_as_a_restricted_line(desk, issuing, kept, recorder):
    source = meeting("O1")
    source["referral"]["restricted"] = {"reason": "Named informant", "audiences": ["full"]}
    plain = carry(source, "0" * 64)
    assert source["referral"]["text"] not in json.dumps([one.body for one in plain], ensure_ascii=False)
    chosen = carry(source, "0" * 64, {"/referral"})
    (line,) = (one.body for one in chosen if one.pointer == "/referral/text" and one.name == "information/lines")
    assert line["restricted"]["reason"] == "Named informant"


def test_a_child_who_was_not_decided_about_crosses_by_choice_and_is_otherwise_named_nowhere(
    issuing, kept, desk, recorder
):
    reference = kept("O1")
    other = next(one for one in issuing.choices(reference, recorder) if not one.is_restricted)
    assert other.words == "Tobias Achterberg-Vane"
    without = desk.look(issuing.start(reference, recorder), recorder).document
    assert without.adults[0].parent_of == ["c1"]
    with_him = desk.look(issuing.start(reference, recorder, {other.pointer}), recorder).document
    assert with_him.adults[0].parent_of == ["c1", "c2"]
    assert [one.name for one in with_him.children][1] == "Tobias Achterberg-Vane"


def test_the_version_and_hash_of_the_discussion_are_named_once_they_can_no_longer_change(desk, issuing, kept, recorder):
    reference = kept("O5")
    draft = desk.look(issuing.start(reference, recorder), recorder).document.source
    assert (draft.ref, draft.version, draft.content_sha256) == (reference, None, None)
    sha = desk.finalise(reference, administrator())
    final = desk.look(issuing.start(reference, recorder), recorder).document.source
    assert (final.version, final.content_sha256) == (1, sha)


# ── The source changes ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def pair(desk, issuing, kept, recorder):
    """A discussion and the briefing made from it."""
    discussion = kept("O1")
    return discussion, issuing.start(discussion, recorder)


def changed(desk, issuing, recorder, reference):
    return [
        (one.label, one.named, one.gone, one.is_new, [answer.question.question.label for answer in one.answers])
        for one in issuing.changed_since(desk.look(reference, recorder))
    ]


def test_the_briefing_goes_amber_and_says_which_line_and_which_answer(desk, issuing, pair, recorder):
    discussion, reference = pair
    assert changed(desk, issuing, recorder, reference) == []
    adult = desk.look(discussion, recorder).rows("adults")[0]
    desk.answer(discussion, adult.id, {"last_seen_at": Answer("2026-12-03T09:00:00+00:00")}, recorder)
    assert changed(desk, issuing, recorder, reference) == [
        ("Adults of the family", "Rosalind Achterberg-Vane", False, False, ["Last seen in person at"])
    ]


def test_every_kind_of_change_is_noticed(desk, issuing, pair, recorder):
    discussion, reference = pair
    source = desk.look(discussion, recorder)
    line = source.rows("information/lines")[4]
    desk.remove_row(discussion, line.id, recorder)
    desk.add_row(discussion, "adults", recorder, {"name": "Perry Lodd", "relation": "friend"})
    desk.answer(discussion, "missing", {"level": Answer("medium")}, recorder)
    desk.answer(discussion, "criminal_investigation", {"do_not_disclose": Answer(["Caravan", "School"])}, recorder)
    desk.answer(discussion, "discussion", {"contingencies": Answer(["Ring 999"])}, recorder)
    outcome = source.rows("outcomes")[0]
    desk.answer(discussion, outcome.id, {"analysis": Answer("Worse.")}, recorder)
    desk.answer(discussion, "criminal_investigation", {"bail": Answer("Bailed to 22 December")}, recorder)
    found = {
        (label, named): (gone, is_new, asked)
        for label, named, gone, is_new, asked in changed(desk, issuing, recorder, reference)
    }
    assert found["What each agency brought", line.body["text"]] == (True, False, [])
    assert found["Adults of the family", "Perry Lodd"] == (False, True, [])
    assert found["Missing", ""] == (False, False, ["Risk level"])
    assert found["If the plan fails, somebody goes missing or the baby comes early", ""][:2] == (False, False)
    asked = [questions for *_, questions in changed(desk, issuing, recorder, reference)]
    assert ["What must not be disclosed"] in asked
    assert ["Bail or release conditions"] in asked
    assert "Unborn baby Achterberg-Vane" in {named for _, named in found}


def test_a_restricted_line_that_moves_up_into_the_place_of_another_is_never_offered(desk, issuing, pair, recorder):
    discussion, reference = pair
    lines = desk.look(discussion, recorder).rows("information/lines")
    assert "restricted" in lines[5].body
    desk.remove_row(discussion, lines[4].id, recorder)
    (one,) = issuing.changed_since(desk.look(reference, recorder))
    assert (one.gone, one.named, one.answers) == (True, lines[4].body["text"], ())


def test_what_was_said_for_the_meeting_only_and_moving_a_line_change_nothing(desk, issuing, pair, recorder):
    discussion, reference = pair
    source = desk.look(discussion, recorder)
    person = source.rows("professionals")[0]
    desk.answer(discussion, person.id, {"left_at": Answer("2026-12-02T15:20:00+00:00")}, recorder)
    desk.move_row(discussion, source.rows("information/lines")[0].id, 1, recorder)
    assert changed(desk, issuing, recorder, reference) == []


def test_a_change_is_taken_over_in_the_answers_that_changed_and_leaves_what_was_typed_here(
    desk, issuing, pair, recorder
):
    discussion, reference = pair
    adult = desk.look(discussion, recorder).rows("adults")[0]
    desk.answer(discussion, adult.id, {"last_seen_at": Answer("2026-12-03T09:00:00+00:00")}, recorder)
    mine = desk.look(reference, recorder).rows("adults")[0]
    desk.answer(reference, mine.id, {"description": Answer("Green hat")}, recorder)
    (one,) = issuing.changed_since(desk.look(reference, recorder))
    issuing.take_over(reference, one.part_id, one.pointer, recorder)
    body = desk.look(reference, recorder).rows("adults")[0].body
    assert (body["last_seen_at"], body["description"]) == ("2026-12-03T09:00:00+00:00", "Green hat")
    assert issuing.changed_since(desk.look(reference, recorder)) == []


def test_a_new_line_is_taken_over_or_left_and_then_no_longer_asked_about(desk, issuing, pair, recorder):
    discussion, reference = pair
    desk.add_row(discussion, "adults", recorder, {"name": "Perry Lodd", "relation": "friend"})
    text = "Seen at the station"
    desk.add_row(discussion, "information/lines", recorder, {"agency": "police", "kind": "fact", "text": text})
    friend, line = issuing.changed_since(desk.look(reference, recorder))
    issuing.take_over(reference, friend.part_id, friend.pointer, recorder)
    issuing.leave(reference, line.part_id, line.pointer, recorder)
    document = desk.look(reference, recorder).document
    assert document.adults[-1].name == "Perry Lodd"
    assert text not in json.dumps(desk.look(reference, recorder).json)
    assert issuing.changed_since(desk.look(reference, recorder)) == []
    lines = [one.what for one in desk.history(reference, recorder)]
    assert lines[-2:] == ["meeting:record:taken over", "meeting:record:change looked at"]


def test_an_answer_given_later_is_taken_over_into_the_part_it_belongs_to(desk, issuing, pair, recorder):
    discussion, reference = pair
    desk.answer(discussion, "criminal_investigation", {"bail": Answer("Bailed to 22 December")}, recorder)
    (one,) = issuing.changed_since(desk.look(reference, recorder))
    issuing.take_over(reference, one.part_id, one.pointer, recorder)
    assert "Bail: Bailed to 22 December" in texts(desk.look(reference, recorder).json)
    assert issuing.changed_since(desk.look(reference, recorder)) == []


def test_the_record_page_says_which_line_in_words_and_offers_both_answers(browser, desk, issuing, pair, recorder):
    at_work = browser
    at_work.sign_in("pclo")
    discussion, reference = pair
    adult = desk.look(discussion, recorder).rows("adults")[0]
    desk.answer(discussion, adult.id, {"last_seen_at": Answer("2026-12-03T09:00:00+00:00")}, recorder)
    page = at_work.get(f"/records/{reference}")
    assert "Adults of the family: Rosalind Achterberg-Vane" in page.words
    assert "Last seen in person at: now 3/12/2026 09:00" in page.words
    assert not re.search(r"/adults/a1\b", page.words), "no pointer is shown to people"
    (one,) = issuing.changed_since(desk.look(reference, recorder))
    at_work.post(f"/records/{reference}/source", {"part": one.part_id, "pointer": one.pointer, "do": "take"})
    assert "Check: the discussion has changed" not in at_work.get(f"/records/{reference}").words
    assert desk.look(reference, recorder).document.adults[0].last_seen_at.isoformat().startswith("2026-12-03T09:00")


def test_the_page_of_choices_asks_for_restricted_items_and_for_other_children(browser, kept):
    reference = kept("O1")
    browser.sign_in("pclo")
    page = browser.get(f"/records/{reference}/briefing")
    assert "Nothing restricted is taken over unless you tick it" in page.words
    assert "Tobias Achterberg-Vane" in page.words
    assert page.soup.select("input[type=checkbox]:checked") == []


def test_a_change_that_only_a_later_draft_has_taken_in_is_still_one_for_what_officers_see(
    desk, issuing, pair, recorder
):
    discussion, reference = pair
    with desk.store.open(reference, recorder, desk.now()) as kept:
        kept.status = DocumentStatus.FINAL
        freeze(kept, Record(kept, ()), desk.now())
        kept.note("meeting:record:approved")
    adult = desk.look(discussion, recorder).rows("adults")[0]
    desk.answer(discussion, adult.id, {"description": Answer("Green hat")}, recorder)
    Versions(desk).reopen(reference, "Seen", recorder)
    (one,) = issuing.changed_since(desk.look(reference, recorder))
    issuing.take_over(reference, one.part_id, one.pointer, recorder)
    assert issuing.changed_since(desk.look(reference, recorder)) == [], "the draft has it"
    assert issuing.changed_since(desk.look(reference, recorder, 1)) != [], "the version in force has not"

    Versions(desk).drop(reference, "Not needed", recorder)
    (one,) = issuing.changed_since(desk.look(reference, recorder))
    issuing.leave(reference, one.part_id, one.pointer, recorder)
    assert issuing.changed_since(desk.look(reference, recorder)) == []
