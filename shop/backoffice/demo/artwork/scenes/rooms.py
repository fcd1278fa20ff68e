"""Rugs, seen standing in the room and from above."""

from functools import lru_cache

from PIL import Image

from shop.backoffice.demo.artwork import props, warp
from shop.backoffice.demo.artwork.colour import Colour, darker, lighter, mix
from shop.backoffice.demo.artwork.look import Look
from shop.backoffice.demo.artwork.scenes.soft import bordered
from shop.backoffice.demo.artwork.stage import (
    MOODS,
    SIZE,
    UNIT,
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

NEAR, FAR = 1160.0, 720.0  # where the rug ends and begins
CORNERS = ((236.0, FAR), (764.0, FAR), (930.0, NEAR), (70.0, NEAR))


@lru_cache(maxsize=1)
def _room(mood: str) -> Image.Image:
    picture = wall(mood)
    colours = MOODS[mood]
    props.floor(picture, mood, 640)
    _lamp(picture, colours.clay)
    shadow(picture, CORNERS, dx=4, dy=9, blur=9, strength=0.5)
    return picture


def _lamp(picture: Image.Image, colour: Colour) -> None:
    """A floor lamp with a paper shade."""
    shadow(picture, ellipse(158, 700, 92, 16), dx=14, blur=14, strength=0.4)
    paint(picture, ellipse(150, 690, 66, 13), (58, 52, 48))
    paint(picture, rectangle(147, 250, 7, 440), (58, 52, 48))
    shade = ((92, 130), (208, 130), (252, 290), (48, 290))
    shadow(picture, shade, dx=22, dy=18, blur=26, strength=0.24)
    lay(picture, shade, lit(blank(shade, lighter(colour, 0.68)), props.round_body))


def floor_light(u: float, v: float) -> float:
    return 0.1 - 0.22 * u - 0.1 * (1 - v)


def rug(look: Look) -> Image.Image:
    """A rug on floorboards with an armchair behind it."""
    picture = _room(look.mood).copy()
    size = round(900 * UNIT), round(1000 * UNIT)
    cloth = textured(bordered(look, size, 46, 1.12), "wool")
    corners = [(x * UNIT, y * UNIT) for x, y in CORNERS]
    flat = warp.perspective(cloth, corners, SIZE)
    left, top, right, bottom = 0, round(FAR * UNIT), SIZE[0], round(NEAR * UNIT)
    region = lit(flat.crop((left, top, right, bottom)), floor_light)
    picture.paste(region, (left, top), _rug_mask().crop((left, top, right, bottom)))
    _near_fringe(picture, look)
    picture.paste(*_armchair(look.mood))
    return picture


@lru_cache(maxsize=1)
def _rug_mask() -> Image.Image:
    full = Image.new("L", SIZE)
    full.paste(mask(CORNERS), (round(CORNERS[3][0] * UNIT), round(FAR * UNIT)))
    return full


def _near_fringe(picture: Image.Image, look: Look) -> None:
    colour = mix(look.palette.ground if not look.palette.is_dark else look.palette[3], (222, 210, 188), 0.5)
    for n in range(86):
        x = 72 + n * 10
        lean = (x - 500) * 0.04
        paint(
            picture,
            ((x, NEAR - 1), (x + 5, NEAR - 1), (x + 4 + lean, NEAR + 26), (x + lean, NEAR + 26)),
            darker(colour, 0.07 * (n % 3)),
        )


@lru_cache(maxsize=1)
def _armchair(mood: str) -> tuple[Image.Image, tuple[int, int], Image.Image]:
    """Return a small upholstered chair as (picture, corner, mask)."""
    fabric = mix(MOODS[mood].clay, MOODS[mood].wall, 0.12)
    layer, cut = Image.new("RGB", SIZE, fabric), Image.new("L", SIZE)
    for leg in (rectangle(610, 700, 14, 86), rectangle(876, 700, 14, 86)):
        paint(layer, leg, (74, 56, 44))
        cut.paste(255, (round(leg[0][0] * UNIT), round(leg[0][1] * UNIT)), mask(leg))
    parts = (
        rectangle(606, 320, 292, 340, 70),
        rectangle(580, 586, 344, 130, 34),
        rectangle(562, 506, 66, 214, 30),
        rectangle(876, 506, 66, 214, 30),
    )
    for part in parts:
        corner = round(min(x for x, _ in part) * UNIT), round(min(y for _, y in part) * UNIT)
        shadow(layer, part, dx=0, dy=-6, blur=10, strength=0.4)
        lay(layer, part, textured(lit(blank(part, fabric), props.round_body), "wool"))
        cut.paste(255, corner, mask(part))
    return layer, (0, 0), cut


@lru_cache(maxsize=1)
def _boards(mood: str) -> Image.Image:
    colours = MOODS[mood]
    picture = Image.new("RGB", SIZE)
    props.timber(picture, rectangle(0, 0, 1000, 1250), mix(colours.timber, colours.floor, 0.5), 7)
    for y in range(0, 1250, 156):
        paint(picture, rectangle(0, y, 1000, 2.4), darker(colours.timber, 0.3))
        paint(picture, rectangle((y * 7) % 900 + 40, y, 2.4, 156), darker(colours.timber, 0.3))
    return lit(picture, props.top_light)


def rug_above(look: Look) -> Image.Image:
    """The whole rug from above, fringe at both ends."""
    picture = _boards(look.mood).copy()
    body = rectangle(170, 150, 660, 950)
    shadow(picture, body, dx=7, dy=10, blur=10, strength=0.5)
    colour = mix(look.palette.ground if not look.palette.is_dark else look.palette[3], (222, 210, 188), 0.5)
    for n in range(66):
        for y in (118, 1096):
            strand = (
                (172 + n * 10, y),
                (177 + n * 10, y),
                (177 + n * 10 + n % 3 - 1, y + 36),
                (172 + n * 10 + n % 2, y + 36),
            )
            paint(picture, strand, darker(colour, 0.07 * (n % 3)))
    cloth = textured(bordered(look, mask(body).size, 52), "wool")
    lay(picture, body, lit(cloth, props.top_light))
    return picture
