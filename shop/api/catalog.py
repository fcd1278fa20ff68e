"""Browsing: products and categories."""

from contextlib import nullcontext
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ErrorDetail, NotFound
from rest_framework.request import Request

from shop.api.answers import catalog as answers
from shop.api.endpoint import PublicEndpoint, parameters
from shop.api.lists import list_of, page_response, whole
from shop.api.problems import InvalidParameters
from shop.api.renderers import Written
from shop.api.serializers.catalog import CardSerializer, CategorySerializer, ProductSerializer, ProductsQuery
from shop.catalog import detail, freshness
from shop.catalog.listing import Filters, find
from shop.catalog.models import Category
from shop.inventory import freshness as stock
from shop.platform import pages
from shop.platform.snapshot import snapshot


class Products(PublicEndpoint):
    @extend_schema(
        operation_id="products_list",
        summary="List and search products",
        tags=["catalogue"],
        parameters=[ProductsQuery],
        responses=list_of(CardSerializer),
    )
    def get(self, request: Request) -> Written:
        """The same for everybody, so it may be kept: ask again with If-None-Match."""
        asked = parameters(request, ProductsQuery)
        with nullcontext() if _is_one_statement(asked) else snapshot():
            filters = _filters(asked)
            page = find(filters, cursor=asked.get("cursor"), size=asked["limit"])
            until = page.rows[0].until if page.rows else freshness.next_publication(pages.began(request._request))
        covers = freshness.pictures([card.cover for card in page.rows])
        _depends(request, [card.id for card in page.rows], until, freshness.inside(filters.category), *covers)
        return page_response(request, page, answers.cards(page.rows))


def _is_one_statement(asked: dict[str, Any]) -> bool:
    """A list of which nothing but the order was asked for, as by those who walk through the whole catalogue."""
    return asked.keys() <= {"limit", "cursor", "sort", "on_sale"}


class OneProduct(PublicEndpoint):
    @extend_schema(
        operation_id="products_retrieve", summary="Show a product", tags=["catalogue"], responses=ProductSerializer
    )
    def get(self, request: Request, slug: str) -> Written:
        """With its variants, whose `id` is what a cart takes. 404 `not_found` for what is not, or no longer, public."""
        product = detail.find(slug)
        if product is None:
            raise NotFound
        pieces = (stock.pieces(variant.pk) for variant in product.variants)
        unready = freshness.pictures(shown.image for shown in product.pictures)
        _depends(request, [product.pk], product.until, freshness.product(product.pk), *pieces, *unready)
        return Written(answers.product(product))


class Categories(PublicEndpoint):
    @extend_schema(
        operation_id="categories_list",
        summary="List all categories",
        tags=["catalogue"],
        responses=list_of(CategorySerializer),
    )
    def get(self, request: Request) -> Written:
        """The whole tree, parents before children."""
        pages.depends(request._request, freshness.TREE)
        rows = list(Category.objects.with_tree_fields().select_related("image"))
        slugs = {row.pk: row.slug for row in rows}
        return whole([answers.category(row, slugs.get(row.parent_id or 0)) for row in rows])


def _depends(request: Request, shown: list[int], until: datetime | None, *tags: str) -> None:
    """Say what the answer is made of: the availability of these products, by id, and what the tags name."""
    pages.depends(request._request, freshness.TREE, *tags, *stock.availabilities(shown))
    pages.ends_in(request._request, until)


def _filters(asked: dict[str, Any]) -> Filters:
    return Filters(
        query=asked.get("q", ""),
        category=_category(asked["category"]) if "category" in asked else None,
        options=tuple(asked.get("option", ())),
        min_price=asked.get("min_price"),
        max_price=asked.get("max_price"),
        on_sale=asked["on_sale"],
        sort=asked.get("sort", ""),
    )


def _category(slug: str) -> Category:
    category: Category | None = Category.objects.filter(slug=slug).first()
    if category is None:
        raise InvalidParameters({"category": [ErrorDetail(_("There is no such category."), code="no_such_category")]})
    return category
