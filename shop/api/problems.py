"""Whatever goes wrong below /api/, as an RFC 9457 problem: {"type", "title", "status", "detail", "code", ...}.

`code` is stable and for programs, `detail` is translated and for people. A problem of the request's content has
`errors`, each with a `pointer` into the body (RFC 6901, as a URI fragment) or the name of a `parameter`; a refusal of
the shop may have `details`.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.signals import got_request_exception
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from django.utils.log import log_response
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings

from shop.accounts.errors import is_of_gone_account
from shop.api.parsers import BodyTooLarge
from shop.errors import ShopError

CONTENT_TYPE = "application/problem+json"
CODES = {"parse_error": "malformed"}  # DRF's name: ours


class AccountGone(exceptions.AuthenticationFailed):
    """The account was deleted while its access token is still good, which shows only when a row refers to it."""

    auth_header = "Bearer"
    default_code = "token_invalid"
    default_detail = _lazy("The account of this access token is not there any more.")


class InvalidParameters(exceptions.ValidationError):
    """The query string, rather than the body, is wrong."""


def problem_response(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER: return the problem for an exception; None leaves it to Django and our middleware."""
    if isinstance(exc, OperationalError | InterfaceError):
        return None  # DatabaseOutageMiddleware's
    if isinstance(exc, ShopError):
        return _refusal(exc)
    exc = _as_api_exception(exc)
    if isinstance(exc, exceptions.APIException):
        return _api_problem(exc)
    return None if settings.DEBUG else _failure(exc, context)


def _as_api_exception(exc: Exception) -> Exception:
    """Return DRF's own kind of what Django raises; anything else as it is."""
    match exc:
        case IntegrityError() if is_of_gone_account(exc):
            return AccountGone()
        case RequestDataTooBig():
            return BodyTooLarge()
        case UnreadablePostError():
            return exceptions.ParseError(_("The body ended before it was complete."))
        case Http404():
            return exceptions.NotFound()
        case PermissionDenied():
            return exceptions.PermissionDenied()
    return exc


def problem(status: int, code: str, detail: Any, **more: Any) -> Response:
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(detail),
        "code": code,
    }
    return Response({**body, **more}, status=status, content_type=CONTENT_TYPE)


def _refusal(error: ShopError) -> Response:
    more = {"details": error.details} if error.details else {}
    response = problem(error.status, error.code, error.message, **more)
    if error.retry_after:
        response["Retry-After"] = str(error.retry_after)
    if error.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response


def _api_problem(exc: exceptions.APIException) -> Response:
    if isinstance(exc, exceptions.ValidationError):
        errors = list(_errors(exc.detail, "", in_body=not isinstance(exc, InvalidParameters)))
        return problem(exc.status_code, "invalid", _("Some of what was sent is not valid."), errors=errors)
    code = str(exc.get_codes()) if isinstance(exc.detail, str) else exc.default_code
    response = problem(exc.status_code, CODES.get(code, code), exc.detail)
    if getattr(exc, "auth_header", None):
        response["WWW-Authenticate"] = exc.auth_header  # type: ignore[attr-defined]  # set by APIView
    return response


def _errors(detail: Any, place: str, *, in_body: bool) -> Iterator[dict[str, str]]:
    """Flatten {"address": {"city": [ErrorDetail]}} to one entry for each ErrorDetail."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            deeper = place if name == api_settings.NON_FIELD_ERRORS_KEY else f"{place}/{name}"
            yield from _errors(inner, deeper, in_body=in_body)
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            yield from _errors(inner, place if isinstance(inner, str) else f"{place}/{index}", in_body=in_body)
    else:
        where = {"pointer": f"#{place}"} if in_body else {"parameter": place.split("/")[1] if place else ""}
        yield {**where, "code": str(getattr(detail, "code", "invalid")), "detail": str(detail)}


def _failure(exc: Exception, context: dict[str, Any]) -> Response:
    """A bug of ours: reported as Django reports exceptions, answered as a problem."""
    request = context["request"]._request
    got_request_exception.send(sender=None, request=request)
    response = problem(500, "server_error", _("Something went wrong on our side. We have been told."))
    log_response("%s: %s", response.reason_phrase, request.path, response=response, request=request, exception=exc)
    return response
