"""Documents that clients look for at /.well-known/ (RFC 8615)."""

from django.urls import path

from shop.api.jwks import jwks

urlpatterns = [path("jwks.json", jwks, name="jwks")]
