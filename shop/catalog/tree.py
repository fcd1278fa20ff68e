"""The category tree as pages show it: lean rows from one statement, at most a few hundred."""

from typing import NamedTuple

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


# All but the picture
PLAIN = """
category.id, category.parent_id, category.name::text, category.slug::text,
CASE WHEN category.slug = %(described)s::text THEN category.description ELSE '' END::text
"""
ORDER = "category.position, category.name"
READ = f"""
SELECT {PLAIN}, {picture.COLUMNS}
FROM catalog_category AS category
LEFT JOIN platform_image AS image ON image.id = category.image_id AND %(pictured)s::boolean
ORDER BY {ORDER}
"""  # noqa: S608 - texts of ours


def read(*, pictured: bool = False, described: str = "") -> list[Node]:
    """Return all categories in the shop's order; with their pictures, and with the description of one, by its slug."""
    rows = planned.rows(READ, {"pictured": pictured, "described": described})
    return [Node._make((*row[:5], picture.read(row[5:]) if pictured else None)) for row in rows]
