"""Whatever goes wrong below /api/ is a problem document with a stable code."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from shop.api.parsers import MAX_BYTES
from tests.api.conftest import PROBLEM

pytestmark = pytest.mark.django_db


def problem(answer, status, code):
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM), answer.content
    body = answer.json()
    assert (body["status"], body["code"], body["type"]) == (status, code, "about:blank")
    assert body["title"] and body["detail"]
    assert "no-store" in answer["Cache-Control"]
    return body


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/nowhere/", "/api/v2/products/", "/api/v1/products"])
@pytest.mark.parametrize("method", ["get", "post", "delete", "options"])
def test_an_unknown_address(client, path, method):
    problem(getattr(client, method)(path), 404, "not_found")


def test_a_missing_slash_is_named(client):
    answer = problem(client.post("/api/v1/carts"), 404, "not_found")
    assert answer["detail"].endswith("/api/v1/carts/")


def test_a_method_that_is_not_offered(phone):
    answer = phone.delete("products/")
    problem(answer, 405, "method_not_allowed")
    assert "GET" in answer["Allow"]


@pytest.mark.parametrize("method", ["post", "options", "delete"])
def test_a_method_that_the_pages_do_not_offer(client, method):
    answer = getattr(client, method)("/api/v1/docs/")
    assert (answer.status_code, answer["Content-Type"]) == (405, PROBLEM)
    assert answer.json()["code"] == "method_not_allowed"


def test_another_media_type(client):
    problem(client.post("/api/v1/auth/token/", {"email": "a"}), 415, "unsupported_media_type")


@pytest.mark.parametrize("body", ["{", "", "\xff", '{"a": NaN}', "[" * 30_000])
def test_a_body_that_is_not_json(client, body):
    answer = client.post("/api/v1/auth/token/", body.encode("latin-1"), content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["code"] in ("malformed", "invalid")


def test_a_body_that_is_too_large_is_not_read(client):
    answer = client.post("/api/v1/auth/token/", '"' + "a" * MAX_BYTES + '"', content_type="application/json")
    problem(answer, 413, "body_too_large")


@pytest.mark.parametrize("body", ["[]", "3", '"text"', "null"])
def test_a_body_that_is_no_object(client, body):
    answer = client.post("/api/v1/auth/token/", body, content_type="application/json")
    assert answer.status_code == 400


def test_each_mistake_is_pointed_at(phone):
    sent = {"cart": "x", "email": "nobody", "shipping_address": {"name": "A", "country": "XX"}, "payment": {}}
    body = problem(phone.post("orders/", sent, Idempotency_Key="1"), 400, "invalid")
    found = {(error["pointer"], error["code"]) for error in body["errors"]}
    assert ("#/cart", "invalid") in found
    assert ("#/email", "invalid") in found
    assert ("#/shipping_address/city", "required") in found
    assert ("#/shipping_address/country", "no_such_country") in found
    assert ("#/payment/method", "required") in found


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"])
def test_text_that_no_database_stores(phone, text):
    body = problem(phone.post("auth/token/", {"email": "a@example.com", "password": text}), 400, "invalid")
    assert body["errors"][0]["pointer"] == "#/password"


def test_a_format_that_is_not_offered(phone):
    for path in ("products/", "schema/"):
        problem(phone.get(path, Accept="text/csv"), 406, "not_acceptable")


@contextmanager
def every_statement_raises(error: Exception) -> Iterator[None]:
    def fail(*_: Any) -> None:
        raise error

    with connection.execute_wrapper(fail):
        yield


def test_the_database_being_away_is_503_with_retry_after(phone):
    with every_statement_raises(OperationalError("connection refused")):
        answer = phone.get("products/")
    assert (answer.status_code, answer["Content-Type"]) == (503, PROBLEM)
    assert (answer.json()["code"], answer["Retry-After"]) == ("unavailable", "5")


def test_a_mistake_of_ours_is_reported_and_answered(caplog):
    with every_statement_raises(ZeroDivisionError()):
        answer = Client(raise_request_exception=False).get("/api/v1/products/")
        with pytest.raises(ZeroDivisionError):
            Client().get("/api/v1/products/")
    problem(answer, 500, "server_error")
    assert "ZeroDivisionError" in caplog.text


def test_another_sites_page_may_ask_because_no_cookie_counts(client):
    answer = client.post("/api/v1/carts/", headers={"Origin": "capacitor://localhost", "Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 201
