"""Small product files as merchants export them, written for one test each, and importing them."""

import csv
import io
from pathlib import Path

from shop.backoffice.importer import reader
from shop.backoffice.importer.pictures import Source
from shop.backoffice.importer.report import Report
from shop.backoffice.importer.run import Import, Options

HEADER = [
    "Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published", "Option1 Name", "Option1 Value",
    "Option2 Name", "Option2 Value", "Option3 Name", "Option3 Value", "Variant SKU", "Variant Grams",
    "Variant Inventory Tracker", "Variant Inventory Qty", "Variant Inventory Policy", "Variant Price",
    "Variant Compare At Price", "Variant Requires Shipping", "Variant Taxable", "Variant Barcode", "Image Src",
    "Image Position", "Image Alt Text", "Gift Card", "SEO Title", "SEO Description", "Google Shopping / Gender",
    "Variant Image", "Variant Weight Unit", "Status",
]  # fmt: skip
SHORT = {
    "handle": "Handle", "title": "Title", "body": "Body (HTML)", "type": "Type", "sku": "Variant SKU",
    "price": "Variant Price", "qty": "Variant Inventory Qty", "image": "Image Src", "alt": "Image Alt Text",
    "option": "Option1 Name", "value": "Option1 Value",
}  # fmt: skip


def row(handle: str, **values: str) -> dict[str, str]:
    """A row with its values by heading: some headings have short names, and _ stands for a space."""
    named = {SHORT.get(name, name.replace("_", " ")): value for name, value in values.items()}
    return {"Handle": handle, **named}


def shirt(handle: str = "shirt", **values: str) -> dict[str, str]:
    return row(handle, **{"title": "Shirt", "price": "20.00", "sku": f"SKU-{handle}", **values})


def write(path: Path, *rows: dict[str, str], header: list[str] = HEADER, encoding: str = "utf-8") -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, header, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    file = path / "products.csv"
    file.write_bytes(text.getvalue().encode(encoding))
    return file


def run(file: Path, source: Source | None = None, **options: bool) -> Report:
    return Import(file, Options(source, **options)).run(reader.overview(file))


def rejected(report: Report) -> list[tuple[int, str]]:
    return [(remark.line, remark.text) for remark in report.rejected]
