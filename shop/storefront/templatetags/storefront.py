"""Money, pictures, prices and stock as the store shows them."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_countries import countries

from shop.cart.models import CartLine
from shop.catalog import pictures
from shop.catalog.cards import Card
from shop.catalog.models import Variant
from shop.storefront import markup
from shop.storefront.words import availability, money, saving

register = template.Library()

register.filter("money", money)


register.simple_tag(markup.picture)


@register.simple_tag
def card_picture(product: Card, sizes: str) -> SafeString:
    """The first picture of a product. Its title stands beside it, so the picture needs no words."""
    return markup.picture(product.cover, alt="", sizes=sizes)


@register.simple_tag
def variant_picture(variant: Variant, sizes: str) -> SafeString:
    """The picture that shows a variant best. Its name stands beside it."""
    best = pictures.of_line(variant)
    return markup.picture(best.image if best else None, alt="", sizes=sizes)


@register.simple_tag
def product_price(product: Card) -> SafeString:
    """The price of a product in a list: "from" when its variants differ, beside the old one when it is reduced."""
    was = product.compare_at_price if product.on_sale else None
    return markup.price(product.min_price, was, from_price=product.has_price_range)


@register.simple_tag
def variant_price(variant: Variant, *, with_saving: bool = False) -> SafeString:
    """The price of one variant, beside the old price when it is reduced, and how much that saves."""
    was = variant.compare_at_price if variant.on_sale else None
    return markup.price(variant.price, was, saved=saving(variant) if with_saving else 0)


@register.simple_tag
def stock_note(variant: Variant) -> SafeString:
    """One line about availability."""
    words, mood = availability(variant)
    return format_html('<p class="stock {}" data-stock aria-live="polite">{}</p>', mood, words)


@register.simple_tag
def line_total(line: CartLine) -> str:
    """What the pieces of one cart line cost together."""
    return money(line.variant.price * line.quantity)


@register.filter
def country_name(code: object) -> str:
    """The name of a country given by its ISO 3166-1 alpha-2 code."""
    return str(countries.name(str(code)) or code)
