"""Sending over SMTP, with the two answers that the plain backend mixes up with all others.

Refused for good: the server will not have this recipient or this mail, now or later. In doubt: the connection ended
after the mail had been handed over and before the server said that it has it.
"""

import smtplib
from collections.abc import Sequence
from typing import Any

from django.core.mail.backends.smtp import EmailBackend as DjangoBackend
from django.core.mail.message import EmailMessage

# RFC 5321, 4.2.3: of this mailbox or this mail. Others of 5xx speak of the connection, its commands or its password.
FOR_GOOD = {550, 551, 553, 554, 556}


class RefusedForGood(Exception):
    """Asking again would be refused again. The text is the server's own."""


class InDoubt(Exception):
    """The server may have the mail, or not."""


class _Doubting:
    """Mixed into smtplib's classes: after DATA there are two answers, 354 and, when the mail is over, 250."""

    _awaited = 0  # which of the two answers; 0 outside DATA

    def data(self, msg: Any) -> Any:
        self._awaited = 1
        try:
            return super().data(msg)  # type: ignore[misc]
        finally:
            self._awaited = 0

    def getreply(self) -> Any:
        try:
            reply = super().getreply()  # type: ignore[misc]
        except smtplib.SMTPServerDisconnected as error:
            if self._awaited == 2:
                raise InDoubt(f"The mail server was given the mail and said nothing: {error}") from error
            raise
        self._awaited += bool(self._awaited)
        return reply


class _SMTP(_Doubting, smtplib.SMTP):
    pass


class _SMTP_SSL(_Doubting, smtplib.SMTP_SSL):  # noqa: N801 - as in smtplib
    pass


class EmailBackend(DjangoBackend):
    """Raises RefusedForGood, InDoubt, and smtplib's errors for what may work later."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _SMTP_SSL if self.use_ssl else _SMTP

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        try:
            return super().send_messages(email_messages)
        except smtplib.SMTPRecipientsRefused as error:
            answers = list(error.recipients.values())
            if answers and all(code in FOR_GOOD for code, _text in answers):
                raise RefusedForGood(_words(*answers[0])) from error
            raise
        except smtplib.SMTPDataError as error:
            if error.smtp_code in FOR_GOOD:
                raise RefusedForGood(_words(error.smtp_code, error.smtp_error)) from error
            raise


def _words(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"
