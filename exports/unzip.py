"""Reading a zip file so that no other reader could find something else in it.

The directory at its end, the head before each entry and what lies between them must agree, byte for byte; what does
not is named. So is every structure of the format in which readers differ: comments, zip64, unknown extra fields,
folders, links, a second end. Nothing unfolds to more than its directory says. Source of the format: APPNOTE.TXT 6.3.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zlib
from dataclasses import dataclass, field
from urllib.parse import unquote

from exports.budget import Budget, Cost, NotReadable
from exports.layout import END, END_MARK, HEAD, HEAD_MARK, LINE, LINE_MARK, Packed, has_another_end, is_laid_out

__all__ = ["BETWEEN", "NotReadable", "Unzipped", "same_name", "unzip"]

_LONGEST_LINE = 400
_STORED, _DEFLATED = 0, 8
_NEWEST = 63
"""The newest version of the format (6.3); readers refuse what needs a newer one."""
_HOW_WELL_PACKED, _DESCRIBED_BEHIND, _UTF8 = 1 << 1 | 1 << 2, 1 << 3, 1 << 11
_KNOWN = _HOW_WELL_PACKED | _DESCRIBED_BEHIND | _UTF8
"""The marks of an entry that change nothing in what is read; any other says that it is encrypted or patched."""
_GROWTH, _GROWTH_MARK = 0xA220, b"\x28\xa0"
"""Room that Word leaves in the head of a part so that it may grow (APPNOTE.TXT 4.6.10): zeros, and nothing else."""
_FILE, _KIND_OF_FILE, _NO_FILE = 0o100000, 0o170000, 0x18
"""Rights of an entry that make it a plain file: not a link, a folder or the name of a disk."""
_DESCRIPTION = struct.Struct("<4s3L")
_DESCRIPTION_MARK = b"PK\7\10"
_PLAIN = re.compile(r"[\w\[(][\w.+,~@=&'!$;()\[\]-]*(?<!\.)", re.ASCII)


@dataclass
class Unzipped:
    """The entries of a zip by name, those that cannot be unfolded, and what two readers could take differently.

    `is_laid_out` says whether all of it is just as our own writer writes these parts.
    """

    entries: dict[str, bytes] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)
    is_laid_out: bool = False


BETWEEN = "bytes between the parts"
"""What stands for bytes that belong to no entry."""


@dataclass(frozen=True)
class _Entry:
    """One line of the directory. `said` is what the head before the entry must say too."""

    raw: bytes
    said: tuple[int, ...]
    extra: bytes
    comment: bytes
    disk: int
    rights: int
    offset: int

    @property
    def needs(self) -> int:
        return self.said[0] & 0xFF

    @property
    def flags(self) -> int:
        return self.said[1]

    @property
    def method(self) -> int:
        return self.said[2]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Check sum, size when packed, size."""
        return self.said[5:8]

    @property
    def packed(self) -> int:
        return self.said[6]

    @property
    def size(self) -> int:
        return self.said[7]

    @property
    def name(self) -> str:
        return self.raw.decode("ascii", "backslashreplace")

    @property
    def is_folder(self) -> bool:
        return self.raw.endswith(b"/") and not self.size and self.packed <= 2


def same_name(name: str) -> str:
    """Return what is alike for two names that some reader takes for one.

    >>> same_name("Word/document%2Exml")
    'word/document.xml'
    """
    return unquote(name).lower()


def unzip(content: bytes, budget: Budget | None = None) -> Unzipped:
    """Read a zip whole. Raises NotReadable."""
    budget = budget or Budget()
    end = content.rfind(END_MARK)
    if end < 0 or end + END.size > len(content):
        raise NotReadable("This is not a Word file: it is no zip, or its end is missing.")
    _, disk, first_disk, here, count, length, start, comment = END.unpack_from(content, end)
    if length > Cost.PARTS.limit * _LONGEST_LINE:
        budget.spend(Cost.PARTS, length // _LONGEST_LINE)
    budget.spend(Cost.PARTS, count)
    # Bytes before a zip move its directory; where that is found is then doubtful.
    begins = end - length
    entries = _directory(content[max(0, begins) : end]) if begins >= 0 else None
    if entries is None:
        raise NotReadable("This is not a Word file: its directory cannot be read.")
    budget.spend(Cost.PARTS, max(0, len(entries) - count))
    budget.spend(Cost.UNFOLDED, sum(one.size for one in entries))
    found = Unzipped()
    whole_end = disk == first_disk == comment == 0 and here == count == len(entries) and start == begins
    if (
        not whole_end
        or end + END.size != len(content)
        or has_another_end(content)
        or not _is_without_gaps(entries, content, begins)
    ):
        found.doubtful.append(BETWEEN)
    _read_entries(found, entries, content, begins - start)
    packed = [Packed(one.raw, *one.sizes) for one in entries]
    found.is_laid_out = not found.doubtful and not found.damaged and is_laid_out(content, packed)
    return found


def _directory(content: bytes) -> list[_Entry] | None:
    """Return the lines of a directory; nothing if it is not one from its first byte to its last."""
    found, at = [], 0
    while at < len(content):
        if content[at : at + 4] != LINE_MARK or at + LINE.size > len(content):
            return None
        _, _, *said, name, extra, comment, disk, _, rights, offset = LINE.unpack_from(content, at)
        named = at + LINE.size
        at = named + name + extra + comment
        if at > len(content):
            return None
        found.append(
            _Entry(
                raw=content[named : named + name],
                said=tuple(said),
                extra=content[named + name : named + name + extra],
                comment=content[named + name + extra : at],
                disk=disk,
                rights=rights,
                offset=offset,
            )
        )
    return found


def _is_without_gaps(entries: list[_Entry], content: bytes, directory: int) -> bool:
    """Whether the entries follow one another from the first byte to the directory, in its order, with nothing between.

    Behind an entry may stand its sizes, as they are (APPNOTE.TXT 4.3.9): a program that could not go back wrote it.
    """
    end = 0
    for entry in entries:
        if entry.offset != end:
            return False
        end = _begins(content, end) + entry.packed
        if entry.flags & _DESCRIBED_BEHIND:
            described = content[end : end + _DESCRIPTION.size]
            if entry.method != _DEFLATED or described != _DESCRIPTION.pack(_DESCRIPTION_MARK, *entry.sizes):
                return False
            end += _DESCRIPTION.size
    return end == directory


def _begins(content: bytes, head: int) -> int:
    """Return where the content of an entry begins."""
    if head + HEAD.size > len(content):
        return len(content)
    *_, name, extra = HEAD.unpack_from(content, head)
    return int(head + HEAD.size + name + extra)


def _read_entries(found: Unzipped, entries: list[_Entry], content: bytes, shift: int) -> None:
    seen: set[str] = set()
    folders = {same_name(folder) for entry in entries for folder in _folders_of(entry.name)}
    for entry in entries:
        head, name = entry.offset + shift, entry.name
        is_plain = _is_plain(entry) and same_name(name) not in seen
        if not is_plain or entry.is_folder or same_name(name) in folders or not _agrees(entry, content, head):
            found.doubtful.append(name)
        if entry.is_folder or not is_plain:
            continue
        seen.add(same_name(name))
        start = _begins(content, head) if head >= 0 else 0
        unfolded = _unfolded(entry, content[start : start + entry.packed]) if head >= 0 else None
        if unfolded is None:
            found.damaged.append(name)
        else:
            found.entries[name] = unfolded


def _folders_of(name: str) -> list[str]:
    found: list[str] = []
    folder = posixpath.dirname(name)
    while folder and len(found) < _DEEPEST:
        found.append(folder)
        folder = posixpath.dirname(folder) if folder != "/" else ""
    return found


_DEEPEST = 20


def _is_plain(entry: _Entry) -> bool:
    """Whether every reader takes the name of an entry alike, and finds a plain file there."""
    pieces = (entry.name.removesuffix("/") if entry.is_folder else entry.name).split("/")
    is_path = len(pieces) <= _DEEPEST and all(map(_PLAIN.fullmatch, pieces[:-1]))
    is_path = is_path and bool(_PLAIN.fullmatch(pieces[-1].removeprefix(".")))
    is_file = entry.is_folder or ((entry.rights >> 16) & _KIND_OF_FILE in (0, _FILE) and not entry.rights & _NO_FILE)
    return is_path and is_file and entry.needs <= _NEWEST


def _agrees(entry: _Entry, content: bytes, head: int) -> bool:
    """Whether the head before an entry says what the directory says of it, and neither says more."""
    if head < 0 or head + HEAD.size > len(content) or entry.extra or entry.comment or entry.disk:
        return False
    mark, *said, name, extra = HEAD.unpack_from(content, head)
    named = head + HEAD.size
    sizes = tuple(said[5:8])
    described = bool(entry.flags & _DESCRIBED_BEHIND) and not any(sizes)
    return (
        mark == HEAD_MARK
        and content[named : named + name] == entry.raw
        and tuple(said[:5]) == entry.said[:5]
        and (sizes == entry.sizes or described)
        and _is_room(content[named + name : named + name + extra])
    )


def _is_room(extra: bytes) -> bool:
    """Whether the extra field of a head holds nothing, or only the room that Word leaves."""
    if not extra:
        return True
    kind, size = struct.unpack_from("<2H", extra) if len(extra) >= 8 else (0, 0)
    return kind == _GROWTH and size == len(extra) - 4 and extra[4:6] == _GROWTH_MARK and not any(extra[8:])


def _unfolded(entry: _Entry, packed: bytes) -> bytes | None:
    """Return the content of an entry; nothing if it is not what the directory says, to the last byte."""
    if entry.flags & ~_KNOWN or len(packed) != entry.packed or entry.method not in (_STORED, _DEFLATED):
        return None
    crc, _, size = entry.sizes
    unfolded = packed
    if entry.method == _DEFLATED:
        unfolding = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            # One byte more than was said is enough to see that it was not true; a bomb never goes off.
            unfolded = unfolding.decompress(packed, size + 1)
        except zlib.error:
            return None
        if not unfolding.eof or unfolding.unused_data:
            return None
    return unfolded if len(unfolded) == size and zlib.crc32(unfolded) == crc else None
