"""The visitor's language, where the store has several."""

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


def page_language() -> str:
    """Return the language that a page is written in. A page asks for it twenty times, and finding the thread's takes a
    while, so it is not looked for where the store has only one.
    """
    return only_language() or translation.get_language() or str(settings.LANGUAGE_CODE)


@functools.cache  # per-pod: read from settings
def only_language() -> str:
    """Return the store's language; empty if it has several."""
    return str(settings.LANGUAGE_CODE) if len(settings.LANGUAGES) == 1 else ""


class LanguageMiddleware(LocaleMiddleware):
    """Django's, which is not needed by a store of one language: caches may keep one page for all browsers then."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        if len(settings.LANGUAGES) == 1:
            raise MiddlewareNotUsed
        super().__init__(get_response)
