"""Where pictures come from, and several of them at once."""

import contextlib
import io
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from shop.backoffice.importer.attempts import NotSaved, persist
from shop.errors import ShopError
from shop.platform import media
from shop.platform.storage import StorageAway

PATIENCE = 20.0  # seconds that an import waits for a store for pictures that does not answer
PAUSE = 2.0  # seconds between two looks whether it does
AT_ONCE = 8  # pictures fetched, decoded and stored side by side: at most so many are in memory


class Unobtainable(Exception):
    """The picture cannot be had; the message says why."""


class Source(Protocol):
    """Turns what the file calls a picture into its bytes."""

    def read(self, src: str) -> bytes:
        """Return at most IMAGE_MAX_BYTES + 1 bytes. Raises Unobtainable."""


class Directory:
    """Pictures in a directory and those below it, found by the last part of their address; capitals do not matter."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        files = sorted(path for path in directory.rglob("*") if path.is_file())
        self._files = {path.name.lower(): path for path in reversed(files)}

    def read(self, src: str) -> bytes:
        name = Path(unquote(urlsplit(src).path)).name
        path = self._files.get(name.lower())
        if path is None:
            message = _("there is no file %(name)s in %(directory)s")
            raise Unobtainable(message % {"name": name or src, "directory": self._directory})
        try:
            with path.open("rb") as file:
                return file.read(settings.IMAGE_MAX_BYTES + 1)
        except OSError as error:
            raise Unobtainable(_("%(file)s cannot be read: %(why)s") % {"file": path, "why": error.strerror}) from error


class Album:
    """Gets pictures into the shop, a few at a time, each address once in an import."""

    def __init__(self, source: Source, *, dry_run: bool) -> None:
        self._source = source
        self._dry_run = dry_run
        self._executor = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="pictures")
        self._asked: dict[str, Future[int]] = {}
        self._away_since: float | None = None

    def __enter__(self) -> "Album":
        return self

    def __exit__(self, *_error: object) -> None:
        self._executor.shutdown(cancel_futures=True)

    def ask(self, src: str) -> "Future[int]":
        """Begin to get a picture. The future gives the id of its row (0 in a dry run) or raises Unobtainable."""
        if src not in self._asked:
            self._asked[src] = self._executor.submit(self._get, src)
        return self._asked[src]

    def _get(self, src: str) -> int:
        file = io.BytesIO(self._source.read(src))
        try:
            if self._dry_run:
                media.check(file)
                return 0
            with _connection_of_this_thread():
                return self._store(file)
        except StorageAway as error:
            raise Unobtainable(_("the store for pictures does not answer; import the file again later")) from error
        except ShopError as error:
            raise Unobtainable(str(error.message)) from error
        except NotSaved as error:
            raise Unobtainable(_("it could not be saved: %(why)s") % {"why": error}) from error

    def _store(self, file: io.BytesIO) -> int:
        """Put it on S3. An outage is waited for once, by all pictures together; then they are reported as missing."""
        while True:
            try:
                stored = persist(lambda: _stored(file))
            except StorageAway:
                self._away_since = self._away_since or time.monotonic()
                if time.monotonic() - self._away_since > PATIENCE:
                    raise
                time.sleep(PAUSE)
            else:
                self._away_since = None
                return stored


def _stored(file: io.BytesIO) -> int:
    file.seek(0)
    return media.store(file).pk


@contextlib.contextmanager
def _connection_of_this_thread() -> Iterator[None]:
    """Close what the work opened: threads of a pool end without Django noticing."""
    try:
        yield
    finally:
        connection.close()
