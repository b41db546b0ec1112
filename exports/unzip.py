"""Reading a zip file so that no other reader could find something else in it.

The directory at its end, the head before each entry and what lies between them must agree, byte for byte; what does
not is named. Nothing unfolds to more than its directory says. Source of the format: APPNOTE.TXT 6.3.
"""

from __future__ import annotations

import posixpath
import re
import zlib
from dataclasses import dataclass, field
from urllib.parse import unquote

LARGEST = 100_000_000
"""Bytes to which a file may unfold; a longer one is not read."""
MOST_ENTRIES = 5_000

_END, _ENTRY, _HEAD = b"PK\5\6", b"PK\1\2", b"PK\3\4"
_SIZE_OF_END, _SIZE_OF_ENTRY, _SIZE_OF_HEAD = 22, 46, 30
_LONGEST_DIRECTORY = MOST_ENTRIES * 400
_STORED, _DEFLATED = 0, 8
_NEWEST = 63
"""The newest version of the format (6.3); readers refuse what needs a newer one."""
_HOW_WELL_PACKED, _DESCRIBED_BEHIND, _UTF8 = 1 << 1 | 1 << 2, 1 << 3, 1 << 11
_KNOWN = _HOW_WELL_PACKED | _DESCRIBED_BEHIND | _UTF8
"""The marks of an entry that change nothing in what is read; any other says that it is encrypted or patched."""
_OTHER_NAME = 0x7075
"""An extra field with another name for the entry (Info-ZIP), which some readers believe and some do not."""
_PLAIN = re.compile(r"[!-~]([ -~]*[!-~])?")


class NotReadable(Exception):
    """What was given cannot be read at all; the sentence says why."""


@dataclass
class Unzipped:
    """The entries of a zip by name, those that cannot be unfolded, and what two readers could take differently."""

    entries: dict[str, bytes] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)


BETWEEN = "bytes between the parts"
"""What stands for bytes that belong to no entry."""


@dataclass(frozen=True)
class _Entry:
    """One line of the directory."""

    raw: bytes
    needs: int
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    extra: bytes
    offset: int

    @property
    def name(self) -> str:
        return self.raw.decode("ascii", "backslashreplace")

    @property
    def is_folder(self) -> bool:
        return self.raw.endswith(b"/") and not self.size and self.packed <= 2


def _number(content: bytes, start: int, size: int) -> int:
    return int.from_bytes(content[start : start + size], "little")


def same_name(name: str) -> str:
    """Return what is alike for two names that some reader takes for one.

    >>> same_name("Word/document%2Exml")
    'word/document.xml'
    """
    return unquote(name).lower()


def unzip(content: bytes) -> Unzipped:
    """Read a zip whole. Raises NotReadable."""
    end = content.rfind(_END)
    if end < 0 or end + _SIZE_OF_END > len(content):
        raise NotReadable("This is not a Word file: it is no zip, or its end is missing.")
    count, length, start = _number(content, end + 10, 2), _number(content, end + 12, 4), _number(content, end + 16, 4)
    if count > MOST_ENTRIES or length > _LONGEST_DIRECTORY:
        raise NotReadable("This file unfolds to more than a Word file ever does; it was not opened.")
    # Bytes before a zip move its directory; where that is found is then doubtful.
    begins = end - length
    entries = _directory(content[max(0, begins) : end]) if begins >= 0 else None
    if entries is None:
        raise NotReadable("This is not a Word file: its directory cannot be read.")
    if len(entries) > MOST_ENTRIES or sum(one.size for one in entries) > LARGEST:
        raise NotReadable("This file unfolds to more than a Word file ever does; it was not opened.")
    shift = begins - start
    found = Unzipped()
    whole_end = content[end + 4 : end + 8] == bytes(4) and _number(content, end + 8, 2) == count == len(entries)
    if not whole_end or shift or end + _SIZE_OF_END != len(content) or not _is_without_gaps(entries, content, begins):
        found.doubtful.append(BETWEEN)
    _read_entries(found, entries, content, shift)
    return found


def _directory(content: bytes) -> list[_Entry] | None:
    """Return the lines of a directory; nothing if it is not one from its first byte to its last."""
    found, at = [], 0
    while at < len(content):
        if content[at : at + 4] != _ENTRY or at + _SIZE_OF_ENTRY > len(content):
            return None
        name, extra, comment = (_number(content, at + place, 2) for place in (28, 30, 32))
        ends = at + _SIZE_OF_ENTRY + name + extra + comment
        if ends > len(content):
            return None
        named = at + _SIZE_OF_ENTRY
        found.append(
            _Entry(
                raw=content[named : named + name],
                needs=_number(content, at + 6, 2) & 0xFF,
                flags=_number(content, at + 8, 2),
                method=_number(content, at + 10, 2),
                crc=_number(content, at + 16, 4),
                packed=_number(content, at + 20, 4),
                size=_number(content, at + 24, 4),
                extra=content[named + name : named + name + extra],
                offset=_number(content, at + 42, 4),
            )
        )
        at = ends
    return found


def _is_without_gaps(entries: list[_Entry], content: bytes, directory: int) -> bool:
    """Whether the entries follow one another from the first byte to the directory, with nothing hidden between."""
    may_follow: tuple[int, ...] = (0,)
    end = 0
    for entry in sorted(entries, key=lambda one: one.offset):
        if entry.offset - end not in may_follow:
            return False
        end = _begins(entry, content, entry.offset) + entry.packed
        # A description of 12 to 24 bytes stands behind the entry.
        may_follow = (12, 16, 20, 24) if entry.flags & _DESCRIBED_BEHIND else (0,)
    return directory - end in may_follow


def _begins(entry: _Entry, content: bytes, head: int) -> int:
    """Return where the content of an entry begins."""
    return head + _SIZE_OF_HEAD + _number(content, head + 26, 2) + _number(content, head + 28, 2)


def _read_entries(found: Unzipped, entries: list[_Entry], content: bytes, shift: int) -> None:
    seen: set[str] = set()
    for entry in entries:
        head, name = entry.offset + shift, entry.name
        is_plain = _is_plain(entry, seen)
        if not is_plain or not _agrees(entry, content, head):
            found.doubtful.append(name)
        if entry.is_folder or not is_plain:
            continue
        seen.add(same_name(name))
        start = _begins(entry, content, head)
        unfolded = _unfolded(entry, content[start : start + entry.packed]) if head >= 0 else None
        if unfolded is None:
            found.damaged.append(name)
        else:
            found.entries[name] = unfolded


def _is_plain(entry: _Entry, seen: set[str]) -> bool:
    """Whether every reader takes the name of an entry alike."""
    name = entry.name.removesuffix("/") if entry.is_folder else entry.name
    is_path = not name.startswith("/") and "\\" not in name and posixpath.normpath(name) == name
    is_new = same_name(entry.name) not in seen
    is_known = entry.needs <= _NEWEST and not _has_other_name(entry.extra)
    return bool(_PLAIN.fullmatch(name)) and is_path and is_new and is_known


def _has_other_name(extra: bytes) -> bool:
    at = 0
    while at + 4 <= len(extra):
        if _number(extra, at, 2) == _OTHER_NAME:
            return True
        at += 4 + _number(extra, at + 2, 2)
    return False


def _agrees(entry: _Entry, content: bytes, head: int) -> bool:
    """Whether the head before an entry says what the directory says of it."""
    if head < 0 or content[head : head + 4] != _HEAD:
        return False
    named = head + _SIZE_OF_HEAD
    ends = named + _number(content, head + 26, 2)
    same = (
        content[named:ends] == entry.raw
        and (_number(content, head + 6, 2) ^ entry.flags) & ~_HOW_WELL_PACKED == 0
        and _number(content, head + 8, 2) == entry.method
        and not _has_other_name(content[ends : ends + _number(content, head + 28, 2)])
    )
    sizes = ((14, entry.crc), (18, entry.packed), (22, entry.size))
    for place, said in sizes:
        here = _number(content, head + place, 4)
        behind = entry.flags & _DESCRIBED_BEHIND and here in (0, 0xFFFFFFFF)
        same = same and (here == said or bool(behind))
    return same


def _unfolded(entry: _Entry, packed: bytes) -> bytes | None:
    """Return the content of an entry; nothing if it is not what the directory says, to the last byte."""
    if entry.flags & ~_KNOWN or len(packed) != entry.packed or entry.method not in (_STORED, _DEFLATED):
        return None
    unfolded = packed
    if entry.method == _DEFLATED:
        unfolding = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            # One byte more than was said is enough to see that it was not true; a bomb never goes off.
            unfolded = unfolding.decompress(packed, entry.size + 1)
        except zlib.error:
            return None
        if not unfolding.eof or unfolding.unused_data:
            return None
    return unfolded if len(unfolded) == entry.size and zlib.crc32(unfolded) == entry.crc else None
