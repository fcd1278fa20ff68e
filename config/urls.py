"""Where the three interfaces are mounted."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("api/", include("shop.api.urls")),
    path(".well-known/", include("shop.api.well_known_urls")),
    path("admin/", admin.site.urls),
    path("", include("shop.storefront.urls")),
]
