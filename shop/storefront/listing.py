"""A list's address: read into filters, and written again with one thing changed."""

import functools
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import NamedTuple
from urllib.parse import quote_plus

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shop.catalog.facets import Facets, PriceRange
from shop.catalog.listing import Filters
from shop.catalog.tree import Node
from shop.platform.language import page_language
from shop.storefront.aisles import Aisles
from shop.storefront.words import bound

LONGEST_QUERY = 100
MOST_OPTIONS = 20
HIGHEST_PRICE = Decimal(10_000_000)


class Chip(NamedTuple):
    """A filter in use, and the address of the list without it."""

    label: str
    url: str


class Section(NamedTuple):
    """A category or a range of prices that one may narrow the list to, and how many products that leaves."""

    name: str
    url: str
    products: int
    active: bool = False
    child: bool = False


def read(query: QueryDict, aisles: Aisles, category: Node | None) -> Filters:
    """Read what a visitor asked for. What makes no sense is left out: an old or mistyped address still shows a list."""
    return Filters(
        query=words(query),
        category=category or aisles.find(query.get("category", "")),
        options=tuple(value for value in query.getlist("o")[:MOST_OPTIONS] if ":" in value and "\x00" not in value),
        min_price=_price(query.get("min", "")),
        max_price=_price(query.get("max", "")),
        on_sale=query.get("sale") == "1",
        sort=query.get("sort", ""),
    )


def words(query: QueryDict) -> str:
    """Return what is searched for: ?q= without what no column can hold, with single spaces."""
    return " ".join(query.get("q", "").replace("\x00", "").split())[:LONGEST_QUERY]


def _price(text: str) -> Decimal | None:
    """Return an amount to the cent: PostgreSQL takes no number as small as 1e-99999."""
    try:
        amount = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return round(amount, 2) if amount.is_finite() and 0 <= amount <= HIGHEST_PRICE else None


def without(request: HttpRequest, name: str, value: str | None = None) -> str:
    """Return this list's address without a parameter, or without one of its values; it begins at the first page."""
    query = _query(request)
    query[name] = [] if value is None else [other for other in query.get(name, []) if other != value]
    return _address(request.path, query)


def with_value(request: HttpRequest, name: str) -> Callable[[str], str]:
    """Return what writes this list's address with a parameter set, as the last one, for many values; "" for none.

    The list begins at the first page, unless the parameter is its cursor.
    """
    others, start = _others(request, name)
    start += f"{name}="
    return lambda value: start + _quoted(value) if value else others


def _with_prices(request: HttpRequest) -> Callable[[int | None, int | None], str]:
    """The same for the lowest and the highest price; None for no such end."""
    others, start = _others(request, "min", "max")

    def url(least: int | None, most: int | None) -> str:
        ends = [f"min={least}"] if least else []
        return start + "&".join([*ends, f"max={most}"] if most else ends) if least or most else others

    return url


def _others(request: HttpRequest, *names: str) -> tuple[str, str]:
    """Return this list's address without some parameters, and how it begins where others follow."""
    others = _address(request.path, {name: values for name, values in _query(request).items() if name not in names})
    return others, f"{others}{'?' if others == request.path else '&'}"


def _query(request: HttpRequest) -> dict[str, list[str]]:
    """What the address says, but for the page."""
    return {name: values for name, values in request.GET.lists() if name != "cursor"}


def _address(path: str, query: dict[str, list[str]]) -> str:
    filled = "&".join(
        f"{_quoted(name)}={_quoted(value)}" for name, values in query.items() for value in values if value
    )
    return f"{path}?{filled}" if filled else path


def _quoted(text: str) -> str:
    """As in urlencode(), which takes ten times as long for a number."""
    return text if text.isascii() and text.isalnum() else quote_plus(text)


def chips(request: HttpRequest, filters: Filters, *, scoped: bool) -> Iterator[Chip]:
    """Yield a chip for each filter in use; `scoped` says that the category is the page itself and cannot be taken
    away.
    """
    if filters.query:
        yield Chip(f"“{filters.query}”", without(request, "q"))
    if filters.category and not scoped:
        yield Chip(filters.category.name, without(request, "category"))
    if filters.min_price is not None:
        yield Chip(_("from %(price)s") % {"price": bound(filters.min_price)}, without(request, "min"))
    if filters.max_price is not None:
        yield Chip(_("up to %(price)s") % {"price": bound(filters.max_price)}, without(request, "max"))
    if filters.on_sale:
        yield Chip(_("On sale"), without(request, "sale"))
    for option in filters.options:
        yield Chip(option.partition(":")[2], without(request, "o", option))


def sections(
    request: HttpRequest, aisles: Aisles, filters: Filters, facets: Facets, page_of: Node | None
) -> list[Section]:
    """Return the categories that the list can be narrowed to and that hold something of it, with their counts.

    A category's page offers its branches, as pages. Other lists offer the roots, and the branches along the way taken.
    """
    if page_of:
        found = [_branch(category, facets) for category in aisles.below(page_of)]
    else:
        found = list(_walk(request, aisles, filters, facets))
    return [section for section in found if section.products or section.active]


def _walk(request: HttpRequest, aisles: Aisles, filters: Filters, facets: Facets) -> Iterator[Section]:
    trail, url_of = aisles.trail(filters.category), with_value(request, "category")
    for root in aisles.roots:
        for category in [root, *(aisles.below(root) if root in trail else [])]:
            url, count = url_of(category.slug), facets.categories.get(category.pk, 0)
            yield Section(category.name, url, count, active=category == filters.category, child=category != root)


def _branch(category: Node, facets: Facets) -> Section:
    return Section(category.name, category.get_absolute_url(), facets.categories.get(category.pk, 0))


def price_ranges(request: HttpRequest, filters: Filters, facets: Facets) -> list[Section]:
    """Return the price ranges that hold something of the list, with counts; the one in use leads out of itself."""
    url_of = _with_prices(request)
    return [_price_range(url_of, filters, found) for found in facets.prices]


def _price_range(url_of: Callable[[int | None, int | None], str], filters: Filters, found: PriceRange) -> Section:
    active = filters.min_price == found.least and filters.max_price == found.most
    url = url_of(None, None) if active else url_of(found.least, found.most)
    return Section(_price_words(page_language(), found.least, found.most), url, found.products, active=active)


@functools.cache  # per-pod: a calculation from its arguments, which are few
def _price_words(_language: str | None, least: int | None, most: int | None) -> str:
    if least is None:
        return _("up to %(price)s") % {"price": bound(Decimal(most or 0))}
    if most is None:
        return _("from %(price)s") % {"price": bound(Decimal(least))}
    return _("%(least)s to %(most)s") % {"least": bound(Decimal(least)), "most": bound(Decimal(most))}


def sorts(filters: Filters) -> tuple[tuple[str, str], ...]:
    """Return the sort orders to offer: (value, words)."""
    return _sorts(page_language(), searching=bool(filters.query))


@functools.cache  # per-pod: a calculation from its arguments, which are few
def _sorts(_language: str | None, *, searching: bool) -> tuple[tuple[str, str], ...]:
    orders = (
        ("newest", _("Newest")),
        ("price", _("Price, low to high")),
        ("-price", _("Price, high to low")),
        ("title", pgettext("sort by title", "A to Z")),
    )
    return (("relevance", _("Best match")), *orders) if searching else orders
