"""A gunicorn worker that leaves service without losing a request.

Plain gthread, once told to stop, neither takes new connections nor refuses them: the kernel goes on accepting them
into the backlog, where they wait until the process ends and are then cut. A balancer cannot tell that from a slow
answer. This worker

1. says so at /readyz, and goes on serving for WEB_DRAIN_SECONDS;
2. takes what already waits in the backlog, then closes the door: a new connection is refused at once, which a balancer
   answers by trying the next pod;
3. finishes what it holds, as gthread does.
"""

import errno
import os
import socket
import time
from typing import Any

from gunicorn.http.body import LengthReader

from config.arriving import GatheringWorker

SAY = 0.5  # seconds between two signs of life for the arbiter, which waits for `timeout`


class DrainingWorker(GatheringWorker):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._closes_at: float | None = None
        self._said_at = 0.0
        _look_up_once(self.cfg)

    def handle_exit(self, _sig: int, _frame: Any) -> None:
        """Answer TERM. A signal handler may interrupt anything, so the event loop does the work."""
        self.method_queue.defer(self._drain)

    def notify(self) -> None:
        """Called by the event loop at each turn, at least once a second."""
        if time.monotonic() >= self._said_at + SAY:
            self._said_at = time.monotonic()
            super().notify()
        if self.alive and self._closes_at is not None and time.monotonic() >= self._closes_at:
            self._close_the_door()

    def accept(self, listener: Any) -> None:
        try:
            super().accept(listener)
        except OSError as error:
            # Another worker of this pod shares the listener and has closed it: its TERM came a moment before ours.
            if error.errno != errno.EINVAL:
                raise

    def _keepalive_after(self, conn: Any, keepalive: Any) -> bool:
        """Skip gunicorn's look for the rest of a body that was read: it takes two system calls."""
        if keepalive and _is_read(conn.parser.mesg.body.reader):
            return True
        return bool(super()._keepalive_after(conn, keepalive))

    def is_parent_alive(self) -> bool:
        """Close the door also when the arbiter was killed: nobody would serve what still comes into the backlog."""
        is_alive: bool = super().is_parent_alive()
        if not is_alive and self.alive:
            self._close_the_door()
        return is_alive

    def _drain(self) -> None:
        if self._closes_at is not None:
            return
        from shop.platform.health import start_draining

        start_draining()
        seconds = int(os.environ.get("WEB_DRAIN_SECONDS") or 0)
        self._closes_at = time.monotonic() + seconds
        if not seconds:
            self._close_the_door()

    def _close_the_door(self) -> None:
        for listener in self.sockets:
            listener.sock.listen(0)  # one more may come between the last look and the closing, no more than that
            self._take_waiting(listener)
            self._refuse_from_now_on(listener)
        self.alive = False

    def _take_waiting(self, listener: Any) -> None:
        """Accept until nobody waits; the listener does not block."""
        before = -1
        while self.nr_conns != before:
            before = self.nr_conns
            self.accept(listener)

    def _refuse_from_now_on(self, listener: Any) -> None:
        try:
            # Unlike close(), this ends the listening for every process that holds the socket.
            listener.sock.shutdown(socket.SHUT_RDWR)
        except OSError as error:
            if error.errno != errno.ENOTCONN:
                raise


def _look_up_once(cfg: Any) -> None:
    """Give gunicorn's settings as plain attributes: it would find each by two calls, two dozen times a request."""
    vars(cfg).update({name: setting.get() for name, setting in cfg.settings.items()})


def _is_read(reader: Any) -> bool:
    return isinstance(reader, LengthReader) and reader.length == 0
