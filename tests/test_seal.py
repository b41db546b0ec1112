"""What the check of a sealed file says of every change that somebody could make to it."""

from __future__ import annotations

import io
import random
import zipfile
import zlib
from datetime import timedelta
from pathlib import Path

import docx
import pytest

import exports.seal_docx
from exports.keys import KeyFile
from exports.opc import NotReadable, zipped
from exports.seal_docx import comment_of, seal
from exports.verdicts import Verdict
from exports.verify import verify
from tests.sealing import (
    BY,
    COMMENT,
    DAY,
    FROZEN,
    OFFICE,
    WORDPROCESSING,
    Authority,
    parts_of,
    sealed,
    sealed_by,
    the_authority,
    unsealed,
    with_relationship,
    with_type,
)

UNCHANGED, CHANGED, NOT_COVERED, NOT_SIGNED = Verdict
DOCUMENT, RELATIONSHIPS, SIG = "word/document.xml", "word/_rels/document.xml.rels", "_xmlsignatures/sig1.xml"
LISTS = ("[Content_Types].xml", "_rels/.rels", "_xmlsignatures/_rels/origin.sigs.rels")


def judged(package, trust=None):
    trust = [the_authority().certificate] if trust is None else trust
    return verify(package, trust, now=FROZEN + DAY)


def replaced(parts, name, old, new):
    assert old in parts[name], f"{name} does not hold {old!r}"
    return {**parts, name: parts[name].replace(old, new, 1)}


# ── Changes, each a function from the parts of a sealed file to other parts ──────────────────────────────────────


def a_word_is_changed(parts):
    return replaced(parts, DOCUMENT, b"discussion", b"discursion")


def a_paragraph_is_added(parts):
    return replaced(parts, DOCUMENT, b"<w:sectPr", b"<w:p><w:r><w:t>More</w:t></w:r></w:p><w:sectPr")


def the_marking_in_the_header_is_changed(parts):
    return replaced(parts, "word/header1.xml", b"SENSITIVE", b"ANYTHING!")


def a_comment_is_put_into_the_styles(parts):
    return replaced(parts, "word/styles.xml", b"</w:styles>", b"<!-- seen --></w:styles>")


def a_bit_of_the_picture_is_changed(parts):
    picture = bytearray(parts["word/media/image1.png"])
    picture[40] ^= 1
    return {**parts, "word/media/image1.png": bytes(picture)}


def the_target_of_a_relationship_is_changed(parts):
    return replaced(parts, RELATIONSHIPS, b"media/image1.png", b"media/image2.png")


def a_relationship_is_made_external(parts):
    return replaced(parts, RELATIONSHIPS, b'Id="rIdPicture"', b'Id="rIdPicture" TargetMode="External"')


def a_relationship_is_removed(parts):
    start = parts[RELATIONSHIPS].index(b'<Relationship Id="rIdPicture"')
    end = parts[RELATIONSHIPS].index(b"/>", start) + 2
    return {**parts, RELATIONSHIPS: parts[RELATIONSHIPS][:start] + parts[RELATIONSHIPS][end:]}


def the_main_document_is_not_named_any_more(parts):
    start = parts["_rels/.rels"].rindex(b"<Relationship ", 0, parts["_rels/.rels"].index(b'/officeDocument"'))
    end = parts["_rels/.rels"].index(b"/>", start) + 2
    return {**parts, "_rels/.rels": parts["_rels/.rels"][:start] + parts["_rels/.rels"][end:]}


def a_part_is_listed_twice(parts):
    start = parts[SIG].index(b"<Reference", parts[SIG].index(b"<Manifest>"))
    end = parts[SIG].index(b"</Reference>", start) + len(b"</Reference>")
    return {**parts, SIG: parts[SIG][:end] + parts[SIG][start:end] + parts[SIG][end:]}


def a_part_is_removed(parts):
    return {name: content for name, content in parts.items() if name != "word/media/image1.png"}


def the_actions_inside_are_changed(parts):
    return replaced(parts, "customXml/item1.xml", b"urn:uuid:", b"urn:uuiq:")


def the_comment_of_the_signature_is_changed(parts):
    return replaced(parts, SIG, b"SD-2027-0311", b"SD-2027-0312")


def the_time_of_the_signature_is_changed(parts):
    return replaced(parts, SIG, b"2026-11-26T12:30:00Z", b"2026-11-26T12:30:01Z")


def the_claimed_role_is_changed(parts):
    return replaced(parts, SIG, "– not a personal signature".encode(), "– a personal signature".encode())


def a_digest_in_the_list_is_changed(parts):
    at = parts[SIG].index(b"<DigestValue>", parts[SIG].index(b"<Manifest>")) + len(b"<DigestValue>")
    changed = bytearray(parts[SIG])
    changed[at] = ord("A") if changed[at] != ord("A") else ord("B")
    return {**parts, SIG: bytes(changed)}


def the_signature_value_is_changed(parts):
    return replaced(parts, SIG, b"<SignatureValue>", b"<SignatureValue>AAAA")


def the_signature_is_empty(parts):
    return {**parts, SIG: b""}


def the_signature_is_missing(parts):
    return {name: content for name, content in parts.items() if name != SIG}


def the_certificate_is_somebody_elses(parts):
    other = parts_of(sealed_by(Authority().signer()))[SIG]
    own = parts[SIG]
    cut = [text.index(b"<X509Certificate>") for text in (own, other)]
    end = [text.index(b"</X509Certificate>") for text in (own, other)]
    return {**parts, SIG: own[: cut[0]] + other[cut[1] : end[1]] + own[end[0] :]}


def the_signature_has_a_document_type(parts):
    return replaced(parts, SIG, b"<Signature ", b"<!DOCTYPE Signature [<!ENTITY a 'b'>]><Signature ")


def the_signature_holds_a_comment(parts):
    return replaced(parts, SIG, b"<SignatureComments>", b"<!-- x --><SignatureComments>")


def the_list_of_parts_stands_twice(parts):
    start, end = parts[SIG].index(b'<Object Id="idPackageObject">'), parts[SIG].index(b'<Object Id="idOfficeObject">')
    return replaced(parts, SIG, b"</Signature>", parts[SIG][start:end] + b"</Signature>")


def the_signed_list_is_moved_aside_and_another_takes_its_place(parts):
    """Wrapping: the signed object is kept where nobody looks, and a false one stands where it stood."""
    start, end = parts[SIG].index(b'<Object Id="idPackageObject">'), parts[SIG].index(b'<Object Id="idOfficeObject">')
    true = parts[SIG][start:end]
    false = true.replace(b'Id="idPackageObject"', b'Id="other"')
    wrapped = parts[SIG].replace(true, false).replace(b"</Signature>", b"<Object>" + true + b"</Object></Signature>")
    return {**parts, SIG: wrapped}


def an_unsigned_object_is_added_to_the_signature(parts):
    return replaced(parts, SIG, b"</Signature>", b"<Object><x/></Object></Signature>")


def all_signatures_are_stripped(parts):
    kept = {name: content for name, content in parts.items() if not name.startswith("_xmlsignatures/")}
    return without_the_way_to_signatures(kept)


def without_the_way_to_signatures(parts):
    start = parts["_rels/.rels"].rindex(b"<Relationship ", 0, parts["_rels/.rels"].index(b"digital-signature/origin"))
    end = parts["_rels/.rels"].index(b"/>", start) + 2
    return {**parts, "_rels/.rels": parts["_rels/.rels"][:start] + parts["_rels/.rels"][end:]}


def without_the_list_of_signatures(parts):
    empty = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
    return {**parts, "_xmlsignatures/_rels/origin.sigs.rels": empty}


def a_part_is_added(parts):
    return {**parts, "word/comments.xml": b"<comments/>"}


def a_part_is_added_beside_the_signatures(parts):
    return {**parts, "_xmlsignatures/more.xml": b"<more/>"}


def a_part_is_added_with_a_relationship(parts):
    changed = {**parts, "word/people.xml": b"<people/>"}
    with_type(changed, "word/people.xml", f"{WORDPROCESSING}.people+xml")
    with_relationship(changed, RELATIONSHIPS, f"{OFFICE}/people", "people.xml")
    return changed


def a_part_comes_in_as_document_properties(parts):
    changed = {**parts, "docProps/evil.xml": parts[DOCUMENT]}
    with_type(changed, "docProps/evil.xml", f"{WORDPROCESSING}.document.main+xml")
    core = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
    with_relationship(changed, "_rels/.rels", core, "docProps/evil.xml")
    return changed


def a_second_main_document_is_named(parts):
    changed = {**parts, "word/document2.xml": parts[DOCUMENT]}
    with_type(changed, "word/document2.xml", f"{WORDPROCESSING}.document.main+xml")
    with_relationship(changed, "_rels/.rels", f"{OFFICE}/officeDocument", "word/document2.xml", "rId0")
    return changed


def the_same_main_document_is_named_twice(parts):
    changed = dict(parts)
    with_relationship(changed, "_rels/.rels", f"{OFFICE}/officeDocument", DOCUMENT, "rId0")
    return changed


def a_content_type_is_changed(parts):
    return replaced(parts, "[Content_Types].xml", b"wordprocessingml.header+xml", b"wordprocessingml.footer+xml")


def a_content_type_stands_twice(parts):
    changed = dict(parts)
    with_type(changed, DOCUMENT, f"{WORDPROCESSING}.template.main+xml")
    return changed


def a_relationship_holds_more_than_it_may(parts):
    return replaced(parts, RELATIONSHIPS, b"</Relationships>", b"<Other/></Relationships>")


def words_stand_between_relationships(parts):
    return replaced(parts, RELATIONSHIPS, b"</Relationships>", b"words</Relationships>")


def the_core_properties_are_changed(parts):
    return replaced(parts, "docProps/core.xml", b"Minutes of", b"Changed of")


def the_extended_properties_are_changed(parts):
    return replaced(parts, "docProps/app.xml", b"Accord", b"Another")


ROWS = [
    (CHANGED, DOCUMENT, a_word_is_changed),
    (CHANGED, DOCUMENT, a_paragraph_is_added),
    (CHANGED, "word/header1.xml", the_marking_in_the_header_is_changed),
    (CHANGED, "word/styles.xml", a_comment_is_put_into_the_styles),
    (CHANGED, "word/media/image1.png", a_bit_of_the_picture_is_changed),
    (CHANGED, "customXml/item1.xml", the_actions_inside_are_changed),
    (CHANGED, RELATIONSHIPS, the_target_of_a_relationship_is_changed),
    (CHANGED, RELATIONSHIPS, a_relationship_is_made_external),
    (CHANGED, RELATIONSHIPS, a_relationship_is_removed),
    (CHANGED, "_rels/.rels", the_main_document_is_not_named_any_more),
    (CHANGED, "word/media/image1.png", a_part_is_removed),
    (CHANGED, SIG, a_part_is_listed_twice),
    (CHANGED, SIG, the_comment_of_the_signature_is_changed),
    (CHANGED, SIG, the_time_of_the_signature_is_changed),
    (CHANGED, SIG, the_claimed_role_is_changed),
    (CHANGED, SIG, a_digest_in_the_list_is_changed),
    (CHANGED, SIG, the_signature_value_is_changed),
    (CHANGED, SIG, the_signature_is_empty),
    (CHANGED, SIG, the_signature_is_missing),
    (CHANGED, SIG, the_certificate_is_somebody_elses),
    (CHANGED, SIG, the_signature_has_a_document_type),
    (CHANGED, SIG, the_signature_holds_a_comment),
    (CHANGED, SIG, the_list_of_parts_stands_twice),
    (CHANGED, SIG, the_signed_list_is_moved_aside_and_another_takes_its_place),
    (CHANGED, SIG, an_unsigned_object_is_added_to_the_signature),
    (NOT_SIGNED, None, all_signatures_are_stripped),
    (NOT_SIGNED, None, without_the_way_to_signatures),
    (NOT_SIGNED, None, without_the_list_of_signatures),
    (NOT_COVERED, "word/comments.xml", a_part_is_added),
    (NOT_COVERED, "_xmlsignatures/more.xml", a_part_is_added_beside_the_signatures),
    (NOT_COVERED, "word/people.xml", a_part_is_added_with_a_relationship),
    (NOT_COVERED, "docProps/evil.xml", a_part_comes_in_as_document_properties),
    (NOT_COVERED, "_rels/.rels", a_second_main_document_is_named),
    (NOT_COVERED, "_rels/.rels", the_same_main_document_is_named_twice),
    (NOT_COVERED, "word/header1.xml", a_content_type_is_changed),
    (NOT_COVERED, DOCUMENT, a_content_type_stands_twice),
    (NOT_COVERED, RELATIONSHIPS, a_relationship_holds_more_than_it_may),
    (NOT_COVERED, RELATIONSHIPS, words_stand_between_relationships),
    (UNCHANGED, None, the_core_properties_are_changed),
    (UNCHANGED, None, the_extended_properties_are_changed),
]


@pytest.mark.parametrize(("verdict", "part", "change"), ROWS, ids=[row[2].__name__ for row in ROWS])
def test_every_change_has_its_verdict_and_names_its_part(verdict, part, change):
    changed = zipped(change(parts_of(sealed())))
    assert changed != sealed()
    result = judged(changed)
    assert result.verdict is verdict
    assert (part in result.parts) if part else (result.parts == ())


def test_as_it_was_sealed_it_is_unchanged_and_says_by_whom_when_and_of_which_text():
    result = judged(sealed())
    assert (result.verdict, result.parts, result.weak) == (UNCHANGED, (), ())
    (signer,) = result.signers
    assert (signer.name, signer.at, signer.trusted) == ("Marsh Council", "2026-11-26T12:30:00Z", True)
    assert (result.ref, result.version, result.content_sha256) == ("SD-2027-0311", 1, "0f" * 32)
    assert result.exit_code == 0
    assert result.sentence == (
        f"Unchanged since it was sealed by {BY}. It says it was sealed at 2026-11-26T12:30:00Z."
        " Whoever sealed it says that it is version 1 of SD-2027-0311."
        " Document properties (title, author, dates) are not part of the signature."
    )


def test_sentences_say_what_was_found():
    found = {change.__name__: judged(zipped(change(parts_of(sealed())))).sentence for _, _, change in ROWS}
    assert found["a_word_is_changed"] == f"Changed since it was sealed by {BY}: the text of the minutes."
    assert found["the_signature_is_empty"] == "Changed: the seal itself."
    assert found["all_signatures_are_stripped"] == "Not signed."
    assert found["a_part_is_added"] == (
        f"Signed by {BY}, but something was added that the seal does not cover: comments on the text."
    )
    assert "Document properties (title, author, dates) are not part" in found["the_core_properties_are_changed"]


def test_a_file_that_another_program_packed_anew_is_told_from_one_that_was_given_out():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as anew:
        for name, content in reversed(parts_of(sealed()).items()):
            anew.writestr(name, content)
    result = judged(out.getvalue())
    assert (result.verdict, result.parts, result.exit_code) == (NOT_COVERED, ("the way the file is packed",), 1)
    assert result.sentence == (
        'Signed by Marsh Council of Marsh, "Fell" & Brook, but then packed anew by another program: the parts'
        " themselves are as they were sealed, the file is not. Ask for the file as it was given out."
    )


def test_document_properties_that_python_changes_in_place_leave_the_file_unchanged():
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sealed())) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "docProps/core.xml":
                content = content.replace(b"Minutes of", b"Changed by somebody of")
            new.writestr(entry, content)
    assert out.getvalue() != sealed()
    assert judged(out.getvalue()).verdict is UNCHANGED


def _saved_by_python_docx(edit):
    document = docx.Document(io.BytesIO(sealed()))
    edit(document)
    out = io.BytesIO()
    document.save(out)
    return judged(out.getvalue())


def test_saving_it_again_with_python_docx_packs_it_anew_and_editing_changes_it():
    saved = _saved_by_python_docx(lambda _: None)
    assert (saved.verdict, set(saved.parts) <= {"the way the file is packed", *LISTS}) == (NOT_COVERED, True)
    edited = _saved_by_python_docx(lambda document: document.add_paragraph("More"))
    assert (edited.verdict, edited.parts) == (CHANGED, (DOCUMENT,))


def test_an_unknown_issuer_is_unchanged_but_not_trusted():
    for trust in ([], [Authority("Another authority").certificate]):
        result = judged(sealed(), trust)
        assert (result.verdict, result.signers[0].trusted, result.exit_code) == (UNCHANGED, False, 3)
        assert f"But the signer is not trusted: {BY}." in result.sentence


def test_every_byte_of_the_text_counts():
    parts, chance = parts_of(sealed()), random.Random(311)
    for place in sorted(chance.sample(range(len(parts[DOCUMENT])), 500)):
        flipped = bytearray(parts[DOCUMENT])
        flipped[place] ^= 1 << chance.randrange(8)
        result = judged(zipped({**parts, DOCUMENT: bytes(flipped)}))
        assert (result.verdict, result.parts) == (CHANGED, (DOCUMENT,)), place


def test_every_byte_of_the_text_as_it_lies_in_the_file_counts():
    package, chance = sealed(), random.Random(2027)
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        entry = opened.getinfo(DOCUMENT)
    start, found = entry.header_offset + 30 + len(DOCUMENT), 0
    for place in chance.sample(range(start, start + entry.compress_size), 500):
        flipped = bytearray(package)
        flipped[place] ^= 1 << chance.randrange(8)
        if parts_of(package) == _parts_if_any(bytes(flipped)):
            continue  # the last bits of a compressed part mean nothing
        result = judged(bytes(flipped))
        assert (result.verdict, result.parts) == (CHANGED, (DOCUMENT,)), place
        found += 1
    assert found > 490


def _parts_if_any(package):
    try:
        return parts_of(package)
    except (zipfile.BadZipFile, zlib.error, EOFError):
        return None


def test_no_byte_of_the_whole_file_can_be_changed_into_something_signed_anew():
    """A flipped byte may be a detail of the zip that no reader uses; then every part is still the same."""
    package, chance = sealed(), random.Random(9)
    for place in chance.sample(range(len(package)), 1000):
        flipped = bytearray(package)
        flipped[place] ^= 1 << chance.randrange(8)
        try:
            result = judged(bytes(flipped))
        except NotReadable:
            continue
        if result.verdict is UNCHANGED:
            kept = parts_of(bytes(flipped))
            same = [kept[name] == content for name, content in parts_of(package).items() if "docProps" not in name]
            assert all(same), place


def test_whatever_is_done_to_a_signature_there_is_an_answer():
    """Pieces of the signature and of the lists around it are cut out, doubled and overwritten, the same each time."""
    parts, chance = parts_of(sealed()), random.Random(5)
    names = [name for name in parts if name.endswith((".rels", "sig1.xml", "[Content_Types].xml"))]
    for _ in range(600):
        name = chance.choice(names)
        content = bytearray(parts[name])
        place = chance.randrange(len(content))
        kind = chance.randrange(4)
        if kind == 0:
            content[place] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del content[place : place + chance.randrange(1, 40)]
        elif kind == 2:
            content[place:place] = content[max(0, place - 60) : place]
        else:
            content[place:place] = chance.choice([b"&#0;", b"<a/>", b"\0", b"\xff", b"9" * 20, b"-", b'"'])
        try:
            assert judged(zipped({**parts, name: bytes(content)})).sentence
        except NotReadable as refused:
            assert str(refused).startswith("This is not a Word file")


# ── The zip itself ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", [DOCUMENT, "Word/Document.xml", "word/../word/document.xml", "/word/document.xml"])
def test_a_name_that_two_readers_could_take_differently_is_not_covered(name):
    out = io.BytesIO(sealed())
    with zipfile.ZipFile(out, "a") as package:
        package.writestr(name, b"<other/>")
    result = judged(out.getvalue())
    assert (result.verdict, name in result.parts) == (NOT_COVERED, True)


def test_bytes_hidden_before_or_between_the_parts_are_not_covered():
    named = ("bytes between the parts", "the way the file is packed")
    hidden = sealed_with_a_hidden_entry()
    assert (judged(hidden).verdict, judged(hidden).parts) == (NOT_COVERED, named)
    before = judged(b"PK hidden" + sealed())
    assert (before.verdict, before.parts) == (NOT_COVERED, named)


def sealed_with_a_hidden_entry():
    """Return a sealed file with an entry that the directory does not list, as a reader from the front would find it."""
    out = io.BytesIO(sealed())
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("word/hidden.xml", b"<hidden/>")
        package.filelist.pop()
    return out.getvalue()


def test_a_file_that_unfolds_without_end_is_not_opened():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("[Content_Types].xml", b"<Types/>")
        for number in range(13):
            bomb.writestr(f"{number}.xml", bytes(10_000_000))
    with pytest.raises(NotReadable, match="it has more than 40,000,000 bytes when it is unfolded. Nothing of it was"):
        judged(out.getvalue())


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\3\4 and no more", b"%PDF-1.7", zipped({"a.txt": b"x"})])
def test_what_is_no_word_file_is_refused_with_a_sentence(content):
    with pytest.raises(NotReadable, match="This is (not a Word file|neither)"):
        judged(content)


# ── Several signers ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_seal_leaves_the_first_as_it_is():
    health = the_authority().signer("Fell Hospital", "ecdsa", "Agency seal – not a personal signature")
    both = seal(sealed(), [health], at=FROZEN, comment=COMMENT)
    result = judged(both)
    assert [one.name for one in result.signers] == ["Marsh Council", "Fell Hospital"]
    assert (result.verdict, result.exit_code) == (UNCHANGED, 0)
    assert parts_of(both)[SIG] == parts_of(sealed())[SIG]
    assert judged(zipped(a_word_is_changed(parts_of(both)))).verdict is CHANGED


def test_one_untrusted_signer_among_trusted_ones_is_told():
    result = judged(sealed_by(the_authority().signer(), Authority().signer("Somebody")))
    assert ([one.trusted for one in result.signers], result.exit_code) == ([True, False], 3)
    assert "But the signer is not trusted: Somebody of Marsh" in result.sentence


def test_what_was_added_is_not_covered_by_somebody_who_seals_it_later():
    added = zipped(a_part_is_added_with_a_relationship(parts_of(sealed())))
    again = seal(added, [the_authority().signer("Somebody")], at=FROZEN, comment=COMMENT)
    result = judged(again)
    assert (result.verdict, "word/people.xml" in result.parts) == (NOT_COVERED, True)


def test_an_officer_who_signs_in_word_leaves_out_what_word_leaves_out_and_the_seal_stands(monkeypatch):
    covered = exports.seal_docx._covered

    def as_word_does(files):
        kept = {name: content for name, content in files.items() if not name.startswith("customXml/")}
        return covered(kept)

    monkeypatch.setattr(exports.seal_docx, "_covered", as_word_does)
    officer = the_authority().signer("Sam Ode", role="Detective Sergeant")
    both = seal(sealed(), [officer], at=FROZEN, comment=COMMENT)
    assert judged(both).verdict is UNCHANGED
    alone = seal(unsealed(), [officer], at=FROZEN, comment=COMMENT)
    assert judged(alone).verdict is NOT_COVERED


# ── Certificates and time ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("since", "until", "trusted"),
    [
        (FROZEN - 2 * DAY, FROZEN + DAY, True),
        (FROZEN - 2 * DAY, FROZEN - DAY, False),
        # A seal never claims a time before its certificate began (decision 0004).
        (FROZEN + DAY, FROZEN + 2 * DAY, False),
    ],
)
def test_a_certificate_is_trusted_if_it_was_valid_when_the_text_was_sealed(since, until, trusted):
    result = judged(sealed_by(the_authority().signer(since=since, until=until)))
    assert (result.verdict, result.signers[0].trusted) == (UNCHANGED, trusted)


def test_a_certificate_that_issues_another_without_being_an_authority_is_not_believed():
    between = the_authority().signer("No authority", "ecdsa")
    false = Authority("False")
    false.key, false.name = between.key, between.certificate.subject
    forged = false.signer("Marsh Council")
    result = judged(sealed_by(KeyFile(forged.certificate, (between.certificate,), forged.role, forged.key)))
    assert (result.verdict, result.signers[0].trusted) == (UNCHANGED, False)


def test_the_same_file_key_and_moment_give_the_same_bytes_with_both_kinds_of_key():
    for kind in ("rsa", "ecdsa"):
        signer = the_authority().signer(kind=kind)
        assert sealed_by(signer) == sealed_by(signer)
        later = seal(unsealed(), [signer], at=FROZEN + timedelta(seconds=1), comment=COMMENT)
        assert later != sealed_by(signer)


def test_a_long_reference_leaves_room_for_the_content_hash():
    comment = comment_of("Minutes", "R" * 400, 12, "ab" * 32)
    assert len(comment) == 255
    assert comment.endswith(" v12, content sha256 " + "ab" * 32)


# ── Files of others ──────────────────────────────────────────────────────────────────────────────────────────────

VECTORS = Path(__file__).parent.parent.parent / "shared" / "vectors"
SAMPLES = [
    ("Office2010-SP1-XAdES-X-L.docx", UNCHANGED, 1, True),
    ("hello-world-signed.docx", UNCHANGED, 1, True),
    ("hello-world-signed-twice.docx", UNCHANGED, 2, None),
    ("hyperlink-example-signed.docx", UNCHANGED, 1, None),
    ("ms-office-2010-signed.docx", UNCHANGED, 1, None),
    ("hello-world-office-2010-technical-preview.docx", NOT_COVERED, 1, None),
    ("signed.docx", NOT_COVERED, 1, None),
    ("office2007prettyPrintedRels.docx", CHANGED, 0, None),
    ("hello-world-unsigned.docx", NOT_SIGNED, 0, None),
    ("hello-world-office-2010-technical-preview-unsigned.docx", NOT_SIGNED, 0, None),
]
"""Public samples: what the check must say, how many signers it must name, whether it must name a weak digest."""


@pytest.mark.skipif(not VECTORS.is_dir(), reason="The public samples are not beside the project.")
@pytest.mark.parametrize(("name", "verdict", "signers", "weak"), SAMPLES)
def test_files_that_others_signed_are_judged_as_they_must_be(name, verdict, signers, weak):
    result = judged((VECTORS / name).read_bytes(), [])
    assert (result.verdict, len(result.signers)) == (verdict, signers)
    assert not any(one.trusted for one in result.signers)
    assert not weak or result.weak == ("SHA-1",)
