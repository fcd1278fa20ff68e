"""The artwork of the demo shop: the same call draws the same pixels, every pattern closes at its edges."""

import hashlib
import subprocess
import sys
from itertools import pairwise

import pytest
from PIL import ImageChops, ImageStat

from shop.backoffice.demo.artwork import Look, Shot, draw, encoded
from shop.backoffice.demo.artwork.palettes import PALETTES
from shop.backoffice.demo.artwork.patterns import FAMILIES, repeat
from shop.backoffice.demo.artwork.scenes import SCENES
from shop.backoffice.demo.artwork.stage import SIZE
from shop.backoffice.demo.catalogue import entries

LOOK = Look("khatam", "Azulejo", twin_colourway="Sage", mood="sand")
DIGEST_ELSEWHERE = """
import hashlib
from shop.backoffice.demo.artwork import Look, Shot, encoded
look = Look("khatam", "Azulejo", twin_colourway="Sage", mood="sand")
print(hashlib.sha256(encoded(Shot("cushion", look))).hexdigest())
"""


def test_another_process_draws_the_same_bytes():
    here = hashlib.sha256(encoded(Shot("cushion", LOOK))).hexdigest()
    there = subprocess.run([sys.executable, "-c", DIGEST_ELSEWHERE], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here


@pytest.mark.parametrize("family", FAMILIES)
def test_a_seed_gives_one_repeat_and_its_edges_meet(family):
    palette = PALETTES["Fjord"]
    tile = repeat(family, palette, seed=3, px=1.0)
    assert tile.tobytes() == repeat(family, palette, seed=3, px=1.0).tobytes()
    inside, outside = _steps(tile)
    assert outside <= max(3 * inside, 12), "the step over the edge of the repeat is larger than any within it"


def _steps(tile):
    """The mean difference of neighbouring columns and rows: the largest in the repeat, and the one over its edge."""
    within, over = [], []
    for picture in (tile, tile.rotate(90, expand=True)):
        columns = [picture.crop((x, 0, x + 1, picture.height)) for x in range(picture.width)]
        steps = [_difference(a, b) for a, b in pairwise(columns)]
        within.append(max(steps))
        over.append(_difference(columns[-1], columns[0]))
    return max(within), max(over)


def _difference(one, other):
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_has_the_size_of_all_cards_and_shows_its_pattern(scene):
    picture = draw(Shot(scene, LOOK))
    assert (picture.size, picture.mode) == (SIZE, "RGB")
    other = draw(Shot(scene, Look("petals", "Plum", twin_colourway="Mint", mood="sand")))
    assert _difference(picture, other) > 4


def test_drawing_a_scene_leaves_its_empty_room_as_it_was():
    first = draw(Shot("framed", LOOK)).tobytes()
    draw(Shot("framed", Look("bauhaus", "Night", mood="sand")))
    assert draw(Shot("framed", LOOK)).tobytes() == first


def test_the_catalogue_uses_every_pattern_but_the_reserve():
    used = {image.shot.look.family for entry in entries() for image in entry.images}
    assert len(used) >= 12
    assert used <= set(FAMILIES)


def test_no_two_products_have_the_same_picture_on_their_card():
    assert len({entry.images[0].shot for entry in entries()}) == len(entries())
