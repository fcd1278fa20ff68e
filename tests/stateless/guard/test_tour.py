"""The store's own pages and calls leave nothing in the memory of their process, nor on its disk.

The settings of the tests have the guard in mode "raise", so that a file would be an error here as everywhere.
"""

import json
import uuid
from dataclasses import asdict

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from shop.checkout import services as checkout
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.long]

# The admin theme keeps the last request of a list on the admin object, of each process by itself; all it reads from it
# is which style sheets the list's filters need.
ACCEPTED = ["shop.backoffice.*.request"]
JSON = "application/json"


@pytest.fixture
def lamp():
    factories.shipping()
    factories.tax()
    return factories.product("Lamp", stock=100)


@pytest.fixture
def stays_clean(leaves_no_state):
    """Ask three times; the third must leave everything as it was."""

    def ask(browser: Client, method: str, address: str, *, status: int = 200, **content) -> None:
        def once() -> None:
            answer = getattr(browser, method)(address, **content)
            assert answer.status_code == status, (address, answer.status_code, answer.content[:300])

        leaves_no_state(once, accepted=ACCEPTED)

    return ask


def place(lamp, key: str, user_id: int | None = None):
    cart = factories.open_cart(lamp.variants.get(), user_id=user_id)
    caller = {"user_id": user_id} if user_id else {}
    return checkout.place_order(cart_id=cart.public_id, key=key, details=factories.details(), **caller).order


def test_a_guest(lamp, stays_clean):
    guest, variant = Client(), lamp.variants.get()
    for address in ("/", "/products/", "/products/?q=lamp", f"/products/{lamp.slug}/", "/cart/", "/account/login/"):
        stays_clean(guest, "get", address)
    stays_clean(guest, "post", "/cart/lines/", data={"variant": variant.pk, "quantity": 1}, status=302)
    for address in ("/cart/", "/fragments/shopper/", "/checkout/"):
        stays_clean(guest, "get", address)
    order = place(lamp, str(uuid.uuid4()))
    stays_clean(guest, "get", f"/orders/{order.token}/")
    stays_clean(guest, "get", "/products/nothing-of-the-kind/", status=404)


def test_a_customer(lamp, stays_clean):
    user, browser = factories.user(), Client()
    browser.force_login(user)
    place(lamp, str(uuid.uuid4()), user.pk)
    for address in ("/fragments/shopper/", "/account/orders/", "/account/addresses/", "/cart/"):
        stays_clean(browser, "get", address)
    form = {"login": user.email, "password": "correct horse battery"}
    stays_clean(Client(), "post", "/account/login/", data=form, status=302)


def test_a_phone(lamp, stays_clean):
    phone, user = Client(), factories.user()
    for path in ("products/", f"products/{lamp.slug}/", "categories/", "schema/"):
        stays_clean(phone, "get", f"/api/v1/{path}")
    credentials = json.dumps({"email": user.email, "password": "correct horse battery"})
    stays_clean(phone, "post", "/api/v1/auth/token/", data=credentials, content_type=JSON)
    cart = phone.post("/api/v1/carts/", content_type=JSON).json()["id"]
    line = json.dumps({"variant": lamp.variants.get().pk, "quantity": 1})
    stays_clean(phone, "post", f"/api/v1/carts/{cart}/lines/", data=line, content_type=JSON, status=201)
    stays_clean(phone, "get", f"/api/v1/carts/{cart}/")


def test_a_phone_orders(lamp, leaves_no_state):
    phone, address = Client(), asdict(factories.address())

    def order() -> None:
        cart = factories.open_cart(lamp.variants.get())
        body = {
            "cart": str(cart.public_id),
            "email": "ada@example.com",
            "shipping_address": address,
            "shipping_method": "standard",
            "payment": {"method": "bank_transfer"},
        }
        key = {"Idempotency-Key": str(uuid.uuid4())}
        answer = phone.post("/api/v1/orders/", json.dumps(body), content_type=JSON, headers=key)
        assert answer.status_code == 201, answer.content

    leaves_no_state(order)


def test_staff(lamp, stays_clean):
    browser = Client()
    browser.force_login(factories.user("boss@example.com", is_staff=True, is_superuser=True))
    place(lamp, str(uuid.uuid4()))
    stays_clean(browser, "get", "/admin/")
    for model in admin.site._registry:
        stays_clean(browser, "get", reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))
    stays_clean(browser, "get", reverse("admin:catalog_product_change", args=[lamp.pk]))
