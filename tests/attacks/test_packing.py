"""Zips in which two readers find two different files: none of them is ever called unchanged.

Each trick is tried on a file that only we sealed, which has one layout, and on one that a person signed in Word, which
goes by the general way.
"""

from __future__ import annotations

import base64
import io
import re
import shutil
import stat
import struct
import subprocess
import zipfile
import zlib
from functools import cache, partial
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from exports.budget import NotReadable
from exports.layout import is_laid_out, zipped
from exports.seal_docx import seal
from exports.timestamp import time_stamp
from exports.unzip import unzip
from exports.verdicts import Verdict
from exports.verify import verify
from tests.sealing import (
    COMMENT,
    FROZEN,
    Authority,
    parts_of,
    sealed,
    sealed_by,
    the_authority,
    time_stamp_authority,
    unsealed,
)
from tests.test_seal_attacks import Entry, crafted, entries_of, with_entry

DOCUMENT, TYPES, SIG = "word/document.xml", "[Content_Types].xml", "_xmlsignatures/sig1.xml"
CORE = "docProps/core.xml"
EVIL = b"<evil/>"


@cache
def signed_in_word():
    """A file that a person signed, whole, as Word would: no seal of ours is in it."""
    officer = the_authority().signer("Sam Ode", role="Detective Sergeant")
    return seal(unsealed(), [officer], at=FROZEN, comment="")


BASES = {"sealed": sealed, "signed in Word": signed_in_word}


def judged(package):
    try:
        return verify(package, [the_authority().certificate])
    except NotReadable as refused:
        return refused


def packed(content):
    packing = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packing.compress(content) + packing.flush()


# ── Two files in one ─────────────────────────────────────────────────────────────────────────────────────────────


def ends(package):
    """Return where the directory of a zip begins, and where its end."""
    end = len(package) - 22
    return struct.unpack_from("<L", package, end + 16)[0], end


def a_second_file_in_the_comment_of_the_last_entry(package):
    """A zip64 end and a directory of its own, with a forged text, lie inside the last entry's comment."""
    start, end = ends(package)
    directory = bytearray(package[start:end])
    lines, at = [], 0
    while at < len(directory):
        size = 46 + sum(struct.unpack_from("<3H", directory, at + 28))
        lines.append(bytearray(directory[at : at + size]))
        at += size
    forged = packed(EVIL)
    name = DOCUMENT.encode()
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 33, zlib.crc32(EVIL), len(forged), len(EVIL), len(name), 0)
    local += name + forged
    second = b""
    for line in lines:
        copy = bytearray(line)
        if bytes(line[46:]) == name:
            struct.pack_into("<3L", copy, 16, zlib.crc32(EVIL), len(forged), len(EVIL))
            struct.pack_into("<L", copy, 42, end)
        second += copy
    place = end + len(local)
    large = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, len(lines), len(lines), len(second), place)
    found = struct.pack("<4sLQL", b"PK\6\7", 0, place + len(second), 1)
    comment = local + second + large + found
    struct.pack_into("<H", lines[-1], 32, len(comment))
    whole = b"".join(lines) + comment
    last = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(lines), len(lines), len(whole), start, 0)
    return package[:start] + whole + last


@pytest.mark.parametrize("base", BASES)
def test_a_second_file_in_the_comment_of_an_entry_is_found(base):
    forged = a_second_file_in_the_comment_of_the_last_entry(BASES[base]())
    with zipfile.ZipFile(io.BytesIO(forged)) as opened:
        assert opened.read(DOCUMENT) == EVIL, "another reader finds the forged text"
    assert judged(forged).verdict is Verdict.NOT_COVERED


def a_second_file_in_the_document_properties(base):
    """Nobody signs document properties: a whole other file lies in them, uncompressed, up to its own end."""
    parts = parts_of(base())
    other = zipped({**parts, DOCUMENT: EVIL})
    entries = entries_of(parts)
    for one in entries:
        if one.name == CORE.encode():
            one.content += b"<!--" + other + b"-->"
            one.packed = stored_in_deflate(one.content)
    return crafted(entries)


def stored_in_deflate(content):
    """Return content as a deflate stream that keeps it as it is."""
    pieces = [content[at : at + 0xFFFF] for at in range(0, len(content), 0xFFFF)]
    return b"".join(
        struct.pack("<BHH", number == len(pieces) - 1, len(one), len(one) ^ 0xFFFF) + one
        for number, one in enumerate(pieces)
    )


@pytest.mark.parametrize("base", BASES)
def test_a_second_file_in_the_document_properties_is_found(base):
    forged = a_second_file_in_the_document_properties(BASES[base])
    assert forged.count(b"PK\5\6") == 2
    assert judged(forged).verdict is Verdict.NOT_COVERED


# ── Single tricks ────────────────────────────────────────────────────────────────────────────────────────────────

_ZIP64 = struct.pack("<2H", 1, 0)
_TIMES = struct.pack("<2HBL", 0x5455, 5, 1, 1_700_000_000)
_UNIX = struct.pack("<2HBBLBL", 0x7875, 11, 1, 4, 0, 4, 0)
_GROWTH = struct.pack("<2H2s2s", 0xA220, 24, b"\x28\xa0", b"\1\0") + bytes(20)


def with_end(base, at, form, *values, behind=b""):
    package = bytearray(base())
    struct.pack_into(form, package, len(package) - 22 + at, *values)
    return bytes(package) + behind


def in_another_order(base):
    entries = entries_of(parts_of(base()))
    return crafted([*entries[:1], *reversed(entries[1:])])


def listed_in_another_order(base):
    """The directory lists the parts otherwise than they lie."""
    package = crafted(entries_of(parts_of(base())))
    start, end = ends(package)
    lines, at = [], start
    while at < end:
        size = 46 + sum(struct.unpack_from("<3H", package, at + 28))
        lines.append(package[at : at + size])
        at += size
    return package[:start] + b"".join(reversed(lines)) + package[end:]


def with_a_gap(base):
    entries = entries_of(parts_of(base()))
    entries[2].behind = b"PK\3\4" + bytes(40)
    return crafted(entries)


def described(base, description=None, **changes):
    """Every part has its sizes behind it, as a program writes that cannot go back; one of them as it was asked for."""
    entries = entries_of(parts_of(base()))
    for one in entries:
        one.flags, one.head_sizes, one.head_crc = 8, (0, 0), 0
        if changes.get("method") == 0:
            one.method = 0
        body = packed(one.content) if one.method == 8 else one.content
        true = struct.pack("<4s3L", b"PK\7\10", zlib.crc32(one.content), len(body), len(one.content))
        one.behind = true if description is None or one.name != DOCUMENT.encode() else description(true)
    return crafted(entries)


def overlapping(base):
    """The directory names one part twice, under two names."""
    parts = parts_of(base())
    package = crafted(entries_of(parts))
    start, end = ends(package)
    line = package.index(b"PK\1\2", start)
    more = bytearray(package[line : line + 46 + len(TYPES)])
    more[46:] = b"word/copy.xml".ljust(len(TYPES), b"x")
    count = len(parts) + 1
    last = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, end - start + len(more), start, 0)
    return package[:end] + bytes(more) + last


def one(part=DOCUMENT, **changes):
    return lambda base: with_entry(part, of=base, **changes)


def added(entry):
    return lambda base: crafted([*entries_of(parts_of(base())), entry])


TRICKS = {
    "a comment at the end": lambda base: crafted(entries_of(parts_of(base())), comment=b"read me"),
    "an end that speaks of a comment": lambda base: with_end(base, 20, "<H", 5),
    "an end and a comment that looks like another": lambda base: with_end(
        base, 20, "<H", 22, behind=b"PK\5\6" + bytes(18)
    ),
    "an end whose length lies": lambda base: with_end(base, 12, "<L", 100),
    "an end whose place lies": lambda base: with_end(base, 16, "<L", 7),
    "an end that counts fewer": lambda base: with_end(base, 8, "<2H", 5, 5),
    "an end that counts two numbers": lambda base: with_end(base, 8, "<H", 5),
    "an end on another disk": lambda base: with_end(base, 4, "<H", 1),
    "a directory on another disk": lambda base: with_end(base, 6, "<H", 1),
    "an end that says to look for another": lambda base: with_end(base, 16, "<L", 0xFFFFFFFF),
    "the mark of a large end before the end": lambda base: crafted(
        entries_of(parts_of(base())), before_end=struct.pack("<4sLQL", b"PK\6\7", 0, 0, 1)
    ),
    "a comment of an entry": one(comment=b"read me"),
    "sizes in the large form in the directory": one(extra=_ZIP64),
    "sizes in the large form in the head": one(head_extra=_ZIP64),
    "times in the directory": one(extra=_TIMES),
    "times in the head": one(head_extra=_TIMES),
    "an owner in the head": one(head_extra=_UNIX),
    "room to grow in the directory": one(extra=_GROWTH),
    "room to grow that is not empty": one(head_extra=_GROWTH[:-1] + b"x"),
    "room to grow of another mark": one(head_extra=_GROWTH.replace(b"\x28\xa0", b"\x28\xa1")),
    "room to grow, and more behind it": one(head_extra=_GROWTH + _TIMES),
    "another order": listed_in_another_order,
    "a gap": with_a_gap,
    "a description that lies": lambda base: described(base, lambda true: true[:4] + bytes(12)),
    "a description without its mark": lambda base: described(base, lambda true: true[4:]),
    "a description in the large form": lambda base: described(base, lambda true: true[:8] + bytes(16)),
    "a description of a part that is stored": lambda base: described(base, method=0),
    "one part under two names": overlapping,
    "a folder": added(Entry(b"word/", b"", 0)),
    "a link": one("word/styles.xml", rights=(stat.S_IFLNK | 0o777) << 16),
    "the rights of a folder": one("word/styles.xml", rights=0x10),
    "a name that is a folder of another": added(Entry(b"word", EVIL)),
    "a name in escapes": added(Entry(b"word/document%2Exml", EVIL)),
    "a name with a space": added(Entry(b"word/document.xml ", EVIL)),
    "a name that ends in a dot": added(Entry(b"word/document.xml.", EVIL)),
    "a name that leads out": added(Entry(b"../document.xml", EVIL)),
    "a list of relationships in other letters": added(Entry(b"word/_RELS/document.xml.RELS", EVIL)),
    "a patch": one(flags=1 << 5),
    "encryption": one(flags=1),
    "a strong encryption": one(flags=1 << 6),
    "a hidden directory": one(flags=1 << 13),
    "another packing": one(method=9),
    "a version that is to come": one(head_extra=b"", extra=b"", flags=0, method=93),
}


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("trick", TRICKS)
def test_a_structure_in_which_readers_differ_is_never_unchanged(trick, base):
    changed = TRICKS[trick](BASES[base])
    assert changed != BASES[base]()
    found = judged(changed)
    assert isinstance(found, NotReadable) or found.verdict in (Verdict.NOT_COVERED, Verdict.CHANGED), found


@pytest.mark.parametrize("trick", [in_another_order, described, one(head_extra=_GROWTH), one(method=0), one(rights=0)])
def test_what_no_reader_takes_otherwise_is_unchanged_for_word_and_packed_anew_for_a_seal(trick):
    """Word and LibreOffice write such files; our own writer does not."""
    assert judged(trick(signed_in_word)).verdict is Verdict.UNCHANGED
    anew = judged(trick(sealed))
    assert (anew.verdict, anew.parts) == (Verdict.NOT_COVERED, ("the way the file is packed",))


def test_a_seal_beside_a_signature_of_word_goes_by_the_general_way():
    officer = the_authority().signer("Sam Ode", role="Detective Sergeant")
    both = seal(sealed(), [officer], at=FROZEN, comment=COMMENT)
    anew = crafted(list(reversed(entries_of(parts_of(both)))))
    assert judged(both).verdict is judged(anew).verdict is Verdict.UNCHANGED
    commented = crafted(entries_of(parts_of(both)), comment=b"x")
    assert judged(commented).verdict is Verdict.NOT_COVERED


# ── One layout ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_layout_is_that_of_a_plain_zip_of_the_standard_library():
    """So a file that was sealed before the layout was written down has it too."""
    parts, out = parts_of(sealed()), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name in sorted(parts, key=lambda name: (name != TYPES, name)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
            package.writestr(entry, parts[name], compresslevel=6)
    assert out.getvalue() == zipped(parts) == sealed()


@pytest.mark.parametrize("level", [0, 1, 9])
def test_how_well_a_part_is_compressed_is_free(level):
    """Another zlib may compress otherwise; what it holds and where it ends is not free."""
    entries = entries_of(parts_of(sealed()))
    for entry in entries:
        packing = zlib.compressobj(level, zlib.DEFLATED, -15)
        entry.packed = packing.compress(entry.content) + packing.flush()
    assert judged(crafted(entries)).verdict is Verdict.UNCHANGED


def test_no_bit_outside_the_compressed_parts_is_free():
    package = sealed()
    free = set()
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        for entry in opened.infolist():
            start = entry.header_offset + 30 + len(entry.filename)
            free.update(range(start, start + entry.compress_size))
    fixed = [place for place in range(len(package)) if place not in free]
    assert len(fixed) > 1500
    for place in fixed:
        flipped = bytearray(package)
        flipped[place] ^= 1 << place % 8
        found = judged(bytes(flipped))
        assert isinstance(found, NotReadable) or found.verdict is not Verdict.UNCHANGED, place


def test_a_part_that_looks_like_an_end_when_it_is_packed_is_packed_otherwise(monkeypatch):
    import exports.layout

    asked = []

    def once(content):
        asked.append(content)
        return len(asked) == 1

    monkeypatch.setattr(exports.layout, "has_another_end", once)
    written = zipped(parts_of(unsealed()))
    monkeypatch.undo()
    assert (len(asked), parts_of(written)) == (2, parts_of(unsealed()))
    assert unzip(written).is_laid_out
    assert written != zipped(parts_of(unsealed()))


def test_the_order_of_parts_belongs_to_the_layout():
    found = unzip(in_another_order(sealed))
    assert (found.doubtful, found.is_laid_out) == ([], False)
    assert not is_laid_out(b"", [])


# ── What stands in a signature where nobody signs ────────────────────────────────────────────────────────────────

X509 = b"<X509Certificate>"


def _certificate(name="Somebody else"):
    der = Authority("Other").signer(name, "ecdsa").certificate.public_bytes(Encoding.DER)
    return X509 + base64.b64encode(der) + b"</X509Certificate>"


def _unsigned(inside):
    return b"<xd:UnsignedSignatureProperties>", b"<xd:UnsignedSignatureProperties>" + inside


NOWHERE_SIGNED = {
    "another certificate before the signer's": lambda: (X509, _certificate() + X509),
    "another certificate behind the signer's": lambda: (b"</X509Data>", _certificate() + b"</X509Data>"),
    "another certificate in data of its own": lambda: (
        b"</X509Data>", b"</X509Data><X509Data>" + _certificate() + b"</X509Data>"
    ),
    "a certificate that is none": lambda: (b"</X509Data>", X509 + b"AAAA</X509Certificate></X509Data>"),
    "another key": lambda: (
        b"<X509Data>",
        b"<KeyValue><RSAKeyValue><Modulus>AQAB</Modulus><Exponent>AQAB</Exponent></RSAKeyValue></KeyValue><X509Data>",
    ),
    "the name of a key": lambda: (b"<X509Data>", b"<KeyName>Marsh Council</KeyName><X509Data>"),
    "a key that lies elsewhere": lambda: (b"<X509Data>", b'<RetrievalMethod URI="http://evil.example"/><X509Data>'),
    "the name of another signer": lambda: (X509, b"<X509SubjectName>CN=Somebody</X509SubjectName>" + X509),
    "a foreign child": lambda: (b"</Signature>", b'<x xmlns="urn:x"/></Signature>'),
    "a foreign child in the middle": lambda: (b"<KeyInfo>", b'<x xmlns="urn:x"/><KeyInfo>'),
    "words between": lambda: (b"<KeyInfo>", b"words<KeyInfo>"),
    "words in the key": lambda: (b"<X509Data>", b"words<X509Data>"),
    "a property that is not signed": lambda: _unsigned(b"<xd:SignerRole><xd:ClaimedRoles/></xd:SignerRole>"),
    "another signature": lambda: _unsigned(b"<xd:CounterSignature/>"),
    "a property of no standard": lambda: _unsigned(b'<x xmlns="urn:x">words</x>'),
    "words among the properties": lambda: _unsigned(b"words"),
    "more beside the signed properties": lambda: (b"<xd:UnsignedProperties>", b"<xd:Other/><xd:UnsignedProperties>"),
    "unsigned properties of the data": lambda: (
        b"</xd:UnsignedProperties>", b"<xd:UnsignedDataObjectProperties/></xd:UnsignedProperties>"
    ),
    "a remark before it": lambda: (b"<Signature ", b"<!-- x --><Signature "),
    "a remark behind it": lambda: (b"</Signature>", b"</Signature><!-- x -->"),
    "an instruction behind it": lambda: (b"</Signature>", b"</Signature><?x y?>"),
}  # fmt: skip


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("what", NOWHERE_SIGNED)
def test_what_is_added_where_nobody_signs_is_not_covered(what, base):
    parts = parts_of(BASES[base]())
    old, new = NOWHERE_SIGNED[what]()
    assert old in parts[SIG]
    found = judged(zipped({**parts, SIG: parts[SIG].replace(old, new, 1)}))
    assert (found.verdict, found.parts) == (Verdict.NOT_COVERED, (SIG,))


def test_the_chain_of_a_signer_may_stand_in_the_key_of_anothers_file_but_not_of_a_seal():
    """Word and others write the issuers there; they add nothing that their signatures do not say."""
    issuer = X509 + base64.b64encode(the_authority().certificate.public_bytes(Encoding.DER)) + b"</X509Certificate>"
    for base, verdict in ((signed_in_word, Verdict.UNCHANGED), (sealed, Verdict.NOT_COVERED)):
        parts = parts_of(base())
        chained = parts[SIG].replace(b"</X509Data>", issuer + b"</X509Data>")
        assert judged(zipped({**parts, SIG: chained})).verdict is verdict


ONLY_IN_A_SEAL = {
    "white space between": (b"<KeyInfo>", b"\n<KeyInfo>"),
    "a value in lines": (b"<SignatureValue>", b"<SignatureValue>\n"),
    "a space in a mark": (b"<KeyInfo>", b"<KeyInfo >"),
    "another declaration": (b'standalone="no"', b'standalone="yes"'),
    "other quotation marks": (b'Id="idPackageSignature"', b"Id='idPackageSignature'"),
    "an issuer of nobody": (
        b"<xd:CertificateValues>",
        b"<xd:CertificateValues>" + _certificate().replace(b"X509Certificate", b"xd:EncapsulatedX509Certificate"),
    ),
    "an issuer that is none": (
        b"<xd:CertificateValues>",
        b"<xd:CertificateValues><xd:EncapsulatedX509Certificate>AAAA</xd:EncapsulatedX509Certificate>",
    ),
    "a time stamp that is none": _unsigned(
        b"<xd:SignatureTimeStamp><xd:EncapsulatedTimeStamp>AAAA</xd:EncapsulatedTimeStamp></xd:SignatureTimeStamp>"
    ),
    "a namespace that nothing uses": (b"<xd:UnsignedProperties>", b'<xd:UnsignedProperties xmlns:a="../b">'),
    "a namespace of the key": (b"<KeyInfo>", b'<KeyInfo xmlns:a="b:c">'),
    "a namespace said again where somebody signed": (
        b"<SignatureProperties>",
        b'<SignatureProperties xmlns="http://www.w3.org/2000/09/xmldsig#">',
    ),
    "attributes in another order where somebody signed": (
        b'Id="idSignatureTime" Target="#idPackageSignature"',
        b'Target="#idPackageSignature" Id="idSignatureTime"',
    ),
    "another name of the signature": (b' Id="idPackageSignature"', b' Id="idSignature"'),
    "no name of the signature": (b' Id="idPackageSignature"', b""),
    "properties of another signature": (b' Target="#idPackageSignature"><xd:Signed', b' Target="#other"><xd:Signed'),
    "a name of what nobody signs": (b"<Object><xd:", b'<Object Id="idOther"><xd:'),
    "a mark closed in another way": (b"<SetupID></SetupID>", b"<SetupID/>"),
    "a letter as a number where somebody signed": (b"<mdssi:Format>YYYY", b"<mdssi:Format>YYY&#89;"),
    "no issuers, in their place": (b"</xd:CertificateValues>", b"</xd:CertificateValues><xd:CertificateValues/>"),
    "references to certificates": _unsigned(b"<xd:CompleteCertificateRefs><xd:CertRefs/></xd:CompleteCertificateRefs>"),
}


@pytest.mark.parametrize("what", ONLY_IN_A_SEAL)
def test_a_seal_is_written_in_one_way(what):
    parts = parts_of(sealed())
    old, new = ONLY_IN_A_SEAL[what]
    assert old in parts[SIG]
    found = judged(zipped({**parts, SIG: parts[SIG].replace(old, new, 1)}))
    assert (found.verdict, found.parts) == (Verdict.NOT_COVERED, (SIG,))


def test_an_issuer_stands_in_a_seal_once():
    parts = parts_of(sealed())
    issuer = re.search(rb"<xd:EncapsulatedX509Certificate>.*?</xd:EncapsulatedX509Certificate>", parts[SIG])[0]
    found = judged(zipped({**parts, SIG: parts[SIG].replace(issuer, issuer + issuer)}))
    assert (found.verdict, found.parts) == (Verdict.NOT_COVERED, (SIG,))


@pytest.fixture(scope="module")
def stamped(tmp_path_factory):
    with time_stamp_authority(tmp_path_factory.mktemp("tsa"), the_authority()) as url:
        return sealed_by(the_authority().signer(), stamp=partial(time_stamp, url))


STAMPS_WRITTEN_OTHERWISE = {
    "two stamps in one": (b"</xd:EncapsulatedTimeStamp>", b"</xd:EncapsulatedTimeStamp><xd:EncapsulatedTimeStamp/>"),
    "a stamp with a name": (b"<xd:SignatureTimeStamp>", b'<xd:SignatureTimeStamp Id="a">'),
    "a stamp that does not say what was stamped": (
        b'<xd:SignatureTimeStamp><CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>',
        b"<xd:SignatureTimeStamp>",
    ),
    "a second stamp": (b"</xd:SignatureTimeStamp>", b"</xd:SignatureTimeStamp><xd:SignatureTimeStamp/>"),
    "an empty list of lists": (b"</xd:CertificateValues>", b"</xd:CertificateValues><xd:RevocationValues/>"),
}


@pytest.mark.parametrize("what", STAMPS_WRITTEN_OTHERWISE)
def test_a_time_stamp_stands_in_a_seal_in_one_way(what, stamped):
    parts = parts_of(stamped)
    old, new = STAMPS_WRITTEN_OTHERWISE[what]
    assert old in parts[SIG]
    assert judged(stamped).verdict is Verdict.UNCHANGED
    found = judged(zipped({**parts, SIG: parts[SIG].replace(old, new, 1)}))
    assert (found.verdict, found.parts) == (Verdict.NOT_COVERED, (SIG,))


def test_an_issuer_that_was_altered_is_told_from_the_one_that_is_trusted():
    """The name of its own issuer is altered: then nothing says any more that it should have signed itself."""
    der = the_authority().certificate.public_bytes(Encoding.DER)
    altered = der.replace(b"Test authority", b"Best authority", 1)
    parts = parts_of(sealed())
    changed = parts[SIG].replace(base64.b64encode(der), base64.b64encode(altered))
    assert changed != parts[SIG]
    found = judged(zipped({**parts, SIG: changed}))
    assert (found.verdict, found.parts) == (Verdict.NOT_COVERED, (SIG,))


LISTS_WRITTEN_OTHERWISE = {
    "a remark in the content types": (TYPES, b"</Types>", b"<!-- x --></Types>"),
    "white space in the content types": (TYPES, b"</Types>", b"\n</Types>"),
    "a type of nothing": (TYPES, b"</Types>", b'<Default Extension="exe" ContentType="application/x"/></Types>'),
    "a type of a missing part": (TYPES, b"</Types>", b'<Override PartName="/word/x.xml" ContentType="a/b"/></Types>'),
    "a type that the ending says already": (
        TYPES, b"</Types>", b'<Override PartName="/customXml/item1.xml" ContentType="application/xml"/></Types>'
    ),
    "a type of no part": (TYPES, b"</Types>", b'<Override ContentType="a/b"/></Types>'),
    "a type of no ending": (TYPES, b"</Types>", b'<Default ContentType="a/b"/></Types>'),
    "a part without a type": (TYPES, b"</Types>", b'<Override PartName="/word/document.xml"/></Types>'),
    "a type that says more": (TYPES, b"<Override PartName", b'<Override a="b" PartName'),
    "what a type is of, said behind it": (
        TYPES,
        b'Extension="xml" ContentType="application/xml"',
        b'ContentType="application/xml" Extension="xml"',
    ),
    "a part named in escapes": (TYPES, b'"/word/document.xml"', b'"/word/document%2Exml"'),
    "a part named in other letters": (TYPES, b'"/word/document.xml"', b'"/Word/document.xml"'),
    "another type of all XML": (TYPES, b'"application/xml"', b'"application/x-xml"'),
    "a remark among relationships": ("_rels/.rels", b"</Relationships>", b"<!-- x --></Relationships>"),
    "attributes in another order": (
        "_xmlsignatures/_rels/origin.sigs.rels", b'Id="rId1" ', b' Id="rId1" '
    ),
    "another number of a seal": ("_xmlsignatures/_rels/origin.sigs.rels", b'"rId1"', b'"rId7"'),
    "seals reached by another way": ("_rels/.rels", b'"_xmlsignatures/origin.sigs"', b'"/_xmlsignatures/origin.sigs"'),
}  # fmt: skip


@pytest.mark.parametrize("what", LISTS_WRITTEN_OTHERWISE)
def test_lists_that_nobody_signs_are_written_in_one_way(what):
    name, old, new = LISTS_WRITTEN_OTHERWISE[what]
    parts = parts_of(sealed())
    assert old in parts[name]
    found = judged(zipped({**parts, name: parts[name].replace(old, new, 1)}))
    assert (found.verdict, name in found.parts) == (Verdict.NOT_COVERED, True)


def test_several_seals_stand_in_their_order_and_none_is_between():
    package = sealed_by(*(the_authority().signer(name) for name in ("One", "Two", "Three")))
    listed = "_xmlsignatures/_rels/origin.sigs.rels"
    parts = parts_of(package)
    assert judged(package).verdict is Verdict.UNCHANGED
    swapped = parts[listed].replace(b"sig1", b"sig0").replace(b"sig2", b"sig1").replace(b"sig0", b"sig2")
    found = judged(zipped({**parts, listed: swapped}))
    assert (found.verdict, found.parts) == (Verdict.NOT_COVERED, (listed,))


# ── Other readers ────────────────────────────────────────────────────────────────────────────────────────────────


def by_zipfile(file: Path, folder: Path) -> None:
    with zipfile.ZipFile(file) as opened:
        opened.extractall(folder)


def by_bsdtar(file: Path, folder: Path) -> None:
    subprocess.run(["bsdtar", "-xf", file, "-C", folder], check=True, capture_output=True)


def by_bsdtar_from_a_pipe(file: Path, folder: Path) -> None:
    """Read from the front, without the directory."""
    subprocess.run(["bsdtar", "-xf", "-", "-C", folder], input=file.read_bytes(), check=True, capture_output=True)


def by_7z(file: Path, folder: Path) -> None:
    subprocess.run(["7z", "x", "-y", f"-o{folder}", file], check=True, capture_output=True)


READERS = [("", by_zipfile), ("bsdtar", by_bsdtar), ("bsdtar", by_bsdtar_from_a_pipe), ("7z", by_7z)]


def _properties_changed(base):
    parts = parts_of(base())
    return zipped({**parts, CORE: parts[CORE].replace(b"Minutes of", b"Changed of") + b"<!-- PK\3\4 -->"})


@pytest.mark.parametrize(("program", "reader"), READERS, ids=[row[1].__name__ for row in READERS])
def test_every_reader_finds_the_same_parts_in_what_is_called_unchanged(program, reader, tmp_path):
    if program and shutil.which(program) is None:
        pytest.skip(f"{program} is not installed.")
    files = [sealed(), signed_in_word(), described(signed_in_word), in_another_order(signed_in_word),
             one(head_extra=_GROWTH)(signed_in_word), *map(_properties_changed, BASES.values())]  # fmt: skip
    for number, package in enumerate(files):
        assert judged(package).verdict is Verdict.UNCHANGED
        file, folder = tmp_path / f"{number}.docx", tmp_path / str(number)
        file.write_bytes(package)
        folder.mkdir()
        reader(file, folder)
        found = {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}
        assert found == unzip(package).entries
