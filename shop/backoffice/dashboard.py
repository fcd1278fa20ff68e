"""The admin's front page: today's trade, and what waits for somebody."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from shop.accounts.models import User
from shop.backoffice.filters import LOW
from shop.backoffice.keeping import kept
from shop.backoffice.to_do import few, tasks
from shop.inventory.models import Stock
from shop.money import Money
from shop.orders.models import Order
from shop.payments.models import Payment

DAYS = 30
SHOWN = 8  # rows of each list
LATEST = ("number", "placed_at", "email", "state", "total", "currency")  # what is shown of an order
VARIANT = ("variant__option_values", "variant__sku", "variant__product__title")
BAR = """<li style="--height: {}%"{} title="{}"><span class="bo-bar"></span><span class="bo-hidden">{}</span></li>"""
NONE = ' class="bo-none"'
PAID = Q(paid_at__isnull=False)  # what was ordered and not paid yet is no revenue


@dataclass(frozen=True)
class Day:
    """The orders of one day, and what of them is paid; `height` is its share of the best day, in percent."""

    date: date
    revenue: Money
    orders: int
    paid: int
    height: float


def dashboard(user: User | AnonymousUser) -> dict[str, Any]:
    """Return what the front page shows to this member of staff, by their rights."""
    context: dict[str, Any] = {"tasks": list(tasks(user)), "low": LOW, "days_shown": DAYS}
    if user.has_perm("orders.view_order"):
        days = _days()
        revenue = sum((day.revenue.amount for day in days), Decimal(0))
        paid = sum(day.paid for day in days)
        context |= {
            "today": _today(),
            "days": days,
            "bars": bars(days),
            "revenue": Money(revenue, settings.SHOP_CURRENCY),
            "orders": sum(day.orders for day in days),
            "paid": paid,
            "average": Money(revenue / paid, settings.SHOP_CURRENCY) if paid else None,
            "latest": list(Order.objects.only(*LATEST).order_by("-placed_at", "-id")[:SHOWN]),
        }
    if user.has_perm("catalog.view_variant"):
        context["few"] = list(_few())
    return context


def _few() -> "QuerySet[Stock]":
    ids = kept("backoffice:few", lambda: list(few().order_by("on_hand", "id").values_list("pk", flat=True)[:SHOWN]))
    rows = Stock.objects.filter(pk__in=ids).select_related("variant__product").only("on_hand", *VARIANT)
    return rows.order_by("on_hand", "id")


def bars(days: list[Day]) -> SafeString:
    """Return the revenue of each day as a bar, and as a text for who cannot see it."""
    made = []
    for day in days:
        (long, short), sum_ = _words(day.date, get_language()), str(day.revenue)
        css = "" if day.paid else NONE
        made.append(BAR.format(day.height, css, escape(f"{long}: {sum_}, {day.paid}"), escape(f"{short}: {sum_}")))
    return mark_safe("".join(made))  # noqa: S308 - of escaped parts


@lru_cache(maxsize=256)  # per-pod: a calculation from its arguments
def _words(day: date, _language: str) -> tuple[str, str]:
    """How the language that is spoken now names a day: with its day of the week, and without."""
    return date_format(day, "D j M"), date_format(day, "j M")


def _today() -> dict[str, Any]:
    today = timezone.localdate()
    found = _sold(today).aggregate(orders=Count("pk"), revenue=Sum("total", filter=PAID, default=Decimal(0)))
    revenue = found["revenue"] - sum(_given_back(today).values())
    return {"orders": found["orders"], "revenue": Money(revenue, settings.SHOP_CURRENCY)}


def _sold(since: date) -> "QuerySet[Order]":
    begin = timezone.make_aware(datetime.combine(since, time.min))
    return Order.objects.filter(placed_at__gte=begin).exclude(state=Order.State.CANCELLED)


def _given_back(since: date) -> dict[str, Decimal]:
    """What was given back of the payments of these orders, by the day of the order; cancelled ones count nothing."""
    kept_partly = Payment.objects.filter(state=Payment.State.PAID, refunded__gt=0, order__in=_sold(since))
    rows = kept_partly.annotate(day=TruncDate("order__placed_at")).values("day").order_by("day")
    return {row["day"].isoformat(): row["sum"] for row in rows.annotate(sum=Sum("refunded"))}


def _days() -> list[Day]:
    """The last DAYS days, oldest first, those without orders too."""
    today = timezone.localdate()
    sums = kept(f"backoffice:sales:{today}", lambda: _sums(today - timedelta(days=DAYS - 1)))
    best = max((Decimal(revenue) for revenue, *_counts in sums.values()), default=Decimal(0)) or Decimal(1)
    days = []
    for back in range(DAYS - 1, -1, -1):
        day = today - timedelta(days=back)
        revenue, orders, paid = sums.get(day.isoformat(), ("0", 0, 0))
        money = Money(Decimal(revenue), settings.SHOP_CURRENCY)
        days.append(Day(day, money, orders, paid, round(float(money.amount / best * 100), 1)))
    return days


def _sums(since: date) -> dict[str, tuple[str, int, int]]:
    """What was ordered on each day: how much of it is paid and was kept, how many orders, how many paid ones."""
    rows = _sold(since).annotate(day=TruncDate("placed_at")).values("day").order_by("day")
    revenue = Sum("total", filter=PAID, default=Decimal(0))
    totals = rows.annotate(revenue=revenue, orders=Count("pk"), paid=Count("pk", filter=PAID))
    back, sums = _given_back(since), {}
    for row in totals:
        day = row["day"].isoformat()
        sums[day] = str(row["revenue"] - back.get(day, 0)), row["orders"], row["paid"]
    return sums
