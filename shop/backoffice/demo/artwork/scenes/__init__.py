"""The scenes a product is shown in: each takes a look and returns a picture."""

from collections.abc import Callable

from PIL import Image

from shop.backoffice.demo.artwork.look import Look
from shop.backoffice.demo.artwork.scenes import hanging, paper, rooms, soft, tabletop, walls

Scene = Callable[[Look], Image.Image]

SCENES: dict[str, Scene] = {
    scene.__name__: scene
    for scene in (
        walls.framed,
        walls.hanger,
        walls.ledge,
        walls.tiled,
        walls.tile_detail,
        walls.tile_set,
        walls.papered,
        walls.roll,
        soft.cushion,
        soft.cushion_pair,
        soft.folded,
        soft.closeup,
        soft.scarf,
        hanging.throw,
        hanging.towel,
        hanging.silk,
        hanging.tote,
        rooms.rug,
        rooms.rug_above,
        tabletop.plate,
        tabletop.rimmed,
        tabletop.bowls,
        tabletop.mug,
        tabletop.coasters,
        tabletop.glazed,
        tabletop.setting,
        paper.notebook,
        paper.notebooks,
        paper.gift,
        paper.rolls,
        paper.cards,
        paper.sheet,
    )
}
