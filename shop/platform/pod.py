"""Say which pod answered, when the operator wants to see it."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse


class PodMiddleware:
    """Add X-Pod: <pod> to every response. Not used unless SHOP_SHOW_POD is on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.SHOP_SHOW_POD:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["X-Pod"] = settings.POD_NAME
        return response
