"""The rows of the backoffice's lists and of a record's parts, most of their pages: little work and few bytes a cell.

The theme's own make all headers of the table again for each row, and repeat some 25 classes in each cell.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, InlineAdminFormSet
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import flatten_fieldsets, label_for_field, lookup_field
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.urls import reverse
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.utils import display_for_field, display_for_header, display_for_label, display_for_value
from unfold.views import ChangeList
from unfold.widgets import UnfoldBooleanWidget

CHECKBOX = "action_checkbox"
_HERE = "-row-"  # stands for a row's key in what is made once for all rows


class Column(NamedTuple):
    """`opening`, `closing`: what stands around each of its cells. `is_linked`: its texts lead to the row's page."""

    name: str
    label: str
    opening: str
    closing: str
    is_linked: bool


def listed(cl: ChangeList) -> SafeString:
    """Return the table rows of a list's page. What can be edited in the list itself is not shown as fields."""
    columns, address = list(_columns(cl.model_admin, cl.list_display, _linked(cl))), _addresses(cl)
    box = UnfoldBooleanWidget({"class": "action-select", "aria-label": _("Select record")}, lambda _value: False)
    return _rows(cl.model_admin, columns, cl.result_list, _links(cl, address), box.render(ACTION_CHECKBOX_NAME, _HERE))


def of_record(inline: InlineAdminFormSet) -> tuple[list[str], SafeString]:
    """Return the labels and the table rows of a record's part that is read and never typed in."""
    names = flatten_fieldsets(inline.fieldsets)
    linked = names[:1] if inline.opts.show_change_link and inline.opts.has_registered_model else ()
    columns = list(_columns(inline.opts, names, linked))
    instances = [form.instance for form in inline.formset.initial_forms]
    link = f"admin:{inline.opts.opts.app_label}_{inline.opts.opts.model_name}_change"
    return [column.label for column in columns], _rows(
        inline.opts, columns, instances, lambda row: f'href="{escape(reverse(link, args=[row.pk]))}"', ""
    )


def _linked(cl: ChangeList) -> Sequence[str]:
    """Return the columns whose texts lead to the row's page: those named, or the first with a text."""
    if cl.list_display_links is None:
        return ()
    return cl.list_display_links or [name for name in cl.list_display if name != CHECKBOX][:1]


def _columns(options: Any, names: Iterable[Any], linked: Sequence[str]) -> Iterator[Column]:
    """`options`: the list's ModelAdmin, or the inline."""
    head = next((name for name in names if name in linked), None)
    for name in map(str, names):
        tag = "th" if name == head else "td"
        label = capfirst(_("Select record") if name == CHECKBOX else str(label_for_field(name, options.model, options)))
        css = "action-checkbox" if name == CHECKBOX else f"field-{name}"
        opening = f'<{tag}{" scope=row" * (tag == "th")} class="{css}" data-label="{escape(label)}">'
        yield Column(name, label, opening, f"</{tag}>", name in linked)


def _addresses(cl: ChangeList) -> Callable[[Model], str]:
    """Return what gives a row its address, with the list's filters for the way back: the same for all rows."""
    kept = ""
    for row in cl.result_list[:1]:
        url = cl.url_for_result(row)
        context = {"preserved_filters": cl.preserved_filters, "opts": cl.opts}
        kept = add_preserved_filters(context, url).removeprefix(url)
    return lambda row: escape(cl.url_for_result(row) + kept)


def _links(cl: ChangeList, address: Callable[[Model], str]) -> Callable[[Model], str]:
    """Return what gives the attributes of a row's link; the admin's script reads more where a window chooses a row."""
    if not cl.is_popup:
        return lambda row: f'href="{address(row)}"'
    key = cl.to_field or cl.lookup_opts.pk.attname
    return lambda row: f'href="{address(row)}" data-popup-opener="{escape(row.serializable_value(key))}"'


def _rows(
    options: "BaseModelAdmin[Any]", columns: list[Column], rows: Iterable[Model], link: Callable[[Model], str], box: str
) -> SafeString:
    """`link`: the attributes of a row's link. `box`: the field that selects a row, with _HERE for its key."""
    made = []
    for row in rows:
        made.append("<tr>")
        for name, _label, opening, closing, is_linked in columns:
            text = box.replace(_HERE, escape(row.pk)) if name == CHECKBOX else _text(options, name, row)
            made += (opening, f"<a {link(row)}>{text}</a>" if is_linked else text, closing)
        made.append("</tr>")
    return mark_safe("".join(made))  # noqa: S308 - of escaped parts


def _text(options: "BaseModelAdmin[Any]", name: str, row: Model) -> str:
    empty = options.get_empty_value_display()
    try:
        field, attribute, value = lookup_field(name, row, options)
    except ObjectDoesNotExist:
        return empty
    if field is None or field.auto_created:
        return conditional_escape(_shown(attribute, value, empty))
    return conditional_escape(display_for_field(value, field, empty))


def _shown(attribute: Any, value: Any, empty: str) -> str:
    """A value that a method gave, as its decorator `display` asks for."""
    empty = getattr(attribute, "empty_value_display", empty)
    label = getattr(attribute, "label", False)
    if getattr(attribute, "header", False):
        shown: str = display_for_header(value, empty)
    elif label:
        shown = display_for_label(value, empty, label)
    else:
        shown = display_for_value(value, empty, boolean=getattr(attribute, "boolean", False))
    return shown
