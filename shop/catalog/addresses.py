"""Addresses of the catalogue's pages, by the parts of their routes."""

from collections.abc import Callable
from urllib.parse import quote

from shop.platform import routes


def product_url(slug: str) -> str:
    """Return the address of a product's page, the same as reverse("product") gives."""
    return product_urls()(slug)


def product_urls() -> Callable[[str], str]:
    """The same for many, by their slugs."""
    before, after = routes.around("product", "-")
    return lambda slug: f"{before}{slug if slug.isascii() else quote(slug)}{after}"


def category_url(slug: str) -> str:
    """Return the address of a category's page, the same as reverse("category") gives."""
    return category_urls()(slug)


def category_urls() -> Callable[[str], str]:
    """The same for many, by their slugs."""
    before, after = routes.around("category", "-")
    return lambda slug: f"{before}{slug}{after}"
