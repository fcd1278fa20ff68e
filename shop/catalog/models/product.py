from decimal import Decimal
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, QuerySet
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# The text that search reads, weighted. A generated column: no code path can forget to update it.
SEARCH = (
    SearchVector("title", weight="A", config="english")
    + SearchVector("keywords", weight="B", config="english")
    + SearchVector("description", weight="D", config="english")
)

# The words of its title and their pairs; again, and marked, where it is one of the few: migration 0007
TITLE_KEYS = Func(F("id"), F("title"), function="catalog_title_keys", output_field=ArrayField(models.TextField()))
# The products among which a search looks first
FEW = Q(Exact(F("id") % 64, 0))


class ProductQuerySet(QuerySet["Product"]):
    def public(self) -> Self:
        """What shoppers may see."""
        return self.filter(published=True, published_at__lte=timezone.now())


class Product(models.Model):
    """What is shown and found. What is sold is its variants.

    `facets` repeats in one indexed array what lists filter by: "c:<category id>" with ancestors, and
    "o:<option in lower case>:<value>". It, the prices, `keywords` and `description` are derived by
    catalog.services.refresh().
    """

    slug = models.SlugField(_("address"), max_length=255, unique=True, allow_unicode=True)
    title = models.CharField(_("title"), max_length=255)
    body_html = models.TextField(_("description"), blank=True)
    vendor = models.CharField(_("vendor"), max_length=120, blank=True)
    product_type = models.CharField(_("type"), max_length=120, blank=True)
    tags = ArrayField(models.CharField(max_length=80), verbose_name=_("tags"), default=list, blank=True)
    categories = models.ManyToManyField(
        "catalog.Category", verbose_name=_("categories"), related_name="products", blank=True
    )
    option_names = ArrayField(
        models.CharField(max_length=60), verbose_name=_("options"), default=list, blank=True, size=3
    )
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    tax_class = models.CharField(_("tax class"), max_length=20, default="standard")
    published = models.BooleanField(_("published"), default=True)
    published_at = models.DateTimeField(_("published from"), default=timezone.now)
    seo_title = models.CharField(_("title for search engines"), max_length=255, blank=True)
    seo_description = models.CharField(_("description for search engines"), max_length=400, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    min_price = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0), editable=False)
    max_price = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0), editable=False)
    compare_at_price = models.DecimalField(max_digits=12, decimal_places=2, null=True, editable=False)
    facets = ArrayField(models.CharField(max_length=160), default=list, editable=False)
    keywords = models.TextField(default="", editable=False)
    description = models.TextField(default="", editable=False)
    search = models.GeneratedField(expression=SEARCH, output_field=SearchVectorField(), db_persist=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        indexes = [
            # lists by "newest", of a wide filter too: they end after a page; freshness.NEXT_PUBLICATION
            models.Index(F("published_at").desc(), F("id").desc(), name="product_newest", condition=Q(published=True)),
            # lists by "price", by "-price" and by "title"; the first also of filters by a low highest price
            models.Index(fields=["min_price", "id"], name="product_cheapest", condition=Q(published=True)),
            models.Index(F("min_price").desc(), F("id").desc(), name="product_dearest", condition=Q(published=True)),
            models.Index(fields=["title", "id"], name="product_by_title", condition=Q(published=True)),
            # lists and counts of filters by a high lowest price
            models.Index(fields=["max_price"], name="product_up_to", condition=Q(published=True)),
            # lists of what is on sale, such as the home page's
            models.Index(
                F("published_at").desc(),
                F("id").desc(),
                name="product_on_sale",
                condition=Q(published=True, compare_at_price__gt=F("min_price")),
            ),
            # the admin's list of what is hidden
            models.Index(F("id").desc(), name="product_hidden", condition=Q(published=False)),
            # lists and counts of a narrow category, and of options
            GinIndex(fields=["facets"], name="product_facets"),
            # search: words and pairs of words in titles; beginnings of such; words anywhere (catalog.found)
            GinIndex(TITLE_KEYS, name="product_title_keys"),
            GinIndex(SearchVector("title", config="english"), name="product_title_words"),
            GinIndex(SearchVector("title", config="english"), name="product_title_words_few", condition=FEW),
            GinIndex(fields=["search"], name="product_search"),
            GinIndex(fields=["search"], name="product_search_few", condition=FEW),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("product", args=[self.slug])

    @property
    def is_public(self) -> bool:
        """Say whether shoppers may see it now, as ProductQuerySet.public() does."""
        return self.published and self.published_at <= timezone.now()

    @property
    def on_sale(self) -> bool:
        return self.compare_at_price is not None and self.compare_at_price > self.min_price

    @property
    def has_price_range(self) -> bool:
        return self.min_price != self.max_price


class ProductImage(models.Model):
    """A picture of a product, or of one of its variants."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images")
    variant = models.ForeignKey(
        "catalog.Variant", on_delete=models.CASCADE, related_name="images", null=True, blank=True
    )
    image = models.ForeignKey("platform.Image", verbose_name=_("picture"), on_delete=models.PROTECT)
    position = models.PositiveIntegerField(_("position"), default=0)
    alt = models.CharField(_("text for those who cannot see it"), max_length=512, blank=True)

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("product picture")
        verbose_name_plural = _("product pictures")
        # a product's first picture, on each card of a list
        indexes = [models.Index(fields=["product", "position", "id"], name="picture_in_order")]
        constraints = [
            models.UniqueConstraint(fields=["product", "variant", "image"], name="picture_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return self.alt or f"#{self.pk}"
