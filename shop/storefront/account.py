"""The account's own pages. Signing in, verifying and resetting are django-allauth's."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shop.orders.models import Order
from shop.platform import keyset
from shop.storefront.listing import with_value
from shop.storefront.shopper import MemberRequest

ORDERS_SHOWN = 20


@require_safe
@login_required
def overview(request: MemberRequest) -> HttpResponse:
    return redirect("account_orders")


@require_safe
@login_required
@never_cache
def orders(request: MemberRequest) -> HttpResponse:
    own = Order.objects.filter(user=request.user)
    page = keyset.page(own, order=("-placed_at", "-id"), cursor=request.GET.get("cursor"), size=ORDERS_SHOWN)
    next_url = with_value(request, "cursor")(page.next) if page.next else ""
    return render(request, "account/orders.html", {"orders": page.rows, "next_url": next_url})
