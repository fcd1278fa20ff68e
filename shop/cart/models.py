import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

MAX_QUANTITY = 99  # pieces of one variant in one cart
MAX_LINES = 100  # different variants in one cart


class CartQuerySet(QuerySet["Cart"]):
    def open(self) -> Self:
        return self.filter(state=Cart.State.OPEN)


class Cart(models.Model):
    """A cart is rows, found by its unguessable id (cookie or API) or by its user; never session data."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ORDERED = "ordered", _("ordered")
        MERGED = "merged", _("merged into another")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="carts"
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    version = models.PositiveIntegerField(default=0)  # grows with each change; the API's ETag
    voucher = models.ForeignKey(
        "pricing.Voucher", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    gift_card = models.ForeignKey(
        "payments.GiftCard", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = CartQuerySet.as_manager()

    class Meta:
        verbose_name = _("cart")
        verbose_name_plural = _("carts")
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(state="open"), name="one_open_cart_per_user")
        ]
        indexes = [
            models.Index(fields=["updated_at"], name="cart_stale", condition=Q(state="open")),
            # looked through when a voucher is deleted; a gift card never is
            models.Index(fields=["voucher"], name="cart_with_voucher", condition=Q(voucher__isnull=False)),
            # the housekeeping, which takes cards off idle carts
            models.Index(
                fields=["updated_at"], name="cart_with_gift_card", condition=Q(gift_card__isnull=False, state="open")
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class CartLine(models.Model):
    """Pieces of one variant. The price is always today's: it is read from the variant."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey("catalog.Variant", on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveSmallIntegerField(_("quantity"), default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("cart line")
        verbose_name_plural = _("cart lines")
        constraints = [
            models.UniqueConstraint(fields=["cart", "variant"], name="one_line_per_variant"),
            models.CheckConstraint(condition=Q(quantity__gte=1, quantity__lte=MAX_QUANTITY), name="quantity_in_bounds"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.variant_id}"
