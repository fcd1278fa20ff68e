"""Colours are (red, green, blue), 0 to 255."""

from typing import TypeAlias

Colour: TypeAlias = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)


def parse(code: str) -> Colour:
    """Return the colour of "RRGGBB"."""
    red, green, blue = bytes.fromhex(code)
    return red, green, blue


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """Return `one` with `share` (0 to 1) of `other` in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def darker(colour: Colour, share: float) -> Colour:
    return mix(colour, BLACK, share)


def lighter(colour: Colour, share: float) -> Colour:
    return mix(colour, WHITE, share)


def luminance(colour: Colour) -> float:
    """Return how light a colour looks, 0 to 1 (Rec. 601 weights)."""
    red, green, blue = colour
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255
