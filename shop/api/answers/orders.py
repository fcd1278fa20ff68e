"""Orders as the API shows them: plain values for JSON. serializers.orders documents the same, and a test compares."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from shop.money import Money
from shop.orders.models import Order, OrderEvent, OrderLine
from shop.payments.models import Payment
from shop.payments.providers.bank_transfer import BankTransfer, instructions

ADDRESS = ("name", "company", "line1", "line2", "postal_code", "city", "region", "country", "phone")


def order(found: Order) -> dict[str, Any]:
    """Show one that was loaded by for_page()."""
    attempts = list(found.payments.all())
    return written(found, found.lines.all(), found.events.all(), attempts[-1] if attempts else None)


def written(
    found: Order, lines: Iterable[OrderLine], history: Iterable[OrderEvent], last: Payment | None
) -> dict[str, Any]:
    """`last`: the last attempt to pay. Notes of the staff in `history` are theirs."""
    return {
        "number": found.number,
        "token": found.token,
        "url": settings.PUBLIC_URL + found.get_absolute_url(),
        "state": found.state,
        "email": found.email,
        "lines": [_line(line, found.currency) for line in lines],
        "subtotal": _money(found.subtotal, found.currency),
        "shipping_price": _money(found.shipping_price, found.currency),
        "discount": _money(found.discount, found.currency),
        "voucher": found.voucher_code or None,
        "tax_total": _money(found.tax_total, found.currency),
        "total": _money(found.total, found.currency),
        "shipping_address": {name: found.shipping_address.get(name, "") for name in ADDRESS},
        "shipping_method": found.shipping_method,
        "shipping_method_name": found.shipping_method_name,
        "tracking": _tracking(found),
        "payment": payment(last) if last else None,
        "placed_at": moment(found.placed_at),
        "paid_at": moment(found.paid_at),
        "shipped_at": moment(found.shipped_at),
        "cancelled_at": moment(found.cancelled_at),
        "history": [{"at": moment(event.created_at), "state": event.state} for event in history if event.state],
    }


def _tracking(found: Order) -> dict[str, str | None] | None:
    carrier, number, url = found.tracking
    return {"carrier": carrier, "number": number, "url": url or None} if carrier or number else None


def row(found: Order) -> dict[str, Any]:
    """Show an order in a list."""
    total = _money(found.total, found.currency)
    return {"number": found.number, "state": found.state, "total": total, "placed_at": moment(found.placed_at)}


def payment(found: Payment) -> dict[str, Any]:
    by_transfer = found.is_open and found.method == BankTransfer.code
    return {
        "method": found.method,
        "state": found.state,
        "amount": _money(found.amount, found.currency),
        "refunded": _money(found.refunded, found.currency),
        "redirect_url": (found.redirect_url or None) if found.is_open else None,
        "instructions": instructions(found) if by_transfer else None,
        "message": found.message,
    }


def moment(value: datetime | None) -> str | None:
    """Write a moment in the shop's time zone, as RFC 3339 does: 2026-11-26T14:02:05.123456Z."""
    return timezone.localtime(value).isoformat().replace("+00:00", "Z") if value else None


def _line(line: OrderLine, currency: str) -> dict[str, Any]:
    return {
        "variant": line.variant_id,
        "sku": line.sku,
        "product": line.product_slug,
        "title": line.title,
        "label": line.label,
        "quantity": line.quantity,
        "unit_price": _money(line.unit_price, currency),
        "total": _money(line.total, currency),
        "discount": _money(line.discount, currency),
        "tax": _money(line.tax, currency),
        "tax_rate": f"{line.tax_rate:.2f}",
    }


def _money(amount: Decimal, currency: str) -> dict[str, str]:
    return Money(amount, currency).json()
