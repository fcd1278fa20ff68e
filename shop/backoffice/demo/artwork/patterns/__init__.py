"""The pattern families. Each draws one seamless repeat: (palette, pixels a unit, random source) -> picture."""

from collections.abc import Callable
from random import Random

from PIL import Image

from shop.backoffice.demo.artwork.palettes import Palette
from shop.backoffice.demo.artwork.patterns import arcs, lattices, lines, organic, ornaments, polygons, woven

Draw = Callable[[Palette, float, Random], Image.Image]

# family: (how to draw one repeat, how many units of the stage one unit of the pattern spans at scale 1)
FAMILIES: dict[str, tuple[Draw, float]] = {
    "truchet": (arcs.truchet, 55),
    "seigaiha": (arcs.seigaiha, 55),
    "bauhaus": (arcs.bauhaus, 77),
    "petals": (arcs.petals, 77),
    "moons": (arcs.moons, 70),
    "arches": (arcs.arches, 92),
    "orbits": (arcs.orbits, 83),
    "khatam": (lattices.khatam, 100),
    "rosette": (lattices.rosette, 125),
    "hexstars": (lattices.hexstars, 77),
    "asanoha": (lattices.asanoha, 67),
    "cubes": (polygons.cubes, 52),
    "herringbone": (polygons.herringbone, 25),
    "quilt": (polygons.quilt, 62),
    "pinwheels": (polygons.pinwheels, 77),
    "prisms": (polygons.prisms, 77),
    "moire": (lines.moire, 208),
    "swell": (lines.swell, 108),
    "contours": (lines.contours, 158),
    "dunes": (lines.dunes, 275),
    "terrazzo": (organic.terrazzo, 350),
    "leaves": (organic.leaves, 83),
    "fern": (organic.fern, 70),
    "papercut": (organic.papercut, 125),
    "meadow": (organic.meadow, 208),
    "kilim": (woven.kilim, 10.8),
    "ikat": (woven.ikat, 92),
    "shibori": (woven.shibori, 77),
    "plaid": (woven.plaid, 6.7),
    "basket": (woven.basket, 33),
    "delft": (ornaments.delft, 167),
    "encaustic": (ornaments.encaustic, 167),
    "lisbon": (ornaments.lisbon, 150),
    "ogee": (ornaments.ogee, 92),
}


def repeat(family: str, palette: Palette, *, seed: int, px: float) -> Image.Image:
    """Return one seamless repeat at `px` pixels a unit of the stage. The same arguments give the same pixels.

    Raises KeyError for an unknown family.
    """
    draw, unit = FAMILIES[family]
    return draw(palette, unit * px, Random(f"{family}{seed}"))  # noqa: S311 - a pattern, not a secret
