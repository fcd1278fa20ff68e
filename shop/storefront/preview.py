"""A product's page before shoppers may see it."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shop.catalog import detail
from shop.storefront.product import contents
from shop.storefront.shopper import signed_in


@require_safe
@never_cache
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """For staff who may see products. Nobody keeps it: its address is none of PUBLIC_PAGES, and it is never offered."""
    user = signed_in(request)
    if user is None:
        return redirect_to_login(request.get_full_path())
    may = user.is_staff and user.has_perm("catalog.view_product")
    found = contents(request, detail.find_with_tree(slug, hidden=True) if may else None)
    response = render(request, "storefront/preview.html", found)
    response["X-Robots-Tag"] = "noindex"
    return response
