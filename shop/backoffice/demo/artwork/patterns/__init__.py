"""The pattern families. Each draws one seamless repeat: (palette, pixels a unit, random source) -> picture."""

from collections.abc import Callable
from random import Random

from PIL import Image

from shop.backoffice.demo.artwork.palettes import Palette
from shop.backoffice.demo.artwork.patterns import arcs, lattices, lines, organic, ornaments, polygons, woven

Draw = Callable[[Palette, float, Random], Image.Image]

# family: (how to draw one repeat, pixels a unit at scale 1 on a picture of the size in stage.py)
FAMILIES: dict[str, tuple[Draw, float]] = {
    "truchet": (arcs.truchet, 66),
    "seigaiha": (arcs.seigaiha, 66),
    "bauhaus": (arcs.bauhaus, 92),
    "petals": (arcs.petals, 92),
    "moons": (arcs.moons, 84),
    "arches": (arcs.arches, 110),
    "orbits": (arcs.orbits, 100),
    "khatam": (lattices.khatam, 120),
    "rosette": (lattices.rosette, 150),
    "hexstars": (lattices.hexstars, 92),
    "asanoha": (lattices.asanoha, 80),
    "cubes": (polygons.cubes, 62),
    "herringbone": (polygons.herringbone, 30),
    "quilt": (polygons.quilt, 74),
    "pinwheels": (polygons.pinwheels, 92),
    "prisms": (polygons.prisms, 92),
    "moire": (lines.moire, 250),
    "swell": (lines.swell, 130),
    "contours": (lines.contours, 190),
    "dunes": (lines.dunes, 330),
    "terrazzo": (organic.terrazzo, 420),
    "leaves": (organic.leaves, 100),
    "fern": (organic.fern, 84),
    "papercut": (organic.papercut, 150),
    "meadow": (organic.meadow, 250),
    "kilim": (woven.kilim, 13),
    "ikat": (woven.ikat, 110),
    "shibori": (woven.shibori, 92),
    "plaid": (woven.plaid, 8),
    "basket": (woven.basket, 40),
    "delft": (ornaments.delft, 200),
    "encaustic": (ornaments.encaustic, 200),
    "lisbon": (ornaments.lisbon, 180),
    "ogee": (ornaments.ogee, 110),
}


def repeat(family: str, palette: Palette, *, seed: int, scale: float) -> Image.Image:
    """Return one seamless repeat. The same arguments give the same pixels. Raises KeyError for an unknown family."""
    draw, unit = FAMILIES[family]
    return draw(palette, unit * scale, Random(f"{family}{seed}"))  # noqa: S311 - a pattern, not a secret
