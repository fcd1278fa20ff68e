"""From a shot (which scene, which look) to a JPEG."""

import io
from dataclasses import dataclass

from PIL import Image

from shop.backoffice.demo.artwork.look import Look
from shop.backoffice.demo.artwork.scenes import SCENES

QUALITY = 90


@dataclass(frozen=True)
class Shot:
    """One picture of a product: what is shown, and in which scene."""

    scene: str
    look: Look


def draw(shot: Shot) -> Image.Image:
    """Return the picture as RGB, stage.SIZE pixels. Raises KeyError for an unknown scene, pattern or colourway."""
    return SCENES[shot.scene](shot.look)


def encoded(shot: Shot) -> bytes:
    """Return the picture as the bytes of a JPEG: the same shot gives the same bytes."""
    buffer = io.BytesIO()
    draw(shot).save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()
