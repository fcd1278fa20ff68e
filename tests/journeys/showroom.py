"""A small catalogue with pictures for journeys through a browser."""

import io
from decimal import Decimal
from functools import cache

import PIL.Image

from shop.backoffice.demo.artwork import Look, Shot, encoded
from shop.catalog import services as catalog
from shop.catalog.models import Product
from shop.inventory import services as inventory
from shop.platform import media
from shop.platform.models import Image
from tests import factories
from tests.waiting import patience

LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"  # as wide as words of merchants can be
SCENES = {"Cushions": "cushion", "Wall prints": "framed", "Tiles": "tiled"}


def furnish() -> None:
    """Three categories with a product each, delivery and tax: what a shopper needs."""
    factories.shipping("4.90", countries=("DE",))
    factories.shipping("14.90", code="abroad")
    factories.tax("DE", "19")
    factories.tax("FR", "20")
    for (category, scene), family in zip(SCENES.items(), ("khatam", "petals", "cubes"), strict=True):
        _product(category, scene, family)


def await_pictures() -> None:
    """Wait until the worker has made all renditions."""
    patience(180, lambda: "the worker made no renditions")(lambda: not Image.objects.filter(rendered_at=None).exists())


def _product(category: str, scene: str, family: str) -> Product:
    variants = tuple(
        catalog.VariantData(
            sku=f"{scene}-{colour}-{size}",
            price=Decimal(price),
            compare_at_price=Decimal(price) + 10 if colour == "Indigo" else None,
            option_values=(colour, size),
            weight_g=400,
        )
        for colour in ("Fjord", "Indigo")
        for size, price in (("40 × 40 cm", "39.00"), ("50 × 50 cm", "49.00"))
    )
    data = catalog.ProductData(
        slug=scene,
        title=f"Alhambra {category.lower()} {LONG if scene == 'framed' else ''}".strip(),
        vendor=LONG if scene == "framed" else "",
        variants=variants,
        option_names=("Colourway", "Size"),
        categories=(catalog.category([category]),),
        body_html="<p>A star grows out of a square grid.</p>",
        attributes={"Material": "Linen", LONG: LONG},
    )
    saved = catalog.save(data)
    inventory.set_levels({variant.pk: 3 if "50" in variant.label else 20 for variant in saved.variants.values()})
    shots = [(media.store(io.BytesIO(_photo(scene, family, colour))).pk, colour) for colour in ("Fjord", "Indigo")]
    images = [
        catalog.ImageData(pk, f"{data.title} in {colour}", f"{scene}-{colour}-40 × 40 cm") for pk, colour in shots
    ]
    catalog.set_images(saved.product, images)
    return saved.product


@cache
def _photo(scene: str, family: str, colour: str) -> bytes:
    """A small JPEG, which is quickly drawn and rendered."""
    buffer = io.BytesIO()
    photo = PIL.Image.open(io.BytesIO(encoded(Shot(scene, Look(family, colour)))))
    photo.resize((480, 480 * photo.height // photo.width)).save(buffer, "JPEG")
    return buffer.getvalue()
