"""Threads only for requests that have arrived: a client that sends slowly, or falls silent, holds none.

Plain gthread gives a connection to a thread with its first byte, and that thread then waits for the rest of the request
as long as the client likes, so a few slow clients are all that a pod serves. A balancer keeps half-sent headers from a
pod, but passes a body on as it comes. This worker's event loop, which waits for all connections at once, gathers a
request first, up to MOST bytes. Larger ones, which are uploads, are read by half of the threads at most. An exchange
that a thread is busy with is cut after EXCHANGE seconds, however often a byte comes or goes.
"""

import errno
import os
import re
import selectors
import socket
import struct
import time
from collections import deque
from contextlib import suppress
from enum import Enum, auto
from functools import partial
from typing import Any

from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker

MOST = 64 * 1024  # bytes of one request that the loop keeps: more than a form or a phone sends without a picture
GATHER = 30.0  # seconds that a request has to arrive, from its first byte
SILENT = 10  # seconds that a thread waits for the next byte to be read or written
EXCHANGE = 60.0  # seconds that a thread has for one request: the rest of a large body, the work, the answer
# Send buffer in bytes: more than a page has, so that the kernel takes an answer at once, however slowly its client
# reads. The kernel counts its own overhead in it, and gives no more than net.core.wmem_max.
ROOM = 256 * 1024
LOOK = 1.0  # seconds between two looks for clients that are too slow
HEAD_END = b"\r\n\r\n"
FRAMING = re.compile(rb"\r\n(content-length|transfer-encoding|expect)[ \t]*:[ \t]*([^\r\n]*)", re.IGNORECASE)
LAST_CHUNK = re.compile(rb"\r\n0+[ \t]*(;[^\r\n]*)?\r\n")
LONGEST_NUMBER = 15  # digits of a length that is worth reading
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class State(Enum):
    """How much of a request has arrived. What cannot be a request counts as whole: gunicorn's parser refuses it."""

    PART = auto()
    WHOLE = auto()
    GONE = auto()  # its client ended in the middle: what there is of a form must not be taken for the form
    LARGE = auto()  # more than the loop gathers, or its client waits to be asked for the body (Expect)


def judge(received: bytearray) -> State:
    end = received.find(HEAD_END)
    if end >= 0:
        framing = {name.lower(): value.strip() for name, value in FRAMING.findall(received, 0, end + 2)}
        if b"expect" in framing:
            return State.LARGE
        if not framing or _has_body(received, end, framing):
            return State.WHOLE
    return State.LARGE if len(received) >= MOST else State.PART


def _has_body(received: bytearray, end: int, framing: dict[bytes, bytes]) -> bool:
    if framing.get(b"transfer-encoding", b"").lower() == b"chunked":
        return received.endswith(HEAD_END) and LAST_CHUNK.search(received, end + 2) is not None
    length = framing.get(b"content-length", b"")
    if b"transfer-encoding" in framing or not length.isdigit() or len(length) > LONGEST_NUMBER:
        return True
    return len(received) >= end + len(HEAD_END) + int(length)


class Arriving:
    """A request on its way."""

    __slots__ = ("received", "state", "until")

    def __init__(self, received: bytes) -> None:
        self.received = bytearray(received)
        self.until = time.monotonic() + GATHER
        self.state = judge(self.received) if received else State.PART

    def receive(self, sock: socket.socket) -> None:
        """Take what is there, without waiting."""
        try:
            while self.state is State.PART and (data := sock.recv(MOST)):
                self.received += data
                self.state = judge(self.received)
        except BlockingIOError:
            return
        except OSError:
            pass
        if self.state is State.PART:
            self.state = State.GONE


class GatheringWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._gathering: set[Any] = set()  # per-pod: connections of this process, here and below
        self._large: set[Any] = set()
        self._queued: deque[Any] = deque()
        self._busy: dict[Any, float] = {}  # since when a thread has it; a monotonic clock's
        self._most_large = max(1, self.cfg.threads // 2)
        self._looked_at = 0.0

    def set_accept_enabled(self, enabled: bool) -> None:
        """Set time-outs and buffer on the listeners: their connections inherit them for nothing."""
        silent = struct.pack("ll", SILENT, 0)
        for listener in self.sockets if enabled else ():
            for name, value in ((socket.SO_SNDBUF, ROOM), (socket.SO_RCVTIMEO, silent), (socket.SO_SNDTIMEO, silent)):
                listener.sock.setsockopt(socket.SOL_SOCKET, name, value)
        super().set_accept_enabled(enabled)

    def enqueue_req(self, conn: Any) -> None:
        """Called by the event loop with a connection that something may be read from."""
        arriving = vars(conn).setdefault("arriving", None)
        if arriving is None:
            before = conn.parser.unreader.take_buffered() if conn.parser else b""
            arriving = conn.arriving = Arriving(before)
        arriving.receive(conn.sock)
        if arriving.state is State.PART:
            self._gathering.add(conn)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._more, conn))
        elif arriving.state is State.GONE:
            self._close(conn)
        elif arriving.state is State.LARGE and len(self._large) >= self._most_large:
            self._queued.append(conn)
        else:
            self._hand_over(conn)

    def _more(self, conn: Any, sock: socket.socket) -> None:
        self.poller.unregister(sock)
        self._gathering.discard(conn)
        self.enqueue_req(conn)

    def _hand_over(self, conn: Any) -> None:
        """Give a connection with what was gathered to a thread."""
        arriving, conn.arriving = conn.arriving, None
        if conn.parser is None:
            conn.init()
        conn.parser.unreader.unread(bytes(arriving.received))
        if arriving.state is State.LARGE:
            self._large.add(conn)
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        self._busy[conn] = time.monotonic()
        return super().handle(conn)

    def finish_request(self, conn: Any, fs: Any) -> None:
        self._busy.pop(conn, None)
        if conn in self._large:
            self._large.discard(conn)
            if self._queued:
                self._hand_over(self._queued.popleft())
        super().finish_request(conn, fs)

    def handle_request(self, req: Any, conn: Any) -> bool:
        try:
            return bool(super().handle_request(req, conn))
        except BlockingIOError as error:  # the socket's own time-out, which is not worth a traceback
            raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET)) from error

    def murder_pending(self) -> None:
        """Also close what was too slow. Called at each turn of the event loop."""
        super().murder_pending()
        now = time.monotonic()
        if now < self._looked_at + LOOK:
            return
        self._looked_at = now
        for conn in [conn for conn in (*self._gathering, *self._queued) if self._is_too_slow(conn, now)]:
            self._give_up(conn)
        for conn, since in list(self._busy.items()):
            if now > since + EXCHANGE:
                self._cut(conn)

    def _is_too_slow(self, conn: Any, now: float) -> bool:
        """A worker that stops does not wait long for the first byte of a connection."""
        if not self.alive and not conn.arriving.received:
            conn.arriving.until = min(conn.arriving.until, now + STOP_KEEPALIVE_LINGER)
        return bool(now > conn.arriving.until)

    def _give_up(self, conn: Any) -> None:
        if conn in self._gathering:
            self._gathering.discard(conn)
            self.poller.unregister(conn.sock)
        else:
            self._queued.remove(conn)
        if conn.arriving.received:
            with suppress(OSError):
                conn.sock.send(TOO_SLOW)
        self._close(conn)

    def _close(self, conn: Any) -> None:
        self.nr_conns -= 1
        conn.close()

    def _cut(self, conn: Any) -> None:
        """Let the thread that reads or writes there see a broken connection; whatever else it does goes on."""
        with suppress(OSError):
            conn.sock.shutdown(socket.SHUT_RDWR)
