"""Reading the rows that prices are made from."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from shop.platform.postgresql import planned
from shop.pricing.shipping import Method, Offer, Parcel, Rate, offers

# See shop.platform.postgresql.planned for why each column names its type.
READ = """
SELECT
    ARRAY(SELECT tax_class::text FROM pricing_taxrate WHERE country = %(country)s ORDER BY id),
    ARRAY(SELECT rate::numeric FROM pricing_taxrate WHERE country = %(country)s ORDER BY id),
    method.id, method.code::text, method.name::text, method.description::text,
    rate.countries::text[], rate.basis::text, rate.from_value::numeric, rate.price::numeric
FROM (VALUES (1)) AS always
LEFT JOIN (
    pricing_shippingmethod AS method
    JOIN pricing_shippingrate AS rate
        ON rate.method_id = method.id AND (rate.countries = '{}' OR %(country)s = ANY (rate.countries))
) ON method.active
ORDER BY method.position, method.id, rate.basis, rate.from_value
"""


@dataclass(frozen=True)
class Terms:
    """What a country has to pay besides the goods: the percentages by tax class, and the methods that go there."""

    tax_rates: dict[str, Decimal]
    methods: list[Method]


def terms(country: str) -> Terms:
    """Return what prices for a country (ISO 3166-1 alpha-2) are made from. One query."""
    rows = planned.rows(READ, {"country": country})
    methods = [_method(list(same)) for method_id, same in groupby(rows, lambda row: row[2]) if method_id is not None]
    return Terms(dict(zip(rows[0][0], rows[0][1], strict=True)), methods)


def shipping_offers(parcel: Parcel) -> list[Offer]:
    """Return the delivery methods for a parcel with their prices. One query."""
    return offers(terms(parcel.country).methods, parcel)


def _method(rows: list[tuple[Any, ...]]) -> Method:
    code, name, description = rows[0][3:6]
    return Method(code, name, description, tuple(Rate(*row[6:]) for row in rows))
