"""A picture as pages and answers show it, read by a statement that joins `platform_image AS image`.

SELECT product.id, {picture.COLUMNS} FROM ... LEFT JOIN platform_image AS image ON ...
picture.read(row[1:], alt="A star")
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from django.conf import settings

from shop.platform.models import Image
from shop.platform.renditions import rooted, sources

# Typed for statements whose plan is kept: see shop.platform.postgresql.planned.
COLUMNS = """
image.id, image.width::int, image.height::int, image.key::text, image.rendered_at IS NOT NULL,
image.fallback::text, image.webp::text, image.jpeg::text,
CASE WHEN image.fallback IS NULL THEN image.renditions::text END
"""


class Picture(NamedTuple):
    """All that is needed to show a picture; the storage is not asked.

    `width` and `height` are the original's. `webp_srcset` and `jpeg_srcset` are values for `srcset`, empty until
    `is_ready`: until the worker has made the renditions. `fallback_url` is then that of the original.
    """

    pk: int
    width: int
    height: int
    is_ready: bool
    fallback_url: str
    webp_srcset: str
    jpeg_srcset: str
    alt: str


def read(columns: Sequence[Any], *, alt: str = "", root: str = "") -> Picture | None:
    """Return the picture of these COLUMNS; None where there is none. `root`: MEDIA_URL, from who reads many."""
    pk, width, height, key, is_ready, fallback, webp, jpeg, renditions = columns
    if pk is None:
        return None
    if fallback is None:
        fallback, webp, jpeg = sources(orjson.loads(renditions), original=key)
    root = root or settings.MEDIA_URL
    return Picture(pk, width, height, is_ready, root + fallback, rooted(webp, root), rooted(jpeg, root), alt)


def of_image(image: Image, *, alt: str = "") -> Picture:
    """The same from a row that is loaded."""
    sources = image.fallback_url, image.webp_srcset, image.jpeg_srcset
    return Picture(image.pk, image.width, image.height, image.is_ready, *sources, alt)
