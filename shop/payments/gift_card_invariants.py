"""What must be true of gift cards."""

from collections.abc import Iterator

from shop.payments import gift_card_codes, gift_card_ledger
from shop.platform.invariants import Invariant, Violation, by_sql, rows

BALANCE = """
SELECT card.id, card.id, card.balance, coalesce(sum(entry.amount), 0), card.currency
FROM payments_giftcard AS card LEFT JOIN payments_giftcardentry AS entry ON entry.card_id = card.id
WHERE card.id > %(low)s AND card.id <= %(high)s
GROUP BY card.id
HAVING card.balance <> coalesce(sum(entry.amount), 0)
"""
SPENT = """
SELECT payment.id, orders.number, payment.amount, payment.currency, coalesce(-sum(entry.amount), 0)
FROM payments_payment AS payment
JOIN orders_order AS orders ON orders.id = payment.order_id
JOIN payments_giftcard AS card ON card.id = payment.gift_card_id
LEFT JOIN payments_giftcardentry AS entry ON entry.payment_id = payment.id AND entry.kind = 'spend'
    AND entry.card_id = payment.gift_card_id
WHERE payment.id > %(low)s AND payment.id <= %(high)s AND payment.gift_card_id IS NOT NULL
GROUP BY payment.id, orders.number, card.currency
HAVING payment.amount <> coalesce(-sum(entry.amount), 0) OR payment.currency <> card.currency
"""
GIVEN_BACK = """
SELECT payment.id, orders.number, payment.refunded, payment.currency, coalesce(sum(entry.amount), 0)
FROM payments_payment AS payment
JOIN orders_order AS orders ON orders.id = payment.order_id
LEFT JOIN payments_giftcardentry AS entry ON entry.payment_id = payment.id AND entry.kind = 'give_back'
WHERE payment.id > %(low)s AND payment.id <= %(high)s AND payment.gift_card_id IS NOT NULL
GROUP BY payment.id, orders.number
HAVING payment.refunded <> coalesce(sum(entry.amount), 0)
    OR payment.state = 'refund_due' AND payment.refunded < payment.amount
"""
# One whose part was given back, as another payment brought the whole total, is an order without a card again.
PART = """
SELECT orders.id, orders.number, orders.gift_card_amount, orders.currency, coalesce(sum(payment.amount), 0)
FROM orders_order AS orders
LEFT JOIN payments_payment AS payment ON payment.order_id = orders.id AND payment.method = 'gift_card'
    AND (payment.state = 'paid' OR orders.gift_card_amount > 0)
WHERE orders.id > %(low)s AND orders.id <= %(high)s AND (orders.gift_card_amount > 0 OR payment.id IS NOT NULL)
GROUP BY orders.id
HAVING orders.gift_card_amount <> coalesce(sum(payment.amount), 0)
"""
KEY = """
SELECT id, key_id FROM payments_giftcard
WHERE id > %(low)s AND id <= %(high)s AND balance > 0 AND disabled_at IS NULL AND NOT key_id = ANY (%(known)s)
"""
ENTRIES_ADVICE = (
    "Read the entries of the card and the order's history, and correct the card's balance, with the reason."
)


def _lost_keys(low: int, high: int) -> Iterator[Violation]:
    for pk, key_id in rows(KEY, low=low, high=high, known=gift_card_codes.known_keys()):
        yield Violation(pk, f"gift card {pk}", f"its code was made with the key {key_id}, which is not known here")


INVARIANTS = [
    Invariant(
        name="gift-card-balance-is-its-entries",
        rule="What is on a gift card is the sum of its entries.",
        table="payments_giftcard",
        find=by_sql(BALANCE, "gift card", "{0} {2} on it, {1} by its entries"),
        advice="Run `manage.py fsck --repair`: it counts again. Where that is below zero, correct the balance.",
        repair=gift_card_ledger.recount,
    ),
    Invariant(
        name="order-took-its-part-from-the-card",
        rule="What a gift card paid was taken from it, once.",
        table="payments_payment",
        find=by_sql(SPENT, "order", "{0} {1} paid by gift card, {2} taken from it"),
        advice=ENTRIES_ADVICE,
    ),
    Invariant(
        name="order-gave-its-part-back-to-the-card",
        rule="What was given back of a gift card's payment is on the card again, and nothing of it is still due.",
        table="payments_payment",
        find=by_sql(GIVEN_BACK, "order", "{0} {1} given back of the gift card's payment, {2} onto the card"),
        advice="Run `manage.py fsck --repair`: it gives back what is missing. If too much is on the card, correct it.",
        repair=gift_card_ledger.credit,
    ),
    Invariant(
        name="order-has-its-gift-card-part",
        rule="The part of an order that a gift card paid is the payment by that card.",
        table="orders_order",
        find=by_sql(PART, "order", "{0} {1} by gift card, {2} by its payments"),
        advice="Compare the order with its mail and its payments, which repeat what the customer agreed to.",
    ),
    Invariant(
        name="gift-card-key-is-known",
        rule="The code of each gift card that has money on it can be recognised.",
        table="payments_giftcard",
        find=_lost_keys,
        advice="Put the former SECRET_KEY into GIFT_CARD_OLD_KEYS; without it nobody can use these cards.",
    ),
]
