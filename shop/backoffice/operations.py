"""What the shop does in the background: outgoing mail and the outbox."""

import json
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display

from shop.backoffice.filters import MailKindFilter, MailStateFilter, OutboxStateFilter, QueueFilter
from shop.backoffice.lists import RecordAdmin
from shop.backoffice.pills import pill
from shop.notifications.models import Mail
from shop.platform import dead_letters
from shop.platform.models import Inspection, OutboxMessage

NAMES = {
    "done": _("done"),
    "dead": _("given up"),
    "discarded": _("discarded"),
    "sent": _("sent"),
    "erased": _("erased"),
    "in a summary": _("in a summary"),
    "waiting": _("waiting"),
    "given up": _("given up"),
    "trying again": _("trying again"),
}

HIDDEN = {"url", "sealed"}  # facts of a mail


def _tell(request: HttpRequest, count: int) -> None:
    if count:
        done = ngettext("%(count)d message is on its way again.", "%(count)d messages are on their way again.", count)
        messages.success(request, done % {"count": count})
    else:
        messages.warning(request, _("None of these was given up, so there was nothing to do."))


def _as_json(value: Any) -> SafeString:
    return format_html('<pre class="bo-json">{}</pre>', json.dumps(value, indent=2, ensure_ascii=False))


@admin.register(Mail)
class MailAdmin(RecordAdmin):
    list_display = ("created_at", "to", "kind", "subject", "status", "sent_at")
    list_filter = (MailStateFilter, MailKindFilter)
    sorted_by_index = ("created_at",)
    list_select_related = ("message",)
    search_fields = ("to",)
    search_help_text = _("A whole e-mail address")
    ordering = ("-created_at", "-id")
    actions = ("resend",)
    readonly_fields = ("status", "failures", "error", "facts")
    fieldsets = (
        (None, {"fields": (("to", "status"), ("kind", "language"), ("subject", "dedupe_key"))}),
        (_("On its way"), {"fields": (("created_at", "sent_at", "failures"), "error")}),
        (_("What it is about"), {"fields": ("facts",)}),
    )

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Mail]":
        rows: QuerySet[Mail] = super().get_queryset(request)
        return rows.select_related("message")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Filter by no `context`: letter by letter, staff could guess a link that `facts` hides."""
        return not lookup.startswith("context") and super().lookup_allowed(lookup, value, request)

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Mail]", search_term: str
    ) -> "tuple[QuerySet[Mail], bool]":
        term = search_term.strip()
        return (queryset.filter(to__iexact=term) if term else queryset), False

    @display(description=_("state"))
    def status(self, mail: Mail) -> SafeString:
        return pill("done" if mail.sent_at else mail.state, NAMES[mail.state])

    @display(description=_("failures"))
    def failures(self, mail: Mail) -> int:
        return mail.message.failures if mail.message else 0

    @display(description=_("last error"))
    def error(self, mail: Mail) -> str:
        return mail.message.last_error if mail.message else ""

    @display(description=_("facts"))
    def facts(self, mail: Mail) -> SafeString:
        """Without links: whoever has the one that resets a password has the account. Nor is shown what is sealed."""
        return _as_json({name: "…" if name in HIDDEN else value for name, value in mail.context.items()})

    @action(description=_("Send again what was given up"), permissions=["change"])
    def resend(self, request: HttpRequest, queryset: "QuerySet[Mail]") -> None:
        given_up = queryset.filter(sent_at=None).exclude(message=None).values_list("message_id", flat=True)
        _tell(request, dead_letters.redrive([pk for pk in given_up if pk], by=str(request.user)))


@admin.register(OutboxMessage)
class OutboxAdmin(RecordAdmin):
    list_display = ("id", "topic", "queue", "status", "created_at", "available_at", "sends", "failures", "error")
    list_filter = (OutboxStateFilter, QueueFilter)
    ordering = ("-id",)
    readonly_fields = ("status", "content", "error")
    fieldsets = (
        (None, {"fields": (("topic", "queue", "status"), "content")}),
        (_("When"), {"fields": (("created_at", "available_at", "sent_at"), ("done_at", "dead_at"))}),
        (_("Attempts"), {"fields": (("sends", "failures"), "last_error")}),
    )

    @display(description=_("state"))
    def status(self, message: OutboxMessage) -> SafeString:
        return pill(message.state, NAMES[message.state])

    @display(description=_("content"))
    def content(self, message: OutboxMessage) -> SafeString:
        return _as_json(message.payload)

    @display(description=_("last error"))
    def error(self, message: OutboxMessage) -> str:
        return message.last_error[:80]


@admin.register(Inspection)
class InspectionAdmin(RecordAdmin):
    list_display = ("name", "status", "ended_at", "good_at", "broken", "summary")
    ordering = ("name",)
    readonly_fields = ("status", "content")
    fieldsets = (
        (None, {"fields": (("name", "status", "broken"), "summary", "content")}),
        (_("When"), {"fields": (("begun_at", "ended_at", "good_at"),)}),
    )

    @display(description=_("state"))
    def status(self, inspection: Inspection) -> SafeString:
        if inspection.ended_at is None:
            return pill("waiting", _("under way"))
        return pill("done", _("good")) if inspection.is_good else pill("dead", _("bad"))

    @display(description=_("report"))
    def content(self, inspection: Inspection) -> SafeString:
        return _as_json(inspection.report)
