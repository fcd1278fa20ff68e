"""The order's page: for whoever has its address."""

import pytest

from shop.checkout.services import place_order
from shop.orders import services as orders
from shop.orders.models import Order
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    factories.shipping()
    cart = factories.open_cart(factories.variant(title="Star"))
    return place_order(cart_id=cart.public_id, key="key", details=factories.details()).order


def test_it_shows_what_was_ordered_and_where_the_money_goes(client, order):
    page = client.get(order.get_absolute_url()).content.decode()
    for words in (order.number, "Star", "€24.80", "Kastanienallee 12", "Germany", "Please transfer", "IBAN"):
        assert words in page


def test_it_follows_the_order(client, order):
    address = order.get_absolute_url()
    orders.mark_paid(order_id=order.pk)
    assert "Paid. Thank you!" in client.get(address).content.decode()
    orders.ship(order_id=order.pk)
    assert "on its way" in client.get(address).content.decode()


def test_a_cancelled_order_asks_for_no_money(client, order):
    orders.cancel(order_id=order.pk)
    page = client.get(order.get_absolute_url()).content.decode()
    assert "This order is cancelled" in page
    assert "Please transfer" not in page


def test_notes_of_the_staff_are_not_for_the_customer(client, order):
    orders.note(order_id=order.pk, text="Rang twice, rude on the phone", actor="boss@example.com")
    orders.mark_paid(order_id=order.pk, note="Statement 4")
    page = client.get(order.get_absolute_url()).content.decode()
    assert "<b>Paid</b>" in page
    assert "rude" not in page and "Statement" not in page and "boss@" not in page


def test_it_is_private(client, order):
    answer = client.get(order.get_absolute_url())
    assert "no-store" in answer["Cache-Control"]
    assert b'name="robots" content="noindex"' in answer.content
    assert b'name="referrer" content="same-origin"' in answer.content


@pytest.mark.parametrize("wrong", ["number", "guess"])
def test_without_the_exact_address_there_is_nothing(client, order, wrong):
    token = {"number": order.number, "guess": order.token[:-1]}[wrong]
    assert client.get(f"/orders/{token}/").status_code == 404


def test_a_provider_that_is_away_keeps_the_order_and_says_so(client, order, settings):
    settings.CARD_PROVIDER_URL = "http://127.0.0.1:9"  # nothing listens there
    answer = client.post(f"/orders/{order.token}/pay/", {"method": "card"}, follow=True)
    page = answer.content.decode()
    assert "payment page cannot be reached" in page
    assert "Pay now" in page


def test_an_unknown_way_to_pay_is_refused_kindly(client, order):
    answer = client.post(f"/orders/{order.token}/pay/", {"method": "shells"}, follow=True)
    assert "This payment method is not offered." in answer.content.decode()


def test_a_webhook_that_is_not_signed_is_refused(client):
    answer = client.post("/payments/card/webhook/", b"{}", content_type="application/json")
    assert (answer.status_code, answer.json()) == (400, {"code": "bad_webhook"})
    assert client.post("/payments/shells/webhook/", b"{}", content_type="application/json").status_code == 404
