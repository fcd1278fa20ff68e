"""Pictures with their renditions, as pages show them."""

from typing import Any

from markupsafe import Markup

from shop.platform.language import page_language
from shop.platform.models import Image
from shop.platform.picture import Picture
from shop.storefront.stencils import safe, stencil

TEMPLATE = "storefront/_picture.html"
# How wide a product's pictures are shown. On phones they fill the screen; an eighth less is not seen, and for many of
# them a rendition with half of the bytes is then wide enough.
SLIDE = "(min-width: 84rem) 44rem, (min-width: 56rem) 52vw, 88vw"


def picture(image: Picture | Image | None, sizes: str, alt: str = "", eager: bool = False) -> Markup:
    """Return a picture, or a neutral tile while it has no renditions.

    `sizes`: how wide it is shown, as HTML says it. `eager`: it is what a visitor sees first.
    """
    if image is None or not image.is_ready:
        return Markup(stencil(page_language(), TEMPLATE, "blank", bool(alt)) % {"alt": safe(alt)})  # noqa: S704
    filled = stencil(page_language(), TEMPLATE, "picture", sizes, eager) % {"alt": safe(alt), **sources(image)}
    return Markup(filled)  # noqa: S704 - of a template, filled with what is safe


def preload(image: Picture | None, sizes: str) -> Markup:
    """Return what lets a browser ask for a picture before it knows how the page looks; nothing for a neutral tile."""
    if image is None or not image.is_ready:
        return Markup()
    filled = stencil(page_language(), TEMPLATE, "preload", sizes) % sources(image)
    return Markup(filled)  # noqa: S704 - the same


def sources(image: Picture | Image) -> dict[str, Any]:
    """What fills a picture's stencil beside its words: addresses that are made of hashes, and numbers."""
    return {
        "webp": image.webp_srcset,
        "fallback": image.fallback_url,
        "width": image.width,
        "height": image.height,
    }
