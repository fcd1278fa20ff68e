"""Sending a customer to the payment's page, and receiving what comes back: the browser and the provider's messages."""

import json
import logging

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from shop.errors import ShopError
from shop.orders.models import Order
from shop.payments import providers
from shop.payments import services as payments
from shop.payments.models import Payment

logger = logging.getLogger("shop.payments")


def start(request: HttpRequest, order: Order, method: str) -> HttpResponse:
    """Go to the payment's page, or to the order's page if there is none or it cannot be reached: the order stands."""
    try:
        payment = payments.attempt(order_id=order.pk, method=method)
        payment = payments.begin(
            payment.pk, return_url=_address("order_return", order.token), webhook_url=webhook_url(method)
        )
    except ShopError as error:
        messages.error(request, str(error.message))
        return redirect("order", order.token)
    return redirect(payment.redirect_url or order.get_absolute_url())


def webhook_url(method: str) -> str:
    return _address("payment_webhook", method)


def _address(name: str, argument: str) -> str:
    return settings.PUBLIC_URL + reverse(name, args=[argument])


@require_POST
@never_cache
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Pay an order that is not paid yet, by the method that the button names."""
    order = get_object_or_404(Order, token=token)
    return start(request, order, request.POST.get("method", order.payment_method))


@require_safe
@never_cache
def come_back(request: HttpRequest, token: str) -> HttpResponse:
    """The browser returns from the provider. What it brings is not believed: the provider is asked."""
    order = get_object_or_404(Order, token=token)
    for payment in Payment.objects.open().begun().filter(order=order):
        try:
            payments.refresh(payment.pk)
        except ShopError:
            logger.warning("the provider could not be asked on return", extra={"order": order.number})
    return redirect("order", token)


@csrf_exempt  # signed by the provider, and no browser sends it
@require_POST
@never_cache
def webhook(request: HttpRequest, method: str) -> HttpResponse:
    """A provider's message. 200 once it is kept, also when it was before; else the provider sends it again."""
    provider = providers.provider(method)
    if provider is None:
        return HttpResponse(status=404)
    try:
        payments.record_webhook(provider.parse_webhook(request.headers, request.body), provider=method)
    except ShopError as error:
        return HttpResponse(json.dumps({"code": error.code}), status=error.status, content_type="application/json")
    return HttpResponse(status=200)
