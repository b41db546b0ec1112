"""What pasted text means, whatever program it came from: whether anything in it is seen, and its marks in plain form.

For judging, reading, finding and showing: what is kept in a record is never changed by it. Words that are looked for
are folded further in `finding.py`.
"""

from __future__ import annotations

import re
import unicodedata

_UNSEEN = frozenset("\u2800\u115f\u1160\u3164\uffa0")
"""Letters of no shape: the empty Braille pattern and the fillers of Hangul (contract, README, Naming 8)."""
_UNSEEN_CATEGORIES = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})
"""Spaces, separators, controls and format characters (Unicode)."""

_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_APOSTROPHES = "\u2018\u2019\u201a\u201b\u2032\u2035\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u00b4`\uff07"
_QUOTES = "\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\uff02"
_PLAIN = str.maketrans(
    {
        **dict.fromkeys(_HYPHENS, "-"),
        **dict.fromkeys(_APOSTROPHES, "'"),
        **dict.fromkeys(_QUOTES, '"'),
        "\u2044": "/",
        "\u2215": "/",
        "\uff0f": "/",
        "\u2236": ":",
        "\uff1a": ":",
        "\u2024": ".",
        "\uff0e": ".",
    }
)
"""What word processors, telephones and mail programs make of plain marks, and the plain mark that was meant."""


class _Plainly(dict[int, str]):
    """What becomes of each character of a text, found out once for each."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        is_space = letter.isspace() or unicodedata.category(letter).startswith("Z")
        return self.setdefault(code, " " if is_space else letter if is_seen(letter) else "")


def is_seen(letter: str) -> bool:
    """Whether a character can be seen by whoever reads it."""
    return letter not in _UNSEEN and unicodedata.category(letter) not in _UNSEEN_CATEGORIES


_PLAINLY = _Plainly(_PLAIN)


def is_filled(text: str | None) -> bool:
    r"""Whether a text holds at least one character that can be seen (contract, README, Naming 8).

    >>> [is_filled(text) for text in ("no", "\u200b", " \u00ad\u2060", "", None)]
    [True, False, False, False, False]
    """
    return any(map(is_seen, text or ""))


_FIGURES = {
    code: unicodedata.normalize("NFKC", chr(code))
    for first, last in ((0xFF10, 0xFF19), (0x1D7CE, 0x1D7FF))  # full width; mathematical
    for code in range(first, last + 1)
}
_LETTERS = {
    code: unicodedata.normalize("NFKC", chr(code))
    for first, last in ((0xFF21, 0xFF3A), (0xFF41, 0xFF5A))
    for code in range(first, last + 1)
}
_WIDE = {**_FIGURES, **_LETTERS, 0xFF08: "(", 0xFF09: ")", 0xFF0C: ",", 0xFF20: "@"}
"""Figures, letters and marks of another width, which look like the plain ones and mean the same."""


def plain_figures(text: str) -> str:
    r"""Return text as `plain` does, with figures and letters of another width as the plain ones: for reading dates.

    >>> plain_figures("\uff12\uff17/3/2026\u202f2\u00a0pm")
    '27/3/2026 2 pm'
    """
    return plain(text.translate(_WIDE))


def aligned(text: str) -> str:
    r"""Return text with plain marks and figures, and a space for what cannot be seen: letter for letter in its place.

    >>> aligned("Robin \u200e27\u20113\u20112018")
    'Robin  27-3-2018'
    """
    return "".join(one if is_seen(one) else " " for one in text.translate(_WIDE).translate(_PLAIN))


def plain(text: str) -> str:
    r"""Return text with plain hyphens, apostrophes, quotes, slashes and spaces, and without what cannot be seen.

    Newlines and tabs become spaces; spaces at the ends are left out and those between are one.

    >>> plain("\u200e27\u20113\u20112026\u00a0"), plain("Niamh O\u2019Brien\u200b")
    ('27-3-2026', "Niamh O'Brien")
    """
    return " ".join(text.translate(_PLAINLY).split())


def folded_name(name: str) -> str:
    r"""Return a name as two spellings of it are compared: case, spaces and what a program makes of plain marks aside.

    Nothing looser: by it somebody is known who signs. An accent, a hyphen or an apostrophe that is not there makes
    another name.

    >>> folded_name(" Niamh\u00a0O\u2019BRIEN\u200b"), folded_name("Ana") == folded_name("Aná")
    ("niamh o'brien", False)
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", plain(name)).casefold())


# ── The order in which letters are shown ─────────────────────────────────────────────────────────────────────────

_FORCING = "\u202a-\u202e"
"""Embeddings and overrides: they turn words round that are written from left to right (Unicode, UAX 9)."""
_LEANING = "\u200f\u061c\u2066-\u2069"
"""Marks and isolates of text that is written from right to left; elsewhere they move figures and signs about."""
_FORCES = re.compile(f"[{_FORCING}]")
_FORCES_OR_LEANS = re.compile(f"[{_FORCING}{_LEANING}]")

RIGHT_TO_LEFT = (
    "\u0590-\u05ff\u0600-\u061b\u061d-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
)
"""Ranges, for a regular expression, of the letters that are written from right to left."""
_HAS_RIGHT_TO_LEFT = re.compile(f"[{RIGHT_TO_LEFT}]")


def turned(text: str) -> re.Pattern[str] | None:
    """Return what finds the marks in a text that show its letters in another order than they stand; nothing if none."""
    if text.isascii() or not _FORCES_OR_LEANS.search(text):
        return None
    return _FORCES if _HAS_RIGHT_TO_LEFT.search(text) else _FORCES_OR_LEANS


def in_order(text: str) -> str:
    r"""Return a text without the marks that show its letters in another order than they stand in the record.

    >>> in_order("Father said \u202edid not\u202c hit her"), in_order("10\u200f-20")
    ('Father said did not hit her', '10-20')
    """
    marks = turned(text)
    return text if marks is None else marks.sub("", text)


def is_right_to_left(text: str) -> bool:
    r"""Whether a paragraph is written from right to left: its first letter is (Unicode, UAX 9, rules P2 and P3).

    >>> is_right_to_left("(\u0647\u0627\u062c\u0645) 3/12"), is_right_to_left("3/12 said \u0647\u0627\u062c\u0645")
    (True, False)
    """
    if text.isascii() or not _HAS_RIGHT_TO_LEFT.search(text):
        return False
    strong = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind for kind in strong if kind in ("L", "R", "AL")), "L") != "L"
