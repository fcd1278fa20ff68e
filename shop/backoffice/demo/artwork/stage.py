"""Where pictures are composed: shapes, soft shadows, light and surfaces, in thousandths of the width.

What does not depend on a product's pattern (masks, shadows, light, rooms) is kept per process: sixty pictures need each
once.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from random import Random
from typing import TypeAlias

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from shop.backoffice.demo.artwork.colour import Colour, mix, parse
from shop.backoffice.demo.artwork.pen import Point

WIDTH, HEIGHT = 1000.0, 1250.0  # units
UNIT = 0.96  # pixels a unit: 960 is the widest rendition that pages show of such a picture
SIZE = round(WIDTH * UNIT), round(HEIGHT * UNIT)
SHADE: Colour = (46, 36, 32)  # shadows are warm
Shape: TypeAlias = tuple[Point, ...]
Light: TypeAlias = Callable[
    [float, float], float
]  # (0..1 across, 0..1 down) -> -1 (black) .. 0 (as it is) .. 1 (white)


def rectangle(x: float, y: float, width: float, height: float, radius: float = 0) -> Shape:
    if not radius:
        return (x, y), (x + width, y), (x + width, y + height), (x, y + height)
    corners = (
        (x + width - radius, y + height - radius),
        (x + radius, y + height - radius),
        (x + radius, y + radius),
        (x + width - radius, y + radius),
    )
    return tuple(
        (cx + radius * math.cos(math.radians(90 * n + a)), cy + radius * math.sin(math.radians(90 * n + a)))
        for n, (cx, cy) in enumerate(corners)
        for a in range(0, 91, 10)
    )


def ellipse(x: float, y: float, across: float, down: float | None = None) -> Shape:
    """Return an ellipse by its half axes."""
    down = across if down is None else down
    return tuple(
        (x + across * math.cos(math.tau * n / 120), y + down * math.sin(math.tau * n / 120)) for n in range(120)
    )


def moved(shape: Shape, dx: float, dy: float) -> Shape:
    return tuple((x + dx, y + dy) for x, y in shape)


def turned(shape: Shape, degrees: float, about: Point) -> Shape:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    ox, oy = about
    return tuple((ox + (x - ox) * cos - (y - oy) * sin, oy + (x - ox) * sin + (y - oy) * cos) for x, y in shape)


def box(shape: Shape) -> tuple[int, int, int, int]:
    """Return the pixels that a shape covers, as Pillow counts them."""
    xs, ys = [x * UNIT for x, _y in shape], [y * UNIT for _x, y in shape]
    return math.floor(min(xs)), math.floor(min(ys)), math.ceil(max(xs)), math.ceil(max(ys))


@lru_cache(maxsize=64)
def mask(shape: Shape) -> Image.Image:
    """Return the shape as a smooth-edged mask of the size of its box."""
    left, top, right, bottom = box(shape)
    drawn = Image.new("L", ((right - left) * 2, (bottom - top) * 2))
    ImageDraw.Draw(drawn).polygon([((x * UNIT - left) * 2, (y * UNIT - top) * 2) for x, y in shape], fill=255)
    return drawn.reduce(2)


@lru_cache(maxsize=64)
def _soft(shape: Shape, blur: float) -> tuple[Image.Image, tuple[int, int]]:
    """Return a blurred mask and the place of its corner. Blurring a quarter of the size costs a sixteenth."""
    left, top, right, bottom = box(shape)
    margin = math.ceil(blur * UNIT * 3)
    small = Image.new("L", ((right - left + 2 * margin) // 4 + 1, (bottom - top + 2 * margin) // 4 + 1))
    ImageDraw.Draw(small).polygon(
        [((x * UNIT - left + margin) / 4, (y * UNIT - top + margin) / 4) for x, y in shape], fill=255
    )
    small = small.filter(ImageFilter.GaussianBlur(blur * UNIT / 4))
    return small.resize((small.width * 4, small.height * 4), Image.Resampling.BICUBIC), (left - margin, top - margin)


def shadow(
    picture: Image.Image, shape: Shape, *, dx: float = 0, dy: float = 0, blur: float = 16, strength: float = 0.3
) -> None:
    soft, (x, y) = _soft(shape, blur)
    picture.paste(
        SHADE, (x + round(dx * UNIT), y + round(dy * UNIT)), soft.point([round(v * strength) for v in range(256)])
    )


def glow(picture: Image.Image, shape: Shape, colour: Colour, *, blur: float = 20, strength: float = 0.4) -> None:
    soft, corner = _soft(shape, blur)
    picture.paste(colour, corner, soft.point([round(v * strength) for v in range(256)]))


def paint(picture: Image.Image, shape: Shape, colour: Colour) -> None:
    picture.paste(colour, box(shape)[:2], mask(shape))


def lay(picture: Image.Image, shape: Shape, surface: Image.Image) -> None:
    """Put a surface of the size of the shape's box into the shape."""
    cut = mask(shape)
    picture.paste(surface.crop((0, 0, cut.width, cut.height)), box(shape)[:2], cut)


def blank(shape: Shape, colour: Colour) -> Image.Image:
    return Image.new("RGB", mask(shape).size, colour)


def light(formula: Light, size: tuple[int, int], grid: int = 48) -> Image.Image:
    """Return a formula as a picture for `lit`."""
    grey = _light(formula, size, grid)
    return Image.merge("RGB", (grey, grey, grey))


@lru_cache(maxsize=24)
def _light(formula: Light, size: tuple[int, int], grid: int) -> Image.Image:
    """Return a formula in grey: computed on a coarse grid, then drawn out smoothly."""
    rows = max(2, round(grid * size[1] / size[0]))
    values = [formula((x + 0.5) / grid, (y + 0.5) / rows) for y in range(rows) for x in range(grid)]
    coarse = Image.new("L", (grid, rows))
    coarse.putdata([round(128 + 127 * max(-1.0, min(1.0, v))) for v in values])
    return coarse.resize(size, Image.Resampling.BICUBIC)


def lit(surface: Image.Image, formula: Light, grid: int = 48) -> Image.Image:
    return ImageChops.hard_light(surface, light(formula, surface.size, grid))


def textured(surface: Image.Image, kind: str) -> Image.Image:
    """Give a surface a grain: "linen", "paper", "wool" or "plaster"."""
    grey = _texture(kind, surface.size)
    return ImageChops.hard_light(surface, Image.merge("RGB", (grey, grey, grey)))


@lru_cache(maxsize=8)
def _texture(kind: str, size: tuple[int, int]) -> Image.Image:
    tile = _grain(kind)
    full = Image.new("L", size)
    for x in range(0, size[0], tile.width):
        for y in range(0, size[1], tile.height):
            full.paste(tile, (x, y))
    return full


GRAINS = {
    "linen": (((256, 12), (12, 256)), 9),
    "paper": (((256, 256), (128, 128)), 4),
    "wool": (((128, 64), (192, 192)), 10),
    "plaster": (((200, 200), (96, 96)), 2),
}


@lru_cache(maxsize=4)
def _grain(kind: str) -> Image.Image:
    """Return 256 x 256 pixels of grain around middle grey: two layers of noise, each of its own fineness."""
    random = Random(kind)  # noqa: S311 - texture, not a secret
    fineness, levels = GRAINS[kind]
    layers = [_noise(random, size).resize((256, 256), Image.Resampling.BICUBIC) for size in fineness]
    both = Image.blend(layers[0], layers[1], 0.5)
    return both.point([round(128 + (v - 128) * levels / 64) for v in range(256)])


def _noise(random: Random, size: tuple[int, int]) -> Image.Image:
    return Image.frombytes("L", size, random.randbytes(size[0] * size[1]))


@lru_cache(maxsize=8)
def wood(colour: Colour, size: tuple[int, int], seed: int = 0) -> Image.Image:
    """Return boards of one timber, the grain running across."""
    random = Random(f"wood{seed}")  # noqa: S311 - texture, not a secret
    fine = _noise(random, (6, 160)).resize(size, Image.Resampling.BICUBIC)
    broad = _noise(random, (3, 14)).resize(size, Image.Resampling.BICUBIC)
    grain = Image.blend(fine, broad, 0.45).point([round(128 + (v - 128) * 0.24) for v in range(256)])
    return ImageChops.hard_light(Image.new("RGB", size, colour), Image.merge("RGB", (grain, grain, grain)))


class Mood:
    """The colours of a room."""

    def __init__(self, wall: str, floor: str, timber: str, clay: str) -> None:
        self.wall, self.floor, self.timber, self.clay = parse(wall), parse(floor), parse(timber), parse(clay)


MOODS = {
    "chalk": Mood("EEEAE2", "DDD5C8", "D0AE83", "B9A48C"),
    "sand": Mood("E6DBCA", "D5C5AE", "C39C6C", "B7775A"),
    "sage": Mood("D3D9CA", "CFC8B6", "C9A677", "8B9A80"),
    "mist": Mood("D8DFE1", "CCCBC4", "CDAC82", "7E96A0"),
    "clay": Mood("E5D0C2", "D3BFAE", "BF9263", "B26A50"),
    "slate": Mood("5F6B72", "A79C8C", "B98C5E", "D9CBB5"),
}


@lru_cache(maxsize=1)
def _wall(mood: str) -> Image.Image:
    wall = Image.new("RGB", SIZE, MOODS[mood].wall)
    return textured(lit(wall, lambda u, v: 0.1 - 0.26 * (0.55 * u + 0.5 * v) ** 1.4), "plaster")


def wall(mood: str, *, window: bool = True) -> Image.Image:
    """Return a fresh wall, lit from the upper left; with `window` the light falls through a window."""
    picture = _wall(mood).copy()
    if window:
        warm = mix(MOODS[mood].wall, (255, 250, 238), 0.75)
        for pane in _panes():
            glow(picture, pane, warm, blur=9, strength=0.36)
    return picture


@lru_cache(maxsize=1)
def _panes() -> tuple[Shape, ...]:
    """Return the light of a window with three by two panes, falling slantwise."""
    return tuple(
        tuple(
            (x + 0.42 * y - 210, y + 0.3 * x - 90) for x, y in rectangle(150 + column * 290, 20 + row * 330, 262, 300)
        )
        for column in range(3)
        for row in range(3)
    )
