"""Carts by the API: whose they are, adding and changing, versions."""

import pytest

from shop.cart.models import Cart
from shop.inventory.models import Stock
from tests import factories

pytestmark = pytest.mark.django_db


def new_cart(phone) -> str:
    return phone.post("carts/").json()["id"]


def test_a_guest_gets_an_empty_cart_with_an_id_of_its_own(phone):
    answer = phone.post("carts/")
    cart = answer.json()
    assert (answer.status_code, answer["Location"]) == (201, f"/api/v1/carts/{cart['id']}/")
    assert (cart["lines"], cart["pieces"], cart["subtotal"]) == ([], 0, {"amount": "0.00", "currency": "EUR"})
    assert answer["Cache-Control"] == "no-store"
    assert phone.get(f"carts/{cart['id']}/").json() == cart
    assert phone.post("carts/").json()["id"] != cart["id"]


def test_adding_twice_makes_one_line(phone):
    lamp = factories.variant("10.00")
    cart = new_cart(phone)
    first = phone.post(f"carts/{cart}/lines/", {"variant": lamp.pk})
    second = phone.post(f"carts/{cart}/lines/", {"variant": lamp.pk, "quantity": 2})
    assert (first.status_code, second.status_code) == (201, 201)
    (line,) = second.json()["lines"]
    assert (line["quantity"], line["total"], line["unit_price"]["amount"]) == (
        3,
        {"amount": "30.00", "currency": "EUR"},
        "10.00",
    )
    assert (line["variant"], line["sku"], line["title"]) == (lamp.pk, lamp.sku, lamp.product.title)
    assert (second.json()["subtotal"]["amount"], second.json()["pieces"]) == ("30.00", 3)


def test_fewer_than_wanted_is_said(phone):
    lamp = factories.variant(stock=2)
    cart = new_cart(phone)
    added = phone.post(f"carts/{cart}/lines/", {"variant": lamp.pk, "quantity": 5}).json()
    assert added["lines"][0]["quantity"] == 2
    assert [(notice["code"], notice["line"]) for notice in added["notices"]] == [
        ("quantity_limited", added["lines"][0]["id"])
    ]
    line = added["lines"][0]["id"]
    changed = phone.patch(f"carts/{cart}/lines/{line}/", {"quantity": 9}).json()
    assert (changed["lines"][0]["quantity"], changed["notices"][0]["code"]) == (2, "quantity_limited")
    assert phone.get(f"carts/{cart}/").json()["notices"] == []
    Stock.objects.update(on_hand=1)
    assert phone.get(f"carts/{cart}/").json()["notices"][0]["code"] == "not_enough_left"
    Stock.objects.update(on_hand=0)
    assert phone.get(f"carts/{cart}/").json()["notices"][0]["code"] == "sold_out"


def test_changing_and_removing(phone):
    lamp, rug = factories.variant(), factories.variant()
    cart = new_cart(phone)
    phone.post(f"carts/{cart}/lines/", {"variant": lamp.pk})
    lines = phone.post(f"carts/{cart}/lines/", {"variant": rug.pk}).json()["lines"]
    first, second = (line["id"] for line in lines)
    assert phone.patch(f"carts/{cart}/lines/{first}/", {"quantity": 4}).json()["pieces"] == 5
    assert len(phone.patch(f"carts/{cart}/lines/{first}/", {"quantity": 0}).json()["lines"]) == 1
    removed = phone.delete(f"carts/{cart}/lines/{second}/")
    assert (removed.status_code, removed.json()["lines"]) == (200, [])
    assert phone.delete(f"carts/{cart}/lines/{second}/").status_code == 200
    gone = phone.patch(f"carts/{cart}/lines/{second}/", {"quantity": 1})
    assert (gone.status_code, gone.json()["code"]) == (404, "no_such_line")


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"variant": 99_999_999}, 404, "no_such_variant"),
        ({"variant": 2**63}, 400, "invalid"),
        ({"variant": "x"}, 400, "invalid"),
        ({"variant": 1, "quantity": 0}, 400, "invalid"),
        ({"variant": 1, "quantity": 100}, 400, "invalid"),
        ({}, 400, "invalid"),
    ],
)
def test_what_cannot_be_added(phone, sent, status, code):
    answer = phone.post(f"carts/{new_cart(phone)}/lines/", sent)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_what_is_sold_out_is_refused(phone):
    answer = phone.post(f"carts/{new_cart(phone)}/lines/", {"variant": factories.variant(stock=0).pk})
    assert (answer.status_code, answer.json()["code"]) == (409, "sold_out")


def test_the_etag_is_the_version_and_an_old_one_changes_nothing(phone):
    lamp = factories.variant()
    cart = new_cart(phone)
    before = phone.get(f"carts/{cart}/")["ETag"]
    added = phone.post(f"carts/{cart}/lines/", {"variant": lamp.pk}, If_Match=before)
    assert (added.status_code, added["ETag"]) == (201, f'"{added.json()["version"]}"')
    assert added["ETag"] != before
    line = added.json()["lines"][0]["id"]
    for refused in (
        phone.post(f"carts/{cart}/lines/", {"variant": lamp.pk}, If_Match=before),
        phone.patch(f"carts/{cart}/lines/{line}/", {"quantity": 5}, If_Match=before),
        phone.delete(f"carts/{cart}/lines/{line}/", If_Match=before),
        phone.delete(f"carts/{cart}/lines/{line}/", If_Match='W/"nonsense"'),
    ):
        assert (refused.status_code, refused.json()["code"]) == (412, "cart_changed")
    assert phone.get(f"carts/{cart}/").json()["pieces"] == 1
    assert phone.patch(f"carts/{cart}/lines/{line}/", {"quantity": 5}, If_Match="*").json()["pieces"] == 5
    now = phone.get(f"carts/{cart}/")["ETag"]
    packed = phone.patch(f"carts/{cart}/lines/{line}/", {"quantity": 4}, If_Match=f"W/{now}")  # by a proxy
    assert packed.status_code == 200
    assert phone.delete(f"carts/{cart}/lines/{line}/", If_Match=f'"0", {packed["ETag"]}').status_code == 200


def test_an_id_in_capitals_as_some_phones_write_it_names_the_cart(phone):
    cart = new_cart(phone)
    added = phone.post(f"carts/{cart.upper()}/lines/", {"variant": factories.variant().pk})
    assert (added.status_code, added.json()["id"]) == (201, cart)


def test_a_users_cart_is_that_users_alone(phone, others_phone):
    phone.sign_in()
    mine = phone.post("carts/")
    cart = mine.json()["id"]
    assert phone.get("carts/current/").json()["id"] == cart
    assert phone.post("carts/").json()["id"] == cart
    for stranger in (others_phone, type(phone)()):
        if stranger is others_phone:
            stranger.sign_in()
        for answer in (
            stranger.get(f"carts/{cart}/"),
            stranger.post(f"carts/{cart}/lines/", {"variant": factories.variant().pk}),
            stranger.post(f"carts/{cart}/vouchers/", {"code": "X"}),
            stranger.delete(f"carts/{cart}/vouchers/"),
            stranger.get(f"carts/{cart}/shipping-methods/?country=DE"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "no_such_cart")


def test_the_current_cart_needs_a_user_and_is_always_there(phone):
    answer = phone.get("carts/current/")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="api"')
    assert answer.json()["code"] == "not_authenticated"
    phone.sign_in()
    assert phone.get("carts/current/").json()["lines"] == []


def test_signing_in_with_a_guests_cart_joins_it_to_ones_own(phone, others_phone):
    lamp, rug = factories.variant(), factories.variant()
    user = factories.user()
    factories.open_cart(lamp, quantity=2, user_id=user.pk)
    guests = new_cart(phone)
    phone.post(f"carts/{guests}/lines/", {"variant": lamp.pk})
    phone.post(f"carts/{guests}/lines/", {"variant": rug.pk})
    signed_in = phone.sign_in(user, cart=guests)
    own = phone.get("carts/current/").json()
    assert own["id"] == signed_in["cart"] != guests
    assert sorted((line["variant"], line["quantity"]) for line in own["lines"]) == [(lamp.pk, 3), (rug.pk, 1)]
    assert phone.get(f"carts/{guests}/").status_code == 404
    assert others_phone.sign_in(user, cart=guests)["cart"] == own["id"], "a retry of the sign-in changes nothing"
    assert phone.get("carts/current/").json()["pieces"] == 4


def test_nobody_takes_over_another_users_cart_by_signing_in(phone):
    theirs = factories.open_cart(factories.variant(), user_id=factories.user().pk)
    assert phone.sign_in(cart=str(theirs.public_id))["cart"] is None
    assert Cart.objects.get(pk=theirs.pk).state == "open"


def test_delivery_methods_with_what_the_order_then_costs(phone):
    factories.tax("DE", "19")
    factories.shipping("4.90", code="standard", countries=("DE",))
    factories.shipping("9.90", code="express", countries=("DE",))
    cart = factories.open_cart(factories.variant("119.00"))
    shown = phone.get(f"carts/{cart.public_id}/shipping-methods/?country=de").json()
    assert [(row["code"], row["price"]["amount"], row["total"]["amount"]) for row in shown["results"]] == [
        ("standard", "4.90", "123.90"),
        ("express", "9.90", "128.90"),
    ]
    assert shown["results"][0]["tax"] == {"amount": "19.78", "currency": "EUR"}
    assert phone.get(f"carts/{cart.public_id}/shipping-methods/?country=US").json()["results"] == []
    assert phone.get(f"carts/{cart.public_id}/shipping-methods/").json()["errors"][0]["parameter"] == "country"


@pytest.mark.parametrize("lines", [1, 8])
def test_queries_do_not_grow_with_the_lines(phone, django_assert_num_queries, lines):
    factories.shipping()
    cart = factories.open_cart(*(factories.variant() for _ in range(lines)))
    with django_assert_num_queries(1):
        assert len(phone.get(f"carts/{cart.public_id}/").json()["lines"]) == lines
    with django_assert_num_queries(2):
        phone.get(f"carts/{cart.public_id}/shipping-methods/?country=DE")
    another = factories.variant()
    with django_assert_num_queries(2):
        assert phone.post(f"carts/{cart.public_id}/lines/", {"variant": another.pk}).status_code == 201
