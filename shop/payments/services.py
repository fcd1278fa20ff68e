"""Paying an order.

Locks are taken in one order everywhere: the order first, then its payments, then a gift card. No provider is called
while they are held.
"""

import logging
import time
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments import gift_card_ledger, metrics, providers
from shop.payments.errors import NotPayable, ProviderUnavailable
from shop.payments.models import GIFT_CARD, Payment
from shop.payments.providers.contract import Method
from shop.payments.settlement import owe_back, record_webhook, settle
from shop.platform.postgresql import planned
from shop.pricing.gift_cards import CardTerms

__all__ = [
    "attempt",
    "begin",
    "cancel_order",
    "create",
    "methods",
    "receive",
    "reconcile",
    "record_webhook",
    "refresh",
    "settle",
]
logger = logging.getLogger("shop.payments")
PATIENCE = 20  # seconds that one run of reconcile() may take before the next run goes on


def methods() -> list[Method]:
    """Return the payment methods on offer: each has `code`, `name` and `description`."""
    return providers.offered()


def create(*, order: Order, method: str, gift_card: CardTerms | None = None) -> Payment | None:
    """Write the first payment of an order, in the caller's transaction; calls no service.

    `gift_card` pays the order's `gift_card_amount`; the payment that is returned is for the rest. An order of which
    nothing is left to pay is paid at once: None, and `order` says so. Raises NoSuchMethod, GiftCardRefused.
    """
    if order.to_pay or method != GIFT_CARD:
        providers.check_offered(method)
    by_card = _by_card(order, gift_card) if gift_card and order.gift_card_amount else None
    rest = Payment(order=order, method=method, **_asked(order)) if order.to_pay else None
    planned.insert([payment for payment in (by_card, rest) if payment])
    if by_card:
        gift_card_ledger.spend(by_card)
    if rest is None:
        _nothing_left(order)
    return rest


def _by_card(order: Order, card: CardTerms) -> Payment:
    """Return the payment of a gift card's part. Its reference is unique, so an order has one such payment at most."""
    facts = {"amount": order.gift_card_amount, "currency": order.currency, "reference": order.number}
    paid = {"state": Payment.State.PAID, "settled_at": timezone.now()}
    transaction.on_commit(metrics.results.labels(GIFT_CARD, Payment.State.PAID).inc, robust=True)
    return Payment(order=order, method=GIFT_CARD, gift_card_id=card.pk, **facts, **paid)


def _asked(order: Order) -> dict[str, Any]:
    """Return the amount that a method other than a gift card has to bring."""
    return {"amount": order.to_pay.amount, "currency": order.currency}


def _nothing_left(order: Order) -> None:
    note = _("Paid by gift card.") if order.gift_card_amount else _("There was nothing to pay.")
    orders.mark_paid(order_id=order.pk, note=note)
    order.refresh_from_db(fields=["state", "paid_at"])


def attempt(*, order_id: int, method: str) -> Payment:
    """Return the order's open payment by `method`, or a new one if the last failed or went another way.

    Call it outside any transaction: it asks the provider first, so that nobody is sent to a closed page or pays twice.
    Raises NoSuchMethod, NotPayable, ProviderUnavailable.
    """
    providers.check_offered(method)
    for payment in Payment.objects.open().begun().filter(order_id=order_id).select_related("order"):
        if payment.method == method and payment.money == payment.order.to_pay:
            refresh(payment.pk)
        else:
            _void(payment)
    return _open_or_new(order_id, method)


@transaction.atomic
def _open_or_new(order_id: int, method: str) -> Payment:
    order = orders.locked(order_id)
    if order.state != Order.State.PLACED:
        raise NotPayable(state=order.state)
    payment = _open_payment(order)
    if payment and payment.method == method and payment.money == order.to_pay:
        return payment
    if payment:
        payment.to_void = bool(payment.reference)  # its provider did not answer, and may have charged a card
        payment.save(update_fields=["to_void"])
        payment.close(Payment.State.CANCELLED, _("Another method was chosen."))
    Order.objects.filter(pk=order.pk).update(payment_method=method)
    return Payment.objects.create(order=order, method=method, **_asked(order))


def begin(payment_id: int, *, return_url: str, webhook_url: str) -> Payment:
    """Announce a payment to its provider and keep where to send the customer (`redirect_url`, may be empty).

    Call it outside any transaction, as often as needed: two pods at once end with one payment at the provider.
    Raises ProviderUnavailable; the order stands then and the payment can be begun again.
    """
    payment = Payment.objects.select_related("order").get(pk=payment_id)
    provider = providers.provider(payment.method)
    if provider is None or payment.redirect_url or not payment.is_open:
        return payment
    started = provider.start(payment, return_url=return_url, webhook_url=webhook_url)
    # A webhook may have been faster than this answer, and then have left the reference already.
    same = Payment.objects.filter(pk=payment_id, reference__in=("", started.reference))
    same.update(reference=started.reference, redirect_url=started.redirect_url)
    # Closed here while it was being announced: nobody is sent there, and reconcile() hears its last word.
    same.filter(state=Payment.State.CANCELLED).update(redirect_url="", to_void=True)
    payment.refresh_from_db()
    return payment


def refresh(payment_id: int) -> Payment:
    """Ask the provider how a payment stands and settle it. Raises ProviderUnavailable."""
    payment = Payment.objects.get(pk=payment_id)
    provider = providers.provider(payment.method)
    if provider is None or not payment.reference:
        return payment
    state = provider.fetch(payment.reference)
    return settle(payment_id, state)


def receive(*, order_id: int, actor: str, note: str = "") -> Order:
    """Staff saw the money arrive: the open payment and the order become paid. Repeating changes nothing.

    Raises orders' WrongState for a cancelled order.
    """
    with transaction.atomic():
        order = orders.locked(order_id)
        payment = _open_payment(order)
        paid = orders.mark_paid(order_id=order.pk, actor=actor, note=note)
        if payment and providers.provider(payment.method) is None and order.paid_at:
            owe_back(order, payment)  # a card payment was faster: this money came twice
        elif payment and providers.provider(payment.method) is None:
            payment.close(Payment.State.PAID)
        elif payment and not payment.reference:
            payment.close(Payment.State.CANCELLED)  # one that is open at a provider is voided by reconcile()
    return paid


def cancel_order(*, order_id: int, actor: str = "", note: str = "", unless_paid: bool = False) -> Order:
    """Cancel an order together with its payments; outside any transaction, because the provider is asked first.

    Money that was paid becomes a refund that is due; what a gift card paid is on the card again. With `unless_paid`, an
    order whose money turns out to have arrived stays. A provider that cannot be reached keeps nobody from cancelling:
    `reconcile()` voids later, and what is paid until then is refunded. Raises orders' WrongState.
    """
    for payment in Payment.objects.open().begun().filter(order_id=order_id):
        _void(payment)
    with transaction.atomic():
        order = orders.locked(order_id)
        if unless_paid and order.state != Order.State.PLACED:
            return order
        gift_card_ledger.lock_card_of(order)
        cancelled = orders.cancel(order_id=order_id, actor=actor, note=note)
        _end_payments(cancelled)
    return cancelled


def reconcile(*, older_than: timedelta = timedelta(minutes=2), most: int = 200) -> int:
    """Ask the providers about open payments, those first that were not asked about for longest; return how many.

    It finds what no webhook and no returning browser told us, and voids what an order no longer waits for. Ends after
    PATIENCE seconds, and at once if the provider is away.
    """
    began, done = time.monotonic(), 0
    for payment in _unheard(timezone.now() - older_than, most):
        if time.monotonic() - began > PATIENCE:
            break
        if not _look_at(payment):
            # It may be this payment and not the provider: the next run begins with others.
            Payment.objects.filter(pk=payment.pk).update(checked_at=timezone.now())
            break
        done += 1
    return done


def _unheard(created_before: datetime, most: int) -> list[Payment]:
    """Return payments whose end is not known: to be voided, or open; first those not asked about for longest."""
    begun = Payment.objects.begun().filter(created_at__lt=created_before).select_related("order")
    ordered = begun.order_by(F("checked_at").asc(nulls_first=True), "id")
    found = {*ordered.filter(to_void=True)[:most], *ordered.filter(state=Payment.State.PENDING)[:most]}
    return sorted(found, key=_asked_at)[:most]


def _asked_at(payment: Payment) -> tuple[bool, datetime, int]:
    return payment.checked_at is not None, payment.checked_at or payment.created_at, payment.pk


def _look_at(payment: Payment) -> bool:
    """Ask about a payment, or void it; return False if the provider is away.

    Pods of the release before gift cards ask for too much: such a payment is voided, too.
    """
    order = payment.order
    if payment.to_void or order.state != Order.State.PLACED or payment.money != order.to_pay:
        return _void(payment)
    try:
        refresh(payment.pk)
    except ProviderUnavailable:
        return False
    return True


def _void(payment: Payment) -> bool:
    """Close a payment at its provider, and settle what it turned out to be. Returns False if the provider is away."""
    provider = providers.provider(payment.method)
    if provider is None:
        return True
    try:
        settle(payment.pk, provider.cancel(payment.reference))
    except ProviderUnavailable:
        logger.warning("payment could not be voided", extra={"payment": payment.pk})
        return False
    return True


def _end_payments(order: Order) -> None:
    """In the transaction that cancelled the order. A payment that is open at a provider stays so for reconcile()."""
    for payment in order.payments.select_for_update():
        if payment.is_open and not payment.reference:
            payment.close(Payment.State.CANCELLED)
        elif payment.state == Payment.State.PAID:
            owe_back(order, payment, _("The order was cancelled after it had been paid."))


def _open_payment(order: Order) -> Payment | None:
    return Payment.objects.open().select_for_update().filter(order=order).first()
