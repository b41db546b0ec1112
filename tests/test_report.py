"""The report on a check for a court: what it says of each answer, how long it is, and that it can be checked itself."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from app import read_settings, seal_of
from exports.commands import asking
from exports.opc import zipped
from exports.report import (
    COULD_NOT,
    DEMONSTRATION,
    HOW_DATA,
    HOW_NOT_READ,
    HOW_NOT_SIGNED,
    HOW_WORD,
    KNOWS_WHAT_IS_SEALED,
    NOT_ASKED,
    NOT_KNOWN,
    PROVES_NOT,
    SAYS_NOTHING,
    SHORTENED,
    Checked,
    draw_report,
    sealed_report,
)
from exports.report import Maker as ReportMaker
from exports.unzip import NotReadable
from exports.verdicts import Result, SealedBy, Verdict
from exports.verify import verify, verify_file
from exports.word import read_text
from meetings.desk import administrator
from meetings.issuing import Issuing
from meetings.register import Approval, Entry, Register
from meetings.versions import Versions
from meetings.vocabulary import SignoffAs
from tests.accounts import signed_up
from tests.conftest import SCENARIOS
from tests.makers import let_in
from tests.sealing import FROZEN, Authority, parts_of, sealed, sealed_by, stripped
from tests.servers import needs, pdf_to_png, pdf_to_text, word_to_pdf
from tests.test_briefing_scenarios import read
from tests.test_briefings_at_scale import NAME
from tests.test_handing import take

NOW = "2026-11-27T09:15:00+00:00"
REFERENCE = "SD-2026-0902"
EXAMPLES = os.environ.get("ACCORD_REPORTS")
"""A folder to which the reports that are printed are written too, for whoever wants to look at them."""


@pytest.fixture
def final(accord, tmp_path):
    """Import, finalise and export a record; return what runs commands."""
    accord("import", "--now", NOW, SCENARIOS / "O2" / "meeting-1.json")
    assert accord("finalise", "--now", NOW, REFERENCE).returncode == 0
    assert accord("export", "--to", "out", REFERENCE, ACCORD_NOW=NOW).returncode == 0
    return accord


@pytest.fixture
def report(final, tmp_path):
    """Return what checks files with a report and gives the exit code and the text of the report."""

    def made(*files, **environ):
        place = tmp_path / "report.docx"
        place.unlink(missing_ok=True)
        done = final("verify", "--report", "report.docx", *files, **{"ACCORD_NOW": NOW, **environ})
        assert "The report is in report.docx." in done.stderr, done.stderr
        assert [one.name for one in tmp_path.iterdir() if one.name.endswith(".part")] == []
        return done.returncode, read_text(place.read_bytes())

    return made


def _changed(package, was=b"</w:t>", becomes=b"!</w:t>"):
    parts = parts_of(package)
    parts["word/document.xml"] = parts["word/document.xml"].replace(was, becomes, 1)
    return zipped(parts)


# ── What it says ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_of_an_unchanged_file_it_says_all_that_a_court_asks(report, tmp_path):
    code, text = report("out/minutes.docx")
    content = (tmp_path / "out" / "minutes.docx").read_bytes()
    result = verify_file(tmp_path / "out" / "minutes.docx", [])
    assert code == 0
    for said in (
        "Report on the check of a file",
        "27 November 2026 at 09:15 (UK time)",
        "Answer: Unchanged, but the seal is a demonstration",
        "This file has not changed since it was sealed by Accord demonstration seal of Accord demonstration.",
        "a claim that no trusted time stamp confirms",
        f"minutes.docx\n{len(content):,} bytes. Its fingerprint (SHA-256):\n{hashlib.sha256(content).hexdigest()}",
        "Accord demonstration seal of Accord demonstration, with the program Accord, version ",
        "Accord demonstration seal of Accord demonstration\nTrusted here.\n",
        "Time claimed by the signer: ",
        "There is no time stamp in the seal.",
        f"Certificate: {result.signers[0].certificate_sha256}",
        f"{REFERENCE}, version 1, by the register here.",
        "It knows this file, byte for byte: given out on 27 November 2026 at 09:15. It is the latest version.",
        "Chair confirmed",
        "(imported with the record, not made here)",
        *HOW_WORD,
        PROVES_NOT,
        "accord-verify.py",
        "on the page /verify of Accord",
        "This report is sealed too: check it in the same way.",
        DEMONSTRATION,
    ):
        assert said in text, said


def test_it_holds_no_text_of_the_record_but_reference_version_and_who_approved(report, tmp_path):
    _, text = report("out/minutes.docx")
    document = json.loads((SCENARIOS / "O2" / "meeting-1.json").read_text(encoding="utf-8"))
    signed = {one["by"] for one in document["signoff"]}
    children = [one.get("name", "") for one in document["children"]]
    others = [one["name"] for one in document["professionals"] if one["id"] not in signed and one.get("name")]
    assert others
    approvers = {one["name"] for one in document["professionals"] if one["id"] in signed}
    assert all(name not in text for name in (*children, *others) if name and name not in approvers)
    assert any(name in text for name in approvers)


def test_a_changed_file_is_called_changed_and_the_part_is_named(report, tmp_path):
    (tmp_path / "changed.docx").write_bytes(_changed((tmp_path / "out" / "minutes.docx").read_bytes()))
    code, text = report("changed.docx")
    assert code == 1
    assert "Answer: Changed\nThis file has been changed since it was sealed" in text
    assert "What no longer fits the seal: the text of the minutes. Do not rely on this file." in text
    assert "As the file says; its seal no longer fits the file." in text
    assert f"{REFERENCE}, version 1; copy: Full record. As the file says; nothing of it can be relied on." in text
    assert f"Register here\n\n{NOT_KNOWN}" in re.sub(r"\n+", "\n\n", text)


def test_what_the_seal_does_not_cover_is_named(report, tmp_path):
    parts = parts_of((tmp_path / "out" / "minutes.docx").read_bytes())
    (tmp_path / "more.docx").write_bytes(zipped({**parts, "word/media/image9.png": b"x"}))
    code, text = report("more.docx")
    assert code == 1
    assert "Answer: Something was added" in text
    assert "What is not covered: a picture" in text


def test_a_file_without_a_seal_is_said_to_have_none(report, tmp_path):
    (tmp_path / "bare.docx").write_bytes(stripped(sealed()))
    code, text = report("bare.docx")
    assert code == 1
    assert "Answer: Not sealed\nThis file bears no seal." in text
    assert "Nobody: there is no seal." in text
    assert " ".join(HOW_NOT_SIGNED) in text


def test_an_unknown_signer_is_not_trusted_and_the_report_says_why(report, tmp_path):
    (tmp_path / "strange.docx").write_bytes(sealed_by(Authority().signer()))
    code, text = report("strange.docx")
    assert code == 3
    assert "Answer: Unchanged, but the signer is not known here" in text
    assert "Not trusted here: no authority that is trusted here stands behind its certificate." in text
    assert "SD-2027-0311, version 1; copy: Full record. As whoever sealed it says." in text
    assert "It names record SD-2027-0311, which was not sealed here." in text
    assert NOT_KNOWN in text


def test_a_data_file_is_compared_with_the_signature_beside_it(report):
    code, text = report("out/actions.json")
    assert code == 0
    assert " ".join(HOW_DATA) in text
    assert "the certificate against the authorities" in text


def test_a_file_that_cannot_be_read_has_a_page_that_says_so(report, tmp_path):
    (tmp_path / "notes.txt").write_text("notes")
    code, text = report("notes.txt")
    assert code == 2
    assert f"Answer: {COULD_NOT}\nThis is neither a Word file nor a data file that Accord writes." in text
    assert SAYS_NOTHING in text
    assert " ".join(HOW_NOT_READ) in text


def test_where_no_register_is_reached_the_report_says_so_and_makes_none(report, tmp_path):
    _, text = report("out/minutes.docx", ACCORD_INSTANCE=str(tmp_path / "elsewhere"))
    assert NOT_ASKED in text
    assert not (tmp_path / "elsewhere" / "accord.db").exists()
    assert f"{REFERENCE}, version 1; copy: Full record. As whoever sealed it says." in text


def test_the_address_of_the_page_stands_in_it_where_one_is_set(report):
    _, text = report("out/minutes.docx", ACCORD_ADDRESS="https://accord.example")
    assert "on https://accord.example/verify, or" in text


@pytest.fixture
def issued(desk, clock):
    """A briefing that was issued."""
    clock.set(read(NAME, ".expected")["now"])
    reference, _ = desk.import_document(json.dumps(read(NAME)).encode(), administrator())
    desk.finalise(reference, administrator())
    Issuing(desk).issue(reference, administrator())
    return reference


def _seal(tmp_path):
    return seal_of(read_settings({"ACCORD_INSTANCE": str(tmp_path / "instance")}))()


def test_a_superseded_version_and_a_withdrawn_record_are_called_so(
    desk,
    issued,
    at_work,
    manager,
    recorder,
    clock,
    tmp_path,
):
    let_in(desk, issued, manager)
    wren = signed_up(desk.store, desk.look(issued, manager).document, "p2")
    first = take(at_work, issued, desk.look(issued, manager).document.circulation[0].to).data
    seal = _seal(tmp_path)

    def text():
        found = verify(first, [], register=asking(Register(desk.store)), now=clock.moment)
        return read_text(sealed_report([Checked("briefing.docx", found)], seal, clock.moment).content)

    number = desk.look(issued, manager).version
    assert f"{issued}, version {number}, by the register here." in text()
    assert "It is the latest version." in text()
    Versions(desk).reopen(issued, "Seen in the market square.", recorder)
    again = desk.look(issued, manager).content_sha256
    Issuing(desk).approve(issued, "p2", "DS Wren Ottershaw", again, wren, open_version_read=True)
    clock.moment += timedelta(minutes=20)
    Issuing(desk).issue(issued, manager)
    on = f"{clock.moment.day} {clock.moment:%B %Y} at {clock.moment:%H:%M}"
    assert f"Superseded by version {number + 1} on {on}." in text()
    assert "It is the latest version." not in text()
    Versions(desk).withdraw(issued, "Found safe", manager)
    assert f"Superseded by version {number + 2} on " in text()
    assert "The record was withdrawn." in text()


# ── The report itself ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_report_is_sealed_and_the_register_knows_it(final, tmp_path):
    first = final("verify", "--report", "report.docx", "out/minutes.docx", ACCORD_NOW=NOW)
    plainly = final("verify", "out/minutes.docx", ACCORD_NOW=NOW)
    assert (first.returncode, first.stdout) == (plainly.returncode, plainly.stdout), "a report changes no answer"
    checked = final("verify", "report.docx", ACCORD_NOW=NOW)
    (line,) = map(json.loads, checked.stdout.splitlines())
    assert (checked.returncode, line["verdict"]) == (0, "unchanged")
    assert (line["ref"], line["version"], line["content_sha256"]) == (None, None, None)
    assert line["signers"][0]["at"] == "2026-11-27T09:15:00Z"
    assert line["register"] == {
        "known": True, "latest": None, "superseded_by": None, "withdrawn": None, "approvals": [],
    }  # fmt: skip
    assert "It is a report on a check of files, and the register here knows it: it was sealed here." in checked.stderr
    assert "Whoever sealed it says" not in checked.stderr

    (tmp_path / "altered.docx").write_bytes(_changed((tmp_path / "report.docx").read_bytes()))
    altered = final("verify", "altered.docx", ACCORD_NOW=NOW)
    assert (altered.returncode, "Changed since it was sealed" in altered.stderr) == (1, True)
    assert "the text of the report" in altered.stderr

    assert final("verify", "--report", "second.docx", "report.docx", ACCORD_NOW=NOW).returncode == 0
    second = read_text((tmp_path / "second.docx").read_bytes())
    assert "A report on a check, sealed here on 27 November 2026 at 09:15." in second
    assert "It is a report on a check of files, and the register here knows it: it was sealed here." in second


def test_the_same_check_at_the_same_moment_gives_the_same_report(final, tmp_path):
    for name in ("one.docx", "two.docx"):
        final("verify", "--report", name, "out/minutes.docx", "out/actions.json", ACCORD_NOW=NOW)
    assert (tmp_path / "one.docx").read_bytes() == (tmp_path / "two.docx").read_bytes()


def test_the_register_on_each_database_knows_a_report_by_certificate_and_digest(desk, tmp_path, clock):
    seal = _seal(tmp_path)
    made = sealed_report([Checked("a.docx", verify(sealed(), []))], seal, clock.moment)
    result = verify(made.content, [])
    certificates = [one.certificate_sha256 for one in result.seals]
    register = Register(desk.store)
    assert register.entry(result.sha256, certificates, result.digest).report is None
    desk.store.note_report(result.sha256, made.sealing, clock.moment)
    desk.store.note_report(result.sha256, made.sealing, clock.moment)
    entry = register.entry(result.sha256, certificates, result.digest)
    assert (entry.report.file_sha256, entry.report.at, entry.sealed_here) == (result.sha256, clock.moment, True)
    assert entry.as_json()["known"]
    assert not register.entry("0" * 64, certificates, result.digest).as_json()["known"]
    assert register.entry(result.sha256, ["0" * 64], result.digest).report is None


# ── Where none is written ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("report.pdf", "A report is a Word file: ‘report.pdf’ does not end in .docx."),
        ("out/minutes.docx", "‘out/minutes.docx’ is there already, and a report takes the place of no file"),
        ("none/report.docx", "‘none/report.docx’ is in a folder that is not there: make the folder first."),
        (f"{'x' * 300}.docx", "cannot be written: File name too long."),
    ],
)
def test_a_place_where_no_report_can_be_is_refused_before_anything_is_checked(final, tmp_path, place, sentence):
    before = sorted(tmp_path.rglob("*"))
    content = (tmp_path / "out" / "minutes.docx").read_bytes()
    done = final("verify", "--report", place, "out/actions.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert "No report was written." in done.stderr
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "out" / "minutes.docx").read_bytes() == content


def test_without_a_key_there_is_no_report(final, tmp_path):
    done = final("verify", "--report", "report.docx", "out/minutes.docx", ACCORD_PRODUCTION="1")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no key to seal with: set ACCORD_SEAL_P12" in done.stderr
    assert "No report was written." in done.stderr
    assert not list(tmp_path.glob("*.docx"))


def test_where_the_register_cannot_be_written_nothing_sealed_leaves(final, tmp_path):
    with closing(sqlite3.connect(tmp_path / "instance" / "accord.db")) as held:
        held.execute("create trigger shut before insert on sealed_report begin select raise(abort, 'shut'); end")
        held.commit()
    done = final("verify", "--report", "report.docx", "out/minutes.docx", ACCORD_NOW=NOW)
    assert done.returncode == 2
    assert (
        "The register here cannot be written, and nothing sealed leaves that it does not know. No report was written."
        in done.stderr
    )
    assert not [one for one in tmp_path.iterdir() if one.suffix in (".docx", ".part")]


def test_a_silent_time_stamp_authority_is_said_and_no_report_is_written(final, tmp_path):
    done = final(
        "verify", "--report", "report.docx", "out/minutes.docx", ACCORD_NOW=NOW, ACCORD_TSA_URL="http://127.0.0.1:9/"
    )
    assert (done.returncode, "No report was written." in done.stderr) == (2, True)
    assert not (tmp_path / "report.docx").exists()


# ── Names that mislead, and one page ─────────────────────────────────────────────────────────────────────────────

HOSTILE = (
    "minutes\u202excod.exe",
    "a\nAnswer: Unchanged\x1b[2K\x07.docx",
    "e" + "\u0301" * 200 + ".docx",
    "W" * 5000 + ".docx",
    "\u05d0" * 80 + "123.docx",
    "漢" * 4000,
    "\udcff.docx",
    "\ufffe\uffff<w:t>&amp;.docx",
)


def _page_of(name, found):
    return read_text(draw_report([Checked(name, found)], A_MAKER))


A_MAKER = ReportMaker("Marsh Council", "ab" * 32, FROZEN, "", is_demonstration=False)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_shown_plain_and_cut(name):
    text = _page_of(name, NotReadable("The file cannot be read: no."))
    assert not re.search(
        "[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text
    )
    assert "\nAnswer: Unchanged" not in text
    assert "\u0301\u0301" not in text
    (shown,) = re.findall(r"\nFile\n+(.*)\n", text)
    assert len(shown) < 150
    if len(name) > 1000:
        assert f"(the first 100 of {len(name):,} characters)" in shown


def test_of_a_path_only_the_name_of_the_file_is_shown():
    text = _page_of("/home/somebody/private/minutes.docx", NotReadable("The file cannot be read: no."))
    assert "minutes.docx" in text
    assert "somebody" not in text


def _the_longest(name):
    """A result as long as anybody can make it: thirty signers, every part named, and a full register."""
    signers = tuple(
        SealedBy("CN=x", "W" * 250, "2026-11-26T12:30:00Z", trusted=False, called=name,
                 certificate_sha256="ab" * 32, reason=name, notes=("M" * 300,), stamped_at=FROZEN,
                 stamp_reason=name)
        for _ in range(30)
    )  # fmt: skip
    approvals = tuple(Approval(SignoffAs.CHAIR, name, "police", NOW, "", elsewhere=True) for _ in range(30))
    parts = tuple(f"{number}{name}" for number in range(40))
    for verdict in (Verdict.UNCHANGED, Verdict.CHANGED, Verdict.NOT_COVERED):
        result = Result(verdict, "ab" * 32, signers=signers, parts=parts, ref=name, version=999_999_999,
                        weak=("SHA-1",), audience="full", paper="Minutes")  # fmt: skip
        entry = Entry(version=7, superseded_by=8, superseded_at=FROZEN, withdrawn=True, approvals=approvals)
        yield verdict, result, entry


class _WithEntry(Checked):
    given: Entry

    @property
    def entry(self):
        return self.__dict__["given"]


NAMES = {"letters": "W" * 199, "words": f"{'W' * 15} " * 12, "other script": "漢" * 199}


def _longest_checked():
    for which, name in NAMES.items():
        for verdict, result, entry in _the_longest(name):
            one = _WithEntry(name * 25, result)
            one.__dict__["given"] = entry
            yield f"{which}-{verdict.value}", one


def test_a_page_that_was_shortened_says_so():
    for _, one in _longest_checked():
        text = read_text(draw_report([one], A_MAKER))
        assert SHORTENED in text
        assert "more signature" in text
        assert "\nNot trusted here: " in text
        assert f"{KNOWS_WHAT_IS_SEALED} Superseded by version 8 on 26 November 2026 at 12:30. The record was" in text


def _count(pdf):
    return len([one for one in pdf_to_text(pdf) if one.strip()])


@pytest.mark.office
def test_each_file_has_one_page_whatever_is_in_it(final, tmp_path):
    needs("libreoffice")
    out, prints = tmp_path / "out", tmp_path / "prints"
    prints.mkdir()
    unchanged = (out / "minutes.docx").read_bytes()
    parts = parts_of(unchanged)
    files = {
        "changed.docx": _changed(unchanged),
        "more.docx": zipped({**parts, "word/media/image9.png": b"x"}),
        "bare.docx": stripped(sealed()),
        "strange.docx": sealed_by(*(Authority().signer(f"Council {number}", "ecdsa") for number in range(6))),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "plain.json").write_text("{}")
    asked = ["out/minutes.docx", "out/record.json", *files, "plain.json", "missing.docx"]
    expected = {}
    for number, name in enumerate(asked):
        final("verify", "--report", f"prints/{number}.docx", name, ACCORD_NOW=NOW)
        expected[prints / f"{number}.docx"] = 1
    final("verify", "--report", "prints/all.docx", *asked, ACCORD_NOW=NOW)
    expected[prints / "all.docx"] = len(asked)
    for which, one in _longest_checked():
        maker = ReportMaker("W" * 200, "ab" * 32, FROZEN, f"https://{'w' * 100}.example", is_demonstration=True)
        expected[prints / f"longest-{which}.docx"] = 2
        (prints / f"longest-{which}.docx").write_bytes(draw_report([one, one], maker))
    for number, name in enumerate(HOSTILE):
        place = prints / f"name-{number}.docx"
        place.write_bytes(draw_report([Checked(name, NotReadable("The file cannot be read: no."))], A_MAKER))
        expected[place] = 1
    word_to_pdf(*expected)
    for place in expected if EXAMPLES else ():
        for page in pdf_to_png(place.with_suffix(".pdf")):
            shutil.copy(page, EXAMPLES)
    assert {place.stem: _count(place.with_suffix(".pdf")) for place in expected} == {
        place.stem: count for place, count in expected.items()
    }
