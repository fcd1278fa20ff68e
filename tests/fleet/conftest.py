import pytest

from tests import factories


@pytest.fixture
def delivery_and_tax() -> None:
    """What a store needs before it can take orders."""
    factories.shipping()
    factories.tax()
