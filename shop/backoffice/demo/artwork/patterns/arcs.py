"""Patterns of circles and their parts."""

import math
from random import Random

from PIL import Image

from shop.backoffice.demo.artwork.colour import Colour, mix
from shop.backoffice.demo.artwork.palettes import Palette
from shop.backoffice.demo.artwork.pen import Pen, around


def truchet(palette: Palette, px: float, rng: Random) -> Image.Image:
    """Smith's version of Truchet's tiles.

    Two quarter circles in each cell, turned at random, make one endless ribbon.
    """
    pen = Pen(8, 8, palette.ground, px)
    for x in range(8):
        for y in range(8):
            corners = [(0, 0, 0), (1, 1, 180)] if rng.random() < 0.5 else [(1, 0, 90), (0, 1, 270)]
            for cx, cy, start in corners:
                pen.arc(x + cx, y + cy, 0.5, start - 1, start + 91, 0.44, palette[0])
                pen.arc(x + cx, y + cy, 0.5, start - 1, start + 91, 0.2, palette[2])
                pen.arc(x + cx, y + cy, 0.5, start - 1, start + 91, 0.07, palette.ground)
    for x in range(8):
        for y in range(8):
            pen.disc(x, y, 0.085, palette[1])
    return pen.tile()


def seigaiha(palette: Palette, px: float, rng: Random) -> Image.Image:
    """The blue sea waves of Japanese textiles: rows of scales, each row over the one above it."""
    pen = Pen(8, 4, palette.ground, px)
    pen.endless = False
    accents = {(rng.randrange(8), rng.randrange(4)) for _ in range(5)}
    for row in range(-2, 12):
        for column in range(-1, 5):
            x, y = 2 * column + row % 2, row / 2
            accent = (round(x) % 8, row % 8) in accents
            _scale(pen, x, y + 0.5, palette, palette[1] if accent else palette[0])
    return pen.tile()


def _scale(pen: Pen, x: float, y: float, palette: Palette, strong: Colour) -> None:
    for radius, colour in ((1, strong), (0.77, palette[2]), (0.54, strong), (0.31, palette[3])):
        pen.disc(x, y, radius, palette.ground)
        pen.disc(x, y, radius - 0.07, colour)


def bauhaus(palette: Palette, px: float, rng: Random) -> Image.Image:
    """A grid of quarter and half circles in flat colour."""
    pen = Pen(6, 6, palette.ground, px)
    pen.endless = False
    colours = [palette.ground, palette.ground, *palette.colours, palette.ink]
    for x in range(6):
        for y in range(6):
            back, front, third = rng.sample(colours[1:], 3)
            pen.rectangle(x, y, 1, 1, back)
            rng.choice((_quarter, _quarter, _half, _nested, _full, _lens))(pen, x, y, front, third, rng.randrange(4))
    return pen.tile()


CORNERS = ((0, 0, 0), (1, 0, 90), (1, 1, 180), (0, 1, 270))


def _quarter(pen: Pen, x: int, y: int, front: Colour, _third: Colour, turn: int) -> None:
    cx, cy, start = CORNERS[turn]
    pen.pie(x + cx, y + cy, 1, start, start + 90, front)


def _nested(pen: Pen, x: int, y: int, front: Colour, third: Colour, turn: int) -> None:
    cx, cy, start = CORNERS[turn]
    for radius, colour in ((1, front), (0.667, third), (0.333, front)):
        pen.pie(x + cx, y + cy, radius, start, start + 90, colour)


def _half(pen: Pen, x: int, y: int, front: Colour, third: Colour, turn: int) -> None:
    if turn % 2:
        pen.pie(x + 0.5, y + 1, 0.5, 180, 360, front)
        pen.pie(x + 0.5, y + 0.5, 0.5, 180, 360, third)
    else:
        pen.pie(x, y + 0.5, 0.5, 270, 450, front)
        pen.pie(x + 0.5, y + 0.5, 0.5, 270, 450, third)


def _full(pen: Pen, x: int, y: int, front: Colour, third: Colour, turn: int) -> None:
    pen.disc(x + 0.5, y + 0.5, 0.4, front)
    if turn > 1:
        pen.disc(x + 0.5, y + 0.5, 0.18, third)


def _lens(pen: Pen, x: int, y: int, front: Colour, _third: Colour, turn: int) -> None:
    arc = [(math.cos(a * math.pi / 24), math.sin(a * math.pi / 24)) for a in range(13)]
    outline = arc + [(1 - a, 1 - b) for a, b in arc]
    pen.polygon([(x + (1 - a if turn % 2 else a), y + b) for a, b in outline], front)


def petals(palette: Palette, px: float, rng: Random) -> Image.Image:
    """Overlapping circles, the shippo of Japan and the mosaics of Rome: only the lenses are coloured."""
    pen = Pen(4, 4, palette.ground, px)
    for x in range(4):
        for y in range(4):
            for flat in (True, False):
                colour = palette[0] if (x + y + flat) % 2 else palette[2]
                pen.polygon(_petal(x, y, flat), colour)
    for x in range(4):
        for y in range(4):
            pen.polygon(around(x + 0.5, y + 0.5, 0.13, 4), palette[1] if (x + y) % 2 else palette[0])
    return pen.tile()


def _petal(x: float, y: float, flat: bool) -> list[tuple[float, float]]:
    """Return the lens from (x, y) one unit to the right or down: two arcs of 90 degrees."""
    radius = math.sqrt(0.5)
    ts = [-math.pi / 4 + n * math.pi / 24 for n in range(13)]
    upper = [(0.5 + radius * math.sin(t), radius * math.cos(t) - 0.5) for t in ts]
    outline = [(0.06 + 0.88 * a, 0.9 * b) for a, b in upper] + [(0.06 + 0.88 * a, -0.9 * b) for a, b in reversed(upper)]
    return [(x + a, y + b) if flat else (x + b, y + a) for a, b in outline]


def moons(palette: Palette, px: float, rng: Random) -> Image.Image:
    """A month of moons: each disc a little fuller than the one before."""
    pen = Pen(8, 4, palette.ground, px)
    for row in range(4):
        shift = rng.randrange(8)
        lit = palette[row % 2]
        for column in range(8):
            _moon(pen, column + 0.5, row + 0.5, ((column + shift) % 8) / 8, lit, mix(palette.ground, palette[2], 0.45))
    return pen.tile()


def _moon(pen: Pen, x: float, y: float, phase: float, lit: Colour, dark: Colour) -> None:
    radius, bend = 0.4, math.cos(2 * math.pi * phase)
    pen.disc(x, y, radius, dark)
    start = 270 if phase < 0.5 else 90
    pen.pie(x, y, radius, start, start + 180, lit)
    terminator = [(x + (px - x) * abs(bend), py) for px, py in around(x, y, radius, 48)]
    pen.polygon(terminator, dark if bend > 0 else lit)


def arches(palette: Palette, px: float, rng: Random) -> Image.Image:
    """Rainbow arches in brick order, as on the tiles and tins of the nineteen-seventies."""
    pen = Pen(4, 4, palette.ground, px)
    order = list(palette.colours)
    for row in range(2):
        for column in range(2):
            rng.shuffle(order)
            x, y = 2 * column + row + 1, 2 * row + 1.02
            for step, colour in enumerate((order[0], palette.ground, order[1], palette.ground, order[2])):
                radius = 0.92 - step * 0.19 + (0.055 if step % 2 else 0)
                pen.pie(x, y, radius, 180, 360, colour)
                pen.rectangle(x - radius, y - 0.01, 2 * radius, 0.93, colour)
    return pen.tile()


def orbits(palette: Palette, px: float, rng: Random) -> Image.Image:
    """Quarter circles of nested bands, turned at random: rings that break and meet again."""
    pen = Pen(6, 6, palette.ground, px)
    pen.endless = False
    for x in range(6):
        for y in range(6):
            cx, cy, start = CORNERS[rng.randrange(4)]
            bands = [*palette.colours, palette.ground]
            pen.rectangle(x, y, 1, 1, palette[3])
            for ring, colour in enumerate([bands[0], bands[1], bands[4], bands[2], bands[0]]):
                pen.pie(x + cx, y + cy, 1 - ring * 0.2, start, start + 90, colour)
    return pen.tile()
