"""Which tables are carried, with which columns, and in which order."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db import router
from django.db.models import Field, ForeignKey, Model


@dataclass(frozen=True)
class Reference:
    """A foreign key that the database enforces: (column of the table) → (table, its column)."""

    column: str
    to_table: str
    to_column: str


@dataclass(frozen=True, eq=False)
class Table:
    """The table of one model, or of one many-to-many relation."""

    model: type[Model]

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @cached_property
    def fields(self) -> "list[Field[Any, Any]]":
        """The fields that are stored; a generated column is calculated by the target itself."""
        stored = self.model._meta.local_concrete_fields
        return [field for field in stored if field.column and not getattr(field, "generated", False)]

    @cached_property
    def columns(self) -> list[str]:
        return [str(field.column) for field in self.fields]

    @cached_property
    def key(self) -> list[int]:
        """The positions of the primary key among the columns."""
        options: Any = self.model._meta
        wanted = [field.column for field in getattr(options, "pk_fields", None) or [options.pk]]
        return [self.columns.index(column) for column in wanted]

    @cached_property
    def references(self) -> list[Reference]:
        return [_reference(field) for field in self.fields if _is_enforced(field)]

    def key_of(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(row[index] for index in self.key)


def _is_enforced(field: Any) -> bool:
    return isinstance(field, ForeignKey) and bool(getattr(field, "db_constraint", True))


def _reference(field: Any) -> Reference:
    target = field.target_field
    return Reference(field.column, target.model._meta.db_table, target.column)


def tables(alias: str) -> list[Table]:
    """Return a table for each managed model that belongs to this database, those of many-to-many relations included."""
    found: dict[str, Table] = {}
    for model in apps.get_models(include_auto_created=True):
        options = model._meta
        if options.managed and not options.proxy and not options.swapped and router.allow_migrate_model(alias, model):
            found.setdefault(options.db_table, Table(model))
    return list(found.values())


def groups(found: Iterable[Table]) -> list[list[Table]]:
    """Return the tables in an order in which each refers only to its own group or to earlier ones.

    A group is one table, or tables that refer to each other in a circle: these can only be committed together.
    """
    named = {table.name: table for table in found}
    return [[named[name] for name in group] for group in _circles({name: _needs(named, name) for name in named})]


def _needs(named: dict[str, Table], name: str) -> list[str]:
    return [reference.to_table for reference in named[name].references if reference.to_table in named]


def _circles(needs: dict[str, list[str]]) -> Iterator[list[str]]:
    """Yield the strongly connected parts of a graph, those that others need first (Tarjan, without recursion)."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    waiting: list[str] = []
    for start, first in needs.items():
        path = [(start, iter(first))] if start not in order else []
        while path:
            name, rest = path[-1]
            if name not in order:
                order[name] = lowest[name] = len(order)
                waiting.append(name)
            following = next((other for other in rest if other not in order), None)
            if following is not None:
                path.append((following, iter(needs[following])))
                continue
            path.pop()
            lowest[name] = min([lowest[name], *(lowest[other] for other in needs[name] if other in waiting)])
            if lowest[name] == order[name]:
                group = waiting[waiting.index(name) :]
                del waiting[waiting.index(name) :]
                yield group
