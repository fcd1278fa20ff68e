"""Payments with the messages of their providers. Read only: money is moved on the order's page or at the provider."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from shop.backoffice.lists import RecordAdmin, RecordInline
from shop.backoffice.orders import PaymentMethodFilter, method_name, payment_state
from shop.payments.models import Payment, PaymentEvent


class ProviderEventInline(RecordInline):
    model = PaymentEvent
    fields = ("occurred_at", "kind", "state", "event_id", "received_at")
    readonly_fields = fields


class MethodFilter(PaymentMethodFilter):
    parameter_name = "method"


@admin.register(Payment)
class PaymentAdmin(RecordAdmin):
    inlines = (ProviderEventInline,)
    list_display = ("created_at", "order_number", "paid_by", "status", "amount", "currency", "reference")
    list_display_links = ("created_at",)
    list_filter = ("state", MethodFilter)
    list_select_related = ("order",)
    search_fields = ("reference",)
    search_help_text = _("The provider's reference, whole")
    ordering = ("-id",)
    readonly_fields = ("order_number", "paid_by", "status")
    fieldsets = (
        (None, {"fields": (("order_number", "status"), ("paid_by", "amount", "currency"), ("reference", "message"))}),
        (_("When"), {"fields": (("created_at", "checked_at", "settled_at"),)}),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Payment]", search_term: str
    ) -> "tuple[QuerySet[Payment], bool]":
        term = search_term.strip()
        return (queryset.filter(reference=term) if term else queryset), False

    @display(description=_("order"))
    def order_number(self, payment: Payment) -> SafeString:
        address = reverse("admin:orders_order_change", args=[payment.order_id])
        return format_html('<a class="bo-link" href="{}">{}</a>', address, payment.order.number)

    @display(description=_("method"), ordering="method")
    def paid_by(self, payment: Payment) -> str:
        return method_name(payment.method)

    @display(description=_("state"), ordering="state")
    def status(self, payment: Payment) -> SafeString:
        return payment_state(payment)
