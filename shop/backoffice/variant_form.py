"""Variants on their product's page, with their stock.

Stock is not typed into its row: what was typed is compared with what was seen, and the difference is a movement. So
pieces that are sold while the page is open stay sold.
"""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from shop.backoffice.fields import ValuesField, not_negative
from shop.backoffice.row_form import RowForm
from shop.catalog.models import Variant
from shop.inventory import services as inventory
from shop.inventory.models import MOST, Stock
from shop.inventory.services import PiecesOwed, Terms

NO_OPTIONS = _("The product has no options: leave this empty, or name the options above.")
STOCK_FIELDS = ("on_hand", "tracked", "allow_backorder")
NARROW = {"style": "min-width: 5.5rem; width: 5.5rem"}


class VariantForm(RowForm):
    option_values = ValuesField(
        label=_("Option values"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "M | Blue", "style": "min-width: 9rem"}),
    )
    on_hand = forms.IntegerField(
        label=_("In stock"),
        required=False,
        initial=0,
        min_value=-MOST,
        max_value=MOST,
        show_hidden_initial=True,
        widget=UnfoldAdminIntegerFieldWidget(attrs=NARROW),
    )
    tracked = forms.BooleanField(label=_("Counted"), required=False, initial=True, widget=UnfoldBooleanWidget())
    allow_backorder = forms.BooleanField(label=_("Sell when empty"), required=False, widget=UnfoldBooleanWidget())

    class Meta:
        model = Variant
        fields = ["sku", "option_values", "price", "compare_at_price", "weight_g", "barcode"]
        widgets = {
            "sku": UnfoldAdminTextInputWidget(attrs={"style": "min-width: 9rem"}),
            "weight_g": UnfoldAdminIntegerFieldWidget(attrs=NARROW),
            "barcode": UnfoldAdminTextInputWidget(attrs={"style": "min-width: 8rem"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stock: Stock | None = getattr(self.instance, "stock", None) if self.instance.pk else None
        if stock:
            self.initial.update({name: getattr(stock, name) for name in STOCK_FIELDS})
        for name in ("price", "compare_at_price"):
            if name in self.fields:
                self.fields[name].widget.attrs.update(NARROW)
                self.fields[name].validators.append(not_negative)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        price, before = values.get("price"), values.get("compare_at_price")
        if isinstance(price, Decimal) and isinstance(before, Decimal) and before < price:
            self.add_error("compare_at_price", _("The price before may not be lower than the price."))
        limited = values.get("tracked") and not values.get("allow_backorder")
        if limited and (values.get("on_hand") or 0) < 0:
            self.add_error("on_hand", _("A stock below zero needs “sell when empty”."))
        if "on_hand" in self.fields:
            self._check_what_was_shown()
        return values

    def check_number_of_values(self, names: list[str]) -> None:
        """Refuse anything but one value for each option."""
        if len(self.cleaned_data.get("option_values", ())) != len(names):
            message = _("Give one value for each option (%(names)s), separated by “|”.") if names else NO_OPTIONS
            self.add_error("option_values", ValidationError(message, params={"names": ", ".join(names)}))

    def _check_what_was_shown(self) -> None:
        """The page sends back what it showed, which nobody types."""
        try:
            self.fields["on_hand"].clean(self._shown)
        except ValidationError:
            self.add_error("on_hand", _("The stock that was shown is not readable any more. Open the page again."))

    @property
    def _shown(self) -> Any:
        return self.data.get(self.add_initial_prefix("on_hand")) or self.initial.get("on_hand") or 0

    @property
    def pieces_added(self) -> int:
        """How many more (or, negative, fewer) pieces were typed than were shown."""
        typed = self.cleaned_data.get("on_hand")
        return 0 if typed is None else typed - int(self._shown)

    @property
    def terms(self) -> Terms:
        return Terms(self.cleaned_data["tracked"], self.cleaned_data["allow_backorder"])

    def keep_stock(self, request: HttpRequest) -> None:
        """Write the stock of a saved variant if it was changed; what cannot be becomes a message."""
        if hasattr(self.instance, "stock") and not set(STOCK_FIELDS) & set(self.changed_data):
            return
        try:
            self._keep_stock(self.instance.pk, f"admin {request.user}"[:80])
        except PiecesOwed as error:
            messages.error(request, f"{self.instance.sku}: {error.message}")

    def _keep_stock(self, variant_id: int, reference: str) -> None:
        unlimited = self.terms.allow_backorder or not self.terms.tracked
        if unlimited:  # a stock below zero is allowed only then
            inventory.configure({variant_id: self.terms})
        inventory.correct({variant_id: self.pieces_added}, reference=reference)
        if not unlimited:
            inventory.configure({variant_id: self.terms})


class VariantFormSet(PaginationInlineFormSet):
    """Checks what concerns the product too. That no two variants are the same is checked by the constraint on them."""

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if _is_kept(form)]
        if not kept and not self.instance.pk:
            raise ValidationError(_("A product needs at least one variant: that is what is sold."))
        for form in kept:
            form.check_number_of_values(self.instance.option_names)


def _is_kept(form: Any) -> bool:
    deleted = form.cleaned_data.get("DELETE") if hasattr(form, "cleaned_data") else False
    return not deleted and (form.instance.pk or form.has_changed()) and hasattr(form, "cleaned_data")


class VariantInline(TabularInline):
    model = Variant
    form = VariantForm
    formset = VariantFormSet
    fields = (
        "sku", "option_values", "price", "compare_at_price", "on_hand", "tracked", "allow_backorder",
        "weight_g", "barcode",
    )  # fmt: skip
    extra = 0
    show_change_link = True
    hide_title = True
    verbose_name_plural = _("variants and stock")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Variant]":
        rows: QuerySet[Variant] = super().get_queryset(request)
        return rows.select_related("stock").order_by("position", "id")

    # What those who may only look see instead of the form's own fields.
    def on_hand(self, variant: Variant) -> int:
        return variant.stock.on_hand

    def tracked(self, variant: Variant) -> bool:
        return variant.stock.tracked

    def allow_backorder(self, variant: Variant) -> bool:
        return variant.stock.allow_backorder
