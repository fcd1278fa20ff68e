"""No picture without its objects in the bucket. Asks S3, so it is checked on demand."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from botocore.exceptions import ClientError
from django.conf import settings
from django.core.files.storage import default_storage

from shop.platform import storage
from shop.platform.invariants import Invariant, Violation
from shop.platform.models import Image

AT_ONCE = 10  # questions to S3: as many as botocore keeps connections
# S3 says 403 instead of 404 to whom it does not let list the bucket
NOT_THERE = (404, 403)


def _without_objects(low: int, high: int) -> Iterator[Violation]:
    """Raises StorageAway."""
    pictures = list(Image.objects.filter(pk__gt=low, pk__lte=high).order_by("pk"))
    keys = [(picture.pk, key) for picture in pictures for key in _keys(picture)]
    ask = partial(_is_there, default_storage.connection.meta.client)  # type: ignore[attr-defined]  # django-storages'
    with ThreadPoolExecutor(AT_ONCE) as threads:
        there = threads.map(ask, [key for _pk, key in keys])
        missing = [pair for pair, found in zip(keys, there, strict=True) if not found]
    still = set(Image.objects.filter(pk__in={pk for pk, _key in missing}).values_list("pk", flat=True))
    for pk, key in missing:
        if pk in still:
            yield Violation(pk, f"picture {pk}", f"no object {key}, or no right to read it")


def _keys(picture: Image) -> list[str]:
    return [picture.key, *(rendition["key"] for rendition in picture.renditions)]


def _is_there(client: Any, key: str) -> bool:
    with storage.reachable():
        try:
            client.head_object(Bucket=settings.MEDIA_BUCKET, Key=key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] not in NOT_THERE:
                raise
            return False
    return True


INVARIANT = Invariant(
    name="picture-has-its-objects",
    rule="Each picture has its original and its renditions in the bucket.",
    table="platform_image",
    find=_without_objects,
    advice="Restore the object from the bucket's older versions: a picture that is uploaded again is not stored anew.",
    in_snapshot=False,
)
