"""Reading what people type: text, lengths of time, numbers. Nothing here knows a form or a record.

Each reader returns a value of the contract, or raises Unreadable with a sentence that shows what was given and an
example that can be read. Each `show_…` is the way back: what it returns reads as the same value again. Days are read in
`days.py`, moments in `moments.py`, by the same rules.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from meetings.contract import MAX_NUMBER, UNPRINTABLE
from meetings.folding import in_order, is_filled, plain_figures

_UNITS = {
    **dict.fromkeys(("d", "day"), "D"),
    **dict.fromkeys(("h", "hr", "hour"), "H"),
    **dict.fromkeys(("m", "min", "minute"), "M"),
    **dict.fromkeys(("s", "sec", "second"), "S"),
}
COUNTS = {
    **dict.fromkeys(("a", "an", "one"), 1),
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
"""Numbers as they are spelled, to ten."""
_COUNTED = re.compile(rf"\b({'|'.join(COUNTS)})\b(?= [a-z])")
_LENGTH = re.compile(r"(\d{1,6})[\s-]*([A-Za-z]+)\.?", re.ASCII)
_TWO_LENGTHS = re.compile(
    r"(?:between )?(?P<first>\d{1,6}) ?(?P<word>-|to|or|and) ?(?P<last>\d{1,6}) ?(?P<unit>[a-z]+)", re.ASCII
)
_ISO_LENGTH = re.compile(r"P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_SPELLED = ("day", "hour", "minute", "second")


class Unreadable(Exception):
    """What was typed is not an answer of this kind; the sentence says what can be read."""


class Ambiguous(Unreadable):
    """What was typed may mean more than one thing: each of `options` is one of them, as it may be typed instead."""

    def __init__(self, sentence: str, options: Sequence[str]) -> None:
        """Carry the sentence and what may be meant."""
        super().__init__(sentence)
        self.options = tuple(options)


@dataclass(frozen=True)
class Cleaned:
    """Text as it is kept, with the number of characters that were left out."""

    text: str
    left_out: int


_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\u2028\u2029]")
_OF_WINDOWS = re.compile("[\x80-\x9f]")
"""Controls that nobody types: quotes, dashes and dots of Windows-1252, read as if they were Latin-1."""


def _meant(letter: re.Match[str]) -> str:
    """Return the character that was meant by a control of Latin-1. Source: HTML standard, numeric references."""
    return letter[0].encode("latin-1").decode("cp1252", "ignore") or letter[0]


def clean(typed: str) -> Cleaned:
    r"""Return the text as it is kept: what has one meaning is mended, what cannot be kept is left out and counted.

    Line and page breaks pasted from Word become newlines, and the quotes that other programs' clipboards turn into
    controls become quotes again. Left out, never silently: characters that no record can hold, marks that show letters
    in another order than they stand, and text of which nothing can be seen.

    >>> clean("one\r\ntwo\x0bthree\x07")
    Cleaned(text='one\ntwo\nthree', left_out=1)
    >>> clean("She said \x93no\x94")
    Cleaned(text='She said “no”', left_out=0)
    >>> clean("He \u202edid not\u202c"), clean("\u200b")
    (Cleaned(text='He did not', left_out=2), Cleaned(text='', left_out=1))
    """
    if typed.isascii() and typed.isprintable():
        return Cleaned(typed, 0)
    text = _OF_WINDOWS.sub(_meant, _LINE_ENDS.sub("\n", typed))
    kept = in_order(UNPRINTABLE.sub("", text))
    if kept and not kept.isspace() and not is_filled(kept):
        kept = ""
    return Cleaned(kept, len(text) - len(kept))


_WRAPPED = re.compile(r"\((?P<round>[^()]*)\)|\[(?P<square>[^\[\]]*)\]|\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'")
"""Brackets or quotation marks around all that was typed."""
_TOO_LONG = 2000
"""Characters that nobody types of a day, a time, a length or a number, with all that cannot be seen of them."""


def as_plain(typed: str) -> str:
    r"""Return what was typed for reading: plain marks and figures, nothing unseen, nothing around it, no stop after it.

    >>> as_plain("\u200e27\u20133\u20112026. "), as_plain("(27/3/2026 14:10)")
    ('27-3-2026', '27/3/2026 14:10')
    """
    if len(typed) > _TOO_LONG:
        return typed[:_TOO_LONG]
    words = plain_figures(typed).rstrip(" .,;")
    if match := _WRAPPED.fullmatch(words):
        return (match[match.lastgroup or 0]).strip(" .,;")
    return words


def either_of(typed: str, what: str, first: str, last: str, options: Sequence[str], word: str = "to") -> Ambiguous:
    """Return the question about a range typed where one answer is asked for."""
    shown = " or ".join(options)
    return Ambiguous(f"‘{typed}’ says two {what}. Is that {first} {word} {last}? Use {shown}.", options)


def count_of(word: str) -> int | None:
    """Return the number that a word is, in figures or spelled to ten, or None.

    >>> count_of("2"), count_of("Two"), count_of("a"), count_of("some")
    (2, 2, 1, None)
    """
    if word.isascii() and word.isdigit() and len(word) <= 6:
        return int(word)
    return COUNTS.get(word.casefold())


def read_duration(typed: str) -> str:
    """Read a length of time and return it as ISO 8601. Raises Unreadable; Ambiguous for a range.

    >>> read_duration("4 hours"), read_duration("1 day 2 hours"), read_duration("at once"), read_duration("PT30M")
    ('PT4H', 'P1DT2H', 'PT0S', 'PT30M')
    """
    words = as_plain(typed).casefold()
    if words == "at once":
        return "PT0S"
    if _ISO_LENGTH.fullmatch(words.upper()):
        return words.upper()
    words = words.replace("half an hour", "30 minutes").replace("half hour", "30 minutes")
    words = _COUNTED.sub(lambda match: str(COUNTS[match[1]]), words)
    if (match := _TWO_LENGTHS.fullmatch(words)) and _unit(match["unit"]):
        options = [f"{match[number]} {match['unit']}" for number in ("first", "last")]
        raise either_of(typed, "lengths of time", match["first"], options[1], options, _joins(match["word"]))
    words = words.replace(" and ", " ")
    found: dict[str, str] = {}
    for number, unit in _LENGTH.findall(words):
        letter = _unit(unit)
        if letter is None or letter in found:
            break
        found[letter] = number
    if not found or _LENGTH.sub("", words).strip(" ,") or list(found) != [one for one in "DHMS" if one in found]:
        raise Unreadable(f"‘{typed}’ is not a length of time. Use one such as 4 hours, or 2 days.")
    clock = "".join(f"{int(found[letter])}{letter}" for letter in "HMS" if letter in found)
    days = f"{int(found['D'])}D" if "D" in found else ""
    return f"P{days}" + (f"T{clock}" if clock else "")


def _unit(word: str) -> str | None:
    return _UNITS.get(word.removesuffix("s") if len(word) > 1 else word)


def _joins(word: str) -> str:
    return "or" if word in ("or", "/") else "to"


def show_duration(duration: str) -> str:
    """Return a length of time in words that read as the same again.

    >>> show_duration("PT24H"), show_duration("P1DT2H"), show_duration("PT0S")
    ('24 hours', '1 day 2 hours', '0 seconds')
    """
    match = _ISO_LENGTH.fullmatch(duration)
    if match is None:
        return duration
    parts = [(number, unit) for number, unit in zip(match.groups(), _SPELLED, strict=True) if number is not None]
    return " ".join(f"{number} {unit}{'' if int(number) == 1 else 's'}" for number, unit in parts)


def read_number(typed: str) -> int:
    """Read a whole number. Raises Unreadable."""
    words = as_plain(typed)
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", words, re.ASCII):
        words = words.replace(",", "")
    if not words.isascii() or not words.isdigit() or len(words) > 16 or int(words) > MAX_NUMBER:
        raise Unreadable(f"‘{typed}’ is not a whole number. Use a number such as 3.")
    return int(words)
