"""After the products: their stock and their pictures."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future

from django.db import transaction
from django.utils.translation import gettext as _

from shop.backoffice.importer.attempts import NotSaved, persist
from shop.backoffice.importer.draft import Draft, Stocked
from shop.backoffice.importer.pictures import Unobtainable
from shop.backoffice.importer.report import Remark, Report
from shop.catalog import services as catalog
from shop.catalog.models import Product, Variant
from shop.catalog.services import ImageData, Saved
from shop.inventory import services as inventory
from shop.inventory.models import Stock
from shop.inventory.services import PiecesOwed

REFERENCE = "import"


def shelve(batch: Sequence[tuple[Draft, Saved]], report: Report, *, set_stock: bool, dry_run: bool) -> None:
    """Set how the variants are sold, and the stock of those that have none yet: what was sold since stays sold.

    The report is told after the commit: this may be an attempt that is made again.
    """
    owners = {variant.pk: (draft, sku) for draft, saved in batch for sku, variant in saved.variants.items()}
    with transaction.atomic():
        # Another import, or staff, may have removed some since they were saved; a dry run has made no new ones.
        here = Variant.objects.filter(pk__in=list(owners)).values_list("pk", flat=True)
        wanted = {pk: draft.stock[sku] for pk in here for draft, sku in [owners[pk]]}
        levels = {pk: stocked.pieces for pk, stocked in wanted.items()} if set_stock else _new(wanted)
        inventory.set_levels({pk: pieces for pk, pieces in levels.items() if pieces >= 0}, reference=REFERENCE)
        owed = _configure(wanted)
        # A stock below zero is allowed only once the variant may be sold when empty.
        inventory.set_levels({pk: pieces for pk, pieces in levels.items() if pieces < 0}, reference=REFERENCE)
        transaction.set_rollback(dry_run)
    report.notes += [_still_sold(*owners[pk]) for pk in owed]


def _still_sold(draft: Draft, sku: str) -> Remark:
    note = _("more of %(sku)s was sold than is there, so it is still sold when empty") % {"sku": sku}
    return Remark(draft.lines[sku], draft.data.slug, note)


def _new(wanted: Mapping[int, Stocked]) -> dict[int, int]:
    known = set(Stock.objects.filter(variant_id__in=list(wanted)).values_list("variant_id", flat=True))
    return {pk: stocked.pieces for pk, stocked in wanted.items() if pk not in known}


def _configure(wanted: Mapping[int, Stocked]) -> list[int]:
    """Set the terms of all, or of all that can have them; return the ids of those that cannot."""
    try:
        inventory.configure({pk: stocked.terms for pk, stocked in wanted.items()})
    except PiecesOwed:
        return [pk for pk, stocked in wanted.items() if not _configured(pk, stocked)]
    return []


def _configured(variant_id: int, stocked: Stocked) -> bool:
    try:
        inventory.configure({variant_id: stocked.terms})
    except PiecesOwed:
        return False
    return True


def hang(
    draft: Draft, product: Product, pictures: Mapping[str, "Future[int]"], report: Report, *, dry_run: bool
) -> None:
    """Give a product its pictures. If one cannot be had, a product that has pictures keeps those."""
    images: list[ImageData] = []
    complete = True
    for wanted in draft.pictures:
        try:
            image_id = pictures[wanted.src].result()
        except Unobtainable as error:
            complete = False
            report.pictures_missing.append(Remark(wanted.line, draft.data.slug, f"{wanted.src}: {error}"))
            continue
        report.pictures += 1
        images += [ImageData(image_id, wanted.alt, sku) for sku in wanted.skus or [""]]
    if images and not dry_run:
        try:
            persist(lambda: _hang(product.pk, images, complete=complete))
        except NotSaved as error:
            reason = _("the pictures could not be saved: %(why)s") % {"why": error}
            report.pictures_missing.append(Remark(draft.line, draft.data.slug, reason))


def _hang(product_id: int, images: Sequence[ImageData], *, complete: bool) -> None:
    with transaction.atomic():
        product = Product.objects.select_for_update().filter(pk=product_id).first()
        if product and (complete or not product.images.exists()):  # none: deleted meanwhile
            catalog.set_images(product, images)
