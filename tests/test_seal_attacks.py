"""What an attacker could try on a sealed file: nothing that differs for some reader is ever called unchanged.

The classes are those of "Every Signature is Broken" (USENIX Security 2023), and those of zip files that two readers
unfold differently.
"""

from __future__ import annotations

import base64
import io
import random
import resource
import struct
import time
import zipfile
import zlib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import exports.seal_docx
from exports.opc import NotReadable, zipped
from exports.seal_docx import comment_of, seal
from exports.unzip import unzip
from exports.verdicts import Verdict
from exports.verify import verify
from exports.verify_stamp import NotUnderstood, read_time_stamp
from tests.sealing import (
    COMMENT,
    FROZEN,
    OFFICE,
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
TYPES, ROOT = "[Content_Types].xml", "_rels/.rels"
CORE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
CORE_TYPE = b"application/vnd.openxmlformats-package.core-properties+xml"
EVIL = b"<evil/>"


def judged(package, trust=None):
    trust = [the_authority().certificate] if trust is None else trust
    return verify(package, trust, now=FROZEN + timedelta(days=1))


def replaced(parts, name, old, new):
    assert old in parts[name], f"{name} does not hold {old!r}"
    return {**parts, name: parts[name].replace(old, new, 1)}


# ── The zip: what the directory says, and what stands before each entry ──────────────────────────────────────────


@dataclass
class Entry:
    """One entry of a zip as it is to be written, with what the head before it says otherwise."""

    name: bytes
    content: bytes
    method: int = 8
    flags: int = 0
    extra: bytes = b""
    head_name: bytes | None = None
    head_method: int | None = None
    head_sizes: tuple[int, int] | None = None
    head_extra: bytes = b""
    size: int | None = None
    packed: bytes | None = None
    behind: bytes = b""
    comment: bytes = b""
    rights: int = 0o600 << 16
    head_crc: int | None = None


def crafted(entries, *, comment=b"", count=None, shift=0, before_end=b""):
    """Return a zip of entries, as it was asked for, whether it makes sense or not."""
    out, directory = bytearray(), bytearray()
    for one in entries:
        packing = zlib.compressobj(6, zlib.DEFLATED, -15)
        packed = packing.compress(one.content) + packing.flush() if one.method == 8 else one.content
        packed = one.packed if one.packed is not None else packed
        size = len(one.content) if one.size is None else one.size
        crc, offset = zlib.crc32(one.content), len(out) + shift
        name = one.name if one.head_name is None else one.head_name
        method = one.method if one.head_method is None else one.head_method
        sizes = (len(packed), size) if one.head_sizes is None else one.head_sizes
        head_crc = crc if one.head_crc is None else one.head_crc
        out += struct.pack("<4sHHHHHLLLHH", b"PK\3\4", 20, one.flags, method, 0, 33, head_crc, *sizes, len(name),
                           len(one.head_extra)) + name + one.head_extra + packed + one.behind  # fmt: skip
        directory += struct.pack("<4sHHHHHHLLLHHHHHLL", b"PK\1\2", 3 << 8 | 20, 20, one.flags, one.method, 0, 33, crc,
                                 len(packed), size, len(one.name), len(one.extra), len(one.comment), 0, 0,
                                 one.rights, offset)  # fmt: skip
        directory += one.name + one.extra + one.comment
    number = len(entries) if count is None else count
    end = struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, number, number, len(directory), len(out) + shift, len(comment))
    return bytes(out + directory + before_end + end + comment)


def entries_of(parts):
    return [Entry(name.encode(), content) for name, content in parts.items()]


def with_entry(part, /, *, of=sealed, **changes):
    """Return a sealed file with one entry written otherwise."""
    entries = entries_of(parts_of(of()))
    for one in entries:
        if one.name == part.encode():
            for what, value in changes.items():
                setattr(one, what, value)
    return crafted(entries)


def _other_name(name):
    body = b"\1" + struct.pack("<L", zlib.crc32(DOCUMENT.encode())) + name
    return struct.pack("<HH", 0x7075, len(body)) + body


def test_what_is_crafted_here_without_a_trick_is_unchanged():
    assert judged(crafted(entries_of(parts_of(sealed())))).verdict is UNCHANGED


ZIPS = {
    "the head names another part": lambda: with_entry(DOCUMENT, head_name=b"word/document.bak"),
    "the head names it in other letters": lambda: with_entry(DOCUMENT, head_name=b"word/Document.xml"),
    "the head says that it is stored": lambda: with_entry(DOCUMENT, head_method=0),
    "the head says that it is shorter": lambda: with_entry(DOCUMENT, head_sizes=(5, 5)),
    "an extra field gives another name": lambda: with_entry(DOCUMENT, extra=_other_name(b"docProps/core.xml")),
    "an extra field of the head gives another name": lambda: with_entry(DOCUMENT, head_extra=_other_name(b"x")),
    "a name holds a zero": lambda: with_entry(DOCUMENT, name=b"word/document.xml\0.txt"),
    "a name is not in plain letters": lambda: crafted(
        [*entries_of(parts_of(sealed())), Entry("word/dócument.xml".encode(), EVIL)]
    ),
    "a folder's head names a part": lambda: crafted(
        [*entries_of(parts_of(sealed())), Entry(b"word/", b"", 0, head_name=b"word/comments.xml")]
    ),
    "a folder holds bytes": lambda: crafted(
        [*entries_of(parts_of(sealed())), Entry(b"word/", EVIL, 0, size=0, head_name=b"word/comments.xml")]
    ),
    "a name is doubled in escaped form": lambda: crafted(
        [*entries_of(parts_of(sealed())), Entry(b"word/document%2exml", EVIL)]
    ),
    "a comment stands at the end": lambda: crafted(entries_of(parts_of(sealed())), comment=b"read me"),
    "bytes stand before the end": lambda: crafted(entries_of(parts_of(sealed())), before_end=bytes(40)),
    "bytes stand behind the end": lambda: sealed() + b"more",
    "the end counts fewer entries": lambda: crafted(entries_of(parts_of(sealed())), count=3),
    "every place is shifted": lambda: bytes(17) + crafted(entries_of(parts_of(sealed())), shift=17),
    "every place is shifted and nothing stands there": lambda: crafted(entries_of(parts_of(sealed())), shift=17),
    "a whole file stands before it": lambda: zipped({TYPES: EVIL}) + sealed(),
    "a whole file stands behind it": lambda: sealed() + zipped({TYPES: EVIL}),
    "bytes follow a part inside its own": lambda: with_entry(
        DOCUMENT, packed=_packed(parts_of(sealed())[DOCUMENT]) + b"hidden"
    ),
    "a part unfolds to less than was said": lambda: with_entry(DOCUMENT, size=10),
    "a part unfolds to more than was said": lambda: with_entry(DOCUMENT, size=10_000_000),
    "a part is encrypted": lambda: with_entry(DOCUMENT, flags=1),
    "a part is packed in another way": lambda: with_entry(DOCUMENT, method=12),
}


def _packed(content):
    packing = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packing.compress(content) + packing.flush()


@pytest.mark.parametrize("trick", ZIPS)
def test_a_zip_that_two_readers_could_unfold_differently_is_never_unchanged(trick):
    try:
        assert judged(ZIPS[trick]()).verdict in (CHANGED, NOT_COVERED, NOT_SIGNED)
    except NotReadable as refused:
        assert str(refused).startswith("This ")


def test_two_parts_that_exchange_their_names_for_some_readers_are_found():
    """For a reader that believes the extra field all is as sealed; for any other the text is in the properties."""
    parts = parts_of(sealed())
    entries = entries_of({**parts, DOCUMENT: b"<evil/>", "docProps/core.xml": parts[DOCUMENT]})
    for one in entries:
        if one.name in (DOCUMENT.encode(), b"docProps/core.xml"):
            other = b"docProps/core.xml" if one.name == DOCUMENT.encode() else DOCUMENT.encode()
            one.extra = _other_name(other)
    assert judged(crafted(entries)).verdict in (CHANGED, NOT_COVERED)


# ── Parts and relationships ──────────────────────────────────────────────────────────────────────────────────────


def an_empty_list_of_relationships_is_added(parts):
    empty = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
    return {**parts, "word/_rels/header1.xml.rels": empty}


def a_list_of_relationships_is_added_in_other_letters(parts):
    return {**parts, "word/_RELS/header1.xml.RELS": parts[RELATIONSHIPS]}


def a_part_becomes_document_properties(parts):
    changed = replaced(
        parts, TYPES, b"application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml", CORE_TYPE
    )
    with_relationship(changed, ROOT, CORE, "word/header1.xml")
    return changed


def document_properties_are_named_twice(parts):
    changed = {**parts, "docProps/more.xml": parts["docProps/core.xml"]}
    with_type(changed, "docProps/more.xml", CORE_TYPE.decode())
    with_relationship(changed, ROOT, CORE, "docProps/more.xml")
    return changed


def document_properties_have_relationships(parts):
    return {**parts, "docProps/_rels/core.xml.rels": parts[RELATIONSHIPS]}


def another_main_document_is_named_in_the_strict_form(parts):
    changed = {**parts, "word/other.xml": parts[DOCUMENT]}
    with_type(
        changed, "word/other.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    )
    with_relationship(
        changed, ROOT, "http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument", "word/other.xml"
    )
    return changed


def the_main_document_is_another_one(parts):
    changed = {**parts, "word/other.xml": parts[DOCUMENT]}
    return replaced(changed, ROOT, b'"word/document.xml"', b'"word/other.xml"')


def a_type_is_given_in_an_escaped_name(parts):
    changed = dict(parts)
    with_type(changed, "word/document%2Exml", "application/vnd.ms-word.document.macroEnabled.main+xml")
    return changed


def a_type_is_given_in_other_letters(parts):
    changed = dict(parts)
    with_type(changed, "WORD/DOCUMENT.XML", "application/vnd.ms-word.document.macroEnabled.main+xml")
    return changed


def a_type_is_given_with_a_space(parts):
    changed = dict(parts)
    with_type(changed, "word/document.xml ", "application/vnd.ms-word.document.macroEnabled.main+xml")
    return changed


def the_types_hold_something_else(parts):
    return replaced(parts, TYPES, b"</Types>", b"<Other/></Types>")


def the_types_are_in_another_alphabet(parts):
    return {**parts, TYPES: parts[TYPES].decode().replace("UTF-8", "UTF-7").encode("utf-7")}


def a_list_of_relationships_is_in_another_alphabet(parts):
    text = parts[RELATIONSHIPS].decode().replace("UTF-8", "UTF-16")
    return {**parts, RELATIONSHIPS: text.encode("utf-16")}


def a_list_of_relationships_has_another_base(parts):
    return replaced(parts, RELATIONSHIPS, b"<Relationships ", b'<Relationships xml:base="/evil/" ')


def a_relationship_is_hidden_in_an_alternative(parts):
    hidden = (
        b'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice>'
        b'<Relationship Id="rId77" Type="x" Target="y"/></mc:Choice></mc:AlternateContent>'
    )
    return replaced(parts, RELATIONSHIPS, b"</Relationships>", hidden + b"</Relationships>")


def two_relationships_have_one_id(parts):
    changed = dict(parts)
    with_relationship(changed, RELATIONSHIPS, f"{OFFICE}/image", "media/evil.png", "rIdPicture")
    return changed


def a_relationship_leads_neither_inside_nor_outside(parts):
    return replaced(parts, RELATIONSHIPS, b'Id="rIdPicture"', b'Id="rIdPicture" TargetMode="external"')


def a_second_list_of_signatures_is_named(parts):
    changed = dict(parts)
    origin = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"
    with_relationship(changed, ROOT, origin, "_xmlsignatures/origin.sigs", "rId0")
    return changed


def the_list_of_signatures_holds_something(parts):
    return {**parts, "_xmlsignatures/origin.sigs": EVIL}


def a_signature_has_relationships(parts):
    return {**parts, "_xmlsignatures/_rels/sig1.xml.rels": parts[RELATIONSHIPS]}


def a_signature_of_another_kind_is_added(parts):
    changed = {**parts, "_xmlsignatures/sig2.xml": EVIL}
    listed = "_xmlsignatures/_rels/origin.sigs.rels"
    kind = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/signature"
    with_relationship(changed, listed, kind, "sig2.xml")
    return changed


PARTS = [
    (NOT_COVERED, an_empty_list_of_relationships_is_added),
    (NOT_COVERED, a_list_of_relationships_is_added_in_other_letters),
    (NOT_COVERED, a_part_becomes_document_properties),
    (NOT_COVERED, document_properties_are_named_twice),
    (NOT_COVERED, document_properties_have_relationships),
    (NOT_COVERED, another_main_document_is_named_in_the_strict_form),
    (CHANGED, the_main_document_is_another_one),
    (NOT_COVERED, a_type_is_given_in_an_escaped_name),
    (NOT_COVERED, a_type_is_given_in_other_letters),
    (NOT_COVERED, a_type_is_given_with_a_space),
    (NOT_COVERED, the_types_hold_something_else),
    (CHANGED, the_types_are_in_another_alphabet),
    (CHANGED, a_list_of_relationships_is_in_another_alphabet),
    (NOT_COVERED, a_list_of_relationships_has_another_base),
    (NOT_COVERED, a_relationship_is_hidden_in_an_alternative),
    (CHANGED, two_relationships_have_one_id),
    (CHANGED, a_relationship_leads_neither_inside_nor_outside),
    (NOT_COVERED, a_second_list_of_signatures_is_named),
    (NOT_COVERED, the_list_of_signatures_holds_something),
    (NOT_COVERED, a_signature_has_relationships),
    (CHANGED, a_signature_of_another_kind_is_added),
]


@pytest.mark.parametrize(("verdict", "change"), PARTS, ids=[row[1].__name__ for row in PARTS])
def test_no_part_comes_in_or_is_taken_for_another(verdict, change):
    changed = change(parts_of(sealed()))
    assert changed != parts_of(sealed())
    assert judged(zipped(changed)).verdict is verdict


def test_a_sealed_file_without_its_beginning_is_changed():
    parts = parts_of(sealed())
    del parts[ROOT]
    assert judged(zipped(parts)).verdict is CHANGED


# ── Signatures ───────────────────────────────────────────────────────────────────────────────────────────────────


def attributes_of_xml_are_handed_down(parts):
    return replaced(parts, SIG, b'Id="idPackageSignature">', b'Id="idPackageSignature" xml:lang="en">')


def the_signed_list_stands_in_another_signature(parts):
    inner = parts[SIG].partition(b"?>")[2].strip()
    outer = b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><Object>' + inner + b"</Object></Signature>"
    return {**parts, SIG: outer}


def a_transform_leaves_something_out(parts):
    old = b'<Reference URI="#idPackageObject" Type="http://www.w3.org/2000/09/xmldsig#Object">'
    new = old + (
        b'<Transforms><Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><XPath>1</XPath></Transform>'
        b"</Transforms>"
    )
    return replaced(parts, SIG, old, new)


def a_part_is_looked_for_elsewhere(parts):
    return replaced(parts, SIG, b'URI="/word/styles.xml?', b'URI="http://evil.example/word/styles.xml?')


def the_list_of_parts_is_fetched_from_elsewhere(parts):
    return replaced(parts, SIG, b'URI="#idPackageObject"', b'URI="http://evil.example/object.xml"')


def the_value_is_cut(parts):
    start = parts[SIG].index(b"<SignatureValue>") + len(b"<SignatureValue>")
    return {**parts, SIG: parts[SIG][:start] + parts[SIG][start + 4 :]}


def there_is_no_key(parts):
    start, end = parts[SIG].index(b"<KeyInfo>"), parts[SIG].index(b"</KeyInfo>") + len(b"</KeyInfo>")
    return {**parts, SIG: parts[SIG][:start] + b"<KeyInfo/>" + parts[SIG][end:]}


def the_algorithm_is_weaker(parts):
    return replaced(parts, SIG, b"xmldsig-more#rsa-sha256", b"xmldsig-more#rsa-sha1")


def an_id_stands_twice(parts):
    return replaced(parts, SIG, b"<SignatureValue>", b'<SignatureValue Id="idPackageObject">')


SIGNATURES = [
    attributes_of_xml_are_handed_down,
    the_signed_list_stands_in_another_signature,
    a_transform_leaves_something_out,
    a_part_is_looked_for_elsewhere,
    the_list_of_parts_is_fetched_from_elsewhere,
    the_value_is_cut,
    there_is_no_key,
    the_algorithm_is_weaker,
    an_id_stands_twice,
]


@pytest.mark.parametrize("change", SIGNATURES, ids=[one.__name__ for one in SIGNATURES])
def test_a_signature_that_was_touched_does_not_hold(change):
    result = judged(zipped(change(parts_of(sealed()))))
    assert (result.verdict, result.parts) == (CHANGED, (SIG,))


def test_a_seal_taken_from_another_file_does_not_hold():
    other = seal(zipped(replaced(parts_of(unsealed()), DOCUMENT, b"discussion", b"discursion")),
                 [the_authority().signer()], at=FROZEN, comment=COMMENT)  # fmt: skip
    moved = {**parts_of(other), SIG: parts_of(sealed())[SIG]}
    assert judged(zipped(moved)).verdict is CHANGED


def _same_key_other_name(signer, name):
    """Return a certificate that somebody else issued for the key of a signer."""
    other = Authority("Somebody")
    return other.issue(name, signer.key)


def test_the_certificate_cannot_be_exchanged_for_another_of_the_same_key():
    signer = the_authority().signer()
    own, other = (
        base64.b64encode(one.public_bytes(Encoding.DER))
        for one in (signer.certificate, _same_key_other_name(signer, "Somebody else"))
    )
    parts = parts_of(sealed_by(signer))
    assert judged(zipped(replaced(parts, SIG, own, other))).verdict is CHANGED


def test_a_stranger_who_stands_first_does_not_speak_for_the_file():
    """A stranger's seal may stand first, with words of its own: no check reads a comment."""
    stranger = Authority().signer("Marsh Council")
    first = seal(unsealed(), [stranger], at=FROZEN, comment=comment_of("Minutes", "SD-2027-0311", 9, "ee" * 32))
    both = seal(first, [the_authority().signer()], at=FROZEN, comment=COMMENT)
    result = judged(both)
    assert (result.verdict, result.exit_code) == (UNCHANGED, 3)
    assert [one.trusted for one in result.signers] == [False, True]
    assert (result.ref, result.version, result.content_sha256) == (None, None, None)


def test_a_person_who_signed_a_part_is_not_said_to_have_sealed_the_whole(monkeypatch):
    """Somebody adds a part to what an officer signed in Word, and seals the whole: that is the stranger's word."""
    covered = exports.seal_docx._covered
    word = lambda files: covered({name: one for name, one in files.items() if not name.startswith("customXml/")})  # noqa: E731
    monkeypatch.setattr(exports.seal_docx, "_covered", word)
    officer = the_authority().signer("Sam Ode", role="Detective Sergeant")
    signed = seal(unsealed(), [officer], at=FROZEN, comment="")
    monkeypatch.undo()
    stranger = Authority().signer("Stranger")
    result = judged(seal(signed, [stranger], at=FROZEN, comment=COMMENT))
    assert (result.verdict, result.exit_code) == (UNCHANGED, 3)
    assert [one.name for one in result.seals] == ["Stranger"]
    assert 'sealed by Stranger of Marsh, "Fell" & Brook.' in result.sentence
    assert 'Also signed, in part, by Sam Ode of Marsh, "Fell" & Brook.' in result.sentence


def test_words_of_a_file_cannot_act_in_a_sentence():
    stranger = Authority().signer("Marsh\x1b[2K\nUnchanged and trusted\u202e")
    result = judged(sealed_by(stranger))
    assert "\x1b" not in result.sentence
    assert "\n" not in result.sentence
    assert "\u202e" not in result.sentence
    named = {**parts_of(sealed()), **{f"word/{number}": b"" for number in range(50)}}
    assert judged(zipped(named)).sentence.endswith("and 40 more.")


def test_a_name_with_a_comma_is_a_name():
    assert judged(sealed_by(the_authority().signer("Fell, Marsh and Brook"))).signers[0].name == "Fell, Marsh and Brook"


# ── Files made to keep a reader busy ─────────────────────────────────────────────────────────────────────────────


def _zeros(size):
    packing = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packing.compress(bytes(size)) + packing.flush()


@cache
def _signatures(count, content):
    """Return a file with that many signatures, each of that content."""
    parts = parts_of(sealed())
    kind = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/signature"
    for number in range(2, count + 2):
        parts[f"_xmlsignatures/sig{number}.xml"] = content
        with_relationship(parts, "_xmlsignatures/_rels/origin.sigs.rels", kind, f"sig{number}.xml", f"x{number}")
    return zipped(parts)


BUSY = {
    "a part that unfolds without end": lambda: crafted(
        [*entries_of(parts_of(sealed())), Entry(b"word/bomb.xml", b"12345", packed=_zeros(400_000_000))]
    ),
    "a part that says how far it unfolds": lambda: crafted(
        [*entries_of(parts_of(sealed())), Entry(b"word/bomb.xml", b"", size=3_000_000_000, packed=_zeros(40_000_000))]
    ),
    "a hundred parts of one content": lambda: crafted(
        [*entries_of(parts_of(sealed())), *(Entry(b"b%d.xml" % one, bytes(2_000_000)) for one in range(100))]
    ),
    "a zip in a zip in a zip": lambda: zipped({**parts_of(sealed()), "word/a.zip": zipped({"b.zip": zipped({})})}),
    "more entries than a Word file has": lambda: crafted([Entry(b"%d" % one, b"", 0) for one in range(60_000)]),
    "more entries than its end says": lambda: crafted([Entry(b"%d" % one, b"", 0) for one in range(60_000)], count=1),
    "deep XML": lambda: zipped({**parts_of(sealed()), TYPES: b"<a>" * 500_000 + b"</a>" * 500_000}),
    "entities without end": lambda: zipped({**parts_of(sealed()), ROOT: _laughs()}),
    "an entity from elsewhere": lambda: zipped(
        {**parts_of(sealed()), ROOT: b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'}
    ),
    "a long list of relationships": lambda: zipped({**parts_of(sealed()), RELATIONSHIPS: _relationships(300_000)}),
    "as long a list as is read": lambda: zipped({**parts_of(sealed()), RELATIONSHIPS: _relationships(30_000)}),
    "many long signatures": lambda: _signatures(60, parts_of(sealed())[SIG].replace(
        b"</Signature>", b"<Object>" + b"<x/>" * 200_000 + b"</Object></Signature>"
    )),
    "many certificates": lambda: _signatures(30, _with_certificates(800)),
    "many time stamps": lambda: _signatures(30, _with_stamps(200)),
}  # fmt: skip


def _laughs():
    told = "".join(f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 10))
    return f'<!DOCTYPE a [<!ENTITY a0 "ha">{told}]><a>&a9;</a>'.encode()


def _relationships(count):
    rows = "".join(f'<Relationship Id="r{one}" Type="t" Target="x{one}"/>' for one in range(count))
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{rows}</Relationships>'.encode()


def _with_certificates(count):
    own = parts_of(sealed())[SIG]
    start = own.index(b"<X509Certificate>")
    other = Authority().signer("Other", "ecdsa").certificate
    false = b"<X509Certificate>" + base64.b64encode(other.public_bytes(Encoding.DER)) + b"</X509Certificate>"
    return own[:start] + false * count + own[start:]


def _with_stamps(count):
    token = base64.b64encode(b"\x30\x83" + (3 * 1800).to_bytes(3) + b"\x30\x01\x00" * 1800)
    stamp = (
        b"<xd:SignatureTimeStamp><xd:EncapsulatedTimeStamp>"
        + token
        + b"</xd:EncapsulatedTimeStamp></xd:SignatureTimeStamp>"
    )
    return replaced(parts_of(sealed()), SIG, b"<xd:UnsignedSignatureProperties>",
                    b"<xd:UnsignedSignatureProperties>" + stamp * count)[SIG]  # fmt: skip


@pytest.mark.parametrize("file", BUSY)
def test_a_file_made_to_keep_a_reader_busy_is_answered_soon_and_in_little_memory(file):
    content = BUSY[file]()
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    try:
        assert judged(content).verdict in (CHANGED, NOT_COVERED)
    except NotReadable as refused:
        assert str(refused).startswith("This ")
    assert time.process_time() - started < 8
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 450_000  # in kB


def test_a_time_stamp_of_many_small_values_is_refused_soon():
    token = b"\x30\x83" + (150_000).to_bytes(3) + b"\x05\x00" * 75_000
    started = time.process_time()
    with pytest.raises((NotUnderstood, NotReadable)):
        read_time_stamp(token)
    assert time.process_time() - started < 3


# ── By chance ────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_are_answered(content, as_zip):
    try:
        result = judged(b"PK\3\4" + content if as_zip else content)
        assert result.verdict is NOT_SIGNED
    except NotReadable as refused:
        assert str(refused)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32), st.integers(1, 4))
def test_a_file_changed_at_random_is_unchanged_only_if_every_reader_finds_the_same_parts(seed, times):
    chance, package = random.Random(seed), bytearray(sealed())
    for _ in range(times):
        at, kind = chance.randrange(len(package)), chance.randrange(5)
        if chance.random() < 0.5:  # the directory and the end, where little bytes mean much
            at = chance.randrange(len(package) - 2500, len(package))
        if kind == 0:
            package[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            package[at : at + 4] = chance.choice((bytes(4), b"\xff" * 4, struct.pack("<L", chance.randrange(99_999))))
        elif kind == 2:
            del package[at : at + chance.randrange(1, 60)]
        elif kind == 3:
            package[at:at] = package[max(0, at - chance.randrange(1, 400)) : at]
        else:
            package[at:at] = chance.choice((b"PK\5\6", b"PK\1\2", b"PK\3\4", bytes(22)))
    try:
        result = judged(bytes(package))
    except NotReadable:
        return
    assert result.sentence
    if result.verdict is UNCHANGED:
        assert {name: one for name, one in parts_of(bytes(package)).items() if "docProps" not in name} == {
            name: one for name, one in parts_of(sealed()).items() if "docProps" not in name
        }


def test_a_strict_reader_finds_what_any_reader_finds_in_ordinary_files():
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as made:
            for name, content in parts_of(sealed()).items():
                made.writestr(name, content)
        found = unzip(out.getvalue())
        assert (found.entries, found.damaged, found.doubtful) == (parts_of(sealed()), [], [])
    streamed = _Unseekable()
    with zipfile.ZipFile(streamed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts_of(sealed()).items():
            made.writestr(name, content)
    found = unzip(streamed.held)
    assert (found.entries, found.damaged, found.doubtful) == (parts_of(sealed()), [], [])


class _Unseekable(io.RawIOBase):
    """Takes a zip as a pipe does: sizes stand behind the entries then."""

    held = b""

    def writable(self):
        return True

    def write(self, content):
        self.held += bytes(content)
        return len(content)


def test_a_certificate_of_an_authority_that_may_not_sign_is_not_trusted():
    """A key whose certificate is for encrypting only seals nothing."""
    usage = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=True, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    signer = the_authority().signer("Only for letters", extensions=[usage])
    result = judged(sealed_by(signer))
    assert (result.verdict, result.exit_code) == (UNCHANGED, 3)
