"""The media bucket as a Django storage, and how long anybody waits for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from storages.backends.s3 import S3Storage

from shop.errors import ShopError
from shop.platform.breaker import Breaker

AWAY = 5.0  # seconds for which nothing is asked after S3 did not answer
ONE_YEAR = "public, max-age=31536000, immutable"
# One object costs at most twice 1 + 4 seconds and a pause below one: staff wait for it with a form full of text, and a
# worker's renditions stay below its time limit.
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
