"""Signing in and out, sessions, forged posts, headers."""

from __future__ import annotations

import json

import pytest

from forms.demonstration import PASSWORD, PEOPLE
from meetings.desk import administrator
from tests.makers import a_discussion, let_in


def test_the_right_password_lets_somebody_in_and_signing_out_ends_it(browser):
    page = browser.sign_in("pclo")
    assert "Wendell Ashgrove" in page.words
    browser.post("/sign-out", {})
    assert browser.client.get("/").status_code == 303


def test_a_wrong_password_says_so_without_saying_which_accounts_exist(browser):
    browser.get("/sign-in")
    wrong = browser.post("/sign-in", {"login": "pclo", "password": "wrong"})
    nobody = browser.post("/sign-in", {"login": "nobody", "password": "wrong"})
    assert wrong.status == nobody.status == 422
    sentence = "That name and password do not belong together. Check both and try again."
    assert sentence in wrong.words
    assert sentence in nobody.words


def test_a_name_that_no_database_can_hold_belongs_to_nobody(browser):
    browser.get("/sign-in")
    assert browser.post("/sign-in", {"login": "pc\0lo", "password": "\0"}).status == 422


def test_after_five_wrong_passwords_one_waits(browser):
    browser.get("/sign-in")
    for _ in range(5):
        browser.post("/sign-in", {"login": "pclo", "password": "wrong"})
    page = browser.post("/sign-in", {"login": "pclo", "password": PASSWORD})
    assert page.status == 429
    assert "Too many wrong passwords. Wait a minute, then try again." in page.words


def test_signing_in_gives_a_new_token(browser):
    browser.get("/sign-in")
    before = browser.client.get_cookie("accord").value
    browser.sign_in("pclo")
    after = browser.client.get_cookie("accord")
    assert after.value != before
    assert after.http_only
    assert after.same_site == "Lax"
    browser.client.set_cookie("accord", before)
    assert browser.client.get("/").status_code == 303


def test_one_comes_back_to_the_page_one_wanted_but_never_to_another_site(browser):
    for target, path in (("/records/x?open=1", "/records/x"), ("//evil.example/", "/"), ("https://evil.example", "/")):
        browser.get("/sign-in")
        page = browser.post("/sign-in", {"login": "pclo", "password": PASSWORD, "next": target})
        assert page.response.request.path == path


def test_a_forged_post_does_nothing_and_says_what_to_do(at_work):
    page = at_work.post("/records", {"csrf_token": "forged"})
    assert page.status == 400
    assert "What you pressed did nothing, because the page was made before you last signed in." in page.words
    assert "Open the page again and press it there." in page.words
    at_work.page = None
    assert at_work.post("/records", {}).status == 400
    assert "No child recorded yet" not in at_work.get("/").words


# ── What was typed when a session ended ──────────────────────────────────────────────────────────────────────────


@pytest.fixture
def a_draft(app):
    return app.extensions["accord"].import_document(json.dumps(a_discussion()).encode(), administrator())[0]


def _review(app, reference):
    return app.extensions["accord"].look(reference, administrator()).json["review"]


def _typed(browser, path, **more):
    """What a page sends in which somebody has just typed."""
    sent = browser.get(path).fields()
    name = next(one for one in sent if one.endswith(":next_at")).replace("next_at", "reason")
    return {**sent, name: 'Hours of work, "quoted" <b>&amp;\r\nsecond line', "do": "save", **more}


def test_what_was_typed_when_the_session_ended_is_saved_after_signing_in_on_the_spot(app, at_work, a_draft):
    path = f"/records/{a_draft}/steps/closing"
    sent = _typed(at_work, path)
    at_work.client.delete_cookie("accord")

    page = at_work.post(path, sent)
    assert page.status == 400
    assert "Your session had ended What you typed is not saved yet , and it is not lost" in page.words
    assert 'Hours of work, "quoted" <b>&amp; second line' in page.words

    form = page.fields(page.soup.select_one(".accord-sign-in"))
    page = at_work.post("/sign-in", {**form, "login": "pclo", "password": "wrong"})
    assert page.status == 422
    form = page.fields(page.soup.select_one(".accord-sign-in"))
    page = at_work.post("/sign-in", {**form, "login": "pclo", "password": PASSWORD})
    assert page.status == 200
    assert "It was sent from a page of a session that had ended. You are signed in now" in page.words
    assert "reason" not in _review(app, a_draft) or "Hours" not in _review(app, a_draft)["reason"]

    form = page.soup.select_one("main form")
    page = at_work.post(form["action"], page.fields(form))
    assert page.status == 200
    assert "Saved at" in page.words
    assert _review(app, a_draft)["reason"] == 'Hours of work, "quoted" <b>&amp;\nsecond line'


def test_a_page_of_an_earlier_session_offers_to_save_what_it_sent(app, at_work, a_draft):
    path = f"/records/{a_draft}/steps/closing"
    sent = _typed(at_work, path)
    let_in(app.extensions["accord"], a_draft, PEOPLE[1])
    at_work.sign_in("manager")

    page = at_work.post(path, sent)
    assert page.status == 400
    assert "What you typed is not saved yet" in page.words
    form = page.soup.select_one("main form")
    assert at_work.post(form["action"], page.fields(form)).status == 200
    assert _review(app, a_draft)["reason"].startswith("Hours of work")


def test_nothing_that_another_site_sent_is_offered_to_be_saved(app, at_work, a_draft):
    path = f"/records/{a_draft}/steps/closing"
    sent = _typed(at_work, path, csrf_token="forged")
    for origin in ("https://evil.example", "null", "http://localhost.evil.example", "http://["):
        answer = at_work.client.post(path, data=sent, headers={"Origin": origin})
        assert answer.status_code == 400
        assert "Hours of work" not in answer.text
    answer = at_work.client.post(path, data=sent, headers={"Origin": "http://localhost"})
    assert "Hours of work" in answer.text


@pytest.mark.parametrize(
    "unsaved",
    [
        "{",
        "null",
        "[]",
        "[1, 2]",
        '["https://evil.example", [["a", "b"]]]',
        '["//evil.example", [["a", "b"]]]',
        '["http://[", [["a", "b"]]]',
        '["/records/x", [["a"]]]',
        '["/records/x", [[1, 2]]]',
        "[" * 100_000,
    ],
)
def test_what_comes_damaged_through_the_sign_in_page_is_left_aside(browser, unsaved):
    browser.get("/sign-in")
    page = browser.post("/sign-in", {"login": "pclo", "password": PASSWORD, "unsaved": unsaved})
    assert page.response.request.path == "/"


def test_a_sign_in_page_that_was_open_for_days_still_signs_in(browser):
    page = browser.get("/sign-in?next=/records/x")
    form = page.fields(page.soup.select_one(".accord-sign-in"))
    browser.client.delete_cookie("accord")
    page = browser.post("/sign-in", {**form, "login": "pclo", "password": PASSWORD})
    assert page.status == 400
    assert "This page had been open for too long. Sign in now." in page.words
    form = page.fields(page.soup.select_one(".accord-sign-in"))
    page = browser.post("/sign-in", {**form, "password": PASSWORD})
    assert page.response.request.path == "/records/x"


def test_signing_out_twice_is_signing_out_once(at_work):
    page = at_work.get("/")
    at_work.post("/sign-out", {})
    at_work.page = page
    assert "Sign in" in at_work.post("/sign-out", {}).words


def test_every_page_has_its_headers(at_work):
    headers = at_work.get("/").response.headers
    assert headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_demonstration_accounts_are_refused_in_production(app, browser):
    app.config["PRODUCTION"] = True
    page = browser.get("/sign-in")
    assert "Demonstration" not in page.words
    page = browser.post("/sign-in", {"login": "pclo", "password": PASSWORD})
    assert page.status == 403


def test_a_session_ends_after_twelve_hours_without_use(at_work, clock):
    clock.set("2026-11-27T00:00:00+00:00")
    assert at_work.client.get("/").status_code == 200
    clock.set("2026-11-27T13:00:00+00:00")
    assert at_work.client.get("/").status_code == 303
