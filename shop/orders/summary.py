"""An order as facts for a mail: strings ready to be shown, kept with the mail, so that a resent mail says the same."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from shop.money import Money
from shop.orders.models import Order, OrderLine


def summary(order: Order, lines: Sequence[OrderLine]) -> dict[str, Any]:
    """Return what the order mails show. No query: `lines` are given. Amounts are written out in the active language."""
    return {
        "number": order.number,
        "url": settings.PUBLIC_URL + order.get_absolute_url(),
        "address": order.shipping_address,
        "shipping_method": order.shipping_method_name,
        "tracking": order.tracking._asdict(),
        "payment_method": order.payment_method,
        "is_free": not order.total,
        "is_settled": not order.to_pay,
        "gift_card": Money(order.gift_card_amount, order.currency).display() if order.gift_card_amount else "",
        "to_pay": order.to_pay.display(),
        "bank_account": settings.SHOP_BANK_ACCOUNT,
        "lines": [_line(line, order.currency) for line in lines],
        "subtotal": Money(order.subtotal, order.currency).display(),
        "shipping": Money(order.shipping_price, order.currency).display(),
        "discount": Money(order.discount, order.currency).display() if order.discount else "",
        "voucher": order.voucher_code,
        "tax": Money(order.tax_total, order.currency).display(),
        "total": order.money.display(),
    }


def _line(line: OrderLine, currency: str) -> dict[str, Any]:
    return {
        "title": line.title,
        "label": line.label,
        "sku": line.sku,
        "quantity": line.quantity,
        "total": Money(line.total, currency).display(),
    }
