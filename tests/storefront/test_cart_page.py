"""The cart as a browser meets it: forms alone, or fragments for htmx."""

import uuid

import pytest

from shop.cart.models import Cart, CartLine
from shop.catalog import services as catalog
from shop.catalog.models import Category, Product
from shop.inventory import services as inventory
from tests import factories

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def add(client, variant, quantity: int | str = 1, **headers):
    return client.post("/cart/lines/", {"variant": variant.pk, "quantity": quantity}, headers=headers)


def quantities() -> list[int]:
    return list(CartLine.objects.order_by("id").values_list("quantity", flat=True))


def test_adding_leads_to_the_cart_with_a_message(client):
    answer = client.post(
        "/cart/lines/", {"variant": factories.variant("19.90", title="Star").pk, "quantity": 2}, follow=True
    )
    page = answer.content.decode()
    assert answer.redirect_chain == [("/cart/", 302)]
    assert "It is in your cart." in page
    assert "Star" in page
    assert "€39.80" in page


def test_adding_with_htmx_answers_a_note_and_the_new_count(client):
    answer = add(client, factories.variant(title="Star"), 2, **HTMX)
    note = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in note
    assert "Star" in note
    assert 'id="shopper" hx-swap-oob' in note
    assert "Cart, 2 pieces" in note


def test_the_cookie_is_signed_and_out_of_reach_for_scripts(client):
    cookie = add(client, factories.variant()).cookies["cart"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 90 * 24 * 60 * 60)
    assert str(Cart.objects.get().public_id) in cookie.value
    assert cookie.value != str(Cart.objects.get().public_id)


def test_a_forged_cookie_opens_no_cart(client):
    add(client, factories.variant())
    client.cookies["cart"] = f"{Cart.objects.get().public_id}:1vMk8x:forged"
    assert "Your cart is empty" in client.get("/cart/").content.decode()


def test_more_than_there_is_gives_what_there_is_and_says_so(client):
    variant = factories.variant(stock=3)
    answer = client.post("/cart/lines/", {"variant": variant.pk, "quantity": 5}, follow=True)
    assert quantities() == [3]
    assert "There are no more than 3 pieces" in answer.content.decode()


def test_what_is_sold_out_is_refused_on_the_carts_page(client):
    answer = client.post("/cart/lines/", {"variant": factories.variant(stock=0).pk}, follow=True)
    assert answer.redirect_chain == [("/cart/", 302)]
    assert "This item is sold out." in answer.content.decode()


def test_what_is_sold_out_is_refused_with_a_note_for_htmx(client):
    answer = add(client, factories.variant(stock=0), **HTMX)
    assert answer.status_code == 409
    assert answer["HX-Retarget"] == "#toast"
    assert "This item is sold out." in answer.content.decode()


@pytest.mark.parametrize("variant", ["", "abc", "-1", "99999999999999999999", "999999999"])
def test_a_variant_that_never_was_is_refused_kindly(client, variant):
    answer = client.post("/cart/lines/", {"variant": variant}, follow=True)
    assert answer.status_code == 200
    assert "This item is no longer sold." in answer.content.decode()


@pytest.mark.parametrize("quantity", ["", "abc", "0", "-3"])
def test_a_quantity_that_makes_no_sense_counts_as_one(client, quantity):
    add(client, factories.variant(), quantity)
    assert quantities() == [1]


def test_changing_the_quantity_and_removing(client):
    add(client, factories.variant("10.00"))
    line = CartLine.objects.get()
    page = client.post(f"/cart/lines/{line.pk}/", {"quantity": 4}, follow=True).content.decode()
    assert "€40.00" in page
    page = client.post(f"/cart/lines/{line.pk}/remove/", follow=True).content.decode()
    assert "Your cart is empty" in page
    assert quantities() == []


def test_changing_with_htmx_answers_the_cart_and_the_count(client):
    add(client, factories.variant("10.00"))
    answer = client.post(f"/cart/lines/{CartLine.objects.get().pk}/", {"quantity": 4}, headers=HTMX).content.decode()
    assert "<html" not in answer
    assert "€40.00" in answer
    assert "Cart, 4 pieces" in answer


def test_the_header_names_the_categories_as_they_are_with_a_cart_and_without(client):
    catalog.category(["Tiles", "Small ones"])
    roots = '<li><a href="/categories/tiles/">Tiles</a></li>'
    assert roots in client.get("/cart/").content.decode()
    client.post("/cart/lines/", {"variant": factories.variant().pk})
    page = client.get("/cart/").content.decode()
    assert roots in page
    assert "Small ones" not in page
    Category.objects.filter(slug="tiles").update(name="Stones")
    assert ">Stones</a>" in client.get("/cart/").content.decode()


def test_zero_removes(client):
    add(client, factories.variant())
    client.post(f"/cart/lines/{CartLine.objects.get().pk}/", {"quantity": 0})
    assert quantities() == []


def test_removing_twice_is_no_error(client):
    add(client, factories.variant())
    address = f"/cart/lines/{CartLine.objects.get().pk}/remove/"
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 302


def test_nobody_changes_a_line_of_another_cart(client, client_class):
    add(client, factories.variant())
    line = CartLine.objects.get()
    stranger = client_class()
    add(stranger, factories.variant())
    answer = stranger.post(f"/cart/lines/{line.pk}/", {"quantity": 9}, follow=True)
    assert "This item is no longer in the cart." in answer.content.decode()
    line.refresh_from_db()
    assert line.quantity == 1


def test_stock_that_went_since_is_said_and_stops_the_checkout(client):
    variant = factories.variant(stock=5)
    add(client, variant, 4)
    inventory.set_levels({variant.pk: 2})
    assert "Only 2 pieces are left." in client.get("/cart/").content.decode()
    inventory.set_levels({variant.pk: 0})
    page = client.get("/cart/").content.decode()
    assert "This item has just sold out. Remove it to go on." in page
    assert 'href="/checkout/">' not in page


def test_another_sites_form_is_refused(client):
    answer = client.post(
        "/cart/lines/",
        {"variant": factories.variant().pk},
        headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    )
    assert answer.status_code == 403
    assert not Cart.objects.exists()


def test_an_id_in_the_cookie_without_a_cart_starts_a_new_one(client):
    add(client, factories.variant())
    Cart.objects.update(public_id=uuid.uuid4())
    assert add(client, factories.variant()).status_code == 302
    assert Cart.objects.count() == 2


def test_what_was_taken_off_sale_is_said_to_be_gone(client):
    variant = factories.variant(title="Star")
    client.post("/cart/lines/", {"variant": variant.pk})
    Product.objects.update(published=False)
    page = client.get("/cart/").content.decode()
    assert "has just sold out" in page
    assert 'href="/checkout/"' not in page
