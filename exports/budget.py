"""What the check of one file may cost: the numbers, said once, and the account that is kept of them.

A file that asks for more was made to keep a reader busy: nothing of it is believed. Each check has one account, which
goes with the file through everything that reads it.
"""

from __future__ import annotations

from enum import Enum

LARGEST_FILE = 20_000_000
"""Bytes of a file that is read at all; minutes with a thousand actions have 0.3 million."""
LARGEST_LIST_OF_CERTIFICATES = 200_000
"""Bytes of a list of certificates that lies beside a file; ours holds two or three."""
LONGEST_CERTIFICATE = 20_000
"""Bytes of a certificate; common ones have 1,000 to 3,000."""
LARGEST_KEY = 8_192
LARGEST_EXPONENT = 1 << 32
"""Bits of an RSA key, and its public exponent: with larger ones a single check takes long."""
LONGEST_EVIDENCE = 20_000_000
MOST_STAMPS = 40
"""Bytes of the file of time stamps beside a file, and how many it holds: at one a year, for the years of a record."""
MOST_LISTS = 20
"""Lists, and answers, about revoked certificates that came with one signature and are looked at."""
MOST_ATTRIBUTES = 10
MOST_NAMESPACES = 10
"""Of one element of a signature: canonical XML sorts them in a way that takes the square of their number."""


class NotReadable(Exception):
    """What was given cannot be read at all; the sentence says why."""


class TooCostly(NotReadable):
    """A file that asks for more than a check may cost."""


class Cost(Enum):
    """What is counted, as a sentence names it, and how much of it one file may ask for."""

    UNFOLDED = ("bytes when it is unfolded", 40_000_000)
    PARTS = ("parts", 2_000)
    XML = ("bytes in its lists and signatures", 12_000_000)
    MARKS = ("marks in its lists and signatures", 150_000)
    RELATIONSHIPS = ("relationships", 20_000)
    SIGNATURES = ("signatures", 20)
    REFERENCES = ("signed references", 10_000)
    CERTIFICATES = ("certificates", 300)
    LISTS = ("lists of revoked certificates", 800)
    CHECKS = ("tries of a key", 60)
    STAMPS = ("time stamps", 60)
    VALUES = ("values in its time stamps", 40_000)
    ENTRIES_OF_DATA = ("entries", 400_000)

    @property
    def limit(self) -> int:
        """How much of it one file may ask for."""
        return int(self.value[1])


class Budget:
    """The account of one check."""

    def __init__(self) -> None:
        """Begin with nothing spent."""
        self._left = {one: one.limit for one in Cost}

    def spend(self, what: Cost, much: int = 1) -> None:
        """Take something from the account. Raises TooCostly, once it is used up."""
        self._left[what] -= much
        if self._left[what] < 0:
            raise TooCostly(
                f"This file asks for more than a check may cost: it has more than {what.limit:,} {what.value[0]}."
                " Nothing of it was believed."
            )
