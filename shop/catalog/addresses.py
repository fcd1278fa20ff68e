"""Addresses of the catalogue's pages, for lists that hold dozens of them: finding a route costs more than a row."""

import functools
from collections.abc import Callable
from urllib.parse import quote

from django.urls import get_script_prefix, reverse


def product_url(slug: str) -> str:
    """The address of a product's page, as reverse("product") says."""
    return product_urls()(slug)


def product_urls() -> Callable[[str], str]:
    """The same for many, by their slugs."""
    before, after = _around("product", get_script_prefix())
    return lambda slug: f"{before}{slug if slug.isascii() else quote(slug)}{after}"


def category_url(slug: str) -> str:
    """The address of a category's page, as reverse("category") says."""
    return category_urls()(slug)


def category_urls() -> Callable[[str], str]:
    """The same for many, by their slugs."""
    before, after = _around("category", get_script_prefix())
    return lambda slug: f"{before}{slug}{after}"


@functools.cache  # per-pod: a calculation from the routes
def _around(name: str, prefix: str) -> tuple[str, str]:
    """What stands before and after the slug."""
    before, _, after = reverse(name, args=["-"]).rpartition("-")
    return before, after
