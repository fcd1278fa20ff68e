"""An order's page: open to whoever has its unguessable address."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shop.money import Money, total
from shop.orders.models import Order
from shop.payments import services as payments
from shop.payments.models import Payment
from shop.payments.providers.bank_transfer import instructions


@require_safe
@never_cache
def order(request: HttpRequest, token: str) -> HttpResponse:
    found = get_object_or_404(Order.objects.for_page(), token=token)
    context = {"order": found, "gift_card": _gift_card(found), "money_back": _money_back(found), **_payment(found)}
    return render(request, "storefront/order.html", context)


def _gift_card(order: Order) -> Payment | None:
    """What a gift card paid of it."""
    return next((payment for payment in order.payments.all() if payment.is_gift_card), None)


def _money_back(order: Order) -> dict[str, Money]:
    """What was given back of what the customer paid, on the gift card and otherwise, and what still will be."""
    paid = list(order.payments.all())
    due = [payment.left for payment in paid if payment.state == Payment.State.REFUND_DUE]
    sent: dict[bool, list[Money]] = {True: [], False: []}
    for payment in paid:
        sent[payment.is_gift_card].append(Money(payment.refunded, payment.currency))
    sums = {"on_card": sent[True], "sent": sent[False], "due": due}
    return {name: total(amounts, order.currency) for name, amounts in sums.items()}


def _payment(order: Order) -> dict[str, Any]:
    """What is to be said about paying: how, whether the last attempt failed, and which other way there is."""
    if order.state != Order.State.PLACED:
        return {}
    attempts = [payment for payment in order.payments.all() if not payment.is_gift_card]
    last = attempts[-1] if attempts else None
    by_transfer = last is not None and last.method == "bank_transfer"
    return {
        "to_pay": not by_transfer,
        "bank": instructions(last) if by_transfer and last else None,
        "failed": last if last and last.state in (Payment.State.DECLINED, Payment.State.CANCELLED) else None,
        "methods": [method for method in payments.methods() if not by_transfer or method.code != "bank_transfer"],
        "refresh": last is not None and last.is_open and bool(last.reference),
    }
