"""The command line, run as other programs run it: what it prints, what it leaves behind, its exit codes."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from meetings.seal import canonical, content_sha256
from tests.conftest import SCENARIOS
from tests.makers import a_discussion

ROOT = Path(__file__).parent.parent


def _lines(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("scenario", ["O1", "O2", "O3", "O4", "O6"])
def test_a_scenario_goes_from_file_to_word_minutes(accord, tmp_path, scenario):
    expected = json.loads((SCENARIOS / scenario / "expected.json").read_text())
    history = []
    for meeting in expected["meetings"]:
        file, now = SCENARIOS / scenario / meeting["file"], meeting["now"]
        document = json.loads(file.read_text())
        earlier = [part for one in history for part in ("--history", one)]

        judged = accord("judge", "--now", now, *earlier, file)
        assert judged.returncode == 0
        for level, rules in {**meeting["fires"], "excepted": meeting["excepted"]}.items():
            assert {line["rule"] for line in _lines(judged) if line["level"] == level} == set(rules)
        assert all(line["file"] == str(file) and line["says"] and line["places"] for line in _lines(judged))

        (facts,) = _lines(accord("judge", "--facts", "--now", now, *earlier, file))
        for name, value in facts.items():
            if name != "file":
                assert value == meeting[name], name

        imported = accord("import", "--now", now, file)
        assert (imported.returncode, imported.stdout) == (0, f"{document['ref']} created\n")
        assert accord("import", "--now", now, file).stdout == f"{document['ref']} unchanged\n"
        finalised = accord("finalise", "--now", now, document["ref"])
        assert (finalised.returncode, finalised.stdout.strip()) == (0, meeting["content_sha256"])

        exported = accord("export", "--now", now, "--to", "out", document["ref"])
        assert exported.returncode == 0, exported.stderr
        word = (tmp_path / "out" / "minutes.docx").read_bytes()
        actions = json.loads((tmp_path / "out" / "actions.json").read_text())
        assert "record.json" not in exported.stdout
        assert accord("export", "--now", now, "--record", "--to", "out", document["ref"]).returncode == 0
        record = json.loads((tmp_path / "out" / "record.json").read_text())
        assert actions["from"]["minutes_sha256"] == hashlib.sha256(word).hexdigest()
        assert [one["ref"] for one in actions["actions"]] == meeting["actions_files"]["full"]
        assert record["integrity"]["content_sha256"] == meeting["content_sha256"] == content_sha256(record)
        assert {name: record[name] for name in document} == document
        assert (tmp_path / "out" / "record.json").read_bytes() == canonical(record)

        again = accord("export", "--to", "again", document["ref"])
        assert again.returncode == 0
        assert accord("export", "--record", "--to", "again", document["ref"]).returncode == 0
        for name in ("minutes.docx", "actions.json", "actions.json.jws", "record.json", "record.json.jws"):
            assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "out" / name).read_bytes()
        history.append(file)


def test_judging_says_no_with_exit_code_1_and_names_every_place(accord, tmp_path):
    document = a_discussion()
    document["actions"][1].pop("owner")
    (tmp_path / "a.json").write_text(json.dumps(document))
    done = accord("judge", "--now", "2027-02-03T12:00:00+00:00", "a.json")
    assert done.returncode == 1
    (line,) = [line for line in _lines(done) if line["level"] == "block" and line["rule"] == "SD-070"]
    assert line["places"] == ["/actions/1/owner"]
    assert line["says"].startswith("Give this action words, one named owner")


BAD = {
    "not.json": ("{", "The document is not JSON: line 1, column 2."),
    "deep.json": ("[" * 40 + "]" * 40, "The document is nested deeper than 32 levels."),
    "long.json": (" " * 5_000_001, "The document is longer than 5 MB."),
    "list.json": ("[]", "The document is not a JSON object."),
    "code.json": (json.dumps(a_discussion(concerns=["dragons"])), "concerns/0: ‘dragons’ is not a known code."),
    "field.json": (json.dumps({**a_discussion(), "dragons": 1}), "dragons: is not a name that the contract defines."),
    "double.json": ('{"schema": 1, "schema": 2}', "The name ‘schema’ occurs twice in one object."),
    "lines.json": (json.dumps({**a_discussion(), "two\nlines": 1}), "two lines: is not a name that the contract"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_is_answered_in_one_sentence_and_leaves_nothing(accord, tmp_path, name):
    content, sentence = BAD[name]
    (tmp_path / name).write_text(content)
    for command in ("judge", "import"):
        done = accord(command, name)
        assert done.returncode == 2
        assert done.stdout == ""
        assert sentence in done.stderr
        assert done.stderr.count("\n") == 1
    assert accord("list").stdout == ""
    batch = accord("judge", "--batch", given=content.replace("\n", " ") + "\n")
    assert batch.returncode == 0
    assert "refused" in json.loads(batch.stdout)


def test_a_person_nobody_knows_is_judged_and_not_refused(accord, tmp_path):
    document = a_discussion()
    document["actions"][0]["owner"] = "nobody"
    (tmp_path / "a.json").write_text(json.dumps(document))
    done = accord("judge", "--now", "2027-02-03T12:00:00+00:00", "a.json")
    assert done.returncode == 1
    assert "SD-070" in {line["rule"] for line in _lines(done)}


def test_a_batch_answers_each_line_in_order(accord):
    good = {"document": a_discussion(), "now": "2027-02-03T12:00:00+00:00"}
    worse = {**good, "document": a_discussion(review={})}
    lines = [good, worse, {"document": {}}, {"now": "x"}, {**good, "profile": "atlantis"}, {**good, "now": "noon"}]
    odd = {**good, "document": {**a_discussion(), "\ud800": 1}}
    given = "\n".join([*(json.dumps(line) for line in lines), "{", json.dumps(odd), json.dumps(good)]) + "\n"
    done = accord("judge", "--batch", given=given)
    assert done.returncode == 0, done.stderr
    answers = _lines(done)
    assert [answer.get("can_finalise") for answer in answers] == [True, False, None, None, None, None, None, None, True]
    assert answers[1]["block"] == ["SD-076"]
    assert "There is no policy profile ‘atlantis’." in answers[4]["refused"]


def test_in_a_batch_null_is_not_given_and_a_document_is_no_longer_than_one_alone_may_be(accord):
    good = {"document": a_discussion(), "now": "2027-02-03T12:00:00+00:00"}
    long = {**good, "document": a_discussion(title="x" * 5_000_000)}
    lines = [{**good, "profile": None, "history": None}, long, {**good, "history": [long["document"]]}]
    done = accord("judge", "--batch", given="".join(json.dumps(line) + "\r\n" for line in lines) + "\n{\n")
    answers = _lines(done)
    assert answers[0]["can_finalise"]
    assert [answer["refused"] for answer in answers[1:]] == [
        "The document is longer than 5 MB.",
        "The document is longer than 5 MB.",
        "The document is not JSON: line 1, column 1.",
        "The document is not JSON: line 1, column 2.",
    ]


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        (("--kind", "minutes"), "There is no kind ‘minutes’. Use one of: strategy_discussion, briefing."),
        (("--status", "open"), "There is no status ‘open’. Use one of: draft, final, withdrawn."),
    ],
)
def test_a_list_of_what_there_is_not_is_refused(accord, option, sentence):
    done = accord("list", *option)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{sentence}\n")


def test_an_earlier_document_that_cannot_be_read_is_named(accord, tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(a_discussion()))
    (tmp_path / "before.json").write_text("{")
    done = accord("judge", "--history", "before.json", "a.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "before.json: The document is not JSON: line 1, column 2.\n"


def test_a_profile_given_by_name_is_judged_by(accord, tmp_path):
    document = a_discussion()
    for one in document["professionals"]:
        if one["agency"] == "health":
            one["presence"] = "invited_absent"
    (tmp_path / "a.json").write_text(json.dumps(document))
    fired = {
        name: {line["rule"] for line in _lines(accord("judge", "--profile", name, "a.json"))}
        for name in ("wales", "london")
    }
    assert "SD-021" in fired["london"]
    assert "SD-021" not in fired["wales"]
    assert accord("judge", "--profile", "atlantis", "a.json").returncode == 2


def test_a_copy_that_may_not_be_made_is_refused_and_nothing_is_written(accord, tmp_path):
    accord("import", SCENARIOS / "O1" / "meeting-1.json")
    done = accord("export", "--audience", "parent:a1", "--to", "out", "SD-2026-0911")
    assert done.returncode == 1
    assert done.stderr.startswith("No copy is made for Rosalind Achterberg-Vane")
    assert not (tmp_path / "out").exists()
    for arguments in (("--audience", "king", "SD-2026-0911"), ("SD-1999-0001",), ("--version", "7", "SD-2026-0911")):
        assert accord("export", *arguments).returncode == 2


def test_a_briefing_goes_from_file_to_a_word_copy_for_each_reader(accord, tmp_path):
    file, reference = SCENARIOS.parent / "briefings" / "NMP-IIM-2031-0042.json", "NMP-IIM-2031-0042"
    now = ("--now", json.loads(file.with_suffix(".expected.json").read_text())["now"])
    assert accord("import", *now, file).stdout == f"{reference} created\n"
    assert accord("list", "--kind", "briefing", "--status", "draft").stdout.startswith(f"{reference}\tbriefing\tdraft")
    finalised = accord("finalise", *now, reference)
    assert (finalised.returncode, len(finalised.stdout.strip())) == (0, 64)
    written = {}
    for audience in ("full", "police", "partner"):
        done = accord("export", *now, "--audience", audience, "--to", audience, reference)
        assert done.returncode == 0, done.stderr
        files = written[audience] = {one.name: one.read_bytes() for one in (tmp_path / audience).iterdir()}
        actions = json.loads(files["actions.json"])
        assert actions["from"]["minutes_sha256"] == hashlib.sha256(files["briefing.docx"]).hexdigest()
        assert accord("export", *now, "--audience", audience, "--to", "again", reference).returncode == 0
        assert {name: (tmp_path / "again" / name).read_bytes() for name in files} == files
    shared = {"briefing.docx", "actions.json", "actions.json.jws", "seal.pem"}
    assert all(set(files) == shared for files in written.values())
    accord("export", *now, "--record", "--to", "whole", reference)
    assert {one.name for one in (tmp_path / "whole").iterdir()} == {"record.json", "record.json.jws"}
    record = json.loads((tmp_path / "whole" / "record.json").read_bytes())
    assert record["integrity"]["content_sha256"] == finalised.stdout.strip() == content_sha256(record)
    assert len({hashlib.sha256(files["briefing.docx"]).digest() for files in written.values()}) == 3


def test_a_family_gets_no_copy_of_a_briefing_and_a_late_one_says_that_it_has_run_out(accord, tmp_path):
    file, reference = SCENARIOS.parent / "briefings" / "NMP-IIM-2031-0042.json", "NMP-IIM-2031-0042"
    now = ("--now", json.loads(file.with_suffix(".expected.json").read_text())["now"])
    accord("import", *now, file)
    accord("finalise", *now, reference)
    done = accord("export", *now, "--audience", "parent:S2", "--to", "family", reference)
    assert done.returncode == 1
    assert done.stderr.startswith("A briefing is for officers. No copy of it is ever made for the family.")
    assert not (tmp_path / "family").exists()
    assert accord("export", "--now", "2032-01-01T00:00:00+00:00", "--to", "late", reference).returncode == 0
    word = zipfile.ZipFile(tmp_path / "late" / "briefing.docx")
    headers = [name for name in word.namelist() if name.startswith("word/header")]
    assert headers
    assert all("EXPIRED" in word.read(name).decode() for name in headers)


def test_extracts_for_each_child_are_written_when_asked_for(accord, tmp_path):
    accord("import", SCENARIOS / "O2" / "meeting-1.json")
    assert accord("export", "--children", "--to", "out", "SD-2026-0902").returncode == 0
    names = {file.name for file in (tmp_path / "out").iterdir()}
    assert {f"child-c{number}.{kind}" for number in range(1, 5) for kind in ("docx", "json")} <= names
    assert json.loads((tmp_path / "out" / "child-c2.json").read_text())["cin"]["ICPCnotRequired"] == 0


def test_a_draft_is_exported_without_integrity(accord, tmp_path):
    accord("import", SCENARIOS / "O1" / "meeting-1.json")
    assert accord("export", "--record", "--to", "out", "SD-2026-0911").returncode == 0
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["record.json"], "a draft is never signed"
    record = json.loads((tmp_path / "out" / "record.json").read_text())
    assert record["status"] == "draft"
    assert "integrity" not in record


def test_finalising_too_early_prints_what_is_needed(accord):
    accord("import", SCENARIOS / "O2" / "meeting-1.json")
    done = accord("finalise", "--now", "2026-11-01T09:00:00+00:00", "SD-2026-0902")
    assert done.returncode == 1
    assert [line["rule"] for line in _lines(done)] == ["SD-011"]
    assert accord("finalise", "SD-1999-0001").returncode == 2
    assert accord("finalise", "--as", "nobody", "SD-2026-0902").returncode == 2
    assert accord("list", "--status", "draft").stdout.startswith("SD-2026-0902\tstrategy_discussion\tdraft\t1\tZofia")
    assert accord("list", "--status", "final").stdout == ""


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("ACCORD_PORT", "http", "ACCORD_PORT is ‘http’; use a number from 1 to 65535."),
        ("ACCORD_NOW", "noon", "ACCORD_NOW is ‘noon’; use a time such as 2026-12-02T14:10:00+00:00."),
        ("ACCORD_NOW", "2026-12-02T14:10:00", "ACCORD_NOW is ‘2026-12-02T14:10:00’, which has no offset; add +00:00."),
        ("ACCORD_PRODUCTION", "yes", "ACCORD_PRODUCTION is ‘yes’; use 1, or leave it out."),
        (
            "ACCORD_DATABASE_URL",
            "mysql://x",
            "ACCORD_DATABASE_URL is not an address that begins postgresql:// or sqlite://.",
        ),
        ("ACCORD_SEAL_P12", "/nowhere/seal.p12", "ACCORD_SEAL_P12 is ‘/nowhere/seal.p12’, which is no file."),
        ("ACCORD_TSA_URL", "ftp://x", "ACCORD_TSA_URL is not an address that begins http:// or https://."),
    ],
)
def test_a_wrong_setting_is_refused_at_start_with_a_sentence(accord, setting, value, sentence):
    done = accord("list", **{setting: value})
    assert (done.returncode, done.stderr.strip()) == (2, sentence)


def test_production_refuses_a_fixed_clock_and_demonstration_data(accord):
    fixed = accord(
        "judge", "--now", "2027-02-03T12:00:00+00:00", SCENARIOS / "O1" / "meeting-1.json", ACCORD_PRODUCTION="1"
    )
    assert (fixed.returncode, fixed.stdout) == (2, "")
    assert "refused in production" in fixed.stderr
    assert accord("demo", ACCORD_PRODUCTION="1").returncode == 2
    assert accord("list", ACCORD_PRODUCTION="1", ACCORD_NOW="2027-02-03T12:00:00+00:00").returncode == 2


def test_demonstration_data_is_loaded_and_renewed(accord):
    first = accord("demo")
    assert first.returncode == 0
    assert "SD-2026-9001 created" in first.stdout
    assert re.search(r"^IIM-\d{4}-0001 issued$", first.stdout, re.MULTILINE)
    again = accord("demo").stdout
    assert "SD-2026-9001 unchanged" in again
    assert re.search(r"^IIM-\d{4}-0001 in force$", again, re.MULTILINE), "one is enough"


def test_the_printed_rulebook_is_the_one_in_docs(accord):
    assert accord("rules").stdout == (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")


def test_the_command_line_works_as_another_program_starts_it(tmp_path):
    file = SCENARIOS / "O1" / "meeting-1.json"
    done = subprocess.run(
        [sys.executable, str(ROOT / "app.py"), "judge", "--now", "2026-12-02T16:20:00+00:00", str(file)],
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "ACCORD_INSTANCE": str(tmp_path / "instance"), "PYTHONUTF8": "0", "LC_ALL": "C"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[0])["file"] == str(file)
    assert not (tmp_path / "instance").exists()


def test_every_command_is_listed_and_explains_itself(accord):
    listed = accord("--help").stdout
    for name in (
        "serve",
        "test",
        "fix",
        "judge",
        "import",
        "list",
        "finalise",
        "export",
        "verify",
        "verifier",
        "init-signing",
        "demo",
        "rules",
        "bench",
    ):
        assert f"  {name} " in listed
        assert accord(name, "--help").returncode == 0
