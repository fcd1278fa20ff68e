"""The shortest way to Redis: one prepared question, one answer, on a connection that is kept.

redis-py's own way (a pool that looks whether a connection still lives, packing, repeating, telemetry) costs three times
as much, which is most of what a kept page costs. Breaker, time-outs and parser are the same.
"""

import hashlib
import socket
import struct
from collections import deque
from typing import Any

import redis
from redis.exceptions import ConnectionError as RedisConnectionError

from shop.platform.cache import breaker_for


class Line:
    """Runs one script with one key and one argument, for all threads of a process. `pool` says where Redis is."""

    def __init__(self, pool: redis.ConnectionPool, script: str) -> None:
        self._pool = pool
        self._script = script
        self._idle: deque[Any] = deque()  # no more than the process has threads
        digest = hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()
        self._begin = b"*5\r\n$7\r\nEVALSHA\r\n$40\r\n%s\r\n$1\r\n1\r\n" % digest.encode()

    def ask(self, key: bytes, argument: bytes) -> Any:
        """Return the script's answer. Raises RedisError."""
        rest = b"$%d\r\n%s\r\n$%d\r\n%s\r\n" % (len(key), key, len(argument), argument)
        with breaker_for(self._pool).call():
            try:
                return self._talk(self._begin + rest)
            except redis.exceptions.NoScriptError:
                self._talk(
                    b"*3\r\n$6\r\nSCRIPT\r\n$4\r\nLOAD\r\n$%d\r\n%s\r\n" % (len(self._script), self._script.encode())
                )
                return self._talk(self._begin + rest)

    def _talk(self, command: bytes) -> Any:
        """A connection that lay idle may have been closed by Redis: only a new one proves that Redis is away."""
        try:
            return self._exchange(self._idle.pop(), command)
        except IndexError:
            pass
        except RedisConnectionError:
            self._idle.clear()
        connection = self._pool.connection_class(**self._pool.connection_kwargs)
        connection.connect()
        _leave_waiting_to_the_kernel(connection)
        return self._exchange(connection, command)

    def _exchange(self, connection: Any, command: bytes) -> Any:
        try:
            connection.send_packed_command([command], check_health=False)
            answer = connection.read_response()
        except redis.exceptions.ResponseError:
            self._idle.append(connection)  # a refusal is an answer, too
            raise
        except BaseException:
            connection.disconnect()
            raise
        self._idle.append(connection)
        return answer


def _leave_waiting_to_the_kernel(connection: Any) -> None:
    """Give the socket its time-out below Python, which would ask whether it is ready ahead of each call, and let go of
    its lock to do so. An answer that is late is then a ConnectionError.
    """
    plain, seconds = connection._sock, connection.socket_timeout
    if type(plain) is socket.socket and seconds:
        limit = struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000))
        plain.settimeout(None)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
