"""Patterns cut with a straight edge."""

import math
from random import Random

from PIL import Image

from shop.backoffice.demo.artwork.colour import Colour, mix
from shop.backoffice.demo.artwork.palettes import Palette
from shop.backoffice.demo.artwork.pen import Pen, Point, around

ROOT3 = math.sqrt(3)


def cubes(palette: Palette, px: float, rng: Random) -> Image.Image:
    """Tumbling blocks, laid in marble since Delos: three rhombi make a cube."""
    pen = Pen(4 * ROOT3, 6, palette.ground, px)
    accents = {(rng.randrange(4), rng.randrange(4)) for _ in range(4)}
    for row in range(4):
        for column in range(4):
            x, y = (column + row % 2 / 2) * ROOT3, row * 1.5
            top = palette[1] if (column, row) in accents else palette[3]
            _cube(pen, x, y, (top, palette[2], palette[0]), palette.ground)
    return pen.tile()


def _cube(pen: Pen, x: float, y: float, sides: tuple[Colour, Colour, Colour], gap: Colour) -> None:
    corner = around(x, y, 1, 6, 30)
    faces = (
        [corner[3], corner[4], corner[5], (x, y)],
        [corner[5], corner[0], corner[1], (x, y)],
        [corner[1], corner[2], corner[3], (x, y)],
    )
    for points, colour in zip(faces, sides, strict=True):
        pen.polygon(points, colour)
        pen.line(points, 0.045, gap, closed=True)


def herringbone(palette: Palette, px: float, rng: Random) -> Image.Image:
    """Planks of four to one laid as parquet; seen at 45 degrees the repeat becomes a rectangle."""
    length, rows = 4, 10
    pen = Pen(length * math.sqrt(2), rows * math.sqrt(2), palette.ground, px)
    shades = [palette[0], palette[0], palette[2], palette[2], palette[3], palette[1]]
    for step in range(rows):
        lying, standing = rng.sample(shades, 2)
        _plank(pen, step, step, length, 1, lying)
        _plank(pen, step - 1, step, 1, length, standing)
    return pen.tile()


def _plank(pen: Pen, x: float, y: float, width: float, height: float, colour: Colour) -> None:
    gap = 0.07
    corners = [
        (x + gap, y + gap),
        (x + width - gap, y + gap),
        (x + width - gap, y + height - gap),
        (x + gap, y + height - gap),
    ]
    pen.polygon([((a - b) / math.sqrt(2), (a + b) / math.sqrt(2)) for a, b in corners], colour)


def quilt(palette: Palette, px: float, rng: Random) -> Image.Image:
    """Half-square triangles: a random quarter, mirrored both ways, is a medallion."""
    pen = Pen(8, 8, palette.ground, px)
    colours = [palette.ground, *palette.colours]
    quarter = {(x, y): (rng.sample(colours, 2), rng.random() < 0.5) for x in range(4) for y in range(4)}
    for x in range(8):
        for y in range(8):
            (one, other), rising = quarter[min(x, 7 - x), min(y, 7 - y)]
            _patch(pen, x, y, one, other, rising, flip_x=x > 3, flip_y=y > 3)
    return pen.tile()


def _patch(pen: Pen, x: int, y: int, one: Colour, other: Colour, rising: bool, *, flip_x: bool, flip_y: bool) -> None:
    triangles = (
        (((0, 0), (1, 0), (0, 1)), ((1, 0), (1, 1), (0, 1)))
        if rising
        else (((0, 0), (1, 0), (1, 1)), ((0, 0), (1, 1), (0, 1)))
    )
    for points, colour in zip(triangles, (one, other), strict=True):
        pen.polygon([(x + (1 - a if flip_x else a), y + (1 - b if flip_y else b)) for a, b in points], colour)


def pinwheels(palette: Palette, px: float, _rng: Random) -> Image.Image:
    """Sails around a point, in two directions."""
    pen = Pen(4, 4, palette.ground, px)
    for x in (1, 3):
        for y in (1, 3):
            odd = (x + y) // 2 % 2
            for turn in range(4):
                _sail(pen, (x, y), turn * 90, palette[0] if odd else palette[1], palette[2] if odd else palette[3])
            pen.disc(x, y, 0.1, palette.ground)
    return pen.tile()


def _sail(pen: Pen, middle: Point, turn: float, strong: Colour, soft: Colour) -> None:
    angle = math.radians(turn)
    cos, sin = math.cos(angle), math.sin(angle)
    for points, colour in (
        ([(0, 0), (1, 0), (1, 1)], soft),
        ([(0, 0), (1, 0), (0.5, 0.5)], strong),
        ([(1, 0), (1, 1), (0.78, 0.5)], strong),
    ):
        pen.polygon([(middle[0] + a * cos - b * sin, middle[1] + a * sin + b * cos) for a, b in points], colour)


def prisms(palette: Palette, px: float, rng: Random) -> Image.Image:
    """A field of triangles that catch the light differently."""
    height = ROOT3 / 2
    pen = Pen(6, 8 * height, palette.ground, px)
    shades = [mix(palette[n], palette.ground, share) for n in range(4) for share in (0.0, 0.25, 0.5)] + [palette.ground]
    for row in range(8):
        for column in range(6):
            x, y = column + row % 2 / 2, row * height
            pen.polygon([(x, y), (x + 1, y), (x + 0.5, y + height)], rng.choice(shades))
            pen.polygon([(x + 1, y), (x + 1.5, y + height), (x + 0.5, y + height)], rng.choice(shades))
    return pen.tile()
