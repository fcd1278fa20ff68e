"""Things on walls: framed prints, tiles, wallpaper."""

import math
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw

from shop.backoffice.demo.artwork import props, warp
from shop.backoffice.demo.artwork.colour import Colour, darker, lighter, mix
from shop.backoffice.demo.artwork.look import Look
from shop.backoffice.demo.artwork.stage import (
    MOODS,
    SIZE,
    UNIT,
    blank,
    ellipse,
    glow,
    lay,
    light,
    lit,
    mask,
    moved,
    paint,
    rectangle,
    shadow,
    textured,
    wall,
)

MAT: Colour = (250, 247, 241)
OAK: Colour = (198, 160, 112)
BLACK_STAIN: Colour = (47, 43, 41)


def paper_light(u: float, v: float) -> float:
    return 0.07 - 0.15 * (0.6 * u + 0.4 * v)


def glass_light(u: float, v: float) -> float:
    """Glass in front of a print: a faint slanting reflection."""
    band = u + 0.6 * v
    return paper_light(u, v) + (0.07 if 0.42 < band < 0.72 else 0.0) + (0.04 if 0.78 < band < 0.84 else 0.0)


def frame(
    picture: Image.Image, look: Look, box: tuple[float, float, float, float], *, mat: float = 0, stain: Colour = OAK
) -> None:
    """Hang a frame of (x, y, width, height); with `mat` units of card around the print."""
    x, y, width, height = box
    outer = rectangle(x, y, width, height)
    shadow(picture, outer, dx=26, dy=34, blur=30, strength=0.34)
    shadow(picture, outer, dx=6, dy=8, blur=6, strength=0.3)
    props.timber(picture, outer, stain, 5)
    for side in (x, x + width - 17):
        props.timber(picture, rectangle(side, y, 17, height), stain, 5, upright=True)
    paint(picture, rectangle(x, y, width, 3), lighter(stain, 0.35))
    paint(picture, rectangle(x, y, 3, height), lighter(stain, 0.2))
    paint(picture, rectangle(x + width - 3, y, 3, height), darker(stain, 0.3))
    rim = 17
    inside = rectangle(x + rim, y + rim, width - 2 * rim, height - 2 * rim)
    paint(picture, inside, MAT)
    _print(
        picture, look, (x + rim + mat, y + rim + mat, width - 2 * (rim + mat), height - 2 * (rim + mat)), matted=mat > 0
    )
    _rebate(picture, (x + rim, y + rim, width - 2 * rim, height - 2 * rim))


def _print(picture: Image.Image, look: Look, box: tuple[float, float, float, float], *, matted: bool) -> None:
    x, y, width, height = box
    sheet = rectangle(*box)
    if matted:
        paint(picture, rectangle(x - 3, y - 3, width + 6, height + 6), darker(MAT, 0.13))
        paint(picture, rectangle(x - 2, y - 1, width + 4, height + 3), lighter(MAT, 0.8))
    lay(picture, sheet, lit(look.cloth(mask(sheet).size), glass_light))


def _rebate(picture: Image.Image, box: tuple[float, float, float, float]) -> None:
    """Darken the upper and left edge inside a frame, which stands proud of the print."""
    x, y, width, height = box
    region = tuple(round(v * UNIT) for v in (x, y, x + width, y + height))
    inner = picture.crop(region)  # type: ignore[arg-type]
    shadow(inner, rectangle(-20, -20, width + 40, 22), blur=7, strength=0.5)
    shadow(inner, rectangle(-20, -20, 22, height + 40), blur=7, strength=0.4)
    picture.paste(inner, region[:2])  # type: ignore[arg-type]


@lru_cache(maxsize=1)
def _print_room(mood: str) -> Image.Image:
    picture = wall(mood)
    props.console(picture, mood, 1092)
    colours = MOODS[mood]
    props.vase(picture, 828, 1096, 190, lighter(colours.clay, 0.25), branch=mix(colours.clay, (84, 96, 70), 0.8))
    props.books(picture, 128, 1096, (colours.clay, lighter(colours.timber, 0.4), darker(colours.clay, 0.3)))
    return picture


def framed(look: Look) -> Image.Image:
    picture = _print_room(look.mood).copy()
    stain = BLACK_STAIN if look.seed % 3 == 2 else OAK
    frame(picture, look, (215, 165, 570, 750), mat=58, stain=stain)
    return picture


@lru_cache(maxsize=1)
def _bare_room(mood: str) -> Image.Image:
    picture = wall(mood)
    props.floor(picture, mood, 1130)
    return picture


def hanger(look: Look) -> Image.Image:
    """An unframed sheet between two strips of oak, on a cord."""
    picture = _bare_room(look.mood).copy()
    sheet = rectangle(215, 225, 570, 760)
    shadow(picture, sheet, dx=18, dy=24, blur=24, strength=0.3)
    for side in (-1, 1):
        paint(
            picture,
            ((500 - 1.5, 92), (500 + 1.5, 92), (500 + side * 268 + 1.5, 216), (500 + side * 268 - 1.5, 216)),
            (120, 96, 74),
        )
    shadow(picture, ellipse(500, 92, 9), dx=5, dy=7, blur=4, strength=0.5)
    paint(picture, ellipse(500, 92, 8), (176, 142, 84))
    lay(picture, sheet, textured(lit(look.cloth(mask(sheet).size), curl_light), "paper"))
    for y in (208, 966):
        bar = rectangle(203, y, 594, 30, 3)
        shadow(picture, bar, dx=5, dy=9, blur=7, strength=0.4)
        props.timber(picture, bar, OAK, 6)
        paint(picture, rectangle(203, y, 594, 3), lighter(OAK, 0.4))
    return picture


def curl_light(u: float, v: float) -> float:
    """A sheet that is a little hollow across."""
    return 0.1 - 0.34 * math.pow(abs(u - 0.32), 1.5) - 0.06 * v


@lru_cache(maxsize=1)
def _ledge_room(mood: str) -> Image.Image:
    picture = wall(mood)
    shelf = rectangle(60, 1010, 880, 46)
    shadow(picture, shelf, dx=24, dy=46, blur=34, strength=0.4)
    props.timber(picture, shelf, MOODS[mood].timber, 4)
    paint(picture, rectangle(60, 1010, 880, 4), lighter(MOODS[mood].timber, 0.35))
    shadow(picture, rectangle(60, 1050, 880, 6), blur=4, strength=0.3)
    return picture


def ledge(look: Look) -> Image.Image:
    """A large print and its smaller twin, leaning on a picture ledge."""
    picture = _ledge_room(look.mood).copy()
    frame(picture, look, (130, 300, 520, 712), mat=52, stain=OAK)
    frame(picture, look.twin, (560, 572, 320, 440), mat=34, stain=BLACK_STAIN)
    props.vase(picture, 160, 1012, 120, MOODS[look.mood].clay)
    return picture


def glaze(u: float, v: float) -> float:
    """One glazed tile: bright upper left edge, dark lower right one, a soft sheen between."""
    edge = min(u, v, 1 - u, 1 - v)
    sheen = 0.1 * (1 - u - v)
    if edge < 0.035:
        return 0.3 if min(u, v) < 0.035 and min(1 - u, 1 - v) > 0.035 else -0.18
    return sheen


@lru_cache(maxsize=1)
def _tile_light(side: int, size: tuple[int, int]) -> Image.Image:
    """Return the light on a wall of tiles of `side` pixels; each leans a little differently."""
    one = light(glaze, (side, side), 40)
    full = Image.new("RGB", size)
    for column, x in enumerate(range(0, size[0], side)):
        for row, y in enumerate(range(0, size[1], side)):
            lean = (column * 7 + row * 11 + column * row * 3) % 5 * 4 - 8
            full.paste(one.point([max(0, min(255, v + lean)) for v in range(256)] * 3), (x, y))
    return full


def tiles(look: Look, size: tuple[int, int], across: int, zoom: float = 1.0) -> Image.Image:
    """Return a tiled surface of that many pixels: each tile holds `across` cells of the pattern in both directions."""
    side = round(look.cell(zoom) * UNIT * across)
    count = max(size) // side + 3
    face = look.cloth((side * count, side * count), zoom)
    start = face.width // 2 % side
    whole = face.crop((start, start, start + size[0], start + size[1]))
    whole = ImageChops.hard_light(whole, _tile_light(side, size))
    draw, grout = ImageDraw.Draw(whole), max(4, side // 34)
    for n in range(0, max(size) + side, side):
        draw.line([(n, 0), (n, size[1])], fill=(226, 220, 209), width=grout)
        draw.line([(0, n), (size[0], n)], fill=(226, 220, 209), width=grout)
    return whole


def room_light(u: float, v: float) -> float:
    return 0.16 - 0.36 * (0.62 * u + 0.38 * v)


CELLS = {
    "encaustic": 1,
    "lisbon": 1,
    "delft": 1,
    "khatam": 1,
    "petals": 2,
    "rosette": 1,
    "bauhaus": 1,
    "truchet": 2,
    "orbits": 1,
    "papercut": 1,
}


def tiled(look: Look) -> Image.Image:
    """A splashback: tiles above a wooden worktop."""
    picture = lit(tiles(look, SIZE, CELLS.get(look.family, 2)), room_light)
    colours = MOODS[look.mood]
    props.console(picture, look.mood, 1010)
    props.bowl(picture, 270, 1018, 260, lighter(colours.clay, 0.3))
    props.vase(picture, 800, 1018, 230, colours.clay, branch=(104, 116, 84))
    return picture


def tile_detail(look: Look) -> Image.Image:
    """A few tiles from close by."""
    across = CELLS.get(look.family, 2)
    return lit(tiles(look, SIZE, across, 520 / (look.cell() * across)), room_light)


def tile_set(look: Look) -> Image.Image:
    """Tiles laid out for choosing: three by three, the last one not yet in its place."""
    picture = props.table(look.mood).copy()
    across = CELLS.get(look.family, 2)
    side = look.cell() * across
    zoom = 268 / side
    pitch = round(268 * UNIT)
    face = look.cloth((pitch * 8, pitch * 8), zoom)
    for column in range(3):
        for row in range(4):
            last = column == 2 and row == 3
            place = rectangle(88 + column * 278, 76 + row * 278, 268, 268, 3)
            place = moved(place, 34, 26) if last else place
            shadow(picture, place, dx=7, dy=10, blur=8, strength=0.45)
            left, top = pitch * (1 + column), pitch * (1 + row)
            left, top = left + face.width // 2 % pitch, top + face.height // 2 % pitch
            tile = face.crop((left, top, left + pitch + 2, top + pitch + 2)).resize(mask(place).size)
            lay(picture, place, lit(tile, glaze))
    return picture


@lru_cache(maxsize=1)
def _skirting(mood: str) -> Image.Image:
    """Return what stands before a papered wall, and its mask: the wall is where the mask is black."""
    picture = wall(mood, window=False)
    props.floor(picture, mood, 1120)
    return picture


def papered(look: Look) -> Image.Image:
    """A papered wall above a skirting board, with a stool and a vase."""
    picture = _skirting(look.mood).copy()
    paper = rectangle(0, 0, 1000, 1058)
    lay(picture, paper, textured(lit(look.cloth(mask(paper).size), room_light), "paper"))
    for x in (-40, 250, 540):
        pane = ((x + 110, 60), (x + 330, 150), (x + 560, 900), (x + 340, 810))
        glow(picture, pane, (255, 247, 228), blur=12, strength=0.16)
    colours = MOODS[look.mood]
    props.stool(picture, look.mood, 690, 880, 280)
    props.vase(picture, 668, 886, 200, lighter(colours.clay, 0.35), branch=(92, 104, 76))
    return picture


def roll(look: Look) -> Image.Image:
    """A roll of wallpaper, the free end running towards us."""
    picture = props.table(look.mood).copy()
    sheet = rectangle(170, 380, 660, 900)
    shadow(picture, sheet, dx=14, dy=10, blur=14, strength=0.32)
    lay(picture, sheet, textured(lit(look.cloth(mask(sheet).size), sheet_light), "paper"))
    body = rectangle(162, 230, 676, 190, 6)
    shadow(picture, body, dx=24, dy=30, blur=26, strength=0.42)
    shadow(picture, rectangle(170, 410, 660, 26), blur=12, strength=0.5)
    lay(picture, body, lit(warp.bent(look.cloth(mask(body).size), warp.lying, across=2, down=20), roll_light))
    spare = rectangle(120, 110, 676, 96, 6)
    shadow(picture, spare, dx=14, dy=18, blur=16, strength=0.4)
    lay(picture, spare, lit(warp.bent(look.twin.cloth(mask(spare).size), warp.lying, across=2, down=16), roll_light))
    band = rectangle(420, 108, 76, 100, 2)
    lay(picture, band, lit(blank(band, MAT), roll_light))
    return picture


def sheet_light(u: float, v: float) -> float:
    return 0.1 - 0.5 * max(0.0, 0.12 - v) * 4 - 0.16 * u * v


def roll_light(u: float, v: float) -> float:
    """A cylinder that lies across, lit from above."""
    return 0.34 - 1.15 * math.pow(abs(v - 0.3), 1.35) - 0.08 * u
