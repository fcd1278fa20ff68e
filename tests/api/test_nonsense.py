"""Whatever is sent, the answer is never a mistake of ours."""

import itertools

import pytest

from tests import factories
from tests.api.conftest import PROBLEM
from tests.api.test_orders import order_body

pytestmark = pytest.mark.django_db

TEXTS = ["", " ", "x" * 5000, "\x00", "\ud800"]
LEGAL_TEXTS = ["٣", "'; --", "{}"]
NUMBERS = [True, -1, 0, 1.5, 10**30, 1e308]
NONSENSE = [None, *NUMBERS, *TEXTS, *LEGAL_TEXTS, [], [[]], {}, {"": 1}]
PARAMETERS = ["q", "category", "option", "min_price", "max_price", "on_sale", "sort", "cursor", "limit", "format"]
VALUES = ["", "%00", "%ff", "%ED%A0%80", "-1", "1e999", "NaN", "a:b", "9" * 400]


def wrong(answer):
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.content[:300])
    assert answer["Content-Type"] == PROBLEM


@pytest.mark.parametrize("field", ["cart", "email", "shipping_address", "shipping_method", "payment", "expected_total"])
def test_an_order_with_nonsense_in_one_place(phone, field):
    factories.shipping()
    cart = factories.open_cart(factories.variant())
    for value in NONSENSE:
        wrong(phone.post("orders/", order_body(cart) | {field: value}, Idempotency_Key="k"))


@pytest.mark.parametrize("field", ["name", "line1", "city", "country"])
def test_an_address_with_nonsense_in_one_place(phone, field):
    cart = factories.open_cart(factories.variant())
    for value in [None, *TEXTS, [], {}]:
        body = order_body(cart)
        address = body["shipping_address"] | {field: value}
        wrong(phone.post("orders/", body | {"shipping_address": address}, Idempotency_Key="k"))


def test_lines_of_nonsense(phone):
    cart = factories.open_cart(factories.variant())
    for variant, quantity in itertools.product(NONSENSE, [1, *NONSENSE]):
        wrong(phone.post(f"carts/{cart.public_id}/lines/", {"variant": variant, "quantity": quantity}))


@pytest.mark.parametrize("path", ["auth/register/", "auth/token/", "auth/token/refresh/", "auth/logout/"])
def test_accounts_of_nonsense(phone, path):
    for value in NONSENSE:
        wrong(phone.post(path, {"email": value, "password": value, "refresh": value, "device": value, "cart": value}))
        wrong(phone.post(path, value))


@pytest.mark.parametrize("path", ["products/", "categories/", "orders/"])
def test_parameters_of_nonsense(phone, path):
    phone.sign_in()
    for name, value in itertools.product(PARAMETERS, VALUES):
        assert phone.get(f"{path}?{name}={value}").status_code < 500, (name, value)


@pytest.mark.parametrize("part", ["0", "-1", "9" * 30, "%00", "x", "1.5"])
def test_addresses_of_nonsense(phone, part):
    cart = factories.open_cart()
    for path in (f"carts/{cart.public_id}/lines/", "carts/", "orders/", "products/"):
        wrong(phone.get(f"{path}{part}/"))
    wrong(phone.patch(f"carts/{cart.public_id}/lines/{part}/", {"quantity": 1}))
