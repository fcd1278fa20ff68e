"""Painted and pressed tiles, each whole in itself and part of a larger figure."""

import math
from random import Random

from PIL import Image

from shop.backoffice.demo.artwork.colour import Colour, mix
from shop.backoffice.demo.artwork.palettes import Palette
from shop.backoffice.demo.artwork.pen import Pen, Point, around, leaf, star

CORNERS = ((0.0, 0.0, 45), (1.0, 0.0, 135), (1.0, 1.0, 225), (0.0, 1.0, 315))


def delft(palette: Palette, px: float, rng: Random) -> Image.Image:
    """White tiles with a small painted flower and a corner flourish, no two flowers alike."""
    pen = Pen(3, 3, palette.ground, px)
    for x in range(3):
        for y in range(3):
            for cx, cy, turn in CORNERS:
                _flourish(pen, x + cx, y + cy, turn, palette)
            _flower(pen, x + 0.5, y + 0.5, rng.choice((5, 6, 8)), rng.uniform(-8, 8), palette)
    return pen.tile()


def _flourish(pen: Pen, x: float, y: float, turn: float, palette: Palette) -> None:
    pen.polygon(leaf(x, y, 0.21, 0.075, turn), palette[0])
    for side in (-1, 1):
        pen.polygon(leaf(x, y, 0.17, 0.05, turn + side * 33), palette[1])
        a, b = math.radians(turn + side * 22), 0.235
        pen.disc(x + b * math.cos(a), y + b * math.sin(a), 0.016, palette[0])


def _flower(pen: Pen, x: float, y: float, count: int, lean: float, palette: Palette) -> None:
    for n in range(count):
        turn = lean + n * 360 / count - 90
        pen.polygon(leaf(x, y, 0.19, 0.1, turn), palette[0])
        pen.polygon(leaf(x, y, 0.15, 0.05, turn), palette[2])
    for n in range(count):
        turn = math.radians(lean + (n + 0.5) * 360 / count - 90)
        pen.line([(x, y), (x + 0.2 * math.cos(turn), y + 0.2 * math.sin(turn))], 0.012, palette[1])
        pen.disc(x + 0.215 * math.cos(turn), y + 0.215 * math.sin(turn), 0.02, palette[0])
    pen.disc(x, y, 0.045, palette.ground)
    pen.disc(x, y, 0.03, palette.ink)


def encaustic(palette: Palette, px: float, _rng: Random) -> Image.Image:
    """Cement tile: a star in the middle, quarter rings in the corners that close with three neighbours."""
    pen = Pen(2, 2, palette.ground, px)
    for x in range(2):
        for y in range(2):
            for radius, colour in (
                (0.43, palette[0]),
                (0.36, palette.ground),
                (0.31, palette[1]),
                (0.17, palette[3]),
                (0.07, palette[0]),
            ):
                pen.disc(x, y, radius, colour)
            pen.polygon(star(x, y, 0.27, 0.12, 8, 22.5), palette.ground)
            pen.polygon(star(x, y, 0.16, 0.08, 8), palette[0])
            middle = x + 0.5, y + 0.5
            pen.polygon(star(*middle, 0.5, 0.17, 4), palette[2])
            pen.polygon(star(*middle, 0.36, 0.12, 4), palette.ground)
            pen.polygon(star(*middle, 0.2, 0.1, 4, 45), palette[0])
            pen.disc(*middle, 0.05, palette[1])
    return pen.tile()


def lisbon(palette: Palette, px: float, _rng: Random) -> Image.Image:
    """Azulejo: four tiles make a wreath, four wreaths leave a cross."""
    pen = Pen(2, 2, palette.ground, px)
    for x, y in ((0.0, 0.0), (1.0, 1.0)):
        _wreath(pen, x, y, palette)
    for x, y in ((1.0, 0.0), (0.0, 1.0)):
        for turn in range(0, 360, 90):
            pen.polygon(leaf(x, y, 0.46, 0.2, turn), palette[0])
            pen.polygon(leaf(x, y, 0.38, 0.1, turn), palette[3])
            pen.polygon(leaf(x, y, 0.28, 0.1, turn + 45), palette[1])
        pen.disc(x, y, 0.07, palette.ground)
        pen.disc(x, y, 0.045, palette[0])
    return pen.tile()


def _wreath(pen: Pen, x: float, y: float, palette: Palette) -> None:
    pen.ring(x, y, 0.5, 0.035, palette[0])
    for n, (a, b) in enumerate(around(x, y, 0.5, 16)):
        turn = n * 22.5
        pen.polygon(leaf(a, b, 0.17, 0.085, turn + 28), palette[0] if n % 2 else palette[2])
        pen.polygon(leaf(a, b, 0.14, 0.07, turn + 180 - 28), palette[2] if n % 2 else palette[0])
    for turn in range(0, 360, 45):
        pen.polygon(leaf(x, y, 0.3, 0.13, turn), palette[1] if turn % 90 else palette[0])
    pen.disc(x, y, 0.09, palette.ground)
    pen.disc(x, y, 0.055, palette[1])


def ogee(palette: Palette, px: float, _rng: Random) -> Image.Image:
    """Pointed drops inside each other, in half-drop repeat; Ottoman silks have them, and so do the sixties."""
    pen = Pen(4, 4, palette.ground, px)
    for column in range(4):
        for row in range(2):
            x, y = column + 0.5, 2 * row + (1 if column % 2 else 0) + 1
            one, other = (palette[0], palette[2]) if column % 2 else (palette[1], palette[3])
            layers = ((1.0, one), (0.8, palette.ground), (0.7, other), (0.45, one), (0.22, palette.ground))
            for size, colour in layers:
                pen.polygon(_drop(x, y, size), colour)
            pen.line([(x, y + 0.2), (x, y + 0.66)], 0.03, _against(other, palette))
    return pen.tile()


def _drop(x: float, y: float, size: float) -> list[Point]:
    """Return an ogee of one unit by two, pointed above and below."""
    ts = [n / 20 for n in range(21)]
    half = [(0.49 * math.sin(math.pi * t) ** 1.5, 0.97 * -math.cos(math.pi * t)) for t in ts]
    outline = half + [(-a, b) for a, b in reversed(half[1:-1])]
    return [(x + a * size, y + b * size) for a, b in outline]


def _against(colour: Colour, palette: Palette) -> Colour:
    return mix(palette.ink, colour, 0.2)
