"""Dates and times that MySQL keeps although they do not exist: 0000-00-00, 2020-02-00, 25:10:00.

Its drivers give nothing for some of them and fail at others. They have to come as the text that is stored, so that the
row is named and never carried without its value.
"""

from collections.abc import Callable
from typing import Any

Convert = Callable[[str], Any]


def conversions() -> dict[Any, Any]:
    """Return what Django gives the driver of MySQL as `conv`, with careful functions for dates and times."""
    from django.db.backends.mysql import base  # needs the driver

    known: dict[Any, Any] = base.django_conversions
    types: Any = base.FIELD_TYPE  # type: ignore[attr-defined]  # the driver's
    kinds = (types.DATE, types.DATETIME, types.TIMESTAMP, types.TIME)
    return {**known, **{kind: careful(known[kind]) for kind in kinds}}


def careful(convert: Convert) -> Convert:
    """Return a function that gives back the text which `convert` cannot read."""

    def converted(text: str) -> Any:
        try:
            found = convert(text)
        except ValueError:
            return text
        return text if found is None else found

    return converted
