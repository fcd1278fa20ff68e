"""What happened to orders, for other systems: docs/events.md. Nothing is written unless somebody listens.

The JSON Schema is static/events/order-v1.json. Fields may be added to it; whatever else changes makes a v2, published
beside v1 for as long as anybody reads that. No name, address or e-mail is ever in an event.
"""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from shop.money import Money
from shop.orders.models import Order, OrderLine
from shop.platform import events
from shop.platform.postgresql import planned

VERSION = "v1"
KINDS = tuple(f"order.{what}.{VERSION}" for what in ("placed", "paid", "shipped", "cancelled", "refund_due"))
SCHEMA = f"events/order-{VERSION}.json"


def placed(order: Order, lines: Sequence[OrderLine]) -> planned.Beside:
    """The order was placed: to be written by a statement that is made anyway, so that nobody pays for one more."""
    return events.beside(_event(order.state, order, lines))


def tell_state(order: Order, lines: Sequence[OrderLine]) -> None:
    """The order was paid, shipped or cancelled: in the transaction that says so. `lines` are all of it."""
    events.put(_event(order.state, order, lines))


def tell_refund_due(order: Order, *, payment: str, method: str, money: Money) -> None:
    """Money arrived that the order does not want, or no longer. `payment` is the payment's public id."""
    refund = {"payment": payment, "method": method, "amount": str(money.amount), "currency": money.currency}
    events.put(_event("refund_due", order, list(order.lines.all()), refund=refund))


def _event(what: str, order: Order, lines: Sequence[OrderLine], **more: Any) -> dict[str, Any]:
    return events.event(
        kind=f"order.{what}.{VERSION}",
        schema=SCHEMA,
        subject=order.number,
        at=getattr(order, f"{what}_at", None) or timezone.now(),
        data={**_facts(order, lines), **more},
    )


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
