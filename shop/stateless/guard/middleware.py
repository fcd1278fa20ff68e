"""The middleware that says which request is running. Put it first: what stands before it is not watched."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextvars import ContextVar
from typing import Any, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.core.exceptions import MiddlewareNotUsed
from django.core.signals import request_finished
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from shop.stateless.guard.hook import finish, install
from shop.stateless.guard.policy import Mode, policy
from shop.stateless.guard.work import RequestWork, current

Answer = HttpResponseBase | Awaitable[HttpResponseBase]

# Answered, but not closed yet: only then are the temporary files of its uploads gone.
_answered: ContextVar[RequestWork | None] = ContextVar("stateless_answered", default=None)


class GuardMiddleware:
    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        """Raises ImproperlyConfigured for an unknown mode."""
        self.policy = policy()
        if self.policy.mode is Mode.OFF:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)
        request_finished.connect(_closed, dispatch_uid="shop.stateless.guard")
        install()

    def __call__(self, request: HttpRequest) -> Answer:
        if self._is_async:
            return self._answer_later(request)
        work = RequestWork(self.policy, request)
        outside = current.set(work)
        try:
            response: HttpResponseBase = self.get_response(request)
        finally:
            current.reset(outside)
        return _handed_on(work, response)

    async def _answer_later(self, request: HttpRequest) -> HttpResponseBase:
        work = RequestWork(self.policy, request)
        outside = current.set(work)
        try:
            response: HttpResponseBase = await self.get_response(request)
        finally:
            current.reset(outside)
        return _handed_on(work, response)


def _handed_on(work: RequestWork, response: HttpResponseBase) -> HttpResponseBase:
    """Raise StateWritten again if the project's code has caught it: a refusal is never silent."""
    if work.refused and response.status_code < 500:
        raise work.refused[0]
    if response.streaming and isinstance(response, StreamingHttpResponse):
        _follow(work, response)
    _answered.set(work)
    return response


def _follow(work: RequestWork, response: StreamingHttpResponse) -> None:
    if not response.is_async and not isinstance(response, FileResponse):  # which only reads, and may be sent by the OS
        response.streaming_content = _streamed(work, cast(Iterable[bytes], response.streaming_content))


def _streamed(work: RequestWork, content: Iterable[bytes]) -> Iterator[bytes]:
    """Attribute to the request what is done while its answer is made bit by bit."""
    parts = iter(content)
    while True:
        outside = current.set(work)
        try:
            part = next(parts, None)
        finally:
            current.reset(outside)
        if part is None:
            return
        yield part


def _closed(**_signal: object) -> None:
    """Called when the response is closed, and with it the request's uploads. Raises StateWritten in mode "raise"."""
    work = _answered.get()
    if work is not None:
        _answered.set(None)
        finish(work)
