"""Lists are {"next", "previous", "results"}; the first two are absolute addresses or null."""

from typing import Any
from urllib.parse import urlencode

from django.utils.encoding import iri_to_uri
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.request import Request

from shop.api.renderers import Written
from shop.platform.keyset import Page

MOST = 100  # entries of a page


class PageQuery(serializers.Serializer[Any]):
    """The parameters of every list that has pages."""

    cursor = serializers.CharField(
        required=False, max_length=2000, help_text="From `next` or `previous`; nothing else is valid."
    )
    limit = serializers.IntegerField(required=False, min_value=1, max_value=MOST, default=24)


def page_response(request: Request, page: Page[Any], results: Any) -> Written:
    found = {"next": _address(request, page.next), "previous": _address(request, page.previous), "results": results}
    return Written(found)


def whole(results: Any) -> Written:
    """A list that fits into one page."""
    return Written({"next": None, "previous": None, "results": results})


def _address(request: Request, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    asked = dict(request.query_params.lists())
    query = urlencode({**asked, "cursor": [cursor]}, doseq=True) if asked else f"cursor={cursor}"
    path = request.path if request.path.isascii() else iri_to_uri(request.path)
    return f"{request.scheme}://{request.get_host()}{path}?{query}"


def list_of(entry: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """Return the schema of a list of such entries."""
    fields = {
        "next": serializers.URLField(allow_null=True, read_only=True),
        "previous": serializers.URLField(allow_null=True, read_only=True),
        "results": entry(many=True),
    }
    return inline_serializer(f"{entry.__name__.removesuffix('Serializer')}List", fields)
