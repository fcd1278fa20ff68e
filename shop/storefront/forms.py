"""Forms of the store. They read and check; what then happens is the services' business."""

from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from shop.accounts.models import Address
from shop.storefront.widgets import LongSelect

ADDRESS_FIELDS = ("name", "company", "line1", "line2", "postal_code", "city", "region", "country", "phone")
AUTOCOMPLETE = {  # what browsers fill in by themselves
    "email": "email",
    "name": "name",
    "company": "organization",
    "line1": "address-line1",
    "line2": "address-line2",
    "postal_code": "postal-code",
    "city": "address-level2",
    "region": "address-level1",
    "country": "country",
    "phone": "tel",
}


def _fill_by_browser(fields: dict[str, forms.Field]) -> None:
    for name, token in AUTOCOMPLETE.items():
        if name in fields:
            fields[name].widget.attrs["autocomplete"] = token


class AddressForm(forms.ModelForm):  # type: ignore[type-arg]
    """One address of the address book."""

    class Meta:
        model = Address
        fields = [*ADDRESS_FIELDS, "is_default"]
        labels = {"name": _("Full name"), "is_default": _("Use this address first")}
        widgets = {"country": LongSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _fill_by_browser(self.fields)
        self.fields["postal_code"].required = True


class CheckoutForm(forms.Form):
    """All of the checkout. The delivery methods offered depend on the country, so they are given from outside."""

    cart = forms.UUIDField(widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)
    expected_total = forms.CharField(widget=forms.HiddenInput, max_length=20)
    expected_to_pay = forms.CharField(widget=forms.HiddenInput, max_length=20, required=False)
    email = forms.EmailField(label=_("E-mail"), max_length=254, help_text=_("For the confirmation of your order."))
    name = forms.CharField(label=_("Full name"), max_length=120)
    company = forms.CharField(label=_("Company"), max_length=120, required=False)
    line1 = forms.CharField(label=_("Street and number"), max_length=160)
    line2 = forms.CharField(label=_("Further line"), max_length=160, required=False)
    postal_code = forms.CharField(label=_("Postal code"), max_length=20)
    city = forms.CharField(label=_("Town"), max_length=100)
    region = forms.CharField(label=_("Region"), max_length=100, required=False)
    country = forms.ChoiceField(label=_("Country"), choices=countries, widget=LongSelect)
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, help_text=_("Only for questions about the delivery.")
    )
    shipping_method = forms.CharField(max_length=40, error_messages={"required": _("Choose a delivery method.")})
    payment_method = forms.CharField(max_length=40, error_messages={"required": _("Choose how to pay.")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _fill_by_browser(self.fields)
        self.fields["country"].initial = settings.SHOP_COUNTRY
        self.fields["email"].widget.attrs["inputmode"] = "email"
        self.fields["country"].widget.attrs |= {
            "hx-get": reverse("checkout_delivery"),
            "hx-target": "#delivery",
            "hx-swap": "outerHTML",
            "hx-include": "[name=shipping_method]:checked",
        }
