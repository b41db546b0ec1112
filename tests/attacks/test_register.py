"""A trusted stranger makes a file that names a record of this installation: nothing here vouches for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.serialization import Encoding

import exports.seal_docx
from exports.custom_xml import LIST_PART
from exports.jws import detached_jws
from exports.keys import ORGANISATION, Seal
from exports.opc import read_package, zipped
from exports.seal_docx import comment_of, seal
from exports.seal_list import Says, copy_sha256
from exports.verdicts import Verdict
from exports.verify import verify
from exports.verify_trust import fingerprint_of, name_of
from meetings.desk import administrator
from meetings.store.tables import own_certificate, sealed_file, sharing
from tests.sealing import (
    FROZEN,
    Authority,
    parts_of,
    sealed_by,
    stripped,
    the_authority,
    unsealed,
)
from tests.test_kept import _issue, _seal
from tests.test_kept import reference as a_draft  # noqa: F401  # a fixture
from tests.test_verify_page import REFERENCE, answer, anybody, check, final_record, sentence, taken  # noqa: F401

UNKNOWN = "The register here does not know this file, so it cannot say whether a newer version exists."
NOT_OURS = f"It names record {REFERENCE}, which was not sealed here."
OURS_UNKNOWN = (
    "It bears a seal that is used here, but it is not in the register here: it was sealed elsewhere with the same key,"
    " or the register is not whole."
)
OURS_KNOWN = "The register here does not know this very file, but it knows what is sealed in it."


@pytest.fixture
def own(app):
    """What this installation seals with."""
    found: Seal = app.extensions["accord-seal"]()
    return found.organisation


@pytest.fixture
def trusted(app):
    """Return what makes a seal of another organisation, whose authority is trusted here."""
    folder = Path(app.config["INSTANCE"]) / "trust"
    folder.mkdir()
    (folder / "others.pem").write_bytes(the_authority().certificate.public_bytes(Encoding.PEM))
    return the_authority().signer


@pytest.fixture
def said(desk, final_record):  # noqa: F811  # a fixture
    """What a seal of the true minutes says of them."""
    sha = desk.look(REFERENCE, administrator()).content_sha256
    return Says("Minutes", REFERENCE, 1, sha, "full")


def vouched_for(page):
    return "It is version" in answer(page) or "byte for byte" in answer(page) or OURS_KNOWN in answer(page)


def colour(page):
    (tag,) = page.soup.select(".accord-verdict > .govuk-tag")
    return tag["class"][1].rpartition("--")[2]


# ── Words of a stranger ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_trusted_stranger_who_names_our_record_in_seal_and_comment_is_not_vouched_for(said, trusted, anybody):  # noqa: F811
    comment = comment_of("Minutes", REFERENCE, 1, said.content_sha256)
    forged = seal(unsealed(), [trusted("Brook Council")], at=FROZEN, comment=comment, says=said)
    page = check(anybody, forged)
    assert sentence(page) == (
        'This file has not changed since it was sealed by Brook Council of Marsh, "Fell" & Brook.'
    )
    assert f"Whoever sealed it says that it is version 1 of {REFERENCE}." in answer(page)
    assert NOT_OURS in answer(page)
    assert UNKNOWN in answer(page)
    assert (vouched_for(page), colour(page)) == (False, "yellow")
    assert "Unchanged, but not in the register here" in answer(page)


def test_what_stands_in_a_comment_is_neither_repeated_nor_looked_up(said, trusted, anybody, own):  # noqa: F811
    comment = comment_of("Minutes", REFERENCE, 1, said.content_sha256)
    for signer in (trusted("Brook Council"), own):
        without_list = seal(unsealed(), [signer], at=FROZEN, comment=comment)
        result = verify(without_list, [the_authority().certificate])
        assert (result.ref, result.version, result.content_sha256) == (None, None, None)
        page = check(anybody, without_list)
        assert REFERENCE not in page.words
        assert not vouched_for(page)


def test_the_very_minutes_sealed_anew_by_a_trusted_stranger_are_not_ours(said, trusted, anybody, at_work):  # noqa: F811
    """All that our seal covers is there, byte for byte; only the seal and its list are a stranger's."""
    ours = taken(at_work, "minutes.docx")
    bare = stripped(ours)
    parts = parts_of(bare)
    row = parts["word/_rels/document.xml.rels"]
    for name in (LIST_PART, "customXml/itemProps2.xml", "customXml/_rels/item2.xml.rels"):
        del parts[name]
    at = row.rindex(b"<Relationship ", 0, row.index(b"item2.xml"))
    parts["word/_rels/document.xml.rels"] = row[:at] + row[row.index(b"/>", at) + 2 :]
    types = parts["[Content_Types].xml"]
    at = types.rindex(b"<Override ", 0, types.index(b"/customXml/itemProps2.xml"))
    parts["[Content_Types].xml"] = types[:at] + types[types.index(b"/>", at) + 2 :]
    again = seal(zipped(parts), [trusted("Brook Council")], at=FROZEN, comment="", says=said)
    assert copy_sha256(read_package(again)) == copy_sha256(read_package(ours))
    page = check(anybody, again)
    assert (NOT_OURS in answer(page), vouched_for(page)) == (True, False)


def test_a_look_alike_certificate_with_our_name_is_not_ours(said, own, anybody, app):  # noqa: F811
    """Another trusted authority was talked into a certificate with the very subject of our seal."""
    other = Authority("Careless authority")
    folder = Path(app.config["INSTANCE"]) / "trust"
    folder.mkdir()
    (folder / "careless.pem").write_bytes(other.certificate.public_bytes(Encoding.PEM))
    likeness = other.likeness(own)
    assert name_of(likeness.certificate) == name_of(own.certificate)
    page = check(anybody, sealed_by(likeness, says=said))
    assert (NOT_OURS in answer(page), vouched_for(page), colour(page)) == (True, False, "yellow")


def test_a_certificate_that_somebody_laid_into_the_published_folder_is_not_ours(said, trusted, anybody, app):  # noqa: F811
    stranger = trusted("Brook Council")
    folder = Path(app.config["INSTANCE"]) / "certificates"
    folder.mkdir(exist_ok=True)
    pem = stranger.certificate.public_bytes(Encoding.PEM)
    (folder / f"{fingerprint_of(stranger.certificate)}.pem").write_bytes(pem)
    record = json.dumps({"ref": REFERENCE, "version": 1, "integrity": {"content_sha256": said.content_sha256}}).encode()
    for page in (
        check(anybody, sealed_by(stranger, says=said)),
        check(anybody, record, detached_jws(record, stranger, FROZEN), "record.json"),
    ):
        assert (NOT_OURS in answer(page), vouched_for(page)) == (True, False)
        assert OURS_UNKNOWN not in answer(page)


def test_the_answer_is_the_same_whether_or_not_there_is_such_a_record(said, trusted, anybody):  # noqa: F811
    """Nobody learns from the check which references there are."""
    for ref in (REFERENCE, "SD-2026-7777"):
        says = Says("Minutes", ref, 1, said.content_sha256, "full")
        page = check(anybody, sealed_by(trusted("Brook Council"), says=says))
        assert f"It names record {ref}, which was not sealed here. {UNKNOWN}" in " ".join(page.words.split())


# ── Our own list and key, where they do not belong ───────────────────────────────────────────────────────────────


def test_our_list_laid_into_another_file_changes_it(said, own, trusted, anybody, at_work):  # noqa: F811
    ours = parts_of(taken(at_work, "minutes.docx"))
    other = parts_of(stripped(sealed_by(own, says=said)))
    assert other[LIST_PART] != ours[LIST_PART]
    mixed = zipped({**other, LIST_PART: ours[LIST_PART]})
    for signer in (trusted("Brook Council"), own):
        page = check(anybody, seal(mixed, [signer], at=FROZEN, comment=""))
        assert "This file has been changed since it was sealed" in sentence(page)
        assert (vouched_for(page), colour(page)) == (False, "red")


def test_a_list_that_claims_the_digest_of_another_file_changes_it(said, own, trusted, anybody, at_work, monkeypatch):  # noqa: F811
    true = copy_sha256(read_package(taken(at_work, "minutes.docx")))
    monkeypatch.setattr(exports.seal_docx, "copy_sha256", lambda _: true)
    for signer in (trusted("Brook Council"), own):
        forged = sealed_by(signer, says=said)
        result = verify(forged, [the_authority().certificate])
        assert (result.verdict, result.parts, result.digest) == (Verdict.CHANGED, (LIST_PART,), None)
        page = check(anybody, forged)
        assert "What no longer fits the seal: the list of who sealed it. Do not rely on this file." in answer(page)
        assert not vouched_for(page)


def test_our_key_used_elsewhere_is_told_and_nothing_is_said_of_the_record(said, own, anybody, at_work):  # noqa: F811
    taken(at_work, "minutes.docx")
    page = check(anybody, sealed_by(own, says=said))
    assert OURS_UNKNOWN in answer(page)
    assert (vouched_for(page), colour(page)) == (False, "yellow")
    record = json.dumps({"ref": REFERENCE, "version": 1}).encode()
    page = check(anybody, record, detached_jws(record, own, FROZEN), "record.json")
    assert (OURS_UNKNOWN in answer(page), vouched_for(page)) == (True, False)


def test_a_true_file_that_the_register_has_lost_is_told_as_such(final_record, at_work, anybody, store):  # noqa: F811
    minutes = taken(at_work, "minutes.docx")
    assert vouched_for(check(anybody, minutes))
    with store.writing() as connection:
        connection.execute(sa.delete(sharing))
    page = check(anybody, minutes)
    assert OURS_KNOWN in answer(page), "by its seal"
    assert "It is version 1, the latest." in answer(page)
    with store.writing() as connection:
        connection.execute(sa.delete(sealed_file))
    page = check(anybody, minutes)
    assert (OURS_UNKNOWN in answer(page), vouched_for(page)) == (True, False)


# ── What the register holds ──────────────────────────────────────────────────────────────────────────────────────


def _rows(store):
    with store.reading() as connection:
        columns = (sealed_file.c.certificate_sha256, sealed_file.c.digest, sealed_file.c.name, sealed_file.c.version)
        kept = {tuple(one) for one in connection.execute(sa.select(*columns))}
        return kept, set(connection.execute(sa.select(own_certificate.c.sha256)).scalars())


def test_what_leaves_is_noted_with_the_key_that_sealed_it_and_a_renewed_key_adds_nothing_to_it(
    desk, store, a_draft  # noqa: F811  # a fixture
):  # fmt: skip
    desk.finalise(a_draft, administrator())
    first = _seal()
    files = _issue(desk, a_draft, first).files(children=True)
    own = fingerprint_of(first.organisation.certificate)
    kept, certificates = _rows(store)
    assert certificates == {own}
    assert {(one[0], one[2], one[3]) for one in kept} == {
        (own, name if name.endswith(".docx") else f"{name}.jws", 1)
        for name in files
        if name.endswith((".docx", ".json"))
    }
    digests = {name: copy_sha256(read_package(one)) for name, one in files.items() if name.endswith(".docx")}
    assert {one[2]: one[1] for one in kept if one[2] in digests} == digests

    assert _issue(desk, a_draft, _seal("Renewed")).files(children=True) == files
    assert _rows(store) == (kept, certificates)


def test_of_two_who_draw_at_once_only_the_file_that_is_kept_is_noted(desk, store, a_draft):  # noqa: F811  # a fixture
    desk.finalise(a_draft, administrator())
    fast, slow = _seal("Fast"), _seal("Slow")
    issue = _issue(desk, a_draft, slow)
    make = issue._sealed

    def overtaken(copy):
        assert _issue(desk, a_draft, fast).paper
        return make(copy)

    object.__setattr__(issue, "_sealed", overtaken)
    assert [one.name for one in verify(issue.paper, []).signers] == ["Fast"]
    assert {one[0] for one in _rows(store)[0]} == {fingerprint_of(fast.organisation.certificate)}


def test_each_agency_that_sealed_a_file_leads_to_it(desk, store, a_draft):  # noqa: F811  # a fixture
    desk.finalise(a_draft, administrator())
    issue = _issue(desk, a_draft, _seal())
    signers = (the_authority().signer("Marsh Council"), the_authority().signer("Fell Hospital", role=ORGANISATION))
    object.__setattr__(issue, "find_seal", lambda: type("Two", (Seal,), {"signers": lambda *_: signers})(signers[0]))
    (digest,) = {one[1] for one in (issue.paper, _rows(store)[0])[1]}
    for one in signers:
        found = store.sealed_file([fingerprint_of(one.certificate)], digest)
        assert (found.reference, found.version, found.reader, found.name) == (a_draft, 1, "full", "minutes.docx")
    assert store.sealed_file([fingerprint_of(the_authority().certificate)], digest) is None
    assert store.sealed_file([fingerprint_of(signers[0].certificate)], "0" * 64) is None
    assert not store.has_sealed_with(["0" * 64])
