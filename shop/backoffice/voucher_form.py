"""The form of a voucher: what cannot be is said beside its field, before a constraint would say it above the form."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from shop.backoffice.seen_form import SeenForm
from shop.pricing import redemptions
from shop.pricing.models import Voucher


class VoucherForm(SeenForm):
    class Meta:
        model = Voucher
        fields = [
            "code", "active", "kind", "value", "min_subtotal", "starts_at", "ends_at", "limit", "limit_per_customer",
            "note",
        ]  # fmt: skip
        help_texts = {
            "code": _("What customers type. Small letters and spaces make no difference."),
            "min_subtotal": _("What the goods have to cost at least, without delivery."),
            "starts_at": _("Empty: at once."),
            "ends_at": _("Empty: until you end it."),
        }
        widgets = {"note": UnfoldAdminTextareaWidget(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "value" in self.fields:  # who may only look has no fields
            self.fields["value"].required = False
        if self.instance.pk is None:
            self.initial["value"] = ""

    def clean_limit(self) -> int | None:
        """Said beside the field; saving asks again, behind a lock."""
        limit: int | None = self.cleaned_data["limit"]
        try:
            redemptions.check_limit(self.instance, limit)
        except redemptions.LimitTooLow as error:
            raise ValidationError(str(error)) from error
        return limit

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        self._check_value(values)
        starts_at, ends_at = values.get("starts_at"), values.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", _("It has to end after it begins."))
        return values

    def _check_value(self, values: dict[str, Any]) -> None:
        """Free delivery has no value of its own: what was typed before the kind was chosen is left out."""
        if "value" not in values:
            return
        kind, value = values.get("kind"), values["value"] or Decimal(0)
        values["value"] = Decimal(0) if kind == Voucher.Kind.FREE_DELIVERY else value
        if kind == Voucher.Kind.PERCENT and not 0 < value <= 100:
            self.add_error("value", _("A percentage is more than 0 and at most 100."))
        if kind == Voucher.Kind.AMOUNT and value <= 0:
            self.add_error("value", _("An amount is more than 0."))
