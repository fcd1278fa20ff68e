"""Gift cards: each order took from one what it says, once, and what is on a card is what its entries leave."""

from collections import defaultdict
from decimal import Decimal

from prove.claims.claim import Claim, counted
from prove.evidence import Evidence, Row
from prove.furnish import GIFT
from prove.plan import SPENDING


def spent_once(evidence: Evidence) -> Claim:
    spent = _spent(evidence)
    spending = {journey.email for journey in evidence.plan.journeys if journey.script in SPENDING}
    orders = evidence.tables["orders"]
    problems = [each for order in orders for each in _wrong(order, spent[order["id"]], may=order["email"] in spending)]
    problems += _miscounted(evidence)
    amounts = [amount for taken in spent.values() for amount in taken]
    total = sum(amounts, Decimal(0))
    return Claim("Each gift card was spent once", f"{counted(len(amounts), 'payment')}, €{total:,.2f}", problems)


def _spent(evidence: Evidence) -> dict[int, list[Decimal]]:
    """Return what each order took from cards, by its id."""
    order_of = {payment["id"]: payment["order_id"] for payment in evidence.tables["payments"]}
    spent: dict[int, list[Decimal]] = defaultdict(list)
    for entry in evidence.tables["gift_card_entries"]:
        if entry["kind"] == "spend":
            spent[order_of[entry["payment_id"]]].append(-entry["amount"])
    return spent


def _wrong(order: Row, spent: list[Decimal], *, may: bool) -> list[str]:
    if spent != ([GIFT] if may else []):
        took = " and ".join(map(str, spent)) or "nothing"
        return [f"Order {order['number']} took {took} from gift cards instead of {GIFT if may else 'nothing'}."]
    if sum(spent) != order["gift_card_amount"]:
        return [f"Order {order['number']} says {order['gift_card_amount']} by gift card, and took {sum(spent)}."]
    return []


def _miscounted(evidence: Evidence) -> list[str]:
    left: dict[int, Decimal] = defaultdict(Decimal)
    for entry in evidence.tables["gift_card_entries"]:
        left[entry["card_id"]] += entry["amount"]
    return [
        f"On gift card {card['id']} are {card['balance']}, and its entries leave {left[card['id']]}."
        for card in evidence.tables["gift_cards"]
        if card["balance"] != left[card["id"]]
    ]
