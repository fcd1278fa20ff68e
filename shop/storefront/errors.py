"""What shoppers see when the shop refuses them: one handler for all pages."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, UnreadablePostError
from django.shortcuts import redirect, render
from django.urls import Resolver404, is_valid_path, reverse
from django.views.defaults import page_not_found

from shop.accounts.errors import is_of_gone_account
from shop.errors import ShopError
from shop.platform import outage, rollout

OTHERS = ("/admin/", "/api/")  # these interfaces have their own ways to say no


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the page for 404, or a 503 that asks again: while a roll-out goes on, another pod may know the address."""
    if isinstance(exception, Resolver404) and not is_valid_path(f"{request.path_info}/") and rollout.is_under_way():
        response = outage.page(seconds=rollout.RETRY_AFTER)
        if request.method == "GET":
            response["Refresh"] = str(rollout.RETRY_AFTER)
        return response
    return page_not_found(request, exception)


class ShopErrorMiddleware:
    """Turn a ShopError that leaves a view into a note, a message on the cart's page, or a page of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path and not request.path.startswith(OTHERS):
            raise Http404  # no address of ours has one, and PostgreSQL takes none
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, UnreadablePostError):  # its sender is gone, or too slow
            return HttpResponseBadRequest()
        if request.path.startswith(OTHERS):
            return None
        if is_of_gone_account(exception):
            logout(request)
            return redirect("account_login")
        if not isinstance(exception, ShopError):
            return None
        response = _with_retry(refused(request, exception), exception)
        response["Cache-Control"] = "no-store"
        return response


def with_status(response: HttpResponse, error: ShopError) -> HttpResponse:
    """Give a page that says what was refused the status of that."""
    response.status_code = error.status
    return _with_retry(response, error)


def _with_retry(response: HttpResponse, error: ShopError) -> HttpResponse:
    if error.retry_after:
        response["Retry-After"] = str(error.retry_after)
    return response


def refused(request: HttpRequest, error: ShopError) -> HttpResponse:
    """Return the answer that fits how the page asked."""
    if request.headers.get("HX-Request") == "true":
        response = render(request, "storefront/_refused.html", {"error": error}, status=error.status)
        response["HX-Retarget"], response["HX-Reswap"] = "#toast", "innerHTML"
        return response
    if request.method == "POST" and request.path.startswith(reverse("cart")):
        messages.error(request, str(error.message))
        return redirect("cart")
    return render(request, "storefront/refused.html", {"error": error}, status=error.status)
