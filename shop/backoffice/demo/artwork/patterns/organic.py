"""Patterns that grow: leaves, flowers, stones and cut paper."""

import math
from random import Random

from PIL import Image

from shop.backoffice.demo.artwork.colour import Colour, mix
from shop.backoffice.demo.artwork.palettes import Palette
from shop.backoffice.demo.artwork.pen import Pen, Point, around, leaf, smooth


def terrazzo(palette: Palette, px: float, rng: Random) -> Image.Image:
    """Chips of stone in cement, large ones first, small ones in the gaps."""
    pen = Pen(1, 1, palette.ground, px)
    colours = [*palette.colours, palette[0], palette.ink]
    placed: list[tuple[float, float, float]] = []
    for radius, tries in ((0.075, 60), (0.045, 160), (0.022, 420), (0.01, 500)):
        for _ in range(tries):
            chip = rng.random(), rng.random(), radius * rng.uniform(0.75, 1.2)
            if all(_apart(chip, other) for other in placed):
                placed.append(chip)
                pen.polygon(_chip(*chip, rng), rng.choice(colours))
    return pen.tile()


def _apart(one: tuple[float, float, float], other: tuple[float, float, float]) -> bool:
    dx, dy = abs(one[0] - other[0]), abs(one[1] - other[1])
    dx, dy = min(dx, 1 - dx), min(dy, 1 - dy)
    return dx * dx + dy * dy > (one[2] + other[2]) ** 2 * 1.02


def _chip(x: float, y: float, radius: float, rng: Random) -> list[Point]:
    turn, squash = rng.uniform(0, 360), rng.uniform(0.6, 1)
    corners = sorted(rng.uniform(0, 360) for _ in range(rng.choice((5, 6, 7))))
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    flat = [(radius * math.cos(math.radians(a)), radius * squash * math.sin(math.radians(a))) for a in corners]
    return [(x + a * cos - b * sin, y + a * sin + b * cos) for a, b in flat]


def leaves(palette: Palette, px: float, _rng: Random) -> Image.Image:
    """Upright stems with pairs of two-toned leaves, neighbours half a step apart."""
    pen = Pen(4, 3, palette.ground, px)
    for column in range(2):
        x, colours = 1 + 2 * column, (palette[0], palette[2]) if column else (palette[1], palette[3])
        pen.line([(x, -0.1), (x, 3.1)], 0.045, palette.ink)
        for step in range(3):
            y = step + column * 0.5
            for side in (-1, 1):
                _split_leaf(pen, x, y + 0.5, 1.02, 0.46, -90 + side * 52, colours)
    return pen.tile()


def _split_leaf(
    pen: Pen, x: float, y: float, length: float, width: float, turn: float, colours: tuple[Colour, Colour]
) -> None:
    outline = leaf(x, y, length, width, turn)
    half = len(outline) // 2 + 1
    pen.polygon(outline, colours[0])
    pen.polygon(outline[:half], colours[1])


def fern(palette: Palette, px: float, rng: Random) -> Image.Image:
    """Sprigs laid out like pressed plants, every second one the other way up."""
    pen = Pen(6, 6, palette.ground, px)
    for column in range(3):
        for row in range(2):
            x, y = 2 * column + 1, 3 * row + 1.5 + (1.5 if column % 2 else 0)
            colour = palette[(column + row) % 3]
            _sprig(pen, x, y, 1 if (column + row) % 2 else -1, colour, palette.ink, rng)
    return pen.tile()


def _sprig(pen: Pen, x: float, y: float, way: int, colour: Colour, ink: Colour, rng: Random) -> None:
    bend = rng.uniform(-0.3, 0.3)
    stem = [(x + bend * (t / 10) ** 2, y + way * (1.25 - 0.25 * t)) for t in range(11)]
    for n, (sx, sy) in enumerate(stem[1:-1]):
        size = 0.95 - 0.06 * n - (0.25 if n == 0 else 0)
        for side in (-1, 1):
            pen.polygon(leaf(sx, sy, size, 0.27, -90 * way + side * 58), colour)
    pen.polygon(leaf(*stem[-2], 0.6, 0.25, -90 * way), colour)
    pen.line(stem, 0.04, ink)


def papercut(palette: Palette, px: float, rng: Random) -> Image.Image:
    """Seaweed and sun cut from painted paper, glued on coloured sheets."""
    pen = Pen(4, 4, palette.ground, px)
    sheets = [palette.ground, palette[0], palette[3], palette[1], palette[2]]
    offset = rng.randrange(4)
    for x in range(4):
        for y in range(4):
            sheet = sheets[(x * 2 + y + offset) % 5]
            others = [c for c in (*sheets, palette.ink) if c != sheet]
            pen.rectangle(x, y, 1.005, 1.005, sheet)
            rng.choice((_weed, _weed, _sun, _pebble))(pen, x + 0.5, y + 0.5, rng, rng.choice(others))
    return pen.tile()


def _weed(pen: Pen, x: float, y: float, rng: Random, colour: Colour) -> None:
    lobes, turn = rng.choice((5, 6, 7)), rng.uniform(0, 360)
    points: list[Point] = []
    for tip, notch in zip(around(x, y, 0.4, lobes, turn), around(x, y, 0.13, lobes, turn + 180 / lobes), strict=True):
        pull = rng.uniform(0.8, 1.08)
        points += [(x + (tip[0] - x) * pull, y + (tip[1] - y) * pull), notch]
    pen.polygon(smooth(points), colour)


def _sun(pen: Pen, x: float, y: float, rng: Random, colour: Colour) -> None:
    turn = rng.uniform(0, 90)
    for ray in around(0, 0, 1, 12, turn):
        angle = math.degrees(math.atan2(ray[1], ray[0]))
        pen.polygon(leaf(x + 0.22 * ray[0], y + 0.22 * ray[1], 0.2, 0.075, angle), colour)
    pen.disc(x, y, 0.19, colour)


def _pebble(pen: Pen, x: float, y: float, rng: Random, colour: Colour) -> None:
    points = [
        (x + (px - x) * rng.uniform(0.75, 1.1), y + (py - y) * rng.uniform(0.75, 1.1))
        for px, py in around(x, y, 0.34, 7)
    ]
    pen.polygon(smooth(points), colour)


def meadow(palette: Palette, px: float, rng: Random) -> Image.Image:
    """Large flat flowers on thin stems, as on Finnish cottons of the sixties."""
    pen = Pen(2, 2, palette.ground, px)
    spots = [
        (0.32, 0.42, 0.27),
        (1.05, 0.25, 0.2),
        (1.62, 0.62, 0.29),
        (0.72, 1.12, 0.24),
        (1.3, 1.42, 0.26),
        (0.2, 1.6, 0.2),
        (1.85, 1.68, 0.17),
    ]
    for x, y, radius in spots:
        pen.line([(x, y), (x + 0.03, y + radius + 0.4)], 0.02, palette[2])
        for side in (-1, 1):
            pen.polygon(leaf(x + 0.02, y + radius + 0.3, 0.24, 0.09, -90 + side * 40), palette[2])
    for n, (x, y, radius) in enumerate(spots):
        _bloom(pen, x, y, radius, palette, palette[(0, 1, 3)[n % 3]], rng)
    return pen.tile()


def _bloom(pen: Pen, x: float, y: float, radius: float, palette: Palette, colour: Colour, rng: Random) -> None:
    edge = [
        (x + (px - x) * rng.uniform(0.9, 1.05), y + (py - y) * rng.uniform(0.9, 1.05))
        for px, py in around(x, y, radius, 9)
    ]
    pen.polygon(smooth(edge), colour)
    pen.polygon(
        smooth([(x + (px - x) * 0.62, y + (py - y) * 0.62) for px, py in edge]), mix(colour, palette.ground, 0.35)
    )
    pen.disc(x, y, radius * 0.3, palette.ink)
    for dot in around(x, y, radius * 0.46, 14):
        pen.disc(*dot, radius * 0.035, palette.ink)
