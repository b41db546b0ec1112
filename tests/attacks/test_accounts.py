"""Attacks on accounts: old links, other people's accounts, sessions that should have ended, weak passwords, guesses."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app import first_steps, open_store, read_settings
from forms.demonstration import PASSWORD, PEOPLE
from meetings.accounts import Accounts, New
from meetings.desk import Desk, administrator
from meetings.drafts import Refusal
from meetings.history import is_unbroken
from meetings.passwords import WeakPassword, check_password
from meetings.people import Deed, NotAllowed, Role, may
from meetings.post import LINK_LASTS, Post
from meetings.signing import Signing
from meetings.store import Store, metadata
from meetings.store.tables import account, account_history, account_link
from tests.inspecting import Browser
from tests.makers import a_discussion

GOOD = "hedge violin comet"
ADA = New("Ada Finch", "ada", "police", "Northmere Police", "administrator", email="ada@police.example")
BEN = New("Ben Marsh", "ben", "police", "Northmere Police", "recorder", "PC", "ben@police.example")


@pytest.fixture
def given_out(desk):
    return Accounts(desk)


@pytest.fixture
def chosen(app, given_out):
    """Return what gives somebody an account with a password, and a browser before the sign-in page."""

    def make(new):
        person = given_out.add(new, administrator())
        given_out.choose(given_out.give_link(new.login, administrator()).token, GOOD, GOOD)
        return person, Browser(app.test_client())

    return make


def sign_in(browser, login, password=GOOD):
    browser.get("/sign-in")
    return browser.post("/sign-in", {"login": login, "password": password})


def is_signed_in(browser):
    return browser.client.get("/password").status_code == 200


# ── Links ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_link_works_once_and_looking_at_its_page_does_not_use_it_up(app, given_out):
    given_out.add(BEN, administrator())
    token = given_out.give_link("ben", administrator()).token
    ben = Browser(app.test_client())
    for _ in range(3):
        assert "Choose your password" in ben.get(f"/choose/{token}").words
    page = ben.post(f"/choose/{token}", {"new": GOOD, "again": GOOD})
    assert "Your password is chosen. Sign in with it as ben." in page.words
    ben.get("/sign-in")
    page = ben.post(f"/choose/{token}", {"new": "winter otter lamp pine", "again": "winter otter lamp pine"})
    assert page.status == 404
    assert "This link works no more It was used, replaced by a newer one, or has run out." in page.words
    assert "Wendell" not in sign_in(ben, "ben").words
    assert is_signed_in(ben)


def test_of_twenty_at_one_moment_one_uses_a_link(store, clock, tmp_path):
    if store.is_sqlite:
        store = Store(f"sqlite:///{tmp_path / 'links.db'}")
        metadata.create_all(store.engine)
        store.make_area("Test area")
    given_out = Accounts(Desk(store, clock))
    given_out.add(BEN, administrator())
    token = given_out.give_link("ben", administrator()).token
    with ThreadPoolExecutor(10) as pool:
        used = list(pool.map(lambda number: store.choose_password(token, f"hash {number}", clock()), range(20)))
    assert len([one for one in used if one is not None]) == 1


def test_an_old_link_and_one_that_was_replaced_open_nothing(app, given_out, clock):
    given_out.add(BEN, administrator())
    first = given_out.give_link("ben", administrator()).token
    second = given_out.give_link("ben", administrator()).token
    ben = Browser(app.test_client())
    assert ben.get(f"/choose/{first}").status == 404
    assert ben.get(f"/choose/{second}").status == 200
    clock.moment += LINK_LASTS + timedelta(seconds=1)
    assert ben.get(f"/choose/{second}").status == 404


def test_a_link_of_a_disabled_account_opens_nothing(app, given_out):
    given_out.add(BEN, administrator())
    token = given_out.give_link("ben", administrator()).token
    given_out.disable("ben", administrator())
    assert Browser(app.test_client()).get(f"/choose/{token}").status == 404
    with pytest.raises(Refusal, match="The account ‘ben’ is disabled: nothing is done in its name."):
        given_out.give_link("ben", administrator())


def test_the_store_holds_no_link_and_no_password(given_out, store):
    given_out.add(BEN, administrator())
    token = given_out.give_link("ben", administrator()).token
    given_out.choose(token, GOOD, GOOD)
    given_out.give_link("ben", administrator())
    with store.reading() as connection:
        kept = [
            str(dict(row)) for one in metadata.sorted_tables for row in connection.execute(sa.select(one)).mappings()
        ]
        assert connection.execute(sa.select(sa.func.count()).select_from(account_link)).scalar() == 1
    assert not [row for row in kept if token in row or GOOD in row]


def test_a_page_of_a_link_that_was_open_for_too_long_keeps_nothing(app, given_out):
    given_out.add(BEN, administrator())
    token = given_out.give_link("ben", administrator()).token
    answer = app.test_client().post(f"/choose/{token}", data={"new": GOOD, "again": GOOD})
    assert answer.status_code == 400
    assert "This page had been open for too long. Nothing was kept: type it again." in answer.text
    assert given_out.by_link(token).login == "ben"
    assert app.test_client().post("/choose/junk", data={"new": GOOD}).status_code == 404


# ── Passwords ────────────────────────────────────────────────────────────────────────────────────────────────────

GUESSED = (
    "That password is one of those that are guessed first. Choose another, such as three or four words that have "
    "nothing to do with each other."
)
NAMED = "That password holds your name or the name of your account. Choose one that has neither."


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        (
            "hedge violin",
            None,
        ),
        (
            "hedge lamps",
            "That password has 11 characters. Use at least 12: three or four words that have nothing to do with each "
            "other are easy to remember.",
        ),
        ("x" * 201, "That password is longer than 200 characters. Use a shorter one."),
        ("Password2026!", GUESSED),
        ("passwordpassword", GUESSED),
        ("P@$$w0rdP@$$w0rd", GUESSED),
        ("123456789012", GUESSED),
        ("qwertyuiop12", GUESSED),
        ("1q2w3e4r5t6y", GUESSED),
        ("aaaaaaaaaaaaaaa", GUESSED),
        ("letmein-letmein!", GUESSED),
        ("WelcomePolice1", GUESSED),
        ("correct horse battery staple", GUESSED),
        ("ada.finch.2026x", NAMED),
        ("MrsFinchIsHere", NAMED),
        ("пароль ежевика лампа", None),
        ("no rule about signs here", None),
    ],
)
def test_what_is_guessed_first_may_not_be_chosen_and_nothing_is_said_about_kinds_of_signs(password, sentence):
    if sentence is None:
        check_password(password, ("ada", "Ada Finch"))
        return
    with pytest.raises(WeakPassword) as refused:
        check_password(password, ("ada", "Ada Finch"))
    assert str(refused.value) == sentence


def test_a_change_needs_the_old_password_and_ends_every_other_session(chosen, app):
    _, here = chosen(BEN)
    there = Browser(app.test_client())
    for one in (here, there):
        sign_in(one, "ben")
    new = "winter otter lamp pine"
    page = here.get("/password")
    for sent, sentence in (
        ({"password": "wrong", "new": new, "again": new}, "The old password is not right. Nothing was changed."),
        (
            {"password": GOOD, "new": new, "again": f"{new}!"},
            "The two passwords are not the same. Type the new password twice.",
        ),
        ({"password": GOOD, "new": "short", "again": "short"}, "That password has 5 characters."),
    ):
        page = here.post("/password", sent)
        assert page.status == 422
        assert sentence in page.words
    page = here.post("/password", {"password": GOOD, "new": new, "again": new})
    assert "Your password is changed. Where else you were signed in, you are signed out." in page.words
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert sign_in(there, "ben").status == 422
    assert sign_in(there, "ben", new).status == 200


def test_the_old_password_is_not_guessed_on_the_page_of_a_stolen_session(chosen):
    _, here = chosen(BEN)
    sign_in(here, "ben")
    here.get("/password")
    for _ in range(5):
        here.post("/password", {"password": "wrong", "new": GOOD, "again": GOOD})
    page = here.post(
        "/password", {"password": GOOD, "new": "winter otter lamp pine", "again": "winter otter lamp pine"}
    )
    assert page.status == 422
    assert "Too many wrong passwords. Wait a minute, then try again. Nothing was changed." in page.words


# ── A forgotten password ─────────────────────────────────────────────────────────────────────────────────────────


def test_who_asks_for_a_new_password_learns_not_who_has_an_account(app, given_out, desk):
    given_out.add(BEN, administrator())
    given_out.add(New("Cy Dale", "cy", "police", "Northmere Police", "officer"), administrator())
    pages = []
    for login in ("ben", "cy", "nobody", "administrator", "", "x" * 500, "b\0en"):
        browser = Browser(app.test_client())
        browser.get("/forgotten")
        pages.append(re.sub(r'(value|nonce)="[^"]+"', "", browser.post("/forgotten", {"login": login}).text))
    assert len(set(pages)) == 1
    assert "If there is such an account here, and an e-mail address is known for it, a link is on its way." in pages[0]
    app.extensions["accord-asked"].shutdown()
    assert [one.recipient for one in desk.store.due_letters(desk.now())] == [desk.account_of("ben").id]


def test_a_stranger_neither_fills_a_mailbox_nor_takes_back_a_link(given_out, desk, clock):
    given_out.add(BEN, administrator())
    box = []
    post = Post(desk.store, desk.now, box.append)
    for _ in range(30):
        given_out.forgotten("ben", "https://accord.example/choose/")
        post.send()
    (message,) = box
    token = message.page.rpartition("/")[2]
    assert given_out.by_link(token).login == "ben"
    assert message.expires_at == desk.now() + timedelta(hours=1)
    clock.moment += timedelta(hours=1, seconds=1)
    given_out.forgotten("ben", "https://accord.example/choose/")
    post.send()
    assert len(box) == 2


def test_a_letter_about_an_account_names_no_record_and_carries_one_link(given_out, desk):
    from exports.mail import compose

    given_out.add(BEN, administrator())
    box = []
    post = Post(desk.store, desk.now, box.append)
    given_out.mail_link("ben", administrator(), "https://accord.example/choose/")
    post.send()
    mail = compose(box[0], "accord@force.example")
    text = " ".join(mail.get_content().split())
    assert (mail["To"], mail["Subject"]) == ("ben@police.example", "Accord: choose your password")
    assert "Local administrator asks you to choose a password for your account in Accord:" in text
    assert "The link works once, and until 3 December 2026, 12:30. Please do not forward it." in text
    assert "If you were not told of this, ring whoever looks after Accord where you work." in text
    assert text.count("https://accord.example/choose/") == 1


# ── Who may ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_administrators_give_out_accounts_and_they_get_to_no_record(desk, given_out):
    assert {role for role in Role if may_in(role, Deed.GIVE_ACCOUNTS)} == {Role.ADMINISTRATOR, Role.LOCAL}
    assert {deed for deed in Deed if may_in(Role.ADMINISTRATOR, deed)} == {Deed.GIVE_ACCOUNTS, Deed.KEEP_PASSWORD}
    ada = given_out.add(ADA, administrator())
    reference = desk.start(PEOPLE[0])
    assert desk.reach(reference, ada).name == "NONE"
    for work in (
        lambda: given_out.everybody(PEOPLE[0]),
        lambda: given_out.add(BEN, PEOPLE[1]),
        lambda: given_out.give_link("ada", PEOPLE[0]),
        lambda: given_out.mail_link("ada", PEOPLE[2], ""),
        lambda: given_out.disable("ada", PEOPLE[0]),
        lambda: given_out.enable("ada", PEOPLE[0]),
        lambda: given_out.history(PEOPLE[0]),
        lambda: desk.look(reference, ada),
        lambda: desk.records(ada),
        lambda: desk.start(ada),
    ):
        with pytest.raises(NotAllowed):
            work()


def may_in(role, deed):
    from dataclasses import replace

    return may(replace(PEOPLE[0], role=role), deed)


def test_an_administrator_at_the_pages_meets_accounts_and_no_record(chosen, desk):
    _, ada = chosen(ADA)
    reference = desk.start(PEOPLE[0])
    assert sign_in(ada, "ada").response.request.path == "/accounts"
    for path in ("/records", f"/records/{reference}", f"/records/{reference}/history", "/find?q=x", "/people?q=x"):
        assert ada.client.get(path).status_code == 403, path
    page = ada.post("/accounts", {**vars(BEN), "role": "recorder"})
    assert page.status == 200
    assert "It is shown here and never again: give it to nobody else." in page.words
    (token,) = re.findall(r"/choose/(\w+)", page.text)
    assert Accounts(desk).by_link(token).login == "ben"
    assert "no password yet" in ada.get("/accounts").words.lower()


def test_no_account_is_changed_by_a_forged_post_or_by_somebody_else(app, chosen, desk):
    chosen(BEN)
    _, ada = chosen(ADA)
    sign_in(ada, "ada")
    recorder = Browser(app.test_client())
    recorder.sign_in("pclo")
    for path in ("/accounts", "/accounts/ben/link", "/accounts/ben/disable", "/accounts/ben/enable"):
        assert ada.client.post(path, data=vars(BEN)).status_code == 400, path
        assert recorder.post(path, {"login": "zed"}).status == 403, path
        assert app.test_client().get(path.replace("/ben/link", "")).status_code in (303, 404, 405)
    assert desk.account_of("ben").disabled_at is None
    with desk.store.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(account_link)).scalar() == 0


def test_who_is_disabled_is_signed_out_at_once_and_stays_out(chosen, given_out, desk):
    ben, browser = chosen(BEN)
    sign_in(browser, "ben")
    assert is_signed_in(browser)
    given_out.disable("ben", administrator())
    assert not is_signed_in(browser)
    page = sign_in(browser, "ben")
    assert page.status == 403
    assert "This account was disabled. Ask whoever gives out accounts here." in page.words
    assert sign_in(browser, "ben", "wrong wrong wrong").status == 422
    assert desk.sessions.read("none") is None
    with pytest.raises(Refusal, match="The account ‘ben’ is disabled: nothing is done in its name."):
        desk.account_of("ben")
    given_out.enable("ben", administrator())
    assert sign_in(browser, "ben").status == 200
    assert ben.id == desk.account_of("ben").id


def test_a_link_to_answer_is_made_again_for_somebody_whose_account_is_disabled(desk, given_out, store):
    import json

    reference, _ = desk.import_document(json.dumps(a_discussion()).encode(), administrator())
    one = desk.look(reference, administrator()).document.professional("t2")
    new = New(one.name, "sam", str(one.agency), one.organisation or "Wexmere Police", "reviewer")

    def invited():
        return {each.id for each in Signing(desk).can_be_invited(desk.look(reference, administrator()))}

    assert "t2" in invited()
    given_out.add(new, administrator())
    assert "t2" not in invited()
    given_out.disable("sam", administrator())
    assert "t2" in invited()


def test_nobody_disables_oneself_nor_an_administrator_the_last_one(given_out):
    ada = given_out.add(ADA, administrator())
    with pytest.raises(Refusal, match="You cannot disable your own account. Ask another administrator to do it."):
        given_out.disable("ada", ada)
    with pytest.raises(Refusal, match="Nobody signs in as ‘administrator’: it is the account of the command line."):
        given_out.disable("administrator", ada)
    given_out.disable("ada", administrator())


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"login": "ADA"}, "There is an account ‘ada’ already. Choose another name for the account."),
        (
            {"name": "DS  ada finch", "login": "a.finch"},
            "Ada Finch of Police has an account already, ‘ada’. If this is another person of that name, add what tells "
            "them apart, such as a middle name: people sign by name.",
        ),
        ({"name": " "}, "Give the person's full name, as it stands in records: people sign by it."),
        ({"organisation": ""}, "Give the organisation of Ben Marsh, such as the force or the council."),
        (
            {"login": "ben marsh"},
            "‘ben marsh’ cannot be the name of an account. Use 2 to 64 small letters, digits, dots, dashes or "
            "underscores, such as ada.finch.",
        ),
        ({"email": "ben@"}, "‘ben@’ is not an e-mail address. Use one such as name@agency.example."),
        ({"role": "local"}, "There is no role ‘local’. Use one of: recorder, reviewer, officer, administrator."),
        (
            {"grade": "x" * 201},
            "A name, an organisation or a grade has at most 200 characters that can be seen.",
        ),
        (
            {"name": "Ben\u202eMarsh"},
            "A name, an organisation or a grade has at most 200 characters that can be seen.",
        ),
    ],
)
def test_an_account_that_cannot_be_is_refused_with_a_sentence(given_out, changes, sentence):
    from dataclasses import replace

    given_out.add(ADA, administrator())
    with pytest.raises(Refusal) as refused:
        given_out.add(replace(BEN, **changes), administrator())
    assert str(refused.value) == sentence
    assert [one.login for one, _ in given_out.everybody(administrator()) if one.login not in LOGINS] == ["ada"]


LOGINS = {one.login for one in PEOPLE}


def test_what_is_done_with_accounts_is_in_a_history_that_shows_every_change(given_out, store):
    ada = given_out.add(ADA, administrator())
    given_out.add(BEN, ada)
    given_out.choose(given_out.give_link("ben", ada).token, GOOD, GOOD)
    given_out.disable("ben", ada)
    given_out.enable("ben", administrator())
    found = [(line.who, line.what, line.place) for line in given_out.history(ada)]
    local = administrator().name
    assert found == [
        (local, "account:added", "ada"),
        ("Ada Finch", "account:added", "ben"),
        ("Ada Finch", "account:link shown", "ben"),
        ("Ben Marsh", "account:password chosen by a link", "ben"),
        ("Ada Finch", "account:disabled", "ben"),
        (local, "account:enabled", "ben"),
    ]
    assert is_unbroken(store.account_lines())
    with store.writing() as connection:
        connection.execute(sa.update(account_history).where(account_history.c.number == 2).values(who="Nobody"))
    assert not is_unbroken(store.account_lines())


# ── The command line ─────────────────────────────────────────────────────────────────────────────────────────────

ADD = (
    "people",
    "add",
    "--name",
    "Ada Finch",
    "--login",
    "ada",
    "--agency",
    "police",
    "--organisation",
    "Northmere Police",
)
IN_PRODUCTION = {"ACCORD_PRODUCTION": "1", "ACCORD_ADDRESS": "https://accord.example"}


def test_people_are_added_listed_linked_and_disabled_by_command(accord):
    done = accord(*ADD, "--role", "administrator", **IN_PRODUCTION)
    assert done.returncode == 0
    first, second, link = done.stdout.splitlines()
    assert first == "ada added: Ada Finch, Police, Northmere Police. Administrator (gives out accounts, sees no record)"
    assert second.startswith("Link to choose a password, shown once, works once and until ")
    assert re.fullmatch(r"https://accord\.example/choose/[0-9a-f]{48}", link)
    listed = accord("people", "list", **IN_PRODUCTION).stdout
    assert listed == "ada\tAda Finch\tpolice\tNorthmere Police\t\tadministrator\tno password yet\n"
    assert link not in accord("people", "link", "ada", **IN_PRODUCTION).stdout
    assert accord("people", "disable", "ada", **IN_PRODUCTION).stdout == "ada disabled\n"
    assert accord("people", "list", **IN_PRODUCTION).stdout.endswith("\tdisabled\n")
    refused = accord("people", "link", "ada", **IN_PRODUCTION)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "The account ‘ada’ is disabled: nothing is done in its name.\n"
    assert accord("people", "enable", "ada", **IN_PRODUCTION).stdout == "ada enabled\n"


def test_a_refused_command_adds_nobody(accord):
    accord(*ADD, "--role", "administrator")
    refused = accord(*ADD, "--role", "officer")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "There is an account ‘ada’ already. Choose another name for the account.\n"
    refused = accord(*ADD, "--role", "officer", "--mail")
    assert refused.stderr == "--mail needs --email: the address that the link is to be sent to.\n"
    assert accord("people", "link", "nobody").stderr == "There is no account ‘nobody’ here.\n"


def test_a_link_that_is_sent_is_not_printed(accord, tmp_path):
    done = accord(*ADD, "--role", "officer", "--email", "ada@police.example", "--mail", **IN_PRODUCTION)
    assert done.stdout.splitlines()[1:] == ["A link to choose a password was sent to ada@police.example."]
    (letter,) = (tmp_path / "instance" / "outbox").glob("*.eml")
    assert len(re.findall(r"https://accord\.example/choose/[0-9a-f]{48}", letter.read_text())) == 1


def test_a_demonstration_account_does_nothing_in_production(accord):
    accord("demo")
    assert accord("people", "list", **IN_PRODUCTION).stdout == ""
    refused = accord("people", "link", "pclo", **IN_PRODUCTION)
    assert refused.stderr == "‘pclo’ is an account of the demonstration, which is refused in production.\n"
    refused = accord("finalise", "--as", "pclo", "SD-2026-9001", **IN_PRODUCTION)
    assert refused.returncode == 2
    assert "is an account of the demonstration, which is refused in production." in refused.stderr


def test_the_first_run_in_production_says_in_three_lines_what_to_set_and_whom_to_add(tmp_path):
    settings = read_settings({"ACCORD_INSTANCE": str(tmp_path), **IN_PRODUCTION})
    store = open_store(settings)
    desk = Desk(store, lambda: datetime.now(UTC), production=True)
    add = 'python3 run.py people add --name "NAME" --login NAME --agency police --organisation "FORCE" --role'
    assert first_steps(settings, desk) == [
        "Nobody can sign in yet. To be set: ACCORD_SEAL_P12 and ACCORD_SEAL_PASSPHRASE (the key that seals minutes); "
        "ACCORD_SMTP_URL (mail; without it letters are written into outbox/); ACCORD_PROXIES (the proxy in front, if "
        "there is one).",
        f"Add an administrator: {add} administrator",
        f"Then recorders, reviewers and officers, there or on the page Accounts: {add} recorder",
    ]
    Accounts(desk).add(ADA, administrator())
    assert first_steps(settings, desk) == []
    store.close()


def test_the_account_of_the_command_line_has_no_password_and_gets_none(given_out, store, browser):
    with pytest.raises(Refusal, match="Nobody signs in as ‘administrator’"):
        given_out.give_link("administrator", administrator())
    given_out.forgotten("administrator", "x")
    with store.reading() as connection:
        kept = connection.execute(sa.select(account.c.password_hash).where(account.c.login == "administrator")).scalar()
    assert kept is None
    assert sign_in(browser, "administrator", PASSWORD).status == 422
