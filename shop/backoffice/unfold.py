"""How the admin looks and what its sidebar holds. Imported by the settings, so it must not import models."""

from typing import Any

from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

# Title, icon and model of each entry: an entry is shown to those who may see the model.
Entry = tuple[Any, str, str]
FLOOR = (_("Today"), "storefront")  # the front page, for all staff
GROUPS: tuple[tuple[Any, tuple[Entry, ...]], ...] = (
    (_("Orders"), ((_("Orders"), "receipt_long", "orders.order"), (_("Payments"), "payments", "payments.payment"))),
    (
        _("Catalogue"),
        (
            (_("Products"), "category", "catalog.product"),
            (_("Categories"), "account_tree", "catalog.category"),
            (_("Variants and stock"), "inventory_2", "catalog.variant"),
        ),
    ),
    (
        _("Prices"),
        (
            (_("Vouchers"), "confirmation_number", "pricing.voucher"),
            (_("Gift cards"), "card_giftcard", "payments.giftcard"),
            (_("Delivery methods"), "local_shipping", "pricing.shippingmethod"),
            (_("Tax rates"), "percent", "pricing.taxrate"),
        ),
    ),
    (_("About the shop"), ((_("Information"), "article", "information.page"),)),
    (
        _("Customers"),
        (
            (_("Accounts"), "group", "accounts.user"),
            (_("Addresses"), "home_pin", "accounts.address"),
            (_("Signed-in devices"), "phonelink", "accounts.refreshfamily"),
            (_("Personal data"), "privacy_tip", "privacy.request"),
            (_("Staff rights"), "shield_person", "auth.group"),
        ),
    ),
    (
        _("Operations"),
        (
            (_("Pods and services"), "dns", "platform.pod"),
            (_("Outgoing mail"), "mail", "notifications.mail"),
            (_("Webhooks"), "webhook", "platform.webhookendpoint"),
            (_("Webhook deliveries"), "rule", "platform.webhookdelivery"),
            (_("Outbox"), "outbox", "platform.outboxmessage"),
            (_("Dead letters"), "unknown_document", "platform.deadletter"),
            (_("Inspections"), "fact_check", "platform.inspection"),
        ),
    ),
)

# The shop's own ink and clay instead of the theme's purple.
PRIMARY = {
    "50": "#f6f1ea",
    "100": "#ecdfd1",
    "200": "#dcc2a7",
    "300": "#cba07a",
    "400": "#bd8053",
    "500": "#ab663a",
    "600": "#8f4f2b",
    "700": "#753f25",
    "800": "#5f3522",
    "900": "#4e2d1f",
    "950": "#2b1710",
}


def unfold_settings(shop_name: str) -> dict[str, Any]:
    """Return the theme's settings."""
    return {
        "SITE_TITLE": shop_name,
        "SITE_HEADER": shop_name,
        "SITE_SUBHEADER": _("Backoffice"),
        "SITE_SYMBOL": "grid_view",
        "SITE_URL": "/",
        "SHOW_HISTORY": True,
        "SHOW_VIEW_ON_SITE": True,
        "BORDER_RADIUS": "6px",
        "STYLES": [_stylesheet],
        "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _icon}],
        "COLORS": {"primary": PRIMARY},
        "COMMAND": {"search_models": False, "show_history": False},
        "SIDEBAR": {"show_search": True, "command_search": True},
    }


def _stylesheet(_request: object) -> str:
    return static("backoffice/backoffice.css")


def _icon(_request: object) -> str:
    """The shop's own: browsers that are told of none ask for /favicon.ico."""
    return static("storefront/img/mark.svg")
