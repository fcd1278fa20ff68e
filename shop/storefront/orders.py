"""An order's page: open to whoever has its unguessable address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shop.orders.models import Order


@require_safe
@never_cache
def order(request: HttpRequest, token: str) -> HttpResponse:
    found = get_object_or_404(Order.objects.for_page(), token=token)
    return render(request, "storefront/order.html", {"order": found})


pay = order
