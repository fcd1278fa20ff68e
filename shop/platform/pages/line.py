"""The shortest way to Redis: one script, one answer, on a connection that is kept.

redis-py's own way (a pool that looks whether a connection still lives, packing, parsing, repeating, telemetry) costs
several times as much, which is most of what a kept page costs. redis-py opens the connections (address, password, TLS,
database); breaker and time-outs are the same.
"""

import hashlib
import socket
import struct
import time
from collections import deque
from collections.abc import Sequence

import redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, ResponseError

from shop.platform import timing
from shop.platform.cache import breaker_for

AT_ONCE = 65_536  # bytes; more than nearly any page has


class Script:
    """A script as Redis is asked for it: by its digest; `load` tells Redis the text, once."""

    def __init__(self, text: str) -> None:
        digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
        self.load = b"*3\r\n$6\r\nSCRIPT\r\n$4\r\nLOAD\r\n$%d\r\n%s\r\n" % (len(text.encode()), text.encode())
        self._name = b"$7\r\nEVALSHA\r\n$40\r\n%s\r\n" % digest.encode()

    def command(self, keys: Sequence[str], arguments: Sequence[str | bytes]) -> bytes:
        given = (str(len(keys)), *keys, *arguments)
        parts = [part.encode() if isinstance(part, str) else part for part in given]
        return b"*%d\r\n%s" % (len(parts) + 2, self._name) + b"".join([b"$%d\r\n%s\r\n" % (len(p), p) for p in parts])


class Line:
    """Runs scripts for all threads of a process. `pool` says where Redis is."""

    def __init__(self, pool: redis.ConnectionPool) -> None:
        self._pool = pool
        self._breaker = breaker_for(pool)
        self._idle: deque[_Wire] = deque()  # no more than the process has threads

    def run(self, script: Script, keys: Sequence[str], arguments: Sequence[str | bytes]) -> bytes | None:
        """Return the script's answer. Raises RedisError."""
        command = script.command(keys, arguments)
        with self._breaker.call():
            try:
                return self._talk(command)
            except NoScriptError:
                self._talk(script.load)
                return self._talk(command)

    def _talk(self, command: bytes) -> bytes | None:
        """A connection that lay idle may have been closed by Redis: only a new one proves that Redis is away."""
        try:
            return self._exchange(self._idle.pop(), command)
        except IndexError:
            pass
        except RedisConnectionError:
            self._idle.clear()
        return self._exchange(_Wire(self._pool), command)

    def _exchange(self, wire: "_Wire", command: bytes) -> bytes | None:
        began_at = time.perf_counter()
        try:
            answer = wire.exchange(command)
        except ResponseError:
            self._idle.append(wire)  # a refusal is an answer, too
            raise
        except BaseException:
            wire.close()
            raise
        finally:
            timing.trip(time.perf_counter() - began_at)
        self._idle.append(wire)
        return answer


class _Wire:
    """One connection to Redis. Raises redis' ConnectionError when it is broken, or silent for too long."""

    def __init__(self, pool: redis.ConnectionPool) -> None:
        self._connection = pool.connection_class(**pool.connection_kwargs)
        self._connection.connect()
        self._socket: socket.socket = self._connection._sock
        _leave_waiting_to_the_kernel(self._socket, self._connection.socket_timeout)
        self._unread = b""

    def exchange(self, command: bytes) -> bytes | None:
        try:
            self._socket.sendall(command)
            return self._read()
        except (OSError, ValueError) as error:  # ValueError: no answer in Redis's protocol
            raise RedisConnectionError(str(error)) from error

    def close(self) -> None:
        self._connection.disconnect()

    def _read(self) -> bytes | None:
        """Read one answer in RESP2 or RESP3, of the kinds that our scripts give: a text, or none."""
        while (end := self._unread.find(b"\r\n")) < 0:
            self._receive()
        kind, said = self._unread[:1], self._unread[1:end]
        if kind == b"$":
            return self._read_bytes(end + 2, int(said))
        self._unread = self._unread[end + 2 :]
        if kind == b"-":
            raise self._connection._parser.parse_error(said.decode())
        return None

    def _read_bytes(self, start: int, length: int) -> bytes | None:
        if length < 0:
            self._unread = self._unread[start:]
            return None
        end = start + length
        while len(self._unread) < end + 2:
            self._receive()
        found, self._unread = self._unread[start:end], self._unread[end + 2 :]
        return found

    def _receive(self) -> None:
        came = self._socket.recv(AT_ONCE)
        if not came:
            raise RedisConnectionError("Redis closed the connection")
        self._unread += came


def _leave_waiting_to_the_kernel(plain: socket.socket, seconds: float | None) -> None:
    """Set the time-out in the kernel. With Python's own, each call would first ask whether the socket is ready, and
    release the GIL to do so.
    """
    if type(plain) is socket.socket and seconds:
        limit = struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000))
        plain.settimeout(None)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
