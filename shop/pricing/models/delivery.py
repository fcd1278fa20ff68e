from urllib.parse import quote

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

NUMBER = "{number}"  # stands for a parcel's number in a carrier's address
TRACKING_PAGE = RegexValidator(
    r"^https?://[^\s{}]+\{number\}[^\s{}]*$",
    _("Write the address of the carrier's page as it is for one parcel, with {number} in the place of its number."),
)


class ShippingMethod(models.Model):
    """A way of delivery that shoppers choose."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=200, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    active = models.BooleanField(_("offered"), default=True)
    carrier = models.CharField(_("carrier"), max_length=40, blank=True, default="", db_default="")
    tracking_url = models.CharField(
        _("carrier's page about a parcel"),
        max_length=300,
        blank=True,
        default="",
        db_default="",
        validators=[TRACKING_PAGE],
        help_text=_("With {number} in the place of the parcel's number. Customers are led there."),
    )

    class Meta:
        verbose_name = _("delivery method")
        verbose_name_plural = _("delivery methods")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name

    def tracking_page(self, number: str) -> str:
        """Return the address of the carrier's page about a parcel; empty if none is known."""
        return self.tracking_url.replace(NUMBER, quote(number, safe=""))


class ShippingRate(models.Model):
    """A price of a method: for these countries (none: the rest of the world), from this weight or total up."""

    class Basis(models.TextChoices):
        WEIGHT = "weight", _("weight in g")
        TOTAL = "total", _("total of the goods")

    method = models.ForeignKey(ShippingMethod, on_delete=models.CASCADE, related_name="rates")
    countries = ArrayField(models.CharField(max_length=2), verbose_name=_("countries"), default=list, blank=True)
    basis = models.CharField(_("depends on"), max_length=10, choices=Basis, default=Basis.TOTAL)
    from_value = models.DecimalField(_("from"), max_digits=12, decimal_places=2, default=0)
    price = models.DecimalField(_("price"), max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = _("delivery price")
        verbose_name_plural = _("delivery prices")
        ordering = ["method", "basis", "from_value"]
        constraints = [
            models.CheckConstraint(condition=Q(price__gte=0, from_value__gte=0), name="delivery_price_not_negative")
        ]

    def __str__(self) -> str:
        return f"{self.method_id}: {self.price}"
