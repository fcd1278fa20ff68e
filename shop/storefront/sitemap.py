"""Where search engines find every page of the catalogue (sitemaps.org), flat however many there are."""

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import index as index_view
from django.contrib.sitemaps.views import sitemap as section_view
from django.core.paginator import Page, Paginator
from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from shop.catalog import tree
from shop.catalog.addresses import category_url
from shop.catalog.models import Product
from shop.information.models import Page as Information
from shop.platform.lane import CATALOGUE

A_FILE = 2_000  # products at most; the protocol allows 50,000 addresses and as many files


class _ById(Paginator):  # type: ignore[type-arg]
    """Pages by ranges of ids: neither counts the rows nor passes over those of the pages before. Some may be short."""

    object_list: QuerySet[Product]

    @cached_property
    def count(self) -> int:
        """The highest id."""
        return int(self.object_list.order_by().aggregate(last=Max("pk"))["last"] or 0)

    def page(self, number: int | str) -> Page[Product]:
        number = self.validate_number(number)
        last = number * self.per_page
        return Page(self.object_list.filter(pk__gt=last - self.per_page, pk__lte=last), number, self)


class Products(Sitemap):  # type: ignore[type-arg]
    """Every public product, and when it was changed."""

    limit = A_FILE

    def items(self) -> QuerySet[Product]:
        return Product.objects.public().order_by("pk").only("slug", "updated_at")

    @property
    def paginator(self) -> _ById:
        return _ById(self.items(), self.limit)

    def lastmod(self, item: Product) -> datetime:
        return item.updated_at

    def get_latest_lastmod(self) -> None:
        """Unsaid: Django would ask for every row."""


class Lists(Sitemap):  # type: ignore[type-arg]
    """The front page, all products, the categories, and what the shop says about itself."""

    def items(self) -> list[str]:
        about = [page.get_absolute_url() for page in Information.objects.written().only("slug")]
        return [reverse("home"), reverse("products"), *(category_url(node.slug) for node in tree.read()), *about]

    def location(self, item: str) -> str:
        return item


SECTIONS: Any = {"lists": Lists, "products": Products}
_kept = cache_control(public=True, max_age=3600)  # crawlers come by once a day
sitemaps = require_safe(CATALOGUE.place()(_kept(partial(index_view, sitemaps=SECTIONS, sitemap_url_name="sitemap"))))
sitemap = require_safe(CATALOGUE.place()(_kept(partial(section_view, sitemaps=SECTIONS))))
