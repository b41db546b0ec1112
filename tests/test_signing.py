"""What is done under a final text: each agency's answer, ratifying, a refusal made known, links without an account."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from meetings.desk import Answer, Desk, administrator
from meetings.drafts import Refusal
from meetings.history import is_unbroken
from meetings.links import LetterAbout
from meetings.need_to_know import asker_of
from meetings.people import Account, NotAllowed, Role
from meetings.post import LINK_LASTS, RETRIES, NotDelivered, Post
from meetings.signing import TRIES, Given, LinkOver, NoSuchLink, Signing, WrongCode
from meetings.stages import NotReady
from meetings.store import Store, migrate
from meetings.store.database import MIGRATIONS
from meetings.versions import Versions
from meetings.vocabulary import Agency, SignoffAnswer
from tests.conftest import Clock
from tests.makers import NOW, a_child, a_discussion, a_professional, a_safe_place, a_sergeant, an_outcome, let_in
from tests.test_contract_shapes import _validator

PAGE = "https://accord.example/answer/"


def an_account(name: str, agency: Agency, role: Role = Role.REVIEWER, **more: str) -> Account:
    login = name.rsplit(maxsplit=1)[-1].casefold()
    return Account(
        f"00000000-0000-4000-8000-{login:>12.12}".replace(" ", "0"), login, name, agency, "", "", role, **more
    )


ADA = an_account("Ada Finch", Agency.SOCIAL_CARE, email="ada.finch@council.example")
SAM = an_account("Sam Ode", Agency.POLICE)
MINA = an_account("Mina Sorrel", Agency.HEALTH)
IRIS = an_account("Iris Holm", Agency.EDUCATION)
PAUL = an_account("Paul Reed", Agency.POLICE, Role.RECORDER)


@pytest.fixture
def desk(store, clock: Clock) -> Desk:
    clock.moment = NOW
    for person in (ADA, SAM, PAUL):  # Mina and Iris answer by a link where nothing else is said
        store.keep_account(person, None, demonstration=False)
    return Desk(store, clock)


@pytest.fixture
def signing(desk):
    return Signing(desk)


def _import(desk, document):
    return desk.import_document(json.dumps(document).encode(), administrator())[0]


def _confirm(desk, reference, by=PAUL):
    record = desk.look(reference, by)
    for as_, who in (("chair", "t1"), ("police", "t2")):
        desk.confirmed_aloud(reference, as_, who, record.content_sha256, by)


@pytest.fixture
def draft(desk):
    document = a_discussion()
    del document["signoff"]
    document["professionals"][2]["contact"] = {"email": "m.sorrel@hospital.example"}
    return _import(desk, document)


@pytest.fixture
def final(desk, draft):
    """A final record that the chair and police confirmed here."""
    _confirm(desk, draft)
    desk.finalise(draft, PAUL)
    return draft


def _given(desk, reference, who, answer="approve", **changes):
    record = desk.standing(reference)
    whole = {
        "answer": answer,
        "professional": who,
        "typed_name": record.document.professional(who).name,
        "seen_sha256": record.content_sha256,
        "declared": answer.startswith("approve"),
        **changes,
    }
    return Given(**whole)


def _entries(desk, reference):
    return [one for one in desk.standing(reference).json["signoff"] if one["as"] == "agency"]


# ── Answering with an account ────────────────────────────────────────────────────────────────────────────────────


def test_each_agency_that_took_part_or_was_consulted_is_asked_once_the_text_is_final(desk, signing, draft):
    assert signing.awaited(SAM) == []
    desk.add_row(draft, "professionals", PAUL, {"name": "Bo Lund", "agency": "housing", "presence": "consulted"})
    desk.add_row(
        draft, "professionals", PAUL, {"name": "Una Vale", "agency": "probation", "presence": "invited_absent"}
    )
    _confirm(desk, draft)
    desk.finalise(draft, PAUL)
    asked = {one.agency: [person.name for person in one.people] for one in signing.asked(desk.look(draft, SAM))}
    assert asked == {
        Agency.EDUCATION: ["Iris Holm"],
        Agency.HEALTH: ["Dr Mina Sorrel"],
        Agency.HOUSING: ["Bo Lund"],
        Agency.POLICE: ["Sam Ode", "Paul Reed"],
        Agency.SOCIAL_CARE: ["Ada Finch"],
    }
    assert [one.reference for one in signing.awaited(SAM)] == [draft]


def test_an_agency_approves_over_the_hash_which_does_not_change_and_the_entry_is_that_of_the_contract(
    desk, signing, final
):
    before = desk.look(final, SAM)
    assert signing.answer(final, _given(desk, final, "t2"), SAM) is None
    after = desk.look(final, SAM)

    (entry,) = _entries(desk, final)
    assert entry == {
        "by": "t2",
        "as": "agency",
        "agency": "police",
        "answer": "approve",
        "at": "2027-02-03T12:00:00+00:00",
        "content_sha256": before.content_sha256,
        "method": "account",
    }
    assert after.content_sha256 == before.content_sha256
    assert after.frozen.body == before.frozen.body
    assert list(_validator().iter_errors(after.json)) == []
    assert [one.reference for one in signing.awaited(SAM)] == []
    assert is_unbroken(desk.store.lines_of(final))
    line = desk.history(final, SAM)[-1]
    assert (line.what, line.who) == ("meeting:answer:given for police", "Sam Ode")
    assert line.detail["content_sha256"] == before.content_sha256


def test_an_agency_approves_with_dissent_from_the_decision_about_one_child_with_the_reason(desk, signing, final):
    given = _given(desk, final, "t3", "approve_with_dissent", about=["c1"], reason="See him today")
    signing.answer(final, given, MINA)
    (entry,) = _entries(desk, final)
    assert (entry["answer"], entry["about"], entry["reason"]) == (
        "approve_with_dissent",
        ["c1"],
        "See him today",
    )
    (shown,) = next(one for one in signing.asked(desk.look(final, SAM)) if one.agency is Agency.HEALTH).answers
    assert (shown.name, shown.about, shown.replaced) == ("Dr Mina Sorrel", ("Robin Marsh",), False)


@pytest.mark.parametrize(
    ("answer", "changes", "sentence"),
    [
        ("", {"declared": False}, "Choose an answer."),
        ("maybe", {}, "Choose an answer."),
        ("approve", {"declared": False}, "Tick ‘I approve on behalf of Police’, or choose another answer."),
        ("approve", {"about": ["c1"]}, "You ticked a child and chose ‘Approve’."),
        ("approve_with_dissent", {"reason": "x"}, "Tick the child with whose decision your agency does not agree."),
        ("approve_with_dissent", {"about": ["c9"], "reason": "x"}, "Tick the child"),
        ("approve_with_dissent", {"about": ["c1"]}, "Give the reason for ‘Approve, with dissent recorded’."),
        ("do_not_approve", {"reason": "  "}, "Give the reason for ‘Do not approve’."),
        ("could_not_answer", {}, "Give the reason for ‘Could not answer’."),
        (
            "do_not_approve",
            {"reason": "x", "declared": True},
            "You ticked that you approve and chose ‘Do not",
        ),
        ("approve", {"typed_name": "Sam"}, "Type your full name as it stands in the record: Sam Ode."),
        ("approve", {"seen_sha256": "0" * 64}, "The text was changed since you read it."),
    ],
)
def test_an_answer_that_is_not_complete_or_contradicts_itself_is_refused_with_a_sentence(
    desk, signing, final, answer, changes, sentence
):
    with pytest.raises(Refusal) as refused:
        signing.answer(final, _given(desk, final, "t2", answer, **changes), SAM)
    assert sentence in str(refused.value)
    assert _entries(desk, final) == []


def test_only_somebody_of_the_agency_who_is_in_the_record_answers_and_only_as_that_person(
    desk, signing, final, sergeant, manager
):
    let_in(desk, final, sergeant, manager, ADA)
    with pytest.raises(NotAllowed, match="signs as the person of the record that they are: Sam Ode, Paul Reed"):
        signing.answer(final, _given(desk, final, "t2"), PAUL)
    with pytest.raises(NotAllowed, match="the recorder sends a link by e-mail"):
        signing.answer(final, _given(desk, final, "t2"), sergeant)
    with pytest.raises(NotAllowed):
        signing.answer(final, _given(desk, final, "t1"), manager)
    with pytest.raises(NotAllowed, match="Housing did not take part in this discussion"):
        signing.answer(final, _given(desk, final, "t1"), replace(ADA, agency=Agency.HOUSING))
    signing.answer(final, _given(desk, final, "t5"), PAUL)
    assert [one["by"] for one in _entries(desk, final)] == ["t5"]


def test_a_title_before_the_name_of_the_record_is_no_other_person(desk, signing, final):
    signing.answer(final, _given(desk, final, "t3"), MINA)
    assert [one["by"] for one in _entries(desk, final)] == ["t3"]


def test_an_agency_answers_once_and_a_changed_mind_is_a_new_answer_that_says_so(desk, signing, final, clock):
    signing.answer(final, _given(desk, final, "t2"), SAM)
    signing.answer(final, _given(desk, final, "t2"), SAM)
    assert len(_entries(desk, final)) == 1, "sent twice is said once"

    clock.set("2027-02-04T09:30:00+00:00")
    other = {"answer": "do_not_approve", "reason": "The interview is not minuted"}
    with pytest.raises(Refusal, match="Police has answered already: approve. To change that, tick"):
        signing.answer(final, _given(desk, final, "t5", **other), PAUL)
    with pytest.raises(Refusal, match="Say why the answer is changed"):
        signing.answer(final, _given(desk, final, "t5", "approve", changes=True), PAUL)
    signing.answer(final, _given(desk, final, "t5", **other, changes=True), PAUL)

    first, second = _entries(desk, final)
    assert (first["answer"], second["answer"]) == ("approve", "do_not_approve")
    assert second["text"] == "Changes the answer ‘Approve’ of 3 February 2027, 12:00:00 UTC"
    police = next(one for one in signing.asked(desk.look(final, SAM)) if one.agency is Agency.POLICE)
    assert [one.replaced for one in police.answers] == [True, False]
    assert police.latest.answer is SignoffAnswer.DO_NOT_APPROVE


def test_what_stands_under_a_final_text_is_never_taken_away(desk, signing, final):
    signing.answer(final, _given(desk, final, "t2"), SAM)
    ids = [one.id for one in desk.standing(final).kept.signoffs]
    signing.answer(final, _given(desk, final, "t1"), ADA)
    assert [one.id for one in desk.standing(final).kept.signoffs][:3] == ids
    with pytest.raises(RuntimeError, match="never changed or taken away"), desk.store.open(final, SAM, NOW) as draft:
        draft.signoffs = draft.signoffs[1:]
        draft.note("meeting:sabotage:done")
    assert len(desk.standing(final).kept.signoffs) == 4


def test_a_reason_that_names_a_confidential_address_is_refused(desk, signing):
    document = a_discussion(places=[a_safe_place()])
    reference = _import(desk, document)
    desk.finalise(reference, PAUL)
    given = _given(desk, reference, "t2", "do_not_approve", reason="She is at sorrel house already")
    with pytest.raises(Refusal, match="The reason names part of a confidential address"):
        signing.answer(reference, given, SAM)


def test_a_draft_is_not_answered_and_neither_is_a_text_that_is_being_corrected(desk, signing, draft):
    with pytest.raises(Refusal, match="not final yet. Its text is confirmed on the read-back page"):
        signing.answer(draft, _given(desk, draft, "t2"), SAM)
    _confirm(desk, draft)
    desk.finalise(draft, PAUL)
    given = _given(desk, draft, "t2")
    Versions(desk).reopen(draft, "The time is wrong", PAUL)
    with pytest.raises(Refusal, match="Version 2 is being written. You are asked again"):
        signing.answer(draft, given, SAM)
    assert signing.awaited(SAM) == []


def test_answers_count_for_their_version_alone_and_are_asked_for_again(desk, signing, final):
    signing.answer(final, _given(desk, final, "t2"), SAM)
    Versions(desk).reopen(final, "The time is wrong", PAUL)
    desk.answer(final, "meeting", {"started_at": Answer("2027-02-03T10:05:00+00:00")}, PAUL)
    with pytest.raises(NotReady):
        desk.finalise(final, PAUL)
    _confirm(desk, final)
    desk.finalise(final, PAUL)
    assert [one.reference for one in signing.awaited(SAM)] == [final]
    assert _entries(desk, final) == []
    old = desk.look(final, SAM, 1)
    assert [one["as"] for one in old.json["signoff"]] == ["chair", "police", "agency"]
    assert not signing.is_open(old)


def test_sign_offs_that_came_with_a_document_are_shown_as_made_elsewhere(desk, signing):
    document = a_discussion()
    document["signoff"].append(
        {"by": "t3", "as": "agency", "agency": "health", "answer": "approve", "at": "2027-02-03T11:40:00+00:00"}
    )
    reference = _import(desk, document)
    desk.finalise(reference, PAUL)
    record = desk.look(reference, MINA)
    assert [one.elsewhere for one in record.confirmations()] == [True, True, True]
    health = next(one for one in signing.asked(record) if one.agency is Agency.HEALTH)
    assert health.latest.elsewhere
    assert signing.awaited(MINA) == []
    signing.answer(reference, _given(desk, reference, "t3"), MINA)
    assert [one.elsewhere for one in desk.look(reference, MINA).confirmations()] == [True, True, True, False]


# ── Ratifying, and an agency that could not answer ───────────────────────────────────────────────────────────────


def test_a_manager_who_was_absent_ratifies_the_final_text(desk, signing):
    document = a_discussion()
    document["professionals"] += [
        a_sergeant(id="t6", name="Ben Ray", presence="invited_absent", reason="On leave", tried_at=[]),
        a_professional(id="t7", name="Lou Day", manager=False, presence="named"),
    ]
    reference = _import(desk, document)
    desk.finalise(reference, PAUL)
    sha = desk.standing(reference).content_sha256
    ben, lou = an_account("Ben Ray", Agency.POLICE), an_account("Lou Day", Agency.SOCIAL_CARE)
    let_in(desk, reference, lou)
    assert signing.absent_manager(desk.standing(reference), ben).id == "t6"
    assert signing.absent_manager(desk.standing(reference), SAM) is None
    with pytest.raises(NotAllowed, match="A manager ratifies in person"):
        signing.ratify(reference, "t6", "Ben Ray", sha, SAM)
    with pytest.raises(Refusal, match="A manager who took part does not ratify"):
        signing.ratify(reference, "t2", "Sam Ode", sha, SAM)
    with pytest.raises(Refusal, match="Only a manager with a grade ratifies"):
        signing.ratify(reference, "t7", "Lou Day", sha, lou)
    with pytest.raises(Refusal, match="Type your full name"):
        signing.ratify(reference, "t6", "Ben", sha, ben)
    for _ in range(2):
        signing.ratify(reference, "t6", "Ben Ray", sha, ben)
    (entry,) = [one for one in desk.standing(reference).json["signoff"] if one["as"] == "manager"]
    assert (entry["by"], entry["content_sha256"]) == ("t6", sha)


def test_the_recorder_says_that_an_agency_could_not_answer_but_never_over_its_own_answer(desk, signing, final):
    sha = desk.standing(final).content_sha256
    with pytest.raises(NotAllowed):
        signing.could_not_answer(final, "education", "x", sha, an_account("Pat Low", Agency.POLICE, Role.OFFICER))
    with pytest.raises(Refusal, match="Give the reason for ‘Could not answer’"):
        signing.could_not_answer(final, "education", " ", sha, PAUL)
    with pytest.raises(Refusal, match="Choose an agency that took part"):
        signing.could_not_answer(final, "housing", "Shut", sha, PAUL)
    signing.could_not_answer(final, "education", "School is shut; rang twice", sha, PAUL)
    (entry,) = _entries(desk, final)
    assert (entry["agency"], entry["by"], entry["answer"]) == ("education", "t5", "could_not_answer")
    assert (entry["recorded_by"], "method" in entry) == ("Paul Reed", False)
    (shown,) = (one for one in desk.look(final, PAUL).confirmations() if one.answer)
    assert shown.how == "Recorded by Paul Reed, not by the agency itself"

    signing.answer(final, _given(desk, final, "t2"), SAM)
    with pytest.raises(Refusal, match="Police has answered: approve. Only it can change that"):
        signing.could_not_answer(final, "police", "x", sha, PAUL)


def test_the_agency_itself_answers_after_it_was_recorded_that_it_could_not(desk, signing, final):
    signing.could_not_answer(final, "education", "Shut", desk.standing(final).content_sha256, PAUL)
    given = _given(desk, final, "t4", changes=True, reason="School is open again")
    signing.answer(final, given, IRIS)
    assert [one["answer"] for one in _entries(desk, final)] == ["could_not_answer", "approve"]


# ── A refusal goes to everybody who has signed ───────────────────────────────────────────────────────────────────


def test_a_refusal_goes_to_everybody_who_has_signed_by_letter_and_on_their_home_page(desk, signing, final, clock):
    signing.answer(final, _given(desk, final, "t3"), MINA)
    given = _given(desk, final, "t4", "do_not_approve", reason="The child's words are not his")
    told = signing.answer(final, given, IRIS, "https://accord.example/records/x/answer")

    assert told.by_mail == ("ada.finch@council.example", "m.sorrel@hospital.example")
    assert told.not_reached == ("Sam Ode",)
    letters = signing.letters(final)
    assert {one.about for one in letters} == {LetterAbout.NOT_APPROVED}
    assert {one.address for one in letters} == set(told.by_mail)
    for person in (ADA, SAM, MINA, PAUL):  # Paul wrote down the confirmations of chair and police
        assert [(one.reference, one.asked.agency) for one in signing.refused(person)] == [(final, Agency.EDUCATION)]
    assert signing.refused(IRIS) == []

    signing.answer(final, _given(desk, final, "t4", changes=True, reason="Put right by telephone"), IRIS)
    assert signing.refused(ADA) == []


# ── Links for people without an account ──────────────────────────────────────────────────────────────────────────


class Letterbox:
    """Keeps what would leave the building."""

    def __init__(self):
        self.messages = []
        self.problem = None

    def __call__(self, message):
        if self.problem is not None:
            raise self.problem
        self.messages.append(message)


@pytest.fixture
def box():
    return Letterbox()


@pytest.fixture
def post(desk, box):
    return Post(desk.store, desk.now, box)


def _invite(signing, reference, who="t4", address="i.holm@school.example"):
    return signing.invite(reference, who, address, PAGE, PAUL)


def _token(message):
    assert message.page.startswith(PAGE)
    return message.page.removeprefix(PAGE)


def test_a_link_and_a_code_let_somebody_without_an_account_answer_once(desk, signing, final, post, box):
    one = _invite(signing, final)
    assert len(one.code) == 6
    assert one.code.isdigit()
    post.send()
    (message,) = box.messages
    token = _token(message)
    assert message.letter.address == "i.holm@school.example"

    assert signing.check_code(token, f" {one.code[:3]} {one.code[3:]} ").id == one.id
    signing.answer_by_link(token, _given(desk, final, "t4"))
    (entry,) = _entries(desk, final)
    assert (entry["by"], entry["agency"], entry["answer"]) == ("t4", "education", "approve")
    assert (entry["method"], entry["sent_to"], entry["recorded_by"]) == ("link", "i.holm@school.example", "Paul Reed")
    (shown,) = (one for one in desk.look(final, PAUL).confirmations() if one.answer)
    assert shown.how == "Answered by a link sent to i.holm@school.example, made by Paul Reed"
    assert desk.history(final, PAUL)[-1].who == "Iris Holm"
    with pytest.raises(LinkOver) as over:
        signing.by_link(token)
    assert over.value.invitation.ended_how.label == "Used"
    with pytest.raises(LinkOver):
        signing.answer_by_link(token, _given(desk, final, "t4"))
    assert len(_entries(desk, final)) == 1


def test_the_store_holds_no_token_and_each_sending_makes_a_new_one(desk, signing, final, post, box):
    one = _invite(signing, final)
    post.send()
    signing.send_again(final, one.id, PAUL)
    post.send()
    first, second = (_token(message) for message in box.messages)
    assert first != second
    with pytest.raises(NoSuchLink):
        signing.by_link(first)
    assert signing.by_link(second)[0].code == one.code
    with desk.store.reading() as connection:
        for table in ("invitation", "letter", "history"):
            rows = connection.exec_driver_sql(f"select * from {table}").all()
            assert not any(second in str(row) for row in rows), table


def test_a_code_made_in_the_meeting_is_followed_by_its_link_when_the_record_is_final(desk, signing, draft, post, box):
    one = _invite(signing, draft, "t3", "")
    assert one.address == "m.sorrel@hospital.example", "the address of the record"
    post.send()
    assert box.messages == []
    _confirm(desk, draft)
    desk.finalise(draft, PAUL)
    post.send()
    (message,) = box.messages
    assert message.letter.address == "m.sorrel@hospital.example"
    assert signing.check_code(_token(message), one.code).name == "Dr Mina Sorrel"


def test_wrong_codes_lock_a_link_and_say_how_many_tries_are_left(desk, signing, final, post, box):
    one = _invite(signing, final)
    post.send()
    token = _token(box.messages[0])
    wrong = f"{(int(one.code) + 1) % 10**6:06}"
    with pytest.raises(WrongCode, match="The code has six digits"):
        signing.check_code(token, "12345")
    said = []
    for _ in range(TRIES):
        with pytest.raises(WrongCode) as refused:
            signing.check_code(token, wrong)
        said.append(str(refused.value))
    assert said[0] == "That is not the code. You can try 4 more times."
    assert said[-2] == "That is not the code. You can try 1 more time."
    assert said[-1] == "That is not the code, and it was the last try. Ask the recorder for a new link."
    with pytest.raises(LinkOver) as over:
        signing.check_code(token, one.code)
    assert over.value.invitation.ended_how.value == "locked"


def test_a_right_code_gives_the_tries_back(signing, final, post, box):
    one = _invite(signing, final)
    post.send()
    token = _token(box.messages[0])
    for _ in range(3):
        for _ in range(TRIES - 1):
            with pytest.raises(WrongCode):
                signing.check_code(token, f"{(int(one.code) + 1) % 10**6:06}")
        signing.check_code(token, one.code)


def test_a_link_runs_out_after_a_week_and_ends_when_the_record_is_corrected(desk, signing, final, post, box, clock):
    _invite(signing, final)
    post.send()
    token = _token(box.messages[0])
    clock.moment = NOW + LINK_LASTS
    with pytest.raises(LinkOver):
        signing.by_link(token)
    clock.moment = NOW
    signing.by_link(token)
    Versions(desk).reopen(final, "Wrong time", PAUL)
    with pytest.raises(LinkOver) as over:
        signing.by_link(token)
    assert over.value.invitation.ended_how.value == "superseded"


def test_a_newer_link_to_the_same_person_replaces_the_older(signing, final, post, box):
    _invite(signing, final)
    post.send()
    _invite(signing, final, address="head@school.example")
    post.send()
    old, new = (_token(message) for message in box.messages)
    with pytest.raises(LinkOver) as over:
        signing.by_link(old)
    assert over.value.invitation.ended_how.value == "replaced"
    assert signing.by_link(new)[0].address == "head@school.example"


@pytest.mark.parametrize(
    ("who", "address", "sentence"),
    [
        ("t4", "", "Type the e-mail address of Iris Holm: the record has none."),
        ("t4", "iris", "‘iris’ is not an e-mail address. Use one such as name@agency.example."),
        ("t4", "a@b.example\nBcc: c@d.example", "is not an e-mail address"),
        ("t4", f"{'a' * 250}@b.example", "is not an e-mail address"),
        ("t9", "a@b.example", "Choose somebody of an agency that took part."),
        ("", "a@b.example", "Choose somebody of an agency that took part."),
    ],
)
def test_a_link_that_could_reach_nobody_is_not_made(signing, final, who, address, sentence):
    with pytest.raises(Refusal) as refused:
        _invite(signing, final, who, address)
    assert sentence in str(refused.value)
    assert signing.invitations(final) == []


def test_what_a_link_shows_is_the_copy_of_that_agency_and_never_a_wider_one(desk, signing):
    document = a_discussion()
    secret = {"reason": "Source", "audiences": ["full", "police"]}
    document["information"]["lines"].append(
        {"agency": "police", "by": "t2", "kind": "intelligence", "text": "Held by police alone", "restricted": secret}
    )
    document["circulation"][3] = {"to": "t4", "audience": "decisions"}
    document["professionals"] += [a_sergeant(id="t6", name="Mo Reid"), a_professional(id="t7", name="Jo Vane")]
    reference = _import(desk, document)
    desk.finalise(reference, PAUL)
    record = desk.standing(reference)
    for who, audience, sees in (("t3", "partner", False), ("t6", "police", True), ("t7", "social_care", False)):
        reader = signing.link_reader(_invite(signing, reference, who, "a@b.example"), record)
        assert str(reader.audience) == audience
        assert ("Held by police alone" in json.dumps(signing.text(record, reader))) is sees
    reader = signing.link_reader(_invite(signing, reference, "t4", "a@b.example"), record)
    assert "information" not in signing.text(record, reader)


def test_a_letter_that_could_not_be_sent_is_tried_again_and_then_given_up(desk, signing, final, post, box, clock):
    _invite(signing, final)
    box.problem = NotDelivered("The mail server could not be reached: refused.")
    post.send()
    (letter,) = signing.letters(final)
    assert (letter.tries, letter.problem) == (1, "The mail server could not be reached: refused.")
    assert letter.next_at == NOW + RETRIES[0]
    post.send()
    assert signing.letters(final)[0].tries == 1, "not before its time"

    for _ in RETRIES:
        clock.moment = signing.letters(final)[0].next_at
        post.send()
    (letter,) = signing.letters(final)
    assert letter.is_given_up
    assert letter.tries == len(RETRIES) + 1


def test_an_address_that_is_refused_for_good_is_not_tried_again(signing, final, post, box):
    _invite(signing, final)
    box.problem = NotDelivered("No such mailbox.", for_good=True)
    post.send()
    assert signing.letters(final)[0].is_given_up


def test_a_letter_that_waits_reaches_its_reader_once_the_server_is_back(signing, final, post, box, clock):
    one = _invite(signing, final)
    box.problem = NotDelivered("Down.")
    post.send()
    box.problem = None
    clock.moment = signing.letters(final)[0].next_at
    post.send()
    post.send()
    (message,) = box.messages
    assert signing.check_code(_token(message), one.code).id == one.id
    (letter,) = signing.letters(final)
    assert letter.sent_at is not None
    assert letter.problem == ""


def test_two_senders_never_send_the_same_letter(desk, signing, final, box):
    _invite(signing, final)
    (letter,) = desk.store.due_letters(desk.now())
    assert desk.store.claim_letter(letter, desk.now() + RETRIES[0])
    assert not desk.store.claim_letter(letter, desk.now() + RETRIES[0])
    Post(desk.store, desk.now, box).send()
    assert box.messages == []


def test_a_link_that_was_used_before_its_letter_left_is_not_sent(desk, signing, final, post, box):
    one = _invite(signing, final)
    Versions(desk).reopen(final, "Wrong time", PAUL)
    post.send()
    assert box.messages == []
    assert signing.letters(final)[0].problem == "The link had ended before it could be sent."
    with pytest.raises(Refusal, match="not open any more. Make a new one"):
        signing.send_again(final, one.id, PAUL)


def test_two_children_dissent_is_kept_for_the_child_it_is_about(desk, signing):
    document = a_discussion()
    document["children"].append(a_child(id="c3", name="Wren Marsh", given_names="Wren", links=[]))
    document["outcomes"].append(an_outcome(child="c3"))
    document["adults"][0]["parent_of"] = document["adults"][0]["parental_responsibility_for"] = ["c1", "c3"]
    reference = _import(desk, document)
    desk.finalise(reference, PAUL)
    given = _given(desk, reference, "t3", "approve_with_dissent", about=["c3"], reason="Seen too late")
    signing.answer(reference, given, MINA)
    assert _entries(desk, reference)[0]["about"] == ["c3"]


# ── What was final before anybody was asked ──────────────────────────────────────────────────────────────────────


def test_records_that_were_final_before_there_were_answers_ask_their_agencies_after_the_migration(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'old.db'}")
    migrate(store)
    store.make_area("Test area")
    store.keep_account(administrator(), None, demonstration=False)
    desk = Desk(store, lambda: NOW)
    reference = _import(desk, a_discussion())
    desk.finalise(reference, administrator())
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0005")
        assert "asking" not in sa.inspect(connection).get_table_names()
    migrate(store)
    (waiting,) = store.awaited(Agency.POLICE, asker_of(SAM))
    assert (waiting.reference, waiting.version, waiting.asked.answer) == (reference, 1, None)
    assert waiting.asked.people == (("t2", "Sam Ode"), ("t5", "Paul Reed"))
    Signing(desk).answer(reference, _given(desk, reference, "t2"), SAM)
    assert store.awaited(Agency.POLICE, asker_of(SAM)) == []
    store.close()
