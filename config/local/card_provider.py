"""The test card provider (config.local.testpay) as a service of the run."""

import os
from collections.abc import Mapping
from pathlib import Path

from config.local import ports
from config.local.process import Program, python


class CardProvider:
    """Keeps its port from run to run, as stored orders link to its pages."""

    name = "testpay"
    title = "Test card provider"

    def __init__(self, directory: Path, *, keys: Mapping[str, str], port: int | None = None) -> None:
        """`keys`: CARD_PROVIDER_KEY and CARD_WEBHOOK_SECRET, which the store has too."""
        self.directory = directory.resolve()
        self.keys = keys
        self.port = port or ports.remembered(self.directory / "port")

    def prepare(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)

    def program(self) -> Program:
        command = python("-m", "config.local.testpay", "--port", str(self.port), "--data", str(self.directory))
        return Program(self.name, command, {**os.environ, "PYTHONUNBUFFERED": "1", **self.keys})

    def ready(self) -> bool:
        return ports.answers(self.port)

    def provision(self) -> None:
        """It needs nothing."""

    def environment(self) -> dict[str, str]:
        return {"CARD_PROVIDER_URL": f"http://{ports.HOST}:{self.port}"}
