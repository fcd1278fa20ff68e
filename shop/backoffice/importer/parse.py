"""From the rows of one product to a draft of it. Reads no database; what cannot be used goes to the report."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils.text import slugify
from django.utils.translation import gettext as _

from shop.backoffice.importer import values
from shop.backoffice.importer.draft import Draft
from shop.backoffice.importer.gallery import pictures
from shop.backoffice.importer.reader import Row
from shop.backoffice.importer.report import Remark, Report
from shop.backoffice.importer.variants import VariantReader, VariantRow, is_variant, option_columns
from shop.backoffice.product_form import LONGEST as LONGEST_DESCRIPTION
from shop.catalog.html import sanitized
from shop.catalog.models import Product
from shop.catalog.services import ProductData

LONGEST_TITLE = 255


class Parser:
    """Remembers the handles and SKUs of the file, because each may be there once."""

    def __init__(self, report: Report, *, rename_skus: bool = False) -> None:
        """With `rename_skus` a variant whose SKU is in the file already gets one of its own instead of a refusal."""
        self._report = report
        self._rename_skus = rename_skus
        self._handles: dict[str, int] = {}
        self._skus: dict[str, int] = {}

    def parse(self, group: Sequence[Row]) -> Draft | None:
        """Return the draft of a product; None if nothing of it can be imported. The report names each rejected row."""
        rows = self._readable(group)
        if not rows:
            return None
        slug = self._slug(rows[0])
        head = next((row for row in rows if row["title"]), None)
        refusal = self._refusal(slug, head)
        if refusal or head is None:
            self._report.rejected.extend(Remark(row.line, row["handle"], refusal) for row in rows)
            return None
        self._handles[slug] = rows[0].line
        return self._draft(slug, head, rows)

    def _refusal(self, slug: str, head: Row | None) -> str:
        if not slug:
            return _("it has no handle")
        if slug in self._handles:
            text = _("its handle stands for the same product as that on line %(line)s")
            return text % {"line": self._handles[slug]}
        if head is None:
            return _("its product has no title")
        return _("its product's title is too long") if len(head["title"]) > LONGEST_TITLE else ""

    def _draft(self, slug: str, head: Row, rows: Sequence[Row]) -> Draft | None:
        options = option_columns(head, rows)
        variants = VariantReader(slug, options, self._skus, self._report, rename=self._rename_skus).read(rows)
        self._reject_rest(rows, slug, any_variant=bool(variants))
        if not variants:
            return None
        return Draft(
            line=rows[0].line,
            rows=len(rows),
            data=self._data(slug, head, [name for name, _column in options], variants),
            lines={variant.data.sku: variant.row.line for variant in variants},
            stock={variant.data.sku: variant.stocked for variant in variants},
            category=tuple(part.strip()[:120] for part in head["type"].split(" > ") if part.strip()),
            pictures=pictures(rows, variants),
        )

    def _data(self, slug: str, head: Row, names: list[str], variants: Sequence[VariantRow]) -> ProductData:
        attributes = {
            name.partition(":")[2]: value[:500]
            for name, value in head.values.items()
            if name.startswith("attribute:") and value
        }
        return ProductData(
            slug=slug,
            title=head["title"],
            body_html=self._description(head),
            vendor=self._cut(head, "vendor", 120),
            product_type=self._cut(head, "type", 120),
            tags=_tags(head["tags"]),
            option_names=tuple(name[:60] for name in names),
            attributes=attributes,
            published=self._published(head, slug),
            seo_title=self._cut(head, "seo_title", 255),
            seo_description=self._cut(head, "seo_description", 400),
            variants=tuple(variant.data for variant in variants),
        )

    def _description(self, head: Row) -> str:
        """Return HTML that is short enough to be searched; pictures embedded in it go first, as they do when saved."""
        body = head["body"]
        if len(body) <= LONGEST_DESCRIPTION:
            return body
        return self._cut(replace(head, values={**head.values, "body": sanitized(body)}), "body", LONGEST_DESCRIPTION)

    def _published(self, head: Row, slug: str) -> bool:
        if values.flag(head["gift_card"], default=False):
            note = _("this is a gift card, which cannot be sold yet: it was imported unpublished")
            self._report.notes.append(Remark(head.line, slug, note))
            return False
        active = head["status"].lower() in {"", "active"}
        return active and values.flag(head["published"], default=True)

    def _cut(self, head: Row, name: str, length: int) -> str:
        if len(head[name]) > length:
            note = _("the value of %(column)s is longer than %(length)s characters and was cut")
            note %= {"column": name, "length": length}
            self._report.notes.append(Remark(head.line, head["handle"], note))
        return head[name][:length].strip()

    def _slug(self, row: Row) -> str:
        longest = Product._meta.get_field("slug").max_length or 255
        return slugify(row["handle"], allow_unicode=True)[:longest]

    def _readable(self, group: Sequence[Row]) -> list[Row]:
        broken = [Remark(row.line, row["handle"], row.error) for row in group if row.error]
        self._report.rejected.extend(broken)
        return [row for row in group if not row.error]

    def _reject_rest(self, rows: Sequence[Row], slug: str, *, any_variant: bool) -> None:
        """Reject the rows that come to nothing: empty ones, and those of a product without a variant."""
        rejected = {remark.line for remark in self._report.rejected[-len(rows) :]}
        for row in rows:
            if not any_variant and row.line not in rejected:
                self._report.rejected.append(Remark(row.line, slug, _("its product has no variant that can be sold")))
            elif not (is_variant(row) or row["image"] or row["title"]):
                self._report.rejected.append(Remark(row.line, slug, _("it holds neither a variant nor a picture")))


def _tags(value: str) -> tuple[str, ...]:
    tags = (tag.strip()[:80] for tag in value.split(","))
    return tuple(dict.fromkeys(tag for tag in tags if tag))
