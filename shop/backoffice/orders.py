"""Orders: read, and moved from state to state. Their amounts and lines are a record and never edited."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django_countries import countries
from unfold.decorators import display

from shop.backoffice.filters import LatestValuesFilter, VoucherFilter
from shop.backoffice.lists import RecordInline
from shop.backoffice.order_actions import OrderActions
from shop.backoffice.pills import pill
from shop.backoffice.thumbnails import thumbnail
from shop.orders.models import Order, OrderEvent, OrderLine
from shop.payments import services as payments
from shop.payments.models import GIFT_CARD, Payment


class LineInline(RecordInline):
    model = OrderLine
    fields = ("picture", "what", "sku", "quantity", "unit_price", "tax_rate", "total")
    readonly_fields = (*fields, "discount")
    verbose_name_plural = _("what was ordered")

    def get_fields(self, request: HttpRequest, obj: Order | None = None) -> tuple[str, ...]:
        """With what a voucher took off each line, if it did."""
        return (*self.fields, "discount") if obj and obj.discount else self.fields

    def get_queryset(self, request: HttpRequest) -> "QuerySet[OrderLine]":
        rows: QuerySet[OrderLine] = super().get_queryset(request)
        return rows.select_related("image", "variant")

    @display(description="")
    def picture(self, line: OrderLine) -> SafeString:
        return thumbnail(line.image)

    @display(description=_("product"))
    def what(self, line: OrderLine) -> SafeString:
        name = format_html('<strong class="bo-strong">{}</strong>', line.title)
        if line.variant:
            address = reverse("admin:catalog_product_change", args=[line.variant.product_id])
            name = format_html('<a class="bo-link" href="{}">{}</a>', address, name)
        return format_html('{}<br><span class="bo-quiet">{}</span>', name, line.label) if line.label else name


def payment_state(payment: Payment) -> SafeString:
    """As its row says; but what was given back is not due any more, and whoever looks has to see a part of it."""
    if payment.refunded:
        whole = not payment.left
        return pill("refunded" if whole else payment.state, _("refunded") if whole else _("refunded in part"))
    tone = "settled" if payment.state == Payment.State.PAID else payment.state
    return pill(tone, payment.get_state_display())


def method_name(code: str) -> str:
    """The name of a payment method; its code when it is not offered any more."""
    if code == GIFT_CARD:
        return str(_("Gift card"))
    return next((str(method.name) for method in payments.methods() if method.code == code), code)


class PaymentMethodFilter(LatestValuesFilter):
    title = _("payment method")
    parameter_name = "payment_method"

    def name(self, value: str) -> str:
        return method_name(value)


class PaymentInline(RecordInline):
    model = Payment
    fields = ("page", "status", "amount", "refunded", "currency", "reference", "message", "settled_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Payment]":
        rows: QuerySet[Payment] = super().get_queryset(request)
        return rows.select_related("gift_card")

    @display(description=_("payment"))
    def page(self, payment: Payment) -> SafeString:
        address = reverse("admin:payments_payment_change", args=[payment.pk])
        name = f"{method_name(payment.method)} {payment.gift_card or ''}".rstrip()
        return format_html('<a class="bo-link bo-when" href="{}">{}</a>', address, name)

    @display(description=_("state"))
    def status(self, payment: Payment) -> SafeString:
        return payment_state(payment)


class EventInline(RecordInline):
    model = OrderEvent
    fields = ("created_at", "what", "note", "actor")
    readonly_fields = fields

    @display(description=_("state"))
    def what(self, event: OrderEvent) -> SafeString:
        return pill(event.state, Order.State(event.state).label if event.state else _("note"))


@admin.register(Order)
class OrderAdmin(OrderActions):
    inlines = (LineInline, PaymentInline, EventInline)
    list_display = ("number", "placed_at", "email", "status", "amount", "paid_by", "delivery")
    list_filter = ("state", PaymentMethodFilter, VoucherFilter, "placed_at")
    sorted_by_index = ("placed_at",)
    search_fields = ("number",)
    search_help_text = _("The beginning of a number, or a whole e-mail address")
    ordering = ("-placed_at", "-id")
    actions_detail = ("mark_paid", "ship", "track", "add_note", "cancel")
    readonly_fields = (
        "status", "customer", "address", "delivery", "parcel", "goods", "delivery_price", "reduction", "tax", "amount",
        "by_card", "remaining", "paid_by", "page",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": (("number", "status"), ("placed_at", "delivery"), ("customer", "address"), "parcel")}),
        (_("Amounts"), {"fields": (("goods", "delivery_price"), "reduction", ("amount", "tax"), ("paid_by", "page"))}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Order | None = None) -> Any:
        """With what a gift card paid of it, if one did."""
        if obj is None or not obj.gift_card_amount:
            return self.fieldsets
        first, (title, amounts) = self.fieldsets
        *sums, ways = amounts["fields"]
        return first, (title, {"fields": (*sums, ("by_card", "remaining"), ways)})

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Order]", search_term: str
    ) -> "tuple[QuerySet[Order], bool]":
        term = search_term.strip()
        if "@" in term:
            return queryset.filter(email__iexact=term), False
        plain = term.upper().replace("-", "").replace(" ", "")
        number = f"{plain[:4]}-{plain[4:]}" if len(plain) > 4 else plain
        return (queryset.filter(Q(number__startswith=number)) if term else queryset), False

    @display(description=_("state"), ordering="state")
    def status(self, order: Order) -> SafeString:
        return pill(order.state, Order.State(order.state).label)

    @display(description=_("total"), ordering="total")
    def amount(self, order: Order) -> SafeString:
        return format_html('<strong class="bo-strong bo-figure">{}</strong>', order.money)

    @display(description=_("customer"))
    def customer(self, order: Order) -> SafeString:
        if not order.email:
            return format_html("{}", _("erased"))
        mail = format_html('<a class="bo-link" href="mailto:{0}">{0}</a>', order.email)
        if not order.user_id:
            return format_html("{}<br>{}", mail, _("guest"))
        account = reverse("admin:accounts_user_change", args=[order.user_id])
        return format_html('{}<br><a class="bo-link" href="{}">{}</a>', mail, account, _("account"))

    @display(description=_("delivery address"))
    def address(self, order: Order) -> SafeString:
        parts = order.shipping_address
        town = f"{parts.get('postal_code', '')} {parts.get('city', '')}".strip()
        lines = [parts.get(name) for name in ("name", "company", "line1", "line2")]
        lines += [town, parts.get("region"), countries.name(parts.get("country", "")), parts.get("phone")]
        return format_html_join(SafeString("<br>"), "{}", ((line,) for line in lines if line))

    @display(description=_("delivery"))
    def delivery(self, order: Order) -> str:
        return order.shipping_method_name

    @display(description=_("parcel"))
    def parcel(self, order: Order) -> SafeString | str:
        carrier, number, url = order.tracking
        shown = f"{carrier} {number}".strip() or "-"
        return format_html('<a class="bo-link" href="{}">{}</a>', url, shown) if url else shown

    @display(description=_("payment"), ordering="payment_method")
    def paid_by(self, order: Order) -> str:
        return method_name(order.payment_method)

    @display(description=_("goods"))
    def goods(self, order: Order) -> str:
        return f"{order.subtotal} {order.currency}"

    @display(description=_("delivery"))
    def delivery_price(self, order: Order) -> str:
        return f"{order.shipping_price} {order.currency}"

    @display(description=_("voucher"))
    def reduction(self, order: Order) -> SafeString | str:
        if not order.voucher_code:
            return "-"
        vouchers = f"{reverse('admin:pricing_voucher_changelist')}?q={order.voucher_code}"
        link = '<a class="bo-link" href="{}">{}</a>: \N{MINUS SIGN}{} {}'
        return format_html(link, vouchers, order.voucher_code, order.discount, order.currency)

    @display(description=_("gift card"))
    def by_card(self, order: Order) -> str:
        return f"\N{MINUS SIGN}{order.gift_card_amount} {order.currency}"

    @display(description=_("remaining amount"))
    def remaining(self, order: Order) -> str:
        return str(order.to_pay)

    @display(description=_("tax contained"))
    def tax(self, order: Order) -> str:
        return f"{order.tax_total} {order.currency}"

    @display(description=_("the customer's page"))
    def page(self, order: Order) -> SafeString:
        return format_html('<a class="bo-link" href="{}">{}</a>', order.get_absolute_url(), _("open"))
