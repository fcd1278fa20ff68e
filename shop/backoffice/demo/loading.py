"""Filling an empty shop with the demo catalogue. What is there already is left as it is."""

import io
from collections.abc import Iterator
from decimal import Decimal

from django.db import transaction

from shop.backoffice.demo import charges
from shop.backoffice.demo.artwork import encoded
from shop.backoffice.demo.catalogue import Entry, PlannedImage
from shop.backoffice.demo.kinds import CATEGORIES
from shop.backoffice.demo.pool import workers
from shop.catalog import freshness
from shop.catalog import services as catalog
from shop.catalog.models import Category, Product, ProductImage
from shop.inventory import services as inventory
from shop.platform import media
from shop.pricing.models import ShippingMethod, ShippingRate, TaxRate

LOCK = 0x7E55E1  # any number that only load_demo uses


def missing(entries: tuple[Entry, ...]) -> list[Entry]:
    """Return the products that are not in the shop, by kind and room: each process that draws
    keeps the last room it has furnished.

    A product is saved whole or not at all, so its slug says everything.
    """
    known = set(Product.objects.values_list("slug", flat=True))
    aisles = list(CATEGORIES)
    wanted = [entry for entry in entries if entry.data.slug not in known]
    return sorted(wanted, key=lambda entry: (aisles.index(entry.path), entry.data.product_type, entry.mood))


def load_charges() -> None:
    """Create tax rates and delivery methods where there are none of that country or code."""
    rates = [
        TaxRate(country=country, tax_class=name, rate=Decimal(rate))
        for country, pair in charges.VAT.items()
        for name, rate in zip(("standard", "reduced"), pair, strict=True)
    ]
    TaxRate.objects.bulk_create(rates, ignore_conflicts=True)
    known = set(ShippingMethod.objects.values_list("code", flat=True))
    for position, method in enumerate(charges.METHODS):
        if method.code not in known:
            _create_method(method, position)


def _create_method(method: charges.Method, position: int) -> None:
    with transaction.atomic():
        row = ShippingMethod.objects.create(
            code=method.code, name=method.name, description=method.description, position=position
        )
        ShippingRate.objects.bulk_create(
            ShippingRate(
                method=row,
                countries=list(rate.countries),
                basis=rate.basis,
                from_value=Decimal(start),
                price=Decimal(price),
            )
            for rate in method.rates
            for start, price in rate.steps
        )


def load_categories() -> dict[tuple[str, ...], Category]:
    """Create the category tree; return the categories by their path of names."""
    nodes: dict[tuple[str, ...], Category] = {}
    for position, (path, text) in enumerate(CATEGORIES.items()):
        node = nodes[path] = catalog.category(path)
        if not node.description:
            node.description, node.position = text, position
            node.save(update_fields=["description", "position"])
    return nodes


def illustrate(nodes: dict[tuple[str, ...], Category]) -> None:
    """Give each category without a picture the first picture of its first product, or of its first child."""
    for path, node in sorted(nodes.items(), key=lambda pair: -len(pair[0])):
        if node.image_id is None:
            inside = [other.pk for place, other in nodes.items() if place[: len(path)] == path]
            shown = (
                ProductImage.objects.filter(product__categories__in=inside).order_by("product_id", "position").first()
            )
            if shown:
                node.image_id = shown.image_id
                node.save(update_fields=["image"])
    freshness.tree_changed()


def pictures(plans: tuple[PlannedImage, ...]) -> list[int]:
    """Draw, store and render the pictures of one product; return their ids. Doing it twice changes nothing."""
    ids = []
    for plan in plans:
        image = media.store(io.BytesIO(encoded(plan.shot)), render=False)
        media.make_renditions(image.pk)
        ids.append(image.pk)
    return ids


def drawn(entries: list[Entry], processes: int) -> Iterator[tuple[Entry, list[int]]]:
    """Yield each product with the ids of its pictures, in order; drawn side by side when `processes` is above one."""
    if processes < 2 or len(entries) < 2:
        yield from ((entry, pictures(entry.images)) for entry in entries)
        return
    with workers(min(processes, len(entries))) as pool:
        try:
            yield from zip(entries, pool.map(pictures, [entry.images for entry in entries]), strict=True)
        finally:
            pool.shutdown(cancel_futures=True)


def save(entry: Entry, image_ids: list[int], category: Category) -> None:
    """Save one product with its pictures and stock, in one transaction."""
    with transaction.atomic():
        data = catalog.ProductData(**{**vars(entry.data), "categories": (category,)})
        saved = catalog.save(data)
        shown = zip(entry.images, image_ids, strict=True)
        catalog.set_images(saved.product, [catalog.ImageData(pk, plan.alt, plan.sku) for plan, pk in shown])
        levels = {saved.variants[sku].pk: pieces for sku, pieces in entry.stock.items()}
        inventory.set_levels(levels, reference="opening stock")
