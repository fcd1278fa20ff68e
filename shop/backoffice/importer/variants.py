"""The variants among a product's rows."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from django.utils.text import slugify
from django.utils.translation import gettext as _

from shop.backoffice.importer import values
from shop.backoffice.importer.draft import Stocked
from shop.backoffice.importer.reader import Row
from shop.backoffice.importer.report import Remark, Report
from shop.backoffice.importer.values import Unusable
from shop.catalog.services import VariantData
from shop.inventory.services import Terms

LONGEST_SKU = 255
LONGEST_BARCODE = 64
Key = TypeVar("Key")
Option = tuple[str, str]  # the option's name, and the column that holds its values


@dataclass(frozen=True)
class VariantRow:
    row: Row
    data: VariantData
    stocked: Stocked


def is_variant(row: Row) -> bool:
    """Tell a row of a variant from one that only adds a picture."""
    return bool(row["option1_value"] or row["sku"] or row["price"])


def option_columns(head: Row, rows: Sequence[Row]) -> list[Option]:
    """Return the options of a product. One variant under the option "Title" is Shopify's way to say: no options."""
    sold = [row for row in rows if is_variant(row)]
    found: list[Option] = []
    for number in (1, 2, 3):
        name, column = head[f"option{number}_name"], f"option{number}_value"
        if name or any(row[column] for row in sold):
            found.append((name or _("Option %(number)s") % {"number": number}, column))
    alone = len(sold) <= 1 and len(found) == 1
    return [] if alone and found[0][0] in {"Title", _("Option %(number)s") % {"number": 1}} else found


@dataclass
class VariantReader:
    """Reads the variants of one product. `taken` holds the line of each SKU of the file so far, and gets new ones."""

    slug: str
    options: Sequence[Option]
    taken: dict[str, int]
    report: Report
    rename: bool = False

    def read(self, rows: Sequence[Row]) -> list[VariantRow]:
        found: list[VariantRow] = []
        combinations: dict[tuple[str, ...], int] = {}
        for row in rows:
            if not is_variant(row):
                continue
            try:
                variant = self._with_free_sku(_variant(row, self.options, self.report))
                options, sku = variant.data.option_values, variant.data.sku
                _refuse_again(options, combinations, _("it has the same options as line %(line)s"))
                _refuse_again(sku, self.taken, _("its SKU is on line %(line)s already"))
            except Unusable as error:
                self.report.rejected.append(Remark(row.line, self.slug, str(error)))
                continue
            combinations[options] = row.line
            if sku:
                self.taken[sku] = row.line
            found.append(variant)
        return _with_skus(self.slug, found, self.taken)

    def _with_free_sku(self, variant: VariantRow) -> VariantRow:
        sku = variant.data.sku
        if not self.rename or sku not in self.taken:
            return variant
        note = _("its SKU %(sku)s is on line %(line)s already: it got one of its own")
        self.report.notes.append(Remark(variant.row.line, self.slug, note % {"sku": sku, "line": self.taken[sku]}))
        return replace(variant, data=replace(variant.data, sku=""))


def _refuse_again(key: Key, seen: Mapping[Key, int], refusal: str) -> None:
    if key in seen:
        raise Unusable(refusal % {"line": seen[key]})


def _variant(row: Row, options: Sequence[Option], report: Report) -> VariantRow:
    if not row["price"]:
        raise Unusable(_("it has no price"))
    gift_card = values.flag(row["gift_card"], default=False)
    data = VariantData(
        sku=_sku(row),
        price=values.price(row["price"]),
        option_values=tuple(_option_value(row, option) for option in options),
        compare_at_price=_compare_at(row, report),
        weight_g=values.weight(row),
        barcode=_barcode(row, report),
        requires_shipping=values.flag(row["requires_shipping"], default=not gift_card),
        taxable=values.flag(row["taxable"], default=not gift_card),
    )
    return VariantRow(row, data, _stocked(row, report))


def _sku(row: Row) -> str:
    sku = values.text(row["sku"])
    if len(sku) > LONGEST_SKU:
        raise Unusable(_("its SKU is longer than %(length)s characters") % {"length": LONGEST_SKU})
    return sku


def _option_value(row: Row, option: Option) -> str:
    name, column = option
    if not row[column]:
        raise Unusable(_("it has no value for the option %(name)s") % {"name": name})
    if len(row[column]) > 255:
        raise Unusable(_("its value for the option %(name)s is too long") % {"name": name})
    return row[column]


def _compare_at(row: Row, report: Report) -> Decimal | None:
    """A former price that cannot be read is left out: the variant can be sold without it."""
    if not row["compare_at"]:
        return None
    try:
        return values.price(row["compare_at"])
    except Unusable:
        note = _("the price before, “%(value)s”, is not usable and was left out") % {"value": row["compare_at"][:40]}
        report.notes.append(Remark(row.line, row["handle"], note))
        return None


def _barcode(row: Row, report: Report) -> str:
    barcode = values.text(row["barcode"])
    if len(barcode) <= LONGEST_BARCODE:
        return barcode
    report.notes.append(Remark(row.line, row["handle"], _("the barcode is too long and was left out")))
    return ""


def _stocked(row: Row, report: Report) -> Stocked:
    """Without a tracker Shopify does not count; a file without that column counts if it names quantities."""
    tracked = bool(row["tracker"]) if row.has("tracker") else row.has("quantity")
    terms = Terms(tracked=tracked, allow_backorder=values.flag(row["policy"], default=False))
    pieces = values.pieces(row["quantity"])
    if pieces < 0 and not terms.allow_backorder:
        if tracked:
            note = _("the stock %(pieces)s was taken as 0") % {"pieces": pieces}
            report.notes.append(Remark(row.line, row["handle"], note))
        pieces = 0
    return Stocked(pieces, terms)


def _with_skus(slug: str, found: list[VariantRow], taken: dict[str, int]) -> list[VariantRow]:
    """Give a SKU to those without: handle and option values, the same in each import of the file."""
    plain = Counter(_plain_sku(slug, variant) for variant in found if not variant.data.sku)
    return [_with_sku(slug, variant, plain, taken) for variant in found]


def _with_sku(slug: str, variant: VariantRow, plain: Counter[str], taken: dict[str, int]) -> VariantRow:
    if variant.data.sku:
        return variant
    sku = _plain_sku(slug, variant)
    if plain[sku] > 1 or sku in taken or len(sku) > LONGEST_SKU:
        values_hash = hashlib.sha256("\0".join((slug, *variant.data.option_values)).encode()).hexdigest()[:10]
        sku = f"{sku[: LONGEST_SKU - 11]}.{values_hash}"
    taken[sku] = variant.row.line
    return replace(variant, data=replace(variant.data, sku=sku))


def _plain_sku(slug: str, variant: VariantRow) -> str:
    # Slugs have no dots, so two products never come to the same SKU.
    return ".".join((slug, *(slugify(value, allow_unicode=True) for value in variant.data.option_values)))
