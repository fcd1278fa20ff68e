"""Patterns that are made on a loom or in a dye bath."""

import math
from random import Random

from PIL import Image

from shop.backoffice.demo.artwork.colour import Colour, mix
from shop.backoffice.demo.artwork.palettes import Palette
from shop.backoffice.demo.artwork.pen import Pen, around


def kilim(palette: Palette, px: float, rng: Random) -> Image.Image:
    """Stepped diamonds between bands, as slit tapestry makes them: everything sits on a grid of yarns."""
    pen = Pen(32, 52, palette.ground, px)
    rings = (palette.ink, palette[0], palette.ground, palette[1], palette[0], palette.ground, palette[2])
    for middle in (8, 24):
        for y in range(-16, 17):
            for x in range(-8, 8):
                depth = (abs(y) // 2 * 1 + (x if x >= 0 else -1 - x)) - 7
                if depth <= 0:
                    pen.rectangle(middle + x, 18 + y, 1, 1, rings[min(-depth, 8) * 6 // 8])
    _bands(pen, palette, 36)
    for x in range(0, 32, 16):
        for y in range(-3, 4):
            reach = 3 - abs(y)
            pen.rectangle(x - reach - 1, 18 + y, 2 * reach + 2, 1, palette[1] if abs(y) < 2 and rng else palette[2])
    return pen.tile()


def _bands(pen: Pen, palette: Palette, top: float) -> None:
    for y, height, colour in ((0, 2, palette[0]), (3, 10, palette[1]), (14, 2, palette[0])):
        pen.rectangle(0, top + y, 32, height, colour)
    for x in range(32):
        rise = abs(x % 8 - 3.5) - 0.5
        pen.rectangle(x, top + 5 + rise, 1, 3, palette.ground)
        pen.rectangle(x, top + 6 + rise, 1, 1, palette.ink)


def ikat(palette: Palette, px: float, rng: Random) -> Image.Image:
    """Lozenges dyed into the yarn before weaving: each bundle of threads slips a little."""
    pen = Pen(4, 4, palette.ground, px)
    nested = (
        (1.36, palette[0]),
        (1.08, palette.ground),
        (0.94, palette[1]),
        (0.56, palette.ground),
        (0.42, palette[0]),
    )
    threads = 96
    for thread in range(threads):
        x = thread * 4 / threads
        slip = rng.gauss(0, 0.035)
        for column, y in ((0, 1), (1, 3)):
            away = abs((x - 1 - 2 * column + 2) % 4 - 2)
            for reach, colour in nested:
                half = reach * (1 - away / (reach * 0.72)) + rng.uniform(-0.03, 0.03)
                if half > 0:
                    pen.rectangle(x, y + slip - half, 4 / threads + 0.004, 2 * half, colour)
    _eyes(pen, palette, rng)
    return pen.tile()


def _eyes(pen: Pen, palette: Palette, rng: Random) -> None:
    for x, y in ((3, 1), (1, 3)):
        for thread in range(-9, 10):
            half = 0.34 * math.sqrt(max(0.0, 1 - (thread / 9.5) ** 2)) + rng.uniform(0, 0.05)
            pen.rectangle(x + thread / 24, y - half, 1 / 24 + 0.004, 2 * half, palette[2])


def shibori(palette: Palette, px: float, rng: Random) -> Image.Image:
    """Cloth bound with thread and dipped in indigo: what was bound stays pale, in rings that are never quite round."""
    deep = palette.ground if palette.is_dark else palette[0]
    pale = palette[3] if palette.is_dark else palette.ground
    pen = Pen(6, 6, deep, px)
    for row in range(6):
        for column in range(3):
            x, y = 2 * column + (row % 2) + 0.5, row + 0.5
            for radius, share in ((0.78, 0.16), (0.6, 0.3), (0.5, 0.0), (0.4, 0.55), (0.27, 0.1), (0.17, 0.95)):
                edge = [
                    (x + (a - x) * rng.uniform(0.93, 1.06), y + (b - y) * rng.uniform(0.93, 1.06))
                    for a, b in around(x, y, radius, 22)
                ]
                pen.polygon(edge, mix(deep, pale, share))
            for a, b in around(x, y, 0.33, 11, rng.uniform(0, 30)):
                pen.disc(a, b, 0.035, mix(deep, pale, 0.9))
    return pen.tile()


def plaid(palette: Palette, px: float, rng: Random) -> Image.Image:
    """A check of warp and weft in twill: where two colours cross, every other thread shows each."""
    sett = _narrow_sett(palette) if rng.random() < 0.5 else _wide_sett(palette)
    count = sum(width for _colour, width in sett)
    pitch = max(2, round(px))
    warp = _stripes(sett, count, pitch)
    weft = warp.transpose(Image.Transpose.ROTATE_90)
    return Image.composite(warp, weft, _twill(count, pitch))


def _wide_sett(palette: Palette) -> list[tuple[Colour, int]]:
    """Colours and numbers of threads, as far as they repeat."""
    ground, first, second, third = palette.ground, palette[0], palette[1], palette[2]
    return [(ground, 16), (first, 5), (ground, 5), (third, 10), (second, 2), (third, 10), (ground, 5), (first, 3)]


def _narrow_sett(palette: Palette) -> list[tuple[Colour, int]]:
    ground, first, second, fourth = palette.ground, palette[0], palette[1], palette[3]
    stripe = [(first, 8), (ground, 2), (first, 8)]
    return [(fourth, 12), (ground, 4), *stripe, (ground, 4), (fourth, 12), (second, 2), (ground, 4)]


def _stripes(sett: list[tuple[Colour, int]], count: int, pitch: int) -> Image.Image:
    stripes = Image.new("RGB", (count * pitch, count * pitch))
    x = 0
    for colour, width in sett:
        stripes.paste(colour, (x, 0, x + width * pitch, count * pitch))
        x += width * pitch
    return stripes


def _twill(count: int, pitch: int) -> Image.Image:
    """Return the mask of a 2/2 twill; the count of threads is even, so diagonals meet at the edges of the repeat."""
    period = 4
    cell = Image.new("L", (period * 2, period * 2), 0)
    for x in range(period * 2):
        for y in range(period * 2):
            cell.putpixel((x, y), 215 if (x + y) % period < period / 2 else 40)
    half = max(1, pitch // 2)
    cell = cell.resize((period * 2 * half, period * 2 * half), Image.Resampling.NEAREST)
    mask = Image.new("L", (count * pitch, count * pitch))
    for x in range(0, mask.width, cell.width):
        for y in range(0, mask.height, cell.height):
            mask.paste(cell, (x, y))
    return mask


def basket(palette: Palette, px: float, rng: Random) -> Image.Image:
    """Broad bands that pass over and under each other."""
    pen = Pen(8, 8, palette.ink if palette.is_dark else mix(palette.ink, palette[0], 0.4), px)
    across = [palette[rng.choice((0, 0, 2))] for _ in range(4)]
    down = [rng.choice((palette.ground, palette[3], palette.ground, palette[1])) for _ in range(4)]
    for x in range(4):
        for y in range(4):
            flat = (x + y) % 2
            colour = across[y] if flat else down[x]
            left, top, width, height = (
                (2 * x - 0.12, 2 * y + 0.13, 2.24, 1.74) if flat else (2 * x + 0.13, 2 * y - 0.12, 1.74, 2.24)
            )
            pen.rectangle(left, top, width, height, colour)
            for n in (1, 2):
                _groove(pen, (left, top, width, height), n / 3, bool(flat), colour)
    return pen.tile()


def _groove(pen: Pen, box: tuple[float, float, float, float], share: float, flat: bool, colour: Colour) -> None:
    left, top, width, height = box
    dark = mix(colour, (40, 34, 30), 0.14)
    if flat:
        pen.rectangle(left, top + height * share - 0.04, width, 0.08, dark)
    else:
        pen.rectangle(left + width * share - 0.04, top, 0.08, height, dark)
