"""The money of gift cards: each movement is an entry, written by the statement or in the transaction that changes the
balance.

Locks: a card after its order and payment, before any voucher and stock, when an order is placed and when it is
cancelled. The row that is held for longest is the one that fewest wait for: a card has one owner, a voucher many, and
everybody buys what sells well. An order without a card meets none of this.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shop.errors import ShopError
from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments.models import GiftCard, GiftCardEntry, Payment
from shop.platform.postgresql import planned
from shop.pricing import gift_cards
from shop.pricing.gift_cards import GiftCardChanged, GiftCardRefused, GiftCardUnknown


class GiftCardMoved(ShopError):
    """The balance is not what the member of staff saw."""

    code = "gift_card_moved"
    message = _("The balance has changed since you opened this. Look at it, and begin again.")


class CorrectionRefused(ShopError):
    code = "correction_refused"
    status = 422
    message = _("Write another balance than the present one, not below zero, and the reason.")


MOST = 200  # payments that one run of credit_due() looks at
SPEND = """
WITH taken AS (
    UPDATE payments_giftcard SET balance = balance - %(amount)s::numeric
    WHERE id = %(card)s::bigint AND balance >= %(amount)s::numeric AND currency = %(currency)s::text
        AND disabled_at IS NULL AND coalesce(expires_at > %(now)s, true)
    RETURNING id
)
INSERT INTO payments_giftcardentry (card_id, kind, amount, payment_id, step, actor, note, created_at)
SELECT id, 'spend', -%(amount)s::numeric, %(payment)s::bigint, 0, '', '', %(now)s FROM taken
RETURNING id
"""
# Also onto an expired or disabled card: the money is its owner's. `issued` grows where a correction has taken its room.
GIVE_BACK = """
WITH filled AS (
    UPDATE payments_giftcard
    SET balance = balance + %(amount)s::numeric, issued = greatest(issued, balance + %(amount)s::numeric)
    WHERE id = %(card)s::bigint
    RETURNING id
)
INSERT INTO payments_giftcardentry (card_id, kind, amount, payment_id, step, actor, note, created_at)
SELECT id, 'give_back', %(amount)s::numeric, %(payment)s::bigint, %(step)s::numeric, %(actor)s::text, %(note)s::text,
    %(now)s
FROM filled
RETURNING id
"""
READ = f"SELECT {gift_cards.FACTS} FROM payments_giftcard AS card WHERE "  # noqa: S608 - a text of ours


def spend(payment: Payment) -> None:
    """Take a payment that was just written from its card, in the same transaction; one query.

    Raises GiftCardRefused if the card no longer pays so much; the transaction has to be rolled back then.
    """
    wanted = {"payment": payment.pk, "card": payment.gift_card_id, "amount": payment.amount}
    if not planned.rows(SPEND, {**wanted, "currency": payment.currency, "now": timezone.now()}):
        raise _refusal(payment)


def _refusal(payment: Payment) -> GiftCardRefused:
    """Say why the money could not be taken: the card is read again."""
    found = planned.rows(f"{READ} card.id = %(id)s::bigint", {"id": payment.gift_card_id})
    if not found:
        return GiftCardUnknown()
    return gift_cards.refusal(gift_cards.read(found[0][0]), payment.currency, timezone.now()) or GiftCardChanged()


def lock_card_of(order: Order) -> None:
    """Lock the order's gift card in the transaction that cancels the order, before that touches voucher and stock."""
    if order.gift_card_amount:
        paid = order.payments.values("gift_card")
        list(GiftCard.objects.select_for_update(no_key=True).filter(pk__in=paid).values_list("pk"))


def give_back(payment: Payment, amount: Decimal, *, actor: str = "", note: str = "") -> None:
    """Put money of a payment back on its card, within the locks on order and payment.

    `payment.refunded` counts it and is also the entry's `step`, so that doing it twice is an IntegrityError.
    """
    payment.refunded += amount  # locked: by whoever calls
    payment.save(update_fields=["refunded"])
    _enter(payment, amount, actor=actor, note=note)


def _enter(payment: Payment, amount: Decimal, *, actor: str, note: str) -> None:
    said = {"actor": actor, "note": note[:400], "now": timezone.now()}
    facts = {"payment": payment.pk, "card": payment.gift_card_id, "amount": amount, "step": payment.refunded}
    planned.rows(GIVE_BACK, {**facts, **said})


def credit_due() -> int:
    """Give back what pods of the former release left as refunds that somebody has to send; return how many."""
    due = list(Payment.objects.to_credit().order_by("pk").values_list("pk", flat=True)[:MOST])
    credit(due)
    return len(due)


def credit(payment_ids: Sequence[int]) -> None:
    """Give these payments' cards what they still lack, each in its own transaction. Repeating it changes nothing."""
    for payment_id in payment_ids:
        _credit(payment_id)


@transaction.atomic
def _credit(payment_id: int) -> None:
    orders.locked(Payment.objects.values_list("order_id", flat=True).get(pk=payment_id))
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    missing = payment.refunded - _given_back(payment)  # a pod of the former release noted it and moved nothing
    if missing > 0:
        _enter(payment, missing, actor="", note="")
    if payment.state == Payment.State.REFUND_DUE and payment.left:
        give_back(payment, payment.left.amount)


def _given_back(payment: Payment) -> Decimal:
    entries = payment.gift_card_entries.filter(kind=GiftCardEntry.Kind.GIVE_BACK)
    return _sum(entries)


def _sum(entries: "QuerySet[GiftCardEntry]") -> Decimal:
    return Decimal(entries.aggregate(sum=Sum("amount", default=Decimal(0)))["sum"])


def correct(*, card_id: int, balance: Decimal, seen: Decimal, actor: str, note: str) -> GiftCard:
    """Set the balance of a card, for a reason that stands in its ledger.

    `seen`: the balance when the new one was chosen, so that two who do it at once do it once. Raises GiftCardMoved,
    CorrectionRefused; nothing is changed then.
    """
    with transaction.atomic():
        card = GiftCard.objects.select_for_update(no_key=True).get(pk=card_id)
        if card.balance != seen:
            raise GiftCardMoved
        difference = balance - card.balance
        if balance < 0 or not difference or not note.strip():
            raise CorrectionRefused
        card.balance, card.issued = balance, max(card.issued, balance)
        card.save(update_fields=["balance", "issued"])
        facts = {"kind": GiftCardEntry.Kind.CORRECT, "amount": difference, "actor": actor, "note": note.strip()[:400]}
        GiftCardEntry.objects.create(card=card, **facts)
    return card


def recount(card_ids: Sequence[int]) -> None:
    """Make balances the sums of their entries again. One that would be below zero is left to a person."""
    with transaction.atomic():
        for card in GiftCard.objects.select_for_update(no_key=True).filter(pk__in=card_ids).order_by("pk"):
            balance = _sum(card.entries.all())
            if balance >= 0:
                card.balance, card.issued = balance, max(card.issued, balance)
                card.save(update_fields=["balance", "issued"])
