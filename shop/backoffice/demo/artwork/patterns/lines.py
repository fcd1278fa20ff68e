"""Patterns of lines that swell, shift and interfere."""

import math
from random import Random

from PIL import Image, ImageChops

from shop.backoffice.demo.artwork.colour import BLACK, WHITE, mix
from shop.backoffice.demo.artwork.palettes import Palette
from shop.backoffice.demo.artwork.pen import Pen, smooth

TURN = 2 * math.pi


def moire(palette: Palette, px: float, _rng: Random) -> Image.Image:
    """Two families of rings printed over each other; where they cross, a third pattern appears."""
    blank, join = (BLACK, ImageChops.lighter) if palette.is_dark else (WHITE, ImageChops.multiply)
    sheet = Image.new("RGB", Pen(2, 2, blank, px).size, palette.ground)
    for colour, centres in ((palette[0], ((0.5, 0.5), (1.5, 1.5))), (palette[1], ((1.5, 0.5), (0.5, 1.5)))):
        pen = Pen(2, 2, blank, px)
        for x, y in centres:
            for ring in range(16):
                pen.ring(x, y, 0.03 + ring * 0.046, 0.02, colour)
        sheet = join(sheet, pen.tile())
    return sheet


def swell(palette: Palette, px: float, rng: Random) -> Image.Image:
    """Bands that lean and breathe, after the op art of the sixties."""
    pen = Pen(4, 6, palette.ground, px)
    bands, lean = 16, rng.choice((0.16, 0.2, 0.24))
    cycle = (
        palette[0],
        palette.ground,
        palette[2],
        palette.ground,
        palette[0],
        palette.ground,
        palette[1],
        palette.ground,
    )
    for band in range(bands):
        left, right = _edge(band, bands, lean), _edge(band + 1, bands, lean)
        pen.polygon(left + right[::-1], cycle[band % len(cycle)])
    return pen.tile()


def _edge(band: int, bands: int, lean: float) -> list[tuple[float, float]]:
    x = 4 * band / bands
    phase = TURN * band / bands
    return [
        (x + lean * math.sin(TURN * n / 48 + phase) + 0.06 * math.sin(2 * TURN * n / 48), 6 * n / 48) for n in range(49)
    ]


def contours(palette: Palette, px: float, rng: Random) -> Image.Image:
    """Lines of equal height around a few summits, or the rings of agate."""
    pen = Pen(3, 3, palette.ground, px)
    order = (palette[2], palette.ground, palette[0], palette.ground, palette[3], palette[1], palette.ground, palette[0])
    for across, down in ((0.6, 0.5), (2.1, 0.9), (1.1, 2.0), (2.6, 2.4)):
        x, y = across + rng.uniform(-0.15, 0.15), down + rng.uniform(-0.15, 0.15)
        wobble = [rng.uniform(0.82, 1.18) for _ in range(11)]
        for ring, colour in enumerate(order):
            radius = 0.86 - ring * 0.1
            points = [
                (x + radius * w * math.cos(TURN * n / 11), y + radius * w * 0.9 * math.sin(TURN * n / 11))
                for n, w in enumerate(wobble)
            ]
            pen.polygon(smooth(points), colour)
    return pen.tile()


def dunes(palette: Palette, px: float, rng: Random) -> Image.Image:
    """Ridge behind ridge, each a little different, printed from the far one to the near one."""
    pen = Pen(2, 2, palette.ground, px)
    pen.endless = False
    cycle = [
        palette[3],
        palette[2],
        palette[0],
        palette[1],
        mix(palette[0], palette.ground, 0.35),
        palette[2],
        palette.ground,
        palette[0],
    ]
    shapes = [(rng.uniform(0, TURN), rng.choice((1, 2)), rng.uniform(0.06, 0.13)) for _ in cycle]
    for layer in range(-4, 12):
        phase, waves, height = shapes[layer % len(cycle)]
        colour = cycle[layer % len(cycle)]
        base = layer * 2 / len(cycle)
        ridge = [(n / 24, base + height * math.sin(TURN * waves * n / 48 + phase)) for n in range(49)]
        pen.polygon([*ridge, (2, base + 1), (0, base + 1)], colour)
        for step in (1, 2, 3):
            line = [(x, y + 0.045 * step) for x, y in ridge]
            pen.line(line, 0.006, mix(colour, palette.ink if colour == palette.ground else palette.ground, 0.55))
    return pen.tile()
