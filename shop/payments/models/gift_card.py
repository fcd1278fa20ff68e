from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shop.money import Money


class GiftCard(models.Model):
    """Money that was paid in before, and pays orders until it is used up.

    The code is kept nowhere: `code_hash` is what shop.payments.gift_card_codes makes of it with the key that `key_id`
    names. `balance` is the sum of the entries; only shop.payments.gift_card_ledger changes both.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        EMPTY = "empty", _("empty")
        EXPIRED = "expired", _("expired")
        DISABLED = "disabled", _("disabled")

    code_hash = models.CharField(max_length=64, unique=True, editable=False)
    key_id = models.CharField(max_length=8, editable=False)
    last_four = models.CharField(_("last four characters"), max_length=4, editable=False)
    currency = models.CharField(_("currency"), max_length=3, editable=False)
    # the most that may ever be on it: a correction upwards raises it if it has to
    issued = models.DecimalField(_("issued"), max_digits=12, decimal_places=2, editable=False)
    balance = models.DecimalField(_("balance"), max_digits=12, decimal_places=2, editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    disabled_at = models.DateTimeField(_("disabled"), null=True, editable=False)
    email = models.EmailField(_("recipient's e-mail"), blank=True)
    message = models.TextField(_("message"), max_length=1000, blank=True)
    order = models.ForeignKey(
        "orders.Order",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="gift_cards_sold",
        verbose_name=_("sold by order"),
        db_index=False,
    )
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("issued by"),
        db_index=False,
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("gift card")
        verbose_name_plural = _("gift cards")
        ordering = ["-id"]
        permissions = [("correct_giftcard", "Can correct the balance of gift cards")]
        indexes = [
            models.Index(fields=["last_four", "-id"], name="gift_card_by_last_four"),
            # looked through when an order or a member of staff is deleted
            models.Index(fields=["order"], name="gift_card_sold_by", condition=Q(order__isnull=False)),
            models.Index(fields=["issued_by"], name="gift_card_issued_by", condition=Q(issued_by__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(issued__gt=0), name="gift_card_positive"),
            models.CheckConstraint(
                condition=Q(balance__gte=0, balance__lte=F("issued")), name="gift_card_balance_in_bounds"
            ),
        ]

    def __str__(self) -> str:
        return f"…{self.last_four}"

    @property
    def money(self) -> Money:
        """What is on it."""
        return Money(self.balance, self.currency)

    @property
    def issued_money(self) -> Money:
        return Money(self.issued, self.currency)

    @property
    def state(self) -> State:
        if self.disabled_at:
            return self.State.DISABLED
        if self.expires_at and self.expires_at <= timezone.now():
            return self.State.EXPIRED
        return self.State.ACTIVE if self.balance else self.State.EMPTY


class GiftCardEntry(models.Model):
    """One movement of a card's money. Never changed or deleted."""

    class Kind(models.TextChoices):
        ISSUE = "issue", _("issued")
        SPEND = "spend", _("spent")
        GIVE_BACK = "give_back", _("given back")
        CORRECT = "correct", _("corrected")

    card = models.ForeignKey(
        GiftCard, on_delete=models.PROTECT, related_name="entries", verbose_name=_("gift card"), db_index=False
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    payment = models.ForeignKey(
        "payments.Payment",
        null=True,
        on_delete=models.PROTECT,
        related_name="gift_card_entries",
        verbose_name=_("payment"),
        db_index=False,
    )
    # of money given back: the sum given back so far, this entry included, so that the same step happens once
    step = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    actor = models.CharField(_("by"), max_length=254, blank=True)
    note = models.CharField(_("note"), max_length=400, blank=True)
    created_at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("gift card entry")
        verbose_name_plural = _("gift card entries")
        ordering = ["-id"]
        indexes = [models.Index(fields=["card", "-id"], name="gift_card_ledger")]
        constraints = [
            models.UniqueConstraint(fields=["payment", "kind", "step"], name="gift_card_entry_once"),
            models.CheckConstraint(
                condition=Q(kind="issue", amount__gt=0, payment=None)
                | Q(kind="spend", amount__lt=0, payment__isnull=False, step=0)
                | Q(kind="give_back", amount__gt=0, payment__isnull=False, step__gt=0)
                | (Q(kind="correct", payment=None) & ~Q(amount=0) & ~Q(note="")),
                name="gift_card_entry_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"

    @property
    def money(self) -> Money:
        """In the card's currency: select_related("card") in lists."""
        return Money(self.amount, self.card.currency)
