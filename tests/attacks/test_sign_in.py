"""Attacks on signing in: locking others out, guessing faster than allowed, filling tables, forging known devices."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from forms.commands import DEMONSTRATION
from forms.demonstration import PASSWORD, PEOPLE
from meetings import passwords
from meetings.desk import administrator
from meetings.limits import FREE, LONGEST_WAIT, OF_ACCOUNT, OF_ADDRESS, OF_SERVICE, counted
from meetings.store import Store, metadata
from meetings.store.tables import invitation, session, sign_in_limit
from meetings.tries import MustWait, Tries
from tests.inspecting import Browser

WAITS = "Too many wrong passwords. Wait a minute, then try again."
START = datetime(2026, 11, 26, 12, 30, tzinfo=UTC)


class Watch:
    """A clock of the machine that is moved by hand."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def on(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def watch(app):
    found = app.extensions["accord-tries"].clock = Watch()
    return found


@pytest.fixture
def at(app):
    """Return a browser at an address of its own."""

    def make(address):
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = address
        return Browser(client)

    return make


def tries(browser, login, password):
    browser.get("/sign-in")
    return browser.post("/sign-in", {"login": login, "password": password})


def is_in(page):
    return page.status == 200 and "Sign out" in page.words


# ── Locking others out ───────────────────────────────────────────────────────────────────────────────────────────


def test_twenty_junk_links_keep_no_signer_from_a_right_one(app, at, clock):
    clock.set("2026-11-18T09:00:00+00:00")
    desk = app.extensions["accord"]
    reference, _ = desk.import_document((DEMONSTRATION / "SD-2026-9001.json").read_bytes(), administrator())
    desk.finalise(reference, administrator())
    recorder = at("127.0.0.1")
    recorder.sign_in("pclo")
    page = recorder.get(f"/records/{reference}/links")
    someone = page.soup.select("#professional option")[1]["value"]
    recorder.post(f"/records/{reference}/links", {"professional": someone, "address": "a.b@agency.example"})
    with desk.store.reading() as connection:
        kept = connection.execute(sa.select(invitation.c.id, invitation.c.code)).one()
    token = "ab" * 24
    assert desk.store.renew_link(kept.id, token, clock() + timedelta(days=1))

    stranger = at("127.0.0.1")
    for number in range(60):
        assert stranger.get(f"/answer/junk-{number}").status == 404
    signer = at("127.0.0.1")
    assert "type the six-digit code" in signer.get(f"/answer/{token}").words
    assert signer.post(f"/answer/{token}/code", {"code": kept.code}).status == 200


def test_wrong_passwords_from_elsewhere_keep_nobody_from_signing_in(at, watch):
    for number in range(OF_ACCOUNT * 2):
        tries(at(f"198.51.100.{number}"), "pclo", "wrong")
    assert is_in(tries(at("203.0.113.5"), "pclo", PASSWORD)), "a fresh address has a try, whatever others did"


def test_wrong_passwords_for_others_from_the_same_address_keep_nobody_from_signing_in(at, watch):
    for number in range(OF_ADDRESS * 2):
        tries(at("127.0.0.1"), f"somebody{number}", "wrong")
    assert is_in(tries(at("127.0.0.1"), "pclo", PASSWORD))


def test_a_service_under_attack_slows_and_never_locks(app, at, watch):
    one = app.extensions["accord-tries"]
    for number in range(OF_SERVICE + 1):
        assert not one.take(counted(f"x{number}", f"2001:db8:{number:x}::1"), lambda: False)
    assert is_in(tries(at("203.0.113.5"), "pclo", PASSWORD))
    assert tries(at("203.0.113.6"), "manager", "wrong").status == 422
    assert tries(at("203.0.113.6"), "manager", PASSWORD).status == 429, "the second try waits a minute already"
    watch.on(61)
    assert is_in(tries(at("203.0.113.6"), "manager", PASSWORD))


def test_a_known_device_gets_in_while_somebody_at_the_same_address_guesses_without_end(at, watch):
    own = at("127.0.0.1")
    assert is_in(tries(own, "pclo", PASSWORD))
    own.post("/sign-out", {})
    for _ in range(20):
        for _ in range(3):
            assert tries(at("127.0.0.1"), "pclo", "wrong").status in (422, 429)
        watch.on(20)
    assert tries(at("127.0.0.1"), "pclo", "wrong").status in (422, 429)
    assert is_in(tries(own, "pclo", PASSWORD))


def test_nobody_waits_for_longer_than_a_minute(app, watch):
    one, pair = app.extensions["accord-tries"], counted("pclo", "127.0.0.1")
    waited = []
    for _ in range(40):
        try:
            one.take(pair, lambda: False)
        except MustWait as wait:
            waited.append(wait.seconds)
            watch.on(wait.seconds)
    assert waited[:3] == [15, 30, 60]
    assert max(waited) == LONGEST_WAIT.total_seconds()
    watch.on(16 * 60)
    for _ in range(FREE):
        assert one.take(pair, lambda: False) is False, "after a quarter of an hour it is forgotten"


def test_a_clock_that_is_put_back_locks_nobody_out(app, watch):
    one, pair = app.extensions["accord-tries"], counted("pclo", "127.0.0.1")
    for _ in range(FREE):
        one.take(pair, lambda: False)
    watch.on(-3600)
    assert one.take(pair, lambda: True)


def test_the_right_password_gives_the_tries_back(at, watch):
    for _ in range(4):
        for _ in range(FREE - 1):
            assert tries(at("127.0.0.1"), "pclo", "wrong").status == 422
        assert is_in(tries(at("127.0.0.1"), "pclo", PASSWORD))


# ── Guessing ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_another_spelling_of_the_name_has_no_tries_of_its_own(at, watch):
    for login in ("pclo", " pclo", "PCLO", "Pclo ", "pcLO"):
        assert tries(at("127.0.0.1"), login, "wrong").status == 422
    assert tries(at("127.0.0.1"), "pClo", PASSWORD).status == 429


def test_a_household_of_ipv6_addresses_is_one_address(app, watch):
    one = app.extensions["accord-tries"]
    for number in range(FREE):
        one.take(counted("pclo", f"2001:db8:1:2::{number:x}"), lambda: False)
    with pytest.raises(MustWait):
        one.take(counted("pclo", "2001:db8:1:2:ffff::1"), lambda: True)


@pytest.mark.parametrize("cookie", ["x", "WyJ4IixbIjAwMDAwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwZDAwMSJdXQ.aaa.bbb", "."])
def test_a_forged_known_device_has_no_tries_of_its_own(at, watch, cookie):
    for _ in range(FREE):
        tries(at("127.0.0.1"), "pclo", "wrong")
    forger = at("127.0.0.1")
    forger.client.set_cookie("accord-device", cookie)
    assert tries(forger, "pclo", PASSWORD).status == 429


def test_a_device_known_to_one_person_has_no_tries_at_another(at, watch):
    own = at("127.0.0.1")
    tries(own, "officer", PASSWORD)
    own.post("/sign-out", {})
    for _ in range(FREE):
        assert tries(own, "pclo", "wrong").status == 422
    assert tries(own, "pclo", PASSWORD).status == 429
    assert is_in(tries(own, "officer", PASSWORD))


def test_a_known_device_that_is_stolen_guesses_no_faster(at, watch):
    own = at("127.0.0.1")
    tries(own, "pclo", PASSWORD)
    own.post("/sign-out", {})
    for _ in range(FREE):
        assert tries(own, "pclo", "wrong").status == 422
    assert tries(own, "pclo", PASSWORD).status == 429


def test_of_forty_guesses_at_one_moment_five_are_looked_at(store, tmp_path):
    """On each database, with a connection for each guess: exact, whoever comes first."""
    if store.is_sqlite:
        store = Store(f"sqlite:///{tmp_path / 'tries.db'}")
        metadata.create_all(store.engine)
        store.make_area("Test area")
    one, looked_at, lock = Tries(store, lambda: START), [], threading.Lock()

    def guess(number: int) -> str:
        def look() -> bool:
            with lock:
                looked_at.append(number)
            return False

        try:
            one.take(counted("pclo", "127.0.0.1"), look)
        except MustWait:
            return "waits"
        return "wrong"

    with ThreadPoolExecutor(20) as pool:
        said = list(pool.map(guess, range(40)))
    assert (said.count("wrong"), len(looked_at)) == (FREE, FREE)


def test_a_name_that_is_not_here_costs_as_much_as_one_that_is(at, watch, monkeypatch):
    looked_at = []
    true = passwords.PasswordHasher.verify
    monkeypatch.setattr(
        passwords.PasswordHasher, "verify", lambda *given: looked_at.append(given[1][:9]) or true(*given)
    )
    tries(at("127.0.0.1"), "nobody", "wrong")
    tries(at("127.0.0.1"), "administrator", "wrong")
    assert looked_at == ["$argon2id", "$argon2id"]


def test_a_queue_of_strangers_keeps_no_page_waiting(at, watch, monkeypatch):
    monkeypatch.setattr(passwords, "_waiting", passwords.MOST_WAITING)
    page = tries(at("127.0.0.1"), "pclo", PASSWORD)
    assert page.status == 429
    assert "Many people are signing in at this moment. Wait a few seconds, then press Sign in again." in page.words


def test_who_signs_and_mistypes_waits_for_nobody_elses_failures(app, at, watch):
    for number in range(OF_ACCOUNT):
        tries(at(f"198.51.100.{number}"), "manager", "wrong")
    person = PEOPLE[1]
    with app.test_request_context(data={"password": PASSWORD}, method="POST"):
        app.extensions["accord-proof"].check(person)


# ── Filling tables ───────────────────────────────────────────────────────────────────────────────────────────────


def test_looking_without_an_account_writes_no_row(app, at, store):
    browser = at("127.0.0.1")
    before = counts(store)
    for path in ("/", "/sign-in", "/sign-in?next=/records/x", "/verify", "/answer/junk", "/records/SD-1", "/nowhere"):
        browser.client.get(path)
        browser.client.delete_cookie("accord")
        app.test_client().get(path, headers={"Cookie": "accord=" + "x" * 43})
    assert counts(store) == before


def counts(store):
    with store.reading() as connection:
        return {
            one.name: connection.execute(sa.select(sa.func.count()).select_from(one)).scalar()
            for one in metadata.sorted_tables
        }


def test_a_visit_without_an_account_is_the_browsers_own_and_cannot_be_made_up(app, at, store):
    browser = at("127.0.0.1")
    browser.get("/sign-in")
    cookie = browser.client.get_cookie("accord").value
    assert cookie.count(".") == 2
    for wrong in (cookie[:-1], "." + cookie, cookie.replace(".", ".x", 1), "a.b.c"):
        browser.client.set_cookie("accord", wrong)
        assert browser.client.post("/sign-in", data={"login": "pclo", "password": PASSWORD}).status_code == 400
    with store.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(session)).scalar() == 0


def test_what_was_counted_is_forgotten(app, store, watch):
    one = app.extensions["accord-tries"]
    for number in range(30):
        one.take(counted(f"x{number}", "127.0.0.1"), lambda: False)
    watch.on(2 * 3600)
    one.take(counted("y", "127.0.0.1"), lambda: False)
    with store.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(sign_in_limit)).scalar() <= 4


def test_a_session_ends_with_what_it_was_begun_in(app, at, store):
    browser = at("127.0.0.1")
    browser.sign_in("pclo")
    desk = app.extensions["accord"]
    assert not desk.production
    from meetings.desk import Desk

    in_production = Desk(store, desk.now, production=True)
    token = browser.client.get_cookie("accord").value
    assert desk.sessions.read(token) is not None
    assert in_production.sessions.read(token) is None
    in_production.sessions.write("made there", PEOPLE[0].id, {})
    assert in_production.sessions.read("made there") is None, "an account of the demonstration has no session there"
    store.end_sessions_of_the_other_mode(production=True)
    assert desk.sessions.read(token) is None
