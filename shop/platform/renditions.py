"""What the renditions of a picture are for pages: addresses that a client chooses from. Pure functions.

Renditions are [{"width": 640, "format": "webp", "key": "..."}, ...], as the worker writes them. Addresses are keys:
where the bucket is found differs between machines, so what stands before them is said when they are shown.
"""

from typing import Any, NamedTuple

FALLBACK_WIDTH = 960  # pixels; the widest rendition for clients that take one address


class Sources(NamedTuple):
    """`fallback`: the key for clients that take one. `webp`, `jpeg`: values for `srcset`, narrow to wide; may be ""."""

    fallback: str
    webp: str
    jpeg: str


def sources(renditions: list[dict[str, Any]], *, original: str) -> Sources:
    """`original`: the key of the picture itself, the fallback while there are no renditions."""
    made = sorted(renditions, key=lambda rendition: int(rendition["width"]))
    jpegs = [one["key"] for one in made if one["format"] == "jpeg" and one["width"] <= FALLBACK_WIDTH]
    return Sources(jpegs[-1] if jpegs else original, _srcset(made, "webp"), _srcset(made, "jpeg"))


def _srcset(made: list[dict[str, Any]], fmt: str) -> str:
    return ", ".join([f"{one['key']} {one['width']}w" for one in made if one["format"] == fmt])


def rooted(srcset: str, root: str) -> str:
    """Put `root` before each address."""
    return root + f", {root}".join(srcset.split(", ")) if srcset else ""  # faster than replace()
