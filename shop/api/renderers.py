"""Writing answers."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import orjson
from django.http import HttpResponse
from django.utils.functional import Promise
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class JSONRenderer(BaseRenderer):
    """JSON by orjson: moments as ISO 8601, UUIDs as text, numbers as keys too."""

    media_type = "application/json"
    format = "json"
    charset = None  # JSON is UTF-8

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else _written(data)


class Written(HttpResponse):
    """JSON that is ready at once; REST framework's Response is written only after a renderer was chosen."""

    def __init__(self, found: Any, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(_written(found), content_type=JSONRenderer.media_type, headers=dict(headers or {}))


class Negotiation(DefaultContentNegotiation):
    """REST framework's, with a short cut for the usual request, whose Accept header need not be parsed."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Raises NotAcceptable."""
        first = next(iter(renderers))
        if (
            format_suffix is None
            and (not request.META.get("QUERY_STRING") or "format" not in request.query_params)
            and request.META.get("HTTP_ACCEPT", "*/*") in ("*/*", first.media_type)
        ):
            return first, str(first.media_type)
        chosen: tuple[BaseRenderer, str] = super().select_renderer(request, renderers, format_suffix)
        return chosen


def _written(found: Any) -> bytes:
    return orjson.dumps(found, default=_plain, option=orjson.OPT_NON_STR_KEYS)


def _plain(value: Any) -> str:
    """Write lazy translations in the language of now, and amounts with their cents. Raises TypeError for the rest."""
    if isinstance(value, Promise | Decimal):
        return str(value)
    raise TypeError(type(value).__name__)
