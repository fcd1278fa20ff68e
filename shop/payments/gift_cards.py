"""Gift cards as shoppers use them and staff issue them. What happens to their money: gift_card_ledger."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, TypedDict, Unpack

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from shop.accounts.models import User
from shop.cart import named
from shop.cart import services as carts
from shop.cart.models import Cart
from shop.cart.named import Named
from shop.errors import ShopError
from shop.notifications import services as notifications
from shop.notifications.models import Mail
from shop.orders.models import Order
from shop.payments import gift_card_codes as codes
from shop.payments import metrics
from shop.payments.gift_card_ledger import READ, CorrectionRefused, GiftCardMoved, correct
from shop.payments.models import GiftCard, GiftCardEntry
from shop.platform import sealing, throttle
from shop.platform.postgresql import planned
from shop.pricing import gift_cards
from shop.pricing.gift_cards import CardTerms, GiftCardRefused, GiftCardUnknown

__all__ = [
    "CorrectionRefused",
    "GiftCardMoved",
    "correct",
    "disable",
    "enable",
    "issue",
    "look_up",
    "mail_of",
    "put_on",
    "take_off",
]
CODES = throttle.Limit("gift-card-codes", times=60, seconds=600)  # attempts from one network, perhaps of an office
MOST = Decimal("9999999999.99")  # what the column can hold


class AmountRefused(ShopError):
    """A card holds at least one cent."""

    code = "gift_card_amount"
    status = 422
    message = _("Write an amount of at least one cent.")


class Issued(NamedTuple):
    """A new card, and its code, which is known here for the last time."""

    card: GiftCard
    code: str


class CardFacts(TypedDict, total=False):
    """What may be said of a new card. `order`: the one that it was sold by."""

    currency: str
    email: str
    message: str
    expires_at: datetime | None
    issued_by: User | None
    order: Order | None


def put_on(*, cart: Cart | Named, code: str, network: str, version: int | None = None) -> None:
    """Put a gift card onto the cart, replacing another. Repeating it changes nothing, and nothing is reserved.

    `network`: whose attempts are counted, so that codes cannot be guessed. Raises NoSuchCart, CartChanged,
    GiftCardRefused, TooManyTries.
    """
    carts.show(named.row(cart) if isinstance(cart, Cart) else cart)
    try:
        card = look_up(code=code, network=network)
        refusal = gift_cards.refusal(card, settings.SHOP_CURRENCY, timezone.now())
        if refusal:
            raise refusal
    except GiftCardRefused as refused:
        metrics.gift_cards_refused.labels(refused.reason).inc()
        raise
    carts.set_gift_card(cart=cart, card_id=card.pk, version=version)


def take_off(*, cart: Cart | Named, version: int | None = None) -> None:
    """Take the gift card off the cart. Without one nothing changes. Raises NoSuchCart, CartChanged."""
    carts.set_gift_card(cart=cart, card_id=None, version=version)


def look_up(*, code: str, network: str) -> CardTerms:
    """Return the card of a code, however it is spelled, also one that is empty or expired.

    Raises GiftCardUnknown, TooManyTries.
    """
    throttle.count(CODES, network)
    statement = f"{READ} card.code_hash = ANY (%(hashes)s::text[]) AND card.disabled_at IS NULL"
    found = planned.rows(statement, {"hashes": codes.candidates(code)}) if codes.is_code(code) else []
    if not found:
        raise GiftCardUnknown
    return gift_cards.read(found[0][0])


def issue(
    *, amount: Decimal, language: str = "", actor: str = "", note: str = "", **facts: Unpack[CardFacts]
) -> Issued:
    """Make a card with this amount on it, and mail its code to the recipient, if there is one. Raises AmountRefused."""
    if not 0 < amount <= MOST or amount != round(amount, 2):
        raise AmountRefused
    code = codes.draw()
    with transaction.atomic():
        card = write(code, amount=amount, actor=actor, note=note, **facts)
        if card.email:
            _mail(card, code, language)
        transaction.on_commit(metrics.gift_cards_issued.inc, robust=True)
    return Issued(card, code)


def write(code: str, *, amount: Decimal, actor: str = "", note: str = "", **facts: Unpack[CardFacts]) -> GiftCard:
    """Write a card and the first entry of its ledger, in the caller's transaction.

    Only for codes that are no secret, as those of the demo; all others are drawn by issue().
    """
    kept = codes.hashed(code)._asdict() | {"last_four": codes.spelled(code)[-4:], "issued": amount, "balance": amount}
    card = GiftCard.objects.create(**{"currency": settings.SHOP_CURRENCY, **facts, **kept})
    kind = GiftCardEntry.Kind.ISSUE
    GiftCardEntry.objects.create(card=card, kind=kind, amount=amount, actor=actor, note=note[:400])
    return card


def _mail(card: GiftCard, code: str, language: str) -> None:
    """The code waits for its sending sealed: a row of mail is kept for longer than it takes, and staff see it."""
    with translation.override(language or translation.get_language() or "en"):
        expires = date_format(timezone.localtime(card.expires_at)) if card.expires_at else ""
        facts = {"money": card.money.display(), "message": card.message, "expires_at": expires}
    notifications.queue(
        kind="gift_card",
        to=card.email,
        context={**facts, "last_four": card.last_four, "sealed": sealing.seal({"code": code})},
        dedupe_key=_mail_key(card),
        language=language,
    )


def _mail_key(card: GiftCard) -> str:
    return f"gift_card:{card.pk}"


def mail_of(card: GiftCard) -> Mail | None:
    """Return the mail that brings the code, as long as it is kept; None for a card that was handed over."""
    if not card.email:
        return None
    return Mail.objects.select_related("message").filter(dedupe_key=_mail_key(card)).first()


def disable(*, card_id: int) -> GiftCard:
    """Let a card pay no more. What orders give back still goes onto it. Repeating changes nothing."""
    GiftCard.objects.filter(pk=card_id, disabled_at=None).update(disabled_at=timezone.now())
    return GiftCard.objects.get(pk=card_id)


def enable(*, card_id: int) -> GiftCard:
    """Let a card pay again. Repeating changes nothing."""
    GiftCard.objects.filter(pk=card_id).update(disabled_at=None)
    return GiftCard.objects.get(pk=card_id)
