"""What a cart costs, where it goes and how.

The one calculation behind cart page, checkout page, API and placing the order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.utils import timezone

from shop.cart.contents import Contents, Line
from shop.checkout.errors import NoSuchDelivery
from shop.money import Money
from shop.pricing import gift_cards, vouchers
from shop.pricing import services as pricing
from shop.pricing.gift_cards import CardTerms, GiftCardRefused
from shop.pricing.shipping import Offer, Parcel
from shop.pricing.shipping import offers as shipping_offers
from shop.pricing.totals import Item, Totals, price
from shop.pricing.vouchers import VoucherRefused, VoucherTerms


@dataclass(frozen=True)
class CartVoucher:
    """The voucher on a cart as it stands now.

    `discount`: what it takes off the goods, without delivery. `refusal` says why it does not apply; None if it does.
    """

    terms: VoucherTerms
    discount: Money
    refusal: VoucherRefused | None

    @property
    def applied(self) -> VoucherTerms | None:
        return None if self.refusal else self.terms


@dataclass(frozen=True)
class CartGiftCard:
    """The gift card on a cart as it stands now.

    `pays`: its part of the total. `refusal` says why it pays nothing; None if it does pay.
    """

    terms: CardTerms
    pays: Money
    refusal: GiftCardRefused | None


@dataclass(frozen=True)
class Sums:
    """What a cart costs while its delivery is not known. `voucher` and `gift_card` as in a Quote."""

    subtotal: Money
    discount: Money
    voucher: CartVoucher | None
    gift_card: CartGiftCard | None

    @property
    def together(self) -> Money:
        """The goods less the discount."""
        return self.subtotal - self.discount

    @property
    def to_pay(self) -> Money:
        """What the gift card leaves of that for another method."""
        return _left(self.together, self.gift_card)


@dataclass(frozen=True)
class Quote:
    """The totals of a cart for one country, the delivery methods it can take, the one that is chosen, and its voucher
    and gift card.

    `chosen` is None if none fits, `voucher` and `gift_card` if the cart has none.
    """

    totals: Totals
    offers: list[Offer]
    chosen: Offer | None
    voucher: CartVoucher | None = None
    gift_card: CartGiftCard | None = None

    @property
    def to_pay(self) -> Money:
        """What the gift card leaves for another method."""
        return _left(self.totals.total, self.gift_card)

    @property
    def redeemed(self) -> VoucherTerms | None:
        """The voucher that an order at this price uses up; one that takes nothing off can be used another time."""
        return self.voucher.terms if self.voucher and self.totals.discount else None


def _left(total: Money, card: CartGiftCard | None) -> Money:
    return total - card.pays if card else total


def sums(cart: Contents) -> Sums:
    """Add up a cart, as its page and the API show it. No query."""
    subtotal, voucher = goods(cart), cart_voucher(cart)
    discount = voucher.discount if voucher else zero()
    return Sums(subtotal, discount, voucher, cart_gift_card(cart, subtotal - discount))


def goods(cart: Contents) -> Money:
    """Return the sum of the goods alone. No query."""
    return _goods(cart.lines)


def cart_voucher(cart: Contents) -> CartVoucher | None:
    """Say how the cart's voucher stands; None if it has none. No query."""
    if cart.voucher is None:
        return None
    nothing = zero()
    refusal = vouchers.refusal(cart.voucher, goods(cart), timezone.now())
    lines = [Money(line.total, settings.SHOP_CURRENCY) for line in cart.lines]
    off = vouchers.reduction(None if refusal else cart.voucher, lines, nothing)
    return CartVoucher(cart.voucher, off.total, refusal)


def cart_gift_card(cart: Contents, total: Money) -> CartGiftCard | None:
    """Say how the cart's gift card stands, and what it pays of a total; None if the cart has none. No query."""
    if cart.gift_card is None:
        return None
    refusal = gift_cards.refusal(cart.gift_card, total.currency, timezone.now())
    return CartGiftCard(cart.gift_card, zero() if refusal else gift_cards.pays(cart.gift_card, total), refusal)


def quote(cart: Contents, *, country: str, method: str = "") -> Quote:
    """Price a cart for delivery to `country` by `method`, or by the first method offered.

    One query for any number of lines. Raises NoSuchDelivery if `method` is named and not offered.
    """
    terms = pricing.terms(country)
    offers = shipping_offers(terms.methods, parcel(cart.lines, country))
    chosen, voucher = _choose(offers, method), cart_voucher(cart)
    totals = _price(cart.lines, terms.tax_rates, chosen.price if chosen else zero(), voucher)
    return Quote(totals, offers, chosen, voucher, cart_gift_card(cart, totals.total))


def quotes(cart: Contents, *, country: str) -> list[Quote]:
    """Price a cart once for each delivery method that it can take to `country`.

    One query for any number of lines and methods.
    """
    terms = pricing.terms(country)
    offers, voucher = shipping_offers(terms.methods, parcel(cart.lines, country)), cart_voucher(cart)
    totals = [_price(cart.lines, terms.tax_rates, offer.price, voucher) for offer in offers]
    return [
        Quote(priced, offers, offer, voucher, cart_gift_card(cart, priced.total))
        for priced, offer in zip(totals, offers, strict=True)
    ]


def parcel(lines: Sequence[Line], country: str) -> Parcel:
    weight = sum(line.variant.weight_g * line.quantity for line in lines if line.variant.requires_shipping)
    return Parcel(country, weight, _goods(lines))


def _goods(lines: Sequence[Line]) -> Money:
    return Money(sum((line.total for line in lines), Decimal(0)), settings.SHOP_CURRENCY)


def zero() -> Money:
    return Money(Decimal(0), settings.SHOP_CURRENCY)


def _choose(offers: list[Offer], method: str) -> Offer | None:
    if not method:
        return offers[0] if offers else None
    for offer in offers:
        if offer.method.code == method:
            return offer
    raise NoSuchDelivery


def _price(lines: Sequence[Line], rates: dict[str, Decimal], shipping: Money, voucher: CartVoucher | None) -> Totals:
    applied = voucher.applied if voucher else None
    return price([_item(line) for line in lines], rates=rates, shipping=shipping, voucher=applied)


def _item(line: Line) -> Item:
    variant = line.variant
    unit_price = Money(variant.price, settings.SHOP_CURRENCY)
    return Item(variant.pk, line.quantity, unit_price, variant.product.tax_class, variant.taxable)
