"""Speed, measured as a ratio to something named in the same run. No benchmark runs in the tests."""

from __future__ import annotations

import copy
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.benchmarks_live import bench_autosave, bench_effort, bench_slow
from tests.figures import ROOT, Figure, free_port
from tests.makers import Json, a_child, a_discussion, a_line, a_professional, an_action, an_outcome


def cpu_ms(deed: Callable[[], Any], times: int = 9) -> float:
    """Return the median CPU time of a deed in milliseconds, after one run that does not count."""
    deed()
    found = []
    for _ in range(times):
        started = time.process_time()
        deed()
        found.append((time.process_time() - started) * 1000)
    return statistics.median(found)


def a_large_record(children: int = 4, people: int = 11, information: int = 20, actions: int = 40) -> Json:
    """Return a record of that size, complete in all its parts."""
    document = a_discussion()
    document["children"] = [a_child(id=f"c{number}", name=f"Child {number} Marsh") for number in range(1, children + 1)]
    document["outcomes"] = [an_outcome(child=f"c{number}") for number in range(1, children + 1)]
    here = [one["id"] for one in document["professionals"]]
    more = [a_professional(id=f"x{number}", name=f"Person {number}") for number in range(people - len(here))]
    document["professionals"] += more
    document["information"] = {
        "lines": [a_line(text=f"Line {number}. " + "Seen at home. " * 8) for number in range(information)]
    }
    owners = [one["id"] for one in document["professionals"]]
    document["actions"] = [
        an_action(number, owner=owners[number % len(owners)], text=f"Action {number}: visit, see, write down, tell")
        for number in range(1, actions + 1)
    ]
    return document


# ── start ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _seconds_to_answer(command: Sequence[str], path: str, port: int, environ: dict[str, str]) -> float:
    import urllib.request

    started = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environ) as running:
        try:
            while time.monotonic() - started < 60:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).close()
                    return time.monotonic() - started
                except OSError:
                    time.sleep(0.02)
            raise RuntimeError("it never answered")
        finally:
            running.terminate()


_BARE = """
from flask import Flask
from gunicorn.app.base import BaseApplication
import sqlalchemy, sys
app = Flask(__name__)
app.get("/")(lambda: "here")
class Server(BaseApplication):
    def load_config(self):
        self.cfg.set("bind", "127.0.0.1:" + sys.argv[1])
    def load(self):
        return app
Server().run()
"""


def bench_start() -> list[Figure]:
    """From `python3 run.py` on a machine that has started once, to the first page."""
    with tempfile.TemporaryDirectory() as folder:
        seconds, bare = [], []
        for _ in range(4):
            port = free_port()
            environ = {**os.environ, "ACCORD_INSTANCE": folder, "ACCORD_PORT": str(port)}
            seconds.append(_seconds_to_answer([sys.executable, str(ROOT / "run.py")], "/sign-in", port, environ))
            port = free_port()
            bare.append(_seconds_to_answer([sys.executable, "-c", _BARE, str(port)], "/", port, dict(os.environ)))
    second, other = statistics.median(seconds[1:]), statistics.median(bare[1:])
    return [Figure("start", second, "s", "a bare Flask and SQLAlchemy app on gunicorn", other, "under 3 s", second < 3)]


# ── judge ────────────────────────────────────────────────────────────────────────────────────────────────────────


def bench_judge() -> list[Figure]:
    """Judging one large record; and a batch from standard input."""
    import jsonschema
    from referencing import Registry, Resource

    from meetings import contract
    from meetings.profiles import profile
    from meetings.rules import case_of, judge
    from tests.makers import NOW

    schemas = [json.loads(file.read_text()) for file in (ROOT / "tests" / "contract").glob("*.schema.json")]
    registry = Registry().with_resources([(one["$id"], Resource.from_contents(one)) for one in schemas])
    schema = next(one for one in schemas if one["$id"] == "urn:accord:strategy-discussion:1")
    independent = jsonschema.Draft202012Validator(schema, registry=registry)
    document = a_large_record()
    policy = profile("england-default")
    read = cpu_ms(lambda: judge(case_of(contract.read(document), policy, NOW)))
    other = cpu_ms(lambda: independent.is_valid(document))
    built = contract.read(document)
    rules = cpu_ms(lambda: judge(case_of(built, policy, NOW)))

    lines = "".join(json.dumps({"document": document, "now": NOW.isoformat()}) + "\n" for _ in range(400))
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, str(ROOT / "app.py"), "judge", "--batch"],
        input=lines,
        capture_output=True,
        text=True,
        check=True,
    )
    rate = len(done.stdout.splitlines()) / (time.monotonic() - started)
    started = time.monotonic()
    for line in lines.splitlines():
        independent.is_valid(json.loads(line)["document"])
    plain = 400 / (time.monotonic() - started)
    words = "the contract's schema alone, checked by jsonschema"
    return [
        Figure("judge, 4 children, 11 people, 40 actions", read, "ms CPU", words, other, "under 20 ms", read < 20),
        Figure("judge, rules alone", rules, "ms CPU", words, other, "under 20 ms", rules < 20),
        Figure("judge --batch, with start-up", rate, "documents/s", words, plain, "100 or more", rate >= 100),
    ]


# ── minutes ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _template() -> bytes:
    """Return a Word template that holds the same content as our minutes, for docxtpl."""
    import docx

    document = docx.Document()
    document.add_heading("Strategy discussion {{ d.ref }}", 0)
    tables = (
        ("people", ("name", "organisation", "role", "grade")),
        ("lines", ("kind", "text", "by")),
        ("actions", ("ref", "text", "owner", "due", "about")),
    )
    for name, columns in tables:
        document.add_heading(name, 1)
        table = document.add_table(rows=4, cols=len(columns))
        for cell, column in zip(table.rows[0].cells, columns, strict=True):
            cell.text = column
        table.rows[1].cells[0].text = f"{{%tr for r in {name} %}}"
        for cell, column in zip(table.rows[2].cells, columns, strict=True):
            cell.text = f"{{{{ r.{column} }}}}"
        table.rows[3].cells[0].text = "{%tr endfor %}"
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _for_template(document: Json) -> dict[str, Any]:
    names = {one["id"]: one["name"] for one in [*document["professionals"], *document["children"]]}
    return {
        "d": document,
        "people": document["professionals"],
        "lines": [{**one, "by": names.get(one.get("by", ""), "")} for one in document["information"]["lines"]],
        "actions": [
            {
                **one,
                "owner": names[one["owner"]],
                "due": one["deadline"]["due_at"],
                "about": ", ".join(names.get(who, who) for who in one["about"]),
            }
            for one in document["actions"]
        ],
    }


def bench_minutes() -> list[Figure]:
    """Drawing minutes, and drawing with read-back and seal, beside docxtpl filling a template with the same rows."""
    import docxtpl

    from exports.issued import Issue
    from exports.keys import Seal
    from exports.papers import draw_docx
    from tests.copying import a_copy
    from tests.sealing import the_authority

    seal = Seal(the_authority().signer())

    template = _template()
    found = []
    for people, information, actions in ((6, 8, 12), (20, 60, 200), (50, 400, 1000)):
        document = a_large_record(people=people, information=information, actions=actions)
        context = _for_template(document)

        def other(context: dict[str, Any] = context) -> None:
            made = docxtpl.DocxTemplate(io.BytesIO(template))
            made.render(copy.copy(context), autoescape=True)
            made.save(io.BytesIO())

        theirs = cpu_ms(other, 5)
        drawn = cpu_ms(lambda document=document: draw_docx(a_copy(document)), 5)  # type: ignore[misc]
        final = {**document, "status": "final"}
        proved = cpu_ms(lambda final=final: Issue(a_copy(final), lambda: seal).paper, 5)  # type: ignore[misc]
        words = "docxtpl, the same rows from a template"
        name = f"minutes, {actions} actions"
        found.append(Figure(f"{name}, drawn", drawn, "ms CPU", words, theirs, "no slower", drawn <= theirs))
        found.append(
            Figure(
                f"{name}, with read-back and seal",
                proved,
                "ms CPU",
                words,
                theirs,
                "within twice",
                proved <= 2 * theirs,
            )
        )
    return [*found, _memory()]


_DOCXTPL = """
import io, json, sys
import docxtpl
made = docxtpl.DocxTemplate(sys.argv[1])
made.render(json.load(open(sys.argv[2], encoding="utf-8")), autoescape=True)
made.save(io.BytesIO())
"""


def _memory() -> Figure:
    """Return what `export` of 1,000 actions takes of memory at most, beside docxtpl filling its template alone."""
    document = {**a_large_record(people=50, information=400, actions=1000), "status": "draft"}
    document["information"]["lines"] += a_discussion()["information"]["lines"]  # of every agency, or it stays a draft
    now = "2027-02-03T12:00:00+00:00"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "record.json").write_text(json.dumps(document), encoding="utf-8")
        (folder / "rows.json").write_text(json.dumps(_for_template(document)), encoding="utf-8")
        (folder / "template.docx").write_bytes(_template())
        environ = {**os.environ, "ACCORD_INSTANCE": str(folder / "instance"), "PYTHONPATH": str(ROOT)}
        for command in (["import", "record.json"], ["finalise", document["ref"]], ["export", document["ref"]]):
            ours = _peak_mb([str(ROOT / "app.py"), *command[:1], "--now", now, *command[1:]], folder, environ)
        assert (folder / "minutes.docx").exists(), "nothing was exported"
        (folder / "docxtpl_alone.py").write_text(_DOCXTPL, encoding="utf-8")
        theirs = _peak_mb(["docxtpl_alone.py", "template.docx", "rows.json"], folder, environ)
    words = "docxtpl, the same rows from a template"
    return Figure("export, 1000 actions, peak memory", ours, "MB", words, theirs, "under 150 MB", ours < 150)


_MEASURED = r"""
import re, runpy, sys
sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
except SystemExit as ended:
    if ended.code:
        raise
print(re.search(r"VmHWM:\s*([0-9]+) kB", open("/proc/self/status").read())[1], file=sys.stderr)
"""
"""Runs a program and then says the most memory it held. What the system says of a child counts its parent's too."""


def _peak_mb(arguments: Sequence[str], folder: Path, environ: dict[str, str]) -> float:
    """Return the most memory that a Python program in a process of its own held at any time, in MB (on Linux)."""
    command = [sys.executable, "-c", _MEASURED, *arguments]
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=True)
    return int(done.stderr.splitlines()[-1]) / 1024


# ── seal ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def bench_seal() -> list[Figure]:
    """Sealing ten pages, and checking them, beside drawing the same pages."""
    from exports.papers import draw_docx
    from exports.seal_docx import seal
    from exports.verify import verify
    from tests.copying import a_copy
    from tests.sealing import COMMENT, FROZEN, the_authority

    copied = a_copy(a_large_record(people=20, information=40, actions=60))
    pages = draw_docx(copied)
    drawn = cpu_ms(lambda: draw_docx(copied), 9)
    found = []
    trust = [the_authority().certificate]
    for kind in ("rsa", "ecdsa"):
        signer = the_authority().signer(kind=kind)
        sealing = cpu_ms(lambda signer=signer: seal(pages, [signer], at=FROZEN, comment=COMMENT), 21)  # type: ignore[misc]
        sealed = seal(pages, [signer], at=FROZEN, comment=COMMENT)
        checking = cpu_ms(lambda sealed=sealed: verify(sealed, trust), 21)  # type: ignore[misc]
        for name, figure in (("seal", sealing), ("verify", checking)):
            words = "drawing the same ten pages"
            met = figure < 30
            found.append(Figure(f"{name}, ten pages, {kind}", figure, "ms CPU", words, drawn, "under 30 ms", met))
    return found


# ── briefing ─────────────────────────────────────────────────────────────────────────────────────────────────────


def bench_briefing() -> list[Figure]:
    """Drawing a briefing, and an officer's page of it, beside judging the same briefing."""
    from exports.papers import draw_docx
    from meetings import contract
    from meetings.profiles import profile
    from meetings.rules import case_of, judge
    from tests.copying import a_copy
    from tests.makers import NOW

    folder = Path(__file__).parent / "scenarios" / "briefings"
    document = json.loads((folder / "NMP-IIM-2031-0042.json").read_text(encoding="utf-8"))
    read, policy = contract.read(document), profile("england-default")
    judged = cpu_ms(lambda: judge(case_of(read, policy, NOW)), 21)
    drawn = cpu_ms(lambda: draw_docx(a_copy(document)), 9)
    page = _officers_page(document)
    words = "judging the same briefing"
    return [
        Figure("briefing, drawn", drawn, "ms CPU", words, judged, "under 60 ms", drawn < 60),
        Figure("briefing, the officer's page", page, "ms CPU", words, judged, "under 100 ms", page < 100),
    ]


def _officers_page(document: Json) -> float:
    """Return what one look at the officer's page costs the server."""
    import tempfile

    from app import create_app, open_store, read_settings
    from forms.demonstration import PASSWORD, first_run
    from meetings.desk import administrator
    from meetings.issuing import Issuing
    from tests.inspecting import Browser
    from tests.makers import recipient_of

    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"ACCORD_INSTANCE": folder, "ACCORD_NOW": "2031-09-16T17:25:00+01:00"})
        app = create_app(settings, open_store(settings))
        desk = app.extensions["accord"]
        first_run(desk)
        reference, _ = desk.import_document(json.dumps(document).encode(), administrator())
        desk.finalise(reference, administrator())
        Issuing(desk).issue(reference, administrator())
        recipient_of(desk, document)
        browser = Browser(app.test_client())
        browser.get("/sign-in")
        browser.post("/sign-in", {"login": "officer", "password": PASSWORD})
        if browser.client.get(f"/briefings/{reference}").status_code != 200:
            raise RuntimeError("the officer does not get to the briefing")
        return cpu_ms(lambda: browser.client.get(f"/briefings/{reference}"), 21)


# ── page ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def a_call(app: Any, path: str, cookie: str = "") -> Callable[[], bytes]:
    """Return what asks an app for a page as a server does, without a client's own work."""
    from werkzeug.test import EnvironBuilder

    environ = EnvironBuilder(path=path, headers={"Cookie": cookie}).get_environ()

    def ask() -> bytes:
        status: list[str] = []
        body = b"".join(app.wsgi_app(dict(environ), lambda answered, *_: status.append(answered)))
        assert status == ["200 OK"], (path, status)
        return body

    return ask


def undisturbed_ms(deed: Callable[[], Any], before: Callable[[], Any], tries: int = 12) -> float:
    """Return the CPU time of a deed in milliseconds, after something that does not count.

    Taken off the processor half-way, a deed finds its caches emptied by others; then it is done again, up to so often.
    """
    import resource  # there is none on Windows

    found = []
    for _ in range(tries):
        before()
        switches, started = resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw, time.process_time()
        deed()
        found.append((time.process_time() - started) * 1000)
        if resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw == switches:
            return found[-1]
    return statistics.median(found)


def cpu_ms_in_turn(*deeds: tuple[Callable[[], Any], Callable[[], Any]], rounds: int = 9, times: int = 9) -> list[float]:
    """Return the median CPU time of each deed in milliseconds, each time after something that does not count.

    They take turns, so that what else the machine does falls on all of them.
    """
    found: list[list[float]] = [[] for _ in deeds]
    for _ in range(rounds):
        for kept, (deed, before) in zip(found, deeds, strict=True):
            deed()
            kept.extend(undisturbed_ms(deed, before) for _ in range(times))
    return [statistics.median(one) for one in found]


def a_record_of_many_concerns() -> Json:
    """Return the complete record with three measures that keep the child safe: its page has some sixty fields."""
    document = a_discussion(concerns=["domestic_abuse"])
    measure = document["outcomes"][0]["immediate_safety"][0]
    document["outcomes"][0]["immediate_safety"] = [{**measure, "text": f"Measure {number}"} for number in range(3)]
    return document


def bench_page() -> list[Figure]:
    """A page of some sixty fields beside the same HTML from plain macros; and the pages of a very long record."""
    from app import create_app, open_store, read_settings
    from forms.demonstration import PASSWORD, first_run
    from forms.serving import settle
    from meetings.desk import Answer, administrator
    from meetings.documents import DISCUSSION
    from meetings.guides import GUIDES
    from tests.inspecting import Browser
    from tests.makers import NOW
    from tests.plain_page import fields_of, is_as_ours, plain_app, values_of

    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"ACCORD_INSTANCE": folder, "ACCORD_NOW": NOW.isoformat()})
        app = create_app(settings, open_store(settings))
        desk = app.extensions["accord"]
        first_run(desk)
        browser = Browser(app.test_client())
        browser.get("/sign-in")
        browser.post("/sign-in", {"login": "pclo", "password": PASSWORD})
        cookie = "; ".join(f"{one.key}={one.value}" for one in browser.client._cookies.values())
        desk.import_document(json.dumps(a_record_of_many_concerns()).encode(), administrator())

        reference, saves = a_discussion()["ref"], iter(range(1_000_000))

        def save() -> None:
            desk.answer(reference, "outcomes:c1", {"analysis": Answer(f"One bruise, {next(saves)}")}, administrator())

        ours = a_call(app, f"/records/{reference}/children/c1", cookie)
        plain = a_call(plain_app(values_of(ours().decode())), "/")
        assert is_as_ours(plain().decode(), ours().decode()), "bring tests/plain_page.html up to date"
        count = len(fields_of(ours().decode()))
        words, target = "the same HTML from plain macros, asked for alike", "at most 5 ms and 1.5 times"
        settle()  # as before serving
        found = []
        for how, before in (("after each save", save), ("looked at again", lambda: None)):
            figure, other = cpu_ms_in_turn((ours, before), (plain, before))
            is_met = figure <= 5 and figure <= 1.5 * other
            found.append(Figure(f"page of {count} fields, {how}", figure, "ms CPU", words, other, target, is_met))

        long = a_large_record(people=20, information=400, actions=200)
        for number, child in enumerate(long["children"]):  # others than those of the first record
            child["links"] = [{"kind": "la_child_id", "value": f"WXM99{number:05}"}]
        long |= {"id": "urn:uuid:0b3c1a52-6f0e-4d1c-9a57-000000000002", "ref": "SD-2027-0400"}
        desk.import_document(json.dumps(long).encode(), administrator())
        paths = ["", "/read-back", *(f"/steps/{step.key}" for step in GUIDES[DISCUSSION])]
        rows = {
            name: desk.look(long["ref"], administrator()).rows(name)[150].id
            for name in ("actions", "information/lines")
        }
        paths += [f"/steps/actions?open={rows['actions']}", f"/steps/information?open={rows['information/lines']}"]
        words = "the same page of a record with 2 actions and 4 lines"
        for path in paths:
            figure, other = cpu_ms_in_turn(
                (a_call(app, f"/records/{long['ref']}{path}", cookie), lambda: None),
                (a_call(app, f"/records/{reference}{path}", cookie), lambda: None),
                rounds=3,
                times=3,
            )
            page, _, opened = path.lstrip("/").partition("?")
            name = f"200 actions and 400 lines, {page or 'record'}{', a row open' if opened else ''}"
            found.append(Figure(name, figure, "ms CPU", words, other, "under 200 ms", figure < 200))
        return found


BENCHMARKS: dict[str, Callable[[], list[Figure]]] = {
    "start": bench_start,
    "judge": bench_judge,
    "minutes": bench_minutes,
    "seal": bench_seal,
    "briefing": bench_briefing,
    "page": bench_page,
    "autosave": bench_autosave,
    "slow": bench_slow,
    "effort": bench_effort,
}


def run(names: Sequence[str], *, as_json: bool) -> int:
    """Run the benchmarks named, or all; return 1 if a target was missed, 2 if one is not known."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"There is no benchmark ‘{unknown[0]}’. Use one of: {', '.join(BENCHMARKS)}.", file=sys.stderr)
        return 2
    missed = False
    for name in names or BENCHMARKS:
        for one in BENCHMARKS[name]():
            missed = missed or not one.met
            if as_json:
                print(json.dumps({**asdict(one), "ratio": round(one.ratio, 3)}), flush=True)
                continue
            beside = f"{one.compared_with}: {one.other:.2f}; ratio {one.ratio:.2f}"
            verdict = f"target {one.target}: {'met' if one.met else 'MISSED'}"
            print(f"{one.name}: {one.figure:.2f} {one.unit}; {beside}; {verdict}", flush=True)
    return int(missed)
