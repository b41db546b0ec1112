"""The versions of a record of either kind: challenges, corrections, withdrawing; what differs; every move there is."""

from __future__ import annotations

import json

import pytest

from meetings.comparing import What, compare
from meetings.desk import Answer, Desk, administrator
from meetings.documents import BRIEFING, DISCUSSION, KINDS
from meetings.drafts import Refusal
from meetings.history import is_unbroken
from meetings.outline import outline
from meetings.people import NotAllowed, Role, roles_that_may
from meetings.seal import canonical
from meetings.signing import Signing
from meetings.stages import MOVES, NoSuchMove, NotReady, move_named, moves_from, take
from meetings.store import NoSuchMeeting
from meetings.versions import Versions
from meetings.vocabulary import DocumentStatus
from tests.conftest import Clock
from tests.copying import SCENARIOS
from tests.makers import ABSENT, NOW, a_discussion, a_line, an_action, changed, let_in
from tests.test_briefing_scenarios import read
from tests.test_contract_shapes import _validator
from tests.test_signing import ADA, IRIS, PAUL, SAM, _confirm, _import


@pytest.fixture
def desk(store, clock: Clock) -> Desk:
    clock.moment = NOW
    return Desk(store, clock)


@pytest.fixture
def versions(desk):
    return Versions(desk)


@pytest.fixture
def final(desk):
    reference = _import(desk, a_discussion())
    desk.finalise(reference, PAUL)
    return reference


@pytest.fixture
def briefing(desk, clock):
    """An approved briefing."""
    clock.set(read("CLC-IIM-2031-0107", ".expected")["now"])
    reference = _import(desk, read("CLC-IIM-2031-0107"))
    desk.finalise(reference, administrator())
    return let_in(desk, reference, SAM, PAUL)


def _correct(desk, reference):
    """Change the time of the meeting in an open correction and make it final."""
    desk.answer(reference, "meeting", {"ended_at": Answer("2027-02-03T10:45:00+00:00")}, PAUL)
    _confirm(desk, reference)
    return desk.finalise(reference, PAUL)


# ── Moves ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_from_every_stage_only_the_moves_of_the_table_can_be_made():
    for kind in KINDS:
        for status in DocumentStatus:
            possible = moves_from(kind, status)
            for move in MOVES:
                if move in possible:
                    assert take(move, kind, status) is move.reaches
                else:
                    with pytest.raises(NoSuchMove):
                        take(move, kind, status)
    assert moves_from(DISCUSSION, DocumentStatus.WITHDRAWN) == moves_from(BRIEFING, DocumentStatus.WITHDRAWN) == []


def test_every_move_says_who_may_what_it_needs_and_what_it_leaves():
    for move in MOVES:
        assert move.needs.endswith(".")
        assert move.then.endswith(".")
        assert Role.RECORDER in roles_that_may(move.deed)
        assert Role.OFFICER not in roles_that_may(move.deed)
        for kind in move.kinds:
            assert move_named(kind, move.name) is move
    with pytest.raises(NoSuchMove, match="An IIMARCH briefing knows no move ‘withdraw’"):
        move_named(BRIEFING, "withdraw")


def test_a_correction_is_the_next_version_of_the_same_record_and_says_what_it_replaces_and_why(desk, versions, final):
    first = desk.look(final, PAUL)
    with pytest.raises(Refusal, match="Say what is corrected, and why."):
        versions.reopen(final, " \n", PAUL)
    versions.reopen(final, "The end was written down wrongly", PAUL)
    draft = desk.look(final, PAUL)
    assert (draft.version, draft.is_draft, draft.json["id"], draft.reference) == (2, True, first.json["id"], final)
    assert draft.json["supersedes"] == {
        "version": 1,
        "content_sha256": first.content_sha256,
        "text": "The end was written down wrongly",
    }
    assert {**draft.json, "supersedes": 0, "version": 1, "status": "final"}.keys() >= first.content.keys() - {"signoff"}
    assert "signoff" not in draft.json

    with pytest.raises(NotReady) as refused:
        desk.finalise(final, PAUL)
    assert {one.rule for one in refused.value.findings} == {"SD-081"}
    second = _correct(desk, final)
    record = desk.look(final, PAUL)
    assert record.content_sha256 == second != first.content_sha256
    assert list(_validator().iter_errors(record.json)) == []
    assert is_unbroken(desk.store.lines_of(final))


def test_earlier_versions_stay_readable_as_they_were_and_say_by_what_they_are_superseded(desk, versions, final):
    first = desk.look(final, PAUL)
    versions.reopen(final, "Wrong end", PAUL)
    assert desk.export(final, PAUL, 1).state == ""
    assert desk.look(final, PAUL, 1).status is DocumentStatus.FINAL, "also while the next one is a draft"
    second = _correct(desk, final)
    old = desk.look(final, PAUL, 1)
    assert old.frozen.body == first.frozen.body
    assert desk.export(final, PAUL, 1).state == f"SUPERSEDED by version 2, text {second[:12]}"
    assert desk.export(final, PAUL, 2).state == ""
    assert [(one.version, one.text) for one in versions.all_of(old)] == [(1, ""), (2, "Wrong end")]
    for number in (3, -1, 10**30):
        with pytest.raises(NoSuchMeeting):
            desk.look(final, PAUL, number)


def test_a_record_is_withdrawn_by_a_last_version_that_says_why_and_every_version_says_so(
    desk, versions, final, officer
):
    with pytest.raises(NotAllowed):
        versions.withdraw(final, "Wrong family", officer)
    with pytest.raises(Refusal, match="Say why it is withdrawn."):
        versions.withdraw(final, "", PAUL)
    versions.withdraw(final, "Recorded for the wrong family", PAUL)
    record = desk.look(final, PAUL)
    assert (record.version, record.status) == (2, DocumentStatus.WITHDRAWN)
    assert record.json["supersedes"]["text"] == "Recorded for the wrong family"
    assert list(_validator().iter_errors(record.json)) == []
    assert desk.export(final, PAUL, 1).state == f"WITHDRAWN by version 2, text {record.content_sha256[:12]}"
    assert desk.look(final, PAUL, 1).status is DocumentStatus.FINAL
    assert Signing(desk).awaited(SAM) == []
    with pytest.raises(NoSuchMove, match="This record is withdrawn or stood down: ‘Open a correction’ is not possible"):
        versions.reopen(final, "Again", PAUL)
    with pytest.raises(NotAllowed, match="This was withdrawn or stood down and can no longer be changed"):
        desk.answer(final, "review", {"reason": Answer("x")}, PAUL)


def test_a_correction_that_was_a_mistake_is_dropped_and_the_version_before_it_stands_as_it_was(desk, versions, final):
    first = desk.look(final, PAUL)
    kept = {one.id: [one.name, one.body] for one in first.parts}
    with pytest.raises(NoSuchMove, match="This record is final: ‘Drop this correction’ is not possible"):
        versions.drop(final, "x", PAUL)
    versions.reopen(final, "Wrong end", PAUL)
    row = desk.look(final, PAUL).rows("adults")[1]
    desk.remove_row(final, desk.look(final, PAUL).rows("places")[0].id, PAUL)
    desk.answer(final, row.id, {"name": Answer("Somebody")}, PAUL)
    desk.add_row(final, "adults", PAUL, {"name": "Another"})
    desk.answer(final, "review", {"next_at": Answer(unread="soon")}, PAUL)
    with pytest.raises(Refusal, match="Say why the correction is dropped."):
        versions.drop(final, "", PAUL)
    versions.drop(final, "It was right after all", PAUL)

    record = desk.look(final, PAUL)
    assert (record.version, record.status) == (1, DocumentStatus.FINAL)
    assert record.json == first.json
    now = {one.id: [one.name, one.body] for one in record.parts}
    assert sorted(map(canonical, now.values())) == sorted(map(canonical, kept.values()))
    assert len(now.keys() & kept.keys()) == len(kept) - 1, "all but the row that was removed keep their ids"
    assert all(not one.unread for one in record.parts)
    assert [one.reference for one in Signing(desk).awaited(SAM)] == [final]
    versions.reopen(final, "And yet", PAUL)
    assert desk.look(final, PAUL).confirmations() == []
    assert desk.add_row(final, "adults", PAUL).body["id"] == "a4", "no local id is given twice"


def test_a_draft_that_was_never_final_cannot_be_dropped(desk, versions, recorder):
    reference = desk.start(recorder)
    assert versions.moves(desk.look(reference, recorder), recorder) == []
    with pytest.raises(Refusal, match="No version of this record is final yet"):
        versions.drop(reference, "x", recorder)


def test_each_person_is_offered_the_moves_that_can_be_made_now(desk, versions, final, officer):
    def offered(by):
        return [one.name for one in versions.moves(desk.look(final, PAUL), by)]

    assert offered(PAUL) == ["reopen", "withdraw"]
    assert offered(officer) == []
    number = versions.challenge(final, "/review", "reason", "Another reason", "", "", IRIS)
    versions.answer_challenge(final, number, True, "So it was", PAUL)
    assert offered(PAUL) == ["reopen", "correct", "withdraw"]
    versions.correct(final, PAUL)
    assert offered(PAUL) == ["drop"]
    with pytest.raises(NoSuchMove, match="is done on its own page"):
        versions.make(final, "finalise", "", PAUL)


def test_the_same_moves_renew_a_briefing_and_stand_it_down(desk, versions, briefing):
    by = administrator()
    assert [one.name for one in versions.moves(desk.look(briefing, by), by)] == ["reopen", "stand-down"]
    versions.make(briefing, "reopen", "Seen at the hospital", by)
    assert desk.look(briefing, by).json["supersedes"]["text"] == "Seen at the hospital"
    versions.make(briefing, "drop", "It was somebody else", by)
    versions.make(briefing, "stand-down", "Found safe", by)
    record = desk.look(briefing, by)
    assert (record.version, record.status) == (2, DocumentStatus.WITHDRAWN)
    assert list(_validator(BRIEFING).iter_errors(record.json)) == []
    assert desk.export(briefing, by, 1).state == f"STOOD DOWN by version 2, text {record.content_sha256[:12]}"


def test_an_import_of_the_version_that_is_final_changes_nothing_while_it_is_corrected(desk, versions, final):
    versions.reopen(final, "Wrong end", PAUL)
    assert desk.import_document(json.dumps(a_discussion()).encode(), administrator())[1] == "unchanged"
    other = changed(a_discussion(), {"/review/reason": "Something else"})
    with pytest.raises(Exception, match="Version 1 of SD-2027-0311 is final here with another text"):
        desk.import_document(json.dumps(other).encode(), administrator(), replace=True)
    assert desk.look(final, PAUL).version == 2


def test_what_stands_counts_for_the_next_discussion_until_a_correction_is_final(desk, versions, final):
    versions.reopen(final, "Wrong end", PAUL)
    desk.answer(final, "meeting", {"ended_at": Answer("2027-02-03T10:45:00+00:00")}, PAUL)
    second = desk.reconvene(final, PAUL)
    record = desk.look(second, PAUL)
    assert record.json["previous"]["version"] == 1
    assert [one.version for one in record.earlier] == [1]


# ── Accuracy challenges ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_challenge_names_the_line_what_it_says_and_should_say_who_says_so_and_the_agency(desk, versions, final):
    number = versions.challenge(final, "/information/lines/2", "text", "It may fit a fall.", "I wrote it", "t3", PAUL)
    (one,) = versions.challenges(final)
    assert (one.number, one.version, one.accepted) == (number, 1, None)
    assert one.place == "What each agency brought: Dr Mina Sorrel: What was said"
    assert one.says == "The bruise fits a grip, not a fall."
    assert (one.should_say, one.reason) == ("It may fit a fall.", "I wrote it")
    assert (one.name, one.agency.value, one.raised_by) == ("Dr Mina Sorrel", "health", "Paul Reed")
    assert desk.look(final, PAUL).part(one.part_id).body["text"] == one.says
    assert desk.history(final, PAUL)[-1].what == "meeting:challenge:raised"
    assert desk.look(final, PAUL).version == 1, "a challenge alone changes nothing"


def test_the_same_said_twice_is_one_challenge(versions, final):
    numbers = [versions.challenge(final, "/review", "reason", "Another", "", "", IRIS) for _ in range(2)]
    assert numbers == [1, 1]
    assert versions.challenge(final, "/review", "reason", "Yet another", "", "", IRIS) == 2


def test_a_whole_row_a_missing_row_and_an_unanswered_question_can_be_challenged(versions, final):
    versions.challenge(final, "/adults/1", "", "He is not her brother", "", "", SAM)
    versions.challenge(final, "/professionals", "", "I took part too", "", "", SAM)
    versions.challenge(final, "/meeting", "place", "Room 2", "", "", SAM)
    assert [one.place for one in versions.challenges(final)] == [
        "Adults of the family: Jo Marsh",
        "Professionals",
        "The discussion: Where it was held",
    ]


@pytest.mark.parametrize(
    ("pointer", "path", "words", "who", "sentence"),
    [
        ("/review", "reason", " ", "", "Write what the line should say."),
        ("/review/9", "", "x", "", "There is no such line in this version."),
        ("/nowhere", "", "x", "", "There is no such line in this version."),
        ("/information", "", "x", "", "There is no such line in this version."),
        ("/review", "nonsense", "x", "", "There is no such question in this line."),
        ("/review", "reason", "x", "t99", "Choose who says so from the people of this record."),
    ],
)
def test_a_challenge_to_nothing_is_refused(versions, final, pointer, path, words, who, sentence):
    with pytest.raises(Refusal) as refused:
        versions.challenge(final, pointer, path, words, "", who, PAUL)
    assert sentence in str(refused.value)
    assert versions.challenges(final) == []


def test_a_draft_takes_no_challenge(desk, versions):
    reference = _import(desk, a_discussion())
    with pytest.raises(Refusal, match="This record is not final yet. Change it in the form."):
        versions.challenge(reference, "/review", "reason", "x", "", "", PAUL)


def test_the_chair_answers_or_a_recorder_for_the_chair_once_and_with_a_reason(desk, versions, final, clock):
    number = versions.challenge(final, "/review", "reason", "Another", "", "", IRIS)
    with pytest.raises(NotAllowed, match="Only the chair, Ada Finch, or a recorder on the chair’s behalf answers"):
        versions.answer_challenge(final, number, True, "Yes", SAM)
    with pytest.raises(Refusal, match="Say why. The reason is printed with the next version."):
        versions.answer_challenge(final, number, True, " ", ADA)
    with pytest.raises(Refusal, match="There is no such challenge"):
        versions.answer_challenge(final, 99, True, "Yes", ADA)
    versions.answer_challenge(final, number, False, "The minutes were read back so", ADA)
    (one,) = versions.challenges(final)
    assert (one.accepted, one.answer, one.answered_by) == (False, "The minutes were read back so", "Ada Finch")
    with pytest.raises(Refusal, match="This challenge was declined already, by Ada Finch: The minutes were read back"):
        versions.answer_challenge(final, number, True, "Yes", ADA)

    other = versions.challenge(final, "/review", "reason", "Yet another", "", "", IRIS)
    versions.answer_challenge(final, other, True, "She is right", PAUL)
    assert versions.challenges(final)[1].answered_by == "Paul Reed, for the chair Ada Finch"


def test_accepted_challenges_make_the_next_version_with_what_changed_and_why_and_lead_to_their_fields(
    desk, versions, final
):
    with pytest.raises(Refusal, match="No accepted challenge waits for a new version"):
        versions.correct(final, PAUL)
    first = versions.challenge(final, "/information/lines/2", "text", "It may fit a fall.", "", "t3", PAUL)
    second = versions.challenge(final, "/review", "reason", "After the medical", "", "", IRIS)
    declined = versions.challenge(final, "/review", "next_at", "9 February", "", "", IRIS)
    versions.answer_challenge(final, first, True, "She says so herself", ADA)
    versions.answer_challenge(final, second, True, "Agreed.", ADA)
    versions.answer_challenge(final, declined, False, "It is the 8th", ADA)

    versions.correct(final, PAUL)
    draft = desk.look(final, PAUL)
    assert draft.version == 2
    assert draft.json["supersedes"]["text"] == (
        "Corrected: What each agency brought: Dr Mina Sorrel: What was said (challenged by Dr Mina Sorrel, Health, "
        "recorded by Paul Reed). She says so herself. Corrected: Next discussion: Why then, or why there is none "
        "(challenged by Iris Holm, Education (nursery, school, college)). Agreed."
    )
    taken = [one for one in versions.challenges(final) if one.taken_up == 2]
    assert [one.number for one in taken] == [first, second]
    desk.answer(final, taken[0].part_id, {"text": Answer("It may fit a fall.")}, PAUL)
    _confirm(desk, final)
    desk.finalise(final, PAUL)
    assert desk.look(final, PAUL).json["information"]["lines"][2]["text"] == "It may fit a fall."
    assert versions.waiting(final) == []


def test_the_reason_of_a_version_never_holds_the_words_of_a_restricted_item(desk, versions):
    document = a_discussion()
    secret = {"reason": "Source", "audiences": ["full", "police"]}
    document["information"]["lines"].append(
        {"agency": "police", "by": "t2", "kind": "intelligence", "text": "Seen with him", "restricted": secret}
    )
    reference = _import(desk, document)
    desk.finalise(reference, PAUL)
    number = versions.challenge(reference, "/information/lines/4", "text", "Seen with his brother", "", "t2", PAUL)
    versions.answer_challenge(reference, number, True, "Noted", PAUL)
    versions.correct(reference, PAUL)
    text = desk.look(reference, PAUL).json["supersedes"]["text"]
    assert text == (
        "Corrected: A restricted item: What was said (challenged by Sam Ode, Police, recorded by Paul Reed). Noted."
    )


def test_what_is_accepted_while_a_correction_is_written_is_taken_up_in_it(desk, versions, final):
    versions.reopen(final, "Wrong end.", PAUL)
    number = versions.challenge(final, "/review", "reason", "After the medical", "", "", IRIS)
    versions.answer_challenge(final, number, True, "Yes", PAUL)
    assert versions.challenges(final)[0].taken_up == 2
    text = desk.look(final, PAUL).json["supersedes"]["text"]
    assert text.startswith("Wrong end. Corrected: Next discussion: Why")
    versions.drop(final, "Later", PAUL)
    assert [one.number for one in versions.waiting(final)] == [number], "it waits again"


def test_the_approver_answers_for_a_briefing(desk, versions, briefing):
    number = versions.challenge(briefing, "/intention", "primary", "See him awake", "", "", administrator())
    record = desk.look(briefing, administrator())
    approver = versions.decider(record)
    assert approver.id == next(one.by for one in record.document.signoff if one.as_ == "approver")
    with pytest.raises(NotAllowed, match=f"Only the approver, {approver.name}, or a recorder on the approver’s behalf"):
        versions.answer_challenge(briefing, number, True, "Yes", SAM)
    versions.answer_challenge(briefing, number, True, "Yes", PAUL)
    versions.correct(briefing, PAUL)
    assert desk.look(briefing, PAUL).version == 2


# ── Two versions side by side ────────────────────────────────────────────────────────────────────────────────────


def test_two_versions_are_compared_part_by_part_in_the_words_of_the_questions():
    before = a_discussion()
    after = changed(
        before,
        {
            "/information/lines/2/text": "It may fit a fall.",
            "/children/0/name": "Robin March",
            "/actions/-": an_action(3, text="Ring the GP"),
            "/adults/1": ABSENT,
            "/review/reason": ABSENT,
        },
    )
    after["information"]["lines"].insert(0, a_line(text="Said first"))
    after["supersedes"], after["version"] = {"version": 1, "text": "x"}, 2
    found = {(one.heading, one.what): one for one in compare(before, after, DISCUSSION)}
    assert set(found) == {
        ("Children: Robin March", What.CHANGED),
        ("Adults of the family: Jo Marsh", What.REMOVED),
        ("What each agency brought: Ada Finch", What.ADDED),
        ("What each agency brought: Dr Mina Sorrel", What.CHANGED),
        ("Actions: A03", What.ADDED),
        ("Next discussion", What.CHANGED),
    }
    (change,) = found["What each agency brought: Dr Mina Sorrel", What.CHANGED].changes
    assert (change.label, change.before, change.after) == (
        "What was said",
        ("The bruise fits a grip, not a fall.",),
        ("It may fit a fall.",),
    )
    (change,) = found["Next discussion", What.CHANGED].changes
    assert (change.label, change.after) == ("Why then, or why there is none", ())
    (change,) = found["Children: Robin March", What.CHANGED].changes
    assert change.label == "Full name", "a corrected name is one difference, not one wherever it is named"


@pytest.mark.parametrize(("name", "document", "meeting", "history"), SCENARIOS, ids=[name for name, *_ in SCENARIOS])
def test_a_text_in_words_holds_every_answer_and_differs_from_itself_in_nothing(name, document, meeting, history):
    assert compare(document, document, DISCUSSION) == []
    shuffled = json.loads(json.dumps(document))
    for list_ in (shuffled["professionals"], shuffled.get("information", {}).get("lines", []), shuffled["actions"]):
        list_.reverse()
    assert compare(document, shuffled, DISCUSSION) == [], "the order of rows is no difference"
    words = json.dumps(
        [entry.said for chapter in outline(document, DISCUSSION) for entry in chapter.entries],
        default=lambda one: [one.label, one.lines],
        ensure_ascii=False,
    )
    for line in document.get("information", {}).get("lines", ()):
        assert json.dumps(line.get("text", ""), ensure_ascii=False)[1:-1] in words


def test_differences_of_a_record_are_found_by_version(desk, versions, final):
    versions.reopen(final, "Wrong end", PAUL)
    desk.answer(final, "meeting", {"ended_at": Answer("2027-02-03T10:45:00+00:00")}, PAUL)
    for after in (None, 2):
        (one,) = versions.differences(final, 1, after, PAUL)
        assert (one.chapter, one.heading) == ("The discussion", "The discussion")
        assert one.changes[0].before == ("3 February 2027, 10:40",)
    with pytest.raises(NoSuchMeeting):
        versions.differences(final, 7, None, PAUL)
