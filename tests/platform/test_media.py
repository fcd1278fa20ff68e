"""Pictures: what is taken, what is refused, where it goes."""

import io

import PIL.Image
import pytest
from django.core.files.storage import default_storage

from shop.platform import media
from shop.platform.models import Image, OutboxMessage
from tests.factories import jpeg

pytestmark = pytest.mark.django_db


def test_a_picture_is_stored_under_the_hash_of_its_content():
    image = media.store(jpeg())
    assert image.key == f"{image.sha256[:2]}/{image.sha256}.jpg"
    assert (image.width, image.height) == (900, 600)
    assert default_storage.open(image.key).read() == jpeg().read()


def test_the_same_picture_twice_is_one_row_and_one_message():
    assert media.store(jpeg()) == media.store(jpeg())
    assert Image.objects.count() == OutboxMessage.objects.count() == 1


def test_its_address_is_the_same_on_every_view():
    image = media.store(jpeg())
    assert image.url == Image.objects.get().url
    assert "?" not in image.url


def test_renditions_are_never_wider_than_the_original():
    image = media.store(jpeg(700, 400))
    media.make_renditions(image.pk)
    image.refresh_from_db()
    assert sorted({r["width"] for r in image.renditions}) == [320, 640]
    assert {r["format"] for r in image.renditions} == {"webp", "jpeg"}
    first = PIL.Image.open(default_storage.open(image.renditions[0]["key"]))
    assert first.size == (320, 183)


def test_a_page_shows_renditions_without_asking_the_storage(settings, monkeypatch):
    image = media.store(jpeg())
    media.make_renditions(image.pk)
    image.refresh_from_db()
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    assert image.webp_srcset.count(settings.MEDIA_URL) == 2
    assert image.fallback_url.endswith("-640.jpg")


@pytest.mark.parametrize(
    "content",
    [b"", b"not a picture", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", b"%PDF-1.7"],
)
def test_what_is_not_a_picture_is_refused(content):
    with pytest.raises(media.InvalidImage, match="not a picture"):
        media.store(io.BytesIO(content))
    assert not Image.objects.exists()


def test_half_a_picture_is_refused():
    with pytest.raises(media.InvalidImage, match="not a picture"):
        media.store(io.BytesIO(jpeg().read()[:500]))


def test_a_decompression_bomb_is_refused():
    bomb = io.BytesIO()
    PIL.Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    bomb.seek(0)
    with pytest.raises(media.InvalidImage, match="too many pixels"):
        media.store(bomb)


def test_a_file_that_is_too_large_is_refused(settings):
    settings.IMAGE_MAX_BYTES = 1000
    with pytest.raises(media.InvalidImage, match="larger than"):
        media.store(jpeg())


def test_a_picture_with_broken_exif_data_is_taken_as_it_lies():
    turned = PIL.Image.new("RGB", (60, 40))
    exif = turned.getexif()
    exif[0x0112] = 6  # lies on its side
    buffer = io.BytesIO()
    turned.save(buffer, "WEBP", exif=exif)
    broken = buffer.getvalue().replace(b"MM\x00*", b"MM\x00#")
    assert media.check(io.BytesIO(buffer.getvalue())).width == 40
    assert media.check(io.BytesIO(broken)).width == 60
    image = media.store(io.BytesIO(broken))
    media.make_renditions(image.pk)
    assert Image.objects.get().rendered_at
