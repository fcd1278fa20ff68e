"""What S3 can tell and Django's storages cannot. A storage of django-storages is recognised by its `bucket`."""

import posixpath
from types import SimpleNamespace
from typing import Any

MEMORY = 16 * 1024 * 1024  # bytes of a file that may be in memory before a temporary file is used


def bucket(storage: Any) -> Any:
    """Return the bucket of boto3; None for other storages."""
    found = getattr(storage, "bucket", None)
    return found if hasattr(found, "Object") and hasattr(storage, "location") else None


def etag(storage: Any, name: str) -> str | None:
    """Return what S3 knows an object by; None for other storages."""
    found = bucket(storage)
    if found is None:
        return None
    key = posixpath.join(storage.location, name).lstrip("/")
    return str(found.Object(key).e_tag).strip('"')


def content_type(opened: Any) -> str | None:
    """Return the type that S3 has stored with an open file; other storages know none."""
    found: str | None = getattr(getattr(opened, "obj", None), "content_type", None)
    return found


def ask_for_bucket(storage: Any) -> None:
    """Raises what boto3 raises if the bucket is not there; does nothing for other storages."""
    found = bucket(storage)
    if found is not None:
        found.meta.client.head_bucket(Bucket=found.name)


def share_connection(storage: Any, workers: int) -> None:
    """Let all threads use one client, which boto3 allows: one for each takes half a second and many megabytes.

    Other storages stay as they are, and so does this one if its attributes are others than those of today.
    """
    config: Any = getattr(storage, "client_config", None)
    if hasattr(config, "merge") and hasattr(storage, "_connections"):
        parts = 10  # of one large file, at the same time: boto3's default
        storage.client_config = config.merge(type(config)(max_pool_connections=workers * (parts + 1)))
        storage._connections, storage._bucket = SimpleNamespace(), None


def spare_memory(storage: Any) -> None:
    """Let large files of S3 go to a temporary file; the default of django-storages is memory without a limit."""
    if getattr(storage, "max_memory_size", None) == 0:
        storage.max_memory_size = MEMORY
