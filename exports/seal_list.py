"""The list of who seals a Word file: a part that every seal covers, written before the first of them.

It names each sealer by certificate, so that a seal that was taken away is missed. It holds what the sealers say of the
text (reference, version, content hash, reader), which is their claim and no more. It holds a digest of everything else
that they cover, by which the register of an installation finds the file that it sealed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from exports.custom_xml import LIST_PART, properties_of
from exports.opc import RELATIONSHIPS_TYPE, BadXml, Package, Relationship, parse, read_package, transformed

NAMESPACE = "urn:accord:seal:1"

MOST_SEALERS = 30

_SAID = ("paper", "ref", "version", "content_sha256", "audience")
_OF_A_SEALER = ("sha256", "name", "role")
_HASH = re.compile("[0-9a-f]{64}")
_NUMBER = re.compile("[1-9][0-9]{0,8}")


@dataclass(frozen=True)
class Says:
    """What those who seal a text say of it. `paper` is `Minutes`, `Briefing` or `Report`; `audience`, a reader's code.

    A report on a check is of no record: `ref` and `audience` are empty, and the hash is that of what it says.
    """

    paper: str
    ref: str
    version: int
    content_sha256: str
    audience: str


@dataclass(frozen=True)
class Sealer:
    """Somebody who is to seal: the SHA-256 of the certificate, its name in words, and in what role."""

    sha256: str
    name: str
    role: str


@dataclass(frozen=True)
class SealList:
    """Who seals a file, what they say of it, and the digest of all that they cover but this list."""

    says: Says
    sealers: tuple[Sealer, ...]
    copy_sha256: str


def _element(name: str, text: object) -> str:
    return f"<{name}>{escape(str(text), {chr(13): '&#13;'})}</{name}>"


def write_list(one: SealList) -> bytes:
    """Return the list as it stands in a file; there is one way to write it."""
    said = "".join(_element(name, getattr(one.says, name)) for name in _SAID)
    sealers = "".join(
        f"<sealer>{''.join(_element(name, getattr(sealer, name)) for name in _OF_A_SEALER)}</sealer>"
        for sealer in one.sealers
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<seal xmlns="{NAMESPACE}">{said}'
        f"{_element('copy_sha256', one.copy_sha256)}{sealers}</seal>"
    ).encode()


def has_list(package: Package) -> bool:
    """Whether a list of who seals lies, or lay, in a file."""
    return any(NAMESPACE.encode() in package.parts.get(name, b"") for name in (LIST_PART, properties_of(LIST_PART)))


def read_list(package: Package) -> SealList | None:
    """Return the list that lies in a file; nothing if what stands in its place is something else, or nothing.

    Raises BadXml for a list that is not written in the one way, which no reader takes for anything else.
    """
    content = package.parts.get(LIST_PART)
    if content is None or NAMESPACE.encode() not in content:
        return None
    rows = list(parse(content, package.budget))
    texts = [one.text or "" for one in rows]
    try:
        paper, ref, version, content_sha256, audience, copy_sha256 = texts[: len(_SAID) + 1]
        sealers = tuple(Sealer(*(said.text or "" for said in one)) for one in rows[len(_SAID) + 1 :])
    except (ValueError, TypeError):
        raise BadXml("it is no list of who seals") from None
    hashes = (content_sha256, copy_sha256, *(one.sha256 for one in sealers))
    is_plain = all(_HASH.fullmatch(one) for one in hashes) and _NUMBER.fullmatch(version)
    if not is_plain or not 0 < len(sealers) <= MOST_SEALERS:
        raise BadXml("it is no list of who seals")
    found = SealList(Says(paper, ref, int(version), content_sha256, audience), sealers, copy_sha256)
    if write_list(found) != content:
        raise BadXml("it is a list of who seals, written in another way")
    return found


def copy_sha256(package: Package) -> str:
    """Return a digest of everything that a seal covers but the list of who seals.

    It is SHA-256 over a JSON array, sorted by name, of name, content type and SHA-256 of each part, and of each file of
    relationships as the relationship transform writes those of it that are covered.
    """
    parts, relationships = package.to_cover()
    rows = [(name, type_, package.digest_of(name, "sha256").hex()) for name, type_ in parts.items()]
    rows += [
        (name, RELATIONSHIPS_TYPE, hashlib.sha256(transformed(listed)).hexdigest())
        for name, listed in _by_file(relationships).items()
    ]
    listing = sorted(row for row in rows if row[0] != LIST_PART)
    return hashlib.sha256(json.dumps(listing, separators=(",", ":")).encode()).hexdigest()


def sealed_digest(content: bytes) -> str:
    """Return that digest of a Word file. Raises NotReadable."""
    return copy_sha256(read_package(content))


def _by_file(relationships: Iterable[Relationship]) -> dict[str, list[Relationship]]:
    found: dict[str, list[Relationship]] = {}
    for one in relationships:
        found.setdefault(one.file, []).append(one)
    return found
