"""Serving the pages with waitress: a thread works on a request only once it has arrived whole.

One process with threads for SQLite, two else. Requests are collected by one loop per process, which costs the same
however many connections are open; what does not arrive in time, or holds too much memory, is ended. Nothing of a
request or an answer touches a disk. Why waitress, and what was measured: docs/decisions/0020.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import selectors
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher
from waitress.utilities import Error

THREADS_OF_ONE = 16
THREADS_OF_TWO = 8
"""Threads that work on requests, in the one process for SQLite and in each of two for another database."""

SECONDS_FOR_HEADERS = 10
"""Seconds in which the head of a request arrives, from its first byte."""
SECONDS_BETWEEN = 75
"""Seconds for which a connection may wait for its first request, or for the next."""
SLOWEST_BODY = 50_000
"""Bytes a second at which the body of a request arrives at least, besides the seconds for its head."""
SECONDS_FOR_ANSWER = 60
"""Seconds without progress after which an answer is not offered any longer."""

LONGEST_HEAD = 64 * 1024
LARGEST_REQUEST = 20_000_000
"""Bytes of a request that are read; the pages refuse less than that, each in its own words."""
LARGEST_ANSWER = 100_000_000
"""Bytes of an answer that wait in memory until they are taken; the library would put more into a file."""
SMALL_REQUEST = 256 * 1024
MEMORY_FOR_LARGE = 100_000_000
"""Bytes that all unfinished requests of a process may hold beyond what each small one holds anyway."""

MOST_CONNECTIONS = 2_000 if sys.platform != "win32" else 400
FILES_BESIDE = 128
"""Open files that a process needs besides its connections."""

SECONDS_TO_FINISH = 10
"""Seconds that requests which are being worked on have when the server stops."""


def settle() -> None:
    """Leave what was made until now out of the search for what can be freed, and search less often.

    What an app is made of stays; to look through it again stops everybody for 70 to 100 ms.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


class PortTaken(Exception):
    """The port cannot be listened at; the sentence says why and what to do."""


def listen(port: int) -> socket.socket:
    """Return a socket that listens at a port of 127.0.0.1. Raises PortTaken."""
    listening = socket.socket()
    if sys.platform != "win32":  # there it would let two servers listen at one port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen(1024)
    except (OSError, OverflowError) as problem:
        listening.close()
        why = getattr(problem, "strerror", None) or str(problem)
        raise PortTaken(
            f"Port {port} of 127.0.0.1 cannot be used: {why}. Stop what uses it, or set ACCORD_PORT to another number."
        ) from None
    return listening


# ── One connection ───────────────────────────────────────────────────────────────────────────────────────────────


class TooMuchAtOnce(Error):  # type: ignore[misc]
    """So many large requests are arriving that no memory is left for another."""

    code = 503
    reason = "Service Unavailable"


_SAID = {
    413: "This is larger than anything that is taken here.",
    503: "Too much is being sent at once. Wait a minute, then send it again.",
}
"""What is said of a request that is not taken, by its status; of any other, that it could not be read."""


class Refusal(ErrorTask):  # type: ignore[misc]
    """An answer to a request that is not taken: a sentence, and the connection ends."""

    def execute(self) -> None:
        """Answer in one sentence of plain text."""
        error = self.request.error
        body = f"{_SAID.get(error.code, 'This request could not be read.')} Nothing of it was kept.\n".encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "text/plain; charset=utf-8"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection, which knows until when the request that it is receiving has to be whole."""

    error_task_class = Refusal
    request: HTTPRequestParser | None
    deadline = 0.0
    """When the connection is ended, by the monotonic clock, unless what it waits for has come."""
    held: int | None = None
    """Bytes beyond a small request that it sets aside for a body that is arriving; nothing while none is."""
    watched = 0
    """What the loop waits for on it."""
    has_answered = False

    def __init__(self, server: Server, connection: socket.socket, address: Any, adj: Any, map: Any) -> None:  # noqa: A002
        """Begin to wait for a request."""
        self.deadline = time.monotonic() + SECONDS_BETWEEN
        super().__init__(server, connection, address, adj, map=map)
        server.watch(self)

    @property
    def is_waiting(self) -> bool:
        """Whether nobody works on a request of it and no answer is on its way."""
        return not self.requests and not self.total_outbufs_len

    def received(self, data: bytes) -> bool:
        """Take what arrived, and work out until when the rest has to come."""
        was = self.request
        taken: bool = super().received(data)
        request = self.request
        if request is None:
            self._let_go()
            self.deadline = time.monotonic() + SECONDS_BETWEEN
        elif request is not was:
            self._let_go()
            self.deadline = time.monotonic() + SECONDS_FOR_HEADERS
        if request is not None and request.headers_finished and self.held is None:
            self._set_aside(request)
        return taken

    def _set_aside(self, request: HTTPRequestParser) -> None:
        """Set aside memory and time for the body of a request; a chunked one may take all that is allowed."""
        length = LARGEST_REQUEST if request.chunked else request.content_length
        self.deadline = time.monotonic() + SECONDS_FOR_HEADERS + length / SLOWEST_BODY
        self.held = max(0, length - SMALL_REQUEST)
        self.server.held += self.held
        if self.held and self.server.held > MEMORY_FOR_LARGE:
            self._let_go()
            request.error, request.completed, self.request = TooMuchAtOnce(""), True, None
            with self.requests_lock:
                self.requests.append(request)
                if len(self.requests) == 1:
                    self.server.add_task(self)

    def _let_go(self) -> None:
        self.server.held -= self.held or 0
        self.held = None

    def service(self) -> None:
        """Work on a request, in a thread; then let the loop look what to wait for next."""
        super().service()
        self.has_answered = True
        self.deadline = time.monotonic() + (SECONDS_FOR_ANSWER if self.total_outbufs_len else SECONDS_BETWEEN)
        self.server.touch(self)

    def write_soon(self, data: Any) -> int:
        """Send part of an answer; what the connection does not take at once, the loop sends later."""
        sent: int = super().write_soon(data)
        if self.total_outbufs_len:
            self.deadline = time.monotonic() + SECONDS_FOR_ANSWER
            self.server.touch(self)
        return sent

    def handle_write(self) -> None:
        """Send what waits; whoever takes some of it may have more time for the rest."""
        before = self.total_outbufs_len
        super().handle_write()
        if self.total_outbufs_len < before:
            self.deadline = time.monotonic() + (SECONDS_FOR_ANSWER if self.total_outbufs_len else SECONDS_BETWEEN)

    def del_channel(self, map: Any = None) -> None:  # noqa: A002  # the library's name
        """Be forgotten by the loop."""
        self._let_go()
        self.server.forget(self)
        super().del_channel(map)


# ── One process ──────────────────────────────────────────────────────────────────────────────────────────────────


class Server(TcpWSGIServer):  # type: ignore[misc]
    """Collects the requests of one process and hands each to a thread once it is whole.

    The library's own loop asks every connection at every turn whether it waits for something; this one asks only those
    where something happened, so that idle and slow connections cost nothing.
    """

    channel_class = Channel
    held = 0
    """Bytes that are set aside for large requests that are arriving."""

    def __init__(self, app: Any, listening: socket.socket, threads: int, parent: int | None) -> None:
        """Serve an app at a listening socket; end when `parent`, if it is given, is gone."""
        self._selector = selectors.DefaultSelector()
        self._touched: deque[Channel] = deque()
        self._is_stopping = False
        self._parent = parent
        self._most = _connections_allowed()
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.queue_logger.setLevel(logging.ERROR)  # that requests wait for a thread is no news
        dispatcher.set_thread_count(threads)
        adj = Adjustments(
            sockets=[listening],
            threads=threads,
            ident=None,
            max_request_header_size=LONGEST_HEAD,
            max_request_body_size=LARGEST_REQUEST,
            inbuf_overflow=LARGEST_REQUEST + 1,
            outbuf_overflow=LARGEST_ANSWER,
            clear_untrusted_proxy_headers=False,
            log_socket_errors=False,
        )
        about = (listening.family, listening.type, listening.proto, listening.getsockname())
        super().__init__(
            app, {}, False, listening, dispatcher=dispatcher, adj=adj, sockinfo=about, bind_socket=False
        )  # fmt: skip
        self.accepting = True

    def touch(self, channel: Channel) -> None:
        """Say, from any thread, that a connection may wait for something else now."""
        self._touched.append(channel)
        self.pull_trigger()

    def watch(self, channel: Channel) -> None:
        """Wait for what a connection waits for, no more and no less."""
        file = channel._fileno  # noqa: SLF001  # the library keeps it there
        if file is None:
            return
        reads, writes = channel.readable(), channel.writable()
        wanted = (selectors.EVENT_READ if reads else 0) | (selectors.EVENT_WRITE if writes else 0)
        if wanted == channel.watched:
            return
        if not channel.watched:
            self._selector.register(file, wanted, channel)
        elif not wanted:
            self._selector.unregister(file)
        else:
            self._selector.modify(file, wanted, channel)
        channel.watched = wanted

    def forget(self, channel: Channel) -> None:
        """Wait for nothing of a connection any more."""
        if channel.watched:
            channel.watched = 0
            self._selector.unregister(channel._fileno)  # noqa: SLF001  # as above

    def handle_accept(self) -> None:
        """Take a connection; where there are too many, those that have kept us waiting longest make room."""
        if len(self.active_channels) >= self._most:
            self._make_room()
        super().handle_accept()

    def _make_room(self) -> None:
        waiting = [one for one in self.active_channels.values() if one.is_waiting]
        never_whole = [one for one in waiting if one.request is not None or not one.has_answered]
        for one in sorted(never_whole or waiting, key=lambda one: one.deadline)[: 1 + self._most // 20]:
            one.handle_close()

    def maintenance(self, now: float) -> None:
        """End connections whose time is over."""
        for channel in [one for one in self.active_channels.values() if one.deadline < now and not one.requests]:
            channel.handle_close()

    def stop(self, *_: Any) -> None:
        """Take no more requests and let the loop end; what is being worked on is finished."""
        self._is_stopping = True

    def run(self) -> None:
        """Collect requests until it is stopped."""
        selector, trigger, looked = self._selector, self.trigger, 0.0
        selector.register(self._fileno, selectors.EVENT_READ, self)
        selector.register(trigger._fileno, selectors.EVENT_READ, trigger)  # noqa: SLF001  # as above
        while not self._is_stopping:
            for key, events in selector.select(1):
                if key.data is self:
                    self.handle_accept()
                elif key.data is trigger:
                    trigger.handle_read()
                else:
                    self._serve(key.data, events)
            while self._touched:
                self.watch(self._touched.popleft())
            if (now := time.monotonic()) - looked >= 1:
                looked = now
                self.maintenance(now)
                self._is_stopping = self._is_stopping or self._parent not in (None, os.getppid())
        selector.unregister(self._fileno)
        self.socket.close()
        self.task_dispatcher.shutdown(cancel_pending=True, timeout=SECONDS_TO_FINISH)

    def _serve(self, channel: Channel, events: int) -> None:
        try:
            if events & selectors.EVENT_READ:
                channel.handle_read()
            if events & selectors.EVENT_WRITE and channel.connected:
                channel.handle_write()
        except Exception:  # one connection never ends the loop of all
            self.logger.exception("A connection was ended")
            channel.handle_close()
        self.watch(channel)


def _connections_allowed() -> int:
    """Return how many connections a process may hold, having asked the system for as many files as it gives."""
    if sys.platform == "win32":
        return MOST_CONNECTIONS
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + FILES_BESIDE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            soft = most
    return MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else max(16, min(MOST_CONNECTIONS, soft - FILES_BESIDE))


def _serve_here(app: Any, listening: socket.socket, threads: int, parent: int | None = None) -> None:
    """Serve in this process until it is told to stop."""
    server = Server(app, listening, threads, parent)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, server.stop)
    server.run()


# ── All processes ────────────────────────────────────────────────────────────────────────────────────────────────


def serve_forever(
    app: Any, listening: socket.socket, *, one_process: bool, in_each_process: Callable[[], None]
) -> None:
    """Serve an app until stopped; `in_each_process` is called at the start of every process that serves.

    SQLite is served by one process, so that its one writer at a time never waits for a lock of another process.
    """
    settle()
    if one_process or sys.platform == "win32":
        in_each_process()
        _serve_here(app, listening, THREADS_OF_ONE)
        return

    parent = os.getpid()

    def one_of_two() -> None:
        in_each_process()
        _serve_here(app, listening, THREADS_OF_TWO, parent)

    _keep_running(one_of_two, 2)
    listening.close()


SHORTEST_LIFE = 5
"""Seconds that a process lives at least; when one ends sooner, nothing is served by starting another."""


def _keep_running(serve: Callable[[], None], count: int) -> None:
    """Run that many processes, and another for each that ends, until this one is told to stop."""
    running: dict[int, float] = {}
    is_stopping = False

    def stop(*_: Any) -> None:
        nonlocal is_stopping
        is_stopping = True
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGTERM)

    def start() -> None:
        process = os.fork()
        if process == 0:
            code = 1
            try:
                serve()
                code = 0
            finally:
                os._exit(code)
        running[process] = time.monotonic()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    for _ in range(count):
        start()
    while running:
        ended, _ = os.wait()
        began = running.pop(ended, 0.0)
        if is_stopping:
            continue
        if time.monotonic() - began < SHORTEST_LIFE:
            stop()
            raise SystemExit("A process that serves the pages ended as soon as it began; nothing is served.")
        start()
