"""Sealing and checking from the command line and in a browser: exit codes, keys, and the check as a single file."""

from __future__ import annotations

import ast
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from exports.keys import NoSeal, demonstration_seal, find_seal, read_p12
from exports.standalone import MODULES, standalone_verifier
from exports.verify import verify_file
from exports.word import read_text
from tests.conftest import SCENARIOS
from tests.sealing import (
    FROZEN,
    PASSPHRASE,
    Authority,
    a_p12,
    parts_of,
    sealed_by,
    the_authority,
    time_stamp_authority,
)
from tests.servers import fresh_database

ROOT = Path(__file__).parent.parent
NOW = "2026-11-27T09:15:00+00:00"
REFERENCE = "SD-2026-0902"


@pytest.fixture
def final(accord):
    """Import and finalise a record; return what runs commands."""
    accord("import", "--now", NOW, SCENARIOS / "O2" / "meeting-1.json")
    assert accord("finalise", "--now", NOW, REFERENCE).returncode == 0
    return accord


def _verdicts(done):
    return [json.loads(line)["verdict"] for line in done.stdout.splitlines()]


def test_a_final_export_is_sealed_and_checked_by_the_installation_that_made_it(final, tmp_path):
    done = final("export", "--to", "out", REFERENCE)
    assert done.returncode == 0, done.stderr
    final("export", "--record", "--to", "out", REFERENCE)
    names = ("minutes.docx", "actions.json", "record.json")
    checked = final("verify", *(f"out/{name}" for name in names))
    assert (checked.returncode, _verdicts(checked)) == (0, ["unchanged"] * 3)
    lines = [json.loads(line) for line in checked.stdout.splitlines()]
    assert set(lines[0]) == {
        "file", "verdict", "signers", "weak", "parts", "ref", "version", "content_sha256", "register",
    }  # fmt: skip
    assert {(line["ref"], line["version"]) for line in lines} == {(REFERENCE, 1)}
    assert len({line["content_sha256"] for line in lines}) == 1
    assert len(checked.stderr.splitlines()) == 3
    role = parts_of((tmp_path / "out" / "minutes.docx").read_bytes())["_xmlsignatures/sig1.xml"].decode()
    assert "demo certificate – not trusted by Word until your IT installs the authority" in role


def test_each_answer_has_its_exit_code(final, tmp_path):
    final("export", "--to", "out", REFERENCE)
    final("export", "--record", "--to", "out", REFERENCE)
    out = tmp_path / "out"
    (out / "other.pem").write_bytes(_pem(Authority().certificate))
    assert final("verify", "--trust", "out/other.pem", "out/minutes.docx").returncode == 3
    assert final("verify", "--trust", "instance/keys/authority.pem", "out/minutes.docx").returncode == 0

    (out / "changed.json").write_bytes((out / "record.json").read_bytes() + b" ")
    (out / "changed.json.jws").write_bytes((out / "record.json.jws").read_bytes())
    changed = final("verify", "out/changed.json")
    assert (changed.returncode, _verdicts(changed)) == (1, ["changed"])
    (out / "alone.json").write_bytes(b"{}")
    alone = final("verify", "out/alone.json")
    assert (alone.returncode, _verdicts(alone), alone.stderr) == (1, ["not_signed"], "out/alone.json: Not signed.\n")

    (out / "notes.txt").write_text("notes")
    for name, sentence in (
        ("out/notes.txt", "This is neither a Word file nor a data file that Accord writes."),
        ("out/missing.docx", "The file cannot be read: No such file or directory."),
    ):
        unread = final("verify", name, "out/minutes.docx")
        assert (unread.returncode, _verdicts(unread)) == (2, ["unchanged"])
        assert f"{name}: {sentence}" in unread.stderr
    assert final("verify", "--trust", "out/notes.txt", "out/minutes.docx").returncode == 2
    assert final("verify").returncode == 2


def test_a_data_file_needs_the_certificate_that_lies_beside_it(final, tmp_path):
    final("export", "--to", "out", REFERENCE)
    file = tmp_path / "out" / "actions.json"
    assert verify_file(file, []).exit_code == 3
    (tmp_path / "out" / "seal.pem").unlink()
    assert final("verify", "out/actions.json").returncode == 0
    elsewhere = final("verify", "out/actions.json", ACCORD_INSTANCE=str(tmp_path / "elsewhere"))
    assert elsewhere.returncode == 2
    assert "The certificate that signed it is not at hand: put seal.pem beside the file" in elsewhere.stderr


def test_checking_needs_no_database_and_leaves_nothing_behind(final, tmp_path):
    final("export", "--to", "out", REFERENCE)
    empty = tmp_path / "empty"
    done = final("verify", "out/minutes.docx", ACCORD_INSTANCE=str(empty))
    assert (done.returncode, _verdicts(done)) == (3, ["unchanged"])
    assert not empty.exists()


def test_an_installations_own_key_seals_and_its_trust_folder_is_believed(final, tmp_path):
    p12 = a_p12(tmp_path / "seal.p12", the_authority().signer("Marsh Council"))
    settings = {"ACCORD_SEAL_P12": str(p12), "ACCORD_SEAL_PASSPHRASE": PASSPHRASE, "ACCORD_PRODUCTION": "1"}
    done = final("export", "--to", "out", REFERENCE, **settings)
    assert done.returncode == 0, done.stderr
    final("export", "--record", "--to", "out", REFERENCE, **settings)
    assert not (tmp_path / "instance" / "keys").exists()
    assert final("verify", "out/minutes.docx", **settings).returncode == 3
    (tmp_path / "instance" / "trust").mkdir()
    (tmp_path / "instance" / "trust" / "ours.pem").write_bytes(_pem(the_authority().certificate))
    checked = final("verify", "out/minutes.docx", "out/record.json", **settings)
    assert checked.returncode == 0
    assert "sealed by Marsh Council" in checked.stderr


def test_the_demonstration_authority_is_refused_in_production(final, tmp_path):
    final("export", "--to", "out", REFERENCE)
    refused = final("export", "--to", "new", REFERENCE, ACCORD_PRODUCTION="1")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "The demonstration authority is refused in production." in refused.stderr
    assert not (tmp_path / "new").exists()
    assert final("verify", "out/minutes.docx", ACCORD_PRODUCTION="1").returncode == 3
    assert final("init-signing", ACCORD_PRODUCTION="1").returncode == 2


def test_a_key_that_cannot_be_used_is_refused_with_a_sentence(final, tmp_path):
    p12 = a_p12(tmp_path / "seal.p12", the_authority().signer())
    (tmp_path / "words.p12").write_text("words")
    for settings, sentence in (
        ({"ACCORD_SEAL_P12": str(p12), "ACCORD_SEAL_PASSPHRASE": "wrong"}, "ACCORD_SEAL_PASSPHRASE does not open it"),
        ({"ACCORD_SEAL_P12": str(p12)}, "ACCORD_SEAL_PASSPHRASE does not open it"),
        ({"ACCORD_SEAL_P12": str(tmp_path / "words.p12")}, "is not a PKCS#12 file"),
    ):
        for command in (("export", "--to", "new", REFERENCE), ("serve",)):
            done = final(*command, **settings)
            assert (done.returncode, done.stdout) == (2, "")
            assert sentence in done.stderr
    assert not (tmp_path / "new").exists()


def test_a_time_stamp_comes_from_the_authority_that_is_set(final, tmp_path):
    (tmp_path / "tsa").mkdir()
    with time_stamp_authority(tmp_path / "tsa", the_authority()) as url:
        assert final("export", "--to", "out", REFERENCE, ACCORD_TSA_URL=url).returncode == 0
    checked = final("verify", "out/minutes.docx")
    assert checked.returncode == 0
    assert "stamped_at" in json.loads(checked.stdout)["signers"][0]
    assert "It bears a time stamp of " in checked.stderr
    silent = final("export", "--to", "new", "--audience", "police", REFERENCE, ACCORD_TSA_URL=url)
    assert (silent.returncode, "does not answer" in silent.stderr) == (2, True)
    assert not (tmp_path / "new").exists()


def test_init_signing_names_the_certificate_and_makes_it_once(accord, tmp_path):
    first, second = accord("init-signing"), accord("init-signing")
    assert first.stdout == second.stdout
    assert first.stdout.startswith("CN=Accord demonstration seal,O=Accord demonstration,C=GB\t")
    for file in (tmp_path / "instance" / "keys").iterdir():
        assert file.stat().st_mode & 0o777 == 0o600
    assert len(list((tmp_path / "instance" / "certificates").iterdir())) == 1


def test_two_first_runs_at_once_end_with_one_key(tmp_path, monkeypatch):
    import exports.keys

    make = exports.keys._make_authority

    def slower_than_another(folder, now):
        make(folder, now)
        monkeypatch.setattr(exports.keys, "_make_authority", make)
        demonstration_seal(tmp_path, FROZEN)

    monkeypatch.setattr(exports.keys, "_make_authority", slower_than_another)
    ours = demonstration_seal(tmp_path, FROZEN)
    assert ours.certificate == read_p12(tmp_path / "keys" / "seal.p12", None).certificate
    assert [one.name for one in tmp_path.iterdir()] == ["keys"]


def test_where_nothing_can_be_written_a_sentence_says_so(tmp_path):
    (tmp_path / "keys").write_text("a file where a folder should be")
    with pytest.raises(NoSeal, match="The demonstration key cannot be written to"):
        find_seal(tmp_path, p12=None, passphrase=None, tsa_url=None, production=False)


# ── The register ─────────────────────────────────────────────────────────────────────────────────────────────────


def _register(done):
    return [json.loads(line).get("register") for line in done.stdout.splitlines()]


def test_where_the_register_is_reached_it_says_what_became_of_the_file(final, tmp_path):
    final("export", "--to", "out", REFERENCE)
    (known,) = _register(final("verify", "out/minutes.docx"))
    assert set(known) == {"known", "latest", "superseded_by", "withdrawn", "approvals"}
    assert (known["known"], known["latest"], known["superseded_by"], known["withdrawn"]) == (True, True, None, False)
    given = json.loads((SCENARIOS / "O2" / "meeting-1.json").read_text(encoding="utf-8"))["signoff"]
    assert [(one["as"], one["at"]) for one in known["approvals"]] == [
        (one["as"], one["at"]) for one in given if one["as"] not in ("sender", "recipient")
    ]
    assert all(one["made_elsewhere"] and one["name"] and one["agency"] for one in known["approvals"])

    final("export", "--record", "--to", "out", REFERENCE)
    (tmp_path / "out" / "alone.json").write_bytes((tmp_path / "out" / "record.json").read_bytes())
    unsigned = final("verify", "out/alone.json")
    assert (unsigned.returncode, _verdicts(unsigned), _register(unsigned)) == (1, ["not_signed"], [known])
    assert "Not signed. The register here knows this file. It is the latest version." in unsigned.stderr

    other = final("verify", "out/minutes.docx", "--trust", "out/seal.pem")
    assert _register(other) == [known]
    strange = a_strange_file(tmp_path / "strange.docx")
    answer = final("verify", strange)
    assert answer.returncode == 3
    assert _register(answer) == [
        {"known": False, "latest": None, "superseded_by": None, "withdrawn": None, "approvals": []}
    ]
    assert "The register here does not know this file." in answer.stderr


def a_strange_file(path):
    path.write_bytes(sealed_by(Authority().signer()))
    return path


def test_where_no_register_is_reached_nothing_is_said_of_it_and_nothing_is_made(final, tmp_path):
    final("export", "--to", "out", REFERENCE)
    alone = ("verify", "--trust", "instance/keys/authority.pem", "out/minutes.docx", "out/actions.json")
    (tmp_path / "garbage").mkdir()
    (tmp_path / "garbage" / "accord.db").write_bytes(b"SQLite format 3\0" + bytes(200))
    (tmp_path / "old").mkdir()
    sqlite3.connect(tmp_path / "old" / "accord.db").close()
    for name in ("missing", "garbage", "old"):
        before = sorted((tmp_path / name).rglob("*"))
        done = final(*alone, ACCORD_INSTANCE=str(tmp_path / name))
        assert (done.returncode, _register(done)) == (0, [None, None])
        assert sorted((tmp_path / name).rglob("*")) == before
    for url in (
        "postgresql+psycopg://nobody@127.0.0.1:9/none",
        "postgresql+nothing://x",
        "postgresql://[",
        "sqlite://",
    ):
        done = final(*alone, ACCORD_DATABASE_URL=url)
        assert (done.returncode, _register(done)) == (0, [None, None]), url


def test_asking_the_register_writes_nothing_beside_a_database_that_nobody_has_open(final, tmp_path):
    final("export", "--to", "out", REFERENCE)
    (tmp_path / "closed").mkdir()
    at = tmp_path / "closed" / "accord.db"
    with closing(sqlite3.connect(tmp_path / "instance" / "accord.db")) as source, closing(sqlite3.connect(at)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=WAL")
    before = at.read_bytes()
    done = final("verify", "out/minutes.docx", ACCORD_INSTANCE=str(tmp_path / "closed"))
    assert _register(done)[0]["known"]
    assert [one.name for one in (tmp_path / "closed").iterdir()] == ["accord.db"]
    assert at.read_bytes() == before


@pytest.mark.postgres
def test_the_register_is_reached_on_postgresql_too(postgres_address, tmp_path):
    def run(*arguments, address):
        environ = {"ACCORD_DATABASE_URL": address, "ACCORD_INSTANCE": str(tmp_path / "instance"), "PATH": ""}
        command = [sys.executable, str(ROOT / "app.py"), *map(str, arguments)]
        return subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, encoding="utf-8", check=False)

    with fresh_database(postgres_address) as address:
        run("import", "--now", NOW, SCENARIOS / "O2" / "meeting-1.json", address=address)
        assert run("finalise", "--now", NOW, REFERENCE, address=address).returncode == 0
        run("export", "--to", "out", REFERENCE, address=address)
        (known,) = _register(run("verify", "out/minutes.docx", address=address))
        assert (known["known"], known["latest"], len(known["approvals"])) == (True, True, 3)
    assert _register(run("verify", "out/minutes.docx", address=address)) == [None], "the database is gone"


def test_names_that_are_no_text_and_folders_are_answered(final, tmp_path):
    final("export", "--to", "out", REFERENCE)
    odd = os.fsdecode(b"out/\xff.docx")
    (tmp_path / odd).write_bytes((tmp_path / "out" / "minutes.docx").read_bytes())
    done = final("verify", odd)
    assert (done.returncode, json.loads(done.stdout)["file"]) == (0, odd)
    folder = final("verify", "out")
    assert (folder.returncode, folder.stdout) == (2, "")
    assert "out: The file cannot be read: Is a directory." in folder.stderr


def test_the_exit_code_of_several_files_is_that_of_the_worst(final, tmp_path):
    final("export", "--to", "out", REFERENCE)
    strange = a_strange_file(tmp_path / "strange.docx")
    (tmp_path / "plain.json").write_text("{}")
    (tmp_path / "notes.txt").write_text("notes")
    files = ["out/minutes.docx", strange, "plain.json", "notes.txt"]
    for number, code in enumerate((0, 3, 1, 2), start=1):
        done = final("verify", *files[:number])
        assert (done.returncode, len(done.stdout.splitlines())) == (code, min(number, 3))
        assert len(done.stderr.splitlines()) == number


# ── The single file ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_single_file_says_the_same_and_needs_nothing_of_the_product(final, tmp_path):
    final("export", "--to", "out", REFERENCE)
    final("export", "--record", "--to", "out", REFERENCE)
    assert final("verifier", "--to", "check.py").stdout == "check.py\n"
    files = ["out/minutes.docx", "out/actions.json", "out/record.json"]
    for trust, code in ((["--trust", "instance/keys/authority.pem"], 0), ([], 3)):
        ours = final("verify", *(trust or ["--trust", "out/none.pem"]), *files) if trust else None
        done = subprocess.run(
            [sys.executable, "-I", "-W", "error", "check.py", *trust, *files],
            cwd=tmp_path, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        if ours:
            assert _without_register(done.stdout) == _without_register(ours.stdout)
            assert "register" not in done.stdout
            assert done.stderr == ours.stderr.replace(" It is the latest version.", "")
    broken = subprocess.run([sys.executable, "-I", "check.py"], cwd=tmp_path, capture_output=True, check=False)
    assert broken.returncode == 2


def _without_register(lines):
    return [{name: one for name, one in json.loads(line).items() if name != "register"} for line in lines.splitlines()]


def test_the_single_file_imports_two_packages_and_the_standard_library_alone():
    """Read from the text of each module: what stands in it is what it imports."""
    tree = ast.parse(standalone_verifier())
    sources = [
        node.args[1].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "module"
    ]
    imported = set()
    for node in (inner for source in sources for inner in ast.walk(ast.parse(source))):
        if isinstance(node, ast.Import):
            imported |= {one.name.partition(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    assert len(sources) == len(MODULES) + 1
    assert imported - set(sys.stdlib_module_names) == {"cryptography", "exports", "lxml"}
    assert not imported & {"socket", "urllib.request", "http"}


# ── In a browser ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def final_record(desk, recorder, clock):
    """A final record in the store behind the pages; return its reference."""
    from meetings.desk import administrator

    clock.set(NOW)
    desk.import_document((SCENARIOS / "O2" / "meeting-1.json").read_bytes(), administrator())
    desk.finalise(REFERENCE, administrator())
    return REFERENCE


def _download(browser, path):
    return browser.client.get(f"/records/{REFERENCE}/{path}")


def test_a_browser_gets_the_same_sealed_files(final_record, at_work, tmp_path):
    for name in ("minutes.docx", "actions.json", "record.json"):
        answer = _download(at_work, name)
        assert answer.status_code == 200
        (tmp_path / name).write_bytes(answer.data)
    for name in ("actions.json.jws", "record.json.jws"):
        answer = _download(at_work, name)
        assert answer.mimetype == "application/jose"
        what = "full" if name.startswith("actions") else "record"
        assert answer.headers["Content-Disposition"].endswith(f'_{what}.json.jws"')
        (tmp_path / name).write_bytes(answer.data)
    (published,) = (tmp_path / "certificates").iterdir()
    (tmp_path / "seal.pem").write_bytes(published.read_bytes())
    for name in ("minutes.docx", "actions.json", "record.json"):
        assert verify_file(tmp_path / name, []).exit_code == 3
    assert "Sign-off" in read_text((tmp_path / "minutes.docx").read_bytes())


def test_in_production_without_a_key_a_page_says_why_nothing_leaves(final_record, app, at_work, monkeypatch):
    def no_key():
        raise NoSeal("There is no key to seal with.")

    monkeypatch.setitem(app.extensions, "accord-seal", no_key)
    for name in ("minutes.docx", "actions.json", "actions.json.jws", "record.json.jws"):
        page = at_work.get(f"/records/{REFERENCE}/{name}")
        assert page.status == 409
        assert "There is no key to seal with." in page.words


def _pem(certificate):
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM)
