"""Draws the pictures of the demo shop: patterns in colourways, shown on things in rooms.

With Pillow alone; the same call gives the same pixels.
"""

from shop.backoffice.demo.artwork.look import Look
from shop.backoffice.demo.artwork.picture import QUALITY, Shot, draw, encoded

__all__ = ["QUALITY", "Look", "Shot", "draw", "encoded"]
