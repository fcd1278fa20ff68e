"""Star patterns of the western Islamic world, and their hexagonal cousins."""

import math
from random import Random

from PIL import Image

from shop.backoffice.demo.artwork.colour import mix
from shop.backoffice.demo.artwork.palettes import Palette
from shop.backoffice.demo.artwork.pen import Pen, around, star

ROOT3 = math.sqrt(3)
NOTCH = math.cos(math.pi / 4) / math.cos(math.pi / 8)  # where the two squares of an eight-pointed star cross


def khatam(palette: Palette, px: float, _rng: Random) -> Image.Image:
    """Stars and crosses of the Alhambra: eight-pointed stars that touch, and the crosses they leave."""
    pen = Pen(2, 2, palette[3], px)
    for x in range(2):
        for y in range(2):
            colour = palette[0] if (x + y) % 2 else palette[1]
            _star_tile(pen, x + 0.5, y + 0.5, palette, colour)
            _cross_heart(pen, x, y, palette)
    return pen.tile()


def _star_tile(pen: Pen, x: float, y: float, palette: Palette, colour: tuple[int, int, int]) -> None:
    pen.polygon(star(x, y, 0.5, 0.5 * NOTCH, 8), palette.ground)
    pen.polygon(star(x, y, 0.455, 0.455 * NOTCH, 8), colour)
    pen.polygon(star(x, y, 0.34, 0.34 * NOTCH, 8), palette.ground)
    pen.polygon(star(x, y, 0.3, 0.3 * NOTCH, 8), palette[2])
    pen.polygon(star(x, y, 0.21, 0.085, 8, 22.5), palette.ground)
    pen.disc(x, y, 0.05, palette.ink)


def _cross_heart(pen: Pen, x: float, y: float, palette: Palette) -> None:
    pen.polygon(star(x, y, 0.2, 0.075, 4, 45), palette.ground)
    pen.polygon(star(x, y, 0.14, 0.05, 4, 45), palette[0])


def rosette(palette: Palette, px: float, _rng: Random) -> Image.Image:
    """Strapwork: large {8/3} stars whose lines run on into their neighbours, over a chequer of octagons."""
    pen = Pen(2, 2, palette.ground, px)
    for x, y in ((0, 0), (1, 1), (0, 1), (1, 0)):
        pen.polygon(around(x, y, 0.54, 8, 22.5), palette[3] if (x + y) % 2 else mix(palette.ground, palette[2], 0.55))
        pen.polygon(star(x, y, 0.36, 0.195, 8), palette[0] if (x + y) % 2 else palette[1])
    straps = [_strap(x, y) for x in range(2) for y in range(2)]
    for width, colour in ((0.085, palette.ink), (0.055, palette.ground)):
        for strap in straps:
            pen.line(strap, width, colour, closed=True)
    for x, y in ((0, 0), (1, 1), (0, 1), (1, 0)):
        pen.disc(x, y, 0.06, palette.ground)
    return pen.tile()


def _strap(x: float, y: float) -> list[tuple[float, float]]:
    tips = around(x, y, math.sqrt(0.5), 8, 0)
    return [tips[n * 3 % 8] for n in range(8)]


def hexstars(palette: Palette, px: float, _rng: Random) -> Image.Image:
    """Six-pointed stars on a triangular lattice; the gaps are triangles with a heart of their own."""
    pen = Pen(2, 2 * ROOT3, palette[3], px)
    for x, y, colour in ((0.0, 0.0, palette[0]), (1.0, ROOT3, palette[1])):
        pen.polygon(star(x, y, 1, 1 / ROOT3, 6), palette.ground)
        pen.polygon(star(x, y, 0.9, 0.9 / ROOT3, 6), colour)
        pen.polygon(around(x, y, 0.5, 6, 30), palette.ground)
        pen.polygon(star(x, y, 0.42, 0.2, 6, 30), palette[2])
        pen.disc(x, y, 0.11, palette.ink)
    for x, y in ((0.0, 2 / ROOT3), (1.0, 1 / ROOT3), (1.0, ROOT3 + 2 / ROOT3), (0.0, ROOT3 + 1 / ROOT3)):
        pen.polygon(around(x, y, 0.3, 6), palette.ground)
        pen.polygon(around(x, y, 0.22, 6), palette[0])
    return pen.tile()


def asanoha(palette: Palette, px: float, _rng: Random) -> Image.Image:
    """The hemp leaf: each triangle of a lattice is joined to its middle; facets are tinted by their direction."""
    pen = Pen(2, ROOT3, palette.ground, px)
    tints = (palette[0], mix(palette[0], palette.ground, 0.22), mix(palette[0], palette[2], 0.7))
    facets = [facet for row in range(2) for column in range(2) for facet in _facets(column + row / 2, row * ROOT3 / 2)]
    for side, points in facets:
        pen.polygon(points, tints[side])
    for _side, (a, b, middle) in facets:
        pen.line([a, b], 0.05, palette.ground)
        pen.line([a, middle], 0.035, palette.ground)
    for column, row in ((0, 0), (1, 0), (0.5, 1), (1.5, 1)):
        pen.disc(column, row * ROOT3 / 2, 0.075, palette[1])
    return pen.tile()


Facet = tuple[int, list[tuple[float, float]]]


def _facets(x: float, y: float) -> list[Facet]:
    """Return the six facets of the upright and the hanging triangle that share the corner (x, y)."""
    h = ROOT3 / 2
    hanging = [(x, y), (x + 1, y), (x + 0.5, y + h)]
    upright = [(x + 1, y), (x + 1.5, y + h), (x + 0.5, y + h)]
    found: list[Facet] = []
    for triangle in (hanging, upright):
        middle = (sum(px for px, _ in triangle) / 3, sum(py for _, py in triangle) / 3)
        found += [(n, [triangle[n], triangle[(n + 1) % 3], middle]) for n in range(3)]
    return found
