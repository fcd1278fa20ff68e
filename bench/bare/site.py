"""Address, view and WSGI application of the bare view: `gunicorn bench.bare.site:application`."""

import os

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

SIZE = 16 * 1024  # bytes; about what a page of a shop weighs without its pictures
BODY = (b"<!doctype html><title>Bare</title>" + b"<p>A page of the same size as a shop's.</p>\n" * SIZE)[:SIZE]


def bare(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(BODY)


urlpatterns = [path("", bare)]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.bare.settings")
application = get_wsgi_application()
