"""The page of a record: what is read, its parts, and what can be done. No form, as nothing is typed in.

Django's own makes a form of the row and one of each row of its parts, to show them as text.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.contrib.admin.options import IS_POPUP_VAR
from django.db.models import Model
from django.forms.models import _get_foreign_key
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from shop.backoffice.record_actions import actions
from shop.backoffice.record_fields import fieldsets
from shop.backoffice.rows import of_record


class Part(NamedTuple):
    """Rows of another table that belong to the record. `name`: for its place on the page."""

    name: str
    title: str
    labels: list[str]
    rows: SafeString


def record_page(admin: ModelAdmin, request: HttpRequest, row: Model) -> dict[str, Any]:
    """Return what the page shows of `row` to somebody who may look at it."""
    may_change = admin.has_change_permission(request, row)
    title = _("Change %s") if may_change else _("View %s")
    page: dict[str, Any] = {
        "title": title % admin.opts.verbose_name,
        "subtitle": str(row),
        "opts": admin.opts,
        "original": row,
        "has_change_permission": may_change,
        "is_popup": IS_POPUP_VAR in request.GET,
        "preserved_filters": admin.get_preserved_filters(request),
        "fieldsets": fieldsets(admin, admin.get_fieldsets(request, row), row),
        "parts": _parts(admin, request, row),
    }
    return page | {"actions": actions(admin, request, row, page)}


def _parts(admin: ModelAdmin, request: HttpRequest, row: Model) -> Iterator[Part]:
    for inline in admin.get_inline_instances(request, row):
        key = _get_foreign_key(admin.model, inline.model, fk_name=inline.fk_name)
        rows = inline.get_queryset(request).filter(**{key.name: row})
        labels, shown = of_record(inline, inline.get_fieldsets(request, row), rows)
        yield Part(key.remote_field.get_accessor_name(), capfirst(str(inline.verbose_name_plural)), labels, shown)
