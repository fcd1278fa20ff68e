"""Soft things that lie or stand: cushions, folded cloth, scarves, and cloth from close by."""

import math
from functools import lru_cache

from PIL import Image

from shop.backoffice.demo.artwork import props, warp
from shop.backoffice.demo.artwork.colour import lighter, mix
from shop.backoffice.demo.artwork.look import Look
from shop.backoffice.demo.artwork.stage import (
    MOODS,
    SIZE,
    UNIT,
    Shape,
    blank,
    lay,
    lit,
    mask,
    rectangle,
    shadow,
    textured,
    turned,
    wall,
)


@lru_cache(maxsize=24)
def pillow(x: float, y: float, width: float, height: float) -> Shape:
    """Return the outline of a filled cushion: pointed corners, sides drawn in a little."""
    points = []
    for side in range(4):
        for n in range(24):
            t = n / 24
            inset = 0.05 * 4 * t * (1 - t) + 0.006 * math.sin(3 * math.pi * t + side)
            along = -0.5 + t
            u, v = ((along, -0.5 + inset), (0.5 - inset, along), (-along, 0.5 - inset), (-0.5 + inset, -along))[side]
            points.append((x + width * (0.5 + u), y + height * (0.5 + v)))
    return tuple(points)


def pillow_light(u: float, v: float) -> float:
    """A filled cushion: bright at the upper left, dark towards the seams, with soft dents that run to the corners."""
    x, y = 2 * u - 1, 2 * v - 1
    edge = max(abs(x), abs(y))
    fall = -0.5 * math.pow(max(0.0, edge - 0.5), 1.6)
    slope = -0.16 * x - 0.26 * y
    dent = -0.16 * math.exp(-(((abs(x) - abs(y)) / 0.13) ** 2)) * max(0.0, min(abs(x), abs(y)) - 0.45) * 2
    swell = 0.26 * math.exp(-((x + 0.22) ** 2 + (y + 0.3) ** 2) / 0.42)
    return -0.06 + fall * 1.3 + slope * (0.5 + 0.3 * edge) + dent + swell


def place_cushion(picture: Image.Image, look: Look, box: tuple[float, float, float, float], turn: float = 0) -> None:
    x, y, width, height = box
    shape = pillow(*box)
    if turn:
        shape = turned(shape, turn, (x + width / 2, y + height))
    shadow(picture, shape, dx=34, dy=14, blur=34, strength=0.42)
    cloth = warp.bent(look.cloth(mask(shape).size), warp.bulge, across=14, down=14)
    lay(picture, shape, textured(lit(cloth, pillow_light), "linen"))


@lru_cache(maxsize=1)
def _sofa(mood: str) -> Image.Image:
    picture = wall(mood)
    colours = MOODS[mood]
    fabric = mix(colours.clay, colours.wall, 0.35)
    back = rectangle(-60, 560, 1120, 520, 70)
    shadow(picture, back, dx=0, dy=-18, blur=30, strength=0.25)
    lay(picture, back, textured(lit(blank(back, fabric), back_light), "wool"))
    seat = rectangle(-60, 968, 1120, 400, 46)
    shadow(picture, seat, dy=-20, blur=20, strength=0.5)
    lay(picture, seat, textured(lit(blank(seat, lighter(fabric, 0.06)), seat_light), "wool"))
    return picture


def back_light(u: float, v: float) -> float:
    return 0.22 - 0.5 * math.pow(v, 0.7) - 0.1 * u


def seat_light(u: float, v: float) -> float:
    return 0.2 - 0.75 * max(0.0, v - 0.1) - 0.1 * u - (0.3 if v < 0.012 else 0)


def cushion(look: Look) -> Image.Image:
    """One cushion on a sofa."""
    picture = _sofa(look.mood).copy()
    shadow(picture, rectangle(190, 968, 660, 44, 20), dx=10, blur=20, strength=0.55)
    place_cushion(picture, look, (150, 290, 700, 710))
    return picture


def cushion_pair(look: Look) -> Image.Image:
    """A cushion and its twin, one leaning on the other."""
    picture = _sofa(look.mood).copy()
    shadow(picture, rectangle(120, 960, 780, 44, 20), dx=10, blur=20, strength=0.5)
    place_cushion(picture, look.twin, (50, 340, 580, 620), -3)
    place_cushion(picture, look, (360, 430, 580, 580), 5)
    return picture


def fold_light(u: float, v: float) -> float:
    """One layer of a folded cloth, seen from its side: round above and below."""
    return 0.2 - 1.3 * math.pow(abs(v - 0.34), 1.7) - 0.1 * u


def folded(look: Look) -> Image.Image:
    """A pile of folded cloth on a stool."""
    picture = _bare(look.mood).copy()
    props.stool(picture, look.mood, 500, 830, 640)
    foot = 836.0
    for n, (layer, height) in enumerate(((look.twin, 92), (look.twin, 84), (look, 112), (look, 106), (look, 112))):
        foot -= height
        x, width = 232 + (7, -6, 4, -4, 2)[n], 536 + (4, -8, 6, -2, 0)[n]
        slab = rectangle(x, foot, width, height, height * 0.3)
        shadow(picture, slab, dx=10, dy=8, blur=9, strength=0.38)
        cloth = warp.bent(layer.cloth(mask(slab).size), warp.lying, across=2, down=10)
        lay(picture, slab, textured(lit(cloth, fold_light), "linen"))
    return picture


@lru_cache(maxsize=1)
def _bare(mood: str) -> Image.Image:
    picture = wall(mood)
    props.floor(picture, mood, 1060)
    return picture


def drape_light(u: float, v: float) -> float:
    """Cloth thrown down: two long folds across the picture and a small one."""
    first, second = u + 0.55 * v - 0.62, u + 0.4 * v - 1.12
    small = u - 0.9 * v + 0.28
    return 0.06 + _fold(first, 0.1, 0.42) + _fold(second, 0.08, 0.3) + _fold(small, 0.07, 0.16) - 0.12 * u * v


def _fold(distance: float, width: float, depth: float) -> float:
    """Light across one fold: bright on the side of the window, dark behind it."""
    t = distance / width
    return -depth * t * math.exp(-t * t)


def closeup(look: Look) -> Image.Image:
    """The cloth from close by, with its folds and its weave."""
    return textured(lit(look.cloth(SIZE, 1.7), drape_light), "linen")


def silk_light(u: float, v: float) -> float:
    wave = math.sin(5.2 * v + 3 * u) * 0.12 + math.sin(4.4 * u - 2 * v + 1) * 0.1
    return 0.04 + wave + 0.16 * max(0.0, wave - 0.1) * 8 * 0.3 - 0.1 * u * v


def bordered(look: Look, size: tuple[int, int], band: float, zoom: float = 1.0) -> Image.Image:
    """Return cloth with a border of `band` units in the strongest colours."""
    palette, edge = look.palette, round(band * UNIT)
    cloth = Image.new("RGB", size, palette[0])
    for inset, colour in ((0.32, palette.ground), (0.42, palette[1]), (0.84, palette.ground)):
        step = round(edge * inset)
        cloth.paste(colour, (step, step, size[0] - step, size[1] - step))
    inner = (size[0] - 2 * edge, size[1] - 2 * edge)
    cloth.paste(look.cloth(inner, zoom), (edge, edge))
    return cloth


def rotated(picture: Image.Image, surface: Image.Image, centre: tuple[float, float], turn: float) -> None:
    """Lay a rectangular surface down, turned by `turn` degrees anticlockwise, smooth at its edges."""
    cut = Image.new("L", surface.size)
    cut.paste(
        255, (2, 2, surface.width - 2, surface.height - 2)
    )  # an empty rim, so that the edge is smoothed when turned
    turned_surface = surface.rotate(turn, Image.Resampling.BICUBIC, expand=True)
    turned_cut = cut.rotate(turn, Image.Resampling.BICUBIC, expand=True)
    corner = round(centre[0] * UNIT - turned_surface.width / 2), round(centre[1] * UNIT - turned_surface.height / 2)
    picture.paste(turned_surface, corner, turned_cut)


def scarf(look: Look) -> Image.Image:
    """A silk square laid out on a table."""
    picture = props.table(look.mood).copy()
    outline = turned(rectangle(110, 235, 780, 780), -8, (500, 625))
    shadow(picture, outline, dx=8, dy=12, blur=10, strength=0.4)
    shadow(picture, outline, dx=14, dy=26, blur=36, strength=0.25)
    side = round(780 * UNIT)
    cloth = warp.bent(bordered(look, (side, side), 66), _wavy, across=16, down=16)
    rotated(picture, lit(cloth, silk_light), (500, 625), 8)
    return picture


def _wavy(u: float, v: float) -> tuple[float, float]:
    """Ripples that keep the hem where it is."""
    rest = 16 * u * (1 - u) * v * (1 - v)
    x, y = warp.ripples(u, v)
    return u + (x - u) * rest, v + (y - v) * rest
