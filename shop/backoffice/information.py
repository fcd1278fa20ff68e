"""What the shop says about itself."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from shop.backoffice.lists import FlatAdmin
from shop.backoffice.pills import pill
from shop.catalog.html import sanitized
from shop.information import services as information
from shop.information.models import Page

LONGEST = 200_000  # characters


class PageForm(forms.ModelForm):  # type: ignore[type-arg]
    body_html = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=LONGEST,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 24}),
        help_text=_("HTML. Scripts, styles and pictures are removed when you save. While it is empty, nobody sees it."),
    )

    class Meta:
        model = Page
        fields = ["title", "slug", "body_html", "position"]

    def clean_body_html(self) -> str:
        return sanitized(self.cleaned_data["body_html"])


@admin.register(Page)
class PageAdmin(FlatAdmin):
    form = PageForm
    list_display = ("title", "slug", "state", "position", "changed_at")
    list_before_template = "backoffice/unwritten.html"
    prepopulated_fields = {"slug": ("title",)}
    fieldsets = ((None, {"fields": (("title", "slug"), "body_html", "position")}),)

    @display(description=_("state"))
    def state(self, page: Page) -> SafeString:
        return pill("good", _("published")) if page.body_html else pill("paid", _("not written yet"))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        missing = information.unwritten() if self.has_add_permission(request) else {}
        return super().changelist_view(request, {"unwritten": missing, **(extra_context or {})})  # type: ignore[no-any-return]

    def save_model(self, request: HttpRequest, obj: Page, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        information.changed()

    def delete_model(self, request: HttpRequest, obj: Page) -> None:
        super().delete_model(request, obj)
        information.changed()

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Page]") -> None:
        super().delete_queryset(request, queryset)
        information.changed()
