from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _


class Mail(models.Model):
    """One outgoing mail: what it is about, not its text. The worker writes the text when it sends it."""

    kind = models.CharField(_("kind"), max_length=60)
    to = models.EmailField(_("to"))
    language = models.CharField(_("language"), max_length=12, default="en")
    context = models.JSONField(_("facts"), default=dict)
    dedupe_key = models.CharField(_("once for"), max_length=160, null=True, blank=True, unique=True)
    message = models.OneToOneField(
        "platform.OutboxMessage", null=True, editable=False, on_delete=models.SET_NULL, related_name="mail"
    )
    folded_into = models.ForeignKey(  # the mail that tells of this one, too, as there were too many (folding.py)
        "self",
        null=True,
        blank=True,
        editable=False,
        db_constraint=False,
        db_index=False,
        on_delete=models.SET_NULL,
        related_name="folded",
        verbose_name=_("told by"),
    )
    subject = models.CharField(_("subject"), max_length=255, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    # times that the mail server took it and did not say so
    doubts = models.PositiveSmallIntegerField(_("unconfirmed"), default=0, db_default=0)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        indexes = [
            models.Index(fields=["-created_at"], name="mail_newest"),
            # the admin's filters by what waits and what was given up, and its search: to__iexact
            models.Index(fields=["-created_at"], name="mail_unsent", condition=Q(sent_at=None)),
            models.Index(Upper("to"), name="mail_by_address"),
            models.Index(Upper("to"), "sent_at", name="mail_sent_lately", condition=Q(sent_at__isnull=False)),
            models.Index(fields=["folded_into"], name="mail_folded", condition=Q(folded_into__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.subject or self.kind

    @property
    def state(self) -> str:
        """Return erased, sent, in a summary, given up, discarded, trying again or waiting.

        Reads the outbox message: select_related("message") in lists.
        """
        if not self.to:
            return "erased"
        if self.sent_at:
            return "sent"
        if self.folded_into_id:
            return "in a summary"
        if self.message and self.message.discarded_at:
            return "discarded"
        if self.message and self.message.dead_at:
            return "given up"
        tried = self.doubts or (self.message and self.message.failures)
        return "trying again" if tried else "waiting"
