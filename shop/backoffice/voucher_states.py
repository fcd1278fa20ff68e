"""Whether a voucher can be used now, and what keeps it from that."""

from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shop.backoffice.filters import Choices, StateFilter
from shop.pricing.models import Voucher

STATES = {
    "running": ("good", _("running")),
    "not_yet": ("placed", _("not yet")),
    "ended": ("", _("ended")),
    "used_up": ("over", _("used up")),
    "off": ("", _("switched off")),
}


def state_of(voucher: Voucher) -> str:
    """Return which of STATES a voucher is in now; the first that keeps it from being used, as shoppers are told."""
    now = timezone.now()
    if not voucher.active:
        return "off"
    if voucher.starts_at and now < voucher.starts_at:
        return "not_yet"
    if voucher.ends_at and now >= voucher.ends_at:
        return "ended"
    return "used_up" if voucher.limit is not None and voucher.used >= voucher.limit else "running"


class VoucherStateFilter(StateFilter):
    """A voucher may be in several: one that ended, and is used up."""

    rows = {
        "running": Q(Q(starts_at=None) | Q(starts_at__lte=Now()), Q(ends_at=None) | Q(ends_at__gt=Now()), active=True)
        & (Q(limit=None) | Q(used__lt=F("limit"))),
        "not_yet": Q(starts_at__gt=Now()),
        "ended": Q(ends_at__lte=Now()),
        "used_up": Q(used__gte=F("limit")),
        "off": Q(active=False),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(value, name) for value, (_tone, name) in STATES.items()]
