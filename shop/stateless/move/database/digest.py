"""A checksum of the rows of a table that does not depend on their order."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

_SIZE = 16
_MODULUS = 1 << (8 * _SIZE)


@dataclass
class Digest:
    """The number of rows and the sum of their hashes: equal for equal sets of rows, whichever database they are in."""

    rows: int = 0
    total: int = 0

    def add(self, row: tuple[Any, ...]) -> None:
        """Add a row of canonical values."""
        text = repr(row).encode("utf-8", "surrogatepass")
        self.rows += 1
        self.total = (self.total + int.from_bytes(blake2b(text, digest_size=_SIZE).digest())) % _MODULUS

    @property
    def checksum(self) -> str:
        return f"{self.total:032x}"
