"""django-csp, with the usual policies written once: writing one is an eighth of what the cheapest answer costs.

settings.CONTENT_SECURITY_POLICY_ALSO names what pages below an address may do besides: {prefix: {directive: [...]}}.
"""

from collections.abc import Callable
from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class ContentPolicyMiddleware(CSPMiddleware):
    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        super().__init__(get_response)
        self._usual = build_policy()
        also = settings.CONTENT_SECURITY_POLICY_ALSO
        self._also = [(prefix, build_policy(update=directives)) for prefix, directives in also.items()]
        self._elsewhere = tuple(settings.CONTENT_SECURITY_POLICY.get("EXCLUDE_URL_PREFIXES", ()))

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Leave to django-csp what has a nonce, or whose view says something of its own (`_csp_update` and others)."""
        if settings.DEBUG or hasattr(request, "_csp_nonce") or "_csp" in " ".join(vars(response)):
            return super().process_response(request, response)
        if HEADER not in response and not request.path_info.startswith(self._elsewhere):
            response[HEADER] = self._policy(request.path_info)
        return response

    def _policy(self, path: str) -> str:
        return next((policy for prefix, policy in self._also if path.startswith(prefix)), self._usual)
