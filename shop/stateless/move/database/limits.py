"""What PostgreSQL refuses although SQLite or MySQL keeps it."""

import re
from decimal import Decimal
from typing import Any

from django.db.models import BinaryField, DecimalField, IntegerField
from django.utils import timezone

from shop.stateless.move.database.values import JSON_NULL, Column

NUL = "holds a NUL character (\\x00), which PostgreSQL does not keep; take it out"
EMPTY = "is empty (NULL), which the model does not allow; give it a value"
NOT_UTF8 = "is not valid UTF-8; store it again as text"
_SHOWN = 40
_LENGTH = re.compile(r"(?:varchar|char|character varying)\((\d+)\)")


class Limits:
    """The limits of one column at the target."""

    def __init__(self, column: Column, target: Any) -> None:
        self._column, self._field = column, column.stored
        kind = str(column.field.db_type(connection=target) or "")
        length = _LENGTH.fullmatch(kind)
        self._length = int(length[1]) if length else None
        self._range = target.ops.integer_field_range(self._field.get_internal_type()) if self._is_integer() else None
        self._is_text = bool(length) or kind in {"text", "citext", "varchar"}

    def _is_integer(self) -> bool:
        return isinstance(self._field, IntegerField)

    def problem(self, raw: Any, value: Any, prepared: Any) -> str | None:
        """Return what is wrong with a value that Python could read, as the end of a sentence."""
        if prepared is None:
            return None if self._column.field.null else EMPTY
        if self._column.is_json:
            return _in_json(value)
        if isinstance(prepared, str):
            return self._of_text(raw, prepared)
        if self._range:
            return self._of_integer(value, prepared)
        if isinstance(self._field, DecimalField):
            return self._of_decimal(prepared)
        return self._of_others(raw, prepared)

    def _of_text(self, raw: Any, text: str) -> str | None:
        if isinstance(raw, bytes) and self._is_text:
            return "holds bytes where text belongs; store it again as text"
        if self._length is not None and len(text) > self._length:
            return f"has {len(text)} characters, {self._length} are allowed; shorten it or widen the column"
        return _bad_text(text)

    def _of_integer(self, value: Any, number: Any) -> str | None:
        low, high = self._range  # type: ignore[misc]  # asked only if there is a range
        if isinstance(value, float) and value != int(value):
            return f"is {value}, which is no whole number"
        if (low is not None and number < low) or (high is not None and number > high):
            return f"is {shown(number)}, outside of {low} to {high}"
        return None

    def _of_decimal(self, number: Decimal) -> str | None:
        whole = self._field.max_digits - self._field.decimal_places
        return f"is {shown(number)}, more than {whole} digits before the point" if abs(number) >= 10**whole else None

    def _of_others(self, raw: Any, prepared: Any) -> str | None:
        if isinstance(self._field, BinaryField) and isinstance(raw, str):
            return "holds text where bytes belong; store it again as bytes"
        if hasattr(prepared, "tzinfo") and hasattr(prepared, "year") and prepared.tzinfo is None:
            return _in_no_zone(prepared)
        return None


def _in_no_zone(moment: Any) -> str | None:
    """Without USE_TZ the database gets local times; PostgreSQL moves one that a change to summer time skips."""
    zone = timezone.get_default_timezone()
    there = moment.replace(tzinfo=zone).astimezone(timezone.get_fixed_timezone(0)).astimezone(zone)
    return None if there.replace(tzinfo=None, fold=0) == moment.replace(fold=0) else f"is {moment}, which {zone} skips"


def _in_json(value: Any) -> str | None:
    if value is JSON_NULL:
        return None
    if isinstance(value, str):
        return _bad_text(value)
    if isinstance(value, dict):
        return next((found for pair in value.items() for part in pair if (found := _in_json(part))), None)
    if isinstance(value, list):
        return next((found for part in value if (found := _in_json(part))), None)
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):  # noqa: PLR0124  # not a number
        return f"holds {value}, which is no JSON; replace it"
    return None


def _bad_text(text: str) -> str | None:
    if "\x00" in text:
        return NUL
    try:
        text.encode()
    except UnicodeEncodeError:
        return NOT_UTF8
    return None


def shown(value: Any) -> str:
    text = repr(value) if isinstance(value, str | bytes) else str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
