from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class IdempotencyKey(models.Model):
    """A key that a client chose for one attempt to order.

    Written in the order's transaction, so it exists if the order does.
    """

    scope = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    order = models.ForeignKey("orders.Order", null=True, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [
            models.UniqueConstraint(fields=["scope", "key"], name="one_order_per_key"),
            models.CheckConstraint(condition=~Q(key=""), name="key_not_empty"),
        ]

    def __str__(self) -> str:
        return self.key
