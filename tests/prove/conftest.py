from collections.abc import Iterator

import pytest
from rich.console import Console

from config.local.steps import Steps
from prove import code
from prove.ground import Ground

PEOPLE = 12


@pytest.fixture(scope="session")
def steps() -> Iterator[Steps]:
    with Steps(Console(quiet=True)) as steps:
        yield steps


@pytest.fixture(scope="session")
def ground(steps: Steps) -> Iterator[Ground]:
    """Services and a filled database for all proofs of the tests."""
    with Ground(steps, people=PEOPLE, staff=range(PEOPLE), old=code.described("HEAD~1")) as ground:
        yield ground
