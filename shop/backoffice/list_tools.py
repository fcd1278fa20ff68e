"""What stands around the rows of a list: the heads of its columns, its filters, and the way to its other pages.

The markup is the theme's, made here in one go: its templates look up some forty variables for each choice or head.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import BooleanFieldListFilter
from django.contrib.admin.filters import ListFilter
from django.contrib.admin.views.main import ALL_VAR, PAGE_VAR
from django.forms import Form
from django.forms.utils import flatatt
from django.utils.html import conditional_escape, escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.templatetags.unfold_list import result_headers
from unfold.views import ChangeList

_HERE = "-number-"  # stands for a page's number in what is made once for all pages

HEAD = """align-middle font-semibold py-2 text-left text-font-important-light dark:text-font-important-dark \
whitespace-nowrap"""
BOX_HEAD = f"""<th class="{HEAD} action-checkbox-column lg:px-3 lg:w-10" scope="col"><div class="flex items-center">\
<div class="text"><label class="flex flex-row items-center gap-2">{{}}\
<span class="block font-normal lg:hidden">{{}}</span></label></div></div></th>"""
TEXT_HEAD = f"""<th class="{HEAD} {{}} hidden px-3 lg:table-cell" scope="col"><div class="flex items-center">\
<div class="text">{{}}</div>{{}}</div></th>"""
ORDER = """<div class="sortoptions flex items-center ml-2">\
<a href="{}" class="flex items-center leading-none text-base-400 hover:text-base-500 dark:text-base-500 \
dark:hover:text-base-400 toggle {}" title="{}">\
<span class="block material-symbols-outlined" aria-hidden="true">{}</span></a>\
<a class="sortremove flex items-center leading-none ml-1 text-base-400 dark:text-base-500 transition-all \
hover:text-red-700 dark:hover:text-red-500" href="{}" title="{}">\
<span class="block material-symbols-outlined" aria-hidden="true">cancel</span></a></div>"""
PRIORITY = '<span class="sortpriority font-medium ml-2 text-xs" title="{}">{}</span>'

FILTER = """<div><h3 class="font-semibold mb-2 text-font-important-light dark:text-font-important-dark">{}</h3>\
<ul class="border border-base-200 {} rounded-default shadow-xs dark:border-base-700">{}</ul></div>"""
DOWN = ("flex flex-col", "border-b last:border-b-0", "block px-3 py-2")
ACROSS = (
    "dark:bg-base-900 flex min-w-20 text-font-default-light dark:text-font-default-dark w-full",
    "basis-1/3 border-r grow truncate last:border-r-0",
    "block py-2 text-center",
)
CHOICE = """<li class="{0} border-base-200 dark:border-base-700 {1}">\
<a href="{3}" title="{4}" class="{2} hover:text-primary-600 dark:hover:text-primary-500">{4}</a></li>"""
CHOSEN = "font-semibold text-primary-600 dark:text-primary-500"
OTHER = "hover:text-base-700 dark:hover:text-base-200"

SELECT = """<div class="grow relative max-w-2xl"><select{}>{}</select>\
<span class="material-symbols-outlined absolute group-[.primary]:text-white pointer-events-none mr-[12px] right-0 \
text-base-400 top-0 top-1/2 hover:text-base-700 dark:text-base-500 dark:hover:text-base-200 -translate-y-1/2">\
expand_more</span></div>"""

TURN = """<div class="{}"><a href="{}"{} x-data \
x-on:click.prevent="window.location.href = $el.href + window.location.hash">{}</a></div>"""
TURNED = '<div class="pr-4"><span class="font-medium text-primary-600" aria-current="page">{}</span></div>'


def heads(cl: ChangeList) -> SafeString:
    """Return the heads of the columns, each with the address that sorts by it where that is offered."""
    columns = list(result_headers(cl))
    several = sum(1 for column in columns if column["sortable"] and column["sorted"]) > 1
    return SafeString("".join(_head(column, several=several) for column in columns))


def _head(column: dict[str, Any], *, several: bool) -> str:
    """`several`: whether the list is sorted by more than one column."""
    if "action-toggle" in column["text"]:
        return format_html(BOX_HEAD, column["text"], _("Select all rows"))
    title = capfirst(column["text"])
    if not column["sortable"]:
        return format_html(TEXT_HEAD, column["class_attrib"], format_html("<span>{}</span>", title), "")
    link = format_html('<a href="{}">{}</a>', column["url_primary"], title)
    order = _order(column, several=several) if column["sort_priority"] else ""
    return format_html(TEXT_HEAD, column["class_attrib"], link, order)


def _order(column: dict[str, Any], *, several: bool) -> SafeString:
    """How the list is sorted by this column, to turn round and to end."""
    way, icon = ("ascending", "down") if column["ascending"] else ("descending", "up")
    toggle = (column["url_toggle"], way, _("Toggle sorting"), f"arrow_circle_{icon}")
    order = format_html(ORDER, *toggle, column["url_remove"], _("Remove from sorting"))
    if not several:
        return order
    priority = column["sort_priority"]
    return order + format_html(
        PRIORITY, _("Sorting priority: %(priority_number)s") % {"priority_number": priority}, priority
    )


def filters(cl: ChangeList) -> SafeString:
    """Return the choices of all filters, each with the address that keeps what the other filters say."""
    return SafeString("".join(_filter(cl, spec) for spec in cl.filter_specs))


def _filter(cl: ChangeList, spec: ListFilter) -> SafeString:
    across = isinstance(spec, BooleanFieldListFilter) or getattr(spec, "horizontal", False)
    css, *each = ACROSS if across else DOWN
    choices = "".join(_choice(each, choice) for choice in spec.choices(cl))
    title = _(" By %(filter_title)s ") % {"filter_title": spec.title}
    return format_html(FILTER, title, css, mark_safe(choices))  # noqa: S308 - of escaped parts


def _choice(css: list[str], choice: Any) -> str:
    item, link = css
    state = CHOSEN if choice["selected"] else OTHER
    return CHOICE.format(item, state, link, escape(choice["query_string"]), conditional_escape(choice["display"]))


def action_choice(form: Form) -> SafeString:
    """Return the field that chooses what is done to the selected rows."""
    field: Any = form.fields["action"]
    options = format_html_join("", '<option value="{}">{}</option>', field.choices)
    return format_html(SELECT, flatatt({"name": "action", "required": True, **field.widget.attrs}), options)


def turns(cl: ChangeList) -> SafeString:
    """Return the links to the list's other pages; nothing where there is one only."""
    if not cl.multi_page or (cl.show_all and cl.can_show_all):
        return SafeString("")
    address = escape(cl.get_query_string({PAGE_VAR: _HERE}))
    return SafeString("".join(_turns(cl, address)))


def all_rows(cl: ChangeList) -> str:
    """Return the address of all rows on one page."""
    return str(cl.get_query_string({ALL_VAR: ""}))


def _turns(cl: ChangeList, address: str) -> Iterator[str]:
    last = cl.paginator.num_pages
    for number in cl.paginator.get_elided_page_range(cl.page_num):
        if number == cl.paginator.ELLIPSIS:
            yield format_html('<div class="pr-4">{}</div>', number)
        elif number == cl.page_num:
            yield TURNED.format(number)
        else:
            css, end = ("pr-2", ' class="end"') if number == last else ("pr-4", "")
            here = address.replace(f"{PAGE_VAR}={_HERE}", f"{PAGE_VAR}={number}")  # and not in a search
            yield TURN.format(css, here, end, number)
