from datetime import timedelta

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

HEARD = timedelta(seconds=120)  # silent for three calls of shop.platform.roll_call, it is taken for gone
SHOWN = timedelta(hours=1)


class PodQuerySet(QuerySet["Pod"]):
    def lately(self) -> "PodQuerySet":
        """Those that were heard within the last hour, role by role."""
        return self.filter(seen_at__gte=timezone.now() - SHOWN).order_by("role", "name")


class Pod(models.Model):
    """A process of the store that said that it is there. For people, and for a 404 during a roll-out."""

    name = models.CharField(_("pod"), max_length=120, primary_key=True)
    role = models.CharField(_("role"), max_length=20)
    release = models.CharField(_("release"), max_length=80)
    started_at = models.DateTimeField(_("started"))
    seen_at = models.DateTimeField(_("seen"))

    objects = PodQuerySet.as_manager()

    class Meta:
        verbose_name = _("pod")
        verbose_name_plural = _("pods and services")
        indexes = [models.Index(fields=["seen_at"], name="pod_seen")]  # lately(), and the housekeeping

    def __str__(self) -> str:
        return self.name

    @property
    def is_heard(self) -> bool:
        return self.seen_at >= timezone.now() - HEARD
