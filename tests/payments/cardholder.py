"""A customer at the card provider's page, and the switches of the provider, over plain HTTP."""

import hashlib
import hmac
import json
import os
import re
import time
from typing import Any

import httpx
from django.conf import settings

PAYS, IS_DECLINED, ASKS = "4242 4242 4242 4242", "4000 0000 0000 0002", "4000 0025 0000 3155"


def enter(checkout_url: str, number: str) -> httpx.Response:
    """Send the card form; the answer is not followed, so `location` says where the browser would go."""
    return httpx.post(checkout_url, data={"number": number, "expiry": "12/34", "code": "123"}, timeout=60)


def answer_bank(checkout_url: str, choice: str) -> httpx.Response:
    return httpx.post(f"{checkout_url}/confirm", data={"choice": choice}, timeout=60)


def cancel(checkout_url: str) -> httpx.Response:
    return httpx.post(f"{checkout_url}/cancel", timeout=60)


def provider(method: str, path: str, body: dict[str, Any] | None = None, **headers: str) -> dict[str, Any]:
    """Call the provider's API or its test switches."""
    headers["Authorization"] = f"Bearer {settings.CARD_PROVIDER_KEY}"
    url = os.environ["CARD_PROVIDER_URL"] + path  # also while a test lets the store look elsewhere
    answer = httpx.request(method, url, json=body, headers=headers, timeout=120)
    answer.raise_for_status()
    return answer.json()


def webhooks(**switches: Any) -> None:
    provider("POST", "/_test/webhooks", switches)


def signed(body: bytes, *, secret: str = "", at: float | None = None) -> dict[str, str]:
    """Return the headers of a webhook as the provider documents them."""
    moment = int(time.time() if at is None else at)
    key = (secret or settings.CARD_WEBHOOK_SECRET).encode()
    digest = hmac.new(key, f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Testpay-Signature": f"t={moment},v1={digest}"}


def message(payment: Any, status: str = "paid", *, event: str = "evt_1", **changes: Any) -> bytes:
    """A webhook's body about one of our payments."""
    facts = {"id": payment.reference or "pay_x", "status": status, "amount": payment.money.minor}
    facts |= {"currency": payment.currency, "reference": str(payment.public_id), "message": "", **changes}
    return json.dumps({"id": event, "type": f"payment.{status}", "created": time.time(), "payment": facts}).encode()


def identifier(checkout_url: str) -> str:
    found = re.search(r"/pay/([\w-]+)$", checkout_url)
    assert found
    return found[1]
