"""Attacks by whoever sends nonsense: every route is sent every type of it, by people with and without an account.

Each route is sent it twice: by somebody whom it is open to, in place of what a page of theirs would send, and by
anybody about any record. A seed chooses who that is, which record it is about (a draft, a final discussion, a
briefing), and where the nonsense stands. It is the same at each run; set `ACCORD_NONSENSE` to another number to look
for more.
"""

from __future__ import annotations

import json
import os
import random
import re
import uuid
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from werkzeug.exceptions import HTTPException

from app import ROOT
from forms.commands import DEMONSTRATION
from forms.demonstration import PASSWORD, PEOPLE
from forms.demonstration.issued import issue_briefing
from meetings.desk import administrator
from meetings.people import Role
from meetings.store import AREA, NotStorable
from meetings.store.tables import session
from tests.inspecting import Browser, fields_of
from tests.makers import a_discussion, let_in

NOW = "2026-11-18T09:00:00+00:00"
FINAL = "SD-2026-9001"
DRAFT = a_discussion()["ref"]
WORDS_OF_NOBODY = ("Traceback", "sqlalchemy", "psycopg", "sqlite3", "Internal Server Error")

TEXTS: dict[str, str] = {
    "nothing": "",
    "a NUL": "a\x00b",
    "only a NUL": "\x00",
    "two lines": "a\r\nSet-Cookie: accord=stolen",
    "a control character": "a\x1bb\x7f\x85",
    "a lone surrogate": "a\ud800b",
    "half a character": "\udcff\udcfe",
    "beyond Unicode's first plane": "\U0010ffff\U0001f600",
    "right to left": "\u202egnihton",
    "very long": "x" * 20_000,
    "a huge number": "9" * 40,
    "a number of many digits": "1" * 5_000,
    "beyond a column": str(2**31),
    "beyond every column": str(2**63),
    "below nothing": "-1",
    "no number": "NaN",
    "a number of another script": "٣",
    "a power": "1e400",
    "a path": "../../../etc/passwd",
    "slashes": "a//b/../c",
    "a percentage": "%00%zz%",
    "a wildcard": "%_\\",
    "a quotation": "' or 1=1; -- \"",
    "a template": "{{ 7 * 7 }}{% raise %}",
    "a mark-up": "<script>alert('x')</script>",
    "an address": "//evil.example/\\@a:b[",
    "half an address": "http://[::1",
    "a day that is none": "31/02/2026 25:61",
    "the last day": "31/12/9999 23:59",
    "the first day": "01/01/0001 00:00",
    "an offset": "9999-12-31T23:59:59-14:00",
    "an id of nobody": "00000000-0000-4000-8000-000000000000",
    "colons": ":::outcomes:c1:",
    "JSON": '{"a": [1, null, {"b": "\\u0000"}]}',
    "JSON that is deep": "[" * 3_000,
}
"""Nonsense as a text: it stands in a path, a query, a form, a header or a body."""

EVERYWHERE = ("a NUL", "two lines", "a lone surrogate", "a huge number")
"""What is sent in every place of every route; of the others, one place is chosen for each route and type."""

VALUES: dict[str, Any] = {
    "nothing at all": None,
    "yes": True,
    "a number": 7,
    "a number beyond all": 10**400,
    "a broken number": float("inf"),
    "a fraction": 1e308,
    "a list": ["a", ["b"], None],
    "an object": {"": {"a": [{}]}, "\x00": "\ud800"},
    "an empty list": [],
    "an empty object": {},
    "a deep list": json.loads("[" * 400 + "]" * 400),
    "a long list": ["x"] * 2_000,
}
"""Nonsense that only JSON can hold."""

BODIES: dict[str, tuple[bytes, str]] = {
    "no JSON": (b"\x00\xff{", "application/json"),
    "JSON too deep": (b'{"set":' * 20_000, "application/json"),
    "a number as JSON": (b"7", "application/json"),
    "a huge number as JSON": (b'{"set": ' + b"1" * 6_000 + b"}", "application/json"),
    "names twice": (b'{"set": {}, "set": [], "id": "a", "id": 1}', "application/json"),
    "JSON in another encoding": ('{"line": "é"}'.encode("utf-16"), "application/json"),
    "half of a surrogate": (
        b'{"line": "\\ud800", "text": "\\udfff\\u0000", "set": {"\\ud800": "\\u0000"}}',
        "application/json",
    ),
    "a form that is JSON": (b'{"line": "a"}', "application/x-www-form-urlencoded"),
    "JSON that is a form": (b"line=a&line=b", "application/json"),
    "parts without an edge": (b"--a\r\n\r\n", "multipart/form-data"),
    "parts that do not end": (
        b'--a\r\nContent-Disposition: form-data; name="b\x00"\r\n\r\nc',
        "multipart/form-data; boundary=a",
    ),
    "a file instead of a text": (
        b'--a\r\nContent-Disposition: form-data; name="reason"; filename="\x00"\r\n\r\n\x00\r\n--a--\r\n',
        "multipart/form-data; boundary=a",
    ),
    "a file that is none": (
        b'--a\r\nContent-Disposition: form-data; name="file"; filename="\x00.docx"\r\n\r\nPK\x03\x04\x00\r\n--a--\r\n',
        "multipart/form-data; boundary=a",
    ),
    "bytes of no encoding": (b"reason=%ff%fe%00&%00=%ff&csrf_token=%00", "application/x-www-form-urlencoded"),
    "another character set": (b"reason=%E4", "application/x-www-form-urlencoded; charset=utf-7"),
    "a type that is none": (b"abc", "\x22/;=\x01"),
    "XML": (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "text/xml"),
}
"""Nonsense as the body of a request, with what it is said to be."""

QUERIES = (
    "version", "page", "at", "before", "from", "to", "line", "q", "purpose", "audience", "sha256", "tab",
    "open", "also", "removed", "next", "children", "kind", "status",
)  # fmt: skip
"""What pages ask for in a query."""

HEADERS = ("If-None-Match", "X-CSRFToken", "Accept", "Cookie", "Origin", "Range", "Accept-Language")

NAMES_OF_FIELDS = (
    "do",
    "reason",
    "who",
    "content_sha256",
    "typed_name",
    "line",
    "id",
    "then",
    "code",
    "next",
    "unsaved",
)


@pytest.fixture
def records(app: Any, desk: Any, clock: Any) -> dict[str, str]:
    """A draft, a final discussion and a briefing in force."""
    clock.set(NOW)
    desk.import_document((DEMONSTRATION / f"{FINAL}.json").read_bytes(), administrator())
    desk.finalise(FINAL, administrator())
    desk.import_document(json.dumps(a_discussion()).encode(), administrator())
    let_in(desk, DRAFT, MANAGER)
    return {"draft": DRAFT, "final": FINAL, "briefing": issue_briefing(desk).split()[0]}


RECORDER, MANAGER, *_ = PEOPLE
ADMINISTRATOR = replace(RECORDER, id=str(uuid.uuid4()), login="ada", role=Role.ADMINISTRATOR)
EVERYBODY = tuple(one.login for one in (*PEOPLE, ADMINISTRATOR))
GUEST = "a guest"
"""Whoever has a link and its code, and no account."""


class Sender:
    """Sends requests of one person and notes each answer that is none."""

    def __init__(self, app: Any, who: str | None) -> None:
        self.app, self.who, self.wrong, self.sent = app, who, list[str](), 0
        browser = Browser(app.test_client())
        if who in EVERYBODY:
            browser.sign_in(who)
        self.client = browser.client
        self.token = self.ask_token("/" if who in EVERYBODY else "/sign-in")

    def ask_token(self, path: str) -> str:
        """Return what a form of a page protects itself with."""
        found = BeautifulSoup(self.client.get(path).text, "lxml").find("input", attrs={"name": "csrf_token"})
        return str(found["value"]) if found else ""

    def send(self, what: str, method: str, path: str, **more: Any) -> Any:
        """Send one request; what fails is noted with what is needed to send it again.

        Each comes from another address: who fails too often at one is told to wait.
        """
        where = f"{what}: {method} {path[:120]!r} as {self.who or 'nobody'}"
        self.sent += 1
        address = {"REMOTE_ADDR": f"10.0.{self.sent // 250}.{self.sent % 250}"}
        try:
            answer = self.client.open(path, method=method, environ_overrides=address, **more)
        except Exception as problem:  # noqa: BLE001  # the app lets through what it has no answer for
            kind, place = type(problem).__name__, problem.__traceback__
            while place is not None and place.tb_next is not None:
                place = place.tb_next
            at = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else ""
            self.wrong.append(f"{where}: {kind} at {at}: {str(problem)[:200]!r}")
            return None
        if answer.status_code >= 500:
            self.wrong.append(f"{where}: {answer.status_code}")
        elif answer.status_code >= 400:
            text = answer.get_data(as_text=True)
            if method != "HEAD" and not _in_words(answer, text):
                self.wrong.append(f"{where}: {answer.status_code} without words: {text[:100]!r}")
            elif any(one in text for one in WORDS_OF_NOBODY):
                self.wrong.append(f"{where}: {answer.status_code} in words of a program")
        elif "\n" in answer.headers.get("Location", "") or "stolen" in answer.headers.get("Set-Cookie", ""):
            self.wrong.append(f"{where}: a header of somebody else's")
        answer.close()
        return answer


def _in_words(answer: Any, text: str) -> bool:
    """Whether an answer says in a sentence what is wrong."""
    if answer.mimetype == "application/json":
        return len(str(json.loads(text).get("says", "")).split()) > 2
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", text, re.DOTALL)
    return heading is not None and bool(_bare(heading[1]).strip()) and len(_bare(text).split()) > 20


def _bare(text: str) -> str:
    return re.sub("<[^>]*>", " ", text)


LAST = ("forms.finalise", "forms.issue", "forms.make_move", "entry.sign_out")
"""What ends a stage, or the sender's own session, comes last: after it, less is open."""


def _routes(app: Any) -> list[tuple[str, Any]]:
    return [
        (method, rule)
        for method in ("GET", "PATCH", "PUT", "DELETE", "POST")
        for rule in sorted(app.url_map.iter_rules(), key=lambda one: (one.endpoint in LAST, one.rule, one.endpoint))
        if method in rule.methods
    ]


def _path(rule: Any, values: dict[str, Any]) -> str:
    """Return the address of a route with whatever stands in it, also what the route would not let in."""
    path = ""
    for is_dynamic, piece in rule._trace:  # `build` refuses what a route would not let in
        path += quote(str(values[piece]).encode("utf-8", "surrogatepass"), safe="/") if is_dynamic else piece
    return path.lstrip("|")


@dataclass(frozen=True)
class Sound:
    """A request as a page would send it: who sends it, what stands in its address, and the fields of its form."""

    sender: Sender
    values: dict[str, Any]
    fields: dict[str, list[str]] = field(default_factory=dict)


def _known(reference: str, desk: Any, chance: random.Random) -> dict[str, str]:
    """Return what stands in the addresses of a record that scripts send to, or that few know."""
    record = desk.look(reference, administrator())
    parts = list(record.kept.parts)
    return {
        "reference": reference,
        "key": "closing",
        "part": chance.choice([*parts, "meeting", "outcomes:c1", "review"]),
        "child": chance.choice(["c1", "c2"]),
        "name": chance.choice(["actions", "children", "adults"]),
        "number": "1",
        "link": parts[0],
        "sha256": "0" * 64,
        "token": "0" * 48,
        "login": chance.choice(["pclo", "ada"]),
        "filename": "accord.css",
    }


MOST_PAGES = 3


def _looked_through(app: Any, sender: Sender, start: list[str]) -> Iterator[tuple[tuple[str, str], Sound]]:
    """Go through the pages that one person is led to; yield each route that a link or a form leads to."""
    adapter, waiting, seen, pages = app.url_map.bind("localhost"), deque(start), set(start), dict[str, int]()

    def known(method: str, target: str, fields: dict[str, list[str]]) -> tuple[tuple[str, str], Sound] | None:
        try:
            endpoint, values = adapter.match(target, method=method)
        except HTTPException:
            return None
        return (method, endpoint), Sound(sender, values, fields)

    while waiting:
        path = waiting.popleft()
        found = known("GET", urlsplit(path).path, {})
        if found is None or found[0][1] == "static" or pages.get(found[0][1], 0) >= MOST_PAGES:
            continue
        pages[found[0][1]] = pages.get(found[0][1], 0) + 1
        answer = None if ".docx" in path else sender.send("a page", "GET", path)
        if answer is not None and answer.status_code >= 400:
            continue
        yield found
        if answer is None or answer.mimetype != "text/html":
            continue
        page = BeautifulSoup(answer.data, "lxml")
        for form in page.find_all("form", method=re.compile("(?i)post")):
            led = known("POST", urlsplit(form.get("action") or path).path, fields_of(form))
            if led is not None:
                yield led
        for link in page.find_all("a", href=re.compile("^/")):
            target = link["href"].partition("#")[0]
            if target not in seen:
                seen.add(target)
                waiting.append(target)


def _requests(
    method: str, rule: Any, values: dict[str, Any], fields: dict[str, list[str]], token: str, chance: random.Random
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield nonsense of every type for one route: what it is, the address and the rest of the request."""
    path = _path(rule, values)
    headers = {"X-CSRFToken": token, "Accept": chance.choice(["text/html", "application/json"])}
    if method != "GET":
        headers["If-Match"] = '"1"'
    places = ["path"] * bool(rule.arguments) + ["query", "header"] + ["form", "form", "JSON"] * (method != "GET")
    for name, text in TEXTS.items():
        chosen = sorted(set(places)) if name in EVERYWHERE else [chance.choice(places)]
        for place in chosen:
            if place == "path":
                some = sorted(rule.arguments)
                for one in some if name in EVERYWHERE else [chance.choice(some)]:
                    yield f"{name} as {one}", _path(rule, values | {one: text[:4_000]}), {"headers": headers}
            elif place == "query":
                raw = _urlencoded(text[:4_000])
                asked = QUERIES if name in EVERYWHERE else chance.sample(QUERIES, 6)
                query = "&".join(f"{one}={raw}" for one in asked) + f"&{raw}={raw}&{asked[0]}=1"
                yield f"{name} in a query ({', '.join(asked)})", f"{path}?{query}&at=closing", {"headers": headers}
            elif place == "header":
                one = chance.choice(HEADERS)
                value = re.sub(r"[\r\n]", " ", text).encode("utf-8", "surrogatepass").decode("latin-1")
                yield f"{name} as {one}", f"{path}?at=closing", {"headers": {**headers, one: value}}
            elif place == "form":
                form = _form(text, fields, token, chance)
                yield f"{name} in a form", path, {"data": form, **AS_FORM, "headers": headers}
            else:
                yield f"{name} as JSON", path, _json(text, headers, chance)
    if method == "GET":
        return
    for name, value in VALUES.items():
        yield f"{name} as JSON", path, _json(value, headers, chance)
    for name, (content, kind) in BODIES.items():
        yield name, path, {"data": content, "content_type": kind, "headers": headers}
    forged = {key: value for key, value in headers.items() if key != "X-CSRFToken"}
    yield "no token", path, {"data": fields, "headers": forged}


AS_FORM = {"content_type": "application/x-www-form-urlencoded"}


def _form(text: str, fields: dict[str, list[str]], token: str, chance: random.Random) -> str:
    """Return what the form of a page would send, with nonsense in some of its fields, of which some come twice."""
    changed = chance.sample(sorted(fields), min(len(fields), 4)) + chance.sample(NAMES_OF_FIELDS, 4)
    pairs = [(one, value) for one, some in fields.items() if one not in (*changed, "csrf_token") for value in some]
    pairs += [(one, text) for one in changed for _ in range(chance.choice((1, 1, 2)))]
    pairs += [("csrf_token", token), (text[:2_000], text)]
    return "&".join(f"{_urlencoded(one)}={_urlencoded(value)}" for one, value in pairs)


def _json(value: Any, headers: dict[str, str], chance: random.Random) -> dict[str, Any]:
    """Return a request of the doors that take JSON, with nonsense in some of what they ask for."""
    sound = {
        "set": {"notes": "a", "place/kind": ["a"]},
        "was": {},
        "before": {},
        "part": "meeting",
        "path": "notes",
        "text": "a",
        "id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        "none": True,
        "line": "action ring",
        "to": 1,
        "by": 1,
        "understood": "a",
    }
    changed = chance.sample(sorted(sound), 4)
    body = {
        **sound,
        **{one: value if one != "set" or chance.random() < 0.5 else {"notes": value} for one in changed},
    }
    sent = json.dumps(body if chance.random() < 0.8 else value)
    return {"data": sent, "content_type": "application/json", "headers": {**headers, "Accept": "application/json"}}


def _urlencoded(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


@pytest.fixture
def guest(app: Any, records: dict[str, str], tmp_path: Path) -> tuple[Sender, str]:
    """Whoever has a link to the final record and has given its code, and the address of the link."""
    recorder = Sender(app, RECORDER.login)
    people = json.loads((DEMONSTRATION / f"{FINAL}.json").read_bytes())["professionals"]
    school = next(one["id"] for one in people if one["agency"] == "education")
    sent = {"csrf_token": recorder.token, "professional": school, "address": "school@school.example"}
    answer = recorder.client.post(f"/records/{FINAL}/links", data=sent, follow_redirects=True)
    code = re.search(r"The code for .* is (\d{6})", answer.text)[1]
    (letter,) = (tmp_path / "outbox").glob("*-link-*.eml")
    text = message_from_bytes(letter.read_bytes(), policy=default).get_content()
    path = re.search(r"http://localhost(/answer/\S+)", text)[1]
    guest = Sender(app, GUEST)
    guest.token = guest.ask_token(path)
    assert guest.client.post(f"{path}/code", data={"csrf_token": guest.token, "code": code}).status_code == 303
    return guest, path


def test_no_nonsense_is_answered_by_a_fault_and_every_refusal_is_in_words(app, desk, records, guest, hashed):
    desk.store.keep_account(ADMINISTRATOR, hashed, demonstration=True)
    seed = int(os.environ.get("ACCORD_NONSENSE") or 1)
    chance = random.Random(seed)
    visitor, link = guest
    senders = [*(Sender(app, one) for one in EVERYBODY), visitor, Sender(app, None)]
    sound: dict[tuple[str, str], list[Sound]] = {}
    for sender in senders:
        start = ["/", *(f"/records/{one}" for one in records.values())] if sender.who in EVERYBODY else ["/sign-in"]
        for route, one in _looked_through(app, sender, [link] if sender is visitor else start):
            sound.setdefault(route, []).append(one)
    code = Sound(visitor, {"token": link.rpartition("/")[2]}, {"code": ["123456"]})
    sound["POST", "forms.give_code"] = [code]  # a page asks for it of who has not given it yet
    for method, rule in _routes(app):
        known = {which: _known(reference, desk, chance) for which, reference in records.items()}
        by_script = Sound(senders[0], known["draft"])
        fitting = chance.choice(sound.get((method, rule.endpoint), [by_script]))
        anybody = Sound(chance.choice(senders), known[chance.choice(sorted(known))], fitting.fields)
        for one in (fitting, anybody):
            for what, path, more in _requests(method, rule, one.values, one.fields, one.sender.token, chance):
                one.sender.send(what, method, path, **more)
    wrong = [one for sender in senders for one in sender.wrong]
    assert not wrong, f"seed {seed}: {len(wrong)} answers\n" + "\n".join(wrong)


def test_every_name_that_a_page_looks_for_in_a_query_is_sent_nonsense():
    asked = re.compile(r"request\.(?:args|values)(?:\.get(?:list)?\(|\[)\"(\w+)\"|\"(\w+)\" in request\.args")
    found = {
        name
        for folder in ("forms", "exports")
        for file in (ROOT / folder).glob("*.py")
        for pair in asked.findall(file.read_text(encoding="utf-8"))
        for name in pair
        if name
    }
    assert found
    assert found <= set(QUERIES)


# ── One by one ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "path",
    [
        f"/records/{FINAL}/parts/a%00b",
        f"/records/{FINAL}/files/a%00b",
        f"/records/{FINAL}/steps/%01",
        f"/records/{FINAL}/children/%C2%85",
    ],
)
def test_an_address_with_a_character_of_no_text_leads_nowhere(app, records, path):
    answer = Sender(app, "pclo").client.get(path)
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        f"/records/{FINAL}/minutes.docx?purpose=For+the+chair%00",
        f"/records/{FINAL}/changes?tab=00000000-0000-4000-8000-000000000000&at=%00closing",
        "/people?q=Robin%00",
        "/find?q=Robin%00&purpose=On+duty%00",
    ],
)
def test_what_cannot_be_kept_is_left_out_of_a_query(app, desk, records, path):
    assert Sender(app, "pclo").client.get(path).status_code == 200
    assert "\x00" not in repr(desk.sharing(FINAL, administrator()))


def test_a_form_with_a_value_that_cannot_be_kept_changes_nothing_and_shows_what_was_typed(app, records):
    sender = Sender(app, "sergeant")
    sent = {"csrf_token": sender.token, "professional": "t1\x00", "content_sha256": "\x00", "said_by": "Sgt Wren"}
    answer = sender.client.post(f"/records/{records['briefing']}/rung", data=sent)
    assert answer.status_code < 500
    assert answer.status_code >= 400


def test_after_signing_in_nobody_is_led_to_an_address_that_begins_another_header(app, records):
    client = app.test_client()
    page = BeautifulSoup(client.get("/sign-in").text, "lxml")
    sent = {"csrf_token": page.find("input", attrs={"name": "csrf_token"})["value"], "login": "pclo"}
    sent |= {"password": PASSWORD, "next": "/records\r\nSet-Cookie: accord=stolen"}
    answer = client.post("/sign-in", data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_nobody_takes_up_a_sighting_that_nobody_reported(app, desk, records):
    sender = Sender(app, "pclo")
    before = len(desk.history(FINAL, administrator()))
    for sighting in ("", "nobody", "a\x00b"):
        sent = {"csrf_token": sender.token, "sighting": sighting}
        answer = sender.client.post(f"/records/{FINAL}/sightings", data=sent)
        assert answer.status_code == 404
        assert "There is no such sighting here." in answer.text
    assert len(desk.history(FINAL, administrator())) == before


def test_a_discussion_is_not_issued_and_says_so(app, records):
    sender = Sender(app, "pclo")
    answer = sender.client.post(f"/records/{FINAL}/issue", data={"csrf_token": sender.token})
    assert answer.status_code == 409


@pytest.mark.parametrize("value", ["a\x00b", {"a": ["\x00"]}, {"\ud800": 1}, 2**63])
def test_neither_database_takes_what_only_one_could_hold(store, value):
    held = {"data": value} if not isinstance(value, int) else {"data": {}, "account_id": value}
    with pytest.raises(NotStorable) as refused, store.writing() as connection:
        connection.execute(
            sa.insert(session).values(
                area_id=AREA, token_sha256="f" * 64, seen_at=datetime.now(UTC), **{"account_id": None, **held}
            )
        )
    assert str(refused.value) == "What was sent holds a character or a number that cannot be kept here."


def test_a_text_that_speaks_of_a_character_is_kept(store):
    written = {"text": "the sign \\u0000 and \\ud800 in a letter"}
    store.write_session("token", RECORDER.id, written, datetime.now(UTC))
    assert store.read_session("token", datetime(2020, 1, 1, tzinfo=UTC))[1] == written
