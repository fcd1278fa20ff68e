"""An end to a whole exchange over HTTP. The time-outs of httpx and httpcore begin anew with each byte that comes."""

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore
import httpx

_ends_at: ContextVar[float] = ContextVar("ends_at", default=float("inf"))  # of this thread's; monotonic seconds


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Requests over a TimedNetwork that are made within raise ReadTimeout once the time is over."""
    before = _ends_at.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ends_at.reset(before)


def transport(*, retries: int = 0) -> httpx.HTTPTransport:
    """Return httpx's transport over a TimedNetwork, which it has no argument for."""
    made = httpx.HTTPTransport()
    made._pool = httpcore.ConnectionPool(
        ssl_context=httpx.create_ssl_context(),
        retries=retries,
        keepalive_expiry=5.0,  # as httpx has it
        network_backend=TimedNetwork(),
    )
    return made


class TimedNetwork(httpcore.NetworkBackend):
    """Opens connections whose waits all stop at the deadline."""

    def __init__(self) -> None:
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *args: Any, **kwargs: Any
    ) -> httpcore.NetworkStream:
        return TimedStream(self._network.connect_tcp(host, port, _left(timeout), *args, **kwargs))

    def sleep(self, seconds: float) -> None:
        self._network.sleep(seconds)


class TimedStream(httpcore.NetworkStream):
    """A connection whose waits all stop at the deadline, also while bytes of headers or a handshake trickle in.

    One serves several exchanges, one after the other.
    """

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return TimedStream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(timeout: float | None) -> float | None:
    """Return the seconds until the end, or the time-out if that is shorter. Raises ReadTimeout after it."""
    left = _ends_at.get() - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time for it is over")
    if left == float("inf"):
        return timeout
    return left if timeout is None else min(left, timeout)
