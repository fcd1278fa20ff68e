"""Django's middleware for what is one visitor's: sessions, users, messages.

A page that is the same for everybody must read nothing of it, so a request for one is led past, and a view that reads
it all the same fails at once, and not with the first visitor's name on everybody's page. Led past are those addresses
that are public by themselves (settings.PUBLIC_PAGES, read only).
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
