"""Messages on their way out: what they say, and sending them by SMTP or writing them into the outbox.

A message names a record by its reference and holds nothing about a child or a family. When one is sent, and what comes
of one that did not go, is the affair of `meetings/post.py`.
"""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import UTC
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from textwrap import wrap
from urllib.parse import parse_qsl, unquote, urlsplit

from meetings.calendar import local
from meetings.folding import in_order
from meetings.links import LetterAbout
from meetings.post import Deliver, Message, NotDelivered, is_address
from meetings.spelling import spell_instant

PATIENCE = 10.0
"""Seconds that a mail server has for each answer."""

HERE = frozenset({"localhost", "127.0.0.1", "::1"})
"""Servers on the same machine, to which a password may go as it is."""

COLUMNS = 72
LONGEST_ANSWER = 200
"""Characters of a mail server's answer that are shown."""


class BadMailServer(ValueError):
    """The address of the mail server cannot be used; the sentence says why, and never shows a password."""


@dataclass(frozen=True)
class MailServer:
    """A mail server, and in whose name messages are sent."""

    host: str
    port: int
    sender: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    implicit_tls: bool = False
    starttls: bool = False


def read_mail_server(url: str) -> MailServer:
    """Read `smtp://user:password@host:port?starttls&from=address`, or `smtps://…`. Raises BadMailServer.

    >>> read_mail_server("smtp://mail.force.example?starttls&from=accord@force.example")
    MailServer(host='mail.force.example', port=587, sender='accord@force.example', user=None, implicit_tls=False, \
starttls=True)
    """
    usual = "Use smtp://user:password@host:587?starttls or smtps://user:password@host."
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise BadMailServer(f"is not an address of a mail server. {usual}") from None
    if parts.scheme not in ("smtp", "smtps"):
        raise BadMailServer(f"does not begin with smtp:// or smtps://. {usual}")
    if not host or parts.path not in ("", "/") or parts.fragment:
        raise BadMailServer(f"names no host, or more than a host. {usual}")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if surplus := sorted(set(options) - {"starttls", "from"}):
        raise BadMailServer(f"has ‘{surplus[0]}’ after the question mark; only starttls and from can stand there.")
    if options.get("starttls", "") not in ("", "1"):
        raise BadMailServer("has starttls with a value; write ?starttls alone, or leave it out.")
    is_implicit, starttls = parts.scheme == "smtps", "starttls" in options
    if is_implicit and starttls:
        raise BadMailServer("asks for smtps and for starttls. Use one of them.")
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    if (user is None) != (password is None):
        raise BadMailServer(f"has a user without a password, or a password without a user. {usual}")
    if password is not None and not (is_implicit or starttls) and host not in HERE:
        raise BadMailServer("would send a password unprotected over the network. Add ?starttls or use smtps://.")
    sender = options.get("from") or (user if user and is_address(user) else f"accord@{host}")
    if "from" in options and not is_address(sender):
        raise BadMailServer(f"has from=‘{sender}’, which is not an e-mail address.")
    usual_port = 465 if is_implicit else 587 if starttls else 25
    return MailServer(host, port or usual_port, sender, user, password, is_implicit, starttls)


# ── What a message says ──────────────────────────────────────────────────────────────────────────────────────────


_OF_AN_ACCOUNT = {
    LetterAbout.CHOOSE_PASSWORD: (
        "Accord: choose your password",
        "{} asks you to choose a password for your account in Accord:",
        "If you were not told of this, ring whoever looks after Accord where you work.",
    ),
    LetterAbout.RESET_PASSWORD: (
        "Accord: choose a new password",
        "Somebody, perhaps you, asked for a new password for your account in Accord. Choose it here:",
        "If it was not you, do nothing: your password stays as it is.",
    ),
}
"""Subject, what it says before the address of the page, and after it."""

_OF_A_BRIEFING = {
    LetterAbout.TO_READ: (
        "Please read",
        "The briefing {} was issued to you. Please read it, and say there that you have read and understood it:",
        "If you lead a shift, say so for the shift at handover. If you have no account, ring whoever sent it.",
    ),
    LetterAbout.NOT_READ: (
        "Not read in time",
        "A recipient of the briefing {} has not said in time that it was read. Who, stands with the briefing:",
        "Please ring the recipient.",
    ),
    LetterAbout.SEEN: (
        "Seen: please act",
        "An officer has reported a sighting on the briefing {}. What was seen, stands with the briefing:",
        "Please open it now, and say there that you are acting on it.",
    ),
}
"""Subject, what it says before the address of the page, and after it."""


def _words(message: Message) -> tuple[str, str]:
    letter = message.letter
    agency = letter.agency.label
    if letter.about is LetterAbout.LINK:
        until = spell_instant(local(message.expires_at)) if message.expires_at else ""
        return (
            f"Please answer: {letter.reference}",
            f"You took part in, or were consulted for, the discussion {letter.reference}. Its record is final.\n"
            f"Please say whether your agency approves it ({agency}):\n\n"
            f"{message.page}\n\n"
            "The page asks for the six-digit code that you were told in the meeting. It is never sent by e-mail. "
            f"If you do not have it, ring the recorder, {letter.asked_by}.\n"
            f"The link works once, and until {until}.\n\n"
            "This message holds nothing about the family. Please do not forward it.\n",
        )
    if letter.about in _OF_AN_ACCOUNT:
        until = spell_instant(local(message.expires_at)) if message.expires_at else ""
        subject, first, last = _OF_AN_ACCOUNT[letter.about]
        told = f"{first.format(letter.asked_by)}\n\n{message.page}\n\n"
        return subject, f"{told}The link works once, and until {until}. Please do not forward it.\n{last}\n"
    if letter.about in _OF_A_BRIEFING:
        subject, first, last = _OF_A_BRIEFING[letter.about]
        told = f"{first.format(letter.reference)}\n\n{message.page}\n\n{last}\n"
        return f"{subject}: {letter.reference}", f"{told}This message holds nothing about the family.\n"
    return (
        f"Not approved: {letter.reference}",
        f"Your name stands under the record {letter.reference}. One agency does not approve it: {agency}.\n"
        "The reason stands with the record:\n\n"
        f"{message.page}\n\n"
        "If you have no account here, ring the recorder of the discussion.\n"
        "What you signed or confirmed is unchanged. If the record has to be put right, its recorder opens a "
        "correction, and you are asked again.\n\n"
        "This message holds nothing about the family. Please do not forward it.\n",
    )


def compose(message: Message, sender: str) -> EmailMessage:
    """Return a message as it is sent."""
    subject, text = map(in_order, _words(message))
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = subject
    mail["From"] = f"Accord <{sender}>"
    mail["To"] = message.letter.address
    mail["Date"] = format_datetime(message.at.astimezone(UTC))
    mail["Message-ID"] = f"<{message.letter.id}.{message.letter.tries}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    wrapped = "\n".join(
        "\n".join(wrap(line, COLUMNS, break_long_words=False, break_on_hyphens=False)) for line in text.split("\n")
    )
    # As it stands where it can: a link that is encoded is cut where a reader of the outbox would copy it.
    mail.set_content(wrapped, cte="7bit" if wrapped.isascii() else None)
    return mail


# ── The two ways out ─────────────────────────────────────────────────────────────────────────────────────────────


def into(folder: Path) -> Deliver:
    """Return what writes messages into a folder, for an installation without a mail server."""

    def deliver(message: Message) -> None:
        name = f"{message.at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{message.letter.about}-{message.letter.id}.eml"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = folder / name
            file.touch(mode=0o600)
            file.write_bytes(bytes(compose(message, "accord@localhost")))
        except OSError as problem:
            raise NotDelivered(f"The message could not be written into {folder}: {problem.strerror}.") from None

    return deliver


def by_smtp(server: MailServer) -> Deliver:
    """Return what hands messages to a mail server."""

    def deliver(message: Message) -> None:
        address = message.letter.address
        try:
            with _connect(server) as connection:
                if server.starttls:
                    connection.starttls(context=ssl.create_default_context())
                if server.user is not None and server.password is not None:
                    connection.login(server.user, server.password)
                connection.send_message(compose(message, server.sender))
        except smtplib.SMTPAuthenticationError:
            raise NotDelivered(f"The mail server {server.host} did not accept the account that is set.") from None
        except smtplib.SMTPRecipientsRefused as refused:
            code, answer = next(iter(refused.recipients.values()), (0, b""))
            said = f"The mail server does not take the address {address}: {_said(answer)}"
            raise NotDelivered(said, for_good=_is_for_good(code)) from None
        except smtplib.SMTPResponseException as refused:
            said = f"The mail server {server.host} refused the message: {_said(refused.smtp_error)}"
            raise NotDelivered(said, for_good=_is_for_good(refused.smtp_code)) from None
        except smtplib.SMTPException as failed:
            raise NotDelivered(f"The mail server {server.host} broke off: {_said(str(failed))}") from None
        except OSError as failed:  # before the next: a certificate that is not trusted is both
            raise NotDelivered(f"The mail server {server.host} could not be reached: {_said(str(failed))}") from None
        except ValueError:  # what no header can hold
            raise NotDelivered(f"No message can be sent to ‘{address}’.", for_good=True) from None

    return deliver


def _connect(server: MailServer) -> smtplib.SMTP:
    if server.implicit_tls:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE, context=ssl.create_default_context())
    return smtplib.SMTP(server.host, server.port, timeout=PATIENCE)


def _is_for_good(code: int) -> bool:
    return 500 <= code <= 599


def _said(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    shown = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:LONGEST_ANSWER]
    return shown if shown.endswith(".") else f"{shown or 'without a reason'}."
