"""Variants by themselves: the stock list, and what happened to the stock of each."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from shop.backoffice.filters import VariantStockFilter
from shop.backoffice.lists import FlatAdmin, LatestInline
from shop.backoffice.variant_form import VariantForm
from shop.catalog import services as catalog
from shop.catalog.models import Variant
from shop.inventory.models import StockMovement


class MovementInline(LatestInline):
    """The latest movements of a variant's stock."""

    model = StockMovement
    of = "variant"
    latest = ("-created_at", "-pk")
    fields = ("created_at", "change", "reason", "reference")
    readonly_fields = fields
    verbose_name_plural = _("what happened to the stock")


class VariantPageForm(VariantForm):
    class Meta(VariantForm.Meta):
        fields = [*VariantForm.Meta.fields, "position", "requires_shipping", "taxable"]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        self.check_number_of_values(self.instance.product.option_names)
        others = Variant.objects.filter(product=self.instance.product_id).exclude(pk=self.instance.pk)
        if others.filter(option_values=values.get("option_values")).exists():
            self.add_error("option_values", _("Another variant has these values."))
        return values


@admin.register(Variant)
class VariantAdmin(FlatAdmin):
    """Variants are added and removed on their product's page."""

    form = VariantPageForm
    inlines = (MovementInline,)
    list_display = ("sku", "product", "label", "price", "on_hand", "terms", "barcode")
    list_filter = (VariantStockFilter,)
    list_select_related = ("product", "stock")
    search_fields = ("sku",)
    search_help_text = _("The beginning of a SKU")
    ordering = ("-id",)
    readonly_fields = ("product",)
    fieldsets = (
        (None, {"fields": ("product", ("sku", "barcode"), ("option_values", "weight_g"))}),
        (_("Price"), {"fields": (("price", "compare_at_price"), ("taxable", "requires_shipping"))}),
        (_("Stock"), {"fields": (("on_hand", "tracked", "allow_backorder"),)}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Variant]":
        rows: QuerySet[Variant] = super().get_queryset(request)
        return rows.select_related("stock", "product")

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Variant]", search_term: str
    ) -> "tuple[QuerySet[Variant], bool]":
        term = search_term.strip()
        return (queryset.filter(sku__startswith=term) if term else queryset), False

    @display(description=_("in stock"), ordering="stock__on_hand")
    def on_hand(self, variant: Variant) -> Any:
        return variant.stock.on_hand if hasattr(variant, "stock") else 0

    @display(description=_("sold"))
    def terms(self, variant: Variant) -> Any:
        if not hasattr(variant, "stock") or not variant.stock.is_unlimited:
            return _("while in stock")
        return _("also when empty") if variant.stock.tracked else _("always, not counted")

    @display(description=_("counted"), boolean=True)
    def tracked(self, variant: Variant) -> bool:
        return hasattr(variant, "stock") and variant.stock.tracked

    @display(description=_("sell when empty"), boolean=True)
    def allow_backorder(self, variant: Variant) -> bool:
        return hasattr(variant, "stock") and variant.stock.allow_backorder

    def save_model(self, request: HttpRequest, obj: Variant, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        form.keep_stock(request)
        catalog.refresh([obj.product_id])
