"""Filters beside the lists, each answered by an index or by few rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import quote_plus

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.options import ModelAdmin
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from shop.catalog import tree
from shop.inventory.models import Stock
from shop.payments.models import Payment
from shop.pricing.models import Redemption, Voucher

INDENT = "\N{EN DASH} "
LOW = 3  # pieces
LATEST = 1_000  # rows whose values are offered
NEWEST_USES = 3_000  # of a voucher
_HERE = "-value-"  # stands for the value of a choice
Choices = Iterable[tuple[Any, Any]]


def low_stock() -> "QuerySet[Stock]":
    """Stock of which few or no pieces are left, and which is not sold without."""
    return Stock.objects.filter(tracked=True, allow_backorder=False, on_hand__lte=LOW)


class QuickFilter(SimpleListFilter):
    """Makes one address for all its choices: Django's writes the whole query string again for each of them."""

    def choices(self, changelist: Any) -> Any:
        chosen, name = self.value(), str(self.parameter_name)
        yield {
            "selected": chosen is None,
            "query_string": changelist.get_query_string(remove=[name]),
            "display": _("All"),
        }
        address = changelist.get_query_string({name: _HERE})
        for value, title in map(tuple, self.lookup_choices):
            here = address.replace(f"{name}={_HERE}", f"{name}={quote_plus(str(value))}")  # of no other parameter
            yield {"selected": chosen == str(value), "query_string": here, "display": title}


class LatestValuesFilter(QuickFilter):
    """The values of a column that its latest rows have: looking for all that a million rows have takes too long."""

    def name(self, value: str) -> Any:
        return value

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> Choices:
        rows = model_admin.model._default_manager.order_by("-pk")
        last = rows.values_list("pk", flat=True).first() or 0
        latest = rows.filter(pk__gt=last - LATEST).order_by().values_list(self.parameter_name, flat=True).distinct()
        return [(value, self.name(value)) for value in sorted({*latest, self.asked_for(request)} - {""})]

    def asked_for(self, request: HttpRequest) -> str:
        return str(request.GET.get(self.parameter_name or "", ""))

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any] | None":
        return queryset.filter(**{str(self.parameter_name): self.value()}) if self.value() else None


class MailKindFilter(LatestValuesFilter):
    title = _("kind")
    parameter_name = "kind"


class QueueFilter(LatestValuesFilter):
    title = _("queue")
    parameter_name = "queue"


class VoucherFilter(LatestValuesFilter):
    """The newest orders that used a voucher: as many as a list counts, found by the index of its uses."""

    title = _("voucher")
    parameter_name = "voucher_code"

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any] | None":
        code = self.value()
        uses = Redemption.objects.filter(voucher=Voucher.objects.filter(code=code).values("pk")[:1]).order_by("-pk")
        return queryset.filter(pk__in=uses.values("order")[:NEWEST_USES]) if code else None


class StockFilter(QuickFilter):
    """For products and for variants: `path` leads from Stock to the rows of the list."""

    title = _("stock")
    parameter_name = "stock"
    path = "variant__product"

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> Choices:
        return [("low", _("%(few)s or fewer left") % {"few": LOW}), ("empty", _("sold out"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any] | None":
        if self.value() not in {"low", "empty"}:
            return None
        few = low_stock() if self.value() == "low" else low_stock().filter(on_hand__lte=0)
        return queryset.filter(Exists(few.filter(**{self.path: OuterRef("pk")})))


class VariantStockFilter(StockFilter):
    path = "variant"


class CategoryFilter(QuickFilter):
    """A category with all below it."""

    title = _("category")
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> Choices:
        below: dict[int | None, list[tree.Node]] = defaultdict(list)
        for node in tree.read():
            below[node.parent_id].append(node)
        return list(_branches(below, None, ""))

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any] | None":
        value = self.value()
        return queryset.filter(facets__contains=[f"c:{value}"]) if value and value.isdecimal() else None


def _branches(below: dict[int | None, list[tree.Node]], parent: int | None, indent: str) -> Iterator[tuple[str, str]]:
    """`below`: the categories right below each other one, in their order."""
    for node in below.get(parent, ()):
        yield str(node.pk), indent + node.name
        yield from _branches(below, node.pk, indent + INDENT)


class StateFilter(QuickFilter):
    """States that are no column. `rows`: their conditions, by value. `otherwise`: while none of them is asked for."""

    title = _("state")
    parameter_name = "state"
    rows: ClassVar[Mapping[str, Q]]
    otherwise: ClassVar[Q | None] = None

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any] | None":
        condition = self.rows.get(self.value() or "", self.otherwise)
        return None if condition is None else queryset.filter(condition)


class OutboxStateFilter(StateFilter):
    rows = {
        "waiting": Q(done_at=None, dead_at=None, sent_at=None),
        "sent": Q(done_at=None, dead_at=None, sent_at__isnull=False),
        "done": Q(done_at__isnull=False),
        "dead": Q(done_at=None, dead_at__isnull=False, discarded_at=None),
        "discarded": Q(done_at=None, dead_at__isnull=False, discarded_at__isnull=False),
    }

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> Choices:
        return [
            ("waiting", _("waiting")), ("sent", _("sent")), ("done", _("done")), ("dead", _("given up")),
            ("discarded", _("discarded")),
        ]  # fmt: skip


class MailStateFilter(StateFilter):
    rows = {
        "waiting": Q(sent_at=None, message__dead_at=None, folded_into=None),
        "folded": Q(sent_at=None, folded_into__isnull=False),
        "sent": Q(sent_at__isnull=False),
        "given_up": Q(sent_at=None, message__dead_at__isnull=False, message__discarded_at=None),
    }

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> Choices:
        first = [("waiting", _("waiting")), ("sent", _("sent"))]
        return [*first, ("folded", _("in a summary")), ("given_up", _("given up"))]


class PaymentStateFilter(StateFilter):
    """By the column; but what was given back is asked for by that, and is not due any more."""

    rows = {
        **{state: Q(state=state) for state in Payment.State.values},
        Payment.State.REFUND_DUE: Q(state=Payment.State.REFUND_DUE, refunded__lt=F("amount")),
        "refunded": Q(refunded__gt=0),
    }

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> Choices:
        return [*Payment.State.choices, ("refunded", _("refunded, also in part"))]


class DeadLetterFilter(StateFilter):
    """Those that wait for a decision, unless others are asked for."""

    rows = {"discarded": Q(discarded_at__isnull=False), "all": Q()}
    otherwise = Q(discarded_at=None)

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> Choices:
        return [("discarded", _("discarded")), ("all", _("all"))]

    def choices(self, changelist: Any) -> Any:
        waiting, *others = super().choices(changelist)
        return [{**waiting, "display": _("given up")}, *others]
