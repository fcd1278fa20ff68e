"""What the shop calls: /v1/payments. Amounts are in minor units."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from config.local.testpay.ledger import Refused, Row, public

if TYPE_CHECKING:
    from config.local.testpay.server import Request

TEXTS = ("currency", "reference", "return_url", "webhook_url")


def create(request: "Request") -> tuple[int, Row]:
    """Open a payment, or find the one that this Idempotency-Key opened. Returns 201 or 200."""
    key = request.headers.get("Idempotency-Key") or ""
    if not key or len(key) > 200:
        raise Refused(400, "no_idempotency_key", "Send an Idempotency-Key of at most 200 characters.")
    payment, is_new = request.ledger.create(key, _checked(request.json()))
    request.courier.wake()
    checkout = {"checkout_url": f"{request.origin}/pay/{payment['id']}"}
    return (201 if is_new else 200), public(payment) | checkout


def show(request: "Request") -> tuple[int, Row]:
    return 200, public(request.ledger.payment(request.words["id"]))


def cancel(request: "Request") -> tuple[int, Row]:
    """Void an open payment. A final one stays what it is; the answer says what."""
    identifier = request.words["id"]
    request.ledger.payment(identifier)
    request.ledger.finish(identifier, "cancelled", "")
    request.courier.wake()
    return show(request)


def _checked(body: Row) -> Row:
    """Return the fields of a new payment. Raises Refused 422."""
    amount = body.get("amount")
    if not isinstance(amount, int) or isinstance(amount, bool) or amount <= 0:
        raise Refused(422, "bad_amount", "amount has to be a whole number of minor units above 0.")
    texts = {name: body.get(name) for name in TEXTS}
    wrong = [name for name, text in texts.items() if not isinstance(text, str) or not text or len(text) > 500]
    wrong += [name for name in ("return_url", "webhook_url") if name not in wrong and not _is_address(str(texts[name]))]
    if wrong:
        raise Refused(422, "bad_fields", f"Missing or wrong: {', '.join(wrong)}.")
    return {"amount": amount, "description": str(body.get("description") or "")[:200], **texts}


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not any(sign in text for sign in ' "\r\n')
