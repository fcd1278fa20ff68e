"""The form that issues a gift card, and the dialog that corrects what is on one."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from shop.accounts.models import User
from shop.backoffice.note_dialog import LONGEST, RequiredNoteForm
from shop.payments.models import GiftCard

JUST_NOW = timedelta(minutes=1)
CENT = Decimal("0.01")
DIGITS: dict[str, Any] = {"max_digits": 8, "decimal_places": 2}  # up to 999,999.99
ISSUED_JUST_NOW = _(
    "You have issued the same card, %(card)s, just now. Save again to issue one more. If you have not seen the code of "
    "the first, disable that card."
)


class GiftCardForm(forms.ModelForm):  # type: ignore[type-arg]
    """`issuer`: who fills it in; set by the admin. `seen`: the same card, issued just now, that was told of before."""

    issuer: User
    amount = forms.DecimalField(label=_("Amount"), min_value=CENT, widget=UnfoldAdminDecimalFieldWidget(), **DIGITS)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=LONGEST,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("Why it is issued. Only staff see it."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput())

    class Meta:
        model = GiftCard
        fields = ["email", "message", "expires_at"]
        help_texts = {
            "email": _("Gets the card with its code by mail. Empty: you hand the code over yourself."),
            "message": _("For the recipient's mail."),
            "expires_at": _("Empty: it does not expire."),
        }
        widgets = {"message": UnfoldAdminTextareaWidget(attrs={"rows": 3})}

    def clean_expires_at(self) -> datetime | None:
        moment: datetime | None = self.cleaned_data["expires_at"]
        if moment and moment <= timezone.now():
            raise ValidationError(_("It has to expire after today."))
        return moment

    def clean(self) -> dict[str, Any]:
        """Refuse once what this person has issued just now: a button pressed twice issues one card."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            User.objects.select_for_update(no_key=True).get(pk=self.issuer.pk)  # the other press waits here
            same = self._same(values)
            if same and values["seen"] != str(same.pk):
                sent: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
                sent[self.add_prefix("seen")] = str(same.pk)
                self.data = sent
                self.add_error(None, ISSUED_JUST_NOW % {"card": same})
        return values

    def _same(self, values: dict[str, Any]) -> GiftCard | None:
        lately = GiftCard.objects.filter(issued_by=self.issuer, created_at__gt=timezone.now() - JUST_NOW)
        return lately.filter(issued=values["amount"], email=values["email"]).order_by("-pk").first()


class CorrectForm(RequiredNoteForm):
    """`seen`: what was on the card when the dialog was opened."""

    balance = forms.DecimalField(label=_("Balance"), min_value=0, widget=UnfoldAdminDecimalFieldWidget(), **DIGITS)
    seen = forms.DecimalField(widget=forms.HiddenInput)
    field_order = ("balance", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        card = GiftCard.objects.filter(pk=self.object_id).first() if not self.is_bound else None
        if card:
            self.initial |= {"balance": card.balance, "seen": card.balance}
