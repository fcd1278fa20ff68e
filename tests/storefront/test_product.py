"""The product page: choosing a variant, prices, stock, pictures."""

import json
import re
from decimal import Decimal

import pytest

from shop.catalog import services as catalog
from shop.inventory import services as inventory
from shop.platform import media
from tests import factories

pytestmark = pytest.mark.django_db


def page_of(client, product, **query) -> str:
    return client.get(product.get_absolute_url(), query).content.decode()


def test_every_variant_can_be_chosen_without_script(client):
    product = factories.product(prices=("19.90", "29.90"))
    page = page_of(client, product)
    for variant in product.variants.all():
        assert f'<option value="{variant.pk}"' in page
    assert "M · €29.90" in page


def test_the_address_may_name_the_variant(client):
    product = factories.product(prices=("19.90", "29.90"))
    small, medium = product.variants.all()
    assert f'<option value="{medium.pk}" selected>' in page_of(client, product, variant=medium.sku)
    assert f'<option value="{small.pk}" selected>' in page_of(client, product, variant="unknown")


def test_the_first_variant_that_can_be_bought_is_shown(client):
    product = factories.product(prices=("19.90", "29.90"))
    small, medium = product.variants.all()
    inventory.set_levels({small.pk: 0})
    page = page_of(client, product)
    assert f'<option value="{medium.pk}" selected>' in page
    assert "S · €19.90 · sold out" in page


def test_a_sale_shows_both_prices_and_the_saving(client):
    variant = catalog.VariantData(sku="SALE", price=Decimal("60.00"), compare_at_price=Decimal("80.00"))
    saved = catalog.save(catalog.ProductData(slug="sale", title="Sale", variants=(variant,)))
    page = page_of(client, saved.product)
    assert "€60.00" in page
    assert "<del>€80.00</del>" in page
    assert "\N{MINUS SIGN}25 %" in page


def test_the_price_is_said_to_include_tax_beside_it_and_on_each_page(client):
    product = factories.product(prices=("19.90", "29.90"))
    beside = page_of(client, product).partition("data-price")[2].partition('class="options"')[0]
    assert "€19.90" in beside and "Includes tax" in beside
    assert "Prices include tax" in client.get("/products/").content.decode().partition("cards-box")[0]
    for address in ("/", "/cart/", "/account/login/"):
        assert "All prices include tax" in client.get(address).content.decode().partition("<footer")[2]


@pytest.mark.parametrize(
    ("stock", "words"), [(0, "Sold out"), (1, "Only 1 left"), (3, "Only 3 left"), (40, "In stock")]
)
def test_stock_is_said_in_words(client, stock, words):
    page = page_of(client, factories.product(stock=stock))
    assert words in page
    assert ("disabled>" in page) == (stock == 0)


def test_a_picture_is_a_neutral_tile_until_its_renditions_exist(client):
    product = factories.product("Star")
    image = media.store(factories.jpeg())
    catalog.set_images(product, [catalog.ImageData(image.pk, alt="A star on a wall")])
    assert 'class="picture blank" role="img" aria-label="A star on a wall"' in page_of(client, product)
    media.make_renditions(image.pk)
    page = page_of(client, product, fresh=1)
    assert 'type="image/webp"' in page
    assert 'width="900" height="600" alt="A star on a wall"' in page


def test_a_browser_is_told_at_once_of_the_picture_that_it_shows_first(client):
    product = factories.product("Star")
    images = [media.store(factories.jpeg(colour=colour)) for colour in ("teal", "navy")]
    catalog.set_images(product, [catalog.ImageData(image.pk) for image in images])
    assert 'as="image"' not in page_of(client, product)
    media.make_renditions(images[0].pk)
    media.make_renditions(images[1].pk)
    page = page_of(client, product, fresh=1)
    told = re.findall(r'<link rel="preload" as="image" type="image/webp" imagesrcset="(.+?)" imagesizes="(.+?)"', page)
    shown = re.findall(r'<source type="image/webp" srcset="(.+?)" sizes="(.+?)">', page)
    assert told == shown[:1]  # else it is loaded twice
    assert page.index('as="image"') < page.index('rel="stylesheet"')


def test_one_picture_for_two_variants_is_shown_once(client):
    product = factories.product(prices=("10.00", "20.00"))
    image = media.store(factories.jpeg())
    catalog.set_images(product, [catalog.ImageData(image.pk, sku=variant.sku) for variant in product.variants.all()])
    assert page_of(client, product).count('id="picture-') == 1


def test_what_merchants_write_is_shown_but_does_not_run(client):
    product = factories.product(body_html="<p>Woven <b>well</b></p><script>alert(1)</script>")
    page = page_of(client, product)
    assert "<p>Woven <b>well</b></p>" in page
    assert "alert(1)" not in page


def test_a_product_that_is_not_public_is_not_found(client):
    assert client.get(factories.product(published=False).get_absolute_url()).status_code == 404
    assert client.get("/products/never-was/").status_code == 404


def test_a_size_without_a_picture_shows_that_of_its_colour(client):
    colours, sizes = ("Fjord", "Coral"), ("A6", "A5")
    variants = tuple(
        catalog.VariantData(sku=f"{size}-{colour}", price=Decimal(9), option_values=(size, colour))
        for size in sizes
        for colour in colours
    )
    data = catalog.ProductData(slug="book", title="Book", variants=variants, option_names=("Size", "Colour"))
    saved = catalog.save(data)
    inventory.set_levels({variant.pk: 5 for variant in saved.variants.values()})
    images = {
        colour: media.store(factories.jpeg(colour=shade)) for colour, shade in (("Fjord", "teal"), ("Coral", "coral"))
    }
    shown = [catalog.ImageData(image.pk, sku=f"A6-{colour}") for colour, image in images.items()]
    catalog.set_images(saved.product, shown)
    found = re.search(r'<script id="variants" type="application/json">(.*?)</script>', page_of(client, saved.product))
    assert found
    facts = json.loads(found[1])
    assert {fact["sku"]: fact["picture"] for fact in facts} == {
        f"{size}-{colour}": images[colour].pk for size in sizes for colour in colours
    }
    media.make_renditions(images["Coral"].pk)
    client.post("/cart/lines/", {"variant": saved.variants["A5-Coral"].pk})
    assert images["Coral"].sha256 in client.get("/cart/").content.decode()
