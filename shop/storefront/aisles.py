"""The category tree as pages walk it: read once a request, with one query, and only by pages that show it."""

import functools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.functional import cached_property
from markupsafe import Markup

from shop.catalog import tree
from shop.catalog.tree import Node
from shop.platform import routes
from shop.platform.language import page_language
from shop.storefront.stencils import safe, stencil, written_once


class Aisles:
    """All categories, in the shop's order; with their pictures, and with the description of one, named by its slug."""

    def __init__(self, *, pictured: bool = False, described: str = "") -> None:
        self._read = functools.partial(tree.read, pictured=pictured, described=described)

    @cached_property
    def everything(self) -> tuple[Node, ...]:
        return self._read()

    @cached_property
    def by_id(self) -> dict[int, Node]:
        return {category.pk: category for category in self.everything}

    @cached_property
    def roots(self) -> list[Node]:
        return [category for category in self.everything if category.parent_id is None]

    @cached_property
    def header(self) -> tuple[Node, ...]:
        """The roots as every page names them in its header; most pages of one shopper read no more of the tree."""
        return tuple(self.roots) if "everything" in vars(self) else tree.roots()

    @cached_property
    def leaves(self) -> list[Node]:
        """Categories without branches, walked through the tree as a shopper would."""
        branches: defaultdict[int | None, list[Node]] = defaultdict(list)
        for category in self.everything:
            branches[category.parent_id].append(category)

        def walk(parent: int | None) -> Iterator[Node]:
            for category in branches[parent]:
                if category.pk in branches:
                    yield from walk(category.pk)
                else:
                    yield category

        return list(walk(None))

    def find(self, slug: str) -> Node | None:
        return next((category for category in self.everything if category.slug == slug), None)

    def named(self, query: str) -> list[Node]:
        """Return the categories with a word that begins like `query`, in the shop's order."""
        wanted = query.casefold()
        return [each for each in self.everything if f" {each.name.casefold()}".find(f" {wanted}") >= 0]

    def below(self, parent: Node) -> list[Node]:
        return [category for category in self.everything if category.parent_id == parent.pk]

    def trail(self, category: Node | None) -> list[Node]:
        """Return the categories from the root down to this one; empty for None."""
        steps: list[Node] = []
        while category is not None and category not in steps:
            steps.insert(0, category)
            category = self.by_id.get(category.parent_id or 0)
        return steps


def aisles_are(request: HttpRequest, categories: tuple[Node, ...]) -> Aisles:
    """Give the request its tree, read with something else."""
    found = aisles_of(request)
    found.everything = categories
    return found


def roots_are(request: HttpRequest, roots: tuple[Node, ...]) -> None:
    """Give the request the roots of its tree, read with something else; the rest is read if it is asked for."""
    found = aisles_of(request)
    found.roots, found.header = list(roots), roots


def aisles_of(request: HttpRequest, **wanted: Any) -> Aisles:
    """Return the request's own tree, the same object however often it is asked for.

    `wanted` is for Aisles, said where it is asked for first.
    """
    found: Aisles | None = getattr(request, "aisles", None)
    if found is None:
        found = Aisles(**wanted)
        setattr(request, "aisles", found)  # noqa: B010 - HttpRequest declares no such attribute
    return found


def aisle_links(roots: tuple[Node, ...], trail: Sequence[Node], shown: Node | None) -> Markup:
    """Return the header's links. `trail`: the way to the category that is `shown`, if one is."""
    within = trail[0].pk if trail else None
    return _links(page_language(), routes.around("category", "-"), roots, within, bool(trail) and trail[0] == shown)


@written_once(256)
def _links(
    language: str | None, around: tuple[str, str], roots: tuple[Node, ...], within: int | None, is_shown: bool
) -> Markup:
    """`around`: the parts of a category's address. `within`: the root, by its id, to which what is shown belongs."""
    before, after = around
    written = []
    for root in roots:
        current = "" if root.pk != within else "page" if is_shown else "true"
        words = {"url": safe(f"{before}{root.slug}{after}"), "name": safe(root.name)}
        written.append(stencil(language, "storefront/_aisle.html", "link", current) % words)
    return Markup("".join(written))  # noqa: S704 - of a template, filled with what is safe
