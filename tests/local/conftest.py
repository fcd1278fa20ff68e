import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.local import orphans
from config.local.process import Place


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """An empty data directory; what a test leaves running on it is ended."""
    found = Place(tmp_path / "data", f"{tmp_path}/data/run:{secrets.token_hex(4)}").make()
    yield found
    orphans.end(f"{tmp_path}/data/run:", found.run, patience=0)
