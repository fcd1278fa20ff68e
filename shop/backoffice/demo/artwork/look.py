"""What a picture shows: one pattern in one colourway, and its twin in another."""

from dataclasses import dataclass, replace
from functools import lru_cache

from PIL import Image

from shop.backoffice.demo.artwork.palettes import PALETTES, Palette
from shop.backoffice.demo.artwork.patterns import FAMILIES, repeat
from shop.backoffice.demo.artwork.stage import UNIT


@lru_cache(maxsize=12)
def _repeat(family: str, colourway: str, seed: int, px: float) -> Image.Image:
    return repeat(family, PALETTES[colourway], seed=seed, px=px)


@dataclass(frozen=True)
class Look:
    family: str
    colourway: str
    seed: int = 1
    scale: float = 1.0
    twin_colourway: str = ""
    mood: str = "chalk"

    @property
    def palette(self) -> Palette:
        return PALETTES[self.colourway]

    @property
    def twin(self) -> "Look":
        """The same pattern in the other colourway, or itself where there is none."""
        return replace(self, colourway=self.twin_colourway or self.colourway, twin_colourway=self.colourway)

    def swatch(self, width: float, height: float, zoom: float = 1.0) -> Image.Image:
        """Return cloth of that many units, the pattern running through."""
        return self.cloth((round(width * UNIT), round(height * UNIT)), zoom)

    def cloth(self, size: tuple[int, int], zoom: float = 1.0) -> Image.Image:
        """Return cloth of that many pixels."""
        tile = _repeat(self.family, self.colourway, self.seed, round(self.scale * zoom * UNIT, 4))
        filled = Image.new("RGB", size)
        for x in range(-((size[0] // 2) % tile.width), size[0], tile.width):
            for y in range(-((size[1] // 2) % tile.height), size[1], tile.height):
                filled.paste(tile, (x, y))
        return filled

    def cell(self, zoom: float = 1.0) -> float:
        """Return the side of one cell of the pattern in units."""
        return FAMILIES[self.family][1] * self.scale * zoom
