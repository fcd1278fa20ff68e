"""Clients that send slowly, or fall silent, keep nobody else from being served."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import pytest

from config.arriving import MOST, State, judge
from tests.fleet.gunicorns import Web, get, serving, wait_until

FORM = b"POST /read HTTP/1.1\r\nHost: shop\r\nContent-Length: %d\r\n\r\n"
CHUNKED = b"POST /read HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with serving(Path(tmp_path_factory.mktemp("web")) / "log", WEB_THREADS="2") as web:
        yield web


def connected(web: Web, *pieces: bytes) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", web.port), timeout=60)
    for piece in pieces:
        client.sendall(piece)
    return client


def answers(client: socket.socket, count: int = 1) -> list[bytes]:
    """The bodies of so many answers."""
    with client.makefile("rb") as read:
        return [read.read(_length(read)) for _ in range(count)]


def _length(read: BinaryIO) -> int:
    length = 0
    while line := read.readline().strip():
        if line.lower().startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    return length


@pytest.mark.parametrize(
    "half",
    [
        b"",
        b"GET / HTT",
        b"GET / HTTP/1.1\r\nHost: shop\r\n",
        FORM % 1000 + b"variant=",
        CHUNKED + b"5\r\nhal",
        FORM % 50_000_000 + b"x" * MOST,
        FORM.replace(b"Host", b"Expect: 100-continue\r\nHost") % 1000,
    ],
)
def test_however_many_are_silent_in_the_middle_of_a_request_others_are_served(web: Web, half: bytes) -> None:
    with ExitStack() as silent:
        for _ in range(6):
            silent.enter_context(connected(web, half))
        assert get(web.port, "/") == (200, b"done\n")


@pytest.mark.parametrize(
    ("pieces", "length"),
    [
        ([FORM[:30], FORM[30:] % 9 + b"12345", b"6789"], 9),
        ([CHUNKED, b"5\r\nhello\r\n", b"4\r\nshop\r\n0\r\n", b"\r\n"], 9),
        ([CHUNKED, b"5\r\nhello\r\n0;last=yes\r\nX-Sum: 1\r\n\r\n"], 5),
        ([FORM % (3 * MOST), b"x" * MOST, b"y" * 2 * MOST], 3 * MOST),
    ],
)
def test_what_comes_in_pieces_is_read_whole(web: Web, pieces: list[bytes], length: int) -> None:
    with connected(web, *pieces) as client:
        assert answers(client) == [b"%d\n" % length]


@pytest.mark.parametrize("wrong", [b"Content-Length: 2\r\nContent-Length: 3", b"Host: other", b"Content-Length: +2"])
def test_what_is_no_http_is_answered_and_logged(web: Web, wrong: bytes) -> None:
    with connected(web, FORM.replace(b"Content-Length: %d", wrong), b"abc") as client:
        assert client.recv(100).startswith(b"HTTP/1.1 400 ")
    wait_until(lambda: 400 in [line.get("status") for line in web.logged()], "it is logged", 60)


def test_half_a_request_whose_client_is_gone_is_no_request(web: Web) -> None:
    with connected(web, FORM % 9 + b"quantity") as client:
        client.shutdown(socket.SHUT_WR)
        assert client.recv(100) == b""


def test_requests_that_come_together_are_answered_one_after_the_other(web: Web) -> None:
    with connected(web, FORM % 3 + b"one" + FORM % 5 + b"three" + CHUNKED, b"0\r\n\r\n") as client:
        assert answers(client, 3) == [b"3\n", b"5\n", b"0\n"]


def test_a_large_one_waits_for_its_turn_and_gets_it(web: Web) -> None:
    with connected(web, FORM % (2 * MOST), b"x" * MOST) as first, connected(web, FORM % MOST) as second:
        second.sendall(b"y" * MOST)
        first.sendall(b"x" * MOST)
        assert answers(first) + answers(second) == [b"%d\n" % (2 * MOST), b"%d\n" % MOST]


@pytest.mark.parametrize(
    ("request_", "state"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", State.WHOLE),
        (FORM % 5 + b"1234", State.PART),
        (FORM.replace(b"%d", b"ten"), State.WHOLE),
        (FORM.replace(b"%d", b"9" * 5000), State.WHOLE),
        (FORM.replace(b"Content-Length: %d", b"Transfer-Encoding: gzip"), State.WHOLE),
        (b"x" * MOST, State.LARGE),
        (b"GET /?a=content-length:9 HTTP/1.1\r\nX: content-length: 9\r\n\r\n", State.WHOLE),
    ],
)
def test_what_the_parser_refuses_is_given_to_it_and_nothing_else_is_read_into_it(request_: bytes, state: State) -> None:
    assert judge(bytearray(request_)) is state
