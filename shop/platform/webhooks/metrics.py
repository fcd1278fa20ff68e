from prometheus_client import Counter, Gauge

from shop.platform.models import WebhookEndpoint

deliveries = Counter(
    "shop_webhook_deliveries_total",
    "Deliveries whose turn came: delivered, failed (tried again), given_up, put_off (its endpoint rests or is busy)",
    ["outcome"],
)
endpoints = Gauge(
    "shop_webhook_endpoints",
    "Endpoints of webhooks: failing (the last delivery did not arrive), switched_off (by the store, not by staff)",
    ["state"],
    multiprocess_mode="mostrecent",
)


def look() -> None:
    """For relays only, as shop.platform.backlog."""
    endpoints.labels("failing").set(WebhookEndpoint.objects.failing().count())
    endpoints.labels("switched_off").set(WebhookEndpoint.objects.given_up().count())
