"""The one way in which a sealed file is packed: what the writer writes, and what the check compares a file with.

Nothing is free in it but how well a part is compressed: the order of the parts, their times, marks and rights, and
that nothing stands before, between or behind them. Source of the format: APPNOTE.TXT 6.3.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

CONTENT_TYPES = "[Content_Types].xml"

HEAD = struct.Struct("<4s5H3L2H")
LINE = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
"""The head before a part, its line in the directory, and the end of the file (APPNOTE.TXT 4.3.7, 4.3.12, 4.3.16)."""

HEAD_MARK, LINE_MARK, END_MARK = b"PK\3\4", b"PK\1\2", b"PK\5\6"
LARGE_END_MARKS = (b"PK\6\6", b"PK\6\7")
"""The end of a zip64 file, which some readers believe more than the other."""
WHERE_AN_END_IS_SOUGHT = END.size + 0xFFFF
"""Bytes at the end of a file in which a reader looks for its end."""

_VERSION, _FLAGS, _DEFLATED, _TIME, _DATE = 20, 0, 8, 0, 1 << 5 | 1
_MADE_BY, _INSIDE, _RIGHTS = 3 << 8 | _VERSION, 0, 0o600 << 16
_LEVELS = (6, 9, 1)


@dataclass(frozen=True)
class Packed:
    """One part as it lies in a file: its name, the check sum and size of its content, and the size when packed."""

    name: bytes
    crc: int
    packed: int
    size: int


def in_order(names: Iterable[str]) -> list[str]:
    """Return the names of parts in the order in which they are written.

    >>> in_order(["word/document.xml", "_rels/.rels", "[Content_Types].xml"])
    ['[Content_Types].xml', '_rels/.rels', 'word/document.xml']
    """
    return sorted(names, key=lambda name: (name != CONTENT_TYPES, name))


def _head(one: Packed) -> bytes:
    about = (_VERSION, _FLAGS, _DEFLATED, _TIME, _DATE, one.crc, one.packed, one.size, len(one.name), 0)
    return HEAD.pack(HEAD_MARK, *about) + one.name


def _behind(parts: Sequence[Packed]) -> bytes:
    """Return what follows the last part: the directory and the end."""
    lines, at = bytearray(), 0
    for one in parts:
        about = (_VERSION, _FLAGS, _DEFLATED, _TIME, _DATE, one.crc, one.packed, one.size, len(one.name))
        lines += LINE.pack(LINE_MARK, _MADE_BY, *about, 0, 0, 0, _INSIDE, _RIGHTS, at) + one.name
        at += HEAD.size + len(one.name) + one.packed
    return bytes(lines) + END.pack(END_MARK, 0, 0, len(parts), len(parts), len(lines), at, 0)


def is_laid_out(content: bytes, parts: Sequence[Packed]) -> bool:
    """Whether a file with these parts, as its directory lists them, is just as it would be written."""
    names = [one.name.decode("ascii", "replace") for one in parts]
    if names != in_order(set(names)) or has_another_end(content):
        return False
    at = 0
    for one in parts:
        head = _head(one)
        if content[at : at + len(head)] != head:
            return False
        at += len(head) + one.packed
    return content[at:] == _behind(parts)


def has_another_end(content: bytes) -> bool:
    """Whether something where an end is sought looks like one and is not that of the file."""
    tail = content[-WHERE_AN_END_IS_SOUGHT:]
    return END_MARK in tail[: -END.size] or any(mark in tail for mark in LARGE_END_MARKS)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return the file of these parts: the same parts give the same bytes."""
    for level in _LEVELS:
        written = _written(files, level)
        if not has_another_end(written):
            break  # else, once in a hundred thousand files, a part happens to look like an end when it is packed
    return written


def _written(files: Mapping[str, bytes], level: int) -> bytes:
    parts, out = [], bytearray()
    for name in in_order(files):
        packing = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = packing.compress(files[name]) + packing.flush()
        parts.append(Packed(name.encode("ascii"), zlib.crc32(files[name]), len(packed), len(files[name])))
        out += _head(parts[-1]) + packed
    return bytes(out) + _behind(parts)
