import secrets
from collections.abc import Iterator

import pytest

from config.local import orphans
from config.local.process import Place
from tests.services import room


@pytest.fixture
def place() -> Iterator[Place]:
    """An empty data directory; what a test leaves running on it is ended."""
    data = room() / "data"
    found = Place(data, f"{data}/run:{secrets.token_hex(4)}").make()
    yield found
    orphans.end(f"{data}/run:", found.run, patience=0)
