"""The API's description: valid, complete, and served with its pages."""

import json
import re

from shop.api.endpoint import Endpoint, PublicEndpoint
from shop.api.urls import urlpatterns
from shop.catalog.models import ProductImage
from shop.errors import ShopError
from shop.inventory.models import Stock
from shop.orders.models import Order
from shop.platform.models import Image
from tests import factories
from tests.api.conftest import agrees

ADDRESS = {"name": "Ada Byron", "line1": "Kastanienallee 12", "city": "Berlin", "country": "DE"}


def test_it_is_valid_and_drawn_without_a_warning(schema):
    assert schema["openapi"].startswith("3.")
    assert schema["info"]["title"] == "Tessel API"


def test_it_describes_every_address(schema):
    described = set(schema["paths"])
    shown = schema["paths"]["/api/v1/carts/{cart_id}/"]["get"]["parameters"]
    assert {"type": "string", "format": "uuid"} in [parameter["schema"] for parameter in shown]
    assert len(described) == len(urlpatterns) - 2  # all but schema/ and docs/
    assert {"/api/v1/auth/token/refresh/", "/api/v1/carts/{cart_id}/lines/{line_id}/", "/api/v1/orders/"} <= described


def test_every_operation_names_the_problem_and_has_a_summary(schema):
    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    assert len(operations) > 20
    for operation in operations:
        problem = operation["responses"]["default"]["content"]["application/problem+json"]["schema"]
        assert problem == {"$ref": "#/components/schemas/Problem"}
        assert operation["summary"]
        assert operation["description"] not in {Endpoint.__doc__, PublicEndpoint.__doc__}


FOR_STAFF_AND_PROVIDERS = {
    *("sku_taken", "storage_away", "invalid_image", "wrong_state", "already_shipped", "pieces_owed", "bad_webhook"),
    *("nothing_to_refund", "refund_too_large", "refunded_meanwhile", "no_such_payment", "voucher_limit_too_low"),
    *("gift_card_amount", "gift_card_moved", "correction_refused", "refund_other_first"),
}


def test_it_names_every_code_that_a_client_may_meet(schema):
    def below(kind: type[ShopError]) -> set[type[ShopError]]:
        return {kind, *(one for child in kind.__subclasses__() for one in below(child))}

    ours = {kind.code for kind in below(ShopError) if kind.__module__.startswith("shop.")} - {ShopError.code}
    named = set(re.findall(r"\d{3} `(\w+)`", schema["info"]["description"]))
    assert ours - FOR_STAFF_AND_PROVIDERS <= named
    assert named & FOR_STAFF_AND_PROVIDERS == set()


def test_it_says_how_to_sign_in_and_how_to_order(schema):
    assert schema["components"]["securitySchemes"]["accessToken"]["bearerFormat"] == "JWT"
    assert schema["paths"]["/api/v1/me/"]["get"]["security"] == [{"cognitoToken": []}, {"accessToken": []}]
    assert {} in schema["paths"]["/api/v1/orders/"]["post"]["security"]
    place = schema["paths"]["/api/v1/orders/"]["post"]
    headers = {parameter["name"]: parameter.get("required") for parameter in place["parameters"]}
    assert headers == {"Idempotency-Key": True}
    assert place["requestBody"]["content"]["application/json"]["examples"]


def test_answers_about_carts_and_orders_are_what_the_schema_says(schema, phone, db):
    """Answers are made by functions that know nothing of the serializers which describe them."""
    factories.shipping()
    pictured = factories.product(prices=("1.00", "2.00"))
    image = Image.objects.create(sha256="1", key="1.jpg", size=1, width=1, height=1)
    ProductImage.objects.create(product=pictured, image=image)
    lamp, unlimited = pictured.variants.all()
    Stock.objects.filter(variant=unlimited).update(tracked=False)
    cart = phone.post("carts/").json()["id"]
    phone.post(f"carts/{cart}/lines/", {"variant": unlimited.pk})
    added = phone.post(f"carts/{cart}/lines/", {"variant": lamp.pk, "quantity": 50})
    assert added.json()["notices"]
    agrees(schema, "carts/{cart_id}/lines/", added, "post")
    agrees(schema, "carts/{cart_id}/shipping-methods/", phone.get(f"carts/{cart}/shipping-methods/?country=DE"))
    user = factories.user()
    phone.sign_in(user, cart=cart)
    cart = phone.get("carts/current/").json()["id"]
    details = {"cart": cart, "email": user.email, "shipping_address": ADDRESS, "shipping_method": "standard"}
    placed = phone.post("orders/", {**details, "payment": {"method": "bank_transfer"}}, Idempotency_Key="1")
    agrees(schema, "orders/", placed, "post")
    order = placed.json()
    assert order == phone.get(f"orders/{order['number']}/").json()
    Order.objects.filter(number=order["number"]).update(carrier="Swift", tracking_number="7")
    followed = phone.get(f"orders/{order['number']}/")
    agrees(schema, "orders/{number}/", followed)
    assert followed.json()["tracking"] == {"carrier": "Swift", "number": "7", "url": None}
    agrees(schema, "orders/", phone.get("orders/"))
    again = phone.post(f"orders/{order['number']}/payments/", {"method": "bank_transfer"})
    agrees(schema, "orders/{number}/payments/", again, "post")
    assert again.json() == order["payment"]


def test_money_has_one_shape_everywhere(schema):
    money = schema["components"]["schemas"]["Money"]
    assert set(money["required"]) == {"amount", "currency"}
    card = schema["components"]["schemas"]["Card"]["properties"]["min_price"]
    assert "Money" in json.dumps(card)


def test_the_pages_are_served_without_asking_another_site(client):
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    assert "swagger-ui" in page.content.decode()
    assert "https://" not in page.content.decode().replace("https://github.com", "")
    assert "Content-Security-Policy" not in page.headers


def test_the_pages_are_only_read(client):
    assert client.options("/api/v1/docs/").status_code == 405


def test_the_schema_is_served(client):
    assert client.get("/api/v1/schema/").status_code == 200
    assert client.get("/api/v1/schema/?format=json").json()["openapi"]
