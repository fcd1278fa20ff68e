"""The category tree as pages show it: lean rows from one statement, at most a few hundred."""

import functools
from typing import NamedTuple

import orjson

from shop.catalog.addresses import category_url
from shop.platform import picture
from shop.platform.picture import Picture
from shop.platform.postgresql import planned


class Node(NamedTuple):
    """A category. `description` and `image` are empty unless read() was asked for them."""

    pk: int
    parent_id: int | None
    name: str
    slug: str
    description: str
    image: Picture | None

    def get_absolute_url(self) -> str:
        return category_url(self.slug)


DESCRIBED = "CASE WHEN category.slug = %(described)s::text THEN category.description ELSE '' END::text"
PLAIN = f"category.id, category.parent_id, category.name::text, category.slug::text, {DESCRIBED}"  # all but the picture
ORDER = "category.position, category.name"
READ = f"""
SELECT {PLAIN}, {picture.COLUMNS}
FROM catalog_category AS category
LEFT JOIN platform_image AS image ON image.id = category.image_id AND %(pictured)s::boolean
ORDER BY {ORDER}
"""  # noqa: S608 - texts of ours

# One value each, as JSON, for who asks for something else beside it; arrays of texts, of which PostgreSQL need not look
# up each one's type
TREE = f"""
SELECT json_agg(ARRAY[category.id::text, category.parent_id::text, category.name, category.slug, {DESCRIBED}]
ORDER BY {ORDER}) FROM catalog_category AS category
"""  # noqa: S608 - the same
ROOTS = f"""
SELECT coalesce(json_agg(json_build_array(category.id, category.name, category.slug) ORDER BY {ORDER}), '[]')::text
FROM catalog_category AS category WHERE category.parent_id IS NULL
"""  # noqa: S608 - the same


def read(*, pictured: bool = False, described: str = "") -> tuple[Node, ...]:
    """Return all categories in the shop's order; with their pictures, and with the description of one, by its slug."""
    rows = planned.rows(READ, {"pictured": pictured, "described": described})
    return tuple([Node._make((*row[:5], picture.read(row[5:]) if pictured else None)) for row in rows])


@functools.lru_cache(maxsize=64)  # per-pod: a calculation from its argument
def nodes_of(text: str | None) -> tuple[Node, ...]:
    """The same from what TREE says: NULL where there is no category."""
    rows = orjson.loads(text or "[]")
    return tuple([Node._make((int(pk), int(parent) if parent else None, *texts, None)) for pk, parent, *texts in rows])


def roots() -> tuple[Node, ...]:
    """Return the categories that have no parent, with nothing but their names."""
    ((text,),) = planned.rows(ROOTS, {})
    return roots_of(text)


@functools.lru_cache(maxsize=16)  # per-pod: a calculation from its argument
def roots_of(text: str) -> tuple[Node, ...]:
    """The same from what ROOTS says."""
    return tuple([Node(pk, None, name, slug, "", None) for pk, name, slug in orjson.loads(text)])
