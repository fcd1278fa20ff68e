"""What is changed is seen by the next visitor; what it does not change stays kept."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shop.catalog import services as catalog
from shop.inventory import services as inventory
from shop.inventory.services import Terms
from shop.platform import media, pages
from shop.platform.pages import shelf
from shop.platform.pages.offer import Offer
from shop.platform.pages.page import Page
from shop.platform.pages.shelf import Turn
from tests import factories
from tests.waiting import patience

pytestmark = pytest.mark.django_db(transaction=True)
until = patience(20)  # less than a page is kept for
STAR, LIST, TILES, RUGS = "/products/star/", "/products/", "/categories/tiles/", "/categories/rugs/"
API, API_LIST = "/api/v1/products/star/", "/api/v1/products/"
ALL = (STAR, LIST, TILES, RUGS, API, API_LIST)


@pytest.fixture
def star(client):
    tiles, rugs = catalog.category(["Tiles"]), catalog.category(["Rugs"])
    factories.product("Petal", categories=(rugs,), stock=20)
    made = factories.product("Star", slug="star", categories=(tiles,), stock=20, prices=("10", "20"))
    for address in ALL:
        client.get(address)
    return made


def outdated() -> set[str]:
    """Return the addresses that are not kept any more; asking makes them anew."""
    found = set()
    for address in ALL:
        with CaptureQueriesContext(connection) as queries:
            assert Client().get(address).status_code in {200, 404}
        if len(queries):
            found.add(address)
    return found


def sell(product, size: int, pieces: int) -> None:
    variant = product.variants.order_by("position")[size]
    with transaction.atomic():
        inventory.take({variant.pk: pieces}, reference="order")


def test_an_edit_outdates_the_product_and_the_lists_that_may_hold_it(star, client):
    star.title = "Comet"
    star.save()
    catalog.refresh([star.pk])
    assert outdated() == {STAR, LIST, TILES, API, API_LIST}
    assert "Comet" in client.get(TILES).content.decode()


def test_a_product_that_changes_its_category_is_seen_in_both(star):
    star.categories.set([catalog.category(["Rugs"])])
    catalog.refresh([star.pk])
    assert {TILES, RUGS} <= outdated()


def test_what_is_hidden_or_removed_is_gone(star, client):
    catalog.publish([star.pk], published=False)
    assert client.get(STAR).status_code == 404
    assert "Star" not in client.get(LIST).content.decode()
    with transaction.atomic():
        catalog.touched([star.pk])
        star.delete()
    assert TILES in outdated()


def test_stock_that_looks_the_same_outdates_the_number_of_the_api_alone(star):
    sell(star, 0, 3)
    assert outdated() == {API}


def test_few_left_is_said_on_the_products_page_alone(star, client):
    sell(star, 0, 15)
    assert outdated() == {STAR, API}
    assert "Only 5 left" in client.get(STAR).content.decode()


def test_a_size_that_is_sold_out_changes_no_list(star):
    sell(star, 0, 20)
    assert outdated() == {STAR, API}


def test_a_product_that_is_sold_out_or_comes_back_is_seen_in_lists(star):
    sell(star, 0, 20)
    sell(star, 1, 20)
    assert outdated() == {STAR, LIST, TILES, API, API_LIST}
    inventory.correct({star.variants.first().pk: 50})
    assert outdated() == {STAR, LIST, TILES, API, API_LIST}


def test_two_orders_that_take_the_last_of_two_sizes_at_once_are_seen_in_lists(star):
    """Neither sees, before its commit, that the other has left nothing."""

    def other() -> None:
        try:
            sell(star, 1, 20)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread, transaction.atomic():
        sell(star, 0, 20)
        thread.submit(other).result(60)
    assert {LIST, TILES, API_LIST} <= outdated()


def test_other_terms_of_sale_are_seen(star):
    inventory.set_levels(dict.fromkeys(star.variants.values_list("pk", flat=True), 0))
    assert outdated()
    inventory.configure({pk: Terms(allow_backorder=True) for pk in star.variants.values_list("pk", flat=True)})
    assert outdated() == {STAR, LIST, TILES, API, API_LIST}


def test_a_new_category_is_in_every_pages_header(star):
    catalog.category(["Lamps"])
    assert outdated() == {*ALL}


def test_a_product_appears_at_its_moment(client, star):
    def shown() -> bool:
        return "Dawn" in client.get(TILES).content.decode()

    moment = timezone.now() + timedelta(seconds=1)
    factories.product("Dawn", categories=star.categories.all(), published_at=moment)
    assert not shown() or timezone.now() >= moment
    until(shown)


def test_a_picture_is_shown_when_its_renditions_are_made(client, star):
    image = media.store(io.BytesIO(factories.jpeg().read()), render=False)
    catalog.set_images(star, [catalog.ImageData(image.pk)])
    assert "<picture" not in client.get(TILES).content.decode()
    media.make_renditions(image.pk)
    assert "<picture" in client.get(TILES).content.decode()


def test_a_page_that_was_begun_before_an_edit_is_not_believed_after_it(star):
    cache.clear()
    turn = shelf.ask("page:x")
    assert isinstance(turn, Turn) and turn.mine
    pages.outdate(["star"])
    old = Page(b"old", [], '"old"', "")
    shelf.keep("page:x", old, turn, Offer({"star"}), briefly=False)
    again = shelf.ask("page:x")
    assert isinstance(again, Turn) and again.mine and again.old == old


def test_nothing_is_outdated_by_what_was_rolled_back(star):
    with transaction.atomic():
        variant = star.variants.first()
        variant.price = Decimal(99)
        variant.save()
        catalog.refresh([star.pk])
        transaction.set_rollback(True)
    assert outdated() == set()
