"""Saving while people talk: the protocol of one field, two people in one record, rows, and what a page asks again."""

from __future__ import annotations

import json
import uuid

import pytest

from forms.demonstration import PEOPLE
from meetings.desk import Answer, administrator
from tests.inspecting import Browser
from tests.makers import a_discussion, changed, let_in


class Live:
    """A page's script: sends JSON with the token of its session, and reads the answers."""

    def __init__(self, client, reference: str) -> None:
        self.browser = Browser(client)
        self.reference = reference
        self.token = ""

    def sign_in(self, login: str = "pclo") -> Live:
        page = self.browser.sign_in(login)
        self.token = page.soup.find("input", attrs={"name": "csrf_token"})["value"]
        return self

    def ask(self, method: str, path: str, body=None, **headers):
        given = {"Accept": "application/json", "X-CSRFToken": self.token, **headers}
        sent = {"json": body} if not isinstance(body, bytes | None) else {"data": body}
        return self.browser.client.open(f"/records/{self.reference}{path}", method=method, headers=given, **sent)

    def save(self, part: str, typed, was=None, version: int | str = 0):
        body = {"set": typed} if was is None else {"set": typed, "was": was}
        return self.ask("PATCH", f"/parts/{part}", body, **{"If-Match": f'"{version}"'})

    def marks(self, part: str) -> dict[str, str]:
        return {path: one["mark"] for path, one in self.ask("GET", f"/parts/{part}").json["fields"].items()}


@pytest.fixture
def desk(app):
    return app.extensions["accord"]


@pytest.fixture
def reference(desk):
    return let_in(desk, desk.import_document(json.dumps(a_discussion()).encode(), administrator())[0], PEOPLE[1])


@pytest.fixture
def live(app, reference):
    return Live(app.test_client(), reference).sign_in()


def _json(desk, reference):
    return desk.look(reference, administrator()).json


def _row(desk, reference, name, number=0):
    return desk.look(reference, administrator()).rows(name)[number]


# ── One field ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_field_is_saved_and_the_answer_says_when_and_how_it_reads(live, desk, reference):
    before = live.ask("GET", "/parts/review")
    version = before.get_etag()[0]
    answer = live.save("review", {"next_at": "tomorrow 5pm"}, {"next_at": live.marks("review")["next_at"]}, version)
    assert answer.status_code == 200
    assert answer.get_etag()[0] == str(int(version) + 1) == str(answer.json["version"])
    assert answer.json["saved_at"] == "12:30:00"
    field = answer.json["fields"]["next_at"]
    assert (field["shown"], field["problem"]) == (["27/11/2026 17:00"], "")
    assert field["mark"] == live.marks("review")["next_at"]
    assert _json(desk, reference)["review"]["next_at"] == "2026-11-27T17:00:00+00:00"


def test_what_cannot_be_read_is_kept_as_typed_and_the_answer_says_so(live, desk, reference):
    answer = live.save("review", {"next_at": "31/2/26 10:00"}, {}, 1)
    assert answer.status_code == 200
    said = answer.json["fields"]["next_at"]
    assert said["problem"] == "‘31/2/26 10:00’ is not a date and time. Use 28/2/2026 10:00."
    assert said["shown"] == ["31/2/26 10:00"]
    assert "unread" in {one.rule for one in desk.findings(desk.look(reference, administrator()))}


def test_characters_that_no_word_file_can_hold_are_left_out_and_counted(live, desk, reference):
    answer = live.save("review", {"reason": "one\x07two\ud800"}, {}, 1)
    assert answer.json["fields"]["reason"]["problem"] == "2 invisible characters were left out."
    assert _json(desk, reference)["review"]["reason"] == "onetwo"


def test_without_a_version_nothing_is_saved(live, desk, reference):
    before = _json(desk, reference)
    answer = live.ask("PATCH", "/parts/review", {"set": {"reason": "x"}, "was": {}})
    assert answer.status_code == 428
    assert answer.json["says"] == "Say in If-Match which version you saw. Nothing was changed."
    assert _json(desk, reference) == before


def test_a_repeat_after_a_lost_answer_never_meets_itself(live, desk, reference):
    was = {"reason": live.marks("review")["reason"]}
    first = live.save("review", {"reason": "Said once"}, was, 1)
    again = live.save("review", {"reason": "Said once"}, was, 1)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json["version"] == first.json["version"]
    lines = [one for one in desk.history(reference, administrator()) if one.what == "meeting:review:recorded"]
    assert len(lines) == 1


def test_two_people_in_one_row_meet_only_in_the_same_field(app, live, desk, reference):
    hers = Live(app.test_client(), reference).sign_in("manager")
    row = _row(desk, reference, "actions").id
    marks = live.marks(row)
    assert hers.save(row, {"text": "Her words"}, {"text": marks["text"]}, 1).status_code == 200
    assert live.save(row, {"detail": "My detail"}, {"detail": marks["detail"]}, 1).status_code == 200

    answer = live.save(row, {"text": "My words", "evidence/needed": "A note"}, marks, 1)
    assert answer.status_code == 412
    assert list(answer.json["fields"]) == ["evidence/needed"]
    clash = answer.json["clashes"]["text"]
    assert (clash["who"], clash["words"], clash["shown"]) == ("Imelda Fairbrother", "Her words", ["Her words"])
    body = _row(desk, reference, "actions").body
    assert (body["text"], body["detail"], body["evidence"]["needed"]) == ("Her words", "My detail", "A note")

    assert live.save(row, {"text": "My words\nHer words"}, {"text": clash["mark"]}, 1).status_code == 200
    assert _row(desk, reference, "actions").body["text"] == "My words\nHer words"


def test_a_field_sent_without_what_was_seen_is_saved_only_over_the_version_that_was_seen(live, desk, reference):
    assert live.save("review", {"reason": "First"}, None, 1).status_code == 200
    answer = live.save("review", {"reason": "Second"}, None, 1)
    assert answer.status_code == 412
    assert answer.json["clashes"]["reason"]["who"] == "You, in another window,"
    assert _json(desk, reference)["review"]["reason"] == "First"


def test_a_text_given_up_for_anothers_stays_in_the_history(live, desk, reference):
    sent = {"part": "review", "path": "reason", "text": "What I had written"}
    assert live.ask("POST", "/aside", sent).status_code == 200
    line = desk.history(reference, administrator())[-1]
    assert (line.what, line.detail) == (
        "meeting:review:text set aside", {"path": "reason", "text": "What I had written"}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"harm": ["SAB", "NEG"]}, ("harm", ["SAB", "NEG"])),
        ({"harm": {"": [], ".none": ["1"]}}, ("harm", [])),
        ({"harm": []}, ("harm", None)),
        ({"immediate_safety": {".0.gone": ["1"]}}, ("immediate_safety", None)),
        ({"immediate_safety": {".1.text": "Locks are changed"}}, ("immediate_safety", "Locks are changed")),
        ({"lead_social_worker": "t1"}, ("lead_social_worker", "t1")),
        ({"voice/alone": "yes"}, ("voice", True)),
    ],
)
def test_every_kind_of_answer_can_be_sent_as_the_page_holds_it(live, desk, reference, typed, kept):
    assert live.save("outcomes:c1", typed, live.marks("outcomes:c1"), 1).status_code == 200
    found = _json(desk, reference)["outcomes"][0].get(kept[0])
    if kept[0] == "immediate_safety" and found:
        found = found[-1]["text"]
    assert (found["alone"] if kept[0] == "voice" else found) == kept[1]


def test_the_first_field_of_a_child_begins_what_is_decided_for_it(live, desk, reference):
    desk.import_document(json.dumps(changed(a_discussion(), {"/outcomes": []})).encode(), administrator(), replace=True)
    answer = live.save("outcomes:c1", {"analysis": "One bruise"}, {}, 0)
    assert (answer.status_code, answer.json["version"]) == (200, 1)
    assert _json(desk, reference)["outcomes"] == [{"child": "c1", "analysis": "One bruise"}]
    assert live.save("outcomes:c9", {"analysis": "Nobody"}, {}, 0).status_code == 404
    for odd in ("%00", "outcomes:%00"):
        assert live.save(odd, {"analysis": "Nobody"}, {}, 0).status_code == 404


def test_a_name_that_lists_show_changes_there_too(live, desk, reference):
    row = _row(desk, reference, "children").id
    assert live.save(row, {"name": "Robin Ōe"}, live.marks(row), 1).status_code == 200
    assert desk.look(reference, administrator()).title == "Robin Ōe"


def test_a_section_that_is_emptied_was_not_asked(live, desk, reference):
    typed = dict.fromkeys(live.marks("review"), "")
    answer = live.save("review", typed, live.marks("review"), 1)
    assert (answer.status_code, answer.json["version"]) == (200, 0)
    assert "review" not in _json(desk, reference)
    assert live.save("review", {"reason": "Again"}, {}, 0).status_code == 200


# ── What is not understood ───────────────────────────────────────────────────────────────────────────────────────

HOSTILE = [b"", b"{", b"[]", b"null", b'"x"', b"[" * 100_000, b"\xff\xfe", b'{"set": []}', b'{"set": {"reason": 3}}',
           b'{"set": {"reason": null}}', b'{"set": {"reason": [["x"]]}}', b'{"set": {"reason": {"": {"": "x"}}}}',
           b'{"set": {}, "was": []}', b'{"set": {"reason": ["a", 1]}}']  # fmt: skip


@pytest.mark.parametrize("body", HOSTILE)
@pytest.mark.parametrize(
    ("method", "path"),
    [("PATCH", "/parts/review"), ("POST", "/lists/actions"), ("PUT", "/asked/actions"), ("POST", "/aside"),
     ("POST", "/parts/review/move")],
)  # fmt: skip
def test_whatever_is_sent_is_answered_with_a_sentence_and_changes_nothing(live, desk, reference, method, path, body):
    before = _json(desk, reference)
    answer = live.ask(method, path, body, **{"If-Match": '"1"'})
    assert answer.status_code == 400, answer.text
    assert answer.json["says"].endswith("Nothing was changed.")
    assert _json(desk, reference) == before


@pytest.mark.parametrize("given", ["x", "-1", "1.5", "9" * 30, "*"])
def test_a_version_that_is_none_is_refused(live, given):
    assert live.save("review", {"reason": "x"}, {}, given).status_code == 400


@pytest.mark.parametrize(
    ("part", "path"),
    [("nowhere", "reason"), ("review", "nowhere"), ("review", ""), ("children", "name"), ("outcomes:", "analysis"),
     ("8f0ed165-a458-4998-b11c-c2c7d7fe077c", "text")],
)  # fmt: skip
def test_a_part_or_question_that_is_not_there_is_told(live, part, path):
    answer = live.save(part, {path: "x"}, {}, 1)
    assert answer.status_code == 404
    assert answer.json["says"]


def test_a_record_that_became_final_takes_nothing_and_says_so(live, desk, reference, clock):
    clock.set("2027-02-03T12:00:00+00:00")
    live.sign_in()
    desk.finalise(reference, administrator())
    answer = live.save("review", {"reason": "Too late"}, {}, 1)
    assert answer.status_code == 403
    assert "This record is final" in answer.json["says"]


# ── Sessions ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_script_without_a_session_is_told_to_sign_in_and_nothing_is_saved(app, live, desk, reference):
    before = _json(desk, reference)
    live.browser.client.delete_cookie("accord")
    answer = live.save("review", {"reason": "Mine"}, {}, 1)
    assert answer.status_code == 401
    assert answer.json["says"] == "You are signed out. Sign in to go on; what you typed is in your page."
    assert _json(desk, reference) == before


def test_a_page_of_an_earlier_session_gets_a_new_token_and_sends_again(live, desk, reference):
    old = live.token
    live.sign_in()
    live.token = old
    answer = live.save("review", {"reason": "Mine"}, {}, 1)
    assert answer.status_code == 400
    assert answer.json["person"] == desk.account_of("pclo").id
    live.token = answer.json["token"]
    assert live.save("review", {"reason": "Mine"}, {}, 1).status_code == 200


# ── Rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_row_is_made_once_however_often_it_is_asked_for(live, desk, reference):
    made = str(uuid.uuid4())
    first = live.ask("POST", "/lists/actions", {"id": made})
    again = live.ask("POST", "/lists/actions", {"id": made})
    assert (first.status_code, again.status_code) == (201, 200)
    assert [one.id for one in desk.look(reference, administrator()).rows("actions")].count(made) == 1
    assert live.save(made, {"text": "Ring the school"}, {}, 1).status_code == 200
    assert live.ask("DELETE", f"/parts/{made}").status_code == 200
    assert live.ask("DELETE", f"/parts/{made}").status_code == 404


def test_an_id_of_another_row_makes_none(live, desk, reference):
    taken = _row(desk, reference, "children").id
    answer = live.ask("POST", "/lists/actions", {"id": taken})
    assert answer.status_code == 409
    assert answer.json["says"].startswith("The row could not be added")


@pytest.mark.parametrize("name", ["outcomes", "exceptions", "nowhere", "signoff"])
def test_rows_that_begin_with_something_given_are_not_added_so(live, name):
    assert live.ask("POST", f"/lists/{name}", {"id": str(uuid.uuid4())}).status_code == 404


def test_a_row_held_ready_is_the_row_that_is_made(live, desk, reference):
    for step, name in (("actions", "actions"), ("information", "information/lines"), ("children", "children")):
        blank = live.ask("GET", f"/blank/{name}?at={step}").text
        made = str(uuid.uuid4())
        live.ask("POST", f"/lists/{name}", {"id": made})
        row = live.browser.get(f"/records/{reference}/steps/{step}?open={made}").by_id(f"row:{made}")
        assert f'id="row:{made}" open' in blank.replace("blank-row", made)
        note = json.loads(row.find("input", attrs={"name": f"was:{made}"})["value"])
        assert json.dumps(note, separators=(",", ":")) in blank.replace("&#34;", '"')
    assert live.ask("GET", "/blank/actions?at=people").status_code == 404


def test_rows_move_and_none_is_said(live, desk, reference):
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    for one in (first, second):
        live.ask("POST", "/lists/dissent/entries", {"id": one})
    assert live.ask("POST", f"/parts/{second}/move", {"places": -1}).status_code == 200
    assert [one.id for one in desk.look(reference, administrator()).rows("dissent/entries")] == [second, first]
    live.ask("DELETE", f"/parts/{second}")
    back = live.ask("POST", f"/parts/{second}/back")
    assert (back.status_code, back.headers["ETag"]) == (200, f'"{back.json["version"]}"')
    assert [one.id for one in desk.look(reference, administrator()).rows("dissent/entries")] == [second, first]
    assert live.ask("POST", f"/parts/{uuid.uuid4()}/back").status_code == 404
    for one in (first, second):
        live.ask("DELETE", f"/parts/{one}")
    assert live.ask("PUT", "/asked/dissent/entries", {"none": True}).status_code == 200
    assert _json(desk, reference)["dissent"]["entries"] == []


def test_somebody_who_is_still_named_is_not_removed(live, desk, reference):
    answer = live.ask("DELETE", f"/parts/{_row(desk, reference, 'professionals').id}")
    assert answer.status_code == 409
    assert "is still named in this record" in answer.json["says"]


# ── What others do ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_page_hears_only_of_what_has_changed(app, live, desk, reference, manager):
    first = live.ask("GET", "/changes")
    tag = first.headers["ETag"]
    assert live.ask("GET", "/changes", **{"If-None-Match": tag}).status_code == 304
    row = _row(desk, reference, "actions").id
    assert first.json["parts"][row] == 1
    desk.answer(reference, row, {"text": Answer("Her words")}, manager)
    moved = live.ask("GET", "/changes", **{"If-None-Match": tag})
    assert moved.status_code == 200
    assert moved.json["parts"] == {**first.json["parts"], row: 2}


def test_who_is_in_the_record_and_where_is_shown_until_they_leave(app, live, reference, clock):
    mine, theirs = str(uuid.uuid4()), str(uuid.uuid4())
    hers = Live(app.test_client(), reference).sign_in("manager")
    assert live.ask("GET", f"/changes?tab={mine}&at=open").json["here"] == []
    assert hers.ask("GET", f"/changes?tab={theirs}&at=actions").json["here"] == [
        {"who": "Wendell Ashgrove", "at": "The discussion"}
    ]
    assert live.ask("GET", f"/changes?tab={mine}&at=open").json["here"] == [
        {"who": "Imelda Fairbrother", "at": "Actions"}
    ]
    assert hers.ask("DELETE", f"/changes?tab={theirs}").status_code == 204
    assert live.ask("GET", f"/changes?tab={mine}&at=open").json["here"] == []
    hers.ask("GET", f"/changes?tab={theirs}&at=actions")
    clock.set("2026-11-26T12:31:00+00:00")
    assert live.ask("GET", f"/changes?tab={mine}&at=open").json["here"] == []


def test_looking_again_writes_nothing_for_a_while(live, desk, reference, clock):
    tab = str(uuid.uuid4())
    live.ask("GET", f"/changes?tab={tab}&at=open")
    seen = desk.store.followed(reference, clock()).here[0].seen_at
    clock.set("2026-11-26T12:30:10+00:00")
    live.ask("GET", f"/changes?tab={tab}&at=open")
    assert desk.store.followed(reference, seen).here[0].seen_at == seen
    clock.set("2026-11-26T12:30:16+00:00")
    live.ask("GET", f"/changes?tab={tab}&at=open")
    assert desk.store.followed(reference, seen).here[0].seen_at == clock()


@pytest.mark.parametrize("query", ["?tab=x", "?tab=", "?at=" + "x" * 5000, ""])
def test_a_window_without_a_name_follows_too(live, query):
    assert live.ask("GET", f"/changes{query}").status_code == 200


def test_what_is_still_needed_comes_when_the_record_has_moved(live, desk, reference, manager):
    first = live.ask("GET", "/findings?at=actions")
    assert "Still needed:" in first.text
    tag = first.headers["ETag"]
    assert live.ask("GET", "/findings?at=actions", **{"If-None-Match": tag}).status_code == 304
    desk.answer(reference, "outcomes:c1", {"analysis": Answer()}, manager)
    moved = live.ask("GET", "/findings?at=actions", **{"If-None-Match": tag})
    assert moved.status_code == 200
    assert moved.text != first.text
    assert live.ask("GET", "/findings?at=nowhere").status_code == 404
