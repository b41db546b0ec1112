"""How the answer to a checked file is worded and coloured: organisation, parts in words, and what is never green."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from exports.court_words import Tone, court_words
from exports.keys import KeyFile, demonstration_seal
from exports.opc import zipped
from exports.part_words import in_words
from exports.verdicts import named
from exports.verify import verify
from exports.verify_trust import called, read_pem
from meetings.register import Entry
from tests.sealing import DAY, FROZEN, SAYS, Authority, a_key, parts_of, sealed, sealed_by, the_authority
from tests.test_seal import ROWS


def answered(package, trust=None, entry=None):
    return court_words(verify(package, [the_authority().certificate] if trust is None else trust), entry)


# ── Colours ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_a_trusted_seal_over_an_unchanged_text_in_force_is_green():
    known = Entry(version=1, latest=True, sealed_here=True)
    at = datetime(2027, 1, 1, tzinfo=UTC)
    older = Entry(version=1, latest=False, superseded_by=2, superseded_at=at, sealed_here=True)
    withdrawn = Entry(version=1, latest=True, withdrawn=True, sealed_here=True)
    assert answered(sealed()).tone is Tone.GOOD
    assert answered(sealed(), entry=known).tone is Tone.GOOD
    for doubtful in (
        answered(sealed(), trust=[]),
        answered(sealed(), entry=older),
        answered(sealed(), entry=withdrawn),
        answered(sealed(), entry=Entry(sealed_here=True)),
        answered(sealed(), entry=Entry(sealed_here=False)),
    ):
        assert (doubtful.tone, doubtful.is_good) == (Tone.DOUBT, False)
    for _, _, change in ROWS:
        changed = zipped(change(parts_of(sealed())))
        expected = Tone.GOOD if "properties_are_changed" in change.__name__ else Tone.BAD
        assert answered(changed).tone is expected, change.__name__


def test_a_demonstration_seal_is_never_green_although_it_is_trusted_where_it_was_made(tmp_path):
    signer = demonstration_seal(tmp_path, FROZEN)
    trust = read_pem(tmp_path / "keys" / "authority.pem")
    known = Entry(version=1, latest=True, sealed_here=True)
    for entry in (None, known):
        alone = answered(sealed_by(signer), trust, entry)
        both = answered(sealed_by(the_authority().signer(), signer), [*trust, the_authority().certificate], entry)
        for answer in (alone, both):
            assert (answer.tone, answer.is_good) == (Tone.DOUBT, False)
            assert answer.heading == "Unchanged, but the seal is a demonstration"
            assert "The seal is a demonstration: it proves nothing to anybody outside this installation." in answer.more
    result = verify(sealed_by(signer), trust)
    assert result.exit_code == 0, "it is trusted where it was made"
    assert "It is a demonstration seal, which proves nothing outside the installation that made it." in result.sentence


# ── Names ────────────────────────────────────────────────────────────────────────────────────────────────────────


def a_signer(**named):
    """Return a signer with a subject of these names."""
    ids = {"cn": NameOID.COMMON_NAME, "o": NameOID.ORGANIZATION_NAME, "c": NameOID.COUNTRY_NAME}
    subject = x509.Name([x509.NameAttribute(ids[name], value) for name, value in named.items()])
    authority, key = the_authority(), a_key("rsa")
    begun = authority._begun(subject, key.public_key(), FROZEN - DAY, FROZEN + DAY)
    signer = authority.signer()
    return KeyFile(begun.sign(authority.key, hashes.SHA256()), signer.chain, signer.role, key)


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ({"c": "GB", "o": "Marsh Council", "cn": "Minutes seal"}, "Minutes seal of Marsh Council"),
        ({"c": "GB", "o": "Marsh Council", "cn": "Marsh Council"}, "Marsh Council"),
        ({"c": "GB", "o": "Marsh Council"}, "Marsh Council"),
        ({"cn": "Minutes seal"}, "Minutes seal"),
        ({"c": "GB"}, "C=GB"),
    ],
)
def test_the_answer_names_the_organisation_beside_the_name(subject, words):
    signer = a_signer(**subject)
    assert called(signer.certificate) == words
    sealed_file = sealed_by(signer)
    assert answered(sealed_file).sentence == f"This file has not changed since it was sealed by {words}."
    assert f"Unchanged since it was sealed by {words}. It says" in verify(sealed_file, []).sentence
    assert f"by somebody under the name of ‘{words}’" in answered(sealed_file, trust=[]).sentence


def test_two_seals_are_named_each_with_its_organisation_and_one_only_once():
    one, two = a_signer(o="Marsh Council", cn="Minutes seal"), Authority("Other").signer("Stranger", "ecdsa")
    sentence = answered(sealed_by(one, two)).sentence
    assert "Minutes seal of Marsh Council and somebody under the name of ‘Stranger of Marsh, " in sentence


# ── Parts ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("word/document.xml", "the text of the minutes"),
        ("word/header1.xml", "the head and foot of the pages"),
        ("word/footer12.xml", "the head and foot of the pages"),
        ("word/styles.xml", "how the text looks"),
        ("word/theme/theme1.xml", "how the text looks"),
        ("word/settings.xml", "the settings of the file"),
        ("word/media/image1.png", "a picture"),
        ("word/comments.xml", "comments on the text"),
        ("word/footnotes.xml", "the notes to the text"),
        ("customXml/item1.xml", "the actions that lie in the file as data"),
        ("customXml/itemProps1.xml", "the actions that lie in the file as data"),
        ("customXml/item2.xml", "the list of who sealed it"),
        ("customXml/_rels/item2.xml.rels", "the list of who sealed it"),
        ("_rels/.rels", "the list of what the file is made of"),
        ("word/_rels/document.xml.rels", "the list of what the file is made of"),
        ("[Content_Types].xml", "the list of what the file is made of"),
        ("_xmlsignatures/sig2.xml", "the seal itself"),
        ("_xmlsignatures/origin.sigs", "the seal itself"),
        ("docProps/core.xml", "the document properties"),
        ("bytes between the parts", "bytes between the parts"),
        ("Word/Document.xml", "Word/Document.xml"),
        ("word/document.xml\0", "word/document.xml\0"),
        ("word/header1.xml\n", "word/header1.xml\n"),
        ("word/people.xml", "word/people.xml"),
    ],
)
def test_a_part_is_called_what_it_is(name, words):
    assert in_words(name, "Minutes") == words


def test_the_text_of_a_briefing_and_of_a_file_of_somebody_else_is_called_so():
    assert in_words("word/document.xml", "Briefing") == "the text of the briefing"
    assert in_words("word/document.xml", "") == in_words("word/document.xml") == "the text of the document"
    assert in_words("word/document.xml", "Warrant") == "the text of the document"
    assert in_words("customXml/item1.xml") == "customXml/item1.xml", "in another file it may be anything"


def test_every_part_of_a_sealed_file_has_words_and_each_stands_once():
    every = tuple(parts_of(sealed()))
    assert [name for name in every if in_words(name, "Minutes") == name] == []
    assert named(every, "Minutes").count("the list of what the file is made of") == 1
    assert "more" not in named(every, "Minutes")


def test_the_file_says_itself_whether_it_is_a_briefing():
    parts = parts_of(sealed_by(the_authority().signer(), says=replace(SAYS, paper="Briefing")))
    changed = zipped({**parts, "word/document.xml": parts["word/document.xml"] + b" "})
    assert "What no longer fits the seal: the text of the briefing. Do not rely on this file." in answered(changed).more
