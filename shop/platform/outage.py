"""What a visitor sees while PostgreSQL is away: a friendly 503 that asks to come back, never a 500."""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader

logger = logging.getLogger("shop.outage")
RETRY_AFTER = 5  # seconds


class DatabaseOutageMiddleware:
    """Turn OperationalError and InterfaceError, wherever in the request, into 503 with Retry-After."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError) as error:
            return unavailable(request, error)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError | InterfaceError):
            return unavailable(request, exception)
        return None


def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    """Return the 503 for this request: problem+json below /api/, a page elsewhere."""
    logger.error("the database did not answer", extra={"error": str(error), "path": request.path})
    if not request.path.startswith("/api/"):
        return page(seconds=RETRY_AFTER)
    problem = {"type": "about:blank", "title": "Temporarily unavailable", "status": 503, "code": "unavailable"}
    response = JsonResponse(problem, status=503, content_type="application/problem+json")
    return _come_back(response, RETRY_AFTER)


def page(*, seconds: int) -> HttpResponse:
    """Return the 503 that asks to come back after so many seconds."""
    return _come_back(HttpResponse(loader.get_template("503.html").render(), status=503), seconds)


def _come_back(response: HttpResponse, seconds: int) -> HttpResponse:
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    return response
