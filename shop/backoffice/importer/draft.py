"""What the rows of one product come to."""

from dataclasses import dataclass, field

from shop.catalog.services import ProductData
from shop.inventory.services import Terms


@dataclass(frozen=True)
class Stocked:
    """How a variant is kept in stock, by the file."""

    pieces: int
    terms: Terms


@dataclass
class Wanted:
    """A picture that the file names: where it is, what it shows, and the SKUs of the variants that it stands for."""

    line: int
    src: str
    alt: str = ""
    skus: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Draft:
    """One product, ready to be saved. `lines` holds the line of each SKU, `category` the names from the root down."""

    line: int
    rows: int
    data: ProductData
    lines: dict[str, int]
    stock: dict[str, Stocked]
    category: tuple[str, ...] = ()
    pictures: tuple[Wanted, ...] = ()
