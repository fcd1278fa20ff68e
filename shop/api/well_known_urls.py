"""Documents that clients look for at /.well-known/ (RFC 8615)."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
