"""The form of a product."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from shop.backoffice.fields import FactsField, ListField
from shop.catalog.html import sanitized
from shop.catalog.models import Product

SAVED_MEANWHILE = _(
    "Somebody else has saved this product since you opened it. Look in another tab at what they changed: what you see "
    "below is yours, and replaces theirs if you save again."
)
LONGEST = 200_000  # characters of a description: PostgreSQL's index of words takes no more than a megabyte


class ProductForm(forms.ModelForm):  # type: ignore[type-arg]
    tags = ListField(label=_("Tags"), required=False, longest=80, help_text=_("Separated by commas."))
    option_names = ListField(
        label=_("Options"),
        required=False,
        longest=60,
        most=3,
        help_text=_("What the variants differ in, such as “Size, Colour”: at most three, separated by commas."),
    )
    attributes = FactsField(
        label=_("Attributes"), required=False, help_text=_("One a line, such as “Material: linen”.")
    )
    body_html = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=LONGEST,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 10}),
        help_text=_("HTML. Scripts, styles and pictures are removed when you save."),
    )

    seen = forms.CharField(required=False, widget=forms.HiddenInput())  # when what the page shows was saved

    class Meta:
        model = Product
        fields = [
            "title", "slug", "body_html", "vendor", "product_type", "tags", "categories", "option_names", "attributes",
            "tax_class", "published", "published_at", "seo_title", "seo_description",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = self.instance.updated_at.isoformat()

    def clean(self) -> dict[str, Any]:
        """Refuse once to write over what somebody else has saved since the page was opened."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        row = Product.objects.select_for_update().filter(pk=self.instance.pk).only("updated_at").first()
        now = row.updated_at.isoformat() if row else ""
        if row and values.get("seen") and values["seen"] != now:
            sent: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
            sent[self.add_prefix("seen")] = now
            self.data = sent
            self.add_error(None, SAVED_MEANWHILE)
        return values

    def clean_body_html(self) -> Any:
        return sanitized(self.cleaned_data["body_html"])
