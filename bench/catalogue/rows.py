"""The rows of the catalogue, as tuples for COPY. The same number gives the same rows, on every machine."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeVar

from bench.catalogue.words import (
    ADJECTIVES,
    CATEGORIES,
    COLOURS,
    MATERIALS,
    PATTERNS,
    SENTENCES,
    SIZES,
    TAGS,
    VENDORS,
)
from shop.platform.renditions import sources

T = TypeVar("T")
Row = tuple[Any, ...]

BASE = 10_000  # products that are made up one by one; product 10,001 is made like product 1, under names of its own
VARIANTS = 3  # of each product
PICTURES = 2
WIDTHS = (320, 640, 960, 1280)
PLENTY = 1_000_000  # pieces in stock; orders of a whole run do not empty it
DAY_ONE = datetime(2026, 1, 1, tzinfo=UTC)


def spread(number: int, salt: int) -> int:
    """Return a 32-bit number that looks drawn at random (the finalizer of MurmurHash3)."""
    mixed = (number * 0x9E3779B1 + salt * 0x85EBCA77) & 0xFFFFFFFF
    mixed = ((mixed ^ mixed >> 16) * 0x85EBCA6B) & 0xFFFFFFFF
    mixed = ((mixed ^ mixed >> 13) * 0xC2B2AE35) & 0xFFFFFFFF
    return mixed ^ mixed >> 16


def pick(choices: Sequence[T], number: int, salt: int) -> T:
    return choices[spread(number, salt) % len(choices)]


@dataclass(frozen=True)
class Shelf:
    """A category."""

    id: int
    name: str
    slug: str
    parent: int | None


def shelves() -> list[Shelf]:
    """Return the tree, a parent before its children."""
    found: list[Shelf] = []
    for name, children in CATEGORIES.items():
        parent = Shelf(len(found) + 1, name, name.lower(), None)
        found.append(parent)
        for child in children:
            slug = f"{name}-{child}".lower().replace(" ", "-")
            found.append(Shelf(len(found) + 1, child, slug, parent.id))
    return found


LEAVES = [shelf for shelf in shelves() if shelf.parent]


@dataclass(frozen=True)
class Article:
    """Product number `id`, from 1."""

    id: int

    @property
    def seed(self) -> int:
        """The number of the product that it is made like."""
        return (self.id - 1) % BASE + 1

    @cached_property
    def shelf(self) -> Shelf:
        return pick(LEAVES, self.seed, 1)

    @cached_property
    def adjective(self) -> str:
        return pick(ADJECTIVES, self.seed, 2)

    @cached_property
    def pattern(self) -> str:
        return pick(PATTERNS, self.seed, 3)

    @property
    def title(self) -> str:
        return f"{self.adjective} {self.pattern} {self.shelf.name}".capitalize()

    @property
    def slug(self) -> str:
        return f"{self.title}-{self.id}".lower().replace(" ", "-")

    @property
    def vendor(self) -> str:
        return pick(VENDORS, self.seed, 4)

    @property
    def tags(self) -> list[str]:
        return sorted({pick(TAGS, self.seed, 5), pick(TAGS, self.seed, 6)})

    @property
    def option(self) -> str:
        return "Size" if spread(self.seed, 7) % 2 else "Colour"

    @cached_property
    def values(self) -> list[str]:
        if self.option == "Size":
            return list(SIZES)
        first = spread(self.seed, 8)
        return [COLOURS[(first + step) % len(COLOURS)] for step in range(VARIANTS)]

    @cached_property
    def prices(self) -> list[Decimal]:
        base = 9 + spread(self.seed, 9) % 140
        return [Decimal(base * (4 + step) // 4) + Decimal("0.90") for step in range(VARIANTS)]

    @property
    def before(self) -> list[Decimal | None]:
        """Former prices: one product in eight is on sale."""
        on_sale = spread(self.seed, 10) % 8 == 0
        return [price + 10 if on_sale else None for price in self.prices]

    @property
    def in_stock(self) -> list[int]:
        """One product in forty is sold out, and one variant in fifteen of the others."""
        if spread(self.seed, 11) % 40 == 0:
            return [0] * VARIANTS
        return [0 if spread(self.seed * VARIANTS + step, 12) % 15 == 0 and step else PLENTY for step in range(VARIANTS)]

    @property
    def variants(self) -> list[int]:
        """Ids of the variants."""
        return [self.id * VARIANTS + step - VARIANTS + 1 for step in range(VARIANTS)]

    @property
    def skus(self) -> list[str]:
        return [f"B{self.id:07d}-{step + 1}" for step in range(VARIANTS)]

    @cached_property
    def paragraphs(self) -> list[str]:
        return [" ".join(self._sentence(number * 4 + step) for step in range(4)) for number in range(3)]

    def _sentence(self, step: int) -> str:
        return pick(SENTENCES, self.seed, 20 + step).format(
            pattern=self.pattern,
            adjective=self.adjective,
            material=pick(MATERIALS, self.seed, 40 + step),
            colour=pick(COLOURS, self.seed, 60 + step).lower(),
            number=2 + spread(self.seed, 80 + step) % 60,
        )

    @property
    def facets(self) -> list[str]:
        """As catalog.services.refresh() derives them."""
        options = {f"o:{self.option.lower()}:{value}" for value in self.values}
        return sorted({f"c:{self.shelf.id}", f"c:{self.shelf.parent}", *options})

    @property
    def keywords(self) -> str:
        return " ".join([self.vendor, self.shelf.name, *self.tags, *self.skus])


def articles(count: int) -> Iterator[Article]:
    return (Article(number) for number in range(1, count + 1))


def category_row(shelf: Shelf) -> Row:
    return (shelf.id, shelf.parent, shelf.name, shelf.slug, f"{shelf.name}, patterned.", shelf.id)


def product_row(article: Article) -> Row:
    published_at = DAY_ONE - timedelta(minutes=article.id)
    body = "".join(f"<p>{paragraph}</p>" for paragraph in article.paragraphs)
    attributes = json.dumps({"Material": pick(MATERIALS, article.seed, 40), "Care": "Wipe clean"})
    shown = (article.id, article.slug, article.title, body, article.vendor, article.shelf.name, article.tags)
    kept = ([article.option], attributes, "standard", True, published_at, "", "", published_at, published_at)
    derived = (min(article.prices), max(article.prices), article.before[0], article.facets, article.keywords)
    return (*shown, *kept, *derived, " ".join(article.paragraphs))


def variant_rows(article: Article) -> Iterator[Row]:
    for step, (pk, sku) in enumerate(zip(article.variants, article.skus, strict=True)):
        sold = ([article.values[step]], article.prices[step], article.before[step])
        yield (pk, article.id, sku, *sold, 200 + 50 * step, "", step, True, True)


def stock_rows(article: Article) -> Iterator[Row]:
    for pk, pieces in zip(article.variants, article.in_stock, strict=True):
        yield (pk, pieces, True, False)


def movement_rows(article: Article) -> Iterator[Row]:
    """The ledger behind the stock."""
    for pk, pieces in zip(article.variants, article.in_stock, strict=True):
        if pieces:
            yield (pk, pieces, "received", "opening stock", DAY_ONE)


def image_rows(article: Article) -> Iterator[Row]:
    """Pictures that exist as rows only: no page asks the storage."""
    for step in range(PICTURES):
        digest = hashlib.sha256(f"picture {_picture(article, step)}".encode()).hexdigest()
        stem = f"{digest[:2]}/{digest}"
        renditions = [
            {"width": width, "format": form, "key": f"{stem}-{width}.{ending}"}
            for width in WIDTHS
            for form, ending in (("webp", "webp"), ("jpeg", "jpg"))
        ]
        facts = (f"{stem}.png", "image/png", 400_000, 1600, 1600)
        shown = sources(renditions, original=facts[0])
        yield (_picture(article, step), digest, *facts, json.dumps(renditions), *shown, DAY_ONE, DAY_ONE)


def product_image_rows(article: Article) -> Iterator[Row]:
    for step in range(PICTURES):
        yield (article.id, _picture(article, step), step, f"{article.title}, view {step + 1}")


def _picture(article: Article, step: int) -> int:
    return article.id * PICTURES + step - PICTURES + 1
