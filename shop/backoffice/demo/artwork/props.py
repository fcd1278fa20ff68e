"""The few things that stand beside a product: furniture and pots, plain enough not to be noticed."""

import math

from PIL import Image

from shop.backoffice.demo.artwork.colour import Colour, darker, lighter, mix
from shop.backoffice.demo.artwork.pen import Point, leaf, smooth
from shop.backoffice.demo.artwork.stage import (
    MOODS,
    UNIT,
    Shape,
    blank,
    box,
    ellipse,
    lay,
    lit,
    mask,
    paint,
    rectangle,
    shadow,
    wood,
)


def round_body(u: float, v: float) -> float:
    """Light on something that is round about an upright axis."""
    return (
        0.3 * math.exp(-(((u - 0.3) / 0.2) ** 2))
        - 0.62 * math.pow(max(0.0, u - 0.42), 1.2)
        - 0.2 * max(0.0, 0.12 - u) * 4
        - 0.08 * v
    )


def top_light(u: float, v: float) -> float:
    """Light on a level surface near a window on the left."""
    return 0.14 - 0.24 * (0.7 * u + 0.4 * v)


def timber(picture: Image.Image, shape: Shape, colour: Colour, seed: int = 0, *, upright: bool = False) -> None:
    """Make a shape of wood; the grain runs across, or up and down."""
    width, height = mask(shape).size
    if upright:
        lay(picture, shape, wood(colour, (height, width), seed).transpose(Image.Transpose.ROTATE_90))
    else:
        lay(picture, shape, wood(colour, (width, height), seed))


def console(picture: Image.Image, mood: str, top: float) -> None:
    """A sideboard across the foot of the picture; its upper edge is at `top`."""
    colours = MOODS[mood]
    shadow(picture, rectangle(-40, top - 14, 1080, 40), dy=-6, blur=26, strength=0.2)
    timber(picture, rectangle(0, top, 1000, 1250 - top), colours.timber, 1)
    paint(picture, rectangle(0, top, 1000, 5), lighter(colours.timber, 0.3))
    shadow(picture, rectangle(0, top + 30, 1000, 4), blur=5, strength=0.4)
    paint(picture, rectangle(0, top + 28, 1000, 4), darker(colours.timber, 0.4))
    for x in (333, 667):
        paint(picture, rectangle(x, top + 32, 3, 1250 - top), darker(colours.timber, 0.35))


def pot(picture: Image.Image, shape: Shape, colour: Colour) -> None:
    """A thrown pot of any outline: lit as round, with its shadow to the right."""
    left, _top, right, _bottom = box(shape)
    foot = max(y for _x, y in shape)
    across = (right - left) / UNIT
    shadow(picture, ellipse(left / UNIT + across * 0.62, foot - 4, across * 0.55, 11), blur=9, strength=0.5)
    lay(picture, shape, lit(blank(shape, colour), round_body))


def vase(
    picture: Image.Image, x: float, foot: float, size: float, colour: Colour, *, branch: Colour | None = None
) -> None:
    """A bellied vase, `size` units high, with a branch if it has a colour."""
    if branch:
        _branch(picture, x, foot - size * 0.96, size, branch)
    half = ((0.17, 0.0), (0.13, 0.1), (0.16, 0.2), (0.36, 0.42), (0.4, 0.62), (0.3, 0.88), (0.2, 1.0))
    right = [(x + a * size, foot - size + b * size) for a, b in half]
    left = [(2 * x - a, b) for a, b in reversed(right)]
    outline = smooth([*right, *left], 6)
    foot_line = tuple((a, min(b, foot)) for a, b in outline)
    pot(picture, foot_line, colour)
    paint(picture, ellipse(x, foot - size + 2, size * 0.165, size * 0.026), darker(colour, 0.55))


def _branch(picture: Image.Image, x: float, y: float, size: float, colour: Colour) -> None:
    for lean, length in ((-0.42, 1.5), (0.1, 1.75), (0.5, 1.2)):
        stem = [(x + lean * size * (t / 10) ** 1.6, y + 10 - length * size * t / 10) for t in range(11)]
        _twig(picture, stem, colour)
        for n in range(3, 11):
            for side in (-1, 1):
                blade = leaf(*stem[n], size * 0.26, size * 0.1, -90 + lean * 40 + side * 48)
                shadow(picture, tuple(blade), dx=16, dy=12, blur=7, strength=0.1)
                paint(picture, tuple(blade), mix(colour, (255, 255, 255), 0.12 if side < 0 else 0))


def _twig(picture: Image.Image, stem: list[Point], colour: Colour) -> None:
    outline = [(a - 2.2, b) for a, b in stem] + [(a + 2.2, b) for a, b in reversed(stem)]
    paint(picture, tuple(outline), darker(colour, 0.3))


def bowl(picture: Image.Image, x: float, foot: float, across: float, colour: Colour) -> None:
    """A shallow bowl seen from the side."""
    depth = across * 0.36
    half = [(math.cos(t * math.pi / 24), math.sin(t * math.pi / 24)) for t in range(25)]
    outline = tuple((x + across / 2 * a, foot - depth + depth * b**0.75) for a, b in half)
    pot(picture, outline, colour)
    paint(picture, ellipse(x, foot - depth, across / 2, across * 0.05), darker(colour, 0.22))


def books(picture: Image.Image, x: float, foot: float, colours: tuple[Colour, ...]) -> None:
    """A few books lying on each other, seen from the side."""
    for n, colour in enumerate(colours):
        height, width = 24 + 6 * (n % 2), 190 - 18 * n
        foot -= height
        book = rectangle(x + 7 * n, foot, width, height, 3)
        shadow(picture, book, dx=8, dy=4, blur=7, strength=0.25)
        paint(picture, book, colour)
        paint(picture, rectangle(x + 7 * n + 10, foot + 4, width - 10, height - 8), (238, 230, 214))


def stool(picture: Image.Image, mood: str, x: float, seat: float, across: float) -> None:
    """A round wooden stool, its seat at the height `seat`."""
    colour = MOODS[mood].timber
    shadow(picture, ellipse(x + 30, 1180, across * 0.6, 26), blur=22, strength=0.35)
    for lean in (-0.36, 0.36):
        leg = (
            (x + lean * across - 11, seat + 20),
            (x + lean * across + 11, seat + 20),
            (x + lean * across * 1.3 + 8, 1180),
            (x + lean * across * 1.3 - 8, 1180),
        )
        lay(picture, leg, lit(blank(leg, darker(colour, 0.12)), round_body))
    timber(picture, rectangle(x - across / 2, seat, across, 34, 14), colour, 3)
    shadow(picture, rectangle(x - across / 2 + 6, seat + 30, across - 12, 6), blur=5, strength=0.3)


def floor(picture: Image.Image, mood: str, top: float, *, boards: bool = True) -> None:
    """A floor from `top` down, with a skirting board above it."""
    colours = MOODS[mood]
    paint(picture, rectangle(0, top - 62, 1000, 62), lighter(colours.wall, 0.5))
    paint(picture, rectangle(0, top - 62, 1000, 3), darker(colours.wall, 0.1))
    ground = rectangle(0, top, 1000, 1250 - top)
    if boards:
        timber(picture, ground, mix(colours.timber, colours.floor, 0.55), 2)
        _joints(picture, top, darker(colours.timber, 0.28))
    else:
        paint(picture, ground, colours.floor)
    shadow(picture, rectangle(-50, top - 4, 1100, 10), blur=14, strength=0.4)


def _joints(picture: Image.Image, top: float, colour: Colour) -> None:
    for x in range(-7, 18):
        near, far = 500 + (x - 5) * 150, 500 + (x - 5) * 74
        paint(picture, ((far, top), (far + 1.2, top), (near + 2.6, 1250), (near, 1250)), colour)


def table(mood: str) -> Image.Image:
    """Return a table top seen from above, in the light of a window on the left."""
    picture = Image.new("RGB", mask(rectangle(0, 0, 1000, 1250)).size, mix(MOODS[mood].floor, MOODS[mood].wall, 0.5))
    return lit(picture, top_light)
