"""Files on their way to a request: in memory, all of one request together up to UPLOAD_MAX_BYTES, and never on disk."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import MemoryFileUploadHandler


class InMemory(MemoryFileUploadHandler):
    """Django's keeps files in memory only if the whole request is small, and writes those of others to /tmp.

    That is small in a pod, for all of its requests together, and anybody may send a form.
    """

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *more: Any) -> None:  # noqa: N803
        """Raises RequestDataTooBig, which is answered with 400."""
        if content_length > settings.UPLOAD_MAX_BYTES:
            raise RequestDataTooBig("The files of this request exceed settings.UPLOAD_MAX_BYTES.")
        self.activated = True
