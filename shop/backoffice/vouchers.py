"""Vouchers: what each gives, how much of it is used, and which orders used it."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm

from shop.backoffice.lists import FlatAdmin, LatestInline
from shop.backoffice.note_dialog import dialog
from shop.backoffice.order_actions import back_to
from shop.backoffice.pills import pill
from shop.backoffice.voucher_form import VoucherForm
from shop.backoffice.voucher_states import STATES, VoucherStateFilter, state_of
from shop.money import Money
from shop.pricing import redemptions, words
from shop.pricing.models import COUNTED, Redemption, Voucher, VoucherQuerySet


class RedemptionInline(LatestInline):
    """The latest orders that used the voucher."""

    model = Redemption
    of = "voucher"
    fields = ("number", "amount", "created_at", "released_at")
    readonly_fields = fields
    verbose_name_plural = _("what it was used for")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Redemption]":
        return super().get_queryset(request).select_related("order")

    @display(description=_("order"))
    def number(self, redemption: Redemption) -> SafeString:
        address = reverse("admin:orders_order_change", args=[redemption.order_id])
        return format_html('<a class="bo-link" href="{}">{}</a>', address, redemption.order.number)


@admin.register(Voucher)
class VoucherAdmin(FlatAdmin):
    """A voucher that was used is not deleted, and keeps its code, as orders name it: it is ended."""

    form = VoucherForm
    inlines = (RedemptionInline,)
    list_display = ("code", "gives", "uses", "period", "state", "remark")
    list_filter = (VoucherStateFilter, "kind")
    search_fields = ("code",)
    search_help_text = _("The beginning of a code")
    ordering = ("-id",)
    readonly_fields = ("uses", "state", "orders")
    actions_detail = ("end_now",)
    new_fieldsets = (
        (None, {"fields": (("code", "active"), ("kind", "value"), "min_subtotal", "note", "seen")}),
        (_("When"), {"fields": ("starts_at", "ends_at")}),
        (_("How often"), {"fields": (("limit", "limit_per_customer"),)}),
    )
    fieldsets = ((_("Now"), {"fields": (("state", "uses", "orders"),)}), *new_fieldsets)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Voucher]":
        rows: VoucherQuerySet = super().get_queryset(request)
        return rows.with_uses()

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Voucher]", search_term: str
    ) -> "tuple[QuerySet[Voucher], bool]":
        code = search_term.strip().upper()
        return (queryset.filter(code__startswith=code) if code else queryset), False

    def get_fieldsets(self, request: HttpRequest, obj: Voucher | None = None) -> Any:
        """A new one has neither state nor uses."""
        return self.fieldsets if obj else self.new_fieldsets

    def get_inlines(self, request: HttpRequest, obj: Voucher | None = None) -> Any:
        return self.inlines if obj else ()

    def get_readonly_fields(self, request: HttpRequest, obj: Voucher | None = None) -> Any:
        return (*self.readonly_fields, "code") if obj and _was_used(obj) else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Voucher | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and _was_used(obj))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Look again where orders were faster than a lower limit: the second time the form sees it."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except redemptions.LimitTooLow:
            return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Voucher, form: Any, change: bool) -> None:
        redemptions.save(obj)

    def has_end_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Offer it for what has begun and not ended; an old page's button is told that there is nothing to do."""
        if not self.has_change_permission(request) or not str(object_id).isdecimal():
            return False
        voucher = Voucher.objects.filter(pk=object_id).first()
        return voucher is not None and (request.method == "POST" or state_of(voucher) in ("running", "used_up"))

    @action(
        description=_("End now"),
        url_path="end",
        permissions=["end"],
        icon="event_busy",
        variant=ActionVariant.DANGER,
        dialog=dialog(
            _("End the voucher"),
            _("From now on nobody can use it. Orders that did so stay as they are."),
            _("End now"),
            form=BaseDialogForm,
        ),
    )
    def end_now(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        if redemptions.end(voucher_id=int(object_id)):
            messages.success(request, _("The voucher has ended."))
        else:
            messages.info(request, _("The voucher had ended before."))
        return back_to(request, "admin:pricing_voucher_change", object_id)

    @display(description=_("gives"))
    def gives(self, voucher: Voucher) -> SafeString:
        gift = format_html('<strong class="bo-strong">{}</strong>', words.gives(voucher))
        if not voucher.min_subtotal:
            return gift
        least = _("for goods from %(sum)s") % {"sum": Money(voucher.min_subtotal, settings.SHOP_CURRENCY).display()}
        return format_html('{}<br><span class="bo-quiet">{}</span>', gift, least)

    @display(description=_("used"))
    def uses(self, voucher: Voucher) -> SafeString | str:
        """With a limit as a bar, too. A new one has none."""
        count = getattr(voucher, "uses", 0)
        if voucher.limit is None:
            return str(count) if voucher.is_counted or count < COUNTED else _("%(count)s or more") % {"count": COUNTED}
        said = _("%(count)s of %(limit)s") % {"count": count, "limit": voucher.limit}
        bar = '<progress class="bo-uses" value="{}" max="{}" aria-hidden="true"></progress>'
        return format_html(f'<span class="bo-when">{{}}</span>{bar}', said, count, voucher.limit)

    @display(description=_("orders"))
    def orders(self, voucher: Voucher) -> SafeString:
        address = f"{reverse('admin:orders_order_changelist')}?{urlencode({'voucher_code': voucher.code})}"
        return format_html('<a class="bo-link" href="{}">{}</a>', address, _("Those that used it"))

    @display(description=_("valid"))
    def period(self, voucher: Voucher) -> SafeString:
        ends = ((_("from %(day)s"), voucher.starts_at), (_("until %(day)s"), voucher.ends_at))
        lines = ((said % {"day": _day(moment)},) for said, moment in ends if moment)
        return format_html_join(SafeString("<br>"), '<span class="bo-when">{}</span>', lines)

    @display(description=_("note"))
    def remark(self, voucher: Voucher) -> SafeString:
        return format_html('<span class="bo-why">{}</span>', voucher.note[:140])

    @display(description=_("state"))
    def state(self, voucher: Voucher) -> SafeString:
        return pill(*STATES[state_of(voucher)])


def _was_used(voucher: Voucher) -> bool:
    """Also by an order that was cancelled since: it names the voucher, too."""
    return voucher.redemptions.exists()


def _day(moment: datetime) -> str:
    return date_format(localtime(moment), "DATE_FORMAT")
