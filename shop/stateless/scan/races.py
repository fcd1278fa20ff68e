"""What goes wrong when two pods do it at once: numbers that are read, changed and saved; rows that both create."""

import ast
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import F, UniqueConstraint

from shop.stateless.scan.changes import assigned
from shop.stateless.scan.findings import Finding, Function, dotted, finding, functions, last_name
from shop.stateless.scan.module import Module
from shop.stateless.scan.walking import walk

LOCKS = {"select_for_update", "F"}
MAKES = {"get_or_create", "update_or_create", "aget_or_create", "aupdate_or_create"}


def lost_updates(module: Module) -> Iterator[Finding]:
    """Yield x.n -= 1, or x.n = x.n - 1, where the same function saves x and locks nothing."""
    for place in functions(module):
        if _calls(place.function) & LOCKS:
            continue
        saved = _saved(place.function)
        for node in walk(place.function):
            name = _calculated(node)
            if name.rpartition(".")[0] in saved:
                text = f"{name}, changed and saved by {place.function.name}() of {module.name}"
                yield from finding(module, node, name, text, certain=False)


def _calls(function: Function) -> set[str]:
    return {last_name(node.func) for node in walk(function) if isinstance(node, ast.Call)}


def _saved(function: Function) -> set[str]:
    """Return the names on which save() is called, except those of rows created here, which nobody else knows yet."""
    saves = (node for node in walk(function) if isinstance(node, ast.Call) and last_name(node.func) == "save")
    made = {dotted(one) for node in walk(function) for one in assigned(node)[0] if _makes(assigned(node)[1])}
    return {dotted(node.func.value) for node in saves if isinstance(node.func, ast.Attribute)} - made - {""}


def _makes(value: ast.expr | None) -> bool:
    """Return whether this is Order.objects.create(...) or Order(...)."""
    name = last_name(value.func) if isinstance(value, ast.Call) else ""
    return name == "create" or (name[:1].isupper() and not name.isupper())


def _calculated(node: ast.AST) -> str:
    """Return "x.n" of x.n += 1 and of x.n = x.n + 1, "" for anything else."""
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add | ast.Sub):
        return dotted(node.target) if _is_number(node.value) else ""
    targets, value = assigned(node)
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add | ast.Sub):
        return next((name for one in targets if (name := dotted(one)) and name == dotted(value.left)), "")
    return ""


def _is_number(value: ast.expr) -> bool:
    """Return whether it may be a number: texts and lists are added to as well."""
    return not isinstance(value, ast.JoinedStr | ast.List) and not (
        isinstance(value, ast.Constant) and isinstance(value.value, str)
    )


def made_twice(module: Module) -> Iterator[Finding]:
    """Yield get_or_create() by fields that no constraint of the database keeps unique."""
    models = {model.__name__: model for model in apps.get_models()}
    for place in functions(module):
        for node in walk(place.function):
            if isinstance(node, ast.Call) and last_name(node.func) in MAKES and isinstance(node.func, ast.Attribute):
                manager = dotted(node.func.value)
                model = models.get(manager.removesuffix(".objects")) if manager.endswith(".objects") else None
                wanted = {keyword.arg for keyword in node.keywords if keyword.arg} - {"defaults", "create_defaults"}
                if model and wanted and len(wanted) == _named(node) and not _is_unique(model, wanted):
                    name = f"{model.__name__} by {', '.join(sorted(wanted))}"
                    text = f"{last_name(node.func)}() of {name}, in {place.function.name}() of {module.name}"
                    yield from finding(module, node, name, text, certain=False)


def _named(node: ast.Call) -> int:
    """Return how many lookups there are, -1 if some cannot be read (**lookups)."""
    if any(keyword.arg is None for keyword in node.keywords):
        return -1
    return sum(keyword.arg not in {"defaults", "create_defaults"} for keyword in node.keywords)


def _is_unique(model: Any, lookups: set[str]) -> bool:
    """Return whether some unique key of the model is among the lookups: then the database refuses the second row."""
    names = {lookup.partition("__")[0] for lookup in lookups}
    names |= {name.removesuffix("_id") for name in names}
    options = model._meta
    keys = [{field.name} for field in options.concrete_fields if field.unique or field.primary_key] + [{"pk"}]
    keys += [set(together) for together in options.unique_together]
    keys += [_fields(one) for one in options.constraints if isinstance(one, UniqueConstraint)]
    return any(key <= names for key in keys)


def _fields(constraint: UniqueConstraint) -> set[str]:
    """Return the fields of a constraint, those in expressions such as Lower("email") and in its condition too."""
    expressions: list[Any] = list(constraint.expressions)
    parts: list[Any] = [part for one in expressions for part in (one.flatten() if hasattr(one, "flatten") else [one])]
    named = {part.name for part in parts if isinstance(part, F)}  # type: ignore[attr-defined]
    return set(constraint.fields) | named | _asked(constraint.condition)


def _asked(condition: Any) -> set[str]:
    """Return the fields that a condition looks at."""
    if isinstance(condition, tuple):
        return {condition[0].partition("__")[0]}
    return {name for child in getattr(condition, "children", ()) for name in _asked(child)}
