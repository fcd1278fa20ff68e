"""Loading the demo: again, at once, after a kill."""

import os
import threading
import time
from functools import cache

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command, load_command_class
from django.db import connection

from shop.backoffice.demo import loading
from shop.backoffice.demo.artwork import encoded
from shop.backoffice.demo.catalogue import entries
from shop.catalog.models import Category, Product, ProductImage, Variant
from shop.inventory.models import Stock, StockMovement
from shop.money import Money
from shop.payments import gift_cards
from shop.payments.models import GiftCard, GiftCardEntry
from shop.platform import media
from shop.platform.models import Image, OutboxMessage
from shop.platform.postgresql import advisory
from shop.pricing.models import ShippingMethod, ShippingRate, TaxRate, Voucher
from shop.pricing.services import shipping_offers
from shop.pricing.shipping import Parcel

FEW = (entries()[0], entries()[-1])
drawn_once = cache(encoded)
EVERYTHING = (
    Category, Product, Variant, ProductImage, Stock, StockMovement, Image, OutboxMessage,
    TaxRate, ShippingMethod, ShippingRate, Voucher, GiftCard, GiftCardEntry,
)  # fmt: skip


@pytest.fixture
def few(monkeypatch):
    """A catalogue of two products, whose pictures are drawn once and kept in one width: all of it takes a minute."""
    monkeypatch.setattr("shop.backoffice.management.commands.load_demo.entries", lambda: FEW)
    monkeypatch.setattr(loading, "encoded", drawn_once)
    monkeypatch.setattr(media, "WIDTHS", media.WIDTHS[:1])


def rows():
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in EVERYTHING}


@pytest.mark.django_db
def test_a_second_load_changes_nothing(few, capsys):
    call_command("load_demo", processes=1)
    before = rows()
    call_command("load_demo", processes=1)
    assert rows() == before
    assert capsys.readouterr().out.splitlines()[-1] == "Demo catalogue: 0 new products, 2 in all"


@pytest.mark.django_db
def test_a_product_comes_with_category_stock_and_finished_pictures(few):
    call_command("load_demo", processes=1)
    entry, product = FEW[0], Product.objects.public().get(slug=FEW[0].data.slug)
    assert [category.name for category in product.categories.all()] == [entry.path[-1]]
    assert product.categories.get().parent.name == entry.path[0]
    assert dict(Stock.objects.filter(variant__product=product).values_list("variant__sku", "on_hand")) == entry.stock
    shown = product.images.select_related("image", "variant").order_by("position")
    assert [picture.variant.sku if picture.variant else "" for picture in shown] == [plan.sku for plan in entry.images]
    for picture in shown:
        assert picture.image.rendered_at
        assert all(default_storage.exists(rendition["key"]) for rendition in picture.image.renditions)
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db
def test_categories_stand_in_the_order_of_the_shop_and_have_a_picture_where_there_are_products(few):
    call_command("load_demo", processes=1)
    roots = Category.objects.filter(parent=None).order_by("position")
    assert [root.name for root in roots] == ["Walls", "Textiles", "Kitchen & table", "Paper"]
    assert Category.objects.get(name="Wall prints").image == Category.objects.get(name="Walls").image
    assert Category.objects.get(name="Notebooks").image is None


@pytest.mark.django_db
def test_what_a_merchant_changed_stays_changed(few):
    call_command("load_demo", processes=1)
    Product.objects.filter(slug=FEW[0].data.slug).update(title="Our own name")
    ShippingMethod.objects.filter(code="express").update(name="Courier")
    TaxRate.objects.filter(country="DE", tax_class="standard").update(rate=16)
    Voucher.objects.filter(code="WELCOME10").update(value=12)
    call_command("load_demo", processes=1)
    assert Product.objects.get(slug=FEW[0].data.slug).title == "Our own name"
    assert ShippingMethod.objects.get(code="express").name == "Courier"
    assert TaxRate.objects.get(country="DE", tax_class="standard").rate == 16
    assert Voucher.objects.get(code="WELCOME10").value == 12
    assert gift_cards.look_up(code="TESS-ELLA-TEDC-ARDS", network="192.0.2.1").balance == 50  # as the README says
    assert {card.state for card in GiftCard.objects.all()} == {"active", "empty", "expired"}


@pytest.mark.django_db
def test_a_load_that_was_cut_off_is_completed_by_the_next(few, monkeypatch):
    saved = loading.save
    monkeypatch.setattr(loading, "save", lambda *args: saved(*args) if not Product.objects.exists() else _killed())
    with pytest.raises(KeyboardInterrupt):
        call_command("load_demo", processes=1)
    assert Product.objects.count() == 1
    monkeypatch.setattr(loading, "save", saved)
    call_command("load_demo", processes=1)
    assert Product.objects.count() == len(FEW)
    assert Image.objects.count() == sum(len(entry.images) for entry in FEW)


def _killed():
    raise KeyboardInterrupt


@pytest.mark.django_db(transaction=True)
def test_a_second_load_waits_until_the_first_has_finished():
    order, first_is_in = [], threading.Event()

    def first():
        with advisory.in_turn(loading.LOCK):
            first_is_in.set()
            time.sleep(0.5)
            order.append("first")
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    first_is_in.wait(60)
    with advisory.in_turn(loading.LOCK):
        order.append("second")
    thread.join()
    assert order == ["first", "second"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("country", "total", "weight", "prices"),
    [
        ("DE", "20", 500, {"standard": "4.90", "express": "14.90", "pickup": "0.00"}),
        ("DE", "80", 500, {"standard": "0.00", "express": "14.90", "pickup": "0.00"}),
        ("FR", "80", 2500, {"standard": "14.90", "express": "29.90"}),
        ("CH", "20", 500, {"standard": "14.90", "express": "29.90"}),
        ("US", "20", 12000, {"standard": "89.90", "express": "129.00"}),
        ("JP", "20", 500, {"standard": "29.90"}),
    ],
)
def test_delivery_costs_what_the_table_says(country, total, weight, prices):
    loading.load_charges()
    parcel = Parcel(country, weight, Money(total, "EUR"))
    assert {offer.method.code: str(offer.price.amount) for offer in shipping_offers(parcel)} == prices


def test_where_the_system_does_not_say_which_cores_may_be_used_all_of_them_draw(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    parser = load_command_class("shop.backoffice", "load_demo").create_parser("manage.py", "load_demo")
    assert parser.get_default("processes") == os.cpu_count()
