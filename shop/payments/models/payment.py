import uuid
from decimal import Decimal

from django.db import models, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shop.money import Money
from shop.payments import metrics

GIFT_CARD = "gift_card"  # the method of a payment that a gift card made


class PaymentQuerySet(QuerySet["Payment"]):
    def open(self) -> "PaymentQuerySet":
        """Payments of which the provider has not said the last word."""
        return self.filter(state=Payment.State.PENDING)

    def to_refund(self) -> "PaymentQuerySet":
        """Payments whose money has to be given back, and was not yet, or not all of it."""
        return self.filter(state=Payment.State.REFUND_DUE, refunded__lt=F("amount"))

    def to_credit(self) -> "PaymentQuerySet":
        """Those of gift cards: nobody has to send that money, but pods of the former release left it to be sent."""
        return self.to_refund().filter(method=GIFT_CARD)

    def begun(self) -> "PaymentQuerySet":
        """Payments that the provider knows."""
        return self.exclude(reference="")


class Payment(models.Model):
    """One attempt to pay an order. A new attempt is a new row; at most one of an order is open.

    What a gift card pays is a row of its own, which is paid from the start; the others are for what is left to pay.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        PAID = "paid", _("paid")
        DECLINED = "declined", _("declined")
        CANCELLED = "cancelled", _("cancelled")
        REFUND_DUE = "refund_due", _("refund due")

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(
        "orders.Order", on_delete=models.PROTECT, related_name="payments", verbose_name=_("order"), editable=False
    )
    method = models.CharField(_("method"), max_length=40, editable=False)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PENDING, editable=False)
    gift_card = models.ForeignKey(
        "payments.GiftCard",
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="payments",
        verbose_name=_("gift card"),
        db_index=False,
    )
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2, editable=False)
    currency = models.CharField(_("currency"), max_length=3, editable=False)
    reference = models.CharField(_("provider's reference"), max_length=120, blank=True, editable=False)
    redirect_url = models.URLField(max_length=500, blank=True, editable=False)
    message = models.CharField(_("message"), max_length=400, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    checked_at = models.DateTimeField(null=True, editable=False)
    settled_at = models.DateTimeField(_("settled"), null=True, editable=False)
    # what was given back: of a `paid` payment a part, or all of it after a return
    refunded = models.DecimalField(
        _("given back"), max_digits=12, decimal_places=2, default=Decimal(0), db_default=Decimal(0), editable=False
    )
    # closed here while its provider could not be reached: the last word is still to be heard
    to_void = models.BooleanField(default=False, db_default=False, editable=False)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=F("amount")), name="payment_refunded_at_most"
            ),
            models.UniqueConstraint(fields=["order"], condition=Q(state="pending"), name="one_open_payment_per_order"),
            models.UniqueConstraint(
                fields=["method", "reference"], condition=~Q(reference=""), name="payment_reference_once"
            ),
            models.CheckConstraint(
                condition=Q(method=GIFT_CARD, gift_card__isnull=False)
                | (Q(gift_card__isnull=True) & ~Q(method=GIFT_CARD)),
                name="payment_names_its_gift_card",
            ),
        ]
        indexes = [
            # reconcile(): the open payments that were not looked at for longest
            models.Index(
                F("checked_at").asc(nulls_first=True), "id", condition=Q(state="pending"), name="payment_to_check"
            ),
            models.Index(fields=["state", "id"], condition=Q(state="refund_due"), name="payment_to_refund"),
            # what revenue is reduced by, and the admin's filter by it
            models.Index(fields=["-id"], condition=Q(refunded__gt=0), name="payment_refunded"),
            models.Index(
                F("checked_at").asc(nulls_first=True), "id", condition=Q(to_void=True), name="payment_to_void"
            ),
            models.Index(
                fields=["id"],
                condition=Q(method=GIFT_CARD, state="refund_due", refunded__lt=F("amount")),
                name="payment_to_credit",
            ),
            # looked through when a card is deleted
            models.Index(fields=["gift_card"], name="payment_by_gift_card", condition=Q(gift_card__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.method.replace('_', ' ')} {self.money}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def left(self) -> Money:
        """How much of its money is here and can be given back."""
        came = self.state in (self.State.PAID, self.State.REFUND_DUE)
        return Money(self.amount - self.refunded if came else Decimal(0), self.currency)

    @property
    def is_gift_card(self) -> bool:
        return self.method == GIFT_CARD

    @property
    def is_open(self) -> bool:
        return self.state == self.State.PENDING

    def close(self, state: State, message: str = "") -> None:
        """Give the payment its last state, within the caller's lock on it."""
        self.state, self.message, self.settled_at = state, message[:400], timezone.now()
        self.save(update_fields=["state", "message", "settled_at"])
        result = metrics.results.labels(self.method, state)
        transaction.on_commit(result.inc, robust=True)


class PaymentEvent(models.Model):
    """One message of a provider, kept once however often it is delivered."""

    payment = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="events", editable=False)
    provider = models.CharField(_("provider"), max_length=40, editable=False)
    event_id = models.CharField(_("event"), max_length=120, editable=False)
    kind = models.CharField(_("kind"), max_length=80, editable=False)
    state = models.CharField(_("state"), max_length=12, editable=False)
    occurred_at = models.DateTimeField(_("happened"), editable=False)
    received_at = models.DateTimeField(_("received"), auto_now_add=True)

    class Meta:
        verbose_name = _("payment event")
        verbose_name_plural = _("payment events")
        ordering = ["occurred_at", "id"]
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="payment_event_once")]

    def __str__(self) -> str:
        return self.kind
