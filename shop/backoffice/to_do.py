"""What waits for somebody, as the front page shows it and the sidebar counts it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import ngettext_lazy

from shop.accounts.models import User
from shop.backoffice.counting import Rows, counted
from shop.backoffice.filters import MailStateFilter, low_stock
from shop.backoffice.keeping import kept
from shop.inventory.models import Stock
from shop.notifications.models import Mail
from shop.orders.models import Order
from shop.payments.models import Payment
from shop.platform.models import Inspection, OutboxMessage, WebhookEndpoint

MOST = 1_000  # things to do are counted up to here


@dataclass(frozen=True)
class Task:
    """Something that waits for somebody: how many, of what, and where to go."""

    count: int
    text: Any
    link: str
    icon: str
    urgent: bool = False

    @property
    def shown(self) -> str:
        return f"{self.count}+" if self.count >= MOST else str(self.count)


class Source(NamedTuple):
    """`right`: who may see it. `text`: singular and plural, without the number.

    `link`: of its list in the backoffice, and the query that shows just these rows.
    """

    right: str
    rows: Rows
    text: Any
    link: tuple[str, str]
    icon: str
    urgent: bool = True


def few() -> "QuerySet[Stock]":
    """Stock of what is sold, of which little is left."""
    return low_stock().filter(variant__product__published=True)


def dead_letters() -> "QuerySet[OutboxMessage]":
    return OutboxMessage.objects.dead()


def _to_ship() -> "QuerySet[Order]":
    return Order.objects.filter(state=Order.State.PAID)


def _unpaid() -> "QuerySet[Order]":
    return Order.objects.filter(state=Order.State.PLACED, payment_method="bank_transfer")


def _refunds_due() -> "QuerySet[Payment]":
    return Payment.objects.to_refund()


def _lost_mail() -> "QuerySet[Mail]":
    return Mail.objects.filter(MailStateFilter.rows["given_up"])


def _bad_inspections() -> "QuerySet[Inspection]":
    return Inspection.objects.exclude(ended_at=None).exclude(good_at=F("ended_at"))


def _bad_webhooks() -> "QuerySet[WebhookEndpoint]":
    return WebhookEndpoint.objects.failing() | WebhookEndpoint.objects.given_up()


# In the order in which it is urgent
SOURCES = (
    Source(
        "orders.view_order",
        _to_ship,
        ngettext_lazy("paid order to ship", "paid orders to ship"),
        ("orders_order", "?state__exact=paid"),
        "local_shipping",
    ),
    Source(
        "orders.view_order",
        _unpaid,
        ngettext_lazy("order waiting for a bank transfer", "orders waiting for a bank transfer"),
        ("orders_order", "?state__exact=placed&payment_method=bank_transfer"),
        "account_balance",
        urgent=False,
    ),
    Source(
        "payments.view_payment",
        _refunds_due,
        ngettext_lazy("payment to refund", "payments to refund"),
        ("payments_payment", "?state=refund_due"),
        "currency_exchange",
    ),
    Source(
        "notifications.view_mail",
        _lost_mail,
        ngettext_lazy("mail given up", "mails given up"),
        ("notifications_mail", "?state=given_up"),
        "unsubscribe",
    ),
    Source(
        "platform.view_deadletter",
        dead_letters,
        ngettext_lazy("dead letter: work that was given up", "dead letters: work that was given up"),
        ("platform_deadletter", ""),
        "error",
    ),
    Source(
        "platform.view_inspection",
        _bad_inspections,
        ngettext_lazy("inspection that found something wrong", "inspections that found something wrong"),
        ("platform_inspection", ""),
        "fact_check",
    ),
    Source(
        "platform.view_webhookendpoint",
        _bad_webhooks,
        ngettext_lazy(
            "webhook where nothing arrives, or that was switched off for it",
            "webhooks where nothing arrives, or that were switched off for it",
        ),
        ("platform_webhookendpoint", ""),
        "webhook",
    ),
)
LOW_STOCK = Source(
    "catalog.view_variant",
    few,
    ngettext_lazy("variant with little or no stock left", "variants with little or no stock left"),
    ("catalog_variant", "?stock=low"),
    "inventory_2",
    urgent=False,
)


def tasks(user: User | AnonymousUser) -> Iterator[Task]:
    """Yield what there is to do for this member of staff, the urgent first."""
    sources = [source for source in SOURCES if user.has_perm(source.right)]
    counts = counted(*(source.rows for source in sources), most=MOST)
    if user.has_perm(LOW_STOCK.right):
        sources.append(LOW_STOCK)
        counts.append(kept("backoffice:low-stock", lambda: counted(LOW_STOCK.rows, most=MOST)[0]))
    yield from (_task(source, count) for source, count in zip(sources, counts, strict=True) if count)


def _task(source: Source, count: int) -> Task:
    name, query = source.link
    link = reverse(f"admin:{name}_changelist") + query
    return Task(count, source.text % count, link, source.icon, urgent=source.urgent)
