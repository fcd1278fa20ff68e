"""A customer's data as a file: all of it, theirs alone, and written while it is read."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.privacy import export
from shop.privacy.person import of_account, of_address
from tests import factories
from tests.privacy.conftest import confirmed, ordered

pytestmark = pytest.mark.django_db


def told(person):
    return json.loads(b"".join(export.stream(person)))


def test_it_holds_all_that_the_store_has_of_the_person_and_nothing_of_another(ada, bob):
    data = told(of_account(ada.user))
    assert data["account"]["email"] == ada.email
    assert data["addresses"][0]["line1"] == "adagasse 1"
    assert data["devices"][0]["device"] == "ada's phone"
    assert data["sign_ins_elsewhere"][0]["name_there"] == "sub-ada"
    assert data["cart"][0]["title"] == "A lamp"
    assert [order["number"] for order in data["orders"]] == [ada.order.number, ada.guest.number]
    paid = {payment["method"]: payment["amount"]["amount"] for payment in data["orders"][0]["payments"]}
    assert paid == {"gift_card": "5.00", "bank_transfer": "8.90"}
    assert data["vouchers"][0]["code"] == ada.voucher.code
    assert data["gift_cards"][0]["message"] == "For ada"
    assert {mail["about"] for mail in data["mails"]} == {"gift_card", "order_placed"}
    text = json.dumps(data)
    assert not [word for word in (bob.email, "bob Byron", "bobgasse", "bob's phone", bob.voucher.code) if word in text]


def test_it_holds_no_secret(ada):
    text = json.dumps(told(of_account(ada.user)))
    family = ada.user.refresh_families.get()
    secrets = [ada.card.code, ada.order.token, ada.user.password, family.current, ada.card.card.code_hash]
    assert not [secret for secret in secrets if secret in text]


def test_who_has_not_confirmed_an_address_does_not_read_what_went_there(delivery_and_tax):
    """Else an account with a stranger's address would show what that stranger ordered."""
    ordered(None, "victim@example.com")
    eve = factories.user("victim@example.com")
    own = ordered(eve, "victim@example.com")
    data = told(of_account(eve))
    assert [order["number"] for order in data["orders"]] == [own.number]
    assert len(data["mails"]) == 1


def test_a_guest_is_known_by_the_address(ada):
    ada.user.delete()
    data = told(of_address("Ada@Example.com"))
    assert data["account"] is None
    assert [order["number"] for order in data["orders"]] == [ada.order.number, ada.guest.number]
    assert data["addresses"] == []


def test_what_it_costs_grows_by_chunks_alone(delivery_and_tax, monkeypatch):
    user = confirmed("ada@example.com")
    monkeypatch.setattr(export, "CHUNK", 4)
    costs = []
    for _round in range(3):
        for _order in range(3):
            ordered(user)
        with CaptureQueriesContext(connection) as captured:
            assert len(told(of_account(user))["orders"]) == 3 * (len(costs) + 1)
        costs.append(len(captured))
    assert costs[1] - costs[0] == costs[2] - costs[1], costs
    assert costs[2] - costs[1] <= 7, costs  # one chunk more of orders with their parts, of mails, and their end
