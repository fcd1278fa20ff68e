"""Ordering by the API: once for each key, for guests and users, seen by nobody else."""

import uuid

import pytest

from shop.catalog.models import Variant
from shop.checkout import limits
from shop.inventory.models import Stock
from shop.orders.models import Order
from shop.orders.services import note
from shop.platform.throttle import Limit
from tests import factories

pytestmark = pytest.mark.django_db

ADDRESS = {
    "name": "Ada Byron",
    "line1": "Kastanienallee 12",
    "postal_code": "10435",
    "city": "Berlin",
    "country": "de",
}


@pytest.fixture(autouse=True)
def _delivery_and_tax():
    factories.shipping()
    factories.tax()


def order_body(cart, **more):
    body = {
        "cart": str(cart.public_id),
        "email": "ada@example.com",
        "shipping_address": ADDRESS,
        "shipping_method": "standard",
        "payment": {"method": "bank_transfer"},
    }
    return {**body, **more}


def place(phone, cart, key="key-1", **more):
    return phone.post("orders/", order_body(cart, **more), Idempotency_Key=key)


def test_a_guest_orders_and_sees_the_order_by_its_token(phone):
    cart = factories.open_cart(factories.variant("10.00"), quantity=2)
    answer = place(phone, cart, expected_total="24.90")
    order = answer.json()
    assert (answer.status_code, answer["Location"]) == (201, f"/api/v1/orders/{order['number']}/")
    assert (order["state"], order["total"]) == ("placed", {"amount": "24.90", "currency": "EUR"})
    assert order["shipping_address"]["country"] == "DE"
    assert (order["lines"][0]["quantity"], order["lines"][0]["total"]["amount"]) == (2, "20.00")
    assert order["payment"]["method"] == "bank_transfer"
    assert order["payment"]["instructions"]["reference"] == order["number"]
    assert order["payment"]["redirect_url"] is None

    number, token = order["number"], order["token"]
    assert phone.get(f"orders/{number}/?token={token}").json() == order
    assert phone.get(f"orders/{number.lower()}/", X_Order_Token=token).json() == order
    for answer in (phone.get(f"orders/{number}/"), phone.get(f"orders/{number}/?token=x"), phone.get("orders/A-B/")):
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_order")


def test_the_same_key_and_body_give_the_same_order(phone):
    cart = factories.open_cart(factories.variant())
    first, again = place(phone, cart), place(phone, cart)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Order.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(phone):
    cart = factories.open_cart(factories.variant())
    place(phone, cart)
    answer = place(phone, cart, email="eve@example.com")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_another_key_does_not_order_the_same_cart_again(phone):
    cart = factories.open_cart(factories.variant())
    number = place(phone, cart).json()["number"]
    answer = place(phone, cart, key="key-2")
    assert (answer.status_code, answer.json()["code"]) == (409, "cart_ordered")
    assert answer.json()["details"]["number"] == number


@pytest.mark.parametrize(
    ("key", "code"),
    [(None, "idempotency_key_missing"), ("k" * 201, "idempotency_key_invalid"), ("ké", "idempotency_key_invalid")],
)
def test_a_key_is_needed(phone, key, code):
    headers = {"Idempotency_Key": key} if key else {}
    answer = phone.post("orders/", order_body(factories.open_cart(factories.variant())), **headers)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not Order.objects.exists()


def test_refusals_of_the_shop_have_their_codes_and_facts(phone):
    lamp = factories.variant("10.00")
    cart = factories.open_cart(lamp, quantity=2)
    assert place(phone, cart, shipping_method="pigeon").json()["code"] == "no_such_delivery"
    assert place(phone, cart, payment={"method": "shells"}).json()["code"] == "no_such_payment_method"
    Variant.objects.update(price="12.00")
    changed = place(phone, cart, expected_total="24.90")
    assert (changed.status_code, changed.json()["code"]) == (409, "total_changed")
    assert changed.json()["details"]["total"] == {"amount": "28.90", "currency": "EUR"}
    Stock.objects.update(on_hand=1)
    short = place(phone, cart)
    assert (short.status_code, short.json()["code"]) == (409, "out_of_stock")
    assert short.json()["details"] == {"missing": {str(lamp.pk): 1}}
    assert place(phone, factories.open_cart()).json()["code"] == "cart_empty"
    assert not Order.objects.exists()


def test_a_users_order_is_that_users(phone, others_phone):
    user = factories.user("ada@example.com")
    phone.sign_in(user)
    others_phone.sign_in()
    cart = factories.open_cart(factories.variant(), user_id=user.pk)
    assert place(others_phone, cart).json()["code"] == "no_such_cart"
    number = place(phone, cart).json()["number"]
    assert phone.get(f"orders/{number}/").status_code == 200
    assert others_phone.get(f"orders/{number}/").status_code == 404
    assert [row["number"] for row in phone.get("orders/").json()["results"]] == [number]
    assert others_phone.get("orders/").json()["results"] == []
    assert type(phone)().get("orders/").status_code == 401


def test_ones_orders_come_page_by_page_the_newest_first(phone):
    user = factories.user()
    phone.sign_in(user)
    numbers = []
    for key in "123":
        cart = factories.open_cart(factories.variant(), user_id=user.pk)
        numbers.insert(0, place(phone, cart, key=key).json()["number"])
    first = phone.get("orders/?limit=2").json()
    rest = phone.http.get(first["next"], headers={"Authorization": f"Bearer {phone.access}"}).json()
    assert [row["number"] for row in first["results"] + rest["results"]] == numbers


def test_what_staff_note_is_theirs(phone):
    order = place(phone, factories.open_cart(factories.variant())).json()
    note(order_id=Order.objects.get().pk, text="Customer is difficult", actor="staff@example.com")
    shown = phone.get(f"orders/{order['number']}/?token={order['token']}")
    assert "difficult" not in shown.content.decode()
    assert [event["state"] for event in shown.json()["history"]] == ["placed"]


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "http://testserver.evil.example/",
        "http://testserver@evil.example/",
        "//evil.example/",
        "javascript:alert(1)",
        "http://testserver\\@evil.example/",
        "http://[",
        "http://testserver/\nx",
        "othershop://orders",
    ],
)
def test_paying_returns_to_the_shop_or_its_apps_only(phone, settings, address):
    settings.APP_LINK_SCHEMES = ["tessel"]
    cart = factories.open_cart(factories.variant())
    answer = place(phone, cart, payment={"method": "card", "return_url": address})
    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"][0]["pointer"] == "#/payment/return_url"


@pytest.mark.parametrize("address", ["http://testserver/orders/x/", "tessel://orders/x"])
def test_a_card_order_stands_while_the_provider_is_away_and_can_be_paid_later(phone, settings, address):
    settings.APP_LINK_SCHEMES = ["tessel"]
    settings.CARD_PROVIDER_URL = "http://127.0.0.1:9"
    cart = factories.open_cart(factories.variant())
    payment = {"method": "card", "return_url": address}
    answer = place(phone, cart, payment=payment)
    order = answer.json()
    assert (answer.status_code, order["state"]) == (201, "placed")
    assert (order["payment"]["state"], order["payment"]["redirect_url"]) == ("pending", None)
    later = phone.post(f"orders/{order['number']}/payments/?token={order['token']}", payment)
    assert (later.status_code, later.json()["code"]) == (503, "payment_provider_unavailable")
    assert int(later["Retry-After"]) > 0


def test_a_card_order_names_where_to_pay(phone, testpay):
    cart = factories.open_cart(factories.variant())
    order = place(phone, cart, payment={"method": "card"}).json()
    redirect = order["payment"]["redirect_url"]
    assert redirect.startswith(testpay)
    assert place(phone, cart, payment={"method": "card"}).json()["payment"]["redirect_url"] == redirect
    again = phone.post(f"orders/{order['number']}/payments/", {"method": "card"}, X_Order_Token=order["token"])
    assert (again.status_code, again.json()["redirect_url"]) == (200, redirect)
    stranger = phone.post(f"orders/{order['number']}/payments/", {"method": "card"})
    assert stranger.status_code == 404
    changed = phone.post(
        f"orders/{order['number']}/payments/", {"method": "bank_transfer"}, X_Order_Token=order["token"]
    )
    assert (changed.json()["method"], changed.json()["redirect_url"]) == ("bank_transfer", None)


@pytest.mark.parametrize("lines", [1, 6])
def test_queries_do_not_grow_with_the_lines(phone, django_assert_num_queries, lines):
    cart = factories.open_cart(*(factories.variant() for _ in range(lines)))
    with django_assert_num_queries(13):  # 11 of place_order in a savepoint of the test
        order = place(phone, cart, key=str(uuid.uuid4())).json()
    with django_assert_num_queries(4):
        phone.get(f"orders/{order['number']}/?token={order['token']}")


def test_each_network_has_only_so_many_orders_and_each_mailbox_so_many_of_guests(phone, monkeypatch, settings):
    settings.ORDERS_PER_NETWORK = 3
    monkeypatch.setattr(limits, "MAILBOX", Limit("orders-mailbox", times=1, seconds=60))
    variant, user = factories.variant(), factories.user("ada@example.com")
    assert place(phone, factories.open_cart(variant)).status_code == 201
    refused = place(phone, factories.open_cart(variant))
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_tries")
    phone.sign_in(user)
    answers = [place(phone, factories.open_cart(variant, user_id=user.pk), f"key-{n}").status_code for n in range(2)]
    assert answers == [201, 429]
    assert Order.objects.count() == 2
