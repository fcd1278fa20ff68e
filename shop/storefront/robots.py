"""What search engines may read: the catalogue, each list of it once."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

PERSONAL = ("/account/", "/admin/", "/api/", "/cart/", "/checkout/", "/fragments/", "/orders/", "/preview/")
NARROWED = ("o", "min", "max", "sort")  # a list has as many addresses as its filters have combinations
RULES = [*PERSONAL, "/suggestions/", *(f"/*{sign}{name}=" for name in NARROWED for sign in "?&")]
TEXT = "User-agent: *\n" + "".join(f"Disallow: {rule}\n" for rule in RULES)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """The rules of RFC 9309, kept by caches for as long as crawlers keep them."""
    where = f"\nSitemap: {settings.PUBLIC_URL}{reverse('sitemaps')}\n"
    return HttpResponse(
        TEXT + where, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "public, max-age=86400"}
    )
