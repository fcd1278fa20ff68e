"""Where the three interfaces are mounted."""

from django.contrib import admin
from django.urls import include, path, re_path

from shop.api.endpoint import Unknown

handler404 = "shop.storefront.errors.not_found"
urlpatterns = [
    path("api/v1/", include("shop.api.urls")),
    re_path(r"^api/", Unknown.as_view(), name="unknown"),  # a problem document, not a page
    path(".well-known/", include("shop.api.well_known_urls")),
    path("admin/", admin.site.urls),
    path("", include("shop.storefront.urls")),
]
