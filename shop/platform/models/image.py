from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shop.platform.renditions import Sources, rooted, sources


class Image(models.Model):
    """A picture in S3, known by its content. Everything a page needs to show it is here: no page asks the storage.

    `renditions` is a list of {"width": 640, "format": "webp", "key": "..."} made by the worker. `fallback`, `webp` and
    `jpeg` say the same ready to be shown, see shop.platform.renditions; NULL where a worker of an older release made
    the renditions, and until they are made.
    """

    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    key = models.CharField(max_length=200, editable=False)
    content_type = models.CharField(max_length=40, editable=False)
    size = models.PositiveIntegerField(_("bytes"), editable=False)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    renditions = models.JSONField(default=list, editable=False)
    fallback = models.CharField(max_length=200, null=True, editable=False)  # noqa: DJ001 - old pods write no text
    webp = models.TextField(null=True, editable=False)  # noqa: DJ001
    jpeg = models.TextField(null=True, editable=False)  # noqa: DJ001
    rendered_at = models.DateTimeField(_("rendered"), null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return f"{self.width} x {self.height} {self.sha256[:8]}"

    @property
    def is_ready(self) -> bool:
        """Say whether its renditions are made; pages show a neutral tile until then."""
        return self.rendered_at is not None

    @property
    def url(self) -> str:
        """The address of the original."""
        return f"{settings.MEDIA_URL}{self.key}"

    @property
    def sources(self) -> Sources:
        return sources(self.renditions, original=self.key)

    @property
    def fallback_url(self) -> str:
        """The widest JPEG rendition up to 960 px, for clients that take one address; until then the original."""
        return f"{settings.MEDIA_URL}{self.sources.fallback}"

    @property
    def webp_srcset(self) -> str:
        """The `srcset` of one format, narrow to wide; empty until rendered."""
        return rooted(self.sources.webp, settings.MEDIA_URL)

    @property
    def jpeg_srcset(self) -> str:
        return rooted(self.sources.jpeg, settings.MEDIA_URL)
