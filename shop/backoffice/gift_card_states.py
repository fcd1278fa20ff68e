"""Whether a gift card can pay now, and what keeps it from that."""

from typing import Any

from django.db.models import Q
from django.db.models.functions import Now
from django.http import HttpRequest

from shop.backoffice.filters import Choices, StateFilter
from shop.payments.models import GiftCard

State = GiftCard.State
TONES = {State.ACTIVE: "good", State.EMPTY: "", State.EXPIRED: "over", State.DISABLED: "over"}


class GiftCardStateFilter(StateFilter):
    """A card may be in several: one that is expired, and empty."""

    rows = {
        State.ACTIVE: Q(Q(expires_at=None) | Q(expires_at__gt=Now()), disabled_at=None, balance__gt=0),
        State.EMPTY: Q(balance=0),
        State.EXPIRED: Q(expires_at__lte=Now()),
        State.DISABLED: Q(disabled_at__isnull=False),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return State.choices
