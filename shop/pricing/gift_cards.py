"""Whether a gift card pays, and how much. Pure functions over loaded rows.

A gift card is money and no discount: total, tax and vouchers of an order are what they are without it.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from shop.errors import ShopError
from shop.money import Money


class GiftCardRefused(ShopError):
    """The card pays nothing. `code` says why, for programs."""

    status = 422

    @property
    def reason(self) -> str:
        """Say why in a word: "expired"."""
        return self.code.removeprefix("gift_card_")


class GiftCardUnknown(GiftCardRefused):
    """No such code, or the card is disabled: nobody learns which."""

    code = "gift_card_unknown"
    message = _("This gift card is not known, or can no longer be used. Look whether you typed its code right.")


class GiftCardExpired(GiftCardRefused):
    code = "gift_card_expired"
    message = _("This gift card can no longer be used: it has expired.")


class GiftCardEmpty(GiftCardRefused):
    code = "gift_card_empty"
    status = 409
    message = _("There is no money left on this gift card.")


class GiftCardCurrency(GiftCardRefused):
    code = "gift_card_currency"
    message = _("This gift card is for another currency.")


class GiftCardChanged(GiftCardRefused):
    """Only known when an order is placed: another order was faster, or staff changed the card meanwhile."""

    code = "gift_card_changed"
    status = 409
    message = _("What is on your gift card has changed since you saw it. Look at what is left to pay, and order again.")


class CardTerms(NamedTuple):
    """A row of GiftCard, with what decides whether it pays and how much."""

    pk: int
    last_four: str
    currency: str
    balance: Decimal
    expires_at: datetime | None
    disabled: bool

    @property
    def money(self) -> Money:
        """What is on it."""
        return Money(self.balance, self.currency)


# The fields of CardTerms, of the alias `card`, in one column: each line of a cart repeats it. The amount is a text:
# numbers in JSON lose cents.
FACTS = """
    json_build_array(
        card.id, card.last_four, card.currency, card.balance::text, card.expires_at, card.disabled_at IS NOT NULL
    )
"""


def read(facts: Sequence[Any]) -> CardTerms:
    """Return the card of FACTS."""
    pk, last_four, currency, balance, expires_at, disabled = facts
    expires = datetime.fromisoformat(expires_at) if expires_at else None
    return CardTerms(pk, last_four, currency, Decimal(balance), expires, disabled)


def refusal(card: CardTerms, currency: str, now: datetime) -> GiftCardRefused | None:
    """Say why a card pays nothing of an order in this currency now; None if it does."""
    if card.disabled:
        return GiftCardUnknown()
    if card.expires_at and now >= card.expires_at:
        return GiftCardExpired()
    if card.currency != currency:
        return GiftCardCurrency()
    return None if card.balance else GiftCardEmpty()


def pays(card: CardTerms, total: Money) -> Money:
    """Return what a card that is not refused pays of a total."""
    return min(card.money, total)
