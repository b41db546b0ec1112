"""What people do with records: recording, confirming, finalising, reconvening, importing. On each database."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from meetings.contract import Refused
from meetings.desk import Answer, Desk, NoSuchPart, Refusal, TextChanged, administrator
from meetings.history import Line, is_unbroken
from meetings.parts import fingerprint
from meetings.people import NotAllowed
from meetings.rows import StillNamed
from meetings.seal import canonical, content_sha256
from meetings.stages import NoSuchMove, NotReady
from meetings.store import NoSuchMeeting, Store, history, metadata
from meetings.vocabulary import DocumentStatus, SignoffAs
from tests.conftest import SCENARIOS, Clock
from tests.makers import NOW, a_discussion, an_action, let_in


@pytest.fixture
def desk(store: Store, clock: Clock) -> Desk:
    clock.moment = NOW
    return Desk(store, clock)


def _import(desk, document, **options):
    return desk.import_document(json.dumps(document).encode(), administrator(), **options)


def _rules(desk, reference, by):
    return {finding.rule for finding in desk.findings(desk.look(reference, by)) if finding.stops_finalising}


def test_what_is_recorded_is_there_again_after_opening_the_record_anew(desk, recorder):
    reference = desk.start(recorder)

    desk.answer(reference, "meeting", {"place": Answer("Room 2 — Ⅱ, ‘east’")}, recorder)
    child = desk.add_row(reference, "children", recorder)
    desk.answer(reference, child.id, {"name": Answer("Zoë İpek Ọ̀ṣun"), "subject": Answer(True)}, recorder)

    record = desk.look(reference, recorder)
    assert record.json["meeting"] == {"place": "Room 2 — Ⅱ, ‘east’"}
    assert record.json["children"] == [{"id": "c1", "name": "Zoë İpek Ọ̀ṣun", "subject": True}]
    assert record.title == "Zoë İpek Ọ̀ṣun"


def test_words_that_cannot_be_read_are_kept_as_typed_and_stop_finalising_only(desk, recorder):
    reference, _ = _import(desk, a_discussion())

    desk.answer(reference, "review", {"next_at": Answer(unread="31/02/2027 9am")}, recorder)

    record = desk.look(reference, recorder)
    assert record.section("review").unread == {"next_at": "31/02/2027 9am"}
    (finding,) = record.unread()
    assert finding.places == ("/review/next_at",)
    assert finding.says == (
        "Next discussion at: ‘31/02/2027 9am’ could not be read as a date and time. Use 28/2/2026 14:10."
    )
    with pytest.raises(NotReady) as refused:
        desk.finalise(reference, recorder)
    assert "unread" in {finding.rule for finding in refused.value.findings}

    desk.answer(reference, "review", {"next_at": Answer("2027-02-08T10:00:00+00:00")}, recorder)
    assert desk.look(reference, recorder).unread() == []


def test_a_field_that_somebody_else_changed_meanwhile_is_not_overwritten(desk, recorder, manager):
    reference = let_in(desk, desk.start(recorder), manager)
    desk.answer(reference, "referral", {"referrer": Answer("School"), "text": Answer("First")}, recorder)
    seen = {
        path: fingerprint(desk.look(reference, recorder).section("referral"), path) for path in ("referrer", "text")
    }
    desk.answer(reference, "referral", {"text": Answer("Hers")}, manager)

    clashes = desk.answer(
        reference, "referral", {"referrer": Answer("Fernlea School"), "text": Answer("His")}, recorder, was=seen
    )

    assert [(clash.path, clash.theirs.value) for clash in clashes] == [("text", "Hers")]
    assert desk.look(reference, recorder).json["referral"] == {"referrer": "Fernlea School", "text": "Hers"}


def test_sending_the_same_answer_again_changes_nothing(desk, recorder):
    reference = desk.start(recorder)
    seen = {"reason": fingerprint(None, "reason")}
    desk.answer(reference, "review", {"reason": Answer("None")}, recorder, was=seen)
    before = desk.look(reference, recorder).counter

    assert desk.answer(reference, "review", {"reason": Answer("None")}, recorder, was=seen) == []
    assert desk.look(reference, recorder).counter == before


def test_a_list_asked_with_none_differs_from_a_list_not_asked(desk, recorder):
    reference = desk.start(recorder)
    assert "dissent" not in desk.look(reference, recorder).json

    desk.ask_none(reference, "dissent/entries", True, recorder)
    assert desk.look(reference, recorder).json["dissent"] == {"entries": []}

    desk.ask_none(reference, "dissent/entries", False, recorder)
    assert "dissent" not in desk.look(reference, recorder).json


def test_local_ids_and_references_are_never_given_twice(desk, recorder):
    reference = desk.start(recorder)
    first, second = (desk.add_row(reference, "adults", recorder) for _ in range(2))
    desk.remove_row(reference, second.id, recorder)
    third = desk.add_row(reference, "adults", recorder)
    assert [row.body["id"] for row in (first, second, third)] == ["a1", "a2", "a3"]

    actions = [desk.add_row(reference, "actions", recorder) for _ in range(2)]
    assert [row.body["ref"] for row in actions] == [f"{reference}-A01", f"{reference}-A02"]


def test_rows_move_up_and_down_and_stop_at_the_ends(desk, recorder):
    reference = desk.start(recorder)
    rows = [desk.add_row(reference, "adults", recorder).id for _ in range(3)]

    desk.move_row(reference, rows[2], -1, recorder)
    desk.move_row(reference, rows[0], -1, recorder)

    assert [row.body["id"] for row in desk.look(reference, recorder).rows("adults")] == ["a1", "a3", "a2"]


def test_a_removed_row_is_put_back_where_it_stood_with_its_number_and_all_that_stood_in_it(desk, recorder, manager):
    reference = let_in(desk, desk.start(recorder), manager)
    rows = [desk.add_row(reference, "actions", recorder).id for _ in range(3)]
    typed = {"text": Answer("Ring the school"), "deadline/due_at": Answer(unread="tomorow 5pm")}
    desk.answer(reference, rows[1], typed, recorder)
    before = desk.look(reference, recorder)

    desk.remove_row(reference, rows[1], recorder)
    assert desk.removed_row(reference, rows[1], recorder).body["text"] == "Ring the school"
    later = desk.add_row(reference, "actions", recorder)
    back = desk.put_back_row(reference, rows[1], manager)

    record = desk.look(reference, recorder)
    assert [row.id for row in record.rows("actions")] == [*rows, later.id]
    assert [row.body["ref"][-3:] for row in record.rows("actions")] == ["A01", "A02", "A03", "A04"]
    as_it_was = before.part(rows[1])
    assert (back.body, back.unread) == (as_it_was.body, {"deadline/due_at": "tomorow 5pm"})
    assert record.part(rows[1]).version > as_it_was.version
    assert desk.history(reference, recorder)[-1].what == "meeting:actions:put back"
    assert desk.removed_row(reference, rows[1], recorder) is None

    counter = record.counter
    assert desk.put_back_row(reference, rows[1], recorder).body == back.body
    assert desk.look(reference, recorder).counter == counter


def test_a_row_is_put_back_after_every_removal_as_it_last_stood(desk, recorder):
    reference = desk.start(recorder)
    row = desk.add_row(reference, "adults", recorder).id
    for name in ("Marek", "Marek Ostrowski-Bell"):
        desk.answer(reference, row, {"name": Answer(name)}, recorder)
        desk.remove_row(reference, row, recorder)
        desk.put_back_row(reference, row, recorder)
        assert desk.look(reference, recorder).part(row).body == {"id": "a1", "name": name}


def test_a_row_is_not_put_back_if_it_never_was_there_or_another_took_its_place(desk, recorder):
    reference = desk.start(recorder)
    desk.answer(reference, "review", {"reason": Answer("None")}, recorder)
    for unknown in ("nonsense", desk.look(reference, recorder).section("review").id):
        with pytest.raises(NoSuchPart):
            desk.put_back_row(reference, unknown, recorder)
    for child in ("c1", "c1"):  # a child may be missing twice
        episode = desk.add_row(reference, "missing/episodes", recorder, {"child": child})
    desk.remove_row(reference, episode.id, recorder)
    assert desk.put_back_row(reference, episode.id, recorder).body == {"child": "c1"}
    first = desk.add_row(reference, "exceptions", recorder, {"rule": "SD-010"})
    desk.remove_row(reference, first.id, recorder)
    desk.add_row(reference, "exceptions", recorder, {"rule": "SD-010"})
    with pytest.raises(Refusal, match="another row has taken its place"):
        desk.put_back_row(reference, first.id, recorder)


def test_a_person_who_is_named_elsewhere_is_not_removed(desk, recorder):
    reference, _ = _import(desk, a_discussion())
    record = desk.look(reference, recorder)
    chair = next(row for row in record.rows("professionals") if row.body["id"] == record.json["meeting"]["chair"])

    with pytest.raises(StillNamed) as refused:
        desk.remove_row(reference, chair.id, recorder)

    assert "Chair" in str(refused.value)
    assert desk.look(reference, recorder).content_sha256 == record.content_sha256


def test_a_row_or_question_that_is_not_there_is_refused(desk, recorder):
    reference = desk.start(recorder)
    for part, path in (("nonsense", "text"), ("meeting", "nonsense"), ("children", "name")):
        with pytest.raises(NoSuchPart):
            desk.answer(reference, part, {path: Answer("x")}, recorder)
    with pytest.raises(NoSuchPart):
        desk.add_row(reference, "meeting", recorder)
    with pytest.raises(NoSuchMeeting):
        desk.look("SD-1999-0001", recorder)


def test_ids_and_references_are_never_typed(desk, recorder):
    reference = desk.start(recorder)
    child = desk.add_row(reference, "children", recorder)
    with pytest.raises(NoSuchPart):
        desk.answer(reference, child.id, {"id": Answer("c9")}, recorder)


# ── Confirming ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def unsigned(desk):
    document = a_discussion()
    document.pop("signoff")
    return _import(desk, document)[0]


def _confirm(desk, reference, by, as_=SignoffAs.CHAIR, **changes):
    record = desk.look(reference, by)
    document = record.document
    who = document.meeting.chair
    if as_ is SignoffAs.POLICE:
        who = next(one.id for one in document.attended() if one.agency == "police")
    given = {
        "professional": who,
        "sha": record.content_sha256,
        **changes,
    }
    desk.confirmed_aloud(reference, as_, given["professional"], given["sha"], by)


def test_chair_and_police_confirm_and_then_the_record_is_finalised(desk, unsigned, recorder):
    assert _rules(desk, unsigned, recorder) == {"SD-081"}

    _confirm(desk, unsigned, recorder)
    _confirm(desk, unsigned, recorder, SignoffAs.POLICE)

    frozen = desk.finalise(unsigned, recorder)
    record = desk.look(unsigned, recorder)
    assert record.status is DocumentStatus.FINAL
    assert record.content_sha256 == frozen == record.json["integrity"]["content_sha256"]
    assert [one["as"] for one in record.json["signoff"]] == ["chair", "police"]
    assert {one["content_sha256"] for one in record.json["signoff"]} == {frozen}
    assert {(one["method"], one["recorded_by"]) for one in record.json["signoff"]} == {("aloud", recorder.name)}


def test_changed_text_voids_a_confirmation(desk, unsigned, recorder):
    _confirm(desk, unsigned, recorder)
    _confirm(desk, unsigned, recorder, SignoffAs.POLICE)

    desk.answer(unsigned, "review", {"reason": Answer("One word more")}, recorder)

    assert [one.valid for one in desk.confirmations(desk.look(unsigned, recorder))] == [False, False]
    assert _rules(desk, unsigned, recorder) == {"SD-081"}


def test_a_confirmation_of_another_text_is_refused(desk, unsigned, recorder):
    with pytest.raises(TextChanged, match="The text was changed since you read it. Read it again, then confirm."):
        _confirm(desk, unsigned, recorder, sha="0" * 64)


@pytest.mark.parametrize(
    ("as_", "changes", "sentence"),
    [
        (SignoffAs.CHAIR, {"professional": "t9"}, "Choose who confirms from the people of this record."),
        (SignoffAs.SENDER, {}, "A draft is confirmed by the chair and by police, or ratified by a manager."),
    ],
)
def test_only_the_right_person_confirms(desk, unsigned, recorder, as_, changes, sentence):
    with pytest.raises(Refusal, match=sentence):
        _confirm(desk, unsigned, recorder, as_, **changes)


# ── Freezing ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_record_with_a_gap_stays_a_draft_and_says_what_is_missing(desk, recorder):
    document = a_discussion()
    document["actions"][0].pop("owner")
    reference, _ = _import(desk, document)

    with pytest.raises(NotReady) as refused:
        desk.finalise(reference, recorder)

    assert "SD-070" in {finding.rule for finding in refused.value.findings}
    assert desk.look(reference, recorder).is_draft


def test_a_final_record_never_changes_again(desk, recorder):
    reference, _ = _import(desk, a_discussion())
    desk.finalise(reference, recorder)
    before = desk.look(reference, recorder)

    with pytest.raises(NotAllowed, match="This record is final and can no longer be changed."):
        desk.answer(reference, "review", {"reason": Answer("later")}, recorder)
    with pytest.raises(NotAllowed):
        desk.finalise(reference, recorder)
    assert desk.look(reference, recorder).json == before.json


def test_the_frozen_version_is_the_canonical_document_with_its_hash(desk, recorder):
    document = a_discussion()
    reference, _ = _import(desk, document)
    frozen = desk.finalise(reference, recorder)

    kept = desk.look(reference, recorder).frozen
    held = json.loads(kept.body)
    assert kept.body == canonical(held)
    assert frozen == content_sha256(document) == content_sha256(held)
    assert held["status"] == "final"
    assert "signoff" not in held


def test_nobody_finalises_twice_over_the_command_line_either(desk):
    reference, _ = _import(desk, a_discussion())
    desk.finalise(reference, administrator())
    with pytest.raises((NoSuchMove, NotAllowed)):
        desk.finalise(reference, administrator())


def test_an_officer_records_nothing(desk, recorder, officer):
    reference = desk.start(recorder)
    with pytest.raises(NotAllowed):
        desk.answer(reference, "review", {"reason": Answer("x")}, officer)
    with pytest.raises(NotAllowed):
        desk.look(reference, officer)


# ── A series of discussions ──────────────────────────────────────────────────────────────────────────────────────


def test_a_reconvened_discussion_carries_people_and_open_actions_over(desk, recorder):
    first, _ = _import(desk, a_discussion())
    desk.finalise(first, recorder)
    earlier = desk.look(first, recorder).json

    second = desk.reconvene(first, recorder)

    record = desk.look(second, recorder)
    assert record.json["previous"]["ref"] == first
    assert record.json["previous"]["content_sha256"] == earlier["integrity"]["content_sha256"]
    assert [one["name"] for one in record.json["children"]] == [one["name"] for one in earlier["children"]]
    assert all("presence" not in one for one in record.json["professionals"])
    assert [one["ref"] for one in record.json["earlier_actions"]] == [one["ref"] for one in earlier["actions"]]
    assert "SD-074" in _rules(desk, second, recorder)
    assert [one.ref for one in record.earlier] == [first]
    new = desk.add_row(second, "professionals", recorder)
    assert new.body["id"] not in {one["id"] for one in earlier["professionals"]}


# ── Importing ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_importing_the_same_document_twice_changes_nothing(desk):
    assert _import(desk, a_discussion())[1] == "created"
    assert _import(desk, a_discussion())[1] == "unchanged"


def test_other_content_under_the_same_id_needs_to_be_asked_for(desk):
    _import(desk, a_discussion())
    other = a_discussion()
    other["review"]["reason"] = "Something else"

    with pytest.raises(Refused, match="use --replace to replace the draft"):
        _import(desk, other)
    reference, happened = _import(desk, other, replace=True)

    assert happened == "replaced"
    assert desk.look(reference, administrator()).json["review"]["reason"] == "Something else"


def test_a_final_record_is_not_replaced(desk, recorder):
    reference, _ = _import(desk, a_discussion())
    desk.finalise(reference, recorder)
    other = a_discussion()
    other["review"]["reason"] = "Something else"
    assert _import(desk, a_discussion())[1] == "unchanged"
    with pytest.raises(Refused, match="a final record is not replaced"):
        _import(desk, other, replace=True)


def test_a_reference_of_another_record_is_refused(desk):
    _import(desk, a_discussion())
    other = a_discussion(id="urn:uuid:0b3c1a52-6f0e-4d1c-9a57-00000000beef")
    with pytest.raises(Refused, match="belongs to another record"):
        _import(desk, other)


def test_a_wrong_hash_is_refused(desk):
    document = a_discussion(integrity={"content_sha256": "0" * 64})
    with pytest.raises(Refused, match="integrity/content_sha256"):
        _import(desk, document)


def test_an_unknown_profile_is_refused(desk):
    with pytest.raises(Refused, match="There is no policy profile ‘atlantis’"):
        _import(desk, a_discussion(profile="atlantis"))


def test_a_document_without_reference_is_given_one(desk):
    document = a_discussion()
    document.pop("ref")
    reference, _ = _import(desk, document)
    assert reference == "SD-2027-0001"


def test_a_blank_reference_or_profile_is_none(desk):
    reference, _ = _import(desk, a_discussion(ref="  ", profile=""))
    record = desk.look(reference, administrator())
    assert (reference, record.profile.id, "profile" in record.json) == ("SD-2027-0001", "england-default", False)
    assert _import(desk, a_discussion(ref="  ", profile=""))[1] == "unchanged"


@pytest.mark.parametrize("ref", ["two\nlines", " SD-1", "/SD-1", "SD-1/", "SD//1", "SD/../1", ".", "x" * 201])
def test_a_reference_that_no_page_could_have_for_its_address_is_refused(desk, ref):
    with pytest.raises(Refused, match="cannot be the reference of a record: use one line of at most 200 characters"):
        _import(desk, a_discussion(ref=ref))
    assert desk.records(administrator()) == []


def test_what_a_record_could_not_keep_apart_or_count_is_refused(desk):
    with pytest.raises(Refused, match="The action urn:uuid:.* occurs twice"):
        _import(desk, a_discussion(actions=[an_action(1), an_action(1)]))
    with pytest.raises(Refused, match="version: 2147483648 is more than a record can count here; 2147483647 is the"):
        _import(desk, a_discussion(version=2**31))


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_discussion_at_the_ends_of_time_and_a_number_as_long_as_a_page_are_kept_as_they_came(desk, moment, recorder):
    document = a_discussion(ref="SD-9")
    document["meeting"] |= {"started_at": moment, "ended_at": moment}
    # Not one that compresses: an index would take that.
    number = "".join(hashlib.sha256(bytes([one])).hexdigest() for one in range(100))
    document["children"][0]["links"] = [{"kind": "la_child_id", "value": number}]
    _import(desk, document)

    assert desk.look("SD-9", recorder).json["meeting"]["started_at"] == moment
    assert desk.look("SD-9", recorder).json["children"][0]["links"][0]["value"] == number
    assert [one.reference for one in desk.records(recorder)] == ["SD-9"]


@pytest.mark.parametrize("scenario", ["O1", "O2", "O3", "O4"])
def test_each_scenario_goes_from_document_to_final_record_with_its_hash(desk, clock, scenario):
    expected = json.loads((SCENARIOS / scenario / "expected.json").read_text())
    for meeting in expected["meetings"]:
        clock.set(meeting["now"])
        raw = (SCENARIOS / scenario / meeting["file"]).read_bytes()
        reference, _ = desk.import_document(raw, administrator())
        assert desk.finalise(reference, administrator()) == meeting["content_sha256"]
        record = desk.look(reference, administrator())
        given = json.loads(raw)
        assert {**record.json, "integrity": None} == {**given, "integrity": None}
        assert all(one.elsewhere for one in desk.confirmations(record))


# ── History ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_change_leaves_a_line_with_its_author_and_the_chain_holds(desk, recorder, manager):
    reference = let_in(desk, desk.start(recorder), manager)
    desk.answer(reference, "review", {"reason": Answer("x")}, manager)
    lines = desk.store.lines_of(reference)

    assert [(line.who, line.what) for line, _ in lines] == [
        (recorder.name, "meeting:record:started"),
        (manager.name, "meeting:review:recorded"),
    ]
    assert is_unbroken(lines)
    line, kept = lines[0]
    assert not is_unbroken([(replace(line, who="Somebody"), kept), lines[1]])
    assert not is_unbroken(lines[1:])
    assert isinstance(line, Line)


def test_a_line_changed_in_the_database_breaks_the_chain(desk, recorder):
    reference = desk.start(recorder)
    desk.answer(reference, "review", {"reason": Answer("x")}, recorder)
    with desk.store.writing() as connection:
        connection.execute(sa.update(history).where(history.c.number == 1).values(who="Nobody"))
    assert not is_unbroken(desk.store.lines_of(reference))


def test_sign_in_needs_the_right_password(desk, recorder):
    desk.keep_account(recorder, "correct horse")
    assert desk.sign_in(recorder.login, "correct horse") == recorder
    assert desk.sign_in(recorder.login, "wrong") is None
    assert desk.sign_in("nobody", "wrong") is None
    assert desk.sign_in("administrator", "") is None


def test_a_session_ends_when_it_is_not_used(desk, clock, recorder):
    desk.sessions.write("token", recorder.id, {"a": 1})
    assert desk.sessions.read("token").account == recorder
    assert desk.sessions.read("another") is None
    clock.set("2027-02-04T00:30:00+00:00")
    assert desk.sessions.read("token") is None


def test_a_section_of_which_the_last_answer_is_cleared_counts_as_not_asked(desk, recorder):
    reference = desk.start(recorder)
    desk.answer(reference, "fii", {"text": Answer("Asked")}, recorder)
    assert "fii" in desk.look(reference, recorder).json
    desk.answer(reference, "fii", {"text": Answer()}, recorder)
    assert "fii" not in desk.look(reference, recorder).json


def test_a_second_record_of_the_same_children_on_the_same_day_offers_the_first(desk, recorder):
    first, _ = _import(desk, a_discussion())
    other = a_discussion(id="urn:uuid:0b3c1a52-6f0e-4d1c-9a57-00000000beef", ref="SD-2027-0999")
    second, _ = _import(desk, other)

    record = desk.look(second, recorder)
    assert [one.ref for one in record.same_day] == [first]
    assert "SD-085" in {finding.rule for finding in desk.findings(record)}

    desk.answer(second, "meeting", {"started_at": Answer("2027-02-02T10:00:00+00:00")}, recorder)
    record = desk.look(second, recorder)
    assert record.same_day == []
    assert "SD-085" not in {finding.rule for finding in desk.findings(record)}


def test_the_migrations_make_the_tables_that_the_store_knows(store):
    with store.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    assert differences == []
