"""Which code runs inside a transaction, as far as the code tells."""

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet
from django.views.generic import View

from shop.stateless.move.tasks.findings import calls
from shop.stateless.scan.findings import Function, Place, functions, last_name
from shop.stateless.scan.module import Module
from shop.stateless.scan.walking import walk

# What the admin calls inside its transaction, and what everybody calls inside theirs.
OF_ADMIN = {"save_model", "save_related", "save_formset", "delete_model", "delete_queryset"}
OF_MODELS = {"save", "delete", "asave", "adelete"}
# Names that say nothing about whose function is called.
SAYING_NOTHING = (Model, QuerySet, CursorWrapper, EmailMessage, builtins, dict, list)
OF_ALL = {*View.http_method_names, *(name for one in SAYING_NOTHING for name in dir(one))}
SAVING = {"pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed"}


def transaction(node: ast.AST) -> str:
    """Return what this node is if its code runs inside a transaction, "" if that is not known.

    A receiver of a signal runs in the transaction of whoever saves.
    """
    if isinstance(node, ast.With):
        return "a transaction" if any(last_name(item.context_expr) == "atomic" for item in node.items) else ""
    if not isinstance(node, Function | ast.ClassDef):
        return ""
    if any(_is_atomic(one) for one in node.decorator_list):
        return f"{node.name}(), a transaction,"
    return f"{node.name}(), a receiver," if "receiver" in {last_name(one) for one in node.decorator_list} else ""


def _is_atomic(decorator: ast.expr) -> bool:
    """@atomic, @transaction.atomic(using=…), @method_decorator(transaction.atomic, name="dispatch")."""
    given = decorator.args[:1] if isinstance(decorator, ast.Call) else []
    return "atomic" in {last_name(one) for one in (decorator, *given)}


def within(module: Module) -> set[ast.AST]:
    """Return every node of a module that runs inside a transaction, but for what waits for its commit."""
    found = {inner for node in walk(module.tree) if transaction(node) for inner in walk(node)}
    for place in functions(module):
        if _belongs_to_who_saves(place):
            found |= set(walk(place.function))
    return found - after_commit(module.tree)


def _belongs_to_who_saves(place: Place) -> bool:
    bases = [last_name(base) for base in place.within.bases] if place.within else []
    of_admin = place.function.name in OF_ADMIN and any(base.endswith("Admin") for base in bases)
    return of_admin or (place.function.name in OF_MODELS and any(base.endswith("Model") for base in bases))


def after_commit(tree: ast.AST) -> set[ast.AST]:
    """Return every node that runs after the commit: inside what is given to on_commit()."""
    named = {node.name: node for node in walk(tree) if isinstance(node, Function)}
    result = set[ast.AST]()
    for call in calls(tree):
        if last_name(call.func) == "on_commit":
            for given in [*call.args, *(keyword.value for keyword in call.keywords)]:
                result |= set(walk(given)) - {given if isinstance(given, ast.Name) else call}
                inner = named.get(given.id) if isinstance(given, ast.Name) else None
                result |= set(walk(inner)) if inner else set()
    for node in named.values():
        if any(last_name(decorator).endswith("on_commit") for decorator in node.decorator_list):
            result |= set(walk(node))
    return result


@dataclass(frozen=True)
class Calling:
    """What a module calls: names called inside a transaction, and {function: names that it calls}."""

    inside: frozenset[str]
    of: dict[str, frozenset[str]]


def calling(module: Module) -> Calling:
    """A fact of a module."""
    nodes, later = within(module), after_commit(module.tree)
    inside = frozenset(_names(call for call in calls(module.tree) if call in nodes) | _connected(module))
    of = dict[str, frozenset[str]]()
    for place in functions(module):
        called = _names(call for call in calls(place.function) if call not in later)
        of[place.function.name] = of.get(place.function.name, frozenset()) | called
    return Calling(inside, of)


def _connected(module: Module) -> set[str]:
    """Return the receivers of post_save.connect(receiver) and the like."""
    given = [
        call.args[0]
        for call in calls(module.tree)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "connect" and call.args
        if last_name(call.func.value) in SAVING
    ]
    return {last_name(one) for one in given}


def _names(found: Iterator[ast.Call]) -> set[str]:
    return {name for call in found if (name := last_name(call.func)) not in OF_ALL}


def called_inside(modules: list[Module]) -> set[str]:
    """Return the names of the project's functions that are called inside a transaction, also by way of others."""
    facts = [module.fact(calling) for module in modules]
    own = {name for fact in facts for name in fact.of}
    waiting, known = {name for fact in facts for name in fact.inside} & own, set[str]()
    while waiting:
        known |= waiting
        waiting = {name for fact in facts for one in waiting for name in fact.of.get(one, ())} & own - known
    return known


def requests_are() -> bool:
    """Return whether each request is one transaction."""
    return any(database.get("ATOMIC_REQUESTS") for database in settings.DATABASES.values())
