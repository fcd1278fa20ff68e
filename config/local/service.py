"""What the embedded services have in common."""

from typing import Protocol

from config.local.process import Program


class Service(Protocol):
    """A server that the store needs. Its address is settled when it is made, before it runs."""

    name: str

    @property
    def title(self) -> str: ...

    def prepare(self) -> None:
        """Make its files. Raises LaunchError if they cannot be used."""

    def program(self) -> Program: ...

    def ready(self) -> bool: ...

    def provision(self) -> None:
        """Create what the store expects to find in it; again after each start, as some keep nothing."""

    def environment(self) -> dict[str, str]:
        """What the store's processes have to know about it."""
