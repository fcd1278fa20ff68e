"""The Jinja2 environment of the store's pages: compiled templates, escaped output, a few functions of ours.

Django's own backend makes it, with autoescape on.
"""

import ast
import re
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.template.defaultfilters import capfirst
from django.template.defaultfilters import date as date_words
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.html import json_script
from jinja2 import Environment, PrefixLoader
from jinja2.ext import Extension
from markupsafe import escape

from shop.catalog.addresses import category_urls, product_urls
from shop.platform.language import only_language, page_language
from shop.pricing.words import gives
from shop.storefront import cards, cart_lines, panel, pictures, prices, stencils, words
from shop.storefront.aisles import aisle_links, aisles_of

# {{ _("Home") }}, {{ url("home") }}, {{ static("storefront/img/mark.svg") }}
CONSTANT = re.compile(r"""\{\{ (_|url|static)\(("[^"]*"|'[^']*')\) \}\}""")
INCLUDE = re.compile(r"""\{% include "([^"]+)" %\}""")
WORDS = re.compile(r"""(?<![\w.])_\(("[^"\\]*"|'[^'\\]*')\)""")  # as in {{ _("from %(price)s")|format(price=least) }}


class Constants(Extension):
    """What is the same in all pages of a language is written into the template when that is compiled.

    A page says fifty things and names thirty addresses; looking each up cost a tenth of making it. So do the ten parts
    that it includes, which are written into it, too; not where templates are looked at anew whenever they change.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        prefix, named, _ = (name or "").partition(":")
        if not self.environment.auto_reload:
            source = self._whole(source, prefix if named else _language())
        with translation.override(prefix if named else translation.get_language()):
            return WORDS.sub(self._quote, CONSTANT.sub(self._write, source))

    def _whole(self, source: str, language: str) -> str:
        """With the parts that it includes in their places."""
        loader: Any = self.environment.loader

        def part(call: re.Match[str]) -> str:
            found = loader.get_source(self.environment, f"{language}:{call[1]}")[0]
            return self._whole(found.removesuffix("\n"), language)

        return INCLUDE.sub(part, source)

    def _write(self, call: re.Match[str]) -> str:
        function: Any = self.environment.globals[call[1]]
        return str(escape(function(ast.literal_eval(call[2]))))

    def _quote(self, call: re.Match[str]) -> str:
        """As a literal, which Jinja2 reads as Python does."""
        function: Any = self.environment.globals["_"]
        return ascii(str(function(ast.literal_eval(call[1]))))


class Pages(Environment):
    """Templates are compiled once for each language, under names like "en:storefront/home.html".

    All of them share the environment's own globals: Jinja2 would look through a chain of them for each include.
    """

    def get_template(self, name: Any, parent: str | None = None, globals: Any = None) -> Any:  # noqa: A002 - Jinja2's
        return super().get_template(f"{_language()}:{name}", parent, globals)

    def make_globals(self, d: Any) -> Any:
        return super().make_globals(d) if d else self.globals


def _language() -> str:
    active = page_language()
    return active if only_language() or active in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def environment(**options: Any) -> Environment:
    """Named by TEMPLATES."""
    found = {code: options["loader"] for code, _name in settings.LANGUAGES}
    options |= {"loader": PrefixLoader(found, delimiter=":"), "trim_blocks": True, "lstrip_blocks": True}
    made = Pages(**options, extensions=[Constants])
    made.globals |= {**FUNCTIONS, "shop_name": settings.SHOP_NAME, "public_url": settings.PUBLIC_URL}
    made.filters |= FILTERS
    return made


def url(name: str, *args: Any) -> str:
    return reverse(name, args=args)


FUNCTIONS: dict[str, Any] = {
    "_": translation.gettext,
    "language": translation.get_language,
    "url": url,
    "static": static,
    "get_messages": get_messages,
    "aisles_of": aisles_of,
    "aisle_links": aisle_links,
    "json_script": json_script,
    "designs": words.designs,
    "cart_of": words.cart_of,
    "suggestions": words.suggestions,
    "saving": words.saving,
    "hole": stencils.hole,
    "picture": pictures.picture,
    "preload": pictures.preload,
    "SLIDE": pictures.SLIDE,
    "card_items": cards.card_items,
    "line_items": cart_lines.line_items,
    "facet_links": panel.facet_links,
    "facet_boxes": panel.facet_boxes,
    "product_prices": prices.product_prices,
    "variant_price": prices.variant_price,
    "product_urls": product_urls,
    "category_urls": category_urls,
    "availability": words.availability,
    "warning": words.warning,
    "gives": gives,
}
FILTERS: dict[str, Any] = {
    "money": words.money,
    "date": date_words,
    "capfirst": capfirst,
    "beginning": words.beginning,
    "country_name": words.country_name,
}
