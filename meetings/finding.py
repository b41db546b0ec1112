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

from meetings.folding import plain
from meetings.telephones import FEWEST_DIGITS, as_digits, in_one_line, numbers, telephone

_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h", "ŋ": "ng"}
)
"""Letters that no decomposition takes apart."""
_ALIKE = str.maketrans({"X": "S", "0": "T"})
"""Sounds that people who only heard a name write either way: sh and s, th and t."""
_SILENT = re.compile("[-'\u05be\u05f3\u055a\u1fbd\u1fbf\ua78b\ua78c]")
"""Hyphens and apostrophes, once they are plain, and those that belong to one script."""
_JOINERS = re.compile("[\u034f\ufe00-\ufe0f]")
"""What chooses how a letter is drawn, or in which order marks stand."""
_WORD = re.compile(r"[^\W_]+")
_POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\b", re.IGNORECASE)
_NUMBER = re.compile(r"\+?\d[\d ().-]{5,}\d|\b\d{6}\b|\b\d{3}-\d{3}\b")
_PLATE = re.compile(r"\b(?:[A-Z]{2}\d{2} ?[A-Z]{3}|[A-Z]\d{1,3} ?[A-Z]{3}|[A-Z]{3} ?\d{1,3}[A-Z])\b", re.IGNORECASE)
"""Registration marks of Great Britain since 1963, as they may stand among other words of a search."""
_REFERENCE = re.compile(r"\b[A-Z]{1,5}(?:-[A-Z]+)*-\d{2,4}-[\w/]+", re.IGNORECASE)
LOCAL_DIGITS = (6, 7, 8)
"""Digits by which a number is known to those who leave its area code out."""
LONGEST_RUN = 3
"""Words of a name that may also be written as one: Smith Jones, O Brien, van der Berg. Of more, nobody is called."""
FORMS_OF_ADDRESS = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir"})
"""What stands before a name and is none of it."""
_SAINT = {"saint": "st"}
"""Words of a name that are mostly written shorter."""
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
    r"""Return text as it is compared in a search: no case, no diacritics, no apostrophes or hyphens, nothing unseen.

    >>> fold("O\u2019Rourke"), fold("Gr\u00adeen"), fold("\uff33mith\u2011Jones"), fold("I\u015eIK")
    ('orourke', 'green', 'smithjones', 'isik')
    """
    return _SILENT.sub("", _bare(text))


def _bare(text: str) -> str:
    """Return text without case, diacritics and what cannot be seen; its hyphens and apostrophes plain."""
    whole = unicodedata.normalize("NFKD", plain(text)).casefold().translate(_LETTERS)
    apart = unicodedata.normalize("NFKD", _JOINERS.sub("", whole))
    return "".join(one for one in apart if not unicodedata.combining(one))


def words(text: str) -> list[str]:
    """Return the folded words of a text; a name with a hyphen or an apostrophe is one word and its parts.

    >>> words("Niamh O'Brien"), words("Anne-Marie Lee")
    (['niamh', 'obrien', 'o', 'brien'], ['annemarie', 'lee', 'anne', 'marie'])
    """
    found = _WORD.findall(fold(text))
    bare = _bare(text)
    if not _SILENT.search(bare):
        return list(dict.fromkeys(found))
    halves = _WORD.findall(_SILENT.sub("", bare.replace("-", " ")))  # Żółkiewska-O'Rourke: orourke too
    return list(dict.fromkeys([*found, *halves, *_WORD.findall(_SILENT.sub(" ", bare))]))


def parted(text: str) -> list[str]:
    """Return the folded words of a text in their order, those with a hyphen or an apostrophe taken apart."""
    return _WORD.findall(_SILENT.sub(" ", _bare(text)))


def run_together(parts: list[str]) -> list[str]:
    """Return words that follow each other as they stand where somebody writes them as one.

    >>> run_together(["tia", "smith", "jones"])
    ['tiasmith', 'smithjones', 'tiasmithjones']
    """
    return [
        "".join(parts[start : start + length])
        for length in range(2, LONGEST_RUN + 1)
        for start in range(len(parts) - length + 1)
    ]


def sound(word: str) -> str:
    """Return how a folded word sounds, or nothing where that says too little or it is not in Latin letters."""
    heard = metaphone(word).replace(" ", "").translate(_ALIKE) if word.isascii() and word.isalpha() else ""
    return heard if len(heard) >= SHORTEST_SOUND else ""


def plate(text: str) -> str:
    """Return a registration mark as it is compared."""
    return re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKC", plain(text)).upper())


def dialled(text: str) -> str:
    """Return the first number of a text as a telephone dials it, or nothing where none can be dialled.

    >>> dialled("01632 960050 (24h)"), dialled("+44 (0)7700 900123"), dialled("999"), dialled("O7700 900123")
    ('01632960050', '+447700900123', '999', '')
    """
    return next((one.dials for one in numbers(text)), "")


def of_name(name: str) -> Iterator[Term]:
    """Return what a person's name is found by: its words, and those that others write as one."""
    parts = parted(name)
    shorter = [_SAINT.get(word, word) for word in parts]
    found = [*words(name), *run_together(parts)]
    if shorter != parts:
        found += [*shorter, *run_together(shorter)]
    for word in dict.fromkeys(found):
        yield Term(TermKind.NAME, word)
        if heard := sound(word):
            yield Term(TermKind.SOUND, heard)


def of_address(text: str) -> Iterator[Term]:
    """Return what an address is found by; a postcode also without its space."""
    for word in words(text):
        yield Term(TermKind.ADDRESS, word)
    for match in _POSTCODE.finditer(plain(text)):
        yield Term(TermKind.ADDRESS, fold(match[1] + match[2]))


def of_vehicle(registration: str) -> Iterator[Term]:
    """Return what a vehicle is found by."""
    if mark := plate(registration):
        yield Term(TermKind.VEHICLE, mark)


def of_phone(number: str) -> Iterator[Term]:
    """Return what the telephones of one answer are found by: each number, and its last digits.

    What no telephone dials, such as a number with a letter in it, is found by its digits.
    """
    dialled = [one.compared for one in numbers(number)]
    for digits in dialled or [telephone(match[0]) for match in _NUMBER.finditer(as_digits(plain(number)))]:
        if len(digits) >= FEWEST_DIGITS:
            for word in dict.fromkeys([digits, *(digits[-length:] for length in LOCAL_DIGITS if length < len(digits))]):
                yield Term(TermKind.PHONE, word)


def of_reference(reference: str) -> Iterator[Term]:
    """Return what a record is found by."""
    yield Term(TermKind.REFERENCE, fold(reference))


def wanted(query: str) -> list[list[Term]]:
    """Return, for each thing that somebody typed to search by, the words of the index that would answer it."""
    found: list[list[Term]] = []
    rest = in_one_line(query)
    for match in _REFERENCE.finditer(rest):
        found.append([Term(TermKind.REFERENCE, fold(match[0]))])
        rest = rest.replace(match[0], " ")
    for one in numbers(rest):
        if len(one.compared) >= FEWEST_DIGITS:
            found.append([Term(TermKind.PHONE, one.compared), Term(TermKind.REFERENCE, fold(one.words))])
            rest = rest.replace(one.words, " ")
    for match in _NUMBER.finditer(rest):
        if len(digits := telephone(match[0])) >= FEWEST_DIGITS:
            found.append([Term(TermKind.PHONE, digits), Term(TermKind.REFERENCE, fold(match[0]))])
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
    return [*found, *_wanted_words(rest)]


def _wanted_words(text: str) -> Iterator[list[Term]]:
    """Yield for each word what would answer it: itself, its sound, or words that it is written as one with."""
    typed = _WORD.findall(fold(text))
    named = [word for word in typed if word not in FORMS_OF_ADDRESS] or typed
    together: dict[str, list[str]] = {word: [] for word in named}
    for length in range(2, LONGEST_RUN + 1):
        for start in range(len(named) - length + 1):
            run = named[start : start + length]
            for word in run:
                together[word].append("".join(run))
                if (shorter := "".join(_SAINT.get(one, one) for one in run)) != "".join(run):
                    together[word].append(shorter)
    for word, runs in together.items():
        terms = [Term(kind, word) for kind in (TermKind.NAME, TermKind.ADDRESS, TermKind.REFERENCE)]
        if any(one.isdigit() for one in word):
            terms.append(Term(TermKind.VEHICLE, plate(word)))  # the part of a mark that somebody caught
        for name in (word, *runs):
            terms += [Term(TermKind.NAME, name)] if name != word else []
            terms += [Term(TermKind.SOUND, heard)] if (heard := sound(name)) else []
        yield list(dict.fromkeys(terms))
