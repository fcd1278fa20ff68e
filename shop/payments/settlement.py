"""What a provider says about a payment is acted on here, whoever brings the news: webhook, returning browser, or
housekeeping.

They may come at once, several times and in any order. Locks: the order first, then the payment.
"""

import logging
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from shop.orders import events
from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments import gift_card_ledger
from shop.payments.errors import NoSuchPayment
from shop.payments.models import GIFT_CARD, Payment, PaymentEvent
from shop.payments.providers.contract import ProviderState, Status, WebhookEvent

logger = logging.getLogger("shop.payments")
ACTOR = "payment provider"


def settle(payment_id: int, state: ProviderState) -> Payment:
    """Act on how a payment stands at its provider: once, whoever says it first. Repeated and late news changes nothing.

    Money that arrived pays the order if the order waits for it; else it becomes a refund that is due, and the order's
    history says so.
    """
    with transaction.atomic():
        order_id = Payment.objects.values_list("order_id", flat=True).get(pk=payment_id)
        order = orders.locked(order_id)
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        payment.checked_at = timezone.now()
        if state.status != Status.OPEN:
            payment.reference = payment.reference or state.reference
            payment.to_void = payment.to_void and state.reference != payment.reference
        payment.save(update_fields=["checked_at", "reference", "to_void"])
        if state.status == Status.PAID:
            _money_arrived(order, payment, state)
        elif state.status != Status.OPEN and payment.is_open and state.reference == payment.reference:
            payment.close(Payment.State(state.status.value), state.message)
        return payment


def record_webhook(event: WebhookEvent, *, provider: str) -> bool:
    """Keep a provider's message and act on it, in one transaction. Returns False if it was received before.

    A second delivery at the same moment waits for the first at the order's lock. Raises NoSuchPayment.
    """
    with transaction.atomic():
        payment = Payment.objects.filter(public_id=event.payment, method=provider).first()
        if payment is None:
            raise NoSuchPayment
        orders.locked(payment.order_id)
        facts = {
            "payment": payment,
            "kind": event.kind,
            "state": event.state.status.value,
            "occurred_at": event.occurred_at,
        }
        _row, is_new = PaymentEvent.objects.get_or_create(provider=provider, event_id=event.event_id, defaults=facts)
        if is_new:
            settle(payment.pk, event.state)
        return is_new


def _money_arrived(order: Order, payment: Payment, state: ProviderState) -> None:
    if payment.state in (Payment.State.PAID, Payment.State.REFUND_DUE):
        return
    objection = _objection(order, payment, state)
    if objection:
        owe_back(order, payment, objection)
        orders.note(order_id=order.pk, text=objection, actor=ACTOR)
        logger.warning("payment has to be refunded", extra={"payment": payment.pk, "order": order.number})
        return
    payment.close(Payment.State.PAID)
    if payment.money != order.to_pay:
        return_card_part(order)
    orders.mark_paid(order_id=order.pk, actor=ACTOR, note=payment.reference)


def owe_back(order: Order, payment: Payment, message: str = "") -> None:
    """Note that the payment's money has to be given back; a gift card gets it at once.

    Within the caller's locks on order and payment.
    """
    payment.close(Payment.State.REFUND_DUE, message)
    if not payment.is_gift_card:
        events.tell_refund_due(order, payment=str(payment.public_id), method=payment.method, money=payment.money)
    elif payment.left:
        left = payment.left
        gift_card_ledger.give_back(payment, left.amount, note=order.number)
        said = _("%(money)s went back onto the gift card %(card)s.")
        orders.note(order_id=order.pk, text=said % {"money": left, "card": payment.gift_card})


def return_card_part(order: Order) -> None:
    """Give a gift card its part back, because another payment brought the whole total: a pod of the release before gift
    cards asked for that. Within the caller's lock on the order.
    """
    for payment in order.payments.select_for_update(of=("self",)).filter(method=GIFT_CARD, state=Payment.State.PAID):
        owe_back(order, payment, _("The order was paid without the gift card."))
    order.gift_card_amount = Decimal(0)
    order.save(update_fields=["gift_card_amount"])


def return_card_parts(order_ids: Sequence[int]) -> None:
    """Do the same for orders whose other payment, of the whole total, was settled by a pod of that release."""
    for order_id in order_ids:
        with transaction.atomic():
            order = orders.locked(order_id)
            sent = order.payments.filter(state=Payment.State.PAID).exclude(method=GIFT_CARD)
            if order.gift_card_amount and any(payment.money == order.money for payment in sent):
                return_card_part(order)


def _objection(order: Order, payment: Payment, state: ProviderState) -> str:
    """Say why money that arrived does not pay the order; empty if it does."""
    facts = {"received": state.money, "expected": payment.money, "reference": state.reference}
    wanted = (order.to_pay, order.money)  # the second: see return_card_part()
    if state.reference != payment.reference or state.money != payment.money or payment.money not in wanted:
        text = _("%(received)s arrived instead of %(expected)s (%(reference)s): to be checked and refunded.")
        return text % facts
    if order.state != Order.State.PLACED:
        facts["state"] = order.get_state_display()
        text = _("%(received)s arrived (%(reference)s) when the order was %(state)s: to be refunded.")
        return text % facts
    return ""
