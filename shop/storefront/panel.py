"""The filters beside a list: links and boxes by the dozen, each with how many products it leaves."""

from collections.abc import Iterable

from markupsafe import Markup

from shop.catalog.facets import FacetValue
from shop.platform.language import page_language
from shop.storefront.listing import Section
from shop.storefront.stencils import safe, stencil

TEMPLATE = "storefront/_facet.html"


def facet_links(sections: Iterable[Section], numbers: bool = False) -> Markup:
    """Return links to narrower lists. `numbers`: they are named by such."""
    language = page_language()
    written = [
        stencil(language, TEMPLATE, "link", child, active, numbers)
        % {"url": safe(url), "name": safe(name), "products": products}
        for name, url, products, active, child in sections
    ]
    return Markup("".join(written))  # noqa: S704 - of a template, filled with what is safe


def orders(sorts: tuple[tuple[str, str], ...], chosen: str) -> Markup:
    """Return the choices of an order: `sorts` are their values and words."""
    return Markup(stencil(page_language(), TEMPLATE, "orders", sorts, chosen) % {})  # noqa: S704 - of a template


def facet_boxes(group: int, values: Iterable[FacetValue]) -> Markup:
    """Return a box for each value of an option. `group`: the option's place among them, for ids."""
    language = page_language()
    written = [
        stencil(language, TEMPLATE, "box", active)
        % {"id": f"o-{group}-{place}", "value": safe(value), "label": safe(label), "products": products}
        for place, (value, label, products, active) in enumerate(values, 1)
    ]
    return Markup("".join(written))  # noqa: S704 - the same
