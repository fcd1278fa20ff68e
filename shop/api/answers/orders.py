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
from shop.pricing.gift_cards import CardTerms

ADDRESS = ("name", "company", "line1", "line2", "postal_code", "city", "region", "country", "phone")


def order(found: Order) -> dict[str, Any]:
    """Show one that was loaded by for_page()."""
    payments = list(found.payments.all())
    attempts = [one for one in payments if not one.is_gift_card]
    last, card = attempts[-1] if attempts else None, next((one for one in payments if one.is_gift_card), None)
    return written(found, found.lines.all(), found.events.all(), last, _gift_card(card) if card else None)


def written(
    found: Order,
    lines: Iterable[OrderLine],
    history: Iterable[OrderEvent],
    last: Payment | None,
    gift_card: dict[str, Any] | None,
) -> dict[str, Any]:
    """`last`: the last attempt to pay what a gift card leaves. Notes of the staff in `history` are theirs."""
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
        "gift_card": gift_card,
        "to_pay": found.to_pay.json(),
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


def new_gift_card(found: Order, card: CardTerms) -> dict[str, Any]:
    """What a card has paid of an order that was just placed."""
    return {
        "last_four": card.last_four,
        "amount": _money(found.gift_card_amount, found.currency),
        "refunded": _money(Decimal(0), found.currency),
    }


def _gift_card(paid: Payment) -> dict[str, Any]:
    """The row of the card was read with it."""
    return {
        "last_four": paid.gift_card.last_four if paid.gift_card else "",
        "amount": _money(paid.amount, paid.currency),
        "refunded": _money(paid.refunded, paid.currency),
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
