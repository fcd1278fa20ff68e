"""Webhooks: addresses of other systems that are told of orders, and the log of what they were told."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm

from shop.backoffice.lists import RecordAdmin
from shop.backoffice.note_dialog import dialog
from shop.backoffice.order_actions import back_to
from shop.backoffice.webhook_actions import WebhookActions, tell_secret
from shop.backoffice.webhook_form import WebhookForm
from shop.backoffice.webhook_states import (
    DeliveryEndpointFilter,
    DeliveryStateFilter,
    WebhookStateFilter,
    delivery_pill,
    endpoint_pill,
)
from shop.platform.models import WebhookDelivery, WebhookEndpoint
from shop.platform.webhooks import delivery, endpoints

MOST = 1_000  # deliveries sent again at once


@admin.register(WebhookEndpoint)
class WebhookAdmin(WebhookActions):
    """One that was told of something is not deleted as long as the log says so: it is switched off."""

    form = WebhookForm
    list_display = ("url", "wants", "status", "note", "created_at")
    list_filter = (WebhookStateFilter,)
    ordering = ("id",)
    readonly_fields = ("status", "why", "log")
    new_fieldsets = ((None, {"fields": ("url", "kinds", "note")}),)
    well_fieldsets = ((_("Now"), {"fields": (("status", "log"),)}), *new_fieldsets)
    fieldsets = ((_("Now"), {"fields": (("status", "log"), "why")}), *new_fieldsets)

    def get_fieldsets(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> Any:
        """One that works needs no reason."""
        if obj is None:
            return self.new_fieldsets
        is_well = obj.is_on and not obj.failing_since
        return self.well_fieldsets if is_well else self.fieldsets

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:
        """One at a time, as each shows its secret."""
        more = {"show_save_and_add_another": False, "show_save_and_continue": False, **(extra_context or {})}
        return super().add_view(request, form_url, more)

    def has_delete_permission(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> bool:
        may = super().has_delete_permission(request, obj)
        return may and not (obj and obj.deliveries.exists())

    def get_actions(self, request: HttpRequest) -> Any:
        """Not several at once: of which of them there is a log is asked for one."""
        return {name: one for name, one in super().get_actions(request).items() if name != "delete_selected"}

    def save_model(self, request: HttpRequest, obj: WebhookEndpoint, form: Any, change: bool) -> None:
        """What workers write meanwhile stays as it is."""
        if change:
            obj.save(update_fields=["url", "kinds", "note"])
            return
        made, request.secret = endpoints.make(url=obj.url, kinds=obj.kinds, note=obj.note)  # type: ignore[attr-defined]
        obj.pk = made.pk

    def response_add(self, request: HttpRequest, obj: WebhookEndpoint, post_url_continue: str | None = None) -> Any:
        tell_secret(request, request.secret)  # type: ignore[attr-defined]
        if not self.has_view_or_change_permission(request, obj):
            return redirect("admin:index")
        return redirect("admin:platform_webhookendpoint_change", obj.pk)

    @display(description=_("events"))
    def wants(self, endpoint: WebhookEndpoint) -> str:
        return ", ".join(endpoint.kinds) or str(_("all"))

    @display(description=_("state"))
    def status(self, endpoint: WebhookEndpoint) -> SafeString:
        return endpoint_pill(endpoint)

    @display(description=_("why"))
    def why(self, endpoint: WebhookEndpoint) -> str:
        if endpoint.off_at:
            facts = {"why": endpoint.get_off_why_display(), "at": f"{endpoint.off_at:%Y-%m-%d %H:%M}"}
            return _("Switched off on %(at)s UTC: %(why)s.") % facts
        since = {"since": timesince(endpoint.failing_since or timezone.now(), depth=1)}
        return _("Nothing has arrived for %(since)s. After five days it is switched off.") % since

    @display(description=_("deliveries"))
    def log(self, endpoint: WebhookEndpoint) -> SafeString:
        page = reverse("admin:platform_webhookdelivery_changelist")
        return format_html('<a class="bo-link" href="{}?endpoint={}">{}</a>', page, endpoint.pk, _("What it was told"))


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(RecordAdmin):
    list_display = ("created_at", "kind", "subject", "endpoint", "status_now", "attempts", "said", "due_at")
    list_filter = (DeliveryStateFilter, DeliveryEndpointFilter)
    list_select_related = ("endpoint",)
    ordering = ("-id",)
    actions = ("send_chosen_again",)
    actions_detail = ("send_again",)
    readonly_fields = ("status_now", "sent_body", "said", "last_answer")
    fieldsets = (
        (None, {"fields": (("kind", "status_now"), ("subject", "event_id"), "endpoint")}),
        (
            _("On its way"),
            {"fields": (("created_at", "ended_at"), ("attempts", "due_at"), ("tried_at", "said"), "error")},
        ),
        (_("Its answer"), {"fields": ("last_answer",)}),
        (_("What was sent"), {"fields": ("sent_body",)}),
    )

    def get_queryset(self, request: HttpRequest) -> "QuerySet[WebhookDelivery]":
        rows: QuerySet[WebhookDelivery] = super().get_queryset(request)
        return rows.select_related("endpoint")

    @display(description=_("state"))
    def status_now(self, row: WebhookDelivery) -> SafeString:
        return delivery_pill(row)

    @display(description=_("last answer"))
    def said(self, row: WebhookDelivery) -> str:
        """The status and the time it took, or why there was none."""
        if row.seconds is None:
            return "-"
        if row.status is None:
            return row.error[:80]
        return _("%(status)s after %(seconds)s s") % {"status": row.status, "seconds": f"{row.seconds:.2f}"}

    @display(description=_("answer"))
    def last_answer(self, row: WebhookDelivery) -> SafeString | None:
        return format_html('<pre class="bo-json">{}</pre>', row.answer) if row.answer else None

    @display(description=_("body"))
    def sent_body(self, row: WebhookDelivery) -> SafeString:
        return format_html('<pre class="bo-json">{}</pre>', row.body)

    @action(description=_("Send again"), permissions=["change"])
    def send_chosen_again(self, request: HttpRequest, queryset: "QuerySet[WebhookDelivery]") -> HttpResponse:
        ids = list(queryset.order_by("pk").values_list("pk", flat=True)[:MOST])
        self._again(request, ids)
        return redirect(request.get_full_path())

    @action(
        description=_("Send again"),
        url_path="again",
        permissions=["change"],
        icon="replay",
        variant=ActionVariant.PRIMARY,
        dialog=dialog(
            _("Send it again"),
            _("The same event goes to the webhook once more; by its id the receiver can tell that it knows it."),
            _("Send again"),
            form=BaseDialogForm,
        ),
    )
    def send_again(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        self._again(request, [int(object_id)] if object_id.isdecimal() else [])
        return back_to(request, "admin:platform_webhookdelivery_change", object_id)

    def _again(self, request: HttpRequest, ids: list[int]) -> None:
        count = delivery.send_again(ids)
        done = ngettext(
            "%(count)d delivery is on its way again.", "%(count)d deliveries are on their way again.", count
        )
        messages.success(request, done % {"count": count})
