"""The phones that a shopper is signed in with."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shop.accounts import services as accounts
from shop.accounts.models import RefreshFamily
from shop.storefront.shopper import MemberRequest

SHOWN = 50


@require_safe
@login_required
@never_cache
def devices(request: MemberRequest) -> HttpResponse:
    own = RefreshFamily.objects.signed_in().filter(user=request.user).order_by("-rotated_at", "-id")
    return render(request, "account/devices.html", {"devices": own[:SHOWN]})


@require_POST
@login_required
@never_cache
def sign_out(request: MemberRequest, device_id: uuid.UUID) -> HttpResponse:
    if not accounts.sign_out_device(user_id=request.user.pk, device_id=device_id):
        raise Http404
    messages.success(request, _("The device is signed out. What it had open ends within a quarter of an hour."))
    return redirect("account_devices")
