from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

# The footer of every page leads to these, written or not: what a shop has to say by law, and where it is reached
EXPECTED = {
    "imprint": _("Imprint"),
    "contact": _("Contact"),
    "terms": _("Terms"),
    "privacy": _("Privacy"),
    "returns": _("Returns"),
}


class PageQuerySet(models.QuerySet["Page"]):
    def written(self) -> "PageQuerySet":
        """Pages that have a text: nobody sees others."""
        return self.exclude(body_html="")


class Page(models.Model):
    """A text of the shop about itself, such as its imprint. A handful, written by staff."""

    slug = models.SlugField(
        _("address"),
        max_length=80,
        unique=True,
        help_text=_("The footer leads to imprint, contact, terms, privacy and returns."),
    )
    title = models.CharField(_("title"), max_length=120)
    body_html = models.TextField(_("text"), blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = PageQuerySet.as_manager()

    class Meta:
        ordering = ["position", "title", "id"]
        verbose_name = _("page of information")
        verbose_name_plural = _("pages of information")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("information_page", args=[self.slug])
