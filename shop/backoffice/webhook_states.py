"""Whether a webhook works, and what became of its deliveries."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from shop.backoffice.filters import Choices, QuickFilter, StateFilter
from shop.backoffice.pills import pill
from shop.platform.models import WebhookDelivery, WebhookEndpoint

FAILING, OFF = Q(off_at=None, failing_since__isnull=False), Q(off_at__isnull=False)
State = WebhookDelivery.State
TONES = {State.WAITING: "waiting", State.DELIVERED: "done", State.GIVEN_UP: "dead"}


def endpoint_pill(endpoint: WebhookEndpoint) -> SafeString:
    if not endpoint.is_on:
        return pill("over", _("switched off"))
    return pill("trying again", _("failing")) if endpoint.failing_since else pill("good", _("on"))


def delivery_pill(delivery: WebhookDelivery) -> SafeString:
    """One that waits for its second or later try is told from one that was just made."""
    if delivery.state == State.WAITING and delivery.attempts:
        return pill("trying again", _("trying again"))
    return pill(TONES[State(delivery.state)], State(delivery.state).label)


class WebhookStateFilter(StateFilter):
    rows = {"on": Q(off_at=None), "failing": FAILING, "off": OFF}

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("on", _("on")), ("failing", _("failing")), ("off", _("switched off"))]


class DeliveryStateFilter(StateFilter):
    rows = {state: Q(state=state) for state in State.values}

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return State.choices


class DeliveryEndpointFilter(QuickFilter):
    title = _("webhook")
    parameter_name = "endpoint"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(str(pk), url) for pk, url in WebhookEndpoint.objects.order_by("pk").values_list("pk", "url")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        return queryset.filter(endpoint=value) if value and value.isdecimal() else None
