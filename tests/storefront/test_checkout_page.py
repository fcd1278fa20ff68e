"""The checkout page: one form, one order however often it is sent, and clear words when something is wrong."""

import pytest

from prove.forms import form
from shop.accounts.models import Address
from shop.catalog.models import Variant
from shop.checkout import limits
from shop.inventory import services as inventory
from shop.inventory.models import Stock
from shop.notifications.message import build
from shop.notifications.models import Mail
from shop.orders.models import Order
from shop.platform.throttle import Limit
from shop.pricing.models import ShippingRate
from tests import factories

pytestmark = pytest.mark.django_db
CONTACT = {
    "email": "ada@example.com",
    "name": "Ada Byron",
    "line1": "Kastanienallee 12",
    "postal_code": "10435",
    "city": "Berlin",
    "country": "DE",
}


@pytest.fixture
def variant(client) -> Variant:
    """In the cart of `client`, two pieces."""
    factories.shipping("4.90", countries=("DE",))
    factories.shipping("14.90", code="abroad")
    factories.tax("DE", "19")
    variant = factories.variant("10.00", title="Star")
    client.post("/cart/lines/", {"variant": variant.pk, "quantity": 2})
    return variant


def filled(client, **changes: str) -> dict[str, str]:
    """What a browser sends when somebody has filled in the page."""
    page = client.get("/checkout/").content.decode()
    return form(page, "/checkout/").filled(**CONTACT, payment_method="bank_transfer") | changes


def test_a_guest_orders(client, variant):
    answer = client.post("/checkout/", filled(client), follow=True)
    order = Order.objects.get()
    page = answer.content.decode()
    assert answer.redirect_chain == [(f"/orders/{order.token}/", 302)]
    assert "Thank you" in page
    assert order.number in page
    assert (str(order.total), str(order.tax_total)) == ("24.90", "3.97")
    assert Stock.objects.get(variant=variant).on_hand == 8
    assert Mail.objects.get().kind == "order_placed"
    assert client.cookies["cart"].value == ""


@pytest.mark.parametrize("method", ["card", "bank_transfer"])
def test_an_order_that_costs_nothing_is_paid_and_asks_for_nothing(client, variant, method, settings):
    settings.CARD_PROVIDER_URL = "http://127.0.0.1:1"
    settings.CARD_PROVIDER_KEY = settings.CARD_WEBHOOK_SECRET = "secret"
    Variant.objects.update(price=0)
    ShippingRate.objects.update(price=0)
    page = client.post("/checkout/", filled(client, payment_method=method), follow=True).content.decode()
    assert Order.objects.get().state == Order.State.PAID
    assert "There is nothing to pay" not in page
    mail = build(Mail.objects.get(kind="order_placed")).body
    assert "transfer" not in mail
    assert "not paid" not in mail


def test_sending_the_form_twice_is_one_order(client, variant):
    form = filled(client)
    first, second = client.post("/checkout/", form), client.post("/checkout/", form)
    assert first["Location"] == second["Location"]
    assert Order.objects.count() == 1


def test_going_back_and_ordering_the_same_cart_again_leads_to_the_order(client, variant):
    first, second = filled(client), filled(client)
    assert first["key"] != second["key"]
    answer = client.post("/checkout/", first)
    assert client.post("/checkout/", second)["Location"] == answer["Location"]
    assert Order.objects.count() == 1


def test_sending_an_old_form_again_leaves_the_next_cart_alone(client, variant):
    old = filled(client)
    client.post("/checkout/", old)
    client.post("/cart/lines/", {"variant": variant.pk})
    client.post("/checkout/", old)
    assert Order.objects.count() == 1
    assert client.get("/checkout/").status_code == 200


def test_who_signs_in_beside_the_page_is_shown_the_joined_cart_and_can_order_it(client, variant):
    old, user = filled(client), factories.user()
    sign_in = form(client.get("/account/login/").content.decode(), "/account/login/")
    client.post("/account/login/", sign_in.filled(login=user.email, password="correct horse battery"))
    answer = client.post("/checkout/", old)
    page = answer.content.decode()
    assert answer.status_code == 412
    assert "The cart was changed in the meantime" in page
    again = form(page, "/checkout/").filled()
    assert client.post("/checkout/", again)["Location"] == f"/orders/{Order.objects.get().token}/"


def test_each_missing_field_is_said_in_a_summary_and_beside_the_field(client, variant):
    answer = client.post("/checkout/", filled(client, email="no address", city=""))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert '<a href="#id_email">' in page
    assert 'id="id_email_error"' in page
    assert 'id="id_city_error"' in page
    assert 'value="Kastanienallee 12"' in page
    assert not Order.objects.exists()


def test_a_price_that_changed_meanwhile_is_shown_before_it_is_charged(client, variant):
    old = filled(client)
    Variant.objects.update(price="12.00")
    answer = client.post("/checkout/", old)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "The total has changed since you saw it." in page
    assert not Order.objects.exists()
    agreed = form(page, "/checkout/").filled(payment_method="bank_transfer")
    client.post("/checkout/", agreed)
    assert str(Order.objects.get().total) == "28.90"


def test_stock_that_went_meanwhile_is_said_and_nothing_is_ordered(client, variant):
    old = filled(client)
    inventory.set_levels({variant.pk: 1})
    answer = client.post("/checkout/", old)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "no longer available in that quantity" in page
    assert page.count("Only 1 piece is left.") == 1  # beside its line
    assert not Order.objects.exists()


def test_without_script_a_button_brings_the_delivery_options_of_another_country(client, variant):
    page = client.post("/checkout/", filled(client, country="FR", update="1")).content.decode()
    assert 'value="abroad"' in page
    assert 'name="expected_total" value="34.90"' in page
    assert 'value="Ada Byron"' in page
    assert not Order.objects.exists()


def test_with_script_the_country_refreshes_delivery_and_total(client, variant):
    page = client.get("/checkout/delivery/?country=FR&shipping_method=standard").content.decode()
    assert "<html" not in page
    assert 'name="expected_total" value="34.90"' in page
    assert 'id="review"' in page


def test_a_country_nobody_delivers_to_cannot_be_ordered_to(client):
    factories.shipping("4.90", countries=("DE",))
    client.post("/cart/lines/", {"variant": factories.variant().pk})
    page = client.get("/checkout/delivery/?country=AQ").content.decode()
    assert "We do not deliver to this country yet." in page
    assert "disabled>Order and pay" in page


def test_an_empty_cart_has_no_checkout(client):
    assert client.get("/checkout/")["Location"] == "/cart/"
    assert client.post("/checkout/", CONTACT)["Location"] == "/cart/"


def test_an_account_fills_in_the_default_address_or_the_chosen_one(client, variant):
    ada = factories.user("ada@example.com", name="Ada Byron")
    base = {"name": "Ada Byron", "line1": "Kastanienallee 12", "postal_code": "10435", "country": "DE", "user": ada}
    Address.objects.create(city="Berlin", is_default=True, **base)
    other = Address.objects.create(city="Potsdam", **base)
    client.post("/account/login/", {"login": "ada@example.com", "password": "correct horse battery"})
    assert 'value="Berlin"' in client.get("/checkout/").content.decode()
    assert 'value="Potsdam"' in client.get(f"/checkout/?address={other.pk}").content.decode()


def test_an_order_of_an_account_is_in_its_history(client, variant):
    factories.user("ada@example.com")
    client.post("/account/login/", {"login": "ada@example.com", "password": "correct horse battery"})
    client.post("/checkout/", filled(client))
    assert Order.objects.get().number in client.get("/account/orders/").content.decode()


def test_nobody_orders_the_cart_of_an_account_with_its_id(client, client_class, variant):
    factories.user("ada@example.com")
    client.post("/account/login/", {"login": "ada@example.com", "password": "correct horse battery"})
    stolen = filled(client)
    client_class().post("/checkout/", stolen)
    assert not Order.objects.exists()


def test_each_network_has_only_so_many_orders_and_each_mailbox_so_many_of_guests(
    client, variant, monkeypatch, settings
):
    settings.ORDERS_PER_NETWORK = 3
    monkeypatch.setattr(limits, "MAILBOX", Limit("orders-mailbox", times=1, seconds=60))

    def again():
        client.post("/cart/lines/", {"variant": variant.pk})
        return client.post("/checkout/", filled(client))

    assert client.post("/checkout/", filled(client)).status_code == 302
    refused = again()
    assert refused.status_code == 429
    assert "Too many tries" in refused.content.decode()
    client.force_login(factories.user("ada@example.com"))
    assert [again().status_code for _ in range(2)] == [302, 429]
    assert Order.objects.count() == 2
