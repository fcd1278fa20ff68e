"""The form of a webhook: where it goes, and which events."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from shop.orders.events import KINDS
from shop.platform.models import WebhookEndpoint
from shop.platform.webhooks import sending


class WebhookForm(forms.ModelForm):  # type: ignore[type-arg]
    kinds = forms.MultipleChoiceField(
        label=_("Events"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        help_text=_("None chosen: all, also those that there will be one day."),
    )

    class Meta:
        model = WebhookEndpoint
        fields = ["url", "note", "kinds"]
        help_texts = {
            "url": _("Begins with https:// and is on the public web."),
            "note": _("What is there. Only staff see it."),
        }
        widgets = {"url": UnfoldAdminTextInputWidget(attrs={"class": "max-w-2xl"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Types that are chosen and no longer known stay on the list: nobody loses them by saving something else."""
        super().__init__(*args, **kwargs)
        if "kinds" in self.fields:  # who may only look has no fields
            chosen = list(dict.fromkeys([*KINDS, *self.instance.kinds]))
            self.fields["kinds"].choices = [(kind, kind) for kind in chosen]  # type: ignore[attr-defined]

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        try:
            sending.checked(url)
        except sending.WrongAddress as error:
            raise ValidationError(str(error)) from error
        return url
