"""Several processes of pytest (`-n 3`): each starts services of its own, the one that hands out tests starts none.

Files are handed out as a whole, in the order of their tests. A long one at the end would let all others wait.
"""

import os
import sys

import pytest

from config.local import ports
from config.local.services import ADDRESSES

LONG = {"fleet", "browser", "long"}  # marks of what takes its time
# Enough for the settings to load where nothing is connected to.
NOWHERE = {"SECRET_KEY": "hands out tests", "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing"}
NAMES = "SHOP_TESTS_NOWHERE"  # which of these the processes that run tests have inherited, and must not believe


def hands_out() -> bool:
    """Say whether this process gives tests to others and runs none."""
    asked = any(argument.startswith(("-n", "--numprocesses")) for argument in sys.argv[1:])
    return asked and "PYTEST_XDIST_WORKER" not in os.environ


def let_settings_load() -> None:
    """Name addresses that lead nowhere. Ends the run where services are given: tests of two processes would meet."""
    given = sorted(set(ADDRESSES.values()) & os.environ.keys())
    if given:
        pytest.exit(f"{', '.join(given)}: services that are given bear one process of tests: make test WORKERS=1")
    missing = [name for name in NOWHERE if name not in os.environ]
    os.environ.update({name: NOWHERE[name] for name in missing})
    os.environ[NAMES] = " ".join(missing)


def forget_nowhere() -> None:
    for name in os.environ.pop(NAMES, "").split():
        del os.environ[name]


def share_ports() -> None:
    """Let no two processes of tests pick the same port, which a server takes a moment later: also those they start."""
    number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    parts = os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")
    os.environ.setdefault(ports.SHARE, f"{int(number) + 1}/{parts}")


def longest_first(items: list[pytest.Item]) -> None:
    """Move the tests of long files to the front; whatever else decided on the order stays as it is."""
    files = {item.path for item in items if LONG & {mark.name for mark in item.iter_markers()}}
    items.sort(key=lambda item: item.path not in files)
