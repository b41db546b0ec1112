"""Every text of a record with its place, and looking for a confidential address in the open ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from meetings.documents import Communications, CriminalInvestigation, Place
from meetings.folding import plain
from meetings.questions import Kind, fields

SHORTEST_PART = 5
"""Parts of an address with fewer characters are looked for nowhere."""

INVENTED = re.compile(r"\(fictional\)", re.IGNORECASE)
"""The mark of an invented address, which is no part of it."""

POSTCODE = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?)\s*(\d[a-z]{2})\b", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Passage:
    """One text: where it stands, its words, the same case-folded, and whether every full copy may show it."""

    place: str
    words: str
    folded: str
    is_open: bool


# ── Walking through a record ─────────────────────────────────────────────────────────────────────────────────────

_Read = tuple[str, str, bool, type | None, bool]
"""Of one field: attribute, name, whether it is a list, its class (None: text), whether it is never open."""


@cache
def _plan(shape: Any) -> list[_Read]:
    """Return the fields of a class in which there can be text."""
    return [
        (
            one.attribute,
            one.name,
            one.many,
            one.type if one.kind is Kind.OBJECT else None,
            shape in (Communications, CriminalInvestigation) and one.name == "do_not_disclose",
        )
        for one in fields(shape)
        if one.kind in (Kind.WORDS, Kind.TEXT, Kind.OBJECT)
    ]


def passages(part: Any) -> list[Passage]:
    """Return every text of a document, or of one object of it; what stands inside a restricted item is not open."""
    found: list[Passage] = []
    _gather(part, "", found, is_open=True)
    return found


def _gather(part: Any, place: str, found: list[Passage], *, is_open: bool) -> None:
    is_open = is_open and getattr(part, "restricted", None) is None
    shape_of_part: Any = type(part)
    for attribute, name, many, shape, is_secret in _plan(shape_of_part):
        value = getattr(part, attribute)
        if value is None:
            continue
        for number, one in enumerate(value if many else (value,)):
            here = f"{place}/{name}/{number}" if many else f"{place}/{name}"
            if shape is not None:
                _gather(one, here, found, is_open=is_open)
            else:
                found.append(Passage(here, one, plain(one).casefold(), is_open and not is_secret))


# ── Looking for an address ───────────────────────────────────────────────────────────────────────────────────────


def _postcode_pattern(outward: str, inward: str) -> re.Pattern[str]:
    """Match a postcode as it is written, or with spaces anywhere in it where it stands alone.

    A space anywhere would also find E1 6AN in “the 16 and”; hence the second form stands between other signs.
    """
    loose = r"\s*".join(outward + inward)
    return re.compile(rf"{outward}\s*{inward}|(?<![^\W_]){loose}(?![^\W_])")


def parts_of_address(address: str, house_words: Collection[str]) -> list[str]:
    """Return those parts of an address, case-folded, that give it away: no town, no county, no postcode.

    >>> parts_of_address("Flat 3, 18 Elder Walk, Sorrel House, Marshend, Wexcombe ZZ99 8QT (fictional)", ["House"])
    ['flat 3', '18 elder walk', 'sorrel house']
    """
    left = POSTCODE.sub(" ", INVENTED.sub(" ", address))
    parts = [part for part in map(plain, re.split(r"[,\n]", left)) if part]
    houses = {word.casefold() for word in house_words}
    return [
        part.casefold()
        for number, part in enumerate(parts)
        if len(part) >= SHORTEST_PART
        and (
            any(sign.isdigit() for sign in part)
            or part.split()[-1].strip(".").casefold() in houses
            or number < len(parts) - 2
        )
    ]


def gives_away(address: str, house_words: Collection[str]) -> Callable[[Passage], bool]:
    """Return the question whether a text gives this address away: its postcode, its house, its street."""
    parts = parts_of_address(address, house_words)
    postcodes = [
        _postcode_pattern(*(half.casefold() for half in found.groups()))
        for found in POSTCODE.finditer(INVENTED.sub(" ", address))
    ]

    def asks(passage: Passage) -> bool:
        return any(part in passage.folded for part in parts) or any(one.search(passage.folded) for one in postcodes)

    return asks


def places_given_away(
    places: Iterable[Place] | None, texts: Iterable[Passage], house_words: Collection[str]
) -> Iterator[str]:
    """Yield where part of a restricted address stands in open text (contract, Restricted items)."""
    known = list(texts)
    for place in places or ():
        if place.restricted is not None and place.text is not None:
            is_given_away = gives_away(place.text, house_words)
            yield from (passage.place for passage in known if passage.is_open and is_given_away(passage))
