"""The media bucket as a Django storage, and how long anybody waits for it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any, TypeVar

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _
from storages.backends.s3 import S3Storage

from shop.errors import ShopError
from shop.platform.breaker import Breaker

Result = TypeVar("Result")
AWAY = 5.0  # seconds for which nothing is asked after S3 did not answer
ONE_YEAR = "public, max-age=31536000, immutable"
# One object costs at most so many seconds: staff wait for it with a form full of text, and a worker's renditions stay
# below its time limit. A silent S3 is asked twice in it; botocore's own time-outs begin anew with each byte.
WHOLE = 10.0
AT_ONCE = 8  # objects; as many as an import stores side by side
PATIENCE = Config(connect_timeout=1, read_timeout=4, retries={"total_max_attempts": 2}, s3={"addressing_style": "path"})


class StorageAway(ShopError):
    """S3 does not answer, or refuses. Asking again later is right."""

    code = "storage_away"
    status = 503
    retry_after = 30
    message = _("The store for pictures does not answer. Try again in a minute.")


# After one silence nobody waits for the next: several pictures of one form, or of an import, cost the time of one.
breaker = Breaker("s3", away=(BotoCoreError,), refusal=StorageAway, seconds=AWAY)


@contextmanager
def reachable() -> Iterator[None]:
    """Use the storage within. Raises StorageAway for whatever keeps it from doing what it is asked."""
    try:
        with breaker.call():
            yield
    except (BotoCoreError, ClientError, Boto3Error) as error:
        raise StorageAway(reason=str(error)) from error


# per-pod: only threads. One that S3 keeps waiting byte by byte is abandoned; the breaker keeps such threads few.
_hands = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="s3")


def put(key: str, content: bytes) -> None:
    """Raises StorageAway."""
    with reachable():
        _in_time(lambda: default_storage.save(key, ContentFile(content)))


def get(key: str) -> bytes:
    """Return the content of an object. Raises StorageAway."""
    with reachable():
        return _in_time(lambda: _read(key))


def _read(key: str) -> bytes:
    with default_storage.open(key) as file:
        return bytes(file.read())


def _in_time(work: Callable[[], Result]) -> Result:
    """Return what `work` returns, or raise what it raises; after WHOLE seconds ReadTimeoutError."""
    try:
        return _hands.submit(copy_context().run, work).result(WHOLE)
    except TimeoutError as error:
        raise ReadTimeoutError(endpoint_url=settings.MEDIA_BUCKET) from error


class MediaStorage(S3Storage):  # type: ignore[misc]  # django-storages has no types
    """Content-hashed, immutable keys.

    The same name is the same bytes, so writing twice is harmless and nothing is overwritten.
    """

    def get_default_settings(self) -> dict[str, Any]:
        """Return django-storages' defaults with ours: stable public addresses, no look before a write, long caching."""
        ours = {
            "querystring_auth": False,
            "file_overwrite": True,
            "default_acl": None,
            "object_parameters": {"CacheControl": ONE_YEAR},
            "client_config": PATIENCE,
        }
        return {**super().get_default_settings(), **ours}

    def url(self, name: str, *_args: Any, **_kwargs: Any) -> str:
        return f"{settings.MEDIA_URL}{name}"
