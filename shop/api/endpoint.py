"""What all views of the API have in common: what may be kept by caches, and reading the request."""

import functools
from typing import Any, TypeVar

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.urls import resolve
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from shop.api.problems import InvalidParameters
from shop.errors import ShopError
from shop.platform import pages, rollout
from shop.platform.lane import CATALOGUE

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
        """Offer the answer to shop.platform.pages, which keeps it and adds Cache-Control and ETag.

        An answer of several statements reads them in a `snapshot()`.
        """
        pages.offer(request)
        with CATALOGUE.place():
            return super().dispatch(request, *args, **kwargs)

    def perform_authentication(self, request: Request) -> None:
        """Ask nobody for a name."""


class NotHere(ShopError):
    """Pods of another release begin to serve, which may know the address. Asking again is right."""

    code = "unavailable"
    status = 503
    retry_after = rollout.RETRY_AFTER
    message = _lazy("The store is being updated. Ask again in a moment.")


class Unknown(Endpoint):
    """Whatever below /api/ is no address of ours."""

    schema = None
    authentication_classes = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Raises NotFound, which says so where only the slash at the end is missing, and NotHere."""
        whole = f"{request.path_info}/"
        if resolve(whole).url_name != "unknown":
            raise NotFound(_("Nothing is here. End the address with a slash: %(address)s") % {"address": whole})
        if rollout.is_under_way():
            raise NotHere
        raise NotFound


def body(request: Request, serializer: type[S]) -> dict[str, Any]:
    """Return what was sent. Raises ValidationError."""
    found: dict[str, Any] = _reader(serializer).run_validation(request.data)
    return found


def parameters(request: Request, serializer: type[S]) -> dict[str, Any]:
    """Return the query parameters that `serializer` names. Raises InvalidParameters."""
    try:
        if not request.query_params:
            return dict(_nothing_asked(serializer))
        found: dict[str, Any] = _reader(serializer).run_validation(request.query_params)
    except ValidationError as error:
        raise InvalidParameters(error.detail) from error
    return found


@functools.cache  # per-pod: made of this release's code
def _nothing_asked(serializer: type[S]) -> dict[str, Any]:
    """Raises ValidationError."""
    found: dict[str, Any] = _reader(serializer).run_validation(QueryDict())
    return found


@functools.cache  # per-pod: holds no data of any request
def _reader(serializer: type[Serializer[Any]]) -> Serializer[Any]:
    """Return one serializer for all requests: making its fields costs more than reading with them.

    It keeps no data, as run_validation() stores nothing, unlike is_valid(). The fields are made here, because making
    them is not thread-safe.
    """
    reader = serializer()
    assert reader.fields  # noqa: S101 - looking makes them
    return reader
