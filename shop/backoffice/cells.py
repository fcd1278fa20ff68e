"""What stands in the cells of a column: found out once for the column, not again for each of its cells."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.contrib.admin.options import BaseModelAdmin
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db.models import DateTimeField, Field, Model
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone_name, localtime
from django.utils.translation import get_language
from unfold.utils import display_for_field, display_for_header, display_for_label, display_for_value

Cell = Callable[[Model], str]


def cell(options: "BaseModelAdmin[Any]", name: str) -> Cell:
    """Return what gives the text of a column's cell, escaped.

    `options`: the list's ModelAdmin, or the inline. `name`: of a field, or of a method of either or of the model.
    """
    empty, field = options.get_empty_value_display(), _field(options.model, name)
    shown = _of_field(field, empty) if field else _of_method(options, name, empty)

    def text(row: Model) -> str:
        try:
            value = shown(row)
        except ObjectDoesNotExist:
            return empty
        return value if isinstance(value, SafeString) else conditional_escape(value)

    return text


def _field(model: type[Model], name: str) -> "Field[Any, Any] | None":
    """Return the model's field of that name. Those that Django makes by itself are shown as methods are."""
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, Field) and field.name == name and not field.auto_created else None


def _of_field(field: "Field[Any, Any]", empty: str) -> Callable[[Model], Any]:
    if isinstance(field, DateTimeField):
        return lambda row: _moment(getattr(row, field.name), get_language(), get_current_timezone_name()) or empty
    if field.flatchoices:
        texts = dict(field.flatchoices)
        return lambda row: texts.get(getattr(row, field.name), empty)
    return lambda row: display_for_field(getattr(row, field.name), field, empty)


@lru_cache(maxsize=2_000)  # per-pod: a calculation from its arguments
def _moment(value: datetime | None, _language: str, _zone: str) -> str:
    """A moment in the language that is spoken and the time zone that is kept now."""
    return str(localize(localtime(value))) if value else ""


def _of_method(options: "BaseModelAdmin[Any]", name: str, empty: str) -> Callable[[Model], Any]:
    own = getattr(options, name, None) if name != "__str__" else None
    shown = _decorated(own or getattr(options.model, name, None), empty)
    if own:
        return lambda row: shown(own(row))
    return lambda row: shown(_called(getattr(row, name)))


def _called(value: Any) -> Any:
    return value() if callable(value) else value


def _decorated(method: Any, empty: str) -> Callable[[Any], Any]:
    """Return what shows a value that a method gave, as its decorator `display` asks for."""
    empty = getattr(method, "empty_value_display", empty)
    if getattr(method, "header", False):
        return lambda value: display_for_header(value, empty)
    if label := getattr(method, "label", False):
        return lambda value: display_for_label(value, empty, label)
    is_boolean = getattr(method, "boolean", False)
    return lambda value: value if isinstance(value, str) else display_for_value(value, empty, boolean=is_boolean)
