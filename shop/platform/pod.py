"""Say which pod answered, and what that took, when the operator wants to see it."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import connection
from django.http import HttpRequest, HttpResponse

from shop.platform import timing


class PodMiddleware:
    """Add X-Pod: <pod> and Server-Timing to every response. Not used unless SHOP_SHOW_POD is on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.SHOP_SHOW_POD:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        timed = timing.begin(request.META)
        with connection.execute_wrapper(timed.count_statement):
            response = self.get_response(request)
        for name, value in headers(timed):
            response[name] = value
        return response


def headers(timed: timing.Timing) -> list[tuple[str, str]]:
    return [("X-Pod", settings.POD_NAME), ("Server-Timing", timed.header())]
