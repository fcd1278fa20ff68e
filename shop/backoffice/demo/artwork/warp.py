"""Bending cloth: maps from where a pixel lands to where it comes from."""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

from PIL import Image

from shop.backoffice.demo.artwork.pen import Point

Bend: TypeAlias = Callable[[float, float], Point]  # (0..1, 0..1) in the result -> (0..1, 0..1) in the cloth
Quad: TypeAlias = tuple[float, float, float, float, float, float, float, float]
Mesh: TypeAlias = list[tuple[tuple[int, int, int, int], Quad]]


@lru_cache(maxsize=12)
def _mesh(formula: Bend, size: tuple[int, int], across: int, down: int) -> Mesh:
    width, height = size
    xs, ys = [width * n // across for n in range(across + 1)], [height * n // down for n in range(down + 1)]
    source = {(x, y): formula(x / width, y / height) for x in xs for y in ys}
    cells: Mesh = []
    for left, right in pairwise(xs):
        for top, bottom in pairwise(ys):
            a, b, c, d = (source[corner] for corner in ((left, top), (left, bottom), (right, bottom), (right, top)))
            cells.append(((left, top, right, bottom), _quad((a, b, c, d), width, height)))
    return cells


def _quad(corners: tuple[Point, Point, Point, Point], width: int, height: int) -> Quad:
    (a, b), (c, d), (e, f), (g, h) = ((x * width, y * height) for x, y in corners)
    return a, b, c, d, e, f, g, h


def bent(cloth: Image.Image, formula: Bend, *, across: int = 20, down: int = 20) -> Image.Image:
    mesh = _mesh(formula, cloth.size, across, down)
    return cloth.transform(cloth.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)


def bulge(u: float, v: float) -> Point:
    """A cushion: the middle comes nearer."""
    x, y = 2 * u - 1, 2 * v - 1
    pull = 0.86 + 0.12 * min(1.0, (x * x + y * y) / 1.6)
    return 0.5 + x * pull / 2, 0.5 + y * pull / 2


def folds(u: float, v: float) -> Point:
    """A hanging cloth: deeper folds further down."""
    sway = 0.012 * (0.35 + v)
    return 0.03 + 0.94 * u + sway * math.sin(u * 21 + 0.6), 0.02 + 0.95 * v + 0.006 * math.sin(u * 21 + 2)


def ripples(u: float, v: float) -> Point:
    """Silk on a table."""
    x = 0.02 + 0.96 * u + 0.012 * math.sin(5.2 * v + 3 * u)
    return x, 0.02 + 0.96 * v + 0.01 * math.sin(4.4 * u - 2 * v + 1)


def cylinder(u: float, v: float) -> Point:
    """The front half of a cylinder that stands upright, seen a little from above."""
    angle = math.asin(max(-1.0, min(1.0, 2 * u - 1)))
    return 0.5 + angle / math.pi * 0.98, min(1.0, max(0.0, v - 0.045 * math.cos(angle)))


def lying(u: float, v: float) -> Point:
    """The front half of a cylinder that lies across."""
    angle = math.asin(max(-1.0, min(1.0, 2 * v - 1)))
    return u, 0.5 + angle / math.pi * 0.98


def perspective(cloth: Image.Image, corners: Sequence[Point], size: tuple[int, int]) -> Image.Image:
    """Return a picture of `size` in which the cloth's corners (clockwise from upper left) lie at `corners`."""
    width, height = cloth.size
    source = ((0, 0), (width, 0), (width, height), (0, height))
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(corners, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v]]
    return cloth.transform(size, Image.Transform.PERSPECTIVE, solved(rows), Image.Resampling.BICUBIC)


def solved(rows: list[list[float]]) -> list[float]:
    """Solve linear equations (Gauss, with pivots); each row ends with its right-hand side."""
    count = len(rows)
    for column in range(count):
        best = max(range(column, count), key=lambda n: abs(rows[n][column]))
        rows[column], rows[best] = rows[best], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for other in range(count):
            if other != column:
                factor = rows[other][column]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[column], strict=True)]
    return [row[-1] for row in rows]
