"""The admin's front page: today's trade, and what waits for somebody."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shop.accounts.models import User
from shop.backoffice.filters import LOW, MailStateFilter, low_stock
from shop.inventory.models import Stock
from shop.money import Money
from shop.notifications.models import Mail
from shop.orders.models import Order
from shop.payments.models import Payment
from shop.platform.models import Inspection, OutboxMessage

DAYS = 30
SHOWN = 8  # rows of each list
MOST = 1_000  # things to do are counted up to here
KEPT = 60  # seconds: sums over many rows are made once a minute, not once a page


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


@dataclass(frozen=True)
class Day:
    """The orders of one day; `height` is its share of the best day, in percent."""

    date: date
    revenue: Money
    orders: int
    height: float


def dashboard(user: User | AnonymousUser) -> dict[str, Any]:
    """Return what the front page shows to this member of staff, by their rights."""
    context: dict[str, Any] = {"tasks": list(_tasks(user)), "low": LOW, "days_shown": DAYS}
    if user.has_perm("orders.view_order"):
        days = _days()
        revenue = sum((day.revenue.amount for day in days), Decimal(0))
        orders = sum(day.orders for day in days)
        context |= {
            "today": _today(),
            "days": days,
            "revenue": Money(revenue, settings.SHOP_CURRENCY),
            "orders": orders,
            "average": Money(revenue / orders, settings.SHOP_CURRENCY) if orders else None,
            "latest": list(Order.objects.order_by("-placed_at", "-id")[:SHOWN]),
        }
    if user.has_perm("catalog.view_variant"):
        ids = _kept(
            "backoffice:few", lambda: list(_few().order_by("on_hand", "id").values_list("pk", flat=True)[:SHOWN])
        )
        few = Stock.objects.filter(pk__in=ids).select_related("variant__product")
        context["few"] = list(few.order_by("on_hand", "id"))
    return context


def _today() -> dict[str, Any]:
    found = _sold(timezone.localdate()).aggregate(orders=Count("pk"), revenue=Sum("total"))
    return {"orders": found["orders"], "revenue": Money(found["revenue"] or Decimal(0), settings.SHOP_CURRENCY)}


def _sold(since: date) -> "QuerySet[Order]":
    begin = timezone.make_aware(datetime.combine(since, time.min))
    return Order.objects.filter(placed_at__gte=begin).exclude(state=Order.State.CANCELLED)


def _days() -> list[Day]:
    """The last DAYS days, oldest first, those without orders too."""
    today = timezone.localdate()
    sums = _kept(f"backoffice:days:{today}", lambda: _sums(today - timedelta(days=DAYS - 1)))
    best = max((Decimal(revenue) for revenue, _orders in sums.values()), default=Decimal(0)) or Decimal(1)
    days = []
    for back in range(DAYS - 1, -1, -1):
        day = today - timedelta(days=back)
        revenue, orders = sums.get(day.isoformat(), ("0", 0))
        money = Money(Decimal(revenue), settings.SHOP_CURRENCY)
        days.append(Day(day, money, orders, round(float(money.amount / best * 100), 1)))
    return days


def _sums(since: date) -> dict[str, tuple[str, int]]:
    rows = _sold(since).annotate(day=TruncDate("placed_at")).values("day").order_by("day")
    totals = rows.annotate(revenue=Sum("total"), orders=Count("pk")).values_list("day", "revenue", "orders")
    return {day.isoformat(): (str(revenue), orders) for day, revenue, orders in totals}


def _tasks(user: User | AnonymousUser) -> Iterator[Task]:
    """Yield what there is to do, in the order in which it is urgent."""
    yield from (task for may, make in _SOURCES if user.has_perm(may) for task in make() if task.count)


def _order_tasks() -> Iterator[Task]:
    orders = reverse("admin:orders_order_changelist")
    to_ship = _count(Order.objects.filter(state=Order.State.PAID))
    yield Task(to_ship, _("paid orders to ship"), f"{orders}?state__exact=paid", "local_shipping", urgent=True)
    unpaid = _count(Order.objects.filter(state=Order.State.PLACED, payment_method="bank_transfer"))
    waiting = f"{orders}?state__exact=placed&payment_method=bank_transfer"
    yield Task(unpaid, _("orders waiting for a bank transfer"), waiting, "account_balance")


def _payment_tasks() -> Iterator[Task]:
    due = _count(Payment.objects.filter(state=Payment.State.REFUND_DUE))
    link = reverse("admin:payments_payment_changelist") + "?state__exact=refund_due"
    yield Task(due, _("payments to refund"), link, "currency_exchange", urgent=True)


def _mail_tasks() -> Iterator[Task]:
    lost = _count(Mail.objects.filter(MailStateFilter.rows["given_up"]))
    link = reverse("admin:notifications_mail_changelist") + "?state=given_up"
    yield Task(lost, _("mails given up"), link, "unsubscribe", urgent=True)


def _outbox_tasks() -> Iterator[Task]:
    dead = _count(OutboxMessage.objects.dead())
    link = reverse("admin:platform_deadletter_changelist")
    yield Task(dead, _("dead letters: work that was given up"), link, "error", urgent=True)


def _inspection_tasks() -> Iterator[Task]:
    bad = [row for row in Inspection.objects.exclude(ended_at=None) if not row.is_good]
    link = reverse("admin:platform_inspection_changelist")
    yield Task(len(bad), _("inspections that found something wrong"), link, "fact_check", urgent=True)


def _stock_tasks() -> Iterator[Task]:
    count = _kept("backoffice:low-stock", lambda: _count(_few()))
    link = reverse("admin:catalog_variant_changelist") + "?stock=low"
    yield Task(count, _("variants with little or no stock left"), link, "inventory_2")


_SOURCES = (
    ("orders.view_order", _order_tasks),
    ("payments.view_payment", _payment_tasks),
    ("notifications.view_mail", _mail_tasks),
    ("platform.view_deadletter", _outbox_tasks),
    ("platform.view_inspection", _inspection_tasks),
    ("catalog.view_variant", _stock_tasks),
)


def _few() -> "QuerySet[Stock]":
    return low_stock().filter(variant__product__published=True)


def _count(rows: "QuerySet[Any]") -> int:
    return rows.order_by()[:MOST].count()


def _kept(key: str, make: Any) -> Any:
    """Return what Redis keeps under `key`; without Redis it is made each time."""
    found = cache.get(key)
    if found is None:
        found = make()
        cache.set(key, found, KEPT)
    return found
