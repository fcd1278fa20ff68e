"""The category tree as pages walk it: read once a request, with one query, and only by pages that show it."""

from functools import cached_property

from django.http import HttpRequest

from shop.catalog.models import Category


class Aisles:
    """All categories, in the shop's order; with their pictures if they are `pictured`."""

    def __init__(self, *, pictured: bool = False) -> None:
        self._pictured = pictured

    @cached_property
    def everything(self) -> list[Category]:
        rows = Category.objects.without_tree_fields().order_by("position", "name")
        return list(rows.select_related("image") if self._pictured else rows)

    @cached_property
    def by_id(self) -> dict[int, Category]:
        return {category.pk: category for category in self.everything}

    @cached_property
    def roots(self) -> list[Category]:
        return [category for category in self.everything if category.parent_id is None]

    @cached_property
    def leaves(self) -> list[Category]:
        """Categories without branches, walked through the tree as a shopper would."""
        parents = {category.parent_id for category in self.everything}
        leaves = [category for category in self.everything if category.pk not in parents]
        place = {category.pk: number for number, category in enumerate(self.everything)}
        return sorted(leaves, key=lambda leaf: [place[step.pk] for step in self.trail(leaf)])

    def find(self, slug: str) -> Category | None:
        return next((category for category in self.everything if category.slug == slug), None)

    def named(self, query: str) -> list[Category]:
        """Return the categories with a word that begins like `query`, in the shop's order."""
        wanted = query.casefold()
        return [each for each in self.everything if f" {each.name.casefold()}".find(f" {wanted}") >= 0]

    def below(self, parent: Category) -> list[Category]:
        return [category for category in self.everything if category.parent_id == parent.pk]

    def trail(self, category: Category | None) -> list[Category]:
        """Return the categories from the root down to this one; empty for None."""
        steps: list[Category] = []
        while category is not None and category not in steps:
            steps.insert(0, category)
            category = self.by_id.get(category.parent_id or 0)
        return steps


def aisles_of(request: HttpRequest, *, pictured: bool = False) -> Aisles:
    """Return the request's own tree, the same object however often it is asked for. `pictured`: asked for first."""
    found: Aisles | None = getattr(request, "aisles", None)
    if found is None:
        found = Aisles(pictured=pictured)
        setattr(request, "aisles", found)  # noqa: B010 - HttpRequest declares no such attribute
    return found
