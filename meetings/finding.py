"""Finding a person, an address, a vehicle or a telephone: the words of a record that are looked for, and of a search.

What is kept in a record is never changed by it: folding is for searching only. Where the words are kept, and how they
are looked up, is in `store/searching.py`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from jellyfish import metaphone

_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h", "ŋ": "ng"}
)
"""Letters that no decomposition takes apart."""
_ALIKE = str.maketrans({"X": "S", "0": "T"})
"""Sounds that people who only heard a name write either way: sh and s, th and t."""
_SILENT = re.compile("['’ʼʿʾ`´-]")
_WORD = re.compile(r"[^\W_]+")
_POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\b", re.IGNORECASE)
_NUMBER = re.compile(r"\+?\d[\d ().\u2010\u2011\u2013-]{5,}\d")
_PLATE = re.compile(r"\b(?:[A-Z]{2}\d{2} ?[A-Z]{3}|[A-Z]\d{1,3} ?[A-Z]{3}|[A-Z]{3} ?\d{1,3}[A-Z])\b", re.IGNORECASE)
"""Registration marks of Great Britain since 1963, as they may stand among other words of a search."""
_REFERENCE = re.compile(r"\b[A-Z]{1,5}(?:-[A-Z]+)*-\d{2,4}-[\w/]+", re.IGNORECASE)
FEWEST_DIGITS = 6
"""Digits from which a run of them is looked for as a telephone number."""
SHORTEST_SOUND = 2
"""Letters of a sound below which nothing is looked for by it: too many names begin so."""


class TermKind(StrEnum):
    """What a word of the index is a word of."""

    NAME = "name"
    SOUND = "sound"
    ADDRESS = "address"
    VEHICLE = "vehicle"
    PHONE = "phone"
    REFERENCE = "reference"
    REASONS = "reasons"
    """Not typed by anybody: a mark of the four reasons of a briefing, to notice that they were copied."""


class Term(NamedTuple):
    """One word that is looked for."""

    kind: TermKind
    words: str


def fold(text: str) -> str:
    """Return text as it is compared in a search: no case, no diacritics, no apostrophes or hyphens."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return _SILENT.sub("", "".join(one for one in plain if not unicodedata.combining(one)))


def words(text: str) -> list[str]:
    """Return the folded words of a text; a hyphenated name is one word and its parts."""
    found = _WORD.findall(fold(text))
    parts = _WORD.findall(fold(text.replace("-", " "))) if "-" in text else []
    return list(dict.fromkeys([*found, *parts]))


def sound(word: str) -> str:
    """Return how a folded word sounds, or nothing where that says too little or it is not in Latin letters."""
    heard = metaphone(word).replace(" ", "").translate(_ALIKE) if word.isascii() and word.isalpha() else ""
    return heard if len(heard) >= SHORTEST_SOUND else ""


def plate(text: str) -> str:
    """Return a registration mark as it is compared."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def telephone(text: str) -> str:
    """Return a telephone number as it is compared: digits, with the British prefix as 0."""
    digits = re.sub(r"\D", "", text)
    if re.match(r"\s*\+\s*44", text) or digits.startswith("0044"):
        digits = "0" + digits.removeprefix("00").removeprefix("44").removeprefix("0")
    return digits


def dialled(text: str) -> str:
    """Return a number as a telephone dials it: no words beside it, no “(0)” after a country's prefix.

    >>> dialled("01632 960050 (24h)"), dialled("+44 (0)7700 900123"), dialled("999")
    ('01632960050', '+447700900123', '999')
    """
    number = re.split(r"\((?!0\))|[A-Za-z]", text)[0].replace("(0)", "" if "+" in text else "0")
    return re.sub(r"[^\d+]", "", number)


def of_name(name: str) -> Iterator[Term]:
    """Return what a person's name is found by."""
    for word in words(name):
        yield Term(TermKind.NAME, word)
        if heard := sound(word):
            yield Term(TermKind.SOUND, heard)


def of_address(text: str) -> Iterator[Term]:
    """Return what an address is found by; a postcode also without its space."""
    for word in words(text):
        yield Term(TermKind.ADDRESS, word)
    for match in _POSTCODE.finditer(text):
        yield Term(TermKind.ADDRESS, fold(match[1] + match[2]))


def of_vehicle(registration: str) -> Iterator[Term]:
    """Return what a vehicle is found by."""
    if mark := plate(registration):
        yield Term(TermKind.VEHICLE, mark)


def of_phone(number: str) -> Iterator[Term]:
    """Return what a telephone is found by; what stands beside the number, such as “24h”, is none of it."""
    for match in _NUMBER.finditer(re.split(r"\((?!0)", number)[0]):
        if len(digits := telephone(match[0])) >= FEWEST_DIGITS:
            yield Term(TermKind.PHONE, digits)


def of_reference(reference: str) -> Iterator[Term]:
    """Return what a record is found by."""
    yield Term(TermKind.REFERENCE, fold(reference))


def wanted(query: str) -> list[list[Term]]:
    """Return, for each thing that somebody typed to search by, the words of the index that would answer it."""
    found: list[list[Term]] = []
    rest = query
    for match in _REFERENCE.finditer(query):
        found.append([Term(TermKind.REFERENCE, fold(match[0]))])
        rest = rest.replace(match[0], " ")
    for match in _NUMBER.finditer(rest):
        if len(telephone(match[0])) >= FEWEST_DIGITS:
            found.append([*of_phone(match[0]), Term(TermKind.REFERENCE, fold(match[0].strip()))])
            rest = rest.replace(match[0], " ")
    for match in _POSTCODE.finditer(rest):
        found.append([Term(TermKind.ADDRESS, fold(match[1] + match[2]))])
        rest = rest.replace(match[0], " ")
    for match in _PLATE.finditer(rest):
        found.append([Term(TermKind.VEHICLE, plate(match[0])), Term(TermKind.REFERENCE, fold(match[0]))])
        rest = rest.replace(match[0], " ")
    whole = plate(rest)
    is_plate = bool(re.fullmatch(r"(?=.*\d)(?=.*[A-Z])[A-Z0-9]{5,8}", whole))
    if is_plate:
        return [*found, [Term(TermKind.VEHICLE, whole), Term(TermKind.REFERENCE, fold(rest.strip()))]]
    for word in dict.fromkeys(_WORD.findall(fold(rest))):
        terms = [Term(kind, word) for kind in (TermKind.NAME, TermKind.ADDRESS, TermKind.REFERENCE)]
        if heard := sound(word):
            terms.append(Term(TermKind.SOUND, heard))
        if any(one.isdigit() for one in word):
            terms.append(Term(TermKind.VEHICLE, plate(word)))  # the part of a mark that somebody caught
        found.append(terms)
    return found
