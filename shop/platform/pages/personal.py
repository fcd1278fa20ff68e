"""Django's middleware for what belongs to one visitor (session, user, messages), skipped for public pages.

A page that is the same for everybody must not read any of it. As the middleware is skipped, a view that does so fails
at once, instead of showing the first visitor's name on everybody's page. Skipped are requests that only read an address
of settings.PUBLIC_PAGES.
"""

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware as Users
from django.contrib.messages.middleware import MessageMiddleware as Messages
from django.contrib.sessions.middleware import SessionMiddleware as Sessions
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from shop.platform.pages.middleware import is_public


class _Personal:
    get_response: Any

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer: HttpResponseBase
        answer = self.get_response(request) if is_public(request) else super().__call__(request)  # type: ignore[misc]
        return answer


class SessionMiddleware(_Personal, Sessions):
    pass


class AuthenticationMiddleware(_Personal, Users):
    pass


class MessageMiddleware(_Personal, Messages):
    pass
