"""What is read on the page of a record, field by field. The markup is the theme's."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.admin.options import ModelAdmin
from django.contrib.admin.utils import label_for_field, lookup_field, quote
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import ForeignKey, Model
from django.template.defaultfilters import linebreaksbr
from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from unfold.utils import display_for_field, display_for_value

NOTHING = "-"
FIELDSET = """<fieldset class="module relative">{}<div class="form-rows aligned border border-base-200 \
rounded-default shadow-xs dark:border-base-800">{}</div></fieldset>"""
HEADING = """<h2 class="bg-base-100 flex flex-row font-semibold h-[38px] gap-1 items-center mb-4 px-3 rounded-default \
text-important dark:bg-white/[.02]">{}</h2>"""
LINE = '<div class="form-row field-row group/row {}">{}</div>'
FIELD = """<div class="field-line flex flex-col grow group group/line px-3 py-2.5 border-b border-base-200 \
border-dashed min-h-[59px] group-[.last]/row:border-b-0 lg:border-l lg:flex-row lg:items-center dark:border-base-800 \
lg:first:border-l-0"><div class="lg:min-w-56 lg:w-56 lg:h-[38px] lg:flex lg:items-center lg:self-start \
lg:leading-[38px] lg:*:m-0"><label class="block font-semibold mb-2 text-font-important-light text-sm \
dark:text-font-important-dark">{}</label></div><div class="grow relative">\
<div class="readonly break-words max-w-2xl *:rounded-default">{}</div></div></div>"""


def fieldsets(admin: "ModelAdmin[Any]", groups: Any, row: Model) -> SafeString:
    """Return the groups of fields. `groups`: as `get_fieldsets` gives them."""
    made = []
    for name, options in groups:
        heading = format_html(HEADING, capfirst(str(name))) if name else ""
        made.append(FIELDSET.format(heading, "".join(_lines(admin, options["fields"], row))))
    return mark_safe("".join(made))  # noqa: S308 - of escaped parts


def _lines(admin: "ModelAdmin[Any]", lines: Sequence[Any], row: Model) -> Iterator[str]:
    """A line is the name of a field, or the names of several that stand side by side."""
    for number, line in enumerate(lines, 1):
        names = (line,) if isinstance(line, str) else line
        css = f"grid lg:grid-cols-{len(names)} " if len(names) > 1 else ""
        css += "last" if number == len(lines) else ""
        yield LINE.format(css, "".join(_field(admin, name, row) for name in names))


def _field(admin: "ModelAdmin[Any]", name: str, row: Model) -> SafeString:
    label = capfirst(str(label_for_field(name, type(row), admin)))
    return format_html(FIELD, label, _text(admin, name, row) or NOTHING)


def _text(admin: "ModelAdmin[Any]", name: str, row: Model) -> SafeString:
    empty = admin.get_empty_value_display()
    try:
        field, method, value = lookup_field(name, row, admin)
    except ObjectDoesNotExist:
        return conditional_escape(empty)
    if field is None:
        return _of_method(method, value)
    if isinstance(field, ForeignKey) and value is not None:
        return _linked(value)
    return conditional_escape(display_for_field(value, field, empty))


def _of_method(method: Any, value: Any) -> SafeString:
    if hasattr(value, "__html__"):
        return conditional_escape(value)
    return linebreaksbr(display_for_value(value, "", boolean=getattr(method, "boolean", False)))


def _linked(row: Model) -> SafeString:
    """A row of another table, with its address where the backoffice has a page for it."""
    try:
        page = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[quote(row.pk)])
    except NoReverseMatch:
        return conditional_escape(str(row))
    return format_html('<a href="{}" class="text-link">{}</a>', page, row)
