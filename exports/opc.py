"""A Word file as a package: its parts, relationships and content types, and what of them a seal must cover.

What is sealed and what is checked stand on the same rule, which is here. No keys, no signatures, nothing of Word.
Source of the formats: ECMA-376 Part 2 (Open Packaging Conventions).
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

CONTENT_TYPES = "[Content_Types].xml"
ROOT_RELATIONSHIPS = "_rels/.rels"
RELATIONSHIPS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"

TYPES_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONSHIPS_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/relationships"
_SIGNATURES = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature"
ORIGIN = f"{_SIGNATURES}/origin"
SIGNATURE = f"{_SIGNATURES}/signature"
ORIGIN_TYPE = "application/vnd.openxmlformats-package.digital-signature-origin"
SIGNATURE_TYPE = "application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml"

MAIN_DOCUMENT = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument",
    "http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument",
)

PROPERTIES = {
    "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties": (
        "application/vnd.openxmlformats-package.core-properties+xml"
    ),
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/extended-properties": (
        "application/vnd.openxmlformats-officedocument.extended-properties+xml"
    ),
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties": (
        "application/vnd.openxmlformats-officedocument.custom-properties+xml"
    ),
}
"""Document properties, which no seal covers: relationship type and the only content type that is passed over for it."""

LARGEST = 100_000_000
"""Bytes to which a file may unfold; a longer one is not read."""
MOST_PARTS = 5_000

_RELATIONSHIP = f"{{{RELATIONSHIPS_NAMESPACE}}}Relationship"
_ATTRIBUTES = ("Id", "Target", "TargetMode", "Type")


class NotReadable(Exception):
    """What was given cannot be read at all; the sentence says why."""


class BadXml(Exception):
    """A part that should be plain XML is not."""


@dataclass(frozen=True)
class Relationship:
    """One relationship of a package: where it stands, its id, what it means and where it leads."""

    file: str
    id: str
    type: str
    target: str
    mode: str = "Internal"

    @property
    def part(self) -> str:
        """The name of the part it leads to, as in the zip; empty if it leads outside."""
        if self.mode != "Internal":
            return ""
        path = self.target if self.target.startswith("/") else posixpath.join("/", folder_of(self.file), self.target)
        return posixpath.normpath(path).lstrip("/")


@dataclass
class Package:
    """The parts of a file by name, with what could not be read and what stands where no part should be."""

    parts: dict[str, bytes]
    damaged: list[str] = field(default_factory=list)
    surplus: list[str] = field(default_factory=list)
    defaults: dict[str, str] = field(default_factory=dict)
    overrides: dict[str, str] = field(default_factory=dict)
    by_file: dict[str, list[Relationship]] = field(default_factory=dict)

    def type_of(self, name: str) -> str:
        """Return the content type of a part; empty if there is none."""
        extension = name.rpartition("/")[2].rpartition(".")[2].lower()
        return self.overrides.get(f"/{name}".lower(), self.defaults.get(extension, ""))

    def of(self, file: str) -> list[Relationship]:
        """Return the relationships that one file holds."""
        return self.by_file.get(file, [])

    @property
    def origin(self) -> Relationship | None:
        """The relationship that leads to the signatures; the first, if there are several."""
        found = [one for one in self.of(ROOT_RELATIONSHIPS) if one.type == ORIGIN]
        return found[0] if found else None

    @property
    def signatures(self) -> list[str]:
        """The names of the signature parts, in order, also of those that are missing."""
        if self.origin is None:
            return []
        listed = [one for one in self.of(relationships_of(self.origin.part)) if one.type == SIGNATURE]
        return list(dict.fromkeys(one.part for one in listed))

    def passed_over(self) -> tuple[set[str], set[Relationship]]:
        """Return the parts and relationships that no seal covers: signatures, document properties, content types."""
        parts, relationships = {CONTENT_TYPES}, set()
        for one in self.of(ROOT_RELATIONSHIPS):
            if one.type in PROPERTIES and self.type_of(one.part) == PROPERTIES[one.type]:
                parts.add(one.part)
                relationships.add(one)
        if self.origin is not None:
            listed = relationships_of(self.origin.part)
            relationships.add(self.origin)
            if self.type_of(self.origin.part) == ORIGIN_TYPE and not self.parts.get(self.origin.part):
                parts.add(self.origin.part)
            for one in self.of(listed):
                if one.type == SIGNATURE and self.type_of(one.part) == SIGNATURE_TYPE:
                    parts.add(one.part)
                    relationships.add(one)
        return parts, relationships

    def to_cover(self) -> tuple[dict[str, str], list[Relationship]]:
        """Return what a seal must cover: each part with its content type, and each relationship.

        A file of relationships is covered through its relationships.
        """
        parts, relationships = self.passed_over()
        named = {
            name: self.type_of(name) for name in self.parts if name not in parts and not is_relationships_file(name)
        }
        every = (one for listed in self.by_file.values() for one in listed)
        return named, [one for one in every if one not in relationships]


def folder_of(file: str) -> str:
    """Return the folder in which the targets of a file of relationships begin.

    >>> folder_of("word/_rels/document.xml.rels"), folder_of("_rels/.rels")
    ('word', '')
    """
    return posixpath.dirname(posixpath.dirname(file))


def relationships_of(part: str) -> str:
    """Return the name of the file that holds a part's relationships.

    >>> relationships_of("word/document.xml")
    'word/_rels/document.xml.rels'
    """
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def is_relationships_file(name: str) -> bool:
    """Whether a part holds relationships."""
    return name.endswith(".rels") and posixpath.basename(posixpath.dirname(name)) == "_rels"


def parse(content: bytes) -> Any:
    """Return the root of an XML part, with entities and network off. Raises BadXml, also for a document type."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise BadXml(str(problem)) from None
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise BadXml("it has a document type")
    return root


def c14n(element: Any) -> bytes:
    """Return an element in Canonical XML 1.0, with the namespaces of what it stands in.

    Only a tree of its own keeps the namespaces that the element inherits and does not use.
    """
    alone = etree.fromstring(
        etree.tostring(element, with_tail=False), etree.XMLParser(resolve_entities=False, no_network=True)
    )
    return etree.tostring(alone, method="c14n", with_comments=False)


def _escaped(value: str) -> str:
    for letter, written in (
        ("&", "&amp;"),
        ("<", "&lt;"),
        ('"', "&quot;"),
        ("\t", "&#x9;"),
        ("\n", "&#xA;"),
        ("\r", "&#xD;"),
    ):
        value = value.replace(letter, written)
    return value


def transformed(relationships: list[Relationship]) -> bytes:
    """Return relationships as the relationship transform and then Canonical XML write them."""
    rows = [
        f'<Relationship Id="{_escaped(one.id)}" Target="{_escaped(one.target)}" TargetMode="{_escaped(one.mode)}"'
        f' Type="{_escaped(one.type)}"></Relationship>'
        for one in sorted(relationships, key=lambda one: one.id)
    ]
    return f'<Relationships xmlns="{RELATIONSHIPS_NAMESPACE}">{"".join(rows)}</Relationships>'.encode()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of files with fixed times and order, so that only the content decides the bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name in sorted(files, key=lambda name: (name != CONTENT_TYPES, name)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            entry.create_system = 3
            package.writestr(entry, files[name], compresslevel=6)
    return out.getvalue()


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────


def read_package(content: bytes) -> Package:
    """Read a zipped package whole. Raises NotReadable.

    A part that cannot be unfolded is named as damaged; what no reader should find there is named as surplus.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            package = _read_parts(opened, content)
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError, EOFError) as problem:
        raise NotReadable(f"This is not a Word file: {problem}.") from None
    if CONTENT_TYPES not in package.parts and CONTENT_TYPES not in package.damaged:
        raise NotReadable("This is not a Word file: it has no list of content types.")
    return _understood(package)


def package_of(parts: dict[str, bytes]) -> Package:
    """Return the package that these parts make."""
    return _understood(Package(parts))


def _understood(package: Package) -> Package:
    _read_types(package)
    for name in [name for name in package.parts if is_relationships_file(name)]:
        _read_relationships(package, name)
    return package


def _read_parts(opened: zipfile.ZipFile, content: bytes) -> Package:
    entries = opened.infolist()
    if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > LARGEST:
        raise NotReadable("This file unfolds to more than a Word file ever does; it was not opened.")
    package = Package({})
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        if name.endswith("/") and entry.file_size == 0:
            continue  # a folder
        if name.lower() in seen or name.startswith("/") or "\\" in name or posixpath.normpath(name) != name:
            package.surplus.append(name)
            continue
        seen.add(name.lower())
        try:
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise zipfile.BadZipFile("unusual compression")
            package.parts[name] = opened.read(entry)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, ValueError, NotImplementedError):
            package.damaged.append(name)
    if not package.damaged and not _is_without_gaps(entries, content, opened.start_dir):
        package.surplus.append("bytes between the parts")
    return package


def _is_without_gaps(entries: list[zipfile.ZipInfo], content: bytes, directory: int) -> bool:
    """Whether the entries follow one another from the first byte to the directory, with nothing hidden between."""
    may_follow: tuple[int, ...] = (0,)
    end = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset - end not in may_follow:
            return False
        lengths = content[entry.header_offset + 26 : entry.header_offset + 30]
        name, extra = int.from_bytes(lengths[:2], "little"), int.from_bytes(lengths[2:], "little")
        end = entry.header_offset + 30 + name + extra + entry.compress_size
        # Bit 3: a description of 12 to 24 bytes stands behind the part.
        may_follow = (12, 16, 20, 24) if entry.flag_bits & 8 else (0,)
    return directory - end in may_follow


def _read_types(package: Package) -> None:
    try:
        root = parse(package.parts.get(CONTENT_TYPES, b""))
    except BadXml:
        if CONTENT_TYPES not in package.damaged:
            package.damaged.append(CONTENT_TYPES)
        return
    for one in root:
        kind, value = one.tag, one.get("ContentType", "")
        if kind == f"{{{TYPES_NAMESPACE}}}Default":
            names, name = package.defaults, one.get("Extension", "").lower()
        elif kind == f"{{{TYPES_NAMESPACE}}}Override":
            names, name = package.overrides, one.get("PartName", "").lower()
        else:
            package.surplus.append(CONTENT_TYPES)
            continue
        # What is said twice is not known: no type matches it then.
        names[name] = value if name not in names else ""


def _read_relationships(package: Package, name: str) -> None:
    try:
        root = parse(package.parts[name])
    except BadXml:
        package.damaged.append(name)
        return
    if root.tag != f"{{{RELATIONSHIPS_NAMESPACE}}}Relationships" or package.type_of(name) != RELATIONSHIPS_TYPE:
        package.surplus.append(name)
    if (root.text or "").strip() or any((one.tail or "").strip() for one in root):
        package.surplus.append(name)
    for one in root:
        if not isinstance(one.tag, str):
            continue  # the transform leaves comments out
        if one.tag != _RELATIONSHIP or len(one) or (one.text or "").strip() or set(one.attrib) - set(_ATTRIBUTES):
            package.surplus.append(name)
            continue
        package.by_file.setdefault(name, []).append(
            Relationship(
                name,
                one.get("Id", ""),
                one.get("Type", ""),
                one.get("Target", ""),
                one.get("TargetMode", "Internal"),
            )
        )
