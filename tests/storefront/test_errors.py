"""Pages for when something is wrong look like the shop, and need nothing that may be broken."""

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from tests import factories


@pytest.mark.parametrize("template", ["500.html", "503.html"])
def test_the_page_of_an_outage_needs_no_request_and_no_database(template):
    page = render_to_string(template)
    assert "<h1>" in page
    assert "tokens.css" in page
    assert "Try again" in page


@pytest.mark.django_db
def test_a_form_without_its_token_is_explained(settings):
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post(reverse("account_login"), {"login": "ada@example.com", "password": "x"})
    assert answer.status_code == 403
    assert "Please load the page again" in answer.content.decode()


@pytest.mark.django_db
def test_forms_of_pages_without_token_work_with_the_check_on():
    browser = Client(enforce_csrf_checks=True)
    assert browser.post("/cart/lines/", {"variant": factories.variant().pk})["Location"] == "/cart/"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/nothing/", "/products/nothing/", "/orders/nothing/", "/categories/nothing/"])
def test_a_page_that_is_not_there(client, address):
    answer = client.get(address)
    assert answer.status_code == 404
    assert "This tile is missing" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/cart/lines/", "/cart/lines/1/", "/cart/lines/1/remove/", "/orders/x/pay/"])
def test_what_changes_something_is_never_done_by_a_link(client, address):
    assert client.get(address).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/products/%00/", "/orders/%00/", "/products/x%00y/?variant=%00"])
def test_an_address_that_no_column_can_hold_is_not_found(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_a_country_that_no_column_can_hold_is_none(client):
    factories.shipping()
    client.post("/cart/lines/", {"variant": factories.variant().pk})
    assert client.get("/checkout/delivery/?country=%00&shipping_method=%00").status_code == 200
    assert client.post("/checkout/", {"update": "1", "country": "\x00"}).status_code == 200
