"""The address book."""

import pytest

from shop.accounts.models import Address
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = {"name": "Ada Byron", "line1": "Kastanienallee 12", "postal_code": "10435", "city": "Berlin", "country": "DE"}


@pytest.fixture
def ada(client):
    user = factories.user("ada@example.com")
    client.force_login(user)
    return user


def test_the_first_address_comes_first_and_a_new_default_replaces_it(client, ada):
    client.post("/account/addresses/new/", ADDRESS)
    client.post("/account/addresses/new/", {**ADDRESS, "city": "Porto"})
    client.post("/account/addresses/new/", {**ADDRESS, "city": "Malmö", "is_default": "on"})
    assert list(Address.objects.order_by("id").values_list("city", "is_default")) == [
        ("Berlin", False), ("Porto", False), ("Malmö", True),
    ]  # fmt: skip


def test_a_missing_field_is_said_beside_it(client, ada):
    page = client.post("/account/addresses/new/", {**ADDRESS, "city": ""}).content.decode()
    assert 'id="id_city_error"' in page
    assert 'aria-invalid="true"' in page
    assert not Address.objects.exists()


def test_an_address_can_be_changed_and_removed(client, ada):
    client.post("/account/addresses/new/", ADDRESS)
    address = Address.objects.get()
    client.post(f"/account/addresses/{address.pk}/", {**ADDRESS, "city": "Potsdam"})
    assert "Potsdam" in client.get("/account/addresses/").content.decode()
    client.post(f"/account/addresses/{address.pk}/remove/")
    assert not Address.objects.exists()


def test_nobody_reads_changes_or_removes_another_ones_address(client, ada):
    other = Address.objects.create(user=factories.user(), **ADDRESS)
    assert client.get(f"/account/addresses/{other.pk}/").status_code == 404
    assert client.post(f"/account/addresses/{other.pk}/", ADDRESS).status_code == 404
    client.post(f"/account/addresses/{other.pk}/remove/")
    assert Address.objects.filter(pk=other.pk).exists()
