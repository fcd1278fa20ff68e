"""The form of a product."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from shop.backoffice.fields import FactsField, ListField
from shop.backoffice.seen_form import SeenForm
from shop.catalog.html import sanitized
from shop.catalog.models import Product

LONGEST = 200_000  # characters of a description: PostgreSQL's index of words takes no more than a megabyte


class ProductForm(SeenForm):
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

    class Meta:
        model = Product
        fields = [
            "title", "slug", "body_html", "vendor", "product_type", "tags", "categories", "option_names", "attributes",
            "tax_class", "published", "published_at", "seo_title", "seo_description",
        ]  # fmt: skip

    def clean_body_html(self) -> Any:
        return sanitized(self.cleaned_data["body_html"])
