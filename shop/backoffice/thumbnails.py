"""Small pictures for lists."""

from typing import Any

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

from shop.platform.models import Image

EDGE = 40  # pixels of the square shown


def thumbnail(image: Image | None, *, edge: int = EDGE) -> SafeString:
    """Return a square picture, or a neutral square until the worker has made a small rendition. Asks no storage."""
    return square(image.renditions if image else [], edge=edge)


def square(renditions: list[dict[str, Any]], *, edge: int = EDGE) -> SafeString:
    """Return the picture of which these renditions are, as `thumbnail` does."""
    address = _smallest(renditions)
    if not address:
        return format_html('<span class="bo-thumb" style="--edge: {}px"></span>', edge)
    markup = '<img class="bo-thumb" style="--edge: {0}px" width="{0}" height="{0}" src="{1}" alt="" loading="lazy">'
    return format_html(markup, edge, address)


def _smallest(renditions: list[dict[str, Any]]) -> str:
    rendition = min(renditions, key=lambda rendition: int(rendition["width"]), default=None)
    return f"{settings.MEDIA_URL}{rendition['key']}" if rendition else ""
