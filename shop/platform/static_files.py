"""Static files of the releases beside this one.

While a release rolls out, a page made by a pod of the new one asks any pod for its style sheet, and an old pod has
never heard of that file; a page that a browser opened before asks new pods for the old one. So `publish_static` puts
the hashed files into the media bucket before the first pod of a release starts, and a pod that has not got one reads it
there.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from django.conf import settings
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_cache_control
from whitenoise.middleware import WhiteNoiseMiddleware

from shop.platform.lane import Busy, Lane
from shop.platform.storage import ONE_YEAR, StorageAway, reachable

FOLDER = "static/"  # in the media bucket
HASHED = re.compile(r"(?!.*\.\.)[\w./@-]+\.[0-9a-f]{12}\.[a-z0-9]+")
# Without the right to list the bucket S3 says of a file that is not there that it is forbidden.
MISSING = {"NoSuchKey", "AccessDenied", "404", "403"}

# per-pod: how many of its threads wait for S3
_lane = Lane()


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # without types
    """WhiteNoise, which serves the files of this release, and for hashed names that it has not got the bucket."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        name = path.removeprefix(settings.STATIC_URL)
        if name == path or not HASHED.fullmatch(name) or self._has(path):
            answer: HttpResponseBase = super().__call__(request)
            return answer
        return self._of_another_release(name)

    def _has(self, path: str) -> bool:
        return bool(self.find_file(path) if self.autorefresh else path in self.files)

    def _of_another_release(self, name: str) -> HttpResponse:
        """A refusal is never kept: the file may be there in a moment, and everybody behind a CDN would miss it."""
        try:
            with _lane.place():
                content = read(name)
        except (Busy, StorageAway):
            return _not_kept(HttpResponse(status=503, headers={"Retry-After": "5"}))
        if content is None:
            return _not_kept(HttpResponse("There is no such file.\n", status=404, content_type="text/plain"))
        kind = self.media_types.get_type(name)
        return HttpResponse(content, content_type=kind, headers={"Cache-Control": ONE_YEAR})


def read(name: str) -> bytes | None:
    """Return the file of any release by its hashed name; None if no release has it. Raises StorageAway."""
    bucket: Any = default_storage
    with reachable():
        try:
            answer = bucket.connection.meta.client.get_object(Bucket=bucket.bucket_name, Key=FOLDER + name)
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING:
                return None
            raise
        content: bytes = answer["Body"].read()
        return content


def publish() -> int:
    """Put the hashed files of this release into the bucket. Return how many. Raises StorageAway, FileNotFoundError."""
    names = sorted(set(_names(Path(settings.STATIC_ROOT))))
    for name in names:
        with (Path(settings.STATIC_ROOT) / name).open("rb") as file, reachable():
            default_storage.save(FOLDER + name, file)
    return len(names)


def _names(directory: Path) -> Iterator[str]:
    """The hashed names of what collectstatic made, but for files that the image leaves out."""
    manifest = json.loads((directory / "staticfiles.json").read_text())
    for name in manifest["paths"].values():
        if HASHED.fullmatch(name) and (directory / name).exists():
            yield name


def _not_kept(answer: HttpResponse) -> HttpResponse:
    patch_cache_control(answer, no_store=True)
    return answer
