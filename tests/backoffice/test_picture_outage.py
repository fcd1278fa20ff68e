"""S3 is refused, silent or slow: staff are told in bounded time and keep what they typed; pages do not ask it."""

import pytest
from django.db import transaction

from config.local.proxy import Proxy
from shop.catalog.models import ProductImage
from shop.platform import media, outbox, storage
from shop.platform.models import Image, OutboxMessage
from tests import factories
from tests.backoffice.pages import change_page, problems, save
from tests.backoffice.test_admin_products import PICTURE, upload
from tests.outages import storage_behind_proxy

pytestmark = pytest.mark.django_db(transaction=True)
COLOURS = ("red", "green", "blue")


@pytest.fixture
def s3(settings) -> Proxy:
    with storage_behind_proxy(settings) as proxy:
        yield proxy


def three_pictures() -> dict[str, object]:
    values = {**PICTURE, "images__TOTAL_FORMS": "3"}
    for number, colour in enumerate(COLOURS):
        values |= {f"images__{number}__upload": upload(colour), f"images__{number}__alt": f"In {colour}"}
        values[f"images__{number}__position"] = str(number)
    return values


@pytest.mark.parametrize("outage", ["refuse", "hold"])
def test_uploads_say_so_after_one_try_and_nothing_typed_is_lost(admin, s3, outage, monkeypatch):
    monkeypatch.setattr(storage, "WHOLE", 1.0)
    product = factories.product()
    before = s3.connections
    getattr(s3, outage)()
    page = problems(save(admin, change_page(product), title="A new title", **three_pictures()))
    assert s3.connections - before <= 1, "once S3 did not answer nobody waits for it again"
    assert page.count("The store for pictures does not answer") == 3
    assert all(f'value="{text}"' in page for text in ("A new title", "In red", "In green", "In blue"))
    product.refresh_from_db()
    assert product.title != "A new title"
    assert not Image.objects.exists()

    s3.restore()
    storage.breaker.is_open = False  # a moment later
    assert save(admin, change_page(product), title="A new title", **three_pictures()).status_code == 302
    assert ProductImage.objects.count() == 3


def test_a_store_that_answers_a_byte_now_and_then_is_not_waited_for(admin, s3, monkeypatch):
    monkeypatch.setattr(storage, "WHOLE", 0.5)
    s3.drip(0.02)  # an answer of it takes some seconds
    page = problems(save(admin, change_page(factories.product()), **PICTURE, images__0__upload=upload("red")))
    assert "The store for pictures does not answer" in page


def test_a_slow_store_is_waited_for(admin, s3):
    s3.delay(0.2)
    assert save(admin, change_page(factories.product()), **three_pictures()).status_code == 302
    assert ProductImage.objects.count() == 3


def test_no_page_asks_the_store(admin, client, s3):
    product = factories.product("Lamp")
    save(admin, change_page(product), **three_pictures())
    before = s3.connections
    s3.refuse()
    for page in ("/", "/products/", f"/products/{product.slug}/", "/cart/"):
        assert client.get(page).status_code == 200, page
    assert admin.get(change_page(product)).status_code == 200
    assert s3.connections == before


def test_renditions_are_made_when_the_store_is_back(s3):
    with transaction.atomic():
        image = media.store(factories.jpeg())
    message = OutboxMessage.objects.get()
    s3.refuse()
    assert outbox.handle(message.pk) == "failed"
    message.refresh_from_db()
    assert (message.state, message.failures) == ("waiting", 1)
    s3.restore()
    storage.breaker.is_open = False
    assert outbox.handle(message.pk, again=True) == "done"
    image.refresh_from_db()
    assert image.rendered_at
