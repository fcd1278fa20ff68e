"""Lists of the backoffice that cost the same at a thousand rows and at a million."""

from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Page, Paginator
from django.db import IntegrityError, connection
from django.db.models import Model, QuerySet
from django.forms import SplitDateTimeWidget
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.views import ChangeList

from shop.backoffice.choosing import ChoosingAdmin
from shop.backoffice.keeping import kept
from shop.backoffice.record_page import record_page

NUL = "\x00"  # PostgreSQL takes none in a text
SORTED = 50_000  # rows
COUNTED = 3_000  # rows; nobody turns to page 100, and counting a million rows takes longer than the page itself


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts up to COUNTED rows and offers no pages beyond: who looks for more searches or filters."""

    is_large = False

    @cached_property
    def count(self) -> int:
        """Count ids alone: whatever else the list shows would be calculated for each row that is counted.

        In a large table few rows may be as a filter asks, and many are looked at to count them. What took long is kept
        for a minute: the other pages of the list need it again.
        """
        rows: Any = self.object_list
        found = rows.order_by().values("pk")[:COUNTED]
        if not (self.is_large and rows.query.where):
            return int(found.count())
        written = "{} {}".format(*found.query.sql_with_params())
        key = f"backoffice:count:{sha256(written.encode()).hexdigest()}"
        return int(kept(key, found.count, unless_quick=True))

    def page(self, number: Any) -> Page:  # type: ignore[type-arg]
        """Choose the ids first, so that nothing is calculated for the rows of the pages before."""
        number = self.validate_number(number)
        rows: Any = self.object_list
        if number == 1:
            return Page(rows[: self.per_page], number, self)
        first = (number - 1) * self.per_page
        ids = list(rows.values_list("pk", flat=True)[first : first + self.per_page])
        return Page(rows.filter(pk__in=ids), number, self)


def _rows_about(model: type[Model]) -> float:
    """Return how many rows PostgreSQL remembers from the last time it looked; -1 if it never did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table])
        return float(cursor.fetchone()[0])


class FlatAdmin(ChoosingAdmin, ModelAdmin):
    """A list that never counts a whole table, neither for its pages nor beside its filters, nor sorts a large one.

    `sorted_by_index`: columns by which also a table of more than SORTED rows may be sorted.
    """

    change_list_template = "backoffice/list.html"
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    paginator = BoundedPaginator
    list_per_page = 30
    sorted_by_index: tuple[str, ...] = ()
    list_filter_sheet = True
    compressed_fields = True
    warn_unsaved_form = True

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Name both fields of a moment: its label belongs to neither."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), SplitDateTimeWidget):
            for part, what in zip(field.widget.widgets, (_("Date"), _("Time")), strict=True):
                part.attrs["aria-label"] = f"{field.label}: {what}"
        return field

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Treat NUL, which no column can hold, as an unknown filter: Django then shows the whole list."""
        if any(NUL in value for value in request.GET.values()):
            raise IncorrectLookupParameters
        return super().get_changelist_instance(request)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Try once more if somebody else has saved the same address, say, at the same moment: the form, which looked
        before it wrote, then sees that row and says so beside its field.
        """
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)  # type: ignore[no-any-return]
        except IntegrityError:
            return super().changeform_view(request, object_id, form_url, extra_context)  # type: ignore[no-any-return]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        return None if NUL in object_id else super().get_object(request, object_id, from_field)

    def response_action(self, request: HttpRequest, queryset: "QuerySet[Any]") -> HttpResponse | None:
        """Refuse choices that cannot be keys: Django would ask the database for them, which fails."""
        if all(self._is_key(value) for value in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            return super().response_action(request, queryset)  # type: ignore[no-any-return]
        messages.error(request, _("No such row is in this list. Nothing was changed: choose rows again."))
        return redirect(request.get_full_path())

    def _is_key(self, value: str) -> bool:
        try:
            self.opts.pk.to_python(value)
        except ValidationError:
            return False
        return NUL not in value

    def get_sortable_by(self, request: HttpRequest) -> Any:
        """Offer what is quick; a small table may be sorted by any column."""
        return self.sorted_by_index if self._is_large(request) else super().get_sortable_by(request)

    def get_paginator(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        paginator = super().get_paginator(request, *args, **kwargs)
        paginator.is_large = self._is_large(request)
        return paginator

    def _is_large(self, request: HttpRequest) -> bool:
        """PostgreSQL is asked once for a request."""
        if not hasattr(request, "is_large"):
            request.is_large = _rows_about(self.model) > SORTED  # type: ignore[attr-defined]
        return bool(request.is_large)  # type: ignore[attr-defined]


class RecordAdmin(FlatAdmin):
    """Rows that staff read and never type in: what the shop writes itself."""

    change_form_template = "backoffice/record.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the row; nobody adds one, and nothing of it can be sent back."""
        row = self.get_object(request, unquote(object_id)) if object_id else None
        if object_id is None or request.method == "POST" or not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[no-any-return]
        request.record = row  # type: ignore[attr-defined]
        context = {**self.admin_site.each_context(request), **record_page(self, request, row), **(extra_context or {})}
        return TemplateResponse(request, self.change_form_template, context)


class IssuedAdmin(RecordAdmin):
    """Records that staff make by a form of `new_fieldsets`, and never change."""

    add_form_template = "admin/change_form.html"
    new_fieldsets: Any = ()

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.fieldsets if obj else self.new_fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.readonly_fields if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.inlines if obj else ()

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if object_id is not None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        more = {"show_save_and_add_another": False, "show_save_and_continue": False, **(extra_context or {})}
        return FlatAdmin.changeform_view(self, request, None, form_url, more)


class RecordInline(TabularInline):
    """Rows of a record, shown on its page."""

    template = "backoffice/record_inline.html"
    extra = 0
    max_num = 0
    can_delete = False
    show_change_link = False
    hide_title = True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class LatestInline(RecordInline):
    """The latest rows of a record, of which there may be a million. `of`: the foreign key; `latest`: their order."""

    of: str
    latest: tuple[str, ...] = ("-pk",)
    shown = 50

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        rows: QuerySet[Any] = super().get_queryset(request)
        key = request.resolver_match.kwargs.get("object_id", "") if request.resolver_match else ""
        if not key.isdecimal():
            return rows.none()
        ids = rows.filter(**{self.of: key}).order_by(self.latest[0]).values_list("pk", flat=True)
        return rows.filter(pk__in=list(ids[: self.shown])).order_by(*self.latest)
