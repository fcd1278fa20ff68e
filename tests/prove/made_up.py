"""Evidence that nobody left: one guest who bought a lamp, partly by gift card, all well. Tests break one thing."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from prove.evidence import Evidence
from prove.furnish import GIFT
from prove.plan import ORDER, Journey, Plan
from prove.record import OK, Record, Sample

AT = 1_800_000_000.0
GUEST = Journey(1, "guest-card")


def sample(**changes: Any) -> Sample:
    facts = {
        "at": AT,
        "seconds": 0.1,
        "journey": GUEST.name,
        "script": GUEST.script,
        "number": 1,
        "method": "POST",
        "path": "/checkout/",
        "status": 302,
        "pod": "web-1",
        "before": "web-2",
        "fate": OK,
        "label": ORDER,
    }
    return Sample(**{**facts, **changes})


def evidence(**changes: Any) -> Evidence:
    record = Record(began_at=AT - 1)
    record.samples.append(sample())
    record.seen[GUEST.name] = {"total": "24.80"}
    facts = {
        "plan": Plan(0, (GUEST,)),
        "record": record,
        "tables": tables(),
        "charges": [{"description": "A1", "status": "paid", "amount": 1980}],
        "arrivals": [("<mail-1@x>", GUEST.email, AT), ("<mail-2@x>", GUEST.email, AT)],
        "written": {},
        "watched": 10,
        "names": ["web-1", "web-2"],
    }
    return Evidence(**{**facts, **changes})


def tables(**changes: Any) -> dict[str, list[dict[str, Any]]]:
    order = {"id": 1, "number": "A1", "email": GUEST.email, "state": "paid", "payment_method": "card", "user_id": None}
    order |= {"subtotal": 20, "discount": 0, "shipping_price": 4, "tax_total": 3, "total": Decimal("24.80")}
    order["gift_card_amount"] = GIFT
    order["placed_at"] = datetime.fromtimestamp(AT, UTC)
    mail = {"to": GUEST.email}
    done = {"topic": "mail", "done_at": AT, "dead_at": None, "last_error": "", "sends": 1}
    found = {
        "orders": [order],
        "lines": [{"order_id": 1, "variant_id": 9, "sku": "LAMP", "quantity": 1, "total": 20}],
        "payments": [
            {"id": 1, "order_id": 1, "method": "gift_card", "state": "paid"},
            {"id": 2, "order_id": 1, "method": "card", "state": "paid"},
        ],
        "mails": [{"id": 1, "kind": "order_placed", **mail}, {"id": 2, "kind": "order_paid", **mail}],
        "movements": [
            {"variant_id": 9, "change": 10, "reason": "corrected", "reference": ""},
            {"variant_id": 9, "change": -1, "reason": "sold", "reference": "A1"},
        ],
        "stocks": [{"variant_id": 9, "on_hand": 9, "sku": "LAMP"}],
        "outbox": [{"id": 1, **done}],
        "vouchers": [{"id": 1, "code": "PROOF", "used": 0}],
        "redemptions": [],
        "gift_cards": [{"id": 1, "balance": 0}],
        "gift_card_entries": [
            {"card_id": 1, "kind": "issue", "amount": GIFT, "payment_id": None},
            {"card_id": 1, "kind": "spend", "amount": -GIFT, "payment_id": 1},
        ],
    }
    return {**found, **changes}
