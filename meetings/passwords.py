"""Local passwords: argon2id, with the library's own parameters."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


def hash_password(password: str) -> str:
    """Return what is kept of a password."""
    return PasswordHasher().hash(password)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return hash_password("nobody has this password")


def is_password(password: str, kept: str | None) -> bool:
    """Whether this is the password; takes as long for an account that has none, so that nobody learns which exist."""
    try:
        return PasswordHasher().verify(kept or _nobodys(), password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False
