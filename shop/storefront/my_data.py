"""The account's page about its owner's data: taking them along, and having them erased."""

from typing import Any

from django import forms
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shop.accounts import confirming
from shop.accounts.confirming import WrongPassword
from shop.errors import ShopError
from shop.platform import throttle
from shop.platform.throttle import TooManyTries
from shop.privacy import erasure, export, limits
from shop.privacy.errors import ErasureBusy, StaffAccount
from shop.privacy.person import of_account
from shop.storefront.errors import with_status
from shop.storefront.shopper import MemberRequest

REFUSALS = (WrongPassword, TooManyTries, StaffAccount, ErasureBusy)


class PasswordForm(forms.Form):
    """Who finds a browser open has not found the data in it."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class EraseForm(PasswordForm):
    sure = forms.BooleanField(
        label=_("Yes, erase my account. This cannot be undone"),
        error_messages={"required": _("Tick this if you are sure.")},
    )


@require_safe
@login_required
@never_cache
def page(request: MemberRequest) -> HttpResponse:
    return _page(request)


@require_POST
@login_required
@never_cache
def take(request: MemberRequest) -> HttpResponseBase:
    """The file is written while it is sent."""
    form = PasswordForm(request.POST, prefix="take")
    if not form.is_valid():
        return _page(request, take=form)
    try:
        confirming.by_password(request.user, form.cleaned_data["password"])
        throttle.count(limits.EXPORT, str(request.user.pk))
    except REFUSALS as refusal:
        return with_status(_page(request, take=form, refusal=refusal), refusal)
    export.write_down()
    return as_file(export.stream(of_account(request.user)))


@require_POST
@login_required
@never_cache
def erase(request: MemberRequest) -> HttpResponse:
    form = EraseForm(request.POST, prefix="erase")
    if not form.is_valid():
        return _page(request, erase=form)
    try:
        confirming.by_password(request.user, form.cleaned_data["password"])
        erasure.erase_account(user_id=request.user.pk)
    except REFUSALS as refusal:
        return with_status(_page(request, erase=form, refusal=refusal), refusal)
    logout(request)
    return redirect("account_erased")


@require_safe
@never_cache
def erased(request: HttpRequest) -> HttpResponse:
    return render(request, "account/erased.html")


def as_file(text: Any) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{export.FILENAME}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(text, content_type="application/json", headers=headers)


def _page(request: MemberRequest, refusal: ShopError | None = None, **filled: forms.Form) -> HttpResponse:
    """`filled`: the one of the two forms that was sent, which is told what is wrong with it."""
    context = {
        "take": filled.get("take") or PasswordForm(prefix="take"),
        "erase": filled.get("erase") or EraseForm(prefix="erase"),
        "form": next(iter(filled.values()), None),
        "refusal": refusal.message if refusal else "",
        "has_password": request.user.has_usable_password(),
    }
    return render(request, "account/data.html", context)
