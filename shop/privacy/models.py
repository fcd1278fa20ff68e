from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Request(models.Model):
    """That somebody's data were handed out or erased, when and by whom. It does not say whose."""

    class Kind(models.TextChoices):
        EXPORT = "export", _("export")
        ERASURE = "erasure", _("erasure")

    kind = models.CharField(_("what"), max_length=10, choices=Kind, default=Kind.EXPORT)
    # of staff, who are told by it; empty: the owner of the account
    actor = models.CharField(_("by"), max_length=254, blank=True, editable=False)
    accounts = models.PositiveIntegerField(_("accounts"), default=0, editable=False)
    orders = models.PositiveIntegerField(_("orders"), default=0, editable=False)
    mails = models.PositiveIntegerField(_("mails"), default=0, editable=False)
    created_at = models.DateTimeField(_("at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("request about personal data")
        verbose_name_plural = _("requests about personal data")
        ordering = ["-id"]
        default_permissions = ("add", "view")  # to add one is to be given data, or to erase them

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class Erased(models.Model):
    """A row of which the personal data were erased, or will be when it is not needed any more (`done_at` is empty).

    Holds ids alone. Kept for ever: a dump that is older than the erasure brings the data back, and who restores it
    erases them again by this list.
    """

    class What(models.TextChoices):
        ACCOUNT = "account", _("account")
        ORDER = "order", _("order")
        MAIL = "mail", _("mail")
        GIFT_CARD = "gift_card", _("gift card")

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="erased", verbose_name=_("request"))
    what = models.CharField(_("what"), max_length=10, choices=What)
    row = models.BigIntegerField(_("id"))
    done_at = models.DateTimeField(_("erased"), null=True)

    class Meta:
        verbose_name = _("erased row")
        verbose_name_plural = _("erased rows")
        default_permissions = ()  # read on the page of their request
        constraints = [models.UniqueConstraint(fields=["what", "row"], name="erased_once")]
        indexes = [models.Index(fields=["what", "id"], name="erasure_waiting", condition=Q(done_at=None))]

    def __str__(self) -> str:
        return f"{self.what} {self.row}"
