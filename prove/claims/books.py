"""Orders, money and stock: the books of shop and card provider have to agree."""

from collections import Counter, defaultdict

from prove.claims.claim import Claim, counted
from prove.evidence import Evidence, Row
from prove.plan import ORDER, ORDERING, Journey
from prove.record import CUT, Sample


def orders_once(evidence: Evidence) -> Claim:
    buyers = [journey for journey in evidence.plan.journeys if journey.script in ORDERING]
    problems = evidence.record.about("order")
    for journey in buyers:
        orders = evidence.orders_of(journey)
        if len(orders) > 1:
            problems.append(
                f"{journey.name} ordered once and has {_numbers(orders)}: the order's key is not looked up."
            )
        if not orders and journey.name in evidence.record.seen:
            problems.append(f"{journey.name} was thanked for an order that is not in the database.")
    known = {journey.email for journey in buyers}
    problems += [f"Nobody placed order {o['number']}." for o in evidence.tables["orders"] if o["email"] not in known]
    found = f"{counted(len(evidence.tables['orders']), 'order')}; {_cuts(evidence, buyers)}"
    return Claim("Each order was placed once", found, problems)


def _cuts(evidence: Evidence, buyers: list[Journey]) -> str:
    """Say at which side of the commit processes were killed while they placed an order."""
    cut = [sample for sample in evidence.record.samples if sample.fate == CUT and sample.label == ORDER]
    by_name = {journey.name: journey for journey in buyers}
    after = sum(_was_committed(evidence, by_name[sample.journey], sample) for sample in cut)
    return f"{len(cut)} cut while placing: {len(cut) - after} before the commit, {after} after it"


def _was_committed(evidence: Evidence, journey: Journey, sample: Sample) -> bool:
    moment = sample.at + sample.seconds
    return any(order["placed_at"].timestamp() < moment for order in evidence.orders_of(journey))


def charges_once(evidence: Evidence) -> Claim:
    problems = []
    by_card = [order for order in evidence.tables["orders"] if order["payment_method"] == "card"]
    for order in evidence.tables["orders"]:
        charges = evidence.charges_of(order)
        paid = [charge for charge in charges if charge["status"] == "paid"]
        wanted = 1 if order in by_card else 0
        if len(paid) != wanted or len(charges) != wanted:
            problems.append(
                f"Order {order['number']} was charged {len(paid)} times in {counted(len(charges), 'payment')} at the "
                f"provider instead of {wanted}."
            )
        problems += _wrong_amounts(evidence, order, paid)
    numbers = {order["number"] for order in evidence.tables["orders"]}
    strangers = [charge for charge in evidence.charges if charge["description"] not in numbers]
    problems += [f"The provider has a payment for {charge['description']}, which is no order." for charge in strangers]
    total = sum(charge["amount"] for charge in evidence.charges if charge["status"] == "paid")
    return Claim("Each charge was made once", f"{counted(len(by_card), 'charge')}, €{total / 100:,.2f}", problems)


def _wrong_amounts(evidence: Evidence, order: Row, paid: list[Row]) -> list[str]:
    to_pay = order["total"] - order["gift_card_amount"]
    wrong = [
        f"Order {order['number']} over {to_pay} was charged {charge['amount'] / 100:.2f}."
        for charge in paid
        if charge["amount"] != to_pay * 100
    ]
    own = [row for row in evidence.payments_of(order) if row["state"] == "paid" and row["method"] != "gift_card"]
    if len(own) != len(paid):
        wrong.append(f"Order {order['number']}: the shop knows {len(own)} paid payments, the provider {len(paid)}.")
    return wrong


def stock_once(evidence: Evidence) -> Claim:
    """The ledger adds up to the level, and to each line sold there is one movement."""
    problems = _levels(evidence)
    wanted = Counter(
        (order["number"], line["variant_id"], -line["quantity"])
        for order in evidence.tables["orders"]
        for line in evidence.lines_of(order)
    )
    sold = [row for row in evidence.tables["movements"] if row["reason"] == "sold"]
    found = Counter((row["reference"], row["variant_id"], row["change"]) for row in sold)
    for number, variant, change in sorted((found - wanted).elements()):
        problems.append(f"Stock of variant {variant} moved by {change} once more than order {number} says.")
    for number, variant, change in sorted((wanted - found).elements()):
        problems.append(f"Order {number} took {-change} of variant {variant}, and no movement says so.")
    problems += _corrections(evidence)
    pieces = -sum(row["change"] for row in sold)
    counts = f"{counted(len(sold), 'movement')}, {counted(pieces, 'piece')} sold and taken"
    return Claim("Each stock movement was made once", counts, problems)


def _levels(evidence: Evidence) -> list[str]:
    sums: dict[int, int] = defaultdict(int)
    for row in evidence.tables["movements"]:
        sums[row["variant_id"]] += row["change"]
    return [
        f"Of {row['sku']} {row['on_hand']} are in stock, and the movements add up to {sums[row['variant_id']]}."
        for row in evidence.tables["stocks"]
        if row["on_hand"] != sums[row["variant_id"]]
    ]


def _corrections(evidence: Evidence) -> list[str]:
    """Each member of staff typed one new stock."""
    by_staff = Counter(row["reference"] for row in evidence.tables["movements"] if row["reason"] == "corrected")
    done = [journey for journey in evidence.plan.journeys if journey.script == "staff"]
    return [
        f"{journey.name} corrected a stock once, and {by_staff[f'admin {journey.email}']} movements say so."
        for journey in done
        if journey.name in evidence.record.seen and by_staff[f"admin {journey.email}"] != 1
    ]


def _numbers(orders: list[Row]) -> str:
    return " and ".join(order["number"] for order in orders)
