from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Case, F, Func, OuterRef, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

COUNTED = 1_000  # uses of a voucher without a limit that a list counts
CODE = r"^[A-Z0-9_-]{3,40}$"
PLAIN_CODE = RegexValidator(CODE, _("Write the code in 3 to 40 letters from A to Z, digits, - or _."))


def spelled(code: str) -> str:
    """Return a code as it is kept: people write it in small letters, and with spaces."""
    return "".join(code.split()).upper()


class CodeField(models.CharField):  # type: ignore[type-arg]  # generic for type checkers only
    """A code that people type, however they spell it."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return spelled(text) if isinstance(text, str) else text


class VoucherQuerySet(QuerySet["Voucher"]):
    def with_uses(self) -> "VoucherQuerySet":
        """Add `uses`: how often each is in use by an order that was not cancelled, counted up to COUNTED where `used`
        is not kept.
        """
        given = Redemption.objects.in_use().filter(voucher=OuterRef("pk")).order_by().values("pk")[:COUNTED]
        count = Func(ArraySubquery(given), function="CARDINALITY", output_field=models.IntegerField())
        counted = When(limit=None, limit_per_customer=None, then=count)
        return self.annotate(uses=Case(counted, default=F("used"), output_field=models.IntegerField()))


class Voucher(models.Model):
    """A code that takes something off an order.

    `used` is kept only where there is a limit: there, orders wait for each other at this row. Nobody waits for one
    without a limit; its uses are its redemptions that were not given back. Saved by shop.pricing.redemptions.save().
    """

    class Kind(models.TextChoices):
        PERCENT = "percent", _("per cent off the goods")
        AMOUNT = "amount", _("amount off the goods")
        FREE_DELIVERY = "free_delivery", _("free delivery")

    code = CodeField(_("code"), max_length=40, unique=True, validators=[PLAIN_CODE])
    kind = models.CharField(_("what it gives"), max_length=20, choices=Kind, default=Kind.PERCENT)
    value = models.DecimalField(
        _("value"),
        max_digits=12,
        decimal_places=2,
        default=0,
        help_text=_("Per cent, or an amount. 0 for free delivery."),
    )
    min_subtotal = models.DecimalField(
        _("for goods of at least"),
        max_digits=12,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(Decimal(0))],
    )
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    limit = models.PositiveIntegerField(
        _("uses in all"), null=True, blank=True, validators=[MinValueValidator(1)], help_text=_("Empty: no limit.")
    )
    limit_per_customer = models.PositiveIntegerField(
        _("uses of one customer"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: no limit. A customer is known by the account or the e-mail of the order."),
    )
    used = models.PositiveIntegerField(_("used"), default=0, editable=False)
    active = models.BooleanField(_("can be used"), default=True)
    note = models.TextField(_("note"), blank=True, help_text=_("For staff alone."))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = VoucherQuerySet.as_manager()

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=CODE), name="voucher_code_is_plain"),
            models.CheckConstraint(
                condition=Q(kind="percent", value__gt=0, value__lte=100)
                | Q(kind="amount", value__gt=0)
                | Q(kind="free_delivery", value=0),
                name="voucher_gives_something",
                violation_error_message=_(
                    "The value has to be more than 0, of per cent at most 100; 0 for free delivery."
                ),
            ),
            models.CheckConstraint(condition=Q(min_subtotal__gte=0), name="voucher_minimum_not_negative"),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(starts_at=None) | Q(ends_at__gt=F("starts_at")),
                name="voucher_ends_after_it_starts",
                violation_error_message=_("It has to end after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(limit=None) | Q(used__lte=F("limit")),
                name="voucher_used_at_most",
                violation_error_message=_("It was used more often than that: the limit cannot be lower."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.code)

    @property
    def is_counted(self) -> bool:
        """Say whether `used` is kept."""
        return self.limit is not None or self.limit_per_customer is not None


class RedemptionQuerySet(QuerySet["Redemption"]):
    def in_use(self) -> "RedemptionQuerySet":
        return self.filter(released_at=None)

    def of_customer(self, *, email: str, user_id: int | None) -> "RedemptionQuerySet":
        """Of orders with this e-mail, however it is spelled, or of this account."""
        written = Q(order__email__iexact=email)
        return self.filter(written | Q(order__user_id=user_id) if user_id else written)


class Redemption(models.Model):
    """A use of a voucher by an order, with what it took off, delivery included. A cancelled order gives it back."""

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="redemptions", db_index=False)
    order = models.OneToOneField("orders.Order", on_delete=models.CASCADE, related_name="redemption")
    amount = models.DecimalField(_("taken off"), max_digits=12, decimal_places=2, editable=False)
    created_at = models.DateTimeField(_("at"), auto_now_add=True)
    released_at = models.DateTimeField(_("given back"), null=True, editable=False)

    objects = RedemptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("redemption")
        verbose_name_plural = _("redemptions")
        ordering = ["-id"]
        indexes = [models.Index(fields=["voucher", "-id"], name="redemptions_of_voucher")]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="redemption_positive")]

    def __str__(self) -> str:
        return str(self.amount)
