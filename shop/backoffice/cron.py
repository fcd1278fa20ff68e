"""Housekeeping: what has to be tidied now and then. Each task finds by itself what is due and does a bounded part of
it, so that a run takes seconds and the next run, a minute later, goes on.
"""

import logging
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from shop.accounts.models import RefreshFamily
from shop.backoffice import fsck
from shop.cart.models import Cart
from shop.catalog import tally
from shop.checkout.models import IdempotencyKey
from shop.orders.models import Order
from shop.payments import gift_card_ledger
from shop.payments import services as payments
from shop.payments.models import Payment
from shop.payments.providers import PROVIDERS
from shop.platform import dead_letters, outbox
from shop.platform.models import Pod, RevokedSession, WebhookDelivery
from shop.platform.postgresql import advisory
from shop.platform.webhooks import endpoints
from shop.privacy import erasure

logger = logging.getLogger("shop.cron")
LOCKS = 420_701  # the first half of the advisory locks' keys; the second is made from the task's name
BATCH = 1_000  # rows deleted at once: short locks, far below the statement time-out
MOST = 20_000  # rows deleted by one task in one run
ORDERS = 200  # orders looked at in one run
PATIENCE = 20  # seconds that one run spends on cancelling orders
ACTOR = "cron"
AT_A_PROVIDER = Q(payment_method__in=PROVIDERS)  # orders that are paid there; others by transfer

DONE_MESSAGES_KEPT = timedelta(days=7)
DISCARDED_MESSAGES_KEPT = timedelta(days=90)
UNFINISHED_PAYMENTS_KEPT = timedelta(hours=2)
UNPAID_TRANSFERS_KEPT = timedelta(days=14)
GUEST_CARTS_KEPT = timedelta(days=90)
EMPTY_CARTS_KEPT = timedelta(days=1)
GIFT_CARDS_ON_CARTS_KEPT = timedelta(days=1)
IDEMPOTENCY_KEYS_KEPT = timedelta(days=30)
SILENT_PODS_KEPT = timedelta(days=1)
WEBHOOK_DELIVERIES_KEPT = timedelta(days=30)


def forget_done_messages() -> int:
    return outbox.prune(older_than=DONE_MESSAGES_KEPT, most=MOST)


def forget_discarded_messages() -> int:
    return dead_letters.prune(older_than=DISCARDED_MESSAGES_KEPT, most=MOST)


def end_expired_sessions() -> int:
    now = timezone.now()
    ended = _delete(Session.objects.filter(expire_date__lt=now))
    return ended + _delete(RevokedSession.objects.filter(expires_at__lt=now))


def end_expired_devices() -> int:
    return _delete(RefreshFamily.objects.filter(expires_at__lt=timezone.now()))


def remove_stale_guest_carts() -> int:
    """Those of long ago, and those of yesterday that nothing was put into."""
    now = timezone.now()
    guests = Cart.objects.open().filter(user=None)
    removed = _delete(guests.filter(updated_at__lt=now - EMPTY_CARTS_KEPT, lines=None))
    return removed + _delete(guests.filter(updated_at__lt=now - GUEST_CARTS_KEPT))


def take_gift_cards_off_idle_carts() -> int:
    """A guest's cart is opened by its id alone, which is in the database: who reads that, or a dump, could order with
    it. So no card stays on one for long; its owner types the code again.
    """
    idle = Cart.objects.open().filter(updated_at__lt=timezone.now() - GIFT_CARDS_ON_CARTS_KEPT, user=None)
    ids = list(idle.exclude(gift_card=None).order_by("updated_at").values_list("pk", flat=True)[:BATCH])
    return idle.filter(pk__in=ids).update(gift_card=None, version=F("version") + 1)


def forget_idempotency_keys() -> int:
    return _delete(IdempotencyKey.objects.filter(created_at__lt=timezone.now() - IDEMPOTENCY_KEYS_KEPT))


def forget_silent_pods() -> int:
    return _delete(Pod.objects.filter(seen_at__lt=timezone.now() - SILENT_PODS_KEPT))


def forget_webhook_deliveries() -> int:
    """Those that arrived, and those that were given up."""
    return _delete(WebhookDelivery.objects.filter(ended_at__lt=timezone.now() - WEBHOOK_DELIVERIES_KEPT))


def cancel_unfinished_payments() -> int:
    """Give back the stock of orders that a provider was to be paid for; one that turns out to be paid stays.

    An attempt to pay counts from its own beginning: days after ordering somebody may choose the card instead of a
    transfer, and be typing its number. However often they try, the order does not wait longer than for a transfer.
    """
    now = timezone.now()
    tried = Payment.objects.filter(order=OuterRef("pk"), created_at__gt=now - UNFINISHED_PAYMENTS_KEPT)
    given_up = ~Exists(tried) | Q(placed_at__lt=now - UNPAID_TRANSFERS_KEPT)
    note = _("The payment was not finished in time.")
    return _cancel_unpaid(AT_A_PROVIDER & given_up, UNFINISHED_PAYMENTS_KEPT, note)


def cancel_unpaid_transfers() -> int:
    """Give back the stock of orders whose money never arrived."""
    return _cancel_unpaid(~AT_A_PROVIDER, UNPAID_TRANSFERS_KEPT, _("The money did not arrive in time."))


def _cancel_unpaid(which: Q, kept: timedelta, note: str) -> int:
    overdue = Order.objects.filter(which, state=Order.State.PLACED, placed_at__lt=timezone.now() - kept)
    ids = list(overdue.order_by("placed_at").values_list("pk", flat=True)[:ORDERS])
    return sum(_cancel(order_id, note) for order_id in _in_time(ids))


def _cancel(order_id: int, note: str) -> bool:
    order = payments.cancel_order(order_id=order_id, actor=ACTOR, note=note, unless_paid=True)
    return order.state == Order.State.CANCELLED


def _in_time(ids: Iterable[int]) -> Iterator[int]:
    """Stop after PATIENCE: the payment provider is asked about each, and it may be slow."""
    begun = time.monotonic()
    for order_id in ids:
        if time.monotonic() - begun > PATIENCE:
            return
        yield order_id


def _delete(rows: QuerySet) -> int:  # type: ignore[type-arg]
    """Delete up to MOST rows, BATCH at a time, each in its own transaction; return how many."""
    deleted = 0
    while deleted < MOST:
        count = _delete_batch(rows)
        deleted += count
        if count < BATCH:
            break
    return deleted


@transaction.atomic
def _delete_batch(rows: QuerySet) -> int:  # type: ignore[type-arg]
    """Rows that somebody changes at this moment are passed over, as a cart whose owner comes back and fills it."""
    locked = rows.select_for_update(skip_locked=True, of=("self",))
    ids = list(locked.values_list("pk", flat=True)[:BATCH])
    rows.model._default_manager.filter(pk__in=ids).delete()
    return len(ids)


TASKS: dict[str, Callable[[], int]] = {
    "forget done messages": forget_done_messages,
    "forget discarded messages": forget_discarded_messages,
    "end expired sessions": end_expired_sessions,
    "end expired devices": end_expired_devices,
    "ask about open payments": payments.reconcile,  # first, so that what was paid is not cancelled
    "cancel unfinished payments": cancel_unfinished_payments,
    "cancel unpaid transfers": cancel_unpaid_transfers,
    "give back to gift cards": gift_card_ledger.credit_due,
    "take gift cards off idle carts": take_gift_cards_off_idle_carts,
    "erase what is not needed any more": erasure.finish_due,
    "remove stale guest carts": remove_stale_guest_carts,
    "forget idempotency keys": forget_idempotency_keys,
    "forget silent pods": forget_silent_pods,
    "forget webhook deliveries": forget_webhook_deliveries,
    "tidy secrets of webhooks": endpoints.tidy,
    "count the catalogue": tally.count_first,
    "fold the counts of the catalogue": tally.fold,
    "check the store": fsck.check_daily,  # last: on a large store it takes minutes, once a day
}


def run_all(tasks: dict[str, Callable[[], int]] | None = None) -> list[str]:
    """Run each task once, unless another pod is at it. A failure is logged and does not keep the others from running.

    Returns the names of the tasks that failed.
    """
    return [name for name, task in (tasks or TASKS).items() if not _run(name, task)]


def _run(name: str, task: Callable[[], int]) -> bool:
    begun = time.monotonic()
    try:
        with advisory.unless_held(*lock_of(name)) as is_alone:
            count = task() if is_alone else 0
    except Exception:
        logger.exception("housekeeping failed", extra={"task": name})
        connection.close_if_unusable_or_obsolete()  # the next task gets another one then
        return False
    outcome = "housekeeping done" if is_alone else "housekeeping is at work elsewhere"
    logger.info(outcome, extra={"task": name, "count": count, "seconds": round(time.monotonic() - begun, 3)})
    return True


def lock_of(name: str) -> tuple[int, int]:
    """Return the key of the advisory lock that a task holds while it runs."""
    return LOCKS, zlib.crc32(name.encode()) & 0x7FFFFFFF
