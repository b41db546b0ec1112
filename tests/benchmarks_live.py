"""Speed of recording live, beside bare saving in the same run. No benchmark runs in the tests."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.figures import ROOT, Figure, free_port
from tests.makers import a_discussion

RECORDERS = 8
WRITERS = 16
SECONDS = 1.0
ROUNDS = 5
"""Rounds of so many seconds that each server gets by turns."""

_BARE = """
import json, sys
from flask import Flask, request
from gunicorn.app.base import BaseApplication
import sqlalchemy as sa

url, port, workers, threads, kind = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
engine = sa.create_engine(url)
if url.startswith("sqlite"):
    @sa.event.listens_for(engine, "connect")
    def prepare(connection, _):
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA busy_timeout=5000")
tables = sa.MetaData()
note = sa.Table("note", tables, sa.Column("id", sa.Integer, primary_key=True), sa.Column("text", sa.Text),
                sa.Column("version", sa.Integer))
line = sa.Table("line", tables, sa.Column("id", sa.Integer, primary_key=True), sa.Column("note", sa.Integer),
                sa.Column("before", sa.Text), sa.Column("after", sa.Text), sa.Column("at", sa.DateTime(timezone=True)))
tables.create_all(engine)
with engine.begin() as connection:
    connection.execute(sa.delete(note))
    connection.execute(sa.insert(note), [{"id": number, "text": "", "version": 1} for number in range(64)])
app = Flask(__name__)

@app.patch("/<int:number>")
def save(number):
    text = request.get_json()["text"]
    with engine.begin() as connection:
        if kind == "one column":
            connection.execute(sa.update(note).where(note.c.id == number).values(text=text))
        else:
            row = connection.execute(sa.select(note).where(note.c.id == number)).one()
            connection.execute(sa.update(note).where(note.c.id == number, note.c.version == row.version)
                               .values(text=text, version=row.version + 1))
            connection.execute(sa.insert(line).values(note=number, before=row.text, after=text, at=sa.func.now()))
    return {"saved": True}

class Server(BaseApplication):
    def load_config(self):
        for name, value in (("bind", "127.0.0.1:" + port), ("workers", workers), ("threads", threads),
                            ("worker_class", "gthread"), ("loglevel", "error"),
                            ("post_fork", lambda server, worker: engine.dispose(close=False))):
            self.cfg.set(name, value)
    def load(self):
        return app
Server().run()
"""


@dataclass
class Recorder:
    """Somebody whose page saves one field again and again: where to, what is sent, and how the next is made."""

    port: int
    path: str
    headers: dict[str, str]
    part: str = ""

    def body(self, number: int) -> bytes:
        text = f"{number}: the child was seen alone and awake, and said that the uncle had gone. " * 3
        if not self.part:
            return json.dumps({"text": text}).encode()
        return json.dumps({"set": {"reason": text}, "was": {"reason": self.part}}).encode()


def _record_for(recorder: Recorder, seconds: float, channel: Any) -> None:
    """Save for some seconds, one field after the other, as one page does; send back how long each save took."""
    connection = http.client.HTTPConnection("127.0.0.1", recorder.port, timeout=30)
    took, number = [], 0
    ends = time.perf_counter() + seconds
    while time.perf_counter() < ends:
        number += 1
        started = time.perf_counter()
        connection.request("PATCH", recorder.path, recorder.body(number), recorder.headers)
        response = connection.getresponse()
        answer = response.read()
        took.append(time.perf_counter() - started)
        if response.status != 200:
            raise RuntimeError(f"{response.status}: {answer[:300]!r}")
        if recorder.part:
            said = json.loads(answer)
            recorder.part = said["fields"]["reason"]["mark"]
            recorder.headers["If-Match"] = f'"{said["version"]}"'
    channel.put(took)


def _run(recorders: Sequence[Recorder], seconds: float) -> list[float]:
    """Let recorders save at once, in a process of their own, and return how long each save took, in seconds."""

    def one_of_them(recorder: Recorder, channel: Any) -> None:
        _record_for(recorder, seconds, channel)
        # What it saw last is needed for the next round, and this process ends.
        channel.put((recorder.path, recorder.part, recorder.headers.get("If-Match")))

    def all_of_them(channel: Any) -> None:
        threads = [threading.Thread(target=one_of_them, args=(one, channel)) for one in recorders]
        for one in threads:
            one.start()
        for one in threads:
            one.join()

    context = multiprocessing.get_context("fork")
    channel = context.Queue()
    process = context.Process(target=all_of_them, args=(channel,))
    process.start()
    found: list[float] = []
    seen = {}
    for _ in range(2 * len(recorders)):
        sent = channel.get(timeout=seconds + 60)
        if isinstance(sent, list):
            found += sent
        else:
            seen[sent[0]] = sent[1:]
    process.join()
    for one in recorders:
        part, version = seen[one.path]
        if one.part:
            one.part, one.headers["If-Match"] = part, version
    return found


@contextmanager
def _serving(command: list[str], port: int, path: str, environ: dict[str, str]) -> Iterator[None]:
    import urllib.error
    import urllib.request

    with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            for _ in range(300):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).close()
                    break
                except urllib.error.HTTPError:
                    break
                except OSError:
                    time.sleep(0.05)
            yield
        finally:
            running.terminate()


def _signed_in(port: int) -> dict[str, str]:
    """Sign in as a page does, and return what goes with each of its saves."""
    from forms.demonstration import PASSWORD

    def token_of(page: bytes) -> str:
        found = re.search(rb'name="csrf_token" value="([^"]+)"', page)
        assert found
        return found[1].decode()

    def session_in(response: http.client.HTTPResponse) -> str:
        given = response.headers.get_all("Set-Cookie") or []  # another tells the device
        return next(one.partition(";")[0] for one in given if one.startswith("accord="))

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/sign-in")
    response = connection.getresponse()
    cookie = session_in(response)
    form = urlencode({"csrf_token": token_of(response.read()), "login": "pclo", "password": PASSWORD})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    connection.request("POST", "/sign-in", form, headers)
    response = connection.getresponse()
    response.read()
    cookie = session_in(response)
    connection.request("GET", "/", headers={"Cookie": cookie})
    token = token_of(connection.getresponse().read())
    return {"Cookie": cookie, "X-CSRFToken": token, "Accept": "application/json", "Content-Type": "application/json"}


@contextmanager
def _ours(url: str | None, folder: str, most: int) -> Iterator[list[Recorder]]:
    """Serve the product as it is served by default; each recorder saves in a record of its own."""
    from datetime import UTC, datetime

    from meetings.desk import Desk, administrator
    from meetings.store import Store

    port = free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("ACCORD_")}
    environ |= {"ACCORD_INSTANCE": folder, "ACCORD_PORT": str(port)}
    if url:
        environ["ACCORD_DATABASE_URL"] = url
    with _serving([sys.executable, str(ROOT / "app.py")], port, "/sign-in", environ):
        desk = Desk(Store(url or f"sqlite:///{folder}/accord.db"), lambda: datetime.now(UTC))
        references = []
        for number in range(most):
            document = {**a_discussion(), "id": f"urn:uuid:{uuid.uuid4()}", "ref": f"SD-2027-{number:04}"}
            references.append(desk.import_document(json.dumps(document).encode(), administrator())[0])
        desk.store.close()
        signed = _signed_in(port)
        recorders = []
        for reference in references:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", f"/records/{reference}/parts/review", headers=signed)
            answer = connection.getresponse()
            version, read = answer.getheader("ETag") or "", json.loads(answer.read())
            mark = read["fields"]["reason"]["mark"]
            path = f"/records/{reference}/parts/review"
            recorders.append(Recorder(port, path, {**signed, "If-Match": version}, mark))
        yield recorders


@contextmanager
def _bare(url: str, kind: str, workers: int, threads: int, most: int) -> Iterator[list[Recorder]]:
    port = free_port()
    command = [sys.executable, "-c", _BARE, url, str(port), str(workers), str(threads), kind]
    with _serving(command, port, "/0", dict(os.environ)):
        yield [Recorder(port, f"/{number}", {"Content-Type": "application/json"}) for number in range(most)]


def _percentile(took: Sequence[float], part: int) -> float:
    return statistics.quantiles(took, n=100)[part - 1] * 1000


@dataclass
class Saves:
    """How long saves took, and how many there were a second: what the middle one of several rounds showed."""

    took: list[float]
    rates: list[float]

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    def percentile(self, part: int) -> float:
        return _percentile(self.took, part)


def _in_turn(servers: Sequence[list[Recorder]], count: int) -> list[Saves]:
    """Let that many record at each server by turns, so that a busy moment of the machine meets all of them."""
    found = [Saves([], []) for _ in servers]
    for recorders in servers:
        _run(recorders[:count], 0.5)  # what is first needed is made ready
    for _ in range(ROUNDS):
        for recorders, saves in zip(servers, found, strict=True):
            took = _run(recorders[:count], SECONDS)
            saves.took += took
            saves.rates.append(len(took) / SECONDS)
    return found


def _figures(where: str, servers: Sequence[list[Recorder]], writers: int | None) -> list[Figure]:
    alone, bare_alone, _ = _in_turn(servers, 1)
    many, bare, kept = _in_turn(servers, RECORDERS)
    p95, bare_p95 = many.percentile(95), bare.percentile(95)
    one, two = "a bare Flask and SQLAlchemy save of one column", "a bare save with a version and a history line"
    found = [
        Figure(f"autosave, {where}, one recorder, p95", alone.percentile(95), "ms", one, bare_alone.percentile(95),
               "under 50 ms", alone.percentile(95) < 50),
        Figure(f"autosave, {where}, {RECORDERS} recorders", many.rate, "saves/s", one, bare.rate, "at least 0.5 of it",
               many.rate >= 0.5 * bare.rate),
        Figure(f"autosave, {where}, {RECORDERS} recorders", many.rate, "saves/s", two, kept.rate, "at least 0.65 of it",
               many.rate >= 0.65 * kept.rate),
        Figure(f"autosave, {where}, {RECORDERS} recorders, p95", p95, "ms", one, bare_p95, "no worse", p95 <= bare_p95),
    ]  # fmt: skip
    if writers:
        most, bare_most, _ = _in_turn(servers, writers)
        p99 = most.percentile(99)
        found.append(Figure(f"autosave, {where}, {writers} writers, p99", p99, "ms", one, bare_most.percentile(99),
                            "under 100 ms", p99 < 100))  # fmt: skip
    return found


def bench_autosave() -> list[Figure]:
    """One field on the product as it is served by default, beside bare saving with the same durability."""
    from tests.servers import private_postgres

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bare.db'}"
        with (
            _ours(None, f"{folder}/ours", WRITERS) as ours,
            _bare(url, "one column", 1, 16, WRITERS) as bare,
            _bare(url.replace("bare", "kept"), "kept", 1, 16, WRITERS) as kept,
        ):
            found = _figures("SQLite", [ours, bare, kept], WRITERS)
    with (
        tempfile.TemporaryDirectory() as folder,
        private_postgres(durable=True) as url,
        _ours(url, f"{folder}/ours", RECORDERS) as ours,
        _bare(url, "one column", 2, 8, RECORDERS) as bare,
        _bare(url, "kept", 2, 8, RECORDERS) as kept,
    ):
        found += _figures("PostgreSQL", [ours, bare, kept], None)
    return found


# ── slow ─────────────────────────────────────────────────────────────────────────────────────────────────────────

SLOW = 500
"""Connections on which a request begins and never arrives whole."""


@contextmanager
def _slow_connections(port: int) -> Iterator[None]:
    import socket

    with ExitStack() as opened:
        for number in range(SLOW):
            one = opened.enter_context(socket.create_connection(("127.0.0.1", port)))
            one.sendall((b"PA", b"POST /sign-in HTTP/1.1\r\nContent-Length: 90000\r\n\r\nlogin")[number % 2])
        yield


def bench_slow() -> list[Figure]:
    """Saves of eight recorders while 500 connections send requests that never arrive whole, beside those without."""
    from tests.servers import private_postgres

    found = []
    for where in ("SQLite", "PostgreSQL"):
        with ExitStack() as opened:
            folder = opened.enter_context(tempfile.TemporaryDirectory())
            url = opened.enter_context(private_postgres(durable=True)) if where == "PostgreSQL" else None
            recorders = opened.enter_context(_ours(url, f"{folder}/ours", RECORDERS))
            _run(recorders, 0.5)
            alone: list[float] = []
            beside: list[float] = []
            for _ in range(ROUNDS):
                alone += _run(recorders, SECONDS)
                with _slow_connections(recorders[0].port):
                    beside += _run(recorders, SECONDS)
            p99, other = _percentile(beside, 99), _percentile(alone, 99)
            found.append(Figure(f"slow, {where}, {RECORDERS} recorders beside {SLOW} slow connections, p99", p99, "ms",
                                "the same without them", other, "at most 1.5 of it", p99 <= 1.5 * other))  # fmt: skip
    return found


# ── effort ───────────────────────────────────────────────────────────────────────────────────────────────────────


def bench_effort() -> list[Figure]:
    """Typing scenario O2 live in Chromium: the keys and clicks needed besides the recorded text."""
    from tests.effort import Hand
    from tests.servers import browser
    from tests.typing_in import in_order_of_appearance

    folder = Path(__file__).parent / "scenarios" / "strategy" / "O2"
    document = json.loads((folder / "meeting-1.json").read_text(encoding="utf-8"))
    now = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["meetings"][0]["now"]
    port = free_port()
    with tempfile.TemporaryDirectory() as instance, browser() as chromium:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("ACCORD_")}
        environ |= {"ACCORD_INSTANCE": instance, "ACCORD_PORT": str(port), "ACCORD_NOW": now}
        with _serving([sys.executable, str(ROOT / "app.py")], port, "/sign-in", environ):
            from forms.demonstration import PASSWORD

            hand = Hand(chromium.new_page(), f"http://127.0.0.1:{port}", document)
            hand.sign_in("pclo", PASSWORD)
            hand.start()
            hand.type_everything()
            answer = hand.page.request.get(f"http://127.0.0.1:{port}/records/{hand.reference}/record.json")
            kept = {**json.loads(answer.text()), "status": document["status"]}  # it was not made final here
    if in_order_of_appearance(kept) != in_order_of_appearance(document):
        raise AssertionError("What was typed is not the record that was to be typed.")
    print("effort, where the keys and clicks went:")
    for what, count in hand.why.most_common():
        print(f"  {count:4} {what}")
    words = "the characters of the recorded text itself"
    met = hand.beyond <= 0.25 * hand.text
    name = f"effort, O2 typed live: {hand.keys} keys and {hand.clicks} clicks"
    return [Figure(name, hand.beyond, "keys and clicks", words, hand.text, "at most 0.25 of it", met)]
