"""Local passwords: argon2id with the library's own parameters, and the one place that says which may be chosen.

Length and a list of what is guessed first, and no rule about kinds of characters. Source: National Cyber Security
Centre, Password administration for system owners.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST = 12
LONGEST = 200
"""Characters of a password. The longest is far beyond what anybody types, and keeps hashing it cheap."""
MOST_WAITING = 6
"""How many may wait to have a password compared, in one process, before another is asked to come back."""

_AT_WORK = threading.BoundedSemaphore(1)
# One at a time: comparing takes 64 MB and every core, and pages of other people go on meanwhile.
_waiting = 0
_count = threading.Lock()


class Busy(Exception):
    """So many passwords wait to be compared that another would keep a page of somebody else waiting."""


class WeakPassword(Exception):
    """A password may not be chosen; the sentence says why and what to do."""


@contextmanager
def queue_of_strangers() -> Iterator[None]:
    """Stand in the queue of those who are not signed in yet. Raises Busy when it is too long."""
    global _waiting  # noqa: PLW0603  # one queue in a process
    with _count:
        if _waiting >= MOST_WAITING:
            raise Busy
        _waiting += 1
    try:
        yield
    finally:
        with _count:
            _waiting -= 1


def hash_password(password: str) -> str:
    """Return what is kept of a password."""
    with _AT_WORK:
        return PasswordHasher().hash(_as_compared(password))


def _as_compared(password: str) -> str:
    """Return a password in one spelling, whatever keyboard it came from. Source: NIST SP 800-63B, section 5.1.1.2."""
    return unicodedata.normalize("NFKC", password[: 4 * LONGEST])


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return PasswordHasher().hash("nobody has this password")


def is_password(password: str, kept: str | None) -> bool:
    """Whether this is the password; takes as long for an account that has none, so that nobody learns which exist."""
    nobodys = _nobodys()
    with _AT_WORK:
        try:
            return PasswordHasher().verify(kept or nobodys, _as_compared(password)) and kept is not None
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False


# ── Which may be chosen ──────────────────────────────────────────────────────────────────────────────────────────

_GUESSED_FIRST = frozenset(
    word
    for row in (
        "abc abcd access accord account admin administrator adventure andrew angel animal anthony apple",
        "arsenal ashley autumn banana baseball basketball batman battery beautiful birthday blink bubbles",
        "buster butterfly celtic changeme charlie charlotte cheese chelsea child children chocolate christmas",
        "computer constable cookie correct council daniel december default demo demonstration diamond dragon",
        "easter elephant england enter everton family february flower football forever freedom friday george",
        "ginger guest hannah harley hello hockey holiday horse hunter iloveyou india jackson january jasmine",
        "jennifer jessica jesus jordan joshua justin killer letmein liverpool login london love lovely maggie",
        "manager manchester march master matthew michael michelle monday money monkey mustang mynameis nicole",
        "ninja november october office officer orange pass passcode passphrase passw password passwort pepper",
        "police princess purple qazwsx qwe qwert qwerty rangers recorder red robert samantha saturday",
        "scotland secret security september sergeant service shadow soccer social sophie spring spurs staple",
        "starwars strategy summer sunday sunshine superman superstar supervisor team temp temporary test",
        "tester testing the this thomas thursday tigger trustno tuesday united unknown user victoria wales",
        "wednesday welcome whatever william winter work worker world yellow you your zaq zxc zxcvbn",
    )
    for word in row.split()
)
"""Words of which passwords are made that are guessed first. Source: own, after published lists of common passwords."""

_LOOKS_LIKE = str.maketrans("013457@$!|€", "oleastasiie")
_ROWS = (
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p",
)


def check_password(password: str, own: Iterable[str] = ()) -> None:
    """Refuse a password that is short or guessed first; `own` is what is known of its owner. Raises WeakPassword."""
    if len(password) < SHORTEST:
        raise WeakPassword(
            f"That password has {len(password)} characters. Use at least {SHORTEST}: three or four words that have "
            "nothing to do with each other are easy to remember."
        )
    if len(password) > LONGEST:
        raise WeakPassword(f"That password is longer than {LONGEST} characters. Use a shorter one.")
    plain = password.casefold()
    names = {word for text in own for word in re.split(r"[\W_]+", text.casefold()) if len(word) > 3}
    if any(name in plain for name in names):
        raise WeakPassword("That password holds your name or the name of your account. Choose one that has neither.")
    if len(set(plain)) < 5 or _is_a_row(plain) or _is_made_of_common_words(plain):
        raise WeakPassword(
            "That password is one of those that are guessed first. Choose another, such as three or four words that "
            "have nothing to do with each other."
        )


def _is_a_row(plain: str) -> bool:
    """Whether a password repeats itself, or is little but runs of keys or letters.

    >>> [_is_a_row(one) for one in ("123456789012", "qwertyuiop12", "abcabcabcabc", "hedge-violin-4-comet")]
    [True, True, True, False]
    """
    if any(plain == (plain[:size] * len(plain))[: len(plain)] for size in range(1, len(plain) // 2 + 1)):
        return True
    pairs = {row[at : at + 2] for row in _ROWS for at in range(len(row) - 1)}
    pairs |= {pair[::-1] for pair in pairs}
    in_a_row = sum(plain[at : at + 2] in pairs for at in range(len(plain) - 1))
    return in_a_row >= 0.7 * (len(plain) - 1)


def _is_made_of_common_words(plain: str) -> bool:
    """Whether nothing is left of a password without digits, signs and words that everybody uses.

    >>> tried = ("password2026!", "p@ssw0rdp@ssw0rd", "welcome-to-hell1", "summerholiday26", "correct horse lamp")
    >>> [_is_made_of_common_words(one) for one in tried]
    [True, True, False, True, False]
    """
    for text in (plain, plain.translate(_LOOKS_LIKE)):
        letters = re.sub(r"[^a-z]+", " ", text) if text.isascii() else text
        joined = letters.replace(" ", "")
        if not joined and len(set(plain)) < 8:
            return True
        if joined and (_is_joined(joined) or all(_is_joined(word) for word in letters.split() if len(word) > 1)):
            return True
    return False


def _is_joined(letters: str) -> bool:
    """Whether letters are words of the list, one after the other."""
    ends = {0}
    for end in range(1, len(letters) + 1):
        if any(letters[start:end] in _GUESSED_FIRST for start in ends):
            ends.add(end)
    return len(letters) in ends
