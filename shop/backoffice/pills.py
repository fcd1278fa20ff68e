"""States as small coloured labels, the same in lists and on pages."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

# The class of each state: the theme's style sheet gives it a colour.
TONES: Mapping[str, str] = {
    "waiting": "bo-placed", "sent": "bo-placed", "trying again": "bo-paid", "done": "bo-shipped",
    "dead": "bo-cancelled", "discarded": "",
    "given up": "bo-cancelled", "placed": "bo-placed", "paid": "bo-paid", "shipped": "bo-shipped",
    "cancelled": "bo-cancelled", "pending": "bo-placed", "declined": "bo-cancelled", "refund_due": "bo-paid",
    "refunded": "bo-shipped",
    "settled": "bo-shipped", "good": "bo-shipped", "over": "bo-cancelled",
}  # fmt: skip


def pill(state: str, text: Any) -> SafeString:
    """Return the label of a state; an unknown one is grey."""
    return _pill(TONES.get(state, ""), str(text))


@lru_cache(maxsize=500, typed=True)  # per-pod: a calculation from its arguments; safe texts are a type of their own
def _pill(tone: str, text: str) -> SafeString:
    return format_html('<span class="bo-state {}">{}</span>', tone, text)
