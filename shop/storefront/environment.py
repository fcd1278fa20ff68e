"""The Jinja2 environment of the store's pages: compiled templates, escaped output, a few functions of ours.

Django's own backend makes it, with autoescape on. What a function returns as SafeString has escaped its parts itself.
"""

import functools
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.messages import get_messages
from django.template.defaultfilters import capfirst, truncatechars
from django.template.defaultfilters import date as date_words
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import json_script
from django.utils.translation import get_language, gettext
from jinja2 import Environment

from shop.storefront import markup, words
from shop.storefront.aisles import aisles_of


def environment(**options: Any) -> Environment:
    """Named by TEMPLATES."""
    made = Environment(**options, trim_blocks=True, lstrip_blocks=True)  # noqa: S701 - Django turns autoescape on
    made.globals |= {**FUNCTIONS, "shop_name": settings.SHOP_NAME}
    made.filters |= FILTERS
    return made


def url(name: str, *args: Any) -> str:
    """Return the address of a view. Those without arguments are the same for as long as the process lives."""
    return reverse(name, args=args) if args else _fixed(name)


@functools.cache
def _fixed(name: str) -> str:
    return reverse(name)


FUNCTIONS: dict[str, Any] = {
    "_": gettext,
    "language": get_language,
    "url": url,
    "static": functools.cache(static),
    "get_messages": get_messages,
    "aisles_of": aisles_of,
    "json_script": json_script,
    "designs": words.designs,
    "cart_of": words.cart_of,
    "suggestions": words.suggestions,
    "picture": markup.picture,
    "card_picture": markup.card_picture,
    "variant_picture": markup.variant_picture,
    "product_price": markup.product_price,
    "variant_price": markup.variant_price,
    "stock_note": markup.stock_note,
    "line_total": words.line_total,
}
FILTERS: dict[str, Any] = {
    "money": words.money,
    "quoted": functools.partial(quote, safe=""),
    "date": date_words,
    "capfirst": capfirst,
    "truncatechars": truncatechars,
    "country_name": words.country_name,
}
