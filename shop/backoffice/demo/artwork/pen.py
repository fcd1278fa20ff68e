"""A pen that draws on an endless cloth: what leaves the tile on one side comes in on the other."""

import math
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from PIL import Image, ImageDraw

from shop.backoffice.demo.artwork.colour import Colour

Point: TypeAlias = tuple[float, float]
Points: TypeAlias = Sequence[Point]
FINE = 1_200_000  # pixels of the drawing up to which it is drawn four times too large; above that twice


class Pen:
    """Draws one repeat of a pattern, `width` x `height` in the pattern's own units, at about `px` pixels a unit."""

    def __init__(self, width: float, height: float, ground: Colour, px: float) -> None:
        self.width, self.height = width, height
        self.size = max(2, round(width * px)), max(2, round(height * px))
        self.factor = 4 if self.size[0] * self.size[1] * 16 <= FINE else 2
        self.sx, self.sy = self.size[0] * self.factor / width, self.size[1] * self.factor / height
        self.image = Image.new("RGB", (self.size[0] * self.factor, self.size[1] * self.factor), ground)
        self.endless = True  # False: draw only where told, for patterns whose rows must cover each other in one order
        self._draw = ImageDraw.Draw(self.image)

    def polygon(self, points: Iterable[Point], fill: Colour) -> None:
        points = list(points)
        for dx, dy in self._copies(points, 0):
            self._draw.polygon([((x + dx) * self.sx, (y + dy) * self.sy) for x, y in points], fill=fill)

    def rectangle(self, x: float, y: float, width: float, height: float, fill: Colour) -> None:
        self.polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], fill)

    def disc(self, x: float, y: float, radius: float, fill: Colour) -> None:
        self.pie(x, y, radius, 0, 360, fill)

    def pie(self, x: float, y: float, radius: float, start: float, end: float, fill: Colour) -> None:
        """A slice; angles in degrees, clockwise from three o'clock."""
        for dx, dy in self._copies([(x, y)], radius):
            self._draw.pieslice(self._box(x + dx, y + dy, radius), start, end, fill=fill)

    def arc(self, x: float, y: float, radius: float, start: float, end: float, width: float, fill: Colour) -> None:
        """A band of `width` whose middle line has `radius`."""
        for dx, dy in self._copies([(x, y)], radius + width):
            box = self._box(x + dx, y + dy, radius + width / 2)
            self._draw.arc(box, start, end, fill=fill, width=max(1, round(width * self.sx)))

    def ring(self, x: float, y: float, radius: float, width: float, fill: Colour) -> None:
        self.arc(x, y, radius, 0, 360, width, fill)

    def line(self, points: Points, width: float, fill: Colour, *, closed: bool = False) -> None:
        """A line with round corners and round ends."""
        track = [*points, points[0]] if closed else list(points)
        pixels = max(1, round(width * self.sx))
        for dx, dy in self._copies(track, width):
            moved = [((x + dx) * self.sx, (y + dy) * self.sy) for x, y in track]
            self._draw.line(moved, fill=fill, width=pixels, joint="curve")
            for x, y in (moved[0], moved[-1]):
                self._draw.ellipse((x - pixels / 2, y - pixels / 2, x + pixels / 2, y + pixels / 2), fill=fill)

    def tile(self) -> Image.Image:
        """Return the repeat at its final size."""
        return self.image.reduce(self.factor)

    def _box(self, x: float, y: float, radius: float) -> tuple[float, float, float, float]:
        return (x - radius) * self.sx, (y - radius) * self.sy, (x + radius) * self.sx, (y + radius) * self.sy

    def _copies(self, points: Points, reach: float) -> list[Point]:
        """Return the shifts by whole repeats at which the shape touches the tile."""
        if not self.endless:
            return [(0, 0)]
        xs, ys = [x for x, _y in points], [y for _x, y in points]
        across = _shifts(min(xs) - reach, max(xs) + reach, self.width)
        down = _shifts(min(ys) - reach, max(ys) + reach, self.height)
        return [(dx, dy) for dy in down for dx in across]


def _shifts(low: float, high: float, period: float) -> list[float]:
    first, last = math.ceil(-high / period), math.floor((period - low) / period)
    return [n * period for n in range(first, last + 1)]


def around(x: float, y: float, radius: float, count: int, turn: float = 0) -> list[Point]:
    """Return `count` points on a circle; `turn` in degrees, clockwise from three o'clock."""
    angles = (math.radians(turn + 360 * n / count) for n in range(count))
    return [(x + radius * math.cos(a), y + radius * math.sin(a)) for a in angles]


def star(x: float, y: float, outer: float, inner: float, rays: int, turn: float = 0) -> list[Point]:
    tips, notches = around(x, y, outer, rays, turn), around(x, y, inner, rays, turn + 180 / rays)
    return [point for pair in zip(tips, notches, strict=True) for point in pair]


def smooth(points: Points, steps: int = 8) -> list[Point]:
    """Return a closed curve through the points (Catmull-Rom)."""
    count = len(points)
    rounded: list[Point] = []
    for n in range(count):
        a, b, c, d = (points[(n + k) % count] for k in (-1, 0, 1, 2))
        rounded += [
            (_spline(a[0], b[0], c[0], d[0], s / steps), _spline(a[1], b[1], c[1], d[1], s / steps))
            for s in range(steps)
        ]
    return rounded


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)


def leaf(x: float, y: float, length: float, width: float, turn: float, steps: int = 12) -> list[Point]:
    """Return a pointed leaf that grows from (x, y) in the direction `turn` (degrees)."""
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    ts = [n / steps for n in range(steps + 1)]
    upper = [(length * t, width / 2 * math.sin(math.pi * t**0.8)) for t in ts]
    outline = upper + [(a, -b) for a, b in reversed(upper[1:-1])]
    return [(x + a * cos - b * sin, y + a * sin + b * cos) for a, b in outline]
