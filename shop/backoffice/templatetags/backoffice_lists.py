"""The parts of lists and of records."""

from typing import Any

from django import template
from django.contrib.admin.helpers import InlineAdminFormSet

from shop.backoffice import list_tools
from shop.backoffice.rows import listed, of_record

register = template.Library()

register.simple_tag(list_tools.heads, name="heads")
register.simple_tag(list_tools.filters, name="filters")
register.simple_tag(list_tools.turns, name="turns")
register.simple_tag(list_tools.action_choice, name="action_choice")
register.simple_tag(list_tools.all_rows, name="all_rows")
register.simple_tag(listed, name="rows")


@register.inclusion_tag("backoffice/record_table.html")
def record_table(inline: InlineAdminFormSet) -> dict[str, Any]:
    labels, rows = of_record(inline.opts, inline.fieldsets, inline.formset.get_queryset())
    return {"labels": labels, "rows": rows}
