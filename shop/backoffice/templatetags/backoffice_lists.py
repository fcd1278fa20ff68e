"""The tables of lists and of records."""

from typing import Any

from django import template
from django.contrib.admin.helpers import InlineAdminFormSet
from unfold.templatetags.unfold_list import result_headers
from unfold.views import ChangeList

from shop.backoffice.rows import listed, of_record

register = template.Library()


@register.inclusion_tag("backoffice/table.html")
def table(cl: ChangeList) -> dict[str, Any]:
    """Heads and rows of the list's page."""
    headers = list(result_headers(cl))
    by = sum(1 for header in headers if header["sortable"] and header["sorted"])
    return {"cl": cl, "result_headers": headers, "num_sorted_fields": by, "rows": listed(cl)}


@register.inclusion_tag("backoffice/record_table.html")
def record_table(inline: InlineAdminFormSet) -> dict[str, Any]:
    labels, rows = of_record(inline)
    return {"labels": labels, "rows": rows}
