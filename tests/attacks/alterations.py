"""Makes altered copies of sealed files: of their structure, their zip, their XML and their certificates.

The same seed gives the same alterations. All are made in memory from files that were sealed once. Those that change
document properties and nothing else are marked: they alone may be called unchanged.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives.serialization import Encoding

from exports.opc import zipped
from tests.attacks.test_packing import LISTS_WRITTEN_OTHERWISE, NOWHERE_SIGNED, ONLY_IN_A_SEAL, TRICKS, described
from tests.attacks.test_packing import a_second_file_in_the_comment_of_the_last_entry as a_second_file_in_a_comment
from tests.attacks.test_packing import a_second_file_in_the_document_properties as a_second_file_in_properties
from tests.attacks.test_parsers import mutated
from tests.sealing import DAY, FROZEN, OFFICE, WORDPROCESSING, Authority, parts_of, with_relationship, with_type
from tests.test_seal import ROWS
from tests.test_seal_attacks import PARTS, SIGNATURES, crafted, entries_of

Parts = dict[str, bytes]
SEED = 2027
CORE, TYPES, ROOT = "docProps/core.xml", "[Content_Types].xml", "_rels/.rels"
SIG, RELATIONSHIPS = "_xmlsignatures/sig1.xml", "word/_rels/document.xml.rels"
_CERTIFICATE, _ENDS = b"<X509Certificate>", b"</X509Certificate>"
_VALUE, _VALUE_ENDS = b"<xd:EncapsulatedX509Certificate>", b"</xd:EncapsulatedX509Certificate>"


class DoesNotApply(Exception):
    """A file does not have what an alteration alters."""


@dataclass(frozen=True)
class Altered:
    """One altered file: of which scenario, what was done to it, and whether only its properties differ."""

    scenario: str
    what: str
    content: bytes
    only_properties: bool = False


def alterations(files: Mapping[str, bytes], count: int, seed: int = SEED) -> Iterator[Altered]:
    """Yield that many alterations of sealed files, all of them different from the file."""
    chance, names, made = random.Random(seed), sorted(files), 0
    while made < count:
        name, kind = names[made % len(names)], chance.choice(KINDS)
        what = chance.choice(sorted(kind))
        try:
            content = kind[what](files[name], chance)
        except DoesNotApply:
            continue
        if content != files[name]:
            made += 1
            yield Altered(name, what, content, only_properties=kind is PROPERTIES)


# ── Structure ────────────────────────────────────────────────────────────────────────────────────────────────────


def _on_parts(change: Callable[[Parts, random.Random], Parts]) -> Callable[[bytes, random.Random], bytes]:
    return lambda package, chance: zipped(change(parts_of(package), chance))


def _some(parts: Parts, chance: random.Random) -> str:
    """Return one of the parts that are no properties."""
    return chance.choice(sorted(name for name in parts if not name.startswith("docProps/")))


def a_part_is_added(parts: Parts, chance: random.Random) -> Parts:
    folder = chance.choice(
        ("word", "word/_rels", "customXml", "docProps", "_xmlsignatures", "_rels", "xl", "word/media")
    )
    name = f"{folder}/{chance.choice(('x', 'document2', 'comments', 'people'))}.{chance.choice(('xml', 'rels', 'bin'))}"
    added = {**parts, name: chance.choice((b"", b"<x/>", parts["word/document.xml"], parts[ROOT]))}
    if chance.random() < 0.5:
        with_type(added, name, chance.choice((f"{WORDPROCESSING}.comments+xml", "application/xml")))
    if chance.random() < 0.5:
        with_relationship(added, chance.choice((ROOT, RELATIONSHIPS)), f"{OFFICE}/comments", f"/{name}")
    return added


def a_part_is_removed(parts: Parts, chance: random.Random) -> Parts:
    gone = _some(parts, chance)
    return {name: content for name, content in parts.items() if name != gone}


def a_part_is_renamed(parts: Parts, chance: random.Random) -> Parts:
    old = _some(parts, chance)
    new = chance.choice((old.upper(), old.replace("xml", "xmI"), f"{old}.bak", f"x/{old}", old.replace(".", "%2E")))
    return {new if name == old else name: content for name, content in parts.items()}


def two_parts_change_places(parts: Parts, chance: random.Random) -> Parts:
    one, other = _some(parts, chance), _some(parts, chance)
    return {**parts, one: parts[other], other: parts[one]}


def a_bit_of_a_part_is_changed(parts: Parts, chance: random.Random) -> Parts:
    name = _some({name: content for name, content in parts.items() if content}, chance)
    content = bytearray(parts[name])
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return {**parts, name: bytes(content)}


def a_relationship_is_added(parts: Parts, chance: random.Random) -> Parts:
    changed = dict(parts)
    kind = chance.choice(("officeDocument", "image", "attachedTemplate", "hyperlink", "customXml"))
    target = chance.choice(("word/document.xml", "http://evil.example/x.dotm", "../x.xml", "/word/styles.xml"))
    with_relationship(
        changed, chance.choice((ROOT, RELATIONSHIPS)), f"{OFFICE}/{kind}", target, f"rId{chance.randrange(99)}"
    )
    return changed


def a_type_is_added(parts: Parts, chance: random.Random) -> Parts:
    changed = dict(parts)
    name = chance.choice([*sorted(parts), "word/none.xml", "WORD/DOCUMENT.XML", "word/document%2Exml"])
    if name.startswith("docProps/"):
        raise DoesNotApply
    with_type(changed, name, chance.choice((f"{WORDPROCESSING}.document.main+xml", "application/xml", "text/html")))
    return changed


def _as_tested(change: Callable[[Parts], Parts]) -> Callable[[bytes, random.Random], bytes]:
    def altered(package: bytes, _: random.Random) -> bytes:
        try:
            return zipped(change(parts_of(package)))
        except (AssertionError, KeyError, ValueError):
            raise DoesNotApply from None

    return altered


_PROPERTIES_ROWS = {"the_core_properties_are_changed", "the_extended_properties_are_changed"}

STRUCTURE = {
    **{one.__name__: _on_parts(one) for one in (
        a_part_is_added, a_part_is_removed, a_part_is_renamed, two_parts_change_places, a_bit_of_a_part_is_changed,
        a_relationship_is_added, a_type_is_added,
    )},
    **{row[-1].__name__: _as_tested(row[-1]) for row in (*ROWS, *PARTS) if row[-1].__name__ not in _PROPERTIES_ROWS},
}  # fmt: skip


# ── Zip ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _bits(package: bytes, chance: random.Random) -> bytes:
    """Change a byte outside the compressed parts: of a head, the directory or the end."""
    changed, start = bytearray(package), package.rindex(b"PK\5\6")
    begins = int.from_bytes(package[start + 16 : start + 20], "little")
    place = chance.randrange(begins, len(package)) if chance.random() < 0.7 else chance.randrange(30)
    changed[place] = (changed[place] + chance.randrange(1, 256)) % 256
    return bytes(changed)


def _packed_otherwise(package: bytes, chance: random.Random) -> bytes:
    entries = entries_of(parts_of(package))
    chance.shuffle(entries)
    for one in entries:
        one.method = chance.choice((0, 8))
    return crafted(entries)


ZIP = {
    **{name: lambda package, _, trick=trick: trick(lambda: package) for name, trick in TRICKS.items()},
    "a second file in the comment of an entry": lambda package, _: a_second_file_in_a_comment(package),
    "a second file in the properties": lambda package, _: a_second_file_in_properties(lambda: package),
    "sizes behind each part": lambda package, _: described(lambda: package),
    "packed otherwise": _packed_otherwise,
    "a byte of the zip": _bits,
    "a byte of the zip, again": _bits,
    "bytes before": lambda package, chance: bytes(chance.randrange(1, 99)) + package,
    "bytes behind": lambda package, chance: package + bytes(chance.randrange(1, 99)),
    "cut off": lambda package, chance: package[: chance.randrange(100, len(package))],
    "the file twice": lambda package, _: package + package,
}


# ── XML ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _mutated(package: bytes, chance: random.Random) -> bytes:
    parts = parts_of(package)
    name = chance.choice([SIG, SIG, *(one for one in sorted(parts) if one.endswith(".rels") or one == TYPES)])
    changed = mutated(parts[name], chance)
    if changed == parts[name]:
        raise DoesNotApply
    return zipped({**parts, name: changed})


def _put(name: str, old: bytes, new: bytes) -> Callable[[bytes, random.Random], bytes]:
    def altered(package: bytes, _: random.Random) -> bytes:
        parts = parts_of(package)
        if old not in parts.get(name, b""):
            raise DoesNotApply
        return zipped({**parts, name: parts[name].replace(old, new, 1)})

    return altered


def _between_marks(inside: bytes) -> Callable[[bytes, random.Random], bytes]:
    """Put something between two marks of a signature or a list."""

    def altered(package: bytes, chance: random.Random) -> bytes:
        parts = parts_of(package)
        name = chance.choice([SIG, *(one for one in sorted(parts) if one.endswith(".rels") or one == TYPES)])
        places = [at + 1 for at in range(len(parts[name])) if parts[name][at : at + 2] == b"><"]
        if not places:
            raise DoesNotApply
        at = chance.choice(places)
        return zipped({**parts, name: parts[name][:at] + inside + parts[name][at:]})

    return altered


XML = {
    **{one.__name__: _as_tested(one) for one in SIGNATURES},
    **{name: _put(SIG, *make()) for name, make in NOWHERE_SIGNED.items()},
    **{name: _put(SIG, *put) for name, put in ONLY_IN_A_SEAL.items()},
    **{name: _put(*put) for name, put in LISTS_WRITTEN_OTHERWISE.items()},
    "a namespace that is none": _put(SIG, b"<Signature ", b'<Signature xmlns:a="b" '),
    "a namespace more": _put(SIG, b"<Signature ", b'<Signature xmlns:a="urn:a" '),
    "white space": _between_marks(b" \n"),
    "a remark": _between_marks(b"<!-- seen -->"),
    "an instruction": _between_marks(b"<?seen by=somebody?>"),
    "an element": _between_marks(b"<x/>"),
    "an element of another": _between_marks(b'<x xmlns="urn:x">words</x>'),
    "letters in another form": _between_marks(b"<![CDATA[ ]]>"),
    **{f"mutated {number}": _mutated for number in range(25)},
}


# ── Certificates ─────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def _strangers() -> dict[str, bytes]:
    """Certificates that have nothing to do with a file, in base64, by what they are."""
    other, named_alike = Authority("Another authority"), Authority()
    found = {
        "another": other.signer("Marsh Council").certificate,
        "of a namesake": named_alike.signer("Marsh Council").certificate,
        "expired": named_alike.signer("Marsh Council", until=FROZEN - 200 * DAY).certificate,
        "not valid yet": named_alike.signer("Marsh Council", since=FROZEN + 100 * DAY).certificate,
        "of another kind": other.signer("Marsh Council", "ecdsa").certificate,
        "authority": other.certificate,
        "authority of the same name": named_alike.certificate,
    }
    return {name: base64.b64encode(one.public_bytes(Encoding.DER)) for name, one in found.items()}


def _with_certificate(begin: bytes, end: bytes, how: str) -> Callable[[bytes, random.Random], bytes]:
    def altered(package: bytes, chance: random.Random) -> bytes:
        parts, stranger = parts_of(package), chance.choice(sorted(_strangers().items()))[1]
        content = parts[SIG]
        if begin not in content:
            raise DoesNotApply
        start = content.index(begin)
        ends = content.index(end, start) + len(end)
        own, one = content[start:ends], begin + stranger + end
        made = {"exchanged": one, "before": one + own, "behind": own + one}[how]
        return zipped({**parts, SIG: content[:start] + made + content[ends:]})

    return altered


def _bit_of_a_certificate(package: bytes, chance: random.Random) -> bytes:
    """Change one letter of a certificate."""
    parts = parts_of(package)
    begin, end = chance.choice(((_CERTIFICATE, _ENDS), (_VALUE, _VALUE_ENDS)))
    content = bytearray(parts[SIG])
    if begin not in content:
        raise DoesNotApply
    start = content.index(begin) + len(begin)
    place = chance.randrange(start, content.index(end, start))
    content[place] = chance.choice([one for one in b"ABCDEFabcdef0123456789+/" if one != content[place]])
    return zipped({**parts, SIG: bytes(content)})


def _sealed_by_two(package: bytes, chance: random.Random) -> bytes:
    """Put the signature of one seal beside the certificate of another file's signer."""
    parts, stranger = parts_of(package), chance.choice(sorted(_strangers().items()))[1]
    start = parts[SIG].index(b"<KeyInfo>")
    end = parts[SIG].index(b"</KeyInfo>")
    key = b"<KeyInfo><X509Data>" + _CERTIFICATE + stranger + _ENDS + b"</X509Data>"
    return zipped({**parts, SIG: parts[SIG][:start] + key + parts[SIG][end:]})


CERTIFICATES = {
    **{
        f"the certificate {how}": _with_certificate(_CERTIFICATE, _ENDS, how)
        for how in ("exchanged", "before", "behind")
    },
    **{f"the issuer {how}": _with_certificate(_VALUE, _VALUE_ENDS, how) for how in ("exchanged", "before", "behind")},
    "a letter of a certificate": _bit_of_a_certificate,
    "the key of somebody else": _sealed_by_two,
}


# ── Document properties ──────────────────────────────────────────────────────────────────────────────────────────


def _title(package: bytes, chance: random.Random) -> bytes:
    parts = parts_of(package)
    title = b"<dc:title>Changed %d</dc:title>" % chance.randrange(10**6)
    start, end = parts[CORE].find(b"<dc:title>"), parts[CORE].find(b"</dc:title>")
    if start < 0:
        raise DoesNotApply
    return zipped({**parts, CORE: parts[CORE][:start] + title + parts[CORE][end + len(b"</dc:title>") :]})


def _other_properties(package: bytes, chance: random.Random) -> bytes:
    return zipped({**parts_of(package), CORE: b"<x>%d</x>" % chance.randrange(10**6)})


PROPERTIES = {"another title": _title, "properties of another kind": _other_properties}

KINDS = (STRUCTURE, ZIP, XML, CERTIFICATES) * 5 + (PROPERTIES,)
"""Every kind is as likely as another, and properties are few."""
