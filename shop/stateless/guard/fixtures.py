"""A pytest plugin: `-p shop.stateless.guard.fixtures`, or `pytest_plugins = ["shop.stateless.guard.fixtures"]`."""

from collections.abc import Callable

import pytest

from shop.stateless.guard import snapshot


@pytest.fixture
def leaves_no_state() -> Callable[..., None]:
    """A function that does something three times and fails if the third changed variables of the process.

    `leaves_no_state(lambda: client.get("/"))`; see snapshot.check for what may be given besides.
    """
    return snapshot.check
