"""Payments with the messages of their providers, and what of them was given back."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from shop.backoffice.filters import PaymentStateFilter
from shop.backoffice.lists import RecordAdmin, RecordInline
from shop.backoffice.note_dialog import dialog
from shop.backoffice.order_actions import back_to, filled_in
from shop.backoffice.orders import PaymentMethodFilter, method_name, payment_state
from shop.backoffice.refund_form import RefundForm
from shop.errors import ShopError
from shop.payments.models import Payment, PaymentEvent
from shop.payments.refunds import refund


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
    list_filter = (PaymentStateFilter, MethodFilter)
    list_select_related = ("order",)
    search_fields = ("reference",)
    search_help_text = _("The provider's reference, whole")
    ordering = ("-id",)
    actions_detail = ("refund", "give_back")
    readonly_fields = ("order_number", "paid_by", "status")
    fieldsets = (
        (None, {"fields": (("order_number", "status"), ("amount", "refunded"), ("paid_by", "currency"))}),
        (_("At the provider"), {"fields": (("reference", "message"),)}),
        (_("When"), {"fields": (("created_at", "checked_at", "settled_at"),)}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Payment | None = None) -> Any:
        """What a gift card paid has no provider."""
        if obj is None or not obj.is_gift_card:
            return self.fieldsets
        first, _at_the_provider, when = self.fieldsets
        return first, (_("Gift card"), {"fields": (("gift_card", "reference"),)}), when

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

    def has_refund_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may_refund(request, object_id, to_card=False)

    def has_give_back_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may_refund(request, object_id, to_card=True)

    def _may_refund(self, request: HttpRequest, object_id: Any, *, to_card: bool) -> bool:
        """Offer it while money is there; an old page's button gets the refusal as a message."""
        if not self.has_change_permission(request) or not str(object_id).isdecimal():
            return False
        payment = Payment.objects.filter(pk=object_id).first()
        if payment is None or payment.is_gift_card != to_card:
            return False
        return request.method == "POST" or bool(payment.left)

    @action(
        description=_("Refund"),
        url_path="refund",
        permissions=["refund"],
        icon="currency_exchange",
        variant=ActionVariant.PRIMARY,
        dialog=dialog(
            _("Refund"),
            _(
                "Send the money first, at the bank or at the card provider. Then write down here how much it was: the "
                "customer gets a mail."
            ),
            _("It was sent"),
            form=RefundForm,
        ),
    )
    def refund(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._refund(request, form, object_id, _("The refund is written down, and the customer is told."))

    @action(
        description=_("Back on the card"),
        url_path="give-back",
        permissions=["give_back"],
        icon="card_giftcard",
        variant=ActionVariant.PRIMARY,
        dialog=dialog(
            _("Back on the card"),
            _("The money is on the gift card again at once, even on one that cannot pay. The customer gets a mail."),
            _("Give back"),
            form=RefundForm,
        ),
    )
    def give_back(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._refund(request, form, object_id, _("The money is on the card again, and the customer is told."))

    def _refund(self, request: HttpRequest, form: Any, object_id: str, done: Any) -> HttpResponse:
        try:
            refund(payment_id=int(object_id), actor=str(request.user), **filled_in(form))
        except ShopError as error:
            messages.error(request, str(error.message))
        else:
            messages.success(request, done)
        return back_to(request, "admin:payments_payment_change", object_id)
