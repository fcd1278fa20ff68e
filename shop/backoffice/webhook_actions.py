"""What staff may do with a webhook, by buttons on its page. Each is written into its history."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm

from shop.backoffice.lists import FlatAdmin
from shop.backoffice.note_dialog import dialog
from shop.backoffice.order_actions import back_to
from shop.platform.models import WebhookEndpoint
from shop.platform.webhooks import delivery, endpoints

PAGE = "admin:platform_webhookendpoint_change"
WRITE_DOWN = _("Write this secret down now, as nobody can show it again: %(secret)s")


def tell_secret(request: HttpRequest, secret: str) -> None:
    """Show it this once: the message travels in a cookie of this browser, and is stored nowhere."""
    messages.success(
        request, SafeString(WRITE_DOWN % {"secret": format_html('<strong class="bo-code">{}</strong>', secret)})
    )


class WebhookActions(FlatAdmin):
    actions_detail = ("send_test", "rotate", "switch_off", "switch_on")

    def has_use_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Offer what makes a difference; an old page's button is told that there is nothing to do."""
        return self._is(request, object_id, is_on=True)

    def has_switch_off_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Also for what the store switched off: it is no task for anybody then."""
        endpoint = _asked_for(object_id) if self.has_change_permission(request) else None
        return endpoint is not None and (request.method == "POST" or endpoint.off_why != WebhookEndpoint.Off.STAFF)

    def has_switch_on_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._is(request, object_id, is_on=False)

    def has_rotate_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.has_change_permission(request) and _asked_for(object_id) is not None

    def _is(self, request: HttpRequest, object_id: Any, *, is_on: bool) -> bool:
        endpoint = _asked_for(object_id) if self.has_change_permission(request) else None
        return endpoint is not None and (request.method == "POST" or endpoint.is_on == is_on)

    @action(
        description=_("Send a test"),
        url_path="test",
        permissions=["use"],
        icon="send",
        variant=ActionVariant.PRIMARY,
        dialog=dialog(
            _("Send a test"),
            _("An event of the type webhook.test.v1, which says nothing, is sent to the address."),
            _("Send a test"),
            form=BaseDialogForm,
        ),
    )
    def send_test(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        sent = delivery.send_test(int(object_id))
        if sent is None:
            messages.warning(request, _("It is switched off, so nothing was sent."))
            return back_to(request, PAGE, object_id)
        page = reverse("admin:platform_webhookdelivery_change", args=[sent])
        link = format_html('<a class="bo-link" href="{}">{}</a>', page, _("What became of it"))
        messages.success(request, format_html("{} {}", _("The test is on its way."), link))
        return back_to(request, PAGE, object_id)

    @action(
        description=_("New secret"),
        url_path="rotate",
        permissions=["rotate"],
        icon="key",
        dialog=dialog(
            _("Make a new secret"),
            _("For a day each event is signed with both, so that the receiver has time to change. An older one ends."),
            _("Make a new secret"),
            form=BaseDialogForm,
        ),
    )
    def rotate(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        tell_secret(request, endpoints.rotate(int(object_id)))
        return self._noted(request, object_id, _("A new secret was made."))

    @action(
        description=_("Switch off"),
        url_path="off",
        permissions=["switch_off"],
        icon="block",
        variant=ActionVariant.DANGER,
        dialog=dialog(
            _("Switch the webhook off"),
            _("It hears of nothing any more; what waits for it is given up, and can be sent again later."),
            _("Switch off"),
            form=BaseDialogForm,
        ),
    )
    def switch_off(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        endpoints.switch_off(int(object_id), WebhookEndpoint.Off.STAFF)
        return self._noted(request, object_id, _("Switched off."))

    @action(
        description=_("Switch on"),
        url_path="on",
        permissions=["switch_on"],
        icon="check_circle",
        variant=ActionVariant.PRIMARY,
        dialog=dialog(
            _("Switch the webhook on"),
            _("It hears of what happens from now on. What was given up can be sent again from the list of deliveries."),
            _("Switch on"),
            form=BaseDialogForm,
        ),
    )
    def switch_on(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        endpoints.switch_on(int(object_id))
        return self._noted(request, object_id, _("Switched on."))

    def _noted(self, request: HttpRequest, object_id: str, done: Any) -> HttpResponse:
        self.log_change(request, WebhookEndpoint.objects.get(pk=object_id), str(done))
        messages.info(request, done)
        return back_to(request, PAGE, object_id)


def _asked_for(object_id: Any) -> WebhookEndpoint | None:
    """Return the row of an action's address, which anybody may have typed."""
    return WebhookEndpoint.objects.filter(pk=object_id).first() if str(object_id).isdecimal() else None
