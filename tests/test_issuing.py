"""The life of a briefing: from the discussion, approved by another, issued, read, renewed, stood down, expired."""

from __future__ import annotations

import json

import pytest

from meetings.briefing_facts import Stage
from meetings.desk import Answer, administrator
from meetings.drafts import Refusal
from meetings.issuing import Issuing
from meetings.people import NotAllowed
from meetings.stages import NoSuchMove, NotReady
from meetings.versions import Versions
from tests.conftest import SCENARIOS
from tests.test_briefing_scenarios import read

NAME = "CLC-IIM-2031-0107"


@pytest.fixture
def issuing(desk):
    return Issuing(desk)


@pytest.fixture
def discussion(desk, clock):
    clock.set(json.loads((SCENARIOS / "O1" / "expected.json").read_text())["meetings"][0]["now"])
    return desk.import_document((SCENARIOS / "O1" / "meeting-1.json").read_bytes(), administrator())[0]


@pytest.fixture
def draft(desk, clock, recorder):
    """A complete briefing that waits for approval."""
    clock.set(read(NAME, ".expected")["now"])
    document = {**read(NAME), "status": "draft"}
    for name in ("signoff", "integrity"):
        document.pop(name, None)
    return desk.import_document(json.dumps(document).encode(), administrator())[0]


@pytest.fixture
def issued(desk, issuing, draft, manager):
    sha = desk.look(draft, manager).content_sha256
    issuing.approve(draft, "p2", "DS Wren Ottershaw", sha, manager)
    issuing.issue(draft, manager)
    return draft


def test_a_briefing_takes_over_what_the_discussion_knows_and_remembers_from_where(desk, issuing, discussion, recorder):
    source = desk.look(discussion, recorder)
    reference = issuing.start(discussion, recorder)
    record = desk.look(reference, recorder)
    document = record.document

    assert reference.startswith("IIM-2026-")
    assert document.source.ref == discussion
    assert [one.name for one in document.children] == [one.name for one in source.document.subjects]
    assert [one.name for one in document.adults] == [one.name for one in source.document.adults]
    assert document.missing.level == source.document.missing.level
    assert document.information.why_now == source.document.referral.text
    assert document.risk_assessment.risks[0].threat == source.document.outcomes[0].analysis
    assert document.communications.do_not_disclose == source.document.criminal_investigation.do_not_disclose
    assert all(one.ref.startswith(f"{reference}-A") for one in document.actions)
    child = record.rows("children")[0]
    assert child.origin["ref"] == discussion
    assert child.origin["pointer"] == "/children/c1"
    assert "origin" not in json.dumps(record.json)


def test_nothing_restricted_crosses_unless_it_is_chosen(desk, issuing, discussion, recorder):
    items = issuing.restricted(discussion, recorder)
    assert items
    without = json.dumps(desk.look(issuing.start(discussion, recorder), recorder).json, ensure_ascii=False)
    for item in items:
        assert item.words not in without
    chosen = issuing.start(discussion, recorder, {items[0].pointer})
    assert items[0].words in json.dumps(desk.look(chosen, recorder).json, ensure_ascii=False)


def test_the_briefing_goes_amber_and_says_which_line_when_its_source_changes(desk, issuing, discussion, recorder):
    reference = issuing.start(discussion, recorder)
    assert issuing.changed_since(desk.look(reference, recorder)) == []
    adult = desk.look(discussion, recorder).rows("adults")[0]
    desk.answer(discussion, adult.id, {"last_seen_at": Answer("2026-12-03T09:00:00+00:00")}, recorder)
    (changed,) = issuing.changed_since(desk.look(reference, recorder))
    assert (changed.part, changed.pointer, changed.gone) == ("adults", "/adults/a1", False)


def test_whoever_wrote_it_does_not_approve_it_and_a_constable_does_not_either(desk, issuing, draft, recorder, manager):
    sha = desk.look(draft, recorder).content_sha256
    with pytest.raises(Refusal, match="Whoever wrote a briefing does not approve it"):
        issuing.approve(draft, "p1", "PCLO Bashir Lomond", sha, manager)
    with pytest.raises(Refusal, match="Only a supervisor approves"):
        issuing.approve(draft, "p3", "PC Anneliese Dray", sha, manager)
    with pytest.raises(Refusal, match="Type the name as it stands"):
        issuing.approve(draft, "p2", "Somebody", sha, manager)


def test_the_account_that_started_it_does_not_approve_it(desk, issuing, discussion, manager):
    reference = issuing.start(discussion, manager)
    record = desk.look(reference, manager)
    with pytest.raises(Refusal, match="Ask a supervisor who did not"):
        sergeant = next(one for one in record.document.professionals if one.grade == "DS")
        issuing.approve(reference, sergeant.id, sergeant.name, record.content_sha256, manager)


def test_approving_leaves_out_only_the_rule_that_asks_for_it(desk, issuing, draft, recorder, manager):
    blocks = {one.rule for one in desk.findings(desk.look(draft, recorder)) if one.stops_finalising}
    assert blocks == {"IIM-HDR-04"}
    desk.answer(draft, "intention", {"primary": Answer()}, recorder)
    with pytest.raises(NotReady) as refused:
        issuing.approve(draft, "p2", "DS Wren Ottershaw", desk.look(draft, manager).content_sha256, manager)
    assert {one.rule for one in refused.value.findings} == {"IIM-INT-01"}
    assert desk.look(draft, manager).is_draft


def test_it_is_approved_issued_read_by_each_and_then_acknowledged(desk, issuing, draft, manager, officer):
    sha = desk.look(draft, manager).content_sha256
    issuing.approve(draft, "p2", "DS Wren Ottershaw", sha, manager)
    assert issuing.stage(desk.look(draft, manager)) is Stage.APPROVED
    with pytest.raises(Refusal, match="APPROVED"):
        issuing.acknowledge(draft, "p3", "PC Anneliese Dray", sha, officer)
    issuing.issue(draft, manager)
    record = desk.look(draft, manager)
    assert issuing.stage(record) is Stage.ISSUED
    for one in record.document.circulation:
        person = record.document.professional(one.to)
        issuing.acknowledge(draft, one.to, person.name, sha, manager)
    assert issuing.stage(desk.look(draft, manager)) is Stage.ACKNOWLEDGED
    with pytest.raises(Refusal, match="cannot be issued"):
        issuing.issue(draft, manager)


def test_for_a_group_only_a_supervisor_says_that_it_was_read(issuing, desk, issued, officer, manager):
    sha = desk.look(issued, manager).content_sha256
    with pytest.raises(Refusal, match="supervisor says at handover"):
        issuing.acknowledge(issued, "p7", "PC Idris Vale", sha, officer)
    issuing.acknowledge(issued, "p7", "Sergeant Vale", sha, manager)
    with pytest.raises(Refusal, match="from the recipients"):
        issuing.acknowledge(issued, "p6", "Sunniva Harrop", sha, manager)


def test_an_expired_briefing_takes_no_acknowledgement(desk, issuing, issued, clock, manager):
    sha = desk.look(issued, manager).content_sha256
    clock.set("2031-03-18T13:00:01+00:00")
    assert issuing.stage(desk.look(issued, manager)) is Stage.EXPIRED
    with pytest.raises(Refusal, match="EXPIRED"):
        issuing.acknowledge(issued, "p3", "PC Anneliese Dray", sha, manager)


def test_a_new_version_supersedes_the_old_one_which_stays_readable(desk, issuing, issued, recorder, manager):
    first = desk.look(issued, manager).content_sha256
    Versions(desk).reopen(issued, "Seen at the hospital", recorder)
    second = desk.look(issued, recorder)
    assert (second.version, second.is_draft) == (2, True)
    assert second.json["supersedes"] == {"version": 1, "content_sha256": first, "text": "Seen at the hospital"}
    assert issuing.stage(issuing.live_version(issued, manager)) is Stage.ISSUED, "until the new one is approved"

    issuing.approve(issued, "p2", "DS Wren Ottershaw", second.content_sha256, manager)
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


def test_at_birth_the_unborn_subject_becomes_a_child_in_a_new_version(desk, issuing, discussion, recorder):
    reference = issuing.start(discussion, recorder)
    issuing.born(reference, "c1", "2026-12-04", recorder)
    (child,) = desk.look(reference, recorder).document.children
    assert (str(child.kind), child.born_on.isoformat(), child.due_on) == ("born", "2026-12-04", None)


def test_an_officer_finds_the_live_briefing_by_name_address_and_telephone(issuing, issued, officer):
    for typed in ("arransmore", "Kitt Aransmoor", "lathe street", "ZZ992EF", "07700 900222", "CLC-MP-31-0912"):
        assert [one.reference for one in issuing.find(typed, officer)] == [issued], typed
    assert issuing.find("nobody at all", officer) == []


def test_a_sighting_is_noted_for_the_owner(issuing, issued, officer):
    with pytest.raises(Refusal, match="Say whom you saw"):
        issuing.report_sighting(issued, " ", "", officer)
    issuing.report_sighting(issued, "Kit awake, in the garden", "27 Cooper Mews", officer)
    (line,) = issuing.sightings(issued)
    assert line.detail["text"] == "Kit awake, in the garden"
    assert line.who == officer.name


def test_reasons_copied_word_for_word_from_another_briefing_are_pointed_out(desk, issuing, issued, clock, recorder):
    other = {**read("CLC-IIM-2031-0133"), "status": "draft"}
    reasons = ("proportionate", "legal", "accountable", "necessary")
    other["human_rights"] = {**other["human_rights"], **{name: read(NAME)["human_rights"][name] for name in reasons}}
    reference, _ = desk.import_document(json.dumps(other).encode(), administrator())
    assert "IIM-HUM-06" in {one.rule for one in desk.findings(desk.look(reference, recorder))}
    assert "IIM-HUM-06" not in {one.rule for one in desk.findings(desk.look(issued, recorder))}


def test_a_sighting_and_a_late_reader_wait_for_those_who_must_act(issuing, issued, clock, officer, manager):
    issuing.report_sighting(issued, "Kit awake, in the garden", "", officer)
    ((found, line),) = issuing.reported(manager)
    assert (found.reference, line.detail["text"]) == (issued, "Kit awake, in the garden")
    assert issuing.reported(officer) == []
    clock.set("2031-03-12T13:00:00+00:00")
    assert [one.reference for one in issuing.not_read_in_time(manager)] == [issued]


def test_the_score_of_a_risk_follows_from_likelihood_and_impact(desk, issuing, draft, recorder):
    risk = desk.look(draft, recorder).rows("risk_assessment/risks")[0]
    desk.answer(draft, risk.id, {"likelihood": Answer(5), "impact": Answer(4)}, recorder)
    assert desk.look(draft, recorder).rows("risk_assessment/risks")[0].body["score"] == 20
