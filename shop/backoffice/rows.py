"""The rows of the backoffice's lists and of a record's parts, most of their pages: little work and few bytes a cell.

The theme's own make all headers of the table again for each row, and repeat some 25 classes in each cell.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import BaseModelAdmin, InlineModelAdmin
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import flatten_fieldsets, label_for_field, quote
from django.db.models import Model
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from unfold.views import ChangeList
from unfold.widgets import UnfoldBooleanWidget

from shop.backoffice.cells import Cell, cell

CHECKBOX = "action_checkbox"
_HERE = "-row-"  # stands for a row's key in what is made once for all rows


class Column(NamedTuple):
    """`opening`, `closing`: what stands around each of its cells. `is_linked`: its texts lead to the row's page."""

    label: str
    opening: str
    closing: str
    text: Cell
    is_linked: bool


def listed(cl: ChangeList) -> SafeString:
    """Return the table rows of a list's page. What can be edited in the list itself is not shown as fields."""
    return _rows(list(_columns(cl.model_admin, cl.list_display, _linked(cl))), cl.result_list, _link(cl))


def of_record(inline: "InlineModelAdmin[Any, Any]", groups: Any, rows: Iterable[Model]) -> tuple[list[str], SafeString]:
    """Return the labels and the table rows of a record's part that is read and never typed in.

    `groups`: of fields, as `get_fieldsets` gives them.
    """
    names = flatten_fieldsets(groups)
    linked = names[:1] if inline.show_change_link and inline.has_registered_model else ()
    columns = list(_columns(inline, names, linked))
    address = escape(_address(inline.opts)) if linked else ""
    return [column.label for column in columns], _rows(columns, rows, lambda row: _with_key(address, row))


def _linked(cl: ChangeList) -> Sequence[str]:
    """Return the columns whose texts lead to the row's page: those named, or the first with a text."""
    if cl.list_display_links is None:
        return ()
    return cl.list_display_links or [name for name in cl.list_display if name != CHECKBOX][:1]


def _columns(options: "BaseModelAdmin[Any]", names: Iterable[Any], linked: Sequence[str]) -> Iterator[Column]:
    """`options`: the list's ModelAdmin, or the inline."""
    head = next((name for name in names if name in linked), None)
    for name in map(str, names):
        if name == CHECKBOX:
            yield _checkbox()
            continue
        tag = "th" if name == head else "td"
        label = capfirst(str(label_for_field(name, options.model, options)))
        opening = f'<{tag}{" scope=row" * (tag == "th")} class="field-{name}" data-label="{escape(label)}">'
        yield Column(label, opening, f"</{tag}>", cell(options, name), name in linked)


def _checkbox() -> Column:
    """The column that selects rows."""
    label, field = capfirst(_("Select record")), _box(get_language())
    opening = f'<td class="action-checkbox" data-label="{escape(label)}">'
    return Column(label, opening, "</td>", lambda row: field.replace(_HERE, escape(row.pk)), is_linked=False)


@cache  # per-pod: a text of a language
def _box(_language: str) -> str:
    """The field that selects a row, with _HERE for its key."""
    box = UnfoldBooleanWidget({"class": "action-select", "aria-label": _("Select record")}, lambda _value: False)
    return str(box.render(ACTION_CHECKBOX_NAME, _HERE))


def _address(opts: Any) -> str:
    """The address of a row's page, with _HERE for its key."""
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[_HERE])


def _with_key(address: str, row: Model) -> str:
    """Replace the first _HERE only: the list's filters, which follow, may contain the same text."""
    return f'href="{address.replace(_HERE, escape(quote(row.pk)), 1)}"'


def _link(cl: ChangeList) -> Callable[[Model], str]:
    """Return what gives the attributes of a row's link, with the list's filters for the way back.

    The admin's script reads more of it where a window chooses a row.
    """
    context = {"preserved_filters": cl.preserved_filters, "opts": cl.opts}
    address = escape(add_preserved_filters(context, _address(cl.opts)))
    if not cl.is_popup:
        return lambda row: _with_key(address, row)
    key = cl.to_field or cl.lookup_opts.pk.attname
    return lambda row: f'{_with_key(address, row)} data-popup-opener="{escape(row.serializable_value(key))}"'


def _rows(columns: list[Column], rows: Iterable[Model], link: Callable[[Model], str]) -> SafeString:
    """`link`: the attributes of a row's link."""
    made, links = [], any(column.is_linked for column in columns)
    for row in rows:
        made.append("<tr>")
        address = link(row) if links else ""
        for _label, opening, closing, text, is_linked in columns:
            made += (opening, f"<a {address}>{text(row)}</a>" if is_linked else text(row), closing)
        made.append("</tr>")
    return mark_safe("".join(made))  # noqa: S308 - of escaped parts
