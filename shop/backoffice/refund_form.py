"""The dialog that asks how much of a payment was given back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from shop.backoffice.note_dialog import NoteForm
from shop.payments.models import Payment


class RefundForm(NoteForm):
    """Offers all that is left. `seen` is what had been given back when the dialog was opened."""

    amount = forms.DecimalField(
        label=_("Amount"), min_value=0, max_digits=12, decimal_places=2, widget=UnfoldAdminDecimalFieldWidget()
    )
    seen = forms.DecimalField(widget=forms.HiddenInput)
    field_order = ("amount", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        payment = Payment.objects.filter(pk=self.object_id).first() if not self.is_bound else None
        if payment:
            self.initial |= {"amount": payment.left.amount, "seen": payment.refunded}
