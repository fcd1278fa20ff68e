"""The proxy of the outage tests does what it says."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from config.local import ports
from config.local.proxy import Proxy


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that sends back what it gets."""
    with socket.create_server((ports.HOST, 0)) as server:
        threading.Thread(target=_answer_all, args=(server,), daemon=True).start()
        yield server.getsockname()[1]


def _answer_all(server: socket.socket) -> None:
    while True:
        try:
            client, _address = server.accept()
        except OSError:
            return
        threading.Thread(target=_echo, args=(client,), daemon=True).start()


def _echo(client: socket.socket) -> None:
    with client, contextlib.suppress(ConnectionResetError):
        while data := client.recv(1024):
            client.sendall(data)


@pytest.fixture
def proxy(echo) -> Iterator[Proxy]:
    with Proxy(echo) as made:
        yield made


def connect(proxy: Proxy) -> socket.socket:
    return socket.create_connection((ports.HOST, proxy.port), timeout=60)


def say(client: socket.socket, text: bytes = b"hello") -> bytes:
    client.sendall(text)
    return client.recv(1024)


def test_it_passes_on_both_ways(proxy):
    with connect(proxy) as client:
        assert say(client) == b"hello"
    assert proxy.connections == 1


def test_refusing_cuts_what_is_open_and_takes_nothing_new(proxy):
    with connect(proxy) as client:
        say(client)
        proxy.refuse()
        with pytest.raises(ConnectionResetError):
            say(client)
    with pytest.raises(ConnectionRefusedError):
        connect(proxy)
    proxy.restore()
    with connect(proxy) as client:
        assert say(client) == b"hello"


def test_holding_is_silence_until_it_passes_again(proxy):
    with connect(proxy) as before, connect(proxy) as client:
        say(before)
        proxy.hold()
        for one in (before, client):
            one.settimeout(0.3)
            with pytest.raises(TimeoutError):
                say(one, b"still there?")
        proxy.restore()
        client.settimeout(60)
        assert client.recv(1024) == b"still there?"


def test_a_delay_is_waited_for(proxy):
    proxy.delay(0.3)
    with connect(proxy) as client:
        began = time.monotonic()
        assert say(client) == b"hello"
        assert time.monotonic() - began >= 0.3


def test_a_cut_resets_open_connections_only(proxy):
    with connect(proxy) as client:
        say(client)
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            say(client)
    with connect(proxy) as client:
        assert say(client) == b"hello"


def test_a_target_that_is_away_is_a_broken_connection():
    (nobody,) = ports.free(1)
    with Proxy(nobody) as proxy, pytest.raises(ConnectionResetError), connect(proxy) as client:
        say(client)
        client.recv(1)
