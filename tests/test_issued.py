"""What leaves of a final record: sealed minutes with the actions inside, and data files with their signatures."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from exports.issued import Issue
from exports.jws import detached_jws
from exports.keys import Seal
from exports.minutes import SECTIONS
from exports.paper import moment_of
from exports.proof import prove
from exports.verdicts import Verdict
from exports.verify import verify
from exports.word import cell, lines, read_actions, read_text, row, table
from meetings.audience import CopyRefused
from meetings.documents import DISCUSSION
from meetings.parts import layout_of
from tests.copying import NAMES, SCENARIOS, a_copy
from tests.makers import a_discussion
from tests.sealing import DAY, FROZEN, Authority, parts_of, the_authority
from tests.servers import needs, office_verdicts, word_to_pdf

LAYOUT = layout_of(DISCUSSION)

AUDIENCES = ("full", "police", "social_care", "legal", "partner", "decisions")


def an_issue(document, audience="full", history=(), *, signer=None):
    seal = Seal(signer or the_authority().signer())
    return Issue(a_copy(document, audience, history), lambda: seal)


def the_whole_record(document, *, signer=None):
    seal = Seal(signer or the_authority().signer())
    return Issue(a_copy(document), lambda: seal, is_whole_record=True)


def a_final_discussion():
    return a_discussion(status="final")


@pytest.mark.parametrize(("name", "document", "meeting", "history"), SCENARIOS, ids=NAMES)
def test_the_sealed_minutes_hold_the_actions_of_each_reader_and_everything_recorded(name, document, meeting, history):
    for audience in AUDIENCES:
        issue = an_issue(document, audience, history)
        result = verify(issue.paper, [the_authority().certificate], now=moment_of(issue.copy))
        assert (result.verdict, result.exit_code) == (Verdict.UNCHANGED, 0)
        assert (result.ref, result.version) == (document["ref"], document["version"])
        assert result.content_sha256 == meeting["content_sha256"]

        prove(issue.paper, LAYOUT, SECTIONS, issue.copy.cut)
        beside = json.loads(issue.actions)
        assert beside["from"].pop("minutes_sha256") == hashlib.sha256(issue.paper).hexdigest()
        assert beside["from"].pop("minutes_file").endswith(f"_{audience}.docx")
        assert json.loads(read_actions(issue.paper)) == beside


def test_a_reader_finds_in_no_part_of_the_sealed_file_what_this_reader_may_not_have():
    name, document, meeting, history = next(one for one in SCENARIOS if one[0].startswith("O2"))
    for audience, expected in meeting["copies"].items():
        if "must_not_contain" not in expected:
            continue
        parts = parts_of(an_issue(document, audience, history).paper)
        everything = b"".join(parts.values()).decode("utf-8", "replace")
        for words in expected["must_not_contain"]:
            assert words not in everything, (name, audience)


@pytest.mark.office
def test_libreoffice_opens_the_sealed_minutes_of_every_scenario(tmp_path):
    needs("libreoffice")
    words = []
    for name, document, _, history in SCENARIOS:
        words.append(tmp_path / f"{name.replace(' ', '-').removesuffix('.json')}.docx")
        words[-1].write_bytes(an_issue(document, "full", history).paper)
    # A file that was mended on opening would not be the one that was signed any more.
    assert office_verdicts(tmp_path) == {word.name: [True] for word in words}
    word_to_pdf(*words)
    for word in words:
        text = subprocess.run(
            ["pdftotext", "-layout", word.with_suffix(".pdf"), "-"], capture_output=True, text=True, check=True
        ).stdout
        assert "Sign-off" in text
        assert "SD-2" in text


def test_a_draft_is_never_sealed_and_asks_for_no_key():
    def no_key():
        raise AssertionError("a draft needs no key")

    issue = Issue(a_copy(a_discussion()), no_key)
    assert verify(issue.paper, []).verdict is Verdict.NOT_SIGNED
    assert sorted(issue.files()) == ["actions.json", "minutes.docx"]
    assert sorted(Issue(a_copy(a_discussion()), no_key, is_whole_record=True).files()) == ["record.json"]
    with pytest.raises(CopyRefused, match="A draft is never sealed: finalise the record first"):
        issue.signature_over("actions.json", issue.actions)


def test_a_final_copy_tells_its_reader_what_the_seal_is_and_how_to_check_it():
    told = "What Word says of the seal is not enough: use “Check a sealed file” in Accord"
    assert told in read_text(an_issue(a_final_discussion()).paper)
    assert told not in read_text(an_issue(a_discussion()).paper)


def test_neither_the_first_nor_the_last_row_of_a_table_stands_alone_on_a_page():
    rows = [row([cell(lines([word]), 1000)]) for word in ("first", "second", "third", "last")]
    held = [one.count("<w:keepNext/>") for one in table([1000], rows).split("<w:tr>")[1:]]
    assert held == [1, 0, 1, 0]
    assert table([1000], rows[:1]).count("<w:keepNext/>") == 0
    assert table([1000], rows[:2]).count("<w:keepNext/>") == 1


def test_a_withdrawn_record_leaves_sealed_too():
    assert verify(an_issue(a_discussion(status="withdrawn")).paper, []).verdict is Verdict.UNCHANGED


def test_no_copy_holds_the_whole_record_and_each_data_file_has_its_signature():
    full = an_issue(a_final_discussion()).files(children=True)
    assert {"actions.json", "actions.json.jws", "seal.pem"} < set(full)
    assert sorted(the_whole_record(a_final_discussion()).files()) == ["record.json", "record.json.jws"]
    with pytest.raises(CopyRefused, match="The whole record is no copy for a reader: it is taken by itself"):
        an_issue(a_final_discussion()).record  # noqa: B018  # asking is enough
    assert not [name for name in full if name.startswith("record")]
    assert verify(full["child-c1.docx"], []).verdict is Verdict.UNCHANGED
    assert read_actions(full["child-c1.docx"]) is None
    police = an_issue(a_final_discussion(), "police").files()
    assert sorted(police) == ["actions.json", "actions.json.jws", "minutes.docx", "seal.pem"]


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_the_same_version_reader_and_sign_offs_give_the_same_bytes(kind):
    signer = the_authority().signer(kind=kind)
    first, second = (an_issue(a_final_discussion(), signer=signer).files(children=True) for _ in range(2))
    assert first == second
    signed_later = a_final_discussion()
    signed_later["signoff"] = signed_later["signoff"][:1]
    assert an_issue(signed_later, signer=signer).paper != first["minutes.docx"]


def test_the_seal_bears_the_moment_at_which_the_text_was_frozen():
    integrity = {"frozen_at": "2027-06-03T12:15:00+01:00"}
    (signer,) = verify(an_issue(a_discussion(status="final", integrity=integrity)).paper, []).signers
    assert signer.at == "2027-06-03T11:15:00Z"


# ── Detached signatures ──────────────────────────────────────────────────────────────────────────────────────────


def _checked(content, jws, signer, trust=()):
    return verify(content, list(trust), jws=jws, certificates=[signer.certificate], now=FROZEN + DAY)


@pytest.mark.parametrize(("kind", "name"), [("rsa", "RS256"), ("ecdsa", "ES256")])
def test_a_data_file_is_signed_as_it_is(kind, name):
    signer = the_authority().signer(kind=kind)
    content = the_whole_record(a_final_discussion()).record
    jws = detached_jws(content, signer, FROZEN)
    protected, payload, _ = jws.decode().split(".")
    header = json.loads(base64.urlsafe_b64decode(protected + "=="))
    assert payload == ""
    assert (header["alg"], header["b64"], header["crit"]) == (name, False, ["b64"])
    assert len(protected) <= 512

    result = _checked(content, jws, signer, [the_authority().certificate])
    assert (result.verdict, result.exit_code) == (Verdict.UNCHANGED, 0)
    assert result.ref == a_final_discussion()["ref"]
    assert _checked(content, jws, signer).exit_code == 3
    for other in (content + b"\n", content[:-1], content.replace(b"Marsh", b"March", 1)):
        assert _checked(other, jws, signer).verdict is Verdict.CHANGED


def test_openssl_checks_the_same_signature(tmp_path):
    openssl = needs("openssl")
    signer = the_authority().signer()
    content = an_issue(a_final_discussion()).actions
    protected, _, signature = detached_jws(content, signer, FROZEN).decode().split(".")
    (tmp_path / "signed").write_bytes(f"{protected}.".encode() + content)
    (tmp_path / "value").write_bytes(base64.urlsafe_b64decode(signature + "=="))
    public = signer.certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "key.pem").write_bytes(public)
    command = [openssl, "dgst", "-sha256", "-verify", "key.pem", "-signature", "value", "signed"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "Verified OK")


def _header(without=(), more="", **changes):
    """Return a signer, a header that was changed, and the true signature over it."""
    signer = the_authority().signer()
    protected = detached_jws(b"{}", signer, FROZEN).decode().split(".", maxsplit=1)[0]
    header = json.loads(base64.urlsafe_b64decode(protected + "=="))
    header = {name: one for name, one in {**header, **changes}.items() if name not in without}
    made = base64.urlsafe_b64encode((json.dumps(header)[:-1] + more + "}").encode()).rstrip(b"=").decode()
    value = signer.sign(f"{made}.".encode() + b"{}")
    return signer, made, base64.urlsafe_b64encode(value).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "changes",
    [{"alg": "none"}, {"alg": "HS256"}, {"alg": "ES256"}, {"b64": True}, {"crit": ["b64", "exp"]}, {"crit": []},
     {"x5t#S256": 3}, {"without": ["b64"]}, {"without": ["crit"]}, {"without": ["b64", "crit"]}, {"without": ["alg"]},
     {"without": ["x5t#S256"]}, {"more": ', "alg": "RS256"'}, {"more": ', "b64": false'}, {"more": ', "b64": true'},
     {"alg": ["RS256"]}, {"crit": "b64"}, {"b64": 0}, {"iat": "2026-11-26"}, {"iat": True}, {"iat": -1}, {"iat": 1.5},
     {"iat": 10**30}, {"iat": [1]}, {"more": ', "iat": 1'}],
)  # fmt: skip
def test_a_header_that_asks_for_something_else_is_not_believed(changes):
    signer, protected, value = _header(**changes)
    assert _checked(b"{}", f"{protected}..{value}".encode(), signer).verdict is Verdict.CHANGED


@pytest.mark.parametrize("jws", [b"", b"..", b"a.b.c", b"\xff", b"e30..AA", b"W10..AA", b"[" * 5000])
def test_what_is_no_jws_is_a_change(jws):
    assert _checked(b"{}", jws, the_authority().signer()).verdict is Verdict.CHANGED


def test_a_true_header_that_is_only_written_otherwise_is_believed():
    signer, protected, value = _header(more=' , "note" : "x"')
    assert _checked(b"{}", f"{protected}..{value}\n".encode(), signer).verdict is Verdict.UNCHANGED


def test_a_signature_of_another_key_or_with_a_payload_or_written_loosely_is_a_change():
    signer = the_authority().signer(kind="ecdsa")
    protected, _, value = detached_jws(b"{}", signer, FROZEN).decode().split(".")
    other = the_authority().signer(kind="ecdsa")
    stolen = other.sign(f"{protected}.".encode() + b"{}")
    loosely = base64.urlsafe_b64decode(value + "==")
    for jws in (
        f"{protected}..{base64.urlsafe_b64encode(stolen).rstrip(b'=').decode()}",
        f"{protected}.e30.{value}",
        f"{protected}..{value}==",
        f"{protected}..{base64.urlsafe_b64encode(loosely + bytes(1)).rstrip(b'=').decode()}",
        f"{protected} ..{value}",
        f"{protected}..{value}" + " " * 30_000,
    ):
        assert _checked(b"{}", jws.encode(), signer).verdict is Verdict.CHANGED, jws[-80:]
    assert _checked(b"{}", f"{protected}..{value}".encode(), signer).verdict is Verdict.UNCHANGED


def test_what_a_signed_file_says_of_itself_is_believed_only_where_it_can_be_read():
    signer = the_authority().signer()
    for content in (
        b'{"ref": "\\ud800", "version": true, "content_sha256": 5, "integrity": {"frozen_at": "\\u001b[2K"}}',
        b'{"from": [], "integrity": 7}', b"[1]", b"{", b"{" * 100_000, b'{"version": 1e400}',
    ):  # fmt: skip
        result = _checked(content, detached_jws(content, signer, FROZEN), signer)
        assert result.verdict is Verdict.UNCHANGED
        assert (result.version, result.content_sha256) == (None, None)
        assert result.signers[0].at == "2026-11-26T12:30:00Z"
        assert json.loads(result.as_text("x\udcff.json"))["file"] == "x\udcff.json"
        assert result.as_text("x").encode().isascii()


def test_the_same_signature_by_an_unknown_issuer_is_not_trusted():
    signer = Authority("Another").signer()
    result = _checked(b"{}", detached_jws(b"{}", signer, FROZEN), signer, [the_authority().certificate])
    assert (result.verdict, result.exit_code) == (Verdict.UNCHANGED, 3)
