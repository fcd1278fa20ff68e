"""Makes pages that are not kept, one process at a time, and keeps them."""

import time
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from shop.platform import patience
from shop.platform.lane import CATALOGUE, Busy
from shop.platform.pages import address, shelf
from shop.platform.pages.offer import offered
from shop.platform.pages.page import OURS, Page, Reply, made_of, reply
from shop.platform.pages.shelf import Turn

ASKED = "shop.pages.asked"  # where in the WSGI environment `front` leaves (key, Turn or None)
LOOK = 0.03  # seconds between two looks for a page that another process makes


class PagesMiddleware:
    """Stands outside of all middleware that adds headers, so that a kept page has all of them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._addresses = address.Addresses()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key, found = request.META.get(ASKED) or self._ask(request)
        setattr(request, "is_public", bool(key))  # noqa: B010 - HttpRequest declares no such attribute
        if isinstance(found, Turn) and not found.mine:
            found = _wait(key, found)
        if isinstance(found, Page):
            return _response(reply(found, request.META), found.route)
        return self._make(request, key, found)

    def _ask(self, request: HttpRequest) -> tuple[str, Page | Turn | None]:
        key = self._addresses.key(request.META)
        return key, shelf.ask(key) if key else None

    def _make(self, request: HttpRequest, key: str, turn: Turn | None) -> HttpResponse:
        kept = False
        try:
            response = self.get_response(request)
            made = offered(request)
            if made is None or request.method not in address.SAFE or not _is_page(response):
                _keep_from_others(response)
                return _stand_in(request, response, turn)
            if not _is_same_for_all(response):
                patch_cache_control(response, private=True)
                return response
            page = made_of(response, request.resolver_match.route if request.resolver_match else "unknown")
            kept = bool(key) and turn is not None
            if kept and turn:
                shelf.keep(key, page, turn, made, briefly=address.has_no_end(request.META))
            return _finished(response, page, request)
        finally:
            if turn and turn.mine and not kept:
                shelf.let_go(key)


def is_public(request: HttpRequest) -> bool:
    """Say whether the request's address alone says that its answer is the same for everybody."""
    return getattr(request, "is_public", False)


def _wait(key: str, found: Turn) -> Page | Turn | None:
    """Wait until the page is there, or until it is this thread's turn: the one that made it may have been killed.

    For the first moment the wait holds no place in the lane: the thread that makes the page needs one, and may be the
    last to ask for it. A longer wait takes a place, too; where none comes free, the outdated page is shown.
    """
    began = time.monotonic()
    answer: Page | Turn | None = found
    try:
        while _is_awaited(answer) and time.monotonic() < began + patience.LANE:
            CATALOGUE.refuse_if_slow()
            answer = _look(key)
        if _is_awaited(answer):
            with CATALOGUE.place():
                while _is_awaited(answer) and time.monotonic() < began + 2 * shelf.MAKING:
                    answer = _look(key)
    except Busy:
        return found.old or found
    return answer


def _is_awaited(answer: Page | Turn | None) -> bool:
    return isinstance(answer, Turn) and not answer.mine


def _look(key: str) -> Page | Turn | None:
    time.sleep(LOOK)
    return shelf.ask(key)


def _is_page(response: HttpResponse) -> bool:
    return response.status_code == HTTPStatus.OK and not response.streaming


def _is_same_for_all(response: HttpResponse) -> bool:
    """A page that sets a cookie, or varies by cookie, was made public by mistake and must not reach others."""
    return not response.cookies and "cookie" not in response.get("Vary", "").lower()


def _keep_from_others(response: HttpResponse) -> None:
    """Keep one visitor's answer out of CDNs and of the "back" button's memory, unless its view decides that itself."""
    if "Cache-Control" not in response.headers and not _is_same_for_all(response):
        response.headers["Cache-Control"] = "private, no-store"


def _stand_in(request: HttpRequest, response: HttpResponse, turn: Turn | None) -> HttpResponse:
    """Show the page that was kept while no other can be made."""
    if turn is None or turn.old is None or response.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
        return response
    return _response(reply(turn.old, request.META), turn.old.route)


def _finished(response: HttpResponse, page: Page, request: HttpRequest) -> HttpResponse:
    """Return the response that the page was made from, with the body and the headers that were added to the page."""
    sent = reply(page, request.META)
    if sent.status != HTTPStatus.OK:
        return _response(sent, page.route)
    response.content = sent.body
    for name, value in sent.headers[len(page.headers) - len(OURS) :]:
        response.headers[name] = value
    return response


def _response(sent: Reply, route: str) -> HttpResponse:
    response = HttpResponse(sent.body, status=sent.status, headers=dict(sent.headers))
    if sent.status == HTTPStatus.NOT_MODIFIED:
        del response.headers["Content-Type"]
    setattr(response, "route", route)  # noqa: B010 - for the metrics, as no view was looked for
    return response
