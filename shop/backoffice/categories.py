"""The category tree."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.views import ChangeList
from unfold.widgets import UnfoldAdminSelectWidget

from shop.backoffice.lists import FlatAdmin
from shop.catalog import freshness
from shop.catalog import services as catalog
from shop.catalog.models import Category, Product

INDENT = "\N{EN DASH} "
AT_ONCE = 500  # products refreshed by one statement


class TreeList(ChangeList):
    """Rows in the order of the tree: each below its parent."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if "o" not in self.params:
            self.result_list: Any = sorted(self.result_list, key=lambda node: node.tree_ordering)


class CategoryForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Category
        fields = ["name", "slug", "parent", "position", "description"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "parent" in self.fields:
            field: Any = self.fields["parent"]
            tree = Category.objects.with_tree_fields()
            field.choices = [
                ("", _("none: at the top")),
                *((node.pk, INDENT * node.tree_depth + node.name) for node in tree),
            ]
            field.widget = UnfoldAdminSelectWidget(choices=field.choices)


@admin.register(Category)
class CategoryAdmin(FlatAdmin):
    form = CategoryForm
    list_display = ("in_tree", "slug", "products_shown", "position")
    list_display_links = ("in_tree",)
    list_per_page = 500
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = ((None, {"fields": (("name", "slug"), ("parent", "position"), "description")}),)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Category]":
        rows: QuerySet[Category] = Category.objects.with_tree_fields()
        return rows

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[TreeList]:
        return TreeList

    @display(description=_("category"), ordering="name")
    def in_tree(self, category: Category) -> SafeString:
        depth = getattr(category, "tree_depth", 0)
        return format_html('<span class="bo-branch" style="--depth: {}">{}</span>', depth, category.name)

    @display(description=_("products"))
    def products_shown(self, category: Category) -> SafeString:
        return format_html('<a class="bo-link" href="../product/?category={}">{}</a>', category.pk, _("show"))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """One change of the tree at a time: of two who put each other's category below theirs, the second is refused.

        Without that neither would see the other's move, and the tree would show neither of the two.
        """
        with transaction.atomic():
            if request.method == "POST":
                list(Category.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
            return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        freshness.tree_changed()
        if "parent" in form.changed_data:
            _refresh(_products_below([obj.pk]))

    def delete_model(self, request: HttpRequest, obj: Category) -> None:
        self.delete_queryset(request, Category.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Category]") -> None:
        """With what products repeat of them, or not at all."""
        with transaction.atomic():
            affected = _products_below(list(queryset.values_list("pk", flat=True)))
            for category in queryset:
                category.delete()
            freshness.tree_changed()
            _refresh(affected)


def _products_below(category_ids: Sequence[int]) -> list[int]:
    """Products whose facets name one of these categories: those in it and below it."""
    facets = [f"c:{pk}" for pk in category_ids]
    return list(Product.objects.filter(facets__overlap=facets).order_by("pk").values_list("pk", flat=True))


def _refresh(product_ids: Sequence[int]) -> None:
    for start in range(0, len(product_ids), AT_ONCE):
        catalog.refresh(product_ids[start : start + AT_ONCE])
