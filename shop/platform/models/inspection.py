from django.db import models
from django.utils.translation import gettext_lazy as _


class Inspection(models.Model):
    """The last run of one look at the whole store, such as its daily check or the restore drill."""

    name = models.CharField(_("what"), max_length=40, primary_key=True)
    begun_at = models.DateTimeField(_("begun"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    good_at = models.DateTimeField(_("last good"), null=True)
    broken = models.PositiveIntegerField(_("found"), default=0)
    summary = models.CharField(_("result"), max_length=400, blank=True)
    report = models.JSONField(_("report"), default=dict)

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")

    def __str__(self) -> str:
        return self.name

    @property
    def is_good(self) -> bool:
        """The last run that ended found nothing."""
        return self.good_at is not None and self.good_at == self.ended_at
