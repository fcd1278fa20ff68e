"""The dialogs that ask where a parcel is."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextInputWidget

from shop.backoffice.note_dialog import NoteForm
from shop.orders.models import Order
from shop.pricing.models import ShippingMethod


class ParcelForm(BaseDialogForm):
    """Offers what is known already, or the carrier that the order's delivery method names."""

    carrier = forms.CharField(
        label=_("Carrier"),
        required=False,
        max_length=Order._meta.get_field("carrier").max_length,
        widget=UnfoldAdminTextInputWidget(),
    )
    number = forms.CharField(
        label=_("Tracking number"),
        required=False,
        max_length=Order._meta.get_field("tracking_number").max_length,
        help_text=_("For the customer's mail and page. Several parcels: separate their numbers by commas."),
        widget=UnfoldAdminTextInputWidget(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = Order.objects.filter(pk=self.object_id).first() if not self.is_bound else None
        if order:
            self.initial |= {"carrier": order.carrier or _usual_carrier(order), "number": order.tracking_number}


class ShipForm(ParcelForm, NoteForm):
    field_order = ("carrier", "number", "note")


def _usual_carrier(order: Order) -> str:
    method = ShippingMethod.objects.filter(code=order.shipping_method).first()
    return method.carrier if method else ""
