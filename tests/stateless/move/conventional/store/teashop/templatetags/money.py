from django import template

register = template.Library()


@register.filter
def euro(cents: int) -> str:
    return f"€ {cents / 100:.2f}"
