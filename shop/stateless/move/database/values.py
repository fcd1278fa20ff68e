"""A value on its way: as the source gives it, as Python has it, as the target takes it, and as both are compared.

The conversions are those of Django's own fields, so custom fields bring theirs.
"""

import datetime
import ipaddress
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Field, JSONField


class Unreadable(ValueError):
    """A stored value that its field cannot read. The text is the reason."""


class JsonNull:
    """The JSON value null, which is not the same as SQL's NULL."""


JSON_NULL = JsonNull()


class Column:
    """One column as `connection` gives it and as `target`, a connection to PostgreSQL, takes it."""

    def __init__(self, field: "Field[Any, Any]", connection: Any, target: Any) -> None:
        self.name, self.field = str(field.column), field
        self.stored: Any = stored_field(field)
        self._connection, self._target = connection, target
        self._expression = field.get_col(field.model._meta.db_table)
        self._backend = connection.ops.get_db_converters(self._expression)
        self._own = self._expression.get_db_converters(connection)
        self.is_json = isinstance(self.stored, JSONField)
        self._is_djangos = type(self.stored).__module__.startswith("django.")

    def python(self, raw: Any) -> Any:
        """Return what an instance of the model would have. Raises Unreadable or whatever the field raises."""
        value = self._converted(raw, self._backend)
        if value is None and raw is not None:
            raise Unreadable(f"cannot be read as {self.kind}")
        value = self._converted(value, self._own)
        if self.is_json and isinstance(value, str) and value == raw:
            json.loads(raw)  # Django reads text that is not JSON as a string, but has never stored it like this
        return JSON_NULL if self.is_json and value is None and raw is not None else value

    @property
    def kind(self) -> str:
        """Such as "a DateField"."""
        name = type(self.stored).__name__
        return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"

    def _converted(self, value: Any, converters: list[Callable[..., Any]]) -> Any:
        for convert in converters:
            value = convert(value, self._expression, self._connection)
        return value

    def prepared(self, value: Any) -> Any:
        """Return what is written to PostgreSQL for this value of Python. Raises whatever the field raises."""
        if value is JSON_NULL:
            return self._target.ops.adapt_json_value(None, self.stored.encoder)
        return self.field.get_db_prep_save(value, self._target)

    def canonical(self, value: Any, prepared: Any) -> Any:
        """Return what is the same for equal values on both sides, whose repr() can be hashed.

        For fields of Django this is what would be written. A field of others may write something else each time, as
        one that encrypts does: then it is what Python sees, if that is a plain value.
        """
        if self.is_json:
            return "json", None if value is JSON_NULL else _json(value)
        for candidate in (prepared,) if self._is_djangos else (value, prepared):
            maker = _maker(candidate)
            if maker:
                return maker(candidate)
        return "text", str(prepared)


def stored_field(field: Any) -> Any:
    """Return the field at the end of a chain of foreign keys: it says how the value is stored."""
    while field.remote_field and hasattr(field, "target_field"):
        field = field.target_field
    return field


def _json(value: Any) -> Any:
    """PostgreSQL keeps numbers of JSON as decimals, so that 1.0 and 1e2 may come back as 1.0 and 100."""
    if isinstance(value, dict):
        return sorted((str(key), _json(inner)) for key, inner in value.items())
    if isinstance(value, list | tuple):
        return [_json(inner) for inner in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value)
    return canonical_value(value)


def _number(value: float) -> str:
    if abs(value) < 2**53 and value == int(value):
        return str(int(value))
    try:
        return repr(float(value))
    except OverflowError:
        return str(value)


def canonical_value(value: Any) -> Any:
    maker = _maker(value)
    return maker(value) if maker else ("text", str(value))


def _maker(value: Any) -> Callable[[Any], Any] | None:
    kind = type(value)
    if kind in MAKERS:
        return MAKERS[kind]
    if hasattr(value, "obj"):  # psycopg's wrappers, such as that for bytes
        return lambda wrapper: canonical_value(wrapper.obj)
    return next((maker for base, maker in MAKERS.items() if isinstance(value, base)), None)


def _same(value: Any) -> Any:
    return value


def _decimal(value: Decimal) -> tuple[str, str]:
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "decimal", "0" if text in {"-0", ""} else text


def _datetime(value: datetime.datetime) -> tuple[str, str]:
    return "time", (value if value.tzinfo is None else value.astimezone(datetime.UTC)).isoformat()


def _iso(value: Any) -> tuple[str, str]:
    return "time", value.isoformat()


def _bytes(value: Any) -> bytes:
    return bytes(value)


MAKERS: dict[type, Callable[[Any], Any]] = {
    str: str.__str__,
    bool: _same,
    int: int.__int__,
    type(None): _same,
    float: float.__float__,
    Decimal: _decimal,
    datetime.datetime: _datetime,
    datetime.date: _iso,
    datetime.time: _iso,
    datetime.timedelta: lambda value: ("interval", value.days, value.seconds, value.microseconds),
    UUID: lambda value: ("uuid", value.hex),
    bytes: _same,
    bytearray: _bytes,
    memoryview: _bytes,
    ipaddress.IPv4Address: lambda value: ("address", str(value)),
    ipaddress.IPv6Address: lambda value: ("address", str(value)),
    list: lambda value: [canonical_value(inner) for inner in value],
    tuple: lambda value: [canonical_value(inner) for inner in value],
    dict: _json,
}
