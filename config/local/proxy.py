"""A TCP proxy in front of a service, for outages on purpose: it can refuse, hold, delay and cut.

It runs in a thread of the process that makes it. Used by tests and by the proof, never by the store itself.
"""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Coroutine
from typing import Any

from config.local import ports

CHUNK = 64 * 1024


class Proxy:
    """Listens on `port` of 127.0.0.1 and passes on to `target`, a port there.

    Its state holds for new and for open connections: passing (at first), `refuse()`, `hold()`, `delay()`, `drip()`.
    """

    def __init__(self, target: int) -> None:
        (self.port,) = ports.free(1)
        self.target = target
        self.connections = 0  # accepted so far
        self._seconds = 0.0
        self._drips = False
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._passing = asyncio.Event()
        self._passing.set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)  # per-pod: no pod runs a proxy
        self._thread.start()
        self._do(self._listen())

    def restore(self) -> None:
        """Pass everything on, at once; what was held goes on its way."""
        self._seconds, self._drips = 0.0, False
        self._do(self._listen())
        self._loop.call_soon_threadsafe(self._passing.set)

    def refuse(self) -> None:
        """Close the port and cut what is open: connecting is refused at once, as when nothing runs there."""
        self._do(self._deafen())
        self.cut()

    def hold(self) -> None:
        """Accept and then be silent, as when a network swallows packets."""
        self._loop.call_soon_threadsafe(self._passing.clear)

    def delay(self, seconds: float) -> None:
        """Let each piece of an answer wait, as a service that is slow."""
        self._seconds = seconds

    def drip(self, seconds: float) -> None:
        """Let each byte of an answer wait."""
        self._seconds, self._drips = seconds, True

    def cut(self) -> None:
        """Reset all open connections; new ones are accepted as before."""
        self._do(self._cut())

    def close(self) -> None:
        """End it. Safe to call again."""
        if self._loop.is_closed():
            return
        self.refuse()
        self._do(self._finish())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, ports.HOST, self.port)

    async def _deafen(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _cut(self) -> None:
        for writer in list(self._open):
            _reset(writer)

    async def _finish(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.CancelledError):  # at the end, of which asyncio would print a traceback
            await self._connect(reader, writer)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(writer)
        try:
            await self._passing.wait()
            there, back = await asyncio.open_connection(ports.HOST, self.target)
        except OSError:
            _reset(writer)
            self._open.discard(writer)
            return
        self._open.add(back)
        ways = [asyncio.create_task(self._pass(reader, back)), asyncio.create_task(self._pass(there, writer, True))]
        try:
            await asyncio.wait(ways)
        finally:
            for end in (writer, back):
                end.close()
                self._open.discard(end)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, is_answer: bool = False) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                await self._passing.wait()
                for piece in _bytes(data) if is_answer and self._drips else [data]:
                    if is_answer and self._seconds:
                        await asyncio.sleep(self._seconds)
                    writer.write(piece)
                    await writer.drain()
            if writer.can_write_eof():
                writer.write_eof()


def _bytes(data: bytes) -> list[bytes]:
    return [data[place : place + 1] for place in range(len(data))]


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST rather than FIN: the peer sees a broken connection."""
    sock = writer.get_extra_info("socket")
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    writer.transport.abort()
