"""Vouchers: who redeemed one used it once, and what is counted of it are these uses."""

from collections import Counter

from prove.claims.claim import Claim, counted
from prove.evidence import Evidence, Row
from prove.plan import REDEEMING


def used_once(evidence: Evidence) -> Claim:
    uses = {row["order_id"]: row for row in evidence.tables["redemptions"] if not row["released_at"]}
    redeeming = {journey.email for journey in evidence.plan.journeys if journey.script in REDEEMING}
    orders = evidence.tables["orders"]
    problems = [problem for order in orders for problem in _wrong(order, uses, may=order["email"] in redeeming)]
    problems += _miscounted(evidence, list(uses.values()))
    off = sum(row["amount"] for row in uses.values())
    return Claim("Each voucher was used once", f"{counted(len(uses), 'use')}, €{off:,.2f} off", problems)


def _wrong(order: Row, uses: dict[int, Row], *, may: bool) -> list[str]:
    use = uses.get(order["id"])
    if bool(use) != may:
        return [f"Order {order['number']} has {bool(use):d} uses of a voucher instead of {may:d}."]
    if use and use["amount"] != order["discount"]:
        return [f"Order {order['number']} is {order['discount']} less, and its use of a voucher {use['amount']}."]
    return []


def _miscounted(evidence: Evidence, uses: list[Row]) -> list[str]:
    by_voucher = Counter(row["voucher_id"] for row in uses)
    return [
        f"Of voucher {row['code']} {row['used']} uses are counted, and {by_voucher[row['id']]} orders have it."
        for row in evidence.tables["vouchers"]
        if row["used"] != by_voucher[row["id"]]
    ]
