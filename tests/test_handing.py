"""Copies of a briefing go to listed recipients only: numbered, with a purpose, and in the log before they leave."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile

import pytest
import sqlalchemy as sa

from exports.word import read_text
from forms.demonstration import PEOPLE
from meetings.desk import administrator
from meetings.issuing import Issuing
from meetings.store.tables import sharing
from meetings.versions import Versions
from tests.makers import let_in, recipient_of
from tests.test_briefing_scenarios import read

NAME = "CLC-IIM-2031-0133"
PURPOSE = "Handover to the night shift"


@pytest.fixture
def issued(desk, clock):
    clock.set(read(NAME, ".expected")["now"])
    reference, _ = desk.import_document(json.dumps(read(NAME)).encode(), administrator())
    desk.finalise(reference, administrator())
    Issuing(desk).issue(reference, administrator())
    return let_in(desk, reference, PEOPLE[3])


@pytest.fixture
def listed():
    """Each recipient with the copy that is named for it."""
    return {one["to"]: one["audience"] for one in read(NAME)["circulation"]}


def take(browser, reference, recipient, how="word", purpose=PURPOSE):
    browser.get(f"/records/{reference}/copies")
    token = browser.page.soup.find("input", attrs={"name": "csrf_token"})["value"]
    data = {"recipient": recipient, "how": how, "purpose": purpose, "csrf_token": token}
    return browser.client.post(f"/records/{reference}/copies", data=data)


def test_each_word_copy_bears_its_number_recipient_time_and_hash_on_every_page(browser, desk, issued, listed):
    browser.sign_in("sergeant")
    people = {one["id"]: one["name"] for one in read(NAME)["professionals"]}
    numbers = set()
    for recipient, audience in listed.items():
        response = take(browser, issued, recipient)
        assert response.status_code == 200
        assert f"_{issued}_v1_{audience}-{recipient}.docx" in response.headers["Content-Disposition"]
        text = read_text(response.data)
        line = desk.sharing(issued, administrator())[-1]
        assert line.detail["recipient"] == recipient
        assert re.fullmatch(r"[0-9A-F]{4}(-[0-9A-F]{4}){2}", line.detail["number"])
        numbers.add(line.detail["number"])
        slip = text[text.index("Copy slip") :]
        for words in (line.detail["number"], people[recipient], "20 May 2031", PURPOSE):
            assert words in slip, words
        footers = [part for name, part in _parts(response.data).items() if re.fullmatch(r"word/footer\d*\.xml", name)]
        assert any(line.detail["number"] in one for one in footers)
        assert line.detail["content_sha256"] in text
        registered = desk.store.registered(hashlib.sha256(response.data).hexdigest())
        assert (registered.reference, registered.version, registered.audience) == (issued, 1, f"{audience}:{recipient}")
    assert len(numbers) == len(listed), "no two copies have one number"


def _parts(package):
    archive = zipfile.ZipFile(io.BytesIO(package))
    return {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}


def test_the_archive_holds_the_same_copy_as_word_and_data_that_name_each_other(browser, issued, listed):
    browser.sign_in("sergeant")
    recipient = next(one for one, audience in listed.items() if audience == "full")
    response = take(browser, issued, recipient, "files")
    files = zipfile.ZipFile(io.BytesIO(response.data))
    names = sorted(name.partition(f"_{issued}_v1_full-{recipient}.")[2] for name in files.namelist())
    assert names == ["actions.json", "actions.json.jws", "docx"]
    word = files.read(next(one for one in files.namelist() if one.endswith(".docx")))
    actions = json.loads(files.read(next(one for one in files.namelist() if one.endswith("actions.json"))))
    assert actions["from"]["minutes_sha256"] == hashlib.sha256(word).hexdigest()


def test_only_listed_recipients_get_one_and_every_sharing_has_a_purpose(browser, desk, issued):
    browser.sign_in("sergeant")
    response = take(browser, issued, "p1")
    assert response.status_code == 422
    assert "Send only to listed recipients" in response.text
    someone = read(NAME)["circulation"][0]["to"]
    response = take(browser, issued, someone, purpose="  ")
    assert response.status_code == 422
    assert "Give a reason when you share it." in response.text
    assert take(browser, issued, someone, how="fax").status_code == 422
    assert [one.what for one in desk.sharing(issued, administrator()) if one.what.startswith("copy")] == []


def test_a_character_that_no_database_keeps_is_left_out_of_a_purpose(browser, desk, issued, listed):
    browser.sign_in("sergeant")
    assert take(browser, issued, next(iter(listed)), "told", "Hand\0over").status_code in (200, 303)
    assert desk.sharing(issued, administrator())[-1].detail["purpose"] == "Handover"


def test_reading_aloud_and_printing_are_logged_too(browser, desk, issued, listed):
    browser.sign_in("sergeant")
    closed = next(one for one, audience in listed.items() if audience != "partner")
    opened = next(one for one, audience in listed.items() if audience == "partner")
    take(browser, issued, closed, "told")
    page = take(browser, issued, opened, "print").text
    told, printed = [one for one in desk.sharing(issued, administrator()) if one.what == "copy:told"]
    assert [one.detail["how"] for one in (told, printed)] == ["told", "print"]
    assert printed.detail["number"] in page
    assert printed.detail["content_sha256"] in page
    for words in read(NAME)["officer_card"]:
        assert words in page or words.replace("'", "&#39;") in page
    assert "school of children" not in page, "the open version"
    assert "Partner agency (open version)" in page
    words = browser.get(f"/records/{issued}/who-saw-it").words
    for said in ("Read aloud or told", "Printed", PURPOSE, told.detail["number"], "as an officer"):
        assert (said in words) is (said != "as an officer")


def test_a_link_to_a_file_of_what_is_in_force_asks_for_whom(browser, issued):
    browser.sign_in("pclo")
    for path in (
        "minutes.docx?audience=full",
        "actions.json?audience=partner",
        "minutes.docx?version=1",
    ):
        response = browser.client.get(f"/records/{issued}/{path}")
        assert response.status_code == 303
        assert response.headers["Location"].endswith(f"/records/{issued}/copies")


def test_a_draft_leaves_as_a_draft_and_whoever_only_receives_copies_gets_none_of_it(browser, desk, issued, recorder):
    Versions(desk).reopen(issued, "Door code", recorder)
    browser.sign_in("pclo")
    response = browser.client.get(f"/records/{issued}/minutes.docx?audience=police")
    assert response.status_code == 200
    assert "DRAFT" in read_text(response.data) or "DRAFT" in "".join(_parts(response.data).values())
    browser.get("/")
    browser.post("/sign-out", {})
    recipient_of(desk, read(NAME))
    browser.sign_in("officer")
    assert browser.client.get(f"/records/{issued}/minutes.docx").status_code == 303, "version 1, for a listed recipient"
    assert "version 1" in browser.get(f"/records/{issued}/copies").words


def test_an_officer_gives_only_copies_of_the_kind_an_officer_may_have(browser, desk, clock):
    clock.set(read(NAME, ".expected")["now"])
    listed = [
        {**one, "audience": "police"} if number == 0 else one for number, one in enumerate(read(NAME)["circulation"])
    ]
    reference, _ = desk.import_document(json.dumps({**read(NAME), "circulation": listed}).encode(), administrator())
    desk.finalise(reference, administrator())
    Issuing(desk).issue(reference, administrator())
    recipient_of(desk, read(NAME))
    browser.sign_in("officer")
    page = browser.get(f"/records/{reference}/copies")
    assert [one["value"] for one in page.soup.select("#recipient option") if one["value"]] == [listed[0]["to"]]
    assert take(browser, reference, listed[0]["to"]).status_code == 200
    assert take(browser, reference, listed[1]["to"]).status_code == 403


def test_the_log_says_what_is_wrong_with_itself(browser, desk, issued, listed):
    browser.sign_in("sergeant")
    take(browser, issued, next(iter(listed)))
    issuing = Issuing(desk)
    assert issuing.log_findings(issued, administrator()) == []
    with desk.store.writing() as connection:
        connection.execute(sa.update(sharing).values(who="Somebody else"))
    assert [one.rule for one in issuing.log_findings(issued, administrator())] == ["IIM-LOG-01"]
    assert "A log entry is missing or was changed" in browser.get(f"/records/{issued}/who-saw-it").words


def test_a_copy_to_somebody_who_was_taken_off_the_list_is_pointed_out(browser, desk, issued, listed, recorder):
    browser.sign_in("sergeant")
    recipient = next(iter(listed))
    take(browser, issued, recipient)
    with desk.store.writing() as connection:
        held = {"version": 1, "status": "final", "content_sha256": "", "recipient": "p1", "number": "", "file": "x"}
        connection.execute(sa.update(sharing).where(sharing.c.what == "copy:taken").values(detail=held))
    found = {one.rule for one in Issuing(desk).log_findings(issued, administrator())}
    assert found == {"IIM-DIS-01", "IIM-LOG-01", "IIM-LOG-02", "IIM-LOG-04"}
