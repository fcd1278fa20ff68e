"""The demo catalogue: every product with its variants, stock and pictures, worked out from kinds and items."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from html import escape
from itertools import product as combinations

from django.utils.text import slugify

from shop.backoffice.demo.artwork import Look, Shot
from shop.backoffice.demo.item import Item
from shop.backoffice.demo.kinds import KINDS, Finish, Kind, Size
from shop.backoffice.demo.ranges import ITEMS
from shop.catalog.services import ProductData, VariantData

OPENED = datetime(2025, 3, 1, 9, tzinfo=UTC)  # the first product went on sale
NO_FINISH = Finish("")
MOST_VARIANTS = 9


@dataclass(frozen=True)
class PlannedImage:
    """A picture to be drawn, what it shows in words, and the SKU of the variant it belongs to (or "")."""

    shot: Shot
    alt: str
    sku: str = ""


@dataclass(frozen=True)
class Entry:
    """A product ready to be saved but for its categories and pictures. `stock` maps SKU to pieces."""

    data: ProductData
    path: tuple[str, ...]
    stock: dict[str, int]
    images: tuple[PlannedImage, ...]

    @property
    def mood(self) -> str:
        """The room it is shown in."""
        return self.images[0].shot.look.mood


@dataclass(frozen=True)
class Choice:
    """One combination of options."""

    size: Size
    finish: Finish
    colour: str


@lru_cache(maxsize=1)
def entries() -> tuple[Entry, ...]:
    """Return the whole catalogue, always in the same order."""
    return tuple(_entry(number, item) for number, item in enumerate(ITEMS))


def _entry(number: int, item: Item) -> Entry:
    kind = KINDS[item.kind]
    choices = [Choice(*c) for c in combinations(kind.sizes, _finishes(kind, item), item.colourways)]
    skus = {choice: _sku(kind, item, choice) for choice in choices}
    variants = tuple(_variant(kind, item, choice, skus[choice]) for choice in choices)
    stock = {skus[choice]: _pieces(item, kind, choice, skus[choice]) for choice in choices}
    return Entry(_data(number, kind, item, variants), kind.path, stock, tuple(_images(kind, item, skus)))


def _finishes(kind: Kind, item: Item) -> tuple[Finish, ...]:
    """Return the finishes of a kind, or none where they would make more variants than a shopper wants to read."""
    count = len(kind.sizes) * len(kind.finishes) * len(item.colourways)
    return kind.finishes if 0 < count <= MOST_VARIANTS else (NO_FINISH,)


def _data(number: int, kind: Kind, item: Item, variants: tuple[VariantData, ...]) -> ProductData:
    paragraphs = item.text.split("\n")
    return ProductData(
        slug=slugify(f"{item.title} {kind.product_type.split(',')[0]}"),
        title=item.title,
        variants=variants,
        body_html="".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in paragraphs),
        vendor=kind.vendor,
        product_type=kind.product_type,
        tags=item.tags,
        option_names=_option_names(kind, item),
        attributes=_attributes(kind, item),
        # Neighbours in this list are far apart in time, so that the newest products are of all kinds.
        published_at=OPENED + timedelta(days=number * 29 % len(ITEMS) * 3, hours=number % 7),
        tax_class=kind.tax_class,
        seo_title=f"{item.title}: {kind.product_type.lower()} by {kind.vendor}",
        seo_description=_shortened(" ".join(paragraphs)),
    )


def _shortened(text: str) -> str:
    """Return the first sentences that fit a search engine's line of 160 characters."""
    if len(text) <= 160:
        return text
    return text[:159].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def _option_names(kind: Kind, item: Item) -> tuple[str, ...]:
    wanted = (
        ("Size", len(kind.sizes) > 1),
        (kind.finish_name, _finishes(kind, item) != (NO_FINISH,)),
        ("Colour", len(item.colourways) > 1),
    )
    return tuple(name for name, chosen in wanted if chosen)


def _values(kind: Kind, item: Item, choice: Choice) -> tuple[str, ...]:
    labels = {"Size": choice.size.label, kind.finish_name: choice.finish.label, "Colour": choice.colour}
    return tuple(labels[name] for name in _option_names(kind, item))


def _attributes(kind: Kind, item: Item) -> dict[str, str]:
    return {
        "Material": kind.material,
        "Care": kind.care,
        "Origin": kind.origin,
        "Dimensions": "; ".join(dict.fromkeys(size.dimensions for size in kind.sizes)),
        "Pattern": item.family.capitalize(),
    }


def _variant(kind: Kind, item: Item, choice: Choice, sku: str) -> VariantData:
    full = choice.size.price + choice.finish.price
    price = _reduced(full, item.sale) if item.sale else full
    return VariantData(
        sku=sku,
        price=price,
        option_values=_values(kind, item, choice),
        compare_at_price=full if price < full else None,
        weight_g=choice.size.weight_g + choice.finish.weight_g,
        barcode=ean13(sku),
    )


def _reduced(price: Decimal, percent: int) -> Decimal:
    """Return a sale price: rounded down to ninety cents above five euros, to ten cents below."""
    lower = price * (100 - percent) / 100
    if lower < 5:
        return lower.quantize(Decimal("0.1")).quantize(Decimal("0.01"))
    return Decimal(int(lower)) - Decimal("0.10")


def _sku(kind: Kind, item: Item, choice: Choice) -> str:
    """Return for example PRT-QUARPAST-S2-FJO: kind, first and last word, size, finish, colour."""
    words = slugify(item.title).upper().split("-")
    title = words[0][:4] + words[-1][:4] if len(words) > 1 else words[0][:8]
    size = f"S{kind.sizes.index(choice.size) + 1}" if len(kind.sizes) > 1 else ""
    colour = choice.colour[:3].upper() if len(item.colourways) > 1 else ""
    return "-".join(part for part in (kind.code, title, size, choice.finish.label[:3].upper(), colour) if part)


def ean13(sku: str) -> str:
    """Return a barcode for use within the shop: GS1 prefix 20, ten digits from the SKU, the check digit of EAN-13."""
    digits = f"20{zlib.crc32(sku.encode()) % 10**10:010d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def _pieces(item: Item, kind: Kind, choice: Choice, sku: str) -> int:
    labels = ("*", choice.size.label, choice.finish.label, choice.colour)
    if any(_names(mark, labels) for mark in item.sold_out):
        return 0
    spread = zlib.crc32(sku.encode())
    if any(_names(mark, labels) for mark in item.low):
        return 1 + spread % 3
    return 12 + spread % (30 if kind.code in ("RUG", "THR") else 140)


def _names(mark: str, labels: tuple[str, ...]) -> bool:
    return any(label == mark or (mark != "*" and label.startswith(mark)) for label in labels)


SAYS = {
    "framed": "framed on a wall above a sideboard",
    "hanger": "hung between two strips of oak",
    "ledge": "on a picture ledge",
    "tiled": "on a kitchen wall",
    "tile_set": "laid out tile by tile",
    "papered": "on a wall behind a stool with a vase",
    "roll": "as a roll, half unrolled",
    "cushion": "on a sofa",
    "cushion_pair": "beside its twin in another colour",
    "folded": "folded, in a pile on a stool",
    "closeup": "from close by, with its weave",
    "scarf": "laid out flat",
    "throw": "over a wooden rail, with its fringe",
    "towel": "on a brass rail",
    "silk": "drawn over a brass rail",
    "tote": "on a peg",
    "rug": "on floorboards in front of an armchair",
    "rug_above": "from above",
    "plate": "on linen",
    "rimmed": "with the pattern on the rim",
    "bowls": "from above",
    "mug": "on a shelf",
    "coasters": "as a set of four",
    "setting": "in three sizes",
    "notebook": "with a pencil",
    "notebooks": "in two colours",
    "gift": "around two boxes with a bow",
    "rolls": "in three rolls",
    "cards": "with its envelope",
    "sheet": "from close by",
    "glazed": "the glaze from close by",
    "tile_detail": "two tiles from close by",
}


def _images(kind: Kind, item: Item, skus: dict[Choice, str]) -> Iterator[PlannedImage]:
    """Plan the pictures: all scenes in the first colourway, the main scene in each of the others."""
    scenes = (*kind.scenes, "ledge") if kind.code == "PRT" and len(item.colourways) > 1 else kind.scenes
    several = len(item.colourways) > 1
    for position, colour in enumerate(item.colourways):
        for scene in scenes if position == 0 else scenes[:1]:
            main = scene == scenes[0] and several
            sku = next(sku for choice, sku in skus.items() if choice.colour == colour) if main else ""
            yield PlannedImage(Shot(scene, _look(item, position)), _alt(kind, item, scene, colour), sku)


def _look(item: Item, position: int) -> Look:
    ways = item.colourways
    twin = ways[(position + 1) % len(ways)]
    return Look(item.family, ways[position], item.seed, item.scale, twin, item.mood)


def _alt(kind: Kind, item: Item, scene: str, colour: str) -> str:
    return f"{item.title}, {kind.product_type.split(',')[0].lower()} in {colour}, {SAYS[scene]}"
