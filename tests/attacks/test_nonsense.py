"""Attacks by whoever sends nonsense: every route is sent every type of it, by people with and without an account.

A seed chooses for each route which record it is about (a draft, a final discussion, a briefing), who sends, and where
the nonsense stands. To look at a failure again, set `ACCORD_NONSENSE` to the seed that it names.
"""

from __future__ import annotations

import json
import os
import random
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from app import ROOT
from forms.demonstration import PASSWORD
from forms.demonstration.issued import issue_briefing
from meetings.desk import administrator
from meetings.store import AREA, NotStorable
from meetings.store.tables import session
from tests.inspecting import Browser, fields_of
from tests.makers import a_discussion

NOON = "2027-02-03T12:00:00+00:00"
FINAL = a_discussion()["ref"]
DRAFT = "SD-2027-0299"
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
    clock.set(NOON)
    desk.import_document(json.dumps(a_discussion()).encode(), administrator())
    desk.finalise(FINAL, administrator())
    desk.import_document(
        json.dumps(a_discussion(ref=DRAFT, id="urn:uuid:0b3c1a52-6f0e-4d1c-9a57-000000000299")).encode(),
        administrator(),
    )
    return {"draft": DRAFT, "final": FINAL, "briefing": issue_briefing(desk).split()[0]}


class Sender:
    """Sends requests of one person and notes each answer that is none."""

    def __init__(self, app: Any, who: str | None, record: str) -> None:
        self.who, self.record, self.wrong = who, record, list[str]()
        browser = Browser(app.test_client())
        if who is not None:
            browser.sign_in(who)
        self.client = browser.client
        page = self.client.get("/" if who else "/sign-in").text
        found = BeautifulSoup(page, "lxml").find("input", attrs={"name": "csrf_token"})
        self.token = found["value"] if found else ""

    def send(self, what: str, method: str, path: str, **more: Any) -> Any:
        """Send one request; what fails is noted with what is needed to send it again."""
        where = f"{what}: {method} {path[:120]!r} as {self.who or 'nobody'} on {self.record}"
        try:
            answer = self.client.open(path, method=method, **more)
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
    return re.search(r"<h1[^>]*>\s*[^\s<]", text) is not None and len(re.sub("<[^>]*>", " ", text).split()) > 20


def _routes(app: Any) -> list[tuple[str, Any]]:
    return [
        (method, rule)
        for rule in sorted(app.url_map.iter_rules(), key=lambda one: (one.rule, one.endpoint))
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ]


def _path(rule: Any, values: dict[str, str]) -> str:
    """Return the address of a route with whatever stands in it, also what the route would not let in."""
    path = ""
    for is_dynamic, piece in rule._trace:  # `build` refuses what a route would not let in
        path += quote(values[piece].encode("utf-8", "surrogatepass"), safe="/") if is_dynamic else piece
    return path.lstrip("|")


def _sound(rule: Any, reference: str, known: dict[str, list[str]], chance: random.Random) -> dict[str, str]:
    """Return values for a route that lead somewhere."""
    values = {}
    for name in rule.arguments:
        of_kind = known.get(name) or ["1"]
        values[name] = reference if name == "reference" else chance.choice(of_kind)
    return values


def _known(reference: str, desk: Any) -> dict[str, list[str]]:
    """Return what stands in the addresses of a record's pages."""
    record = desk.look(reference, administrator())
    parts = list(record.kept.parts)[:6]
    keys = ["attendance", "children", "closing", "information", "threshold", "outcome", "actions"]
    return {
        "key": keys,
        "part": [*parts, "meeting", "outcomes:c1", "review"],
        "child": ["c1", "c2"],
        "name": ["actions", "children", "outcomes", "reopen", "withdraw", "finalise", "information"],
        "number": ["1"],
        "link": parts[:1] or ["1"],
        "sha256": ["0" * 64],
        "token": ["0" * 48],
        "filename": ["accord.css"],
    }


def _forms(sender: Sender, app: Any, rules: list[Any], reference: str, known: Any, chance: Any) -> dict[str, Any]:
    """Return, for each address that a form of a page leads to, what the form would send."""
    found: dict[str, Any] = {}
    for method, rule in rules:
        if method != "GET" or rule.endpoint == "static" or ".docx" in rule.rule:
            continue
        answer = sender.send("a page", "GET", _path(rule, _sound(rule, reference, known, chance)))
        if answer is None or answer.mimetype != "text/html":
            continue
        for form in BeautifulSoup(answer.data, "lxml").find_all("form"):
            if form.get("method", "get").lower() == "post" and form.get("action"):
                found[form["action"].split("?")[0]] = fields_of(form)
            elif form.get("method", "get").lower() == "post":
                found[answer.request.path] = fields_of(form)
    return found


def _requests(
    method: str, rule: Any, values: dict[str, str], fields: dict[str, list[str]], token: str, chance: random.Random
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield nonsense of every type for one route: what it is, the address and the rest of the request."""
    path = _path(rule, values)
    headers = {"X-CSRFToken": token, "Accept": chance.choice(["text/html", "application/json"])}
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
                yield f"{name} in a query ({', '.join(asked)})", f"{path}?{query}", {"headers": headers}
            elif place == "header":
                one = chance.choice(HEADERS)
                value = re.sub(r"[\r\n]", " ", text).encode("utf-8", "surrogatepass").decode("latin-1")
                yield f"{name} as {one}", path, {"headers": {**headers, one: value}}
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
        yield name, path, {"data": content, "content_type": kind, "headers": {**headers, "If-Match": "1"}}
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
    more = {**headers, "Accept": "application/json", "If-Match": '"1"'}
    return {"data": sent, "content_type": "application/json", "headers": more}


def _urlencoded(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def test_no_nonsense_is_answered_by_a_fault_and_every_refusal_is_in_words(app, desk, store, records):
    seed = int(os.environ.get("ACCORD_NONSENSE") or random.randrange(10**6))
    chance = random.Random(seed)
    routes = _routes(app)
    senders = {
        which: [Sender(app, who, which) for who in ("pclo", "pclo", "pclo", "sergeant", "officer", None)]
        for which in records
    }
    known = {which: _known(reference, desk) for which, reference in records.items()}
    forms = {
        which: _forms(senders[which][0], app, routes, reference, known[which], chance)
        for which, reference in records.items()
    }
    for method, rule in routes:
        which = chance.choice(sorted(records))
        sender = chance.choice(senders[which])
        values = _sound(rule, records[which], known[which], chance)
        fields = forms[which].get(_path(rule, values), {})
        for what, path, more in _requests(method, rule, values, fields, sender.token, chance):
            sender.send(what, method, path, **more)
    wrong = [one for some in senders.values() for sender in some for one in sender.wrong]
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
    answer = Sender(app, "pclo", "final").client.get(path)
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
    assert Sender(app, "pclo", "final").client.get(path).status_code == 200
    assert "\x00" not in repr(desk.sharing(FINAL, administrator()))


def test_a_form_with_a_value_that_cannot_be_kept_changes_nothing_and_shows_what_was_typed(app, records):
    sender = Sender(app, "sergeant", "briefing")
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
    sender = Sender(app, "pclo", "final")
    before = len(desk.history(FINAL, administrator()))
    for sighting in ("", "nobody", "a\x00b"):
        sent = {"csrf_token": sender.token, "sighting": sighting}
        answer = sender.client.post(f"/records/{FINAL}/sightings", data=sent)
        assert answer.status_code == 404
        assert "There is no such sighting here." in answer.text
    assert len(desk.history(FINAL, administrator())) == before


def test_a_discussion_is_not_issued_and_says_so(app, records):
    sender = Sender(app, "pclo", "final")
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
    store.write_session("token", None, written, datetime.now(UTC))
    assert store.read_session("token", datetime(2020, 1, 1, tzinfo=UTC))[1] == written
