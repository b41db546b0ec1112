"""Time stamps beside a file, each made before the last one lost its worth: what they show years later."""

from __future__ import annotations

import base64
import json
import subprocess
from datetime import UTC, datetime
from functools import partial

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from exports.jws import detached_jws
from exports.renewing import NotRenewed, renew
from exports.timestamp import time_stamp
from exports.verdicts import Verdict
from exports.verify import verify
from exports.verify_evidence import LIST, STAMP, block, blocks, judge_evidence
from exports.verify_trust import Trust
from tests.sealing import DAY, Authority, a_list, sealed_by, the_authority, time_stamp_authority
from tests.servers import needs
from tests.test_verify_command import REFERENCE, final  # noqa: F401  # a fixture

TODAY = datetime.now(UTC)
YEAR = 365 * DAY
FIRST, SECOND = Authority("First stamps"), Authority("Second stamps")


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    with time_stamp_authority(tmp_path_factory.mktemp("first"), FIRST, years=1) as url:
        yield partial(time_stamp, url)


@pytest.fixture(scope="module")
def second(tmp_path_factory):
    with time_stamp_authority(tmp_path_factory.mktemp("second"), SECOND, years=8) as url:
        yield partial(time_stamp, url)


@pytest.fixture(scope="module")
def package(first):
    """A sealed file with a time stamp of the first authority; its own certificate ends before that."""
    return sealed_by(the_authority().signer(until=TODAY + 30 * DAY), stamp=first)


def trust(*lists, stamps=(FIRST, SECOND)):
    return Trust((the_authority().certificate,), tuple(one.certificate for one in stamps), lists)


def test_a_stamp_loses_its_worth_with_its_certificate_and_a_renewed_one_does_not(package, second):
    years_later = TODAY + 3 * YEAR
    (alone,) = verify(package, trust(), now=years_later).signers
    assert not alone.stamp_trusted
    assert alone.stamp_reason.startswith("it has lost its worth: the certificate of its authority ended on ")
    assert "Nothing but the signer’s word shows that it was sealed before." in alone.notes

    found = renew(package, b"", trust(), second, TODAY + 100 * DAY)
    assert found.says.startswith("renewed, good until ")
    result = verify(package, trust(), evidence=found.added, now=years_later)
    (signer,) = result.signers
    assert (result.verdict, result.exit_code, signer.stamp_trusted) == (Verdict.UNCHANGED, 0, True)
    assert "Nothing but the signer’s word" not in result.sentence
    assert "Time stamps beside it show that it stood on " in result.sentence
    (line,) = result.as_line("minutes.docx")["evidence"]["stamps"]
    assert line["trusted"]
    assert not verify(package, trust(stamps=[FIRST]), evidence=found.added, now=years_later).signers[0].stamp_trusted


def test_three_stamps_in_a_row_each_hold_until_the_next(package, first, second):
    evidence = b""
    for stamp in (first, first, second):
        evidence += renew(package, evidence, trust(), stamp, TODAY + 100 * DAY).added
    assert [kind for kind, _ in blocks(evidence)] == [STAMP] * 3
    shown = judge_evidence(package, evidence, trust(), TODAY + 5 * YEAR)
    assert [one.reason for one in shown.stamps] == ["", "", ""]
    late = judge_evidence(package, evidence, trust(), TODAY + 9 * YEAR)
    assert late.shown is None
    assert late.sentence.startswith("The time stamps beside it are not trusted: it has lost its worth")


def test_what_is_still_good_for_long_is_not_stamped_again(package, first, second):
    calm = renew(package, b"", trust(), first, TODAY, within=30 * DAY)
    assert (calm.added, calm.says.startswith("its time stamp is good until ")) == (b"", True)
    made = renew(package, b"", trust(), second, TODAY)
    assert renew(package, made.added, trust(), second, TODAY).added == b""


def test_what_was_renewed_too_late_is_stamped_and_said_to_be_late(package, second):
    late = renew(package, b"", trust(), second, TODAY + 2 * YEAR)
    assert late.is_late
    assert "; the time stamp before it is not trusted: it has lost its worth" in late.says


def test_evidence_of_another_file_or_with_anything_changed_shows_nothing(package, first, second):
    other = sealed_by(the_authority().signer("Another"))
    evidence = renew(package, b"", trust(), first, TODAY + 100 * DAY).added
    evidence += renew(package, evidence, trust(), second, TODAY + 100 * DAY).added
    one, two = (block(kind, der) for kind, der in blocks(evidence))
    for content, given in (
        (other, evidence), (package + b" ", evidence), (package, two + one), (package, two), (package, one + one),
        (package, b"words"), (package, evidence + b"words"), (package, evidence[:-30]), (package, b""),
        (package, block(STAMP, b"\x30\x80")), (package, block(LIST, b"words") + one),
    ):  # fmt: skip
        found = judge_evidence(content, given, trust(), TODAY + DAY)
        assert found.problem, given[:40]
        assert (found.shown, found.stamps) == (None, ())
    result = verify(package, trust(), evidence=two, now=TODAY + DAY)
    assert result.verdict is Verdict.UNCHANGED
    assert "The time stamps beside it do not belong to this file, or cannot be read:" in result.sentence
    with pytest.raises(NotRenewed, match="do not belong to it"):
        renew(package, two, trust(), second, TODAY)


def test_a_list_that_was_known_goes_into_the_evidence_and_its_stamp_covers_it(package, second):
    known = a_list(FIRST, since=TODAY - DAY, until=TODAY + 30 * DAY)
    found = renew(package, b"", trust(known), second, TODAY + 100 * DAY)
    assert [kind for kind, _ in blocks(found.added)] == [LIST, STAMP]
    assert verify(package, trust(), evidence=found.added, now=TODAY + 3 * YEAR).exit_code == 0
    assert judge_evidence(package, block(*blocks(found.added)[1]), trust(), TODAY).problem


def test_a_seal_without_a_stamp_is_stamped_and_so_is_the_signature_of_a_data_file(first):
    plain = sealed_by(the_authority().signer())
    assert renew(plain, b"", trust(), first, TODAY).says.startswith("stamped for the first time, good until ")
    signer = the_authority().signer(until=TODAY + 30 * DAY)
    jws = detached_jws(b"{}", signer, TODAY - DAY)
    evidence = renew(jws, b"", trust(), first, TODAY).added
    beside = {"jws": jws, "certificates": [signer.certificate], "evidence": evidence, "now": TODAY + 60 * DAY}
    result = verify(b"{}", trust(), **beside)
    assert (result.exit_code, "Time stamps beside it" in result.sentence) == (0, True)
    assert "Nothing but the signer’s word" not in result.sentence


def test_openssl_reads_the_first_stamp_and_finds_it_over_the_file(package, second, tmp_path):
    openssl = needs("openssl")
    (tmp_path / "minutes.docx").write_bytes(package)
    (tmp_path / "minutes.docx.tst").write_bytes(renew(package, b"", trust(), second, TODAY + 100 * DAY).added)
    (tmp_path / "ca.pem").write_bytes(SECOND.certificate.public_bytes(Encoding.PEM))
    for command in (
        ["pkcs7", "-in", "minutes.docx.tst", "-outform", "DER", "-out", "first.der"],
        ["ts", "-verify", "-token_in", "-in", "first.der", "-data", "minutes.docx", "-CAfile", "ca.pem"],
    ):
        done = subprocess.run([openssl, *command], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert "Verification: OK" in done.stdout + done.stderr


# ── The command ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_kept_files_are_stamped_beside_and_leave_as_they_were(final, tmp_path):  # noqa: F811  # as above
    final("export", "--to", "first", REFERENCE)
    silent = final("seal", "renew")
    assert (silent.returncode, silent.stderr) == (
        2, "Set ACCORD_TSA_URL first: it names the authority that gives time stamps.\n",
    )  # fmt: skip
    (tmp_path / "tsa").mkdir()
    stamps = tmp_path / "instance" / "trust" / "stamps"
    with time_stamp_authority(tmp_path / "tsa", FIRST, years=3) as url:
        strange = final("seal", "renew", "first/minutes.docx", ACCORD_TSA_URL=url)
        assert strange.stdout.endswith(
            "; it is not trusted here: no authority for time stamps that is trusted here stands behind it\n"
        )
        (tmp_path / "first" / "minutes.docx.tst").unlink()
        stamps.mkdir(parents=True)
        (stamps / "tsa.pem").write_bytes(FIRST.certificate.public_bytes(Encoding.PEM))
        done = final("seal", "renew", ACCORD_TSA_URL=url)
        assert done.returncode == 0, done.stderr
        assert [line.split("\t")[0] for line in done.stdout.splitlines()] == [
            f"{REFERENCE} v1 full {name}" for name in ("actions.json.jws", "minutes.docx")
        ]
        assert done.stdout.count("stamped for the first time, good until ") == 2
        again = final("seal", "renew", ACCORD_TSA_URL=url)
        assert again.stdout.count("its time stamp is good until ") == 2
        later = final("seal", "renew", "--within", "2000", ACCORD_TSA_URL=url)
        assert later.stdout.count("renewed, good until ") == 2
    final("export", "--to", "again", REFERENCE)
    for one in (tmp_path / "first").iterdir():
        assert (tmp_path / "again" / one.name).read_bytes() == one.read_bytes()
    before, after = ({one.name for one in (tmp_path / name).iterdir()} for name in ("first", "again"))
    assert after - before == {"minutes.docx.tst", "actions.json.jws.tst"}
    checked = final("verify", "again/minutes.docx", "again/actions.json")
    assert checked.returncode == 0
    for line in map(json.loads, checked.stdout.splitlines()):
        assert [one["trusted"] for one in line["evidence"]["stamps"]] == [True, True]


def test_files_of_an_archive_elsewhere_are_stamped_where_they_lie(final, tmp_path):  # noqa: F811  # as above
    final("export", "--to", "out", REFERENCE)
    (tmp_path / "tsa").mkdir()
    with time_stamp_authority(tmp_path / "tsa", FIRST) as url:
        done = final("seal", "renew", "out/minutes.docx", "out/actions.json", ACCORD_TSA_URL=url)
        assert done.returncode == 0, done.stderr
        missing = final("seal", "renew", "out/none.docx", ACCORD_TSA_URL=url)
        (tmp_path / "out" / "minutes.docx.tst").write_text("words")
        broken = final("seal", "renew", "out/minutes.docx", ACCORD_TSA_URL=url)
    assert (missing.returncode, missing.stderr) == (2, "out/none.docx cannot be read: No such file or directory.\n")
    assert broken.returncode == 1
    assert broken.stderr == (
        "out/minutes.docx: the time stamps beside it do not belong to it, or cannot be read: it holds something else"
        " than time stamps and lists.\n"
    )
    (tmp_path / "out" / "actions.json.jws.tst").unlink()
    gone = final("seal", "renew", "out/actions.json", ACCORD_TSA_URL=url)
    assert gone.returncode == 2
    assert "What was stamped before this is kept; run it again for the rest." in gone.stderr


def test_a_block_of_evidence_is_written_as_openssl_writes_it():
    assert block(STAMP, bytes(60)) == (
        b"-----BEGIN PKCS7-----\n" + base64.b64encode(bytes(48)) + b"\n" + base64.b64encode(bytes(12))
        + b"\n-----END PKCS7-----\n"
    )  # fmt: skip
