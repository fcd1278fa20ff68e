"""How many orders may come from one network: unpaid orders hold stock, so a script must not place them without end."""

from django.conf import settings

from shop.platform import throttle

SECONDS = 600


def count_order(network: str) -> None:
    """Count one try to order. Raises TooManyTries beyond settings.ORDERS_PER_NETWORK in SECONDS; 0 is no limit."""
    if settings.ORDERS_PER_NETWORK:
        throttle.count(throttle.Limit("orders", times=settings.ORDERS_PER_NETWORK, seconds=SECONDS), network)
