"""Nobody has a copy that is not theirs by naming somebody after the colon: each door, account, audience and person."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from exports.keys import Seal
from exports.word import read_text
from forms.demonstration import PEOPLE
from meetings.desk import administrator
from meetings.drafts import Refusal
from meetings.issuing import Issuing
from meetings.people import Role
from meetings.store import Store
from meetings.vocabulary import Agency, Audience
from tests.inspecting import Browser
from tests.makers import NOW, a_discussion, a_line, a_sergeant, an_action, given_to, let_in
from tests.sealing import DAY, FROZEN, the_authority
from tests.test_briefing_scenarios import read

ONLY_FOR_T7 = "A source has named the quay."
ONLY_FOR_POLICE = "Surveillance runs until Friday."
OFFICER = PEOPLE[2]
"""The officer who is t7 of the record."""
OTHERS = (
    replace(OFFICER, id="00000000-0000-4000-8000-00000000e001", login="other", name="Vikram Sowande"),
    replace(
        OFFICER,
        id="00000000-0000-4000-8000-00000000e002",
        login="doctor",
        name="Dr Mina Sorrel",
        agency=Agency.HEALTH,
    ),
    replace(OFFICER, id="00000000-0000-4000-8000-00000000e003", login="namesake", agency=Agency.EDUCATION),
    replace(OFFICER, id="00000000-0000-4000-8000-00000000e004", login="guest", name="A Guest", role=Role.GUEST),
)
"""An officer on the circulation list, the paediatrician who is t3, and a listed namesake of t7 in another agency."""

PERSONS = ("t7", "t3", "t1", "c1", "a1", "t99")
"""A police officer, health, social care, a child, a parent, and nobody."""
WORDS = [str(one) for one in Audience if one is not Audience.PARENT]
WORDS += [f"{one}:{person}" for one in Audience for person in PERSONS]

ANYBODY = {"full", "police", "social_care", "legal", "partner", "decisions"}
FOR_SOMEBODY = {f"{kind}:{person}" for kind in ("full", "partner", "decisions") for person in ("t7", "t3", "t1")}
WHOLE = ANYBODY | FOR_SOMEBODY | {"police:t7", "social_care:t1", "parent:a1"}
RIGHT = {
    "pclo": WHOLE,
    "manager": WHOLE,
    "officer": {"police", "police:t7"},
    "other": {"police"},
    "doctor": {"partner", "partner:t3"},
    "namesake": {"partner"},
    "guest": set(),
}
"""For each account, every copy that it may have of the record. Each other one is refused at every door."""
OF_A_CHILD = {"full", "police", "social_care", "legal"}
"""Copies of which extracts for one child are made."""


def a_record():
    """The bruised boy, with what only t7 may have, and what only police may have."""
    t7 = a_sergeant(id="t7", name=OFFICER.name, manager=False, grade="PC")
    document = a_discussion()
    document["professionals"].append(t7)
    for text, who in ((ONLY_FOR_T7, {"people": ["t7"]}), (ONLY_FOR_POLICE, {"audiences": ["police"]})):
        closed = {"reason": "Source in danger", "audiences": [], **who}
        document["information"]["lines"].append(a_line(agency="police", by="t2", text=text, restricted=closed))
        document["actions"].append(an_action(len(document["actions"]) + 1, text=text, owner="t2", restricted=closed))
    return given_to(document, OTHERS[0], OTHERS[2])


@pytest.fixture
def final(app, desk, clock, hashed):
    """A final record; every account can sign in."""
    clock.moment = NOW
    for one in OTHERS:
        desk.store.keep_account(one, hashed, demonstration=True)
    seal = Seal(the_authority().signer("Marsh Council", "ecdsa", until=FROZEN + 3000 * DAY))
    app.extensions["accord-seal"] = lambda: seal
    reference, _ = desk.import_document(json.dumps(a_record()).encode(), administrator())
    desk.finalise(reference, administrator())
    return let_in(desk, reference, PEOPLE[1])


@pytest.fixture
def signed_in(app):
    """Return somebody at a browser of their own."""

    def come(login):
        browser = Browser(app.test_client())
        browser.sign_in(login)
        return browser

    return come


DOORS = {
    "exports.minutes": "copy",
    "exports.actions": "copy",
    "exports.actions_signature": "copy",
    "exports.child_extract": "extract",
    "exports.child_data": "extract",
    "exports.child_signature": "extract",
    "exports.record": "whole",
    "exports.record_signature": "whole",
    "exports.copies": "page",
}
"""Every door of files, and what it gives: a copy, an extract of one, the whole record, or a page that asks for whom."""


def test_every_door_of_files_is_known_here(app):
    doors = {one.endpoint for one in app.url_map.iter_rules() if one.endpoint.startswith("exports.")}
    assert doors - {"exports.hand_out"} == set(DOORS)


def right_answer(login, words, gives):
    """Return the status that an account is answered with at a door, for an audience and person."""
    sees_all = RIGHT[login] is WHOLE
    if gives == "whole":
        return {409} if sees_all else {403}
    if words not in RIGHT[login]:
        return {404, 409} if sees_all else {403}
    if gives == "extract" and words.partition(":")[0] not in OF_A_CHILD:
        return {409}
    return {200}


@pytest.mark.parametrize("login", RIGHT)
def test_each_door_gives_each_account_the_copies_of_the_table_and_no_other(app, final, signed_in, login):
    client = signed_in(login).client
    doors = [one for one in app.url_map.iter_rules() if DOORS.get(one.endpoint, "page") != "page"]
    named = {"reference": final, "child": "c1"}
    wrong = []
    for rule in doors:
        path = app.url_map.bind("").build(rule.endpoint, {one: named[one] for one in rule.arguments})
        for words in WORDS:
            response = client.get(f"{path}?audience={words}")
            if response.status_code not in right_answer(login, words, DOORS[rule.endpoint]):
                wrong.append((rule.endpoint, words, response.status_code))
            if words in RIGHT[login] or RIGHT[login] is WHOLE:
                continue
            said = response.get_data(as_text=True)
            assert ONLY_FOR_T7 not in said
            assert OFFICER.name not in said.replace(f">{OFFICER.name}", ""), "who signed in stands at the top"
    assert not wrong


def test_an_officer_is_told_the_same_of_somebody_in_the_record_and_of_nobody(final, signed_in):
    browser = signed_in("other")
    said = {browser.get(f"/records/{final}/minutes.docx?audience=police:{one}").words for one in ("t7", "t2", "t99")}
    assert len(said) == 1
    assert "You may take a copy that is made for you, and none that is made for somebody else." in said.pop()
    page = browser.get(f"/records/{final}/minutes.docx?audience=social_care:t1")
    assert "Your role may not take a copy for social care." in page.words


def test_a_recorder_is_told_what_is_wrong_with_the_person(final, signed_in):
    browser = signed_in("pclo")
    for words, status, sentence in (
        ("police:t99", 404, "There is nobody ‘t99’ in this record to make a copy for."),
        ("parent:t99", 404, "There is no adult ‘t99’ in this record to make a copy for."),
        ("police:c1", 409, "Robin Marsh is of the family, who have no copy for police."),
        ("police:t1", 409, "a copy for police is not made for Ada Finch."),
    ):
        page = browser.get(f"/records/{final}/minutes.docx?audience={words}")
        assert page.status == status
        assert sentence in page.words
    page = browser.get(f"/records/{final}/minutes.docx?audience=police:t99")
    assert "There is no such reader" in page.words
    assert "Choose somebody whom the record names." in page.words


def _text(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return json.dumps(response.json)


def test_what_is_restricted_to_one_officer_reaches_that_officer_alone(final, signed_in, desk):
    path = f"/records/{final}/actions.json"
    assert ONLY_FOR_T7 in _text(signed_in("officer").client, path), "without naming anybody"
    assert ONLY_FOR_T7 in _text(signed_in("officer").client, f"{path}?audience=police:t7")
    assert ONLY_FOR_T7 not in _text(signed_in("officer").client, f"{path}?audience=police")
    for login in ("other", "doctor", "namesake"):
        assert ONLY_FOR_T7 not in _text(signed_in(login).client, path)
    assert ONLY_FOR_T7 in _text(signed_in("pclo").client, f"{path}?audience=police:t7"), "made for the officer"
    line = desk.sharing(final, administrator())[-1]
    assert (line.who, line.place) == ("Wendell Ashgrove", "police:t7"), "and logged as that"


def test_the_record_offers_the_copy_made_for_whom_something_is_restricted_to(final, signed_in):
    page = signed_in("pclo").get(f"/records/{final}")
    offered = {one["href"].partition("audience=")[2] for one in page.soup.select("a[href*=minutes]")}
    assert "police:t7" in offered
    assert not {one for one in offered if one.startswith("police:") and one != "police:t7"}
    row = page.soup.select_one("a[href*='audience=police:t7']").find_parent("tr")
    who = "Tamsin Okonjo (Detective Sergeant)"  # a namesake in another agency is listed too
    assert row.th.get_text() == f"Police, made for {who}, with what is restricted to this person"


def test_the_page_on_which_somebody_answers_shows_what_the_table_gives(app, final, signed_in):
    shown = {login: signed_in(login).get(f"/records/{final}/answer").text for login in ("officer", "doctor")}
    assert {login: ONLY_FOR_T7 in text for login, text in shown.items()} == {"officer": True, "doctor": False}
    assert {login: ONLY_FOR_POLICE in text for login, text in shown.items()} == {"officer": True, "doctor": False}


# ── The command line ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def kept(accord, tmp_path):
    """The final record in the store of the command line, and its people."""
    (tmp_path / "given.json").write_text(json.dumps(a_record()))
    assert accord("list").returncode == 0
    store = Store(f"sqlite:///{tmp_path / 'instance' / 'accord.db'}")
    for one in (*PEOPLE, *OTHERS):
        store.keep_account(one, None, demonstration=True)
    store.close()
    assert accord("import", "--now", NOW.isoformat(), "given.json").returncode == 0
    assert accord("finalise", "--now", NOW.isoformat(), "SD-2027-0311").returncode == 0
    return "SD-2027-0311"


ONLY_OWN = "You may take a copy that is made for you, and none that is made for somebody else."
ANSWERS = [
    ("officer", "police:t7", 0, ""),
    ("officer", "police:t2", 1, ONLY_OWN),
    ("officer", "police:t99", 1, ONLY_OWN),
    ("officer", "full", 1, "Your role may not take a copy for full record."),
    ("pclo", "police:t7", 0, ""),
    ("pclo", "police:t99", 1, "There is nobody ‘t99’ in this record to make a copy for."),
    ("pclo", "police:t3", 1, "Dr Mina Sorrel is of Health: a copy for police is not made for Dr Mina Sorrel."),
    ("pclo", "legal:t1", 1, "a copy for legal services (privileged) is not made for Ada Finch."),
    ("nobody", "police", 2, "There is no account ‘nobody’ here."),
    ("", "police:t7", 0, ""),
    ("", "police:t99", 1, "There is nobody ‘t99’ in this record to make a copy for."),
]


def test_the_command_line_gives_a_login_the_same_copies(accord, kept, tmp_path):
    for number, (login, audience, code, sentence) in enumerate(ANSWERS):
        as_, out = (("--as", login) if login else ()), tmp_path / str(number)
        done = accord("export", *as_, "--audience", audience, "--to", out, kept)
        assert (done.returncode, sentence in done.stderr, out.exists()) == (code, True, code == 0), (login, audience)
        if code == 0:
            assert ONLY_FOR_T7 in (out / "actions.json").read_text()


# ── Briefings ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def issued(desk, clock, final, hashed):
    """An issued briefing; Tamsin Okonjo is a listed recipient, to whom alone one line is restricted."""
    document = read("CLC-IIM-2031-0133")
    mine = document["circulation"][0]["to"]
    document["circulation"][0]["audience"] = "police"
    person = next(one for one in document["professionals"] if one["id"] == mine)
    person |= {"name": OFFICER.name, "agency": "police"}
    person.pop("kind", None)
    closed = {"reason": "Source in danger", "audiences": [], "people": [mine]}
    document["information"]["lines"].append(
        {"kind": "fact", "agency": "police", "by": mine, "text": ONLY_FOR_T7, "restricted": closed}
    )
    document = given_to(document, OTHERS[0], audience="police")
    clock.set(read("CLC-IIM-2031-0133", ".expected")["now"])
    reference, _ = desk.import_document(json.dumps(document).encode(), administrator())
    desk.finalise(reference, administrator())
    Issuing(desk).issue(reference, administrator())
    return reference, mine


def test_the_page_of_a_briefing_shows_an_officer_what_is_for_that_officer(issued, signed_in):
    reference, _ = issued
    shown = {login: ONLY_FOR_T7 in signed_in(login).get(f"/briefings/{reference}").text for login in RIGHT_TO_BRIEFINGS}
    assert shown == RIGHT_TO_BRIEFINGS
    assert not [one for one in RIGHT_TO_BRIEFINGS if ONLY_FOR_T7 in signed_in(one).get("/find?q=quay").text]


RIGHT_TO_BRIEFINGS = {"officer": True, "other": False, "doctor": False, "namesake": False}


def _hand(browser, reference, recipient, how):
    browser.get(f"/records/{reference}/copies")
    token = browser.page.soup.find("input", attrs={"name": "csrf_token"})["value"]
    data = {"recipient": recipient, "how": how, "purpose": "Handover", "csrf_token": token}
    return browser.client.post(f"/records/{reference}/copies", data=data)


def test_a_copy_is_handed_to_whom_it_is_for(issued, signed_in):
    reference, mine = issued
    for login, holds in (("pclo", True), ("officer", True), ("other", False)):
        text = read_text(_hand(signed_in(login), reference, mine, "word").data)
        assert "Copy slip" in text
        assert (ONLY_FOR_T7 in text) is holds


def test_a_parent_who_was_listed_by_mistake_is_handed_nothing(desk):
    document = read("CLC-IIM-2031-0133")
    adult = document["adults"][0]["id"]
    document["circulation"].append({"to": adult, "audience": "partner", "channel": "by hand"})
    reference, _ = desk.import_document(json.dumps(document).encode(), administrator())
    source = desk.export(reference, administrator())
    with pytest.raises(Refusal, match="A briefing is for officers. No copy of it is ever made for the family."):
        Issuing(desk).handed_to(source, adult, "Handover", "word")


def test_a_parent_of_a_briefing_is_refused_with_the_reason(accord, issued, signed_in, tmp_path):
    reference, _ = issued
    sentence = "A briefing is for officers. No copy of it is ever made for the family."
    for words in ("parent", "parent:a1", "parent:nobody"):
        page = signed_in("pclo").get(f"/records/{reference}/minutes.docx?audience={words}")
        assert page.status == 409
        assert sentence in page.words
    (tmp_path / "briefing.json").write_text(json.dumps(read("CLC-IIM-2031-0133")))
    accord("import", "briefing.json")
    for words in ("parent", "parent:a1", "parent:nobody"):
        done = accord("export", "--audience", words, "--to", "out", "CLC-IIM-2031-0133")
        assert (done.returncode, done.stderr) == (1, f"{sentence}\n")
    assert not (tmp_path / "out").exists()
