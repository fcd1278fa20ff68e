"""What happens when staff write about the shop. All these pages are kept under one tag: they are few, and stay."""

from shop.information.models import EXPECTED, Page
from shop.platform import pages

TAG = "information"


def changed() -> None:
    """Outdate the pages of information, in the caller's transaction."""
    pages.outdate([TAG])


def unwritten() -> dict[str, str]:
    """Return what the footer leads to and nobody has written yet: titles by slug."""
    written = set(Page.objects.written().filter(slug__in=EXPECTED).values_list("slug", flat=True))
    return {slug: str(title) for slug, title in EXPECTED.items() if slug not in written}
