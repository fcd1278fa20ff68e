"""One product as its page in the collection book: what differs from its kind."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """`colourways` are names of palettes, the first one is shown first. `sold_out` and `low` hold parts of SKUs or
    option values; "*" means all. `sale` is a percentage off.
    """

    kind: str
    title: str
    family: str
    colourways: tuple[str, ...]
    text: str  # paragraphs, one a line
    mood: str = "chalk"
    scale: float = 1.0
    seed: int = 1
    tags: tuple[str, ...] = ()
    sale: int = 0
    sold_out: tuple[str, ...] = ()
    low: tuple[str, ...] = ()
