from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

MOST = 1_000_000_000  # pieces that can be typed or imported: the difference of two such numbers fits into a column
FEW = 5  # at this many pieces or fewer the store says how many are left


class Stock(models.Model):
    """How many of one variant can still be sold.

    Changed by shop.inventory.services only, each change with its movement.
    """

    variant = models.OneToOneField("catalog.Variant", on_delete=models.CASCADE, related_name="stock")
    on_hand = models.IntegerField(_("in stock"), default=0)
    tracked = models.BooleanField(_("counted"), default=True)
    allow_backorder = models.BooleanField(_("sell when empty"), default=False)

    class Meta:
        verbose_name = _("stock")
        verbose_name_plural = _("stock")
        constraints = [
            models.CheckConstraint(
                condition=Q(on_hand__gte=0) | Q(allow_backorder=True) | Q(tracked=False), name="stock_not_oversold"
            )
        ]

    def __str__(self) -> str:
        return str(self.on_hand)

    @property
    def is_unlimited(self) -> bool:
        return self.allow_backorder or not self.tracked

    @property
    def available(self) -> int | None:
        """How many can be bought now; None for no limit."""
        return None if self.is_unlimited else max(0, self.on_hand)

    @property
    def is_available(self) -> bool:
        return self.is_unlimited or self.on_hand > 0


class StockMovement(models.Model):
    """The ledger: for each variant, the changes add up to Stock.on_hand."""

    class Reason(models.TextChoices):
        RECEIVED = "received", _("received")
        SOLD = "sold", _("sold")
        RETURNED = "returned", _("returned")
        CORRECTED = "corrected", _("corrected")

    variant = models.ForeignKey("catalog.Variant", on_delete=models.CASCADE, related_name="movements")
    change = models.IntegerField(_("change"))
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    reference = models.CharField(_("reference"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        indexes = [models.Index(fields=["variant", "-created_at"], name="movements_of_variant")]

    def __str__(self) -> str:
        return f"{self.change:+d}"
