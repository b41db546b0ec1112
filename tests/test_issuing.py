"""The life of a briefing: from the discussion, approved by another, issued, read, renewed, stood down, expired."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, datetime

import pytest

from exports.commands import copy_of
from meetings.briefing_facts import BECOMES, Stage, issued_as, owed, police_protection_for
from meetings.contract import build_document
from meetings.desk import Answer, administrator
from meetings.drafts import Refusal
from meetings.issuing import Issuing
from meetings.outgoing import exportable
from meetings.people import NotAllowed, Role
from meetings.record import Record
from meetings.stages import NoSuchMove, NotReady
from meetings.store import NoSuchMeeting
from meetings.versions import Versions
from tests.accounts import signed_up
from tests.conftest import SCENARIOS
from tests.makers import let_in
from tests.test_briefing_scenarios import read

NAME = "CLC-IIM-2031-0107"


@pytest.fixture
def issuing(desk):
    return Issuing(desk)


@pytest.fixture
def officer(officer):
    """A constable of the force whose shift the example goes to."""
    return replace(officer, organisation="Calderwick Constabulary")


@pytest.fixture
def discussion(desk, clock, manager):
    clock.set(json.loads((SCENARIOS / "O1" / "expected.json").read_text())["meetings"][0]["now"])
    made, _ = desk.import_document((SCENARIOS / "O1" / "meeting-1.json").read_bytes(), administrator())
    return let_in(desk, made, manager)


@pytest.fixture
def draft(desk, clock, recorder, manager):
    """A complete briefing that waits for approval."""
    clock.set(read(NAME, ".expected")["now"])
    document = {**read(NAME), "status": "draft"}
    for name in ("signoff", "integrity"):
        document.pop(name, None)
    return let_in(desk, desk.import_document(json.dumps(document).encode(), administrator())[0], manager)


@pytest.fixture
def wren(desk, draft, manager):
    """The account of the sergeant of the example."""
    return signed_up(desk.store, desk.look(draft, manager).document, "p2")


@pytest.fixture
def reader(desk, manager):
    """Return the account of a recipient, or of the supervisor of a shift or post."""

    def reader(reference, local_id):
        document = desk.look(reference, manager).document
        one = document.professional(local_id)
        name = one.name if one.kind is None else f"Supervisor of {one.name}"
        return signed_up(desk.store, document, local_id, name=name)

    return reader


@pytest.fixture
def approve(desk, issuing, wren):
    """Approve as the sergeant of the example, who read the open version."""

    def approve(reference, **more):
        sha = desk.look(reference, wren).content_sha256
        said = {"open_version_read": True, **more}
        return issuing.approve(reference, "p2", "DS Wren Ottershaw", sha, wren, **said)

    return approve


@pytest.fixture
def issued(issuing, draft, manager, approve):
    approve(draft)
    issuing.issue(draft, manager)
    return draft


def test_whoever_wrote_it_does_not_approve_it_and_a_constable_does_not_either(
    desk, issuing, draft, recorder, manager, wren
):
    sha = desk.look(draft, recorder).content_sha256
    with pytest.raises(Refusal, match="Whoever wrote a briefing does not approve it"):
        issuing.approve(draft, "p1", "PCLO Bashir Lomond", sha, manager)
    with pytest.raises(Refusal, match="Only a supervisor approves"):
        issuing.approve(draft, "p3", "PC Anneliese Dray", sha, manager)
    with pytest.raises(Refusal, match="Choose who it is from the people of this briefing."):
        issuing.approve(draft, "p99", "", sha, manager)
    with pytest.raises(NotAllowed, match="DS Wren Ottershaw signs with their own account, and you are Imelda"):
        issuing.approve(draft, "p2", "DS Wren Ottershaw", sha, manager)
    with pytest.raises(Refusal, match="Type your full name as it stands in the record: DS Wren Ottershaw."):
        issuing.approve(draft, "p2", "Somebody", sha, wren)


def test_the_account_that_started_it_does_not_approve_it(desk, issuing, discussion, manager):
    reference = issuing.start(discussion, manager)
    record = desk.look(reference, manager)
    with pytest.raises(Refusal, match="Ask a supervisor who did not"):
        sergeant = next(one for one in record.document.professionals if one.grade == "DS")
        issuing.approve(reference, sergeant.id, sergeant.name, record.content_sha256, manager)


def test_whoever_opened_a_version_to_change_it_does_not_approve_it(desk, issuing, issued, wren, recorder):
    Versions(desk).reopen(issued, "Seen at the hospital", wren)
    sha = desk.look(issued, recorder).content_sha256
    said = "Whoever opened this version to change it does not approve it. Ask another supervisor."
    with pytest.raises(Refusal, match=re.escape(said)):
        issuing.approve(issued, "p2", "DS Wren Ottershaw", sha, wren, open_version_read=True)
    assert desk.look(issued, recorder).is_draft


def test_approving_leaves_out_only_the_rule_that_asks_for_it(desk, draft, recorder, manager, approve):
    blocks = {one.rule for one in desk.findings(desk.look(draft, recorder)) if one.stops_finalising}
    assert blocks == {"IIM-HDR-04"}
    desk.answer(draft, "intention", {"primary": Answer()}, recorder)
    with pytest.raises(NotReady) as refused:
        approve(draft)
    assert {one.rule for one in refused.value.findings} == {"IIM-INT-01"}
    assert desk.look(draft, manager).is_draft


def test_it_is_approved_issued_read_by_each_and_then_acknowledged(
    desk, issuing, draft, manager, officer, approve, reader
):
    sha = approve(draft)
    assert issuing.stage(desk.look(draft, manager)) is Stage.APPROVED
    with pytest.raises(Refusal, match="APPROVED"):
        issuing.acknowledge(draft, "p3", sha, manager)
    issuing.issue(draft, manager)
    record = desk.look(draft, manager)
    assert issuing.stage(record) is Stage.ISSUED
    for one in record.document.circulation:
        issuing.acknowledge(draft, one.to, sha, reader(draft, one.to))
    assert issuing.stage(desk.look(draft, manager)) is Stage.ACKNOWLEDGED
    with pytest.raises(Refusal, match="cannot be issued"):
        issuing.issue(draft, manager)


def test_for_a_group_only_a_supervisor_says_that_it_was_read(issuing, desk, issued, manager):
    sha = desk.look(issued, manager).content_sha256
    document = desk.look(issued, manager).document
    constable = signed_up(desk.store, document, "p7", Role.OFFICER, name="PC Idris Vale", grade="PC")
    with pytest.raises(NotAllowed, match="a supervisor says at handover that it was read, by an account of their own."):
        issuing.acknowledge(issued, "p7", sha, constable)
    sergeant = signed_up(desk.store, document, "p7", Role.OFFICER, name="Sergeant Vale", grade="PS")
    issuing.acknowledge(issued, "p7", sha, sergeant)
    (read_it,) = (one for one in desk.look(issued, manager).json["signoff"] if one["as"] == "recipient")
    assert (read_it["by"], read_it["method"], read_it["recorded_by"]) == ("p7", "account", "Sergeant Vale")
    with pytest.raises(Refusal, match="from the recipients"):
        issuing.acknowledge(issued, "p6", sha, manager)


def test_an_expired_briefing_takes_no_acknowledgement(desk, issuing, issued, clock, manager):
    sha = desk.look(issued, manager).content_sha256
    clock.set("2031-03-18T13:00:01+00:00")
    assert issuing.stage(desk.look(issued, manager)) is Stage.EXPIRED
    with pytest.raises(Refusal, match="EXPIRED"):
        issuing.acknowledge(issued, "p3", sha, manager)


def test_a_new_version_supersedes_the_old_one_which_stays_readable(desk, issuing, issued, recorder, manager, approve):
    first = desk.look(issued, manager).content_sha256
    Versions(desk).reopen(issued, "Seen at the hospital", recorder)
    second = desk.look(issued, recorder)
    assert (second.version, second.is_draft) == (2, True)
    assert second.json["supersedes"] == {"version": 1, "content_sha256": first, "text": "Seen at the hospital"}
    assert issuing.stage(issuing.live_version(issued, manager)) is Stage.ISSUED, "until the new one is approved"

    approve(issued)
    live = issuing.live_version(issued, manager)
    assert (live.version, issuing.stage(live)) == (1, Stage.ISSUED), "and until it is issued"
    issuing.issue(issued, manager)
    assert issuing.live_version(issued, manager).version == 2
    old = desk.look(issued, manager, 1)
    assert old.content_sha256 == first
    assert issuing.stage(old) is Stage.SUPERSEDED


def test_it_is_stood_down_with_a_reason_in_a_last_version(desk, issuing, issued, manager, recorder, officer):
    with pytest.raises(Refusal, match="Say why it is stood down: found safe, plan ended"):
        Versions(desk).withdraw(issued, "  ", manager)
    with pytest.raises(NotAllowed):
        Versions(desk).withdraw(issued, "Found safe", officer)
    Versions(desk).withdraw(issued, "Found safe", manager)
    record = desk.look(issued, manager)
    assert (record.version, str(record.status)) == (2, "withdrawn")
    assert record.json["supersedes"]["text"] == "Found safe"
    assert issuing.stage(record) is Stage.STOOD_DOWN
    with pytest.raises(NoSuchMove, match="This record is withdrawn or stood down: ‘Stand this briefing down’ is not"):
        Versions(desk).withdraw(issued, "Again", manager)


# ── Reviewed, urgent, born ───────────────────────────────────────────────────────────────────────────────────────


def at(text):
    return datetime.fromisoformat(text)


def test_reviewed_unchanged_is_one_step_to_a_new_version_with_a_new_review_time(
    desk, issuing, issued, clock, officer, manager, wren, reader
):
    first = desk.look(issued, manager)
    clock.set("2031-03-12T12:00:00+00:00")
    issuing.review(issued, "p2", "DS Wren Ottershaw", at("2031-03-13T12:00:00+00:00"), wren)
    live = issuing.live_version(issued, officer)
    assert (live.version, issuing.stage(live)) == (2, Stage.REVIEWED)
    document = live.json
    assert document["supersedes"] == {
        "version": 1,
        "content_sha256": first.content_sha256,
        "text": "Reviewed, unchanged",
    }
    assert document["validity"]["review_at"] == "2031-03-13T12:00:00+00:00"
    assert document["validity"]["until"] == first.json["validity"]["until"]
    assert {entry["acknowledge_by"] for entry in document["circulation"]} == {"2031-03-13T12:00:00+00:00"}
    signed = [(one["as"], one["by"], one["at"], one["content_sha256"]) for one in document["signoff"]]
    assert signed == [(as_, "p2", "2031-03-12T12:00:00+00:00", live.content_sha256) for as_ in ("approver", "sender")]
    others = ("supersedes", "validity", "circulation", "signoff", "integrity", "version")
    assert {name: value for name, value in document.items() if name not in others} == {
        name: value for name, value in first.json.items() if name not in others
    }
    assert issuing.stage(desk.look(issued, manager, 1)) is Stage.SUPERSEDED
    issuing.acknowledge(issued, "p8", live.content_sha256, reader(issued, "p8"))


def test_a_review_is_refused_by_whoever_wrote_it_for_the_past_and_of_what_is_not_in_force(
    desk, issuing, issued, clock, manager, recorder, officer, wren
):
    later = at("2031-03-13T12:00:00+00:00")
    with pytest.raises(Refusal, match="Whoever wrote"):
        issuing.review(issued, "p1", "PCLO Bashir Lomond", later, manager)
    with pytest.raises(Refusal, match="account of a supervisor"):
        issuing.review(issued, "p2", "DS Wren Ottershaw", later, recorder)
    with pytest.raises(NotAllowed):
        issuing.review(issued, "p2", "DS Wren Ottershaw", later, officer)
    with pytest.raises(Refusal, match="time in the future"):
        issuing.review(issued, "p2", "DS Wren Ottershaw", at("2031-03-11T12:59:00+00:00"), wren)
    clock.set("2031-03-19T12:00:00+00:00")
    with pytest.raises(Refusal, match="expired cannot be reviewed"):
        issuing.review(issued, "p2", "DS Wren Ottershaw", at("2031-03-20T12:00:00+00:00"), wren)
    assert desk.look(issued, manager).version == 1


def test_a_review_beyond_its_end_needs_a_new_end_and_keeps_every_rule(desk, issuing, issued, clock, manager, wren):
    clock.set("2031-03-17T12:00:00+00:00")
    issuing.review(issued, "p2", "DS Wren Ottershaw", at("2031-03-19T12:00:00+00:00"), wren)
    assert desk.look(issued, manager).document.validity.until == at("2031-03-19T12:00:00+00:00")


def test_in_force_for_longer_than_usual_takes_the_approvers_reason(desk, draft, approve, recorder):
    desk.answer(draft, "validity", {"until": Answer("2031-03-25T13:00:00+00:00")}, recorder)
    with pytest.raises(Refusal, match="longer than 7 days: the approver says why"):
        approve(draft)
    sha = approve(draft, longer="Until the family court hears it")
    record = desk.look(draft, recorder)
    assert record.content_sha256 == sha, "the approval is of the text with the reason in it"
    (entry,) = record.document.exceptions
    assert (entry.rule, entry.reason, entry.by, entry.grade) == (
        "IIM-HDR-09",
        "Until the family court hears it",
        "p2",
        "DS",
    )
    assert "IIM-HDR-09" not in {one.rule for one in desk.findings(record) if str(one.level) == "warn"}


def test_the_open_version_is_read_by_a_person_before_approval(desk, draft, approve, recorder):
    with pytest.raises(Refusal, match="Read the open version first"):
        approve(draft, open_version_read=False)
    approve(draft)
    (line,) = (one for one in desk.history(draft, recorder) if one.what == "meeting:record:approved")
    assert line.detail["open_version_read"] is True


def test_only_the_account_of_a_supervisor_approves(desk, issuing, draft, recorder):
    sha = desk.look(draft, recorder).content_sha256
    with pytest.raises(Refusal, match="account of a supervisor"):
        issuing.approve(draft, "p2", "DS Wren Ottershaw", sha, recorder, open_version_read=True)


def test_what_waits_in_urgent_mode_is_owed_after_four_hours_and_shown_until_it_is_complete(
    desk, issuing, draft, approve, recorder, manager
):
    desk.answer(draft, "validity", {"urgent/reason": Answer("Child at risk tonight")}, recorder)
    assert desk.look(draft, recorder).json["validity"]["urgent"]["complete_by"] == "2031-03-11T17:00:00+00:00"
    record = desk.look(draft, recorder)
    assert owed(record.document, record.profile) == [], "it is complete: nothing is owed and no banner is shown"
    desk.answer(draft, "method", {"lead": Answer(), "if_refused_entry": Answer()}, recorder)
    approve(draft)
    issuing.issue(draft, manager)
    record = desk.look(draft, recorder)
    assert [one.rule for one in owed(record.document, record.profile)] == ["IIM-MET-01", "IIM-MET-03"]
    source = exportable(record)
    assert any(one.startswith("URGENT") for one in copy_of(source, "full").warnings)


def test_an_urgent_issue_says_why(desk, draft, approve, recorder):
    desk.answer(draft, "validity", {"urgent/complete_by": Answer("2031-03-11T17:00:00+00:00")}, recorder)
    with pytest.raises(Refusal, match="Say why it cannot wait"):
        approve(draft)


@pytest.fixture
def unborn(desk, clock):
    """An issued briefing about an unborn baby, past the due date."""
    name = "NMP-IIM-2031-0042"
    clock.set(read(name, ".expected")["now"])
    reference, _ = desk.import_document(json.dumps(read(name)).encode(), administrator())
    desk.finalise(reference, administrator())
    Issuing(desk).issue(reference, administrator())
    return reference


def test_at_birth_the_unborn_subject_closes_and_a_child_opens_in_a_new_version(
    desk, issuing, unborn, recorder, officer
):
    with pytest.raises(Refusal, match="no unborn child"):
        issuing.born(unborn, "S2", date(2031, 9, 16), recorder)
    with pytest.raises(Refusal, match="has not come yet"):
        issuing.born(unborn, "S1", date(2031, 9, 17), recorder)
    assert desk.look(unborn, recorder).version == 1
    issuing.born(unborn, "S1", date(2031, 9, 16), recorder, "Marek VENNICK")
    record = desk.look(unborn, recorder)
    (child,) = record.document.children
    assert (record.version, record.is_draft) == (2, True)
    assert (str(child.kind), child.born_on, child.due_on, child.name) == (
        "born",
        date(2031, 9, 16),
        None,
        "Marek VENNICK",
    )
    assert child.sex is None, "it is asked anew"
    s46 = [one for one in record.document.method.powers if one.provision.startswith("s46")]
    assert [one.usable_now for one in s46] == [True], "what said “not before birth” is gone"
    assert "born" in record.document.risk_assessment.risks[-1].text
    assert {"IIM-RSK-02"} <= {one.rule for one in desk.findings(record)}, "the new risk waits to be assessed"
    live = issuing.live_version(unborn, officer)
    assert (live.version, str(live.document.children[0].kind)) == (1, "unborn"), "officers keep the old one until then"
    with pytest.raises(Refusal, match="no unborn child"):
        issuing.born(unborn, "S1", date(2031, 9, 16), recorder)


def test_at_birth_a_power_is_offered_where_none_was_usable_and_a_twin_stays_unborn(desk, issuing, discussion, recorder):
    reference = issuing.start(discussion, recorder)
    desk.add_row(reference, "children", recorder, {"kind": "unborn", "name": "Twin", "mother": "a1"})
    power = {"instrument": "Children Act 1989", "provision": "s46", "usable_now": False}
    desk.add_row(reference, "method/powers", recorder, power)
    issuing.born(reference, "c1", date(2026, 12, 2), recorder)
    powers = desk.look(reference, recorder).document.method.powers
    assert [one.usable_now for one in powers] == [False, True]
    assert "72 hours" in powers[1].limits


def test_section_46_is_spoken_of_for_each_subject_and_only_where_it_is_the_law(unborn, desk, recorder):
    document = desk.look(unborn, recorder).document
    day = date(2031, 9, 16)
    assert [(one.name, one.usable) for one in police_protection_for(document, day)] == [
        ("Baby VENNICK (unborn)", False)
    ]
    document.adults[0].born_on = date(2013, 9, 17)
    assert [one.usable for one in police_protection_for(document, day)] == [False, True], (
        "a mother of 17 is a child too"
    )
    document.adults[0].born_on = date(2013, 9, 16)
    assert [one.usable for one in police_protection_for(document, day)] == [False]
    assert police_protection_for(document, day, "Scotland") == []
    assert [one.usable for one in police_protection_for(document, None)] == [False]


def test_a_briefing_that_no_discussion_was_held_for_begins_with_the_times_of_the_profile(
    desk, issuing, recorder, clock
):
    clock.set("2031-03-11T13:00:00+00:00")
    record = desk.look(issuing.start_alone(recorder, "london"), recorder)
    document = record.document
    assert (record.profile.id, document.marking.sensitive, document.marking.family_may_have) == ("london", True, False)
    assert document.validity.from_ == at("2031-03-11T13:00:00+00:00")
    assert document.validity.until == at("2031-03-18T13:00:00+00:00")
    assert document.validity.review_at == at("2031-03-12T13:00:00+00:00")
    assert document.professional(document.provenance.recorded_by).name == recorder.name


def test_every_stage_has_its_row_in_the_one_table_of_moves():
    assert set(BECOMES) == set(Stage)
    assert all(not BECOMES[one] <= {Stage.DRAFT} or one.is_over for one in Stage)
    reached, waiting = set(), {Stage.DRAFT}
    while waiting:
        stage = waiting.pop()
        reached.add(stage)
        waiting |= BECOMES[stage] - reached
    assert reached == set(Stage)


# ── Finding, reading late, sightings ─────────────────────────────────────────────────────────────────────────────


def test_an_officer_finds_the_live_briefing_by_name_address_and_telephone(issuing, issued, officer):
    for typed in ("arransmore", "Kitt Aransmoor", "lathe street", "ZZ992EF", "07700 900222", "CLC-MP-31-0912"):
        assert [one.reference for one in issuing.find(typed, officer)] == [issued], typed
    assert issuing.find("nobody at all", officer) == []


def test_a_sighting_alerts_whoever_wrote_and_approved_it_until_somebody_takes_it_up(
    issuing, issued, officer, manager, wren
):
    with pytest.raises(Refusal, match="Say whom you saw"):
        issuing.report_sighting(issued, " ", "", officer)
    issuing.report_sighting(issued, "Kit awake, in the garden", "27 Cooper Mews", officer)
    (seen,) = issuing.sightings(issued)
    assert (seen.text, seen.place, seen.who) == ("Kit awake, in the garden", "27 Cooper Mews", officer.name)
    assert [one.text for one in issuing.reported(wren)] == ["Kit awake, in the garden"]
    assert issuing.reported(officer) == []
    issuing.take_up(issued, seen.id, manager)
    assert issuing.reported(wren) == []
    assert issuing.sightings(issued)[0].taken_up_by == manager.name


def test_nothing_is_seen_on_a_draft(issuing, draft, officer):
    with pytest.raises(NoSuchMeeting):
        issuing.report_sighting(draft, "Kit", "", officer)


def test_reasons_copied_word_for_word_from_another_briefing_are_pointed_out(desk, issuing, issued, clock, recorder):
    other = {**read("CLC-IIM-2031-0133"), "status": "draft"}
    reasons = ("proportionate", "legal", "accountable", "necessary")
    other["human_rights"] = {**other["human_rights"], **{name: read(NAME)["human_rights"][name] for name in reasons}}
    reference, _ = desk.import_document(json.dumps(other).encode(), administrator())
    assert "IIM-HUM-06" in {one.rule for one in desk.findings(desk.look(reference, recorder))}
    assert "IIM-HUM-06" not in {one.rule for one in desk.findings(desk.look(issued, recorder))}


def test_a_late_reader_is_shown_to_whoever_wrote_and_approved_it(issuing, issued, clock, wren, sergeant):
    assert issuing.not_read_in_time(wren) == []
    clock.set("2031-03-12T13:00:00+00:00")
    assert [one.reference for one in issuing.not_read_in_time(wren)] == [issued], "who approved it"
    assert issuing.not_read_in_time(sergeant) == [], "somebody else's briefing"
    clock.set("2031-03-18T13:00:01+00:00")
    assert issuing.not_read_in_time(wren) == [], "it has run out"


def test_a_late_reader_is_shown_to_its_owner(desk, issuing, discussion, recorder, clock, manager, sergeant):
    reference = issuing.start(discussion, recorder)
    with desk.store.open(reference, recorder, desk.now()) as kept:
        record = Record(kept, ())
        one = {**record.json, **{name: read(NAME)[name] for name in ("circulation", "professionals", "validity")}}
        one["signoff"] = [{"as": "approver", "by": "p2"}, {"as": "sender", "by": "p1"}]
        kept.issued = replace(issued_as(build_document({**one, "status": "final"})), owner_id=recorder.id)
        kept.note("meeting:record:issued")
    clock.set("2031-03-12T13:00:00+00:00")
    assert [found.reference for found in issuing.not_read_in_time(recorder)] == [reference]


def test_a_recipient_still_reads_the_live_version_while_the_next_one_is_written(
    desk, issuing, issued, recorder, officer, manager, reader
):
    sha = desk.look(issued, manager).content_sha256
    Versions(desk).reopen(issued, "Door code", recorder)
    issuing.acknowledge(issued, "p8", sha, reader(issued, "p8"))
    issuing.acknowledge(issued, "p8", sha, reader(issued, "p8"))
    live = issuing.live_version(issued, officer)
    read_it = [one for one in live.document.signoff if str(one.as_) == "recipient"]
    assert [(live.version, one.by) for one in read_it] == [(1, "p8")], "once, however often it is pressed"
    assert desk.look(issued, recorder).document.signoff is None, "the draft has none"


def test_an_officer_sees_no_draft_and_nothing_that_is_not_issued(issuing, draft, officer, manager, approve):
    for typed in ("arransmore", "lathe street", draft):
        assert issuing.find(typed, officer) == []
    approve(draft)
    assert issuing.find("arransmore", officer) == []
    with pytest.raises(NoSuchMeeting):
        issuing.live_version(draft, officer)
    assert issuing.stage(issuing.live_version(draft, manager)) is Stage.APPROVED, "shown to whoever may see the record"
    issuing.issue(draft, manager)
    assert [one.reference for one in issuing.find("arransmore", officer)] == [draft]


def test_what_a_draft_changes_is_not_shown_or_found_before_it_is_issued(desk, issuing, issued, recorder, officer):
    Versions(desk).reopen(issued, "Name", recorder)
    desk.answer(issued, "briefing", {"title": Answer("Kit has been found at the Old Mill")}, recorder)
    assert [one.title for one in issuing.find("arransmore", officer)] == [read(NAME)["title"]]


def test_a_supervisor_is_shown_what_waits_for_the_shift(issuing, issued, sergeant, officer, desk):
    inspector = replace(sergeant, organisation="Calderwick Constabulary")
    constable = replace(officer, organisation="Calderwick Constabulary")
    assert [one.reference for one in issuing.to_read(inspector)] == [issued]
    assert issuing.to_read(constable) == []
    assert [one.reference for one in issuing.to_read(replace(officer, name="response b and C, northside"))] == [issued]


def test_the_score_of_a_risk_follows_from_likelihood_and_impact(desk, issuing, draft, recorder):
    risk = desk.look(draft, recorder).rows("risk_assessment/risks")[0]
    desk.answer(draft, risk.id, {"likelihood": Answer(5), "impact": Answer(4)}, recorder)
    assert desk.look(draft, recorder).rows("risk_assessment/risks")[0].body["score"] == 20


def test_a_briefing_is_not_reconvened_and_says_what_is_done_instead(desk, issued, manager):
    with pytest.raises(Refusal, match="A briefing is not reconvened. Review it, or open a correction"):
        desk.reconvene(issued, manager)
