"""Whether a gift card can pay now, what keeps it from that, and how much all that can have on them."""

from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, Q, Sum
from django.db.models.functions import Now
from django.http import HttpRequest

from shop.backoffice.filters import Choices, StateFilter
from shop.backoffice.keeping import kept
from shop.money import Money
from shop.payments.models import GiftCard

State = GiftCard.State
SUMMED = 20_000  # cards, the newest: what is on all that were ever issued takes too long to add up
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


class Outstanding(NamedTuple):
    """What can be spent of one currency, and with how many cards. `is_part`: of the newest SUMMED cards alone."""

    money: Money
    cards: int
    is_part: bool


def outstanding() -> list[Outstanding]:
    """Return what customers can still spend, as Redis keeps it for a minute if it took long to add up."""
    sums = kept("backoffice:outstanding", _sums, unless_quick=True)
    return [Outstanding(Money(Decimal(amount), currency), *rest) for currency, amount, *rest in sums]


def _sums() -> list[tuple[str, str, int, bool]]:
    """Each with its currency: amount, cards, and whether these are a part. Redis keeps no Decimal."""
    last = GiftCard.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    newest = GiftCard.objects.filter(GiftCardStateFilter.rows[State.ACTIVE], pk__gt=last - SUMMED).order_by("currency")
    is_part = GiftCard.objects.filter(pk__lte=last - SUMMED).exists()
    sums = newest.values_list("currency").annotate(Sum("balance"), Count("pk"))
    return [(currency, str(amount), cards, is_part) for currency, amount, cards in sums]
