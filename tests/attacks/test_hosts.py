"""Attacks by what a request says of itself: for which host it is, from whom, over what; and by weak settings."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from app import create_app, read_settings, weakness_of
from forms.commands import DEMONSTRATION
from forms.demonstration import PASSWORD, PEOPLE
from forms.front import Front, read_networks
from meetings.desk import administrator
from tests.inspecting import Browser

OWN = "https://accord.example"
PRODUCTION = {"ACCORD_PRODUCTION": "1", "ACCORD_ADDRESS": OWN, "ACCORD_PROXIES": "10.0.0.0/8"}
ADA = replace(PEOPLE[0], id="00000000-0000-4000-8000-00000000ada1", login="ada", name="Ada Finch")


@pytest.fixture
def a_service(store, clock, tmp_path):
    """Return a client of the service with these settings, at the address of a proxy unless told otherwise."""

    def make(peer="10.0.0.1", **environ):
        settings = read_settings({"ACCORD_INSTANCE": str(tmp_path), **environ})
        client = create_app(settings, store, clock).test_client()
        client.environ_base["REMOTE_ADDR"] = peer
        return client

    return make


def seen_behind(proxies, peer="10.0.0.1", **headers):
    """Return what an app behind the front is told of a request."""
    seen = {}

    def app(environ, start_response):
        seen.update(environ)
        start_response("200 OK", [])
        return [b""]

    asked = {"REMOTE_ADDR": peer, "HTTP_HOST": "accord.example", "wsgi.url_scheme": "http"}
    asked |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    answers = []
    Front(app, ["accord.example"], read_networks(proxies))(asked, lambda status, _: answers.append(status))
    return seen, answers[0]


# ── Hosts ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "host",
    ["evil.example", "accord.example.evil.example", "evil.example:443", "accord.example@evil.example", "127.0.0.1",
     "localhost", "", "accord.example, evil.example", "accord.example/x", "[::1]", "accord.example:99999"],
)  # fmt: skip
def test_another_host_is_refused_in_words_before_anything_is_read(a_service, host):
    client = a_service(**PRODUCTION)
    answer = client.get("/sign-in", headers={"Host": host})
    assert answer.status_code == 421
    assert "What was asked for is for a host that is not this one. Nothing was read or changed." in answer.text
    assert "Open it by its own address, which has the host accord.example." in answer.text
    assert "evil" not in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("host", ["accord.example", "Accord.Example", "accord.example:443", "accord.example:8000"])
def test_the_own_host_is_answered(a_service, host):
    assert a_service(**PRODUCTION).get("/sign-in", headers={"Host": host}).status_code == 200


def test_the_demonstration_answers_to_this_machine_alone(a_service):
    client = a_service("127.0.0.1")
    for host, status in (("localhost", 200), ("127.0.0.1:8000", 200), ("accord.example", 421), ("10.1.2.3", 421)):
        assert client.get("/sign-in", headers={"Host": host}).status_code == status, host


def test_a_link_in_a_letter_begins_with_the_address_that_is_set(store, clock, tmp_path, hashed):
    clock.set("2026-11-18T09:00:00+00:00")
    store.keep_account(ADA, hashed, demonstration=False)
    settings = read_settings({"ACCORD_INSTANCE": str(tmp_path), **PRODUCTION})
    app = create_app(settings, store, clock)
    desk = app.extensions["accord"]
    reference, _ = desk.import_document((DEMONSTRATION / "SD-2026-9001.json").read_bytes(), administrator())
    desk.finalise(reference, administrator())
    client = app.test_client()
    client.environ_base |= {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_HOST": "accord.example"}
    client.environ_base |= {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_REFERER": f"{OWN}/"}
    browser = Browser(client)
    browser.get("/sign-in")
    browser.post("/sign-in", {"login": "ada", "password": PASSWORD})
    page = browser.get(f"/records/{reference}/links")
    assert page.status == 200
    someone = page.soup.select("#professional option")[1]["value"]
    sent = {"professional": someone, "address": "a.b@agency.example"}
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    token = page.soup.find("input", attrs={"name": "csrf_token"})["value"]
    refused = client.post(f"/records/{reference}/links", data={**sent, "csrf_token": token}, headers=evil)
    assert refused.status_code == 421
    assert browser.post(f"/records/{reference}/links", sent).status == 200
    (letter,) = (tmp_path / "outbox").glob("*.eml")
    assert re.findall(r"https?://[^\s/]+", letter.read_text()) == [OWN]


# ── Who asks ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("proxies", "forwarded", "client"),
    [
        ("10.0.0.0/8", "203.0.113.5", "203.0.113.5"),
        ("10.0.0.0/8", "6.6.6.6, 203.0.113.5", "203.0.113.5"),
        ("10.0.0.0/8", "6.6.6.6, 203.0.113.5, 10.0.0.9", "203.0.113.5"),
        ("10.0.0.0/8", "203.0.113.5:4711", "203.0.113.5"),
        ("10.0.0.0/8", '"[2001:db8::7]:80"', "2001:db8::7"),
        ("10.0.0.0/8", "6.6.6.6, rubbish", "10.0.0.1"),
        ("10.0.0.0/8", "", "10.0.0.1"),
        ("10.0.0.0/8", "10.0.0.7", "10.0.0.7"),
        ("192.0.2.1", "203.0.113.5", "10.0.0.1"),
        ("", "203.0.113.5", "10.0.0.1"),
    ],
)
def test_the_client_is_whom_the_last_proxy_of_ours_names(proxies, forwarded, client):
    seen, _ = seen_behind(proxies, x_forwarded_for=forwarded)
    assert seen["REMOTE_ADDR"] == client


def test_what_a_stranger_says_of_host_and_protocol_is_gone_before_anything_reads_it():
    headers = "forwarded x_forwarded_for x_forwarded_host x_forwarded_proto x_forwarded_port x_forwarded_prefix"
    headers += " x_forwarded_ssl x_forwarded_server x_real_ip x_client_ip client_ip true_client_ip x_scheme"
    headers += " x_original_url x_rewrite_url"
    said = dict.fromkeys(headers.split(), "evil.example")
    for peer in ("203.0.113.9", "10.0.0.1"):
        seen, _ = seen_behind("192.0.2.1", peer, **said)
        assert not [name for name in seen if "evil.example" in str(seen[name])]
        assert (seen["REMOTE_ADDR"], seen["wsgi.url_scheme"]) == (peer, "http")


def test_a_proxy_may_name_protocol_and_host_and_nothing_else():
    seen, status = seen_behind(
        "10.0.0.1", x_forwarded_proto="https", x_forwarded_host="evil.example, accord.example", x_forwarded_prefix="/x"
    )
    assert status == "200 OK"
    assert (seen["wsgi.url_scheme"], seen["HTTP_HOST"]) == ("https", "accord.example")
    assert "HTTP_X_FORWARDED_PREFIX" not in seen
    _, status = seen_behind("10.0.0.1", x_forwarded_host="evil.example")
    assert status == "421 Misdirected Request"
    seen, _ = seen_behind("10.0.0.1", x_forwarded_proto="javascript")
    assert seen["wsgi.url_scheme"] == "http"


def test_whoever_claims_other_addresses_gets_no_further_tries(a_service):
    client = a_service("127.0.0.1")
    for number in range(6):
        page = client.get("/sign-in", headers={"X-Forwarded-For": f"203.0.113.{number}"})
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        sent = {"login": "pclo", "password": "wrong", "csrf_token": token}
        answer = client.post("/sign-in", data=sent, headers={"X-Forwarded-For": f"203.0.113.{number}"})
    assert answer.status_code == 429


def test_the_log_says_once_that_a_proxy_is_not_named(caplog):
    front = Front(lambda *_: [b""], ["accord.example"], ())
    for _ in range(3):
        front({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.5", "HTTP_HOST": "x"}, lambda *_: None)
    assert [one.getMessage() for one in caplog.records] == [
        "A request says for whom it asks, and ACCORD_PROXIES does not name where it came from: what it says is"
        " left out. If your proxy sent it, name the proxy there."
    ]


def test_behind_tls_the_cookie_is_never_sent_in_the_open(a_service):
    behind = {"Host": "accord.example", "X-Forwarded-Proto": "https"}
    assert "Secure" in a_service(**PRODUCTION).get("/sign-in", headers=behind).headers["Set-Cookie"]
    assert "Secure" in a_service(**PRODUCTION).get("/sign-in", headers={"Host": "accord.example"}).headers["Set-Cookie"]
    at_home = a_service("127.0.0.1").get("/sign-in").headers["Set-Cookie"]
    assert "Secure" not in at_home
    assert "HttpOnly" in at_home


# ── Settings ─────────────────────────────────────────────────────────────────────────────────────────────────────

MAKE = 'Make one with: python3 -c "import secrets; print(secrets.token_hex(32))", or leave it out.'


@pytest.mark.parametrize(
    ("key", "fault"),
    [
        ("ferret-77", "is shorter than 32 characters, and could be guessed"),
        ("a" * 64, "repeats itself, and could be guessed"),
        ("hedgehog" * 8, "repeats itself, and could be guessed"),
        ("changeme-changeme-changeme-please!", "is one that is well known, and could be guessed"),
        ("your-256-bit-secret-your-256-bit-secret", "is one that is well known, and could be guessed"),
        ("0123456789abcdef0123456789abcdef", "is one that is well known, and could be guessed"),
    ],
)
def test_a_weak_session_key_is_refused_at_the_start(accord, key, fault):
    done = accord("list", ACCORD_SECRET_KEY=key)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"ACCORD_SECRET_KEY {fault}. {MAKE}\n"
    assert key not in done.stderr


def test_a_key_of_the_instance_that_was_cut_off_is_refused_and_one_that_is_made_is_whole(tmp_path, store, clock):
    settings = read_settings({"ACCORD_INSTANCE": str(tmp_path)})
    create_app(settings, store, clock)
    assert weakness_of((tmp_path / "secret_key").read_text()) == ""
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(Exception, match="Remove it: another is made at the next start"):
        create_app(settings, store, clock)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"ACCORD_PROXIES": "nginx"},
            "ACCORD_PROXIES: ‘nginx’ is not the address of a proxy. Use addresses or networks with commas between "
            "them, such as 127.0.0.1,10.1.2.0/24.",
        ),
        (
            {"ACCORD_PROXIES": "10.0.0.1/8"},
            "ACCORD_PROXIES: ‘10.0.0.1/8’ is not the address of a proxy. Use addresses or networks with commas between "
            "them, such as 127.0.0.1,10.1.2.0/24.",
        ),
        (
            {"ACCORD_ADDRESS": "http://accord.example", "ACCORD_PRODUCTION": "1"},
            "ACCORD_ADDRESS is ‘http://accord.example’; in production it begins with https://, since passwords travel "
            "by it.",
        ),
    ],
)
def test_a_wrong_setting_is_refused_with_a_sentence(accord, settings, sentence):
    done = accord("list", **settings)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{sentence}\n")


@pytest.mark.parametrize("command", [["serve"], ["people", "link", "ada"]])
def test_production_does_not_start_without_its_address(accord, command):
    done = accord(*command, ACCORD_PRODUCTION="1")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "ACCORD_ADDRESS is not set. In production it says by which address people open Accord, such as "
        "https://accord.example: links in letters begin with it, and requests for other hosts are refused.\n"
    )
