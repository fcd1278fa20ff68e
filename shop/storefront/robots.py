"""What search engines may read: the catalogue, each list of it once."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

PERSONAL = ("/account/", "/admin/", "/api/", "/cart/", "/checkout/", "/fragments/", "/orders/", "/preview/")
NARROWED = ("o", "min", "max", "sort")  # a list has as many addresses as its filters have combinations
RULES = [*PERSONAL, "/suggestions/", *(f"/*{sign}{name}=" for name in NARROWED for sign in "?&")]
TEXT = "User-agent: *\n" + "".join(f"Disallow: {rule}\n" for rule in RULES)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """The rules of RFC 9309, kept by caches for as long as crawlers keep them."""
    return HttpResponse(
        TEXT, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "public, max-age=86400"}
    )
