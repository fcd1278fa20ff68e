"""A mail server that takes mails over SMTP and remembers them, so that a mail sent twice is seen twice.

Used by tests and by the proof, never by the store itself.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller

from config.local import ports

READY = 60.0  # seconds to begin to listen; a thread of a busy machine does not always in five


class MailServer:
    """Received mails, oldest first, and how badly it behaves.

    `to_recipient` and `to_mail`: its answers to RCPT and DATA, if not 250. `hangs_up`: how many mails it takes and then
    drops the connection without an answer. `silent`: seconds before it answers a mail.
    """

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.to_recipient = self.to_mail = ""
        self.hangs_up = 0
        self.silent = 0.0
        self.asked = 0
        self.arrived_at: list[float] = []  # unix seconds of each
        (port,) = ports.free(1)
        self._controller = Controller(self, hostname=ports.HOST, port=port, ready_timeout=READY)
        self.url = f"smtp://{ports.HOST}:{port}"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        self.asked += 1
        envelope.rcpt_tos.append(address)
        return self.to_recipient or "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.to_mail:
            return self.to_mail
        self.mails.append(message_from_bytes(envelope.content))
        self.arrived_at.append(time.time())
        await asyncio.sleep(self.silent)
        if self.hangs_up:
            self.hangs_up -= 1
            server.transport.abort()
        return "250 OK"

    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.mails]

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()


@contextmanager
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
