"""Whoever sends slowly, or too much, holds nobody else up: a thread works only on what has arrived whole."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

import forms.serving
from tests.servers import fresh_database
from tests.windows import Server

HEAD = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    """The product as it is served by default."""
    served = Server(tmp_path_factory.mktemp("slow") / "instance")
    yield served
    served.kill()


@pytest.fixture
def connect(product):
    with ExitStack() as opened:

        def connection(sent: bytes = b"") -> socket.socket:
            made = opened.enter_context(socket.create_connection(("127.0.0.1", product.port), timeout=20))
            made.sendall(sent)
            return made

        yield connection


def answers(product, seconds: float = 15) -> int:
    """Return the status of a page that anybody may ask for."""
    asked = http.client.HTTPConnection("127.0.0.1", product.port, timeout=seconds)
    try:
        asked.request("GET", "/sign-in")
        answer = asked.getresponse()
        answer.read()
        return answer.status
    finally:
        asked.close()


def read_all(connection: socket.socket) -> bytes:
    found = b""
    while piece := connection.recv(65536):
        found += piece
    return found


@pytest.mark.parametrize(
    ("what", "sent", "count"),
    [
        ("two bytes", b"GE", 16),
        ("nothing", b"", 500),
        ("half a head", b"GET / HTTP/1.1\r\nHost: localhost\r\n", 200),
        ("half a head each", b"GET / HTTP/1.1\r\nX-Long: " + b"y" * 2000, 500),
        ("half a body", HEAD + b"Content-Length: 90000\r\n\r\nlogin=pclo&", 200),
        ("half a chunk", HEAD + b"Transfer-Encoding: chunked\r\n\r\n40\r\nlogin", 4),
    ],
)
def test_requests_that_never_arrive_whole_hold_nobody_up(product, connect, what, sent, count):
    for _ in range(count):
        connect(sent)
    assert [answers(product) for _ in range(20)] == [200] * 20, what


def test_a_head_that_does_not_arrive_in_time_is_given_up(product, connect):
    begun = time.monotonic()
    assert read_all(connect(b"GET / HTTP/1.1\r\n")) == b""
    assert time.monotonic() - begun < 2 * forms.serving.SECONDS_FOR_HEADERS


def test_more_connections_than_there_is_room_for_make_room_for_who_comes_last(product, connect):
    for _ in range(forms.serving.MOST_CONNECTIONS + 100):
        connect(b"GE")
    assert [answers(product) for _ in range(5)] == [200] * 5


def test_large_requests_that_are_not_sent_take_no_memory_from_small_ones(product, connect):
    large = HEAD + f"Content-Length: {forms.serving.LARGEST_REQUEST - 1}\r\n\r\nlogin".encode()
    allowed = forms.serving.MEMORY_FOR_LARGE // forms.serving.LARGEST_REQUEST
    waiting = [connect(large) for _ in range(allowed)]
    assert b"Too much is being sent at once. Wait a minute, then send it again. Nothing of it was kept." in read_all(
        connect(large)
    )
    assert answers(product) == 200
    for one in waiting:
        one.close()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:  # once they are gone, their memory is free again
        again = connect(large)
        again.settimeout(0.3)
        try:
            again.recv(10)
        except TimeoutError:
            return
        time.sleep(0.2)
    pytest.fail("the memory of requests that ended was not free again")


def test_a_request_that_is_too_large_or_none_at_all_is_refused_in_a_sentence(product, connect):
    large = read_all(connect(HEAD + f"Content-Length: {forms.serving.LARGEST_REQUEST + 1}\r\n\r\n".encode()))
    assert large.startswith(b"HTTP/1.1 413 ")
    assert b"This is larger than anything that is taken here. Nothing of it was kept." in large
    for nonsense in (b"GET\r\n\r\n", b"\0\1\2\3\r\n\r\n", HEAD + b"Content-Length: minus one\r\n\r\n"):
        refused = read_all(connect(nonsense))
        assert refused.split()[1] == b"400", nonsense
        assert b"This request could not be read. Nothing of it was kept." in refused
        assert b"Server:" not in refused
    begun = b"GET / HTTP/1.1\r\nX: "
    assert read_all(connect(begun.ljust(forms.serving.LONGEST_HEAD, b"y"))).split()[1] == b"431"


def test_a_slow_but_steady_request_is_answered(product, connect):
    slow = connect()
    for piece in (b"GET /sign-in", b" HTTP/1.1\r\nHost:", b" localhost\r\nConnection: close\r\n", b"\r\n"):
        slow.sendall(piece)
        time.sleep(0.3)
    assert read_all(slow).startswith(b"HTTP/1.1 200 ")


def test_several_requests_on_one_connection_are_answered_in_order(product, connect):
    both = connect(
        b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\n\r\n"
        b"GET /verify HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    found = read_all(both)
    assert found.index(b"<title>Sign in") < found.index(b"<title>Check a sealed file")


def test_who_goes_away_while_an_answer_is_made_leaves_nothing_behind(product, connect):
    for _ in range(50):
        connect(b"GET /verify HTTP/1.1\r\nHost: localhost\r\n\r\n").close()
    assert answers(product) == 200


def test_an_answer_that_nobody_takes_holds_no_thread(product, connect):
    for _ in range(forms.serving.THREADS_OF_ONE + 4):
        waiting = connect()
        waiting.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        waiting.sendall(b"GET /static/govuk-frontend.min.css HTTP/1.1\r\nHost: localhost\r\n\r\n" * 8)
    assert [answers(product) for _ in range(10)] == [200] * 10


def test_a_port_that_is_in_use_is_said_in_a_sentence_before_any_address(product, accord):
    done = accord("serve", ACCORD_PORT=str(product.port))
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == (
        f"Port {product.port} of 127.0.0.1 cannot be used: Address already in use."
        " Stop what uses it, or set ACCORD_PORT to another number.\n"
    )


def test_what_is_stopped_finishes_what_it_works_on_and_lets_the_port_go(tmp_path):
    served = Server(tmp_path / "instance")
    served.process.terminate()
    assert served.process.wait(20) == 0
    served.log.close()
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", served.port))


def _children(product) -> set[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(product.process.pid)], capture_output=True, text=True, check=False
    )
    return set(map(int, listed.stdout.split()))


def _wait_for(true, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert true()


@pytest.mark.postgres
def test_with_another_database_two_processes_serve_and_one_that_ends_is_replaced(tmp_path, postgres_address):
    with fresh_database(postgres_address) as address:
        served = Server(tmp_path / "instance", ACCORD_DATABASE_URL=address)
        first = _children(served)
        assert len(first) == 2
        time.sleep(forms.serving.SHORTEST_LIFE)
        os.kill(min(first), signal.SIGKILL)
        _wait_for(lambda: len(_children(served) - {min(first)}) == 2)
        assert [answers(served) for _ in range(8)] == [200] * 8
        left = _children(served)
        served.process.kill()  # whoever started them is gone: they end by themselves
        served.process.wait(10)
        served.log.close()
        _wait_for(lambda: not any(Path(f"/proc/{one}").exists() for one in left))
