"""Work that was given up: what it was, why it failed, and what becomes of it."""

import json
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from shop.backoffice.decisions import DISCARD, RETRY, Decision, ReasonForm, settle, tell
from shop.backoffice.filters import DeadLetterFilter, QueueFilter
from shop.backoffice.lists import RecordAdmin
from shop.backoffice.pills import pill
from shop.platform import dead_letters
from shop.platform.models import DeadLetter, OutboxMessage, QueueDepth

MOST = 1_000  # letters decided upon at once
SHOWN = 10  # letters named before a decision
STALE = timedelta(minutes=2)  # a relay looks at the queues every few seconds
TOPICS = {
    "notifications.mail": _("Send a mail"),
    "media.renditions": _("Make the sizes of a picture"),
    "sessions.forget": _("Remove an old copy of a session"),
    "events.publish": _("Tell other systems of an order"),
    "webhooks.fan_out": _("Tell webhooks of an order"),
    "webhooks.deliver": _("Send an event to a webhook"),
}


@admin.register(DeadLetter)
class DeadLetterAdmin(RecordAdmin):
    list_display = ("what", "why", "failures", "given_up", "status")
    list_filter = (DeadLetterFilter, QueueFilter)
    change_form_template = "admin/platform/deadletter/change_form.html"
    list_before_template = "backoffice/all_well.html"
    list_after_template = "backoffice/queues.html"
    ordering = ("-dead_at", "-id")
    actions = ("retry_chosen", "discard_chosen")
    actions_detail = ("retry", "discard")
    readonly_fields = ("what", "about", "content", "status", "given_up", "last_error", "trace", "story", "discarded")
    fieldsets = (
        (None, {"fields": (("what", "status"), ("about", "given_up"))}),
        (_("Why"), {"fields": ("last_error", ("failures", "unfinished", "sends"))}),
        (_("History"), {"fields": ("story",)}),
        (_("For developers"), {"fields": (("queue", "created_at"), ("topic", "request_id"), "content", "trace")}),
    )

    def get_queryset(self, request: HttpRequest) -> "QuerySet[DeadLetter]":
        rows: QuerySet[DeadLetter] = super().get_queryset(request)
        return rows.filter(done_at=None).exclude(dead_at=None).select_related("mail")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        first, *others = self.fieldsets
        decided = [(_("Discarded"), {"fields": ("discarded",)})] if obj and obj.discarded_at else []
        return [first, *decided, *others]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {"queues": queues_seen(), "dead": _dead(), **(extra_context or {})})

    @display(description=_("what was to be done"))
    def what(self, letter: DeadLetter) -> SafeString:
        return format_html("{}", TOPICS.get(letter.topic, letter.topic))

    @display(description=_("for"))
    def about(self, letter: DeadLetter) -> SafeString | str:
        mail = getattr(letter, "mail", None)
        if mail is None:
            return f"#{letter.pk}"
        page = reverse("admin:notifications_mail_change", args=[mail.pk])
        return format_html('<a class="bo-link" href="{}">{} ({})</a>', page, mail.to, mail.kind)

    @display(description=_("last error"))
    def why(self, letter: DeadLetter) -> SafeString:
        return format_html('<span class="bo-why">{}</span>', letter.last_error[:140])

    @display(description=_("given up"), ordering="dead_at")
    def given_up(self, letter: DeadLetter) -> SafeString | None:
        if letter.dead_at is None:
            return None
        ago = _("%(time)s ago") % {"time": timesince(letter.dead_at, depth=1)}
        exact = f"{letter.dead_at:%Y-%m-%d %H:%M:%S} UTC"
        return format_html('<time class="bo-when" title="{}">{}</time>', exact, ago)

    @display(description=_("state"))
    def status(self, letter: DeadLetter) -> SafeString:
        return pill(letter.state, _("discarded") if letter.discarded_at else _("given up"))

    @display(description=_("content"))
    def content(self, letter: DeadLetter) -> SafeString:
        text = json.dumps(letter.payload, indent=2, ensure_ascii=False)
        return format_html('<pre class="bo-json">{}</pre>', text)

    @display(description=_("traceback"))
    def trace(self, letter: DeadLetter) -> SafeString | None:
        return format_html('<pre class="bo-json bo-trace">{}</pre>', letter.traceback) if letter.traceback else None

    @display(description=_("what happened"))
    def story(self, letter: DeadLetter) -> SafeString | None:
        """The latest first; the same again and again is one line."""
        said = [
            list(same) for _what, same in groupby(reversed(letter.history), key=lambda one: (one["text"], one["by"]))
        ]
        line = '<li><span class="bo-quiet">{}, {}</span><br>{}</li>'
        entries = format_html_join("", line, ((_moments(same), same[0]["by"], same[0]["text"]) for same in said))
        return format_html('<ol class="bo-story">{}</ol>', entries) if entries else None

    @display(description=_("discarded"))
    def discarded(self, letter: DeadLetter) -> str | None:
        if not letter.discarded_at:
            return None
        facts = {"by": letter.discarded_by, "at": f"{letter.discarded_at:%Y-%m-%d %H:%M}", "why": letter.discard_reason}
        return _("By %(by)s on %(at)s: %(why)s") % facts

    def has_decide_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Offer it while the letter waits; an old page's button gets told that there is nothing to do."""
        if not self.has_change_permission(request):
            return False
        if object_id is not None and not str(object_id).isdecimal():
            return False
        return object_id is None or request.method == "POST" or _rows([object_id]).exists()

    @action(description=_("Try again"), permissions=["decide"])
    def retry_chosen(self, request: HttpRequest, queryset: "QuerySet[DeadLetter]") -> HttpResponse:
        """At once: after an outage there may be thousands."""
        tell(request, RETRY, dead_letters.redrive(queryset.values_list("pk", flat=True), by=str(request.user)))
        return redirect(request.get_full_path())

    @action(description=_("Discard"), permissions=["decide"])
    def discard_chosen(self, request: HttpRequest, queryset: "QuerySet[DeadLetter]") -> HttpResponse:
        ids = list(queryset.order_by("pk").values_list("pk", flat=True)[:MOST])
        return self._ask(request, DISCARD, ids)

    @action(
        description=_("Try again"),
        url_path="retry",
        permissions=["decide"],
        icon="replay",
        variant=ActionVariant.PRIMARY,
    )
    def retry(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask(request, RETRY, [int(object_id)])

    @action(
        description=_("Discard"),
        url_path="discard",
        permissions=["decide"],
        icon="delete",
        variant=ActionVariant.DANGER,
    )
    def discard(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask(request, DISCARD, [int(object_id)])

    def _ask(self, request: HttpRequest, decision: Decision, ids: Sequence[int]) -> HttpResponse:
        """Show what will happen, and do it once it was confirmed: a page, so that it works without a script."""
        confirmed = request.POST.get("confirmed") == decision.code
        form = ReasonForm(request.POST if confirmed else None) if decision.needs_reason else None
        if confirmed and (form is None or form.is_valid()):
            settle(request, decision, ids, form.cleaned_data["reason"] if form else "")
            return redirect(reverse("admin:platform_deadletter_changelist"))
        rows = _rows(ids)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": decision.title,
            "decision": decision,
            "form": form,
            "ids": ids,
            "count": rows.count(),
            "letters": [(self.what(row), row) for row in rows.order_by("pk")[:SHOWN]],
        }
        return TemplateResponse(request, "backoffice/dead_letters.html", context)


def _rows(ids: Sequence[Any]) -> "QuerySet[Any]":
    """Those among them that still wait for a decision."""
    return DeadLetter.objects.dead().filter(pk__in=ids)


def _moments(same: Sequence[dict[str, str]]) -> str:
    """When something happened; for several times how many, the first and the last."""
    last, first = (entry["at"][:19].replace("T", " ") for entry in (same[0], same[-1]))
    if len(same) == 1:
        return last
    return _("%(count)d times, %(first)s to %(last)s") % {"count": len(same), "first": first, "last": last}


def _dead() -> bool:
    return OutboxMessage.objects.dead().exists()


def queues_seen() -> list[dict[str, Any]]:
    """What relays last saw of SQS. Asking it from here could hang, and this pod has no right to."""
    oldest = timezone.now() - STALE
    return [{"seen": depth, "is_stale": depth.seen_at < oldest} for depth in QueueDepth.objects.order_by("queue")]
