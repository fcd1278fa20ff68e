"""What pages show of a picture is ready in its row, or is derived from what an older release wrote."""

import importlib
from types import SimpleNamespace

import pytest
from django.db import connection

from shop.platform import media, picture
from shop.platform.models import Image
from tests.factories import jpeg

pytestmark = pytest.mark.django_db
READY = ("fallback", "webp", "jpeg")


def shown() -> picture.Picture | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {picture.COLUMNS} FROM platform_image AS image")
        return picture.read(cursor.fetchone(), alt="A star")


@pytest.mark.parametrize("width", [200, 700, 1400])
def test_it_is_shown_alike_whichever_release_made_its_renditions(width):
    image = media.store(jpeg(width, 300))
    media.make_renditions(image.pk)
    image.refresh_from_db()
    ready = {name: getattr(image, name) for name in READY}
    assert all(ready.values())
    now = shown()
    assert now == picture.of_image(image, alt="A star")
    Image.objects.update(**dict.fromkeys(READY))
    assert shown() == now
    migration = importlib.import_module("shop.platform.migrations.0008_picture_sources_filled")
    migration.fill(None, SimpleNamespace(connection=connection))
    assert Image.objects.values(*READY).get() == ready


def test_the_original_is_shown_until_there_are_renditions(settings):
    image = media.store(jpeg())
    found = shown()
    assert (found.is_ready, found.webp_srcset, found.fallback_url) == (False, "", settings.MEDIA_URL + image.key)
