"""The search box of the sidebar: one box for what staff look for."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.dataclasses import SearchResult

from shop.accounts.models import User
from shop.catalog.models import Product
from shop.orders.models import Order
from shop.payments.models import GiftCard
from shop.pricing.models import Voucher

EACH = 6  # results of each kind
KINDS: tuple[tuple[type, Any, str], ...] = (
    (Order, _("order"), "receipt_long"),
    (Product, _("product"), "category"),
    (User, _("account"), "person"),
    (Voucher, _("voucher"), "confirmation_number"),
    (GiftCard, _("gift card"), "card_giftcard"),
)


def find(site: AdminSite, request: HttpRequest, term: str) -> list[SearchResult]:
    """Return what this member of staff may see, a few of each kind, as their own lists would find it."""
    return [result for model, label, icon in KINDS for result in _of(site, request, term, model, label, icon)]


def _of(site: AdminSite, request: HttpRequest, term: str, model: Any, label: Any, icon: str) -> list[SearchResult]:
    admin = site.get_model_admin(model)
    if not admin.has_view_permission(request):
        return []
    rows, _duplicates = admin.get_search_results(request, model._default_manager.all(), term)
    page = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
    return [SearchResult(str(row), str(label), reverse(page, args=[row.pk]), icon) for row in rows[:EACH]]
