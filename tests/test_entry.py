"""Signing in and out, sessions, forged posts, headers."""

from __future__ import annotations

import pytest

from forms import entry
from forms.demonstration import PASSWORD


@pytest.fixture(autouse=True)
def nobody_tried_before():
    entry._tries.clear()


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


def test_a_forged_post_is_refused_and_says_what_to_do(at_work):
    page = at_work.post("/records", {"csrf_token": "forged"})
    assert page.status == 400
    assert "Sign in, go back with your browser (your text is still in the page), and save again." in page.words
    at_work.page = None
    assert at_work.post("/records", {}).status == 400


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
