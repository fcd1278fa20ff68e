"""Cloth that hangs: throws, towels, silk and bags."""

import math
from functools import lru_cache

from PIL import Image

from shop.backoffice.demo.artwork import props, warp
from shop.backoffice.demo.artwork.colour import Colour, darker, lighter, mix
from shop.backoffice.demo.artwork.look import Look
from shop.backoffice.demo.artwork.scenes.soft import bordered
from shop.backoffice.demo.artwork.stage import (
    MOODS,
    UNIT,
    Shape,
    lay,
    lit,
    mask,
    paint,
    rectangle,
    shadow,
    textured,
    wall,
)

BRASS: Colour = (184, 150, 92)


def hanging_light(u: float, v: float) -> float:
    """Folds that fall from a rail and open downwards."""
    wave = math.sin(u * 21 + 0.6) * (0.1 + 0.14 * v)
    return 0.05 + wave - 0.2 * u - (0.35 * (0.05 - v) / 0.05 if v < 0.05 else 0) + (0.16 if 0.02 < v < 0.045 else 0)


def curtain(x: float, y: float, width: float, height: float) -> Shape:
    """Return the outline of a hanging cloth: its lower hem follows the folds."""
    hem = [(x + width * t / 40, y + height + 7 * math.sin(21 * t / 40 + 2.2)) for t in range(41)]
    return ((x + 2, y + 6), (x + 8, y), (x + width - 8, y), (x + width - 2, y + 6), *reversed(hem))


@lru_cache(maxsize=1)
def _rail_room(mood: str, left: float, right: float, y: float, brass: bool) -> Image.Image:
    picture = wall(mood)
    bar = rectangle(left, y - 13, right - left, 26, 13)
    shadow(picture, bar, dx=22, dy=38, blur=14, strength=0.34)
    for x in (left + 22, right - 40):
        paint(picture, rectangle(x, y - 26, 18, 52, 9), darker(BRASS if brass else MOODS[mood].timber, 0.2))
    if brass:
        paint(picture, rectangle(left, y - 8, right - left, 16, 8), BRASS)
        paint(picture, rectangle(left + 6, y - 6, right - left - 12, 4, 2), lighter(BRASS, 0.5))
    else:
        props.timber(picture, bar, MOODS[mood].timber, 8)
        paint(picture, rectangle(left + 8, y - 11, right - left - 16, 4, 2), lighter(MOODS[mood].timber, 0.4))
    return picture


def hang(picture: Image.Image, cloth: Image.Image, shape: Shape, grain: str) -> None:
    shadow(picture, shape, dx=30, dy=26, blur=26, strength=0.32)
    lay(picture, shape, textured(lit(warp.bent(cloth, warp.folds, across=24, down=8), hanging_light, 64), grain))


def throw(look: Look) -> Image.Image:
    """A throw over a wooden rail, its fringe hanging free."""
    picture = _rail_room(look.mood, 90, 910, 190, False).copy()
    shape = curtain(215, 172, 570, 790)
    fringe(picture, (222, 960, 556), look.palette.ground if not look.palette.is_dark else look.palette[1])
    hang(picture, look.cloth(mask(shape).size), shape, "wool")
    return picture


def fringe(picture: Image.Image, place: tuple[float, float, float], colour: Colour) -> None:
    """Knotted tassels along (x, y, width)."""
    x, y, width = place
    count = round(width / 21)
    for n in range(count):
        left = x + width * n / count + 3
        top = y + 7 * math.sin(21 * (n + 0.5) / count + 2.2)
        tassel = (
            (left + 4, top - 10),
            (left + 12, top - 10),
            (left + 15, top + 74),
            (left + 8, top + 80),
            (left + 1, top + 74),
        )
        shadow(picture, tassel, dx=20, dy=14, blur=7, strength=0.22)
        paint(picture, tassel, mix(colour, (70, 56, 46), 0.06 + 0.1 * (n % 3 == 0)))
        paint(picture, rectangle(left + 3, top + 12, 10, 7, 3), darker(colour, 0.18))


def towel(look: Look) -> Image.Image:
    """Two tea towels on a brass rail, the twin behind."""
    picture = _rail_room(look.mood, 130, 870, 230, True).copy()
    back, front = curtain(520, 222, 270, 700), curtain(205, 222, 380, 800)
    hang(picture, look.twin.cloth(mask(back).size), back, "linen")
    hang(picture, _hemmed(look, mask(front).size), front, "linen")
    return picture


def _hemmed(look: Look, size: tuple[int, int]) -> Image.Image:
    """Return cloth with a plain woven hem below and a line of stitches."""
    cloth = look.cloth(size)
    edge = size[1] - round(54 * UNIT)
    cloth.paste(look.palette.ground, (0, edge, *size))
    cloth.paste(look.palette[0], (0, edge + round(14 * UNIT), size[0], edge + round(22 * UNIT)))
    return cloth


def silk(look: Look) -> Image.Image:
    """A silk scarf drawn over a rail."""
    picture = _rail_room(look.mood, 190, 810, 210, True).copy()
    shape = curtain(300, 202, 400, 820)
    hang(picture, bordered(look, mask(shape).size, 44), shape, "paper")
    return picture


def tote(look: Look) -> Image.Image:
    """A cotton bag on a peg."""
    picture = _peg_room(look.mood).copy()
    body: Shape = ((232, 470), (768, 470), (790, 1090), (772, 1112), (228, 1112), (210, 1090))
    handle = mix(look.palette.ground, (214, 200, 176), 0.5) if not look.palette.is_dark else look.palette[1]
    for spread, shade in ((118, 0.16), (132, 0.0)):
        strap = _strap(spread)
        shadow(picture, strap, dx=18, dy=22, blur=12, strength=0.3)
        paint(picture, strap, darker(handle, shade))
    shadow(picture, body, dx=26, dy=28, blur=28, strength=0.36)
    lay(picture, body, textured(lit(look.cloth(mask(body).size), bag_light), "linen"))
    for x in (366, 634):
        paint(picture, rectangle(x - 17, 472, 34, 52, 3), handle)
    return picture


def bag_light(u: float, v: float) -> float:
    """An empty bag: it sags below the handles."""
    pull = math.sin(math.pi * u) * 0.1
    crease = 0.12 * math.sin(9 * (u - 0.5) * (0.5 + v)) * (1 - abs(v - 0.4))
    return 0.06 + pull - 0.22 * u - 0.18 * v * v + crease - (0.25 if v < 0.012 else 0)


@lru_cache(maxsize=4)
def _strap(spread: float) -> Shape:
    ts = [n / 24 for n in range(25)]
    middle = [(500 + spread * math.cos(math.pi * (1 - t)), 500 - 318 * math.sin(math.pi * t) ** 0.8) for t in ts]
    outer = [(x + (-15 if x < 500 else 15), y - 12) for x, y in middle]
    inner = [(x + (15 if x < 500 else -15), y + 14) for x, y in middle]
    return tuple(outer + inner[::-1])


@lru_cache(maxsize=1)
def _peg_room(mood: str) -> Image.Image:
    picture = wall(mood)
    rail = rectangle(-20, 150, 1040, 66)
    shadow(picture, rail, dx=4, dy=14, blur=12, strength=0.35)
    props.timber(picture, rail, MOODS[mood].timber, 9)
    paint(picture, rectangle(-20, 150, 1040, 4), lighter(MOODS[mood].timber, 0.35))
    for x in (150, 500, 850):
        peg = rectangle(x - 15, 170, 30, 30, 15)
        shadow(picture, peg, dx=9, dy=14, blur=6, strength=0.5)
        paint(picture, peg, lighter(MOODS[mood].timber, 0.12))
    return picture
