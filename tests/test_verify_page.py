"""The page on which anybody checks a sealed file: what it says, what it keeps (nothing), what it endures."""

from __future__ import annotations

import hashlib
import io
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import werkzeug.formparser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import exports.checking
import exports.verify_apart
from exports.checking import LARGEST_UPLOAD, Turns
from exports.jws import detached_jws
from exports.opc import zipped
from exports.verify import verify
from meetings.desk import administrator
from meetings.issuing import Issuing
from meetings.store import metadata
from meetings.versions import Versions
from tests.accounts import signed_up
from tests.conftest import SCENARIOS
from tests.inspecting import Browser
from tests.makers import NOW as AFTER_THE_MEETING
from tests.makers import a_discussion, let_in
from tests.sealing import FROZEN, Authority, parts_of, sealed, sealed_by
from tests.test_briefing_scenarios import read
from tests.test_handing import take
from tests.test_seal_attacks import BUSY, ZIPS

NOW = "2026-11-27T09:15:00+00:00"
REFERENCE = "SD-2026-0902"
BRIEFING = "CLC-IIM-2031-0107"
DEMONSTRATION = "Accord demonstration seal of Accord demonstration"


@pytest.fixture
def final_record(desk, clock):
    clock.set(NOW)
    desk.import_document((SCENARIOS / "O2" / "meeting-1.json").read_bytes(), administrator())
    desk.finalise(REFERENCE, administrator())
    return REFERENCE


@pytest.fixture
def anybody(app):
    """Somebody without an account."""
    return Browser(app.test_client())


def check(browser, content, signature=None, name="minutes.docx"):
    """Send a file to the page, as the form there does."""
    token = browser.get("/verify").soup.find("input", attrs={"name": "csrf_token"})["value"]
    body = _part("csrf_token", token.encode()) + _part("file", content, name)
    if signature is not None:
        body += _part("signature", signature, f"{name}.jws")
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return browser._look(browser.client.post("/verify", data=body + f"--{BOUNDARY}--\r\n".encode(), headers=kind))


BOUNDARY = "part-of-a-form-from-a-browser"


def _part(field, content, name=None):
    """Return one part of a form as a browser sends it; the test client would write large ones to disk first."""
    shown = "" if name is None else f'; filename="{name}"'
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"{shown}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def taken(browser, path, reference=REFERENCE):
    return browser.client.get(f"/records/{reference}/{path}").data


def sentence(page):
    return page.soup.select_one(".accord-verdict__sentence").text


def answer(page):
    return " ".join(page.soup.select_one(".accord-verdict").text.split())


# ── What it says ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_is_linked_where_people_without_an_account_and_with_one_are(final_record, anybody, at_work):
    for page in (anybody.get("/sign-in"), at_work.get(f"/records/{REFERENCE}"), at_work.get("/")):
        assert page.soup.select('a[href="/verify"]')
    page = anybody.get("/verify")
    assert (page.status, page.soup.h1.text) == (200, "Check a sealed file")
    assert "It is the seal of an organisation, not anybody’s personal signature." in page.words
    assert "Document properties (title, author and dates that a computer shows beside a file)" in page.words


def test_unchanged_minutes_are_answered_in_one_sentence_with_details_and_a_hash_to_compare(
    final_record, at_work, anybody
):
    minutes = taken(at_work, "minutes.docx")
    page = check(anybody, minutes)
    assert page.status == 200
    assert sentence(page) == (
        "This file has not changed since it was sealed by Accord demonstration seal of Accord demonstration."
    )
    assert (
        "It says that it was sealed on 27 November 2026 at 09:15, a claim that no trusted time stamp confirms."
        in answer(page)
    )
    assert "The register here knows it, byte for byte: it was given out on 27 November 2026 at 09:15." in answer(page)
    assert "It is version 1 of SD-2026-0902, the latest." in answer(page)
    assert hashlib.sha256(minutes).hexdigest() in page.words
    assert "Harriet Olusanya-Bright" in page.words
    assert "Approve, with dissent recorded" in page.words
    assert "Wendell Ashgrove" not in page.words, "who took the file is nobody's business outside"
    assert "to Wendell Ashgrove" in check(at_work, minutes).words


def test_a_changed_file_and_an_addition_are_answered_plainly(final_record, at_work, anybody):
    parts = parts_of(taken(at_work, "minutes.docx"))
    page = check(anybody, zipped({**parts, "word/document.xml": parts["word/document.xml"].replace(b"a", b"e", 1)}))
    assert sentence(page) == f"This file has been changed since it was sealed by {DEMONSTRATION}."
    assert "What no longer fits the seal: the text of the minutes. Do not rely on this file." in answer(page)
    assert "Harriet" not in page.words
    page = check(anybody, zipped({**parts, "word/comments.xml": b"<x/>"}))
    assert "but something was added to it that the seal does not cover." in sentence(page)
    assert "What is not covered: comments on the text. Do not rely on this file." in answer(page)
    page = check(anybody, zipped({name: one for name, one in parts.items() if name == "[Content_Types].xml"}))
    assert page.status == 422
    assert "This is not a Word file: it has no main document." in page.words


def test_a_signer_whom_nobody_trusts_is_not_named_as_a_fact(app, anybody):
    page = check(anybody, sealed_by(Authority().signer("Marsh Council<script>alert('x')</script>")))
    assert (
        "by somebody under the name of ‘Marsh Council<script>alert('x')</script> of Marsh, \"Fell\" & Brook’"
        in sentence(page)
    )
    assert "Anybody can make a certificate in any name." in answer(page)
    assert "The register here does not know this file" in answer(page)


def test_words_of_a_file_cannot_turn_the_page_about(app, anybody):
    page = check(anybody, sealed_by(Authority().signer("Marsh\u202eCouncil\n")), name="minutes\u202excod.docx")
    assert page.status == 200
    assert "\u202e" not in page.text
    assert "Marsh�Council�" in page.words


def test_a_data_file_is_checked_with_its_signature(final_record, at_work, anybody):
    actions, jws = taken(at_work, "actions.json"), taken(at_work, "actions.json.jws")
    page = check(anybody, actions, jws, "actions.json")
    assert sentence(page) == f"This file has not changed since it was sealed by {DEMONSTRATION}."
    assert "Document properties" not in answer(page)
    assert sentence(check(anybody, actions + b" ", jws, "actions.json")).startswith("This file has been changed")
    page = check(anybody, actions, None, "actions.json")
    assert sentence(page) == "This file bears no seal."
    assert "choose that too" in answer(page)
    page = check(anybody, jws, None, "actions.json.jws")
    assert "That is a signature. Choose the data file first, and this one as its signature." in page.words
    strange = Authority().signer()
    page = check(anybody, actions, detached_jws(actions, strange, FROZEN), "actions.json")
    assert "The certificate that signed it is not at hand" in page.words


def test_a_draft_is_known_and_not_mistaken_for_the_minutes(desk, at_work, anybody):
    reference = desk.import_document(json.dumps(a_discussion()).encode(), administrator())[0]
    page = check(anybody, taken(at_work, "minutes.docx", reference))
    assert sentence(page) == "This file bears no seal."
    assert f"It is a draft of version 1 of {reference}, given out on" in answer(page)
    assert "the latest" not in answer(page)


def _approve(desk, reference, manager):
    record = desk.look(reference, manager)
    sergeant = signed_up(desk.store, record.document, "p2")
    Issuing(desk).approve(reference, "p2", sergeant.name, record.content_sha256, sergeant, open_version_read=True)


@pytest.fixture
def issued(desk, clock, manager):
    """A briefing that was approved and issued; return its reference."""
    clock.set(read(BRIEFING, ".expected")["now"])
    document = {**read(BRIEFING), "status": "draft"}
    for name in ("signoff", "integrity"):
        document.pop(name, None)
    reference = let_in(desk, desk.import_document(json.dumps(document).encode(), administrator())[0], manager)
    _approve(desk, reference, manager)
    Issuing(desk).issue(reference, manager)
    return reference


def test_a_superseded_version_says_by_which_and_when(desk, issued, at_work, anybody, manager, recorder, clock):
    recipient = desk.look(issued, manager).document.circulation[0].to
    first = take(at_work, issued, recipient).data
    assert first.startswith(b"PK")
    number = desk.look(issued, manager).version
    assert f"It is version {number} of {issued}, the latest." in answer(check(anybody, first))
    Versions(desk).reopen(issued, "Seen in the market square.", recorder)
    assert f"It is version {number} of {issued}, the latest." in answer(check(anybody, first)), (
        "a draft replaces nothing"
    )
    _approve(desk, issued, manager)
    assert f"It is version {number} of {issued}, the latest." in answer(check(anybody, first)), (
        "officers rely on it until the next one is issued"
    )
    clock.moment += timedelta(minutes=20)
    Issuing(desk).issue(issued, manager)
    page = check(anybody, first)
    on = f"{clock.moment.day} {clock.moment:%B %Y} at {clock.moment:%H:%M}"
    assert f"It is version {number} of {issued}, which was superseded by version {number + 1} on {on}" in answer(page)
    assert not page.soup.select(".accord-verdict--good")

    Versions(desk).withdraw(issued, "Found safe", manager)
    assert f"superseded by version {number + 2} on" in answer(check(anybody, first))
    assert "The record was withdrawn." in answer(check(anybody, first))


@pytest.fixture
def told_to_a_parent(desk, clock):
    """A final record of which a parent may have a copy; return its reference."""
    clock.moment = AFTER_THE_MEETING
    reference = desk.import_document(json.dumps(a_discussion()).encode(), administrator())[0]
    desk.finalise(reference, administrator())
    return reference


@pytest.mark.parametrize(
    ("audience", "told"), [("full", True), ("partner", True), ("decisions", True), ("parent:a2", False)]
)
def test_nobody_is_told_more_of_the_approvals_than_the_copy_may_hold(
    told_to_a_parent, at_work, anybody, audience, told
):
    page = check(anybody, taken(at_work, f"minutes.docx?audience={audience}", told_to_a_parent))
    assert "has not changed since it was sealed" in sentence(page)
    names = [one["name"] for one in a_discussion()["professionals"]]
    assert any(name in page.words for name in names) is told
    assert bool(page.soup.find("h2", string="Who stands for the text")) is told


def test_a_file_that_another_program_packed_anew_is_told_apart_and_nobody_is_named(final_record, at_work, anybody):
    page = check(anybody, _stored(taken(at_work, "minutes.docx")))
    assert page.soup.select_one(".accord-verdict strong").text.strip() == "Packed anew"
    assert sentence(page) == (
        "This file was sealed by Accord demonstration seal of Accord demonstration, but then packed anew by another"
        " program."
    )
    assert (
        "The parts themselves are as they were sealed, the file is not: not every program need find in it what this"
        " check found. Ask for the file as it was given out."
    ) in answer(page)
    assert not page.soup.find("h2", string="Who approved the text")


def test_of_a_file_with_other_properties_the_text_is_known_but_nobody_is_named(final_record, at_work, anybody):
    parts = parts_of(taken(at_work, "minutes.docx"))
    changed = parts["docProps/core.xml"].replace(b"Minutes of", b"Changed of")
    assert changed != parts["docProps/core.xml"]
    page = check(anybody, zipped({**parts, "docProps/core.xml": changed}))
    assert "has not changed since it was sealed" in sentence(page)
    assert "does not know this very file, but it knows what is sealed in it." in answer(page)
    assert "It is version 1, the latest." in answer(page)
    assert not page.soup.find("h2", string="Who stands for the text")


def _stored(package):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:
        for name, content in parts_of(package).items():
            made.writestr(name, content)
    return out.getvalue()


# ── What it keeps and what it endures ────────────────────────────────────────────────────────────────────────────


def test_nothing_of_an_upload_touches_a_disk_or_the_store(final_record, at_work, anybody, store, tmp_path, monkeypatch):
    minutes = taken(at_work, "minutes.docx") + bytes(2_000_000)
    anybody.get("/verify")

    def counted():
        with store.reading() as connection:
            return {
                table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()
                for table in metadata.sorted_tables
                if table.name != "session"
            }

    def no_disk(*_, **__):
        raise AssertionError("an upload was written to disk")

    before, files = counted(), sorted(tmp_path.rglob("*"))
    monkeypatch.setattr(tempfile, "_get_candidate_names", no_disk)
    monkeypatch.setattr(werkzeug.formparser, "SpooledTemporaryFile", no_disk)
    page = check(anybody, minutes)
    assert "but something was added" in sentence(page)
    assert counted() == before
    assert sorted(tmp_path.rglob("*")) == files


def test_every_refusal_says_what_happened_and_what_to_do(app, anybody, monkeypatch):
    anybody.get("/verify")
    assert "Choose the file to check." in anybody.post("/verify", {}).words
    assert "That file is empty." in check(anybody, b"").words
    assert "This is neither a Word file nor a data file that Accord writes." in check(anybody, b"notes").words
    large = check(anybody, bytes(LARGEST_UPLOAD + 200_000))
    assert (large.status, exports.checking.TOO_LARGE in large.words) == (413, True)
    slightly = check(anybody, bytes(LARGEST_UPLOAD + 1))
    assert (slightly.status, exports.checking.TOO_LARGE in slightly.words) == (413, True)
    assert "neither a Word file" in check(anybody, bytes(LARGEST_UPLOAD)).words
    old = anybody.client.post("/verify", data={"csrf_token": "old", "file": (io.BytesIO(b"x"), "x.docx")})
    assert (old.status_code, exports.checking.TOO_OLD in old.text) == (400, True)
    trust = Path(app.config["INSTANCE"]) / "trust"
    trust.mkdir()
    (trust / "broken.pem").write_text("no certificate")
    broken = check(anybody, sealed_by(Authority().signer()))
    assert (broken.status, "holds no certificates in PEM form" in broken.words) == (409, True)


def test_who_checks_too_often_or_at_once_with_too_many_others_waits(app, anybody, monkeypatch):
    app.extensions["accord-turns"] = Turns(a_minute=2)
    for _ in range(2):
        assert check(anybody, b"notes").status == 422
    refused = check(anybody, b"notes")
    assert (refused.status, exports.checking.TOO_BUSY in refused.words) == (429, True)

    monkeypatch.setattr(exports.checking, "SECONDS_TO_WAIT", 0.01)
    app.extensions["accord-turns"] = turns = Turns()
    for _ in range(exports.checking.AT_ONCE):
        assert turns.take()
    assert check(anybody, b"notes").status == 429
    turns.give_back()
    assert check(anybody, b"notes").status == 422


def test_whoever_comes_when_too_many_wait_already_is_told_at_once(app, anybody, monkeypatch):
    monkeypatch.setattr(exports.checking, "SECONDS_TO_WAIT", 60)
    app.extensions["accord-turns"] = turns = Turns()
    for _ in range(exports.checking.AT_ONCE):
        assert turns.take()
    waiting = [
        threading.Thread(target=lambda: turns.take() and turns.give_back())
        for _ in range(exports.checking.MOST_WAITING)
    ]
    for one in waiting:
        one.start()
    while turns._waiting.acquire(blocking=False):  # until each of them waits
        turns._waiting.release()
    started = time.monotonic()
    page = check(anybody, sealed())
    assert (page.status, exports.checking.TOO_BUSY in page.words) == (429, True)
    assert time.monotonic() - started < 30
    for _ in range(exports.checking.AT_ONCE):
        turns.give_back()
    for one in waiting:
        one.join()


def test_a_file_that_asks_for_too_much_ends_its_own_process_and_the_page_says_so(app, anybody, monkeypatch):
    monkeypatch.setattr(exports.verify_apart, "_START", "while True: pass")
    monkeypatch.setattr(exports.verify_apart, "SECONDS_TO_WAIT", 0.5)
    page = check(anybody, sealed())
    assert page.status == 422
    assert "This file asks for more than a check may cost. Nothing of it was believed." in page.words


@pytest.fixture
def endless(app, anybody, monkeypatch):
    """Somebody who may check without end, in this process: one process for each of hundreds of files is slow."""
    app.extensions["accord-turns"] = Turns(a_minute=10**9)
    monkeypatch.setattr(exports.checking, "verify_apart", verify)
    return anybody


def test_a_file_made_to_do_harm_gets_an_answer(endless):
    for kind, make in (ZIPS | BUSY).items():
        page = check(endless, make())
        assert page.status in (200, 413, 422), kind
        assert "has not changed" not in page.words, kind


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(content=st.binary(max_size=300), signature=st.none() | st.binary(max_size=300), seed=st.integers(0, 2**32))
def test_no_bytes_make_the_page_fail(endless, content, signature, seed):
    chance, package = random.Random(seed), bytearray(sealed())
    for _ in range(3):
        package[chance.randrange(len(package))] ^= 1 << chance.randrange(8)
    for given_file in (content, b"{" + content, bytes(package)):
        assert check(endless, given_file, signature, "x\u202e\x00.json").status in (200, 422)


# ── For those who check it themselves ────────────────────────────────────────────────────────────────────────────


def test_the_single_file_from_the_page_checks_in_an_empty_folder_with_the_published_certificate(
    final_record, at_work, anybody, tmp_path_factory
):
    folder = tmp_path_factory.mktemp("court")
    for name in ("minutes.docx", "actions.json", "actions.json.jws"):
        (folder / name).write_bytes(taken(at_work, name))
    (folder / "check.py").write_bytes(anybody.client.get("/verify/accord-verify.py").data)
    published = anybody.client.get("/verify/certificates.pem").data
    (folder / "seal.pem").write_bytes(published)
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", "check.py", "--trust", "seal.pem", "minutes.docx", "actions.json"],
        cwd=folder, capture_output=True, encoding="utf-8", check=False, env={},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["verdict"] for line in done.stdout.splitlines()] == ["unchanged", "unchanged"]
    assert {one.name for one in folder.iterdir()} == {
        "minutes.docx",
        "actions.json",
        "actions.json.jws",
        "check.py",
        "seal.pem",
    }
    page = anybody.get("/verify")
    assert "CN=Accord demonstration seal,O=Accord demonstration,C=GB" in page.words


# ── The register ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_file_that_left_is_listed_found_by_its_hash_and_given_out_again_as_it_was(
    final_record, desk, at_work, browser, app
):
    minutes = taken(at_work, "minutes.docx?audience=police&purpose=Case+conference")
    sha256 = hashlib.sha256(minutes).hexdigest()
    page = at_work.get(f"/records/{REFERENCE}/files")
    for words in (
        sha256,
        "OFFICIAL-SENSITIVE_SD-2026-0902_v1_police.docx",
        "Wendell Ashgrove",
        "Case conference",
        "Police",
    ):
        assert words in page.words
    assert page.soup.find("a", href=f"/records/{REFERENCE}/files/{sha256}")
    assert taken(at_work, f"files/{sha256}") == minutes
    assert "For: Taken again" in at_work.get(f"/records/{REFERENCE}/files").words

    found = at_work.get(f"/register?sha256={sha256.upper()}+")
    assert "SD-2026-0902" in found.words
    assert "Wendell Ashgrove" in found.words
    assert "No file with that hash was given out here." in at_work.get(f"/register?sha256={'0' * 64}").words
    assert "A hash has 64 letters from a to f and digits." in at_work.get("/register?sha256=abc").words
    assert at_work.get(f"/records/{REFERENCE}/files/{'0' * 64}").status == 404

    officer = Browser(app.test_client())
    officer.sign_in("officer")
    for path in ("/register", f"/records/{REFERENCE}/files", f"/records/{REFERENCE}/files/{sha256}"):
        assert officer.get(path).status == 403


def test_a_draft_is_listed_and_not_kept(desk, at_work):
    reference = desk.import_document(json.dumps(a_discussion()).encode(), administrator())[0]
    draft = taken(at_work, "minutes.docx", reference)
    page = at_work.get(f"/records/{reference}/files")
    assert hashlib.sha256(draft).hexdigest() in page.words
    assert "(draft)" in page.words
    assert "Take it again" not in page.words
    assert at_work.get(f"/records/{reference}/files/{hashlib.sha256(draft).hexdigest()}").status == 404
