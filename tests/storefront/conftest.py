import pytest
from django.test import Client


@pytest.fixture
def client_class() -> type[Client]:
    """For tests with more than one browser."""
    return Client
