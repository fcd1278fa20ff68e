"""Which pages a change of stock makes untrue: those that show it, and no others.

Pages name what they show of stock with these tags (see shop.platform.pages): a product page says "only 3 left", a card
in a list says "sold out", the API says the number.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from shop.inventory.models import FEW, Stock
from shop.platform import pages


def words(variant_id: int) -> str:
    """What a product page says of a variant's stock."""
    return f"stock:{variant_id}"


def pieces(variant_id: int) -> str:
    """How many can be bought now, as the API says."""
    return f"pieces:{variant_id}"


def availabilities(product_ids: Iterable[int]) -> list[str]:
    """Whether any variant of each product can be bought, as cards in lists say."""
    return [f"available:{pk}" for pk in product_ids]


@dataclass(frozen=True)
class Level:
    """The stock of one variant as shoppers are told of it; without a row there is none."""

    on_hand: int = 0
    limited: bool = True

    @property
    def left(self) -> int | None:
        return max(0, self.on_hand) if self.limited else None

    @property
    def shown(self) -> int | None:
        """What a product page tells apart: the number when few are left, else only that there are some."""
        return None if self.left is None or self.left > FEW else self.left


def of(stock: Stock) -> Level:
    return Level(stock.on_hand, not stock.is_unlimited)


def changed(before: Mapping[int, Level], after: Mapping[int, Level]) -> None:
    """Outdate the pages that show one of these variants (by id) otherwise than before, in the caller's transaction.

    Whether a product has anything else to sell is asked after the commit: of two orders that take the last pieces of
    its last two variants at once, neither sees the other's before.
    """
    old = {pk: before.get(pk, Level()) for pk in after}
    tags = {pieces(pk) for pk in after if old[pk].left != after[pk].left}
    tags |= {words(pk) for pk in after if old[pk].shown != after[pk].shown}
    pages.outdate(tags)
    turned = {pk for pk in after if (old[pk].left == 0) != (after[pk].left == 0)}
    if turned:
        transaction.on_commit(lambda: pages.outdate(availabilities(_decided_by(turned))), robust=True)


def _decided_by(turned: set[int]) -> set[int]:
    """Return the ids of the products that have nothing else to sell but these variants. One query."""
    family = Stock.objects.filter(variant__product__variants__in=turned).distinct()
    rows = [(row.variant.product_id, row.variant_id, of(row)) for row in family.select_related("variant")]
    others = {product for product, variant, level in rows if variant not in turned and level.left != 0}
    return {product for product, variant, _level in rows if variant in turned} - others
