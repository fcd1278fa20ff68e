"""The API's description: valid, complete, and served with its pages."""

import json

from django.urls import get_resolver

from shop.api.urls import version_1


def test_it_is_valid_and_drawn_without_a_warning(schema):
    assert schema["openapi"].startswith("3.")
    assert schema["info"]["title"] == "Tessel API"


def test_it_describes_every_address(schema):
    described = set(schema["paths"])
    assert len(described) == len(version_1) - 2  # all but schema/ and docs/
    assert {"/api/v1/auth/token/refresh/", "/api/v1/carts/{cart_id}/lines/{line_id}/", "/api/v1/orders/"} <= described


def test_every_operation_names_the_problem_and_has_a_summary(schema):
    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    assert len(operations) > 20
    for operation in operations:
        problem = operation["responses"]["default"]["content"]["application/problem+json"]["schema"]
        assert problem == {"$ref": "#/components/schemas/Problem"}
        assert operation["summary"]


def test_it_says_how_to_sign_in_and_how_to_order(schema):
    assert schema["components"]["securitySchemes"]["accessToken"]["bearerFormat"] == "JWT"
    assert schema["paths"]["/api/v1/me/"]["get"]["security"] == [{"accessToken": []}]
    assert {} in schema["paths"]["/api/v1/orders/"]["post"]["security"]
    place = schema["paths"]["/api/v1/orders/"]["post"]
    headers = {parameter["name"]: parameter.get("required") for parameter in place["parameters"]}
    assert headers == {"Idempotency-Key": True}
    assert place["requestBody"]["content"]["application/json"]["examples"]


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


def test_the_schema_is_served(client):
    assert client.get("/api/v1/schema/").status_code == 200
    assert client.get("/api/v1/schema/?format=json").json()["openapi"]
    assert get_resolver()
