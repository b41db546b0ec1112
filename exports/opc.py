"""A Word file as a package: its parts, relationships and content types, and what of them a seal must cover.

What is sealed and what is checked stand on the same rule, which is here. No keys, no signatures, nothing of Word.
Source of the formats: ECMA-376 Part 2 (Open Packaging Conventions).
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from exports.budget import Budget, Cost
from exports.layout import CONTENT_TYPES, zipped
from exports.unzip import NotReadable, same_name, unzip

__all__ = ["CONTENT_TYPES", "BadXml", "NotReadable", "Package", "Relationship", "read_package", "zipped"]

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

ORIGIN_PART = "_xmlsignatures/origin.sigs"
"""Where our own seals are listed; others may list theirs elsewhere."""

RELATIONSHIPS = f"{{{RELATIONSHIPS_NAMESPACE}}}Relationships"
RELATIONSHIP = f"{{{RELATIONSHIPS_NAMESPACE}}}Relationship"
TYPES = f"{{{TYPES_NAMESPACE}}}Types"
_ATTRIBUTES = {"Id", "Target", "TargetMode", "Type"}
DEFAULT, OVERRIDE = f"{{{TYPES_NAMESPACE}}}Default", f"{{{TYPES_NAMESPACE}}}Override"
_SAID_OF = {
    DEFAULT: ("Extension", re.compile(r"[\w.+-]+", re.ASCII)),
    OVERRIDE: ("PartName", re.compile(r"(/[\w.+,~@=&'!$;()\[\]-]+)+", re.ASCII)),
}
"""What an entry of the content types is about, and how that is written."""
_DECLARATION = re.compile(
    rb"""<\?xml\s+version\s*=\s*["']1\.0["'](?:\s+encoding\s*=\s*["'](?:UTF-8|US-ASCII|ASCII)["'])?"""
    rb"""(?:\s+standalone\s*=\s*["'](?:yes|no)["'])?\s*\?>""",
    re.IGNORECASE,
)


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
    types: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    is_laid_out: bool = True
    budget: Budget = field(default_factory=Budget)

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


def parse(content: bytes, budget: Budget | None = None) -> Any:
    """Return the root of an XML part, with entities and network off.

    Raises BadXml, also for a document type and for letters that two readers could take differently, and TooCostly
    before anything is built of a part that holds too many marks.
    """
    if content[:5].lstrip(b"\xef\xbb\xbf").startswith(b"<?") and not _DECLARATION.match(content):
        raise BadXml("it is not XML 1.0 in UTF-8")
    if (
        b"\0" in content
        or b"<!DOCTYPE" in content
        or not content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
    ):
        raise BadXml("it has a document type, or is not XML in UTF-8")
    budget = budget or Budget()
    budget.spend(Cost.XML, len(content))
    # In UTF-8 no element, comment or attribute comes about without its own letter.
    budget.spend(Cost.MARKS, content.count(b"<") + content.count(b"="))
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root: Any = etree.fromstring(content, parser)
    except (etree.LxmlError, ValueError) as problem:
        raise BadXml(str(problem)) from None
    if root is None or root.getroottree().docinfo.doctype:
        raise BadXml("it has a document type")
    return root


def c14n(element: Any) -> bytes:
    """Return an element in Canonical XML 1.0, with the namespaces of what it stands in.

    Only a tree of its own keeps the namespaces that the element inherits and does not use. Raises BadXml for what has
    no canonical form, as a namespace whose name is no whole address.
    """
    try:
        alone = etree.fromstring(
            etree.tostring(element, with_tail=False), etree.XMLParser(resolve_entities=False, no_network=True)
        )
        return etree.tostring(alone, method="c14n", with_comments=False)
    except (etree.LxmlError, ValueError) as problem:
        raise BadXml(str(problem)) from None


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


def written_list(tag: str, rows: Iterable[tuple[str, Mapping[str, str]]]) -> bytes:
    """Return a list of content types or relationships as our own writer writes it: nothing but its rows."""
    namespace = tag[1:].partition("}")[0]
    root = etree.Element(tag, nsmap={None: namespace})  # type: ignore[dict-item]  # the stubs know no default
    for name, attributes in rows:
        etree.SubElement(root, name, dict(attributes))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────


def read_package(content: bytes, budget: Budget | None = None) -> Package:
    """Read a zipped package whole. Raises NotReadable.

    A part that cannot be unfolded is named as damaged; what no reader should find there is named as surplus.
    """
    budget = budget or Budget()
    found = unzip(content, budget)
    if CONTENT_TYPES not in found.entries and CONTENT_TYPES not in found.damaged:
        raise NotReadable("This is not a Word file: it has no list of content types.")
    return _understood(
        Package(found.entries, found.damaged, found.doubtful, is_laid_out=found.is_laid_out, budget=budget)
    )


def package_of(parts: dict[str, bytes]) -> Package:
    """Return the package that these parts make."""
    return _understood(Package(parts))


def _understood(package: Package) -> Package:
    _read_types(package)
    for name in package.parts:
        if is_relationships_file(name):
            _read_relationships(package, name)
        elif is_relationships_file(name.lower()):
            package.surplus.append(name)
    return package


def _list(package: Package, name: str) -> Any:
    """Return the root of a list of content types or relationships; nothing, and it is damaged, if it is none."""
    try:
        return parse(package.parts.get(name, b""), package.budget)
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
    is_plain = _holds_only(root, TYPES)
    by_same_name = {same_name(part): part for part in package.parts}
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
        if one.tag == OVERRIDE and by_same_name.get(same_name(name)[1:], name[1:]) != name[1:]:
            is_plain = False  # it names a part in other letters
        package.types.append((one.tag, {about: name, "ContentType": value}))
        names = package.defaults if one.tag == DEFAULT else package.overrides
        # What is said twice is not known: no type matches it then.
        names[same_name(name)] = value if same_name(name) not in names else ""
    if not is_plain:
        package.surplus.append(CONTENT_TYPES)


def _read_relationships(package: Package, name: str) -> None:
    root = _list(package, name)
    if root is None:
        return
    package.budget.spend(Cost.RELATIONSHIPS, len(root))
    is_plain = _holds_only(root, RELATIONSHIPS)
    is_plain = is_plain and package.type_of(name) == RELATIONSHIPS_TYPE
    found: list[Relationship] = []
    for one in root:
        if not isinstance(one.tag, str):
            continue  # the transform leaves comments out
        if one.tag != RELATIONSHIP or len(one) or not set(one.attrib) <= _ATTRIBUTES:
            is_plain = False
            continue
        mode = one.get("TargetMode", "Internal")
        found.append(Relationship(name, one.get("Id", ""), one.get("Type", ""), one.get("Target", ""), mode))
    ids = {one.id for one in found}
    is_escaped = any("%" in one.target for one in found if one.mode == "Internal")
    is_known = all(one.mode in _MODES for one in found)
    if not is_plain or is_escaped or not is_known or "" in ids or len(ids) < len(found):
        package.surplus.append(name)
    if found:
        package.by_file[name] = found


_MODES = ("Internal", "External")


# ── What only our own writer writes ──────────────────────────────────────────────────────────────────────────────


def free_id(taken: Iterable[str]) -> str:
    """Return the first id that no relationship of a file has yet.

    >>> free_id(["rId1", "rId3"])
    'rId2'
    """
    used, number = set(taken), 1
    while f"rId{number}" in used:
        number += 1
    return f"rId{number}"


def signature_part(number: int) -> str:
    """Return the name of the part with a seal of ours."""
    return f"_xmlsignatures/sig{number}.xml"


def signature_rows(count: int) -> list[dict[str, str]]:
    """Return the list of that many seals, as a file has it that only we sealed."""
    return [
        {"Id": f"rId{number}", "Type": SIGNATURE, "Target": posixpath.basename(signature_part(number))}
        for number in range(1, count + 1)
    ]


def written_otherwise(package: Package) -> list[str]:
    """Return the lists of content types and relationships that our own writer would have written in other bytes.

    No seal covers how they are written, nor which types and signatures they list; each has one form here, but for the
    order of its rows, which says nothing.
    """
    found = []
    if package.parts.get(CONTENT_TYPES) != written_list(TYPES, package.types) or not _types_only_what_is_there(package):
        found.append(CONTENT_TYPES)
    for name in package.parts:
        if is_relationships_file(name):
            rows = [(RELATIONSHIP, row_of(one)) for one in package.of(name)]
            if package.parts[name] != written_list(RELATIONSHIPS, rows):
                found.append(name)
    origin, listed = package.origin, relationships_of(ORIGIN_PART)
    others = [one.id for one in package.of(ROOT_RELATIONSHIPS) if one.type != ORIGIN]
    if origin is None or origin.target != ORIGIN_PART or origin.id != free_id(others):
        found.append(ROOT_RELATIONSHIPS)
    seals = [row_of(one) for one in package.of(listed)]
    if seals != signature_rows(len(seals)):
        found.append(listed)
    return found


def row_of(one: Relationship) -> dict[str, str]:
    """Return the attributes of a relationship as our own writer writes them."""
    row = {"Id": one.id, "Type": one.type, "Target": one.target}
    return row if one.mode == "Internal" else {**row, "TargetMode": one.mode}


def _types_only_what_is_there(package: Package) -> bool:
    """Whether the content types name each part that is there, no other, and none that its ending names already."""
    by_extension = {"rels": RELATIONSHIPS_TYPE, "xml": "application/xml"}
    extensions = {name.rpartition(".")[2].lower() for name in package.parts}
    named = [row["PartName"][1:] for tag, row in package.types if tag == OVERRIDE]
    doubled = [name for name in named if package.type_of(name) == package.defaults.get(name.rpartition(".")[2].lower())]
    return (
        all(package.defaults.get(name) == type_ for name, type_ in by_extension.items())
        and set(package.defaults) <= extensions | set(by_extension)
        and set(named) <= set(package.parts)
        and not doubled
    )
