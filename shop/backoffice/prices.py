"""Tax rates and delivery prices."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django_countries import countries
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from shop.backoffice.fields import ListField, not_negative
from shop.backoffice.lists import FlatAdmin
from shop.backoffice.row_form import RowForm
from shop.pricing.models import ShippingMethod, ShippingRate, TaxRate


class TaxRateForm(forms.ModelForm):  # type: ignore[type-arg]
    country = forms.ChoiceField(label=_("Country"), choices=lambda: list(countries), widget=UnfoldAdminSelectWidget())

    class Meta:
        model = TaxRate
        fields = ["country", "tax_class", "rate"]

    def clean_rate(self) -> Decimal:
        rate: Decimal = self.cleaned_data["rate"]
        if not 0 <= rate < 100:
            raise ValidationError(_("A rate is at least 0 % and below 100 %."))
        return rate


@admin.register(TaxRate)
class TaxRateAdmin(FlatAdmin):
    form = TaxRateForm
    list_display = ("country_name", "tax_class", "percent")
    list_display_links = ("country_name",)
    search_fields = ("country", "tax_class")
    fieldsets = ((None, {"fields": (("country", "tax_class", "rate"),)}),)

    @display(description=_("country"), ordering="country")
    def country_name(self, rate: TaxRate) -> str:
        return countries.name(rate.country) or rate.country

    @display(description=_("rate"), ordering="rate")
    def percent(self, rate: TaxRate) -> str:
        return f"{rate.rate} %"


# In a table the theme shows a help text to those alone who rest a mouse on the column's head.
CODES = {
    "placeholder": _("rest of the world"),
    "style": "min-width: 12rem",
    "title": _("Separated by commas; empty for the rest of the world."),
}


class ShippingRateForm(RowForm):
    countries = ListField(
        label=_("countries, by two-letter codes"),
        required=False,
        longest=2,
        widget=UnfoldAdminTextInputWidget(attrs=CODES),
    )

    class Meta:
        model = ShippingRate
        fields = ["countries", "basis", "from_value", "price"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("from_value", "price"):
            self.fields[name].validators.append(not_negative)

    def clean_countries(self) -> list[str]:
        codes = list(dict.fromkeys(code.upper() for code in self.cleaned_data["countries"]))
        unknown = [code for code in codes if code not in countries.countries]  # name() takes numbers, and fails on ²
        if unknown:
            raise ValidationError(_("There is no country %(code)s."), params={"code": ", ".join(unknown)})
        return codes


class ShippingRateInline(TabularInline):
    model = ShippingRate
    form = ShippingRateForm
    fields = ("countries", "basis", "from_value", "price")
    extra = 0
    hide_title = True


@admin.register(ShippingMethod)
class ShippingMethodAdmin(FlatAdmin):
    inlines = (ShippingRateInline,)
    list_display = ("name", "code", "prices", "active", "position")
    search_fields = ("name",)
    prepopulated_fields = {"code": ("name",)}
    fieldsets = (
        (None, {"fields": (("name", "code"), "description", ("carrier", "tracking_url"), ("position", "active"))}),
    )

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).prefetch_related("rates")

    @display(description=_("prices"))
    def prices(self, method: ShippingMethod) -> str:
        amounts = [rate.price for rate in method.rates.all()]
        if not amounts:
            return "-"
        low, high = min(amounts), max(amounts)
        return str(low) if low == high else f"{low} … {high}"
