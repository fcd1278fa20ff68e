"""A mail server that takes mails over SMTP and remembers them, so that a mail sent twice is seen twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message

from aiosmtpd.controller import Controller

from config.local import ports


class MailServer:
    """Received mails, oldest first."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        (port,) = ports.free(1)
        self._controller = Controller(self, hostname=ports.HOST, port=port)
        self.url = f"smtp://{ports.HOST}:{port}"

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.mails.append(message_from_bytes(envelope.content))
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
