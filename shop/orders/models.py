from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shop.money import Money
from shop.orders.numbers import new_number, new_token
from shop.orders.tracking import Tracking


class OrderQuerySet(QuerySet["Order"]):
    def for_page(self) -> "OrderQuerySet":
        """Preload what an order's page shows: a constant number of queries."""
        return self.prefetch_related("lines", "events", "payments__gift_card")


class Order(models.Model):
    """A placed order: a record of what was agreed. Later changes of products, prices or addresses do not reach it."""

    class State(models.TextChoices):
        PLACED = "placed", _("placed")
        PAID = "paid", _("paid")
        SHIPPED = "shipped", _("shipped")
        CANCELLED = "cancelled", _("cancelled")

    number = models.CharField(_("number"), max_length=12, unique=True, default=new_number, editable=False)
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="orders"
    )
    cart = models.OneToOneField("cart.Cart", null=True, editable=False, on_delete=models.SET_NULL, related_name="order")
    email = models.EmailField(_("e-mail"))
    language = models.CharField(max_length=12, default="en", editable=False)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PLACED, editable=False)
    currency = models.CharField(max_length=3, editable=False)
    subtotal = models.DecimalField(_("goods"), max_digits=12, decimal_places=2, editable=False)
    shipping_price = models.DecimalField(_("delivery"), max_digits=12, decimal_places=2, editable=False)
    # what a voucher took off goods and delivery
    discount = models.DecimalField(
        _("discount"), max_digits=12, decimal_places=2, default=Decimal(0), db_default=Decimal(0), editable=False
    )
    voucher_code = models.CharField(_("voucher"), max_length=40, blank=True, default="", db_default="", editable=False)
    tax_total = models.DecimalField(_("tax contained"), max_digits=12, decimal_places=2, editable=False)
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2, editable=False)
    # what of the total a gift card paid when the order was placed; the rest is for another method
    gift_card_amount = models.DecimalField(
        _("by gift card"), max_digits=12, decimal_places=2, default=Decimal(0), db_default=Decimal(0), editable=False
    )
    shipping_address = models.JSONField(_("delivery address"))
    shipping_method = models.CharField(_("delivery method"), max_length=40, editable=False)
    shipping_method_name = models.CharField(max_length=80, editable=False)
    payment_method = models.CharField(_("payment method"), max_length=40, editable=False)
    carrier = models.CharField(_("carrier"), max_length=40, blank=True, default="", db_default="", editable=False)
    tracking_number = models.CharField(
        _("tracking number"), max_length=80, blank=True, default="", db_default="", editable=False
    )
    tracking_url = models.URLField(max_length=1500, blank=True, default="", db_default="", editable=False)
    placed_at = models.DateTimeField(_("placed"), default=timezone.now, editable=False)
    paid_at = models.DateTimeField(_("paid"), null=True, editable=False)
    shipped_at = models.DateTimeField(_("shipped"), null=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            models.Index(F("placed_at").desc(), F("id").desc(), name="order_newest"),
            models.Index(fields=["user", "-placed_at"], name="order_of_user"),
            models.Index(fields=["state", "placed_at"], name="order_by_state"),
            # the admin's filter by it
            models.Index(fields=["payment_method", "-placed_at"], name="order_by_payment_method"),
            models.Index(Upper("email"), name="order_by_email"),  # the admin's search: email__iexact
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(total=F("subtotal") + F("shipping_price") - F("discount")), name="order_adds_up"
            ),
            models.CheckConstraint(condition=Q(discount__gte=0), name="order_discount_not_negative"),
            models.CheckConstraint(condition=Q(total__gte=0), name="order_not_negative"),
            models.CheckConstraint(
                condition=Q(gift_card_amount__gte=0, gift_card_amount__lte=F("total")), name="order_gift_card_at_most"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("order", args=[self.token])

    @property
    def money(self) -> Money:
        """The total with its currency."""
        return Money(self.total, self.currency)

    @property
    def to_pay(self) -> Money:
        """What is left for another method than a gift card, paid or not."""
        return Money(self.total - self.gift_card_amount, self.currency)

    @property
    def version(self) -> int:
        """How many states it has been in, the present one included: it only grows."""
        return sum(moment is not None for moment in (self.placed_at, self.paid_at, self.shipped_at, self.cancelled_at))

    @property
    def tracking(self) -> Tracking:
        return Tracking(self.carrier, self.tracking_number, self.tracking_url)

    @tracking.setter
    def tracking(self, known: Tracking) -> None:
        self.carrier, self.tracking_number, self.tracking_url = known

    def can_become(self, state: str) -> bool:
        """Say whether the order may go into `state` now."""
        return state in TRANSITIONS[self.state]


TRANSITIONS: dict[str, set[str]] = {
    Order.State.PLACED: {Order.State.PAID, Order.State.CANCELLED},
    Order.State.PAID: {Order.State.SHIPPED, Order.State.CANCELLED},
    Order.State.SHIPPED: set(),
    Order.State.CANCELLED: set(),
}


class OrderLine(models.Model):
    """One line of an order, as it was sold."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey("catalog.Variant", null=True, on_delete=models.SET_NULL, related_name="+")
    sku = models.CharField(_("SKU"), max_length=255)
    title = models.CharField(_("title"), max_length=255)
    label = models.CharField(_("variant"), max_length=800, blank=True)
    product_slug = models.CharField(max_length=255)
    image = models.ForeignKey("platform.Image", null=True, on_delete=models.SET_NULL, related_name="+")
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_price = models.DecimalField(_("price"), max_digits=12, decimal_places=2)
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2)
    # the line's part of the order's; not taken off its total
    discount = models.DecimalField(
        _("discount"), max_digits=12, decimal_places=2, default=Decimal(0), db_default=Decimal(0)
    )
    tax_rate = models.DecimalField(_("tax in %"), max_digits=5, decimal_places=2)
    tax = models.DecimalField(_("tax contained"), max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(total=F("unit_price") * F("quantity")), name="order_line_adds_up"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="order_line_has_pieces"),
            models.CheckConstraint(
                condition=Q(discount__gte=0, discount__lte=F("total")), name="order_line_discount_at_most"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.sku}"


class OrderEvent(models.Model):
    """One entry of an order's history."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="events")
    state = models.CharField(_("state"), max_length=12, blank=True, choices=Order.State)
    note = models.CharField(_("note"), max_length=400, blank=True)
    actor = models.CharField(_("by"), max_length=254, blank=True)
    created_at = models.DateTimeField(_("at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("history entry")
        verbose_name_plural = _("history")
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.note or self.get_state_display()
