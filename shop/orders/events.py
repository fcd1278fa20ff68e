"""What happened to orders, for other systems: docs/events.md. Nothing is written unless EVENTS_TOPIC_ARN is set.

The JSON Schema is static/events/order-v1.json. Fields may be added to it; whatever else changes makes a v2, published
beside v1 for as long as anybody reads that. No name, address or e-mail is ever in an event.
"""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from shop.money import Money
from shop.orders.models import Order, OrderLine
from shop.platform import events

VERSION = "v1"
SCHEMA = f"events/order-{VERSION}.json"


def tell_state(order: Order, lines: Sequence[OrderLine]) -> None:
    """The order was placed, paid, shipped or cancelled: in the transaction that says so. `lines` are all of it."""
    if events.are_wanted():
        _put(order.state, order, lines)


def tell_refund_due(order: Order, *, payment: str, method: str, money: Money) -> None:
    """Money arrived that the order does not want, or no longer. `payment` is the payment's public id."""
    if events.are_wanted():
        refund = {"payment": payment, "method": method, "amount": str(money.amount), "currency": money.currency}
        _put("refund_due", order, list(order.lines.all()), refund=refund)


def _put(what: str, order: Order, lines: Sequence[OrderLine], **more: Any) -> None:
    moment = getattr(order, f"{what}_at", None) or timezone.now()
    body = events.event(
        kind=f"order.{what}.{VERSION}",
        schema=SCHEMA,
        subject=order.number,
        at=moment,
        data={**_facts(order, lines), **more},
    )
    events.put(body)


def _facts(order: Order, lines: Sequence[OrderLine]) -> dict[str, Any]:
    return {
        "number": order.number,
        "version": order.version,
        "state": order.state,
        "currency": order.currency,
        "subtotal": str(order.subtotal),
        "shipping_price": str(order.shipping_price),
        "discount": str(order.discount),
        "tax_total": str(order.tax_total),
        "total": str(order.total),
        "gift_card_amount": str(order.gift_card_amount),
        "country": order.shipping_address["country"],
        "shipping_method": order.shipping_method,
        "payment_method": order.payment_method,
        "lines": [_line(line) for line in lines],
    }


def _line(line: OrderLine) -> dict[str, Any]:
    return {
        "sku": line.sku,
        "quantity": line.quantity,
        "unit_price": str(line.unit_price),
        "total": str(line.total),
        "discount": str(line.discount),
        "tax_rate": str(line.tax_rate),
    }
