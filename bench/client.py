"""A load generator: kept-alive connections over plain sockets. It costs a tenth of what it measures."""

import gzip
import selectors
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

TIMEOUT = 30.0  # seconds without an answer
ACCEPT = {"Accept": "*/*", "Accept-Encoding": "gzip, br", "Accept-Language": "en", "User-Agent": "bench"}  # a browser's
PACKED = b"\r\nContent-Encoding: gzip\r\n"


class Broken(Exception):
    """The server closed the connection, or did not answer."""


@dataclass(frozen=True)
class Request:
    """Bytes to send, and what the answer has to be: its status, and a text in its head or body."""

    raw: bytes
    status: int = 200
    text: bytes = b""

    @property
    def line(self) -> str:
        return self.raw.split(b"\r\n", 1)[0].decode()


@dataclass(frozen=True)
class Answer:
    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str:
        """Return a header's first value, "" if it has none."""
        return next((value for key, value in self._headers() if key == name.lower()), "")

    def cookies(self) -> dict[str, str]:
        """Return the cookies that it sets."""
        pairs = [value.partition(";")[0].partition("=") for key, value in self._headers() if key == "set-cookie"]
        return {name: value for name, _, value in pairs}

    def _headers(self) -> Iterator[tuple[str, str]]:
        for line in self.head.decode("latin-1").split("\r\n")[1:]:
            key, _, value = line.partition(":")
            yield key.strip().lower(), value.strip()


@dataclass
class Load:
    """What came back: seconds of each answer, seconds in all, and what was wrong with the first few wrong ones."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    failures: int = 0
    complaints: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.latencies)

    def join(self, other: "Load") -> None:
        """Add what came back at another time."""
        self.seconds += other.seconds
        self.latencies += other.latencies
        self.failures += other.failures
        self.complaints = [*self.complaints, *other.complaints][:3]

    def add(self, caller: "Caller") -> None:
        self.latencies.append(caller.seconds)
        if complaint := caller.complaint():
            self.failures += 1
            self.complaints = [*self.complaints, complaint][:3]


def checked(load: Load) -> Load:
    """Return it. Raises Broken if an answer was wrong."""
    if load.failures:
        raise Broken("; ".join(load.complaints))
    return load


class Caller:
    """One connection that is kept alive."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.seconds = 0.0
        self._good: set[tuple[bytes, bytes]] = set()

    def ask(self, request: Request) -> None:
        self.request = request
        self._buffer = bytearray()
        self._length = self._split = 0
        self._began_at = time.perf_counter()
        self.socket.sendall(request.raw)

    def receive(self) -> bool:
        """Read what has come; say whether the answer is complete. Raises Broken."""
        chunk = self.socket.recv(262_144)
        if not chunk:
            raise Broken(f"{self.request.line}: the server closed the connection")
        self._buffer += chunk
        if not self._length:
            self._split = self._buffer.find(b"\r\n\r\n") + 4
            if self._split < 4:
                return False
            self._length = self._split + _body_length(bytes(self._buffer[: self._split]))
        if len(self._buffer) < self._length:
            return False
        self.seconds = time.perf_counter() - self._began_at
        return True

    def answer(self) -> Answer:
        status = int(self._buffer[9:12])
        return Answer(status, bytes(self._buffer[: self._split - 4]), self._unpacked())

    def _unpacked(self) -> bytes:
        body = bytes(self._buffer[self._split :])
        return gzip.decompress(body) if body and PACKED in self._buffer else body

    def complaint(self) -> str:
        """Say what is wrong with the answer; "" for nothing."""
        wanted = self.request
        status = int(self._buffer[9:12])
        if status != wanted.status:
            body = self._buffer[self._split : self._split + 200].decode(errors="replace")
            return f"{wanted.line}: {status} instead of {wanted.status}: {body}"
        if wanted.text not in self._buffer and not self._holds(wanted.text):
            return f"{wanted.line}: {wanted.text.decode()!r} is not in the answer"
        return ""

    def _holds(self, text: bytes) -> bool:
        """Say whether the body holds a text; one that was unpacked before is known by its packed bytes."""
        packed = bytes(self._buffer[self._split :])
        if (text, packed) not in self._good:
            if text not in self._unpacked():
                return False
            self._good.add((text, packed))
        return True

    def send(self, request: Request) -> Answer:
        """Ask and wait. Raises Broken also when the answer is not the one wanted."""
        self.ask(request)
        while not self.receive():
            pass
        if complaint := self.complaint():
            raise Broken(complaint)
        return self.answer()

    def close(self) -> None:
        self.socket.close()


def request(
    method: str,
    address: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    status: int = 200,
    text: str = "",
) -> Request:
    """Return a request for `address`, "127.0.0.1:8000/path"."""
    host, slash, path = address.partition("/")
    fields = {"Host": host, **ACCEPT, **(headers or {})}
    if body or method == "POST":
        fields["Content-Length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return Request(f"{method} {slash}{path} HTTP/1.1\r\n{head}\r\n".encode() + body, status, text.encode())


def drive(
    callers: list[Caller],
    requests: Iterator[Request] | Mapping[Caller, Iterator[Request]],
    *,
    seconds: float,
    most: int,
    before: Callable[[], None] | None = None,
) -> Load:
    """Keep all callers busy until the time, the number or the requests are over; then wait for the last answers.

    `requests`: for whoever is free, or for each caller its own. `before` runs ahead of each request. Raises Broken.
    """
    load = Load()
    began_at = time.perf_counter()
    feeds = requests if isinstance(requests, Mapping) else dict.fromkeys(callers, requests)
    tickets = _tickets(most, began_at + seconds)
    with selectors.DefaultSelector() as selector:
        busy = sum(_go(caller, feeds[caller], tickets, selector, before) for caller in callers)
        while busy:
            ready = selector.select(TIMEOUT)
            if not ready:
                raise Broken(f"No answer within {TIMEOUT:.0f} s")
            for key, _ in ready:
                if key.data.receive():
                    selector.unregister(key.fileobj)
                    load.add(key.data)
                    busy += _go(key.data, feeds[key.data], tickets, selector, before) - 1
    load.seconds = time.perf_counter() - began_at
    return load


def _go(
    caller: Caller,
    requests: Iterator[Request],
    tickets: Iterator[None],
    selector: selectors.BaseSelector,
    before: Callable[[], None] | None,
) -> int:
    """Send the next request; return 1, or 0 if there is none."""
    request = next((request for _ticket, request in zip(tickets, requests, strict=False)), None)
    if request is None:
        return 0
    if before:
        before()
    selector.register(caller.socket, selectors.EVENT_READ, caller)
    caller.ask(request)
    return 1


def _tickets(most: int, until: float) -> Iterator[None]:
    """Yield one for each request that may still be sent."""
    for _ in range(most):
        if time.perf_counter() >= until:
            return
        yield


def _body_length(head: bytes) -> int:
    """Return the bytes that follow the head. Raises Broken for an answer that does not say."""
    if head[9:12] in (b"204", b"304"):
        return 0
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    if not found:
        raise Broken("An answer without Content-Length: " + head.decode("latin-1"))
    return int(rest.partition(b"\r\n")[0])
