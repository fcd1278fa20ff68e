import os
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import track

from shop.backoffice.demo import gift_cards, information, loading, vouchers
from shop.backoffice.demo.catalogue import Entry, entries
from shop.platform.postgresql import advisory


class Command(BaseCommand):
    """Fills the shop with the demo catalogue; safe to run again, at once, and after having been killed."""

    help = "Loads the demo catalogue: products, pictures, stock, tax rates, delivery methods, vouchers and gift cards."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--processes", type=int, default=_cores(), help=_("how many processes draw (all cores)"))

    def handle(self, *_args: Any, processes: int, **_options: Any) -> None:
        try:
            with advisory.in_turn(loading.LOCK):
                count = self._load(processes)
        except BrokenProcessPool as error:
            raise CommandError(
                _("A drawing process was killed. Run the command again: it goes on where it stopped.")
            ) from error
        except (BotoCoreError, ClientError) as error:
            raise CommandError(_("The storage of the pictures cannot be used: %(error)s") % {"error": error}) from error
        self.stdout.write(
            _("Demo catalogue: %(new)d new products, %(all)d in all") % {"new": count, "all": len(entries())}
        )

    def _load(self, processes: int) -> int:
        loading.load_charges()
        information.write()
        vouchers.write()
        gift_cards.write()
        nodes = loading.load_categories()
        wanted = loading.missing(entries())
        for entry, image_ids in self._watched(loading.drawn(wanted, processes), len(wanted)):
            loading.save(entry, image_ids, nodes[entry.path])
        loading.illustrate(nodes)
        return len(wanted)

    def _watched(self, work: Iterable[tuple[Entry, list[int]]], total: int) -> Iterator[tuple[Entry, list[int]]]:
        """Pass the work through, showing a bar on a terminal and a line for each product elsewhere."""
        console = Console(stderr=True)
        if console.is_terminal:
            yield from track(work, _("Drawing products"), total=total, console=console)
            return
        for number, (entry, image_ids) in enumerate(work, 1):
            yield entry, image_ids
            self.stdout.write(f"{number}/{total} {entry.data.title}")


def _cores() -> int:
    """Return how many cores this process may use; all of them where the system does not say, as macOS."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
