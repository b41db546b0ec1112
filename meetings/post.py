"""Letters: sending what is queued, once, after the transaction that queued it; trying again what did not go.

A letter holds no text and no token. It is written here when it is sent: a link gets a new token each time, so that the
store never holds one that works. How a message leaves the building is in `exports/mail.py`.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote

from meetings.folding import plain
from meetings.links import LetterAbout
from meetings.people import Account
from meetings.store import Invitation, Letter, Store

LINK_LASTS = timedelta(days=7)
"""How long a link can be used after it was sent. Source: own."""

RESET_LASTS = timedelta(hours=1)
"""The same for a link by which a forgotten password is chosen anew: anybody can ask for one. Source: own."""

LEASE = timedelta(minutes=5)
"""How long a letter belongs to whoever is sending it; after that it counts as not sent, and is tried again."""

RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
"""How long after each failure a letter is tried again; after the last it is given up. Source: own."""

EVERY = 60.0
"""Seconds between two looks at what is due."""


_ADDRESS = re.compile(r"[^@\s,;:<>()\"\\]+@[^@\s,;:<>()\"\\]+\.[^@\s,;:<>()\"\\.]+")
LONGEST_ADDRESS = 254
"""Source: RFC 5321, section 4.5.3.1.3, less the two brackets."""


def is_address(text: str) -> bool:
    r"""Whether a text is an e-mail address that a message can be sent to.

    >>> [is_address(text) for text in ("a.b@force.example", "a@b", "a b@c.example", "a@b.example\nBcc: x@y.example")]
    [True, False, False, False]
    """
    before, _, domain = text.partition("@")
    return (
        len(text) <= LONGEST_ADDRESS
        and text.isprintable()
        and _ADDRESS.fullmatch(text) is not None
        and "" not in before.split(".")
        and not any(one == "" or one.startswith("-") or one.endswith("-") for one in domain.split("."))
    )


def read_address(typed: str) -> str | None:
    """Return the one e-mail address that somebody typed or pasted, or None where there is not one.

    >>> read_address("Ada Finch <ada@agency.example>"), read_address("mailto:ada@agency.example?subject=Robin")
    ('ada@agency.example', 'ada@agency.example')
    >>> read_address("ada@agency"), read_address("ada@agency.example; tom@agency.example")
    (None, None)
    """
    text = plain(typed).strip(" ,;.")
    if text.count("<") == 1 and text.endswith(">"):
        text = text.partition("<")[2].removesuffix(">").strip()
    if text[:7].casefold() == "mailto:":
        text = unquote(text[7:].partition("?")[0]).strip()
    return text if is_address(text) else None


def no_address(typed: str) -> str:
    """Return the sentence that says that what was typed is no e-mail address, with an example of one."""
    return f"‘{typed}’ is not an e-mail address. Use one such as name@agency.example."


def new_token() -> str:
    """Return a token for a link that nobody can guess.

    Hexadecimal: a mail program leaves a dash or a line at the end out of the link that it makes.
    """
    return secrets.token_hex(24)


@dataclass(frozen=True)
class Message:
    """One letter on its way out. `page` is the address that the reader opens; there is nothing about a child in it."""

    letter: Letter
    page: str
    at: datetime
    expires_at: datetime | None = None


class NotDelivered(Exception):
    """A message did not leave; the sentence says why, `for_good` whether trying again is useless."""

    def __init__(self, problem: str, *, for_good: bool = False) -> None:
        """Carry why."""
        super().__init__(problem)
        self.for_good = for_good


Deliver = Callable[[Message], None]
"""Takes a message out of the building. Raises NotDelivered."""


def link_letters(invitations: Iterable[Invitation], by: Account, at: datetime) -> list[Letter]:
    """Return the letters that carry links."""
    return [
        Letter(
            id=str(uuid.uuid4()),
            reference=one.reference,
            about=LetterAbout.LINK,
            address=one.address,
            agency=one.agency,
            page=one.page,
            asked_by=by.name,
            queued_at=at,
            invitation=one.id,
        )
        for one in invitations
    ]


class Post:
    """Sends the letters of one store, by one clock, through one way out of the building."""

    def __init__(self, store: Store, now: Callable[[], datetime], deliver: Deliver) -> None:
        """Work at that store."""
        self._store = store
        self._now = now
        self._deliver = deliver

    def send(self) -> None:
        """Send what is due now. Nothing is raised: what became of a letter stands with it."""
        for letter in self._store.due_letters(self._now()):
            if self._store.claim_letter(letter, self._now() + LEASE):
                self._send(letter)

    def _send(self, letter: Letter) -> None:
        try:
            self._deliver(self._message(letter))
        except NotDelivered as failed:
            more = not failed.for_good and letter.tries < len(RETRIES)
            next_at = self._now() + RETRIES[letter.tries] if more else None
            self._store.note_letter(letter.id, sent_at=None, next_at=next_at, problem=str(failed))
        else:
            self._store.note_letter(letter.id, sent_at=self._now(), next_at=None, problem="")

    def _message(self, letter: Letter) -> Message:
        if letter.about is LetterAbout.NOT_READ and not self._store.is_late(letter.reference, self._now()):
            raise NotDelivered("Nobody is late: it was read in time, or is no longer in force.", for_good=True)
        token = new_token()
        if letter.recipient is not None:
            expires_at = self._now() + (RESET_LASTS if letter.about is LetterAbout.RESET_PASSWORD else LINK_LASTS)
            if not self._store.keep_account_link(letter.recipient, token, expires_at):
                raise NotDelivered("The account was disabled before the link could be sent.", for_good=True)
            return Message(letter, f"{letter.page}{token}", self._now(), expires_at)
        if letter.invitation is None:
            return Message(letter, letter.page, self._now())
        expires_at = self._now() + LINK_LASTS
        if not self._store.renew_link(letter.invitation, token, expires_at):
            raise NotDelivered("The link had ended before it could be sent.", for_good=True)
        return Message(letter, f"{letter.page}{token}", self._now(), expires_at)

    def keep_sending(self) -> None:
        """Send what becomes due, for as long as the program runs."""
        while True:
            time.sleep(EVERY)
            try:
                self.send()
            except Exception:  # one bad minute of the database must not end the post for good
                logging.getLogger(__name__).exception("The post could not be sent this minute; it is tried again.")
