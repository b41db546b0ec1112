"""A mail server for tests: it listens on a free port of this machine, speaks SMTP, and keeps what it is given."""

from __future__ import annotations

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any


@dataclass
class PostOffice:
    """What it was given, and how it is to behave: an answer to a command, or a certificate to speak TLS with."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    signed_in: list[tuple[str, str]] = field(default_factory=list)
    over_tls: list[bool] = field(default_factory=list)
    answers: dict[str, bytes] = field(default_factory=dict)
    hang_up_at: str = ""
    tls: ssl.SSLContext | None = None
    implicit: bool = False
    account: tuple[str, str] | None = None


@contextmanager
def a_post_office(**behaviour: Any) -> Iterator[PostOffice]:
    """Run a mail server and yield what it is given."""
    office = PostOffice(**behaviour)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            try:
                _serve(self, office)
            except (OSError, ValueError):
                return  # the other side hung up
            finally:
                self.request.close()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        office.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield office
        finally:
            server.shutdown()
            thread.join()


def _serve(handler: Any, office: PostOffice) -> None:
    reading, writing, secure = handler.rfile, handler.wfile, False

    def protect() -> None:
        nonlocal reading, writing, secure
        handler.request = office.tls.wrap_socket(handler.request, server_side=True)
        reading, writing, secure = handler.request.makefile("rb"), handler.request.makefile("wb", 0), True

    def say(answer: bytes) -> None:
        writing.write(answer + b"\r\n")

    if office.implicit:
        protect()
    say(b"220 post office of a test")
    sender, readers = "", []
    while line := reading.readline():
        command = line.decode("utf-8").strip()
        word = command.split(" ", 1)[0].upper()
        if word == office.hang_up_at:
            handler.request.close()
            return
        if word in office.answers:
            say(office.answers[word])
            continue
        if word in ("EHLO", "HELO"):
            offers = ["127.0.0.1", "SMTPUTF8", "8BITMIME"]
            offers += ["STARTTLS"] if office.tls and not secure else []
            offers += ["AUTH PLAIN"] if office.account else []
            for offer in offers[:-1]:
                say(f"250-{offer}".encode())
            say(f"250 {offers[-1]}".encode())
        elif word == "STARTTLS":
            say(b"220 go on")
            protect()
        elif word == "AUTH":
            _, user, password = base64.b64decode(command.split()[2]).decode().split("\0")
            office.signed_in.append((user, password))
            say(b"235 welcome" if (user, password) == office.account else b"535 not that")
        elif word == "MAIL":
            sender, readers = command.split("<", 1)[1].split(">", 1)[0], []
            say(b"250 good")
        elif word == "RCPT":
            readers.append(command.split("<", 1)[1].split(">", 1)[0])
            say(b"250 good")
        elif word == "DATA":
            say(b"354 go on")
            content = b""
            while (piece := reading.readline()) != b".\r\n":
                content += piece[1:] if piece.startswith(b"..") else piece
            office.letters.append(message_from_bytes(content, policy=default))
            office.envelopes.append((sender, readers))
            office.over_tls.append(secure)
            say(b"250 taken")
        elif word == "QUIT":
            say(b"221 bye")
            return
        else:
            say(b"250 good")
