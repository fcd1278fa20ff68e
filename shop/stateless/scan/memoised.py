"""Functions that remember answers for the life of the process although these come from the database or a request."""

import ast
from collections.abc import Iterator

from shop.stateless.scan.findings import (
    REQUEST_ARGUMENTS,
    Finding,
    Function,
    all_arguments,
    finding,
    functions,
    last_name,
)
from shop.stateless.scan.modules import Module

REMEMBERS = {"lru_cache", "cache"}
READS = {
    "objects", "_default_manager", "_base_manager", "get_queryset", "get_object_or_404", "get_list_or_404", "cursor",
    "get_current_site", "select_related", "prefetch_related", "get_or_create",
}  # fmt: skip
PERSONAL = REQUEST_ARGUMENTS | {"user", "session", "customer", "basket", "cart"}


def find(module: Module) -> Iterator[Finding]:
    places = list(functions(module))
    bodies = {place.function.name: place.function for place in places}
    for place in places:
        if not _remembers(place.function):
            continue
        personal = sorted({argument.arg for argument in all_arguments(place.function)} & PERSONAL)
        if personal:
            text = f"memory of {module.name}, for each {', '.join(personal)}"
        elif _reads(place.function, bodies):
            text = f"memory of {module.name}, read from the database"
        else:
            continue
        yield from finding(module, place.function, place.function.name, text, certain=True)


def _remembers(function: Function) -> bool:
    """Return whether functools.cache or lru_cache is on it."""
    return bool({last_name(decorator) for decorator in function.decorator_list} & REMEMBERS)


def _reads(function: Function, bodies: dict[str, Function], depth: int = 2) -> bool:
    """Return whether it, or a function of the same module that it calls, asks the database."""
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and node.attr in READS:
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called = bodies.get(node.func.id)
            if node.func.id in READS or (
                called and called is not function and depth and _reads(called, bodies, depth - 1)
            ):
                return True
    return False
