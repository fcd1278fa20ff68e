"""Products."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display

from shop.backoffice.filters import CategoryFilter, StockFilter
from shop.backoffice.lists import FlatAdmin
from shop.backoffice.picture_form import PictureInline
from shop.backoffice.pills import pill
from shop.backoffice.product_form import ProductForm
from shop.backoffice.thumbnails import square
from shop.backoffice.variant_form import VariantForm, VariantInline
from shop.catalog import services as catalog
from shop.catalog.models import Product, ProductImage, Variant
from shop.catalog.search import found_by_words
from shop.inventory.models import Stock

FOUND_BY_SKU = 200  # products
LISTED = ("title", "product_type", "published", "min_price", "max_price", "vendor", "updated_at")  # what a list shows


@admin.register(Product)
class ProductAdmin(FlatAdmin):
    form = ProductForm
    inlines = (VariantInline, PictureInline)
    list_display = ("picture", "name", "state", "price", "pieces", "vendor", "updated_at")
    list_display_links = ("picture", "name")
    list_filter = (StockFilter, CategoryFilter, "published")
    search_fields = ("title",)
    search_help_text = _("Title, tag, vendor or the beginning of a SKU")
    ordering = ("-id",)
    prepopulated_fields = {"slug": ("title",)}
    autocomplete_fields = ("categories",)
    actions = ("publish", "unpublish")
    fieldsets = (
        (None, {"fields": (("title", "slug"), "body_html", "published", "published_at", "seen")}),
        (_("Where it is found"), {"fields": ("categories", "tags", ("vendor", "product_type"))}),
        (_("What it is"), {"fields": ("option_names", "attributes", "tax_class")}),
        (_("Search engines"), {"classes": ("collapse",), "fields": ("seo_title", "seo_description")}),
    )

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Product]":
        rows: QuerySet[Product] = super().get_queryset(request).defer("search")
        if request.resolver_match and request.resolver_match.url_name == "catalog_product_changelist":
            return _for_list(rows)
        return rows

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Product]", search_term: str
    ) -> "tuple[QuerySet[Product], bool]":
        """By the words of the shop's own search, or by the beginning of a SKU: some hundreds, from indexes.

        A whole SKU is not looked for among words, too: its last digits would be the beginning of many.
        """
        term = search_term.strip()
        if not term:
            return queryset, False
        begun = Variant.objects.filter(sku__startswith=term).order_by("sku").values_list("product_id", "sku")
        skus = list(begun[:FOUND_BY_SKU])
        is_clear = "@" in term or any(sku == term for _product, sku in skus)  # an e-mail address, a whole SKU
        words = [] if is_clear else found_by_words(term)
        return queryset.filter(pk__in={*words, *(product for product, _sku in skus)}), False

    @display(description="")
    def picture(self, product: Product) -> SafeString:
        return square(product.first_renditions or [])  # type: ignore[attr-defined]

    @display(description=_("product"), ordering="title")
    def name(self, product: Product) -> SafeString:
        return format_html(
            '<strong class="bo-strong">{}</strong><br><span class="bo-quiet">{}</span>',
            product.title,
            product.product_type,
        )

    @display(description=_("state"), ordering="published")
    def state(self, product: Product) -> SafeString:
        return pill("good", _("published")) if product.published else pill("paid", _("hidden"))

    @display(description=_("price"), ordering="min_price")
    def price(self, product: Product) -> str:
        if product.has_price_range:
            return f"{product.min_price} … {product.max_price}"
        return str(product.min_price)

    @display(description=_("in stock"))
    def pieces(self, product: Product) -> Any:
        pieces = getattr(product, "pieces_in_stock", None)
        return _("not counted") if pieces is None else pieces

    @action(description=_("Publish"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: "QuerySet[Product]") -> None:
        self._set_published(request, queryset, published=True)

    @action(description=_("Hide from the shop"), permissions=["change"])
    def unpublish(self, request: HttpRequest, queryset: "QuerySet[Product]") -> None:
        self._set_published(request, queryset, published=False)

    def _set_published(self, request: HttpRequest, queryset: "QuerySet[Product]", *, published: bool) -> None:
        ids = list(queryset.values_list("pk", flat=True))
        count = catalog.publish(ids, published=published)
        done = ngettext("%(count)d product was changed.", "%(count)d products were changed.", count)
        messages.success(request, done % {"count": count})

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is Variant:
            _make_room(formset)
        super().save_formset(request, form, formset, change)
        for row in formset.forms:
            if isinstance(row, VariantForm) and row.instance.pk and row not in formset.deleted_forms:
                row.keep_stock(request)

    def view_on_site(self, obj: Product) -> str:
        """What shoppers cannot see yet, staff see as it will be."""
        return obj.get_absolute_url() if obj.is_public else reverse("preview", args=[obj.slug])

    def delete_model(self, request: HttpRequest, obj: Product) -> None:
        catalog.touched([obj.pk])
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Product]") -> None:
        with transaction.atomic():
            catalog.touched(list(queryset.values_list("pk", flat=True)))
            super().delete_queryset(request, queryset)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        catalog.refresh([form.instance.pk])


def _for_list(rows: "QuerySet[Product]") -> "QuerySet[Product]":
    stock = Stock.objects.filter(variant__product=OuterRef("pk"), tracked=True).order_by()
    pieces = stock.values("variant__product").annotate(sum=Sum("on_hand")).values("sum")
    pictures = ProductImage.objects.filter(product=OuterRef("pk")).order_by("position", "id")
    first = Subquery(pictures.values("image__renditions")[:1])
    return rows.defer(None).only(*LISTED).annotate(pieces_in_stock=Subquery(pieces), first_renditions=first)


def _make_room(formset: Any) -> None:
    """Set option values aside before any are saved: no two variants may have the same at any moment.

    Two may swap theirs, and one may take those of one that is removed.
    """
    for row in formset.initial_forms:
        if "option_values" in row.changed_data or row in formset.deleted_forms:
            Variant.objects.filter(pk=row.instance.pk).update(option_values=[f"#{row.instance.pk}"])
