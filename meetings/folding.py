"""What pasted text means, whatever program it came from: whether anything in it is seen, and its marks in plain form.

For judging, reading and finding only: what is kept in a record is never changed by it. Words that are looked for are
folded further in `finding.py`.
"""

from __future__ import annotations

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


def is_seen(letter: str) -> bool:
    """Whether a character can be seen by whoever reads it."""
    return letter not in _UNSEEN and unicodedata.category(letter) not in _UNSEEN_CATEGORIES


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
    spaced = "".join(
        " " if one.isspace() or unicodedata.category(one).startswith("Z") else one
        for one in text.translate(_PLAIN)
        if one.isspace() or is_seen(one) or unicodedata.category(one).startswith("Z")
    )
    return " ".join(spaced.split())


def folded_name(name: str) -> str:
    r"""Return a name as two spellings of it are compared: case, spaces and what a program makes of plain marks aside.

    Nothing looser: by it somebody is known who signs. An accent, a hyphen or an apostrophe that is not there makes
    another name.

    >>> folded_name(" Niamh\u00a0O\u2019BRIEN\u200b"), folded_name("Ana") == folded_name("Aná")
    ("niamh o'brien", False)
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", plain(name)).casefold())
