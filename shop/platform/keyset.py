"""Keyset pages: the next page begins after the last row seen, so page 1,000 costs what page 1 costs.

A cursor is the sort values of a row, as JSON in URL-safe base64. It is data of the visitor's: it is checked, never
trusted.
"""

import base64
import binascii
import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import orjson
from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import F, Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from shop.errors import ShopError

Row = TypeVar("Row")
Instance = TypeVar("Instance", bound=Model)
# What a forged cursor causes: values of the wrong type, or (DataError) beyond what the columns can hold.
NOT_OF_OURS = (ValueError, TypeError, ArithmeticError, ValidationError, DataError)


class BadCursor(ShopError):
    """The cursor in the address was not made by us, or was made for another order."""

    code = "bad_cursor"
    status = 400
    message = _("This page address is not valid. Start again from the first page.")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page: its rows, and the cursors of its neighbours (None where there is none)."""

    rows: list[Row]
    next: str | None
    previous: str | None


@dataclass(frozen=True)
class Part:
    """What a statement reads for a page, as SQL about the alias `product`: WHERE, ORDER BY and LIMIT."""

    condition: str
    order: str
    most: int
    parameters: dict[str, Any] = dataclasses.field(default_factory=dict)


def page(queryset: QuerySet[Instance], *, order: tuple[str, ...], cursor: str | None, size: int) -> Page[Instance]:
    """Return one page of `queryset` sorted by `order` (field names, "-" for descending; the last must be unique; no
    NULLs).

    Raises BadCursor.
    """

    def choose(order: tuple[str, ...], values: list[Any] | None, most: int) -> list[Instance]:
        after = queryset if values is None else queryset.filter(_after(order, values))
        return list(after.order_by(*(_ordering(field) for field in order))[:most])

    return _page(choose, order, cursor, size)


def read(run: Callable[[Part], list[Row]], *, order: tuple[str, ...], cursor: str | None, size: int) -> Page[Row]:
    """The same for rows that `run` reads by a statement; all of `order` ascending, or all descending.

    Raises BadCursor.
    """
    return _page(lambda order, values, most: run(_part(order, values, most)), order, cursor, size)


def choose(
    run: Callable[[tuple[str, ...], list[Any] | None, int], list[Row]],
    *,
    order: tuple[str, ...],
    cursor: str | None,
    size: int,
) -> Page[Row]:
    """The same for rows that `run` chooses: given the order, the values to begin after (None: none), and how many.

    Raises BadCursor, also for values that `run` cannot compare with its own.
    """
    return _page(run, order, cursor, size)


def _page(
    choose: Callable[[tuple[str, ...], list[Any] | None, int], list[Row]],
    order: tuple[str, ...],
    cursor: str | None,
    size: int,
) -> Page[Row]:
    backwards, values = _decode(cursor, order) if cursor else (False, None)
    rows = _checked(choose, _reversed(order) if backwards else order, values, size + 1)
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    return _with_neighbours(rows, order, more=more, backwards=backwards, first=values is None)


def _with_neighbours(rows: list[Row], order: tuple[str, ...], *, more: bool, backwards: bool, first: bool) -> Page[Row]:
    has_next = bool(rows) and (more or backwards)
    has_previous = bool(rows) and ((more and backwards) or (not backwards and not first))
    return Page(
        rows=rows,
        next=_encode(rows[-1], order, backwards=False) if has_next else None,
        previous=_encode(rows[0], order, backwards=True) if has_previous else None,
    )


def _checked(choose: Any, order: tuple[str, ...], values: list[Any] | None, most: int) -> list[Any]:
    """Raises BadCursor for values of a cursor that the columns cannot hold."""
    try:
        found: list[Any] = choose(order, values, most)
    except NOT_OF_OURS as error:
        if values is None:
            raise
        raise BadCursor from error
    return found


def _part(order: tuple[str, ...], values: list[Any] | None, most: int) -> Part:
    """Values are sent as text, so that PostgreSQL reads them as the columns' types or says that they are none."""
    names = [f"product.{name.lstrip('-')}" for name in order]
    falling = order[0].startswith("-")
    sorting = ", ".join(f"{name} DESC" if falling else name for name in names)
    if values is None:
        return Part("true", sorting, most)
    places = ", ".join(f"%(after{number})s" for number in range(len(names)))
    condition = f"({', '.join(names)}) {'<' if falling else '>'} ({places})"
    return Part(condition, sorting, most, {f"after{number}": str(value) for number, value in enumerate(values)})


def _after(order: tuple[str, ...], values: list[Any]) -> Q:
    """Rows that come after `values`: a > x, or a = x and b > y, and so on."""
    condition, equal = Q(), Q()
    for field, value in zip(order, values, strict=True):
        name, direction = field.lstrip("-"), "lt" if field.startswith("-") else "gt"
        condition |= equal & Q(**{f"{name}__{direction}": value})
        equal &= Q(**{name: value})
    # The first column alone lets PostgreSQL start the index scan at the right place.
    name, direction = order[0].lstrip("-"), "lte" if order[0].startswith("-") else "gte"
    return Q(**{f"{name}__{direction}": values[0]}) & condition


def _ordering(field: str) -> Any:
    return F(field[1:]).desc() if field.startswith("-") else F(field).asc()


def _reversed(order: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(field[1:] if field.startswith("-") else f"-{field}" for field in order)


def _encode(row: Any, order: tuple[str, ...], *, backwards: bool) -> str:
    """Moments as ISO 8601, amounts as text."""
    values = [getattr(row, field.lstrip("-")) for field in order]
    text = orjson.dumps([int(backwards), order, values], default=str)
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def _decode(cursor: str, order: tuple[str, ...]) -> tuple[bool, list[Any]]:
    try:
        backwards, named, values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise BadCursor from error
    if named != list(order) or not isinstance(values, list) or len(values) != len(order):
        raise BadCursor
    if not all(isinstance(value, str | int | float) for value in values):
        raise BadCursor
    return bool(backwards), values
