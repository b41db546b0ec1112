"""Taking a quick line: the JSON door, the page without a script, and that only what was shown is taken."""

from __future__ import annotations

import json
import uuid

import pytest

from forms.quick_line import VERBS
from meetings.adding import Adding, Wanted
from meetings.desk import Answer, Refusal, administrator
from tests.makers import ABSENT, a_child, a_discussion, a_professional, a_sergeant, an_id, an_outcome, let_in

ID = "0b3c1a52-6f0e-4d1c-9a57-0000000000aa"
OTHER_ID = "0b3c1a52-6f0e-4d1c-9a57-0000000000bb"


@pytest.fixture
def desk(app, clock):
    clock.set("2027-02-03T12:30:20+00:00")
    return app.extensions["accord"]


@pytest.fixture
def at_work(desk, browser):
    """The recorder, signed in once the clock is set."""
    browser.sign_in("pclo")
    return browser


@pytest.fixture
def kept(desk, manager):
    """Keep a discussion in which nothing is decided yet, open to the manager too, and return its reference."""

    def keep(number=1, **changes):
        document = a_discussion(
            id=an_id(number), ref=f"SD-2027-03{number:02}", **{"outcomes": [], "actions": [], **changes}
        )
        return let_in(desk, desk.import_document(json.dumps(document).encode(), administrator())[0], manager)

    return keep


@pytest.fixture
def reference(kept):
    return kept()


@pytest.fixture
def token(at_work):
    return at_work.get("/").soup.find("input", attrs={"name": "csrf_token"})["value"]


@pytest.fixture
def send(at_work, token):
    """Send JSON, or any bytes, to the quick line of a record; return status and answer."""

    def post(reference, sent=None, raw=None, **more):
        body = json.dumps({**({"line": sent} if isinstance(sent, str) else sent or {}), **more}) if raw is None else raw
        headers = {"X-CSRFToken": token, "Content-Type": "application/json"}
        response = at_work.client.post(f"/records/{reference}/quick", data=body, headers=headers)
        assert response.mimetype == "application/json", response.text[:300]
        assert response.headers["Cache-Control"] == "no-store"
        return response.status_code, response.json

    return post


@pytest.fixture
def take(send):
    """Read a line, then take what was shown."""

    def taken(reference, line, **more):
        status, shown = send(reference, line)
        assert status == 200
        return send(reference, line, take=True, understood=shown["mark"], **more)

    return taken


def _record(desk, reference):
    return desk.look(reference, administrator())


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_line_is_answered_with_how_it_is_understood_and_nothing_is_kept(desk, send, reference):
    before = _record(desk, reference)
    status, answer = send(reference, "a Finch: circulate as missing by 18:30")
    assert status == 200
    mark = answer.pop("mark")
    assert answer == {
        "says": "Action for Ada Finch (social care): ‘circulate as missing’, by today 18:30. "
        "For Robin Marsh, the only child decided about.",
        "asks": [],
        "offers": [],
        "unused": "",
        "taken": None,
    }
    assert mark.startswith("2027-02-03T12:30:20+00:00 ")
    assert _record(desk, reference).counter == before.counter


def test_a_question_comes_with_whole_lines_to_choose_from(send, kept):
    people = [a_sergeant(name="Marguerite Sallow"), a_professional(name="John Sallow", role="Health visitor")]
    status, answer = send(kept(professionals=people), "a Sallow: visit")
    assert status == 200
    assert answer["mark"] is None
    assert answer["asks"][0]["says"] == (
        "Which Sallow: Marguerite Sallow, Detective Sergeant, or John Sallow, Health visitor?"
    )
    assert answer["asks"][0]["completions"][0] == {
        "shows": "Marguerite Sallow, Detective Sergeant",
        "line": "a Marguerite Sallow: visit",
        "then": "",
    }


def test_a_question_mark_is_answered_with_the_table(send, reference):
    _, answer = send(reference, "?")
    assert answer["says"] == "What a line may begin with:"
    assert [one["key"] for one in answer["help"]] == [verb.key for verb in VERBS][:12]
    assert "within 4 hours of birth" in answer["times"]


# ── Taking ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_shown_is_taken_with_all_its_answers_in_one_line_of_the_history(desk, send, take, reference):
    before = _record(desk, reference)
    status, answer = take(reference, "a Finch: circulate as missing by 18:30", id=ID)
    assert status == 200
    taken = answer["taken"]
    assert taken == {
        "part": "actions",
        "id": ID,
        "child": "",
        "url": f"/records/{reference}/steps/actions?open={ID}#row:{ID}",
    }
    assert answer["mark"] is None
    after = _record(desk, reference)
    assert after.counter == before.counter + 1
    row = after.rows("actions")[0]
    assert row.id == ID
    assert row.body["text"] == "circulate as missing"
    assert row.body["deadline"] == {"due_at": "2027-02-03T18:30:00+00:00"}
    assert (row.body["status"], row.body["kind"], row.body["ref"]) == ("open", "task", f"{reference}-A01")
    line = desk.history(reference, administrator())[-1]
    assert (line.what, line.place, line.who) == ("meeting:actions:added", ID, "Wendell Ashgrove")
    assert line.detail["row"] == row.body


def test_a_repeat_is_the_same_row(desk, send, take, reference):
    _, first = take(reference, "a Finch: visit by 18:30", id=ID)
    counter = _record(desk, reference).counter
    for sent in ({"understood": "anything"}, {"understood": None}, {}):
        status, again = send(reference, {"line": "a Finch: visit by 18:30", "take": True, "id": ID, **sent})
        assert status == 200
        assert again["taken"] == first["taken"]
    record = _record(desk, reference)
    assert len(record.rows("actions")) == 1
    assert record.counter == counter


def test_an_id_of_another_record_is_refused(desk, take, kept):
    first, second = kept(1), kept(2)
    take(first, "a Finch: visit", id=ID)
    status, answer = take(second, "a Finch: visit", id=ID)
    assert status == 409
    assert answer["says"] == "The line could not be taken, since the id of its row belongs to another. Take it again."
    assert _record(desk, second).rows("actions") == []


def test_two_who_give_one_id_to_rows_of_two_records_at_once_get_one_row_and_one_refusal(desk, recorder, kept):
    first, second = kept(1), kept(2)
    wanted = [Wanted("places", {"label": "Home"})]
    Adding(desk).add(first, recorder, lambda _: wanted, ID)
    places = len(_record(desk, second).rows("places"))
    has_part, looks = desk.store.has_part, []

    def not_there_at_the_first_look(part_id):
        looks.append(part_id)
        return len(looks) > 1 and has_part(part_id)

    desk.store.has_part = not_there_at_the_first_look
    with pytest.raises(Refusal, match="belongs to another"):
        Adding(desk).add(second, recorder, lambda _: wanted, ID)
    assert len(_record(desk, second).rows("places")) == places


def test_what_is_understood_differently_by_now_is_shown_again_and_not_taken(desk, send, reference, manager):
    _, shown = send(reference, "a Sallow: visit by 18:30")
    assert shown["mark"] is None
    desk.add_row(reference, "professionals", manager, {"name": "Marguerite Sallow", "agency": "police"})
    _, shown = send(reference, "a Sallow: visit by 18:30")
    desk.add_row(reference, "professionals", manager, {"name": "John Sallow", "agency": "health"})
    counter = _record(desk, reference).counter

    status, answer = send(reference, "a Sallow: visit by 18:30", take=True, understood=shown["mark"], id=ID)

    assert status == 409
    assert answer["says"] == "Which Sallow: Marguerite Sallow, police, or John Sallow, health?"
    assert answer["taken"] is None
    assert _record(desk, reference).counter == counter


@pytest.mark.parametrize(
    "mark", [None, "", "x", "2027-02-03T12:30:20+00:00 x", "9999-12-31T23:59:59-12:00 x", "2027-02-03 x"]
)
def test_without_the_mark_of_what_was_shown_nothing_is_taken(desk, send, reference, mark):
    status, answer = send(reference, "u Vane", take=True, understood=mark, id=ID)
    assert status == 409
    assert answer["says"].startswith("Unborn baby Vane")
    assert answer["mark"]
    assert len(_record(desk, reference).rows("children")) == len(a_discussion()["children"])
    assert send(reference, "u Vane", take=True, understood=answer["mark"], id=ID)[0] == 200


def test_a_length_of_time_is_taken_as_it_was_shown_a_minute_ago(desk, send, reference, clock):
    _, shown = send(reference, "a Finch: visit in 4 hours")
    assert "by today 16:30" in shown["says"]
    clock.set("2027-02-03T12:33:00+00:00")
    status, _ = send(reference, "a Finch: visit in 4 hours", take=True, understood=shown["mark"], id=ID)
    assert status == 200
    assert _record(desk, reference).rows("actions")[0].body["deadline"] == {"due_at": "2027-02-03T16:30:00+00:00"}


def test_a_time_that_has_passed_since_it_was_shown_is_asked_about(desk, send, reference, clock):
    _, shown = send(reference, "a Finch: visit by 12:31")
    clock.set("2027-02-03T12:32:00+00:00")
    status, answer = send(reference, "a Finch: visit by 12:31", take=True, understood=shown["mark"], id=ID)
    assert status == 409
    assert answer["says"].startswith("‘12:31’ has passed today.")


def test_what_was_shown_hours_ago_is_read_anew(send, reference, clock):
    _, shown = send(reference, "a Finch: visit by tomorrow 10:00")
    clock.set("2027-02-03T15:00:00+00:00")
    status, answer = send(reference, "a Finch: visit by tomorrow 10:00", take=True, understood=shown["mark"])
    assert status == 409
    assert answer["mark"]


def test_a_line_that_must_be_asked_about_is_never_taken(desk, send, reference):
    for line in ("a Nobody: visit", "d both nfa", "d Robin nfa he fell", "", "?", "hello"):
        status, answer = send(reference, line, take=True, understood="x", id=ID)
        assert status == 409, line
        assert answer["taken"] is None
    assert _record(desk, reference).rows("actions") == []


def test_every_kind_of_line_goes_where_it_belongs(desk, take, kept):
    nobody = {"adults": [], "places": [], "links": [], "review": {}, "dissent": {"asked_of_all": True}}
    people = [a_professional(), a_sergeant(name="Marguerite Sallow")]
    reference = kept(children=[a_child()], professionals=people, **nobody)
    lines = [
        ("f Lena Marsh, mother of Robin", "adults"),
        ("u Marsh due 3/8/2027", "children"),
        ("p Tom Reed, midwife, health", "professionals"),
        ("i Health: booked induction 3 Dec", "information/lines"),
        ("d Robin joint s47 because the injury is not explained", "outcomes"),
        ("w Robin: 'I want to stay'", "outcomes"),
        ("x Reed: disagrees with Robin because the medical is not done", "dissent/entries"),
        ("a Sallow: circulate as missing by 18:30 for Robin", "actions"),
        ("l home: 7 Teal Row", "places"),
        ("n crime CR/2231/27", "links"),
        ("r Friday 10:00 because the medical will be known", "review"),
    ]
    for line, part in lines:
        status, answer = take(reference, line, id=str(uuid.uuid4()))
        assert status == 200, answer
        assert answer["taken"]["part"] == part
    document = _record(desk, reference).json
    assert document["children"][1]["mother"] == "a1"
    assert document["children"][1]["id"] == "c2"
    line = document["information"]["lines"][-1]
    assert line == {"agency": "health", "by": "p1", "kind": "fact", "text": "booked induction 3 Dec"}
    (outcome,) = document["outcomes"]
    assert outcome["child"] == "c1"
    assert outcome["decision"] == {"code": "s47_joint", "reason": "the injury is not explained"}
    assert outcome["voice"] == {"text": "'I want to stay'"}
    assert document["dissent"]["entries"][-1]["children"] == ["c1"]
    assert document["review"]["next_at"] == "2027-02-05T10:00:00+00:00"
    assert document["actions"][0]["owner"] == "t2"


def test_the_first_words_of_an_unborn_childs_outcome_keep_what_it_begins_with(desk, take, kept):
    reference = kept(children=[a_child(kind="unborn", name="Unborn baby Vane", due_on="2027-07-12", born_on=ABSENT)])
    take(reference, "w Unborn baby Vane: kicks")
    (outcome,) = _record(desk, reference).json["outcomes"]
    assert outcome["voice"] == {"seen": "not_applicable", "text": "kicks"}


def test_a_decision_goes_into_the_outcome_of_that_child_and_is_not_confirmed(desk, take, kept):
    outcome = an_outcome(decision={"code": "adjourn", "reason": "Too little is known", "by": "t1"})
    reference = kept(outcomes=[outcome])
    status, answer = take(reference, "d Robin nfa because there is no bruise", id=ID)
    assert status == 200
    record = _record(desk, reference)
    row = record.rows("outcomes")[0]
    assert answer["taken"] == {
        "part": "outcomes",
        "id": row.id,
        "child": "c1",
        "url": f"/records/{reference}/children/c1",
    }
    assert row.body["decision"] == {"code": "s47_not_required_nfa", "reason": "there is no bruise", "by": "t1"}
    assert row.body["analysis"] == outcome["analysis"]
    fields = desk.history(reference, administrator())[-1].detail["fields"]
    assert fields["decision/reason"] == ["Too little is known", None, "there is no bruise", None]
    counter = record.counter
    assert take(reference, "d Robin nfa because there is no bruise")[0] == 200  # said twice, it is so already
    assert _record(desk, reference).counter == counter


def test_words_that_somebody_else_wrote_meanwhile_are_not_written_over_unseen(desk, send, kept, manager):
    reference = kept(outcomes=[an_outcome(decision={"code": "adjourn"})])
    line = "d Robin nfa because there is no bruise"
    _, shown = send(reference, line)
    part = _record(desk, reference).rows("outcomes")[0]
    desk.answer(reference, part.id, {"decision/reason": Answer("Hers")}, manager)
    status, answer = send(reference, line, take=True, understood=shown["mark"])
    assert status == 409
    assert "In the place of ‘More information needed: reconvene’ and ‘Hers’." in answer["says"]
    assert _record(desk, reference).rows("outcomes")[0].body["decision"]["reason"] == "Hers"


def test_what_was_typed_and_not_read_is_named_before_a_time_takes_its_place(desk, take, send, kept, manager):
    reference = kept(review={})
    desk.answer(reference, "review", {"next_at": Answer(unread="some day")}, manager)
    assert "(not ‘some day’, as recorded before)" in send(reference, "r Fri 10:00")[1]["says"]
    take(reference, "r Fri 10:00")
    review = _record(desk, reference).section("review")
    assert (review.body, review.unread) == ({"next_at": "2027-02-05T10:00:00+00:00"}, {})


def test_an_adjournment_is_kept_with_the_next_discussion_or_not_at_all(desk, take, kept):
    reference = kept(review={})
    assert take(reference, "d Robin adjourn until Fri 10:00 because the medical is awaited")[0] == 200
    document = _record(desk, reference).json
    assert document["outcomes"][0]["decision"]["code"] == "adjourn"
    assert document["review"] == {"next_at": "2027-02-05T10:00:00+00:00"}


# ── What is refused ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("raw", "status", "says"),
    [
        (b"", 400, "What was sent is not JSON that can be read."),
        (b"{", 400, "What was sent is not JSON that can be read."),
        (b"\xff\xfe", 400, "What was sent is not JSON that can be read."),
        (b"[" * 9_000, 400, "What was sent is not JSON that can be read."),
        (b'{"line": "x", "line": "y"}', 400, "What was sent is not JSON that can be read."),
        (b'{"line": NaN}', 400, "What was sent is not JSON that can be read."),
        (b"[]", 400, "Send an object with the line, such as {“line”: “u Marsh”}."),
        (b"null", 400, "Send an object with the line, such as {“line”: “u Marsh”}."),
        (b"{}", 400, "Send an object with the line, such as {“line”: “u Marsh”}."),
        (b'{"line": 7}', 400, "Send an object with the line, such as {“line”: “u Marsh”}."),
        (b'{"line": "u Marsh", "take": "yes"}', 400, "“take” must be true or false."),
        (b'{"line": "u Marsh", "take": true, "understood": 7}', 400, "“understood” must be text."),
        (b'{"line": "u Marsh", "take": true, "id": []}', 400, "“id” must be text."),
        (b'{"line": "u Marsh", "take": true, "id": "x"}', 400, "“id” must be a UUID in lower case."),
        (
            json.dumps({"line": "a" * 100_000}).encode(),
            413,
            "A line has at most 2,000 characters. Type a longer text into its row.",
        ),
    ],
)
def test_what_is_not_a_line_is_refused_with_a_sentence(send, reference, raw, status, says):
    answered, answer = send(reference, raw=raw)
    assert (answered, answer["says"]) == (status, says)
    assert answer["mark"] is None
    assert answer["taken"] is None


@pytest.mark.parametrize(
    "line", ["\\u0000", "\\ud800", "\\u202e", "a \\u0000: \\ud800 by \\ufffe", "a" * 2_100, "9" * 500]
)
def test_a_hostile_line_is_answered_with_a_sentence(send, reference, line):
    status, answer = send(reference, raw=f'{{"line": "{line}", "take": true, "understood": "{line}"}}'.encode())
    assert status == 409
    assert answer["says"]


def test_a_record_that_is_final_or_not_there_takes_no_line(desk, send, clock):
    clock.set("2027-02-03T12:00:00+00:00")
    reference = desk.import_document(json.dumps(a_discussion()).encode(), administrator())[0]
    desk.finalise(reference, administrator())
    for more in ({}, {"take": True, "understood": "x"}):
        status, answer = send(reference, "u Vane", **more)
        assert status == 403
        assert answer["says"].startswith("This record is final and can no longer be changed.")
    status, answer = send("SD-1999-0001", "u Vane")
    assert status == 404
    assert answer["says"].startswith("‘SD-1999-0001’ is none of the records that are open to you.")


def test_a_script_is_answered_in_its_own_language_when_nobody_or_the_wrong_person_is_signed_in(
    browser, at_work, token, reference
):
    headers = {"X-CSRFToken": token, "Accept": "application/json"}
    sent = {"line": "u Vane"}
    path = f"/records/{reference}/quick"
    at_work.client.delete_cookie("accord")
    response = at_work.client.post(path, json=sent, headers=headers)
    assert response.status_code == 401
    assert response.json == {"says": "You are signed out. Sign in to go on; what you typed is in your page."}
    assert at_work.client.get("/people?q=to", headers=headers).status_code == 401
    at_work.sign_in("pclo")
    response = at_work.client.post(path, json=sent, headers=headers)
    assert response.status_code == 400
    again = at_work.client.post(path, json=sent, headers={**headers, "X-CSRFToken": response.json["token"]})
    assert again.json["says"].startswith("Unborn baby Vane")
    browser.sign_in("officer")
    token = browser.page.soup.find("input", attrs={"name": "csrf_token"})["value"]
    response = browser.client.post(path, json=sent, headers={**headers, "X-CSRFToken": token})
    assert response.status_code == 403
    assert response.json["says"].startswith("Your role, Officer")


# ── Without a script ─────────────────────────────────────────────────────────────────────────────────────────────


def _quick_form(page):
    return page.soup.find("form", id="quick")


def _button(page, words):
    return next(form for form in page.soup.find_all("form") if form.find("button", string=words))


def test_without_a_script_a_line_is_shown_on_a_page_and_taken_with_a_button(desk, at_work, reference):
    page = at_work.get(f"/records/{reference}/steps/actions")
    form = _quick_form(page)
    sent = {**page.fields(form), "line": "a Finch: circulate as missing by 18:30", "do": "read"}
    page = at_work.post(form["action"], sent)
    assert page.status == 200
    assert "Action for Ada Finch (social care): ‘circulate as missing’, by today 18:30." in page.words

    form = _button(page, "Take it")
    page = at_work.post(form["action"], {**page.fields(form), "do": "take"})
    row = _record(desk, reference).rows("actions")[0]
    assert page.response.request.path == f"/records/{reference}/steps/actions"
    assert f"open={row.id}" in page.response.request.url
    assert "Taken at 12:30:20: a Finch: circulate as missing by 18:30" in page.words
    assert page.by_id(f"row:{row.id}").get("open") is not None

    again = at_work.post(
        form["action"], {**{name: value for name, value in sent.items() if name != "do"}, "do": "take", "id": row.id}
    )
    assert again.status == 200
    assert len(_record(desk, reference).rows("actions")) == 1


def test_without_a_script_a_question_is_answered_with_buttons_and_the_line_comes_back(desk, at_work, reference):
    path = f"/records/{reference}/quick"
    at_work.get(f"/records/{reference}/steps/people")
    page = at_work.post(path, {"line": "a Tom Reed: book a bed by 18:30", "do": "read", "from": "people"})
    assert "There is nobody called ‘Tom Reed’ among the participants." in page.words
    form = _button(page, "Add ‘Tom Reed’ to the participants first")
    page = at_work.post(path, {**page.fields(form), "do": "read"})
    assert "Participant Tom Reed (agency not given): took part." in page.words
    form = _button(page, "Take it")
    page = at_work.post(path, {**page.fields(form), "do": "take"})
    assert page.by_id("quick-line")["value"] == "a Tom Reed: book a bed by 18:30"
    assert "Action for Tom Reed: ‘book a bed’, by today 18:30." in page.words
    form = _button(page, "Take it")
    at_work.post(path, {**page.fields(form), "do": "take"})
    (action,) = _record(desk, reference).json["actions"]
    assert action["owner"] == next(
        one["id"] for one in _record(desk, reference).json["professionals"] if one["name"] == "Tom Reed"
    )


def test_without_a_script_what_changed_meanwhile_is_shown_again(desk, at_work, reference, manager):
    path = f"/records/{reference}/quick"
    at_work.get(f"/records/{reference}/steps/people")
    page = at_work.post(path, {"line": "a Finch: visit", "do": "read"})
    form = _button(page, "Take it")
    desk.add_row(reference, "professionals", manager, {"name": "Tom Finch"})
    page = at_work.post(path, {**page.fields(form), "do": "take"})
    assert page.status == 409
    assert page.soup.title.text.startswith("Error:")
    assert "Nothing was taken" in page.words
    assert "Which Finch: Ada Finch, Team manager, or Tom Finch?" in page.words
    assert page.by_id("quick-line")["value"] == "a Finch: visit"
    assert _record(desk, reference).rows("actions") == []


def test_without_a_script_the_words_of_a_line_never_become_markup(at_work, reference):
    at_work.get(f"/records/{reference}/steps/people")
    page = at_work.post(
        f"/records/{reference}/quick", {"line": "i Health: <script>alert('x')</script>\x00", "do": "read"}
    )
    assert "‘<script>alert('x')</script>’" in page.words
    assert "1 invisible character was left out." in page.words


def test_the_page_of_the_quick_line_lists_what_it_understands(at_work, reference):
    page = at_work.get(f"/records/{reference}/quick")
    for verb in VERBS[:12]:
        assert verb.example in page.words
        assert verb.adds in page.words
    assert "within 4 hours of birth" in page.words
    page = at_work.post(f"/records/{reference}/quick", {"line": "?", "do": "read"})
    assert "What a line may begin with" in page.words


def test_a_damaged_page_of_the_quick_line_takes_nothing(desk, at_work, reference):
    at_work.get(f"/records/{reference}/steps/people")
    page = at_work.post(f"/records/{reference}/quick", {"line": "u Vane", "do": "take", "id": "x", "understood": "x"})
    assert page.status == 404
    assert "This page is damaged. Open the step again and type the line there." in page.words


def test_what_was_sent_after_the_session_ended_can_be_sent_again(desk, at_work, reference):
    page = at_work.get(f"/records/{reference}/steps/actions")
    sent = {**page.fields(_quick_form(page)), "line": "a Finch: visit", "do": "read"}
    at_work.client.delete_cookie("accord")
    page = at_work.post(f"/records/{reference}/quick", sent)
    assert page.status == 400
    assert "a Finch: visit" in page.words


def test_a_final_record_has_no_quick_line(desk, at_work, clock):
    clock.set("2027-02-03T12:00:00+00:00")
    reference = desk.import_document(json.dumps(a_discussion()).encode(), administrator())[0]
    desk.finalise(reference, administrator())
    assert at_work.get(f"/records/{reference}/quick").status == 403
