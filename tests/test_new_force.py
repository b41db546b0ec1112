"""A new force: from an empty folder and an empty database, in production, to its first sealed minutes."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from app import create_app, open_store, read_settings
from meetings.desk import administrator
from tests.conftest import SCENARIOS
from tests.inspecting import Browser
from tests.sealing import DAY, FROZEN, PASSPHRASE, a_p12, the_authority
from tests.servers import fresh_database
from tests.test_verify_page import answer, check, sentence

pytestmark = pytest.mark.postgres

SCENARIO = SCENARIOS / "O1"
PASSWORD = "hedge violin comet"
RECORDER, CHAIR, POLICE = "t4", "t1", "t3"
ROLES = {RECORDER: "recorder", CHAIR: "reviewer", POLICE: "reviewer"}
"""Who of the scenario has an account, and with which role."""


@pytest.fixture
def force(accord, postgres_address, tmp_path):
    """Return what runs a command of the new force, and its settings."""
    until = FROZEN + 3000 * DAY  # commands work by the true clock in production
    key = a_p12(tmp_path / "force.p12", the_authority().signer("Capital Police", until=until))
    with fresh_database(postgres_address) as database:
        settings = {
            "ACCORD_PRODUCTION": "1",
            "ACCORD_DATABASE_URL": database,
            "ACCORD_INSTANCE": str(tmp_path / "instance"),
            "ACCORD_ADDRESS": "https://accord.example",
            "ACCORD_PROXIES": "127.0.0.1",
            "ACCORD_SEAL_P12": str(key),
            "ACCORD_SEAL_PASSPHRASE": PASSPHRASE,
        }
        yield lambda *given: accord(*given, **settings), settings


@pytest.fixture
def app(force, clock):
    """Return the app of the new force, by that clock."""
    settings = read_settings(force[1])
    app = create_app(settings, open_store(settings), clock)
    yield app
    app.extensions["accord"].store.close()


class Person(Browser):
    """Somebody of the force at a browser, behind its proxy."""

    def __init__(self, app, name):
        client = app.test_client()
        client.environ_base |= {
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_X_FORWARDED_FOR": "203.0.113.5",
            "HTTP_X_FORWARDED_PROTO": "https",
            "HTTP_X_FORWARDED_HOST": "accord.example",
            "HTTP_REFERER": "https://accord.example/",
        }
        super().__init__(client)
        self.name = name
        self.login = name.casefold().replace(" ", ".")

    def choose_password(self, link):
        page = self.get(link.removeprefix("https://accord.example"))
        assert f"For the account {self.login} of {self.name}" in page.words
        page = self.post(page.response.request.path, {"new": PASSWORD, "again": PASSWORD})
        assert f"Your password is chosen. Sign in with it as {self.login}." in page.words

    def sign_in(self, login=""):
        self.get("/sign-in")
        page = self.post("/sign-in", {"login": login or self.login, "password": PASSWORD})
        assert self.name in page.words
        return page


def test_a_new_force_goes_from_an_empty_folder_to_its_first_sealed_minutes(force, app, clock, tmp_path):
    run, _ = force
    document = json.loads((SCENARIO / "meeting-1.json").read_text())
    meeting = json.loads((SCENARIO / "expected.json").read_text())["meetings"][0]
    people = {one["id"]: one for one in document["professionals"]}
    clock.moment = datetime.now(UTC)

    # Given people of its own, each of whom chooses a password.
    links, at_work = {}, {}
    for local_id, role in ROLES.items():
        one = people[local_id]
        person = at_work[local_id] = Person(app, one["name"])
        done = run(
            *("people", "add", "--name", one["name"], "--login", person.login, "--agency", one["agency"]),
            *("--organisation", one["organisation"], "--grade", one["grade"], "--role", role),
        )
        assert done.returncode == 0, done.stderr
        assert "password, shown once" in done.stdout
        (links[local_id],) = re.findall(r"https://accord\.example/choose/\w+", done.stdout)
    assert run("people", "list").stdout.count("no password yet") == 3
    for local_id, link in links.items():
        at_work[local_id].choose_password(link)
    assert run("people", "list").stdout.count("in use") == 3

    # When they record a discussion, confirm it by their own accounts, and make it final.
    (tmp_path / "discussion.json").write_text(json.dumps({**document, "signoff": []}))
    assert run("import", "discussion.json").stdout == f"{document['ref']} created\n"
    clock.set(meeting["now"])
    for one in at_work.values():
        one.sign_in()
    for local_id in (CHAIR, POLICE):
        one = at_work[local_id]
        page = one.get(f"/records/{document['ref']}/read-back")
        sent = {**page.fields(page.soup.select_one("#sign-form")), "typed_name": one.name, "password": PASSWORD}
        page = one.post(f"/records/{document['ref']}/confirm", sent)
        assert page.status == 200, page.words[:500]
    page = at_work[RECORDER].post(f"/records/{document['ref']}/finalise", {})
    assert page.status == 200, page.words[:500]
    frozen = app.extensions["accord"].look(document["ref"], administrator())
    assert frozen.content_sha256 == meeting["content_sha256"]

    # Then its minutes are sealed with its own key, and a check believes them.
    assert run("export", "--to", "out", document["ref"]).returncode == 0
    signers = tmp_path / "instance" / "trust" / "signers"
    signers.mkdir(parents=True)
    (signers / "ours.pem").write_bytes(the_authority().certificate.public_bytes(Encoding.PEM))
    anybody = Person(app, "Anybody")
    minutes, actions, signature = (
        (tmp_path / "out" / name).read_bytes() for name in ("minutes.docx", "actions.json", "actions.json.jws")
    )
    for page in (check(anybody, minutes), check(anybody, actions, signature, "actions.json")):
        assert sentence(page) == (
            'This file has not changed since it was sealed by Capital Police of Marsh, "Fell" & Brook.'
        )
        assert "accord-verdict--good" in page.soup.select_one(".accord-verdict")["class"], answer(page)
        assert f"It is version 1 of {document['ref']}, the latest." in answer(page)
