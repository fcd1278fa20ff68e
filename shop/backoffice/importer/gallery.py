"""The pictures that a product's rows name."""

from collections.abc import Sequence

from shop.backoffice.importer.draft import Wanted
from shop.backoffice.importer.reader import Row
from shop.backoffice.importer.variants import VariantRow

LAST = 1_000_000


def pictures(rows: Sequence[Row], variants: Sequence[VariantRow]) -> tuple[Wanted, ...]:
    """Return each picture once, in the order of the file's positions, those named by variants only at the end."""
    found: dict[str, Wanted] = {}
    named = [row for row in rows if row["image"]]
    for row in sorted(named, key=_position):
        found.setdefault(_key(row["image"]), Wanted(row.line, row["image"], row["image_alt"][:512]))
    for variant in variants:
        src = variant.row["variant_image"]
        if src:
            wanted = found.setdefault(_key(src), Wanted(variant.row.line, src))
            wanted.skus.append(variant.data.sku)
    for wanted in found.values():
        if len(wanted.skus) == len(variants):
            wanted.skus.clear()  # a picture of all variants is a picture of the product
    return tuple(found.values())


def _key(src: str) -> str:
    """The address without its version: the same picture is named with and without."""
    return src.partition("?")[0]


def _position(row: Row) -> int:
    position = row["image_position"]
    return int(position) if position.isdecimal() and len(position) < 7 else LAST
