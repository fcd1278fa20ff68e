"""Pieces of HTML that a list shows dozens of times: written by a function, each costs a tenth of a template."""

from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from shop.cart.contents import CartVariant
from shop.catalog.cards import Card
from shop.catalog.detail import DetailVariant
from shop.platform.models import Image
from shop.platform.picture import Picture
from shop.storefront.words import availability, money, saving

PICTURE = (
    '<picture class="picture"><source type="image/webp" srcset="{webp}" sizes="{sizes}">'
    '<img src="{src}" srcset="{jpeg}" sizes="{sizes}" width="{width}" height="{height}" alt="{alt}" {loading}'
    ' decoding="async"></picture>'
)
EAGER, LAZY = SafeString('fetchpriority="high"'), SafeString('loading="lazy"')
NOTHING = SafeString("")


def picture(image: Image | Picture | None, *, alt: str, sizes: str, eager: bool = False) -> SafeString:
    """A picture with its renditions, or a neutral tile while there are none."""
    if image is None or not image.is_ready:
        words = format_html(' role="img" aria-label="{}"', alt) if alt else NOTHING
        return format_html('<span class="picture blank"{}></span>', words)
    return format_html(
        PICTURE,
        webp=image.webp_srcset,
        jpeg=image.jpeg_srcset,
        src=image.fallback_url,
        sizes=sizes,
        width=image.width,
        height=image.height,
        alt=alt,
        loading=EAGER if eager else LAZY,
    )


def price(now: Decimal, was: Decimal | None = None, *, from_price: bool = False, saved: int = 0) -> SafeString:
    """A price, "from" it where there are several, beside the old one when it is reduced, and what that saves in %."""
    shown = _("from %(price)s") % {"price": money(now)} if from_price else money(now)
    more = format_html(' <span class="saved">\N{MINUS SIGN}{} %</span>', saved) if saved else NOTHING
    if not was:
        return format_html('<p class="price"><span class="now">{}</span>{}</p>', shown, more)
    return format_html(
        '<p class="price sale"><span class="visually-hidden">{} </span><span class="now">{}</span>'
        ' <span class="visually-hidden">{}</span> <del>{}</del>{}</p>',
        _("Sale price"),
        shown,
        _("instead of"),
        money(was),
        more,
    )


def card_picture(product: Card, sizes: str) -> SafeString:
    """The first picture of a product. Its title stands beside it, so the picture needs no words."""
    return picture(product.cover, alt="", sizes=sizes)


def variant_picture(variant: CartVariant, sizes: str) -> SafeString:
    """The picture that shows a variant best. Its name stands beside it."""
    return picture(variant.picture, alt="", sizes=sizes)


def product_price(product: Card) -> SafeString:
    """The price of a product in a list: "from" when its variants differ, beside the old one when it is reduced."""
    was = product.compare_at_price if product.on_sale else None
    return price(product.min_price, was, from_price=product.has_price_range)


def variant_price(variant: DetailVariant | CartVariant, *, with_saving: bool = False) -> SafeString:
    """The price of one variant, beside the old price when it is reduced, and how much that saves."""
    was = variant.compare_at_price if variant.on_sale else None
    return price(variant.price, was, saved=saving(variant) if with_saving else 0)


def stock_note(variant: DetailVariant) -> SafeString:
    """One line about availability."""
    words, mood = availability(variant)
    return format_html('<p class="stock {}" data-stock aria-live="polite">{}</p>', mood, words)
