from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class TaxRate(models.Model):
    """The share of tax in a price, by country of delivery and tax class. No row means no tax, as for exports."""

    country = models.CharField(_("country"), max_length=2)
    tax_class = models.CharField(_("tax class"), max_length=20, default="standard")
    rate = models.DecimalField(_("rate in %"), max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        ordering = ["country", "tax_class"]
        constraints = [
            models.UniqueConstraint(fields=["country", "tax_class"], name="one_rate_per_class"),
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lt=100), name="rate_is_a_percentage"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.tax_class} {self.rate} %"
