"""A cart with all that is shown, priced and ordered of it: one statement for any number of lines."""

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone
from django.utils.functional import cached_property

from shop.cart.named import Named
from shop.catalog.addresses import product_url
from shop.catalog.pictures import BEST
from shop.platform import picture
from shop.platform.picture import Picture
from shop.platform.postgresql import planned
from shop.pricing import gift_cards, vouchers
from shop.pricing.gift_cards import CardTerms
from shop.pricing.vouchers import VoucherTerms


class CartProduct(NamedTuple):
    """What a line shows of its product. `is_public`: shoppers may see and buy it now."""

    slug: str
    title: str
    tax_class: str
    is_public: bool

    def get_absolute_url(self) -> str:
        return product_url(self.slug)


class CartVariant(NamedTuple):
    """What a line shows of its variant, at today's price.

    `left`: how many can be bought now; None for no limit, 0 for what was taken off sale or has no row of stock."""

    pk: int
    sku: str
    label: str
    price: Decimal
    compare_at_price: Decimal | None
    weight_g: int
    requires_shipping: bool
    taxable: bool
    left: int | None
    product: CartProduct
    picture: Picture | None

    @property
    def on_sale(self) -> bool:
        return self.compare_at_price is not None and self.compare_at_price > self.price


class Line(NamedTuple):
    """Pieces of one variant."""

    pk: int
    quantity: int
    variant: CartVariant

    @property
    def variant_id(self) -> int:
        return self.variant.pk

    @property
    def total(self) -> Decimal:
        return self.variant.price * self.quantity


@dataclass(frozen=True)
class Contents:
    """A cart as it was when it was read; its lines in the order in which they were added.

    `voucher`: what was redeemed on it, whether it applies or not; `gift_card` likewise.
    """

    pk: int
    public_id: uuid.UUID
    user_id: int | None
    version: int
    lines: tuple[Line, ...]
    voucher: VoucherTerms | None = None
    gift_card: CardTerms | None = None

    @cached_property
    def count(self) -> int:
        """Pieces in the cart."""
        return sum(line.quantity for line in self.lines)


# See shop.platform.postgresql.planned for why each column names its type.
READ = f"""
SELECT
    cart.id, cart.public_id, cart.user_id, cart.version::bigint,
    line.id, line.quantity::int,
    variant.id, variant.sku::text, array_to_string(variant.option_values, ' / '), variant.price::numeric,
    variant.compare_at_price::numeric, variant.weight_g::bigint, variant.requires_shipping, variant.taxable,
    CASE
        WHEN NOT product.published OR product.published_at > %(now)s OR stock.id IS NULL THEN 0
        WHEN stock.tracked AND NOT stock.allow_backorder THEN greatest(0, stock.on_hand)
    END::bigint,
    product.slug::text, product.title::text, product.tax_class::text,
    product.published AND product.published_at <= %(now)s,
    shown.alt::text,
    {picture.COLUMNS},
    -- no joins: few carts have one of these, and those that have none would pay for them
    CASE WHEN cart.voucher_id IS NOT NULL THEN
        (SELECT {vouchers.FACTS} FROM pricing_voucher AS voucher WHERE voucher.id = cart.voucher_id)
    END,
    CASE WHEN cart.gift_card_id IS NOT NULL THEN
        (SELECT {gift_cards.FACTS} FROM payments_giftcard AS card WHERE card.id = cart.gift_card_id)
    END
    <beside>
FROM cart_cart AS cart
LEFT JOIN cart_cartline AS line ON line.cart_id = cart.id
LEFT JOIN catalog_variant AS variant ON variant.id = line.variant_id
LEFT JOIN catalog_product AS product ON product.id = variant.product_id
LEFT JOIN inventory_stock AS stock ON stock.variant_id = variant.id
LEFT JOIN LATERAL ({BEST}) AS shown ON true
LEFT JOIN platform_image AS image ON image.id = shown.image_id
WHERE <condition>
ORDER BY line.id
"""  # noqa: S608 - texts of ours
OPEN = "cart.state = 'open' AND "


def read(cart: Named) -> Contents | None:
    """Return an open cart; None if there is none."""
    return _contents(_rows(OPEN + cart.condition, cart.parameters))


def read_beside(cart: Named, other: str) -> tuple[Contents | None, str | None]:
    """Like `read`, together with the text that the statement `other` finds: one query. (None, None) without a cart."""
    beside = f", CASE WHEN row_number() OVER (ORDER BY line.id) = 1 THEN ({other}) END"
    found = _rows(OPEN + cart.condition, cart.parameters, beside)
    return _contents(found), found[0][-1] if found else None


def read_closed(cart_id: int) -> Contents | None:
    """Return a cart in whatever state, for the transaction that closed it."""
    return _contents(_rows("cart.id = %(cart)s::bigint", {"cart": cart_id}))


def _rows(condition: str, parameters: dict[str, Any], beside: str = "") -> list[tuple[Any, ...]]:
    statement = READ.replace("<condition>", condition).replace("<beside>", beside)
    return planned.rows(statement, {**parameters, "now": timezone.now()})


def _contents(found: list[tuple[Any, ...]]) -> Contents | None:
    if not found:
        return None
    pk, public_id, user_id, version = found[0][:4]
    root = settings.MEDIA_URL
    lines = tuple([_line(row, root) for row in found if row[4] is not None])
    voucher = vouchers.read(found[0][29]) if found[0][29] else None
    gift_card = gift_cards.read(found[0][30]) if found[0][30] else None
    return Contents(pk, public_id, user_id, version, lines, voucher, gift_card)


def _line(row: tuple[Any, ...], root: str) -> Line:
    shown = picture.read(row[20:29], alt=row[19] or row[16], root=root)
    return Line(row[4], row[5], CartVariant._make((*row[6:15], CartProduct._make(row[15:19]), shown)))
