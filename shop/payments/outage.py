"""The contract's row of the card provider."""

import socket
from urllib.parse import urlsplit

from django.conf import settings

from shop.payments.providers import card
from shop.platform.contract import OK, UNUSED, Dependency


def ask() -> str:
    """Say whether its address takes connections: a real question would need a payment."""
    if not settings.CARD_PROVIDER_URL:
        return UNUSED
    address = urlsplit(settings.CARD_PROVIDER_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    socket.create_connection((address.hostname or "", port), timeout=card.TIMEOUT.connect).close()
    return OK


PROVIDER = Dependency(
    name="card-provider",
    title="The card provider",
    shopper=(
        "The order is placed and kept. Its page says that the provider does not answer, and offers to pay again or "
        "another way. Nobody is charged twice."
    ),
    staff=(
        "The payment stays open. An order can be cancelled all the same; its payment is voided when the provider is "
        "back."
    ),
    phone="The order with an open payment, and 503 for the payment's page, which can be asked for again.",
    operator=(
        "Open payments are asked about by cron; a charge whose answer was lost is found there or by the webhook. "
        "Orders that are not paid in time are cancelled only after the provider was asked."
    ),
    seconds=card.WHOLE,
    bounded="for a request that has to ask it, outside any transaction",
    ask=ask,
)
