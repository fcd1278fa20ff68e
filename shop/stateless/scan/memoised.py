"""Functions that remember answers as long as the process lives, although they come from the database or a request."""

import ast
from collections.abc import Iterator

from shop.stateless.scan.changes import assigned, changed
from shop.stateless.scan.findings import (
    REQUEST_ARGUMENTS,
    Finding,
    Function,
    all_arguments,
    dotted,
    finding,
    functions,
    last_name,
)
from shop.stateless.scan.held import mentions
from shop.stateless.scan.module import Module
from shop.stateless.scan.walking import walk

REMEMBERS = {"lru_cache", "cache"}
READS = {
    "objects", "_default_manager", "_base_manager", "get_queryset", "get_object_or_404", "get_list_or_404", "cursor",
    "get_current_site", "select_related", "prefetch_related", "get_or_create",
}  # fmt: skip
PERSONAL = REQUEST_ARGUMENTS | {"user", "session", "customer", "basket", "cart"}


def find(module: Module) -> Iterator[Finding]:
    for place in functions(module):
        if not _remembers(module, place.function):
            continue
        personal = sorted({argument.arg for argument in all_arguments(place.function)} & PERSONAL)
        if personal:
            text = f"{place.function.name}() in memory of {module.name}, for each {', '.join(personal)}"
        elif reads_database(module, place.function):
            text = f"{place.function.name}() in memory of {module.name}, read from the database"
        else:
            continue
        yield from finding(module, place.function, place.function.name, text, certain=True)


def _remembers(module: Module, function: Function) -> bool:
    """Return whether functools.cache, lru_cache or one of cachetools is on it; Django's caches have such names, too."""
    names = {last_name(decorator) for decorator in function.decorator_list}
    return bool(names & REMEMBERS) or any(
        module.meaning(dotted(one.func if isinstance(one, ast.Call) else one)).startswith("cachetools")
        for one in function.decorator_list
    )


def reads_database(module: Module, code: ast.AST, depth: int = 2) -> bool:
    """Return whether it, or a function of the same module that it calls, asks the database."""
    for node in walk(code):
        if isinstance(node, ast.Attribute) and (node.attr in READS or _is_model(module, node.value)):
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called = module.functions.get(node.func.id)
            if node.func.id in READS or (
                called and called is not code and depth and reads_database(module, called, depth - 1)
            ):
                return True
    return False


def rows_in(module: Module, function: Function) -> set[str]:
    """Return the names of a function that hold what the database said, or something made or filled of it."""
    found, before = set[str](), -1
    while len(found) > before:
        before = len(found)
        for node in walk(function):
            target, value = _given(node)
            if value is not None and (mentions(value, found) or reads_database(module, value)):
                found |= {part.id for part in walk(target) if isinstance(part, ast.Name)}
    return found


def _given(node: ast.AST) -> tuple[ast.AST, ast.AST | None]:
    """Return (what is given something, what) of x = v, x[k] = v, for x in v, x.append(v); (node, None) otherwise."""
    if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        return node.target, node.iter
    targets, value = assigned(node)
    if value is not None:
        return ast.Tuple(targets), value
    filled = changed(node)
    return (filled, node) if filled is not None and isinstance(node, ast.Call) else (node, None)


def _is_model(module: Module, node: ast.expr) -> bool:
    """Return whether it is a class taken from models.py: what is asked of it comes from the database, mostly."""
    before, _, name = module.meaning(dotted(node)).rpartition(".")
    return before.endswith(".models") and name[:1].isupper() and not name.isupper()
