"""Vouchers by the API: redeemed on a cart, said in its answers, used by an order."""

import uuid
from dataclasses import asdict
from decimal import Decimal

import pytest

from tests import factories
from tests.api.conftest import agrees

pytestmark = pytest.mark.django_db
PLAIN = {"voucher": None, "discount": {"amount": "0.00", "currency": "EUR"}}


def cart_of(phone, price: str = "40.00") -> str:
    cart = phone.post("carts/").json()["id"]
    phone.post(f"carts/{cart}/lines/", {"variant": factories.variant(price).pk})
    return cart


def said(answer) -> dict[str, object]:
    return {name: answer.json()[name] for name in PLAIN}


def place(phone, cart: str, **more):
    body = {
        "cart": cart,
        "email": "ada@example.com",
        "shipping_address": asdict(factories.address()),
        "shipping_method": "standard",
        "payment": {"method": "bank_transfer"},
    }
    return phone.post("orders/", {**body, **more}, Idempotency_Key=str(uuid.uuid4()))


def test_a_code_is_redeemed_shown_and_removed(phone):
    factories.voucher("10", code="WELCOME10")
    cart = cart_of(phone)
    assert said(phone.get(f"carts/{cart}/")) == PLAIN
    redeemed = phone.post(f"carts/{cart}/vouchers/", {"code": "welcome 10"})
    assert (redeemed.status_code, redeemed["ETag"]) == (201, '"2"')
    voucher = {"code": "WELCOME10", "kind": "percent", "applies": True, "reason": None, "message": ""}
    assert said(redeemed) == {"voucher": voucher, "discount": {"amount": "4.00", "currency": "EUR"}}
    assert redeemed.json() == phone.post(f"carts/{cart}/vouchers/", {"code": "WELCOME10"}).json()
    assert redeemed.json() == phone.get(f"carts/{cart}/").json()
    for _ in range(2):
        removed = phone.delete(f"carts/{cart}/vouchers/")
        assert (removed.status_code, removed["ETag"], said(removed)) == (200, '"3"', PLAIN)


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"code": "NOSUCH"}, 422, "voucher_unknown"),
        ({"code": "x\0y"}, 400, "invalid"),
        ({"code": "X" * 65}, 400, "invalid"),
        ({"code": ""}, 400, "invalid"),
        ({}, 400, "invalid"),
    ],
)
def test_what_cannot_be_redeemed(phone, sent, status, code):
    cart = cart_of(phone)
    answer = phone.post(f"carts/{cart}/vouchers/", sent)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert said(phone.get(f"carts/{cart}/")) == PLAIN


def test_another_version_or_another_cart_is_refused(phone):
    ten = factories.voucher()
    cart = cart_of(phone)
    for refused in (
        phone.post(f"carts/{cart}/vouchers/", {"code": ten.code}, If_Match='"0"'),
        phone.delete(f"carts/{cart}/vouchers/", If_Match='"0"'),
    ):
        assert (refused.status_code, refused.json()["code"]) == (412, "cart_changed")
    assert phone.post(f"carts/{cart}/vouchers/", {"code": ten.code}, If_Match='"1"').status_code == 201
    assert phone.post(f"carts/{uuid.uuid4()}/vouchers/", {"code": ten.code}).json()["code"] == "no_such_cart"


def test_what_is_missing_to_use_it_is_said(phone, schema):
    twenty = factories.voucher("20", kind="amount", min_subtotal=Decimal(50))
    cart = cart_of(phone)
    shown = phone.post(f"carts/{cart}/vouchers/", {"code": twenty.code})
    assert shown.status_code == 201
    voucher = shown.json()["voucher"]
    assert (voucher["applies"], voucher["reason"], said(shown)["discount"]) == (False, "minimum", PLAIN["discount"])
    assert "€10.00" in voucher["message"]
    agrees(schema, "carts/{cart_id}/vouchers/", shown, "post")


def test_delivery_methods_and_the_order_have_it_in_their_totals(phone, schema):
    factories.tax()
    factories.shipping("4.90")
    factories.shipping("9.90", code="express")
    free = factories.voucher("0", kind="free_delivery", limit=1)
    cart = cart_of(phone)
    redeemed = phone.post(f"carts/{cart}/vouchers/", {"code": free.code}).json()
    assert (redeemed["voucher"]["applies"], redeemed["discount"]["amount"]) == (True, "0.00")
    shown = phone.get(f"carts/{cart}/shipping-methods/?country=DE").json()["results"]
    assert [[row[name]["amount"] for name in ("price", "discount", "total", "tax")] for row in shown] == [
        ["4.90", "4.90", "40.00", "6.39"],
        ["9.90", "9.90", "40.00", "6.39"],
    ]
    placed = place(phone, cart, expected_total="40.00")
    agrees(schema, "orders/", placed, "post")
    order = placed.json()
    names = ("subtotal", "shipping_price", "discount", "tax_total", "total")
    assert [order[name]["amount"] for name in names] == ["40.00", "4.90", "4.90", "6.39", "40.00"]
    assert (order["voucher"], order["lines"][0]["discount"]["amount"]) == (free.code, "0.00")

    late = cart_of(phone)
    refused = phone.post(f"carts/{late}/vouchers/", {"code": free.code})
    assert (refused.status_code, refused.json()["code"]) == (409, "voucher_used_up")


def test_an_order_without_a_voucher_says_so(phone):
    factories.shipping()
    order = place(phone, cart_of(phone)).json()
    assert said(phone.get(f"orders/{order['number']}/?token={order['token']}")) == PLAIN


def test_an_order_of_nothing_is_paid(phone):
    factories.shipping("0.00")
    all_of_it = factories.voucher("100")
    cart = cart_of(phone)
    phone.post(f"carts/{cart}/vouchers/", {"code": all_of_it.code})
    placed = place(phone, cart)
    order = placed.json()
    assert (placed.status_code, order["state"], order["payment"]) == (201, "paid", None)
    assert order["total"] == order["tax_total"] == PLAIN["discount"]
    assert [entry["state"] for entry in order["history"]] == ["placed", "paid"]
