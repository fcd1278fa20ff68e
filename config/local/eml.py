"""A mail backend for development: one .eml file a mail."""

import os
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    """Write each mail to EMAIL_FILE_PATH, named after its Message-ID: the same mail twice is one file."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        directory = Path(str(settings.EMAIL_FILE_PATH))
        directory.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            self._write(directory, message)
        return len(email_messages)

    def _write(self, directory: Path, message: EmailMessage) -> None:
        content = message.message()
        name = str(content["Message-ID"]).strip("<>").replace("/", "_")
        unfinished = directory / f".{name}.{os.getpid()}"
        unfinished.write_bytes(content.as_bytes())
        unfinished.rename(directory / f"{name}.eml")
