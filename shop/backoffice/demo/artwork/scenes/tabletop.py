"""Ceramics on a table: plates, bowls, mugs, coasters."""

import math
from functools import lru_cache

from PIL import Image

from shop.backoffice.demo.artwork import props, warp
from shop.backoffice.demo.artwork.colour import Colour, darker, lighter, mix
from shop.backoffice.demo.artwork.look import Look
from shop.backoffice.demo.artwork.scenes.soft import rotated
from shop.backoffice.demo.artwork.stage import (
    MOODS,
    SIZE,
    blank,
    ellipse,
    lay,
    lit,
    mask,
    paint,
    rectangle,
    shadow,
    textured,
    wall,
)

STEEL: Colour = (188, 184, 176)


def plate_light(u: float, v: float) -> float:
    """A plate with a sloping rim: bright where it faces the window; the well is flat, the glaze shines at one place."""
    x, y = 2 * u - 1, 2 * v - 1
    far = math.hypot(x, y)
    toward = -(0.7 * x + 0.7 * y) / max(far, 0.05)
    step = -0.26 * toward * math.exp(-(((far - 0.71) / 0.045) ** 2))
    rim = step + 0.2 * toward * max(0.0, (far - 0.8) / 0.2) ** 3 + 0.06 * (far > 0.74)
    gloss = 0.36 * math.exp(-(((x + 0.36) / 0.2) ** 2 + ((y + 0.5) / 0.07) ** 2))
    return 0.03 + rim + gloss - 0.06 * (x + y)


def bowl_light(u: float, v: float) -> float:
    """A bowl from above: the wall near the window is in shade, the far wall is lit."""
    x, y = 2 * u - 1, 2 * v - 1
    far = math.hypot(x, y)
    slope = 0.42 * (x * 0.6 + y * 0.75) * min(1.0, far * 1.3)
    edge = 0.3 * max(0.0, min(1.0, (far - 0.93) / 0.03))
    return -0.1 + slope + edge + 0.3 * math.exp(-(((x - 0.42) / 0.1) ** 2 + ((y - 0.5) / 0.16) ** 2))


@lru_cache(maxsize=1)
def _table(mood: str) -> Image.Image:
    return textured(props.table(mood), "linen")


def disc(picture: Image.Image, surface: Image.Image, centre: tuple[float, float], radius: float) -> None:
    """Set a round piece down on the table."""
    shape = ellipse(*centre, radius)
    shadow(picture, shape, dx=radius * 0.07, dy=radius * 0.1, blur=radius * 0.09, strength=0.42)
    shadow(picture, shape, dx=4, dy=6, blur=5, strength=0.4)
    lay(picture, shape, surface)


def _size(radius: float) -> tuple[int, int]:
    return mask(ellipse(500, 500, radius)).size


def decorated(look: Look, radius: float, zoom: float = 1.0) -> Image.Image:
    return lit(look.cloth(_size(radius), zoom), plate_light, 96)


def rim_only(look: Look, radius: float) -> Image.Image:
    """Return a plate whose rim carries the pattern around a plain well."""
    size = _size(radius)
    plate = look.cloth(size)
    middle = radius, radius
    for share, colour in ((0.71, look.palette[0]), (0.695, lighter(look.palette.ground, 0.4))):
        paint(plate, ellipse(*middle, radius * share), colour)
    return lit(plate, plate_light, 96)


def napkin(picture: Image.Image, look: Look, centre: tuple[float, float], turn: float) -> None:
    """A folded napkin in one of the plate's colours."""
    cloth = rectangle(0, 0, 190, 560)
    surface = textured(lit(blank(cloth, mix(look.palette[2], look.palette.ground, 0.3)), napkin_light), "linen")
    shadow(picture, rectangle(centre[0] - 80, centre[1] - 265, 170, 545), dx=6, dy=8, blur=14, strength=0.4)
    rotated(picture, surface, centre, turn)


def napkin_light(u: float, v: float) -> float:
    return 0.1 - 0.12 * u + (-0.22 if 0.47 < u < 0.5 else 0.0) + (0.14 if 0.5 < u < 0.53 else 0.0)


def cutlery(picture: Image.Image, x: float, y: float) -> None:
    """A knife and a fork beside each other."""
    knife = (
        (x, y),
        (x + 9, y - 60),
        (x + 20, y - 240),
        (x + 22, y + 40),
        (x + 18, y + 300),
        (x + 4, y + 300),
        (x + 3, y + 60),
    )
    shadow(picture, knife, dx=4, dy=6, blur=4, strength=0.4)
    lay(picture, knife, lit(blank(knife, STEEL), props.round_body))


def plate(look: Look) -> Image.Image:
    """A decorated plate on linen, a smaller twin in the corner."""
    picture = _table(look.mood).copy()
    napkin(picture, look, (175, 690), 4)
    disc(picture, decorated(look.twin, 230), (880, 190), 230)
    disc(picture, decorated(look, 390), (500, 660), 390)
    return picture


def rimmed(look: Look) -> Image.Image:
    """A plate with a decorated rim, and a knife."""
    picture = _table(look.mood).copy()
    napkin(picture, look, (870, 640), -3)
    cutlery(picture, 856, 620)
    disc(picture, rim_only(look, 370), (430, 640), 370)
    disc(picture, decorated(look, 190, 0.8), (430, 640), 190)
    return picture


def setting(look: Look) -> Image.Image:
    """Three plates of three sizes."""
    picture = _table(look.mood).copy()
    disc(picture, rim_only(look, 350), (350, 400), 350)
    disc(picture, decorated(look.twin, 250), (740, 780), 250)
    disc(picture, decorated(look, 190), (320, 960), 190)
    return picture


def bowls(look: Look) -> Image.Image:
    """Two bowls from above."""
    picture = _table(look.mood).copy()
    napkin(picture, look, (850, 900), 12)
    for each, centre, radius in ((look.twin, (720, 320), 220), (look, (430, 740), 335)):
        disc(picture, lit(each.cloth(_size(radius)), bowl_light, 96), centre, radius)
        _well(picture, each, centre, radius)
    return picture


def _well(picture: Image.Image, look: Look, centre: tuple[float, float], radius: float) -> None:
    """The plain bottom of a bowl."""
    well = ellipse(centre[0] + radius * 0.01, centre[1] + radius * 0.02, radius * 0.46)
    lay(picture, well, lit(blank(well, lighter(look.palette.ground, 0.15)), bowl_light, 96))


def mug(look: Look) -> Image.Image:
    """A mug on a shelf, its twin behind."""
    picture = _shelf(look.mood).copy()
    _mug(picture, look.twin, 560, 905, 300)
    _mug(picture, look, 150, 1040, 420)
    return picture


@lru_cache(maxsize=1)
def _shelf(mood: str) -> Image.Image:
    picture = wall(mood)
    top = rectangle(0, 850, 1000, 400)
    shadow(picture, rectangle(-40, 836, 1080, 30), dy=-6, blur=22, strength=0.25)
    lay(picture, top, lit(blank(top, mix(MOODS[mood].floor, (255, 255, 255), 0.25)), props.top_light))
    return picture


def _mug(picture: Image.Image, look: Look, x: float, foot: float, width: float) -> None:
    height = width * 1.08
    glaze = lighter(look.palette.ground, 0.3) if not look.palette.is_dark else look.palette[3]
    shadow(picture, ellipse(x + width * 0.62, foot - 6, width * 0.6, width * 0.09), blur=16, strength=0.5)
    ear = ellipse(x + width, foot - height * 0.52, width * 0.25, width * 0.29)
    hole = ellipse(x + width, foot - height * 0.52, width * 0.165, width * 0.205)
    handle = (*ear, ear[0], hole[0], *reversed(hole))
    shadow(picture, handle, dx=14, dy=12, blur=9, strength=0.3)
    lay(picture, handle, lit(blank(handle, darker(glaze, 0.05)), props.round_body))
    body = _cup(x, foot, width, height)
    lay(picture, body, lit(warp.bent(look.cloth(mask(body).size), warp.cylinder, across=24, down=6), props.round_body))
    lip = ellipse(x + width / 2, foot - height, width / 2, width * 0.085)
    paint(picture, lip, glaze)
    inner = ellipse(x + width / 2, foot - height + 2, width * 0.47, width * 0.07)
    lay(picture, inner, lit(blank(inner, darker(glaze, 0.25)), inside_light))


def inside_light(u: float, v: float) -> float:
    return -0.1 + 0.4 * (u - 0.4) + 0.2 * v


def _cup(x: float, foot: float, width: float, height: float) -> tuple[tuple[float, float], ...]:
    half = [math.pi * n / 30 for n in range(31)]
    bottom = [
        (x + width / 2 + width / 2 * 0.97 * math.cos(a), foot - width * 0.03 + width * 0.075 * math.sin(a))
        for a in half
    ]
    return ((x, foot - height), (x + width, foot - height), *bottom)


def glazed(look: Look) -> Image.Image:
    """The decoration from close by, under its glaze."""
    return lit(look.cloth(SIZE, 1.7), gloss)


def gloss(u: float, v: float) -> float:
    """A window mirrored in a curved surface."""
    pane = math.exp(-(((u - 0.24) / 0.09) ** 4)) * math.exp(-(((v - 0.3) / 0.16) ** 4))
    return 0.1 - 0.34 * math.pow(0.6 * u + 0.5 * v, 1.6) + 0.22 * pane


def coasters(look: Look) -> Image.Image:
    """Four coasters, one under a glass of tea."""
    picture = _table(look.mood).copy()
    for each, x, y in ((look, 270, 360), (look.twin, 722, 410), (look.twin, 282, 830), (look, 730, 880)):
        shape = ellipse(x, y, 212)
        shadow(picture, shape, dx=8, dy=11, blur=9, strength=0.45)
        paint(picture, ellipse(x + 2, y + 6, 212), darker(MOODS[look.mood].timber, 0.25))
        lay(picture, shape, lit(each.cloth(mask(shape).size), cork_light, 64))
    return picture


def cork_light(u: float, v: float) -> float:
    far = math.hypot(2 * u - 1, 2 * v - 1)
    return 0.06 - 0.1 * (u + v - 1) + 0.12 * (1 - u - v) * max(0.0, min(1.0, (far - 0.94) / 0.04))
