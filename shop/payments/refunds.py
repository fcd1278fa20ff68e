"""Money that was given back.

Staff send it, at the bank or the provider, and write it down here. What a gift card paid goes back onto the card by
being written down.
"""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from shop.money import Money
from shop.notifications import services as notifications
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.summary import summary
from shop.payments import gift_card_ledger
from shop.payments.errors import NothingToRefund, RefundedMeanwhile, RefundOtherFirst, RefundTooLarge
from shop.payments.models import GIFT_CARD, Payment


def refund(*, payment_id: int, amount: Decimal, seen: Decimal, actor: str = "", note: str = "") -> Payment:
    """Write down that `amount` of a payment was given back: all of it, or a part. The customer gets a mail.

    `seen`: what had been given back when the amount was chosen, so that two who do it at once do it once. Raises
    NothingToRefund, RefundedMeanwhile, RefundTooLarge, RefundOtherFirst; nothing is changed then.
    """
    with transaction.atomic():
        order_id = Payment.objects.values_list("order_id", flat=True).get(pk=payment_id)
        order = orders.locked(order_id)
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        _check(payment, Money(amount, payment.currency), seen)
        if payment.is_gift_card:
            _check_last(order)
            gift_card_ledger.give_back(payment, amount, actor=actor, note=note)
        else:
            payment.refunded += amount
            payment.save(update_fields=["refunded"])
        _tell(order, payment, Money(amount, payment.currency), actor=actor, note=note)
    return payment


def _check(payment: Payment, wanted: Money, seen: Decimal) -> None:
    if payment.refunded != seen:
        raise RefundedMeanwhile
    if not payment.left:
        raise NothingToRefund
    if not Money(Decimal(0), payment.currency) < wanted <= payment.left:
        message = _("At most %(left)s of this payment can be given back, and at least one cent.")
        raise RefundTooLarge(message % {"left": payment.left})


def _check_last(order: Order) -> None:
    """Raises RefundOtherFirst if money is left of what the customer paid without the card."""
    for other in order.payments.exclude(method=GIFT_CARD):
        if other.left:
            raise RefundOtherFirst(other.left)


def _tell(order: Order, payment: Payment, money: Money, *, actor: str, note: str) -> None:
    said = _("%(money)s given back. %(note)s") % {"money": money, "note": note}
    orders.note(order_id=order.pk, text=said.strip(), actor=actor)
    notifications.queue(
        kind="order_refunded",
        to=order.email,
        context={**summary(order, list(order.lines.all())), "refunded": money.display(), "onto_card": _card(payment)},
        dedupe_key=f"order_refunded:{payment.pk}:{payment.refunded}",
        language=order.language,
    )


def _card(payment: Payment) -> str:
    """The last four characters of the card that got the money; empty if it was sent."""
    return payment.gift_card.last_four if payment.gift_card else ""
