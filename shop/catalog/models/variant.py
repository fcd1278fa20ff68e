from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class VariantQuerySet(QuerySet["Variant"]):
    def public(self) -> Self:
        """Those of products that shoppers may see, as ProductQuerySet.public() does."""
        return self.filter(product__published=True, product__published_at__lte=timezone.now())


class Variant(models.Model):
    """What is sold: one combination of a product's options.

    Prices include tax. Its stock is inventory.Stock, `variant.stock`.
    """

    product = models.ForeignKey("catalog.Product", on_delete=models.CASCADE, related_name="variants")
    sku = models.CharField(_("SKU"), max_length=255, unique=True)
    option_values = ArrayField(
        models.CharField(max_length=255), verbose_name=_("option values"), default=list, blank=True, size=3
    )
    price = models.DecimalField(_("price"), max_digits=12, decimal_places=2)
    compare_at_price = models.DecimalField(_("price before"), max_digits=12, decimal_places=2, null=True, blank=True)
    weight_g = models.PositiveIntegerField(_("weight in g"), default=0)
    barcode = models.CharField(_("barcode"), max_length=64, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    requires_shipping = models.BooleanField(_("needs shipping"), default=True)
    taxable = models.BooleanField(_("taxable"), default=True)

    objects = VariantQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        constraints = [
            models.UniqueConstraint(fields=["product", "option_values"], name="one_variant_per_combination"),
            models.CheckConstraint(condition=Q(price__gte=0), name="price_not_negative"),
            models.CheckConstraint(
                condition=Q(compare_at_price=None) | Q(compare_at_price__gte=F("price")), name="price_before_is_higher"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.label}".strip()

    @property
    def label(self) -> str:
        """The option values as one line; empty for the only variant of a product without options."""
        return " / ".join(self.option_values)

    @property
    def on_sale(self) -> bool:
        return self.compare_at_price is not None and self.compare_at_price > self.price
