"""Attacks by a roundabout way: an older version, a list, a title that is a name, a link that came too early, a typed
reference, a reason that Accord words itself.
"""

from __future__ import annotations

import json

import pytest

from exports.commands import copy_of
from exports.minutes import Minutes
from exports.paper import draw
from exports.word import read_text
from forms.demonstration import PEOPLE
from meetings.answers import Answer
from meetings.desk import administrator
from meetings.drafts import Refusal
from meetings.need_to_know import Reach
from meetings.people import Account, NotAllowed, Role, is_named
from meetings.post import Post
from meetings.signing import Given, Signing
from meetings.versions import Versions
from meetings.vocabulary import Agency, SignoffAs
from tests.inspecting import Browser
from tests.makers import a_discussion, a_paediatrician, a_place, an_action, an_id, changed, given_to

PAGE = "https://accord.example/answer/"
RECORDER, MANAGER, OFFICER, SERGEANT, DETECTIVE = PEOPLE
CLOSED = "Watch the flat at Elder Walk"


def _person(desk, number, name, agency, organisation, role, hashed=None):
    one = Account(f"00000000-0000-4000-8000-00000000f{number:03}", f"f{number}", name, agency, organisation, "", role)
    desk.store.keep_account(one, hashed, demonstration=True)
    return one


@pytest.fixture
def at_desk(app, clock):
    clock.set("2027-02-03T12:00:00+00:00")
    return app.extensions["accord"]


@pytest.fixture
def nurse(at_desk, hashed):
    """Somebody of health who is on the circulation list and took no part."""
    return _person(at_desk, 1, "Ines Vale", Agency.HEALTH, "Wexmere General", Role.OFFICER, hashed)


@pytest.fixture
def social_worker(at_desk, hashed):
    """A reviewer who is in no record but the own."""
    return _person(at_desk, 2, "Eve Stone", Agency.SOCIAL_CARE, "Wexmere Council", Role.REVIEWER, hashed)


def _import(desk, document):
    document = {name: value for name, value in document.items() if name != "signoff"}
    return desk.import_document(json.dumps(document).encode(), administrator())[0]


def _final(desk, reference):
    sha = desk.look(reference, administrator()).content_sha256
    for as_, who in ((SignoffAs.CHAIR, "t1"), (SignoffAs.POLICE, "t2")):
        desk.confirmed_aloud(reference, as_, who, sha, administrator())
    desk.finalise(reference, administrator())
    return reference


def _close(desk, reference, name, words):
    """Close an item to all but police, in the draft of a correction."""
    row = next(one for one in desk.look(reference, administrator()).rows(name) if words in one.body["text"])
    closed = {"restricted/audiences": Answer(["police"]), "restricted/reason": Answer("Source")}
    desk.answer(reference, row.id, closed, administrator())


def _signed_in(app, person):
    browser = Browser(app.test_client())
    browser.sign_in(person.login)
    return browser


# ── An older version ─────────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_correction_closed_is_not_taken_from_the_version_before_it(app, at_desk, nurse):
    document = given_to(a_discussion(), nurse)
    document["actions"].append(an_action(3, text=CLOSED, owner="t2"))
    reference = _final(at_desk, _import(at_desk, document))
    Versions(at_desk).reopen(reference, "It should be for police alone", administrator())
    _close(at_desk, reference, "actions", CLOSED)
    _final(at_desk, reference)
    browser = _signed_in(app, nurse)
    for file in ("actions.json", "minutes.docx", "actions.json.jws"):
        answer = browser.client.get(f"/records/{reference}/{file}?version=1")
        assert answer.status_code == 403, file
        assert "You are given copies of the version in force, which is version 2." in answer.text
    for query in ("", "?version=2"):
        answer = browser.client.get(f"/records/{reference}/actions.json{query}")
        assert answer.status_code == 200
        assert CLOSED not in answer.text


# ── A list ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("page", ["/", "/records"])
def test_a_list_tells_a_reader_of_copies_nothing_that_a_correction_is_about_to_say(app, at_desk, nurse, page):
    reference = _final(at_desk, _import(at_desk, given_to(a_discussion(), nurse)))
    Versions(at_desk).reopen(reference, "Another name", administrator())
    child = at_desk.look(reference, administrator()).rows("children")[0]
    at_desk.answer(reference, child.id, {"name": Answer("Robin Undisclosed")}, administrator())
    at_desk.answer(reference, "meeting", {"started_at": Answer("2027-01-09T08:15:00+00:00")}, administrator())
    words = _signed_in(app, nurse).get(page).words
    assert f"{reference} Robin Marsh" in words
    assert "3 February 2027, 10:00" in words
    assert "Undisclosed" not in words
    assert "9 January" not in words
    (line,) = at_desk.records(nurse)
    assert (line.title, line.version, line.final_version, str(line.status)) == ("Robin Marsh", 1, 1, "final")
    assert at_desk.records(administrator())[0].title == "Robin Undisclosed"


# ── A title that is a name ───────────────────────────────────────────────────────────────────────────────────────


def test_somebody_whose_first_name_is_a_rank_is_not_everybody_of_that_surname(at_desk):
    di = _person(at_desk, 3, "Di Marsh", Agency.POLICE, "Wexmere Police", Role.REVIEWER)
    names = ("Di Marsh", "PS Di Marsh", "Detective Sergeant Di Marsh", "Marsh", "DC Marsh", "Sgt Marsh")
    assert [is_named(di, name) for name in names] == [True, True, True, False, False, False]
    reference = _import(at_desk, changed(a_discussion(), {"/professionals/1/name": "DC Marsh"}))
    assert at_desk.reach(reference, di) is Reach.NONE
    at_desk.store.keep_account(di, None, demonstration=True)
    sha = at_desk.look(reference, administrator()).content_sha256
    row = {"name": "Di Marsh", "agency": "police", "presence": "attended"}
    at_desk.add_row(reference, "professionals", administrator(), row)
    assert at_desk.reach(reference, di) is Reach.WHOLE
    sha = at_desk.look(reference, administrator()).content_sha256
    with pytest.raises(NotAllowed, match="DC Marsh signs with their own account, and you are Di Marsh"):
        at_desk.confirm(reference, SignoffAs.POLICE, "t2", "DC Marsh", sha, di)


# ── A link that came too early ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("way", ["account after the link", "account before it is final", "another name in the entry"])
def test_a_link_answers_for_nobody_who_has_an_account_by_now(at_desk, way):
    reference = _import(at_desk, a_discussion())
    signing, box = Signing(at_desk), []
    if way == "account after the link":
        _final(at_desk, reference)
    one = signing.invite(reference, "t4", "mine@force.example", PAGE, administrator())
    name = "Kay Brown" if way == "another name in the entry" else "Iris Holm"
    _person(at_desk, 4, name, Agency.EDUCATION, "Alder Lane Primary School", Role.OFFICER)
    if way != "account after the link":
        row = at_desk.look(reference, administrator()).rows("professionals")[3]
        at_desk.answer(reference, row.id, {"name": Answer(name)}, administrator())
        _final(at_desk, reference)
    Post(at_desk.store, at_desk.now, box.append).send()
    token = box[-1].page.removeprefix(PAGE)
    signing.check_code(token, one.code)
    given = Given("approve", "t4", name, at_desk.standing(reference).content_sha256, declared=True)
    with pytest.raises(Refusal, match=f"{name} has an account here. Ask {name} to sign in and answer"):
        signing.answer_by_link(token, given)
    assert not [one for one in at_desk.standing(reference).signoffs if one.body["as"] == "agency"]


# ── A typed reference ────────────────────────────────────────────────────────────────────────────────────────────


def _names(desk, reference, earlier, by):
    desk.answer(reference, "previous", {"ref": Answer(earlier)}, by)
    return [one.ref for one in desk.look(reference, by).earlier]


def test_a_reviewer_whose_record_falls_to_the_team_learns_nothing_by_typing_a_reference(app, at_desk, social_worker):
    earlier = _final(at_desk, _import(at_desk, a_discussion()))
    own = at_desk.start(social_worker)
    at_desk.add_row(own, "children", social_worker, {"name": "X", "subject": True})
    assert at_desk.store.read(own).team == at_desk.store.read(earlier).team != ""
    assert at_desk.reach(earlier, social_worker) is Reach.NONE
    assert _names(at_desk, own, earlier, social_worker) == []
    page = _signed_in(app, social_worker).get(f"/records/{own}/children/c1")
    assert "3 Feb 2027" not in page.words
    assert "24 Feb 2027" not in page.words
    before = {one.rule for one in at_desk.findings(at_desk.look(own, social_worker))}
    _names(at_desk, own, "SD-2027-9999", social_worker)
    assert {one.rule for one in at_desk.findings(at_desk.look(own, social_worker))} == before


def test_records_of_no_team_are_not_of_one_team(at_desk, social_worker):
    for number, organisation in enumerate(("Eastmere Police", "Westmere Police"), 5):
        _person(at_desk, number, f"Recorder {number}", Agency.POLICE, organisation, Role.RECORDER)
    earlier = _final(at_desk, _import(at_desk, changed(a_discussion(), {"/id": an_id(7)})))
    own = at_desk.start(social_worker)
    assert at_desk.store.read(own).team == at_desk.store.read(earlier).team == ""
    assert _names(at_desk, own, earlier, social_worker) == []


def test_a_reference_leads_where_whoever_typed_it_sees_the_record(at_desk, social_worker):
    earlier = _final(at_desk, _import(at_desk, a_discussion()))
    assert _names(at_desk, at_desk.start(RECORDER), earlier, RECORDER) == [earlier]
    assert _names(at_desk, at_desk.start(administrator()), earlier, administrator()) == [earlier]
    chair = _person(at_desk, 9, "Ada Finch", Agency.SOCIAL_CARE, "Wexmere Council", Role.REVIEWER)
    assert _names(at_desk, at_desk.start(chair), earlier, chair) == [earlier]
    assert _names(at_desk, at_desk.start(social_worker), earlier, social_worker) == []


# ── A reason that Accord words itself ────────────────────────────────────────────────────────────────────────────


def test_the_reason_of_a_correction_does_not_name_the_place_that_it_closes(at_desk):
    flat = a_place(id="l2", label="Flat in Elder Walk", text="Flat 3, 18 Elder Walk (fictional)", of=["a1"])
    reference = _final(at_desk, _import(at_desk, a_discussion(places=[a_place(), flat])))
    versions = Versions(at_desk)
    number = versions.challenge(reference, "/places/1", "text", "For police alone", "Refuge", "", administrator())
    versions.answer_challenge(reference, number, True, "Closed from now on.", administrator())
    versions.correct(reference, administrator())
    _close(at_desk, reference, "places", "Elder Walk")
    _final(at_desk, reference)
    for audience in ("partner", "full", "legal"):
        text = read_text(draw(Minutes(copy_of(at_desk.export(reference, administrator()), audience))))
        assert "Corrected: Places (challenged by Local administrator, Other). Closed from now on." in text
        assert "Elder" not in text, audience


def test_what_is_said_for_somebody_else_to_be_wrong_names_who_wrote_it_down(at_desk):
    reference = _final(at_desk, _import(at_desk, a_discussion()))
    versions = Versions(at_desk)
    number = versions.challenge(reference, "/review", "reason", "After the medical", "", "t1", administrator())
    versions.answer_challenge(reference, number, True, "Agreed.", administrator())
    versions.correct(reference, administrator())
    assert at_desk.look(reference, administrator()).json["supersedes"]["text"] == (
        "Corrected: Next discussion: Why then, or why there is none (challenged by Ada Finch, Local authority "
        "children's social care, recorded by Local administrator). Agreed."
    )


def test_a_namesake_of_the_chair_in_another_agency_does_not_answer_as_the_chair(at_desk):
    document = a_discussion()
    document["professionals"].append({**a_paediatrician(), "id": "t9", "name": "Ada Finch", "organisation": "X"})
    reference = _final(at_desk, _import(at_desk, document))
    namesake = _person(at_desk, 8, "Ada Finch", Agency.HEALTH, "X", Role.REVIEWER)
    versions = Versions(at_desk)
    number = versions.challenge(reference, "/review", "reason", "After the medical", "", "", namesake)
    assert versions.challenges(reference)[0].agency is Agency.HEALTH
    with pytest.raises(NotAllowed, match="Only the chair, Ada Finch, or a recorder on the chair’s behalf"):
        versions.answer_challenge(reference, number, True, "I am the chair", namesake)
