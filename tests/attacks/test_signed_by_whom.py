"""Attacks on who signed: one account that signs for others, a post that is not one's own, a link answered by its maker.

What stands under a text as somebody's signature was given by that person's own account, at whichever door.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from exports.commands import copy_of
from exports.minutes import Minutes
from exports.paper import draw
from exports.word import read_text
from forms.demonstration import PASSWORD
from meetings.desk import administrator
from meetings.drafts import Refusal
from meetings.issuing import Issuing
from meetings.officers import check_reader
from meetings.people import Account, Deed, NotAllowed, Role, is_named
from meetings.post import Post
from meetings.signing import Given, Signing
from meetings.vocabulary import Agency, SignoffAs
from tests.accounts import an_account_of, signed_up
from tests.makers import a_discussion, a_sergeant, let_in
from tests.test_briefing_scenarios import read

BRIEFING = "NMP-IIM-2031-0042"
"""Its recipients are a shift of the own force, the incident manager of another force, and an emergency duty team."""


# ── What is attacked ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def at_desk(app, clock):
    clock.set("2027-02-03T12:00:00+00:00")
    return app.extensions["accord"]


def _import(desk, document):
    return desk.import_document(json.dumps(document).encode(), administrator())[0]


@pytest.fixture
def draft(at_desk):
    """A discussion that nobody has confirmed, with a manager of police who was not there."""
    absent = a_sergeant(id="t6", name="Ben Ray", presence="invited_absent", reason="On leave")
    people = [*a_discussion()["professionals"], absent]
    document = a_discussion(professionals=people)
    del document["signoff"]
    return _import(at_desk, document)


@pytest.fixture
def final(at_desk, draft):
    """The same, confirmed aloud and final."""
    return _finalised(at_desk, draft)


def _finalised(desk, reference, by=None):
    sha = desk.look(reference, administrator()).content_sha256
    for as_, who in ((SignoffAs.CHAIR, "t1"), (SignoffAs.POLICE, "t2")):
        desk.confirmed_aloud(reference, as_, who, sha, by or administrator())
    desk.finalise(reference, administrator())
    return reference


@pytest.fixture
def briefing(at_desk, clock):
    """A briefing that waits for its approval."""
    clock.set(read(BRIEFING, ".expected")["now"])
    document = {**read(BRIEFING), "status": "draft"}
    for name in ("signoff", "integrity"):
        document.pop(name, None)
    return _import(at_desk, document)


@pytest.fixture
def issued(at_desk, briefing):
    """The same, approved by the supervisor in it and issued."""
    record = at_desk.look(briefing, administrator())
    one = signed_up(at_desk.store, record.document, "p2")
    Issuing(at_desk).approve(briefing, "p2", one.name, record.content_sha256, one, open_version_read=True)
    Issuing(at_desk).issue(briefing, one)
    return briefing


def _standing(desk, reference):
    """Return every sign-off that was made here, of each version."""
    kept = desk.store.read(reference)
    return [one for number in range(1, kept.version + 1) for one in desk.store.signoffs_of(kept.id, number)]


def forged(desk, reference):
    """Return the sign-offs that stand as the deed of somebody whose account did not do it.

    What was said aloud, or came by a link, says so and is nobody's signature.
    """
    kept = desk.store.read(reference)
    people = desk.record_of(kept).document.people()
    found = []
    for one in _standing(desk, reference):
        if one.elsewhere or one.body.get("method") in ("aloud", "link"):
            continue
        account = desk.account(one.account_id)
        who = people.get(one.body.get("by"))
        if who is None:
            own = one.body.get("recorded_by") == account.name
        elif str(getattr(who, "kind", "")) in ("group", "post"):
            own = who.agency is account.agency and one.body.get("recorded_by") == account.name
        else:
            own = who.agency is account.agency and is_named(account, who.name)
        if not own:
            found.append((one.body["as"], who.name if who else "", account.name))
    return found


def _hostile(desk, reference, victim, **more):
    """Return all that a form ever sent to sign as somebody."""
    record = desk.standing(reference) if more.pop("standing", False) else desk.look(reference, administrator())
    return {
        "professional": victim.id,
        "typed_name": victim.name,
        "content_sha256": record.content_sha256,
        "password": PASSWORD,
        "open_version_read": "yes",
        "answer": "approve",
        "declared": "1",
        "review_at": "14/3/2031 09:00",
        **more,
    }


# ── One account for everybody ────────────────────────────────────────────────────────────────────────────────────


def test_one_recorder_does_not_confirm_as_chair_and_as_police_by_typing_their_names(at_desk, browser, draft):
    browser.sign_in("pclo")
    document = at_desk.look(draft, administrator()).document
    for as_, who in (("chair", "t1"), ("police", "t2"), ("manager", "t1"), ("manager", "t6")):
        one = document.professional(who)
        sent = _hostile(at_desk, draft, one, **{"as": as_, "who": f"{as_}:{who}"})
        page = browser.post(f"/records/{draft}/confirm", sent)
        assert page.status == 403, (as_, who)
        assert f"{one.name} signs with their own account, and you are Wendell Ashgrove, Police." in page.words
    assert forged(at_desk, draft) == []
    assert _standing(at_desk, draft) == []


def test_what_the_recorder_wrote_down_is_called_said_aloud_and_never_signed(at_desk, recorder, draft, browser):
    _finalised(at_desk, draft, recorder)
    (chair, police) = at_desk.look(draft, recorder).json["signoff"]
    assert {(one["method"], one["recorded_by"]) for one in (chair, police)} == {("aloud", "Wendell Ashgrove")}
    text = read_text(draw(Minutes(copy_of(at_desk.export(draft, administrator()), "full"))))
    table = text[text.rindex("Sign-off") :]
    assert table.count("Confirmed aloud, recorded by Wendell Ashgrove") == 2
    assert "Signed with" not in table
    browser.sign_in("pclo")
    words = browser.get(f"/records/{draft}").words
    assert words.count("Confirmed aloud, recorded by Wendell Ashgrove") == 2
    assert "Signed with" not in words
    assert copy_of(at_desk.export(draft, administrator()), "full").approving == frozenset()


def test_nobody_ratifies_a_final_text_as_somebody_else(at_desk, browser, final, sergeant):
    let_in(at_desk, final, sergeant)
    browser.sign_in("sergeant")
    absent = at_desk.look(final, administrator()).document.professional("t6")
    page = browser.post(f"/records/{final}/ratify", _hostile(at_desk, final, absent))
    assert page.status == 403
    assert "A manager ratifies in person: sign in with the account of the manager named here." in page.words
    assert forged(at_desk, final) == []


def test_one_account_does_not_sign_as_two_entries_of_its_name(at_desk, draft):
    again = a_sergeant(id="t7", name="DS Sam Ode")
    document = {**a_discussion(professionals=[*a_discussion()["professionals"], again]), "id": None, "ref": "SD-2027-9"}
    document["id"] = "urn:uuid:0b3c1a52-6f0e-4d1c-9a57-2f7a6f3f1d77"
    del document["signoff"]
    reference = _import(at_desk, document)
    record = at_desk.look(reference, administrator())
    sam = signed_up(at_desk.store, record.document, "t2")
    at_desk.confirm(reference, SignoffAs.POLICE, "t2", "Sam Ode", record.content_sha256, sam)
    with pytest.raises(Refusal, match="You have signed this text already, as another entry of the same name."):
        at_desk.confirm(reference, SignoffAs.POLICE, "t7", "DS Sam Ode", record.content_sha256, sam)


def test_what_was_signed_is_not_written_over_by_what_somebody_says_was_said(at_desk, draft, recorder):
    record = at_desk.look(draft, administrator())
    ada = signed_up(at_desk.store, record.document, "t1")
    at_desk.confirm(draft, SignoffAs.CHAIR, "t1", "Ada Finch", record.content_sha256, ada)
    with pytest.raises(Refusal, match="This person has signed this very text already. There is nothing to add."):
        at_desk.confirmed_aloud(draft, SignoffAs.CHAIR, "t1", record.content_sha256, recorder)


def test_nothing_is_said_aloud_by_oneself_by_the_absent_or_by_a_manager_who_ratifies(at_desk, draft, recorder):
    record = at_desk.look(draft, administrator())
    sha = record.content_sha256
    paul = signed_up(at_desk.store, record.document, "t5", Role.RECORDER)
    with pytest.raises(Refusal, match="You are that person: sign with your own account."):
        at_desk.confirmed_aloud(draft, SignoffAs.POLICE, "t5", sha, paul)
    with pytest.raises(Refusal, match="Ben Ray is not recorded as having attended, so nothing was said aloud"):
        at_desk.confirmed_aloud(draft, SignoffAs.POLICE, "t6", sha, recorder)
    with pytest.raises(Refusal, match="Whoever ratifies was not in the meeting. Ask Ben Ray to sign in and ratify."):
        at_desk.confirmed_aloud(draft, SignoffAs.MANAGER, "t6", sha, recorder)
    at_desk.confirm(draft, SignoffAs.POLICE, "t5", "Paul Reed", sha, paul)
    assert forged(at_desk, draft) == []


def test_a_confirmation_by_account_needs_the_password_again(at_desk, browser, draft, hashed):
    ada = signed_up(at_desk.store, at_desk.look(draft, administrator()).document, "t1", password=hashed)
    browser.sign_in(ada.login)
    form = browser.get(f"/records/{draft}/read-back").soup.select_one("#sign-form")
    sent = {**browser.page.fields(form), "typed_name": "Ada Finch"}
    assert sent["who"] == ["chair:t1"]
    for password, sentence in (("", "Type your password again"), ("wrong", "That is not your password.")):
        page = browser.post(f"/records/{draft}/confirm", {**sent, "password": password})
        assert page.status == 422
        assert sentence in page.words
    page = browser.post(f"/records/{draft}/confirm", {**sent, "password": PASSWORD})
    assert "Signed with their own account" in page.words
    assert forged(at_desk, draft) == []


# ── Briefings ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_approves_a_briefing_as_somebody_else(at_desk, browser, briefing, manager, sergeant):
    let_in(at_desk, briefing, manager, sergeant)
    one = at_desk.look(briefing, administrator()).document.professional("p2")
    for login in ("manager", "sergeant"):
        browser.sign_in(login)
        page = browser.post(f"/records/{briefing}/approve", _hostile(at_desk, briefing, one))
        assert page.status == 403, login
        assert f"{one.name} signs with their own account, and you are" in page.words
    assert at_desk.look(briefing, administrator()).is_draft


def test_nobody_reviews_a_briefing_as_somebody_else(at_desk, browser, issued):
    browser.sign_in("sergeant")
    one = at_desk.look(issued, administrator()).document.professional("p2")
    page = browser.post(f"/records/{issued}/review", _hostile(at_desk, issued, one))
    assert page.status == 403
    assert at_desk.look(issued, administrator()).version == 1


def test_whoever_issues_it_is_the_sender_and_not_its_author(at_desk, issued, briefing, sergeant):
    at_desk.store.read(issued)
    (sent,) = (one for one in _standing(at_desk, issued) if one.body["as"] == "sender")
    assert sent.body["by"] == "p2"
    assert forged(at_desk, issued) == []


def test_somebody_who_is_not_in_it_issues_it_under_the_own_name(at_desk, briefing, sergeant):
    let_in(at_desk, briefing, sergeant)
    record = at_desk.look(briefing, administrator())
    one = signed_up(at_desk.store, record.document, "p2")
    Issuing(at_desk).approve(briefing, "p2", one.name, record.content_sha256, one, open_version_read=True)
    Issuing(at_desk).issue(briefing, sergeant)
    (sent,) = (one for one in _standing(at_desk, briefing) if one.body["as"] == "sender")
    assert ("by" in sent.body, sent.body["recorded_by"]) == (False, "Cormac Adeyemi")
    assert forged(at_desk, briefing) == []


def test_nobody_acknowledges_for_a_post_of_another_agency_or_force_or_for_another_officer(
    at_desk, browser, issued, officer, sergeant, manager
):
    let_in(at_desk, issued, officer, sergeant, manager)
    document = at_desk.look(issued, administrator()).document
    for login in ("officer", "sergeant", "manager"):
        browser.sign_in(login)
        for one in map(document.professional, [entry.to for entry in document.circulation]):
            if login == "sergeant" and one.organisation == "Northmere Police":
                continue  # the shift of the own force, whose supervisor says so
            page = browser.post(f"/briefings/{issued}/read", _hostile(at_desk, issued, one))
            assert page.status == 403, (login, one.name)
    assert not [one for one in _standing(at_desk, issued) if one.body["as"] == "recipient"]
    incident_manager = next(one for one in document.professionals if "Force Incident Manager" in (one.name or ""))
    issuing = Issuing(at_desk)
    sha = at_desk.look(issued, administrator()).content_sha256
    post_of = "is a post or shift of Calderwick Constabulary. A supervisor there says that it was read."
    elsewhere = an_account_of(
        incident_manager, name="Insp Ide Rowe", organisation="Northmere Police", grade="Inspector"
    )
    let_in(at_desk, issued, elsewhere)
    with pytest.raises(NotAllowed, match=re.escape(post_of)):
        issuing.acknowledge(issued, incident_manager.id, sha, elsewhere)
    there = replace(elsewhere, organisation="Calderwick Constabulary")
    at_desk.store.keep_account(there, None, demonstration=False)
    constable = replace(there, role=Role.OFFICER, grade="PC")
    with pytest.raises(NotAllowed, match="a supervisor says at handover that it was read, by an account of their own."):
        issuing.acknowledge(issued, incident_manager.id, sha, constable)
    assert issuing.acknowledge(issued, incident_manager.id, sha, there)
    (read_it,) = (one.body for one in _standing(at_desk, issued) if one.body["as"] == "recipient")
    assert (read_it["recorded_by"], read_it["method"]) == ("Insp Ide Rowe", "account")
    assert forged(at_desk, issued) == []


def test_a_recipient_who_is_rung_is_no_shift_and_not_oneself(at_desk, issued, sergeant):
    let_in(at_desk, issued, sergeant)
    document = at_desk.look(issued, administrator()).document
    sha = at_desk.look(issued, administrator()).content_sha256
    shift = next(one for one in document.professionals if str(one.kind) == "group")
    with pytest.raises(Refusal, match="a supervisor says at handover that it was read, by their own account."):
        Issuing(at_desk).acknowledged_aloud(issued, shift.id, "Somebody", sha, sergeant)


def test_nobody_says_for_a_named_officer_that_it_was_read(at_desk, issued, officer):
    record = at_desk.look(issued, administrator())
    one = record.document.professional("p2")
    said = (
        f"{one.name} says so with their own account, and you are Tamsin Okonjo, Police. Ask {one.name} to sign in, or"
    )
    with pytest.raises(NotAllowed, match=re.escape(said)):
        check_reader(one, officer, record.profile)


def test_a_discussion_is_not_issued(at_desk, final, recorder):
    only = "Only a briefing is approved, issued, acknowledged and reviewed; this is a discussion."
    with pytest.raises(Refusal, match=re.escape(only)):
        Issuing(at_desk).issue(final, recorder)


# ── Links ────────────────────────────────────────────────────────────────────────────────────────────────────────

PAGE = "https://accord.example/answer/"


def _by_link(desk, reference, who, answer, by, **more):
    """Answer by a link that one made oneself, with the code that its maker sees."""
    signing, box = Signing(desk), []
    one = signing.invite(reference, who, "mine@force.example", PAGE, by)
    Post(desk.store, desk.now, box.append).send()
    token = box[-1].page.removeprefix(PAGE)
    signing.check_code(token, one.code)
    record = desk.standing(reference)
    name = record.document.professional(who).name
    given = Given(answer, who, name, record.content_sha256, declared=answer.startswith("approve"), **more)
    return signing.answer_by_link(token, given)


def test_no_link_is_made_for_somebody_who_has_an_account(at_desk, browser, final):
    record = at_desk.look(final, administrator())
    signed_up(at_desk.store, record.document, "t3", name="Mina Sorrel")
    browser.sign_in("pclo")
    page = browser.get(f"/records/{final}/links")
    assert not page.soup.select_one('#professional option[value="t3"]')
    assert "With an account here, and so without a link: Dr Mina Sorrel , Health. Ask them to sign in." in page.words
    page = browser.post(f"/records/{final}/links", {"professional": "t3", "address": "mine@force.example"})
    assert page.status == 422
    assert "Dr Mina Sorrel has an account here. Ask Dr Mina Sorrel to sign in and answer" in page.words
    assert Signing(at_desk).invitations(final) == []


def test_a_link_is_not_sent_again_once_its_reader_has_an_account(at_desk, final, recorder):
    signing = Signing(at_desk)
    one = signing.invite(final, "t3", "m.sorrel@hospital.example", PAGE, recorder)
    signed_up(at_desk.store, at_desk.look(final, administrator()).document, "t3")
    with pytest.raises(Refusal, match="a link is only for somebody without an account."):
        signing.send_again(final, one.id, recorder)


def test_a_link_that_its_maker_answers_is_no_signature_and_names_maker_and_address(at_desk, final, recorder):
    _by_link(at_desk, final, "t3", "approve", recorder)
    copy = copy_of(at_desk.export(final, administrator()), "full")
    assert Agency.HEALTH not in copy.approving
    for audience in ("full", "partner", "decisions"):
        text = read_text(draw(Minutes(copy_of(at_desk.export(final, administrator()), audience))))
        row = text[text.rindex("Sign-off") :]
        assert "Answered by a link sent to mine@force.example, made by Wendell Ashgrove" in row, audience


def test_a_link_does_not_change_what_the_agency_answered_by_account(at_desk, final, recorder):
    record = at_desk.standing(final)
    sam = signed_up(at_desk.store, record.document, "t2")
    refusal = Given("do_not_approve", "t2", "Sam Ode", record.content_sha256, "Not what was said")
    Signing(at_desk).answer(final, refusal, sam)
    with pytest.raises(Refusal, match="Sam Ode has answered for Police with their own account, and a link does not"):
        _by_link(at_desk, final, "t5", "approve", recorder, changes=True, reason="Put right")
    assert "NOT APPROVED by Police" in copy_of(at_desk.export(final, administrator()), "full").warnings


def test_in_a_document_too_an_answer_by_account_stands_before_one_by_a_link():
    from meetings.facts import answers_that_count

    by_account = {"as": "agency", "agency": "police", "answer": "do_not_approve", "method": "account"}
    by_link = {**by_account, "answer": "approve", "method": "link"}
    assert answers_that_count([by_account, by_link])["police"] is by_account
    assert answers_that_count([by_link, by_account])["police"] is by_account


# ── Every door, every account ────────────────────────────────────────────────────────────────────────────────────

SIGNING = frozenset({Deed.CONFIRM, Deed.ANSWER, Deed.APPROVE, Deed.ISSUE, Deed.READ_BRIEFING, Deed.INVITE})
"""What somebody may do at a door by which a sign-off comes in."""
LOGINS = ("pclo", "manager", "officer", "sergeant", "detective")


def _doors(app):
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if "POST" in rule.methods and rule.arguments == {"reference"} and view.deed in SIGNING:
            yield rule


def test_the_doors_by_which_a_sign_off_comes_in_are_known(app):
    """A new door must be looked at here: it is tried below by every account, with every name."""
    assert {rule.endpoint for rule in _doors(app)} == {
        *("forms.confirm", "forms.confirmed_aloud", "forms.answer", "forms.ratify", "forms.could_not_answer"),
        *("forms.approve", "forms.review", "forms.issue", "forms.acknowledge", "forms.rung"),
        *("forms.invite", "forms.seen"),
    }


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("which", ["draft", "final", "briefing", "issued"])
def test_at_no_door_does_an_account_sign_as_anybody_else(app, browser, at_desk, request, which, login):
    reference = request.getfixturevalue(which)
    browser.sign_in(login)
    browser.get("/")
    people = at_desk.look(reference, administrator()).document.professionals
    victims = {(one.agency, one.kind, one.manager, one.presence): one for one in people if one.name}
    tried = 0
    for rule in _doors(app):
        path = rule.rule.replace("<path:reference>", reference)
        for victim in victims.values():
            for as_ in ("chair", "police", "manager") if rule.endpoint == "forms.confirm" else ("",):
                more = {"as": as_, "who": f"{as_}:{victim.id}", "agency": str(victim.agency), "reason": "Tried"}
                sent = _hostile(at_desk, reference, victim, said_by="Somebody", **more)
                assert browser.post(path, sent).status < 500, (rule.endpoint, victim.name)
                tried += 1
    assert tried > 20
    assert forged(at_desk, reference) == []


# ── Who is that person does it ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("as_", "who", "may"),
    [("chair", "t1", "t1"), ("police", "t2", "t2"), ("police", "t5", "t5"), ("manager", "t6", "t6")],
)
def test_only_the_person_named_confirms_a_draft(at_desk, draft, as_, who, may):
    record = at_desk.look(draft, administrator())
    for one in record.document.professionals:
        account = an_account_of(one)
        at_desk.store.keep_account(account, None, demonstration=False)
        given = (draft, SignoffAs.of(as_), who, record.document.professional(who).name, record.content_sha256, account)
        if one.id == may:
            at_desk.confirm(*given)
        else:
            with pytest.raises(NotAllowed):
                at_desk.confirm(*given)
    assert [one.body["by"] for one in _standing(at_desk, draft)] == [may]


def test_the_same_name_at_another_agency_is_somebody_else(at_desk, draft):
    record = at_desk.look(draft, administrator())
    chair = record.document.professional("t1")
    namesake: Account = an_account_of(chair, agency=Agency.POLICE)
    let_in(at_desk, draft, namesake)
    with pytest.raises(NotAllowed, match="Ada Finch signs with their own account, and you are Ada Finch, Police."):
        at_desk.confirm(draft, SignoffAs.CHAIR, "t1", "Ada Finch", record.content_sha256, namesake)
