"""Telephone numbers as people write them: which a text holds, what a telephone dials, and how they are compared.

What is kept stays as it was typed. A number counts if its length can be that of one, not only if it was given out:
numbers kept for drama and numbers newer than the library must be dialled too. An extension is said by the text beside
the link and is not dialled: many telephones would dial it with the number, as its last digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import phonenumbers as lib
from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher, ValidationResult, shortnumberinfo

from meetings.folding import plain

HERE = "GB"
"""Where a number without a country's prefix is dialled."""
BRITISH = 44

_PARTS = re.compile(r"[\n;,|/&]|\b(?:and|or|then)\b", re.IGNORECASE)
"""What stands between two numbers."""
_AS_DIGITS = re.compile(r"(?<![^\W\d_])[OoIl]+(?=\d)|(?<=\d)[OoIl]+(?![^\W\d_])")
"""Letters in the place of a nought or a one."""
_AREA_CODE = re.compile(r"(?<!\d)(\(?0\d{2,5}\)?) ?/ ?(?=\d{3})")
"""An area code that a stroke parts from the rest of its number."""
_RUN = re.compile(r"[+(]?\d[\d ().-]*\d")
_GROUP = re.compile(r"[+(]*\d+")
_SHORT = re.compile(r"(?<![\d+])\d{3}(?: ?\d{3})?(?!\d)")
_NO_NUMBER_BEFORE = re.compile(r"(?:\b(?:ext(?:n|ension)?|x|room|option|no)|#)[.:]?\s*$", re.IGNORECASE)
FEWEST_DIGITS = 6
"""Digits from which a run of them is taken for a telephone number."""
_LONG_ENOUGH = 10
"""Digits of a number of this country with its nought."""


class Number(NamedTuple):
    """One number in a text: the words of the text that say it, what a telephone dials, and how it is compared."""

    words: str
    dials: str
    compared: str


class Read(NamedTuple):
    """What the telephones of one answer are: the numbers, and what looks like a number and cannot be dialled."""

    numbers: list[Number]
    unread: list[str]


def read(text: str) -> Read:
    """Return the numbers that a text holds, each once, and the parts of it that a reader has to check.

    >>> read("077OO 900123 / 01632 960050").unread, read("ask control").unread
    (['077OO 900123'], ['ask control'])
    """
    found: list[Number] = []
    unread = []
    for part in _parted("\n".join(map(in_one_line, text.splitlines()))):
        mine = list(_in_part(part))
        found += mine
        if not mine and len(_digits(as_digits(part))) >= FEWEST_DIGITS:
            unread.append(part.strip())
    once = list({one.compared: one for one in reversed(found)}.values())[::-1]
    return Read(once, unread if once or unread else [text.strip()])


def numbers(text: str) -> list[Number]:
    """Return the numbers that a text holds, each once, in the order in which they stand.

    >>> [one.dials for one in numbers("Switchboard (01632) 962 300 ext 41 / 07700 900124")]
    ['01632962300', '07700900124']
    >>> [one.dials for one in numbers("+44 (0)7700 900123, 101")], numbers("O7700 900123 (letter O)")
    (['+447700900123', '101'], [])
    """
    return read(text).numbers


def in_one_line(text: str) -> str:
    """Return text as its numbers are looked for: with plain marks, and an area code without the stroke after it.

    >>> in_one_line("01632/960050"), in_one_line("01632 962299 / 07700 900124")
    ('01632 960050', '01632 962299 / 07700 900124')
    """
    return _AREA_CODE.sub(r"\1 ", plain(text))


def telephone(text: str) -> str:
    """Return one number as it is compared: digits, of this country with its nought, of others with their prefix.

    What is no number of a length that there is, such as one without its area code, is its digits.

    >>> [telephone(typed) for typed in ("+44 7700 900 123", "0044 7700-900-123", "0048 601 234 567", "960 050")]
    ['07700900123', '07700900123', '48601234567', '960050']
    """
    try:
        number = lib.parse(text, HERE)
    except lib.NumberParseException:
        number = None
    return _compared(number) if number is not None and _has_a_length(number) else re.sub(r"\D", "", text)


def as_digits(text: str) -> str:
    """Return a text with a nought or a one where a letter was typed for it: to be found by, never to be dialled.

    >>> as_digits("O7700 9OO123, Oliver")
    '07700 900123, Oliver'
    """
    return _AS_DIGITS.sub(lambda match: "".join("0" if one in "Oo" else "1" for one in match[0]), text)


def _parted(text: str) -> Iterator[str]:
    """Yield the parts of a text that hold at most one number each."""
    for part in _PARTS.split(text):
        place = 0
        for run in _RUN.finditer(part):
            begin = run.start()
            for group in _GROUP.finditer(part, run.start(), run.end()):
                before, rest = _digits(part[begin : group.start()]), _digits(part[group.start() : run.end()])
                is_prefix = part[begin : group.start()].lstrip("( ").startswith(("+", "0"))
                # “01632 960050 07700 900123”, and a number after something else in digits
                if (
                    len(rest) >= _LONG_ENOUGH
                    and group[0].lstrip("(").startswith(("+", "0"))
                    and before
                    and (len(before) >= _LONG_ENOUGH or not is_prefix)
                ):
                    yield part[place : group.start()]
                    place = begin = group.start()
        yield part[place:]


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _in_part(part: str) -> Iterator[Number]:
    if _AS_DIGITS.search(part):
        return  # somebody else would answer
    found = False
    for match in PhoneNumberMatcher(part, HERE, leniency=Leniency.POSSIBLE):
        if _has_a_length(match.number):
            found = True
            yield Number(match.raw_string, _dialled(match.raw_string, match.number), _compared(match.number))
    if found:
        return
    for short in _SHORT.finditer(part):
        digits = _digits(short[0])
        if _NO_NUMBER_BEFORE.search(part[: short.start()]) is None and _is_short_number(digits):
            yield Number(short[0], digits, digits)


def _has_a_length(number: lib.PhoneNumber) -> bool:
    """Whether a number is as long as one of its country with its area code."""
    return lib.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE


def _is_short_number(digits: str) -> bool:
    return bool(shortnumberinfo.is_valid_short_number_for_region(lib.parse(digits, HERE), HERE))


def _dialled(words: str, number: lib.PhoneNumber) -> str:
    """Return a number as it is dialled: as it was written, with the prefix of its country or without."""
    whole = str(lib.format_number(number, PhoneNumberFormat.E164))
    is_national = number.country_code == BRITISH and "+" not in words and not _digits(words).startswith("00")
    return f"0{whole.removeprefix(f'+{BRITISH}')}" if is_national else whole


def _compared(number: lib.PhoneNumber) -> str:
    whole = str(lib.format_number(number, PhoneNumberFormat.E164))
    return f"0{whole.removeprefix(f'+{BRITISH}')}" if number.country_code == BRITISH else whole.removeprefix("+")
