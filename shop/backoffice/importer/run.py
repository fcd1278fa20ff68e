"""The import: reads, saves and reports, a batch of products at a time.

Each product is one transaction, so an import can be stopped at any moment and started again, and two may run at once.
"""

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from shop.backoffice.importer import reader
from shop.backoffice.importer.attempts import NotSaved, persist
from shop.backoffice.importer.draft import Draft
from shop.backoffice.importer.parse import Parser
from shop.backoffice.importer.pictures import Album, Source
from shop.backoffice.importer.report import Remark, Report
from shop.backoffice.importer.shelve import hang, shelve
from shop.catalog import services as catalog
from shop.catalog.models import Category, Variant
from shop.catalog.services import Saved, SkuTaken

BATCH = 25  # products: their pictures are fetched while they are saved
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Options:
    """How to import. `source` gives the pictures; None leaves them as they are.

    `set_stock` also sets the stock of variants that have one, which forgets what was sold since the file was written.
    `rename_skus`: see Parser.
    """

    source: Source | None = None
    dry_run: bool = False
    set_stock: bool = False
    rename_skus: bool = False


@dataclass
class Import:
    """One run over one file. `advance` is called with numbers of rows as they are done."""

    path: Path
    options: Options = field(default_factory=Options)
    advance: Callable[[int], None] = lambda _rows: None
    report: Report = field(default_factory=Report)

    def run(self, found: reader.Overview) -> Report:
        """Import everything that can be imported. Raises UnreadableFile if the file changed since the overview."""
        begun = time.monotonic()
        self._categories: dict[tuple[str, ...], Category] = {}
        self.report.rows = found.rows
        with _album(self.options) as album:
            for batch in _batches(self._drafts(found), BATCH):
                self._import(batch, album)
        self.report.seconds = time.monotonic() - begun
        return self.report

    def _drafts(self, found: reader.Overview) -> Iterator[Draft]:
        parser = Parser(self.report, rename_skus=self.options.rename_skus)
        for group in reader.groups(self.path, found.scattered):
            draft = parser.parse(group)
            if draft:
                yield draft
            else:
                self.advance(len(group))

    def _import(self, batch: Sequence[Draft], album: "Album | None") -> None:
        pictures = {wanted.src: album.ask(wanted.src) for draft in batch for wanted in draft.pictures} if album else {}
        saved = [(draft, result) for draft in batch if (result := self._save(draft))]
        self._shelve(saved)
        if album:
            for draft, result in saved:
                hang(draft, result.product, pictures, self.report, dry_run=self.options.dry_run)

    def _shelve(self, saved: Sequence[tuple[Draft, Saved]]) -> None:
        """Set the stock of all together; product by product if the database refuses that of one."""
        how = {"set_stock": self.options.set_stock, "dry_run": self.options.dry_run}
        try:
            persist(lambda: shelve(saved, self.report, **how))
        except NotSaved as error:
            if len(saved) > 1:
                for one in saved:
                    self._shelve([one])
                return
            draft, _result = saved[0]
            self._reject(draft, draft.line, _("the stock could not be saved: %(why)s") % {"why": error})

    def _save(self, draft: Draft) -> Saved | None:
        """Save a product, or find out that it could be; count and report."""
        self.advance(draft.rows)
        try:
            return persist(lambda: self._saved(draft), SkuTaken)
        except NothingLeft:
            return None
        except (SkuTaken, NotSaved) as error:
            self._reject(draft, draft.line, _("the product could not be saved: %(why)s") % {"why": error})
            return None

    def _saved(self, draft: Draft) -> Saved:
        data = self._without_foreign_skus(draft, self._category(draft.category)).data
        try:
            with transaction.atomic():
                saved = catalog.save(data)
                transaction.set_rollback(self.options.dry_run)
        except IntegrityError:
            self._categories.clear()  # it may be a category that is not there any more
            raise
        self.report.products_created += saved.created
        self.report.products_updated += not saved.created
        self.report.variants += len(saved.variants)
        return saved

    def _without_foreign_skus(self, draft: Draft, category: Category | None) -> Draft:
        """Leave out variants whose SKU is another product's. Raises NothingLeft."""
        foreign = Variant.objects.filter(sku__in=list(draft.lines)).exclude(product__slug=draft.data.slug)
        taken = dict(foreign.values_list("sku", "product__slug"))
        for sku, slug in taken.items():
            reason = _("its SKU %(sku)s belongs to the product %(slug)s") % {"sku": sku, "slug": slug}
            self._reject(draft, draft.lines[sku], reason)
        left = tuple(variant for variant in draft.data.variants if variant.sku not in taken)
        if not left:
            raise NothingLeft
        categories = (category,) if category else ()
        return replace(draft, data=replace(draft.data, variants=left, categories=categories))

    def _reject(self, draft: Draft, line: int, reason: str) -> None:
        remark = Remark(line, draft.data.slug, reason)
        if remark not in self.report.rejected[-len(draft.lines) :]:  # a second attempt finds the same again
            self.report.rejected.append(remark)

    def _category(self, path: tuple[str, ...]) -> Category | None:
        if not path or self.options.dry_run:
            return None
        if path not in self._categories:
            self._categories[path] = catalog.category(path)
        return self._categories[path]


class NothingLeft(Exception):
    """All variants of a product were rejected."""


class _NoAlbum:
    """Stands where no pictures are wanted."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_error: object) -> None:
        return None


def _album(options: Options) -> Album | _NoAlbum:
    return Album(options.source, dry_run=options.dry_run) if options.source else _NoAlbum()


def _batches(things: Iterable[Thing], size: int) -> Iterator[list[Thing]]:
    iterator = iter(things)
    while batch := list(itertools.islice(iterator, size)):
        yield batch
