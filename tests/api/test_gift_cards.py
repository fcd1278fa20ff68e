"""Gift cards by the API: put on a cart, said in its answers, spent by an order, looked up."""

import uuid

import pytest

from shop.payments.models import GiftCard
from tests import factories
from tests.api.conftest import agrees
from tests.api.test_vouchers import cart_of, place

pytestmark = pytest.mark.django_db


def euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def said(answer) -> tuple[object, object]:
    return answer.json()["gift_card"], answer.json()["to_pay"]


def test_a_card_is_put_on_shown_and_removed(phone, schema):
    card, code = factories.gift_card("30.00")
    cart = cart_of(phone)
    assert said(phone.get(f"carts/{cart}/")) == (None, euros("40.00"))
    put_on = phone.post(f"carts/{cart}/gift-cards/", {"code": code.lower().replace("-", " ")})
    assert (put_on.status_code, put_on["ETag"]) == (201, '"2"')
    agrees(schema, "carts/{cart_id}/gift-cards/", put_on, "post")
    facts = {"last_four": card.last_four, "pays": euros("30.00"), "balance": euros("30.00")}
    assert said(put_on) == ({**facts, "applies": True, "reason": None, "message": ""}, euros("10.00"))
    assert code not in put_on.content.decode()
    assert put_on.json() == phone.post(f"carts/{cart}/gift-cards/", {"code": code}).json()
    GiftCard.objects.update(balance=0)
    empty, to_pay = said(phone.get(f"carts/{cart}/"))
    assert (empty["applies"], empty["reason"], empty["pays"], to_pay) == (False, "empty", euros("0.00"), euros("40.00"))
    for _ in range(2):
        removed = phone.delete(f"carts/{cart}/gift-cards/")
        assert (removed.status_code, removed["ETag"], said(removed)) == (200, '"3"', (None, euros("40.00")))


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"code": "ABCD-EFGH-JKLM-NPQR"}, 422, "gift_card_unknown"),
        ({"code": "x\0y"}, 400, "invalid"),
        ({"code": "X" * 65}, 400, "invalid"),
        ({}, 400, "invalid"),
    ],
)
@pytest.mark.parametrize("address", ["carts/{}/gift-cards/", "gift-cards/balance/"])
def test_what_is_no_card(phone, address, sent, status, code):
    answer = phone.post(address.format(cart_of(phone)), sent)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_another_version_or_another_cart_is_refused(phone):
    code, cart = factories.gift_card().code, cart_of(phone)
    for refused in (
        phone.post(f"carts/{cart}/gift-cards/", {"code": code}, If_Match='"0"'),
        phone.delete(f"carts/{cart}/gift-cards/", If_Match='"0"'),
    ):
        assert (refused.status_code, refused.json()["code"]) == (412, "cart_changed")
    assert phone.post(f"carts/{uuid.uuid4()}/gift-cards/", {"code": code}).json()["code"] == "no_such_cart"


def test_delivery_methods_and_the_order_say_what_is_left_to_pay(phone, schema):
    factories.tax()
    factories.shipping("4.90")
    card, code = factories.gift_card("30.00")
    cart = cart_of(phone)
    phone.post(f"carts/{cart}/gift-cards/", {"code": code})
    shown = phone.get(f"carts/{cart}/shipping-methods/?country=DE")
    agrees(schema, "carts/{cart_id}/shipping-methods/", shown)
    (row,) = shown.json()["results"]
    assert [row[name]["amount"] for name in ("total", "gift_card", "to_pay")] == ["44.90", "30.00", "14.90"]
    placed = place(phone, cart, expected_total="44.90", expected_to_pay="14.90")
    agrees(schema, "orders/", placed, "post")
    order = placed.json()
    facts = {"last_four": card.last_four, "amount": euros("30.00"), "refunded": euros("0.00")}
    assert said(placed) == (facts, euros("14.90"))
    assert (order["state"], order["payment"]["amount"], order["total"]) == ("placed", euros("14.90"), euros("44.90"))
    again = phone.get(f"orders/{order['number']}/?token={order['token']}")
    agrees(schema, "orders/{number}/", again)
    assert again.json() == order


def test_an_order_that_the_card_pays_is_paid_and_the_next_is_refused(phone):
    factories.shipping("0.00")
    code = factories.gift_card("60.00").code
    one, other = cart_of(phone), cart_of(phone)
    for cart in (one, other):
        phone.post(f"carts/{cart}/gift-cards/", {"code": code})
    wanted = {"payment": {"method": "gift_card"}, "expected_to_pay": "0.00"}
    order = place(phone, one, **wanted).json()
    assert (order["state"], order["payment"], order["gift_card"]["amount"]) == ("paid", None, euros("40.00"))
    refused = place(phone, other, **wanted)
    assert (refused.status_code, refused.json()["code"]) == (409, "to_pay_changed")
    assert refused.json()["details"] == {"to_pay": euros("20.00")}
    assert phone.get(f"carts/{other}/").json()["to_pay"] == euros("20.00")


def test_a_balance_is_looked_up_without_the_code_in_an_address(phone, schema):
    card, code = factories.gift_card("12.50")
    shown = phone.post("gift-cards/balance/", {"code": code})
    agrees(schema, "gift-cards/balance/", shown, "post")
    facts = {"last_four": card.last_four, "balance": euros("12.50"), "expires_at": None}
    assert shown.json() == {**facts, "applies": True, "reason": None, "message": ""}
    assert phone.get(f"gift-cards/balance/?code={code}").status_code == 405
