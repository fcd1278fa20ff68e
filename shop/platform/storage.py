"""The media bucket as a Django storage."""

from typing import Any

from botocore.config import Config
from django.conf import settings
from storages.backends.s3 import S3Storage

ONE_YEAR = "public, max-age=31536000, immutable"
PATIENCE = Config(
    connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 3}, s3={"addressing_style": "path"}
)


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
