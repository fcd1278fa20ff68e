from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MAX_FAILURES = 10  # then a person has to look; with the backoff of handle() that is about three hours
MAX_UNFINISHED = 5  # works begun again and never ended: what kills its worker reports no failure
PROMPT_SENDS = 5  # repeated at once; then patiently, so that days without workers do not fill the queue
PATIENCE = 60  # times as long
HISTORY = 20  # entries kept


class OutboxQuerySet(QuerySet["OutboxMessage"]):
    def open(self) -> "OutboxQuerySet":
        return self.filter(done_at=None, dead_at=None)

    def unsent(self) -> "OutboxQuerySet":
        """Not on a queue, and its time has come. Served by the index outbox_due."""
        return self.open().filter(sent_at=None, available_at__lte=timezone.now())

    def due(self) -> "OutboxQuerySet":
        """Unsent, and in no relay's hands."""
        return self.unsent().filter(Q(taken_until=None) | Q(taken_until__lte=timezone.now()))

    def lost(self, *, after: timedelta) -> "OutboxQuerySet":
        """Put on a queue longer than `after` ago and never done: the broker or a worker lost it, or none is at work.

        Served by the index outbox_sent.
        """
        now = timezone.now()
        long_ago = Q(sends__lte=PROMPT_SENDS) | Q(sent_at__lt=now - PATIENCE * after)
        return self.open().filter(long_ago, sent_at__lt=now - after)

    def dead(self) -> "OutboxQuerySet":
        """Given up, and waiting for a person. Served by the index outbox_dead."""
        return self.filter(done_at=None, discarded_at=None).exclude(dead_at=None)

    def discarded(self) -> "OutboxQuerySet":
        return self.exclude(dead_at=None).exclude(discarded_at=None)


class OutboxMessage(models.Model):
    """Work to do, written in the transaction that causes it. Ids are all that ever goes on a queue."""

    topic = models.CharField(_("topic"), max_length=100)
    queue = models.CharField(_("queue"), max_length=40)
    payload = models.JSONField(_("payload"), default=dict)
    # of the request that caused it; empty if none did
    request_id = models.CharField(_("request"), max_length=64, blank=True, default="", db_default="", editable=False)
    # of the span that it was written in, in W3C's form; empty unless traced
    traceparent = models.CharField(max_length=55, blank=True, default="", db_default="", editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    available_at = models.DateTimeField(_("due"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    taken_until = models.DateTimeField(null=True, blank=True, editable=False)  # by a relay that is sending it
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    dead_at = models.DateTimeField(_("given up"), null=True, blank=True)
    sends = models.PositiveSmallIntegerField(_("times sent"), default=0)
    failures = models.PositiveSmallIntegerField(_("failures"), default=0)
    last_error = models.TextField(_("last error"), blank=True)
    traceback = models.TextField(_("traceback"), blank=True, default="", db_default="")
    # What became of it, oldest first: {"at": ISO time, "text": a sentence, "by": who, or the pod}
    history = models.JSONField(_("history"), blank=True, default=list, db_default=models.Value([], models.JSONField()))
    unfinished = models.PositiveSmallIntegerField(_("begun without an end"), default=0, db_default=0)
    discarded_at = models.DateTimeField(_("discarded"), null=True, blank=True)
    discarded_by = models.CharField(_("discarded by"), max_length=254, blank=True, default="", db_default="")
    discard_reason = models.CharField(_("reason"), max_length=400, blank=True, default="", db_default="")

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("outbox message")
        verbose_name_plural = _("outbox")
        indexes = [
            models.Index(
                fields=["available_at", "id"], name="outbox_due", condition=Q(sent_at=None, done_at=None, dead_at=None)
            ),
            models.Index(fields=["sent_at"], name="outbox_sent", condition=Q(done_at=None, dead_at=None)),
            models.Index(fields=["done_at"], name="outbox_done", condition=~Q(done_at=None)),
            models.Index(fields=["dead_at"], name="outbox_dead", condition=~Q(dead_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.topic} #{self.pk}"

    @property
    def state(self) -> str:
        """Return waiting, sent, done, discarded or dead."""
        if self.done_at:
            return "done"
        if self.discarded_at:
            return "discarded"
        if self.dead_at:
            return "dead"
        return "sent" if self.sent_at else "waiting"

    def note(self, text: str, *, by: str = "") -> None:
        """Add to the history, and forget the oldest entries; the caller saves."""
        entry: dict[str, Any] = {"at": timezone.now().isoformat(timespec="seconds"), "text": text[:500], "by": by}
        self.history = [*self.history, entry][-HISTORY:]


class DeadLetter(OutboxMessage):
    """The same row, for the people who look at what was given up: they have rights of their own."""

    class Meta:
        proxy = True
        verbose_name = _("dead letter")
        verbose_name_plural = _("dead letters")


class QueueDepth(models.Model):
    """What a relay last saw of a queue of SQS, so that nobody else has to ask SQS. Numbers are SQS' own estimates."""

    queue = models.CharField(_("queue"), max_length=40, primary_key=True)
    waiting = models.PositiveIntegerField(_("waiting"))
    in_work = models.PositiveIntegerField(_("in work"))
    set_aside = models.PositiveIntegerField(_("set aside"))  # in the queue's own dead-letter queue
    seen_at = models.DateTimeField(_("seen"))

    def __str__(self) -> str:
        return self.queue
