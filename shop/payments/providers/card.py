"""Paying by card on the page of a hosted provider.

The provider is announced over HTTP and tells what happened by signed webhooks and on request. Amounts travel in minor
units.
"""

import hashlib
import hmac
import json
import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import httpx
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from shop.money import Money
from shop.payments.errors import BadWebhook, ProviderUnavailable
from shop.payments.models import Payment
from shop.payments.providers.contract import Provider, ProviderState, Started, Status, WebhookEvent
from shop.platform import deadline

logger = logging.getLogger("shop.payments")
TIMEOUT = httpx.Timeout(4.0, connect=1.5, pool=1.0)  # seconds; a customer waits for it, and a thread of the pod
CONNECTS = 2  # a connection that could not be opened is tried once more, never a sent request
# Seconds for all of it, also if the provider sends a byte now and then
WHOLE = CONNECTS * (TIMEOUT.connect or 0) + (TIMEOUT.read or 0)
SIGNATURE_HEADER = "Testpay-Signature"
TOLERANCE = 300  # seconds a signature is good for: a message caught on its way is worthless afterwards


class Card(Provider):
    code = "card"
    name = _("Credit or debit card")
    description = _("You enter your card on the page of our payment provider.")

    def is_offered(self) -> bool:
        return bool(settings.CARD_PROVIDER_URL and settings.CARD_PROVIDER_KEY and settings.CARD_WEBHOOK_SECRET)

    def start(self, payment: Payment, *, return_url: str, webhook_url: str) -> Started:
        body = {
            "amount": payment.money.minor,
            "currency": payment.currency,
            "reference": str(payment.public_id),
            "description": payment.order.number,
            "return_url": return_url,
            "webhook_url": webhook_url,
        }
        # A repeated announcement, also from another pod, is the same payment there. Web and app return to different
        # addresses; were these not part of the key, the provider would refuse whoever comes second.
        key = f"{payment.public_id}-{hashlib.sha256(f'{return_url} {webhook_url}'.encode()).hexdigest()[:12]}"
        answer = _call("POST", "/v1/payments", json=body, headers={"Idempotency-Key": key})
        try:
            return Started(reference=answer["id"], redirect_url=answer["checkout_url"])
        except KeyError as error:
            raise ProviderUnavailable from error

    def fetch(self, reference: str) -> ProviderState:
        return _checked_state(_call("GET", f"/v1/payments/{reference}"))

    def cancel(self, reference: str) -> ProviderState:
        return _checked_state(_call("POST", f"/v1/payments/{reference}/cancel"))

    def parse_webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookEvent:
        _check_signature(headers.get(SIGNATURE_HEADER, ""), body)
        try:
            message = json.loads(body)
            payment = message["payment"]
            return WebhookEvent(
                event_id=message["id"],
                kind=message["type"],
                payment=UUID(payment["reference"]),
                state=_state(payment),
                occurred_at=datetime.fromtimestamp(message["created"], UTC),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadWebhook from error


@cache
def _client(url: str, key: str) -> httpx.Client:
    """One pool of connections in a process, made when it is first needed."""
    transport = deadline.transport(retries=CONNECTS - 1)
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=TIMEOUT, transport=transport)


def _call(method: str, path: str, **request: Any) -> dict[str, Any]:
    """Return the provider's answer. Raises ProviderUnavailable for whatever is not one."""
    client = _client(settings.CARD_PROVIDER_URL, settings.CARD_PROVIDER_KEY)
    try:
        with deadline.within(WHOLE):
            response = client.request(method, path, **request)
        response.raise_for_status()
        answer = response.json()
    except (httpx.HTTPError, ValueError) as error:
        logger.warning("card provider failed", extra={"call": f"{method} {path}", "reason": repr(error)})
        raise ProviderUnavailable from error
    if not isinstance(answer, dict):
        raise ProviderUnavailable
    return answer


def _checked_state(answer: dict[str, Any]) -> ProviderState:
    try:
        return _state(answer)
    except (KeyError, TypeError, ValueError) as error:
        raise ProviderUnavailable from error


def _state(payment: dict[str, Any]) -> ProviderState:
    return ProviderState(
        reference=str(payment["id"]),
        status=Status(payment["status"]),
        money=Money(Decimal(payment["amount"]) / 100, str(payment["currency"])),
        message=str(payment.get("message") or ""),
    )


def _check_signature(header: str, body: bytes) -> None:
    """Accept "t=<unix seconds>,v1=<hex>": HMAC-SHA256 over "<t>.<body>" with the shared secret. Raises BadWebhook."""
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    moment, given = parts.get("t", ""), parts.get("v1", "")
    secret = settings.CARD_WEBHOOK_SECRET.encode()
    expected = hmac.new(secret, moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    if not secret or not hmac.compare_digest(expected.encode(), given.encode()):
        raise BadWebhook
    if not (moment.isascii() and moment.isdigit()) or abs(time.time() - int(moment)) > TOLERANCE:
        raise BadWebhook
