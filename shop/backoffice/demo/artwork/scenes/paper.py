"""Paper: notebooks, wrapping paper, cards, and the sheet from close by."""

import math

from PIL import Image

from shop.backoffice.demo.artwork import props, warp
from shop.backoffice.demo.artwork.colour import Colour, darker, lighter
from shop.backoffice.demo.artwork.look import Look
from shop.backoffice.demo.artwork.scenes.soft import rotated
from shop.backoffice.demo.artwork.scenes.walls import roll_light
from shop.backoffice.demo.artwork.stage import (
    MOODS,
    SIZE,
    UNIT,
    Shape,
    ellipse,
    lay,
    lit,
    mask,
    paint,
    rectangle,
    shadow,
    textured,
    turned,
)

PAGES: Colour = (244, 238, 225)


def cover_light(u: float, v: float) -> float:
    """A bound cover: a groove beside the spine, rounding at the spine itself."""
    groove = -0.4 * math.exp(-(((u - 0.115) / 0.012) ** 2)) + 0.16 * math.exp(-(((u - 0.14) / 0.016) ** 2))
    spine = -0.5 * max(0.0, 0.05 - u) * 12 * 0.6
    return 0.08 + groove + spine - 0.14 * (0.6 * u + 0.4 * v)


def cover(look: Look, width: float, height: float) -> Image.Image:
    """Return the front of a notebook: cloth spine, printed paper, an elastic band, an empty label."""
    surface = look.swatch(width, height)
    strong = look.palette[0]
    surface.paste(strong, (0, 0, round(width * 0.115 * UNIT), surface.height))
    label = rectangle(width * 0.36, height * 0.2, width * 0.42, height * 0.15, 4)
    shadow(surface, label, dx=1, dy=2, blur=3, strength=0.4)
    paint(surface, label, lighter(PAGES, 0.4))
    paint(surface, rectangle(width * 0.4, height * 0.283, width * 0.34, 2), darker(PAGES, 0.3))
    surface = lit(surface, cover_light, 96)
    band = rectangle(width * 0.89, 0, 13, height)
    shadow(surface, band, dx=4, blur=4, strength=0.5)
    paint(surface, band, darker(strong, 0.3))
    return textured(surface, "paper")


def lay_notebook(
    picture: Image.Image, look: Look, centre: tuple[float, float], size: tuple[float, float], turn: float
) -> None:
    """Put a notebook of (width, height) on the table, turned by `turn` degrees anticlockwise."""
    (x, y), (width, height) = centre, size
    block = turned(rectangle(x - width / 2, y - height / 2, width, height), -turn, centre)
    shadow(picture, block, dx=20, dy=26, blur=24, strength=0.42)
    for n in range(5, 0, -1):
        leaf = turned(
            rectangle(x - width / 2 + n * 2.4, y - height / 2 + n * 2.6, width - 5, height - 5), -turn, centre
        )
        paint(picture, leaf, darker(PAGES, 0.04 + 0.1 * (n % 2)) if n < 5 else darker(look.palette[0], 0.25))
    rotated(picture, cover(look, width, height), centre, turn)


def notebook(look: Look) -> Image.Image:
    picture = props.table(look.mood).copy()
    lay_notebook(picture, look, (470, 630), (580, 800), 5)
    _pencil(picture, look)
    return picture


def _pencil(picture: Image.Image, look: Look) -> None:
    about = (890.0, 640.0)
    body = turned(rectangle(878, 330, 22, 560, 3), -7, about)
    tip = turned(((878, 890), (900, 890), (889, 940)), -7, about)
    shadow(picture, body, dx=8, dy=10, blur=7, strength=0.45)
    lay(picture, body, lit(Image.new("RGB", mask(body).size, look.palette[1]), props.round_body))
    paint(picture, tip, (222, 188, 142))
    paint(picture, turned(((885, 922), (893, 922), (889, 940)), -7, about), (60, 54, 50))


def notebooks(look: Look) -> Image.Image:
    """Three notebooks fanned out."""
    picture = props.table(look.mood).copy()
    lay_notebook(picture, look.twin, (590, 520), (470, 650), -16)
    lay_notebook(picture, look, (420, 690), (470, 650), 7)
    return picture


def gift(look: Look) -> Image.Image:
    """Two wrapped boxes with ribbon, from above."""
    picture = props.table(look.mood).copy()
    _box(picture, look.twin, (690, 330), (420, 330), -14)
    _box(picture, look, (450, 740), (620, 640), 6)
    return picture


def wrapped_light(u: float, v: float) -> float:
    edge = min(u, v, 1 - u, 1 - v)
    side = -0.3 if max(1 - u, 0) < 0.02 or 1 - v < 0.02 else 0.26 if edge < 0.016 else 0.0
    return 0.06 + side - 0.1 * (u + v - 1)


def _box(picture: Image.Image, look: Look, centre: tuple[float, float], size: tuple[float, float], turn: float) -> None:
    (x, y), (width, height) = centre, size
    outline = turned(rectangle(x - width / 2, y - height / 2, width, height), -turn, centre)
    shadow(picture, outline, dx=34, dy=44, blur=40, strength=0.45)
    shadow(picture, outline, dx=8, dy=10, blur=8, strength=0.3)
    surface = lit(look.swatch(width, height), wrapped_light, 96)
    ribbon = look.palette[1] if not look.palette.is_dark else look.palette[0]
    for band in (rectangle(width * 0.5 - 19, 0, 38, height), rectangle(0, height * 0.45, width, 38)):
        shadow(surface, band, dx=3, dy=3, blur=5, strength=0.4)
        paint(surface, band, ribbon)
    _bow(surface, (width * 0.5, height * 0.45 + 19), ribbon)
    rotated(picture, textured(surface, "paper"), centre, turn)


def _bow(surface: Image.Image, knot: tuple[float, float], colour: Colour) -> None:
    x, y = knot
    for side in (-1, 1):
        tail = ((x, y), (x + side * 56, y + 128), (x + side * 88, y + 110), (x + side * 16, y - 6))
        shadow(surface, tail, dx=6, dy=8, blur=7, strength=0.35)
        paint(surface, tail, darker(colour, 0.12))
        loop = turned(ellipse(x + side * 76, y - 30, 82, 42), side * -24, (x + side * 76, y - 30))
        shadow(surface, loop, dx=8, dy=10, blur=8, strength=0.4)
        paint(surface, loop, colour)
        paint(
            surface,
            turned(ellipse(x + side * 82, y - 32, 50, 19), side * -24, (x + side * 82, y - 32)),
            darker(colour, 0.32),
        )
    paint(surface, rectangle(x - 25, y - 27, 50, 54, 14), lighter(colour, 0.1))


def rolls(look: Look) -> Image.Image:
    """Three rolls of wrapping paper side by side."""
    picture = props.table(look.mood).copy()
    for each, x in ((look.twin, 260), (look, 500), (look.twin, 740)):
        outline = turned(rectangle(x - 88, 120, 176, 1010), 9, (x, 625))
        shadow(picture, outline, dx=24, dy=22, blur=22, strength=0.45)
        lying = warp.bent(each.swatch(1010, 176), warp.lying, across=2, down=16)
        surface = lit(lying, roll_light).transpose(Image.Transpose.ROTATE_90)
        band = rectangle(0, 470, 176, 92)
        paint(surface, band, lighter(PAGES, 0.3))
        surface = lit(surface, props.round_body)
        rotated(picture, surface, (x, 625), -9)
    return picture


def cards(look: Look) -> Image.Image:
    """A folded card on its envelope, and a second one in the other colourway."""
    picture = props.table(look.mood).copy()
    _envelope(picture, look, (560, 800), (620, 440), -6)
    _card(picture, look.twin, (640, 400), (400, 560), -9)
    _card(picture, look, (370, 610), (430, 600), 6)
    return picture


def _envelope(
    picture: Image.Image, look: Look, centre: tuple[float, float], size: tuple[float, float], turn: float
) -> None:
    (x, y), (width, height) = centre, size
    shadow(
        picture,
        turned(rectangle(x - width / 2, y - height / 2, width, height), -turn, centre),
        dx=8,
        dy=12,
        blur=12,
        strength=0.35,
    )
    surface = Image.new("RGB", (round(width * UNIT), round(height * UNIT)), look.palette[2])
    flap: Shape = ((0, 0), (width, 0), (width / 2, height * 0.56))
    shadow(surface, flap, dy=5, blur=6, strength=0.4)
    paint(surface, flap, lighter(look.palette[2], 0.08))
    rotated(picture, textured(surface, "paper"), centre, turn)


def _card(
    picture: Image.Image, look: Look, centre: tuple[float, float], size: tuple[float, float], turn: float
) -> None:
    (x, y), (width, height) = centre, size
    outline = turned(rectangle(x - width / 2, y - height / 2, width, height), -turn, centre)
    shadow(picture, outline, dx=10, dy=14, blur=14, strength=0.4)
    surface = Image.new("RGB", (round(width * UNIT), round(height * UNIT)), lighter(PAGES, 0.5))
    edge = round(26 * UNIT)
    surface.paste(look.cloth((surface.width - 2 * edge, surface.height - 2 * edge)), (edge, edge))
    rotated(picture, textured(lit(surface, card_light), "paper"), centre, turn)


def card_light(u: float, v: float) -> float:
    return 0.06 - 0.12 * (0.6 * u + 0.4 * v) - (0.3 if u < 0.01 else 0.0)


def sheet(look: Look) -> Image.Image:
    """The printed sheet from close by, lying on another; one corner shows the paper's white edge."""
    picture = textured(lit(look.cloth(SIZE, 1.7), sheet_glow), "paper")
    corner: Shape = ((1000, 830), (1000, 1250), (560, 1250))
    under: Shape = ((1000, 872), (1000, 1250), (604, 1250))
    paint(picture, corner, (251, 249, 244))
    shadow(picture, under, dx=-6, dy=-6, blur=9, strength=0.3)
    lay(picture, under, lit(Image.new("RGB", mask(under).size, MOODS[look.mood].clay), card_light))
    return picture


def sheet_glow(u: float, v: float) -> float:
    return 0.16 - 0.3 * math.pow(0.6 * u + 0.5 * v, 1.3)
