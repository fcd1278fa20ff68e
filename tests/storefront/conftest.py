import pytest
from django.test import Client

from tests import factories


@pytest.fixture
def client_class() -> type[Client]:
    """For tests with more than one browser."""
    return Client


@pytest.fixture
def shopper(client):
    """A browser with goods for 40.00 in its cart."""
    factories.shipping("4.90")
    factories.tax("DE", "19")
    client.post("/cart/lines/", {"variant": factories.variant("20.00").pk, "quantity": 2})
    return client
