from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LONGEST_FAILURE = timedelta(days=5)  # without one success; then an endpoint is switched off


class EndpointQuerySet(QuerySet["WebhookEndpoint"]):
    def on(self) -> "EndpointQuerySet":
        return self.filter(off_at=None)

    def failing(self) -> "EndpointQuerySet":
        """Switched on, and the last it was sent did not arrive."""
        return self.on().exclude(failing_since=None)

    def given_up(self) -> "EndpointQuerySet":
        """Switched off by the store, not by staff."""
        return self.exclude(off_at=None).exclude(off_why=WebhookEndpoint.Off.STAFF)


class WebhookEndpoint(models.Model):
    """An address of another system that is told of events. Its secrets are sealed: shop.platform.sealing."""

    class Off(models.TextChoices):
        STAFF = "staff", _("by staff")
        GONE = "gone", _("it answered that it is gone for good (410)")
        FAILING = "failing", _("nothing arrived there for five days")

    url = models.CharField(_("address"), max_length=500, unique=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    # The types of events that it wants; none named: all
    kinds = ArrayField(models.CharField(max_length=100), verbose_name=_("events"), blank=True, default=list)
    secret = models.TextField(editable=False)  # sealed
    former_secret = models.TextField(blank=True, default="", editable=False)  # sealed; signs, too, until then:
    former_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    off_at = models.DateTimeField(_("switched off"), null=True, editable=False)
    off_why = models.CharField(max_length=10, choices=Off.choices, blank=True, default="", editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)  # one after the other
    rests_until = models.DateTimeField(null=True, editable=False)  # it was away or slow: nobody asks it meanwhile

    objects = EndpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.url

    @property
    def is_on(self) -> bool:
        return self.off_at is None

    @property
    def rest(self) -> timedelta:
        """How long nobody asks it from now on; nothing if it may be asked."""
        return max(self.rests_until - timezone.now(), timedelta()) if self.rests_until else timedelta()


class WebhookDelivery(models.Model):
    """One event for one endpoint, and what became of it.

    `turn` is in the outbox message that delivers it: an older message, from before it was put off or sent again, does
    nothing. `step` is its place in the schedule of tries.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        GIVEN_UP = "given up", _("given up")

    endpoint = models.ForeignKey(
        WebhookEndpoint, models.PROTECT, related_name="deliveries", verbose_name=_("webhook"), db_index=False
    )
    event_id = models.CharField(_("event"), max_length=64)
    kind = models.CharField(_("type"), max_length=100)
    subject = models.CharField(_("about"), max_length=100, blank=True)
    body = models.TextField(_("body"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    turn = models.PositiveIntegerField(default=1)
    step = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    seconds = models.FloatField(_("seconds"), null=True)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    error = models.CharField(_("why it did not arrive"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    begun_at = models.DateTimeField(default=timezone.now)  # when it was made, or sent again by staff
    tried_at = models.DateTimeField(_("last try"), null=True)
    due_at = models.DateTimeField(_("next try"), null=True, default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        constraints = [
            # Each event once for each endpoint, however often and by however many workers it is handed out
            models.UniqueConstraint(fields=["endpoint", "event_id"], name="webhook_event_once"),
            models.CheckConstraint(
                condition=Q(state="waiting", due_at__isnull=False, ended_at=None)
                | Q(~Q(state="waiting"), due_at=None, ended_at__isnull=False),
                name="webhook_waits_or_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "endpoint", "-id"], name="webhook_state"),  # the list of the admin
            models.Index(fields=["ended_at"], name="webhook_ended", condition=~Q(ended_at=None)),  # the housekeeping
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
