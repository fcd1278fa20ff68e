"""What the person who starts the store may choose, from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.local.errors import LaunchError
from config.local.process import PROJECT

OFF = {"0", "false", "no", "off"}


@dataclass(frozen=True)
class Options:
    """`data`: the directory that holds everything this store keeps. `admin_password`: empty means generated once."""

    data: Path
    port: int
    replicas: int
    demo: bool
    admin_password: str


def from_environment(environment: Mapping[str, str] = os.environ) -> Options:
    """Raises LaunchError for a value that cannot be used."""
    return Options(
        data=(PROJECT / (environment.get("SHOP_DATA") or ".data")).resolve(),
        port=_number(environment, "PORT", 8000, range(1, 65536)),
        replicas=_number(environment, "REPLICAS", 2, range(1, 65)),
        demo=environment.get("DEMO", "1").strip().lower() not in OFF,
        admin_password=environment.get("DEMO_ADMIN_PASSWORD", ""),
    )


def _number(environment: Mapping[str, str], name: str, default: int, allowed: range) -> int:
    text = environment.get(name) or str(default)
    if not text.strip().isdecimal() or int(text) not in allowed:
        raise LaunchError(f"{name}={text} cannot be used: write a number from {allowed[0]} to {allowed[-1]}.")
    return int(text)
