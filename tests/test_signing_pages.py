"""Pages on which a final text is answered, with an account and by a link; typed without JavaScript, never a 5xx."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest

from forms.commands import DEMONSTRATION
from forms.demonstration import PASSWORD, PEOPLE
from meetings.desk import administrator
from meetings.people import Account, Role
from meetings.versions import Versions
from meetings.vocabulary import Agency
from tests.inspecting import Browser
from tests.makers import let_in

RECORD = DEMONSTRATION / "SD-2026-9001.json"
SIGNED = {"answer": "approve", "declared": "1", "password": PASSWORD}


@pytest.fixture
def desk(app, clock):
    clock.set("2026-11-18T09:00:00+00:00")
    return app.extensions["accord"]


@pytest.fixture
def draft(desk):
    return desk.import_document(RECORD.read_bytes(), administrator())[0]


@pytest.fixture
def final(desk, draft):
    desk.finalise(draft, administrator())
    return draft


def _sign(browser, final, login, **changes):
    browser.sign_in(login)
    page = browser.get(f"/records/{final}/answer")
    form = page.soup.select_one("#answer-form")
    hint = page.by_id("typed_name-hint").text.partition(": ")[2]
    sent = {**page.fields(form), "typed_name": hint, **SIGNED, **changes}
    return browser.post(f"/records/{final}/answer", {name: value for name, value in sent.items() if value is not None})


def _answers(desk, reference):
    return [one["answer"] for one in desk.standing(reference).json["signoff"] if one["as"] == "agency"]


# ── With an account ──────────────────────────────────────────────────────────────────────────────────────────────


def test_an_agency_answers_on_a_page_that_shows_the_text_and_its_hash(app, browser, desk, final):
    browser.sign_in("manager")
    page = browser.get("/")
    assert "Answer for Local authority children's social care: SD-2026-9001" in page.words
    page = browser.get(f"/records/{final}/answer")
    assert desk.standing(final).content_sha256 in page.text
    assert "Vince squeezed because I dropped the milk." in page.words
    page = _sign(browser, final, "manager")
    assert page.status == 200
    assert "Your answer for Local authority children's social care is kept." in page.words
    assert _answers(desk, final) == ["approve"]
    assert "Answer for Local authority" not in browser.get("/").words
    assert (
        "Approve Signed with their own account Imelda Fairbrother, Team manager"
        in browser.get(f"/records/{final}").words
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"password": None}, "Type your password again: it shows that it is you who signs."),
        ({"password": "wrong"}, "That is not your password. Nothing was signed."),
        ({"typed_name": "Imelda"}, "Type your full name as it stands in the record: Imelda Fairbrother."),
        ({"declared": None}, "Tick ‘I approve on behalf of Local authority children's social care’"),
        ({"answer": None}, "Choose an answer."),
        ({"answer": "do_not_approve", "declared": None, "reason": ""}, "Give the reason for ‘Do not approve’."),
        ({"content_sha256": "0" * 64}, "The text was changed since you read it."),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_still_there(browser, desk, final, changes, sentence):
    page = _sign(browser, final, "manager", **{"reason": "All of it <b>&amp;</b>", **changes})
    assert page.status == 422
    assert sentence in page.words
    assert _answers(desk, final) == []
    if "reason" not in changes:
        assert page.by_id("reason").text.strip() == "All of it <b>&amp;</b>"
    assert PASSWORD not in page.text
    assert page.by_id("password").get("value") is None


def test_after_five_wrong_passwords_signing_waits_as_signing_in_does(browser, final):
    browser.sign_in("manager")
    for expected in ["That is not your password. Nothing was signed."] * 5 + [
        "Too many wrong passwords. Wait a minute"
    ]:
        page = browser.get(f"/records/{final}/answer")
        sent = {**page.fields(page.soup.select_one("#answer-form")), **SIGNED, "password": "wrong"}
        page = browser.post(f"/records/{final}/answer", sent)
        assert expected in page.words


def test_another_way_to_prove_who_one_is_takes_the_place_of_the_password(app, browser, desk, final):
    class Always:
        asks = "by_password.html"

        def check(self, person):
            self.person = person

    app.extensions["accord-proof"] = Always()
    assert _sign(browser, final, "manager", password=None).status == 200
    assert app.extensions["accord-proof"].person.login == "manager"


def test_a_password_is_never_carried_through_the_sign_in_page(app, browser, final):
    browser.sign_in("manager")
    page = browser.get(f"/records/{final}/answer")
    sent = {**page.fields(page.soup.select_one("#answer-form")), **SIGNED, "reason": "Kept words"}
    browser.client.delete_cookie("accord")
    page = browser.post(f"/records/{final}/answer", sent)
    assert page.status == 400
    assert "Kept words" in page.words
    carried = page.soup.find("input", attrs={"name": "unsaved"})["value"]
    assert "Kept words" in carried
    assert "password" not in carried
    assert PASSWORD not in carried


def test_somebody_who_is_not_of_the_record_sees_the_answers_and_cannot_give_one(browser, desk, final):
    let_in(desk, final, PEOPLE[3])
    browser.sign_in("sergeant")
    page = browser.get(f"/records/{final}/answer")
    assert page.status == 200
    assert page.soup.select_one("#answer-form") is None
    assert "Police is answered for by Bronagh Tierney, or Wendell Ashgrove" in page.words
    sent = {"content_sha256": desk.standing(final).content_sha256, "typed_name": "Bronagh Tierney", **SIGNED}
    page = browser.post(f"/records/{final}/answer", {**sent, "professional": "p3"})
    assert page.status == 403
    browser.sign_in("officer")
    assert browser.get(f"/records/{final}/answer").status == 404
    assert _answers(desk, final) == []


def test_an_officer_of_the_record_answers_over_the_copy_of_the_agency(app, browser, desk, hashed):
    document = json.loads(RECORD.read_text())
    wendell = next(one for one in document["professionals"] if one["id"] == "p4")
    document["professionals"].append({**wendell, "id": "p9", "name": "Tamsin Okonjo", "role": "Constable"})
    secret = {"reason": "Only for care", "audiences": ["full", "social_care"]}
    document["information"]["lines"].append(
        {"agency": "social_care", "by": "p2", "kind": "fact", "text": "Not for police at all", "restricted": secret}
    )
    reference, _ = desk.import_document(json.dumps(document).encode(), administrator())
    desk.finalise(reference, administrator())
    browser.sign_in("officer")
    assert f"Answer for Police: {reference}" in browser.get("/").words
    page = browser.get(f"/records/{reference}/answer")
    assert page.status == 200
    assert "Not for police at all" not in page.words
    assert _sign(browser, reference, "officer").status == 200


def test_a_manager_who_was_absent_ratifies_on_the_same_page(app, browser, desk):
    document = json.loads(RECORD.read_text())
    document["professionals"].append(
        {"id": "p9", "name": "Cormac Adeyemi", "agency": "police", "role": "Sergeant", "grade": "DS",
         "manager": True, "presence": "invited_absent", "reason": "On leave", "tried_at": []}
    )  # fmt: skip
    reference, _ = desk.import_document(json.dumps(document).encode(), administrator())
    desk.finalise(reference, administrator())
    browser.sign_in("sergeant")
    page = browser.get(f"/records/{reference}/answer")
    form = page.soup.select_one("#ratify-form")
    sent = {**page.fields(form), "typed_name": "Cormac Adeyemi"}
    page = browser.post(f"/records/{reference}/ratify", {**sent, "password": "wrong"})
    assert page.status == 422
    page = browser.post(f"/records/{reference}/ratify", {**sent, "password": PASSWORD})
    assert "You have ratified this text." in page.words
    words = browser.get(f"/records/{reference}").words
    assert "Manager ratified: Cormac Adeyemi" in words
    assert "Signed with their own account" in words


def test_a_refusal_is_shown_on_the_home_page_of_everybody_who_has_signed(browser, desk, final):
    _sign(browser, final, "manager")
    refusal = {"answer": "do_not_approve", "declared": None, "reason": "Not what we agreed"}
    page = _sign(browser, final, "detective", **refusal)
    assert "Everybody who has signed is told by e-mail: imelda.fairbrother@council.example." in page.words
    browser.sign_in("manager")
    assert "Police does not approve SD-2026-9001 , under which your name stands." in browser.get("/").words
    browser.sign_in("officer")
    assert "does not approve" not in browser.get("/").words


def test_sign_offs_that_came_with_a_document_say_so_on_every_page(browser, final):
    browser.sign_in("manager")
    for path in (f"/records/{final}", f"/records/{final}/answer", f"/records/{final}/read-back"):
        assert browser.get(path).words.count("(imported with the record, not made here)") == 2, path


def test_the_recorder_says_that_an_agency_could_not_answer_with_the_password(browser, desk, final):
    browser.sign_in("pclo")
    page = browser.get(f"/records/{final}/links")
    form = page.soup.find("form", action=re.compile("could-not-answer"))
    sent = {**page.fields(form), "agency": "health", "reason": "On a ward round; rang twice", "password": PASSWORD}
    page = browser.post(f"/records/{final}/could-not-answer", {**sent, "password": ""})
    assert page.status == 422
    assert "On a ward round; rang twice" in page.words
    page = browser.post(f"/records/{final}/could-not-answer", sent)
    assert "It is recorded that the agency could not answer." in page.words
    assert "Recorded by Wendell Ashgrove, not by the agency itself" in browser.get(f"/records/{final}").words


def test_a_briefing_or_a_draft_asks_no_agency(browser, desk, draft):
    from meetings.documents import BRIEFING

    reference = desk.start(administrator(), of=BRIEFING)
    browser.sign_in("pclo")
    for path in (f"/records/{reference}/answer", f"/records/{reference}/links", f"/records/{draft}/answer"):
        assert browser.get(path).status == 409, path


# ── By a link ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def outbox(tmp_path):
    def newest():
        file = max((tmp_path / "outbox").glob("*-link-*.eml"), key=lambda one: one.stat().st_mtime_ns)
        return message_from_bytes(file.read_bytes(), policy=default)

    return newest


def _path_of(letter):
    found = re.search(r"http://localhost(/answer/\S+)", letter.get_content())
    return found[1]


@pytest.fixture
def invited(app, browser, desk, final, outbox):
    """Somebody at school with a link and a code, at a browser of their own."""
    browser.sign_in("pclo")
    page = browser.get(f"/records/{final}/links")
    form = page.soup.find("form", action=re.compile("/links$"))
    page = browser.post(f"/records/{final}/links", {**page.fields(form), "professional": "p6"})
    assert page.status == 200, page.words
    code = re.sub(r"\D", "", page.soup.select_one(".accord-code").text)
    assert f"The code for Kwabena Lister is {code}." in page.words
    letter = outbox()
    assert code not in letter.as_string()
    return Browser(app.test_client()), _path_of(letter), code


def test_a_code_is_made_in_the_meeting_and_the_link_follows_when_the_record_is_final(
    app, browser, desk, draft, tmp_path
):
    browser.sign_in("pclo")
    page = browser.get(f"/records/{draft}/links")
    form = page.soup.find("form", action=re.compile("/links$"))
    browser.post(f"/records/{draft}/links", {**page.fields(form), "professional": "p6"})
    for path in ("/read-back", ""):
        page = browser.get(f"/records/{draft}{path}")
        assert "Codes to tell in the meeting, never by e-mail: Kwabena Lister" in page.words, path
    assert not (tmp_path / "outbox").exists()
    browser.get(f"/records/{draft}/read-back")
    browser.post(f"/records/{draft}/finalise", {})
    (file,) = (tmp_path / "outbox").iterdir()
    assert b"To: k.lister@school.example" in file.read_bytes()


def test_somebody_without_an_account_reads_the_open_copy_and_answers_once(desk, final, invited):
    guest, path, code = invited
    page = guest.get(path)
    assert page.status == 200
    assert "Milo" not in page.words, "nothing is shown before the code"
    page = guest.post(f"{path}/code", {"code": code})
    assert page.status == 200
    assert desk.standing(final).content_sha256 in page.text
    assert "Milo Farraday" in page.words
    form = page.soup.select_one("#answer-form")
    answer = {"answer": "approve_with_dissent", "about": "c1", "reason": "He should be seen", "declared": "1"}
    page = guest.post(path, {**page.fields(form), **answer, "typed_name": "Kwabena"})
    assert page.status == 422
    assert "Type your full name as it stands in the record: Kwabena Lister." in page.words
    assert page.by_id("reason").text.strip() == "He should be seen"
    form = page.soup.select_one("#answer-form")
    page = guest.post(path, {**page.fields(form), "typed_name": "kwabena  lister"})
    assert page.status == 200
    assert "Your answer is kept" in page.words
    assert _answers(desk, final) == ["approve_with_dissent"]

    page = guest.get(path)
    assert page.status == 410
    assert "This link was used" in page.words
    assert "ring the recorder" in page.words
    page = guest.post(path, {**answer, "typed_name": "Kwabena Lister"})
    assert page.status == 410
    assert _answers(desk, final) == ["approve_with_dissent"]
    assert guest.client.get(f"/records/{final}").status_code == 303, "a link opens nothing else"


def test_what_is_held_back_from_partners_is_not_on_the_page_of_a_link(app, browser, desk, outbox):
    document = json.loads(RECORD.read_text())
    secret = {"reason": "Source", "audiences": ["full", "police"]}
    document["information"]["lines"].append(
        {"agency": "police", "by": "p3", "kind": "intelligence", "text": "Known to carry knives", "restricted": secret}
    )
    reference, _ = desk.import_document(json.dumps(document).encode(), administrator())
    desk.finalise(reference, administrator())
    browser.sign_in("pclo")
    page = browser.get(f"/records/{reference}/links")
    form = page.soup.find("form", action=re.compile("/links$"))
    page = browser.post(f"/records/{reference}/links", {**page.fields(form), "professional": "p6"})
    code = re.sub(r"\D", "", page.soup.select_one(".accord-code").text)
    guest, path = Browser(app.test_client()), _path_of(outbox())
    guest.get(path)
    page = guest.post(f"{path}/code", {"code": code})
    assert "Milo Farraday" in page.words
    assert "Known to carry knives" not in page.text


def test_without_the_code_nothing_is_shown_and_nothing_is_signed(desk, final, invited):
    guest, path, code = invited
    guest.get(path)
    for wrong in ("", "12345", "abcdef", "١٢٣٤٥٦", "9" * 400):
        page = guest.post(f"{path}/code", {"code": wrong})
        assert page.status == 422
        assert "The code has six digits." in page.words
    page = guest.post(path, {"answer": "approve", "declared": "1", "typed_name": "Kwabena Lister", "reason": "Hello"})
    assert page.status == 422
    assert "Type the code again. What you typed is kept and not sent yet." in page.words
    page = guest.post(f"{path}/code", {**page.fields(page.soup.select_one("main form")), "code": code})
    assert page.by_id("reason").text.strip() == "Hello"
    assert _answers(desk, final) == []


def test_a_link_whose_code_was_wrong_too_often_is_locked_and_a_new_one_works(
    app, browser, desk, final, invited, outbox
):
    guest, path, code = invited
    wrong = f"{(int(code) + 1) % 10**6:06}"
    guest.get(path)
    for _ in range(5):
        page = guest.post(f"{path}/code", {"code": wrong})
    assert "it was the last try. Ask the recorder for a new link." in page.words
    page = guest.post(f"{path}/code", {"code": code})
    assert page.status == 410
    assert "This link is locked" in page.words
    page = browser.get(f"/records/{final}/links")
    assert "Locked after too many wrong codes" in page.words
    form = page.soup.find("form", action=re.compile("/links$"))
    page = browser.post(
        f"/records/{final}/links", {**page.fields(form), "professional": "p6", "address": "new@b.example"}
    )
    code = re.sub(r"\D", "", page.soup.select_one(".accord-code").text)
    path = _path_of(outbox())
    guest.get(path)
    assert guest.post(f"{path}/code", {"code": code}).status == 200


def test_links_that_ran_out_were_replaced_or_are_unknown_say_what_to_do(
    app, browser, desk, final, invited, clock, outbox
):
    guest, path, _ = invited
    page = guest.get("/answer/nonsense")
    assert page.status == 404
    assert "This link is not known here" in page.words
    assert "Open the newest message and copy the whole link." in page.words

    page = browser.get(f"/records/{final}/links")
    button = page.soup.find("form", action=re.compile("/links/.+"))
    page = browser.post(button["action"], page.fields(button))
    assert "One that was sent before works no more; the code is the same." in page.words
    assert guest.get(path).status == 404
    path = _path_of(outbox())
    assert guest.get(path).status == 200

    clock.set("2026-11-25T09:00:00+00:00")
    page = guest.get(path)
    assert page.status == 410
    assert "This link has run out It worked until 25 November 2026, 09:00." in page.words
    clock.set("2026-11-18T10:00:00+00:00")
    Versions(desk).reopen(final, "Wrong time", administrator())
    page = guest.get(path)
    assert page.status == 410
    assert "The record is being corrected" in page.words


def test_a_page_of_a_link_that_was_open_for_days_loses_nothing(desk, final, invited):
    guest, path, code = invited
    guest.get(path)
    page = guest.post(f"{path}/code", {"code": code})
    form = page.fields(page.soup.select_one("#answer-form"))
    typed = {
        **form,
        "answer": "approve",
        "declared": "1",
        "typed_name": "Kwabena Lister",
        "reason": "Long <i>words</i>",
    }
    guest.client.delete_cookie("accord")
    page = guest.post(path, typed)
    assert page.status == 400
    assert "This page had been open for too long. Nothing was sent: type the code again." in page.words
    page = guest.post(f"{path}/code", {**page.fields(page.soup.select_one("main form")), "code": code})
    assert "Nothing is sent yet: what you typed is below." in page.words
    page = guest.post(path, page.fields(page.soup.select_one("#answer-form")))
    assert page.status == 200
    assert _answers(desk, final) == ["approve"]


def test_hostile_requests_never_break_a_page_of_a_link(invited):
    guest, path, code = invited
    chance = random.Random(3)
    values = ["", "x", "\x00", "\u202e", "9" * 400, "[]", "<b>", "approve", "c1", "c99", "a" * 7_000]
    names = ["answer", "about", "reason", "typed_name", "declared", "changes", "content_sha256", "professional", "code"]
    guest.get(path)
    guest.post(f"{path}/code", {"code": code})
    for _ in range(60):
        sent = {
            name: chance.choice(values).encode("utf-8", "replace").decode() for name in names if chance.random() < 0.7
        }
        target = chance.choice([path, f"{path}/code", f"{path}%00", f"{path}/nowhere", "/answer/%ff%fe"])
        assert guest.post(target, sent).status < 500
    for odd in ("/answer/%F0%9F", "/answer/..%2f", "/answer/" + "a" * 5000, "/answer/%00"):
        assert guest.client.get(odd).status_code < 500, odd


def test_a_mail_server_that_is_down_is_told_with_what_happens_next(app, browser, desk, final):
    from meetings.post import NotDelivered, Post

    def down(_message):
        raise NotDelivered("The mail server mail.example could not be reached: refused.")

    app.extensions["accord-post"] = Post(desk.store, desk.now, down)
    browser.sign_in("pclo")
    page = browser.get(f"/records/{final}/links")
    form = page.soup.find("form", action=re.compile("/links$"))
    page = browser.post(f"/records/{final}/links", {**page.fields(form), "professional": "p6"})
    assert page.status == 200
    assert "Not sent yet The mail server mail.example could not be reached: refused." in page.words
    assert "It is tried again at 18 November 2026, 09:01, or send a new link." in page.words


def test_the_link_in_a_letter_begins_with_the_address_that_is_set(app, browser, desk, final, outbox):
    app.config["ADDRESS"] = "https://accord.example/minutes"
    browser.sign_in("pclo")
    page = browser.get(f"/records/{final}/links")
    form = page.soup.find("form", action=re.compile("/links$"))
    browser.post(f"/records/{final}/links", {**page.fields(form), "professional": "p5"})
    assert re.search(r"https://accord\.example/minutes/answer/[0-9a-f]{48}\s", outbox().get_content())


def test_an_account_of_a_guest_has_no_door(app):
    guest = Account("x", "", "G", Agency.HEALTH, "", "", Role.GUEST)
    desk = app.extensions["accord"]
    desk.keep_account(replace(guest, id="00000000-0000-4000-8000-00000000f001", login="g"), None)
    assert desk.sign_in("g", "") is None


def test_everybody_who_was_shown_the_text_is_in_the_log(browser, desk, final, invited):
    guest, path, code = invited
    guest.get(path)
    guest.post(f"{path}/code", {"code": code})
    _sign(browser, final, "manager")
    browser.get(f"/records/{final}/text")
    seen = {(line.who, line.place) for line in desk.sharing(final, administrator()) if line.what == "page:seen"}
    assert {("Kwabena Lister", "link"), ("Imelda Fairbrother", "answer"), ("Imelda Fairbrother", "text")} <= seen


def test_a_record_made_final_on_the_command_line_sends_the_links_that_wait(accord, tmp_path):
    from app import open_store, read_settings
    from meetings.desk import Desk
    from meetings.signing import Signing

    accord("import", "--now", "2026-11-18T09:00:00+00:00", RECORD)
    settings = read_settings({"ACCORD_INSTANCE": str(tmp_path / "instance"), "ACCORD_NOW": "2026-11-18T09:00:00+00:00"})
    store = open_store(settings)
    page = "https://accord.example/answer/"
    Signing(Desk(store, settings.now)).invite("SD-2026-9001", "p6", "", page, administrator())
    store.close()
    assert accord("finalise", "--now", "2026-11-18T10:00:00+00:00", "SD-2026-9001").returncode == 0
    (file,) = (tmp_path / "instance" / "outbox").iterdir()
    assert b"https://accord.example/answer/" in file.read_bytes()
