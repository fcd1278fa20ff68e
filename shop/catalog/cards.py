"""Products as cards in lists: one row each, from one statement for any number of them.

A card is no model instance: nothing of it is loaded later. `listing.find()` returns cards.
"""

import functools
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings

from shop.catalog.freshness import NEXT_PUBLICATION
from shop.catalog.shown import Shown
from shop.platform import picture
from shop.platform.picture import Picture
from shop.platform.postgresql import planned


class Columns(NamedTuple):
    id: int
    slug: str
    title: str
    vendor: str
    product_type: str
    published_at: str
    min_price: Decimal
    max_price: Decimal
    compare_at_price: Decimal | None
    available: bool
    rank: int
    until: datetime | None
    cover: Picture | None


class Card(Shown, Columns):
    """What a list shows of a product. Prices include tax.

    `published_at`: as PostgreSQL writes it, for cursors. `compare_at_price`: the cheapest variant's former price.
    `available`: at least one variant can be bought now. `rank`: how well it fits what was searched for; 0 where nothing
    was. `cover`: its first picture. `until`: when the next product is published by itself, which ends the truth of any
    list; None if none is waiting.
    """

    __slots__ = ()

    @property
    def pk(self) -> int:
        return self.id


# Not EXISTS, for which PostgreSQL hashes the variants of all products; this looks only at those of the rows shown.
AVAILABLE = """
(
    SELECT variant.id FROM catalog_variant AS variant JOIN inventory_stock AS stock ON stock.variant_id = variant.id
    WHERE variant.product_id = product.id AND (stock.on_hand > 0 OR NOT stock.tracked OR stock.allow_backorder)
    LIMIT 1
) IS NOT NULL
"""
READ = f"""
SELECT
    product.id, product.slug::text, product.title::text, product.vendor::text, product.product_type::text,
    product.published_at::text,
    product.min_price::numeric, product.max_price::numeric, product.compare_at_price::numeric,
    {AVAILABLE}, product.rank::bigint, ({NEXT_PUBLICATION}), image.alt::text, {picture.COLUMNS}
    <beside>
FROM (<source>) AS product
LEFT JOIN LATERAL (
    SELECT image.*, cover.alt FROM (
        SELECT shown.image_id, shown.alt FROM catalog_productimage AS shown
        WHERE shown.product_id = product.id ORDER BY shown.position, shown.id LIMIT 1
    ) AS cover JOIN platform_image AS image ON image.id = cover.image_id
) AS image ON true
ORDER BY <order>
"""  # noqa: S608 - texts of ours
WIDTH = 22  # columns of READ
RANKED = """
SELECT product.*, chosen.rank, chosen.place FROM catalog_product AS product
JOIN unnest(%(ids)s::bigint[], %(ranks)s::bigint[]) WITH ORDINALITY AS chosen (id, rank, place) USING (id)
"""


def read(source: str, *, order: str, parameters: dict[str, Any]) -> list[Card]:
    """Return the cards of `source`: SQL, one of few texts, that selects all of catalog_product and a `rank`.

    `order` is SQL about its alias `product`; `parameters` hold `now`. The plan of the statement is kept, so it has to
    suit all parameters.
    """
    return read_beside((), source, order=order, parameters=parameters)[0]


def read_beside(
    beside: Sequence[str], source: str, *, order: str, parameters: dict[str, Any], before: str = ""
) -> tuple[list[Card], Sequence[str]]:
    """Return the same, and the texts that the statements `beside` find. `before`: the WITH that all of them read."""
    statement = _statement(source, order, tuple(beside), before)
    rows, root = planned.rows(statement, parameters), settings.MEDIA_URL
    cards = [_card(row, root) for row in (rows[1:] if beside else rows)]
    return cards, rows[0][WIDTH:] if beside else ()


@functools.lru_cache(maxsize=100)  # per-pod: a calculation from its arguments, of which there are few
def _statement(source: str, order: str, beside: tuple[str, ...], before: str) -> str:
    """With texts `beside` its first row is theirs alone: a window function would cost more."""
    read = READ.replace("<source>", source).replace("<order>", order).replace("<beside>", ", NULL::text" * len(beside))
    if not beside:
        return before + read
    texts = "".join(f", ({one})::text" for one in beside)
    return f"{before} SELECT {', '.join(['NULL'] * WIDTH)}{texts} UNION ALL ({read})"


def ranked(chosen: Sequence[tuple[int, int]], now: datetime) -> list[Card]:
    """Return the cards of these products, given as (id, rank), in this order; without those that are gone."""
    if not chosen:
        return []
    ids, ranks = zip(*chosen, strict=True)
    return read(RANKED, order="product.place", parameters={"ids": list(ids), "ranks": list(ranks), "now": now})


def _card(row: tuple[Any, ...], root: str) -> Card:
    """A list has dozens of cards: tuple.__new__ is what Card._make() would call, without the detour."""
    return tuple.__new__(Card, (*row[:12], picture.read(row[13:22], alt=row[12] or "", root=root)))
