"""What a page shows by the dozen is filled into a stencil: as text, whatever merchants call their things."""

import pytest

from shop.catalog import services as catalog
from shop.catalog.models import Product
from shop.platform.picture import Picture
from shop.storefront.pictures import picture
from shop.storefront.stencils import written_once
from tests import factories

ODD = '50 % <b>"Star"</b> %(title)s & Søn'
AS_TEXT = "50 % &lt;b&gt;&#34;Star&#34;&lt;/b&gt; %(title)s &amp; Søn"
READY = Picture(1, 900, 600, True, "http://media.example/a.jpg", "http://media.example/a.webp 320w", "", "")


@pytest.mark.django_db
def test_names_in_cards_and_filters_are_text(client):
    factories.product(ODD, slug="star", product_type=ODD, categories=(catalog.category([ODD]),))
    Product.objects.update(facets=[*Product.objects.get().facets, f"o:size:{ODD}"])
    page = client.get("/products/").content.decode()
    assert f'name="o" value="size:{AS_TEXT}"><span>{AS_TEXT}</span>' in page
    assert f'<h3><a href="/products/star/">{AS_TEXT}</a></h3>\n<p class="kind">{AS_TEXT}</p>' in page
    assert f'{AS_TEXT} <span class="n">1</span>' in page
    assert "<b>" not in page


@pytest.mark.django_db
def test_names_in_the_cart_are_text(client):
    variant = factories.variant(title=ODD)
    client.post("/cart/lines/", {"variant": variant.pk, "quantity": 2})
    page = client.get("/cart/").content.decode()
    assert f'?variant={variant.sku}">{AS_TEXT}</a>' in page
    assert f">Quantity of {AS_TEXT}</label>" in page
    assert "<b>" not in page
    assert '<span class="line-sum numbers">€39.80</span>' in page


@pytest.mark.parametrize("image", [READY, None])
def test_what_a_picture_shows_is_said_as_text(image):
    shown = picture(image, "50vw", alt=ODD)
    assert f'="{AS_TEXT}"' in shown
    assert "<b>" not in shown


def test_a_picture_that_is_seen_first_is_not_loaded_late():
    assert 'fetchpriority="high"' in picture(READY, "50vw", eager=True)
    assert 'loading="lazy"' not in picture(READY, "50vw", eager=True)
    assert 'loading="lazy"' in picture(READY, "50vw")


@pytest.mark.parametrize(("debug", "written"), [(False, ["a", "b"]), (True, ["a", "b", "a"])])
def test_what_templates_say_is_written_once_but_where_they_are_edited(settings, debug, written):
    settings.DEBUG = debug
    wrote = []
    write = written_once()(wrote.append)
    for text in "aba":
        write(text)
    assert wrote == written
