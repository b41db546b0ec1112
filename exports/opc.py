"""A Word file as a package: its parts, relationships and content types, and what of them a seal must cover.

What is sealed and what is checked stand on the same rule, which is here. No keys, no signatures, nothing of Word.
Source of the formats: ECMA-376 Part 2 (Open Packaging Conventions).
"""

from __future__ import annotations

import hashlib
import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from exports.unzip import NotReadable, same_name, unzip

__all__ = ["BadXml", "NotReadable", "Package", "Relationship", "read_package"]

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

LONGEST_LIST = 2_000_000
"""Bytes of a list of relationships or content types; a longer one was made to keep a reader busy."""

_RELATIONSHIP = f"{{{RELATIONSHIPS_NAMESPACE}}}Relationship"
_ATTRIBUTES = {"Id", "Target", "TargetMode", "Type"}
_DEFAULT, _OVERRIDE = f"{{{TYPES_NAMESPACE}}}Default", f"{{{TYPES_NAMESPACE}}}Override"
_SAID_OF = {_DEFAULT: ("Extension", re.compile(r"[\w.+-]+", re.ASCII)), _OVERRIDE: ("PartName", re.compile(r"/[!-~]+"))}
"""What an entry of the content types is about, and how that is written."""
_ENCODINGS = {None, "UTF-8", "US-ASCII", "ASCII"}


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
    digests: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def digest_of(self, name: str, algorithm: str) -> bytes:
        """Return the digest of a part, worked out once however many signatures list it."""
        key = (name, algorithm)
        if key not in self.digests:
            self.digests[key] = hashlib.new(algorithm, self.parts[name]).digest()
        return self.digests[key]

    def type_of(self, name: str) -> str:
        """Return the content type of a part; empty if there is none."""
        extension = name.rpartition("/")[2].rpartition(".")[2].lower()
        return self.overrides.get(same_name(f"/{name}"), self.defaults.get(extension, ""))

    def of(self, file: str) -> list[Relationship]:
        """Return the relationships that one file holds."""
        return self.by_file.get(file, [])

    @property
    def origin(self) -> Relationship | None:
        """The relationship that leads to the signatures; the first, if there are several."""
        return next((one for one in self.of(ROOT_RELATIONSHIPS) if one.type == ORIGIN and one.part), None)

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

        A file of relationships is covered through its relationships; only one that holds none counts as a part.
        """
        parts, relationships = self.passed_over()
        named = {name: self.type_of(name) for name in self.parts if name not in parts and not self.of(name)}
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
    """Return the root of an XML part, with entities and network off.

    Raises BadXml, also for a document type and for letters that two readers could take differently.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root: Any = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise BadXml(str(problem)) from None
    about = root.getroottree().docinfo
    if about.doctype:
        raise BadXml("it has a document type")
    if about.xml_version != "1.0" or (about.encoding and about.encoding.upper()) not in _ENCODINGS or b"\0" in content:
        raise BadXml("it is not XML 1.0 in UTF-8")
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
    found = unzip(content)
    if CONTENT_TYPES not in found.entries and CONTENT_TYPES not in found.damaged:
        raise NotReadable("This is not a Word file: it has no list of content types.")
    return _understood(Package(found.entries, found.damaged, found.doubtful))


def package_of(parts: dict[str, bytes]) -> Package:
    """Return the package that these parts make."""
    return _understood(Package(parts))


def _understood(package: Package) -> Package:
    _read_types(package)
    for name in [name for name in package.parts if is_relationships_file(name)]:
        _read_relationships(package, name)
    return package


def _list(package: Package, name: str) -> Any:
    """Return the root of a list of content types or relationships; nothing, and it is damaged, if it is none."""
    content = package.parts.get(name, b"")
    try:
        if len(content) <= LONGEST_LIST:
            return parse(content)
    except BadXml:
        pass
    if name not in package.damaged:
        package.damaged.append(name)
    return None


def _holds_only(root: Any, tag: str) -> bool:
    """Whether a list is what it should be, and holds nothing but its rows."""
    words = [root.text, *(one.tail for one in root), *(one.text for one in root if isinstance(one.tag, str))]
    return root.tag == tag and not root.attrib and not any((one or "").strip() for one in words)


def _read_types(package: Package) -> None:
    root = _list(package, CONTENT_TYPES)
    if root is None:
        return
    is_plain = _holds_only(root, f"{{{TYPES_NAMESPACE}}}Types")
    for one in root:
        if not isinstance(one.tag, str):
            continue  # a comment says nothing
        if one.tag not in _SAID_OF:
            is_plain = False
            continue
        about, written = _SAID_OF[one.tag]
        name, value = one.get(about, ""), one.get("ContentType", "")
        is_whole = set(one.attrib) == {about, "ContentType"} and not len(one)
        is_plain = is_plain and is_whole and bool(written.fullmatch(name))
        names = package.defaults if one.tag == _DEFAULT else package.overrides
        # What is said twice is not known: no type matches it then.
        names[same_name(name)] = value if same_name(name) not in names else ""
    if not is_plain:
        package.surplus.append(CONTENT_TYPES)


def _read_relationships(package: Package, name: str) -> None:
    root = _list(package, name)
    if root is None:
        return
    is_plain = _holds_only(root, f"{{{RELATIONSHIPS_NAMESPACE}}}Relationships")
    is_plain = is_plain and package.type_of(name) == RELATIONSHIPS_TYPE
    found: list[Relationship] = []
    for one in root:
        if not isinstance(one.tag, str):
            continue  # the transform leaves comments out
        if one.tag != _RELATIONSHIP or len(one) or not set(one.attrib) <= _ATTRIBUTES:
            is_plain = False
            continue
        mode = one.get("TargetMode", "Internal")
        found.append(Relationship(name, one.get("Id", ""), one.get("Type", ""), one.get("Target", ""), mode))
    ids = {one.id for one in found}
    if not is_plain or "" in ids or len(ids) < len(found) or any(one.mode not in _MODES for one in found):
        package.surplus.append(name)
    if found:
        package.by_file[name] = found


_MODES = ("Internal", "External")
