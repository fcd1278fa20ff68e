"""What all views of the API have in common: what may be kept by caches, and reading the request."""

import hashlib
from typing import Any, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from shop.api.problems import InvalidParameters
from shop.platform.lane import CATALOGUE

FRESH = 5  # seconds a catalogue answer may be kept, as on the store's pages

S = TypeVar("S", bound=Serializer[Any])


class Endpoint(APIView):
    """One address. Its answers are personal: nobody keeps them."""

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class PublicEndpoint(Endpoint):
    """One address with the same answer for everybody: it looks at no token, and caches may keep the answer."""

    authentication_classes = []

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Add Cache-Control and ETag, and answer 304 to who has it already."""
        with CATALOGUE.place():
            response = super().dispatch(request, *args, **kwargs)
        if request.method not in ("GET", "HEAD") or response.status_code != 200 or not isinstance(response, Response):
            return response
        response.headers["Cache-Control"] = f"public, max-age={FRESH}"
        etag = quote_etag(hashlib.sha256(response.render().content).hexdigest()[:32])
        response.headers["ETag"] = etag
        return get_conditional_response(request, etag=etag, response=response) or response


class Unknown(Endpoint):
    """Whatever below /api/ is no address of ours."""

    schema = None
    authentication_classes = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound


def body(request: Request, serializer: type[S]) -> dict[str, Any]:
    """Return what was sent. Raises ValidationError."""
    read = serializer(data=request.data)
    read.is_valid(raise_exception=True)
    found: dict[str, Any] = read.validated_data
    return found


def parameters(request: Request, serializer: type[S]) -> dict[str, Any]:
    """Return the query parameters that `serializer` names. Raises InvalidParameters."""
    read = serializer(data=request.query_params)
    if not read.is_valid():
        raise InvalidParameters(read.errors)
    found: dict[str, Any] = read.validated_data
    return found
