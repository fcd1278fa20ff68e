"""What Django's admin looks for in each app: here it finds all of the backoffice."""

from shop.backoffice import (
    catalog,
    categories,
    customers,
    dead_letters,
    gift_cards,
    information,
    operations,
    orders,
    payments,
    pods,
    prices,
    privacy,
    staff,
    variants,
    vouchers,
    webhooks,
)

__all__ = [
    "catalog",
    "categories",
    "customers",
    "dead_letters",
    "gift_cards",
    "information",
    "operations",
    "orders",
    "payments",
    "pods",
    "prices",
    "privacy",
    "staff",
    "variants",
    "vouchers",
    "webhooks",
]
